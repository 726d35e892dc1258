//! Somebody at the desk: an account with roles, signed in, with a browser of their own.

use chrono::Utc;
use reqwest::redirect::Policy;
use soundings::domain::access::{Grant, Role};
use soundings::staff::{self, secret};
use soundings::store::sessions::{self, Session, Stage};

use super::TestApp;

/// A member of staff who has signed in.
pub struct Desk {
    /// As the ledger and the audit log name them.
    pub actor: String,
    url: String,
    client: reqwest::Client,
    cookie: String,
}

/// What came back: the status, where it leads, and the page.
pub struct Answer {
    pub status: u16,
    pub place: String,
    pub page: String,
}

impl Desk {
    /// A new account with these roles in one consultation, signed in.
    pub async fn new(app: &TestApp, name: &str, roles: &[Role], consultation: &str) -> Self {
        let grant = |role: &Role| Grant { role: *role, consultation: Some(consultation.to_owned()) };
        let email = format!("{}@example.org", name.to_lowercase().replace(' ', "."));
        let now = Utc::now();
        let db = app.app.db();
        let (person, _) = staff::invite(db, &email, name, roles.iter().map(grant).collect(), "command", now).await.unwrap();
        let session = secret::new().unwrap();
        let kept = Session { staff_id: person.staff_id, stage: Stage::Full, made_at: now, seen_at: now };
        sessions::add(&db.write, &secret::hash(&session), &kept).await.unwrap();
        Self {
            actor: person.actor().name,
            url: app.url.clone(),
            client: reqwest::Client::builder().redirect(Policy::none()).build().unwrap(),
            cookie: format!("soundings_staff={session}"),
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        read(self.client.get(format!("{}{path}", self.url)).header("cookie", &self.cookie)).await
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        read(self.client.post(format!("{}{path}", self.url)).header("cookie", &self.cookie).form(fields)).await
    }
}

async fn read(request: reqwest::RequestBuilder) -> Answer {
    let answer = request.send().await.unwrap();
    let place = answer.headers().get("location").map(|place| place.to_str().unwrap().to_owned()).unwrap_or_default();
    let status = answer.status().as_u16();
    Answer { status, place, page: answer.text().await.unwrap().replace("&#x2f;", "/").replace("&#x27;", "'") }
}

/// What stands on a page between two marks.
pub fn between(text: &str, start: &str, end: &str) -> String {
    assert!(text.contains(start), "no {start} in {text}");
    text.split(start).nth(1).and_then(|rest| rest.split(end).next()).unwrap().to_owned()
}
