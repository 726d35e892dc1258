//! The form that mends a mapping: what can be chosen in it, and the words whose meaning is asked.

use serde::Serialize;

use crate::intake::upload::{Mapping, NO_ANSWER, Report, Target, offered};
use crate::store::catalogue::Published;

/// One thing that can be chosen.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Choice {
    pub value: String,
    pub text: String,
}

impl Choice {
    pub(super) fn new(value: impl Into<String>, text: impl Into<String>) -> Self {
        Self { value: value.into(), text: text.into() }
    }
}

/// The letters a text may be written in; what else it could be is found out.
pub(super) const ENCODINGS: [(&str, &str); 5] = [
    ("utf-8", "UTF-8"),
    ("windows-1252", "Windows-1252 (Western European, as older Excel saves)"),
    ("utf-16le", "UTF-16, little end first"),
    ("utf-16be", "UTF-16, big end first"),
    ("macintosh", "Mac Roman"),
];

/// What may separate several choices within one cell: how the page names it, and what it is.
pub(super) const BETWEEN: [(&str, &str, &str); 4] = [
    ("semicolon", ";", "Semicolons: user; carer"),
    ("comma", ",", "Commas: user, carer"),
    ("bar", "|", "Upright bars: user | carer"),
    ("line", "\n", "A new line within the cell"),
];

/// What may stand beneath a heading, for a select.
pub(super) fn targets(published: &Published) -> Vec<Choice> {
    let mut all = vec![Choice::new("", "Not known: choose"), Choice::new(Target::Ignore.to_string(), "Nothing: pass it over")];
    let known = offered::targets(published.versions());
    all.extend(known.into_iter().map(|(target, words)| {
        let key = target.to_string();
        // Many questions are worded alike, so the key stands with each.
        let text =
            if matches!(target, Target::Field(_) | Target::Choice(..)) { format!("{} [{key}]", cut(&words)) } else { words };
        Choice::new(key, text)
    }));
    all
}

/// What a word may stand for, for a select; the nearest comes first.
pub(super) fn meanings(published: &Published, question: &str, nearest: Option<&str>) -> Vec<Choice> {
    let mut choices = offered::choices(published.versions(), question);
    choices.sort_by_key(|(code, _)| nearest != Some(code.as_str()));
    let mut all = vec![Choice::new("", "Not known: leave it wrong")];
    all.extend(choices.into_iter().map(|(code, words)| Choice::new(code, cut(&words))));
    all.push(Choice::new(NO_ANSWER, "No answer: leave it blank"));
    all
}

/// A question in words.
pub(super) fn question(published: &Published, key: &str) -> String {
    cut(&offered::question(published.versions(), key))
}

fn cut(words: &str) -> String {
    const MOST: usize = 70;
    if words.chars().count() <= MOST {
        return words.to_owned();
    }
    words.chars().take(MOST).chain(std::iter::once('\u{2026}')).collect()
}

/// Something written whose meaning was said or is asked.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Word {
    pub question: String,
    pub written: String,
    /// What it was said to stand for.
    pub meant: String,
    pub nearest: Option<String>,
    /// In how many lines it is unknown.
    pub lines: u32,
}

/// Every word on the page, in its order: those that are asked, then those that were said.
pub(super) fn words(report: &Report, mapping: &Mapping) -> Vec<Word> {
    let said = |question: &str, written: &str| mapping.meant.get(question).and_then(|words| words.get(written)).cloned();
    let asked = report.unknown_choices.iter().map(|one| Word {
        question: one.question.clone(),
        written: one.written.clone(),
        meant: said(&one.question, &one.written).unwrap_or_default(),
        nearest: one.nearest.clone(),
        lines: one.lines,
    });
    let is_asked = |question: &str, written: &str| {
        report.unknown_choices.iter().any(|one| one.question == question && one.written == written)
    };
    let before =
        mapping.meant.iter().flat_map(|(question, words)| words.iter().map(move |(written, code)| (question, written, code)));
    let before = before.filter(|(question, written, _)| !is_asked(question, written)).map(|(question, written, code)| Word {
        question: question.clone(),
        written: written.clone(),
        meant: code.clone(),
        nearest: None,
        lines: 0,
    });
    asked.chain(before).collect()
}
