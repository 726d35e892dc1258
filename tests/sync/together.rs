//! Many at once: whatever is pushed in whatever order, everything is there, once, as it was sent.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use super::{Laptop, hash};
use crate::support::TestApp;

#[actix_web::test]
async fn one_push_sent_eight_times_at_once_is_there_once_with_one_line_each() {
    let app = TestApp::start().await;
    let laptop = Laptop::enrol(&app, "One").await;
    let items: Vec<Value> = (0..20).map(|n| laptop.interview("sample", &n.to_string())).collect();
    let answers = join_all((0..8).map(|_| laptop.push(&items))).await;
    let lines = |answer: &super::Answer| answer.body["receipt"]["lines"].clone();
    for answer in &answers {
        assert!(answer.statuses().iter().all(|status| status == "stored" || status == "duplicate"), "{answer:?}");
        assert_eq!(lines(answer), lines(&answers[0]), "everyone has the same lines");
    }
    let stored: usize = answers.iter().map(|answer| answer.statuses().iter().filter(|status| *status == "stored").count()).sum();
    assert_eq!(stored, 20, "each was stored by one of them");
    assert_eq!(app.revisions().await.len(), 20);
    assert!(app.held().await.is_empty());
    app.stop().await;
}

#[actix_web::test]
async fn rival_contents_under_one_id_at_once_leave_one_stored_and_the_others_held() {
    let app = TestApp::start().await;
    let laptop = Laptop::enrol(&app, "One").await;
    let item = laptop.interview("sample", "original");
    let rivals: Vec<Value> = (0..6)
        .map(|n| {
            // Half of them say the same in other bytes, which the door alone could not tell apart.
            let payload = item["payload"].as_str().unwrap();
            let payload = if n % 2 == 0 {
                format!("{payload}{}", " ".repeat(n))
            } else {
                payload.replace("original", &format!("rival {n}"))
            };
            let mut rival = item.clone();
            rival["hash"] = json!(hash(&payload));
            rival["payload"] = json!(payload);
            rival
        })
        .collect();
    let answers = join_all(rivals.iter().map(|rival| laptop.push(std::slice::from_ref(rival)))).await;
    // Of two that say the same in other bytes the door knows the later one again, but only one of them gets the line.
    let stored = answers.iter().filter(|answer| answer.line(0).contains("|stored|")).count();
    let held = answers.iter().filter(|answer| answer.results() == [("held".to_owned(), "conflict".to_owned())]).count();
    assert_eq!((stored, held), (1, 5), "{answers:?}");
    assert_eq!((app.revisions().await.len(), app.held().await.len()), (1, 5));
    app.stop().await;
}

/// What is pushed: which of the items, in which order, how often at once.
type Script = Vec<(Vec<usize>, usize)>;

/// Random pushes against a set: every item that was ever answered with a line is there (I1), nothing is there twice (I2), and
/// what the server signs for is what was sent (I3).
#[actix_web::test]
async fn random_pushes_in_any_order_add_up_to_the_set_of_what_was_pushed() {
    let app = TestApp::start().await;
    let mut runner = TestRunner::new(Config { cases: 12, failure_persistence: None, ..Config::default() });
    let script = proptest::collection::vec((proptest::collection::vec(0_usize..12, 0..8), 1_usize..4), 1..6);
    for case in 0..12 {
        let script: Script = script.new_tree(&mut runner).unwrap().current();
        let laptop = Laptop::enrol(&app, &format!("Case {case}")).await;
        let items: Vec<Value> = (0..12)
            .map(|n| match n % 4 {
                3 => laptop.with_ids("sample", uuid::Uuid::now_v7(), uuid::Uuid::now_v7(), &format!("no JSON {n}")),
                2 => laptop.sealed(&laptop.interview("sample", &format!("{case} {n}"))),
                _ => laptop.interview("sample", &format!("{case} {n}")),
            })
            .collect();
        let (before, held_before) = (app.revisions().await.len(), app.held().await.len());
        let mut pushed: BTreeSet<usize> = BTreeSet::new();
        let mut lines: BTreeMap<String, String> = BTreeMap::new();
        for (chosen, times) in &script {
            let batch: Vec<Value> = chosen.iter().map(|index| items[*index].clone()).collect();
            for answer in join_all((0..*times).map(|_| laptop.push(&batch))).await {
                assert_eq!(answer.status, 200, "{script:?} {answer:?}");
                for (place, index) in chosen.iter().enumerate() {
                    let line = answer.line(place);
                    assert!(line.contains(items[*index]["hash"].as_str().unwrap()), "{script:?}");
                    let id = items[*index]["revision_id"].to_string();
                    assert_eq!(*lines.entry(id).or_insert_with(|| line.clone()), line, "one line for ever: {script:?}");
                }
            }
            pushed.extend(chosen);
        }
        let unreadable = pushed.iter().filter(|index| **index % 4 == 3).count();
        assert_eq!(app.revisions().await.len() - before, pushed.len() - unreadable, "{script:?}");
        assert_eq!(app.held().await.len() - held_before, unreadable, "{script:?}");
        let found = laptop.status(&items.iter().collect::<Vec<_>>()).await;
        assert_eq!(found.body["found"].as_array().unwrap().len(), pushed.len(), "{script:?}");
    }
    app.stop().await;
}
