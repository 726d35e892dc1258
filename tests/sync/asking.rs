//! Asking: what became of what was handed in, what is new, and the forms to work with.

use futures_util::future::join_all;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use soundings::domain::access::Role;
use soundings::domain::decision::Decision;
use soundings::domain::response::hex;
use soundings::intake::{self, Ruling};
use soundings::store::{begin_write, sync};
use uuid::Uuid;

use super::{Laptop, hash};
use crate::support::desk::Desk;
use crate::support::{TestApp, postgres};

#[actix_web::test]
async fn status_finds_what_this_device_handed_in_with_receipts_and_nothing_else() {
    let app = TestApp::start().await;
    let (a, b) = (Laptop::enrol(&app, "A").await, Laptop::enrol(&app, "B").await);
    let stored = a.interview("sample", "A");
    let held = a.with_ids("sample", Uuid::now_v7(), Uuid::now_v7(), "{}");
    let never = a.interview("sample", "never sent");
    a.push(&[stored.clone(), held.clone()]).await;
    let answer = a.status(&[&stored, &never, &held]).await;
    let found = answer.body["found"].as_array().unwrap();
    assert_eq!(found.len(), 2, "{answer:?}");
    assert_eq!((&found[0]["status"], &found[1]["status"]), (&json!("stored"), &json!("held")));
    assert_eq!((&found[0]["hash"], &found[1]["reason"]), (&stored["hash"], &json!("unreadable")));
    assert!(a.trusts(&answer.body["receipts"][0]));
    assert_eq!(b.status(&[&stored, &held]).await.body["found"], json!([]), "nobody learns of another device's items");
    app.stop().await;
}

#[actix_web::test]
async fn the_ledger_gives_every_line_of_a_device_page_by_page() {
    let app = TestApp::start().await;
    let (a, b) = (Laptop::enrol(&app, "A").await, Laptop::enrol(&app, "B").await);
    let first = a.push(&[a.interview("sample", "1"), a.interview("sample", "2")]).await;
    b.push(&[b.interview("sample", "other")]).await;
    let second = a.push(&[a.interview("sample", "3")]).await;
    let ledger = a.get("/api/v1/sync/ledger").await;
    assert_eq!(ledger.body["lines"], json!([first.line(0), first.line(1), second.line(0)]));
    assert_eq!(ledger.body["more"], false);
    let after = &first.anchor(1)["seq"];
    assert_eq!(a.get(&format!("/api/v1/sync/ledger?after={after}")).await.body["lines"], json!([second.line(0)]));
    app.stop().await;
}

fn of_type<'a>(answer: &'a super::Answer, name: &str) -> Vec<&'a Value> {
    answer.body["items"].as_array().unwrap().iter().filter(|item| item["type"] == name).collect()
}

#[actix_web::test]
async fn a_pull_gives_everything_once_and_then_only_what_has_changed() {
    let app = TestApp::start().await;
    let laptop = Laptop::enrol(&app, "One").await;
    let all = laptop.get("/api/v1/sync/pull").await;
    let codes: Vec<&Value> = of_type(&all, "consultation").into_iter().map(|item| &item["code"]).collect();
    assert_eq!(codes, ["future", "past", "sample"]);
    assert_eq!(of_type(&all, "keys").len(), 1);
    let sample = of_type(&all, "consultation")[2];
    assert_eq!((&sample["stage"], sample["bundles"].as_array().unwrap().len()), (&json!("open"), 2));
    assert_eq!(sample["bundles"][1]["current"], true);
    let cursor = all.body["cursor"].as_str().unwrap();
    let again = laptop.get(&format!("/api/v1/sync/pull?cursor={cursor}")).await;
    assert_eq!(again.body["items"], json!([]), "{again:?}");

    let held = laptop.with_ids("sample", Uuid::now_v7(), Uuid::now_v7(), "{}");
    laptop.push(std::slice::from_ref(&held)).await;
    let ruling =
        Ruling { decision: Decision::SetAside, reason: "Nothing in it.".into(), form_version: None, by: "staff:1".into() };
    intake::decide(&app.app.intake, "sample", app.held().await[0].held_id, ruling).await.unwrap();
    let told = laptop.get(&format!("/api/v1/sync/pull?cursor={cursor}")).await;
    let decisions = of_type(&told, "decision");
    assert_eq!(decisions.len(), 1, "{told:?}");
    assert_eq!((&decisions[0]["decision"], &decisions[0]["revision_id"]), (&json!("set_aside"), &held["revision_id"]));
    let cursor = told.body["cursor"].as_str().unwrap();
    assert_eq!(laptop.get(&format!("/api/v1/sync/pull?cursor={cursor}")).await.body["items"], json!([]));
    assert_eq!(laptop.get("/api/v1/sync/pull?cursor=nonsense").await.body["code"], "cursor_expired");
    let db = app.app.db();
    intake::sync::turn_epoch(db, "test", "a test", chrono::Utc::now()).await.unwrap();
    let expired = laptop.get(&format!("/api/v1/sync/pull?cursor={cursor}")).await;
    assert_eq!((expired.status, &expired.body["code"]), (410, &json!("cursor_expired")));
    app.stop().await;
}

