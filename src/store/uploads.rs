//! Uploads: which file brought which lines, what became of each, and what is already there.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Value};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::sql::{row, rows, run};
use super::{Db, begin_write};
use crate::error::Result;

/// Where an upload stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Its lines are being stored; when that was cut off, running it again finishes it.
    Storing,
    /// Every line that could be taken in was.
    Stored,
    /// Its responses were withdrawn.
    Withdrawn,
}

impl State {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Storing => "storing",
            Self::Stored => "stored",
            Self::Withdrawn => "withdrawn",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        [Self::Storing, Self::Stored, Self::Withdrawn].into_iter().find(|state| state.code() == code)
    }
}

/// One upload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Upload {
    /// The consultation it is for.
    pub consultation: String,
    /// Its id, made from what the file holds.
    pub upload_id: Uuid,
    /// What the file was called.
    pub file_name: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// How its lines came in.
    pub channel: String,
    /// The mapping it was read with, as JSON.
    pub mapping: String,
    /// How many lines there are of each outcome, as JSON.
    pub counts: String,
    /// Who uploaded it.
    pub actor: String,
    /// Where it stands.
    pub state: State,
}

/// One upload in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Listed {
    /// The upload.
    #[serde(flatten)]
    pub upload: Upload,
    /// When its storing began.
    pub began_at: DateTime<Utc>,
    /// When it came to stand where it stands, unless it is still being stored.
    pub ended_at: Option<DateTime<Utc>>,
}

/// A line of an upload that is held for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldLine {
    /// Its number in the file.
    pub line: u32,
    /// The held item.
    pub held_id: Uuid,
    /// Why it is held, as a code.
    pub why: String,
    /// Whether somebody has decided about it.
    pub is_decided: bool,
}

/// One line that was taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// Its number in the file.
    pub line: u32,
    /// Its revision.
    pub revision_id: Uuid,
    /// Its response.
    pub response_id: Uuid,
    /// `stored`, `duplicate` or `held`.
    pub outcome: &'static str,
}

/// What is already stored under a revision id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct There {
    /// The response it belongs to.
    pub response_id: Uuid,
    /// SHA-256 of what was answered.
    pub digest: String,
    /// Whether the response was withdrawn since.
    pub withdrawn: bool,
}

/// How many ids or lines go into one statement.
pub const CHUNK: usize = 500;

/// `$2, $3, …`: places for this many values after the first.
fn places(from: usize, count: usize) -> String {
    (from..from + count).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ")
}

fn ids(consultation: &str, ids: &[Uuid]) -> Vec<Value> {
    std::iter::once(consultation.into()).chain(ids.iter().map(|id| (*id).into())).collect()
}

/// What is stored under these revision ids; at most [`CHUNK`] of them.
pub async fn there(db: &impl ConnectionTrait, consultation: &str, revisions: &[Uuid]) -> Result<HashMap<Uuid, There>> {
    if revisions.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = format!(
        "SELECT r.revision_id, r.response_id, r.digest, \
         EXISTS (SELECT 1 FROM revisions w WHERE w.consultation = r.consultation AND w.response_id = r.response_id AND w.withdrawn) \
         AS gone FROM revisions r WHERE r.consultation = $1 AND r.revision_id IN ({})",
        places(2, revisions.len())
    );
    let rows = rows(db, &sql, ids(consultation, revisions)).await?;
    let there = rows.iter().map(|row| {
        let there = There {
            response_id: row.try_get("", "response_id")?,
            digest: row.try_get("", "digest")?,
            withdrawn: row.try_get("", "gone")?,
        };
        Ok::<_, DbErr>((row.try_get("", "revision_id")?, there))
    });
    Ok(there.collect::<Result<_, _>>()?)
}

