//! The paper ledger: a batch is a counted pile, each of its sheets ends in exactly one way, and it closes only when
//! `received = keyed + spoiled + duplicate + void`.

use chrono::{DateTime, Months, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::window::london_day;

/// The most sheets one batch may hold: a pile that a person can count, and count again.
pub const MOST_SHEETS: u32 = 2000;

/// Where a batch came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// From the box in a library.
    Library,
    /// From an event or a workshop.
    Event,
    /// By post.
    Post,
    /// Handed in at an office, a surgery, a school.
    HandIn,
}

impl Source {
    /// Every source, in the order forms offer them.
    pub const ALL: [Self; 4] = [Self::Library, Self::Event, Self::Post, Self::HandIn];

    /// The code used in tables and exports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Library => "library",
            Self::Event => "event",
            Self::Post => "post",
            Self::HandIn => "hand_in",
        }
    }

    /// The source in words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Library => "Library",
            Self::Event => "Event or workshop",
            Self::Post => "Post",
            Self::HandIn => "Handed in",
        }
    }

    /// The source with this code, if there is one.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.code() == code)
    }
}

/// Where the day of the postmark is found (rule R18: paper posted in time may arrive within the grace).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Postmark {
    /// There is none: it was not posted.
    None,
    /// One for the whole batch, such as one parcel.
    Batch,
    /// One on each sheet's own envelope; the keyer reads it.
    Sheet,
}

impl Postmark {
    /// Every rule, in the order forms offer them.
    pub const ALL: [Self; 3] = [Self::None, Self::Batch, Self::Sheet];

    /// The code used in tables and exports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Batch => "batch",
            Self::Sheet => "sheet",
        }
    }

    /// The rule in words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::None => "Not posted",
            Self::Batch => "One postmark for the whole batch",
            Self::Sheet => "A postmark on each envelope, keyed with its sheet",
        }
    }

    /// The rule with this code, if there is one.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.code() == code)
    }
}

/// How a sheet ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Its answers were keyed; the response is stored, or held for a person to decide.
    Keyed,
    /// Nothing on it can be read or counted.
    Spoiled,
    /// A copy of a sheet that is already here.
    Duplicate,
    /// It is no return: a covering letter, a sheet of another pile, a number that was skipped.
    Void,
}

impl Outcome {
    /// Every outcome, in the order tables print them.
    pub const ALL: [Self; 4] = [Self::Keyed, Self::Spoiled, Self::Duplicate, Self::Void];

    /// The code used in tables and exports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Keyed => "keyed",
            Self::Spoiled => "spoiled",
            Self::Duplicate => "duplicate",
            Self::Void => "void",
        }
    }

    /// The outcome with this code, if there is one.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.code() == code)
    }
}

/// What became of a batch's sheets, as of some moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Balance {
    /// Sheets counted in.
    pub received: u32,
    /// Sheets whose answers were keyed.
    pub keyed: u32,
    /// Sheets on which nothing can be read.
    pub spoiled: u32,
    /// Copies of other sheets.
    pub duplicate: u32,
    /// Sheets that are no return.
    pub void: u32,
}

impl Balance {
    /// The balance of a count and the outcomes of the sheets that have ended.
    #[must_use]
    pub fn of(received: u32, outcomes: impl IntoIterator<Item = Outcome>) -> Self {
        let mut balance = Self { received, ..Self::default() };
        for outcome in outcomes {
            *match outcome {
                Outcome::Keyed => &mut balance.keyed,
                Outcome::Spoiled => &mut balance.spoiled,
                Outcome::Duplicate => &mut balance.duplicate,
                Outcome::Void => &mut balance.void,
            } += 1;
        }
        balance
    }

    /// Sheets that have ended.
    #[must_use]
    pub const fn ended(&self) -> u32 {
        self.keyed + self.spoiled + self.duplicate + self.void
    }

    /// Sheets still open; negative when more have ended than were counted, which only a fault can bring about.
    #[must_use]
    pub fn open(&self) -> i64 {
        i64::from(self.received) - i64::from(self.ended())
    }

    /// Whether `received = keyed + spoiled + duplicate + void`.
    #[must_use]
    pub const fn holds(&self) -> bool {
        self.received == self.ended()
    }
}

impl std::ops::Add for Balance {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            received: self.received + other.received,
            keyed: self.keyed + other.keyed,
            spoiled: self.spoiled + other.spoiled,
            duplicate: self.duplicate + other.duplicate,
            void: self.void + other.void,
        }
    }
}

/// One sheet as closing looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SheetState {
    /// Its number in the batch, from 1.
    pub number: u32,
    /// How it ended, if it has.
    pub outcome: Option<Outcome>,
    /// For a keyed one: whether the door has confirmed that it keeps it.
    pub confirmed: bool,
    /// What double keying still wants of it.
    pub second: Second,
}

/// What double keying still wants of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Second {
    /// Nothing.
    Done,
    /// To be keyed a second time.
    Wanted,
    /// Differences to be settled.
    Unsettled,
}

