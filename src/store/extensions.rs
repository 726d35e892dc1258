//! Later last days that were announced at the desk; those a consultation's own file names are in its document.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ConnectionTrait, DbErr, QueryResult};

use super::sql::{rows, run};
use crate::domain::consultation::Extension;
use crate::domain::wording::Edition;
use crate::error::Result;

/// What stands for every edition, since a part of a key cannot be nothing.
const ALL: &str = "all";

/// Every extension of a consultation, in the order of its days.
pub async fn of(db: &impl ConnectionTrait, consultation: &str) -> Result<Vec<Extension>> {
    let sql = "SELECT edition, closes_on, announced_on, reason FROM edition_extensions WHERE consultation = $1 ORDER BY closes_on, edition";
    let rows = rows(db, sql, vec![consultation.into()]).await?;
    rows.iter().map(extension_from).collect()
}

fn extension_from(row: &QueryResult) -> Result<Extension> {
    let (edition, reason): (String, String) = (row.try_get("", "edition")?, row.try_get("", "reason")?);
    Ok(Extension {
        edition: Edition::from_code(&edition),
        closes_on: row.try_get("", "closes_on")?,
        announced_on: row.try_get("", "announced_on")?,
        reason: serde_json::from_str(&reason).map_err(anyhow::Error::from)?,
    })
}

/// Keep an extension. False when that day was announced for the same before.
pub async fn add(
    tx: &impl ConnectionTrait,
    consultation: &str,
    extension: &Extension,
    by: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let sql = "INSERT INTO edition_extensions (consultation, edition, closes_on, announced_on, reason, announced_by, made_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
    let (closes_on, announced_on): (NaiveDate, NaiveDate) = (extension.closes_on, extension.announced_on);
    let reason = serde_json::to_string(&extension.reason).unwrap_or_default();
    let edition = extension.edition.map_or(ALL, Edition::code);
    let values =
        vec![consultation.into(), edition.into(), closes_on.into(), announced_on.into(), reason.into(), by.into(), now.into()];
    Ok(run(tx, sql, values).await? > 0)
}
