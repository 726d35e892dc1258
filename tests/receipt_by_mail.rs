//! The receipt by e-mail: offered on the pages after sending, used once, and joined to nothing.

use chrono::Utc;
use futures_util::future::join_all;
use reqwest::redirect::Policy;
use soundings::config::Settings;
use soundings::mail::Sender;
use soundings::mail::worker::{Outcome, deliver};

use crate::support::mail_server::{Arrived, MailServer};
use crate::support::program::Premises;
use crate::support::{TestApp, number};

const FROM: &str = "consult@example.org";

/// Words that stand nowhere else.
const WORDS: &str = "Zaubernuss";

/// A resident who has sent a response, on a service with or without a mail server.
struct Resident {
    test: TestApp,
    client: reqwest::Client,
}

/// What came back.
struct Seen {
    status: u16,
    location: String,
    body: String,
}

impl Seen {
    fn says(&self, words: &str) -> bool {
        self.body.contains(words)
    }
}

fn browser() -> reqwest::Client {
    reqwest::Client::builder().redirect(Policy::none()).cookie_store(true).build().unwrap()
}

async fn seen(request: reqwest::RequestBuilder) -> Seen {
    let answer = request.send().await.unwrap();
    let location = answer.headers().get("location").map_or("", |value| value.to_str().unwrap()).to_owned();
    let status = answer.status().as_u16();
    Seen { status, location, body: answer.text().await.unwrap().replace("&#x2f;", "/") }
}

impl Resident {
    async fn after_sending(server: Option<&MailServer>, edition: &str) -> Self {
        let smtp = server.map(|server| server.url("smtp"));
        let base_url = Some("https://consult.example.org".to_owned());
        let settings = Settings { smtp, mail_from: Some(FROM.to_owned()), base_url, ..Settings::default() };
        let resident = Self { test: TestApp::start_with(settings).await, client: browser() };
        let page = if edition == "standard" { "plan" } else { "plan-why" };
        let kept = resident.post(&format!("{edition}/{page}"), &[("plan_why", WORDS), ("then", "continue")]).await;
        assert_eq!(kept.status, 303, "{}", kept.body);
        let sent = resident.post(&format!("{edition}/send"), &[]).await;
        assert!(sent.location.ends_with("/received"), "{} {}", sent.location, sent.body);
        resident
    }

