//! Submissions: what arrived, not yet trusted.

use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::wording::Edition;

/// What arrived: ids, form version, edition, channel, provenance and raw answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Submission {
    /// Made by whoever holds the page or the paper; the same through all revisions.
    pub response_id: Uuid,
    /// Made by whoever holds the page or the paper; the idempotency key, unique within the consultation.
    pub revision_id: Uuid,
    /// The revision this one replaces; none for a first sending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<Uuid>,
    /// Which of the consultation's forms; its main form when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// The version whose questions were answered.
    pub form_version: u32,
    /// The wording that was read.
    pub edition: Edition,
    /// How it came in.
    pub channel: Channel,
    /// The day written on it.
    #[serde(default)]
    pub completed_on: Option<NaiveDate>,
    /// The day of the postmark.
    #[serde(default)]
    pub posted_on: Option<NaiveDate>,
    /// The day it reached us, not the day it was keyed.
    #[serde(default)]
    pub received_on: Option<NaiveDate>,
    /// Raw answers by field key.
    #[serde(default)]
    pub answers: BTreeMap<String, serde_json::Value>,
    /// Fields that cannot count, such as two ticks on one scale.
    #[serde(default)]
    pub spoiled: Vec<String>,
    /// Fields that nobody can read.
    #[serde(default)]
    pub illegible: Vec<String>,
    /// Whether someone helped to fill it in (rule R29).
    #[serde(default)]
    pub help: Option<Help>,
    /// Whether the words may be quoted (rule R23).
    #[serde(default)]
    pub quote_consent: Option<bool>,
    /// The receipt code, with a correction that no member of staff makes.
    #[serde(default, skip_serializing)]
    pub receipt_code: Option<String>,
    /// Where it came from, for what was not filled in online.
    #[serde(default, skip_serializing_if = "Origin::is_empty")]
    pub origin: Origin,
}

/// Where a submission that was not filled in online came from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// The batch it was counted in with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<String>,
    /// The line of the batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The number written on the paper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paper_reference: Option<String>,
    /// The device it was keyed on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// Who keyed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keyed_by: Option<String>,
    /// The event it was handed in at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
}

impl Origin {
    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// How a submission came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Filled in on the public pages or through the API.
    Online,
    /// On paper.
    Paper,
    /// In an interview.
    FaceToFace,
    /// At a workshop.
    Workshop,
    /// In a letter.
    Letter,
    /// By e-mail.
    Email,
    /// By telephone.
    Telephone,
    /// With a petition.
    Petition,
    /// From a partner's data set.
    Import,
}

impl Channel {
    /// Every channel, in the order reports show them.
    pub const ALL: [Self; 9] = [
        Self::Online,
        Self::Paper,
        Self::FaceToFace,
        Self::Workshop,
        Self::Letter,
        Self::Email,
        Self::Telephone,
        Self::Petition,
        Self::Import,
    ];

    /// The code used in JSON, tables and exports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Paper => "paper",
            Self::FaceToFace => "face_to_face",
            Self::Workshop => "workshop",
            Self::Letter => "letter",
            Self::Email => "email",
            Self::Telephone => "telephone",
            Self::Petition => "petition",
            Self::Import => "import",
        }
    }

    /// The channel with this code, if there is one.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.code() == code)
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Whether someone helped to fill it in (rule R29).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Help {
    /// Nobody helped.
    No,
    /// Somebody read it out.
    ReadToMe,
    /// Somebody wrote the answers down.
    WroteForMe,
    /// Somebody helped to decide what to say.
    HelpedDecide,
    /// Prefer not to say.
    PreferNot,
}

impl Help {
    /// Every answer, in the order it is offered.
    pub const ALL: [Self; 5] = [Self::No, Self::ReadToMe, Self::WroteForMe, Self::HelpedDecide, Self::PreferNot];

    /// The code used in JSON, tables and exports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::ReadToMe => "read_to_me",
            Self::WroteForMe => "wrote_for_me",
            Self::HelpedDecide => "helped_decide",
            Self::PreferNot => "prefer_not",
        }
    }
}
