//! Pushing: every item is stored, held or named, once, with a receipt that verifies.

use serde_json::{Value, json};
use soundings::store::held;
use uuid::Uuid;

use super::{Laptop, hash, id, keyer, response};
use crate::support::TestApp;

#[actix_web::test]
async fn what_is_handed_in_is_stored_with_its_device_and_keyer_and_a_receipt_that_verifies() {
    let app = TestApp::start().await;
    let laptop = Laptop::enrol(&app, "One").await;
    let items: Vec<Value> = (0..3).map(|n| laptop.interview("sample", &format!("Reason {n}"))).collect();
    let answer = laptop.push(&items).await;

    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.statuses(), ["stored"; 3]);
    assert_eq!(answer.body["service"], "soundings-sync");
    assert_eq!(answer.body["anchor_ok"], true);
    assert!(laptop.trusts(&answer.body["receipt"]), "{answer:?}");
    for (index, item) in items.iter().enumerate() {
        let line = answer.line(index);
        let parts: Vec<&str> = line.split('|').collect();
        assert_eq!(parts[1], laptop.epoch);
        assert_eq!(
            (parts[3], parts[4], parts[5]),
            (item["revision_id"].as_str().unwrap(), item["hash"].as_str().unwrap(), "stored")
        );
    }
    assert_eq!(answer.body["device"], json!({ "received_high": 3, "gaps": [] }));
    let revisions = app.revisions().await;
    assert_eq!(revisions.len(), 3);
    assert_eq!(revisions[0].origin.device.as_deref(), Some(laptop.id.to_string().as_str()));
    assert_eq!(revisions[0].origin.keyed_by.as_deref(), Some(laptop.keyer.as_str()));
    assert_eq!(revisions[0].channel.code(), "face_to_face");
    app.stop().await;
}

#[actix_web::test]
async fn a_receipt_that_was_tampered_with_or_signed_by_another_does_not_verify() {
    let app = TestApp::start().await;
    let (laptop, other) = (Laptop::enrol(&app, "One").await, TestApp::start().await);
    let stranger = Laptop::enrol(&other, "Two").await;
    let answer = laptop.push(&[laptop.interview("sample", "A")]).await;
    let receipt = &answer.body["receipt"];
    assert!(laptop.trusts(receipt) && !stranger.trusts(receipt));
    let mut forged = receipt.clone();
    forged["lines"][0] = json!(answer.line(0).replace("stored", "held"));
    assert!(!laptop.trusts(&forged));
    other.stop().await;
    app.stop().await;
}

#[actix_web::test]
async fn a_push_whose_answer_was_lost_three_times_is_there_once_with_its_first_lines() {
    let app = TestApp::start().await;
    let laptop = Laptop::enrol(&app, "One").await;
    let items: Vec<Value> = (0..5).map(|n| laptop.interview("sample", &n.to_string())).collect();
    let first = laptop.push(&items).await;
    for _ in 0..3 {
        let again = laptop.push(&items).await;
        assert_eq!(again.statuses(), ["duplicate"; 5]);
        assert_eq!(again.body["receipt"]["lines"], first.body["receipt"]["lines"]);
        assert!(laptop.trusts(&again.body["receipt"]));
    }
    assert_eq!(app.revisions().await.len(), 5);
    app.stop().await;
}

#[actix_web::test]
async fn what_was_cut_off_between_the_door_and_the_log_gets_its_line_when_it_comes_again() {
    let app = TestApp::start().await;
    let laptop = Laptop::enrol(&app, "One").await;
    let items: Vec<Value> = (0..4).map(|n| laptop.interview("sample", &n.to_string())).collect();
    laptop.push(&items).await;
    // As a crash after the door's commit and before the log's leaves it.
    soundings::store::raw(app.app.db(), "DELETE FROM sync_lines WHERE device_seq > 2").await.unwrap();
    let again = laptop.push(&items).await;
    assert_eq!(again.statuses(), ["duplicate"; 4]);
    assert!(laptop.trusts(&again.body["receipt"]));
    assert_eq!(again.body["receipt"]["lines"].as_array().unwrap().len(), 4);
    assert_eq!(app.revisions().await.len(), 4);
    app.stop().await;
}

