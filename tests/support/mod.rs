//! A running service for one test: its own database, its own port, a small form.

pub mod desk;
pub mod mail_server;
pub mod program;

use std::net::TcpListener;
use std::time::Duration;

use chrono::{Days, NaiveDate, Utc};
use serde_json::{Value, json};
use soundings::app::App;
use soundings::config::{Config, Settings};
use soundings::domain::access::Role;
use soundings::domain::response::{Revision, hex};
use soundings::serve;
use soundings::store::access::NewToken;
use soundings::store::consultations::{ConsultationDocument, FormDocument};
use soundings::store::{self, Db, access, consultations};
use uuid::Uuid;

/// A service on a database of its own, stopped and removed at the end of the test.
pub struct TestApp {
    pub app: App,
    pub url: String,
    pub client: reqwest::Client,
    server: actix_web::dev::ServerHandle,
    _dir: tempfile::TempDir,
    schema: Option<(String, String)>,
}

/// The PostgreSQL server the tests run on; SQLite when there is none.
#[expect(clippy::disallowed_methods, reason = "which database the tests run on is the tests' own affair")]
pub fn postgres() -> Option<String> {
    std::env::var("SOUNDINGS_TEST_DATABASE").ok().filter(|url| !url.is_empty())
}

/// A fresh database with an up-to-date schema. Keep the folder and the schema's name for as long as it is used.
pub async fn database() -> (Db, tempfile::TempDir, Option<(String, String)>) {
    let dir = tempfile::tempdir().unwrap();
    let (db, schema) = match postgres() {
        Some(url) => {
            let schema = format!("t{}", Uuid::now_v7().simple());
            let plain = store::connect(&url, None).await.unwrap();
            store::raw(&plain, &format!("CREATE SCHEMA {schema}")).await.unwrap();
            (store::connect(&url, Some(&schema)).await.unwrap(), Some((url, schema)))
        }
        None => (store::connect(&format!("sqlite://{}/test.db", dir.path().display()), None).await.unwrap(), None),
    };
    store::migrate(&db).await.unwrap();
    (db, dir, schema)
}

/// The number that a statement gives as `n`.
pub async fn number(db: &Db, sql: &str) -> i64 {
    use sea_orm::{ConnectionTrait as _, Statement};
    let statement = Statement::from_string(db.read.get_database_backend(), sql);
    db.read.query_one_raw(statement).await.unwrap().unwrap().try_get("", "n").unwrap()
}

impl TestApp {
    /// A service with the sample consultation open, another closed long ago and a third not yet open.
    pub async fn start() -> Self {
        Self::start_with(Settings::default()).await
    }

    /// The same with settings of its own.
    pub async fn start_with(settings: Settings) -> Self {
        let (db, dir, schema) = database().await;
        publish_samples(&db).await;
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let config = config(settings, &url, dir.path());
        let app = serve::open_on(config, db).await.unwrap();
        let server = serve::server(app.clone(), listener).unwrap();
        let handle = server.handle();
        tokio::spawn(server);
        let client = reqwest::Client::builder().timeout(Duration::from_secs(30)).build().unwrap();
        Self { app, url, client, server: handle, _dir: dir, schema }
    }

    /// Send a submission to the sample consultation.
    pub async fn send(&self, body: &Value) -> (u16, Value) {
        self.post("sample", serde_json::to_vec(body).unwrap(), None).await
    }

    /// Send a submission as somebody with a keyer's token.
    pub async fn send_keyed(&self, body: &Value) -> (u16, Value) {
        let token = self.token(Role::Keyer).await;
        self.post("sample", serde_json::to_vec(body).unwrap(), Some(&token)).await
    }

