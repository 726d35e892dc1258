//! Export runs: asked for, made in the background by whichever instance comes first, and kept with their files.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Value};
use sha2::{Digest as _, Sha256};
use tokio::sync::Notify;
use uuid::Uuid;

use super::audit::{self, Entry};
use super::queue::{self, Job, NewJob};
use super::sql::{rows, run};
use super::{Db, begin_write};
use crate::domain::disclosure::Published;
use crate::domain::response::hex;
use crate::error::Result;

/// The kind of the job that makes a run.
const JOB: &str = "export.run";

/// The family of that job.
pub const FAMILY: &str = "export";

/// Wakes whoever makes runs in this process. It carries nothing: what waits is in the database, where other instances find it.
static ASKED: Notify = Notify::const_new();

/// How many earlier runs a new one is held against.
const EARLIER: u32 = 20;

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is asked for and not made yet.
    Waiting,
    /// Its files can be fetched.
    Ready,
    /// It could not be made.
    Failed,
}

impl State {
    const ALL: [Self; 3] = [Self::Waiting, Self::Ready, Self::Failed];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Ready => "ready",
            Self::Failed => "failed",
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The consultation.
    pub consultation: String,
    /// Its id.
    pub run_id: Uuid,
    /// The name of the export definition.
    pub export: String,
    /// Later answers are left out.
    pub as_of: DateTime<Utc>,
    /// What it is for, in the words of whoever asked; may be empty.
    pub purpose: String,
    /// Who asked, as the audit log names them.
    pub actor: String,
    /// Whether they want a letter when it is ready.
    pub letter: bool,
}

/// A run as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportRun {
    /// What was asked for.
    pub asked: Asked,
    /// Where it stands.
    pub state: State,
    /// Why it could not be made.
    pub fault: Option<String>,
    /// What a person should look at before handing it on.
    pub warnings: Vec<String>,
    /// When it was asked for.
    pub asked_at: DateTime<Utc>,
    /// When it was made, or failed.
    pub ended_at: Option<DateTime<Utc>>,
}

/// A file of a run, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptFile {
    /// Its place among the files.
    pub place: i32,
    /// Its name.
    pub name: String,
    /// What is in it.
    pub about: String,
    /// Its media type.
    pub media_type: String,
    /// How many rows it has beneath its header.
    pub lines: Option<i64>,
    /// SHA-256 of its bytes, in lower-case hexadecimal.
    pub sha256: String,
    /// How many bytes.
    pub size: i32,
}

/// A file to keep.
#[derive(Debug, Clone, Copy)]
pub struct NewFile<'a> {
    /// Its name.
    pub name: &'a str,
    /// What is in it.
    pub about: &'a str,
    /// Its media type.
    pub media_type: &'a str,
    /// How many rows it has beneath its header.
    pub lines: Option<usize>,
    /// Its bytes.
    pub content: &'a [u8],
}

/// What a run gave.
#[derive(Debug, Clone, Copy)]
pub struct Made<'a> {
    /// Its files.
    pub files: &'a [NewFile<'a>],
    /// What to look at before handing it on.
    pub warnings: &'a [String],
    /// Every published number, where the export has protected ones.
    pub published: &'a Published,
}

/// Ask for a run: the row, the job and the entry in the audit log, or none of them.
///
/// # Errors
/// When the database cannot be written.
pub async fn ask(db: &Db, asked: &Asked, now: DateTime<Utc>) -> Result<()> {
    let tx = begin_write(&db.write).await?;
    insert(&tx, asked, State::Waiting, now).await?;
    let payload = serde_json::json!({ "consultation": asked.consultation, "run_id": asked.run_id }).to_string();
    queue::put(&tx, NewJob { job_id: asked.run_id, kind: JOB.to_owned(), payload }, now).await?;
    audit::append(&tx, vec![entry(asked, "export.asked", now)], now).await?;
    tx.commit().await?;
    ASKED.notify_one();
    Ok(())
}

/// Waits until a run is asked for in this process.
pub async fn asked() {
    ASKED.notified().await;
}

/// Note a run that was made elsewhere, on the command line: its files are not kept, its published numbers are.
///
/// # Errors
/// When the database cannot be written.
pub async fn note(db: &Db, asked: &Asked, made: Made<'_>, now: DateTime<Utc>) -> Result<()> {
    let tx = begin_write(&db.write).await?;
    insert(&tx, asked, State::Waiting, now).await?;
    end(&tx, asked, made, now).await?;
    audit::append(&tx, vec![entry(asked, "export.run", now)], now).await?;
    tx.commit().await?;
    Ok(())
}

