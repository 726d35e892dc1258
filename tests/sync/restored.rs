//! A server that went back in time: found out by its epoch, by anchors and by the copy beside it, and nothing is lost.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use soundings::intake::sync;
use soundings::intake::sync::Keeper;
use soundings::store;

use super::{Laptop, administrator};
use crate::support::TestApp;

/// Take the log and what it tells of back to where it stood after this many lines, as a backup of then would.
async fn go_back(app: &TestApp, to: i64) {
    let db = app.app.db();
    store::raw(
        db,
        &format!("DELETE FROM revisions WHERE revision_id IN (SELECT revision_id FROM sync_lines WHERE number > {to})"),
    )
    .await
    .unwrap();
    store::raw(db, &format!("DELETE FROM sync_lines WHERE number > {to}")).await.unwrap();
    let chain = format!("COALESCE((SELECT chain FROM sync_lines WHERE number = {to}), '')");
    store::raw(db, &format!("UPDATE sync_head SET number = {to}, chain = {chain} WHERE one = 1")).await.unwrap();
}

fn interviews(laptop: &Laptop, count: usize) -> Vec<Value> {
    (0..count).map(|n| laptop.interview("sample", &n.to_string())).collect()
}

/// What a device does when it is told that the server is not where it was: ask, and send again what is missing.
async fn look_again(laptop: &mut Laptop, items: &[Value]) -> usize {
    let answer = laptop.status(&items.iter().collect::<Vec<_>>()).await;
    answer.body["epoch"].as_str().unwrap().clone_into(&mut laptop.epoch);
    let found: Vec<&Value> = answer.body["found"].as_array().unwrap().iter().map(|found| &found["revision_id"]).collect();
    let missing: Vec<Value> = items.iter().filter(|item| !found.contains(&&item["revision_id"])).cloned().collect();
    let sent = laptop.push(&missing).await;
    assert!(sent.statuses().iter().all(|status| status == "stored"), "{sent:?}");
    missing.len()
}

#[actix_web::test]
async fn after_the_epoch_was_turned_devices_send_again_what_is_missing_and_nothing_twice() {
    let app = TestApp::start().await;
    let mut laptop = Laptop::enrol(&app, "One").await;
    let items = interviews(&laptop, 25);
    laptop.push(&items).await;
    go_back(&app, 10).await;
    sync::turn_epoch(app.app.db(), "test", "restored", chrono::Utc::now()).await.unwrap();
    let told = laptop.push(&items[20..]).await;
    assert_eq!((told.status, &told.body["anchor_ok"], &told.body["results"]), (200, &json!(false), &json!([])));
    assert_ne!(told.body["epoch"], json!(laptop.epoch));
    assert_eq!(app.revisions().await.len(), 10, "nothing was looked at");
    assert_eq!(look_again(&mut laptop, &items).await, 15);
    assert_eq!(app.revisions().await.len(), 25);
    let log = store::audit::all(app.app.db()).await.unwrap();
    assert!(log.iter().any(|entry| entry.action == "sync.epoch_turned"));
    app.stop().await;
}

#[actix_web::test]
async fn when_nobody_turned_the_epoch_and_others_wrote_on_the_anchor_finds_it_out() {
    let app = TestApp::start().await;
    let (mut a, b) = (Laptop::enrol(&app, "A").await, Laptop::enrol(&app, "B").await);
    let items = interviews(&a, 8);
    let receipt = a.push(&items).await;
    go_back(&app, 3).await;
    assert_eq!(b.push(&interviews(&b, 9)).await.statuses(), ["stored"; 9], "past where A stood");
    let mut envelope = a.envelope(&[]);
    envelope["anchor"] = receipt.anchor(2);
    assert_eq!(a.send(&envelope).await.body["anchor_ok"], true, "this line is still there");
    envelope["anchor"] = receipt.anchor(7);
    let told = a.send(&envelope).await;
    assert_eq!((&told.body["anchor_ok"], &told.body["epoch"]), (&json!(false), &json!(a.epoch)));
    assert_eq!(look_again(&mut a, &items).await, 5);
    assert_eq!(app.revisions().await.len(), 17);
    app.stop().await;
}

/// The copy beside the database once it tells of this line.
async fn copied(folder: &Path, number: i64) -> PathBuf {
    let file = folder.join("sync-head.json");
    loop {
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        let copied: Value = serde_json::from_str(&text).unwrap_or_default();
        if copied["seq"] == number {
            return file;
        }
        tokio::task::yield_now().await;
    }
}