    /// Post bytes as a submission.
    pub async fn post(&self, consultation: &str, body: Vec<u8>, token: Option<&str>) -> (u16, Value) {
        let url = format!("{}/api/v1/consultations/{consultation}/responses", self.url);
        let mut request = self.client.post(url).header("content-type", "application/json").body(body);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or(Value::Null))
    }

    /// A new token.
    pub async fn token(&self, role: Role) -> String {
        let expires_at = Utc::now() + chrono::Duration::days(1);
        let token = NewToken { name: Uuid::now_v7().to_string(), role, consultations: Vec::new(), expires_at };
        access::add_token(&self.app.db().write, &token, "command", Utc::now()).await.unwrap()
    }

    /// Every revision of the sample consultation.
    pub async fn revisions(&self) -> Vec<Revision> {
        store::responses::all(&self.app.db().read, "sample", far_future()).await.unwrap()
    }

    /// Everything held for the sample consultation.
    pub async fn held(&self) -> Vec<store::held::Held> {
        store::held::all(&self.app.db().read, "sample", far_future()).await.unwrap()
    }

    /// Start the service anew on the same database and folder, at another address.
    pub async fn restart(&mut self) {
        self.server.stop(true).await;
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        self.url = format!("http://{}", listener.local_addr().unwrap());
        self.app = serve::open_on(self.app.config.clone(), self.app.db().clone()).await.unwrap();
        let server = serve::server(self.app.clone(), listener).unwrap();
        self.server = server.handle();
        tokio::spawn(server);
    }

    /// Stop the service and drop its schema.
    pub async fn stop(self) {
        self.server.stop(true).await;
        drop(self.app);
        if let Some((url, schema)) = self.schema {
            let plain = store::connect(&url, None).await.unwrap();
            store::raw(&plain, &format!("DROP SCHEMA {schema} CASCADE")).await.unwrap();
        }
    }
}

fn config(settings: Settings, url: &str, data: &std::path::Path) -> Config {
    let listen = url.trim_start_matches("http://").to_owned();
    Settings { listen: Some(listen), data: Some(data.to_owned()), ..settings }.finish().unwrap()
}

/// A submission that passes every rule.
pub fn submission() -> Value {
    json!({
        "response_id": Uuid::now_v7(),
        "revision_id": Uuid::now_v7(),
        "form_version": 1,
        "edition": "standard",
        "channel": "online",
        "answers": { "area": "north", "relation": ["carer"], "plan_support": "support", "plan_why": "It is fairer." },
    })
}

/// The same with one answer changed.
pub fn with(answer: &str, value: Value) -> Value {
    let mut body = submission();
    body["answers"][answer] = value;
    body
}

pub async fn publish_samples(db: &Db) {
    let today = Utc::now().date_naive();
    let windows = [
        ("sample", today - Days::new(10), today + Days::new(10)),
        ("past", today - Days::new(200), today - Days::new(150)),
        ("future", today + Days::new(10), today + Days::new(50)),
    ];
    for (code, opens, closes) in windows {
        let document = consultation_toml(code, opens, closes);
        let document = ConsultationDocument { code: code.to_owned(), version: 1, digest: digest(&document), document };
        consultations::publish_consultation(&db.write, &document, Utc::now()).await.unwrap();
        for version in [1, 2] {
            let document = sample_form(code, version);
            let form = FormDocument {
                consultation: code.to_owned(),
                form: "survey".to_owned(),
                version,
                digest: digest(&document),
                document,
            };
            consultations::publish_form(&db.write, &form, Utc::now()).await.unwrap();
        }
    }
}

fn digest(text: &str) -> String {
    use sha2::{Digest as _, Sha256};
    hex(&Sha256::digest(text.as_bytes()))
}

/// Version 2 adds a question and nothing else.
fn sample_form(consultation: &str, version: u32) -> String {
    let text = include_str!("sample.toml").replace("CONSULTATION", consultation).replace("VERSION", &version.to_string());
    if version == 1 {
        return text;
    }
    text + "\n[[section.question]]\nkey = \"added\"\nkind = \"free_text\"\ntext = { standard = \"Anything else?\", easy_read = \"Anything else?\" }\n"
}

fn consultation_toml(code: &str, opens: NaiveDate, closes: NaiveDate) -> String {
    include_str!("sample-consultation.toml")
        .replace("CODE", code)
        .replace("OPENS", &opens.to_string())
        .replace("CLOSES", &closes.to_string())
}

fn far_future() -> chrono::DateTime<Utc> {
    Utc::now() + chrono::Duration::days(1)
}
