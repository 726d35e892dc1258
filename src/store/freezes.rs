//! Freezes: from when on a consultation's responses may no longer be withdrawn.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, Statement};

use crate::error::Result;

/// Since when the consultation's analysis is frozen, if it is.
pub async fn since(db: &impl ConnectionTrait, consultation: &str) -> Result<Option<DateTime<Utc>>> {
    let sql = "SELECT frozen_at FROM freezes WHERE consultation = $1 AND lifted_at IS NULL ORDER BY number DESC LIMIT 1";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [consultation.into()]);
    Ok(db.query_one_raw(statement).await?.map(|row| row.try_get("", "frozen_at")).transpose()?)
}

/// Freeze the consultation's analysis.
pub async fn freeze(db: &impl ConnectionTrait, consultation: &str, now: DateTime<Utc>) -> Result<()> {
    let sql = "INSERT INTO freezes (consultation, number, frozen_at) \
               SELECT $1, COALESCE(MAX(number), 0) + 1, $2 FROM freezes WHERE consultation = $1";
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, [consultation.into(), now.into()])).await?;
    Ok(())
}
