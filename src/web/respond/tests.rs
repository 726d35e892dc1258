//! What the public pages must do, through real requests on a real database.

use actix_web::body::to_bytes;
use actix_web::cookie::Cookie;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{App as Actix, test as http};
use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};

use crate::app::App;
use crate::config::Settings;
use crate::domain::response::hex;
use crate::intake::Intake;
use crate::store::consultations::{ConsultationDocument, FormDocument, publish_consultation, publish_form};
use crate::store::{self, responses};
use crate::web;

const CONSULTATION: &str = include_str!("../../../forms/service-harmonisation/consultation.toml");
const FORM: &str = include_str!("../../../forms/service-harmonisation/survey.v1.toml");
const CODE: &str = "service-harmonisation";

fn while_open() -> DateTime<Utc> {
    "2022-11-15T12:00:00Z".parse().unwrap()
}

fn before() -> DateTime<Utc> {
    "2022-10-15T12:00:00Z".parse().unwrap()
}

fn after() -> DateTime<Utc> {
    "2023-01-15T12:00:00Z".parse().unwrap()
}

/// One resident with a browser.
struct Browser {
    app: App,
    cookie: Option<String>,
    _folder: tempfile::TempDir,
}

/// What came back.
struct Seen {
    status: StatusCode,
    location: String,
    body: String,
}

impl Seen {
    fn says(&self, words: &str) -> bool {
        self.body.contains(words)
    }
}

impl Browser {
    async fn at(now: fn() -> DateTime<Utc>) -> Self {
        Self::with(now, CONSULTATION).await
    }

    async fn with(now: fn() -> DateTime<Utc>, consultation: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("t.db").display());
        let db = store::connect(&url, None).await.unwrap();
        store::migrate(&db).await.unwrap();
        let digest = |text: &str| hex(&Sha256::digest(text));
        let document =
            ConsultationDocument { code: CODE.into(), version: 1, document: consultation.into(), digest: digest(consultation) };
        publish_consultation(&db.write, &document, now()).await.unwrap();
        let form = FormDocument {
            consultation: CODE.into(),
            form: "survey".into(),
            version: 1,
            document: FORM.into(),
            digest: digest(FORM),
        };
        publish_form(&db.write, &form, now()).await.unwrap();
        let (intake, _tasks) = Intake::open(db, now).await.unwrap();
        let config = Settings { base_url: Some("https://example.org".into()), ..Settings::default() }.finish().unwrap();
        let sync = crate::intake::sync::Keeper::open(&intake, &config.data).await.unwrap();
        Self { app: App { config, intake, sync }, cookie: None, _folder: folder }
    }

    async fn ask(&mut self, request: http::TestRequest) -> Seen {
        let service = http::init_service(Actix::new().app_data(Data::new(self.app.clone())).configure(web::routes)).await;
        let request = match &self.cookie {
            Some(key) => request.cookie(Cookie::new("soundings_answers", key.clone())),
            None => request,
        };
        let response = http::call_service(&service, request.to_request()).await;
        if let Some(cookie) = response.response().cookies().find(|cookie| cookie.name() == "soundings_answers") {
            assert!(cookie.http_only().unwrap_or(false) && cookie.secure().unwrap_or(false));
            self.cookie = Some(cookie.value().to_owned());
        }
        let status = response.status();
        let location = response.headers().get("location").map_or("", |value| value.to_str().unwrap()).to_owned();
        let body = String::from_utf8(to_bytes(response.into_body()).await.ok().unwrap().to_vec()).unwrap().replace("&#x2f;", "/");
        Seen { status, location, body }
    }

    async fn get(&mut self, path: &str) -> Seen {
        self.ask(http::TestRequest::get().uri(path)).await
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Seen {
        self.ask(http::TestRequest::post().uri(path).set_form(fields)).await
    }

    /// Answer a page and follow to the next.
    async fn answer(&mut self, slug: &str, fields: &[(&str, &str)]) -> String {
        let seen = self.post(&format!("/{CODE}/{slug}"), fields).await;
        assert_eq!(seen.status, StatusCode::SEE_OTHER, "{slug}: {}", seen.body);
        seen.location
    }

    async fn stored(&self) -> Vec<crate::domain::response::Revision> {
        let all = responses::all(&self.app.db().read, CODE, Utc::now()).await.unwrap();
        let mut last = std::collections::BTreeMap::new();
        for revision in all {
            let kept = last.entry(revision.response_id).or_insert_with(|| revision.clone());
            if revision.number > kept.number {
                *kept = revision;
            }
        }
        last.into_values().collect()
    }
}

