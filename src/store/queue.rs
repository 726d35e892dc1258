//! Jobs: work that waits in the database to be done by whichever instance claims it first.
//!
//! A job is claimed under a lease, so that the job of an instance that crashed runs again. A job may therefore run twice,
//! and whoever does it must make a repeat recognisable; [`Job::job_id`] is the same each time. A finished job keeps no
//! payload, since a payload may hold an address.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Value};
use serde::Serialize;
use uuid::Uuid;

use super::sql::{row, rows, run};
use super::{Db, Kind, begin_write};
use crate::domain::retry::{self, Next};
use crate::error::Result;

/// What the dead-letter list says of a job whose instances crashed or stalled, and never said why it failed.
pub const NEVER_FINISHED: &str = "never_finished";

/// A job to put in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// A new id, made without anything it is about.
    pub job_id: Uuid,
    /// Its family and kind, as `mail.receipt`.
    pub kind: String,
    /// What is needed to do it.
    pub payload: String,
}

/// A job in the hands of whoever claimed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// The same at each attempt.
    pub job_id: Uuid,
    /// Its family and kind.
    pub kind: String,
    /// What is needed to do it.
    pub payload: String,
    /// Which attempt this is, from 1. A claim is known by it: an older one can no longer say what became of the job.
    pub attempts: u32,
    /// When a failure is final.
    pub give_up_at: DateTime<Utc>,
    /// When it was put in.
    pub made_at: DateTime<Utc>,
}

/// A dead job in a list: nothing that it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dead {
    /// Its id.
    pub job_id: Uuid,
    /// Its family and kind.
    pub kind: String,
    /// How often it was tried.
    pub attempts: u32,
    /// A code for why it failed last.
    pub last_error: String,
    /// When it was put in.
    pub made_at: DateTime<Utc>,
    /// When it was given up.
    pub dead_at: DateTime<Utc>,
    /// Whether it can still be tried again: after 14 days its payload is gone.
    pub can_retry: bool,
}

/// How many jobs wait and how many are dead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Put in and neither done nor dead.
    pub waiting: i64,
    /// Dead, with the payload still there: a person should decide.
    pub dead: i64,
}

/// Put a job in. Within the caller's transaction the job is there exactly if what led to it is.
pub async fn put(db: &impl ConnectionTrait, job: NewJob, now: DateTime<Utc>) -> Result<()> {
    let sql =
        "INSERT INTO jobs (job_id, kind, payload, run_at, attempts, give_up_at, made_at) VALUES ($1, $2, $3, $4, 0, $5, $4)";
    run(db, sql, vec![job.job_id.into(), job.kind.into(), job.payload.into(), now.into(), (now + retry::PATIENCE).into()])
        .await?;
    Ok(())
}

/// Claim the job of a family that has waited longest, for [`retry::LEASE`]. Two instances never hold the same one.
pub async fn claim(db: &Db, family: &str, now: DateTime<Utc>) -> Result<Option<Job>> {
    // Most of the time nothing waits, and looking must not take the lock that responses are written under.
    while is_any_due(&db.read, family, now).await? {
        let Some(job) = claim_one(db, family, now).await? else { return Ok(None) };
        if job.attempts <= retry::MOST_ATTEMPTS {
            return Ok(Some(job));
        }
        bury(&db.write, &job, NEVER_FINISHED, now).await?;
    }
    Ok(None)
}

const DUE: &str = "done_at IS NULL AND dead_at IS NULL AND run_at <= $1 AND (claimed_until IS NULL OR claimed_until <= $1) \
                   AND kind LIKE $2";

async fn is_any_due(db: &impl ConnectionTrait, family: &str, now: DateTime<Utc>) -> Result<bool> {
    let sql = format!("SELECT 1 AS due FROM jobs WHERE {DUE} LIMIT 1");
    Ok(row(db, &sql, vec![now.into(), of_family(family)]).await?.is_some())
}

async fn claim_one(db: &Db, family: &str, now: DateTime<Utc>) -> Result<Option<Job>> {
    // On SQLite one transaction writes at a time; on PostgreSQL a row that a rival is claiming is passed over.
    let pass_over = if db.kind == Kind::Postgres { "FOR UPDATE SKIP LOCKED" } else { "" };
    let sql = format!(
        "UPDATE jobs SET claimed_until = $3, attempts = attempts + 1 WHERE job_id = (SELECT job_id FROM jobs WHERE {DUE} \
         ORDER BY run_at, job_id LIMIT 1 {pass_over}) RETURNING job_id, kind, payload, attempts, give_up_at, made_at"
    );
    let tx = begin_write(&db.write).await?;
    let claimed = row(&tx, &sql, vec![now.into(), of_family(family), (now + retry::LEASE).into()]).await?;
    let job = claimed.map(|row| job(&row)).transpose()?;
    tx.commit().await?;
    Ok(job)
}

fn of_family(family: &str) -> Value {
    format!("{family}.%").into()
}

fn job(row: &QueryResult) -> Result<Job, DbErr> {
    Ok(Job {
        job_id: row.try_get("", "job_id")?,
        kind: row.try_get("", "kind")?,
        payload: row.try_get::<Option<String>>("", "payload")?.unwrap_or_default(),
        attempts: attempts(row)?,
        give_up_at: row.try_get("", "give_up_at")?,
        made_at: row.try_get("", "made_at")?,
    })
}

