//! Bearer tokens: a name, a role, the consultations it may see, how long it works, and only the hash of the secret.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ConnectionTrait, DbErr, QueryResult};
use sha2::{Digest as _, Sha256};

use super::drafts::base32;
use super::sql::{row, rows, run};
use super::{Db, chance};
use crate::domain::access::{Actor, Grant, Role};
use crate::domain::response::hex;
use crate::domain::window::london_day;
use crate::error::{Error, Result};

/// A bearer token to make: a name, a role, and the consultations it may see; every one, when none is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// A name to know it by.
    pub name: String,
    /// What its holder may do.
    pub role: Role,
    /// Where.
    pub consultations: Vec<String>,
    /// The first instant at which it no longer works.
    pub expires_at: DateTime<Utc>,
}

/// A token as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its name.
    pub name: String,
    /// The code of its role.
    pub role: String,
    /// Where it may be used; everywhere, when empty.
    pub consultations: Vec<String>,
    /// Who made it, as the audit log names them; nobody knows of the oldest.
    pub made_by: Option<String>,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// The first instant at which it no longer works.
    pub expires_at: DateTime<Utc>,
    /// The last day it was used.
    pub last_used_on: Option<NaiveDate>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// Whom a secret speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bearer {
    /// Somebody who may act.
    Actor(Actor),
    /// Nobody any more: its time is over.
    Expired,
    /// Nobody any more: it was revoked.
    Revoked,
    /// Nobody knows it.
    Unknown,
}

/// Make a token; the secret comes back once and is kept only as a hash.
///
/// # Errors
/// When there is a token of that name, also one that no longer works: the audit log knows tokens by their names.
pub async fn add_token(tx: &impl ConnectionTrait, token: &NewToken, by: &str, now: DateTime<Utc>) -> Result<String> {
    let secret = format!("soundings_{}", base32(&chance::bytes::<20>()?));
    let sql = "INSERT INTO tokens (name, hash, role, consultations, made_at, expires_at, made_by) \
               VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
    let values = vec![
        token.name.clone().into(),
        hash(&secret).into(),
        token.role.code().into(),
        token.consultations.join(",").into(),
        now.into(),
        token.expires_at.into(),
        by.into(),
    ];
    if run(tx, sql, values).await? == 0 {
        let detail = format!("There is already a token called {}; choose another name.", token.name);
        return Err(Error::unreadable("token_exists", detail));
    }
    Ok(secret)
}

/// Revoke a token: it stays in the list and never works again. False when there is none of that name that works.
pub async fn revoke_token(tx: &impl ConnectionTrait, name: &str, now: DateTime<Utc>) -> Result<bool> {
    let sql = "UPDATE tokens SET revoked_at = $2 WHERE name = $1 AND revoked_at IS NULL";
    Ok(run(tx, sql, vec![name.into(), now.into()]).await? > 0)
}

/// Every token, newest first.
pub async fn tokens(db: &impl ConnectionTrait) -> Result<Vec<Token>> {
    let sql = "SELECT name, role, consultations, made_by, made_at, expires_at, last_used_on, revoked_at FROM tokens \
               ORDER BY made_at DESC, name";
    Ok(rows(db, sql, Vec::new()).await?.iter().map(token_from).collect::<Result<_, _>>()?)
}

fn token_from(row: &QueryResult) -> Result<Token, DbErr> {
    Ok(Token {
        name: row.try_get("", "name")?,
        role: row.try_get("", "role")?,
        consultations: codes(&row.try_get::<String>("", "consultations")?),
        made_by: row.try_get("", "made_by")?,
        made_at: row.try_get("", "made_at")?,
        expires_at: row.try_get("", "expires_at")?,
        last_used_on: row.try_get("", "last_used_on")?,
        revoked_at: row.try_get("", "revoked_at")?,
    })
}

/// Whom this secret speaks for. The day it is used is noted, once a day.
pub async fn bearer(db: &Db, secret: &str, now: DateTime<Utc>) -> Result<Bearer> {
    let sql = "SELECT name, role, consultations, expires_at, revoked_at, last_used_on FROM tokens WHERE hash = $1";
    let Some(row) = row(&db.read, sql, vec![hash(secret).into()]).await? else { return Ok(Bearer::Unknown) };
    if row.try_get::<Option<DateTime<Utc>>>("", "revoked_at")?.is_some() {
        return Ok(Bearer::Revoked);
    }
    if row.try_get::<DateTime<Utc>>("", "expires_at")? <= now {
        return Ok(Bearer::Expired);
    }
    let Some(actor) = actor_from(&row)? else { return Ok(Bearer::Unknown) };
    let today = london_day(now);
    if row.try_get::<Option<NaiveDate>>("", "last_used_on")? != Some(today) {
        run(&db.write, "UPDATE tokens SET last_used_on = $2 WHERE hash = $1", vec![hash(secret).into(), today.into()]).await?;
    }
    Ok(Bearer::Actor(actor))
}

fn actor_from(row: &QueryResult) -> Result<Option<Actor>, DbErr> {
    let (role, consultations): (String, String) = (row.try_get("", "role")?, row.try_get("", "consultations")?);
    let shown: String = row.try_get("", "name")?;
    let Some(role) = Role::from_code(&role) else { return Ok(None) };
    let mut places: Vec<Option<String>> = codes(&consultations).into_iter().map(Some).collect();
    if places.is_empty() {
        places.push(None);
    }
    let grants = places.into_iter().map(|consultation| Grant { role, consultation }).collect();
    Ok(Some(Actor { name: format!("token:{shown}"), shown, grants }))
}

fn codes(listed: &str) -> Vec<String> {
    listed.split(',').filter(|code| !code.is_empty()).map(str::to_owned).collect()
}

fn hash(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}