    async fn get(&self, path: &str) -> Seen {
        seen(self.client.get(format!("{}/sample/{path}", self.test.url))).await
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Seen {
        seen(self.client.post(format!("{}/sample/{path}", self.test.url)).form(fields)).await
    }

    async fn ask_for(&self, page: &str, address: &str) -> Seen {
        self.post(page, &[("email", address)]).await
    }

    async fn queued(&self) -> i64 {
        number(self.test.app.db(), "SELECT COUNT(*) AS n FROM jobs").await
    }

    /// Send everything that is queued; what arrived comes back.
    async fn sent_by(&self, server: &MailServer) -> Vec<Arrived> {
        let sender = Sender::open(&self.test.app.config).unwrap().unwrap();
        while let Some(outcome) = deliver(self.test.app.db(), &sender, Utc::now()).await.unwrap() {
            assert_eq!(outcome, Outcome::Sent);
        }
        server.letters()
    }
}

#[actix_web::test]
async fn whoever_asks_on_the_confirmation_gets_the_receipt_and_no_answer_and_the_address_is_gone() {
    let server = MailServer::start();
    let resident = Resident::after_sending(Some(&server), "standard").await;
    let page = resident.get("standard/received").await;
    assert!(page.says("type=\"email\"") && page.says("autocomplete=\"email\""), "{}", page.body);
    assert!(page.says("We use it once, for this message, and do not keep it."), "{}", page.body);
    let code = page.body.split("<p class=\"app-code\">").nth(1).unwrap().split('<').next().unwrap().to_owned();

    assert!(resident.get("privacy").await.says("If you have your receipt sent by e-mail"));

    let asked = resident.ask_for("standard/received", " Somebody@example.org ").await;
    assert_eq!((asked.status, asked.location.as_str()), (303, "/sample/standard/received?mailed=yes"), "{}", asked.body);
    let after = resident.get("standard/received?mailed=yes").await;
    assert!(
        after.says("We are sending your receipt to the address you gave") && !after.says("omebody@example.org"),
        "{}",
        after.body
    );

    let [letter] = &resident.sent_by(&server).await[..] else { panic!("one letter") };
    assert_eq!(letter.to, ["Somebody@example.org"]);
    assert_eq!(letter.headers["subject"], "Response received: A sample consultation");
    for body in [&letter.text, &letter.html] {
        assert!(body.contains(&code) && !body.contains(WORDS), "{body}");
    }
    assert!(letter.text.contains("https://consult.example.org/sample/withdraw"), "{}", letter.text);
    let db = resident.test.app.db();
    assert_eq!(number(db, "SELECT COUNT(*) AS n FROM jobs WHERE payload IS NOT NULL").await, 0);
    for (table, column) in [("drafts", "document"), ("revisions", "document"), ("audit", "detail"), ("audit", "subject")] {
        let sql = format!("SELECT COUNT(*) AS n FROM {table} WHERE {column} LIKE '%omebody@%'");
        assert_eq!(number(db, &sql).await, 0, "{table}");
    }
    resident.test.stop().await;
}

#[actix_web::test]
async fn while_it_waits_nothing_but_the_message_itself_leads_from_the_address_to_the_response() {
    let server = MailServer::start();
    let resident = Resident::after_sending(Some(&server), "standard").await;
    resident.ask_for("standard/thank-you", "somebody@example.org").await;
    let db = resident.test.app.db();
    let [revision] = &resident.test.revisions().await[..] else { panic!("one response") };
    let ids = [revision.response_id.to_string(), revision.revision_id.to_string(), revision.response_id.simple().to_string()];
    for id in ids {
        let sql = format!("SELECT COUNT(*) AS n FROM jobs WHERE payload LIKE '%{id}%' OR kind LIKE '%{id}%'");
        assert_eq!(number(db, &sql).await, 0);
    }
    assert_eq!(number(db, "SELECT COUNT(*) AS n FROM jobs WHERE payload LIKE '%somebody@example.org%'").await, 1);
    let sql = "SELECT COUNT(*) AS n FROM jobs JOIN revisions ON jobs.job_id IN (revisions.response_id, revisions.revision_id)";
    assert_eq!(number(db, sql).await, 0);
    resident.test.stop().await;
}

#[actix_web::test]
async fn an_address_that_cannot_be_one_is_asked_for_again_and_an_empty_one_too() {
    let server = MailServer::start();
    let resident = Resident::after_sending(Some(&server), "standard").await;
    for page in ["standard/received", "standard/thank-you"] {
        let wrong = resident.ask_for(page, "some\"body@example").await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.says("<title>Error: ") && wrong.says("There is a problem") && wrong.says("href=\"#email\""));
        assert!(wrong.says("in the correct format") && wrong.says("some&quot;body@example"), "{}", wrong.body);
        let empty = resident.ask_for(page, "  ").await;
        assert!(empty.status == 422 && empty.says("Enter your e-mail address"), "{}", empty.body);
        let two = resident.ask_for(page, "a@example.org\r\nBcc: b@example.org").await;
        assert_eq!(two.status, 422);
    }
    assert_eq!(resident.queued().await, 0);
    resident.test.stop().await;
}

#[actix_web::test]
async fn a_receipt_is_sent_three_times_at_most_however_many_ask_at_once() {
    let server = MailServer::start();
    let resident = Resident::after_sending(Some(&server), "standard").await;
    let asked = join_all((0..6).map(|n| {
        let (resident, page) = (&resident, if n % 2 == 0 { "standard/received" } else { "standard/thank-you" });
        async move { resident.ask_for(page, "somebody@example.org").await.status }
    }))
    .await;
    assert_eq!(asked.iter().filter(|status| **status == 303).count(), 3, "{asked:?}");
    assert_eq!(resident.queued().await, 3);
    let page = resident.get("standard/received").await;
    assert!(page.says("We have sent this by e-mail 3 times") && !page.says("type=\"email\""), "{}", page.body);
    assert_eq!(resident.sent_by(&server).await.len(), 3);
    resident.test.stop().await;
}

