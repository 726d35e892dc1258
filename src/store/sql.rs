//! SQL written by hand where a built statement would cost more than the work it does: many rows in one insert.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// An insert of many rows into one table; the text for each number of rows is made once.
pub struct ManyRows {
    table: &'static str,
    columns: &'static [&'static str],
    ending: &'static str,
    texts: Mutex<Option<HashMap<usize, std::sync::Arc<str>>>>,
}

impl ManyRows {
    /// The most rows in one statement: 64 rows of 14 columns stay far below either database's limit of bound values.
    pub const MOST: usize = 64;

    /// An insert into these columns, closed by `ending` (a conflict or returning clause).
    pub const fn new(table: &'static str, columns: &'static [&'static str], ending: &'static str) -> Self {
        Self { table, columns, ending, texts: Mutex::new(None) }
    }

    /// The statement for this many rows. Both databases read numbered parameters.
    pub fn text(&self, rows: usize) -> std::sync::Arc<str> {
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        texts.get_or_insert_default().entry(rows).or_insert_with(|| self.build(rows).into()).clone()
    }

    fn build(&self, rows: usize) -> String {
        let width = self.columns.len();
        let row = |row: usize| {
            let places: Vec<String> = (1..=width).map(|column| format!("${}", row * width + column)).collect();
            format!("({})", places.join(", "))
        };
        let values: Vec<String> = (0..rows).map(row).collect();
        format!("INSERT INTO {} ({}) VALUES {} {}", self.table, self.columns.join(", "), values.join(", "), self.ending)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_numbered_row_by_row() {
        let insert = ManyRows::new("t", &["a", "b"], "ON CONFLICT DO NOTHING");
        assert_eq!(&*insert.text(2), "INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4) ON CONFLICT DO NOTHING");
    }
}
