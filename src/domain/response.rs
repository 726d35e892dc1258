//! Responses: a submission that passed the check, as one revision of an append-only history.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::answer::{Answers, Value};
use super::finding::Finding;
use super::submission::{Channel, Help, Origin, Submission};
use super::wording::Edition;

/// A submission that passed [`super::check::check`]: nothing else makes one.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    pub(super) submission: Submission,
    pub(super) answers: Answers,
    pub(super) findings: Vec<Finding>,
}

impl Response {
    /// The typed answers.
    #[must_use]
    pub const fn answers(&self) -> &Answers {
        &self.answers
    }

    /// SHA-256 over what was answered: form, version, edition, answers, consent and help, in canonical order. Channel,
    /// dates and device are not part of it, so the same sheet keyed twice has the same digest.
    #[must_use]
    pub fn digest(&self, form: &str) -> String {
        let mut canonical = Canonical::default();
        canonical.text(form);
        canonical.count(u64::from(self.submission.form_version));
        canonical.text(self.submission.edition.code());
        canonical.values(self.answers.values.iter().map(|(key, value)| (key, Some(value))));
        canonical.values(self.answers.not_asked.iter().filter(|(_, was)| was.is_some()).map(|(key, was)| (key, was.as_ref())));
        canonical.values(self.answers.spoiled.iter().map(|(key, was)| (key, was.as_ref())));
        canonical.texts(&self.answers.illegible);
        canonical.text(self.submission.help.map_or("", Help::code));
        canonical.text(self.submission.quote_consent.map_or("", |consent| if consent { "yes" } else { "no" }));
        hex(&Sha256::digest(canonical.0))
    }

    /// Taken apart: what arrived but for its raw answers, the typed answers, and what was odd.
    #[must_use]
    pub fn into_parts(self) -> (Submission, Answers, Vec<Finding>) {
        (self.submission, self.answers, self.findings)
    }
}

/// The bytes a digest covers. Each text and each list is led by its length, so that two different responses never feed
/// the same bytes.
#[derive(Default)]
struct Canonical(Vec<u8>);

impl Canonical {
    fn count(&mut self, count: u64) {
        self.0.extend_from_slice(&count.to_be_bytes());
    }

    fn text(&mut self, text: &str) {
        self.count(text.len() as u64);
        self.0.extend_from_slice(text.as_bytes());
    }

    fn texts(&mut self, texts: &[String]) {
        self.count(texts.len() as u64);
        for text in texts {
            self.text(text);
        }
    }

    fn values<'a>(&mut self, values: impl Iterator<Item = (&'a String, Option<&'a Value>)>) {
        for (key, value) in values {
            self.0.push(b'+');
            self.text(key);
            self.value(value);
        }
        self.0.push(b'.');
    }

    fn value(&mut self, value: Option<&Value>) {
        match value {
            None => self.0.push(b'-'),
            Some(Value::Number(number)) => {
                self.0.push(b'n');
                self.0.extend_from_slice(&number.to_be_bytes());
            }
            Some(Value::Text(text)) => {
                self.0.push(b't');
                self.text(text);
            }
            Some(Value::Codes(codes)) => {
                self.0.push(b'c');
                self.texts(codes);
            }
        }
    }
}

/// One revision as it is read back: what tables and exports are made from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Revision {
    /// The id that stays the same through all revisions.
    pub response_id: Uuid,
    /// The id of this revision.
    pub revision_id: Uuid,
    /// 1, 2, …
    pub number: u32,
    /// Whether this revision withdraws the response.
    pub withdrawn: bool,
    /// The short reference the person was given.
    pub reference: String,
    /// The form.
    pub form: String,
    /// The version of the form.
    pub form_version: u32,
    /// The wording that was read.
    pub edition: Edition,
    /// How it came in.
    pub channel: Channel,
    /// The typed answers.
    pub answers: Answers,
    /// What was odd about it.
    pub findings: Vec<Finding>,
    /// Whether someone helped.
    pub help: Option<Help>,
    /// Whether the words may be quoted.
    pub quote_consent: Option<bool>,
    /// The day written on it.
    pub completed_on: Option<chrono::NaiveDate>,
    /// The day of the postmark.
    pub posted_on: Option<chrono::NaiveDate>,
    /// The day it reached us.
    pub received_on: Option<chrono::NaiveDate>,
    /// Where it came from.
    pub origin: Origin,
    /// When it was stored.
    pub stored_at: chrono::DateTime<chrono::Utc>,
    /// SHA-256 of what was answered.
    pub digest: String,
    /// Whether the response was made up for a demonstration.
    pub synthetic: bool,
}

/// Bytes in lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(values: &[(&str, Option<Value>)]) -> Vec<u8> {
        let values: Vec<(String, Option<Value>)> = values.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
        let mut canonical = Canonical::default();
        canonical.values(values.iter().map(|(key, value)| (key, value.as_ref())));
        canonical.0
    }

    #[test]
    fn different_answers_never_feed_the_same_bytes_to_the_digest() {
        let text = |text: &str| Some(Value::Text(text.to_owned()));
        let codes = |codes: &[&str]| Some(Value::Codes(codes.iter().map(|code| (*code).to_owned()).collect()));
        let all = [
            bytes(&[("a", text("bc"))]),
            bytes(&[("ab", text("c"))]),
            bytes(&[("a", text("")), ("b", text("c"))]),
            bytes(&[("a", codes(&["bc"]))]),
            bytes(&[("a", codes(&["b", "c"]))]),
            bytes(&[("a", Some(Value::Number(1)))]),
            bytes(&[("a", text("1"))]),
            bytes(&[("a", None)]),
            bytes(&[]),
        ];
        for (index, one) in all.iter().enumerate() {
            assert!(all[index + 1..].iter().all(|other| other != one), "{index}");
        }
    }
}