#[actix_web::test]
async fn a_bundle_is_the_form_whole_under_its_own_digest() {
    let app = TestApp::start().await;
    let laptop = Laptop::enrol(&app, "One").await;
    let all = laptop.get("/api/v1/sync/pull").await;
    let told = &of_type(&all, "consultation")[2]["bundles"][0];
    let url = format!("{}{}", app.url, told["url"].as_str().unwrap());
    let answer = app.client.get(&url).bearer_auth(&laptop.secret).send().await.unwrap();
    assert!(answer.headers()["cache-control"].to_str().unwrap().contains("immutable"));
    let text = answer.text().await.unwrap();
    let member = format!("\"digest\":\"{}\",", told["digest"].as_str().unwrap());
    let rest = text.replacen(&member, "", 1);
    assert_eq!(hex(&Sha256::digest(rest.as_bytes())), told["digest"].as_str().unwrap());
    let bundle: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(bundle["definition"]["version"], 1);
    assert!(bundle["editions"]["easy_read"]["pages"].as_array().unwrap().len() > 3);
    assert!(bundle["editions"]["standard"]["sheet"].as_str().unwrap().contains("plan_support"));
    assert_eq!(laptop.get("/api/v1/sync/bundles/0123").await.status, 404);
    let (desk, keyer) = Desk::named(&app, "Kim", &[Role::Keyer], "past").await;
    let elsewhere = Laptop::enrol_by(&app, &desk, keyer, "Elsewhere").await;
    let theirs = app.client.get(&url).bearer_auth(&elsewhere.secret).send().await.unwrap();
    assert_eq!(theirs.status(), 404, "a device sees the forms of its own consultations");
    app.stop().await;
}

/// Two decisions are made at once and the first to be numbered commits last: whoever reads in between must miss neither.
#[actix_web::test]
async fn a_cursor_skips_nothing_that_was_committed_late() {
    let app = TestApp::start().await;
    let laptop = Laptop::enrol(&app, "One").await;
    let items: Vec<Value> = (0..2).map(|n| laptop.with_ids("sample", Uuid::now_v7(), Uuid::now_v7(), &n.to_string())).collect();
    laptop.push(&items).await;
    let db = app.app.db();
    let ids: Vec<Uuid> = items.iter().map(|item| super::id(&item["revision_id"])).collect();
    let now = chrono::Utc::now();
    let first = begin_write(&db.write).await.unwrap();
    sync::tell(&first, "sample", Uuid::now_v7(), ids[0], "counted", now).await.unwrap();
    let second = async {
        let second = begin_write(&db.write).await.unwrap();
        sync::tell(&second, "sample", Uuid::now_v7(), ids[1], "counted", now).await.unwrap();
        second.commit().await.unwrap();
    };
    let read = async {
        if postgres().is_some() {
            // The second waits for the first: nothing can be seen with a number above one that may still come.
            let seen = laptop.get("/api/v1/sync/pull").await;
            assert_eq!(of_type(&seen, "decision").len(), 0);
        }
        first.commit().await.unwrap();
    };
    futures_util::future::join(second, read).await;
    let seen = laptop.get("/api/v1/sync/pull").await;
    let seen: Vec<&Value> = of_type(&seen, "decision").into_iter().map(|item| &item["revision_id"]).collect();
    assert_eq!(seen, [&items[0]["revision_id"], &items[1]["revision_id"]]);
    app.stop().await;
}

#[actix_web::test]
async fn lines_are_numbered_without_a_gap_and_chained_however_many_push_at_once() {
    let app = TestApp::start().await;
    let laptops = [Laptop::enrol(&app, "A").await, Laptop::enrol(&app, "B").await, Laptop::enrol(&app, "C").await];
    let pushes = laptops.iter().flat_map(|laptop| (0..5).map(move |round| (laptop, round)));
    let pushes = pushes.map(async |(laptop, round)| {
        let items: Vec<Value> = (0..4).map(|n| laptop.interview("sample", &format!("{round} {n}"))).collect();
        laptop.push(&items).await
    });
    for answer in join_all(pushes).await {
        assert_eq!(answer.statuses(), ["stored"; 4]);
    }
    let mut lines = Vec::new();
    for laptop in &laptops {
        let ledger = laptop.get("/api/v1/sync/ledger").await;
        lines.extend(ledger.body["lines"].as_array().unwrap().iter().map(|line| line.as_str().unwrap().to_owned()));
    }
    let number = |line: &String| line.split('|').nth(2).unwrap().parse::<i64>().unwrap();
    lines.sort_by_key(number);
    assert_eq!(lines.iter().map(number).collect::<Vec<_>>(), (1..=60).collect::<Vec<_>>());
    let chain = lines.iter().fold(String::new(), |before, line| hash(&format!("{before}\n{line}")));
    assert_eq!(sync::head(&app.app.db().read).await.unwrap().chain, chain);
    app.stop().await;
}
