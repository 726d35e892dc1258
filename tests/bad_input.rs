//! Bad input through the door it comes in by: a clear error, and nothing lost or half written.

use serde_json::json;

use crate::support::{TestApp, submission, with};

async fn finding(app: &TestApp, body: &serde_json::Value) -> (String, String, String) {
    let (status, problem) = app.send(body).await;
    assert_eq!(status, 422, "{problem}");
    assert_eq!(problem["code"], "broken_rules");
    let finding = &problem["findings"][0];
    assert!(!finding["what_to_do"].as_str().unwrap().is_empty());
    let text = |name: &str| finding[name].as_str().unwrap_or_default().to_owned();
    (text("question"), text("rule"), text("detail"))
}

#[actix_web::test]
async fn every_broken_rule_names_the_question_the_rule_and_what_to_do() {
    let app = TestApp::start().await;
    let long = "ł".repeat(101);
    let cases = [
        (with("nonsense", json!("x")), ("nonsense", "unknown_question", "")),
        (with("plan_support", json!("maybe")), ("plan_support", "unknown_choice", "maybe")),
        (with("plan_support", json!("dont_know")), ("plan_support", "not_offered", "dont_know")),
        (with("plan_support", json!(["support", "oppose"])), ("plan_support", "one_choice_only", "")),
        (with("plan_support", json!(5)), ("plan_support", "wrong_kind", "")),
        (with("plan_why", json!({ "a": 1 })), ("plan_why", "wrong_kind", "")),
        (with("plan_why", json!(long)), ("plan_why", "too_long", "100")),
        (with("plan_why", json!("a\u{0}b")), ("plan_why", "unreadable", "")),
        (with("visits", json!("many")), ("visits", "wrong_kind", "")),
        (with("visits", json!(366)), ("visits", "out_of_range", "0 to 365")),
        (with("last_visit", json!("2022-02-30")), ("last_visit", "not_a_date", "2022-02-30")),
        (with("condition_impact", json!("a_lot")), ("condition_impact", "not_asked", "")),
        (with("points_light", json!("perhaps")), ("points_light", "unknown_choice", "perhaps")),
    ];
    for (body, (question, rule, detail)) in cases {
        assert_eq!(finding(&app, &body).await, (question.to_owned(), rule.to_owned(), detail.to_owned()));
    }
    assert!(app.revisions().await.is_empty(), "nothing half written");
    app.stop().await;
}

#[actix_web::test]
async fn text_is_counted_as_the_browser_counts_it() {
    let app = TestApp::start().await;
    let face = "\u{1F600}";
    assert_eq!(app.send(&with("plan_why", json!(face.repeat(50)))).await.0, 201, "a face is two units");
    assert_eq!(app.send(&with("plan_why", json!(face.repeat(51)))).await.0, 422);
    let lines = "a\r\n".repeat(49) + "ab";
    assert_eq!(app.send(&with("plan_why", json!(lines))).await.0, 201, "a line end is one");
    app.stop().await;
}

#[actix_web::test]
async fn an_unknown_version_is_refused_with_the_versions_there_are() {
    let app = TestApp::start().await;
    let mut body = submission();
    body["form_version"] = json!(7);
    let (status, problem) = app.send(&body).await;
    assert_eq!((status, problem["code"].as_str()), (422, Some("unknown_version")));
    assert!(problem["detail"].as_str().unwrap().contains("1, 2"));
    app.stop().await;
}

#[actix_web::test]
async fn a_body_in_another_encoding_cut_off_or_no_submission_is_refused_with_the_reason() {
    let app = TestApp::start().await;
    let mut latin: Vec<u8> = serde_json::to_vec(&with("plan_why", json!("Sian"))).unwrap();
    let at = latin.windows(4).position(|w| w == b"Sian").unwrap();
    latin[at + 2] = 0xe2;
    let (status, problem) = app.post("sample", latin, None).await;
    assert_eq!((status, problem["code"].as_str()), (400, Some("not_utf8")));
    let (status, problem) = app.post("sample", b"{\"response_id\": ".to_vec(), None).await;
    assert_eq!((status, problem["code"].as_str()), (400, Some("not_json")));
    let mut body = submission();
    body["postcode"] = json!("SS1");
    let (status, problem) = app.send(&body).await;
    assert_eq!((status, problem["code"].as_str()), (400, Some("not_a_submission")));
    assert!(problem["detail"].as_str().unwrap().contains("postcode"));
    app.stop().await;
}

#[actix_web::test]
async fn a_ten_megabyte_body_is_refused_with_the_limit() {
    let app = TestApp::start().await;
    let body = with("plan_why", json!("x".repeat(10 * 1024 * 1024)));
    let (status, problem) = app.send(&body).await;
    assert_eq!((status, problem["code"].as_str()), (413, Some("too_large")));
    assert!(problem["detail"].as_str().unwrap().contains("1048576"));
    app.stop().await;
}

#[actix_web::test]
async fn a_page_posted_from_another_site_is_refused() {
    let app = TestApp::start().await;
    let url = format!("{}/api/v1/consultations/sample/responses", app.url);
    let send = |name: &'static str, value: &'static str| {
        app.client.post(&url).header(name, value).header("content-type", "application/json").body(submission().to_string()).send()
    };
    assert_eq!(send("sec-fetch-site", "cross-site").await.unwrap().status(), 403);
    assert_eq!(send("origin", "https://elsewhere.example").await.unwrap().status(), 403);
    assert_eq!(send("sec-fetch-site", "same-origin").await.unwrap().status(), 201);
    app.stop().await;
}

#[actix_web::test]
async fn while_the_database_cannot_be_written_the_sender_is_told_to_send_again_and_then_it_is_stored_once() {
    let app = TestApp::start().await;
    let body = submission();
    let block = soundings::store::begin_write(&app.app.db().write).await.unwrap();
    if crate::support::postgres().is_some() {
        soundings::store::raw_on(&block, "LOCK TABLE revisions IN ACCESS EXCLUSIVE MODE").await.unwrap();
    }
    let (status, problem) = app.send(&body).await;
    assert_eq!((status, problem["code"].as_str()), (503, Some("unavailable")), "{problem}");
    assert!(problem["reference"].is_string());
    drop(block);

    // Its first sending may still be under way; sending again is always safe.
    let (status, _) = app.send(&body).await;
    assert!(status == 201 || status == 200);
    assert_eq!(app.revisions().await.len(), 1);
    app.stop().await;
}
