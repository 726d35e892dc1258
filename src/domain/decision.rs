//! Decisions about what is held: what a person may do with it, and the submission that follows.

use uuid::Uuid;

use super::finding::{Effect, Finding};
use super::form::FormVersion;
use super::submission::Submission;

/// What a person decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It counts.
    Counted,
    /// It does not count. It stays where it is, whole, with the reason.
    SetAside,
}

impl Decision {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Counted => "counted",
            Self::SetAside => "set_aside",
        }
    }

    /// The decision with this code, if there is one.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Counted, Self::SetAside].into_iter().find(|decision| decision.code() == code)
    }
}

/// The submission without what nobody can understand: a field the form has becomes illegible, anything else is left out.
/// What arrived is kept whole beside it, so nothing is lost. Rule R17 has a person decide, never the service.
#[must_use]
pub fn understood(form: &FormVersion, mut submission: Submission, findings: &[Finding]) -> Submission {
    for finding in findings.iter().filter(|finding| submission.channel.effect_of(finding.rule) == Effect::Hold) {
        let Some(key) = &finding.question else { continue };
        submission.answers.remove(key);
        submission.spoiled.retain(|field| field != key);
        submission.illegible.retain(|field| field != key);
        if form.field(key).is_some() {
            submission.illegible.push(key.clone());
        }
    }
    submission
}

/// A submission that came under an id which stood for other content, as a correction of what stands there. Its new id
/// is made from the held item's, so deciding twice is one correction.
#[must_use]
pub fn correction(submission: Submission, held_id: Uuid, response_id: Uuid, last: Uuid) -> Submission {
    Submission { response_id, revision_id: Uuid::new_v5(&held_id, b"correction"), supersedes: Some(last), ..submission }
}
