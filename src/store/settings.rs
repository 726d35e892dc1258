//! The instance's own settings and secrets, shared by every process on the same database.

use sea_orm::{ConnectionTrait, Statement};

use crate::error::Result;

/// The value of a setting, if it was ever set.
pub async fn get(db: &impl ConnectionTrait, name: &str) -> Result<Option<String>> {
    let statement =
        Statement::from_sql_and_values(db.get_database_backend(), "SELECT value FROM settings WHERE name = $1", [name.into()]);
    Ok(db.query_one_raw(statement).await?.map(|row| row.try_get("", "value")).transpose()?)
}

/// The value of a setting; `value` is kept when there is none, and whoever comes first wins.
pub async fn get_or_keep(db: &impl ConnectionTrait, name: &str, value: &str) -> Result<String> {
    let sql = "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, [name.into(), value.into()])).await?;
    Ok(get(db, name).await?.unwrap_or_else(|| value.to_owned()))
}

/// Put a value in the place of another. False when it stood there already: of several who try at once, one is told true.
pub async fn mark(db: &impl ConnectionTrait, name: &str, value: &str) -> Result<bool> {
    let sql = "INSERT INTO settings (name, value) VALUES ($1, $2) \
               ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value WHERE settings.value <> EXCLUDED.value";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [name.into(), value.into()]);
    Ok(db.execute_raw(statement).await?.rows_affected() > 0)
}
