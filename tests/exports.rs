//! Exports at the desk: asked for, made in the background, told of by letter, fetched; each step in the audit log.

use chrono::Utc;
use soundings::config::Settings;
use soundings::domain::access::Role;
use soundings::jobs;
use soundings::mail::Sender;
use soundings::mail::worker::deliver;
use soundings::store::audit;
use soundings::store::exports::{self, Asked, State};
use uuid::Uuid;

use crate::support::desk::Desk;
use crate::support::mail_server::MailServer;
use crate::support::{TestApp, submission};

const PAGE: &str = "/staff/sample/exports";

async fn with_responses(app: &TestApp, number: usize) {
    for _ in 0..number {
        let (status, answer) = app.send(&submission()).await;
        assert_eq!(status, 201, "{answer}");
    }
}

/// Asks for an export and has it made; the page of its run.
async fn made(app: &TestApp, desk: &Desk, fields: &[(&str, &str)]) -> String {
    let asked = desk.post(PAGE, fields).await;
    assert_eq!(asked.status, 303, "{}", asked.page);
    jobs::exports::make_waiting(&app.app).await;
    asked.place
}

#[actix_web::test]
async fn an_export_is_made_told_of_by_letter_and_fetched_and_every_step_is_in_the_log() {
    let server = MailServer::start();
    let settings = Settings {
        smtp: Some(server.url("smtp")),
        mail_from: Some("consult@example.org".to_owned()),
        base_url: Some("https://consult.example.org".to_owned()),
        ..Settings::default()
    };
    let app = TestApp::start_with(settings).await;
    with_responses(&app, 12).await;
    let (desk, _) = Desk::named(&app, "Anna", &[Role::Analyst], "sample").await;
    assert!(desk.get(PAGE).await.page.contains("Nothing was exported yet"));
    let asked = desk.post(PAGE, &[("export", "closed-tables"), ("purpose", "The Board of 5 January"), ("letter", "yes")]).await;
    let page = desk.get(&asked.place).await.page;
    assert!(page.contains("It is being made") && page.contains("we will write to you"), "{page}");
    assert!(desk.get(PAGE).await.page.contains("Being made"));
    jobs::exports::make_waiting(&app.app).await;

    let page = desk.get(&asked.place).await.page;
    assert!(page.contains("manifest.json") && page.contains("Download all") && page.contains("The Board of 5 January"), "{page}");
    let sender = Sender::open(&app.app.config).unwrap().unwrap();
    while deliver(app.app.db(), &sender, Utc::now()).await.unwrap().is_some() {}
    let letter = server.letters().pop().unwrap();
    assert!(letter.headers["subject"].starts_with("Export ready"), "{:?}", letter.headers);
    assert!(letter.text.contains(&format!("https://consult.example.org{}", asked.place)), "{}", letter.text);

    let first = desk.get(&format!("{}/0", asked.place)).await;
    assert_eq!(first.status, 200);
    assert!(first.page.lines().count() > 10, "a table: {}", first.page);
    assert_eq!(desk.get(&format!("{}/all.zip", asked.place)).await.status, 200);
    assert_eq!(desk.get(&format!("{}/99", asked.place)).await.status, 404);
    let log = audit::all(app.app.db()).await.unwrap();
    for action in ["export.asked", "export.fetched"] {
        assert!(log.iter().any(|recorded| recorded.action == action), "{action}");
    }
    assert!(log.iter().any(|recorded| recorded.detail.contains("The Board of 5 January")), "what it is for");
    app.stop().await;
}

#[actix_web::test]
async fn what_single_people_said_is_not_handed_out_without_a_purpose() {
    let app = TestApp::start().await;
    let (desk, _) = Desk::named(&app, "Anna", &[Role::Analyst], "sample").await;
    let refused = desk.post(PAGE, &[("export", "responses"), ("purpose", "  ")]).await;
    assert!(refused.status == 422 && refused.page.contains("Say what it is for"), "{}", refused.page);
    let refused = desk.post(PAGE, &[("purpose", "x")]).await;
    assert!(refused.status == 422 && refused.page.contains("Choose what to export"), "{}", refused.page);
    assert!(exports::all(&app.app.db().read, "sample", 9).await.unwrap().is_empty(), "nothing was asked for");
    app.stop().await;
}

#[actix_web::test]
async fn a_run_that_differs_from_an_earlier_one_by_a_few_people_says_so() {
    let app = TestApp::start().await;
    let (desk, _) = Desk::named(&app, "Anna", &[Role::Analyst], "sample").await;
    with_responses(&app, 40).await;
    let first = made(&app, &desk, &[("export", "closed-tables")]).await;
    assert!(!desk.get(&first).await.page.contains("differs from an earlier run"), "there was none");
    with_responses(&app, 5).await;
    let second = made(&app, &desk, &[("export", "closed-tables")]).await;
    let page = desk.get(&second).await.page;
    assert!(page.contains("Look at this before you hand it on") && page.contains("differs from an earlier run"), "{page}");
    app.stop().await;
}

#[actix_web::test]
async fn a_run_that_cannot_be_made_says_why_and_is_not_tried_for_ever() {
    let app = TestApp::start().await;
    let (desk, _) = Desk::named(&app, "Root", &[Role::Administrator], "sample").await;
    let now = Utc::now();
    let asked = Asked {
        consultation: "sample".to_owned(),
        run_id: Uuid::now_v7(),
        export: "gone".to_owned(),
        as_of: now,
        purpose: String::new(),
        actor: "command".to_owned(),
        letter: false,
    };
    exports::ask(app.app.db(), &asked, now).await.unwrap();
    jobs::exports::make_waiting(&app.app).await;
    let run = exports::get(&app.app.db().read, "sample", asked.run_id).await.unwrap().unwrap();
    assert_eq!(run.state, State::Failed);
    let page = desk.get(&format!("{PAGE}/{}", asked.run_id)).await.page;
    assert!(page.contains("It could not be made") && page.contains("there is no export called"), "{page}");
    app.stop().await;
}

#[actix_web::test]
async fn two_instances_make_a_run_once() {
    let app = TestApp::start().await;
    with_responses(&app, 3).await;
    let (desk, _) = Desk::named(&app, "Anna", &[Role::Analyst], "sample").await;
    let asked = desk.post(PAGE, &[("export", "responses"), ("purpose", "check")]).await;
    futures_util::future::join(jobs::exports::make_waiting(&app.app), jobs::exports::make_waiting(&app.app)).await;
    let page = desk.get(&asked.place).await.page;
    assert_eq!(page.matches("manifest.json").count(), 1, "{page}");
    app.stop().await;
}
