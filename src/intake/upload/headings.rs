//! Headings: which column holds what, by the mapping, by key, or by the words of either edition.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::cells::{Cell, Row, letters};
use super::mapping::{About, Mapping, Target};
use super::problem::Problem;
use super::words::{did_you_mean, nearest, plain, short};
use crate::domain::form::FormVersion;
use crate::domain::question::{Choice, Field, Part, Question, Takes};
use crate::domain::wording::{DEFAULT_LANGUAGE, Edition, Text};

/// The heading of the column that says what is wrong with each line.
pub const MARKS: &str = "Errors";

/// One column that is taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Where it is, from 0.
    pub at: usize,
    /// What stands in it.
    pub target: Target,
    /// What separates several choices within its cells.
    pub choices: Option<String>,
}

/// Every heading that would be understood, and what it means.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// By the words as people may type them; more than one meaning is none.
    by_words: HashMap<String, Vec<Target>>,
    /// The headings as they are written, for suggestions.
    written: Vec<String>,
    fields: BTreeMap<String, HashSet<String>>,
}

/// What the headings of a file mean.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    /// The columns that are taken in.
    pub taken: Vec<Column>,
    /// The columns that are passed over on purpose.
    pub ignored: Vec<usize>,
    /// What is wrong with the headings.
    pub problems: Vec<Problem>,
    /// The mapping with every column written out, to be looked at and kept.
    pub mapping: Mapping,
}

