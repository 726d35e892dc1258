//! Batch upload: a spreadsheet to submissions, line by line, through the one door.
//!
//! A file is read twice: once to check every line and say what would become of it, and once to store. Neither holds more
//! than a few hundred lines in memory beside their ids.

mod archive;
pub mod cells;
mod checking;
mod choices;
mod headings;
mod identity;
mod lines;
pub mod mapping;
mod marked;
pub mod offered;
mod opendocument;
mod opening;
mod problem;
mod progress;
mod regions;
pub mod report;
mod source;
mod storing;
mod template;
mod text;
mod values;
mod words;
mod workbook;
mod written;

#[cfg(test)]
mod tests;

use std::path::PathBuf;

use crate::domain::submission::Channel;

pub use checking::check;
pub use mapping::{DateOrder, Mapping, NO_ANSWER, Separator, Target};
pub use marked::marked;
pub use problem::{Problem, Severity};
pub use progress::{Progress, Step};
pub use report::{ColumnReport, Counts, Done, LineReport, Outcome, Report, Stretch, UnknownChoice, stretches};
pub use storing::{Taken, store, withdraw};
pub use template::{Template, template};

/// The largest file that is taken, in bytes.
pub const FILE_LIMIT: usize = 50 * 1024 * 1024;

/// A file to be taken in, with what the one who brought it says of it.
#[derive(Debug, Clone)]
pub struct Upload {
    /// Where it lies; it must not change while it is read.
    pub path: PathBuf,
    /// What it is called.
    pub file_name: String,
    /// The consultation it is for.
    pub consultation: String,
    /// How its lines came in, where they do not say.
    pub channel: Channel,
    /// What is declared about it.
    pub mapping: Mapping,
    /// How far it has come, for whoever waits.
    pub progress: Progress,
}

/// Which lines to store.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Accept {
    /// All of them, or none when one is wrong.
    #[default]
    All,
    /// Those that are right.
    Valid,
}
