//! Bearer tokens: a name, a role, the consultations it may see, and only the hash of the secret.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::drafts::base32;
use crate::domain::response::hex;
use crate::error::{Error, Result};

/// What a token lets its holder do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum Role {
    /// Send in what was keyed from paper or interviews.
    Keyer,
    /// Read tables and run exports.
    Analyst,
    /// Read the audit log and metrics.
    Auditor,
    /// Anything.
    Administrator,
}

impl Role {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Keyer => "keyer",
            Self::Analyst => "analyst",
            Self::Auditor => "auditor",
            Self::Administrator => "administrator",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        [Self::Keyer, Self::Analyst, Self::Auditor, Self::Administrator].into_iter().find(|role| role.code() == code)
    }
}

/// Who a bearer token speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    /// The token's name.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// The consultations it may see; every one, when empty.
    pub consultations: Vec<String>,
}

impl Bearer {
    /// Whether it has this role, or may do anything, in this consultation.
    #[must_use]
    pub fn may(&self, role: Role, consultation: &str) -> bool {
        (self.role == role || self.role == Role::Administrator)
            && (self.consultations.is_empty() || self.consultations.iter().any(|code| code == consultation))
    }
}

/// Make a token; the secret comes back once and is kept only as a hash.
pub async fn add_token(
    db: &impl ConnectionTrait,
    bearer: &Bearer,
    expires_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<String> {
    let mut bytes = [0; 20];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
    let secret = format!("soundings_{}", base32(&bytes));
    let sql = "INSERT INTO tokens (name, hash, role, consultations, made_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6) \
               ON CONFLICT DO NOTHING";
    let values = [
        bearer.name.clone().into(),
        hash(&secret).into(),
        bearer.role.code().into(),
        bearer.consultations.join(",").into(),
        now.into(),
        expires_at.into(),
    ];
    let done = db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    if done.rows_affected() == 0 {
        return Err(Error::unreadable(
            "token_exists",
            format!("there is already a token called {}; choose another name", bearer.name),
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
pub async fn bearer(db: &impl ConnectionTrait, secret: &str, now: DateTime<Utc>) -> Result<Option<Bearer>> {
    let sql = "SELECT name, role, consultations FROM tokens WHERE hash = $1 AND (expires_at IS NULL OR expires_at > $2)";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [hash(secret).into(), now.into()]);
    Ok(db.query_one_raw(statement).await?.map(|row| bearer_from(&row)).transpose()?.flatten())
}

fn bearer_from(row: &QueryResult) -> Result<Option<Bearer>, DbErr> {
    let (role, consultations): (String, String) = (row.try_get("", "role")?, row.try_get("", "consultations")?);
    let consultations = consultations.split(',').filter(|code| !code.is_empty()).map(str::to_owned).collect();
    let name = row.try_get("", "name")?;
    Ok(Role::from_code(&role).map(|role| Bearer { name, role, consultations }))
}

fn hash(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}
