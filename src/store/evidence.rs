//! Evidence: logged once under its number, never changed but by a further revision; originals kept byte by byte.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Value};
use uuid::Uuid;

use super::sql::{rows, run};
use super::{Db, Kind};
use crate::domain::evidence::Evidence;
use crate::error::Result;

/// A file as it came. Its name is not kept: names of files name people.
#[derive(Clone, PartialEq, Eq)]
pub struct NewOriginal {
    /// A new id.
    pub original_id: Uuid,
    /// What sort of file it is.
    pub media_type: &'static str,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// Its bytes.
    pub content: Vec<u8>,
}

impl std::fmt::Debug for NewOriginal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NewOriginal({}, {} bytes)", self.original_id, self.content.len())
    }
}

/// An item to log.
#[derive(Debug, Clone)]
pub struct NewEvidence {
    /// A new id: the same one logged twice is logged once.
    pub evidence_id: Uuid,
    /// The file it was taken from.
    pub original_id: Option<Uuid>,
    /// What it is and says.
    pub evidence: Evidence,
}

/// What takes the place of an item's last revision.
#[derive(Debug, Clone)]
pub struct NewRevision {
    /// The item.
    pub evidence_id: Uuid,
    /// Its number: one more than that of the revision somebody looked at.
    pub revision: i32,
    /// Whether the item is withdrawn.
    pub withdrawn: bool,
    /// Why.
    pub reason: String,
    /// What it is and says now.
    pub evidence: Evidence,
}

/// An item as its last revision has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its id.
    pub evidence_id: Uuid,
    /// Its number within the consultation, in the order of logging.
    pub number: i32,
    /// The file it was taken from.
    pub original_id: Option<Uuid>,
    /// When it was logged.
    pub logged_at: DateTime<Utc>,
    /// The revision this is.
    pub revision: i32,
    /// Whether it is withdrawn.
    pub withdrawn: bool,
    /// What it is; without what it says, in a list.
    pub evidence: Evidence,
}

/// One revision in an item's history, without what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its number.
    pub revision: i32,
    /// Whether it withdrew the item.
    pub withdrawn: bool,
    /// Why it was made; empty for the first.
    pub reason: String,
    /// Who made it, as the audit log names them.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A file's facts without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Original {
    /// Its id.
    pub original_id: Uuid,
    /// What sort of file it is.
    pub media_type: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// How many bytes.
    pub size: i64,
}

/// How long an original waits for what it says to be logged.
pub const UNLOGGED_HOURS: i64 = 24;

/// Keep a file. False when its id is there already.
pub(super) async fn keep_original(
    tx: &impl ConnectionTrait,
    consultation: &str,
    new: &NewOriginal,
    by: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let sql = "INSERT INTO evidence_originals (consultation, original_id, media_type, sha256, size, content, kept_by, kept_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
    let values = vec![
        consultation.into(),
        new.original_id.into(),
        new.media_type.into(),
        new.sha256.clone().into(),
        i64::try_from(new.content.len()).unwrap_or(i64::MAX).into(),
        new.content.clone().into(),
        by.into(),
        now.into(),
    ];
    Ok(run(tx, sql, values).await? > 0)
}

/// Log an item under the next number. False when its id was logged before.
pub(super) async fn log(
    tx: &impl ConnectionTrait,
    consultation: &str,
    new: &NewEvidence,
    by: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let sql = "INSERT INTO evidence (consultation, evidence_id, number, original_id, logged_by, logged_at) \
               SELECT $1, $2, COALESCE(MAX(number), 0) + 1, $3, $4, $5 FROM evidence WHERE consultation = $1 \
               ON CONFLICT DO NOTHING";
    let values =
        || -> Vec<Value> { vec![consultation.into(), new.evidence_id.into(), new.original_id.into(), by.into(), now.into()] };
    // Another writer may have taken the number at this moment: then the next one is free.
    while run(tx, sql, values()).await? == 0 {
        let known = "SELECT 1 AS found FROM evidence WHERE consultation = $1 AND (evidence_id = $2 OR original_id = $3)";
        let known = rows(tx, known, vec![consultation.into(), new.evidence_id.into(), new.original_id.into()]).await?;
        if !known.is_empty() {
            return Ok(false);
        }
    }
    let first = NewRevision {
        evidence_id: new.evidence_id,
        revision: 1,
        withdrawn: false,
        reason: String::new(),
        evidence: new.evidence.clone(),
    };
    revise(tx, consultation, &first, by, now).await
}

