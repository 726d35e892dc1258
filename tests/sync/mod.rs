//! Offline sync through the HTTP door: what a device is promised, under every fault that can be brought about here.

mod asking;
mod devices;
mod lateness;
mod limits;
mod paper;
mod pushing;
mod restored;
mod together;

use std::cell::Cell;
use std::io::Write as _;

use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use flate2::Compression;
use flate2::write::GzEncoder;
use hkdf::Hkdf;
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use p256::{PublicKey, SecretKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use soundings::domain::access::Role;
use soundings::domain::response::hex;
use uuid::Uuid;

use crate::support::TestApp;
use crate::support::desk::Desk;

/// A laptop that was enrolled, as its own program would use it.
pub struct Laptop {
    pub url: String,
    pub client: reqwest::Client,
    pub id: Uuid,
    pub secret: String,
    pub epoch: String,
    pub keys: Value,
    /// Who keys on it.
    pub keyer: String,
    seq: Cell<i64>,
}

/// What a call answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub retry_after: Option<u64>,
    pub body: Value,
}

impl Answer {
    /// The status and reason of each result.
    pub fn results(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        assert!(self.body["results"].is_array(), "{self:?}");
        let results = self.body["results"].as_array().unwrap();
        results.iter().map(|result| (text(&result["status"]), text(&result["reason"]))).collect()
    }

    /// The statuses alone.
    pub fn statuses(&self) -> Vec<String> {
        self.results().into_iter().map(|(status, _)| status).collect()
    }

    /// The line of a result.
    pub fn line(&self, index: usize) -> String {
        let at = usize::try_from(self.body["results"][index]["line"].as_u64().unwrap()).unwrap();
        self.body["receipt"]["lines"][at].as_str().unwrap().to_owned()
    }

    pub fn anchor(&self, index: usize) -> Value {
        let line = self.line(index);
        let parts: Vec<&str> = line.split('|').collect();
        json!({ "seq": parts[2].parse::<i64>().unwrap(), "revision_id": parts[3], "hash": parts[4] })
    }
}

impl Laptop {
    /// A laptop enrolled by somebody who keys everywhere.
    pub async fn enrol(app: &TestApp, name: &str) -> Self {
        let (desk, keyer) = keyer(app, name).await;
        Self::enrol_by(app, &desk, keyer, name).await
    }

    /// A laptop enrolled by this person.
    pub async fn enrol_by(app: &TestApp, desk: &Desk, keyer: String, name: &str) -> Self {
        let wish = json!({ "name": name, "place": "Library 3" });
        let answer = desk.request("/api/v1/sync/devices").header("x-sync-protocol", "1").json(&wish).send().await.unwrap();
        assert_eq!(answer.status(), 201);
        let body: Value = answer.json().await.unwrap();
        Self {
            url: app.url.clone(),
            client: app.client.clone(),
            id: body["device_id"].as_str().unwrap().parse().unwrap(),
            secret: body["secret"].as_str().unwrap().to_owned(),
            epoch: body["epoch"].as_str().unwrap().to_owned(),
            keys: body["keys"].clone(),
            keyer,
            seq: Cell::new(0),
        }
    }

    /// The same laptop twice: a copy of its disk.
    pub fn copied(&self) -> Self {
        Self {
            url: self.url.clone(),
            client: self.client.clone(),
            id: self.id,
            secret: self.secret.clone(),
            epoch: self.epoch.clone(),
            keys: self.keys.clone(),
            keyer: self.keyer.clone(),
            seq: Cell::new(self.seq.get()),
        }
    }

    pub fn next_seq(&self) -> i64 {
        self.seq.set(self.seq.get() + 1);
        self.seq.get()
    }

    /// An item with this payload, which is given the item's ids.
    pub fn item(&self, consultation: &str, mut payload: Value) -> Value {
        let (revision_id, response_id) = (Uuid::now_v7(), Uuid::now_v7());
        if payload["submission"].is_object() {
            payload["submission"]["revision_id"] = json!(revision_id);
            payload["submission"]["response_id"] = json!(response_id);
        }
        self.with_ids(consultation, revision_id, response_id, &payload.to_string())
    }

    pub fn with_ids(&self, consultation: &str, revision_id: Uuid, response_id: Uuid, payload: &str) -> Value {
        json!({
            "revision_id": revision_id, "response_id": response_id, "device_seq": self.next_seq(), "consultation": consultation,
            "captured_at": "2001-01-01T00:00:00Z", "keyed_by": self.keyer, "hash": hash(payload), "payload": payload,
        })
    }

    /// An interview.
    pub fn interview(&self, consultation: &str, why: &str) -> Value {
        self.item(consultation, response("face_to_face", why))
    }

    /// A correction of what an item said.
    pub fn correction(&self, of: &Value, why: &str) -> Value {
        let (revision_id, response_id) = (Uuid::now_v7(), id(&of["response_id"]));
        let mut payload = response("face_to_face", why);
        payload["submission"]["revision_id"] = json!(revision_id);
        payload["submission"]["response_id"] = json!(response_id);
        payload["submission"]["supersedes"] = of["revision_id"].clone();
        self.with_ids("sample", revision_id, response_id, &payload.to_string())
    }

    /// The withdrawal of what an item said.
    pub fn withdrawal(&self, of: &Value) -> Value {
        let payload = json!({ "kind": "withdrawal", "response_id": of["response_id"], "reason": "asked to" }).to_string();
        self.with_ids("sample", Uuid::now_v7(), id(&of["response_id"]), &payload)
    }