#[actix_web::test]
async fn one_that_cannot_be_read_is_held_whole_and_the_others_pass() {
    let app = TestApp::start().await;
    let laptop = Laptop::enrol(&app, "One").await;
    let poison = r#"{"kind": "respons", "submission": "Zaubernuss"}"#;
    let mut spoiled = laptop.interview("sample", "B");
    spoiled["hash"] = json!(hash("something else"));
    let items = [
        laptop.interview("sample", "A"),
        laptop.with_ids("sample", Uuid::now_v7(), Uuid::now_v7(), poison),
        laptop.with_ids("sample", Uuid::now_v7(), Uuid::now_v7(), "not even JSON"),
        spoiled,
        json!({ "revision_id": Uuid::nil(), "device_seq": "many" }),
        json!(7),
        laptop.interview("sample", "C"),
    ];
    let answer = laptop.push(&items).await;
    let expected = [
        ("stored", ""),
        ("held", "unreadable"),
        ("held", "unreadable"),
        ("retry", "hash_mismatch"),
        ("refused", "no_item"),
        ("refused", "no_item"),
        ("stored", ""),
    ];
    assert_eq!(answer.results(), expected.map(|(status, reason)| (status.to_owned(), reason.to_owned())), "{answer:?}");
    assert_eq!(answer.body["results"][4]["revision_id"], json!(Uuid::nil()));
    assert_eq!(answer.body["device"], json!({ "received_high": 5, "gaps": [[1, 1]] }));
    let held = app.held().await;
    assert_eq!(held.len(), 2);
    let whole = held::whole(&app.app.db().read, "sample", held[0].held_id).await.unwrap().unwrap();
    assert_eq!(whole.payload, poison.as_bytes(), "the exact bytes are kept");
    app.stop().await;
}

#[actix_web::test]
async fn other_content_under_the_same_id_is_held_beside_the_first_and_both_have_a_line() {
    let app = TestApp::start().await;
    let laptop = Laptop::enrol(&app, "One").await;
    let item = laptop.interview("sample", "The first");
    laptop.push(std::slice::from_ref(&item)).await;
    let mut other = item.clone();
    let payload = item["payload"].as_str().unwrap().replace("The first", "The second");
    other["hash"] = json!(hash(&payload));
    other["payload"] = json!(payload);
    for expected in ["held", "duplicate"] {
        let answer = laptop.push(&[other.clone()]).await;
        assert_eq!(answer.results(), [(expected.to_owned(), "conflict".to_owned())], "{answer:?}");
        assert!(answer.line(0).contains(other["hash"].as_str().unwrap()) && answer.line(0).contains("|held|"));
    }
    // The same answers in other bytes are other content too: what was signed for is exactly what arrived.
    let mut spaced = item.clone();
    let payload = format!("{} ", item["payload"].as_str().unwrap());
    spaced["hash"] = json!(hash(&payload));
    spaced["payload"] = json!(payload);
    let both = laptop.push(&[spaced, item]).await;
    assert_eq!(both.statuses(), ["held", "duplicate"]);
    assert_eq!(app.revisions().await.len(), 1);
    assert_eq!(app.held().await.len(), 2);
    app.stop().await;
}

#[actix_web::test]
async fn two_corrections_of_one_response_leave_one_standing_and_the_other_held() {
    let app = TestApp::start().await;
    let laptop = Laptop::enrol(&app, "One").await;
    let first = laptop.interview("sample", "First");
    let corrected = laptop.correction(&first, "Better");
    assert_eq!(laptop.push(&[first.clone(), corrected]).await.statuses(), ["stored", "stored"], "in the order they were made");
    let rival = laptop.correction(&first, "Worse");
    assert_eq!(laptop.push(&[rival]).await.results(), [("held".to_owned(), "conflict".to_owned())]);
    assert_eq!(app.revisions().await.len(), 2);
    app.stop().await;
}

#[actix_web::test]
async fn a_withdrawal_wins_over_a_correction_made_without_a_network() {
    let app = TestApp::start().await;
    let (a, b) = (Laptop::enrol(&app, "A").await, Laptop::enrol(&app, "B").await);
    let item = a.interview("sample", "Mine");
    a.push(std::slice::from_ref(&item)).await;
    let correction = b.correction(&item, "Corrected elsewhere");
    assert_eq!(b.push(&[b.withdrawal(&item)]).await.results(), [("held".to_owned(), "cannot_withdraw".to_owned())], "not B's");
    let withdrawal = a.withdrawal(&item);
    for expected in ["stored", "duplicate"] {
        assert_eq!(a.push(std::slice::from_ref(&withdrawal)).await.statuses(), [expected]);
    }
    assert_eq!(b.push(&[correction]).await.results(), [("held".to_owned(), "conflict".to_owned())]);
    let revisions = app.revisions().await;
    assert!(revisions.len() == 2 && revisions[1].withdrawn);
    app.stop().await;
}

#[actix_web::test]
async fn an_interview_and_its_withdrawal_in_one_push_count_nothing() {
    let app = TestApp::start().await;
    let laptop = Laptop::enrol(&app, "One").await;
    let item = laptop.interview("sample", "Mine");
    let withdrawal = laptop.withdrawal(&item);
    assert_eq!(laptop.push(&[withdrawal, item]).await.statuses(), ["stored", "stored"]);
    assert!(app.revisions().await.last().unwrap().withdrawn);
    app.stop().await;
}

