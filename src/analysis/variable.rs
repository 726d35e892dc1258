//! Variables: one field of the form, united over its versions, with what every response says in it.

use std::sync::Arc;

use crate::domain::answer::{Answers, State, Value};
use crate::domain::form::FormVersion;
use crate::domain::question::{Choice, Field, PREFER_NOT, Part, Question, Scale, Takes};
use crate::domain::response::Revision;
use crate::domain::tabulate::{Mark, words};
use crate::domain::wording::Edition;

/// One code of a closed variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// The stable code.
    pub code: String,
    /// Its label.
    pub label: String,
    /// The editions and versions that offer it.
    pub offered: Vec<(u32, Edition)>,
}

/// What stands in a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// One code.
    One,
    /// Any number of codes.
    Many,
    /// A number.
    Number,
    /// A day.
    Date,
    /// A person's own words.
    Text,
}

/// One field, united over the form versions by its key.
#[derive(Debug, Clone)]
pub struct Variable {
    /// The field's key.
    pub key: String,
    /// The question in words.
    pub label: String,
    /// What stands in it.
    pub takes: Holds,
    /// Its codes, in the order of the newest version.
    pub codes: Vec<Code>,
    /// The editions and versions that ask it.
    pub asked: Vec<(u32, Edition)>,
    /// The scale it uses, in the newest version.
    pub scale: Option<Scale>,
    /// Whether it is about an equality characteristic.
    pub equality: bool,
    marks: Marks,
}

/// What each row says: the state, and where its codes begin in one long list.
#[derive(Debug, Clone, Default)]
struct Marks {
    states: Vec<State>,
    starts: Vec<u32>,
    codes: Vec<u16>,
}

impl Variable {
    /// Whether it has codes that can be counted.
    #[must_use]
    pub const fn closed(&self) -> bool {
        matches!(self.takes, Holds::One | Holds::Many)
    }

    /// What this row says.
    #[must_use]
    pub fn mark(&self, row: usize) -> Mark<'_> {
        match self.marks.states[row] {
            State::Answered => Mark::Codes(self.codes_of(row)),
            state => Mark::State(state),
        }
    }

    /// The state of this row.
    #[must_use]
    pub fn state(&self, row: usize) -> State {
        self.marks.states[row]
    }

    fn codes_of(&self, row: usize) -> &[u16] {
        let at = |row: usize| self.marks.starts.get(row).map_or(self.marks.codes.len(), |start| *start as usize);
        &self.marks.codes[at(row)..at(row + 1)]
    }

    /// Whether the editions and versions of this code include one of these.
    #[must_use]
    pub fn offers(&self, code: usize, edition: Option<Edition>, version: Option<u32>) -> bool {
        self.codes[code].offered.iter().any(|(v, e)| edition.is_none_or(|want| want == *e) && version.is_none_or(|w| w == *v))
    }

    /// Reads what a response says. A field that its version or edition lacks was not asked, whatever is stored.
    pub(super) fn read(&mut self, revision: &Revision) {
        let asked = self.asked.contains(&(revision.form_version, revision.edition));
        let mut state = if asked { revision.answers.state(&self.key) } else { State::NotAsked };
        if state == State::Answered && only_prefer_not(&revision.answers, &self.key) {
            state = State::PreferNot;
        }
        self.marks.starts.push(u32::try_from(self.marks.codes.len()).unwrap_or(u32::MAX));
        self.marks.states.push(state);
        if state == State::Answered && self.closed() {
            let codes: Vec<&str> = revision.answers.codes(&self.key).collect();
            for code in codes {
                let known = self.codes.iter().position(|known| known.code == code);
                let index = known.unwrap_or_else(|| self.unknown(code));
                self.marks.codes.push(u16::try_from(index).unwrap_or(u16::MAX));
            }
        }
    }

    /// A code that no version lists is counted under itself rather than lost.
    fn unknown(&mut self, code: &str) -> usize {
        self.codes.push(Code { code: code.to_owned(), label: code.to_owned(), offered: self.asked.clone() });
        self.codes.len() - 1
    }
}

fn only_prefer_not(answers: &Answers, key: &str) -> bool {
    matches!(answers.values.get(key), Some(Value::Codes(codes)) if codes.len() == 1 && codes[0] == PREFER_NOT)
}

/// The variables of these versions, newest first: its fields in its order, then what only older versions ask.
pub(super) fn unite(versions: &[Arc<FormVersion>], equality: &[String]) -> Vec<Variable> {
    let mut variables: Vec<Variable> = Vec::new();
    for version in versions {
        for field in version.fields() {
            let (_, question) = version.place(field);
            let index = variables.iter().position(|known| known.key == field.key).unwrap_or_else(|| {
                variables.push(begin(version, field, question, equality));
                variables.len() - 1
            });
            widen(&mut variables[index], version, field, question);
        }
    }
    variables
}

fn begin(version: &FormVersion, field: &Field, question: &Question, equality: &[String]) -> Variable {
    Variable {
        key: field.key.clone(),
        label: label(field, question),
        takes: match field.takes {
            Takes::One(_) => Holds::One,
            Takes::Many(_) => Holds::Many,
            Takes::Number(..) => Holds::Number,
            Takes::Date => Holds::Date,
            Takes::Text(_) => Holds::Text,
        },
        codes: Vec::new(),
        asked: Vec::new(),
        scale: if field.part == Part::Answer { version.scale(question).cloned() } else { None },
        equality: equality.iter().any(|key| *key == field.key || *key == question.key),
        marks: Marks::default(),
    }
}

/// Adds what one version offers.
fn widen(variable: &mut Variable, version: &FormVersion, field: &Field, question: &Question) {
    let number = version.form.version;
    variable.asked.extend(field.editions.iter().map(|edition| (number, *edition)));
    let offered: Vec<(&String, &Vec<Edition>)> = match &field.takes {
        Takes::One(codes) => codes.iter().map(|(code, editions)| (code, editions)).collect(),
        Takes::Many(codes) => codes.iter().map(|(code, editions, _)| (code, editions)).collect(),
        _ => Vec::new(),
    };
    let choices: &[Choice] = question.offers(&version.form.scales);
    for (code, editions) in offered {
        let offers = editions.iter().filter(|edition| field.editions.contains(edition)).map(|edition| (number, *edition));
        if let Some(known) = variable.codes.iter_mut().find(|known| known.code == *code) {
            known.offered.extend(offers);
            continue;
        }
        let label = choices.iter().find(|choice| choice.code == *code).map_or_else(|| code.clone(), |c| words(&c.text, code));
        variable.codes.push(Code { code: code.clone(), label, offered: offers.collect() });
    }
}

fn label(field: &Field, question: &Question) -> String {
    let asked = words(&question.text, &question.key);
    let statement = |index: usize| question.statements.get(index).map_or_else(String::new, |s| words(&s.text, &s.code));
    match field.part {
        Part::Answer => asked,
        Part::OwnWords => {
            let own = question.own_words.as_ref().map(|own| words(&own.text, ""));
            own.filter(|own| !own.is_empty()).map_or_else(|| format!("{asked} (own words)"), |own| format!("{asked} {own}"))
        }
        Part::Statement(index) => format!("{asked} {}", statement(index)),
        Part::Comment(index) => format!("{asked} {} (comment)", statement(index)),
    }
}
