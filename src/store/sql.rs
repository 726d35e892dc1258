//! SQL written by hand where a built statement would cost more than the work it does: many rows in one insert.

use std::fmt::Write as _;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_a_place_for_every_column() {
        assert_eq!(places(2, 3), "(?, ?, ?), (?, ?, ?)");
        assert_eq!(places(1, 1), "(?)");
    }
}
