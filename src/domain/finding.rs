//! Findings: one thing wrong or odd about a submission, in words a person can act on.

use serde::{Deserialize, Serialize};

use super::submission::Channel;

/// One thing wrong or odd: the question, the rule, and what was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Finding {
    /// The field it is about; none when it is about the submission as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    /// The rule that found it.
    pub rule: Rule,
    /// What the rule measured: the unknown code, the limit, the bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// The rules. Their codes are stable: other programs read them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Nothing substantive was answered.
    Empty,
    /// No version of this form has such a field.
    UnknownQuestion,
    /// The question has no such choice.
    UnknownChoice,
    /// The choice exists, but not in the edition that was read.
    NotOffered,
    /// The value is of another kind than the question takes.
    WrongKind,
    /// More than one choice where one is taken.
    OneChoiceOnly,
    /// The text is longer than the limit.
    TooLong,
    /// The text holds a character that cannot be kept.
    Unreadable,
    /// The number is out of bounds.
    OutOfRange,
    /// No such day.
    NotADate,
    /// An answer to a question that was not asked.
    NotAsked,
    /// A choice that contradicts another one ticked beside it.
    Contradiction,
    /// Own words beside a choice that does not ask for them.
    OwnWordsUnasked,
}

impl Rule {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::UnknownQuestion => "unknown_question",
            Self::UnknownChoice => "unknown_choice",
            Self::NotOffered => "not_offered",
            Self::WrongKind => "wrong_kind",
            Self::OneChoiceOnly => "one_choice_only",
            Self::TooLong => "too_long",
            Self::Unreadable => "unreadable",
            Self::OutOfRange => "out_of_range",
            Self::NotADate => "not_a_date",
            Self::NotAsked => "not_asked",
            Self::Contradiction => "contradiction",
            Self::OwnWordsUnasked => "own_words_unasked",
        }
    }

    /// What the sender can do about it, in one sentence.
    #[must_use]
    pub const fn what_to_do(self) -> &'static str {
        match self {
            Self::Empty => "Answer at least one of the questions about the proposals, then send again.",
            Self::UnknownQuestion => "Use the question keys of this form version, or name the version that has this question.",
            Self::UnknownChoice => "Use one of the choice codes that the form lists for this question.",
            Self::NotOffered => "Use a choice that the edition named in the submission offers.",
            Self::WrongKind => "Give the kind of value that the question takes.",
            Self::OneChoiceOnly => "Choose one answer only.",
            Self::TooLong => "Shorten the text to the limit, or send the rest by letter or e-mail.",
            Self::Unreadable => "Remove the character that cannot be kept and send again.",
            Self::OutOfRange => "Give a number within the bounds.",
            Self::NotADate => "Give a real day as year-month-day, such as 2022-11-30.",
            Self::NotAsked => "Leave this answer out, or change the answer that routes past the question.",
            Self::Contradiction => "Nothing: both choices were kept.",
            Self::OwnWordsUnasked => "Nothing: the words were kept.",
        }
    }
}

impl Finding {
    /// A finding about one field.
    #[must_use]
    pub fn on(question: &str, rule: Rule, detail: impl Into<Option<String>>) -> Self {
        Self { question: Some(question.to_owned()), rule, detail: detail.into() }
    }

    /// A finding about the submission as a whole.
    #[must_use]
    pub const fn overall(rule: Rule) -> Self {
        Self { question: None, rule, detail: None }
    }
}

/// What a finding does to the submission it was made on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Stored, with the finding beside it.
    Note,
    /// The sender is asked to put it right.
    Refuse,
    /// Kept aside, whole, for a person to decide.
    Hold,
}

impl Channel {
    /// What a finding means on this channel. A person online can be asked again; a sheet of paper cannot, so paper is
    /// stored with its findings, or held when it cannot be understood.
    #[must_use]
    pub const fn effect_of(self, rule: Rule) -> Effect {
        match (self, rule) {
            (_, Rule::Contradiction | Rule::OwnWordsUnasked) => Effect::Note,
            (Self::Online, _) => Effect::Refuse,
            (_, Rule::Empty | Rule::OneChoiceOnly | Rule::TooLong | Rule::NotAsked) => Effect::Note,
            (_, _) => Effect::Hold,
        }
    }
}
