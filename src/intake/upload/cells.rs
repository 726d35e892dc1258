//! Cells: what stands in a spreadsheet, the same for every kind of file, and how a place in it is named.

use chrono::NaiveDateTime;

/// The most lines one file may hold beneath its headings.
pub const LINES: u32 = 200_000;

/// The most columns one file may hold.
pub const COLUMNS: usize = 2_000;

/// The longest text a spreadsheet program lets anybody type into one cell, in UTF-16 units.
pub const CELL_TEXT: usize = 32_767;

/// What stands in one cell.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// Words.
    Text(String),
    /// A number.
    Number(f64),
    /// True or false.
    Flag(bool),
    /// A real date cell, with its time of day.
    Moment(NaiveDateTime),
    /// A formula, as it is written.
    Formula(String),
    /// A value that went wrong, such as `#N/A`.
    Fault(String),
}

impl Cell {
    /// Whether there is nothing to read in it.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }

    /// What stands there, in words, as a spreadsheet would show it.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) | Self::Formula(text) | Self::Fault(text) => text.clone(),
            Self::Number(number) => plain(*number),
            Self::Flag(flag) => if *flag { "TRUE" } else { "FALSE" }.to_owned(),
            Self::Moment(moment) if moment.time() == chrono::NaiveTime::MIN => moment.date().to_string(),
            Self::Moment(moment) => moment.to_string(),
        }
    }
}

/// A number without an exponent and without a decimal point where none is needed.
fn plain(number: f64) -> String {
    format!("{number}")
}

/// One row of a sheet.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Row {
    /// Its number as a spreadsheet shows it, from 1.
    pub line: u32,
    /// Its cells, from column A.
    pub cells: Vec<Cell>,
    /// Merged regions that touch it: the first column, and the region's name.
    pub merged: Vec<(usize, String)>,
    /// In a text file, a column whose quotes are wrong.
    pub bad_quote: Option<usize>,
}

impl Row {
    /// Whether there is nothing to read in it.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(Cell::is_blank)
    }
}

/// The name of a cell, such as `C14`, from its column (from 0) and line (from 1).
#[must_use]
pub fn place(column: usize, line: u32) -> String {
    format!("{}{line}", letters(column))
}

/// The letters of a column: 0 is `A`, 26 is `AA`.
#[must_use]
pub fn letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or_default()));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

/// A merged region: first and last column (from 0) and line (from 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    /// Its first column.
    pub left: usize,
    /// Its last column.
    pub right: usize,
    /// Its first line.
    pub top: u32,
    /// Its last line.
    pub bottom: u32,
}

impl Region {
    /// Its name, such as `B3:B5`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}:{}", place(self.left, self.top), place(self.right, self.bottom))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_named_as_a_spreadsheet_names_them() {
        assert_eq!(place(0, 1), "A1");
        assert_eq!(place(2, 14), "C14");
        assert_eq!((letters(25), letters(26), letters(701), letters(702)), ("Z".into(), "AA".into(), "ZZ".into(), "AAA".into()));
    }

    #[test]
    fn numbers_are_shown_without_needless_points() {
        assert_eq!(Cell::Number(3.0).shown(), "3");
        assert_eq!(Cell::Number(0.1).shown(), "0.1");
    }
}
