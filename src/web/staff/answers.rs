//! Answers as staff read them: the question's words and the choice's words, whatever form version they came on.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value as Raw;

use crate::domain::answer::{Answer, Answers};
use crate::domain::form::FormVersion;
use crate::domain::question::{Field, Part};
use crate::domain::submission::Submission;
use crate::domain::wording::{DEFAULT_LANGUAGE, Edition};

/// One question, what arrived, and what stands already where something does.
#[derive(Debug, Serialize)]
pub struct Line {
    /// The question in the standard edition; its key, when no form has it.
    pub question: String,
    /// What arrived.
    pub arrived: String,
    /// What stands already; nothing when there is nothing to compare with.
    pub stands: Option<String>,
    /// Whether the two differ.
    pub differs: bool,
}

/// What arrived, question by question, beside what stands already.
#[must_use]
pub fn lines(form: Option<&FormVersion>, submission: &Submission, stands: Option<&Answers>) -> Vec<Line> {
    let known = form.map(FormVersion::fields).unwrap_or_default();
    let mut lines: Vec<Line> = known.iter().filter_map(|field| line(form?, field, submission, stands)).collect();
    let keys: BTreeSet<&String> = submission.answers.keys().chain(&submission.spoiled).chain(&submission.illegible).collect();
    let unknown = keys.into_iter().filter(|key| !known.iter().any(|field| field.key == **key));
    lines.extend(unknown.map(|key| Line {
        question: key.clone(),
        arrived: submission.answers.get(key).map(plain).unwrap_or_default(),
        stands: None,
        differs: false,
    }));
    lines
}

fn line(form: &FormVersion, field: &Field, submission: &Submission, stands: Option<&Answers>) -> Option<Line> {
    let arrived = match submission.answers.get(&field.key) {
        _ if submission.spoiled.contains(&field.key) => "Spoiled".to_owned(),
        _ if submission.illegible.contains(&field.key) => "Illegible".to_owned(),
        Some(value) => words(form, field, value),
        None => String::new(),
    };
    let stands = stands.map(|answers| stored(form, field, answers));
    if arrived.is_empty() && stands.as_ref().is_none_or(String::is_empty) {
        return None;
    }
    let differs = stands.as_ref().is_some_and(|stands| *stands != arrived);
    Some(Line { question: label(form, field), arrived, stands, differs })
}

/// A stored answer in words; nothing where there is none.
#[must_use]
pub fn stored(form: &FormVersion, field: &Field, answers: &Answers) -> String {
    match answers.get(&field.key) {
        Answer::Answered(value) => serde_json::to_value(value).map(|value| words(form, field, &value)).unwrap_or_default(),
        Answer::PreferNot => words(form, field, &Raw::String(crate::domain::question::PREFER_NOT.to_owned())),
        Answer::Illegible => "Illegible".to_owned(),
        Answer::Spoiled(_) => "Spoiled".to_owned(),
        Answer::Blank | Answer::NotAsked(_) => String::new(),
    }
}

/// The words of a field: its question's, its statement's or its own-words box's.
#[must_use]
pub fn label(form: &FormVersion, field: &Field) -> String {
    let (_, question) = form.place(field);
    let statement = |index: usize| question.statements.get(index).map(|statement| &statement.text);
    let text = match field.part {
        Part::Answer => None,
        Part::OwnWords => question.own_words.as_ref().map(|own| &own.text),
        Part::Statement(index) | Part::Comment(index) => statement(index),
    };
    text.unwrap_or(&question.text).show(Edition::Standard, DEFAULT_LANGUAGE).replace("**", "")
}

/// A value in words: each code as its choice, anything else as it is.
fn words(form: &FormVersion, field: &Field, value: &Raw) -> String {
    let (_, question) = form.place(field);
    let choices: BTreeMap<&str, &str> = question
        .offers(&form.form.scales)
        .iter()
        .map(|choice| (choice.code.as_str(), choice.text.show(Edition::Standard, DEFAULT_LANGUAGE)))
        .collect();
    let said = |value: &Raw| {
        let text = plain(value);
        choices.get(text.as_str()).map_or(text, |label| label.replace("**", ""))
    };
    match value {
        Raw::Array(values) => values.iter().map(said).collect::<Vec<_>>().join("; "),
        value => said(value),
    }
}

fn plain(value: &Raw) -> String {
    match value {
        Raw::String(text) => text.clone(),
        Raw::Null => String::new(),
        other => other.to_string(),
    }
}
