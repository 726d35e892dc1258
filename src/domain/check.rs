//! The check: a submission against its form version gives typed answers and findings, and with the channel's rules a
//! response, a refusal or something to hold. Pure: the same submission always gives the same result.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::Value as Raw;

use super::answer::{Answers, Value};
use super::finding::{Effect, Finding, Rule};
use super::form::FormVersion;
use super::question::{Field, Part, Takes};
use super::response::Response;
use super::submission::Submission;
use super::wording::Edition;

/// What the check made of a submission.
#[derive(Debug, Clone, PartialEq)]
pub enum Checked {
    /// It can be stored, with what was odd about it.
    Response(Box<Response>),
    /// The sender is asked to put these right.
    Refused(Vec<Finding>),
    /// It cannot be understood, and the sender cannot be asked: a person decides.
    Hold(Vec<Finding>),
}

/// Check a submission against the form version it names.
#[must_use]
pub fn check(form: &FormVersion, mut submission: Submission) -> Checked {
    let raw = std::mem::take(&mut submission.answers);
    let (answers, findings) = read(form, &submission, raw);
    let worst = |effect: Effect| findings.iter().any(|finding| submission.channel.effect_of(finding.rule) == effect);
    if worst(Effect::Refuse) {
        Checked::Refused(findings)
    } else if worst(Effect::Hold) {
        Checked::Hold(findings)
    } else {
        Checked::Response(Box::new(Response { submission, answers, findings }))
    }
}

/// Read raw answers into typed ones. Fields are read in the order of the form, so routing sees what came before.
fn read(form: &FormVersion, submission: &Submission, mut raw: BTreeMap<String, Raw>) -> (Answers, Vec<Finding>) {
    let mut answers = Answers::default();
    let mut findings = Vec::new();
    let mut reader = Reader { form, edition: submission.edition, answers: &mut answers, findings: &mut findings };
    for field in form.fields() {
        let value = raw.remove(&field.key);
        reader.field(field, value, submission);
    }
    for key in raw.into_keys() {
        findings.push(Finding::on(&key, Rule::UnknownQuestion, None));
    }
    for key in submission.spoiled.iter().chain(&submission.illegible) {
        if form.field(key).is_none() {
            findings.push(Finding::on(key, Rule::UnknownQuestion, None));
        }
    }
    if !says_something(form, &answers) && submission.illegible.is_empty() && answers.spoiled.is_empty() {
        findings.push(Finding::overall(Rule::Empty));
    }
    (answers, findings)
}

/// Whether any answer is about the matter itself, not only about the person.
fn says_something(form: &FormVersion, answers: &Answers) -> bool {
    answers.values.keys().any(|key| {
        form.field(key).is_some_and(|field| {
            let (section, question) = form.place(field);
            !section.after_sending && question.substantive.unwrap_or(section.substantive)
        })
    })
}

/// Whether routing and the edition ask this field, given the answers so far.
#[must_use]
pub fn asked(form: &FormVersion, field: &Field, edition: Edition, answers: &Answers) -> bool {
    let (_, question) = form.place(field);
    let statement = match field.part {
        Part::Statement(index) | Part::Comment(index) => question.statements.get(index),
        Part::Answer | Part::OwnWords => None,
    };
    field.editions.contains(&edition)
        && question.ask_if.as_ref().is_none_or(|condition| condition.holds(answers))
        && statement.and_then(|statement| statement.ask_if.as_ref()).is_none_or(|condition| condition.holds(answers))
}

struct Reader<'a> {
    form: &'a FormVersion,
    edition: Edition,
    answers: &'a mut Answers,
    findings: &'a mut Vec<Finding>,
}