#[actix_web::test]
async fn a_database_older_than_its_copy_stands_still_until_somebody_confirms_it() {
    let mut app = TestApp::start().await;
    let laptop = Laptop::enrol(&app, "One").await;
    let items = interviews(&laptop, 5);
    laptop.push(&items).await;
    let data = app.app.config.data.clone();
    copied(&data, 5).await;
    let reopened = Keeper::open(&app.app.intake, &data).await.unwrap();
    assert_eq!(reopened.restored(app.app.db()).await.unwrap(), None, "the same database goes on");
    for take_back in [true, false] {
        if take_back {
            go_back(&app, 2).await;
        } else {
            // As long as the copy says, but of another past.
            let other = Laptop::enrol(&app, "Two").await;
            other.push(&interviews(&other, 3)).await;
        }
        let reopened = Keeper::open(&app.app.intake, &data).await.unwrap();
        assert!(reopened.restored(app.app.db()).await.unwrap().is_some(), "taken back: {take_back}");
    }
    app.restart().await;
    let mut laptop = Laptop { url: app.url.clone(), ..laptop };
    for answer in [laptop.push(&items).await, laptop.get("/api/v1/sync/pull").await, laptop.get("/api/v1/sync/ledger").await] {
        assert_eq!((answer.status, &answer.body["code"]), (503, &json!("restored")));
        assert!(answer.retry_after.is_some_and(|seconds| seconds >= 60));
    }
    let desk = administrator(&app).await;
    let page = desk.get("/staff/devices").await.page;
    assert!(page.contains("The database went back in time"), "{page}");
    assert_eq!(desk.post("/staff/devices/restored", &[("sure", "yes")]).await.status, 303);
    assert_eq!(laptop.push(&items).await.body["anchor_ok"], false);
    assert_eq!(look_again(&mut laptop, &items).await, 3);
    assert!(!desk.get("/staff/devices").await.page.contains("The database went back in time"));
    app.stop().await;
}

#[actix_web::test]
async fn what_nobody_holds_any_more_is_on_the_list_of_sheets_to_key_again() {
    let app = TestApp::start().await;
    let mut laptop = Laptop::enrol(&app, "One").await;
    let items = interviews(&laptop, 4);
    let receipt = laptop.push(&items).await;
    go_back(&app, 2).await;
    let head = sync::turn_epoch(app.app.db(), "test", "restored", chrono::Utc::now()).await.unwrap();
    laptop.epoch = head.epoch;
    let mut envelope = laptop.envelope(&[]);
    let lost =
        |index: usize, sheet: u32| json!({ "consultation": "sample", "line": receipt.line(index), "batch": 3, "sheet": sheet });
    envelope["lost"] = json!([lost(2, 21), lost(3, 22), { "consultation": "sample", "line": "nonsense" }]);
    for _ in 0..2 {
        assert_eq!(laptop.send(&envelope).await.status, 200);
    }
    let desk = administrator(&app).await;
    let page = desk.get("/staff/devices").await.page;
    assert!(page.contains("Batch 3, sheet 21") && page.contains("Batch 3, sheet 22"), "{page}");
    assert_eq!(laptop.push(&items[2..3]).await.statuses(), ["stored"], "it turned up after all");
    let page = desk.get("/staff/devices").await.page;
    assert!(!page.contains("Batch 3, sheet 21") && page.contains("Batch 3, sheet 22"), "{page}");
    app.stop().await;
}

#[actix_web::test]
async fn new_keys_sign_from_the_next_start_and_old_receipts_still_verify() {
    let mut app = TestApp::start().await;
    let mut laptop = Laptop::enrol(&app, "One").await;
    let before = laptop.push(&interviews(&laptop, 1)).await.body["receipt"].clone();
    let sealed = laptop.sealed(&laptop.interview("sample", "sealed before"));
    sync::renew(app.app.db(), "test", chrono::Utc::now()).await.unwrap();
    app.restart().await;
    laptop.url = app.url.clone();
    laptop.keys = laptop.get("/api/v1/sync/info").await.body["keys"].clone();
    let after = laptop.push(&[sealed]).await;
    assert_eq!(after.statuses(), ["stored"], "what was sealed to the old key is still opened");
    assert_ne!(after.body["receipt"]["kid"], before["kid"]);
    assert!(laptop.trusts(&before) && laptop.trusts(&after.body["receipt"]));
    app.stop().await;
}
