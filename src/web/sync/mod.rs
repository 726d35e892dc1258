//! Offline sync over HTTP: devices hand in, ask what became of what they handed in, and are told what is new.

pub mod ask;
mod body;
pub mod enrol;
mod fault;
pub mod pull;
pub mod push;
pub mod recovery;

use std::future::Future;
use std::pin::Pin;

use actix_web::cookie::{Cookie, SameSite, time};
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{FromRequest, HttpRequest};
use serde_json::{Value, json};

pub use self::fault::Fault;
use crate::app::App;
use crate::domain::sync::{BATCH_BYTES, COMPRESSED_BYTES, ITEM_BYTES, ITEMS, PROTOCOL};
use crate::error::{Error, Result};
use crate::store::chance;
use crate::store::devices::{self, CREDENTIAL_DAYS, Device};

/// What answers here, so that a device knows it from a portal's page.
pub const SERVICE: &str = "soundings-sync";

/// The cookie that holds a device's credential.
pub const COOKIE: &str = "soundings_device";

/// The addresses under `/api/v1/sync`.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/sync/info", web::get().to(enrol::info))
        .route("/sync/devices", web::post().to(enrol::enrol))
        .route("/sync/push", web::post().to(push::push))
        .route("/sync/status", web::post().to(ask::status))
        .route("/sync/ledger", web::get().to(ask::ledger))
        .route("/sync/pull", web::get().to(pull::pull))
        .route("/sync/bundles/{digest}", web::get().to(pull::one_bundle))
        .route("/sync/recovery", web::post().to(recovery::recover));
}

/// The device that calls, revoked or not.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The device.
    pub device: Device,
    /// Its credential, when a browser sent it as a cookie: the cookie is given anew, so that it lives on.
    pub cookie: Option<String>,
}

impl Caller {
    /// The device, if it may still hand in.
    ///
    /// # Errors
    /// `device_revoked` when it may not; that it tried is noted, since something waits on it.
    pub async fn trusted(self, app: &App) -> Result<Self, Fault> {
        if self.device.revoked_at.is_none() {
            return Ok(self);
        }
        devices::refused(&app.db().write, self.device.device_id, app.now()).await?;
        tracing::warn!(device = %self.device.device_id, "a revoked device tried to hand something in");
        Err(Fault::revoked())
    }

    /// Note that it was seen, once a minute.
    pub async fn seen(&self, app: &App) -> Result<()> {
        if devices::is_unseen(&self.device, app.now()) {
            devices::seen(&app.db().write, self.device.device_id, app.now()).await?;
        }
        Ok(())
    }
}

impl FromRequest for Caller {
    type Error = Fault;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Fault>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let (app, secret) = (request.app_data::<Data<App>>().cloned(), credential(request));
        Box::pin(async move {
            let (Some(app), Some((secret, is_cookie))) = (app, secret) else { return Err(Fault::sign_in()) };
            let device = devices::bearer(&app.db().read, &secret, app.now()).await?;
            let device = device.ok_or_else(Fault::sign_in)?;
            Ok(Self { device, cookie: is_cookie.then_some(secret) })
        })
    }
}

/// A device's credential, and whether it came as a cookie.
fn credential(request: &HttpRequest) -> Option<(String, bool)> {
    let bearer = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if let Some(secret) = bearer.and_then(|value| value.strip_prefix("Bearer ")) {
        return Some((secret.trim().to_owned(), false));
    }
    let cookie = request.cookie(COOKIE)?;
    (!cookie.value().is_empty()).then(|| (cookie.value().to_owned(), true))
}

/// The cookie that holds a credential: sent to the sync alone, and read by no script.
fn cookie(app: &App, secret: &str) -> Cookie<'static> {
    Cookie::build(COOKIE, secret.to_owned())
        .path("/api/v1/sync")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(app.config.is_encrypted())
        .max_age(time::Duration::days(CREDENTIAL_DAYS))
        .finish()
}

/// Whether the caller speaks our protocol.
fn speaks(request: &HttpRequest) -> Result<(), Fault> {
    let spoken = request.headers().get("x-sync-protocol").and_then(|value| value.to_str().ok());
    if spoken == Some(PROTOCOL.to_string().as_str()) { Ok(()) } else { Err(Fault::protocol()) }
}

/// Whether the sync goes on: it stands still after a database went back in time, until somebody confirms it.
async fn goes_on(app: &App) -> Result<(), Fault> {
    match app.sync.restored(app.db()).await? {
        None => Ok(()),
        Some(_) => Err(Fault::restored()),
    }
}

/// What is taken.
fn limits() -> Value {
    json!({ "items": ITEMS, "batch_bytes": BATCH_BYTES, "compressed_bytes": COMPRESSED_BYTES, "item_bytes": ITEM_BYTES })
}

/// A number of seconds from 1 to this, by chance, so that those who were sent away together do not come back together.
fn jitter(most: u8) -> u8 {
    // Without chance everybody waits as long as can be.
    chance::bytes::<1>().map_or(most, |[byte]| 1 + byte % most)
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::of(error)
    }
}
