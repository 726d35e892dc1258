//! Themes at the desk: the codeframe and its history, coding by several at once, flags, who read what.

mod codeframe;
mod suggestions;
mod twice;
mod workspace;

use serde_json::{Value, json};
use soundings::domain::access::Role;
use soundings::domain::codeframe::{Codeframe, Scope};
use soundings::domain::coding::Coding;
use soundings::store::themes::{codings, frames};
use uuid::Uuid;

use crate::support::desk::{Answered, Desk};
use crate::support::{TestApp, submission};

/// The question that tests code.
const WHY: &str = "plan_why";

/// Where its codeframe is.
const FRAME: &str = "/staff/sample/codeframe/plan_why";

/// Where its answers are.
const CODING: &str = "/staff/sample/coding/plan_why";

/// An analyst of the sample consultation, who has begun the codeframe.
async fn begun(app: &TestApp) -> Desk {
    let (analyst, _) = Desk::named(app, "Anna", &[Role::Analyst], "sample").await;
    assert_eq!(analyst.post("/staff/sample/codeframe", &[]).await.status, 303);
    analyst
}

/// A coder of the sample consultation.
async fn coder(app: &TestApp, name: &str) -> Desk {
    Desk::named(app, name, &[Role::Coder], "sample").await.0
}

/// The codeframe of the question as it stands.
async fn frame(app: &TestApp) -> Codeframe {
    let logs = frames::read(&app.app.db().read, "sample").await.unwrap();
    logs.frame(&Scope::Question(WHY.to_owned())).unwrap()
}

/// Which version that is, as a page sends it.
async fn seen(app: &TestApp) -> String {
    frame(app).await.version.to_string()
}

/// Bring a theme in; its id comes back.
async fn theme(app: &TestApp, analyst: &Desk, name: &str) -> Uuid {
    let fields = [("level", "theme"), ("name", name), ("definition", "About it."), ("seen", &seen(app).await), ("sure", "yes")];
    let made = analyst.post(&format!("{FRAME}/new"), &fields).await;
    assert_eq!(made.status, 303, "{}", made.page);
    id_of(app, name).await
}

/// The id of the theme with this name.
async fn id_of(app: &TestApp, name: &str) -> Uuid {
    frame(app).await.entries.iter().find(|entry| entry.wording.name == name).unwrap().id
}

/// Send a response with these words; its id comes back.
async fn said(app: &TestApp, words: &str) -> Uuid {
    sent(app, words).await["response_id"].as_str().unwrap().parse().unwrap()
}

/// The same; what is needed to send a correction comes back.
async fn sent(app: &TestApp, words: &str) -> Value {
    let mut body = submission();
    body["answers"][WHY] = json!(words);
    let (status, receipt) = app.send(&body).await;
    assert_eq!(status, 201, "{receipt}");
    body["supersedes"] = body["revision_id"].clone();
    body["receipt_code"] = receipt["receipt_code"].clone();
    body
}

/// Send the same response with other words.
async fn corrected(app: &TestApp, sent: &Value, words: &str) {
    let mut body = sent.clone();
    body["revision_id"] = json!(Uuid::now_v7());
    body["answers"][WHY] = json!(words);
    let (status, receipt) = app.send(&body).await;
    assert_eq!(status, 201, "{receipt}");
}

/// The id of a response that was sent.
fn id(sent: &Value) -> Uuid {
    sent["response_id"].as_str().unwrap().parse().unwrap()
}

/// The coding of an answer as it stands.
async fn coding(app: &TestApp, response: Uuid) -> Coding {
    codings::log(&app.app.db().read, "sample", WHY, response).await.unwrap().coding()
}

/// The themes at an answer.
async fn themes(app: &TestApp, response: Uuid) -> Vec<Uuid> {
    coding(app, response).await.applied.keys().map(|mark| mark.theme).collect()
}

/// The value of a hidden field of a page.
fn hidden(page: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    page.split(&start).nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned()
}

/// Store an answer from a page that was looked at: its hidden fields, these themes, and what else was typed.
async fn store(desk: &Desk, response: Uuid, page: &str, themes: &[Uuid], more: &[(&str, &str)]) -> Answered {
    let ids: Vec<String> = themes.iter().map(Uuid::to_string).collect();
    let (seen, frame, queue) = (hidden(page, "seen"), hidden(page, "frame"), hidden(page, "queue"));
    let mut fields = vec![("seen", seen.as_str()), ("frame", frame.as_str()), ("queue", queue.as_str())];
    fields.extend(ids.iter().map(|id| ("theme", id.as_str())));
    fields.extend_from_slice(more);
    desk.post(&format!("{CODING}/{response}"), &fields).await
}

/// Look at an answer and store these themes.
async fn code(desk: &Desk, response: Uuid, themes: &[Uuid]) -> Answered {
    let page = desk.get(&format!("{CODING}/{response}")).await.page;
    let stored = store(desk, response, &page, themes, &[]).await;
    assert_eq!(stored.status, 303, "{}", stored.page);
    stored
}
