//! Bearer tokens at the desk: made with an end and shown once, listed with their last use, revoked; refused plainly afterwards.

use chrono::{Days, Duration, Utc};
use serde_json::Value;
use soundings::domain::access::Role;
use soundings::domain::day::as_typed;
use soundings::store::access::{self, NewToken};
use soundings::store::audit;

use crate::support::TestApp;
use crate::support::desk::Desk;

const PAGE: &str = "/staff/tokens";
const ADMINISTRATOR: &[(Role, Option<&str>)] = &[(Role::Administrator, None)];

async fn uploads(app: &TestApp, secret: &str) -> (u16, Value) {
    let url = format!("{}/api/v1/consultations/sample/uploads", app.url);
    let answer = app.client.get(url).bearer_auth(secret).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
}

fn secret_on(page: &str) -> String {
    let from = page.split("<strong>soundings_").nth(1).unwrap();
    format!("soundings_{}", from.split('<').next().unwrap())
}

#[actix_web::test]
async fn a_token_is_made_shown_once_used_and_revoked_and_every_step_is_in_the_log() {
    let app = TestApp::start().await;
    let (desk, person) = Desk::with(&app, "admin@example.org", ADMINISTRATOR).await;
    assert!(desk.get(PAGE).await.page.contains("There is no token"));
    let last = as_typed(Utc::now().date_naive() + Days::new(30));
    let fields = [("name", "council-import"), ("role", "desk_officer"), ("place", "sample"), ("expires_on", last.as_str())];
    let made = desk.post(PAGE, &fields).await;
    assert_eq!(made.status, 200, "{}", made.page);
    let secret = secret_on(&made.page);
    let list = desk.get(PAGE).await.page;
    assert!(list.contains("council-import") && list.contains("Desk officer in") && list.contains("never"), "{list}");
    assert!(!list.contains(&secret) && list.contains("by Ada Example"), "it is shown once");
    let again = desk.post(PAGE, &fields).await;
    assert!(again.status == 422 && again.page.contains("There is already a token called council-import"), "{}", again.page);

    assert_eq!(uploads(&app, &secret).await.0, 200);
    let today = Utc::now().with_timezone(&chrono_tz::Europe::London).format("%-d %B %Y").to_string();
    let list = desk.get(PAGE).await.page;
    assert!(!list.contains("never") && list.matches(&today).count() == 2, "made and used today: {list}");

    let sure = desk.get("/staff/tokens/revoke?name=council-import").await;
    assert!(sure.page.contains("Are you sure") && sure.page.contains("It cannot be taken back"), "{}", sure.page);
    assert_eq!(uploads(&app, &secret).await.0, 200, "asking revokes nothing");
    let revoked = desk.post("/staff/tokens/revoke", &[("name", "council-import")]).await;
    assert_eq!((revoked.status, revoked.place.as_str()), (303, "/staff/tokens?revoked=council-import"));
    assert!(desk.get(&revoked.place).await.page.contains("council-import is revoked"));
    let (status, problem) = uploads(&app, &secret).await;
    assert_eq!((status, problem["code"].as_str()), (401, Some("token_revoked")), "{problem}");
    assert!(desk.get(PAGE).await.page.contains("Revoked "));
    let twice = desk.post("/staff/tokens/revoke", &[("name", "council-import")]).await;
    assert!(twice.page.contains("no such token that still works"), "{}", twice.page);
    assert_eq!(desk.get("/staff/tokens/revoke?name=nobody").await.status, 404);

    let log = audit::all(app.app.db()).await.unwrap();
    let steps: Vec<_> = log.iter().filter(|entry| entry.subject == "token:council-import").collect();
    let told: Vec<(&str, &str)> = steps.iter().map(|entry| (entry.action.as_str(), entry.actor.as_str())).collect();
    let me = person.actor().name;
    assert_eq!(told, [("token.added", me.as_str()), ("token.revoked", me.as_str())]);
    assert!(steps[0].detail.starts_with("desk_officer@sample until "), "{}", steps[0].detail);
    assert!(!log.iter().any(|entry| entry.detail.contains(&secret)));
    app.stop().await;
}

#[actix_web::test]
async fn a_token_without_a_name_a_role_or_an_end_within_a_year_is_not_made() {
    let app = TestApp::start().await;
    let (desk, _) = Desk::with(&app, "admin@example.org", ADMINISTRATOR).await;
    let empty = desk.post(PAGE, &[("name", " "), ("expires_on", "")]).await;
    for words in ["Give it a name to know it by", "Choose what it may do", "Give its last day as day, month, year"] {
        assert!(empty.status == 422 && empty.page.contains(words), "{words}: {}", empty.page);
    }
    let today = Utc::now().date_naive();
    let (over, far) = (as_typed(today - Days::new(2)), as_typed(today + Days::new(380)));
    for (name, place, last, words) in [
        ("Kay Keyer", "", over.as_str(), "letters, digits, hyphens"),
        ("a", "", over.as_str(), "This day is over"),
        ("a", "", far.as_str(), "a year at most"),
        ("a", "nowhere", far.as_str(), "Choose one of the consultations"),
    ] {
        let answer = desk.post(PAGE, &[("name", name), ("role", "analyst"), ("place", place), ("expires_on", last)]).await;
        assert!(answer.status == 422 && answer.page.contains(words), "{words}: {}", answer.page);
    }
    assert!(access::tokens(&app.app.db().read).await.unwrap().is_empty());
    app.stop().await;
}

#[actix_web::test]
async fn who_comes_with_a_token_that_is_over_is_told_so() {
    let app = TestApp::start().await;
    let now = Utc::now();
    let expires_at = now - Duration::minutes(1);
    let token = NewToken { name: "old".to_owned(), role: Role::Administrator, consultations: Vec::new(), expires_at };
    let secret = access::add_token(&app.app.db().write, &token, "command", now - Duration::days(90)).await.unwrap();
    let (status, problem) = uploads(&app, &secret).await;
    assert_eq!((status, problem["code"].as_str()), (401, Some("token_expired")));
    assert!(problem["detail"].as_str().unwrap().contains("ask an administrator for a new one"));
    let (status, problem) = uploads(&app, "soundings_UNKNOWN").await;
    assert_eq!((status, problem["code"].as_str()), (401, Some("sign_in")));
    let paste = |secret: &str| app.client.post(format!("{}/analysis/sign-in", app.url)).form(&[("token", secret)]).send();
    assert!(paste(&secret).await.unwrap().text().await.unwrap().contains("This token has expired."));
    assert!(paste("soundings_UNKNOWN").await.unwrap().text().await.unwrap().contains("This token is not known."));
    let (desk, _) = Desk::with(&app, "admin@example.org", ADMINISTRATOR).await;
    let list = desk.get(PAGE).await.page;
    assert!(list.contains("Expired") && !list.contains("revoke?name=old"), "{list}");
    app.stop().await;
}
