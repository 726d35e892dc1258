//! Mail arrives at a real mail server, none is lost while that server is away, and none is sent twice without need.

use std::collections::HashSet;
use std::process::{Command, Output};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use soundings::config::{Config, Settings};
use soundings::domain::retry;
use soundings::mail::worker::{self, Outcome, deliver};
use soundings::mail::{self, HeldToday, Recipient, Sender};
use soundings::store::{Db, queue};
use tokio::sync::watch;

use crate::support::mail_server::MailServer;
use crate::support::program::Premises;
use crate::support::{TestApp, database, number};

const FROM: &str = "Consultations <consult@example.org>";

fn noon() -> DateTime<Utc> {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn settings(server: &str) -> Settings {
    Settings { smtp: Some(server.to_owned()), mail_from: Some(FROM.to_owned()), ..Settings::default() }
}

fn config(server: &str) -> Config {
    settings(server).finish().unwrap()
}

fn sender(config: &Config) -> Sender {
    Sender::open(config).unwrap().unwrap()
}

async fn queue_for(db: &Db, config: &Config, address: &str) {
    let to = Recipient::new(address).unwrap().named("Zoë O'Neill & Sons");
    let message = HeldToday {
        consultation: "Parking – “our” plan".to_owned(),
        today: 2,
        waiting: 9,
        link: "https://consult.example.org/desk".to_owned(),
    };
    assert!(mail::post(db, config, &to, &message, noon()).await.unwrap());
}

#[actix_web::test]
async fn a_message_arrives_whole_as_text_and_html_under_the_right_headers_and_leaves_nothing_behind() {
    let (db, _dir, _schema) = database().await;
    let server = MailServer::start();
    let config = config(&server.url("smtp"));
    queue_for(&db, &config, "desk@example.org").await;
    assert_eq!(deliver(&db, &sender(&config), noon()).await.unwrap(), Some(Outcome::Sent));
    assert_eq!(deliver(&db, &sender(&config), noon()).await.unwrap(), None);

    let [letter] = &server.letters()[..] else { panic!("one letter") };
    assert_eq!((letter.from.as_str(), letter.to.as_slice()), ("consult@example.org", &["desk@example.org".to_owned()][..]));
    assert_eq!(letter.parts, ["multipart/alternative", "text/plain", "text/html"]);
    assert!(letter.defects.is_empty(), "{:?}", letter.defects);
    let header = |name: &str| letter.headers[name].as_str();
    assert_eq!(header("from"), FROM);
    assert!(header("to").contains("Zoë O'Neill & Sons") && header("to").ends_with("<desk@example.org>"), "{}", header("to"));
    assert_eq!(header("subject"), "2 responses held today: Parking – “our” plan");
    assert_eq!(header("date"), "Sat, 21 Nov 2026 12:00:00 +0000");
    assert_eq!(header("auto-submitted"), "auto-generated");
    assert!(header("message-id").ends_with("@example.org>"), "{}", header("message-id"));
    for body in [&letter.text, &letter.html] {
        assert!(body.contains("Parking – “our” plan") && body.contains("Responses wait for a decision"), "{body}");
    }
    assert!(letter.text.contains("https://consult.example.org/desk"));
    assert_eq!(number(&db, "SELECT COUNT(*) AS n FROM jobs WHERE payload IS NOT NULL").await, 0);
}

#[actix_web::test]
async fn nothing_is_lost_while_the_mail_server_is_away() {
    let (db, _dir, _schema) = database().await;
    let mut server = MailServer::start();
    let config = config(&server.url("smtp"));
    let sender = sender(&config);
    queue_for(&db, &config, "before@example.org").await;
    assert_eq!(deliver(&db, &sender, noon()).await.unwrap(), Some(Outcome::Sent));

    server.stop();
    let waiting = ["one@example.org", "two@example.org", "three@example.org"];
    for address in waiting {
        queue_for(&db, &config, address).await;
    }
    let mut now = noon();
    let mut failures = 0;
    while now < noon() + TimeDelta::hours(30) {
        while let Some(outcome) = deliver(&db, &sender, now).await.unwrap() {
            assert_eq!(outcome, Outcome::Later);
            failures += 1;
        }
        now += TimeDelta::minutes(20);
    }
    assert!(failures > 3 * 20, "it was tried again and again: {failures}");
    assert_eq!(queue::count(&db.read, "mail").await.unwrap(), queue::Count { waiting: 3, dead: 0 });

    server.resume();
    now += retry::wait(u32::MAX);
    while let Some(outcome) = deliver(&db, &sender, now).await.unwrap() {
        assert_eq!(outcome, Outcome::Sent);
    }
    let arrived: HashSet<String> = server.letters().into_iter().skip(1).flat_map(|letter| letter.to).collect();
    assert_eq!(arrived, waiting.map(str::to_owned).into());
    assert_eq!(server.letters().len(), 4);
}

#[actix_web::test]
async fn a_server_that_stays_away_for_two_days_leaves_letters_for_a_person_to_send_again() {
    let (db, _dir, _schema) = database().await;
    let mut server = MailServer::start();
    let config = config(&server.url("smtp"));
    let sender = sender(&config);
    server.stop();
    queue_for(&db, &config, "desk@example.org").await;
    assert_eq!(deliver(&db, &sender, noon()).await.unwrap(), Some(Outcome::Later));
    let end = noon() + retry::PATIENCE;
    assert_eq!(deliver(&db, &sender, end).await.unwrap(), Some(Outcome::Dead));
    let [dead] = &queue::dead(&db.read).await.unwrap()[..] else { panic!("one dead letter") };
    assert_eq!((dead.kind.as_str(), dead.last_error.as_str(), dead.can_retry), ("mail.held_today", "connection", true));
    server.resume();
    assert!(queue::retry(&db.write, dead.job_id, end).await.unwrap());
    assert_eq!(deliver(&db, &sender, end).await.unwrap(), Some(Outcome::Sent));
    assert_eq!(server.letters().len(), 1);
}

#[actix_web::test]
async fn a_refused_recipient_is_dead_at_once_and_one_who_is_busy_is_tried_again() {
    let (db, _dir, _schema) = database().await;
    let server = MailServer::start();
    let config = config(&server.url("smtp"));
    let sender = sender(&config);
    queue_for(&db, &config, "refused@example.org").await;
    assert_eq!(deliver(&db, &sender, noon()).await.unwrap(), Some(Outcome::Dead));
    let dead = queue::dead(&db.read).await.unwrap();
    assert_eq!((dead[0].attempts, dead[0].last_error.as_str()), (1, "smtp_550"));

    queue_for(&db, &config, "later@example.org").await;
    assert_eq!(deliver(&db, &sender, noon()).await.unwrap(), Some(Outcome::Later));
    assert_eq!(deliver(&db, &sender, noon()).await.unwrap(), None, "not at once");
    assert_eq!(deliver(&db, &sender, noon() + retry::wait(1)).await.unwrap(), Some(Outcome::Sent));
    assert_eq!(server.letters().len(), 1);
}

#[actix_web::test]
async fn a_wrong_password_is_the_settings_fault_and_costs_no_letter() {
    let (db, _dir, _schema) = database().await;
    let server = MailServer::start_asking("sender:right");
    let with = |password: &str| config(&server.url("smtp").replace("://", &format!("://sender:{password}@")));
    queue_for(&db, &with("wrong"), "desk@example.org").await;
    assert_eq!(deliver(&db, &sender(&with("wrong")), noon()).await.unwrap(), Some(Outcome::Later));
    assert!(server.letters().is_empty());
    let later = noon() + retry::wait(1);
    assert_eq!(deliver(&db, &sender(&config(&server.url("smtp"))), later).await.unwrap(), Some(Outcome::Later), "none");
    let later = later + retry::wait(2);
    assert_eq!(deliver(&db, &sender(&with("right")), later).await.unwrap(), Some(Outcome::Sent));
    assert_eq!(server.letters()[0].user.as_deref(), Some("sender"));
}

#[actix_web::test]
async fn many_workers_send_each_letter_once() {
    let (db, _dir, _schema) = database().await;
    let server = MailServer::start();
    let config = config(&server.url("smtp"));
    for number in 0..24 {
        queue_for(&db, &config, &format!("n{number}@example.org")).await;
    }
    join_all((0..4).map(async |_| {
        let sender = sender(&config);
        while deliver(&db, &sender, noon()).await.unwrap().is_some() {}
    }))
    .await;
    let letters = server.letters();
    let ids: HashSet<&String> = letters.iter().map(|letter| &letter.headers["message-id"]).collect();
    assert_eq!((letters.len(), ids.len()), (24, 24));
}

#[actix_web::test]
async fn a_letter_whose_receipt_was_lost_is_sent_again_under_the_same_id() {
    let (db, _dir, _schema) = database().await;
    let server = MailServer::start();
    let config = config(&server.url("smtp"));
    let sender = sender(&config);
    queue_for(&db, &config, "hangup@example.org").await;
    assert_eq!(deliver(&db, &sender, noon()).await.unwrap(), Some(Outcome::Later));
    assert_eq!(deliver(&db, &sender, noon() + retry::wait(1)).await.unwrap(), Some(Outcome::Sent));
    let [first, second] = &server.letters()[..] else { panic!("twice") };
    assert_eq!(first.headers["message-id"], second.headers["message-id"]);
    assert_eq!(first.headers["date"], second.headers["date"]);
}

#[actix_web::test]
async fn the_letter_of_a_program_that_was_killed_while_sending_is_sent_by_another() {
    let premises = Premises::new().await;
    let mut server = MailServer::start();
    let url = server.url("smtp");
    let db = premises.db().await;
    queue_for(&db, &config(&url), "stall@example.org").await;
    let program = premises.serve_with("info", &[("SOUNDINGS_SMTP", &url), ("SOUNDINGS_MAIL_FROM", FROM)]).await;
    server.wait_for("stalled").await;
    program.kill();
    server.stop();
    server.resume();

    let sender = sender(&config(&url));
    let now = Utc::now();
    assert_eq!(deliver(&db, &sender, now).await.unwrap(), None, "it still belongs to the dead program");
    assert_eq!(deliver(&db, &sender, now + retry::LEASE).await.unwrap(), Some(Outcome::Sent));
    assert_eq!(server.letters().len(), 1);
    drop(db);
    premises.remove().await;
}

#[actix_web::test]
async fn a_worker_sends_what_is_queued_while_it_runs_and_stops_when_told() {
    let mut server = MailServer::start();
    let test = TestApp::start_with(settings(&server.url("smtp"))).await;
    let (stop, stopped) = watch::channel(false);
    let post = tokio::spawn(worker::run(test.app.clone(), sender(&test.app.config), stopped));
    for address in ["one@example.org", "two@example.org"] {
        queue_for(test.app.db(), &test.app.config, address).await;
        server.wait_for("letter").await;
    }
    stop.send_replace(true);
    post.await.unwrap();
    queue_for(test.app.db(), &test.app.config, "three@example.org").await;
    assert_eq!(server.letters().len(), 2);
    let metrics = test.client.get(format!("{}/metrics", test.url)).send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("soundings_mail_total{kind=\"mail.held_today\",outcome=\"sent\"}"), "{metrics}");
    test.stop().await;
}

