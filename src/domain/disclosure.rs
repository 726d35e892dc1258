//! Disclosure: the small-number rules. One place, after counting and before any page or file (rules R42 to R48).
//!
//! [`protect`] takes the exact tables of a run and gives back the only tables that may be shown. It hides what the preset
//! hides, hides more so that nothing can be worked out from what is left, and proves it: for every hidden number there is
//! another set of numbers that agrees with everything published.

use serde::{Serialize, Serializer};

use super::tabulate::{Breakdown, Group, Subject, Table};
use super::wording::Edition;

mod bounds;
mod ledger;
mod rules;
mod shown;
pub mod system;
mod witness;

pub use shown::{Isolated, Published, isolated};

/// Which small-number rules hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// Results of fewer than 10 people hidden; in tables about equality characteristics, counts of 1 to 4 hidden and the
    /// next lowest when only one is.
    GpPatientSurvey,
    /// Counts of 1 to 7 hidden, the rest to the nearest 5, percentages from the rounded counts.
    #[serde(rename = "nhs_1_7")]
    Nhs17,
    /// Nothing hidden. Never for what leaves the team.
    None,
}

impl Preset {
    /// The preset with this code, if there is one.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::GpPatientSurvey, Self::Nhs17, Self::None].into_iter().find(|preset| preset.code() == code)
    }

    /// The code used in form files and exports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::GpPatientSurvey => "gp_patient_survey",
            Self::Nhs17 => "nhs_1_7",
            Self::None => "none",
        }
    }

    /// The rule in words, for the notes beside every table.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::GpPatientSurvey => {
                "Results based on fewer than 10 people are hidden. In tables about equality characteristics, such as age, \
                 counts of 1 to 4 are hidden, and the next lowest when only one would be. More is hidden where a hidden number could \
                 otherwise be worked out."
            }
            Self::Nhs17 => {
                "Counts of 1 to 7 are hidden. Other counts are rounded to the nearest 5, and percentages are worked out from \
                 the rounded counts. How many responses came in by channel, edition and form version is exact."
            }
            Self::None => "Nothing is hidden. For the analysis team only; not to be published or passed on.",
        }
    }
}

/// A number as it may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// The number.
    Count(u64),
    /// `[c]`: hidden, so that nobody can be recognised.
    Hidden,
    /// `[low]`: above 0 and under 0.5 per cent.
    Low,
    /// `[z]`: does not apply, such as a question that was not asked in this edition.
    NotApplicable,
    /// `[x]`: not available, such as a percentage of nobody.
    NotAvailable,
}

impl std::fmt::Display for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Count(count) => write!(f, "{count}"),
            Self::Hidden => f.write_str("[c]"),
            Self::Low => f.write_str("[low]"),
            Self::NotApplicable => f.write_str("[z]"),
            Self::NotAvailable => f.write_str("[x]"),
        }
    }
}

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Count(count) => serializer.serialize_u64(*count),
            token => serializer.collect_str(token),
        }
    }
}

/// Groups of one breakdown that are made of groups of another, such as areas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nesting {
    /// The variable of the coarse breakdown.
    pub outer: String,
    /// The variable of the fine breakdown.
    pub inner: String,
    /// For each coarse group, the fine groups it is made of.
    pub holds: Vec<(String, Vec<String>)>,
}

/// Everything that is handed over at once: tables that can be held against each other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Run {
    /// The tables.
    pub tables: Vec<Table>,
    /// How the groups of their breakdowns are made of one another.
    pub nestings: Vec<Nesting>,
}

/// One number of a table, with the percentage it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ShownCell {
    /// How many.
    pub count: Shown,
    /// Of the base, in per cent.
    pub per_cent: Shown,
}

/// One group of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShownGroup {
    /// The group.
    #[serde(flatten)]
    pub group: Group,
    /// The responses in it.
    pub responses: Shown,
    /// How many stand in each state, in the order of [`super::answer::State::ALL`].
    pub states: [Shown; 6],
    /// What the percentages are of.
    pub base: Shown,
    /// One for each column.
    pub cells: Vec<ShownCell>,
}

/// A table as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShownTable {
    /// What is tabulated.
    #[serde(flatten)]
    pub subject: Subject,
    /// Who answered.
    pub breakdown: Breakdown,
    /// Only the responses in this edition.
    pub within: Option<Edition>,
    /// The groups.
    pub groups: Vec<ShownGroup>,
}

/// What the audit found and did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Audit {
    /// How many numbers are hidden.
    pub hidden: usize,
    /// For how many of them another solution of everything published was found.
    pub proven: usize,
    /// How many were hidden only to protect others.
    pub added: usize,
    /// How many are withheld with every table, because fewer than ten people responded or because hiding less could not be
    /// proved to be enough: only what is always published is left then, so there is nothing else they could be worked out from.
    pub withheld: usize,
    /// Hidden numbers that follow from what is always published, such as a question that everyone answered alike.
    pub implied: Vec<String>,
}

/// Tables that may be shown, and the proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Protected {
    /// The rules that were applied.
    pub preset: Preset,
    /// The tables, in the order of the run.
    pub tables: Vec<ShownTable>,
    /// What the audit found and did.
    pub audit: Audit,
    /// Every published number by what it counts; kept to hold a later run against.
    #[serde(skip)]
    pub published: Published,
}

/// Applies the preset to a run, hides what else must be hidden, and proves that nothing hidden can be worked out.
#[must_use]
pub fn protect(run: &Run, preset: Preset) -> Protected {
    let mut ledger = ledger::Ledger::new(run, preset);
    rules::first(&mut ledger, preset);
    rules::company(&mut ledger, preset);
    let audit = rules::audit(&mut ledger, preset);
    shown::show(run, &ledger, preset, audit)
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
