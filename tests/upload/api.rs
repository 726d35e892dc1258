//! Uploads over HTTP: who may, what comes back, and the templates.

use serde_json::{Value, json};
use soundings::domain::access::Role;

use super::{csv, fixture};
use crate::support::TestApp;

const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Upload bytes with these parameters.
async fn upload(app: &TestApp, parameters: &[(&str, &str)], body: impl Into<reqwest::Body>, token: &str) -> reqwest::Response {
    let url = format!("{}/api/v1/consultations/sample/uploads", app.url);
    app.client.post(url).query(parameters).bearer_auth(token).body(body).send().await.unwrap()
}

async fn json(answer: reqwest::Response) -> (u16, Value) {
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[actix_web::test]
async fn a_desk_officer_checks_a_file_and_then_stores_it() {
    let app = TestApp::start().await;
    let token = app.token(Role::DeskOfficer).await;
    let file = || std::fs::read(fixture("library.ods")).unwrap();
    let (status, report) = json(upload(&app, &[("channel", "paper"), ("dry_run", "true")], file(), &token).await).await;
    assert_eq!(status, 200, "{report}");
    assert_eq!(
        (&report["done"], &report["counts"]["stored"], &report["lines"][0]["outcome"]),
        (&json!("checked"), &json!(6), &json!("stored"))
    );
    assert!(app.revisions().await.is_empty(), "a dry run stores nothing");

    let (status, report) = json(upload(&app, &[("channel", "paper"), ("file_name", "library.ods")], file(), &token).await).await;
    assert_eq!((status, &report["done"]), (201, &json!("stored")), "{report}");
    let stored = app.revisions().await;
    assert_eq!(stored.len(), 6);
    let batch = report["upload_id"].as_str();
    assert!(stored.iter().all(|it| it.origin.batch.as_deref() == batch && it.origin.line.is_some()));

    let url = format!("{}/api/v1/consultations/sample/uploads", app.url);
    let (_, all) = json(app.client.get(&url).bearer_auth(&token).send().await.unwrap()).await;
    assert_eq!((&all[0]["state"], &all[0]["file_name"]), (&json!("stored"), &json!("library.ods")));
    let withdrawal = format!("{url}/{}/withdrawal", batch.unwrap());
    let (status, taken) = json(app.client.post(withdrawal).bearer_auth(&token).send().await.unwrap()).await;
    assert_eq!((status, &taken["withdrawn"]), (200, &json!(6)));
    assert!(std::fs::read_dir(app.app.config.data.join("uploads")).unwrap().next().is_none(), "no file is left behind");
    app.stop().await;
}

#[actix_web::test]
async fn only_a_desk_officer_of_the_consultation_may_upload() {
    let app = TestApp::start().await;
    let keyer = app.token(Role::Keyer).await;
    let (status, problem) = json(upload(&app, &[("channel", "paper")], csv(&[]), &keyer).await).await;
    assert_eq!((status, &problem["code"]), (403, &json!("forbidden")));
    let url = format!("{}/api/v1/consultations/sample/uploads?channel=paper", app.url);
    let (status, problem) = json(app.client.post(url).body(csv(&[])).send().await.unwrap()).await;
    assert_eq!((status, &problem["code"]), (401, &json!("sign_in")));
    for path in ["uploads", "uploads/00000000-0000-0000-0000-000000000000/withdrawal"] {
        let url = format!("{}/api/v1/consultations/sample/{path}", app.url);
        let request = if path == "uploads" { app.client.get(url) } else { app.client.post(url) };
        assert_eq!(request.bearer_auth(&keyer).send().await.unwrap().status().as_u16(), 403, "{path}");
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_wrong_line_stops_the_whole_file_unless_the_valid_ones_are_asked_for() {
    let app = TestApp::start().await;
    let token = app.token(Role::DeskOfficer).await;
    let file = || csv(&["North,Purple,a,standard,1,2022-12-01", "North,Support,b,standard,1,2022-12-01"]);
    let (status, problem) = json(upload(&app, &[("channel", "paper")], file(), &token).await).await;
    assert_eq!((status, &problem["code"]), (422, &json!("wrong_lines")));
    let found = &problem["report"]["problems"][0];
    assert_eq!((&found["line"], &found["cell"], &found["code"]), (&json!(2), &json!("B2"), &json!("unknown_choice")));
    assert!(app.revisions().await.is_empty());
    let (status, report) = json(upload(&app, &[("channel", "paper"), ("accept", "valid")], file(), &token).await).await;
    assert_eq!((status, &report["counts"]["stored"], &report["counts"]["wrong"]), (201, &json!(1), &json!(1)));
    app.stop().await;
}

#[actix_web::test]
async fn the_mapping_travels_with_the_request_or_is_that_of_an_earlier_upload() {
    let app = TestApp::start().await;
    let token = app.token(Role::DeskOfficer).await;
    let file = |who: &str| format!("Place,How,Said\nNorth,Support,{who}\n");
    let mapping = json!({ "edition": "standard", "form_version": 1, "received_on": "2022-12-01",
        "columns": { "Place": "area", "How": "plan_support", "Said": "plan_why" } });
    let (status, report) =
        json(upload(&app, &[("channel", "letter"), ("mapping", &mapping.to_string())], file("A"), &token).await).await;
    assert_eq!(status, 201, "{report}");
    let earlier = report["upload_id"].as_str().unwrap();
    let (status, report) = json(upload(&app, &[("channel", "letter"), ("mapping", earlier)], file("B"), &token).await).await;
    assert_eq!(status, 201, "{report}");
    let (status, problem) =
        json(upload(&app, &[("channel", "letter"), ("mapping", "{\"colums\": {}}")], file("C"), &token).await).await;
    assert_eq!((status, &problem["code"]), (400, &json!("not_a_mapping")));
    assert_eq!(app.revisions().await.len(), 2);
    app.stop().await;
}

#[actix_web::test]
async fn a_dry_run_hands_the_workbook_back_with_what_is_wrong_beside_each_line() {
    let app = TestApp::start().await;
    let token = app.token(Role::DeskOfficer).await;
    let url = format!("{}/api/v1/consultations/sample/uploads?channel=paper&dry_run=true", app.url);
    let body = csv(&["North,Suport,a,standard,1,2022-12-01"]);
    let answer = app.client.post(url).bearer_auth(&token).header("accept", WORKBOOK).body(body).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()["content-type"].to_str().unwrap()), (200, WORKBOOK));
    let (status, report) =
        json(upload(&app, &[("channel", "paper"), ("dry_run", "true")], answer.bytes().await.unwrap(), &token).await).await;
    assert_eq!((status, &report["format"], &report["counts"]["wrong"]), (200, &json!("xlsx"), &json!(1)));
    assert_eq!(report["problems"][0]["cell"], "B2");
    app.stop().await;
}

#[actix_web::test]
async fn a_template_is_refused_with_its_example_and_taken_in_once_it_is_filled_in() {
    let app = TestApp::start().await;
    let token = app.token(Role::DeskOfficer).await;
    for format in ["csv", "xlsx"] {
        let url = format!("{}/api/v1/consultations/sample/uploads/template?form_version=1&format={format}", app.url);
        let template = app.client.get(url).send().await.unwrap().bytes().await.unwrap();
        let (status, report) = json(upload(&app, &[("channel", "paper"), ("dry_run", "true")], template, &token).await).await;
        assert_eq!(status, 200);
        let codes: Vec<&str> = report["problems"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|it| it["severity"] == "error")
            .map(|it| it["code"].as_str().unwrap())
            .collect();
        assert_eq!(codes, ["example_line"], "{format}: {report}");
    }
    let url = format!("{}/api/v1/consultations/sample/uploads/template?format=csv", app.url);
    let filled = app.client.get(url).send().await.unwrap().text().await.unwrap().replace("EXAMPLE", "0001");
    let (status, report) = json(upload(&app, &[("channel", "paper")], filled, &token).await).await;
    assert_eq!((status, &report["counts"]["stored"]), (201, &json!(1)), "{report}");
    let url = format!("{}/api/v1/consultations/sample/uploads/template?form_version=9", app.url);
    assert_eq!(app.client.get(url).send().await.unwrap().status().as_u16(), 404);
    app.stop().await;
}

#[actix_web::test]
async fn a_file_over_the_limit_is_refused_and_no_trace_is_left() {
    let app = TestApp::start().await;
    let token = app.token(Role::DeskOfficer).await;
    let (status, problem) = json(upload(&app, &[("channel", "paper")], vec![b'a'; 50 * 1024 * 1024 + 1], &token).await).await;
    assert_eq!((status, &problem["code"]), (413, &json!("too_large")));
    assert!(std::fs::read_dir(app.app.config.data.join("uploads")).unwrap().next().is_none());
    app.stop().await;
}
