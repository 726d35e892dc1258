//! What a device may ask: what became of what it handed in, and everything it ever handed in.

use actix_web::web::{Data, Payload, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::push::with_cookie;
use super::{Caller, Fault, body, goes_on, speaks};
use crate::app::App;
use crate::error::{Error, Result};
use crate::intake::sync::SignedLines;
use crate::store::sync as log;
use crate::web::problem;

/// The most ids of one question.
const IDS: usize = 5000;

/// How many lines are signed together.
const SIGNED_TOGETHER: usize = 500;

/// The most lines of one page of the ledger.
const PAGE: u32 = 1000;

/// What a device asks about.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub struct Asked {
    /// Up to 5,000 revision ids.
    revision_ids: Vec<Uuid>,
}

/// What became of what was asked about.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Status {
    /// The server's epoch.
    epoch: String,
    /// What is there; what is not here is not there.
    found: Vec<Found>,
    /// The lines of what is there, signed.
    receipts: Vec<SignedLines>,
}

/// One item that is there.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Found {
    /// Which.
    revision_id: Uuid,
    /// The hash of what is there.
    hash: String,
    /// `stored` or `held`: what became of it when it came.
    status: &'static str,
    /// Why it was held.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Which of the receipts has its line.
    receipt: usize,
    /// The index of the line in it.
    line: usize,
}

/// Ask what became of items. Only what this device handed in is found.
#[utoipa::path(post, path = "/api/v1/sync/status", request_body = Asked, responses((status = 200, body = Status),
    (status = 401, body = problem::Body), (status = 403, body = problem::Body), (status = 409, body = problem::Body),
    (status = 413, body = problem::Body), (status = 503, body = problem::Body)))]
pub async fn status(app: Data<App>, request: HttpRequest, caller: Caller, payload: Payload) -> Result<HttpResponse, Fault> {
    speaks(&request)?;
    goes_on(&app).await?;
    caller.seen(&app).await?;
    let text = body::take(&app, &request, payload).await?;
    let asked: Asked = serde_json::from_str(&text)
        .map_err(|error| Error::unreadable("not_a_question", format!("{error}; send {{\"revision_ids\": [\u{2026}]}}")))?;
    if asked.revision_ids.len() > IDS {
        return Err(Error::TooLarge(IDS).into());
    }
    let epoch = log::head(&app.db().read).await?.epoch;
    let lines = log::named(&app.db().read, caller.device.device_id, &asked.revision_ids).await?;
    let found = lines.iter().enumerate().map(|(index, stored)| Found {
        revision_id: stored.line.revision_id,
        hash: stored.line.hash.clone(),
        status: stored.line.kept.code(),
        reason: stored.reason.clone(),
        receipt: index / SIGNED_TOGETHER,
        line: index % SIGNED_TOGETHER,
    });
    let found = found.collect();
    let text = |lines: &[log::StoredLine]| lines.iter().map(|stored| stored.line.to_string()).collect();
    let receipts = lines.chunks(SIGNED_TOGETHER).map(|lines| app.sync.keys().sign(text(lines))).collect::<Result<_>>()?;
    Ok(with_cookie(&app, &caller).json(Status { epoch, found, receipts }))
}

/// Where a page of the ledger begins.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
pub struct After {
    /// The number of the last line that is known.
    #[serde(default)]
    after: i64,
}

/// A page of the ledger.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Ledger {
    /// The server's epoch.
    epoch: String,
    /// Lines, by number.
    lines: Vec<String>,
    /// Whether there are more.
    more: bool,
}

/// Every line this device brought, by number.
#[utoipa::path(get, path = "/api/v1/sync/ledger", params(After), responses((status = 200, body = Ledger),
    (status = 401, body = problem::Body), (status = 503, body = problem::Body)))]
pub async fn ledger(app: Data<App>, caller: Caller, after: Query<After>) -> Result<HttpResponse, Fault> {
    goes_on(&app).await?;
    caller.seen(&app).await?;
    let epoch = log::head(&app.db().read).await?.epoch;
    let lines = log::ledger(&app.db().read, caller.device.device_id, after.after, PAGE + 1).await?;
    let page = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = lines.len() > page;
    let lines = lines.iter().take(page).map(|stored| stored.line.to_string()).collect();
    Ok(with_cookie(&app, &caller).json(Ledger { epoch, lines, more }))
}
