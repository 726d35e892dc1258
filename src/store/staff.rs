//! Staff accounts: who they are, what they may do where, and the one-time links that let them set a password.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Value};
use uuid::Uuid;

use super::sql::{rows, run};
use crate::domain::access::{Actor, Grant, Role};
use crate::error::Result;

/// A member of staff.
#[derive(Clone, PartialEq, Eq)]
pub struct Staff {
    /// Their id; the audit log knows them by it alone.
    pub staff_id: Uuid,
    /// Their e-mail address, in small letters.
    pub email: String,
    /// Their name.
    pub name: String,
    /// The password's hash, once one was set.
    pub password: Option<String>,
    /// The authenticator's secret in base 32, once one was set up.
    pub authenticator: Option<String>,
    /// The last step of the authenticator that was accepted: none is accepted twice.
    pub last_step: i64,
    /// Since when.
    pub made_at: DateTime<Utc>,
    /// Since when they may no longer sign in.
    pub disabled_at: Option<DateTime<Utc>>,
    /// What they may do where.
    pub grants: Vec<Grant>,
}

impl std::fmt::Debug for Staff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Staff({})", self.staff_id)
    }
}

impl Staff {
    /// As somebody who acts.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor { name: format!("staff:{}", self.staff_id), shown: self.name.clone(), grants: self.grants.clone() }
    }

    /// Whether they have chosen a password and are not shut out.
    #[must_use]
    pub const fn has_joined(&self) -> bool {
        self.password.is_some() && self.disabled_at.is_none()
    }
}

const COLUMNS: &str = "staff_id, email, name, password, authenticator, last_step, made_at, disabled_at";

/// Make an account. False when the address already has one.
pub async fn add(tx: &impl ConnectionTrait, staff: &Staff) -> Result<bool, DbErr> {
    let sql = "INSERT INTO staff (staff_id, email, name, made_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    let values = vec![staff.staff_id.into(), staff.email.clone().into(), staff.name.clone().into(), staff.made_at.into()];
    if run(tx, sql, values).await? == 0 {
        return Ok(false);
    }
    set_grants(tx, staff.staff_id, &staff.grants).await?;
    Ok(true)
}

/// What somebody may do, and nothing else.
pub async fn set_grants(tx: &impl ConnectionTrait, staff_id: Uuid, grants: &[Grant]) -> Result<(), DbErr> {
    run(tx, "DELETE FROM grants WHERE staff_id = $1", vec![staff_id.into()]).await?;
    let sql = "INSERT INTO grants (staff_id, role, consultation) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    for grant in grants {
        let consultation = grant.consultation.clone().unwrap_or_default();
        run(tx, sql, vec![staff_id.into(), grant.role.code().into(), consultation.into()]).await?;
    }
    Ok(())
}

/// Everybody, by name.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Staff>> {
    let rows = rows(db, &format!("SELECT {COLUMNS} FROM staff ORDER BY name, email"), Vec::new()).await?;
    let mut everybody = Vec::with_capacity(rows.len());
    for row in &rows {
        everybody.push(with_grants(db, staff_from(row)?).await?);
    }
    Ok(everybody)
}

/// The account with this id.
pub async fn by_id(db: &impl ConnectionTrait, staff_id: Uuid) -> Result<Option<Staff>> {
    one(db, "staff_id", staff_id.into()).await
}

/// The account with this address.
pub async fn by_email(db: &impl ConnectionTrait, email: &str) -> Result<Option<Staff>> {
    one(db, "email", email.into()).await
}

async fn one(db: &impl ConnectionTrait, column: &str, value: Value) -> Result<Option<Staff>> {
    let rows = rows(db, &format!("SELECT {COLUMNS} FROM staff WHERE {column} = $1"), vec![value]).await?;
    match rows.first() {
        Some(row) => Ok(Some(with_grants(db, staff_from(row)?).await?)),
        None => Ok(None),
    }
}

async fn with_grants(db: &impl ConnectionTrait, staff: Staff) -> Result<Staff> {
    let sql = "SELECT role, consultation FROM grants WHERE staff_id = $1 ORDER BY consultation, role";
    let rows = rows(db, sql, vec![staff.staff_id.into()]).await?;
    let grant = |row: &QueryResult| {
        let (role, consultation): (String, String) = (row.try_get("", "role")?, row.try_get("", "consultation")?);
        let consultation = Some(consultation).filter(|code| !code.is_empty());
        Ok::<_, DbErr>(Role::from_code(&role).map(|role| Grant { role, consultation }))
    };
    let grants: Vec<Option<Grant>> = rows.iter().map(grant).collect::<Result<_, _>>()?;
    Ok(Staff { grants: grants.into_iter().flatten().collect(), ..staff })
}

