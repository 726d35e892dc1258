//! Limits: whatever comes, in bounded memory; whoever comes too many at once is asked to come again.

use futures_util::future::join_all;
use serde_json::{Value, json};
use soundings::store;
use uuid::Uuid;

use super::{Laptop, gzip};
use crate::support::{TestApp, postgres};

#[actix_web::test]
async fn a_bomb_a_flood_and_a_giant_are_too_large() {
    let app = TestApp::start().await;
    let laptop = Laptop::enrol(&app, "One").await;
    let zeros = gzip(&vec![b' '; 64 * 1024 * 1024]);
    assert!(zeros.len() < 100_000);
    let bomb = laptop.send_bytes(zeros, "gzip").await;
    assert_eq!((bomb.status, &bomb.body["code"]), (413, &json!("too_large")));
    let flood: Vec<Value> = (0..10_000).map(|n| json!({ "revision_id": Uuid::nil(), "device_seq": n })).collect();
    assert_eq!(laptop.push(&flood).await.status, 413);
    let giant = laptop.post("/api/v1/sync/push").body(vec![b'x'; 50 * 1024 * 1024]).send().await;
    // The service answers before it has read all of it, and may hang up on whoever goes on sending.
    assert!(giant.is_err() || giant.unwrap().status() == 413);
    let large = laptop.interview("sample", &"x".repeat(1024 * 1024));
    let answer = laptop.push(&[large, laptop.interview("sample", "small")]).await;
    assert_eq!(answer.results()[0], ("refused".to_owned(), "too_large".to_owned()));
    assert_eq!(answer.statuses()[1], "stored");
    app.stop().await;
}

#[actix_web::test]
async fn a_bomb_inside_a_seal_is_refused_by_itself() {
    let app = TestApp::start().await;
    let laptop = Laptop::enrol(&app, "One").await;
    let mut bomb = laptop.interview("sample", "A");
    bomb["payload"] = json!(" ".repeat(3 * 1024 * 1024));
    let answer = laptop.push(&[laptop.sealed(&bomb), laptop.sealed(&laptop.interview("sample", "B"))]).await;
    assert_eq!(answer.results()[0], ("refused".to_owned(), "too_large".to_owned()), "{answer:?}");
    assert_eq!(answer.statuses()[1], "stored");
    app.stop().await;
}

#[actix_web::test]
async fn three_hundred_devices_at_once_see_nothing_worse_than_come_again_and_lose_nothing() {
    let app = TestApp::start().await;
    let laptop = Laptop::enrol(&app, "One").await;
    // Three hundred connections of one enrolment: what is tried is the crowd, not the enrolling.
    let pushes: Vec<Vec<Value>> =
        (0..300).map(|n| (0..3).map(|m| laptop.interview("sample", &format!("{n} {m}"))).collect()).collect();
    let mut waiting: Vec<&Vec<Value>> = pushes.iter().collect();
    let mut rounds = 0;
    while !waiting.is_empty() {
        rounds += 1;
        assert!(rounds < 100, "{} never got through", waiting.len());
        let answers = join_all(waiting.iter().map(|items| laptop.push(items))).await;
        let mut again = Vec::new();
        for (items, answer) in waiting.iter().zip(answers) {
            match answer.status {
                200 => assert!(answer.statuses().iter().all(|status| status == "stored" || status == "duplicate"), "{answer:?}"),
                503 => {
                    assert!(answer.retry_after.is_some_and(|seconds| (1..=10).contains(&seconds)), "{answer:?}");
                    again.push(*items);
                }
                _ => panic!("{answer:?}"),
            }
        }
        waiting = again;
    }
    assert_eq!(app.revisions().await.len(), 900);
    app.stop().await;
}

/// SQLite may be told how large its file may become, and says then what it says when the disk is full.
#[actix_web::test]
async fn a_full_disk_is_said_and_nothing_is_half_stored() {
    if postgres().is_some() {
        return;
    }
    let app = TestApp::start().await;
    let laptop = Laptop::enrol(&app, "One").await;
    let db = app.app.db();
    let pages = crate::support::number(db, "SELECT page_count AS n FROM pragma_page_count()").await;
    store::raw(db, &format!("PRAGMA max_page_count = {pages}")).await.unwrap();
    let items: Vec<Value> = (0..100).map(|n| laptop.interview("sample", &format!("{n} {}", "x".repeat(80)))).collect();
    let full = laptop.push(&items).await;
    assert_eq!((full.status, &full.body["code"]), (507, &json!("disk_full")), "{full:?}");
    store::raw(db, "PRAGMA max_page_count = 1000000").await.unwrap();
    let after = laptop.push(&items).await;
    assert!(after.statuses().iter().all(|status| status == "stored" || status == "duplicate"), "{after:?}");
    assert_eq!(app.revisions().await.len(), 100);
    app.stop().await;
}

#[actix_web::test]
async fn a_database_that_is_locked_costs_a_wait_and_nothing_else() {
    let app = TestApp::start().await;
    let laptop = Laptop::enrol(&app, "One").await;
    let item = laptop.interview("sample", "A");
    let db = app.app.db();
    let lock = store::begin_write(&db.write).await.unwrap();
    store::raw_on(&lock, "UPDATE sync_head SET number = number WHERE one = 1").await.unwrap();
    let busy = laptop.push(std::slice::from_ref(&item)).await;
    assert!(busy.status == 503 || busy.statuses() == ["retry"], "{busy:?}");
    lock.rollback().await.unwrap();
    let after = laptop.push(&[item]).await;
    assert!(["stored", "duplicate"].contains(&after.statuses()[0].as_str()), "{after:?}");
    assert_eq!(app.revisions().await.len(), 1);
    app.stop().await;
}
