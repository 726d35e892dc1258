//! The standing codes: what every codeframe of a question has from the start, so that no answer is left without one.

use serde::{Deserialize, Serialize};

/// A code that is always there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// "No comment", "as above".
    NothingToAdd,
    /// It cannot be made out what is meant.
    Unclear,
    /// About something that is not being consulted on.
    OutOfScope,
    /// About the consultation itself.
    AboutTheConsultation,
    /// Another way of doing it.
    AlternativeSuggestion,
    /// What it would mean for people who share a characteristic or have little money.
    EqualityImpact,
}

/// Each with its name, its meaning, what belongs to it and what does not.
pub const STANDING: [(Standing, &str, &str, &str, &str); 6] = [
    (
        Standing::NothingToAdd,
        "Nothing to add",
        "Says that there is nothing to say, or points to another answer without more.",
        "No comment; none; see above",
        "A view in few words, such as \"fine\": that is a theme or a stance",
    ),
    (
        Standing::Unclear,
        "Unclear",
        "Read twice, and what is meant cannot be told.",
        "Broken sentences; words that fit no question; writing that cannot be read",
        "What is clear but off the point: out of scope",
    ),
    (
        Standing::OutOfScope,
        "Out of scope",
        "About something that is not being consulted on and cannot be decided here.",
        "Other services; national policy; a complaint about one person's care",
        "An effect of the proposals on another service",
    ),
    (
        Standing::AboutTheConsultation,
        "About the consultation",
        "About how people were asked: the questions, the document, the dates, the events, or whether it will matter.",
        "Hard to understand; too short a time; the decision is made already",
        "Suggestions about the proposals themselves",
    ),
    (
        Standing::AlternativeSuggestion,
        "Alternative suggestion",
        "Puts forward another way to reach what the proposal is for. Each is looked at, however few make it.",
        "A different threshold; paying in part; another place or provider",
        "Only saying no",
    ),
    (
        Standing::EqualityImpact,
        "Equality impact",
        "Says what a proposal would mean for people who share a protected characteristic, carers, or people with little money.",
        "Harder for disabled people, one sex, an age group, a faith, people in deprived places",
        "Fairness between places of residence alone",
    ),
];