#[actix_web::test]
async fn a_form_version_nobody_published_and_an_account_nobody_has_are_held_with_the_reason() {
    let app = TestApp::start().await;
    let laptop = Laptop::enrol(&app, "One").await;
    let mut version = response("face_to_face", "A");
    version["submission"]["form_version"] = json!(99);
    let mut nobody = laptop.interview("sample", "B");
    nobody["keyed_by"] = json!(format!("staff:{}", Uuid::now_v7()));
    let mut early = laptop.interview("future", "C");
    early["keyed_by"] = json!(laptop.keyer);
    let answer = laptop.push(&[laptop.item("sample", version), nobody, early]).await;
    let reasons: Vec<String> = answer.results().into_iter().map(|(_, reason)| reason).collect();
    assert_eq!(reasons, ["unknown_version", "unknown_keyer", "not_yet_open"]);
    assert_eq!(answer.statuses(), ["held"; 3]);
    app.stop().await;
}

#[actix_web::test]
async fn a_consultation_the_device_was_never_enrolled_for_is_refused_and_nothing_is_kept() {
    let app = TestApp::start().await;
    let (desk, keyer) = crate::support::desk::Desk::named(&app, "Kim", &[soundings::domain::access::Role::Keyer], "past").await;
    let laptop = Laptop::enrol_by(&app, &desk, keyer, "Past").await;
    let answer = laptop.push(&[laptop.interview("sample", "A"), laptop.interview("nowhere", "B")]).await;
    assert_eq!(answer.results(), vec![("refused".to_owned(), "not_this_device".to_owned()); 2]);
    assert!(answer.body["receipt"].is_null());
    assert!(app.revisions().await.is_empty() && app.held().await.is_empty());
    app.stop().await;
}

#[actix_web::test]
async fn a_sealed_item_is_opened_stored_and_signed_for_under_the_hash_of_what_it_says() {
    let app = TestApp::start().await;
    let laptop = Laptop::enrol(&app, "One").await;
    let item = laptop.interview("sample", "Nobody else reads this");
    let sealed = laptop.sealed(&item);
    assert!(!sealed.to_string().contains("Nobody else"));
    let answer = laptop.push(std::slice::from_ref(&sealed)).await;
    assert_eq!(answer.statuses(), ["stored"], "{answer:?}");
    assert!(answer.line(0).contains(item["hash"].as_str().unwrap()));
    assert_eq!(laptop.push(&[item]).await.statuses(), ["duplicate"], "the same, not sealed");
    let spoil = |path: [&str; 2], value: Value| {
        let mut spoiled = laptop.sealed(&laptop.interview("sample", "B"));
        spoiled[path[0]][path[1]] = value;
        spoiled
    };
    let mut moved = laptop.sealed(&laptop.interview("sample", "C"));
    moved["revision_id"] = json!(Uuid::now_v7());
    let broken = [spoil(["sealed", "kid"], json!("s-unknown")), spoil(["sealed", "iv"], json!("AAAAAAAAAAAAAAAA")), moved];
    let answer = laptop.push(&broken).await;
    let reasons: Vec<String> = answer.results().into_iter().map(|(_, reason)| reason).collect();
    assert_eq!(reasons, ["unknown_key", "seal_broken", "seal_broken"]);
    assert_eq!(answer.statuses(), ["retry"; 3]);
    app.stop().await;
}

#[actix_web::test]
async fn an_envelope_that_cannot_be_understood_says_what_to_do() {
    let app = TestApp::start().await;
    let laptop = Laptop::enrol(&app, "One").await;
    let (other, _) = (Laptop::enrol(&app, "Two").await, keyer(&app, "Nobody").await);
    let mut strange = laptop.envelope(&[]);
    strange["device_id"] = json!(other.id);
    assert_eq!(laptop.send(&strange).await.body["code"], "other_device");
    assert_eq!(laptop.send(&json!({ "items": [] })).await.body["code"], "not_an_envelope");
    assert_eq!(laptop.send_bytes(b"{".to_vec(), "identity").await.body["code"], "not_json");
    assert_eq!(laptop.send_bytes(b"{".to_vec(), "gzip").await.body["code"], "not_gzip");
    assert_eq!(laptop.send_bytes(b"{".to_vec(), "br").await.status, 415);
    let without = laptop.client.post(format!("{}/api/v1/sync/push", app.url)).bearer_auth(&laptop.secret).body("{}");
    assert_eq!(super::answered(without.send().await.unwrap()).await.body["code"], "protocol_unsupported");
    let nothing = laptop.push(&[]).await;
    assert!(nothing.status == 200 && nothing.body["results"] == json!([]) && nothing.body["receipt"].is_null());
    assert_eq!(id(&nothing.body["batch_id"]).get_version_num(), 7);
    app.stop().await;
}