#[actix_web::test]
async fn a_response_in_the_standard_edition_goes_from_the_start_page_to_the_database() {
    let mut browser = Browser::at(while_open).await;
    let start = browser.get(&format!("/{CODE}")).await;
    assert!(start.says("/standard/you-and-the-services") && start.says("/easy-read"), "{}", start.body);
    let next =
        browser.answer("standard/you-and-the-services", &[("council_area", "southend"), ("relation", "professional")]).await;
    assert_eq!(next, "/service-harmonisation/standard/bariatric");
    let page = browser.get(&next).await;
    let (own, others) = page.body.split_once("<details").unwrap();
    assert!(own.contains("Southend: what it means") && others.contains("Mid Essex"), "own area first: {}", page.body);
    let words = "It is fairer.\r\n<b>Really</b>";
    browser.answer("standard/bariatric", &[("bariatric_support", "strongly_support"), ("bariatric_why", words)]).await;
    let page = browser.get("/service-harmonisation/standard/bariatric").await;
    assert!(page.says("value=\"strongly_support\" checked") && page.says("&lt;b&gt;Really"), "{}", page.body);
    let next = browser.answer("standard/before-you-send", &[("quote_consent", "yes"), ("help", "read_to_me")]).await;
    assert_eq!(next, "/service-harmonisation/standard/check-answers");
    let check = browser.get(&next).await;
    assert!(check.says("Southend") && check.says("Strongly support") && check.says("Not answered"), "{}", check.body);
    assert!(check.says("standard/bariatric?from=check#bariatric_support"), "{}", check.body);
    let next = browser.answer("standard/send", &[]).await;
    let received = browser.get(&next).await;
    assert!(received.says("Response received") && received.says("SH-"), "{}", received.body);
    let stored = browser.stored().await;
    assert_eq!(stored.len(), 1);
    assert_eq!(stored[0].answers.codes("bariatric_support").next(), Some("strongly_support"));
    assert_eq!(stored[0].quote_consent, Some(true));
}

#[actix_web::test]
async fn the_questions_about_the_person_come_after_sending_and_leaving_them_loses_nothing() {
    let mut browser = Browser::at(while_open).await;
    browser.answer("standard/bariatric", &[("bariatric_support", "oppose")]).await;
    let early = browser.get("/service-harmonisation/standard/about-you").await;
    assert_eq!(early.location, "/service-harmonisation/standard/check-answers", "not before sending");
    let received = browser.answer("standard/send", &[]).await;
    let page = browser.get(&received).await;
    assert!(page.says("/standard/about-you"), "{}", page.body);
    assert_eq!(browser.stored().await.len(), 1);
    let mut at = browser.answer("standard/about-you", &[("age_group", "35_44"), ("condition", "yes")]).await;
    assert_eq!(browser.stored().await[0].number, 1, "nothing is sent until the last page");
    while !at.ends_with("thank-you") {
        assert!(browser.get(&at).await.status.is_success());
        at = browser.answer(at.trim_start_matches("/service-harmonisation/"), &[("condition_impact", "a_lot")]).await;
    }
    let stored = browser.stored().await;
    assert_eq!((stored.len(), stored[0].number), (1, 2));
    assert_eq!(stored[0].answers.codes("age_group").next(), Some("35_44"));
    assert_eq!(stored[0].answers.codes("bariatric_support").next(), Some("oppose"), "the main part is in it still");
    assert!(browser.get(&at).await.says("Thank you"));
}