fn attempts(row: &QueryResult) -> Result<u32, DbErr> {
    Ok(u32::try_from(row.try_get::<i32>("", "attempts")?).unwrap_or_default())
}

/// A job is done: its payload goes at once. Says whether the claim still held.
pub async fn done(db: &impl ConnectionTrait, job: &Job, now: DateTime<Utc>) -> Result<bool> {
    let sql = "UPDATE jobs SET done_at = $3, payload = NULL, claimed_until = NULL, last_error = NULL \
               WHERE job_id = $1 AND attempts = $2 AND done_at IS NULL AND dead_at IS NULL";
    Ok(run(db, sql, vec![job.job_id.into(), claim_number(job), now.into()]).await? > 0)
}

/// A job failed, and why as a code that holds nobody's words. When it is tried again comes back.
pub async fn failed(db: &impl ConnectionTrait, job: &Job, error: &str, now: DateTime<Utc>) -> Result<Next> {
    let next = retry::after_failure(job.attempts, job.give_up_at, now);
    match next {
        Next::GiveUp => bury(db, job, error, now).await?,
        Next::At(run_at) => {
            let sql = "UPDATE jobs SET run_at = $3, last_error = $4, claimed_until = NULL \
                       WHERE job_id = $1 AND attempts = $2 AND done_at IS NULL AND dead_at IS NULL";
            run(db, sql, vec![job.job_id.into(), claim_number(job), run_at.into(), error.into()]).await?;
        }
    }
    Ok(next)
}

/// A job can never succeed, and why as a code: it is dead at once, and a person decides.
pub async fn bury(db: &impl ConnectionTrait, job: &Job, error: &str, now: DateTime<Utc>) -> Result<()> {
    let sql = "UPDATE jobs SET dead_at = $3, last_error = $4, claimed_until = NULL \
               WHERE job_id = $1 AND attempts = $2 AND done_at IS NULL AND dead_at IS NULL";
    run(db, sql, vec![job.job_id.into(), claim_number(job), now.into(), error.into()]).await?;
    Ok(())
}

fn claim_number(job: &Job) -> Value {
    i32::try_from(job.attempts).unwrap_or(i32::MAX).into()
}

/// The dead jobs, newest first, without what they hold.
pub async fn dead(db: &impl ConnectionTrait) -> Result<Vec<Dead>> {
    let sql = "SELECT job_id, kind, attempts, last_error, made_at, dead_at, payload IS NOT NULL AS can_retry FROM jobs \
               WHERE dead_at IS NOT NULL ORDER BY dead_at DESC, job_id";
    let rows = rows(db, sql, Vec::new()).await?;
    let dead = rows.iter().map(|row| {
        Ok::<_, DbErr>(Dead {
            job_id: row.try_get("", "job_id")?,
            kind: row.try_get("", "kind")?,
            attempts: attempts(row)?,
            last_error: row.try_get::<Option<String>>("", "last_error")?.unwrap_or_default(),
            made_at: row.try_get("", "made_at")?,
            dead_at: row.try_get("", "dead_at")?,
            can_retry: row.try_get("", "can_retry")?,
        })
    });
    Ok(dead.collect::<Result<_, _>>()?)
}

/// Let a dead job run again, from now, as if it were new. Says whether there was one with its payload still there.
/// The caller notes in the audit log who decided.
pub async fn retry(db: &impl ConnectionTrait, job_id: Uuid, now: DateTime<Utc>) -> Result<bool> {
    let sql = "UPDATE jobs SET dead_at = NULL, attempts = 0, run_at = $2, give_up_at = $3 \
               WHERE job_id = $1 AND dead_at IS NOT NULL AND payload IS NOT NULL";
    Ok(run(db, sql, vec![job_id.into(), now.into(), (now + retry::PATIENCE).into()]).await? > 0)
}

/// Throw a dead job away: its payload goes at once, and the list keeps its kind and error. Says whether there was one
/// with its payload still there. The caller notes in the audit log who decided.
pub async fn throw_away(db: &impl ConnectionTrait, job_id: Uuid) -> Result<bool> {
    let sql = "UPDATE jobs SET payload = NULL WHERE job_id = $1 AND dead_at IS NOT NULL AND payload IS NOT NULL";
    Ok(run(db, sql, vec![job_id.into()]).await? > 0)
}

/// How many jobs of a family wait and how many are dead.
pub async fn count(db: &impl ConnectionTrait, family: &str) -> Result<Count> {
    let sql = "SELECT COUNT(CASE WHEN dead_at IS NULL THEN 1 END) AS waiting, COUNT(dead_at) AS dead FROM jobs \
               WHERE done_at IS NULL AND payload IS NOT NULL AND kind LIKE $1";
    let Some(row) = row(db, sql, vec![of_family(family)]).await? else { return Ok(Count { waiting: 0, dead: 0 }) };
    Ok(Count { waiting: row.try_get("", "waiting")?, dead: row.try_get("", "dead")? })
}

/// Erase the payloads of jobs that have been dead for [`retry::KEPT_DEAD`], and forget jobs that were done so long ago.
/// How many payloads were erased comes back.
pub async fn tidy(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<u64> {
    let before = now - retry::KEPT_DEAD;
    let erase = "UPDATE jobs SET payload = NULL WHERE dead_at <= $1 AND payload IS NOT NULL";
    let erased = run(db, erase, vec![before.into()]).await?;
    run(db, "DELETE FROM jobs WHERE done_at <= $1", vec![before.into()]).await?;
    Ok(erased)
}