fn staff_from(row: &QueryResult) -> Result<Staff, DbErr> {
    Ok(Staff {
        staff_id: row.try_get("", "staff_id")?,
        email: row.try_get("", "email")?,
        name: row.try_get("", "name")?,
        password: row.try_get("", "password")?,
        authenticator: row.try_get("", "authenticator")?,
        last_step: row.try_get("", "last_step")?,
        made_at: row.try_get("", "made_at")?,
        disabled_at: row.try_get("", "disabled_at")?,
        grants: Vec::new(),
    })
}

/// Set a password's hash.
pub async fn set_password(tx: &impl ConnectionTrait, staff_id: Uuid, hash: &str) -> Result<(), DbErr> {
    run(tx, "UPDATE staff SET password = $1 WHERE staff_id = $2", vec![hash.into(), staff_id.into()]).await?;
    Ok(())
}

/// Set an authenticator's secret, or take it away.
pub async fn set_authenticator(tx: &impl ConnectionTrait, staff_id: Uuid, secret: Option<&str>) -> Result<(), DbErr> {
    let sql = "UPDATE staff SET authenticator = $1, last_step = 0 WHERE staff_id = $2";
    run(tx, sql, vec![secret.into(), staff_id.into()]).await?;
    Ok(())
}

/// Use up a step of the authenticator. False when it, or a later one, was used before.
pub async fn use_step(db: &impl ConnectionTrait, staff_id: Uuid, step: i64) -> Result<bool> {
    let sql = "UPDATE staff SET last_step = $1 WHERE staff_id = $2 AND last_step < $1";
    Ok(run(db, sql, vec![step.into(), staff_id.into()]).await? > 0)
}

/// Let somebody no longer sign in, or again.
pub async fn set_disabled(tx: &impl ConnectionTrait, staff_id: Uuid, at: Option<DateTime<Utc>>) -> Result<(), DbErr> {
    run(tx, "UPDATE staff SET disabled_at = $1 WHERE staff_id = $2", vec![at.into(), staff_id.into()]).await?;
    Ok(())
}

/// What a one-time link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Set a first password, or begin anew: the authenticator is set up again too.
    Welcome,
    /// Set another password; the authenticator stays.
    Reset,
}

impl Purpose {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Welcome => "welcome",
            Self::Reset => "reset",
        }
    }
}

/// Keep a link by its hash; earlier links of the same person stop working.
pub async fn add_link(
    tx: &impl ConnectionTrait,
    staff_id: Uuid,
    hash: &str,
    purpose: Purpose,
    expires_at: DateTime<Utc>,
) -> Result<(), DbErr> {
    run(tx, "DELETE FROM staff_links WHERE staff_id = $1", vec![staff_id.into()]).await?;
    let sql = "INSERT INTO staff_links (hash, staff_id, purpose, expires_at) VALUES ($1, $2, $3, $4)";
    run(tx, sql, vec![hash.into(), staff_id.into(), purpose.code().into(), expires_at.into()]).await?;
    Ok(())
}

/// Whose a link is and what for, unless it was used, replaced or has expired.
pub async fn link(db: &impl ConnectionTrait, hash: &str, now: DateTime<Utc>) -> Result<Option<(Uuid, Purpose)>> {
    let sql = "SELECT staff_id, purpose FROM staff_links WHERE hash = $1 AND expires_at > $2";
    let rows = rows(db, sql, vec![hash.into(), now.into()]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let purpose: String = row.try_get("", "purpose")?;
    let purpose = if purpose == Purpose::Welcome.code() { Purpose::Welcome } else { Purpose::Reset };
    Ok(Some((row.try_get("", "staff_id")?, purpose)))
}

/// Whether somebody has a link that works until this instant or longer.
pub async fn link_until(db: &impl ConnectionTrait, staff_id: Uuid, until: DateTime<Utc>) -> Result<bool> {
    let sql = "SELECT 1 AS one FROM staff_links WHERE staff_id = $1 AND expires_at >= $2";
    Ok(!rows(db, sql, vec![staff_id.into(), until.into()]).await?.is_empty())
}

/// Use a link up. False when it was used in between.
pub async fn remove_link(tx: &impl ConnectionTrait, hash: &str) -> Result<bool, DbErr> {
    Ok(run(tx, "DELETE FROM staff_links WHERE hash = $1", vec![hash.into()]).await? > 0)
}
