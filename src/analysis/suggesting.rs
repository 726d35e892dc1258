//! Suggestions for the answers to a question, learnt from what people coded there; and what is known of how right they are.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a probability in thousandths lies between 0 and 1000"
)]

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::coding::{Own, is_coded, learn};
use super::suggest::accept::Known;
use crate::domain::codeframe::Codeframe;
use crate::domain::coding::Coding;

/// What the method is called, and its version.
pub const METHOD: (&str, &str) = ("linear_words_and_pieces", "1");

/// How many themes are suggested for one answer at most.
const MOST: usize = 5;

/// How many words tell why.
const WORDS: usize = 3;

/// A theme that an answer may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggested {
    /// The response.
    pub response_id: Uuid,
    /// The theme.
    pub theme: Uuid,
    /// How sure, in thousandths.
    pub confidence: u16,
    /// The words that led to it.
    pub because: Vec<String>,
}

/// What is known of one theme: how sure the machine was of answers whose coding it had not seen, and whether people gave it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Of the answers it learnt from, as the others saw them.
    pub learnt: Vec<(u16, bool)>,
    /// Of the answers that were coded blind, which it did not learn from.
    pub blind: Vec<(u16, bool)>,
}

impl Record {
    /// As [`super::suggest::accept::preview`] takes them.
    #[must_use]
    pub fn known(pairs: &[(u16, bool)]) -> Vec<Known> {
        pairs.iter().map(|(sure, has)| Known { probability: probability(*sure), has: *has }).collect()
    }
}

/// Thousandths as a probability.
#[must_use]
pub fn probability(thousandths: u16) -> f32 {
    f32::from(thousandths) / 1000.0
}

fn thousandths(probability: f32) -> u16 {
    (probability.clamp(0.0, 1.0) * 1000.0).round() as u16
}

/// What a run made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Made {
    /// From how many coded answers it learnt.
    pub coded: usize,
    /// What it suggests.
    pub suggested: Vec<Suggested>,
    /// What is known of each theme.
    pub records: BTreeMap<Uuid, Record>,
}

/// Learn from the answers that people coded openly, and suggest for those that wait; `blind` are the answers that were coded twice,
/// with the themes that were given blind: nothing is learnt from them and nothing suggested for them. Nothing at all below 200 answers.
#[must_use]
pub fn make(
    answers: &[Own],
    blind: &[(Own, BTreeSet<Uuid>)],
    (codings, frame): (&BTreeMap<Uuid, Coding>, &Codeframe),
    seed: u64,
) -> Option<Made> {
    let learning = learn(answers, codings, frame, seed)?;
    let classifier = &learning.classifier;
    let mut made = Made { coded: learning.learnt.len(), ..Made::default() };
    let unseen = classifier.unseen();
    for (own, scores) in learning.learnt.iter().zip(unseen.answers()) {
        let given = codings
            .get(&own.response_id)
            .map(|coding| coding.applied.keys().map(|mark| frame.reads_as(mark.theme)).collect::<BTreeSet<Uuid>>());
        record(
            &mut made,
            &learning.themes,
            scores,
            |code, score| classifier.probability(code, score),
            |record, sure, theme| {
                record.learnt.push((sure, given.as_ref().is_some_and(|given| given.contains(&theme))));
            },
        );
    }
    let texts: Vec<&str> = blind.iter().map(|(own, _)| own.text.as_str()).collect();
    let scored = classifier.score_all(&learning.weights, &texts);
    for ((_, given), scores) in blind.iter().zip(scored.answers()) {
        record(
            &mut made,
            &learning.themes,
            scores,
            |code, score| classifier.probability(code, score),
            |record, sure, theme| {
                record.blind.push((sure, given.contains(&theme)));
            },
        );
    }
    let waiting: Vec<&Own> = answers.iter().filter(|own| !codings.get(&own.response_id).is_some_and(is_coded)).collect();
    let texts: Vec<&str> = waiting.iter().map(|own| own.text.as_str()).collect();
    let scored = classifier.score_all(&learning.weights, &texts);
    for (own, scores) in waiting.iter().zip(scored.answers()) {
        let likely = classifier.suggestions(scores).into_iter().filter(|one| one.suggested).take(MOST);
        for one in likely {
            let because = classifier.why(&learning.weights, &own.text, one.code, WORDS);
            made.suggested.push(Suggested {
                response_id: own.response_id,
                theme: learning.themes[one.code],
                confidence: thousandths(one.probability),
                because: because.into_iter().map(|reason| reason.word).collect(),
            });
        }
    }
    Some(made)
}

fn record(
    made: &mut Made,
    themes: &[Uuid],
    scores: &[f32],
    probability: impl Fn(usize, f32) -> f32,
    mut add: impl FnMut(&mut Record, u16, Uuid),
) {
    for (code, (theme, score)) in themes.iter().zip(scores).enumerate() {
        add(made.records.entry(*theme).or_default(), thousandths(probability(code, *score)), *theme);
    }
}