/// Begin an upload, or begin it again where it was cut off. Says whether it had begun before and was not finished.
pub async fn begin(db: &Db, upload: &Upload, now: DateTime<Utc>) -> Result<bool> {
    let tx = begin_write(&db.write).await?;
    let before = get(&tx, &upload.consultation, upload.upload_id).await?;
    let sql = "INSERT INTO uploads (consultation, upload_id, file_name, sha256, channel, mapping, counts, actor, state, began_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
               ON CONFLICT (consultation, upload_id) DO UPDATE SET state = excluded.state";
    let values = vec![
        upload.consultation.clone().into(),
        upload.upload_id.into(),
        upload.file_name.clone().into(),
        upload.sha256.clone().into(),
        upload.channel.clone().into(),
        upload.mapping.clone().into(),
        upload.counts.clone().into(),
        upload.actor.clone().into(),
        State::Storing.code().into(),
        now.into(),
    ];
    run(&tx, sql, values).await?;
    tx.commit().await?;
    Ok(before.is_some_and(|before| before.state == State::Storing))
}

/// Note what is to become of lines, before any of them is stored; at most [`CHUNK`] of them. What was noted stays.
pub async fn note(db: &impl ConnectionTrait, consultation: &str, upload_id: Uuid, lines: &[Line]) -> Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let rows: Vec<String> = (0..lines.len()).map(|row| format!("($1, $2, {})", places(3 + row * 4, 4))).collect();
    let sql = format!(
        "INSERT INTO upload_lines (consultation, upload_id, line, revision_id, response_id, outcome) VALUES {} ON CONFLICT DO NOTHING",
        rows.join(", ")
    );
    let mut values: Vec<Value> = vec![consultation.into(), upload_id.into()];
    for line in lines {
        let number = i32::try_from(line.line).map_err(anyhow::Error::from)?;
        values.extend([number.into(), line.revision_id.into(), line.response_id.into(), line.outcome.into()]);
    }
    run(db, &sql, values).await?;
    Ok(())
}

/// Note that another thing became of a line than was to.
pub async fn correct(db: &impl ConnectionTrait, consultation: &str, upload_id: Uuid, line: u32, outcome: &str) -> Result<()> {
    let sql = "UPDATE upload_lines SET outcome = $4 WHERE consultation = $1 AND upload_id = $2 AND line = $3";
    let line = i32::try_from(line).map_err(anyhow::Error::from)?;
    let values = vec![consultation.into(), upload_id.into(), line.into(), outcome.into()];
    run(db, sql, values).await?;
    Ok(())
}

/// Note where an upload stands now.
pub async fn end(
    db: &impl ConnectionTrait,
    consultation: &str,
    upload_id: Uuid,
    state: State,
    counts: Option<String>,
    now: DateTime<Utc>,
) -> Result<()> {
    let sql =
        "UPDATE uploads SET state = $3, counts = COALESCE($4, counts), ended_at = $5 WHERE consultation = $1 AND upload_id = $2";
    let values = vec![consultation.into(), upload_id.into(), state.code().into(), counts.into(), now.into()];
    run(db, sql, values).await?;
    Ok(())
}

const COLUMNS: &str = "consultation, upload_id, file_name, sha256, channel, mapping, counts, actor, state";

/// One upload, if there is such a one.
pub async fn get(db: &impl ConnectionTrait, consultation: &str, upload_id: Uuid) -> Result<Option<Upload>> {
    let sql = format!("SELECT {COLUMNS} FROM uploads WHERE consultation = $1 AND upload_id = $2");
    row(db, &sql, vec![consultation.into(), upload_id.into()]).await?.map(|row| upload_from(&row)).transpose()
}

/// Every upload of a consultation, oldest first.
pub async fn all(db: &impl ConnectionTrait, consultation: &str) -> Result<Vec<Listed>> {
    let sql = format!("SELECT {COLUMNS}, began_at, ended_at FROM uploads WHERE consultation = $1 ORDER BY began_at, upload_id");
    rows(db, &sql, vec![consultation.into()]).await?.iter().map(listed_from).collect()
}

