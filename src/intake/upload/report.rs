//! The report on a file: what each line holds, what would become of it or did, and what to put right.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::mapping::{Mapping, Target};
use super::problem::Problem;
use crate::store::held::Why;

/// The most problems a report spells out; the rest is counted.
pub const SPELT_OUT: usize = 5_000;

/// The most unknown choices a report lists.
pub const UNKNOWN: usize = 500;

/// What becomes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is stored, or would be.
    Stored,
    /// The same is there already.
    Duplicate,
    /// It is kept aside for a person to decide, or would be.
    Held,
    /// It cannot be taken in as it is.
    Wrong,
    /// There is nothing in it.
    Blank,
}

impl Outcome {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Duplicate => "duplicate",
            Self::Held => "held",
            Self::Wrong => "wrong",
            Self::Blank => "blank",
        }
    }
}

/// One line of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LineReport {
    /// Its number, as a spreadsheet shows it.
    pub line: u32,
    /// What becomes of it.
    pub outcome: Outcome,
    /// Why it is held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub why: Option<Why>,
    /// The response it is, when it can be taken in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_id: Option<Uuid>,
    /// The revision it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision_id: Option<Uuid>,
}

/// How many lines there are of each outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Counts {
    /// Lines beneath the headings, blank ones too.
    pub lines: u32,
    /// Stored, or would be.
    pub stored: u32,
    /// There already.
    pub duplicate: u32,
    /// Held for a person, or would be.
    pub held: u32,
    /// Cannot be taken in as they are.
    pub wrong: u32,
    /// Nothing in them.
    pub blank: u32,
}

impl Counts {
    /// Count lines that are alike.
    pub const fn add(&mut self, outcome: Outcome, lines: u32) {
        self.lines += lines;
        *self.of(outcome) += lines;
    }

    /// Count a line otherwise than before.
    pub const fn recount(&mut self, before: Outcome, after: Outcome) {
        *self.of(before) -= 1;
        *self.of(after) += 1;
    }

    const fn of(&mut self, outcome: Outcome) -> &mut u32 {
        match outcome {
            Outcome::Stored => &mut self.stored,
            Outcome::Duplicate => &mut self.duplicate,
            Outcome::Held => &mut self.held,
            Outcome::Wrong => &mut self.wrong,
            Outcome::Blank => &mut self.blank,
        }
    }
}

/// What was done with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Done {
    /// It was looked at; nothing was stored.
    Checked,
    /// Something stands in the way; nothing was stored.
    Refused,
    /// What could be taken in was.
    Stored,
}

/// One column with a heading, and what was made of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ColumnReport {
    /// Its letters, such as `C`.
    pub column: String,
    /// Its heading.
    pub heading: String,
    /// What stands beneath it, as a mapping says it; nothing when it was not understood.
    #[schema(value_type = Option<String>)]
    pub target: Option<Target>,
    /// Whether the mapping that was given says so; otherwise the heading was understood by its words.
    pub declared: bool,
}

/// Something written that is no choice of its question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct UnknownChoice {
    /// The question.
    pub question: String,
    /// What is written.
    pub written: String,
    /// The code of the nearest choice, if one is near.
    pub nearest: Option<String>,
    /// The first line it stands in.
    pub line: u32,
    /// In how many lines it stands.
    pub lines: u32,
}

/// The report on one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Report {
    /// What was done.
    pub done: Done,
    /// The consultation.
    pub consultation: String,
    /// How the lines came in, where they do not say.
    pub channel: String,
    /// The upload's id: the same file read in the same way has the same.
    pub upload_id: Uuid,
    /// What the file is called.
    pub file_name: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// `csv`, `xlsx` or `ods`.
    pub format: String,
    /// How it was read, to be looked at, kept and used again.
    pub mapping: Mapping,
    /// The columns with a heading, and what was made of each.
    pub columns: Vec<ColumnReport>,
    /// In a workbook, the shown sheets that are not read.
    pub other_sheets: Vec<String>,
    /// How many lines there are of each outcome.
    pub counts: Counts,
    /// Lines that say the same as one before them; each is counted as another person.
    pub repeated: u32,
    /// What is written that is no choice of its question, in the order of the file; the first [`UNKNOWN`] of them.
    pub unknown_choices: Vec<UnknownChoice>,
    /// What is wrong or odd, in the order of the file; the first of them stand for the file as a whole.
    pub problems: Vec<Problem>,
    /// How many more problems there are than are spelt out.
    pub more_problems: usize,
    /// What becomes of each line.
    #[serde(default)]
    pub lines: Vec<LineReport>,
}

impl Report {
    /// Whether anything about the file as a whole stands in the way of taking in any of it.
    #[must_use]
    pub fn is_barred(&self) -> bool {
        self.problems.iter().any(|problem| problem.is_error() && (problem.line.is_none() || is_heading(problem)))
    }

    /// Whether anything is wrong at all.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.counts.wrong > 0 || self.problems.iter().any(Problem::is_error)
    }

    /// The report in one sentence.
    #[must_use]
    pub fn summary(&self) -> String {
        let Counts { lines, stored, duplicate, held, wrong, blank } = self.counts;
        let verb = match self.done {
            Done::Stored => "stored",
            Done::Checked | Done::Refused => "can be stored",
        };
        format!(
            "{lines} lines: {stored} {verb}, {duplicate} there already, {held} held for a person, {wrong} wrong, {blank} blank"
        )
    }
}

/// Lines one after the other that come to the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    /// The first line.
    pub first: u32,
    /// The last line.
    pub last: u32,
    /// What becomes of them.
    pub outcome: Outcome,
}

/// What becomes of each line, with neighbours that are alike taken together; blank lines are in the report once for all
/// that follow each other.
#[must_use]
pub fn stretches(lines: &[LineReport], last_line: u32) -> Vec<Stretch> {
    let ends = lines.iter().skip(1).map(|next| next.line - 1).chain(std::iter::once(last_line));
    let mut stretches: Vec<Stretch> = Vec::new();
    for (line, last) in lines.iter().zip(ends) {
        match stretches.last_mut() {
            Some(before) if before.outcome == line.outcome => before.last = last,
            _ => stretches.push(Stretch { first: line.line, last, outcome: line.outcome }),
        }
    }
    stretches
}

/// Whether a problem is about a heading, and so about every line.
fn is_heading(problem: &Problem) -> bool {
    matches!(
        &*problem.code,
        "unknown_column" | "ambiguous_heading" | "two_columns" | "unknown_target" | "headings_not_first" | "merged_headings"
    )
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} ({}, SHA-256 {})", self.file_name, self.format, self.sha256)?;
        writeln!(f, "upload {} to {} by {}", self.upload_id, self.consultation, self.channel)?;
        self.problems.iter().try_for_each(|problem| writeln!(f, "{problem}"))?;
        if self.more_problems > 0 {
            writeln!(f, "and {} more problems of the same kind", self.more_problems)?;
        }
        let ending = match self.done {
            Done::Checked => " (nothing was stored: this was a dry run)",
            Done::Refused => " (nothing was stored)",
            Done::Stored => "",
        };
        write!(f, "{}{ending}", self.summary())
    }
}