#[actix_web::test]
async fn a_page_with_too_long_a_text_says_so_and_loses_no_letter() {
    let mut browser = Browser::at(while_open).await;
    let long = "Zażółć ".repeat(700);
    let seen = browser.post("/service-harmonisation/standard/bariatric", &[("bariatric_why", &long)]).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        seen.says("<title>Error: ") && seen.says("There is a problem") && seen.says("href=\"#bariatric_why\""),
        "{}",
        seen.body
    );
    assert!(seen.says("4,000") && seen.says(long.trim_end()), "{}", seen.body);
    let later = browser.get("/service-harmonisation/standard/bariatric").await;
    assert!(later.says(long.trim_end()), "kept though it is too long");
    let sent = browser.post("/service-harmonisation/standard/send", &[]).await;
    assert!(sent.says("standard/bariatric?from=check#bariatric_why"), "{}", sent.body);
    assert!(browser.stored().await.is_empty());
}

#[actix_web::test]
async fn two_ticks_on_one_scale_and_an_unknown_choice_are_asked_again() {
    let mut browser = Browser::at(while_open).await;
    let twice = [("bariatric_support", "oppose"), ("bariatric_support", "strongly_support")];
    let seen = browser.post("/service-harmonisation/standard/bariatric", &twice).await;
    assert!(seen.status == StatusCode::UNPROCESSABLE_ENTITY && seen.says("choose one answer only"), "{}", seen.body);
    let seen = browser.post("/service-harmonisation/standard/bariatric", &[("bariatric_support", "enormously")]).await;
    assert!(seen.status == StatusCode::UNPROCESSABLE_ENTITY && seen.says("choose one of the answers"), "{}", seen.body);
    browser.answer("standard/bariatric", &[("bariatric_support", "oppose")]).await;
}

#[actix_web::test]
async fn nothing_must_be_answered_but_an_empty_response_is_not_sent() {
    let mut browser = Browser::at(while_open).await;
    browser.answer("standard/bariatric", &[]).await;
    let seen = browser.post("/service-harmonisation/standard/send", &[]).await;
    assert!(seen.status == StatusCode::UNPROCESSABLE_ENTITY && seen.says("Answer at least one question"), "{}", seen.body);
    assert!(seen.says("<title>Error: "));
}

#[actix_web::test]
async fn going_back_keeps_what_was_typed_and_validates_nothing() {
    let mut browser = Browser::at(while_open).await;
    let back = browser.answer("standard/bariatric", &[("bariatric_why", "Half a thou"), ("then", "back")]).await;
    assert_eq!(back, "/service-harmonisation/standard/you-and-the-services");
    assert!(browser.get("/service-harmonisation/standard/bariatric").await.says("Half a thou"));
}

#[actix_web::test]
async fn looking_at_a_page_keeps_nothing_and_sets_no_cookie() {
    let mut browser = Browser::at(while_open).await;
    browser.get("/service-harmonisation/standard/bariatric").await;
    let back = browser.answer("standard/bariatric", &[("then", "back")]).await;
    assert_eq!(back, "/service-harmonisation/standard/you-and-the-services");
    assert_eq!(browser.cookie, None);
}