#[actix_web::test]
async fn without_a_mail_server_nothing_is_queued() {
    let (db, _dir, _schema) = database().await;
    let config = Settings::default().finish().unwrap();
    let to = Recipient::new("desk@example.org").unwrap();
    let message = HeldToday { consultation: String::new(), today: 1, waiting: 1, link: String::new() };
    assert!(!mail::post(&db, &config, &to, &message, noon()).await.unwrap());
    assert_eq!(number(&db, "SELECT COUNT(*) AS n FROM jobs").await, 0);
    assert!(Sender::open(&config).unwrap().is_none());
}

/// Run `soundings mail test` against a server, trusting a certificate if one is given.
fn mail_test(server: Option<&str>, trusted: Option<&std::path::Path>, address: &str) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_soundings"));
    command.current_dir(folder.path()).args(["mail", "test", address]);
    if let Some(server) = server {
        command.env("SOUNDINGS_SMTP", server).env("SOUNDINGS_MAIL_FROM", FROM);
    }
    if let Some(trusted) = trusted {
        command.env("SSL_CERT_FILE", trusted);
    }
    let Output { status, stdout, stderr } = command.output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap())
}

#[test]
fn the_command_line_sends_a_test_message_and_says_what_happened() {
    let mut server = MailServer::start();
    let url = server.url("smtp");
    let (status, said) = mail_test(Some(&url), None, "operator@example.org");
    assert_eq!((status, said.trim()), (Some(0), "the mail server took the message for operator@example.org"));
    assert!(server.letters()[0].text.contains("Mail works"));
    let (status, said) = mail_test(Some(&url), None, "refused@example.org");
    assert!(status == Some(1) && said.contains("550") && said.trim().lines().count() == 1, "{said}");
    let (status, said) = mail_test(Some(&url), None, "operator@example");
    assert!(status == Some(1) && said.contains("not an e-mail address"), "{said}");
    server.stop();
    let (status, said) = mail_test(Some(&url), None, "operator@example.org");
    assert!(status == Some(1) && said.contains("connection") && said.trim().lines().count() == 1, "{said}");
    let (status, said) = mail_test(None, None, "operator@example.org");
    assert!(status == Some(1) && said.contains("SOUNDINGS_SMTP"), "{said}");
}

