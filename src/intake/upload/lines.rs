//! Lines to submissions: each line of a sheet read, checked and given its ids, or its problems with cell and cure.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;

use super::cells::{Cell, Row, letters};
use super::choices::{Choices, Wrong};
use super::headings::{Column, Columns};
use super::identity::{Identity, Twice};
use super::mapping::{About, Target};
use super::problem::Problem;
use super::values::{Given, Reading, words};
use super::words::{did_you_mean, one_of, plain, short};
use crate::domain::check::{Checked, check};
use crate::domain::finding::{Effect, Finding};
use crate::domain::form::FormVersion;
use crate::domain::submission::{Channel, Help, Origin, Submission};
use crate::domain::wording::Edition;

/// The paper reference of the example line in a template, which is never taken in.
pub const EXAMPLE: &str = "EXAMPLE";

/// One line as it was read.
#[derive(Debug, Clone)]
pub struct Read {
    /// Its number.
    pub line: u32,
    /// What it holds; nothing when it is wrong.
    pub ready: Option<Box<Ready>>,
    /// What is wrong or odd about it.
    pub problems: Vec<Problem>,
    /// What is written in it that is no choice of its question.
    pub unknown: Vec<Unknown>,
}

/// Something written that is no choice of its question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The question.
    pub question: String,
    /// What is written.
    pub written: String,
    /// The code of the nearest choice, if one is near.
    pub nearest: Option<String>,
}

/// A line that can be taken in.
#[derive(Debug, Clone)]
pub struct Ready {
    /// The submission, with its ids.
    pub submission: Submission,
    /// SHA-256 of what it answers, as the store will know it.
    pub digest: String,
}

/// Reads the lines of one file, in order.
#[derive(Debug)]
pub struct Lines {
    channel: Channel,
    columns: Columns,
    /// Which column holds what is about the submission itself.
    about: HashMap<About, usize>,
    /// The first column of each field.
    fields: HashMap<String, usize>,
    /// The columns that have a heading.
    headed: Vec<bool>,
    versions: BTreeMap<u32, (Arc<FormVersion>, Choices)>,
    identity: Identity,
    /// What the line that is read now holds that is no choice of its question.
    unknown: Vec<Unknown>,
}

/// What is known of a line before its answers are read.
struct Head {
    version: u32,
    edition: Edition,
    channel: Channel,
}

