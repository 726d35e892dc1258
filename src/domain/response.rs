//! Responses: a submission that passed the check, as one revision of an append-only history.

use std::collections::BTreeMap;

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
    /// The id that stays the same through all revisions.
    #[must_use]
    pub const fn response_id(&self) -> Uuid {
        self.submission.response_id
    }

    /// The id of this revision.
    #[must_use]
    pub const fn revision_id(&self) -> Uuid {
        self.submission.revision_id
    }

    /// The revision it replaces.
    #[must_use]
    pub const fn supersedes(&self) -> Option<Uuid> {
        self.submission.supersedes
    }

    /// What arrived.
    #[must_use]
    pub const fn submission(&self) -> &Submission {
        &self.submission
    }

    /// The typed answers.
    #[must_use]
    pub const fn answers(&self) -> &Answers {
        &self.answers
    }

    /// What was odd about it, and kept with it.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// SHA-256 over what was answered: form, version, edition, answers, consent and help, in canonical order. Channel,
    /// dates and device are not part of it, so the same sheet keyed twice has the same digest.
    #[must_use]
    pub fn digest(&self, form: &str) -> String {
        let canonical = Canonical {
            form,
            form_version: self.submission.form_version,
            edition: self.submission.edition,
            values: &self.answers.values,
            not_asked: self
                .answers
                .not_asked
                .iter()
                .filter_map(|(key, was)| was.as_ref().map(|was| (key.as_str(), was)))
                .collect(),
            spoiled: &self.answers.spoiled,
            illegible: &self.answers.illegible,
            help: self.submission.help,
            quote_consent: self.submission.quote_consent,
        };
        // Serialising maps, strings and numbers cannot fail.
        hex(&Sha256::digest(serde_json::to_vec(&canonical).unwrap_or_default()))
    }
}

#[derive(Serialize)]
struct Canonical<'a> {
    form: &'a str,
    form_version: u32,
    edition: Edition,
    values: &'a BTreeMap<String, Value>,
    not_asked: BTreeMap<&'a str, &'a Value>,
    spoiled: &'a BTreeMap<String, Option<Value>>,
    illegible: &'a [String],
    help: Option<Help>,
    quote_consent: Option<bool>,
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
