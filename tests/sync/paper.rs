//! Counted sheets through devices: the ledger takes them, keyed twice and blind, or a person looks at them.

use chrono::Utc;
use serde_json::{Value, json};
use soundings::domain::access::Role;
use soundings::domain::ledger::Outcome;
use soundings::store::batches;
use soundings::store::consultations::{self, ConsultationDocument};

use super::{Laptop, id, keyer, response};
use crate::support::TestApp;
use crate::support::desk::Desk;

/// A service with a batch of so many sheets, of which so many of a hundred are keyed twice.
async fn service(sheets: &str, keyed_twice: u32) -> (TestApp, Desk) {
    let app = TestApp::start().await;
    let db = app.app.db();
    for document in consultations::latest(&db.read).await.unwrap() {
        let text = format!("{}\n[paper]\nkeyed_twice_per_cent = {keyed_twice}\n", document.document);
        let next = ConsultationDocument { version: 2, digest: format!("{keyed_twice}"), document: text, ..document };
        consultations::publish_consultation(&db.write, &next, Utc::now()).await.unwrap();
    }
    app.app.intake.shelf.refresh(db).await.unwrap();
    let (officer, _) = Desk::named(&app, "Olive", &[Role::DeskOfficer], "sample").await;
    let day = Utc::now().date_naive().format("%d/%m/%Y").to_string();
    let fields = [
        ("source", "library"),
        ("place", "Leigh library, box 2"),
        ("event", ""),
        ("channel", "paper"),
        ("form", "standard 1"),
        ("received_on", day.as_str()),
        ("postmark", "none"),
        ("posted_on", ""),
        ("sheets", sheets),
    ];
    let counted = officer.post("/staff/sample/batches/new", &fields).await;
    assert_eq!(counted.status, 303, "{}", counted.page);
    (app, officer)
}

fn sheet(laptop: &Laptop, number: u32, why: &str) -> Value {
    let mut payload = response("paper", why);
    payload["kind"] = json!("sheet");
    payload["batch"] = json!(1);
    payload["sheet"] = json!(number);
    payload["keying_id"] = json!(uuid::Uuid::now_v7());
    payload["entry"] =
        json!({ "values": { "area": ["north"], "plan_support": ["support"], "plan_why": [why] }, "marks": {}, "note": "in red" });
    laptop.item("sample", payload)
}

/// The same sheet as its keyer changed it on the device.
fn changed(laptop: &Laptop, of: &Value, why: &str) -> Value {
    let mut payload: Value = serde_json::from_str(of["payload"].as_str().unwrap()).unwrap();
    let revision_id = uuid::Uuid::now_v7();
    payload["entry"]["values"]["plan_why"] = json!([why]);
    payload["submission"]["revision_id"] = json!(revision_id);
    payload["submission"]["supersedes"] = of["revision_id"].clone();
    laptop.with_ids("sample", revision_id, id(&of["response_id"]), &payload.to_string())
}

fn ended(laptop: &Laptop, number: u32, outcome: &str) -> Value {
    let payload = json!({ "kind": "sheet_end", "batch": 1, "sheet": number, "outcome": outcome, "reason": "tea" });
    laptop.item("sample", payload)
}

async fn sheets(app: &TestApp) -> Vec<batches::Sheet> {
    batches::sheets(&app.app.db().read, "sample", 1).await.unwrap()
}

#[actix_web::test]
async fn a_sheet_is_keyed_and_another_ended_and_bringing_them_again_changes_nothing() {
    let (app, _) = service("3", 0).await;
    let laptop = Laptop::enrol(&app, "One").await;
    let items = [sheet(&laptop, 1, "Because"), ended(&laptop, 2, "spoiled")];
    for expected in ["stored", "duplicate"] {
        let answer = laptop.push(&items).await;
        assert_eq!(answer.statuses(), [expected; 2], "{answer:?}");
    }
    let sheets = sheets(&app).await;
    assert_eq!(sheets[0].outcome, Some(Outcome::Keyed));
    assert_eq!(sheets[0].kept.as_deref(), Some("stored"));
    assert_eq!(sheets[1].outcome, Some(Outcome::Spoiled));
    let revisions = app.revisions().await;
    assert_eq!(revisions.len(), 1);
    assert_eq!(revisions[0].response_id, sheets[0].response_id, "the sheet's own response");
    assert_eq!(revisions[0].origin.device.as_deref(), Some(laptop.id.to_string().as_str()));
    assert_eq!(revisions[0].origin.batch.as_deref(), Some("1"));

    let withdrawal = laptop.withdrawal(&items[0]);
    assert_eq!(laptop.push(&[withdrawal]).await.statuses(), ["stored"], "by the id the device gave it");
    assert!(app.revisions().await.last().unwrap().withdrawn);
    app.stop().await;
}

