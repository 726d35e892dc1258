//! Bearer tokens: a name, a role, the consultations it may see, and only the hash of the secret.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement};
use sha2::{Digest as _, Sha256};

use super::drafts::base32;
use crate::domain::access::{Actor, Grant, Role};
use crate::domain::response::hex;
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
}

/// Make a token; the secret comes back once and is kept only as a hash.
pub async fn add_token(
    db: &impl ConnectionTrait,
    token: &NewToken,
    expires_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<String> {
    let mut bytes = [0; 20];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
    let secret = format!("soundings_{}", base32(&bytes));
    let sql = "INSERT INTO tokens (name, hash, role, consultations, made_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6) \
               ON CONFLICT DO NOTHING";
    let values = [
        token.name.clone().into(),
        hash(&secret).into(),
        token.role.code().into(),
        token.consultations.join(",").into(),
        now.into(),
        expires_at.into(),
    ];
    let done = db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    if done.rows_affected() == 0 {
        return Err(Error::unreadable(
            "token_exists",
            format!("there is already a token called {}; choose another name", token.name),
        ));
    }
    Ok(secret)
}

/// Take a token away.
pub async fn remove_token(db: &impl ConnectionTrait, name: &str) -> Result<bool> {
    let statement =
        Statement::from_sql_and_values(db.get_database_backend(), "DELETE FROM tokens WHERE name = $1", [name.into()]);
    Ok(db.execute_raw(statement).await?.rows_affected() > 0)
}

/// Who this secret speaks for, unless it is unknown or has expired.
pub async fn bearer(db: &impl ConnectionTrait, secret: &str, now: DateTime<Utc>) -> Result<Option<Actor>> {
    let sql = "SELECT name, role, consultations FROM tokens WHERE hash = $1 AND (expires_at IS NULL OR expires_at > $2)";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [hash(secret).into(), now.into()]);
    Ok(db.query_one_raw(statement).await?.map(|row| actor_from(&row)).transpose()?.flatten())
}

fn actor_from(row: &QueryResult) -> Result<Option<Actor>, DbErr> {
    let (role, consultations): (String, String) = (row.try_get("", "role")?, row.try_get("", "consultations")?);
    let shown: String = row.try_get("", "name")?;
    let Some(role) = Role::from_code(&role) else { return Ok(None) };
    let mut codes: Vec<Option<String>> =
        consultations.split(',').filter(|code| !code.is_empty()).map(|code| Some(code.to_owned())).collect();
    if codes.is_empty() {
        codes.push(None);
    }
    let grants = codes.into_iter().map(|consultation| Grant { role, consultation }).collect();
    Ok(Some(Actor { name: format!("token:{shown}"), shown, grants }))
}

fn hash(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}
