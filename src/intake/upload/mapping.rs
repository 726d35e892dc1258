//! Mappings: what a person declares about a file, so that nothing in it is guessed silently. Saved as TOML or JSON and used
//! again for the next file of the same kind.

use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::archive::refused;
use crate::domain::wording::Edition;
use crate::error::Result;

/// What is declared about a file. What is not declared is found out, and reported where it cannot be known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Mapping {
    /// For text that is not Unicode: its encoding, such as `windows-1252`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// For text: what stands between the columns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub separator: Option<Separator>,
    /// The sheet to read; the first that is shown, when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// The line the headings stand in; 1, when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heading_line: Option<u32>,
    /// How days are written where they are no real date cells. `2022-11-30` is always understood.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dates: Option<DateOrder>,
    /// What separates several choices within one cell, such as `;`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choices: Option<String>,
    /// Who made the file; needed beside a column of ids, so that two partners' numbers stay apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The edition that was read, for lines that do not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edition: Option<Edition>,
    /// The form version, for lines that do not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form_version: Option<u32>,
    /// The day they reached us, for lines that do not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub received_on: Option<NaiveDate>,
    /// Headings and what stands beneath them. Headings that are not listed are found by key or label.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = BTreeMap<String, String>)]
    pub columns: BTreeMap<String, Target>,
    /// By question, what is written for a choice and the code it stands for, or `@blank` when it stands for no answer.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub meant: Meant,
}

/// By question, what is written and the code of the choice that is meant, or [`NO_ANSWER`].
pub type Meant = BTreeMap<String, BTreeMap<String, String>>;

/// In [`Mapping::meant`]: what is written stands for no answer.
pub const NO_ANSWER: &str = "@blank";

/// What stands between the columns of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Separator {
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// A tab.
    Tab,
}

impl Separator {
    /// The letter itself.
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            Self::Comma => ',',
            Self::Semicolon => ';',
            Self::Tab => '\t',
        }
    }
}

/// The order in which the parts of a day are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DateOrder {
    /// 30/11/2022
    DayMonthYear,
    /// 2022/11/30
    YearMonthDay,
}

/// What stands beneath a heading. Written `key`, `key:choice`, `@edition`, `@ignore` and so on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Target {
    /// The answer in this field.
    Field(String),
    /// Whether this choice of this field was ticked.
    Choice(String, String),
    /// Something about the submission itself.
    About(About),
    /// Nothing that is taken in.
    Ignore,
}

/// Something about a submission that is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum About {
    /// The id its source gave it.
    Id,
    /// The edition that was read.
    Edition,
    /// The form version.
    FormVersion,
    /// How it came in.
    Channel,
    /// The day it reached us.
    ReceivedOn,
    /// The day written on it.
    CompletedOn,
    /// The day of the postmark.
    PostedOn,
    /// The number written on the paper.
    PaperReference,
    /// The event it was handed in at.
    Event,
    /// Whether someone helped.
    Help,
    /// Whether the words may be quoted.
    QuoteConsent,
}

impl About {
    /// Each of them.
    pub const ALL: [Self; 11] = [
        Self::Id,
        Self::Edition,
        Self::FormVersion,
        Self::Channel,
        Self::ReceivedOn,
        Self::CompletedOn,
        Self::PostedOn,
        Self::PaperReference,
        Self::Event,
        Self::Help,
        Self::QuoteConsent,
    ];

    /// The heading it has in templates; written with `@` before it in a mapping.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Edition => "edition",
            Self::FormVersion => "form_version",
            Self::Channel => "channel",
            Self::ReceivedOn => "received_on",
            Self::CompletedOn => "completed_on",
            Self::PostedOn => "posted_on",
            Self::PaperReference => "paper_reference",
            Self::Event => "event",
            Self::Help => "help",
            Self::QuoteConsent => "quote_consent",
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(key) => f.write_str(key),
            Self::Choice(key, code) => write!(f, "{key}:{code}"),
            Self::About(about) => write!(f, "@{}", about.code()),
            Self::Ignore => f.write_str("@ignore"),
        }
    }
}

impl From<Target> for String {
    fn from(target: Target) -> Self {
        target.to_string()
    }
}

impl TryFrom<String> for Target {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text == "@ignore" {
            return Ok(Self::Ignore);
        }
        if let Some(code) = text.strip_prefix('@') {
            let about = About::ALL.into_iter().find(|about| about.code() == code).map(Self::About);
            let known: Vec<&str> = About::ALL.iter().map(|about| about.code()).collect();
            return about.ok_or_else(|| format!("there is no @{code}; use @ignore or one of @{}", known.join(", @")));
        }
        Ok(match text.split_once(':') {
            Some((key, code)) => Self::Choice(key.to_owned(), code.to_owned()),
            None => Self::Field(text),
        })
    }
}

impl Mapping {
    /// A mapping from JSON or TOML.
    ///
    /// # Errors
    /// `not_a_mapping`, with the line.
    pub fn read(text: &str) -> Result<Self> {
        let read: Result<Self, String> = if text.trim_start().starts_with('{') {
            serde_json::from_str(text).map_err(|error| error.to_string())
        } else {
            toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())
        };
        let mapping = read.map_err(|error| refused("not_a_mapping", format!("the mapping cannot be read: {error}")))?;
        if mapping.heading_line == Some(0) {
            return Err(refused("not_a_mapping", "heading_line counts from 1, as the spreadsheet does"));
        }
        if mapping.choices.as_ref().is_some_and(String::is_empty) {
            return Err(refused("not_a_mapping", "choices names what separates several choices in a cell, such as \";\""));
        }
        Ok(mapping)
    }

    /// The mapping as a TOML file.
    ///
    /// # Errors
    /// When it cannot be written, which is our own fault.
    pub fn toml(&self) -> Result<String> {
        Ok(toml::to_string(self).map_err(anyhow::Error::from)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_is_the_same_after_it_was_saved_as_toml_or_json() {
        let columns = [("Do you?", "plan"), ("I care", "relation:carer"), ("Seen", "@received_on"), ("Staff", "@ignore")];
        let columns = columns.map(|(heading, target)| (heading.to_owned(), Target::try_from(target.to_owned()).unwrap()));
        let mapping = Mapping {
            encoding: Some("windows-1252".to_owned()),
            separator: Some(Separator::Tab),
            heading_line: Some(2),
            dates: Some(DateOrder::DayMonthYear),
            edition: Some(Edition::EasyRead),
            received_on: "2022-11-30".parse().ok(),
            columns: columns.into(),
            meant: [("plan".to_owned(), [("aye".to_owned(), "support".to_owned())].into())].into(),
            ..Mapping::default()
        };
        assert_eq!(Mapping::read(&mapping.toml().unwrap()).unwrap(), mapping);
        assert_eq!(Mapping::read(&serde_json::to_string(&mapping).unwrap()).unwrap(), mapping);
    }

    #[test]
    fn a_mistyped_mapping_is_refused_with_what_it_could_say() {
        let error = |text: &str| Mapping::read(text).unwrap_err().to_string();
        assert!(error("[columns]\nA = \"@edtion\"\n").contains("@edition"));
        assert!(error("headng_line = 2\n").contains("headng_line"));
        assert!(error("{\"dates\": \"month-day-year\"}").contains("day-month-year"));
        assert!(error("heading_line = 0").contains("counts from 1"));
    }
}
