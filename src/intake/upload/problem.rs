//! Problems: what is wrong or odd in a file, with its line, its cell and its cure.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::cells::place;

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It stands in the way.
    Error,
    /// Worth a look; nothing is held up by it.
    Note,
}

/// One thing wrong or odd.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Problem {
    /// A stable code.
    #[schema(value_type = String)]
    pub code: Cow<'static, str>,
    /// How bad it is.
    pub severity: Severity,
    /// The line, from 1, as a spreadsheet numbers it; none when it is about the file as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The cell, such as `C14`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub cure: String,
}

impl Problem {
    /// An error about the file as a whole.
    #[must_use]
    pub fn whole(code: &'static str, message: impl Into<String>, cure: impl Into<String>) -> Self {
        Self {
            code: Cow::Borrowed(code),
            severity: Severity::Error,
            line: None,
            cell: None,
            message: message.into(),
            cure: cure.into(),
        }
    }

    /// An error in a cell (column from 0, line from 1).
    #[must_use]
    pub fn at(code: &'static str, (column, line): (usize, u32), message: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { line: Some(line), cell: Some(place(column, line)), ..Self::whole(code, message, cure) }
    }

    /// An error in a line.
    #[must_use]
    pub fn in_line(code: &'static str, line: u32, message: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { line: Some(line), ..Self::whole(code, message, cure) }
    }

    /// The same, but only worth a look.
    #[must_use]
    pub fn note(self) -> Self {
        Self { severity: Severity::Note, ..self }
    }

    /// Whether it stands in the way.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.cell, self.line) {
            (Some(cell), Some(line)) => write!(f, "line {line}, cell {cell}: ")?,
            (None, Some(line)) => write!(f, "line {line}: ")?,
            _ => {}
        }
        let kind = if self.is_error() { "error" } else { "note" };
        write!(f, "{kind} {}: {}\n    {}", self.code, self.message, self.cure)
    }
}
