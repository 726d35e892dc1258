//! Waiting uploads: files that somebody at the desk is still looking at, where the check of each stands and what it found.
//!
//! The file itself lies under the data folder of one instance; the row is what any instance can show. A run that has a file
//! in hand says so every second; one that fell silent was cut off, and another may take its place.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, QueryResult, Value};
use uuid::Uuid;

use super::sql::{rows, run};
use crate::error::Result;

/// After how long a silent run counts as cut off.
pub const SILENCE: TimeDelta = TimeDelta::seconds(30);

/// How long a file waits for its person.
pub const KEPT: TimeDelta = TimeDelta::hours(24);

/// Where a waiting upload stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Its lines are being checked.
    Checking,
    /// It was checked; its person decides.
    Checked,
    /// It cannot be read as it is.
    Unreadable,
    /// Its lines are being stored.
    Storing,
    /// It was stored.
    Stored,
    /// We failed.
    Failed,
}

impl State {
    const ALL: [Self; 6] = [Self::Checking, Self::Checked, Self::Unreadable, Self::Storing, Self::Stored, Self::Failed];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Checking => "checking",
            Self::Checked => "checked",
            Self::Unreadable => "unreadable",
            Self::Storing => "storing",
            Self::Stored => "stored",
            Self::Failed => "failed",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether a run has the file in hand.
    #[must_use]
    pub const fn is_running(self) -> bool {
        matches!(self, Self::Checking | Self::Storing)
    }
}

/// One waiting upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The consultation it is for.
    pub consultation: String,
    /// Its id; its file is named by it.
    pub waiting_id: Uuid,
    /// What the file is called.
    pub file_name: String,
    /// How its lines came in, where they do not say.
    pub channel: String,
    /// What is declared about it so far, as JSON.
    pub mapping: String,
    /// Who brought it.
    pub actor: String,
    /// Where it stands.
    pub state: State,
    /// The run that has it in hand, or had it last.
    pub run_id: Uuid,
    /// How many lines that run has done.
    pub lines: u32,
    /// Of how many, if that is known.
    pub lines_of: Option<u32>,
    /// What the last check found, as JSON.
    pub report: Option<String>,
    /// Why it cannot be read, or the reference of our own fault.
    pub fault: Option<String>,
    /// The upload it became.
    pub upload_id: Option<Uuid>,
    /// When it was received.
    pub made_at: DateTime<Utc>,
    /// When the run was last heard of.
    pub seen_at: DateTime<Utc>,
}

impl Waiting {
    /// Whether the run that had it in hand fell silent.
    #[must_use]
    pub fn was_cut_off(&self, now: DateTime<Utc>) -> bool {
        self.state.is_running() && self.seen_at + SILENCE < now
    }
}

const COLUMNS: &str = "consultation, waiting_id, file_name, channel, mapping, actor, state, run_id, lines, lines_of, fault, upload_id, \
                       made_at, seen_at";

/// Note that a file was received and waits to be checked; nobody has it in hand yet.
pub async fn add(db: &impl ConnectionTrait, new: &Waiting) -> Result<()> {
    let sql = "INSERT INTO waiting_uploads (consultation, waiting_id, file_name, channel, mapping, actor, state, run_id, lines, made_at, \
               seen_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10)";
    let values = vec![
        new.consultation.clone().into(),
        new.waiting_id.into(),
        new.file_name.clone().into(),
        new.channel.clone().into(),
        new.mapping.clone().into(),
        new.actor.clone().into(),
        new.state.code().into(),
        new.run_id.into(),
        new.made_at.into(),
        new.seen_at.into(),
    ];
    run(db, sql, values).await?;
    Ok(())
}

/// What a run needs to have before it may take a file in hand.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    /// The consultation.
    pub consultation: &'a str,
    /// The waiting upload.
    pub waiting_id: Uuid,
    /// The run that its person was shown; another one since then means that they decide on what no longer stands.
    pub shown: Uuid,
    /// The new run.
    pub run_id: Uuid,
    /// What it does: [`State::Checking`] or [`State::Storing`].
    pub state: State,
    /// What is declared now, as JSON.
    pub mapping: &'a str,
    /// Now.
    pub now: DateTime<Utc>,
}

/// Take a file in hand, unless somebody else has, or has had since the page was shown. Says whether it was taken.
pub async fn claim(db: &impl ConnectionTrait, claim: Claim<'_>) -> Result<bool> {
    let sql = "UPDATE waiting_uploads SET state = $3, run_id = $4, mapping = $5, lines = 0, lines_of = NULL, fault = NULL, seen_at = $6 \
               WHERE consultation = $1 AND waiting_id = $2 AND run_id = $7 AND state <> 'stored' \
               AND (state NOT IN ('checking', 'storing') OR seen_at < $8)";
    let values = vec![
        claim.consultation.into(),
        claim.waiting_id.into(),
        claim.state.code().into(),
        claim.run_id.into(),
        claim.mapping.into(),
        claim.now.into(),
        claim.shown.into(),
        (claim.now - SILENCE).into(),
    ];
    Ok(run(db, sql, values).await? > 0)
}

