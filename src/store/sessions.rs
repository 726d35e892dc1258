//! Staff sessions, the browsers people have signed in from, and failed tries: only hashes of anything secret.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, QueryResult};
use uuid::Uuid;

use super::sql::{rows, run};
use crate::domain::throttle::Failure;
use crate::error::Result;

/// How far a person has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The password was right; the authenticator's code is still to come.
    Password,
    /// Signed in.
    Full,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Whose.
    pub staff_id: Uuid,
    /// How far they have come.
    pub stage: Stage,
    /// Since when.
    pub made_at: DateTime<Utc>,
    /// When they last did something.
    pub seen_at: DateTime<Utc>,
}

/// Begin a session.
pub async fn add(db: &impl ConnectionTrait, hash: &str, session: &Session) -> Result<()> {
    let sql = "INSERT INTO staff_sessions (hash, staff_id, stage, made_at, seen_at) VALUES ($1, $2, $3, $4, $5)";
    let stage = if session.stage == Stage::Full { "full" } else { "password" };
    let values = vec![hash.into(), session.staff_id.into(), stage.into(), session.made_at.into(), session.seen_at.into()];
    run(db, sql, values).await?;
    Ok(())
}

/// The session kept under a hash.
pub async fn get(db: &impl ConnectionTrait, hash: &str) -> Result<Option<Session>> {
    let sql = "SELECT staff_id, stage, made_at, seen_at FROM staff_sessions WHERE hash = $1";
    let rows = rows(db, sql, vec![hash.into()]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let stage: String = row.try_get("", "stage")?;
    Ok(Some(Session {
        staff_id: row.try_get("", "staff_id")?,
        stage: if stage == "full" { Stage::Full } else { Stage::Password },
        made_at: row.try_get("", "made_at")?,
        seen_at: row.try_get("", "seen_at")?,
    }))
}

/// Note that somebody did something.
pub async fn touch(db: &impl ConnectionTrait, hash: &str, now: DateTime<Utc>) -> Result<()> {
    run(db, "UPDATE staff_sessions SET seen_at = $1 WHERE hash = $2", vec![now.into(), hash.into()]).await?;
    Ok(())
}

/// End a session.
pub async fn end(db: &impl ConnectionTrait, hash: &str) -> Result<()> {
    run(db, "DELETE FROM staff_sessions WHERE hash = $1", vec![hash.into()]).await?;
    Ok(())
}

/// End every session of somebody.
pub async fn end_all(tx: &impl ConnectionTrait, staff_id: Uuid) -> Result<(), DbErr> {
    run(tx, "DELETE FROM staff_sessions WHERE staff_id = $1", vec![staff_id.into()]).await?;
    Ok(())
}

/// End every session of somebody but this one.
pub async fn end_others(tx: &impl ConnectionTrait, staff_id: Uuid, hash: &str) -> Result<(), DbErr> {
    run(tx, "DELETE FROM staff_sessions WHERE staff_id = $1 AND hash <> $2", vec![staff_id.into(), hash.into()]).await?;
    Ok(())
}

/// Forget sessions nobody used since then, and failures from before.
pub async fn forget_older(db: &impl ConnectionTrait, before: DateTime<Utc>) -> Result<u64> {
    let sessions = run(db, "DELETE FROM staff_sessions WHERE seen_at < $1", vec![before.into()]).await?;
    Ok(sessions + run(db, "DELETE FROM sign_in_failures WHERE at < $1", vec![before.into()]).await?)
}

/// Remember that somebody signed in from this browser.
pub async fn know_browser(db: &impl ConnectionTrait, staff_id: Uuid, browser: &str, now: DateTime<Utc>) -> Result<()> {
    let sql = "INSERT INTO staff_browsers (staff_id, browser, seen_at) VALUES ($1, $2, $3) \
               ON CONFLICT (staff_id, browser) DO UPDATE SET seen_at = EXCLUDED.seen_at";
    run(db, sql, vec![staff_id.into(), browser.into(), now.into()]).await?;
    Ok(())
}

/// Whether somebody signed in from this browser before.
pub async fn knows_browser(db: &impl ConnectionTrait, staff_id: Uuid, browser: &str) -> Result<bool> {
    let sql = "SELECT 1 AS one FROM staff_browsers WHERE staff_id = $1 AND browser = $2";
    Ok(!rows(db, sql, vec![staff_id.into(), browser.into()]).await?.is_empty())
}

/// Keep a failed try.
pub async fn add_failure(db: &impl ConnectionTrait, failure: &Failure) -> Result<()> {
    let sql = "INSERT INTO sign_in_failures (failure_id, account, browser, address, at) VALUES ($1, $2, $3, $4, $5)";
    let Failure { account, browser, address, at } = failure.clone();
    run(db, sql, vec![Uuid::now_v7().into(), account.into(), browser.into(), address.into(), at.into()]).await?;
    Ok(())
}

/// Failed tries since an instant that named this account or came from this address.
pub async fn failures(db: &impl ConnectionTrait, account: &str, address: &str, since: DateTime<Utc>) -> Result<Vec<Failure>> {
    let sql = "SELECT account, browser, address, at FROM sign_in_failures WHERE at > $1 AND (account = $2 OR address = $3)";
    let rows = rows(db, sql, vec![since.into(), account.into(), address.into()]).await?;
    let failure = |row: &QueryResult| {
        Ok::<_, DbErr>(Failure {
            account: row.try_get("", "account")?,
            browser: row.try_get("", "browser")?,
            address: row.try_get("", "address")?,
            at: row.try_get("", "at")?,
        })
    };
    Ok(rows.iter().map(failure).collect::<Result<_, _>>()?)
}
