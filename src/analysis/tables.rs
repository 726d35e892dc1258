//! Which tables are made: every closed question, by everyone and by each breakdown, in the only ways its two editions may be
//! read together.

use std::collections::BTreeMap;

use super::dataset::Dataset;
use super::variable::{Holds, Variable};
use crate::domain::disclosure::{Nesting, Run};
use crate::domain::question::{Comparability, PREFER_NOT};
use crate::domain::submission::Channel;
use crate::domain::tabulate::{
    Breakdown, Column, Counts, Group, Mark, NOT_STATED, Reading, Subject, Table, combine, tabulate, words,
};
use crate::domain::wording::Edition;

/// The breakdowns that are not a field.
pub const RESERVED: [&str; 5] = ["edition", "channel", "form_version", "council_area", "area_group"];

/// What is tabulated.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The fields; every closed one, when empty.
    pub questions: Vec<String>,
    /// The breakdowns, by code.
    pub breakdowns: Vec<String>,
}

/// A breakdown, with the groups that each row is in.
struct Split {
    breakdown: Breakdown,
    starts: Vec<u32>,
    members: Vec<u16>,
    /// The field whose answers make the groups.
    field: Option<String>,
}

impl Split {
    fn of(breakdown: Breakdown, field: Option<&str>, rows: usize, member: impl Fn(usize, &mut Vec<u16>)) -> Self {
        let (mut starts, mut members) = (Vec::with_capacity(rows + 1), Vec::with_capacity(rows));
        for row in 0..rows {
            starts.push(u32::try_from(members.len()).unwrap_or(u32::MAX));
            member(row, &mut members);
        }
        starts.push(u32::try_from(members.len()).unwrap_or(u32::MAX));
        Self { breakdown, starts, members, field: field.map(str::to_owned) }
    }

    fn groups_of(&self, row: usize) -> &[u16] {
        &self.members[self.starts[row] as usize..self.starts[row + 1] as usize]
    }
}

/// The exact tables, and the breakdowns that this form does not have.
#[must_use]
pub fn plan(dataset: &Dataset, wanted: &Wanted) -> (Run, Vec<String>) {
    let mut splits = vec![Split::of(Breakdown::whole(), None, dataset.rows.len(), |_, to| to.push(0))];
    let mut missing = Vec::new();
    for code in &wanted.breakdowns {
        match split(dataset, code) {
            Some(split) => splits.push(split),
            None => missing.push(code.clone()),
        }
    }
    let edition = edition(dataset);
    let mut tables = Vec::new();
    let named = |variable: &&Variable| wanted.questions.is_empty() || wanted.questions.contains(&variable.key);
    for variable in dataset.variables.iter().filter(|variable| variable.closed()).filter(named) {
        question(dataset, variable, &splits, &edition, &mut tables);
    }
    (Run { tables, nestings: nestings(dataset) }, missing)
}

/// Tables of what was decided about rows, such as their themes: everybody, and by each breakdown that this form has.
pub fn of_rows<'a>(
    dataset: &Dataset,
    subject: &Subject,
    breakdowns: &[String],
    rows: &[usize],
    mark: impl Fn(usize) -> Mark<'a>,
) -> Run {
    let whole = Split::of(Breakdown::whole(), None, dataset.rows.len(), |_, to| to.push(0));
    let splits: Vec<Split> = [whole].into_iter().chain(breakdowns.iter().filter_map(|code| split(dataset, code))).collect();
    let table = |split: &Split| {
        let groups = split.breakdown.groups.len();
        #[expect(
            clippy::redundant_closure,
            reason = "what `mark` gives lives longer than the split, and only a closure may shorten it"
        )]
        let counts = tabulate(subject, groups, rows.iter().copied(), |row| mark(row), |row| split.groups_of(row));
        Table { subject: subject.clone(), breakdown: split.breakdown.clone(), within: None, counts }
    };
    Run { tables: splits.iter().map(table).collect(), nestings: nestings(dataset) }
}

