//! Submissions put aside whole for a person to decide. Nothing that anybody wrote is ever dropped.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, Statement};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::finding::Finding;
use crate::domain::submission::Channel;
use crate::domain::wording::Edition;
use crate::error::Result;

/// Why a submission was put aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The same id came with other content.
    Conflict,
    /// It cannot be understood.
    NotUnderstood,
    /// It names a form version nobody published.
    UnknownVersion,
    /// It is surely after closing.
    Late,
    /// Nothing on it proves that it was in time.
    Unproven,
}

impl Why {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Conflict => "conflict",
            Self::NotUnderstood => "not_understood",
            Self::UnknownVersion => "unknown_version",
            Self::Late => "late",
            Self::Unproven => "unproven",
        }
    }
}

/// Something to put aside.
#[derive(Debug, Clone)]
pub struct NewHeld {
    /// The consultation it was sent to.
    pub consultation: String,
    /// A new id.
    pub held_id: Uuid,
    /// The revision id it came with.
    pub revision_id: Uuid,
    /// The response id it came with.
    pub response_id: Uuid,
    /// Why.
    pub why: Why,
    /// How it came in.
    pub channel: Channel,
    /// The wording it says was read.
    pub edition: Edition,
    /// The version it names.
    pub form_version: u32,
    /// SHA-256 of the payload or the answers.
    pub digest: String,
    /// The exact bytes that arrived.
    pub payload: Vec<u8>,
    /// What was found.
    pub findings: Vec<Finding>,
    /// Whether it was made up for a demonstration.
    pub synthetic: bool,
}

/// One held submission in a list: where it came from and why it is held, without its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Held {
    /// Its id.
    pub held_id: Uuid,
    /// The revision id it came with.
    pub revision_id: Uuid,
    /// Why.
    pub why: String,
    /// How it came in.
    pub channel: String,
    /// The wording it says was read.
    pub edition: Option<String>,
    /// The version it names.
    pub form_version: Option<i32>,
    /// Since when.
    pub held_at: DateTime<Utc>,
}

/// Put a submission aside. The same content under the same id is put aside once.
pub async fn keep(tx: &impl ConnectionTrait, held: &NewHeld, now: DateTime<Utc>) -> Result<bool, DbErr> {
    let sql = "INSERT INTO held (consultation, held_id, revision_id, response_id, why, channel, edition, form_version, digest, payload, \
               findings, synthetic, held_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING";
    let findings = serde_json::to_string(&held.findings).unwrap_or_default();
    let values = [
        held.consultation.clone().into(),
        held.held_id.into(),
        held.revision_id.into(),
        Some(held.response_id).into(),
        held.why.code().into(),
        held.channel.code().into(),
        Some(held.edition.code()).into(),
        Some(i32::try_from(held.form_version).unwrap_or(i32::MAX)).into(),
        held.digest.clone().into(),
        held.payload.clone().into(),
        findings.into(),
        held.synthetic.into(),
        now.into(),
    ];
    let done = tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    Ok(done.rows_affected() > 0)
}

/// Everything held at or before an instant, oldest first.
pub async fn all(db: &impl ConnectionTrait, consultation: &str, as_of: DateTime<Utc>) -> Result<Vec<Held>> {
    let sql = "SELECT held_id, revision_id, why, channel, edition, form_version, held_at FROM held \
               WHERE consultation = $1 AND held_at <= $2 ORDER BY held_at, held_id";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [consultation.into(), as_of.into()]);
    let rows = db.query_all_raw(statement).await?;
    let held = rows.iter().map(|row| {
        Ok::<_, DbErr>(Held {
            held_id: row.try_get("", "held_id")?,
            revision_id: row.try_get("", "revision_id")?,
            why: row.try_get("", "why")?,
            channel: row.try_get("", "channel")?,
            edition: row.try_get("", "edition")?,
            form_version: row.try_get("", "form_version")?,
            held_at: row.try_get("", "held_at")?,
        })
    });
    Ok(held.collect::<Result<_, _>>()?)
}

/// The exact bytes of something held.
pub async fn payload(db: &impl ConnectionTrait, consultation: &str, held_id: Uuid) -> Result<Option<Vec<u8>>> {
    let sql = "SELECT payload FROM held WHERE consultation = $1 AND held_id = $2";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [consultation.into(), held_id.into()]);
    Ok(db.query_one_raw(statement).await?.map(|row| row.try_get("", "payload")).transpose()?)
}
