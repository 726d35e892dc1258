//! Answers: one field's value in one of six states that are never mixed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::question::PREFER_NOT;

/// A typed value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// A whole number.
    Number(i64),
    /// A code, a day in ISO 8601, or a person's own words; the field's kind says which.
    Text(String),
    /// Codes, in the order of the form.
    Codes(Vec<String>),
}

/// What stands in one field of a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A value was given.
    Answered(Value),
    /// It was asked and nothing was given.
    Blank,
    /// The person chose "prefer not to say".
    PreferNot,
    /// Routing, the edition or the version did not ask it; what was written there all the same is kept.
    NotAsked(Option<Value>),
    /// Something is written that nobody can read.
    Illegible,
    /// It cannot count, such as two ticks on one scale; what was ticked is kept.
    Spoiled(Option<Value>),
}

/// The name of an answer's state, as tables and exports print it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// A value was given.
    Answered,
    /// Asked, nothing given.
    Blank,
    /// "Prefer not to say".
    PreferNot,
    /// Not asked of this person.
    NotAsked,
    /// Cannot be read.
    Illegible,
    /// Cannot count.
    Spoiled,
}

impl State {
    /// Every state, in the order tables print them.
    pub const ALL: [Self; 6] = [Self::Answered, Self::PreferNot, Self::Blank, Self::NotAsked, Self::Illegible, Self::Spoiled];

    /// The code used in tables and exports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Blank => "blank",
            Self::PreferNot => "prefer_not",
            Self::NotAsked => "not_asked",
            Self::Illegible => "illegible",
            Self::Spoiled => "spoiled",
        }
    }
}

/// The answers of one response, as they are stored: values by field key, and the fields in another state than answered
/// or blank. A field in neither was asked and left blank.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers {
    /// Given values; `prefer_not` is among them.
    #[serde(default)]
    pub values: BTreeMap<String, Value>,
    /// Fields that were not asked.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub not_asked: BTreeMap<String, Option<Value>>,
    /// Fields that nobody can read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub illegible: Vec<String>,
    /// Fields that cannot count, with what was ticked.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub spoiled: BTreeMap<String, Option<Value>>,
}

impl Answers {
    /// The answer in a field that the form version has. A field the version lacks is `NotAsked`: ask the form first.
    #[must_use]
    pub fn get(&self, key: &str) -> Answer {
        if let Some(value) = self.values.get(key) {
            return match value {
                Value::Text(code) if code == PREFER_NOT => Answer::PreferNot,
                value => Answer::Answered(value.clone()),
            };
        }
        if let Some(was) = self.not_asked.get(key) {
            return Answer::NotAsked(was.clone());
        }
        if let Some(was) = self.spoiled.get(key) {
            return Answer::Spoiled(was.clone());
        }
        if self.illegible.iter().any(|k| k == key) { Answer::Illegible } else { Answer::Blank }
    }

    /// The state of a field that the form version has.
    #[must_use]
    pub fn state(&self, key: &str) -> State {
        match self.values.get(key) {
            Some(Value::Text(code)) if code == PREFER_NOT => State::PreferNot,
            Some(_) => State::Answered,
            None if self.not_asked.contains_key(key) => State::NotAsked,
            None if self.spoiled.contains_key(key) => State::Spoiled,
            None if self.illegible.iter().any(|k| k == key) => State::Illegible,
            None => State::Blank,
        }
    }

    /// The codes given in a field; none when it was not answered.
    pub fn codes<'a>(&'a self, key: &str) -> impl Iterator<Item = &'a str> {
        let codes: &[String] = match self.values.get(key) {
            Some(Value::Text(code)) => std::slice::from_ref(code),
            Some(Value::Codes(codes)) => codes,
            Some(Value::Number(_)) | None => &[],
        };
        codes.iter().map(String::as_str)
    }
}
