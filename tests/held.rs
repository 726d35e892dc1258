//! What is held: listed, looked at, decided with a reason, and in the balance all the while.

use chrono::{Days, Utc};
use serde_json::{Value, json};
use soundings::analysis;
use soundings::domain::access::Role;
use soundings::domain::answer::Answer;
use soundings::domain::decision::Decision;
use soundings::intake::{self, Ruling, Settled};
use soundings::store::held;
use uuid::Uuid;

use crate::support::desk::Desk;
use crate::support::{TestApp, submission, with};

const OFFICER: &[(Role, Option<&str>)] = &[(Role::DeskOfficer, None)];

/// Sends a sheet of paper; it is held, and its id in the list comes back.
async fn hold(app: &TestApp, consultation: &str, mut body: Value) -> Uuid {
    body["channel"] = json!("paper");
    let token = app.token(Role::Keyer).await;
    let (status, receipt) = app.post(consultation, serde_json::to_vec(&body).unwrap(), Some(&token)).await;
    assert!(status == 202 || status == 409, "{status} {receipt}");
    held::list(&app.app.db().read, consultation).await.unwrap()[0].held_id
}

async fn late(app: &TestApp) -> Uuid {
    let mut body = submission();
    body["received_on"] = json!(Utc::now().date_naive());
    hold(app, "past", body).await
}

/// Received, included and excluded of everybody, with the reasons.
async fn balance(app: &TestApp, consultation: &str) -> (u64, u64, Vec<(String, u64)>) {
    let published = app.app.intake.shelf.consultation(consultation).unwrap();
    let dataset = analysis::dataset_as_of(app.app.db(), &published, Utc::now()).await.unwrap();
    let all = &dataset.balance[0];
    assert!(all.balances());
    (all.received, all.included, all.excluded.clone().into_iter().collect())
}

#[actix_web::test]
async fn what_came_late_is_looked_at_and_counted_with_a_reason() {
    let app = TestApp::start().await;
    let id = late(&app).await;
    let (desk, _) = Desk::with(&app, "desk@example.org", OFFICER).await;
    assert!(desk.get("/staff").await.page.contains("Held items (1 waiting)"));
    let list = desk.get("/staff/past/held").await.page;
    assert!(list.contains("It came after closing") && list.contains("<strong>1</strong> waits"), "{list}");
    let path = format!("/staff/past/held/{id}");
    let item = desk.get(&path).await.page;
    assert!(item.contains("It is fairer.") && item.contains("Do you support it?") && item.contains("Reached us"), "{item}");
    assert_eq!(balance(&app, "past").await, (1, 0, vec![("late".to_owned(), 1)]));

    let asked = desk.post(&path, &[("decision", ""), ("reason", " ")]).await;
    assert!(asked.status == 422 && asked.page.contains("Choose what to do with it") && asked.page.contains("Say why"));
    let done = desk.post(&path, &[("decision", "counted"), ("reason", "The post was on strike.")]).await;
    assert!(done.page.contains("It counts now, as response"), "{}", done.page);
    assert_eq!(balance(&app, "past").await, (1, 1, vec![]));
    let item = desk.get(&path).await.page;
    assert!(item.contains("The post was on strike.") && item.contains("Ada Example") && !item.contains("name=\"decision\""));
    let again = desk.post(&path, &[("decision", "set_aside"), ("reason", "No.")]).await;
    assert!(again.page.contains("Somebody decided this before"));
    app.stop().await;
}

#[actix_web::test]
async fn what_is_set_aside_stays_whole_and_in_the_balance() {
    let app = TestApp::start().await;
    let id = late(&app).await;
    let (desk, _) = Desk::with(&app, "desk@example.org", OFFICER).await;
    let path = format!("/staff/past/held/{id}");
    assert!(desk.post(&path, &[("decision", "set_aside"), ("reason", "Weeks late.")]).await.page.contains("It is set aside"));
    assert_eq!(balance(&app, "past").await, (1, 0, vec![("late".to_owned(), 1)]));
    let item = desk.get(&path).await.page;
    assert!(item.contains("It is fairer.") && item.contains("Weeks late."));
    assert!(desk.get("/staff/past/held").await.page.contains("Nothing waits for a decision"));
    app.stop().await;
}

