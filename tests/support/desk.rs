//! Somebody at the desk, signed in, with a browser of their own.

use chrono::Utc;
use reqwest::redirect::Policy;
use soundings::domain::access::{Grant, Role};
use soundings::staff::{self, Attempt, Outcome, secret};
use soundings::store::sessions::{self, Session, Stage};
use soundings::store::staff::Staff;

use super::TestApp;

/// What everybody's password is in tests.
pub const PASSWORD: &str = "otter lantern gravel nine";

/// What a page answered.
#[derive(Debug)]
pub struct Answered {
    pub status: u16,
    /// Where it leads, when it leads on.
    pub place: String,
    pub page: String,
}

/// Somebody with a browser; not signed in unless they came by [`Desk::with`].
pub struct Desk {
    url: String,
    client: reqwest::Client,
    session: Option<String>,
}

impl Desk {
    /// A browser nobody has signed in with.
    pub fn outside(app: &TestApp) -> Self {
        let client = reqwest::Client::builder().cookie_store(true).redirect(Policy::none()).build().unwrap();
        Self { url: app.url.clone(), client, session: None }
    }

    /// Somebody with these roles, signed in.
    pub async fn with(app: &TestApp, email: &str, grants: &[(Role, Option<&str>)]) -> (Self, Staff) {
        let (person, link) = invited(app, email, grants).await;
        let db = app.app.db();
        staff::choose_password(db, &link, PASSWORD, Utc::now()).await.unwrap().unwrap().unwrap();
        let attempt = Attempt { email, password: PASSWORD, browser: None, from: "tests", second_factor: false };
        let session = inside(staff::sign_in(db, attempt, Utc::now()).await.unwrap());
        (Self { session: Some(session), ..Self::outside(app) }, person)
    }

    /// Somebody of this name with these roles in one consultation, signed in, and how the audit log names them.
    pub async fn named(app: &TestApp, name: &str, roles: &[Role], consultation: &str) -> (Self, String) {
        let grants = roles.iter().map(|role| Grant { role: *role, consultation: Some(consultation.to_owned()) }).collect();
        Self::granted(app, name, grants).await
    }

    /// The same with these roles in every consultation.
    pub async fn everywhere(app: &TestApp, name: &str, roles: &[Role]) -> (Self, String) {
        Self::granted(app, name, roles.iter().map(|role| Grant { role: *role, consultation: None }).collect()).await
    }

    async fn granted(app: &TestApp, name: &str, grants: Vec<Grant>) -> (Self, String) {
        let (db, now, email) = (app.app.db(), Utc::now(), format!("{}@example.org", name.to_lowercase()));
        let (person, _) = staff::invite(db, &email, name, grants, "command", now).await.unwrap();
        let session = secret::new().unwrap();
        let kept = Session { staff_id: person.staff_id, stage: Stage::Full, made_at: now, seen_at: now };
        sessions::add(&db.write, &secret::hash(&session), &kept).await.unwrap();
        (Self { session: Some(session), ..Self::outside(app) }, person.actor().name)
    }

    pub async fn get(&self, path: &str) -> Answered {
        Self::read(self.request_get(path).send().await.unwrap()).await
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answered {
        Self::read(self.request(path).form(fields).send().await.unwrap()).await
    }

    /// A post to fill in and send.
    pub fn request(&self, path: &str) -> reqwest::RequestBuilder {
        self.own(self.client.post(format!("{}{path}", self.url)))
    }

    /// A request for what is not a page.
    pub fn request_get(&self, path: &str) -> reqwest::RequestBuilder {
        self.own(self.client.get(format!("{}{path}", self.url)))
    }

    fn own(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        match &self.session {
            Some(session) => request.header("cookie", format!("soundings_staff={session}")),
            None => request,
        }
    }

    /// What a page answered.
    pub async fn read(answer: reqwest::Response) -> Answered {
        let place = answer.headers().get("location").map(|place| place.to_str().unwrap().to_owned()).unwrap_or_default();
        let status = answer.status().as_u16();
        Answered { status, place, page: answer.text().await.unwrap().replace("&#x2f;", "/").replace("&#x27;", "'") }
    }
}

/// An account and its one-time link.
pub async fn invited(app: &TestApp, email: &str, grants: &[(Role, Option<&str>)]) -> (Staff, String) {
    let grants = grants.iter().map(|(role, place)| Grant { role: *role, consultation: place.map(str::to_owned) }).collect();
    staff::invite(app.app.db(), email, "Ada Example", grants, "command", Utc::now()).await.unwrap()
}

/// The session of somebody who is in; nothing for anybody else.
pub fn inside(outcome: Outcome) -> String {
    if let Outcome::In(session) = outcome { session } else { String::new() }
}
