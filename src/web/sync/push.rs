//! A push: a device hands in what it has, and is told what became of each item, with a receipt.

use std::panic::AssertUnwindSafe;

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, SecondsFormat, Utc};
use futures_util::FutureExt as _;
use serde::Serialize;
use uuid::Uuid;

use super::{Caller, Fault, SERVICE, body, cookie, goes_on, jitter, speaks};
use crate::app::App;
use crate::domain::sync::receipt::Line;
use crate::domain::sync::{Envelope, ITEMS, Item, PROTOCOL};
use crate::error::{Error, Result};
use crate::intake::sync::{self, Load, Pushed, SignedLines, Told};
use crate::store::sync as log;
use crate::web::problem;

/// What a device is told.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Answer {
    /// `soundings-sync`.
    service: &'static str,
    /// 1.
    protocol: u32,
    /// The server's epoch.
    epoch: String,
    /// Whether the server is where the device last saw it; when not, nothing was looked at.
    anchor_ok: bool,
    /// The push's own id.
    batch_id: Uuid,
    /// What time it is.
    server_time: String,
    /// The same, signed.
    beacon: String,
    /// What became of each item.
    results: Vec<ResultBody>,
    /// The lines of what was kept, signed; none when nothing was.
    receipt: Option<SignedLines>,
    /// Up to which line everything is in a backup that was tried; nobody has said so yet.
    durable: Option<i64>,
    /// What has arrived from the device.
    device: Option<Received>,
    /// How many seconds to wait before the next push.
    backoff_s: u8,
}

/// What became of an item.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ResultBody {
    /// Which.
    revision_id: Option<Uuid>,
    /// `stored`, `duplicate`, `held`, `retry` or `refused`.
    status: &'static str,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// What is wrong with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// The index of its line in the receipt.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
}

/// What has arrived from a device.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Received {
    /// The highest of its numbers.
    received_high: i64,
    /// What is missing below it, first and last.
    gaps: Vec<(i64, i64)>,
}

impl From<Told> for ResultBody {
    fn from(told: Told) -> Self {
        let Told { revision_id, status, reason, detail, line } = told;
        Self { revision_id, status, reason, detail, line }
    }
}

/// Hand in up to 100 items. One result for each; sending the same again is always safe.
#[utoipa::path(post, path = "/api/v1/sync/push", request_body(content = Object, description = "See docs/sync.md; gzip is welcome"),
    responses((status = 200, body = Answer), (status = 400, body = problem::Body), (status = 401, body = problem::Body),
        (status = 403, body = problem::Body, description = "The device was revoked"), (status = 409, body = problem::Body),
        (status = 413, body = problem::Body, description = "Halve it"), (status = 415, body = problem::Body),
        (status = 500, body = problem::Body, description = "Send it again in halves"),
        (status = 503, body = problem::Body, description = "Send the same again after Retry-After"), (status = 507, body = problem::Body)))]
pub async fn push(app: Data<App>, request: HttpRequest, caller: Caller, payload: Payload) -> Result<HttpResponse, Fault> {
    let caller = match admitted(&app, &request, caller).await {
        Ok(caller) => caller,
        Err(fault) => {
            body::drain(payload).await;
            return Err(fault);
        }
    };
    let text = body::take(&app, &request, payload).await?;
    let (envelope_ids, load) = read(&text)?;
    drop(text);
    if envelope_ids.device_id != caller.device.device_id {
        return Err(Fault::other_device());
    }
    let head = log::head(&app.db().read).await?;
    let is_same = envelope_ids.epoch.as_deref() == Some(head.epoch.as_str());
    let is_anchored = match &envelope_ids.anchor {
        Some(anchor) if is_same => log::anchored(&app.db().read, anchor).await?,
        _ => is_same,
    };
    let answer = if is_anchored {
        let pushed = work(&app, load).await?;
        taken(&app, envelope_ids.batch_id, pushed)?
    } else {
        tracing::info!(device = %caller.device.device_id, "a device remembers another past and is asked to look again");
        frame(&app, envelope_ids.batch_id, &head.epoch, false)?
    };
    Ok(with_cookie(&app, &caller).json(answer))
}

/// The device, when it speaks our protocol, the sync goes on and it may still hand in.
async fn admitted(app: &App, request: &HttpRequest, caller: Caller) -> Result<Caller, Fault> {
    speaks(request)?;
    goes_on(app).await?;
    caller.trusted(app).await
}

