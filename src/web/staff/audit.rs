//! The audit log: a page that says whether it holds, and the whole of it to take away.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Data, Query};
use chrono_tz::Europe::London;
use serde::Deserialize;
use serde_json::json;

use super::page::{Page, Seat, Sheet, page as sheet};
use super::words::Names;
use crate::app::App;
use crate::domain::access::Role;
use crate::error::Error;
use crate::store::audit::{self, Recorded};

/// How many entries the page shows.
const LATEST: u64 = 100;

/// What the page shows.
#[derive(Debug, Default, Deserialize)]
pub struct Choice {
    /// `all` to see what the public sent as well.
    #[serde(default)]
    show: String,
}

pub(super) async fn page(app: Data<App>, seat: Seat, choice: Query<Choice>) -> Page {
    seat.require_everywhere(Role::Auditor)?;
    let all = choice.show == "all";
    let verified = audit::verify(app.db()).await?;
    let names = Names::read(&app).await?;
    let entries: Vec<_> = audit::latest(app.db(), all, LATEST).await?.iter().map(|entry| shown(entry, &names)).collect();
    let page = Sheet { title: "Audit log", template: "staff/audit.jinja", ..Sheet::default() };
    sheet(&seat, page, json!({ "verified": verified, "entries": entries, "all": all }))
}

fn shown(entry: &Recorded, names: &Names) -> serde_json::Value {
    json!({
        "at": entry.at.with_timezone(&London).format("%d %b %Y %H:%M:%S").to_string(), "who": names.of(&entry.actor),
        "action": entry.action, "consultation": entry.consultation, "subject": names.of(&entry.subject),
        "detail": entry.detail.chars().take(60).collect::<String>(),
    })
}

/// The whole log with its hashes, oldest first within each chain, so that anybody can verify it again.
pub(super) async fn download(app: Data<App>, seat: Seat) -> Page {
    seat.require_everywhere(Role::Auditor)?;
    let mut writer = csv::Writer::from_writer(Vec::new());
    for entry in audit::all(app.db()).await? {
        writer.serialize(entry).map_err(|error| Error::Internal(error.into()))?;
    }
    let body = writer.into_inner().map_err(|error| Error::Internal(anyhow::anyhow!("{error}")))?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"audit.csv\""))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("text/csv; charset=utf-8")
        .body(body))
}
