//! Devices: enrolled by people who key, revoked by the office, and able to do nothing but hand in and ask.

use serde_json::{Value, json};
use soundings::domain::access::Role;
use soundings::store;

use super::{Laptop, administrator, answered, keyer};
use crate::support::TestApp;
use crate::support::desk::Desk;

#[actix_web::test]
async fn only_people_who_key_or_are_desk_officers_enrol_a_device_and_for_their_own_consultations() {
    let app = TestApp::start().await;
    let enrol = async |desk: &Desk, wish: Value| {
        let request = desk.request("/api/v1/sync/devices").header("x-sync-protocol", "1").json(&wish);
        answered(request.send().await.unwrap()).await
    };
    let wish = || json!({ "name": "Library 3", "place": "Leigh" });
    assert_eq!(enrol(&Desk::outside(&app), wish()).await.status, 401);
    let (analyst, _) = Desk::named(&app, "Ann", &[Role::Analyst], "sample").await;
    assert_eq!(enrol(&analyst, wish()).await.status, 403);
    let (officer, _) = Desk::named(&app, "Olive", &[Role::DeskOfficer], "past").await;
    let enrolled = enrol(&officer, wish()).await;
    assert_eq!((enrolled.status, &enrolled.body["consultations"]), (201, &json!(["past"])), "{enrolled:?}");
    for wrong in [json!({}), json!({ "name": " ", "place": "x" }), json!({ "name": "x".repeat(81), "place": "x" })] {
        assert_eq!(enrol(&officer, wrong).await.body["code"], "not_a_device");
    }
    let again = enrol(&officer, json!({ "name": "Library 3", "place": "Leigh", "device_id": enrolled.body["device_id"] })).await;
    assert_eq!(again.body["device_id"], enrolled.body["device_id"], "it keeps its id");
    assert_ne!(again.body["secret"], enrolled.body["secret"]);
    let unknown = enrol(&officer, json!({ "name": "x", "place": "x", "device_id": uuid::Uuid::nil() })).await;
    assert_ne!(unknown.body["device_id"], json!(uuid::Uuid::nil()));
    app.stop().await;
}