/// One upload as the list shows it, if there is such a one.
pub async fn listed(db: &impl ConnectionTrait, consultation: &str, upload_id: Uuid) -> Result<Option<Listed>> {
    let sql = format!("SELECT {COLUMNS}, began_at, ended_at FROM uploads WHERE consultation = $1 AND upload_id = $2");
    rows(db, &sql, vec![consultation.into(), upload_id.into()]).await?.first().map(listed_from).transpose()
}

fn listed_from(row: &QueryResult) -> Result<Listed> {
    Ok(Listed { upload: upload_from(row)?, began_at: row.try_get("", "began_at")?, ended_at: row.try_get("", "ended_at")? })
}

/// The first lines of an upload that are held, at most so many, in the order of the file.
pub async fn held(db: &impl ConnectionTrait, consultation: &str, upload_id: Uuid, most: u32) -> Result<Vec<HeldLine>> {
    let sql = format!(
        "SELECT l.line, h.held_id, h.why, h.decided_at IS NOT NULL AS is_decided FROM upload_lines l \
         JOIN held h ON h.consultation = l.consultation AND h.revision_id = l.revision_id \
         WHERE l.consultation = $1 AND l.upload_id = $2 AND l.outcome = 'held' ORDER BY l.line, h.held_id LIMIT {most}"
    );
    let found = rows(db, &sql, vec![consultation.into(), upload_id.into()]).await?;
    let held = found.iter().map(|row| {
        Ok::<_, DbErr>(HeldLine {
            line: u32::try_from(row.try_get::<i32>("", "line")?).unwrap_or_default(),
            held_id: row.try_get("", "held_id")?,
            why: row.try_get("", "why")?,
            is_decided: row.try_get("", "is_decided")?,
        })
    });
    Ok(held.collect::<Result<_, _>>()?)
}

fn upload_from(row: &QueryResult) -> Result<Upload> {
    let state: String = row.try_get("", "state")?;
    Ok(Upload {
        consultation: row.try_get("", "consultation")?,
        upload_id: row.try_get("", "upload_id")?,
        file_name: row.try_get("", "file_name")?,
        sha256: row.try_get("", "sha256")?,
        channel: row.try_get("", "channel")?,
        mapping: row.try_get("", "mapping")?,
        counts: row.try_get("", "counts")?,
        actor: row.try_get("", "actor")?,
        state: State::from_code(&state).ok_or_else(|| anyhow::anyhow!("unknown state {state} of an upload"))?,
    })
}

/// The responses that stand or fall with an upload: those of its lines that no other upload in force has too.
pub async fn own_responses(db: &impl ConnectionTrait, consultation: &str, upload_id: Uuid) -> Result<Vec<Uuid>> {
    let sql = "SELECT DISTINCT l.response_id FROM upload_lines l WHERE l.consultation = $1 AND l.upload_id = $2 AND l.outcome <> 'held' \
               AND NOT EXISTS (SELECT 1 FROM upload_lines o JOIN uploads u ON u.consultation = o.consultation AND u.upload_id = o.upload_id \
               WHERE o.consultation = l.consultation AND o.response_id = l.response_id AND o.upload_id <> l.upload_id \
               AND o.outcome <> 'held' AND u.state <> 'withdrawn') ORDER BY l.response_id";
    let rows = rows(db, sql, vec![consultation.into(), upload_id.into()]).await?;
    Ok(rows.iter().map(|row| row.try_get("", "response_id")).collect::<Result<_, DbErr>>()?)
}

/// How many lines of an upload have each outcome.
pub async fn outcomes(db: &impl ConnectionTrait, consultation: &str, upload_id: Uuid) -> Result<HashMap<String, i64>> {
    let sql = "SELECT outcome, COUNT(*) AS n FROM upload_lines WHERE consultation = $1 AND upload_id = $2 GROUP BY outcome";
    let rows = rows(db, sql, vec![consultation.into(), upload_id.into()]).await?;
    Ok(rows.iter().map(|row| Ok((row.try_get("", "outcome")?, row.try_get("", "n")?))).collect::<Result<_, DbErr>>()?)
}
