//! One edition open longer than the other: announced at the desk, told on both start pages, judged by what a submission is.

use chrono::{Days, Utc};
use serde_json::{Value, json};
use soundings::domain::access::Role;
use soundings::domain::consultation::Extension;
use soundings::domain::day::as_typed;
use soundings::domain::wording::{Edition, Text};
use soundings::store::{audit, extensions};

use crate::support::desk::Desk;
use crate::support::{TestApp, submission};

/// The consultation that closed long ago, with easy read still open.
async fn easy_read_is_open_alone(app: &TestApp) {
    let (today, db) = (Utc::now().date_naive(), app.app.db());
    let words = [("standard", "The booklet came late."), ("easy_read", "The book was late.")];
    let extension = Extension {
        edition: Some(Edition::EasyRead),
        closes_on: today + Days::new(5),
        announced_on: today - Days::new(160),
        reason: Text(words.map(|(edition, text)| (edition.to_owned(), text.to_owned())).into()),
    };
    assert!(extensions::add(&db.write, "past", &extension, "tests", Utc::now()).await.unwrap());
    assert!(!extensions::add(&db.write, "past", &extension, "tests", Utc::now()).await.unwrap(), "announced once");
    assert!(
        extensions::add(
            &db.write,
            "past",
            &Extension { edition: Some(Edition::Standard), closes_on: today - Days::new(140), ..extension },
            "tests",
            Utc::now()
        )
        .await
        .unwrap()
    );
    assert!(app.app.intake.shelf.refresh(db).await.unwrap());
}

async fn send(app: &TestApp, edition: &str, channel: &str, received: Option<String>) -> (u16, Value) {
    let mut body = submission();
    body["edition"] = json!(edition);
    body["channel"] = json!(channel);
    body["received_on"] = json!(received);
    let token = app.token(Role::Keyer).await;
    app.post("past", serde_json::to_vec(&body).unwrap(), (channel != "online").then_some(token.as_str())).await
}

async fn page(app: &TestApp, path: &str) -> String {
    let page = app.client.get(format!("{}{path}", app.url)).send().await.unwrap().text().await.unwrap();
    page.replace("&#x2f;", "/").replace("&#x27;", "'")
}

#[actix_web::test]
async fn what_arrives_is_judged_by_its_own_edition() {
    let app = TestApp::start().await;
    assert_eq!(send(&app, "easy_read", "online", None).await.0, 403, "both editions have closed");
    easy_read_is_open_alone(&app).await;
    assert_eq!(send(&app, "easy_read", "online", None).await.0, 201);
    assert_eq!(send(&app, "standard", "online", None).await.0, 403);
    let today = Some(Utc::now().date_naive().to_string());
    let (easy, full) = (send(&app, "easy_read", "paper", today.clone()).await, send(&app, "standard", "paper", today).await);
    assert_eq!((easy.0, easy.1["result"].as_str()), (201, Some("stored")), "{easy:?}");
    assert_eq!(full.1["result"].as_str(), Some("held"), "{full:?}");
    app.stop().await;
}

#[actix_web::test]
async fn each_start_page_tells_its_own_last_day_and_that_the_other_edition_is_open_longer() {
    let app = TestApp::start().await;
    easy_read_is_open_alone(&app).await;
    let until = (Utc::now().date_naive() + Days::new(5)).format("%-d %B %Y").to_string();
    let full = page(&app, "/past").await;
    assert!(full.contains("There is more time in easy read") && full.contains(&until) && full.contains("The booklet came late."));
    assert!(full.contains("href=\"/past/easy-read\"") && !full.contains("id=\"answer\""), "{full}");
    let easy = page(&app, "/past/easy-read").await;
    assert!(easy.contains("id=\"answer\"") && easy.contains(&until) && easy.contains("The book was late."), "{easy}");
    assert!(!easy.contains("There is more time in"), "its own time is told as its own");
    let api: Value = app.client.get(format!("{}/api/v1/consultations/past", app.url)).send().await.unwrap().json().await.unwrap();
    assert_eq!(api["stage"], "open");
    assert_eq!(api["closes_at_by_edition"]["easy_read"], api["closes_at"]);
    assert_ne!(api["closes_at_by_edition"]["standard"], api["closes_at"]);
    let closed = page(&app, "/past/standard/check-answers").await;
    assert!(closed.contains("There is more time in easy read"), "{closed}");
    app.stop().await;
}

#[actix_web::test]
async fn the_desk_gives_more_time_to_one_edition_alone_and_the_log_knows_which() {
    let app = TestApp::start().await;
    let (desk, _) = Desk::with(&app, "desk@example.org", &[(Role::DeskOfficer, None)]).await;
    let dates = "/staff/sample/dates";
    let later = Utc::now().date_naive() + Days::new(20);
    let typed = as_typed(later);
    let wish = |edition: &'static str, sure: &'static str| {
        let reasons = [("reason", "The booklet came late."), ("easy_reason", "The book was late.")];
        let rest = [("edition", edition), ("closes_on", typed.as_str()), ("sure", sure)];
        let fields: Vec<(String, String)> =
            reasons.iter().chain(&rest).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        desk.request(dates).form(&fields)
    };
    let wrong = wish("welsh", "").send().await.unwrap();
    assert_eq!(wrong.status(), 422);
    assert!(wrong.text().await.unwrap().contains("Choose who has more time."));
    let asked = wish("easy_read", "").send().await.unwrap().text().await.unwrap();
    assert!(asked.contains("for easy read?") && asked.contains("name=\"edition\" value=\"easy_read\""), "{asked}");
    assert_eq!(wish("easy_read", "yes").send().await.unwrap().status(), 303);
    assert_eq!(wish("easy_read", "yes").send().await.unwrap().status(), 422, "a last day only ever moves on");

    let published = app.app.intake.shelf.consultation("sample").unwrap();
    assert_eq!(published.consultation.last_day_of(Some(Edition::EasyRead)), later);
    assert!(published.consultation.last_day_of(Some(Edition::Standard)) < later);
    assert_eq!(published.consultation.last_day_of(None), published.consultation.closes_on, "a letter has no edition");
    let shown = desk.get(dates).await.page;
    assert!(shown.contains("Last day now of easy read") && shown.contains("For easy read until"), "{shown}");
    assert!(desk.get("/staff/sample/held").await.page.contains("For easy read it is"));
    let full = page(&app, "/sample").await;
    assert!(full.contains("There is more time in easy read") && full.contains("id=\"answer\""), "both are open");
    assert!(!full.contains("More time to answer"), "the standard edition closes as announced");
    let log = audit::all(app.app.db()).await.unwrap();
    let entry = log.iter().find(|entry| entry.action == "consultation.extended").unwrap();
    assert!(entry.detail.starts_with("easy_read until "), "{}", entry.detail);
    app.stop().await;
}
