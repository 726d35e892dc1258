//! Revisions of responses: inserted once, never changed, read back in order.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::answer::Answers;
use crate::domain::finding::Finding;
use crate::domain::response::Revision;
use crate::domain::submission::{Channel, Help, Origin};
use crate::domain::wording::Edition;
use crate::error::Result;

/// A revision ready to be stored.
#[derive(Debug, Clone)]
pub struct NewRevision {
    /// The consultation it belongs to.
    pub consultation: String,
    /// The id that stays the same through all revisions.
    pub response_id: Uuid,
    /// The idempotency key.
    pub revision_id: Uuid,
    /// The revision it replaces.
    pub supersedes: Option<Uuid>,
    /// Whether it withdraws the response.
    pub withdrawn: bool,
    /// The form.
    pub form: String,
    /// The version of the form.
    pub form_version: u32,
    /// The wording that was read.
    pub edition: Edition,
    /// How it came in.
    pub channel: Channel,
    /// SHA-256 of what was answered.
    pub digest: String,
    /// The short reference.
    pub reference: String,
    /// Whether it was made up for a demonstration.
    pub synthetic: bool,
    /// The answers and all else, as stored.
    pub document: String,
}

/// What is stored of a revision beside the columns that are searched by.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// The typed answers.
    pub answers: Answers,
    /// What was odd about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// Whether someone helped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<Help>,
    /// Whether the words may be quoted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote_consent: Option<bool>,
    /// The day written on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_on: Option<NaiveDate>,
    /// The day of the postmark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub posted_on: Option<NaiveDate>,
    /// The day it reached us.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_on: Option<NaiveDate>,
    /// Where it came from.
    #[serde(default, skip_serializing_if = "Origin::is_empty")]
    pub origin: Origin,
    /// The version of the consultation's document, and so of the privacy notice, that was shown.
    #[serde(default)]
    pub notice: u32,
}

const COLUMNS: &[&str] = &[
    "consultation",
    "revision_id",
    "response_id",
    "number",
    "withdrawn",
    "form",
    "form_version",
    "edition",
    "channel",
    "digest",
    "reference",
    "synthetic",
    "stored_at",
    "document",
];

/// Insert a revision with its number. False when its id, or its number within the response, is already there.
pub async fn insert(tx: &impl ConnectionTrait, new: &NewRevision, number: i32, now: DateTime<Utc>) -> Result<bool, DbErr> {
    let sql = "INSERT INTO revisions (consultation, revision_id, response_id, number, withdrawn, form, form_version, edition, \
               channel, digest, reference, synthetic, stored_at, document) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING";
    let values = [
        new.consultation.clone().into(),
        new.revision_id.into(),
        new.response_id.into(),
        number.into(),
        new.withdrawn.into(),
        new.form.clone().into(),
        i32::try_from(new.form_version).unwrap_or(i32::MAX).into(),
        new.edition.code().into(),
        new.channel.code().into(),
        new.digest.clone().into(),
        new.reference.clone().into(),
        new.synthetic.into(),
        now.into(),
        new.document.clone().into(),
    ];
    let done = tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    Ok(done.rows_affected() > 0)
}

/// What is already stored under a revision id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The response it is a revision of.
    pub response_id: Uuid,
    /// Its number within the response.
    pub number: i32,
    /// SHA-256 of what was answered.
    pub digest: String,
    /// The short reference.
    pub reference: String,
    /// Whether it withdraws the response.
    pub withdrawn: bool,
}

/// What is stored under a revision id, if anything.
pub async fn known(db: &impl ConnectionTrait, consultation: &str, revision_id: Uuid) -> Result<Option<Known>, DbErr> {
    let sql =
        "SELECT response_id, number, digest, reference, withdrawn FROM revisions WHERE consultation = $1 AND revision_id = $2";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [consultation.into(), revision_id.into()]);
    db.query_one_raw(statement).await?.map(|row| known_from(&row)).transpose()
}