#[actix_web::test]
async fn a_keyer_changes_their_sheet_on_the_device_and_the_change_is_what_counts() {
    let (app, _) = service("1", 0).await;
    let laptop = Laptop::enrol(&app, "One").await;
    let first = sheet(&laptop, 1, "Because");
    let second = changed(&laptop, &first, "Because of the bus");
    let both = [first.clone(), second.clone()];
    assert_eq!(laptop.push(&both).await.statuses(), ["stored"; 2]);
    let revisions = app.revisions().await;
    assert_eq!(
        revisions.iter().map(|one| one.revision_id).collect::<Vec<_>>(),
        [id(&first["revision_id"]), id(&second["revision_id"])]
    );
    assert_eq!(revisions[1].response_id, revisions[0].response_id);
    assert!(serde_json::to_string(&revisions[1].answers).unwrap().contains("Because of the bus"));
    soundings::store::raw(app.app.db(), "DELETE FROM sync_lines").await.unwrap();
    assert_eq!(laptop.push(&both).await.statuses(), ["stored"; 2], "the receipts were lost, and the ledger knows both");
    let stale = changed(&laptop, &first, "From a tablet that was behind");
    assert_eq!(
        laptop.push(&[stale]).await.results(),
        [("held".to_owned(), "ledger_refused".to_owned())],
        "it never saw the second"
    );
    assert_eq!(app.revisions().await.len(), 2);
    app.stop().await;
}

#[actix_web::test]
async fn two_keyers_on_two_devices_key_one_sheet_blind_and_differ() {
    let (app, _) = service("1", 100).await;
    let (a, b) = (Laptop::enrol(&app, "A").await, Laptop::enrol(&app, "B").await);
    assert_eq!(a.push(&[sheet(&a, 1, "One reading")]).await.statuses(), ["stored"]);
    let pulled = b.get("/api/v1/sync/pull").await;
    let batches = pulled.body["items"].as_array().unwrap().iter().find(|item| item["consultation"] == "sample").unwrap().clone();
    assert_eq!(batches["batches"][0]["twice"], json!([1]), "{pulled:?}");
    assert_eq!(batches["batches"][0]["keyed_by"]["1"], json!(a.keyer));
    assert_eq!(batches["batches"][0]["open"], json!([]));
    assert_eq!(a.push(&[sheet(&a, 1, "Again myself")]).await.results(), [("held".to_owned(), "ledger_refused".to_owned())]);
    assert_eq!(b.push(&[sheet(&b, 1, "Another reading")]).await.statuses(), ["stored"]);
    let stands = sheets(&app).await.remove(0);
    assert_eq!((stands.first_by.as_deref(), stands.second_by.as_deref()), (Some(a.keyer.as_str()), Some(b.keyer.as_str())));
    assert!(stands.open.is_some_and(|open| open > 0), "they differ: {stands:?}");
    assert_eq!(app.revisions().await.len(), 1, "the second keying is compared, never stored");
    let c = Laptop::enrol(&app, "C").await;
    assert_eq!(c.push(&[sheet(&c, 1, "A third")]).await.results(), [("held".to_owned(), "ledger_refused".to_owned())]);
    app.stop().await;
}

#[actix_web::test]
async fn what_comes_after_its_batch_was_closed_is_held_unless_it_had_come_before() {
    let (app, officer) = service("1", 0).await;
    let (a, b) = (Laptop::enrol(&app, "A").await, Laptop::enrol(&app, "B").await);
    let mine = sheet(&a, 1, "Because");
    assert_eq!(a.push(std::slice::from_ref(&mine)).await.statuses(), ["stored"]);
    let closed = officer.post("/staff/sample/batches/1/close", &[]).await;
    assert_eq!(closed.status, 303, "{}", closed.page);
    // The receipt was lost, and so was the line.
    soundings::store::raw(app.app.db(), "DELETE FROM sync_lines").await.unwrap();
    assert_eq!(a.push(&[mine]).await.statuses(), ["stored"], "the ledger knows it");
    let late = [sheet(&b, 1, "Too late"), sheet(&b, 9, "No such sheet"), ended(&b, 1, "void")];
    let answer = b.push(&late).await;
    assert_eq!(answer.results(), vec![("held".to_owned(), "ledger_refused".to_owned()); 3]);
    let held = officer.get("/staff/sample/held").await.page;
    assert!(held.contains("Its batch could not take it"), "{held}");
    app.stop().await;
}

#[actix_web::test]
async fn an_interview_device_and_a_keyer_without_the_desk_cannot_end_what_was_keyed() {
    let (app, _) = service("1", 0).await;
    let laptop = Laptop::enrol(&app, "A").await;
    let (_, other) = keyer(&app, "Other").await;
    laptop.push(&[sheet(&laptop, 1, "Because")]).await;
    let mut end = ended(&laptop, 1, "duplicate");
    end["keyed_by"] = json!(other);
    assert_eq!(laptop.push(&[end]).await.results(), [("held".to_owned(), "ledger_refused".to_owned())]);
    assert_eq!(sheets(&app).await[0].outcome, Some(Outcome::Keyed));
    app.stop().await;
}