#[actix_web::test]
async fn of_two_under_one_id_the_second_is_taken_as_a_correction() {
    let app = TestApp::start().await;
    let body = submission();
    app.send(&body).await;
    let mut other = body.clone();
    other["answers"]["plan_support"] = json!("oppose");
    let id = hold(&app, "sample", other).await;
    let (desk, _) = Desk::with(&app, "desk@example.org", OFFICER).await;
    let path = format!("/staff/sample/held/{id}");
    let item = desk.get(&path).await.page;
    assert!(
        item.contains("What stands") && item.contains("differs") && item.contains("Oppose") && item.contains("Support"),
        "{item}"
    );
    let done = desk.post(&path, &[("decision", "counted"), ("reason", "She sent it again with her own correction.")]).await;
    assert!(done.page.contains("It counts now"), "{}", done.page);
    let revisions = app.revisions().await;
    assert_eq!(revisions.iter().map(|revision| revision.number).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(revisions[1].answers.codes("plan_support").collect::<Vec<_>>(), ["oppose"]);
    assert_eq!(balance(&app, "sample").await, (1, 1, vec![]));
    app.stop().await;
}

#[actix_web::test]
async fn what_cannot_be_understood_counts_with_that_answer_illegible() {
    let app = TestApp::start().await;
    let mut body = with("plan_support", json!("dunno"));
    body["answers"]["nonsense"] = json!("x");
    let id = hold(&app, "sample", body).await;
    let (desk, _) = Desk::with(&app, "desk@example.org", OFFICER).await;
    let path = format!("/staff/sample/held/{id}");
    let item = desk.get(&path).await.page;
    assert!(item.contains("plan_support: unknown choice (dunno)") && item.contains("nonsense"), "{item}");
    desk.post(&path, &[("decision", "counted"), ("reason", "The rest is clear.")]).await;
    let revision = &app.revisions().await[0];
    assert_eq!(revision.answers.get("plan_support"), Answer::Illegible);
    assert_eq!(revision.answers.codes("area").collect::<Vec<_>>(), ["north"], "the rest counts");
    let kept = held::whole(&app.app.db().read, "sample", id).await.unwrap().unwrap().payload;
    assert!(String::from_utf8(kept).unwrap().contains("dunno"), "what was written is kept");
    app.stop().await;
}

#[actix_web::test]
async fn what_names_no_known_version_counts_as_the_version_a_person_chooses() {
    let app = TestApp::start().await;
    let mut body = submission();
    body["form_version"] = json!(9);
    let id = hold(&app, "sample", body).await;
    let (desk, _) = Desk::with(&app, "desk@example.org", OFFICER).await;
    let path = format!("/staff/sample/held/{id}");
    let refused = desk.post(&path, &[("decision", "counted"), ("reason", "Version 1."), ("version", "7")]).await;
    assert!(refused.status == 422 && refused.page.contains("There is no form version 7"), "{}", refused.page);
    desk.post(&path, &[("decision", "counted"), ("reason", "Version 1."), ("version", "1")]).await;
    assert_eq!(app.revisions().await[0].form_version, 1);
    app.stop().await;
}

#[actix_web::test]
async fn two_officers_who_decide_at_once_agree_on_one_decision() {
    let app = TestApp::start().await;
    let id = late(&app).await;
    let ruling = |decision, by: &str| Ruling { decision, reason: "Because.".to_owned(), form_version: None, by: by.to_owned() };
    let (counted, aside) = futures_util::future::join(
        intake::decide(&app.app.intake, "past", id, ruling(Decision::Counted, "staff:1")),
        intake::decide(&app.app.intake, "past", id, ruling(Decision::SetAside, "staff:2")),
    )
    .await;
    let (counted, aside) = (counted.unwrap(), aside.unwrap());
    let (received, included, _) = balance(&app, "past").await;
    assert_eq!(received, 1, "counted once, whoever came first: {counted:?} {aside:?}");
    assert_eq!(included == 1, matches!(counted, Settled::Counted(_)));
    app.stop().await;
}

#[actix_web::test]
async fn only_a_desk_officer_of_that_consultation_sees_what_is_held_and_every_look_is_logged() {
    let app = TestApp::start().await;
    let id = late(&app).await;
    let path = format!("/staff/past/held/{id}");
    for grants in [&[(Role::Analyst, None)][..], &[(Role::Keyer, Some("past"))], &[(Role::DeskOfficer, Some("sample"))]] {
        let (desk, _) = Desk::with(&app, &format!("{}@example.org", Uuid::now_v7()), grants).await;
        assert_eq!(desk.get("/staff/past/held").await.status, 403);
        assert_eq!(desk.get(&path).await.status, 403);
        assert_eq!(desk.post(&path, &[("decision", "counted"), ("reason", "x")]).await.status, 403);
    }
    let (desk, person) = Desk::with(&app, "desk@example.org", OFFICER).await;
    desk.get(&path).await;
    desk.post(&path, &[("decision", "counted"), ("reason", "Zaubernuss")]).await;
    let log = soundings::store::audit::all(app.app.db()).await.unwrap();
    let told: Vec<&str> =
        log.iter().filter(|entry| entry.actor == person.actor().name).map(|entry| entry.action.as_str()).collect();
    assert!(told.contains(&"held.viewed") && told.contains(&"held.counted") && told.contains(&"response.stored"), "{told:?}");
    assert!(!log.iter().any(|entry| entry.detail.contains("Zaubernuss")), "a reason may name somebody");
    assert!(soundings::store::audit::verify(app.app.db()).await.unwrap().faults.is_empty());
    app.stop().await;
}

#[actix_web::test]
async fn an_extension_is_one_act_with_a_reason_and_everybody_reads_it() {
    let app = TestApp::start().await;
    let (desk, _) = Desk::with(&app, "desk@example.org", OFFICER).await;
    let today = Utc::now().date_naive();
    let later = (today + Days::new(20)).to_string();
    let fields = |day: &str| {
        vec![
            ("closes_on".to_owned(), day.to_owned()),
            ("reason".to_owned(), "The post was slow.".to_owned()),
            ("easy_reason".to_owned(), "Letters came late.".to_owned()),
        ]
    };
    let send = |path: &'static str, fields: Vec<(String, String)>| {
        let request = desk.request(path).form(&fields);
        async move { request.send().await.unwrap().text().await.unwrap() }
    };
    let sooner = (today + Days::new(3)).to_string();
    assert!(send("/staff/sample/dates", fields(&sooner)).await.contains("The new last day must be after"));
    assert!(send("/staff/sample/dates", fields("soon")).await.contains("Give the new last day"));
    assert!(send("/staff/past/dates", fields(&later)).await.contains("It has closed"));
    let asked = desk.post("/staff/sample/dates", &[("closes_on", &later)]).await;
    assert!(asked.page.contains("Say why, in up to 500") && asked.page.contains("in easy words, in up to 300"));

    assert!(send("/staff/sample/dates", fields(&later)).await.contains("It cannot be taken back"), "are you sure");
    let start = app.client.get(format!("{}/sample", app.url)).send().await.unwrap().text().await.unwrap();
    assert!(!start.contains("The post was slow."), "nothing has happened yet");
    let mut sure = fields(&later);
    sure.push(("sure".to_owned(), "yes".to_owned()));
    send("/staff/sample/dates", sure).await;
    let start = app.client.get(format!("{}/sample", app.url)).send().await.unwrap().text().await.unwrap();
    assert!(start.contains("The post was slow."), "{start}");
    let easy = app.client.get(format!("{}/sample/easy-read", app.url)).send().await.unwrap().text().await.unwrap();
    assert!(easy.contains("Letters came late."));
    let window = app.app.intake.shelf.consultation("sample").unwrap().window;
    assert_eq!(window.closes_at, soundings::domain::window::london_midnight(today + Days::new(21)));
    let log = soundings::store::audit::all(app.app.db()).await.unwrap();
    assert_eq!(log.iter().filter(|entry| entry.action == "consultation.extended").count(), 1);
    app.stop().await;
}
