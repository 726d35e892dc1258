//! Mail to staff: links to sign in, the letters of the day, and what could not be delivered.

use chrono::{DateTime, Days, Duration, Utc};
use serde_json::json;
use soundings::config::Settings;
use soundings::domain::access::Role;
use soundings::domain::window::london_midnight;
use soundings::mail::worker::{Outcome, deliver};
use soundings::mail::{Sender, daily};
use soundings::store::queue;

use crate::support::desk::{Desk, PASSWORD, invited};
use crate::support::mail_server::MailServer;
use crate::support::{TestApp, submission};

const BOSS: &[(Role, Option<&str>)] = &[(Role::Administrator, None)];

async fn start(server: &MailServer) -> TestApp {
    let settings = Settings {
        smtp: Some(server.url("smtp")),
        mail_from: Some("consult@example.org".to_owned()),
        base_url: Some("https://consult.example.org".to_owned()),
        ..Settings::default()
    };
    TestApp::start_with(settings).await
}

/// Sends everything that waits.
async fn send_all(app: &TestApp, now: DateTime<Utc>) -> Vec<Outcome> {
    let sender = Sender::open(&app.app.config).unwrap().unwrap();
    let mut outcomes = Vec::new();
    while let Some(outcome) = deliver(app.app.db(), &sender, now).await.unwrap() {
        outcomes.push(outcome);
    }
    outcomes
}

/// The path of the one-time link in a letter.
fn link_in(text: &str) -> String {
    let start = text.find("/staff/link/").unwrap();
    text[start..].split_whitespace().next().unwrap().to_owned()
}

#[actix_web::test]
async fn somebody_invited_gets_the_link_by_mail_and_nobody_else_sees_it() {
    let server = MailServer::start();
    let app = start(&server).await;
    let (desk, _) = Desk::with(&app, "boss@example.org", BOSS).await;
    let fields = [("name", "Bea Example"), ("email", "bea@example.org"), ("roles", "keyer"), ("place", "sample")];
    let page = desk.post("/staff/people", &fields).await.page;
    assert!(page.contains("on its way to them by mail") && !page.contains("/staff/link/"), "{page}");
    assert_eq!(send_all(&app, Utc::now()).await, [Outcome::Sent]);
    let letters = server.letters();
    assert_eq!(letters[0].to, ["bea@example.org"]);
    let hers = Desk::outside(&app);
    let done = hers.post(&link_in(&letters[0].text), &[("password", PASSWORD), ("again", PASSWORD)]).await;
    assert!(done.page.contains("Your password is saved"), "{}", done.page);
    app.stop().await;
}

#[actix_web::test]
async fn who_forgot_their_password_gets_one_link_and_strangers_learn_nothing() {
    let server = MailServer::start();
    let app = start(&server).await;
    Desk::with(&app, "ada@example.org", &[]).await;
    invited(&app, "never@example.org", &[]).await;
    let outside = Desk::outside(&app);
    let ask = async |email: &str| outside.post("/staff/forgotten", &[("email", email)]).await;
    assert_eq!(ask("nobody").await.status, 422);
    let known = ask("Ada@Example.org").await;
    for email in ["ada@example.org", "stranger@example.org", "never@example.org"] {
        assert_eq!(ask(email).await.page, known.page, "{email}");
    }
    assert!(known.page.contains("If there is an account with this address"));
    assert_eq!(send_all(&app, Utc::now()).await, [Outcome::Sent], "asked twice, sent once; nobody else is written to");
    let path = link_in(&server.letters()[0].text);
    let chosen =
        outside.post(&path, &[("password", "velvet harbour seven finch"), ("again", "velvet harbour seven finch")]).await;
    assert!(chosen.page.contains("Your password is saved"), "{}", chosen.page);
    assert!(outside.get(&path).await.page.contains("This link no longer works"));
    app.stop().await;
}

#[actix_web::test]
async fn the_desk_is_told_once_a_day_what_was_held_and_once_that_a_consultation_closes_soon() {
    let server = MailServer::start();
    let app = start(&server).await;
    let officer = |place| [(Role::DeskOfficer, Some(place))];
    Desk::with(&app, "here@example.org", &officer("sample")).await;
    Desk::with(&app, "elsewhere@example.org", &officer("past")).await;
    Desk::with(&app, "boss@example.org", BOSS).await;
    let mut body = submission();
    body["channel"] = json!("paper");
    body["form_version"] = json!(9);
    assert_eq!(app.send_keyed(&body).await.0, 202);

    let midnight = london_midnight(soundings::domain::window::london_day(Utc::now()));
    let evening = midnight + Duration::hours(18);
    assert_eq!(daily::queue_due(&app.app, midnight + Duration::hours(6)).await.unwrap(), 0, "nobody is woken");
    assert_eq!(daily::queue_due(&app.app, evening).await.unwrap(), 1);
    assert_eq!(daily::queue_due(&app.app, evening + Duration::hours(1)).await.unwrap(), 0, "once a day");
    let last = app.app.intake.shelf.consultation("sample").unwrap().consultation.last_day();
    let soon = london_midnight(last - Days::new(3)) + Duration::hours(9);
    let (one, other) = futures_util::future::join(daily::queue_due(&app.app, soon), daily::queue_due(&app.app, soon)).await;
    assert_eq!(one.unwrap() + other.unwrap(), 1, "two instances, one letter");

    assert_eq!(send_all(&app, soon).await.len(), 2);
    let letters = server.letters();
    assert!(letters.iter().all(|letter| letter.to == ["here@example.org"]));
    let subjects: Vec<&str> = letters.iter().map(|letter| letter.headers["subject"].as_str()).collect();
    assert!(subjects.iter().any(|subject| subject.starts_with("1 response held today")), "{subjects:?}");
    assert!(subjects.iter().any(|subject| subject.starts_with("Closes on")), "{subjects:?}");
    assert!(!letters.iter().any(|letter| letter.text.contains("It is fairer.")), "no answer leaves by mail");
    app.stop().await;
}

#[actix_web::test]
async fn what_could_not_be_delivered_is_listed_tried_again_or_thrown_away() {
    let server = MailServer::start();
    let app = start(&server).await;
    let (desk, _) = Desk::with(&app, "boss@example.org", BOSS).await;
    assert!(desk.get("/staff/mail").await.page.contains("Everything could be delivered"));
    for (name, email) in [("Bea", "bea@example.org"), ("Cy", "cy@example.org")] {
        desk.post("/staff/people", &[("name", name), ("email", email), ("roles", "keyer"), ("place", "")]).await;
        let job = queue::claim(app.app.db(), "mail", Utc::now()).await.unwrap().unwrap();
        queue::bury(&app.app.db().write, &job, "refused_550", Utc::now()).await.unwrap();
    }
    let page = desk.get("/staff/mail").await.page;
    assert!(page.contains("Link to sign in") && page.contains("refused 550") && !page.contains("bea@example.org"), "{page}");
    let ids: Vec<_> = queue::dead(&app.app.db().read).await.unwrap().into_iter().map(|job| job.job_id).collect();
    desk.post(&format!("/staff/mail/{}", ids[0]), &[("verdict", "retry")]).await;
    desk.post(&format!("/staff/mail/{}", ids[1]), &[("verdict", "throw_away")]).await;
    assert_eq!(send_all(&app, Utc::now()).await, [Outcome::Sent]);
    assert!(desk.get("/staff/mail").await.page.contains("settled"));
    let (keyer, _) = Desk::with(&app, "keyer@example.org", &[(Role::Keyer, None)]).await;
    assert_eq!(keyer.get("/staff/mail").await.status, 403);
    app.stop().await;
}