#[actix_web::test]
async fn easy_read_has_simple_words_on_the_page_and_in_the_letter() {
    let server = MailServer::start();
    let resident = Resident::after_sending(Some(&server), "easy-read").await;
    let page = resident.get("easy-read/received").await;
    assert!(page.says("Get this by e-mail") && page.says("Then we delete it."), "{}", page.body);
    let wrong = resident.ask_for("easy-read/received", "me").await;
    assert!(wrong.says("This e-mail address is not right."), "{}", wrong.body);
    resident.ask_for("easy-read/received", "somebody@example.org").await;
    let letters = resident.sent_by(&server).await;
    assert!(letters[0].text.contains("Your secret code") && letters[0].text.contains("We have your answers."));
    resident.test.stop().await;
}

#[actix_web::test]
async fn without_a_mail_server_the_pages_do_not_offer_mail() {
    let resident = Resident::after_sending(None, "standard").await;
    for page in ["standard/received", "standard/thank-you"] {
        let seen = resident.get(page).await;
        assert!(seen.status == 200 && !seen.says("type=\"email\"") && !seen.says("by e-mail"), "{}", seen.body);
        let asked = resident.ask_for(page, "somebody@example.org").await;
        assert_eq!((asked.status, asked.location), (303, format!("/sample/{page}")));
    }
    assert!(!resident.get("privacy").await.says("receipt sent by e-mail"));
    assert_eq!(resident.queued().await, 0);
    resident.test.stop().await;
}

#[actix_web::test]
async fn nobody_gets_mail_before_a_response_is_sent() {
    let server = MailServer::start();
    let resident = Resident::after_sending(Some(&server), "standard").await;
    let stranger = browser().post(format!("{}/sample/standard/received", resident.test.url));
    let asked = seen(stranger.form(&[("email", "somebody@example.org")])).await;
    assert_eq!((asked.status, asked.location.as_str()), (303, "/sample/standard/received"));
    assert_eq!(resident.queued().await, 0);
    resident.test.stop().await;
}

#[actix_web::test]
async fn the_log_of_a_program_that_sends_mail_holds_no_address_no_code_and_no_password() {
    let premises = Premises::new().await;
    let mut server = MailServer::start_asking("sender:Losungswort");
    let url = server.url("smtp").replace("://", "://sender:Losungswort@");
    let program = premises.serve_with("trace", &[("SOUNDINGS_SMTP", &url), ("SOUNDINGS_MAIL_FROM", FROM)]).await;
    let client = browser();
    let page = |path: &str| format!("{}/sample/{path}", program.url);
    client.post(page("standard/plan")).form(&[("plan_why", WORDS), ("then", "continue")]).send().await.unwrap();
    assert_eq!(seen(client.post(page("standard/send"))).await.status, 303);
    for (address, event) in [("refused@example.org", "refused"), ("Kuckucksuhr@example.org", "letter")] {
        assert_eq!(seen(client.post(page("standard/received")).form(&[("email", address)])).await.status, 303);
        server.wait_for(event).await;
    }
    let code = seen(client.get(page("standard/received"))).await.body;
    let code = code.split("<p class=\"app-code\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let log = program.kill();
    assert!(log.contains("\"level\":\"TRACE\"") && log.contains("smtp_550"), "it does talk of mail");
    for secret in ["refused@", "Kuckucksuhr", "Losungswort", WORDS, &code] {
        let told: Vec<&str> = log.lines().filter(|line| line.contains(secret)).take(3).collect();
        assert!(told.is_empty(), "the log says {secret}: {told:#?}");
    }
    premises.remove().await;
}
