//! Tabulation: counts, bases and percentages of one closed question, exact to the last person.

use serde::Serialize;

use super::answer::State;
use super::question::{Choice, Comparability, PREFER_NOT, Scale};
use super::wording::{DEFAULT_LANGUAGE, Edition, Text};

/// The code of the choice that says "I don't know": a class of its own, outside every combined base (rule R33).
pub const DONT_KNOW: &str = "dont_know";

/// The code of the choice that says "not sure". It counts as a middle only when the author says so (rule R33).
pub const NOT_SURE: &str = "not_sure";

/// The group of those who did not say, so that the groups of a breakdown add up to everyone.
pub const NOT_STATED: &str = "not_stated";

/// What one response says in one field: indexes into the variable's codes, or the state that stands in their place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark<'a> {
    /// Answered, with these codes.
    Codes(&'a [u16]),
    /// Any other state than answered.
    State(State),
}

/// How the choices of a question are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// The choices as they were asked.
    AsAsked,
    /// The classes into which both editions fall (rule R31).
    Classes,
}

impl Reading {
    /// The code used in tables.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::AsAsked => "as_asked",
            Self::Classes => "classes",
        }
    }
}

/// One column of a table: a choice or a class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    /// The stable code.
    pub code: String,
    /// Its label.
    pub label: String,
    /// Whether it counts towards the base; "don't know" in a combined table does not.
    pub in_base: bool,
}

/// What is tabulated: one closed field, read one way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Subject {
    /// The field's key.
    pub question: String,
    /// The question in words.
    pub label: String,
    /// Whether one person may tick several choices, so that percentages may pass 100.
    pub many: bool,
    /// How its choices are read.
    pub reading: Reading,
    /// The columns.
    pub columns: Vec<Column>,
    /// The codes of the variable.
    #[serde(skip)]
    pub codes: Vec<String>,
    /// For every code of the variable, the column it falls into; `None` for a code that no column shows.
    #[serde(skip)]
    pub fold: Vec<Option<u16>>,
    /// Whether it is about an equality characteristic.
    pub equality: bool,
}

/// One group of a breakdown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    /// The stable code.
    pub code: String,
    /// Its label.
    pub label: String,
}

/// Who answered: the groups a table is split by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Breakdown {
    /// The stable code, such as `edition` or `council_area`.
    pub code: String,
    /// The name of what makes the groups: a field's key, or `@` and the code of what is not a field.
    #[serde(skip)]
    pub variable: String,
    /// The groups, in order.
    pub groups: Vec<Group>,
    /// Whether one person may be in several groups, so that groups do not add up.
    pub overlapping: bool,
    /// Whether it says something about the person rather than about the return.
    pub personal: bool,
    /// Whether it is an equality characteristic.
    pub equality: bool,
}

impl Breakdown {
    /// Everyone, as one group.
    #[must_use]
    pub fn whole() -> Self {
        let all = Group { code: "all".to_owned(), label: "All responses".to_owned() };
        Self {
            code: "all".to_owned(),
            variable: "@all".to_owned(),
            groups: vec![all],
            overlapping: false,
            personal: false,
            equality: false,
        }
    }

    /// Whether it is everyone as one group.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.code == "all"
    }
}

/// The exact counts of one group. Never shown as they are: disclosure comes first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    /// The responses in the group.
    pub responses: u64,
    /// How many stand in each state, in the order of [`State::ALL`].
    pub states: [u64; 6],
    /// How many gave each column's answer.
    pub columns: Vec<u64>,
    /// Whether the group was offered each column; `false` prints as not applicable.
    pub offered: Vec<bool>,
}

/// One table of exact counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// What is tabulated.
    pub subject: Subject,
    /// Who answered.
    pub breakdown: Breakdown,
    /// Only the responses in this edition, where the editions may not be put into one table.
    pub within: Option<Edition>,
    /// The counts, one for each group of the breakdown.
    pub counts: Vec<Counts>,
}

impl Counts {
    /// Nobody, in a group that is offered every column.
    #[must_use]
    pub fn none(columns: usize) -> Self {
        Self { responses: 0, states: [0; 6], columns: vec![0; columns], offered: vec![true; columns] }
    }

    /// Those who answered with something that counts: what percentages are of.
    #[must_use]
    pub fn base(&self, subject: &Subject) -> u64 {
        if subject.many || subject.reading == Reading::AsAsked {
            return self.states[0];
        }
        subject.columns.iter().zip(&self.columns).filter(|(column, _)| column.in_base).map(|(_, count)| count).sum()
    }

    fn add(&mut self, subject: &Subject, mark: Mark<'_>) {
        self.responses += 1;
        match mark {
            Mark::State(state) => self.states[place(state)] += 1,
            Mark::Codes(codes) => {
                self.states[place(State::Answered)] += 1;
                for code in codes {
                    if let Some(column) = subject.fold.get(usize::from(*code)).copied().flatten() {
                        self.columns[usize::from(column)] += 1;
                    }
                }
            }
        }
    }
}

/// Where a state stands in [`State::ALL`].
#[must_use]
pub fn place(state: State) -> usize {
    State::ALL.iter().position(|other| *other == state).unwrap_or_default()
}

