//! Consultations: what is consulted on, by whom, and when it is open.

use chrono::{Days, Duration, NaiveDate};
use serde::{Deserialize, Serialize};
use validator::Validate;

use super::day;
use super::ledger::PaperRules;
use super::window::{Window, london_midnight};
use super::wording::{Edition, Information, Text};

/// A consultation as its owner wrote it: `forms/<code>/consultation.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Consultation {
    /// The stable code, in `kebab-case`; also its address.
    #[validate(length(min = 2, max = 60))]
    pub code: String,
    /// Two or three capitals that open every reference, such as `SH`.
    #[validate(length(min = 2, max = 4))]
    pub prefix: String,
    /// What it is called.
    pub title: Text,
    /// One sentence for the list of consultations.
    pub summary: Text,
    /// Who asks, in full.
    #[validate(length(min = 1))]
    pub owner: String,
    /// Look of the pages: `neutral`, `council` or `nhs`.
    #[serde(default)]
    pub theme: Theme,
    /// The code of the form that residents fill in.
    pub form: String,
    /// The first day.
    pub opens_on: NaiveDate,
    /// The last day; it ends at midnight in London.
    pub closes_on: NaiveDate,
    /// Later last days, in the order they were announced (rule R13).
    #[serde(default, rename = "extension", skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<Extension>,
    /// The day of the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decides_on: Option<NaiveDate>,
    /// The day the change would take effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect_on: Option<NaiveDate>,
    /// Days after closing within which paper posted in time may still arrive (rule R18).
    #[serde(default = "ten")]
    pub paper_grace_days: u64,
    /// Minutes after closing within which a person who had begun may finish (rule R18).
    #[serde(default = "sixty")]
    pub online_grace_minutes: i64,
    /// About how many minutes it takes, by edition.
    #[serde(default)]
    pub minutes: std::collections::BTreeMap<String, u32>,
    /// What it is about.
    pub what: Information,
    /// Why it is asked.
    pub why: Information,
    /// Who decides, and when.
    pub who_decides: Information,
    /// What happens to what people say.
    pub what_happens: Information,
    /// Other ways to answer.
    pub other_ways: Information,
    /// Other formats and how to get them.
    pub formats: Information,
    /// The privacy notice (rule R56).
    pub privacy: Information,
    /// How to reach the people who ask.
    #[validate(nested)]
    pub contact: Contact,
    /// Events where people can talk about it.
    #[serde(default, rename = "event", skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Gathering>,
    /// How much paper is keyed twice, and how long the originals are kept.
    #[serde(default)]
    pub paper: PaperRules,
    /// The small-number rules: `gp_patient_survey` or `nhs_1_7`.
    #[serde(default = "gpps")]
    pub disclosure: String,
    /// Fields whose tables follow the stricter rule for equality characteristics.
    #[serde(default)]
    pub equality: Vec<String>,
    /// Notes for the author; never shown to a resident.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// A later last day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    /// The edition that stays open longer, such as easy read when its booklet came out late; all, when none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<Edition>,
    /// The new last day.
    pub closes_on: NaiveDate,
    /// When it was announced.
    pub announced_on: NaiveDate,
    /// Why.
    pub reason: Text,
}

/// How to reach the people who ask.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// An e-mail address.
    #[validate(email)]
    pub email: String,
    /// A telephone number.
    #[serde(default)]
    pub telephone: String,
    /// A postal address, one line each.
    #[serde(default)]
    pub post: Vec<String>,
}

/// An event open to the public.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gathering {
    /// The stable code.
    pub code: String,
    /// Its name.
    pub title: String,
    /// Where it is; "Online" for one without a place.
    pub place: String,
    /// When it is, in words.
    pub when: String,
    /// Its day.
    pub on: NaiveDate,
}

/// The look of the public pages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// Nobody's colours.
    #[default]
    Neutral,
    /// A council's.
    Council,
    /// The NHS's; only for NHS bodies.
    Nhs,
}

impl Theme {
    /// The code used in files and class names.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Council => "council",
            Self::Nhs => "nhs",
        }
    }
}

const fn ten() -> u64 {
    10
}

const fn sixty() -> i64 {
    60
}

fn gpps() -> String {
    "gp_patient_survey".to_owned()
}

impl Consultation {
    /// The last day on which anybody may answer, in whichever edition: the latest extension's, else the one first announced.
    #[must_use]
    pub fn last_day(&self) -> NaiveDate {
        self.extensions.iter().map(|extension| extension.closes_on).fold(self.closes_on, NaiveDate::max)
    }

    /// The last day in force for one edition; when none is named, for what comes in none, such as a letter.
    #[must_use]
    pub fn last_day_of(&self, edition: Option<Edition>) -> NaiveDate {
        let theirs = self.extensions.iter().filter(|extension| extension.is_for(edition));
        theirs.map(|extension| extension.closes_on).fold(self.closes_on, NaiveDate::max)
    }

    /// The instants between which it is open to anybody, in whichever edition.
    #[must_use]
    pub fn window(&self) -> Window {
        self.window_until(self.last_day())
    }

    /// The instants between which one edition is open; when none is named, what comes in none, such as a letter.
    #[must_use]
    pub fn window_of(&self, edition: Option<Edition>) -> Window {
        self.window_until(self.last_day_of(edition))
    }

    fn window_until(&self, last: NaiveDate) -> Window {
        let after = last + Days::new(1);
        Window {
            opens_at: london_midnight(self.opens_on),
            closes_at: london_midnight(after),
            paper_until: london_midnight(after + Days::new(self.paper_grace_days)),
            online_grace: Duration::minutes(self.online_grace_minutes),
        }
    }

    /// The same consultation with its dates moved so that it is open on `today`; used for demonstrations only.
    #[must_use]
    pub fn moved_to_be_open(mut self, today: NaiveDate) -> Self {
        let by = (today - self.opens_on).num_days() - (self.last_day() - self.opens_on).num_days() * 2 / 3;
        let moved = |day: NaiveDate| day + Duration::days(by);
        self.opens_on = moved(self.opens_on);
        self.closes_on = moved(self.closes_on);
        for extension in &mut self.extensions {
            extension.closes_on = moved(extension.closes_on);
            extension.announced_on = moved(extension.announced_on);
        }
        for event in &mut self.events {
            event.on = moved(event.on);
        }
        self.decides_on = self.decides_on.map(moved);
        self.effect_on = self.effect_on.map(moved);
        self
    }
}

impl Extension {
    /// Whether it moves the last day of this edition.
    #[must_use]
    pub fn is_for(&self, edition: Option<Edition>) -> bool {
        self.edition.is_none() || self.edition == edition
    }
}

/// Why a consultation, or one edition of it, cannot be extended until this day, if it cannot: a last day only ever moves on, and what is closed
/// stays closed, since people were told that it is over.
#[must_use]
pub fn cannot_extend(
    consultation: &Consultation,
    edition: Option<Edition>,
    closes_on: NaiveDate,
    today: NaiveDate,
) -> Option<String> {
    let last = consultation.last_day_of(edition);
    if today > last {
        return Some("It has closed. Publish a new consultation to ask again.".to_owned());
    }
    if closes_on <= last {
        return Some(format!("The new last day must be after {}.", day::in_words(last)));
    }
    let decides = consultation.decides_on.filter(|decides| closes_on >= *decides);
    decides.map(|decides| format!("The decision is on {}: the last day must be before it.", day::in_words(decides)))
}