/// The last revision of a response, with its id, if there is one.
pub async fn last(db: &impl ConnectionTrait, consultation: &str, response_id: Uuid) -> Result<Option<(Uuid, Known)>, DbErr> {
    let sql = "SELECT revision_id, response_id, number, digest, reference, withdrawn FROM revisions \
               WHERE consultation = $1 AND response_id = $2 ORDER BY number DESC LIMIT 1";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [consultation.into(), response_id.into()]);
    db.query_one_raw(statement).await?.map(|row| Ok((row.try_get("", "revision_id")?, known_from(&row)?))).transpose()
}

fn known_from(row: &QueryResult) -> Result<Known, DbErr> {
    Ok(Known {
        response_id: row.try_get("", "response_id")?,
        number: row.try_get("", "number")?,
        digest: row.try_get("", "digest")?,
        reference: row.try_get("", "reference")?,
        withdrawn: row.try_get("", "withdrawn")?,
    })
}

/// The response ids whose reference this is; hardly ever more than one.
pub async fn by_reference(db: &impl ConnectionTrait, consultation: &str, reference: &str) -> Result<Vec<Uuid>, DbErr> {
    let sql = "SELECT DISTINCT response_id FROM revisions WHERE consultation = $1 AND reference = $2";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [consultation.into(), reference.into()]);
    db.query_all_raw(statement).await?.iter().map(|row| row.try_get("", "response_id")).collect()
}

/// One revision as it was stored.
pub async fn revision(db: &impl ConnectionTrait, consultation: &str, revision_id: Uuid) -> Result<Option<Revision>> {
    let sql = format!("SELECT {} FROM revisions WHERE consultation = $1 AND revision_id = $2", COLUMNS.join(", "));
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [consultation.into(), revision_id.into()]);
    db.query_one_raw(statement).await?.map(|row| revision_from(&row)).transpose()
}

/// Every revision stored at or before an instant, oldest response first, each response's revisions in order.
pub async fn all(db: &impl ConnectionTrait, consultation: &str, as_of: DateTime<Utc>) -> Result<Vec<Revision>> {
    let sql = format!(
        "SELECT {} FROM revisions WHERE consultation = $1 AND stored_at <= $2 ORDER BY response_id, number",
        COLUMNS.join(", ")
    );
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [consultation.into(), as_of.into()]);
    db.query_all_raw(statement).await?.iter().map(revision_from).collect()
}

/// How many responses have arrived, by consultation; for the operator, never shown to the public before closing.
pub async fn counts(db: &impl ConnectionTrait) -> Result<HashMap<String, i64>, DbErr> {
    let sql = "SELECT consultation, COUNT(*) AS n FROM revisions WHERE number = 1 GROUP BY consultation";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    rows.iter().map(|row| Ok((row.try_get("", "consultation")?, row.try_get("", "n")?))).collect()
}

fn revision_from(row: &QueryResult) -> Result<Revision> {
    let document: String = row.try_get("", "document")?;
    let document: Document = serde_json::from_str(&document).map_err(anyhow::Error::from)?;
    let (edition, channel): (String, String) = (row.try_get("", "edition")?, row.try_get("", "channel")?);
    let (number, form_version): (i32, i32) = (row.try_get("", "number")?, row.try_get("", "form_version")?);
    Ok(Revision {
        response_id: row.try_get("", "response_id")?,
        revision_id: row.try_get("", "revision_id")?,
        number: u32::try_from(number).map_err(anyhow::Error::from)?,
        withdrawn: row.try_get("", "withdrawn")?,
        reference: row.try_get("", "reference")?,
        form: row.try_get("", "form")?,
        form_version: u32::try_from(form_version).map_err(anyhow::Error::from)?,
        edition: Edition::from_code(&edition).ok_or_else(|| anyhow::anyhow!("unknown edition {edition} in the database"))?,
        channel: Channel::from_code(&channel).ok_or_else(|| anyhow::anyhow!("unknown channel {channel} in the database"))?,
        answers: document.answers,
        findings: document.findings,
        help: document.help,
        quote_consent: document.quote_consent,
        completed_on: document.completed_on,
        posted_on: document.posted_on,
        received_on: document.received_on,
        origin: document.origin,
        stored_at: row.try_get("", "stored_at")?,
        digest: row.try_get("", "digest")?,
        synthetic: row.try_get("", "synthetic")?,
    })
}
