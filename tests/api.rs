//! What other programs rely on: what is open, the form definitions, health and the description of the API.

use serde_json::Value;
use soundings::domain::access::Role;
use uuid::Uuid;

use crate::support::{TestApp, submission};

#[actix_web::test]
async fn consultations_are_listed_with_their_stage_and_form_versions() {
    let app = TestApp::start().await;
    let list: Value = app.client.get(format!("{}/api/v1/consultations", app.url)).send().await.unwrap().json().await.unwrap();
    let stages: Vec<_> =
        list.as_array().unwrap().iter().map(|c| (c["code"].as_str().unwrap(), c["stage"].as_str().unwrap())).collect();
    assert_eq!(stages, [("future", "draft"), ("past", "closed"), ("sample", "open")]);
    let one: Value =
        app.client.get(format!("{}/api/v1/consultations/sample", app.url)).send().await.unwrap().json().await.unwrap();
    assert_eq!(one["form_versions"], serde_json::json!([1, 2]));
    app.stop().await;
}

#[actix_web::test]
async fn a_form_version_is_immutable_and_can_be_asked_for_by_its_tag() {
    let app = TestApp::start().await;
    let url = format!("{}/api/v1/consultations/sample/forms/1", app.url);
    let first = app.client.get(&url).send().await.unwrap();
    let tag = first.headers()["etag"].to_str().unwrap().to_owned();
    assert!(first.headers()["cache-control"].to_str().unwrap().contains("immutable"));
    let form: Value = first.json().await.unwrap();
    assert_eq!(form["section"][1]["question"][0]["key"], "plan_support");
    let again = app.client.get(&url).header("if-none-match", tag).send().await.unwrap();
    assert_eq!(again.status(), 304);
    let missing = app.client.get(format!("{}/api/v1/consultations/sample/forms/9", app.url)).send().await.unwrap();
    assert_eq!(missing.status(), 404);
    app.stop().await;
}

#[actix_web::test]
async fn the_service_says_that_it_is_alive_and_ready_and_counts_requests() {
    let app = TestApp::start().await;
    app.send(&submission()).await;
    for path in ["/healthz", "/readyz"] {
        assert_eq!(app.client.get(format!("{}{path}", app.url)).send().await.unwrap().status(), 200);
    }
    let metrics = app.client.get(format!("{}/metrics", app.url)).send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("soundings_requests_total"), "{metrics}");
    assert!(!metrics.contains("fairer"));
    app.stop().await;
}

#[actix_web::test]
async fn the_description_of_the_api_names_addresses_that_answer() {
    let app = TestApp::start().await;
    let description: Value =
        app.client.get(format!("{}/api/v1/openapi.json", app.url)).send().await.unwrap().json().await.unwrap();
    let paths = description["paths"].as_object().unwrap();
    assert_eq!(paths.len(), 7 + 8);
    let token = app.token(Role::Administrator).await;
    for (path, methods) in paths.iter().filter(|(path, _)| !path.starts_with("/api/v1/sync/")) {
        let path = path.replace("{code}", "sample").replace("{version}", "1").replace("{upload_id}", &Uuid::now_v7().to_string());
        let url = format!("{}{path}", app.url);
        if methods.get("get").is_some() {
            let answer = app.client.get(&url).bearer_auth(&token).send().await.unwrap();
            assert_eq!(answer.status(), 200, "{path}");
        }
        if methods.get("post").is_some() {
            let answer = app.client.post(&url).bearer_auth(&token).body("{}").send().await.unwrap();
            let expected = if path.ends_with("/withdrawal") { 404 } else { 400 };
            assert_eq!(answer.status(), expected, "{path}");
            assert_eq!(answer.headers()["content-type"], "application/problem+json", "{path}");
        }
    }
    // What a device asks is answered to devices alone, but it is there.
    for (path, methods) in paths.iter().filter(|(path, _)| path.starts_with("/api/v1/sync/")) {
        let url = format!("{}{}", app.url, path.replace("{digest}", "0123"));
        let asked = if methods.get("get").is_some() { app.client.get(&url) } else { app.client.post(&url).body("{}") };
        let answer = asked.header("x-sync-protocol", "1").send().await.unwrap();
        assert_eq!(answer.status(), if path.ends_with("/info") { 200 } else { 401 }, "{path}");
    }
    let submission = &description["components"]["schemas"]["Submission"]["properties"];
    assert!(submission.get("revision_id").is_some() && submission.get("edition").is_some());
    app.stop().await;
}

#[actix_web::test]
async fn every_answer_carries_the_security_headers_and_an_unknown_address_is_a_problem() {
    let app = TestApp::start().await;
    let answer = app.client.get(format!("{}/api/v1/nothing", app.url)).send().await.unwrap();
    assert_eq!(answer.status(), 404);
    assert!(answer.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'self'"));
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    app.stop().await;
}

#[actix_web::test]
async fn a_wrong_token_is_refused_even_where_none_is_needed() {
    let app = TestApp::start().await;
    let (status, _) = app.post("sample", submission().to_string().into_bytes(), Some("soundings_WRONG")).await;
    assert_eq!(status, 401);
    app.stop().await;
}
