//! Routing: whether a question is asked, given the answers so far.

use serde::{Deserialize, Serialize};

use super::answer::Answers;

/// `ask_if`: asked only when another question was answered in one of these ways.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The field that decides.
    pub question: String,
    /// The codes that let this question be asked.
    pub is: Vec<String>,
}

impl Condition {
    /// Whether the answers so far satisfy it. A `choose_many` satisfies it with any of its codes.
    #[must_use]
    pub fn holds(&self, answers: &Answers) -> bool {
        answers.codes(&self.question).any(|code| self.is.iter().any(|wanted| wanted == code))
    }
}