#[test]
fn smtps_demands_tls_and_a_certificate_that_is_trusted() {
    let (server, certificate) = MailServer::start_encrypted();
    let (status, said) = mail_test(Some(&server.url("smtps")), Some(&certificate), "operator@example.org");
    assert_eq!(status, Some(0), "{said}");
    assert!(server.letters()[0].encrypted);
    let (status, said) = mail_test(Some(&server.url("smtps")), None, "operator@example.org");
    assert!(status == Some(1) && said.to_lowercase().contains("certificate"), "{said}");
    assert_eq!(server.letters().len(), 1, "nothing is sent to a server that cannot be trusted");

    let plain = MailServer::start();
    let (status, said) = mail_test(Some(&plain.url("smtps")), Some(&certificate), "operator@example.org");
    assert_eq!(status, Some(1), "{said}");
    assert!(plain.letters().is_empty(), "nothing is sent in the clear");
}

#[test]
fn a_mail_server_that_cannot_be_used_is_told_of_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    for (server, from, says) in [
        ("imap://user:secret@mail.example.org", FROM, "smtp://user:password@host:port"),
        ("smtp://mail.example.org", "nobody", "SOUNDINGS_MAIL_FROM"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_soundings"));
        command.current_dir(folder.path()).args(["serve", "--listen", "127.0.0.1:0"]);
        let output = command.env("SOUNDINGS_SMTP", server).env("SOUNDINGS_MAIL_FROM", from).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(says) && !said.contains("secret") && said.trim().lines().count() == 1, "{said}");
    }
}
