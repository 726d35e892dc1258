//! Floor 3, export: what is handed over. The same dataset and the same definition always give the same bytes.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::analysis::dataset::Dataset;
use crate::domain::disclosure::{Audit, Isolated, Preset, Published};

pub mod closed;
mod csv;
mod csvw;
pub mod definition;
mod manifest;
pub mod refi;
mod responses;

pub use closed::{ClosedTables, tables_for_page};
pub use definition::{Definition, Rows};

/// Said beside every closed-question result (rule R55).
pub const CAVEAT: &str = "People chose to take part. The results describe those who responded; they are not an estimate of \
                          the views of everyone in the area.";

/// One file of an export run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputFile {
    /// Its name, without a folder.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What is in it, in a sentence.
    pub about: String,
    /// Its media type.
    pub media_type: &'static str,
    /// How many rows it has beneath its header, for a table.
    pub rows: Option<usize>,
}

/// What an export run hands over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// The files; the last is `manifest.json`.
    pub files: Vec<OutputFile>,
    /// Every published number by what it counts. Keep it, to hold a later run against it.
    pub published: Published,
    /// What the audit of the disclosure rules found and did, where they were applied.
    pub audit: Option<Audit>,
    /// What a person should look at before handing this on.
    pub warnings: Vec<String>,
}

/// Why there is nothing to hand over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CannotExport {
    /// There is no such definition.
    #[error("there is no export called `{0}`; `exports/` holds those there are")]
    NoSuchExport(String),
    /// The consultation names a preset that does not exist.
    #[error("the consultation asks for the disclosure preset `{0}`, which does not exist; use gp_patient_survey or nhs_1_7")]
    NoSuchPreset(String),
}

impl CannotExport {
    /// The stable code that other programs read.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoSuchExport(_) => "no_such_export",
            Self::NoSuchPreset(_) => "no_such_preset",
        }
    }
}

/// Runs a definition over a dataset. `earlier` holds what earlier runs of the same consultation published; a result that
/// differs from one of them by a few people is named in the warnings (rule R48).
pub fn run(definition: &Definition, dataset: &Dataset, earlier: &[Published]) -> Result<Output, CannotExport> {
    let mut output = match definition.rows {
        Rows::ClosedQuestions => closed::files(definition, dataset)?,
        Rows::Responses => responses::files(definition, dataset),
    };
    for before in earlier {
        output.warnings.extend(crate::domain::disclosure::isolated(before, &output.published).iter().map(told));
    }
    output.files.push(manifest::manifest(definition, dataset, &output));
    Ok(output)
}

fn told(isolated: &Isolated) -> String {
    let Isolated { what, people } = isolated;
    format!("{what} differs from an earlier run by {people}: subtracting one from the other could show what so few people said.")
}

/// That responses were made up, when any were.
fn made_up(dataset: &Dataset) -> Option<String> {
    let (synthetic, rows) = (dataset.synthetic(), dataset.rows.len());
    let said = format!("{synthetic} of the {rows} responses are synthetic: made up for a demonstration, and nobody's views.");
    (synthetic > 0).then_some(said)
}

/// The preset a definition asks for in this consultation.
///
/// # Errors
/// When there is no such preset.
pub fn preset(definition: &Definition, dataset: &Dataset) -> Result<Preset, CannotExport> {
    let code = match definition.disclosure.as_str() {
        "default" => dataset.consultation.disclosure.as_str(),
        code => code,
    };
    Preset::from_code(code).ok_or_else(|| CannotExport::NoSuchPreset(code.to_owned()))
}

/// One column of a table file, with what a machine should know about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct FileColumn {
    name: String,
    title: String,
    datatype: &'static str,
    required: bool,
    /// What stands there when there is no value.
    null: Vec<&'static str>,
    /// The values it may hold, with their labels, when they are codes.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    codes: BTreeMap<String, String>,
}

impl FileColumn {
    fn text(name: &str, title: &str) -> Self {
        let (name, title) = (name.to_owned(), title.to_owned());
        Self { name, title, datatype: "string", required: true, null: Vec::new(), codes: BTreeMap::new() }
    }

    /// A number, or one of the tokens that stand for one.
    fn number(name: &str, title: &str) -> Self {
        Self { datatype: "nonNegativeInteger", null: vec!["[c]", "[low]", "[z]", "[x]"], ..Self::text(name, title) }
    }

    fn optional(self, datatype: &'static str) -> Self {
        Self { datatype, required: false, null: vec![""], ..self }
    }
}

#[cfg(test)]
mod tests;
