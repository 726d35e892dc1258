//! Export definitions: the files under `exports/` that say what is handed over, read and checked before they are used.

use rust_embed::Embed;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::domain::disclosure::Preset;
use crate::domain::response::hex;

/// The definitions that come with the program.
#[derive(Embed)]
#[folder = "exports/"]
#[include = "*.toml"]
struct Shipped;

/// What to hand over.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// Its name: the file's name without `.toml`.
    #[serde(skip)]
    pub name: String,
    /// SHA-256 of the file, in lower-case hex.
    #[serde(skip)]
    pub digest: String,
    /// What it is called.
    pub title: String,
    /// What it holds, in a few sentences.
    pub about: String,
    /// What a row of its main table stands for.
    pub rows: Rows,
    /// The questions; every one, when empty.
    #[serde(default)]
    pub questions: Vec<String>,
    /// Who answered: `edition`, `channel`, `form_version`, `council_area`, `area_group` or the key of a closed question.
    #[serde(default)]
    pub breakdowns: Vec<String>,
    /// The columns of a table of responses, by the names in [`COLUMNS`].
    #[serde(default)]
    pub columns: Vec<String>,
    /// Whether answers are written as codes or as words.
    #[serde(default)]
    pub labels: Labels,
    /// The small-number rules: `default` for the consultation's, or a preset.
    pub disclosure: String,
    /// The role that may run it.
    pub who: String,
    /// Whether whoever runs it must say what for.
    #[serde(default)]
    pub purpose_required: bool,
    /// What may be done with it.
    pub rights: String,
    /// The address of its licence.
    #[serde(default)]
    pub licence: Option<String>,
}

/// What a row stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rows {
    /// A number about a closed question.
    ClosedQuestions,
    /// A response.
    Responses,
}

/// How answers are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Labels {
    /// As stable codes.
    #[default]
    Codes,
    /// As the words of the form.
    Words,
}

/// The columns, or groups of columns, that a table of responses may have.
pub const COLUMNS: [&str; 14] = [
    "reference",
    "revision",
    "form_version",
    "edition",
    "channel",
    "dates",
    "stored_on",
    "help",
    "quote_consent",
    "area_group",
    "findings",
    "origin",
    "synthetic",
    "answers",
];

/// The roles that may be named in `who`.
const ROLES: [&str; 3] = ["analyst", "auditor", "administrator"];

/// What is wrong with a definition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("exports/{file}: {fault}")]
pub struct BadDefinition {
    /// The file.
    pub file: String,
    /// What is wrong and what to do.
    pub fault: String,
}

impl Definition {
    /// Reads and checks one definition. `file` is its name with `.toml`.
    pub fn read(file: &str, text: &str) -> Result<Self, BadDefinition> {
        let bad = |fault: String| BadDefinition { file: file.to_owned(), fault };
        let mut definition: Self = toml::from_str(text).map_err(|error| bad(error.to_string()))?;
        file.strip_suffix(".toml").unwrap_or(file).clone_into(&mut definition.name);
        definition.digest = hex(&Sha256::digest(text.as_bytes()));
        definition.check().map_err(bad)?;
        Ok(definition)
    }

    fn check(&self) -> Result<(), String> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.name.is_empty() || !self.name.chars().all(plain) {
            return Err("the file's name is its address: use lower-case letters, digits and hyphens".to_owned());
        }
        known("disclosure", &self.disclosure, &["default", "gp_patient_survey", "nhs_1_7", "none"])?;
        known("who", &self.who, &ROLES)?;
        for column in &self.columns {
            known("columns", column, &COLUMNS)?;
        }
        let unguarded = Preset::from_code(&self.disclosure) == Some(Preset::None);
        match self.rows {
            Rows::ClosedQuestions if !self.columns.is_empty() => Err("`columns` is for a table of responses".to_owned()),
            Rows::ClosedQuestions if unguarded && !self.purpose_required => {
                Err("tables without disclosure rules must set `purpose_required = true`".to_owned())
            }
            Rows::Responses if !self.breakdowns.is_empty() => Err("`breakdowns` is for tables of questions".to_owned()),
            Rows::Responses if self.columns.is_empty() => Err("name the `columns` of a table of responses".to_owned()),
            Rows::Responses if !unguarded => {
                Err("rows of single responses cannot be protected: write `disclosure = \"none\"`".to_owned())
            }
            Rows::Responses if !self.purpose_required => {
                Err("rows of single responses must set `purpose_required = true`".to_owned())
            }
            _ => Ok(()),
        }
    }
}

fn known(what: &str, given: &str, allowed: &[&str]) -> Result<(), String> {
    if allowed.contains(&given) {
        return Ok(());
    }
    Err(format!("`{what}` has no `{given}`; use one of: {}", allowed.join(", ")))
}

/// Every definition that comes with the program, by name. Fails at the first that is wrong, so that the program does
/// not start with one.
pub fn all() -> Result<Vec<Definition>, BadDefinition> {
    let mut files: Vec<String> = Shipped::iter().map(|file| file.to_string()).collect();
    files.sort();
    let text = |file: &str| Shipped::get(file).map(|found| String::from_utf8_lossy(&found.data).into_owned()).unwrap_or_default();
    files.iter().map(|file| Definition::read(file, &text(file))).collect()
}

/// The definition with this name.
pub fn find(name: &str) -> Result<Definition, super::CannotExport> {
    let found = all().ok().and_then(|all| all.into_iter().find(|definition| definition.name == name));
    found.ok_or_else(|| super::CannotExport::NoSuchExport(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definitions_that_are_shipped_can_be_read() {
        let names: Vec<String> = all().unwrap().into_iter().map(|definition| definition.name).collect();
        assert!(names.contains(&"closed-tables".to_owned()) && names.contains(&"responses".to_owned()), "{names:?}");
        assert!(find("closed-tables").is_ok());
        assert_eq!(find("nothing").unwrap_err().code(), "no_such_export");
    }

    #[test]
    fn a_wrong_definition_says_which_file_and_what_to_do() {
        let text = |disclosure: &str, more: &str| {
            format!(
                "title = 'T'\nabout = 'A'\nrows = 'closed_questions'\nwho = 'analyst'\nrights = 'R'\ndisclosure = '{disclosure}'\n{more}"
            )
        };
        let fault = |text: String| Definition::read("my-tables.toml", &text).unwrap_err().to_string();
        assert!(Definition::read("my-tables.toml", &text("default", "")).is_ok());
        let unknown = fault(text("gpps", ""));
        assert!(unknown.contains("exports/my-tables.toml") && unknown.contains("gp_patient_survey"), "{unknown}");
        assert!(fault(text("default", "colour = 'red'")).contains("colour"));
        assert!(fault(text("none", "")).contains("purpose_required"));
        assert!(fault(text("default", "columns = ['answers']")).contains("columns"));
        assert!(Definition::read("My Tables.toml", &text("default", "")).unwrap_err().fault.contains("hyphens"));
    }

    #[test]
    fn single_responses_are_never_handed_out_without_a_purpose() {
        let text = "title = 'T'\nabout = 'A'\nrows = 'responses'\nwho = 'analyst'\nrights = 'R'\ndisclosure = 'none'\ncolumns = ['answers']";
        assert!(Definition::read("rows.toml", text).unwrap_err().fault.contains("purpose_required"));
    }
}