impl Known {
    /// What these versions of a form make of headings.
    #[must_use]
    pub fn new<'a>(versions: impl DoubleEndedIterator<Item = &'a Arc<FormVersion>>) -> Self {
        let mut known = Self::default();
        for version in versions.rev() {
            for field in version.fields() {
                known.field(version, field);
            }
        }
        for about in About::ALL {
            if !known.fields.contains_key(about.code()) {
                known.add(about.code(), &Target::About(about), true);
            }
        }
        known
    }

    fn field(&mut self, version: &FormVersion, field: &Field) {
        let (_, question) = version.place(field);
        let target = Target::Field(field.key.clone());
        let codes = self.fields.entry(field.key.clone()).or_default();
        if let Takes::Many(choices) = &field.takes {
            codes.extend(choices.iter().map(|(code, _, _)| code.clone()));
        }
        self.add(&field.key, &target, true);
        for heading in all_labels(field, question) {
            self.add(&heading, &target, true);
        }
        if matches!(field.takes, Takes::Many(_)) {
            for choice in question.offers(&version.form.scales) {
                self.choice(field, question, choice);
            }
        }
    }

    /// A column for one choice of several.
    fn choice(&mut self, field: &Field, question: &Question, choice: &Choice) {
        let target = Target::Choice(field.key.clone(), choice.code.clone());
        self.add(&format!("{}:{}", field.key, choice.code), &target, false);
        for asked in question.text.0.values().chain([&field.key]) {
            for label in choice.text.0.values().chain([&choice.code]) {
                for heading in [
                    format!("{asked} [{label}]"),
                    format!("{asked} {label}"),
                    format!("{asked}: {label}"),
                    format!("{asked} - {label}"),
                ] {
                    self.add(&heading, &target, false);
                }
            }
        }
    }

    fn add(&mut self, heading: &str, target: &Target, to_suggest: bool) {
        let meanings = self.by_words.entry(plain(heading)).or_default();
        if !meanings.contains(target) {
            meanings.push(target.clone());
            if to_suggest {
                self.written.push(heading.to_owned());
            }
        }
    }

    /// How many headings of a row are understood.
    #[must_use]
    pub fn understood(&self, row: &Row, mapping: &Mapping) -> usize {
        let mapped: HashSet<String> = mapping.columns.keys().map(|heading| plain(heading)).collect();
        let headings = row.cells.iter().filter(|cell| !cell.is_blank()).map(Cell::shown);
        headings.filter(|heading| mapped.contains(&plain(heading)) || self.meanings(heading).0.len() == 1).count()
    }

    /// What a heading may mean, and the separator of choices it declares by ending in `[;]`. A key means its own field,
    /// whatever other questions' words are.
    fn meanings(&self, heading: &str) -> (Vec<Target>, Option<String>) {
        let (words, choices) = declared(heading);
        if self.fields.contains_key(words.trim()) {
            return (vec![Target::Field(words.trim().to_owned())], choices);
        }
        let known = self.by_words.get(&plain(words)).cloned().unwrap_or_default();
        // The column that a marked workbook comes back with may stay in it when it is uploaded again.
        if known.is_empty() && is_marks(heading) {
            return (vec![Target::Ignore], None);
        }
        (known, choices)
    }

    /// Whether a target exists in any version.
    fn has(&self, target: &Target) -> bool {
        match target {
            Target::Field(key) => self.fields.contains_key(key),
            Target::Choice(key, code) => self.fields.get(key).is_some_and(|codes| codes.contains(code)),
            Target::About(_) | Target::Ignore => true,
        }
    }

    /// Read the headings of a file with what its mapping says.
    #[must_use]
    pub fn read(&self, row: &Row, mapping: &Mapping) -> Columns {
        let mut columns = Columns { mapping: mapping.clone(), ..Columns::default() };
        let declared: HashMap<String, &Target> =
            mapping.columns.iter().map(|(heading, target)| (plain(heading), target)).collect();
        let mut seen: HashMap<Target, usize> = HashMap::new();
        let mut found = HashSet::new();
        for (at, cell) in row.cells.iter().enumerate().filter(|(_, cell)| !cell.is_blank()) {
            let heading = cell.shown();
            found.insert(plain(&heading));
            let (meanings, choices) = self.meanings(&heading);
            let target = match (declared.get(&plain(&heading)), meanings.as_slice()) {
                (Some(target), _) => (*target).clone(),
                (None, [only]) => only.clone(),
                (None, _) => {
                    columns.problems.push(self.not_understood((at, row.line), &heading, &meanings));
                    continue;
                }
            };
            if let Some(problem) = self.misplaced(&target, (at, row.line)) {
                columns.problems.push(problem);
                continue;
            }
            columns.mapping.columns.insert(heading.clone(), target.clone());
            if target == Target::Ignore {
                columns.ignored.push(at);
                continue;
            }
            if let Some(other) = clash(&seen, &target).or(seen.insert(target.clone(), at)) {
                columns.problems.push(Problem::at(
                    "two_columns",
                    (at, row.line),
                    format!("columns {} and {} both hold {}", letters(other), letters(at), said(&target)),
                    "give one of them another heading, or name it \"@ignore\" in the mapping; two columns with the same heading need different ones first",
                ));
            }
            columns.taken.push(Column { at, target, choices });
        }
        columns.missing(&found);
        columns
    }

    fn not_understood(&self, at: (usize, u32), heading: &str, meanings: &[Target]) -> Problem {
        if meanings.is_empty() {
            let hint = match nearest(heading, self.written.iter().map(String::as_str)) {
                Some(near) => format!("did you mean \u{201c}{}\u{201d}? If so, change the heading or map it; ", short(near)),
                None => String::new(),
            };
            let cure = format!(
                "{hint}name its question under columns in the mapping, or map it to \"@ignore\" if it is not to be taken in"
            );
            return Problem::at(
                "unknown_column",
                at,
                format!("no question has the heading \u{201c}{}\u{201d}", short(heading)),
                cure,
            );
        }
        let keys: Vec<String> = meanings.iter().map(ToString::to_string).collect();
        let message = format!("the heading \u{201c}{}\u{201d} could be {}", short(heading), keys.join(" or "));
        Problem::at(
            "ambiguous_heading",
            at,
            message,
            "use the key of the question as the heading, or say which it is in the mapping",
        )
    }

    fn misplaced(&self, target: &Target, at: (usize, u32)) -> Option<Problem> {
        if self.has(target) {
            return None;
        }
        let hint = did_you_mean(&target.to_string(), self.fields.keys().map(String::as_str));
        Some(Problem::at("unknown_target", at, format!("the mapping names {target}, which no version of the form has"), hint))
    }
}

