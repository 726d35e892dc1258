//! Lateness: an interview lies between the last signed time its device had seen and its receipt; the device's clock says nothing.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{Days, Utc};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use soundings::store::settings;

use super::{Laptop, response};
use crate::support::TestApp;

/// A beacon of this many days ago, signed as the service signs.
async fn beacon(app: &TestApp, days_ago: u64) -> String {
    let kept = settings::get(&app.app.db().read, "sync_receipt_keys").await.unwrap().unwrap();
    let kept: Value = serde_json::from_str(&kept).unwrap();
    let key = SigningKey::from_slice(&BASE64.decode(kept[0]["secret"].as_str().unwrap()).unwrap()).unwrap();
    let says = json!({ "t": Utc::now() - Days::new(days_ago), "e": "some epoch" }).to_string();
    let signature: Signature = key.sign(says.as_bytes());
    format!("{}.{}", BASE64.encode(&says), BASE64.encode(signature.to_bytes()))
}

#[actix_web::test]
async fn before_closing_in_time_after_closing_late_and_in_between_unproven() {
    let app = TestApp::start().await;
    let laptop = Laptop::enrol(&app, "One").await;
    let with = |consultation: &str, beacon: Option<String>| {
        let mut item = laptop.interview(consultation, "A");
        item["beacon"] = json!(beacon);
        item
    };
    let forged = beacon(&app, 10).await.replacen('.', "x.", 1);
    let future = laptop.get("/api/v1/sync/info").await.body["beacon"].as_str().unwrap().to_owned();
    let items = [
        with("sample", None),
        with("past", Some(beacon(&app, 170).await)),
        with("past", Some(beacon(&app, 100).await)),
        with("past", Some(future)),
        with("past", Some(forged)),
        with("past", Some("no beacon".to_owned())),
        with("past", None),
    ];
    let answer = laptop.push(&items).await;
    let expected = ["", "unproven", "late", "late", "unproven", "unproven", "unproven"];
    let reasons: Vec<String> = answer.results().into_iter().map(|(_, reason)| reason).collect();
    assert_eq!(reasons, expected, "{answer:?}");
    assert_eq!(answer.statuses()[1..], ["held"; 6], "none is dropped");
    app.stop().await;
}

#[actix_web::test]
async fn the_clock_of_the_device_changes_nothing_and_paper_is_judged_by_the_dates_on_it() {
    let app = TestApp::start().await;
    let laptop = Laptop::enrol(&app, "One").await;
    let closed = Utc::now().date_naive() - Days::new(150);
    let paper = |received: chrono::NaiveDate| {
        let mut paper = response("paper", "A");
        paper["submission"]["received_on"] = json!(received);
        laptop.item("past", paper)
    };
    let mut items = vec![paper(closed), paper(closed + Days::new(30))];
    for clock in ["1999-01-01T00:00:00Z", "2099-01-01T00:00:00Z", "yesterday"] {
        let mut item = laptop.interview("past", "B");
        item["captured_at"] = json!(clock);
        items.push(item);
    }
    let mut envelope = laptop.envelope(&items);
    envelope["device"]["clock"] = json!("2099-01-01T00:00:00Z");
    let answer = laptop.send(&envelope).await;
    let reasons: Vec<String> = answer.results().into_iter().map(|(_, reason)| reason).collect();
    assert_eq!(reasons, ["", "late", "unproven", "unproven", "unproven"]);
    app.stop().await;
}