    /// The same item, readable by the server alone.
    pub fn sealed(&self, item: &Value) -> Value {
        let key = &self.keys["seal"];
        let point = [&[4][..], &bytes(&key["jwk"]["x"]), &bytes(&key["jwk"]["y"])].concat();
        let (own, kid) = (some_secret(), key["kid"].as_str().unwrap());
        let shared = own.diffie_hellman(&PublicKey::from_sec1_bytes(&point).unwrap());
        let revision_id = item["revision_id"].as_str().unwrap();
        let mut secret = [0; 32];
        let info = format!("soundings seal 1|{kid}|{revision_id}");
        Hkdf::<Sha256>::new(None, shared.raw_secret_bytes()).expand(info.as_bytes(), &mut secret).unwrap();
        let packed = gzip(item["payload"].as_str().unwrap().as_bytes());
        let about = format!("{revision_id}|{}|{}", self.id, item["hash"].as_str().unwrap());
        let payload = Payload { msg: &packed, aad: about.as_bytes() };
        let ct = Aes256Gcm::new(&secret.into()).encrypt(&Nonce::from([7; 12]), payload).unwrap();
        let mut sealed = item.clone();
        sealed.as_object_mut().unwrap().remove("payload");
        sealed["sealed"] = json!({
            "kid": kid, "epk": BASE64.encode(own.public_key().to_sec1_bytes()), "iv": BASE64.encode([7; 12]), "ct": BASE64.encode(ct),
        });
        sealed
    }

    pub fn envelope(&self, items: &[Value]) -> Value {
        json!({
            "batch_id": Uuid::now_v7(), "device_id": self.id, "epoch": self.epoch, "anchor": null,
            "device": { "seq_high": self.seq.get(), "pending": items.len(), "attention": 0, "persisted": true, "build": "test" },
            "items": items,
        })
    }

    pub async fn push(&self, items: &[Value]) -> Answer {
        self.send(&self.envelope(items)).await
    }

    pub async fn send(&self, envelope: &Value) -> Answer {
        self.send_bytes(gzip(&serde_json::to_vec(envelope).unwrap()), "gzip").await
    }

    pub async fn send_bytes(&self, body: Vec<u8>, packing: &str) -> Answer {
        let request = self.post("/api/v1/sync/push").header("content-encoding", packing).body(body);
        answered(request.send().await.unwrap()).await
    }

    pub fn post(&self, path: &str) -> reqwest::RequestBuilder {
        let request = self.client.post(format!("{}{path}", self.url)).header("x-sync-protocol", "1");
        request.header("x-sync-client", "test").header("content-type", "application/json").bearer_auth(&self.secret)
    }

    pub async fn get(&self, path: &str) -> Answer {
        answered(self.client.get(format!("{}{path}", self.url)).bearer_auth(&self.secret).send().await.unwrap()).await
    }

    pub async fn status(&self, items: &[&Value]) -> Answer {
        let ids: Vec<&Value> = items.iter().map(|item| &item["revision_id"]).collect();
        answered(self.post("/api/v1/sync/status").json(&json!({ "revision_ids": ids })).send().await.unwrap()).await
    }

    /// Whether a receipt's signature is the server's.
    pub fn trusts(&self, receipt: &Value) -> bool {
        let earlier = self.keys["earlier"].as_array().into_iter().flatten();
        let Some(key) = earlier.chain([&self.keys["receipt"]]).find(|key| key["kid"] == receipt["kid"]) else { return false };
        let point = [&[4][..], &bytes(&key["jwk"]["x"]), &bytes(&key["jwk"]["y"])].concat();
        let lines: Vec<&str> = receipt["lines"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
        let signature = Signature::from_slice(&bytes(&receipt["sig"])).unwrap();
        VerifyingKey::from_sec1_bytes(&point).unwrap().verify(lines.join("\n").as_bytes(), &signature).is_ok()
    }
}

/// Somebody who keys everywhere, and how the audit log names them.
pub async fn keyer(app: &TestApp, name: &str) -> (Desk, String) {
    Desk::everywhere(app, &name.replace(' ', "-"), &[Role::Keyer]).await
}

/// Somebody at the desk who may do anything.
pub async fn administrator(app: &TestApp) -> Desk {
    Desk::everywhere(app, "Administrator", &[Role::Administrator]).await.0
}

pub async fn answered(answer: reqwest::Response) -> Answer {
    let status = answer.status().as_u16();
    let retry_after = answer.headers().get("retry-after").map(|value| value.to_str().unwrap().parse().unwrap());
    Answer { status, retry_after, body: answer.json().await.unwrap_or(Value::Null) }
}

/// A response's payload, its ids still to be given.
pub fn response(channel: &str, why: &str) -> Value {
    json!({ "kind": "response", "note": "", "submission": {
        "form_version": 1, "edition": "standard", "channel": channel,
        "answers": { "area": "north", "plan_support": "support", "plan_why": why },
    } })
}

pub fn hash(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

pub fn id(value: &Value) -> Uuid {
    value.as_str().unwrap().parse().unwrap()
}

fn bytes(text: &Value) -> Vec<u8> {
    BASE64.decode(text.as_str().unwrap()).unwrap()
}

fn some_secret() -> SecretKey {
    let random = [Uuid::new_v4_like(), Uuid::new_v4_like()].concat();
    SecretKey::from_slice(&random).unwrap()
}

/// Sixteen bytes that no other call gives.
trait Random {
    fn new_v4_like() -> Vec<u8>;
}

impl Random for Uuid {
    fn new_v4_like() -> Vec<u8> {
        Sha256::digest(Self::now_v7().as_bytes())[..16].to_vec()
    }
}
