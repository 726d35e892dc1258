//! SQL written by hand: statements run as they stand, and many rows in one insert.

use std::fmt::Write as _;

use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement, Value};

/// Run a statement, and say how many rows it changed.
pub async fn run(db: &impl ConnectionTrait, sql: &str, values: Vec<Value>) -> Result<u64, DbErr> {
    Ok(db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?.rows_affected())
}

/// Every row of a query.
pub async fn rows(db: &impl ConnectionTrait, sql: &str, values: Vec<Value>) -> Result<Vec<QueryResult>, DbErr> {
    db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await
}

/// The first row of a query, if it has any.
pub async fn row(db: &impl ConnectionTrait, sql: &str, values: Vec<Value>) -> Result<Option<QueryResult>, DbErr> {
    db.query_one_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await
}

/// `(?, ?), (?, ?)`: room for this many rows of this many columns, as SQLite binds them fastest.
pub fn places(rows: usize, columns: usize) -> String {
    let mut places = String::with_capacity(rows * (columns * 3 + 2));
    for row in 0..rows {
        let row = if row == 0 { "(?" } else { ", (?" };
        // Writing to a string cannot fail.
        let _written = write!(places, "{row}{})", ", ?".repeat(columns - 1));
    }
    places
}

/// `$2, $3, $4`: this many places, the first with this number.
pub fn numbered(first: usize, count: usize) -> String {
    (first..first + count).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_a_place_for_every_column() {
        assert_eq!(places(2, 3), "(?, ?, ?), (?, ?, ?)");
        assert_eq!(places(1, 1), "(?)");
    }
}
