//! Submissions put aside whole for a person to decide. Nothing that anybody wrote is ever dropped.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::sql::{rows, run};
use crate::domain::decision::Decision;
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
    /// A device handed it in, and it cannot be read at all.
    Unreadable,
    /// A device handed it in, and nobody has the account that is said to have keyed it.
    UnknownKeyer,
    /// A device handed in a sheet that its batch cannot take.
    Ledger,
    /// A device handed it in before the consultation opened.
    NotYetOpen,
    /// A device handed in a withdrawal that cannot be done.
    Withdrawal,
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
            Self::Unreadable => "unreadable",
            Self::UnknownKeyer => "unknown_keyer",
            Self::Ledger => "ledger_refused",
            Self::NotYetOpen => "not_yet_open",
            Self::Withdrawal => "cannot_withdraw",
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
    /// How it came in; none for what is no response, or cannot be read as one: the balance counts responses.
    pub channel: Option<Channel>,
    /// The wording it says was read.
    pub edition: Option<Edition>,
    /// The version it names.
    pub form_version: Option<u32>,
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
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// What was decided, once it was.
    pub decided: Option<Decided>,
}

/// What a person decided about something held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// What.
    pub decision: Decision,
    /// Why, in their words.
    pub reason: String,
    /// Who, as the audit log names them.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What stands for the channel of what is no response.
const NO_CHANNEL: &str = "device";

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
        held.channel.map_or(NO_CHANNEL, Channel::code).into(),
        held.edition.map(Edition::code).into(),
        held.form_version.map(|version| i32::try_from(version).unwrap_or(i32::MAX)).into(),
        held.digest.clone().into(),
        held.payload.clone().into(),
        findings.into(),
        held.synthetic.into(),
        now.into(),
    ];
    let done = tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    Ok(done.rows_affected() > 0)
}

/// Everything held at or before an instant and not counted by then, oldest first: what was set aside is still held.
pub async fn all(db: &impl ConnectionTrait, consultation: &str, as_of: DateTime<Utc>) -> Result<Vec<Held>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM held WHERE consultation = $1 AND held_at <= $2 \
         AND NOT (decision IS NOT NULL AND decision = 'counted' AND decided_at <= $2) ORDER BY held_at, held_id"
    );
    let rows = rows(db, &sql, vec![consultation.into(), as_of.into()]).await?;
    Ok(rows.iter().map(held_from).collect::<Result<_, _>>()?)
}

/// Everything that was ever held, what waits for a decision first, then the newest.
pub async fn list(db: &impl ConnectionTrait, consultation: &str) -> Result<Vec<Held>> {
    let sql =
        format!("SELECT {COLUMNS} FROM held WHERE consultation = $1 ORDER BY decided_at IS NOT NULL, held_at DESC, held_id");
    let rows = rows(db, &sql, vec![consultation.into()]).await?;
    Ok(rows.iter().map(held_from).collect::<Result<_, _>>()?)
}

/// How many wait for a decision.
pub async fn waiting(db: &impl ConnectionTrait, consultation: &str) -> Result<i64> {
    let sql = "SELECT COUNT(*) AS n FROM held WHERE consultation = $1 AND decided_at IS NULL";
    let rows = rows(db, sql, vec![consultation.into()]).await?;
    Ok(rows.first().map(|row| row.try_get("", "n")).transpose()?.unwrap_or_default())
}

/// How many were put aside since an instant.
pub async fn since(db: &impl ConnectionTrait, consultation: &str, since: DateTime<Utc>) -> Result<u64> {
    let sql = "SELECT COUNT(*) AS n FROM held WHERE consultation = $1 AND held_at >= $2";
    let rows = rows(db, sql, vec![consultation.into(), since.into()]).await?;
    let count: i64 = rows.first().map(|row| row.try_get("", "n")).transpose()?.unwrap_or_default();
    Ok(u64::try_from(count).unwrap_or_default())
}

const COLUMNS: &str =
    "held_id, revision_id, why, channel, edition, form_version, held_at, decision, reason, decided_by, decided_at";

fn held_from(row: &QueryResult) -> Result<Held, DbErr> {
    let decision: Option<String> = row.try_get("", "decision")?;
    let decided = match decision.as_deref().and_then(Decision::from_code) {
        Some(decision) => Some(Decided {
            decision,
            reason: row.try_get("", "reason")?,
            by: row.try_get("", "decided_by")?,
            at: row.try_get("", "decided_at")?,
        }),
        None => None,
    };
    Ok(Held {
        held_id: row.try_get("", "held_id")?,
        revision_id: row.try_get("", "revision_id")?,
        why: row.try_get("", "why")?,
        channel: row.try_get("", "channel")?,
        edition: row.try_get("", "edition")?,
        form_version: row.try_get("", "form_version")?,
        held_at: row.try_get("", "held_at")?,
        decided,
    })
}

/// One held item, whole.
#[derive(Debug, Clone)]
pub struct Whole {
    /// What lists show of it.
    pub held: Held,
    /// The exact bytes that arrived.
    pub payload: Vec<u8>,
    /// What was found.
    pub findings: Vec<Finding>,
    /// Whether it was made up for a demonstration.
    pub synthetic: bool,
}

/// One held item, whole.
pub async fn whole(db: &impl ConnectionTrait, consultation: &str, held_id: Uuid) -> Result<Option<Whole>> {
    let sql = format!("SELECT {COLUMNS}, payload, findings, synthetic FROM held WHERE consultation = $1 AND held_id = $2");
    let rows = rows(db, &sql, vec![consultation.into(), held_id.into()]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let findings: String = row.try_get("", "findings")?;
    Ok(Some(Whole {
        held: held_from(row)?,
        payload: row.try_get("", "payload")?,
        findings: serde_json::from_str(&findings).unwrap_or_default(),
        synthetic: row.try_get("", "synthetic")?,
    }))
}

/// Note what was decided. Once a response stands under `counted_as`, its item cannot be set aside any more; that it is
/// counted can always be noted. Says whether it was noted.
pub async fn decide(
    tx: &impl ConnectionTrait,
    consultation: &str,
    held_id: Uuid,
    decided: &Decided,
    counted_as: Uuid,
) -> Result<bool, DbErr> {
    let only = match decided.decision {
        Decision::Counted => "AND (decision IS NULL OR decision <> 'counted')",
        Decision::SetAside => {
            "AND decided_at IS NULL AND NOT EXISTS (SELECT 1 FROM revisions WHERE consultation = $1 AND revision_id = $7)"
        }
    };
    let sql = format!(
        "UPDATE held SET decision = $3, reason = $4, decided_by = $5, decided_at = $6 WHERE consultation = $1 AND held_id = $2 {only}"
    );
    let mut values: Vec<sea_orm::Value> = vec![
        consultation.into(),
        held_id.into(),
        decided.decision.code().into(),
        decided.reason.clone().into(),
        decided.by.clone().into(),
        decided.at.into(),
    ];
    if decided.decision == Decision::SetAside {
        values.push(counted_as.into());
    }
    Ok(run(tx, &sql, values).await? > 0)
}
