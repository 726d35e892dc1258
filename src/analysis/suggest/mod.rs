//! Suggestions for coding free text, by rules and arithmetic on this machine alone: values in, values out, the same each time.
#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "counts of answers, features and codes stay far below 2^24 where they meet a float, and below 2^32 as indices"
)]

pub mod accept;
pub mod calibrate;
pub mod chance;
pub mod classifier;
pub mod features;
mod kmeans;
pub mod lint;
mod lsa;
pub mod matrix;
mod parallel;
pub mod queue;
mod stop_words;
mod svm;
mod terms;
pub mod themes;
mod threshold;

/// An answer to one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Answer<'a> {
    /// What tells it from all others, for ever.
    pub id: &'a str,
    /// What the person wrote.
    pub text: &'a str,
}