/// Say how far a run has come.
pub async fn tell(
    db: &impl ConnectionTrait,
    (consultation, run_id): (&str, Uuid),
    lines: u32,
    of: Option<u32>,
    now: DateTime<Utc>,
) -> Result<()> {
    let sql = "UPDATE waiting_uploads SET lines = $3, lines_of = $4, seen_at = $5 WHERE consultation = $1 AND run_id = $2";
    let number = |lines: u32| i32::try_from(lines).unwrap_or(i32::MAX);
    run(db, sql, vec![consultation.into(), run_id.into(), number(lines).into(), of.map(number).into(), now.into()]).await?;
    Ok(())
}

/// What a run ended with.
#[derive(Debug, Clone, Default)]
pub struct Ended {
    /// What was found, as JSON; what was found before stays when there is nothing new.
    pub report: Option<String>,
    /// Why it cannot be read, or the reference of our own fault.
    pub fault: Option<String>,
    /// The upload it became.
    pub upload_id: Option<Uuid>,
}

/// Note what a run ended with; nothing when another run has taken its place.
pub async fn end(
    db: &impl ConnectionTrait,
    (consultation, run_id): (&str, Uuid),
    state: State,
    ended: Ended,
    now: DateTime<Utc>,
) -> Result<()> {
    let sql = "UPDATE waiting_uploads SET state = $3, report = COALESCE($4, report), fault = $5, upload_id = $6, seen_at = $7 \
               WHERE consultation = $1 AND run_id = $2";
    let Ended { report, fault, upload_id } = ended;
    let values =
        vec![consultation.into(), run_id.into(), state.code().into(), report.into(), fault.into(), upload_id.into(), now.into()];
    run(db, sql, values).await?;
    Ok(())
}

/// One waiting upload with its report, if there is such a one.
pub async fn get(db: &impl ConnectionTrait, consultation: &str, waiting_id: Uuid) -> Result<Option<Waiting>> {
    let sql = format!("SELECT {COLUMNS}, report FROM waiting_uploads WHERE consultation = $1 AND waiting_id = $2");
    let found = rows(db, &sql, vec![consultation.into(), waiting_id.into()]).await?;
    found.first().map(waiting).transpose()
}

/// The waiting upload that became this upload, if it is still kept.
pub async fn of_upload(db: &impl ConnectionTrait, consultation: &str, upload_id: Uuid) -> Result<Option<Waiting>> {
    let sql = format!(
        "SELECT {COLUMNS}, report FROM waiting_uploads WHERE consultation = $1 AND upload_id = $2 ORDER BY seen_at DESC LIMIT 1"
    );
    let found = rows(db, &sql, vec![consultation.into(), upload_id.into()]).await?;
    found.first().map(waiting).transpose()
}

/// Every upload of a consultation that still waits, oldest first, without its report.
pub async fn all(db: &impl ConnectionTrait, consultation: &str) -> Result<Vec<Waiting>> {
    let sql = format!(
        "SELECT {COLUMNS}, NULL AS report FROM waiting_uploads WHERE consultation = $1 AND state <> 'stored' ORDER BY made_at, waiting_id"
    );
    rows(db, &sql, vec![consultation.into()]).await?.iter().map(waiting).collect()
}

/// Forget one that nobody has in hand. Says whether there was such a one.
pub async fn remove(db: &impl ConnectionTrait, consultation: &str, waiting_id: Uuid, now: DateTime<Utc>) -> Result<bool> {
    let sql = "DELETE FROM waiting_uploads WHERE consultation = $1 AND waiting_id = $2 \
               AND (state NOT IN ('checking', 'storing') OR seen_at < $3)";
    let values: Vec<Value> = vec![consultation.into(), waiting_id.into(), (now - SILENCE).into()];
    Ok(run(db, sql, values).await? > 0)
}

/// Forget those that nobody came back to: a report names lines and may repeat words that somebody wrote.
pub async fn forget_older(db: &impl ConnectionTrait, before: DateTime<Utc>) -> Result<u64> {
    Ok(run(db, "DELETE FROM waiting_uploads WHERE made_at < $1 AND seen_at < $1", vec![before.into()]).await?)
}

fn waiting(row: &QueryResult) -> Result<Waiting> {
    let state: String = row.try_get("", "state")?;
    let lines = |lines: i32| u32::try_from(lines).unwrap_or_default();
    Ok(Waiting {
        consultation: row.try_get("", "consultation")?,
        waiting_id: row.try_get("", "waiting_id")?,
        file_name: row.try_get("", "file_name")?,
        channel: row.try_get("", "channel")?,
        mapping: row.try_get("", "mapping")?,
        actor: row.try_get("", "actor")?,
        state: State::from_code(&state).ok_or_else(|| anyhow::anyhow!("no state of a waiting upload is called {state}"))?,
        run_id: row.try_get("", "run_id")?,
        lines: lines(row.try_get("", "lines")?),
        lines_of: row.try_get::<Option<i32>>("", "lines_of")?.map(lines),
        report: row.try_get("", "report")?,
        fault: row.try_get("", "fault")?,
        upload_id: row.try_get("", "upload_id")?,
        made_at: row.try_get("", "made_at")?,
        seen_at: row.try_get("", "seen_at")?,
    })
}