/// The tables of one question.
fn question(dataset: &Dataset, variable: &Variable, splits: &[Split], edition: &Split, tables: &mut Vec<Table>) {
    let asked = as_asked(variable);
    let others = || splits.iter().filter(|split| split.breakdown.code != "edition" && !of_itself(dataset, split, variable));
    let by_edition = splits.iter().any(|split| split.breakdown.code == "edition");
    let mut add = |subject: &Subject, split: &Split, within| tables.push(table(dataset, variable, subject, split, within));
    let both = Edition::ALL.into_iter().all(|edition| variable.asked.iter().any(|(_, asked)| *asked == edition));
    let Some(scale) = variable.scale.as_ref().filter(|_| both) else {
        others().chain(by_edition.then_some(edition)).for_each(|split| add(&asked, split, None));
        return;
    };
    let codes: Vec<&str> = variable.codes.iter().map(|code| code.code.as_str()).collect();
    let classes =
        combine(scale, &codes).ok().map(|(columns, fold)| Subject { reading: Reading::Classes, columns, fold, ..asked.clone() });
    match (classes, scale.comparability) {
        (Some(classes), Comparability::Same) => {
            others().chain([edition]).for_each(|split| add(&asked, split, None));
            others().filter(|split| split.breakdown.is_whole()).chain([edition]).for_each(|split| add(&classes, split, None));
        }
        (Some(classes), _) => {
            add(&asked, edition, None);
            others().chain([edition]).for_each(|split| add(&classes, split, None));
        }
        (None, _) => {
            add(&asked, edition, None);
            for within in Edition::ALL {
                let crossed = others().filter(|split| !split.breakdown.is_whole());
                crossed.for_each(|split| add(&asked, split, Some(within)));
            }
        }
    }
}

/// Whether a breakdown is made of the answers to this very question.
fn of_itself(dataset: &Dataset, split: &Split, variable: &Variable) -> bool {
    let area = dataset.areas().is_some_and(|areas| areas.question == variable.key);
    split.field.as_deref() == Some(variable.key.as_str()) || (area && split.breakdown.code == "area_group")
}

fn as_asked(variable: &Variable) -> Subject {
    let kept = || variable.codes.iter().enumerate().filter(|(_, code)| code.code != PREFER_NOT);
    let mut fold = vec![None; variable.codes.len()];
    kept().enumerate().for_each(|(column, (code, _))| fold[code] = u16::try_from(column).ok());
    Subject {
        question: variable.key.clone(),
        label: variable.label.clone(),
        many: variable.takes == Holds::Many,
        reading: Reading::AsAsked,
        columns: kept().map(|(_, c)| Column { code: c.code.clone(), label: c.label.clone(), in_base: true }).collect(),
        codes: variable.codes.iter().map(|code| code.code.clone()).collect(),
        fold,
        equality: variable.equality,
    }
}

fn table(dataset: &Dataset, variable: &Variable, subject: &Subject, split: &Split, within: Option<Edition>) -> Table {
    let rows = (0..dataset.rows.len()).filter(|row| within.is_none_or(|edition| dataset.rows[*row].edition == edition));
    let groups = split.breakdown.groups.len();
    let mut counts = tabulate(subject, groups, rows, |row| variable.mark(row), |row| split.groups_of(row));
    for (group, counts) in split.breakdown.groups.iter().zip(&mut counts) {
        let edition = if split.breakdown.code == "edition" { Edition::from_code(&group.code) } else { within };
        let version = if split.breakdown.code == "form_version" { group.code.parse().ok() } else { None };
        offered(variable, subject, edition, version, counts);
    }
    Table { subject: subject.clone(), breakdown: split.breakdown.clone(), within, counts }
}

/// Which columns a group was offered: only the edition and the version decide, never what people answered.
fn offered(variable: &Variable, subject: &Subject, edition: Option<Edition>, version: Option<u32>, counts: &mut Counts) {
    counts.offered.fill(false);
    for (code, column) in subject.fold.iter().enumerate() {
        if let Some(column) = column {
            counts.offered[usize::from(*column)] |= variable.offers(code, edition, version);
        }
    }
}

fn split(dataset: &Dataset, code: &str) -> Option<Split> {
    match code {
        "edition" => Some(edition(dataset)),
        "channel" => Some(channel(dataset)),
        "form_version" => Some(version(dataset)),
        "council_area" => {
            let field = dataset.areas().map_or("council_area", |areas| areas.question.as_str());
            by_field(dataset, dataset.variable(field)?, code)
        }
        "area_group" => area_group(dataset),
        field => by_field(dataset, dataset.variable(field)?, code),
    }
}

fn breakdown(code: &str, variable: &str, groups: Vec<Group>) -> Breakdown {
    let (code, variable) = (code.to_owned(), variable.to_owned());
    Breakdown { code, variable, groups, overlapping: false, personal: false, equality: false }
}

fn group(code: &str, label: &str) -> Group {
    Group { code: code.to_owned(), label: label.to_owned() }
}