/// What stands in the way of closing a batch, one sentence each; none when it may be closed.
#[must_use]
pub fn missing(received: u32, sheets: &[SheetState]) -> Vec<String> {
    let balance = Balance::of(received, sheets.iter().filter_map(|sheet| sheet.outcome));
    let numbers = |wanted: &dyn Fn(&SheetState) -> bool| -> Vec<u32> {
        sheets.iter().filter(|sheet| wanted(sheet)).map(|sheet| sheet.number).collect()
    };
    let mut missing = Vec::new();
    let open = numbers(&|sheet| sheet.outcome.is_none());
    if !balance.holds() {
        let ended = balance.ended();
        let which = if open.is_empty() { String::new() } else { format!(" Without an end: {}.", listed(&open)) };
        missing.push(format!(
            "{received} received, but {ended} accounted for: {} keyed, {} spoiled, {} duplicate, {} void.{which}",
            balance.keyed, balance.spoiled, balance.duplicate, balance.void
        ));
    }
    let mut wants = |numbers: Vec<u32>, what: &str| {
        if !numbers.is_empty() {
            missing.push(format!("{what}: {}.", listed(&numbers)));
        }
    };
    wants(numbers(&|sheet| sheet.outcome == Some(Outcome::Keyed) && !sheet.confirmed), "Keyed but not confirmed as stored");
    wants(numbers(&|sheet| sheet.second == Second::Wanted), "To be keyed a second time");
    wants(numbers(&|sheet| sheet.second == Second::Unsettled), "With differences between two keyings to be settled");
    missing
}

/// "sheet 4", "sheets 1 to 3, 7 and 9".
#[must_use]
pub fn listed(numbers: &[u32]) -> String {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((_, end)) if end.checked_add(1) == Some(*number) => *end = *number,
            _ => runs.push((*number, *number)),
        }
    }
    let said: Vec<String> =
        runs.iter().map(|(from, to)| if from == to { from.to_string() } else { format!("{from} to {to}") }).collect();
    let noun = if numbers.len() == 1 { "sheet" } else { "sheets" };
    match said.split_last() {
        Some((last, [])) => format!("{noun} {last}"),
        Some((last, others)) => format!("{noun} {} and {last}", others.join(", ")),
        None => "no sheets".to_owned(),
    }
}

/// What a recount does to the sheets of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recount {
    /// The same number as before.
    Same,
    /// These sheets come to it: from, to.
    Add(u32, u32),
    /// These sheets, none of which has ended, go from the end: from, to.
    Remove(u32, u32),
}

/// Plan a recount. Only sheets at the end that have not ended may go.
///
/// # Errors
/// What is wrong with the new count, and what to do instead.
pub fn recount(before: u32, after: u32, sheets: &[SheetState]) -> Result<Recount, String> {
    check_count(after)?;
    if after == before {
        return Ok(Recount::Same);
    }
    if after > before {
        return Ok(Recount::Add(before + 1, after));
    }
    let ended: Vec<u32> =
        sheets.iter().filter(|sheet| sheet.number > after && sheet.outcome.is_some()).map(|sheet| sheet.number).collect();
    if ended.is_empty() {
        return Ok(Recount::Remove(after + 1, before));
    }
    Err(format!(
        "{} would fall away, but {} already ended. Give the number that is missing the end \u{201c}void\u{201d} with a reason instead.",
        listed(&ended),
        if ended.len() == 1 { "has" } else { "have" }
    ))
}

/// Whether a pile may have this many sheets.
///
/// # Errors
/// What is wrong with the count, and what to do.
pub fn check_count(sheets: u32) -> Result<(), String> {
    match sheets {
        0 => Err("Count at least one sheet.".to_owned()),
        1..=MOST_SHEETS => Ok(()),
        _ => Err(format!("A batch holds at most {MOST_SHEETS} sheets. Make several smaller piles of it.")),
    }
}

/// What a consultation decides about paper: how much of it is keyed twice, and how long the originals are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperRules {
    /// Of a hundred sheets, how many are keyed a second time.
    #[serde(default = "ten")]
    pub keyed_twice_per_cent: u32,
    /// Of a thousand closed fields, how many a keyer may get wrong before more of their sheets are keyed twice.
    #[serde(default = "ten")]
    pub wrong_per_thousand: u32,
    /// For how many months after the last day of the consultation the originals are kept.
    #[serde(default = "twelve")]
    pub originals_months: u32,
}

const fn ten() -> u32 {
    10
}

const fn twelve() -> u32 {
    12
}

impl Default for PaperRules {
    fn default() -> Self {
        Self { keyed_twice_per_cent: ten(), wrong_per_thousand: ten(), originals_months: twelve() }
    }
}

impl PaperRules {
    /// The last day on which the originals are kept.
    #[must_use]
    pub fn originals_kept_until(&self, last_day: NaiveDate) -> NaiveDate {
        last_day.checked_add_months(Months::new(self.originals_months)).unwrap_or(NaiveDate::MAX)
    }
}

/// How many days a batch has been here, by the calendar of London.
#[must_use]
pub fn age_in_days(received_on: NaiveDate, now: DateTime<Utc>) -> i64 {
    (london_day(now) - received_on).num_days().max(0)
}

#[cfg(test)]
mod tests;