#[actix_web::test]
async fn answers_come_back_with_the_printed_code_in_another_browser() {
    let mut browser = Browser::at(while_open).await;
    browser.answer("standard/you-and-the-services", &[("council_area", "maldon")]).await;
    let saved = browser.answer("standard/bariatric", &[("bariatric_support", "oppose"), ("then", "save")]).await;
    let page = browser.get(&saved).await;
    let code = page.body.split("<strong class=\"app-code\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert!(page.says("https://example.org/service-harmonisation/return"), "{}", page.body);
    browser.cookie = None;
    assert!(browser.post("/service-harmonisation/return", &[("code", "ABCD")]).await.says("We have no saved answers"));
    assert!(browser.post("/service-harmonisation/return", &[("code", " ")]).await.says("Enter your return code"));
    let typed = code.to_lowercase().replace('-', " ");
    let seen = browser.post("/service-harmonisation/return", &[("code", &typed)]).await;
    assert_eq!(seen.location, "/service-harmonisation/standard/asymmetry", "on from the last answered page");
    assert!(browser.get("/service-harmonisation/standard/bariatric").await.says("value=\"oppose\" checked"));
}

#[actix_web::test]
async fn changing_to_easy_read_keeps_answers_and_asks_again_what_it_words_otherwise() {
    let mut browser = Browser::at(while_open).await;
    browser.answer("standard/you-and-the-services", &[("council_area", "maldon")]).await;
    let to = browser
        .answer(
            "standard/bariatric",
            &[("bariatric_support", "somewhat_support"), ("bariatric_why", "Fair"), ("then", "edition")],
        )
        .await;
    assert!(to.starts_with("/service-harmonisation/easy-read/changed?page=bariatric"), "{to}");
    let page = browser.get(&to).await;
    assert!(page.says("easy-read/bariatric-support#bariatric_support"), "{}", page.body);
    assert!(browser.get("/service-harmonisation/easy-read/bariatric-why").await.says(">Fair</textarea>"));
    let page = browser.get("/service-harmonisation/easy-read/bariatric-support").await;
    assert!(!page.says(" checked"), "nothing is chosen for them: {}", page.body);
    let back = browser.answer("easy-read/bariatric-support", &[("then", "edition")]).await;
    assert_eq!(back, "/service-harmonisation/standard/bariatric");
    assert!(browser.get(&back).await.says("value=\"somewhat_support\" checked"), "kept aside");
}

#[actix_web::test]
async fn every_easy_read_page_can_be_walked_and_sent() {
    let mut browser = Browser::at(while_open).await;
    let start = browser.get("/service-harmonisation/easy-read").await;
    assert!(start.says("app--easy") && start.says("pictures/"), "{}", start.body);
    let mut at = "/service-harmonisation/easy-read/".to_owned()
        + start.body.split("href=\"/service-harmonisation/easy-read/").nth(1).unwrap().split('"').next().unwrap();
    let mut pages = 0;
    while !at.ends_with("check-answers") {
        let page = browser.get(&at).await;
        assert_eq!(page.status, StatusCode::OK, "{at}");
        assert_eq!(page.body.matches("<h1").count(), 1, "{at}");
        let slug = at.trim_start_matches("/service-harmonisation/").to_owned();
        let fields =
            [("bariatric_support", "support"), ("council_area", "other"), ("quote_consent", "no"), ("help", "wrote_for_me")];
        at = browser.answer(&slug, &fields).await;
        pages += 1;
        assert!(pages < 80, "going round in circles at {at}");
    }
    let received = browser.answer("easy-read/send", &[]).await;
    assert!(browser.get(&received).await.says("Thank you. We have your answers."));
    let stored = browser.stored().await;
    assert_eq!(stored[0].edition, crate::domain::wording::Edition::EasyRead);
    assert_eq!(stored[0].answers.codes("bariatric_support").next(), Some("support"));
}

#[actix_web::test]
async fn a_response_can_be_taken_back_with_its_receipt_code_after_being_sure() {
    let mut browser = Browser::at(while_open).await;
    browser.answer("standard/bariatric", &[("bariatric_support", "oppose")]).await;
    let received = browser.answer("standard/send", &[]).await;
    let page = browser.get(&received).await;
    let code = page.body.split("<p class=\"app-code\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let sure = browser.post("/service-harmonisation/withdraw", &[("code", &code)]).await;
    assert!(sure.says("Are you sure"), "{}", sure.body);
    assert!(!browser.stored().await[0].withdrawn);
    let done = browser.post("/service-harmonisation/withdraw", &[("code", &code), ("sure", "yes")]).await;
    assert!(done.says("Your response has been taken back"), "{}", done.body);
    assert!(browser.post("/service-harmonisation/withdraw", &[("code", "0000")]).await.says("We have no response"));
}

#[actix_web::test]
async fn before_the_first_day_there_is_a_page_that_says_when() {
    let mut browser = Browser::at(before).await;
    assert!(browser.get("/service-harmonisation").await.says("It opens on 31 October 2022"));
    let seen = browser.get("/service-harmonisation/standard/bariatric").await;
    assert!(seen.status == StatusCode::FORBIDDEN && seen.says("not open yet"), "{}", seen.body);
}

#[actix_web::test]
async fn after_closing_what_a_person_typed_is_shown_back_with_other_ways_to_send_it() {
    let mut browser = Browser::at(while_open).await;
    browser.answer("standard/bariatric", &[("bariatric_why", "Said in time")]).await;
    browser.app.intake.now = after;
    let seen = browser.post("/service-harmonisation/standard/asymmetry", &[("asymmetry_why", "Said too late")]).await;
    assert_eq!(seen.status, StatusCode::FORBIDDEN);
    for words in ["Your answers were not sent", "Said in time", "Said too late", "19 December 2022"] {
        assert!(seen.says(words), "{words} in {}", seen.body);
    }
    assert!(browser.get("/service-harmonisation").await.says("This consultation is closed"));
    assert!(browser.stored().await.is_empty());
}

#[actix_web::test]
async fn an_extension_is_announced_on_the_start_page() {
    let extended = format!(
        "{CONSULTATION}\n[[extension]]\ncloses_on = \"2022-12-30\"\nannounced_on = \"2022-12-10\"\nreason = {{ standard = \"The post was slow.\" }}\n"
    );
    let mut browser = Browser::with(while_open, &extended).await;
    let seen = browser.get("/service-harmonisation").await;
    for words in ["More time to answer", "30 December 2022", "10 December 2022", "The post was slow."] {
        assert!(seen.says(words), "{words} in {}", seen.body);
    }
}

#[actix_web::test]
async fn unknown_consultations_editions_and_pages_have_a_plain_page() {
    let mut browser = Browser::at(while_open).await;
    for path in ["/nowhere", "/service-harmonisation/klingon", "/service-harmonisation/standard/nothing", "/a/b/c/d/e"] {
        let seen = browser.get(path).await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND, "{path}");
        assert!(seen.says("Page not found") && seen.says("<html lang=\"en\">"), "{path}: {}", seen.body);
    }
}

#[actix_web::test]
async fn a_posted_page_beyond_all_limits_is_refused_plainly() {
    let mut browser = Browser::at(while_open).await;
    let huge = "x".repeat(super::FORM_LIMIT + 1);
    let seen = browser.post("/service-harmonisation/standard/bariatric", &[("bariatric_why", &huge)]).await;
    assert_eq!(seen.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(seen.says("<h1"), "{}", seen.body);
}

#[actix_web::test]
async fn no_page_asks_another_site_for_anything_and_every_script_is_a_file_of_our_own() {
    let mut browser = Browser::at(while_open).await;
    let code = "/service-harmonisation";
    for path in ["/", "/privacy", "/accessibility", "/cookies"].map(str::to_owned).into_iter().chain(
        [
            "",
            "/easy-read",
            "/privacy",
            "/accessibility",
            "/cookies",
            "/return",
            "/withdraw",
            "/standard/bariatric",
            "/easy-read/bariatric",
            "/paper/standard",
            "/paper/easy-read",
            "/standard/check-answers",
        ]
        .map(|rest| format!("{code}{rest}")),
    ) {
        let seen = browser.get(&path).await;
        assert_eq!(seen.status, StatusCode::OK, "{path}");
        for banned in ["style=\"", "<style", "src=\"http", "onclick=", "assets.nhs.uk"] {
            assert!(!seen.says(banned), "{banned} on {path}");
        }
        let own = seen.body.replace("&#x2f;", "/").matches("<script type=\"module\" src=\"/static/").count();
        assert_eq!(seen.body.matches("<script").count(), own, "{path}");
        assert_eq!(seen.body.matches("<h1").count(), 1, "{path}");
        for sheet in seen.body.split("<link rel=\"stylesheet\" href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            let css = browser.get(sheet).await;
            assert!(
                css.status.is_success() && !css.says("http://") && !css.says("https://") && !css.says("@font-face"),
                "{sheet}"
            );
        }
    }
}

#[actix_web::test]
async fn the_paper_form_has_every_question_its_version_and_a_way_to_answer_online() {
    let mut browser = Browser::at(while_open).await;
    for edition in ["standard", "easy-read"] {
        let seen = browser.get(&format!("/service-harmonisation/paper/{edition}")).await;
        assert!(seen.says("<svg") && seen.says("Version 1, ") && seen.says("example.org"), "{}", seen.body);
        assert!(seen.body.matches("paper-question__text").count() >= 28, "{edition}");
    }
}