impl Columns {
    /// What the mapping names and the file lacks.
    fn missing(&mut self, found: &HashSet<String>) {
        let missing: Vec<String> =
            self.mapping.columns.keys().filter(|heading| !found.contains(&plain(heading))).cloned().collect();
        for heading in missing {
            self.problems.push(Problem::whole(
                "missing_column",
                format!("the mapping names the heading \u{201c}{}\u{201d}, which the file does not have", short(&heading)),
                "take it out of the mapping, or use the mapping that was made for this kind of file",
            ));
        }
    }
}

/// The column that holds a question whole where this one holds a choice of it, or the other way round.
fn clash(seen: &HashMap<Target, usize>, target: &Target) -> Option<usize> {
    seen.iter().find_map(|(other, at)| match (other, target) {
        (Target::Field(whole), Target::Choice(key, _)) | (Target::Choice(key, _), Target::Field(whole)) if whole == key => {
            Some(*at)
        }
        _ => None,
    })
}

/// A heading without the `[;]` that declares what separates choices.
fn declared(heading: &str) -> (&str, Option<String>) {
    let trimmed = heading.trim();
    for separator in [";", ",", "|"] {
        if let Some(words) = trimmed.strip_suffix(&format!("[{separator}]")) {
            return (words, Some(separator.to_owned()));
        }
    }
    (trimmed, None)
}

/// Whether a column is the one that says what is wrong with each line.
#[must_use]
pub fn is_marks(heading: &str) -> bool {
    heading.lines().next().is_some_and(|line| plain(line) == plain(MARKS))
}

fn said(target: &Target) -> String {
    match target {
        Target::Field(key) => format!("the question {key}"),
        Target::Choice(key, code) => format!("the choice {code} of the question {key}"),
        Target::About(about) => about.code().to_owned(),
        Target::Ignore => "nothing".to_owned(),
    }
}

/// The words a field may stand under, in every edition and language.
fn all_labels(field: &Field, question: &Question) -> Vec<String> {
    let asked = || question.text.0.values();
    let with = |part: &str| -> Vec<String> {
        asked().flat_map(|asked| [format!("{asked} {part}"), format!("{asked} [{part}]"), format!("{asked}: {part}")]).collect()
    };
    let Some((part, after)) = part_of(field, question) else { return asked().cloned().collect() };
    let parts = part.0.values().map(|words| format!("{words}{after}"));
    let alone = matches!(field.part, Part::Statement(_)).then(|| part.0.values().cloned());
    alone.into_iter().flatten().chain(parts.flat_map(|words| with(&words))).collect()
}

/// The words a field stands under in one edition, as a person would read them.
#[must_use]
pub fn label(field: &Field, question: &Question, edition: Edition) -> String {
    let words = |text: &Text| text.exact(edition, DEFAULT_LANGUAGE).unwrap_or_default().to_owned();
    match part_of(field, question) {
        Some((part, after)) => format!("{} {}{after}", words(&question.text), words(part)),
        None => words(&question.text),
    }
}

/// The words of the part of a question that a field is, and what is said after them.
fn part_of<'a>(field: &Field, question: &'a Question) -> Option<(&'a Text, &'static str)> {
    let statement = |index: usize| question.statements.get(index).map(|statement| &statement.text);
    match field.part {
        Part::Answer => None,
        Part::OwnWords => question.own_words.as_ref().map(|own| (&own.text, "")),
        Part::Statement(index) => statement(index).map(|text| (text, "")),
        Part::Comment(index) => statement(index).map(|text| (text, " (comment)")),
    }
}
