//! The constitution: the same answers by every channel give the same stored response, but for channel and provenance;
//! sending again is safe; nothing that must not be lost is lost.

use serde_json::json;
use soundings::domain::answer::{Answer, State, Value};
use uuid::Uuid;

use crate::support::{TestApp, submission, with};

#[actix_web::test]
async fn a_submission_is_stored_with_a_reference_and_a_receipt_code() {
    let app = TestApp::start().await;
    let (status, receipt) = app.send(&submission()).await;

    assert_eq!(status, 201, "{receipt}");
    assert_eq!(receipt["result"], "stored");
    assert!(receipt["reference"].as_str().unwrap().starts_with("SA-"));
    assert_eq!(receipt["receipt_code"].as_str().unwrap().len(), 29);
    let revisions = app.revisions().await;
    assert_eq!(revisions.len(), 1);
    assert_eq!(revisions[0].answers.get("plan_why"), Answer::Answered(Value::Text("It is fairer.".to_owned())));
    assert_eq!(revisions[0].answers.state("important"), State::Blank);
    assert_eq!(revisions[0].answers.state("condition_impact"), State::NotAsked);
    app.stop().await;
}

#[actix_web::test]
async fn sending_the_same_again_stores_it_once_and_gives_the_same_receipt() {
    let app = TestApp::start().await;
    let body = submission();
    let (_, first) = app.send(&body).await;
    let (status, again) = app.send(&body).await;

    assert_eq!(status, 200);
    assert_eq!(again["result"], "duplicate");
    assert_eq!(again["receipt_code"], first["receipt_code"]);
    assert_eq!(app.revisions().await.len(), 1);
    app.stop().await;
}

#[actix_web::test]
async fn other_content_under_the_same_id_is_held_and_the_first_stays() {
    let app = TestApp::start().await;
    let body = submission();
    app.send(&body).await;
    let mut other = body.clone();
    other["answers"]["plan_support"] = json!("oppose");
    for _ in 0..2 {
        let (status, problem) = app.send(&other).await;
        assert_eq!(status, 409);
        assert_eq!(problem["code"], "conflict");
    }

    let held = app.held().await;
    assert_eq!(held.len(), 1, "the same conflict is held once");
    assert_eq!(held[0].why, "conflict");
    let kept = soundings::store::held::whole(&app.app.db().read, "sample", held[0].held_id).await.unwrap().unwrap().payload;
    assert_eq!(kept, serde_json::to_vec(&other).unwrap(), "the exact bytes are kept");
    assert_eq!(app.revisions().await[0].answers.codes("plan_support").next(), Some("support"));
    app.stop().await;
}

#[actix_web::test]
async fn a_new_revision_id_for_a_known_response_is_a_conflict_unless_it_says_what_it_replaces() {
    let app = TestApp::start().await;
    let body = submission();
    app.send(&body).await;
    let mut other = body.clone();
    other["revision_id"] = json!(Uuid::now_v7());
    assert_eq!(app.send(&other).await.0, 409);
    assert_eq!(app.revisions().await.len(), 1);
    app.stop().await;
}