/// Counts one subject over these rows. `mark` says what a row answers, `groups` which groups it is in.
pub fn tabulate<'a>(
    subject: &Subject,
    groups: usize,
    rows: impl Iterator<Item = usize>,
    mark: impl Fn(usize) -> Mark<'a>,
    member: impl Fn(usize) -> &'a [u16],
) -> Vec<Counts> {
    let mut counts = vec![Counts::none(subject.columns.len()); groups];
    for row in rows {
        let mark = mark(row);
        for group in member(row) {
            counts[usize::from(*group)].add(subject, mark);
        }
    }
    counts
}

/// A net: the people with at least one of these codes, each counted once.
pub fn net<'a>(marks: impl Iterator<Item = Mark<'a>>, members: &[u16]) -> u64 {
    marks.filter(|mark| matches!(mark, Mark::Codes(codes) if codes.iter().any(|code| members.contains(code)))).map(|_| 1).sum()
}

/// A percentage, rounded half up from exact counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PerCent {
    /// A whole percentage; 0 means that nobody did.
    Whole(u64),
    /// Above 0 and under a half.
    Low,
    /// There is no base to be a percentage of.
    NoBase,
}

/// `count` of `base` in per cent, on integers alone.
#[must_use]
pub fn per_cent(count: u64, base: u64) -> PerCent {
    if base == 0 {
        return PerCent::NoBase;
    }
    let (count, base) = (u128::from(count), u128::from(base));
    match u64::try_from((200 * count + base) / (2 * base)).unwrap_or(u64::MAX) {
        0 if count > 0 => PerCent::Low,
        whole => PerCent::Whole(whole),
    }
}

/// Whether two shares are five points or more apart, by exact comparison (rule R32).
#[must_use]
pub fn five_points_apart((a, of_a): (u64, u64), (b, of_b): (u64, u64)) -> bool {
    if of_a == 0 || of_b == 0 {
        return false;
    }
    let [a, of_a, b, of_b] = [a, of_a, b, of_b].map(u128::from);
    100 * (a * of_b).abs_diff(b * of_a) >= 5 * of_a * of_b
}

/// Why the answers of the two editions may not be put into one table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CannotCombine {
    /// The author says so.
    #[error("the two editions of this question are marked as different, so their answers are never put into one table (R30)")]
    Different,
    /// A choice has no class.
    #[error("the choice `{0}` does not say which class it falls into, so the editions cannot be combined (R30)")]
    NoClass(String),
    /// A choice names a class that the scale lacks.
    #[error("the choice `{0}` falls into a class that the scale does not list (R30)")]
    UnknownClass(String),
}

/// How the two editions of a scale are combined: always downwards, never upwards, never as a mean (rules R30 to R33).
/// Gives the columns, and for each of `codes` the column it falls into.
pub fn combine(scale: &Scale, codes: &[&str]) -> Result<(Vec<Column>, Vec<Option<u16>>), CannotCombine> {
    let same = scale.comparability == Comparability::Same;
    let mut columns: Vec<Column> = match scale.comparability {
        Comparability::Different => return Err(CannotCombine::Different),
        Comparability::Same => scale.choices.iter().map(|choice| column(&choice.code, &choice.text, !unsure(choice))).collect(),
        Comparability::Collapsible => {
            scale.classes.iter().map(|class| column(&class.code, &class.text, class.code != DONT_KNOW)).collect()
        }
    };
    columns.retain(|column| column.code != PREFER_NOT);
    for choice in scale.choices.iter().filter(|choice| !same && unsure(choice)) {
        if !columns.iter().any(|column| column.code == choice.code) {
            columns.push(column(&choice.code, &choice.text, false));
        }
    }
    let at = |wanted: &str| columns.iter().position(|column| column.code == wanted).and_then(|index| u16::try_from(index).ok());
    let mut fold = Vec::with_capacity(codes.len());
    for code in codes {
        let Some(choice) = scale.choices.iter().find(|choice| choice.code == *code) else {
            fold.push(None);
            continue;
        };
        fold.push(match &choice.collapses_to {
            Some(class) if !same => Some(at(class).ok_or_else(|| CannotCombine::UnknownClass(choice.code.clone()))?),
            None if !same && !unsure(choice) && choice.code != PREFER_NOT => {
                return Err(CannotCombine::NoClass(choice.code.clone()));
            }
            _ => at(&choice.code),
        });
    }
    Ok((columns, fold))
}

/// Whether a choice says that the person does not know; "not sure" does, unless the author gave it a class.
fn unsure(choice: &Choice) -> bool {
    choice.code == DONT_KNOW || (choice.code == NOT_SURE && choice.collapses_to.is_none())
}

fn column(code: &str, text: &Text, in_base: bool) -> Column {
    Column { code: code.to_owned(), label: words(text, code), in_base }
}

/// A label: the standard wording, else the easy-read one, else the code.
#[must_use]
pub fn words(text: &Text, code: &str) -> String {
    let said =
        Edition::ALL.into_iter().find_map(|edition| text.exact(edition, DEFAULT_LANGUAGE).filter(|words| !words.is_empty()));
    said.unwrap_or(code).to_owned()
}

#[cfg(test)]
mod tests;