/// An answer's beginning; a cookie that was sent lives on.
pub(super) fn with_cookie(app: &App, caller: &Caller) -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response.insert_header((actix_web::http::header::CACHE_CONTROL, "no-store"));
    if let Some(secret) = &caller.cookie {
        response.cookie(cookie(app, secret));
    }
    response
}

/// What the envelope says of itself.
pub(super) struct Ids {
    pub batch_id: Uuid,
    pub device_id: Uuid,
    pub epoch: Option<String>,
    pub anchor: Option<crate::domain::sync::Anchor>,
}

/// Read an envelope, and nothing yet of its items.
pub(super) fn open(text: &str) -> Result<Envelope<'_>, Fault> {
    Ok(serde_json::from_str(text).map_err(|error| {
        let code = if error.is_data() { "not_an_envelope" } else { "not_json" };
        let place = format!("line {}, column {}", error.line(), error.column());
        Error::unreadable(code, format!("it cannot be read as a push ({place}); see docs/sync.md for what one looks like"))
    })?)
}

/// Read an envelope and each of its items.
pub(super) fn read(text: &str) -> Result<(Ids, Load), Fault> {
    let envelope = open(text)?;
    if envelope.items.len() > ITEMS || envelope.lost.len() > 10 * ITEMS {
        return Err(Fault::too_many());
    }
    let Envelope { batch_id, device_id, epoch, anchor, device, items, lost } = envelope;
    let items = items.into_iter().map(|item| Item::read(item.get())).collect();
    let load = Load { device: device_id, by: None, report: Some(device), items, lost };
    Ok((Ids { batch_id, device_id, epoch, anchor }, load))
}

/// Work on a push in a task of its own: whoever sent it may go away, and a panic ends the task and nothing else.
pub(super) async fn work(app: &Data<App>, load: Load) -> Result<Pushed, Fault> {
    let app = Data::clone(app);
    let task = tokio::spawn(async move {
        let _turn = app.sync.may_work().await.ok_or_else(Fault::busy)?;
        shielded(async { Ok(sync::push(&app.intake, &app.sync, &load).await?) }).await
    });
    task.await.map_err(|error| Error::Internal(error.into()))?
}

/// What comes of it, or that it broke.
async fn shielded<T>(work: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
    match AssertUnwindSafe(work).catch_unwind().await {
        Ok(done) => done,
        Err(_panic) => {
            tracing::error!("a push broke; its device will send it again in halves");
            Err(Fault::broke())
        }
    }
}

fn taken(app: &App, batch_id: Uuid, pushed: Pushed) -> Result<Answer, Fault> {
    let Pushed { told, lines, received, head } = pushed;
    let lines: Vec<String> = lines.iter().map(Line::to_string).collect();
    let receipt = if lines.is_empty() { None } else { Some(app.sync.keys().sign(lines)?) };
    Ok(Answer {
        results: told.into_iter().map(ResultBody::from).collect(),
        receipt,
        device: Some(Received { received_high: received.high, gaps: received.gaps }),
        backoff_s: if app.sync.is_busy() { jitter(10) } else { 0 },
        ..frame(app, batch_id, &head.epoch, true)?
    })
}

/// An answer without results.
fn frame(app: &App, batch_id: Uuid, epoch: &str, anchor_ok: bool) -> Result<Answer, Fault> {
    let now = app.now();
    Ok(Answer {
        service: SERVICE,
        protocol: PROTOCOL,
        epoch: epoch.to_owned(),
        anchor_ok,
        batch_id,
        server_time: instant(now),
        beacon: app.sync.keys().beacon(epoch, now)?,
        results: Vec::new(),
        receipt: None,
        durable: None,
        device: None,
        backoff_s: 0,
    })
}

/// An instant as devices read it.
pub(super) fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

#[cfg(test)]
mod tests {
    use actix_web::ResponseError as _;

    use super::*;

    #[actix_web::test]
    async fn a_panic_while_items_are_handled_is_answered_so_that_the_device_halves_the_push() {
        let nothing: Vec<u8> = Vec::new();
        let broke = shielded(async { Ok(nothing[0]) }).await.unwrap_err();
        assert_eq!(broke.status_code(), 500);
        assert_eq!(shielded(async { Ok(1) }).await.unwrap(), 1);
    }
}