impl Reader<'_> {
    fn field(&mut self, field: &Field, raw: Option<Raw>, submission: &Submission) {
        let given = raw.filter(|raw| !is_blank(raw));
        if !asked(self.form, field, self.edition, self.answers) {
            let kept = given.map(|raw| self.kept(field, &raw));
            if kept.is_some() {
                self.find(field, Rule::NotAsked, None);
            }
            self.answers.not_asked.insert(field.key.clone(), kept);
            return;
        }
        if submission.spoiled.contains(&field.key) {
            let kept = given.map(|raw| self.kept(field, &raw));
            self.answers.spoiled.insert(field.key.clone(), kept);
        } else if submission.illegible.contains(&field.key) {
            self.answers.illegible.push(field.key.clone());
        } else if let Some(raw) = given {
            self.value(field, raw);
        }
    }

    fn value(&mut self, field: &Field, raw: Raw) {
        let value = match &field.takes {
            Takes::One(offered) => self.one(field, offered, raw),
            Takes::Many(offered) => self.many(field, offered, raw),
            Takes::Text(limit) => self.text(field, *limit, raw),
            Takes::Number(least, most) => self.number(field, (*least, *most), &raw),
            Takes::Date => self.date(field, &raw),
        };
        if let Some(value) = value {
            self.answers.values.insert(field.key.clone(), value);
            self.note_stray_own_words(field);
        }
    }

    fn one(&mut self, field: &Field, offered: &[(String, Vec<Edition>)], raw: Raw) -> Option<Value> {
        let code = match raw {
            Raw::String(code) => code,
            Raw::Array(mut ticks) if ticks.len() == 1 && ticks[0].is_string() => match ticks.remove(0) {
                Raw::String(code) => code,
                _ => return None,
            },
            Raw::Array(ticks) => {
                self.find(field, Rule::OneChoiceOnly, None);
                let ticks = ticks.iter().map(text_of).collect();
                self.answers.spoiled.insert(field.key.clone(), Some(Value::Codes(ticks)));
                return None;
            }
            _ => return self.wrong(field, Rule::WrongKind, None),
        };
        match offered.iter().find(|(known, _)| *known == code) {
            None => self.wrong(field, Rule::UnknownChoice, Some(code)),
            Some((_, editions)) if !editions.contains(&self.edition) => self.wrong(field, Rule::NotOffered, Some(code)),
            Some(_) => Some(Value::Text(code)),
        }
    }

    fn many(&mut self, field: &Field, offered: &[(String, Vec<Edition>, bool)], raw: Raw) -> Option<Value> {
        let ticks = match raw {
            Raw::String(code) => vec![Raw::String(code)],
            Raw::Array(ticks) => ticks,
            _ => return self.wrong(field, Rule::WrongKind, None),
        };
        let mut ticked = vec![false; offered.len()];
        for tick in &ticks {
            let Raw::String(code) = tick else { return self.wrong(field, Rule::WrongKind, None) };
            match offered.iter().position(|(known, _, _)| known == code) {
                None => return self.wrong(field, Rule::UnknownChoice, Some(code.clone())),
                Some(index) if !offered[index].1.contains(&self.edition) => {
                    return self.wrong(field, Rule::NotOffered, Some(code.clone()));
                }
                Some(index) => ticked[index] = true,
            }
        }
        let chosen = || offered.iter().zip(&ticked).filter(|(_, ticked)| **ticked).map(|(choice, _)| choice);
        if chosen().count() > 1
            && let Some((code, _, _)) = chosen().find(|(_, _, exclusive)| *exclusive)
        {
            self.find(field, Rule::Contradiction, Some(code.clone()));
        }
        Some(Value::Codes(chosen().map(|(code, _, _)| code.clone()).collect()))
    }

    fn text(&mut self, field: &Field, limit: usize, raw: Raw) -> Option<Value> {
        let Raw::String(text) = raw else { return self.wrong(field, Rule::WrongKind, None) };
        let text = tidy(text);
        if text.contains('\0') {
            return self.wrong(field, Rule::Unreadable, None);
        }
        if browser_length(&text) > limit {
            self.find(field, Rule::TooLong, Some(limit.to_string()));
        }
        Some(Value::Text(text))
    }

    fn number(&mut self, field: &Field, (least, most): (Option<i64>, Option<i64>), raw: &Raw) -> Option<Value> {
        let number = match raw {
            Raw::Number(number) => number.as_i64(),
            Raw::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        let Some(number) = number else { return self.wrong(field, Rule::WrongKind, None) };
        if least.is_some_and(|least| number < least) || most.is_some_and(|most| number > most) {
            let bound = |bound: Option<i64>| bound.map_or_else(String::new, |bound| bound.to_string());
            return self.wrong(field, Rule::OutOfRange, Some(format!("{} to {}", bound(least), bound(most))));
        }
        Some(Value::Number(number))
    }

    fn date(&mut self, field: &Field, raw: &Raw) -> Option<Value> {
        let Raw::String(text) = raw else { return self.wrong(field, Rule::WrongKind, None) };
        match text.trim().parse::<NaiveDate>() {
            Ok(day) => Some(Value::Text(day.to_string())),
            Err(_) => self.wrong(field, Rule::NotADate, Some(text.chars().take(40).collect())),
        }
    }

    /// Own words are kept whatever was chosen, and noted when no choice asks for them.
    fn note_stray_own_words(&mut self, field: &Field) {
        if field.part != Part::OwnWords {
            return;
        }
        let (_, question) = self.form.place(field);
        let with = question.own_words.as_ref().map_or(&[][..], |own| own.with.as_slice());
        if !with.is_empty() && !self.answers.codes(&question.key).any(|code| with.iter().any(|w| w == code)) {
            self.find(field, Rule::OwnWordsUnasked, None);
        }
    }

    /// What was written where it does not count, kept as it can be.
    fn kept(&mut self, field: &Field, raw: &Raw) -> Value {
        let value = match raw {
            Raw::Array(ticks) => Value::Codes(ticks.iter().map(text_of).collect()),
            raw => Value::Text(tidy(text_of(raw))),
        };
        let has_nul = match &value {
            Value::Text(text) => text.contains('\0'),
            Value::Codes(codes) => codes.iter().any(|code| code.contains('\0')),
            Value::Number(_) => false,
        };
        if has_nul {
            self.find(field, Rule::Unreadable, None);
        }
        value
    }

    fn wrong(&mut self, field: &Field, rule: Rule, detail: Option<String>) -> Option<Value> {
        self.find(field, rule, detail);
        None
    }

    fn find(&mut self, field: &Field, rule: Rule, detail: Option<String>) {
        self.findings.push(Finding::on(&field.key, rule, detail));
    }
}

fn is_blank(raw: &Raw) -> bool {
    match raw {
        Raw::Null => true,
        Raw::String(text) => text.trim().is_empty(),
        Raw::Array(ticks) => ticks.is_empty(),
        Raw::Bool(_) | Raw::Number(_) | Raw::Object(_) => false,
    }
}

fn text_of(raw: &Raw) -> String {
    raw.as_str().map_or_else(|| raw.to_string(), str::to_owned)
}

/// Text as it is kept: no white space around it, and one kind of line end, as a browser counts it.
fn tidy(text: String) -> String {
    if text.contains('\r') {
        return text.trim().replace("\r\n", "\n").replace('\r', "\n");
    }
    let trimmed = text.trim();
    if trimmed.len() == text.len() { text } else { trimmed.to_owned() }
}

/// Length as a browser counts it for `maxlength`: UTF-16 units, a line end being one.
#[must_use]
pub fn browser_length(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}