fn edition(dataset: &Dataset) -> Split {
    let groups = vec![group("standard", "Standard"), group("easy_read", "Easy read")];
    let place = |edition: Edition| u16::from(edition == Edition::EasyRead);
    let breakdown = breakdown("edition", "@edition", groups);
    Split::of(breakdown, None, dataset.rows.len(), |row, to| to.push(place(dataset.rows[row].edition)))
}

/// The channels that any response came in by.
fn channel(dataset: &Dataset) -> Split {
    let used: Vec<Channel> =
        Channel::ALL.into_iter().filter(|channel| dataset.rows.iter().any(|row| row.channel == *channel)).collect();
    let groups = used.iter().map(|channel| group(channel.code(), &said(channel.code()))).collect();
    Split::of(breakdown("channel", "@channel", groups), None, dataset.rows.len(), |row, to| {
        let place = used.iter().position(|channel| *channel == dataset.rows[row].channel);
        to.extend(place.and_then(|place| u16::try_from(place).ok()));
    })
}

/// A code as words: `face_to_face` as "Face to face".
fn said(code: &str) -> String {
    let words = code.replace('_', " ");
    words.get(..1).map_or_else(String::new, |first| first.to_uppercase() + &words[1..])
}

fn version(dataset: &Dataset) -> Split {
    let numbers: BTreeMap<u32, u16> =
        dataset.forms.iter().rev().zip(0..).map(|(version, place)| (version.form.version, place)).collect();
    let groups = numbers.keys().map(|number| group(&number.to_string(), &format!("Version {number}"))).collect();
    Split::of(breakdown("form_version", "@form_version", groups), None, dataset.rows.len(), |row, to| {
        to.extend(numbers.get(&dataset.rows[row].form_version));
    })
}

/// The groups that a closed field's answers make, and those who did not say.
fn by_field(dataset: &Dataset, variable: &Variable, code: &str) -> Option<Split> {
    if !variable.closed() {
        return None;
    }
    let subject = as_asked(variable);
    let mut groups: Vec<Group> = subject.columns.iter().map(|column| group(&column.code, &column.label)).collect();
    groups.push(group(NOT_STATED, "Not stated"));
    let last = u16::try_from(groups.len() - 1).ok()?;
    let mut by = breakdown(code, &variable.key, groups);
    (by.overlapping, by.personal, by.equality) = (subject.many, true, variable.equality);
    Some(Split::of(by, Some(&variable.key), dataset.rows.len(), |row, to| {
        let before = to.len();
        if let Mark::Codes(codes) = variable.mark(row) {
            to.extend(codes.iter().filter_map(|code| subject.fold[usize::from(*code)]));
        }
        if to.len() == before {
            to.push(last);
        }
    }))
}

fn area_group(dataset: &Dataset) -> Option<Split> {
    let areas = dataset.areas()?;
    dataset.variable(&areas.question).filter(|variable| variable.closed())?;
    let mut groups: Vec<Group> = areas.groups.iter().map(|g| group(&g.code, &words(&g.text, &g.code))).collect();
    groups.push(group(NOT_STATED, "In none of these, or not stated"));
    let mut by = breakdown("area_group", "@area_group", groups.clone());
    by.personal = true;
    Some(Split::of(by, None, dataset.rows.len(), |row, to| {
        let code = dataset.area_group(row).unwrap_or(NOT_STATED);
        to.extend(groups.iter().position(|group| group.code == code).and_then(|place| u16::try_from(place).ok()));
    }))
}

/// How area groups are made of areas. Those in no group are those who did not say, and the areas that no group holds.
fn nestings(dataset: &Dataset) -> Vec<Nesting> {
    let Some(areas) = dataset.areas() else { return Vec::new() };
    let Some(variable) = dataset.variable(&areas.question) else { return Vec::new() };
    let known = |code: &String| variable.codes.iter().any(|known| known.code == *code);
    let mut holds: Vec<(String, Vec<String>)> = areas
        .groups
        .iter()
        .map(|group| (group.code.clone(), group.holds.iter().filter(|c| known(c)).cloned().collect()))
        .collect();
    let grouped: Vec<String> = holds.iter().flat_map(|(_, held)| held.clone()).collect();
    let free = variable.codes.iter().map(|code| &code.code).filter(|code| !grouped.contains(code) && *code != PREFER_NOT);
    let rest = free.cloned().chain([NOT_STATED.to_owned()]).collect();
    holds.push((NOT_STATED.to_owned(), rest));
    vec![Nesting { outer: "@area_group".to_owned(), inner: variable.key.clone(), holds }]
}