/// Add a revision. False when somebody else was first.
pub(super) async fn revise(
    tx: &impl ConnectionTrait,
    consultation: &str,
    new: &NewRevision,
    by: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let sql = "INSERT INTO evidence_revisions (consultation, evidence_id, revision, withdrawn, kind, received_on, event, \
               organisation, signatures, document, words, reason, made_by, made_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING";
    let evidence = &new.evidence;
    let document = serde_json::to_string(evidence).map_err(|error| DbErr::Custom(error.to_string()))?;
    let values = vec![
        consultation.into(),
        new.evidence_id.into(),
        new.revision.into(),
        new.withdrawn.into(),
        evidence.kind.code().into(),
        evidence.received_on.into(),
        evidence.event.clone().into(),
        evidence.organisation.clone().into(),
        evidence.signatures.as_ref().map(|signatures| i64::from(signatures.claimed)).into(),
        document.into(),
        evidence.text.clone().into(),
        new.reason.clone().into(),
        by.into(),
        now.into(),
    ];
    Ok(run(tx, sql, values).await? > 0)
}

/// Every item as its last revision has it, newest first, without what it says.
pub async fn all(db: &impl ConnectionTrait, consultation: &str) -> Result<Vec<Item>> {
    let sql = "SELECT e.evidence_id, e.number, e.original_id, e.logged_at, r.revision, r.withdrawn, r.document, '' AS words \
               FROM evidence e JOIN evidence_revisions r ON r.consultation = e.consultation AND r.evidence_id = e.evidence_id \
               WHERE e.consultation = $1 AND r.revision = (SELECT MAX(revision) FROM evidence_revisions \
               WHERE consultation = e.consultation AND evidence_id = e.evidence_id) ORDER BY e.number DESC";
    rows(db, sql, vec![consultation.into()]).await?.iter().map(item_from).collect()
}

/// The items whose last revision has these words in what it says, whatever their capitals.
pub async fn saying(db: &Db, consultation: &str, words: &str) -> Result<HashSet<Uuid>> {
    // SQLite knows the small letter of A to Z only: what is sought is made small in the same way.
    let sought = if db.kind == Kind::Sqlite { words.to_ascii_lowercase() } else { words.to_lowercase() };
    let escaped: String =
        sought.chars().flat_map(|c| ['%', '_', '\\'].contains(&c).then_some('\\').into_iter().chain([c])).collect();
    let sql = "SELECT r.evidence_id FROM evidence_revisions r WHERE r.consultation = $1 AND LOWER(r.words) LIKE $2 ESCAPE '\\' \
               AND r.revision = (SELECT MAX(revision) FROM evidence_revisions \
               WHERE consultation = r.consultation AND evidence_id = r.evidence_id)";
    let found = rows(&db.read, sql, vec![consultation.into(), format!("%{escaped}%").into()]).await?;
    Ok(found.iter().map(|row| row.try_get("", "evidence_id")).collect::<Result<_, DbErr>>()?)
}

/// One item with what it says, as this revision has it; as its last has it when none is named.
pub async fn one(
    db: &impl ConnectionTrait,
    consultation: &str,
    evidence_id: Uuid,
    revision: Option<i32>,
) -> Result<Option<Item>> {
    let sql = "SELECT e.evidence_id, e.number, e.original_id, e.logged_at, r.revision, r.withdrawn, r.document, r.words \
               FROM evidence e JOIN evidence_revisions r ON r.consultation = e.consultation AND r.evidence_id = e.evidence_id \
               WHERE e.consultation = $1 AND e.evidence_id = $2 AND (CAST($3 AS INTEGER) IS NULL OR r.revision = $3) \
               ORDER BY r.revision DESC LIMIT 1";
    // PostgreSQL must be told what sort of nothing it is, hence the cast.
    let rows = rows(db, sql, vec![consultation.into(), evidence_id.into(), revision.into()]).await?;
    rows.first().map(item_from).transpose()
}