fn entry(asked: &Asked, action: &'static str, at: DateTime<Utc>) -> Entry {
    Entry {
        at,
        actor: asked.actor.clone(),
        action,
        consultation: Some(asked.consultation.clone()),
        subject: asked.export.clone(),
        detail: format!("{}; as of {}; {}", asked.run_id, asked.as_of, asked.purpose),
    }
}

async fn insert(tx: &impl ConnectionTrait, asked: &Asked, state: State, now: DateTime<Utc>) -> Result<()> {
    let sql = "INSERT INTO export_runs (consultation, run_id, export, as_of, purpose, actor, letter, state, warnings, asked_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '[]', $9)";
    let values: Vec<Value> = vec![
        asked.consultation.clone().into(),
        asked.run_id.into(),
        asked.export.clone().into(),
        asked.as_of.into(),
        asked.purpose.clone().into(),
        asked.actor.clone().into(),
        asked.letter.into(),
        state.code().into(),
        now.into(),
    ];
    run(tx, sql, values).await?;
    Ok(())
}

/// Keep what a run gave, with its files. What another instance has made meanwhile stays as it is. Says whether it was kept.
///
/// # Errors
/// When the database cannot be written.
pub async fn keep(tx: &impl ConnectionTrait, asked: &Asked, made: Made<'_>, now: DateTime<Utc>) -> Result<bool> {
    if !end(tx, asked, made, now).await? {
        return Ok(false);
    }
    for (place, file) in (0_i32..).zip(made.files) {
        let sql = "INSERT INTO export_files (consultation, run_id, place, name, about, media_type, lines, sha256, size, content) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        let values: Vec<Value> = vec![
            asked.consultation.clone().into(),
            asked.run_id.into(),
            place.into(),
            file.name.into(),
            file.about.into(),
            file.media_type.into(),
            file.lines.and_then(|lines| i64::try_from(lines).ok()).into(),
            hex(&Sha256::digest(file.content)).into(),
            i32::try_from(file.content.len()).map_err(anyhow::Error::from)?.into(),
            file.content.to_vec().into(),
        ];
        run(tx, sql, values).await?;
    }
    Ok(true)
}

async fn end(tx: &impl ConnectionTrait, asked: &Asked, made: Made<'_>, now: DateTime<Utc>) -> Result<bool> {
    let published = (!made.published.is_empty()).then(|| serde_json::to_string(made.published)).transpose();
    let sql = "UPDATE export_runs SET state = $3, warnings = $4, published = $5, ended_at = $6, fault = NULL \
               WHERE consultation = $1 AND run_id = $2 AND state <> 'ready'";
    let values: Vec<Value> = vec![
        asked.consultation.clone().into(),
        asked.run_id.into(),
        State::Ready.code().into(),
        serde_json::to_string(made.warnings).map_err(anyhow::Error::from)?.into(),
        published.map_err(anyhow::Error::from)?.into(),
        now.into(),
    ];
    Ok(run(tx, sql, values).await? > 0)
}

/// Note that a run could not be made, and why, in words for whoever asked.
///
/// # Errors
/// When the database cannot be written.
pub async fn fail(db: &impl ConnectionTrait, asked: &Asked, fault: &str, now: DateTime<Utc>) -> Result<()> {
    let sql = "UPDATE export_runs SET state = $3, fault = $4, ended_at = $5 WHERE consultation = $1 AND run_id = $2 AND state <> 'ready'";
    let values: Vec<Value> =
        vec![asked.consultation.clone().into(), asked.run_id.into(), State::Failed.code().into(), fault.into(), now.into()];
    run(db, sql, values).await?;
    Ok(())
}

/// The run that a job is for; nothing when it is not there.
///
/// # Errors
/// When the database cannot be read.
pub async fn of_job(db: &impl ConnectionTrait, job: &Job) -> Result<Option<ExportRun>> {
    let payload: serde_json::Value = serde_json::from_str(&job.payload).unwrap_or_default();
    match payload["consultation"].as_str() {
        Some(consultation) => get(db, consultation, job.job_id).await,
        None => Ok(None),
    }
}

const COLUMNS: &str = "consultation, run_id, export, as_of, purpose, actor, letter, state, fault, warnings, asked_at, ended_at";

