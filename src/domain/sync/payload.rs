//! What an item says: a response, a counted sheet, the end of a sheet, or a withdrawal.

use std::collections::BTreeMap;

use serde::Deserialize;
use uuid::Uuid;

use super::Item;
use crate::domain::ledger::Outcome;
use crate::domain::submission::{Channel, Submission};

/// What an item says.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Payload {
    /// An interview, or paper that belongs to no batch.
    Response {
        /// What was answered.
        submission: Box<Submission>,
    },
    /// A sheet of a counted batch.
    Sheet {
        /// The batch.
        batch: u32,
        /// The sheet.
        sheet: u32,
        /// As its keyer entered it.
        entry: Entered,
        /// The submission it makes, for a person to look at should the ledger not take it.
        submission: Box<Submission>,
    },
    /// A sheet that is not keyed, and why.
    SheetEnd {
        /// The batch.
        batch: u32,
        /// The sheet.
        sheet: u32,
        /// `spoiled`, `duplicate` or `void`.
        outcome: String,
        /// Why, in words.
        #[serde(default)]
        reason: String,
    },
    /// A response that is to count no longer.
    Withdrawal {
        /// The response, by the id its device gave it.
        response_id: Uuid,
        /// Why, in words.
        #[serde(default)]
        reason: String,
    },
}

/// What a keyer entered, field by field.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Entered {
    /// What stands in each field; several values where several were ticked.
    pub values: BTreeMap<String, Vec<String>>,
    /// Fields marked `illegible` or `spoiled`.
    pub marks: BTreeMap<String, String>,
    /// What is written in the margin.
    pub note: String,
}

impl Payload {
    /// Read what an item says.
    ///
    /// # Errors
    /// Why it cannot be read, in words for a person; nothing of what it says.
    pub fn read(text: &str, item: &Item) -> Result<Self, String> {
        let payload: Self = serde_json::from_str(text).map_err(|error| plain(&error))?;
        match payload.fault(item) {
            Some(fault) => Err(fault.to_owned()),
            None => Ok(payload),
        }
    }

    fn fault(&self, item: &Item) -> Option<&'static str> {
        match self {
            Self::Response { submission } | Self::Sheet { submission, .. } => {
                let ids = (submission.revision_id, submission.response_id) == (item.revision_id, item.response_id);
                (!ids).then_some("its submission carries other ids than its envelope").or_else(|| {
                    (submission.channel == Channel::Online).then_some("a device hands in what was keyed or asked, not online")
                })
            }
            Self::SheetEnd { outcome, .. } => {
                let known = Outcome::from_code(outcome).filter(|outcome| *outcome != Outcome::Keyed);
                known.is_none().then_some("a sheet ends as spoiled, duplicate or void")
            }
            Self::Withdrawal { .. } => None,
        }
    }
}

/// What is wrong and where, without the words of the text itself: an unexpected value may be somebody's answer.
fn plain(error: &serde_json::Error) -> String {
    let what = if error.is_data() { "something is missing, or is of another kind than it should be" } else { "it is not JSON" };
    format!("{what} (line {}, column {})", error.line(), error.column())
}

/// The submission among bytes that were kept: a submission as it is, or what an item of a device says.
#[must_use]
pub fn submission_in(bytes: &[u8]) -> Option<Submission> {
    if let Ok(submission) = serde_json::from_slice(bytes) {
        return Some(submission);
    }
    match serde_json::from_slice(bytes).ok()? {
        Payload::Response { submission } | Payload::Sheet { submission, .. } => Some(*submission),
        Payload::SheetEnd { .. } | Payload::Withdrawal { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::sync::hash;

    fn submission(id: Uuid) -> serde_json::Value {
        json!({ "response_id": id, "revision_id": id, "form_version": 1, "edition": "standard", "channel": "face_to_face" })
    }

    fn read(payload: &serde_json::Value) -> Result<Payload, String> {
        let text = payload.to_string();
        let item = Item {
            revision_id: Uuid::nil(),
            response_id: Uuid::nil(),
            device_seq: 1,
            consultation: "sample".to_owned(),
            captured_at: None,
            beacon: None,
            keyed_by: "staff:1".to_owned(),
            hash: hash(text.as_bytes()),
            payload: None,
            sealed: None,
        };
        Payload::read(&text, &item)
    }

    #[test]
    fn each_kind_is_read_and_its_submission_found_again() {
        let response = json!({ "kind": "response", "submission": submission(Uuid::nil()), "note": "" });
        assert!(matches!(read(&response), Ok(Payload::Response { .. })));
        assert!(submission_in(response.to_string().as_bytes()).is_some());
        assert!(submission_in(submission(Uuid::nil()).to_string().as_bytes()).is_some());
        let sheet = json!({ "kind": "sheet", "batch": 3, "sheet": 22, "keying_id": Uuid::nil(), "submission": submission(Uuid::nil()),
            "entry": { "values": { "a": ["1"] }, "marks": { "b": "illegible" }, "note": "x" } });
        assert!(matches!(read(&sheet), Ok(Payload::Sheet { batch: 3, sheet: 22, .. })));
        let end = json!({ "kind": "sheet_end", "batch": 3, "sheet": 23, "outcome": "spoiled", "reason": "tea" });
        assert!(matches!(read(&end), Ok(Payload::SheetEnd { .. })));
        assert!(submission_in(end.to_string().as_bytes()).is_none());
    }

    #[test]
    fn what_cannot_be_read_says_why_and_quotes_nothing() {
        let mut online = submission(Uuid::nil());
        online["channel"] = json!("online");
        for wrong in [
            json!({ "kind": "letter" }),
            json!({ "kind": "response", "submission": { "answers": { "why": "Zaubernuss" }, "form_version": "Zaubernuss" } }),
            json!({ "kind": "response", "submission": submission(Uuid::max()) }),
            json!({ "kind": "response", "submission": online }),
            json!({ "kind": "sheet_end", "batch": 3, "sheet": 23, "outcome": "keyed" }),
        ] {
            let why = read(&wrong).unwrap_err();
            assert!(!why.contains("Zaubernuss"), "{why}");
        }
    }
}
