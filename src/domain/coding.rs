//! Coding: which themes an answer has, who said so, and what counts.
//!
//! The coding of an answer is the fold of its acts. Rules and models may only suggest; a suggestion is a thing beside the coding
//! and changes no count until a person accepts it (rule R72). Acts name the version that was in front of the coder: one made on
//! an older version goes through when nobody touched the same theme since, and is handed back with the coding as it stands
//! otherwise, so that of two who code at once neither loses anything. Notes are added and never replaced.

mod acts;
mod counting;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use acts::{CannotCode, act};
pub use counting::{Counts, counts, first_readings, to_repeat};

/// Who or what codes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Coder {
    /// A person, by id.
    Person {
        /// Who.
        id: Uuid,
    },
    /// A rule, such as a list of words.
    Rule {
        /// Which.
        name: String,
        /// Its version.
        version: String,
    },
    /// A model that learnt from codings.
    Model {
        /// Its method.
        name: String,
        /// Its version, with what it learnt from.
        version: String,
    },
}

impl Coder {
    /// The person, when it is one.
    #[must_use]
    pub const fn person(&self) -> Option<Uuid> {
        match self {
            Self::Person { id } => Some(*id),
            Self::Rule { .. } | Self::Model { .. } => None,
        }
    }
}

/// Where somebody stands on what they write of. A field of its own: for and against are no themes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stance {
    /// For it.
    For,
    /// Against it.
    Against,
    /// Both, or with conditions.
    Mixed,
    /// It cannot be told.
    Unclear,
}

/// A part of an answer, in Unicode code points from 0; the end is not part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// Its first code point.
    pub start: usize,
    /// The code point after its last.
    pub end: usize,
}

/// What a coding is about: a theme, at the whole answer or at a part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Mark {
    /// The theme.
    pub theme: Uuid,
    /// The part; the whole answer when there is none.
    #[serde(default)]
    pub span: Option<Span>,
}

/// What sets an answer apart, whatever its themes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// A material or distinct point: it is in the register however few make it (rule R15).
    Material,
    /// Somebody may be in danger: a named person is told at once (rule R73).
    Safeguarding,
}

/// One act on the coding of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub enum Act {
    /// Put a theme at the answer, or give it another stance.
    Apply {
        /// The theme, and where.
        mark: Mark,
        /// The stance on it, if it has one.
        #[serde(default)]
        stance: Option<Stance>,
    },
    /// Take it away.
    Remove {
        /// The theme, and where.
        mark: Mark,
    },
    /// Put a theme before people. Only rules and models do.
    Suggest {
        /// The suggestion's own id.
        suggestion: Uuid,
        /// The theme, and where.
        mark: Mark,
        /// How sure it is, in thousandths.
        confidence: u16,
        /// The words that made it think so.
        because: Vec<String>,
    },
    /// Take a suggestion over: from then on it is the person's own coding.
    Accept {
        /// Which.
        suggestion: Uuid,
        /// The stance on it, if it has one.
        #[serde(default)]
        stance: Option<Stance>,
    },
    /// Turn a suggestion down.
    Reject {
        /// Which.
        suggestion: Uuid,
    },
    /// Set the answer apart.
    Flag {
        /// As what.
        flag: Flag,
        /// What the point or the worry is.
        why: String,
    },
    /// Take a flag back; a reason is needed, and both stay in the register.
    Unflag {
        /// Which.
        flag: Flag,
        /// Why.
        why: String,
    },
    /// Add a note.
    Note {
        /// Its words.
        text: String,
    },
    /// Say that the answer was read under this codeframe and needs no change.
    Looked,
    /// Put a theme there in a blind second coding, which only serves to measure agreement.
    ApplyBlind {
        /// The theme, and where.
        mark: Mark,
    },
    /// Say that the blind coding is done, be it empty.
    EndBlind,
    /// What two coders came to together: from here on it counts, and what each first said is kept for the measure.
    Settle {
        /// All themes that count, with their stances.
        marks: Vec<(Mark, Option<Stance>)>,
    },
}

/// An act, by whom, when, and on top of which version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// The version it makes: its place in the answer's log, from 1.
    pub version: u32,
    /// Who.
    pub by: Coder,
    /// When.
    pub at: DateTime<Utc>,
    /// The version of the codeframe that was in front of them.
    pub frame: u32,
    /// What.
    pub act: Act,
    /// Names the acts done together at answers with the same text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub together: Option<Uuid>,
}

/// A theme that a person put at an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The person.
    pub by: Uuid,
    /// The stance, if any.
    pub stance: Option<Stance>,
    /// The codeframe's version they had.
    pub frame: u32,
    /// The suggestion they took over, if it began as one.
    pub from: Option<Uuid>,
}

/// What became of a suggestion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// Nobody has looked.
    Open,
    /// A person took it over.
    Accepted,
    /// A person turned it down.
    Rejected,
}

/// What a rule or model put before people.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggested {
    /// The rule or model.
    pub by: Coder,
    /// The theme, and where.
    pub mark: Mark,
    /// How sure it was, in thousandths.
    pub confidence: u16,
    /// Why.
    pub because: Vec<String>,
    /// What became of it.
    pub answered: Answered,
}

/// One entry of the register of flags: set or taken back, by whom and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flagging {
    /// Which flag.
    pub flag: Flag,
    /// Whether it was set; taken back otherwise.
    pub set: bool,
    /// Who.
    pub by: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// The point, the worry or the reason.
    pub why: String,
}

/// A blind second coding by one person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Blind {
    /// What they put there.
    pub marks: std::collections::BTreeSet<Mark>,
    /// Whether they are done.
    pub ended: bool,
}

/// The coding of one answer as it stands.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Coding {
    /// How many acts made it.
    pub version: u32,
    /// The codeframe's version under which a person last coded it or looked at it; 0 before.
    pub looked_under: u32,
    /// What persons put there.
    pub applied: BTreeMap<Mark, Applied>,
    /// What stood there before it was settled between two coders, when it was.
    pub before_settling: Option<BTreeMap<Mark, Applied>>,
    /// What rules and models put before people, by id.
    pub suggested: BTreeMap<Uuid, Suggested>,
    /// Blind second codings, by person.
    pub blind: BTreeMap<Uuid, Blind>,
    /// The register of flags, oldest first.
    pub register: Vec<Flagging>,
    /// Notes, oldest first, with who wrote them.
    pub notes: Vec<(Uuid, String)>,
}

impl Coding {
    /// The coding that a log makes.
    #[must_use]
    pub fn of(events: &[Event]) -> Self {
        events.iter().fold(Self::default(), |mut coding, event| {
            acts::carry_out(&mut coding, event);
            coding
        })
    }

    /// Whether a flag is up.
    #[must_use]
    pub fn has(&self, flag: Flag) -> bool {
        self.register.iter().rev().find(|entry| entry.flag == flag).is_some_and(|entry| entry.set)
    }
}

#[cfg(test)]
mod tests;