/// One run, if there is such a one.
///
/// # Errors
/// When the database cannot be read.
pub async fn get(db: &impl ConnectionTrait, consultation: &str, run_id: Uuid) -> Result<Option<ExportRun>> {
    let sql = format!("SELECT {COLUMNS} FROM export_runs WHERE consultation = $1 AND run_id = $2");
    let found = rows(db, &sql, vec![consultation.into(), run_id.into()]).await?;
    Ok(found.first().map(run_from).transpose()?)
}

/// The runs of a consultation, newest first, at most so many.
///
/// # Errors
/// When the database cannot be read.
pub async fn all(db: &impl ConnectionTrait, consultation: &str, most: u32) -> Result<Vec<ExportRun>> {
    let sql =
        format!("SELECT {COLUMNS} FROM export_runs WHERE consultation = $1 ORDER BY asked_at DESC, run_id DESC LIMIT {most}");
    let found = rows(db, &sql, vec![consultation.into()]).await?;
    Ok(found.iter().map(run_from).collect::<Result<_, _>>()?)
}

fn run_from(row: &QueryResult) -> Result<ExportRun, DbErr> {
    let state: String = row.try_get("", "state")?;
    let warnings: String = row.try_get("", "warnings")?;
    Ok(ExportRun {
        asked: Asked {
            consultation: row.try_get("", "consultation")?,
            run_id: row.try_get("", "run_id")?,
            export: row.try_get("", "export")?,
            as_of: row.try_get("", "as_of")?,
            purpose: row.try_get("", "purpose")?,
            actor: row.try_get("", "actor")?,
            letter: row.try_get("", "letter")?,
        },
        state: State::ALL.into_iter().find(|known| known.code() == state).unwrap_or(State::Failed),
        fault: row.try_get("", "fault")?,
        warnings: serde_json::from_str(&warnings).unwrap_or_default(),
        asked_at: row.try_get("", "asked_at")?,
        ended_at: row.try_get("", "ended_at")?,
    })
}

/// What the latest runs of a consultation published, but for one, to hold a new run against them (rule R48).
///
/// # Errors
/// When the database cannot be read.
pub async fn earlier(db: &impl ConnectionTrait, consultation: &str, but: Uuid) -> Result<Vec<Published>> {
    let sql = format!(
        "SELECT published FROM export_runs WHERE consultation = $1 AND run_id <> $2 AND published IS NOT NULL \
         ORDER BY ended_at DESC LIMIT {EARLIER}"
    );
    let found = rows(db, &sql, vec![consultation.into(), but.into()]).await?;
    let mut earlier = Vec::with_capacity(found.len());
    for row in &found {
        let text: String = row.try_get("", "published")?;
        earlier.push(serde_json::from_str(&text).map_err(anyhow::Error::from)?);
    }
    Ok(earlier)
}

/// The files of a run, without their bytes.
///
/// # Errors
/// When the database cannot be read.
pub async fn files(db: &impl ConnectionTrait, consultation: &str, run_id: Uuid) -> Result<Vec<KeptFile>> {
    let sql = "SELECT place, name, about, media_type, lines, sha256, size FROM export_files \
               WHERE consultation = $1 AND run_id = $2 ORDER BY place";
    let found = rows(db, sql, vec![consultation.into(), run_id.into()]).await?;
    let file = |row: &QueryResult| {
        Ok::<_, DbErr>(KeptFile {
            place: row.try_get("", "place")?,
            name: row.try_get("", "name")?,
            about: row.try_get("", "about")?,
            media_type: row.try_get("", "media_type")?,
            lines: row.try_get("", "lines")?,
            sha256: row.try_get("", "sha256")?,
            size: row.try_get("", "size")?,
        })
    };
    Ok(found.iter().map(file).collect::<Result<_, _>>()?)
}

/// A file's bytes.
///
/// # Errors
/// When the database cannot be read.
pub async fn content(db: &impl ConnectionTrait, consultation: &str, run_id: Uuid, place: i32) -> Result<Option<Vec<u8>>> {
    let sql = "SELECT content FROM export_files WHERE consultation = $1 AND run_id = $2 AND place = $3";
    let found = rows(db, sql, vec![consultation.into(), run_id.into(), place.into()]).await?;
    Ok(found.first().map(|row| row.try_get("", "content")).transpose()?)
}