fn item_from(row: &QueryResult) -> Result<Item> {
    let document: String = row.try_get("", "document")?;
    let mut evidence: Evidence = serde_json::from_str(&document).map_err(anyhow::Error::from)?;
    evidence.text = row.try_get("", "words")?;
    Ok(Item {
        evidence_id: row.try_get("", "evidence_id")?,
        number: row.try_get("", "number")?,
        original_id: row.try_get("", "original_id")?,
        logged_at: row.try_get("", "logged_at")?,
        revision: row.try_get("", "revision")?,
        withdrawn: row.try_get("", "withdrawn")?,
        evidence,
    })
}

/// How an item came to be as it is, first to last.
pub async fn history(db: &impl ConnectionTrait, consultation: &str, evidence_id: Uuid) -> Result<Vec<Step>> {
    let sql = "SELECT revision, withdrawn, reason, made_by, made_at FROM evidence_revisions \
               WHERE consultation = $1 AND evidence_id = $2 ORDER BY revision";
    let step = |row: &QueryResult| {
        Ok::<_, DbErr>(Step {
            revision: row.try_get("", "revision")?,
            withdrawn: row.try_get("", "withdrawn")?,
            reason: row.try_get("", "reason")?,
            by: row.try_get("", "made_by")?,
            at: row.try_get("", "made_at")?,
        })
    };
    let rows = rows(db, sql, vec![consultation.into(), evidence_id.into()]).await?;
    Ok(rows.iter().map(step).collect::<Result<_, _>>()?)
}

/// A file's facts.
pub async fn original(db: &impl ConnectionTrait, consultation: &str, original_id: Uuid) -> Result<Option<Original>> {
    let sql = "SELECT original_id, media_type, sha256, size FROM evidence_originals WHERE consultation = $1 AND original_id = $2";
    let rows = rows(db, sql, vec![consultation.into(), original_id.into()]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    Ok(Some(Original {
        original_id: row.try_get("", "original_id")?,
        media_type: row.try_get("", "media_type")?,
        sha256: row.try_get("", "sha256")?,
        size: row.try_get("", "size")?,
    }))
}

/// A file's bytes.
pub async fn content(db: &impl ConnectionTrait, consultation: &str, original_id: Uuid) -> Result<Option<Vec<u8>>> {
    let sql = "SELECT content FROM evidence_originals WHERE consultation = $1 AND original_id = $2";
    let rows = rows(db, sql, vec![consultation.into(), original_id.into()]).await?;
    Ok(rows.first().map(|row| row.try_get("", "content")).transpose()?)
}

/// The number of an item that was taken from a file with these very bytes, if there is one.
pub async fn same_file(db: &impl ConnectionTrait, consultation: &str, sha256: &str) -> Result<Option<(Uuid, i32)>> {
    let sql = "SELECT e.evidence_id, e.number FROM evidence e JOIN evidence_originals o \
               ON o.consultation = e.consultation AND o.original_id = e.original_id \
               WHERE e.consultation = $1 AND o.sha256 = $2 ORDER BY e.number LIMIT 1";
    let rows = rows(db, sql, vec![consultation.into(), sha256.into()]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    Ok(Some((row.try_get("", "evidence_id")?, row.try_get("", "number")?)))
}

/// Forget files that nobody logged anything from. How many there were comes back.
pub async fn forget_unlogged(db: &impl ConnectionTrait, before: DateTime<Utc>) -> Result<u64> {
    let sql = "DELETE FROM evidence_originals WHERE kept_at < $1 AND NOT EXISTS (SELECT 1 FROM evidence e \
               WHERE e.consultation = evidence_originals.consultation AND e.original_id = evidence_originals.original_id)";
    Ok(run(db, sql, vec![before.into()]).await?)
}