#[actix_web::test]
async fn a_correction_with_the_receipt_code_is_a_new_revision_and_the_old_one_stays() {
    let app = TestApp::start().await;
    let body = submission();
    let (_, receipt) = app.send(&body).await;
    let mut corrected = body.clone();
    corrected["revision_id"] = json!(Uuid::now_v7());
    corrected["supersedes"] = body["revision_id"].clone();
    corrected["answers"]["plan_support"] = json!("oppose");

    let (status, problem) = app.send(&corrected).await;
    assert_eq!((status, problem["code"].as_str()), (403, Some("receipt_code")));

    corrected["receipt_code"] = receipt["receipt_code"].clone();
    assert_eq!(app.send(&corrected).await.0, 201);
    let revisions = app.revisions().await;
    assert_eq!(revisions.iter().map(|r| r.number).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(revisions[0].answers.codes("plan_support").next(), Some("support"));
    assert_eq!(revisions[1].answers.codes("plan_support").next(), Some("oppose"));

    let mut late = corrected.clone();
    late["revision_id"] = json!(Uuid::now_v7());
    assert_eq!(app.send(&late).await.0, 409, "only the last revision can be replaced");
    app.stop().await;
}

#[actix_web::test]
async fn a_response_is_withdrawn_once_by_its_receipt_code_until_analysis_is_frozen() {
    use soundings::intake::{Withdrawal, withdraw};
    let app = TestApp::start().await;
    let (_, receipt) = app.send(&submission()).await;
    let (_, other) = app.send(&submission()).await;
    let code = receipt["receipt_code"].as_str().unwrap().to_lowercase();

    assert!(matches!(withdraw(&app.app.intake, "sample", &code).await.unwrap(), Withdrawal::Done { .. }));
    assert!(matches!(withdraw(&app.app.intake, "sample", &code).await.unwrap(), Withdrawal::Already { .. }));
    assert_eq!(withdraw(&app.app.intake, "sample", "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA").await.unwrap(), Withdrawal::UnknownCode);
    assert_eq!(app.revisions().await.iter().filter(|r| r.withdrawn).count(), 1);

    soundings::store::freezes::freeze(&app.app.db().write, "sample", chrono::Utc::now()).await.unwrap();
    let code = other["receipt_code"].as_str().unwrap();
    assert_eq!(withdraw(&app.app.intake, "sample", code).await.unwrap(), Withdrawal::Frozen);
    app.stop().await;
}

#[actix_web::test]
async fn the_same_answers_by_every_channel_are_the_same_stored_response() {
    let app = TestApp::start().await;
    for channel in ["online", "paper", "face_to_face", "workshop", "import"] {
        let mut body = submission();
        body["channel"] = json!(channel);
        body["received_on"] = json!(chrono::Utc::now().date_naive());
        assert_eq!(app.send_keyed(&body).await.0, 201, "{channel}");
    }
    let revisions = app.revisions().await;
    assert_eq!(revisions.len(), 5);
    assert!(revisions.iter().all(|r| r.answers == revisions[0].answers && r.digest == revisions[0].digest));
    app.stop().await;
}

#[actix_web::test]
async fn what_is_not_online_comes_only_from_somebody_with_a_keyers_token() {
    let app = TestApp::start().await;
    let mut body = submission();
    body["channel"] = json!("paper");
    assert_eq!(app.send(&body).await.0, 401);
    let analyst = app.token(soundings::domain::access::Role::Analyst).await;
    assert_eq!(app.post("sample", serde_json::to_vec(&body).unwrap(), Some(&analyst)).await.0, 403);
    assert_eq!(app.send_keyed(&body).await.0, 201);
    app.stop().await;
}

#[actix_web::test]
async fn a_blank_sheet_of_paper_is_kept_with_its_finding_and_a_blank_page_online_is_asked_again() {
    let app = TestApp::start().await;
    let mut body = submission();
    body["answers"] = json!({});
    let (status, problem) = app.send(&body).await;
    assert_eq!(status, 422);
    assert_eq!(problem["findings"][0]["rule"], "empty");

    body["channel"] = json!("paper");
    let (status, receipt) = app.send_keyed(&body).await;
    assert_eq!(status, 201);
    assert_eq!(receipt["findings"][0]["rule"], "empty");
    app.stop().await;
}

#[actix_web::test]
async fn two_ticks_on_paper_are_spoiled_and_what_was_ticked_is_kept() {
    let app = TestApp::start().await;
    let mut body = with("plan_support", json!(["support", "oppose"]));
    assert_eq!(app.send(&body).await.0, 422, "a person online can be asked again");
    body["channel"] = json!("paper");
    body["illegible"] = json!(["important"]);
    assert_eq!(app.send_keyed(&body).await.0, 201);
    let revision = &app.revisions().await[0];
    let ticks = Value::Codes(vec!["support".to_owned(), "oppose".to_owned()]);
    assert_eq!(revision.answers.get("plan_support"), Answer::Spoiled(Some(ticks)));
    assert_eq!(revision.answers.get("important"), Answer::Illegible);
    app.stop().await;
}

#[actix_web::test]
async fn paper_that_cannot_be_understood_is_held_whole() {
    let app = TestApp::start().await;
    let cases = [
        (with("plan_support", json!("dunno")), "not_understood"),
        (with("nonsense", json!("x")), "not_understood"),
        (
            {
                let mut body = submission();
                body["form_version"] = json!(9);
                body
            },
            "unknown_version",
        ),
    ];
    for (mut body, why) in cases {
        body["channel"] = json!("paper");
        let (status, receipt) = app.send_keyed(&body).await;
        assert_eq!((status, receipt["why"].as_str()), (202, Some(why)));
    }
    assert_eq!(app.held().await.len(), 3);
    assert!(app.revisions().await.is_empty());
    app.stop().await;
}

#[actix_web::test]
async fn an_older_form_version_stays_acceptable_and_a_newer_ones_question_is_unknown_to_it() {
    let app = TestApp::start().await;
    let mut body = with("added", json!("One more thing"));
    assert_eq!(app.send(&body).await.1["findings"][0]["rule"], "unknown_question");
    body["form_version"] = json!(2);
    assert_eq!(app.send(&body).await.0, 201);
    assert_eq!(app.send(&submission()).await.0, 201);
    app.stop().await;
}

#[actix_web::test]
async fn easy_read_takes_its_own_choices_and_does_not_ask_what_it_has_no_words_for() {
    let app = TestApp::start().await;
    let mut body = with("plan_support", json!("dont_know"));
    body["edition"] = json!("easy_read");
    assert_eq!(app.send(&body).await.0, 201);
    assert_eq!(app.revisions().await[0].answers.state("last_visit"), State::NotAsked);

    let mut body = with("plan_support", json!("strongly_support"));
    body["edition"] = json!("easy_read");
    assert_eq!(app.send(&body).await.1["findings"][0]["rule"], "not_offered");
    app.stop().await;
}

#[actix_web::test]
async fn prefer_not_to_say_is_never_a_blank() {
    let app = TestApp::start().await;
    app.send(&with("age", json!("prefer_not"))).await;
    assert_eq!(app.revisions().await[0].answers.state("age"), State::PreferNot);
    app.stop().await;
}

#[actix_web::test]
async fn a_choice_that_contradicts_another_is_stored_and_flagged() {
    let app = TestApp::start().await;
    let (status, receipt) = app.send(&with("relation", json!(["user", "none"]))).await;
    assert_eq!(status, 201);
    assert_eq!(receipt["findings"][0]["rule"], "contradiction");
    assert_eq!(app.revisions().await[0].answers.codes("relation").collect::<Vec<_>>(), ["user", "none"]);
    app.stop().await;
}

#[actix_web::test]
async fn a_consultation_that_is_closed_or_not_yet_open_says_so_and_a_lost_receipt_is_never_too_late() {
    let app = TestApp::start().await;
    let body = serde_json::to_vec(&submission()).unwrap();
    let (status, problem) = app.post("past", body.clone(), None).await;
    assert_eq!((status, problem["code"].as_str()), (403, Some("closed")));
    let (status, problem) = app.post("future", body.clone(), None).await;
    assert_eq!((status, problem["code"].as_str()), (403, Some("not_yet_open")));
    let (status, _) = app.post("nowhere", body, None).await;
    assert_eq!(status, 404);
    app.stop().await;
}

#[actix_web::test]
async fn late_and_undated_paper_is_held_for_a_person() {
    let app = TestApp::start().await;
    let token = app.token(soundings::domain::access::Role::Keyer).await;
    for (received, why) in [(json!(chrono::Utc::now().date_naive()), "late"), (json!(null), "unproven")] {
        let mut body = submission();
        body["channel"] = json!("paper");
        body["received_on"] = received;
        let (status, receipt) = app.post("past", serde_json::to_vec(&body).unwrap(), Some(&token)).await;
        assert_eq!((status, receipt["why"].as_str()), (202, Some(why)));
    }
    app.stop().await;
}

#[actix_web::test]
async fn fifty_at_once_from_eight_clients_are_one_response() {
    let app = TestApp::start().await;
    let body = serde_json::to_vec(&submission()).unwrap();
    let url = format!("{}/api/v1/consultations/sample/responses", app.url);
    let clients: Vec<_> = (0..8).map(|_| reqwest::Client::new()).collect();
    let sends = (0..50).map(|n| clients[n % 8].post(&url).header("content-type", "application/json").body(body.clone()).send());
    let answers = futures_util::future::join_all(sends).await;
    let statuses: Vec<u16> = answers.into_iter().map(|answer| answer.unwrap().status().as_u16()).collect();

    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1);
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 49);
    assert_eq!(app.revisions().await.len(), 1);
    assert!(app.held().await.is_empty());
    app.stop().await;
}