#[actix_web::test]
async fn the_credential_is_a_cookie_for_the_sync_alone_and_lives_on_with_each_use() {
    let app = TestApp::start().await;
    let (desk, _) = keyer(&app, "Kim").await;
    let request = desk.request("/api/v1/sync/devices").header("x-sync-protocol", "1").json(&json!({ "name": "a", "place": "b" }));
    let answer = request.send().await.unwrap();
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
    for part in ["soundings_device=device_", "HttpOnly", "SameSite=Strict", "Path=/api/v1/sync", "Max-Age=7776000"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let own = cookie.split(';').next().unwrap();
    let info = app.client.get(format!("{}/api/v1/sync/info", app.url)).header("cookie", own).send().await.unwrap();
    assert!(info.headers()["set-cookie"].to_str().unwrap().contains(own));
    assert_eq!(info.json::<Value>().await.unwrap()["device"]["name"], "a");
    let plain = answered(app.client.get(format!("{}/api/v1/sync/info", app.url)).send().await.unwrap()).await;
    assert!(plain.body["device"].is_null() && plain.body["staff"].is_null() && plain.body["keys"]["receipt"]["jwk"].is_object());

    let laptop = Laptop::enrol(&app, "Two").await;
    let ninety = chrono::Utc::now() - chrono::Duration::days(91);
    let sql = format!("UPDATE devices SET seen_at = '{}'", ninety.to_rfc3339());
    store::raw(app.app.db(), &sql).await.unwrap();
    let late = laptop.push(&[laptop.interview("sample", "A")]).await;
    assert_eq!((late.status, &late.body["code"]), (401, &json!("device_unknown")));
    app.stop().await;
}

#[actix_web::test]
async fn a_device_reads_nothing_but_its_own_affairs() {
    let app = TestApp::start().await;
    let laptop = Laptop::enrol(&app, "One").await;
    let closed = [
        "/staff",
        "/staff/devices",
        "/staff/sample/held",
        "/staff/sample/batches",
        "/analysis/sample",
        "/api/v1/consultations/sample/uploads",
    ];
    for path in closed {
        let url = format!("{}{path}", app.url);
        let quiet = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        for request in [
            quiet.get(&url).bearer_auth(&laptop.secret),
            quiet.get(&url).header("cookie", format!("soundings_device={}", laptop.secret)),
            quiet.get(&url).header("cookie", format!("soundings_staff={0}; soundings_token={0}", laptop.secret)),
        ] {
            let answer = request.send().await.unwrap();
            let status = answer.status().as_u16();
            let asks_who = status == 200 && answer.text().await.unwrap().contains("Sign in to read results");
            assert!(asks_who || [303, 401, 403].contains(&status), "{path}: {status}");
        }
    }
    let mut keyed = crate::support::submission();
    keyed["channel"] = json!("paper");
    let (status, _) = app.post("sample", serde_json::to_vec(&keyed).unwrap(), Some(&laptop.secret)).await;
    assert_eq!(status, 401);
    let rescue = laptop.post("/api/v1/sync/recovery").json(&laptop.envelope(&[])).send().await.unwrap();
    assert_eq!(rescue.status(), 401);
    let device = laptop.post("/api/v1/sync/devices").json(&json!({ "name": "x", "place": "x" })).send().await.unwrap();
    assert_eq!(device.status(), 401);
    for path in ["/api/v1/sync/ledger", "/api/v1/sync/pull", "/api/v1/sync/bundles/x"] {
        assert_eq!(app.client.get(format!("{}{path}", app.url)).send().await.unwrap().status(), 401, "{path} without");
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_revoked_device_hands_in_nothing_and_the_office_takes_its_rescue_file() {
    let app = TestApp::start().await;
    let laptop = Laptop::enrol(&app, "One").await;
    let desk = administrator(&app).await;
    let page = format!("/staff/devices/{}", laptop.id);
    assert!(desk.get("/staff/devices").await.page.contains("One"));
    let sure = desk.get(&format!("{page}/revoke")).await;
    assert!(sure.status == 200 && sure.page.contains("Are you sure"), "{}", sure.page);
    assert_eq!(desk.post(&format!("{page}/revoke"), &[]).await.status, 303);
    let items = [laptop.interview("sample", "A"), laptop.interview("sample", "B")];
    let refused = laptop.push(&items).await;
    assert_eq!((refused.status, &refused.body["code"]), (403, &json!("device_revoked")));
    let pulled = laptop.get("/api/v1/sync/pull").await;
    assert_eq!(pulled.body["items"][0]["revoked"], true);
    let told = desk.get("/staff/devices").await.page;
    assert!(told.contains("tried to hand in after it was shut out"), "{told}");
    assert!(app.revisions().await.is_empty());

    let file = laptop.envelope(&items);
    for expected in [(2, 0), (0, 2)] {
        let answer = answered(desk.request("/api/v1/sync/recovery").json(&file).send().await.unwrap()).await;
        assert_eq!((&answer.body["stored"], &answer.body["duplicate"]), (&json!(expected.0), &json!(expected.1)), "{answer:?}");
    }
    assert_eq!(app.revisions().await.len(), 2);
    let (officer, _) = Desk::named(&app, "Olive", &[Role::DeskOfficer], "past").await;
    let answer = officer.request("/api/v1/sync/recovery").json(&file).send().await.unwrap();
    assert_eq!(answer.status(), 403, "only an officer of every consultation the device has");
    app.stop().await;
}

#[actix_web::test]
async fn a_rescue_file_that_was_synced_too_is_there_once() {
    let app = TestApp::start().await;
    let laptop = Laptop::enrol(&app, "One").await;
    let items = [laptop.interview("sample", "A"), laptop.interview("sample", "B")];
    let (desk, file) = (administrator(&app).await, laptop.envelope(&items));
    laptop.push(&items[..1]).await;
    let answer = answered(desk.request("/api/v1/sync/recovery").json(&file).send().await.unwrap()).await;
    assert_eq!((&answer.body["stored"], &answer.body["duplicate"]), (&json!(1), &json!(1)));
    assert_eq!(laptop.push(&items).await.statuses(), ["duplicate"; 2]);
    assert_eq!(app.revisions().await.len(), 2);
    app.stop().await;
}

#[actix_web::test]
async fn two_copies_of_a_laptop_lose_nothing_and_the_office_is_told() {
    let app = TestApp::start().await;
    let laptop = Laptop::enrol(&app, "One").await;
    laptop.push(&[laptop.interview("sample", "Before the copy")]).await;
    let copy = laptop.copied();
    assert_eq!(laptop.push(&[laptop.interview("sample", "On the one")]).await.statuses(), ["stored"]);
    let desk = administrator(&app).await;
    assert!(!desk.get("/staff/devices").await.page.contains("There are two of it"));
    assert_eq!(copy.push(&[copy.interview("sample", "On the other")]).await.statuses(), ["stored"]);
    assert_eq!(app.revisions().await.len(), 3);
    let page = desk.get("/staff/devices").await.page;
    assert!(page.contains("There are two of it"), "{page}");
    app.stop().await;
}

#[actix_web::test]
async fn the_office_sees_what_each_device_has_and_what_is_missing() {
    let app = TestApp::start().await;
    let laptop = Laptop::enrol(&app, "Counter laptop").await;
    let (first, lost, last) = (laptop.interview("sample", "1"), laptop.interview("sample", "2"), laptop.interview("sample", "3"));
    let mut envelope = laptop.envelope(&[first, last]);
    drop(lost);
    envelope["device"] = json!({ "seq_high": 14, "pending": 11, "oldest_pending_s": 172_800, "attention": 2, "persisted": false, "build": "2026.11.3" });
    laptop.send(&envelope).await;
    let (officer, _) = Desk::named(&app, "Olive", &[Role::DeskOfficer], "sample").await;
    let page = officer.get("/staff/devices").await.page;
    for said in ["Counter laptop", "Library 3", "14", "11", "2 days", "Number 2 is missing", "2026.11.3", "may delete"] {
        assert!(page.contains(said), "no {said} in {page}");
    }
    let (elsewhere, _) = Desk::named(&app, "Otto", &[Role::DeskOfficer], "nowhere").await;
    assert!(!elsewhere.get("/staff/devices").await.page.contains("Counter laptop"), "only devices of one's own consultations");
    assert_eq!(elsewhere.get(&format!("/staff/devices/{}/revoke", laptop.id)).await.status, 403);
    app.stop().await;
}