impl Lines {
    /// A reader of lines beneath these headings.
    #[must_use]
    pub fn new<'a>(
        consultation: &str,
        versions: impl Iterator<Item = &'a Arc<FormVersion>>,
        channel: Channel,
        columns: Columns,
        headings: &Row,
    ) -> Self {
        let mut about = HashMap::new();
        let mut fields = HashMap::new();
        for column in &columns.taken {
            match &column.target {
                Target::About(part) => drop(about.insert(*part, column.at)),
                Target::Field(key) | Target::Choice(key, _) => {
                    fields.entry(key.clone()).or_insert(column.at);
                }
                Target::Ignore => {}
            }
        }
        let versions = versions.map(|form| (form.form.version, (Arc::clone(form), Choices::new(form)))).collect();
        let identity = Identity::new(consultation);
        let headed = headings.cells.iter().map(|cell| !cell.is_blank()).collect();
        Self { channel, columns, about, fields, headed, versions, identity, unknown: Vec::new() }
    }

    /// Read one line that is not blank.
    pub fn read(&mut self, row: &Row) -> Read {
        let mut problems = self.form_of(row);
        let ready = if problems.is_empty() { self.submission(row, &mut problems) } else { None };
        let wrong = problems.iter().any(Problem::is_error);
        Read { line: row.line, ready: ready.filter(|_| !wrong), problems, unknown: std::mem::take(&mut self.unknown) }
    }

    /// What is wrong with the shape of a line: merged cells, quotes, cells without a heading.
    fn form_of(&self, row: &Row) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (column, region) in &row.merged {
            let cure = "unmerge the cells and write the value into each of them";
            problems.push(Problem::at("merged_cells", (*column, row.line), format!("the cells {region} are merged"), cure));
        }
        if let Some(column) = row.bad_quote {
            let message = "a quote in this cell is not closed, or the cell goes on after it is";
            let cure = "write a quote within a quoted cell twice, or save the sheet again as CSV from the spreadsheet program";
            problems.push(Problem::at("bad_quote", (column, row.line), message, cure));
        }
        for (column, cell) in row.cells.iter().enumerate() {
            if !cell.is_blank() && !self.headed.get(column).copied().unwrap_or_default() {
                let message = format!("the cell holds something, but column {} has no heading", letters(column));
                let cure =
                    "give the column a heading or clear it; in a CSV, words that hold the separator need quotes around them";
                problems.push(Problem::at("no_heading", (column, row.line), message, cure));
            }
        }
        problems
    }

    fn submission(&mut self, row: &Row, problems: &mut Vec<Problem>) -> Option<Box<Ready>> {
        let head = self.head(row, problems)?;
        let (form, choices) = self.versions.get(&head.version)?;
        let mut submission = blank(&head);
        self.dates(row, &mut submission, problems);
        self.about_it(row, &mut submission, problems);
        let mapping = &self.columns.mapping;
        let reading = Reading { choices, edition: head.edition, dates: mapping.dates, meant: &mapping.meant };
        for column in &self.columns.taken {
            let cell = row.cells.get(column.at).unwrap_or(&Cell::Empty);
            if let Err(wrong) = answer(form, reading, column, cell, mapping.choices.as_deref(), &mut submission) {
                self.unknown.extend(unknown(form, reading, column, cell, mapping.choices.as_deref()));
                problems.push(at(wrong, (column.at, row.line)));
            }
        }
        if problems.iter().any(Problem::is_error) {
            return None;
        }
        let form = Arc::clone(form);
        self.finish(&form, submission, row, problems)
    }

    /// Check it as the door will, and give it its ids.
    fn finish(
        &mut self,
        form: &FormVersion,
        mut submission: Submission,
        row: &Row,
        problems: &mut Vec<Problem>,
    ) -> Option<Box<Ready>> {
        let digest = match check(form, submission.clone()) {
            Checked::Response(response) => {
                let digest = response.digest(&form.form.form);
                let (_, _, findings) = response.into_parts();
                problems.extend(findings.iter().map(|finding| self.found(finding, submission.channel, row.line)));
                digest
            }
            Checked::Refused(findings) | Checked::Hold(findings) => {
                problems.extend(findings.iter().map(|finding| self.found(finding, submission.channel, row.line)));
                return None;
            }
        };
        let ids = match self.source_id(row, problems) {
            Some(id) => {
                let source = self.columns.mapping.source.clone().unwrap_or_default();
                match self.identity.by_name(&source, &id, row.line) {
                    Ok(ids) => ids,
                    Err(Twice(first)) => {
                        let message = format!("the id {} stands in line {first} already", short(&id));
                        problems.push(self.about_problem(
                            About::Id,
                            "id_twice",
                            row.line,
                            message,
                            "give each line an id of its own",
                        ));
                        return None;
                    }
                }
            }
            None => self.identity.by_content(&digest, &submission, row.line),
        };
        if let Some(first) = ids.same_as {
            let message = format!("the line says the same as line {first}; it is counted as another person");
            problems.push(Problem::in_line("repeated_line", row.line, message, "delete it if it is the same person's").note());
        }
        (submission.response_id, submission.revision_id) = (ids.response_id, ids.revision_id);
        submission.origin.line = Some(row.line);
        Some(Box::new(Ready { submission, digest }))
    }

    fn head(&self, row: &Row, problems: &mut Vec<Problem>) -> Option<Head> {
        let mapping = &self.columns.mapping;
        let before = problems.len();
        if self.text(About::PaperReference, row, problems).as_deref() == Some(EXAMPLE) {
            let message = "this is the template's example";
            problems.push(self.about_problem(About::PaperReference, "example_line", row.line, message, "delete the line"));
        }
        let version = match self.text(About::FormVersion, row, problems) {
            Some(text) => text.trim().parse().ok().filter(|version| self.versions.contains_key(version)),
            None => mapping.form_version.or_else(|| self.versions.keys().next_back().copied()),
        };
        if version.is_none_or(|version| !self.versions.contains_key(&version)) {
            let known: Vec<String> = self.versions.keys().map(ToString::to_string).collect();
            let cure = format!("published are: {}", known.join(", "));
            problems.push(self.about_problem(
                About::FormVersion,
                "unknown_version",
                row.line,
                "there is no such form version",
                cure,
            ));
        }
        let edition = self.coded(About::Edition, row, &Edition::ALL.map(|edition| (edition.code(), edition)), problems);
        let edition = edition.or(mapping.edition).or_else(|| self.only_edition(version?));
        if edition.is_none() && problems.len() == before {
            let cure = "add a column with the heading edition that holds standard or easy_read, or say edition = \"standard\" in the mapping";
            problems.push(self.about_problem(
                About::Edition,
                "no_edition",
                row.line,
                "nothing says which edition was read",
                cure,
            ));
        }
        let channels: Vec<(&str, Channel)> = Channel::ALL
            .into_iter()
            .filter(|channel| *channel != Channel::Online)
            .map(|channel| (channel.code(), channel))
            .collect();
        let channel = self.coded(About::Channel, row, &channels, problems).unwrap_or(self.channel);
        if problems.len() > before {
            return None;
        }
        Some(Head { version: version?, edition: edition?, channel })
    }

    fn only_edition(&self, version: u32) -> Option<Edition> {
        let (form, _) = self.versions.get(&version)?;
        let mut editions = Edition::ALL.into_iter().filter(|edition| form.has_edition(*edition));
        editions.next().filter(|_| editions.next().is_none())
    }

    /// The words about a submission in one of its columns.
    fn text(&self, about: About, row: &Row, problems: &mut Vec<Problem>) -> Option<String> {
        let column = *self.about.get(&about)?;
        match words(row.cells.get(column)?) {
            Ok(text) => text.map(|text| text.trim().to_owned()),
            Err(wrong) => {
                problems.push(at(wrong, (column, row.line)));
                None
            }
        }
    }

    /// One of a few codes about a submission.
    fn coded<T: Copy>(&self, about: About, row: &Row, known: &[(&str, T)], problems: &mut Vec<Problem>) -> Option<T> {
        let text = self.text(about, row, problems)?;
        let typed = plain(&text).replace([' ', '-'], "_");
        let found = known.iter().find(|(code, _)| *code == typed).map(|(_, value)| *value);
        if found.is_none() {
            let message = format!("\u{201c}{}\u{201d} is no {}", short(&text), about.code().replace('_', " "));
            let cure = did_you_mean(&text, known.iter().map(|(code, _)| *code));
            problems.push(self.about_problem(about, "unknown_code", row.line, message, cure));
        }
        found
    }

    fn dates(&self, row: &Row, submission: &mut Submission, problems: &mut Vec<Problem>) {
        let (nothing, mapping) = (Choices::default(), &self.columns.mapping);
        let reading = Reading { choices: &nothing, edition: submission.edition, dates: mapping.dates, meant: &mapping.meant };
        let mut day = |about: About| -> Option<NaiveDate> {
            let column = *self.about.get(&about)?;
            let cell = row.cells.get(column).filter(|cell| !cell.is_blank())?;
            reading.day(cell).map_err(|wrong| problems.push(at(wrong, (column, row.line)))).ok()
        };
        submission.completed_on = day(About::CompletedOn);
        submission.posted_on = day(About::PostedOn);
        submission.received_on = day(About::ReceivedOn).or(self.columns.mapping.received_on);
    }

    fn about_it(&self, row: &Row, submission: &mut Submission, problems: &mut Vec<Problem>) {
        submission.origin.paper_reference = self.text(About::PaperReference, row, problems);
        submission.origin.event = self.text(About::Event, row, problems);
        submission.help = self.coded(About::Help, row, &Help::ALL.map(|help| (help.code(), help)), problems);
        let consent = [("yes", true), ("no", false), ("true", true), ("false", false), ("1", true), ("0", false)];
        submission.quote_consent = self.coded(About::QuoteConsent, row, &consent, problems);
    }

    /// The id its source gave a line; a blank one falls back on what the line says.
    fn source_id(&self, row: &Row, problems: &mut Vec<Problem>) -> Option<String> {
        self.text(About::Id, row, problems)
    }

    fn about_problem(
        &self,
        about: About,
        code: &'static str,
        line: u32,
        message: impl Into<String>,
        cure: impl Into<String>,
    ) -> Problem {
        match self.about.get(&about) {
            Some(column) => Problem::at(code, (*column, line), message, cure),
            None => Problem::in_line(code, line, message, cure),
        }
    }

    /// A finding of the check, at the cell it is about.
    fn found(&self, finding: &Finding, channel: Channel, line: u32) -> Problem {
        let detail = finding.detail.as_deref().map(|detail| format!(" ({})", short(detail))).unwrap_or_default();
        let (code, cure) = (finding.rule.code(), finding.rule.what_to_do());
        let what = code.replace('_', " ");
        let problem = match finding.question.as_deref() {
            Some(key) => {
                let message = format!("{key}: {what}{detail}");
                match self.fields.get(key) {
                    Some(column) => Problem::at(code, (*column, line), message, cure),
                    None => Problem::in_line(code, line, message, cure),
                }
            }
            None => Problem::in_line(code, line, format!("{what}{detail}"), cure),
        };
        if channel.effect_of(finding.rule) == Effect::Note { problem.note() } else { problem }
    }
}

