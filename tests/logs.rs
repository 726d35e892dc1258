//! The log of the running program holds nothing of anybody: no answer, no code, no address, at any level.

use serde_json::{Value, json};

use crate::support::program::Premises;
use crate::support::with;

/// Words that stand nowhere else.
const WORDS: &str = "Zaubernuss";

#[actix_web::test]
async fn the_log_at_its_most_talkative_holds_no_answer_no_code_and_no_address() {
    let premises = Premises::new().await;
    let program = premises.serve("trace").await;
    let client = reqwest::Client::builder()
        .local_address(Some([127, 0, 0, 2].into()))
        .redirect(reqwest::redirect::Policy::none())
        .cookie_store(true)
        .user_agent("Kuckucksuhr/1.0")
        .build()
        .unwrap();
    let api = format!("{}/api/v1/consultations/sample/responses", program.url);
    let page = |path: &str| format!("{}/sample/{path}", program.url);
    let send = |body: &Value| client.post(&api).header("x-forwarded-for", "203.0.113.77").body(body.to_string()).send();

    let body = with("plan_why", json!(WORDS));
    let receipt: Value = send(&body).await.unwrap().json().await.unwrap();
    let code = receipt["receipt_code"].as_str().unwrap().to_owned();
    assert_eq!(send(&body).await.unwrap().status(), 200);
    let mut other = body.clone();
    other["answers"]["plan_why"] = json!(format!("{WORDS} again"));
    assert_eq!(send(&other).await.unwrap().status(), 409);
    assert_eq!(send(&with("visits", json!(WORDS))).await.unwrap().status(), 422);
    assert_eq!(client.post(&api).body(format!("{{\"{WORDS}\": ")).send().await.unwrap().status(), 400);

    let posted = [("plan_why", WORDS), ("then", "continue")];
    let kept = client.post(page("standard/plan")).form(&posted).send().await.unwrap();
    assert_eq!(kept.status(), 303);
    let cookie = kept.headers()["set-cookie"].to_str().unwrap();
    let draft = cookie.split(['=', ';']).nth(1).unwrap().to_owned();
    assert_eq!(client.post(page("standard/send")).send().await.unwrap().status(), 303);
    let withdrawn = client.post(page("withdraw")).form(&[("code", &code)]).send().await.unwrap();
    assert!(withdrawn.status().as_u16() < 400);
    client.get(page(&format!("saved?code={code}"))).send().await.unwrap();

    let log = program.kill();
    assert!(log.contains("\"level\":\"TRACE\"") && log.contains("consultations/{code}/responses"), "it does talk");
    for secret in [WORDS, &code, &code.replace('-', ""), &draft, "127.0.0.2", "203.0.113.77", "Kuckucksuhr"] {
        let told: Vec<&str> = log.lines().filter(|line| line.contains(secret)).take(3).collect();
        assert!(told.is_empty(), "the log says {secret}: {told:#?}");
    }
    premises.remove().await;
}