fn at((code, message, cure): Wrong, place: (usize, u32)) -> Problem {
    Problem::at(code, place, message, cure)
}

fn blank(head: &Head) -> Submission {
    Submission {
        response_id: uuid::Uuid::nil(),
        revision_id: uuid::Uuid::nil(),
        supersedes: None,
        form: None,
        form_version: head.version,
        edition: head.edition,
        channel: head.channel,
        completed_on: None,
        posted_on: None,
        received_on: None,
        answers: BTreeMap::new(),
        spoiled: Vec::new(),
        illegible: Vec::new(),
        help: None,
        quote_consent: None,
        receipt_code: None,
        origin: Origin::default(),
    }
}

/// What is written in a cell that is no choice of its question.
fn unknown(form: &FormVersion, reading: Reading<'_>, column: &Column, cell: &Cell, choices: Option<&str>) -> Vec<Unknown> {
    let Target::Field(key) = &column.target else { return Vec::new() };
    let Some(field) = form.field(key) else { return Vec::new() };
    let found = reading.unknown(field, cell, column.choices.as_deref().or(choices)).into_iter();
    found.map(|(written, nearest)| Unknown { question: key.clone(), written, nearest }).collect()
}

/// Put what one cell says into the submission.
fn answer(
    form: &FormVersion,
    reading: Reading<'_>,
    column: &Column,
    cell: &Cell,
    choices: Option<&str>,
    submission: &mut Submission,
) -> Result<(), Wrong> {
    let key = match &column.target {
        Target::Field(key) | Target::Choice(key, _) => key,
        Target::About(_) | Target::Ignore => return Ok(()),
    };
    let Some(field) = form.field(key) else {
        return if cell.is_blank() {
            Ok(())
        } else {
            let message = format!("version {} of the form does not ask {key}", form.form.version);
            let versions = one_of(std::iter::once("form_version"));
            Err(("not_in_version", message, format!("clear the cell, or name the version that was answered: {versions}")))
        };
    };
    if let Target::Choice(_, code) = &column.target {
        if reading.ticked(key, code, cell)? {
            let ticks = submission.answers.entry(key.clone()).or_insert_with(|| serde_json::Value::Array(Vec::new()));
            if let serde_json::Value::Array(ticks) = ticks {
                ticks.push(code.clone().into());
            }
        }
        return Ok(());
    }
    match reading.field(field, cell, column.choices.as_deref().or(choices))? {
        Given::Blank => {}
        Given::Value(raw) => drop(submission.answers.insert(key.clone(), raw)),
        Given::Illegible => submission.illegible.push(key.clone()),
        Given::Spoiled(raw) => {
            submission.spoiled.push(key.clone());
            if let Some(raw) = raw {
                submission.answers.insert(key.clone(), raw);
            }
        }
    }
    Ok(())
}
