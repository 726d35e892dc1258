//! The answers to a question as coders work through them: repeats, queues, who read how much.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

use super::dataset::Dataset;
use super::suggest::classifier::{Classifier, Coded, LEAST};
use super::suggest::features::Weights;
use super::suggest::themes::{Said, candidates};
use super::suggest::{Answer, queue};
use super::text;
use crate::domain::answer::{State, Value};
use crate::domain::codeframe::Codeframe;
use crate::domain::coding::Coding;

/// How many answers a queue holds.
pub const QUEUE: usize = 20;

/// How many answers a search shows at most.
pub const FOUND: usize = 100;

/// Somebody's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Own {
    /// The response.
    pub response_id: Uuid,
    /// Its revision in force.
    pub revision_id: Uuid,
    /// The row of the dataset.
    pub row: usize,
    /// The words.
    pub text: String,
}

/// Every answer in people's own words to a question.
#[must_use]
pub fn answers(dataset: &Dataset, question: &str) -> Vec<Own> {
    let Some(variable) = dataset.variable(question) else { return Vec::new() };
    let rows = dataset.rows.iter().enumerate();
    rows.filter(|(row, _)| variable.state(*row) == State::Answered)
        .filter_map(|(row, revision)| {
            let Some(Value::Text(words)) = revision.answers.values.get(question) else { return None };
            let (response_id, revision_id) = (revision.response_id, revision.revision_id);
            (!words.trim().is_empty()).then(|| Own { response_id, revision_id, row, text: words.clone() })
        })
        .collect()
}

/// Answers with the same words, case and stops aside: the first of each, with the others.
#[must_use]
pub fn repeats<'a>(answers: impl IntoIterator<Item = &'a Own>) -> Vec<(&'a Own, Vec<&'a Own>)> {
    let mut groups: Vec<(&Own, Vec<&Own>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for answer in answers {
        let place = *places.entry(text::fingerprint(&answer.text)).or_insert(groups.len());
        match groups.get_mut(place) {
            Some((_, others)) => others.push(answer),
            None => groups.push((answer, Vec::new())),
        }
    }
    groups
}

/// Whether two texts are the same but for case and stops.
#[must_use]
pub fn same_words(one: &str, other: &str) -> bool {
    text::fingerprint(one) == text::fingerprint(other)
}

/// Whether a person has coded an answer, or looked at it and found nothing to code.
#[must_use]
pub fn is_coded(coding: &Coding) -> bool {
    coding.looked_under > 0 || !coding.applied.is_empty()
}

/// How a queue is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Answers unlike each other, first those that may have themes few others have.
    Rare,
    /// Answers whose themes were nearly suggested otherwise.
    Check,
    /// Any.
    Random,
    /// Those with all of these words.
    Search(String),
    /// Those most like this text.
    Similar(String),
    /// Those to look at again, the most like these words first.
    Recheck(String),
}

impl Kind {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Rare => "rare",
            Self::Check => "check",
            Self::Random => "random",
            Self::Search(_) => "search",
            Self::Similar(_) => "similar",
            Self::Recheck(_) => "recheck",
        }
    }
}

/// What has been coded so far, for a classifier to learn from: only what persons decided.
pub struct Learning<'a> {
    /// The classifier.
    pub classifier: Classifier,
    /// How telling each word is.
    pub weights: Weights,
    /// The themes by their numbers in the classifier.
    pub themes: Vec<Uuid>,
    /// The answers it learnt from, in order.
    pub learnt: Vec<&'a Own>,
}

/// Learn from the answers that people have coded; nothing below [`LEAST`] of them.
#[must_use]
pub fn learn<'a>(answers: &'a [Own], codings: &BTreeMap<Uuid, Coding>, frame: &Codeframe, seed: u64) -> Option<Learning<'a>> {
    let themes: Vec<Uuid> = frame.themes().map(|theme| theme.id).collect();
    let number = |id: Uuid| themes.iter().position(|theme| *theme == frame.reads_as(id));
    let of = |own: &Own| codings.get(&own.response_id).filter(|coding| is_coded(coding));
    let learnt: Vec<&Own> = answers.iter().filter(|own| of(own).is_some()).collect();
    if learnt.len() < LEAST {
        return None;
    }
    let coded: Vec<(String, Vec<usize>)> = learnt
        .iter()
        .map(|own| {
            let marks = of(own).into_iter().flat_map(|coding| coding.applied.keys());
            let codes: BTreeSet<usize> = marks.filter_map(|mark| number(mark.theme)).collect();
            (own.response_id.to_string(), codes.into_iter().collect())
        })
        .collect();
    let coded: Vec<Coded> =
        learnt.iter().zip(&coded).map(|(own, (id, codes))| Coded { answer: Answer { id, text: &own.text }, codes }).collect();
    let texts: Vec<&str> = answers.iter().map(|own| own.text.as_str()).collect();
    let weights = Weights::learn(&texts);
    let classifier = Classifier::learn(&weights, &coded, themes.len(), seed, None).ok()?;
    Some(Learning { classifier, weights, themes, learnt })
}

/// Draw a queue: `waiting` are the answers nobody has coded, `all` every answer, for searching. By position in the list it is
/// drawn from; nothing for [`Kind::Check`] while too few are coded.
#[must_use]
pub fn draw<'a>(
    kind: &Kind,
    (all, waiting): (&'a [Own], &[&'a Own]),
    learning: Option<&Learning<'_>>,
    seed: u64,
) -> Vec<&'a Own> {
    let texts: Vec<&str> = waiting.iter().map(|own| own.text.as_str()).collect();
    let chosen = match (kind, learning) {
        (Kind::Search(words), _) => return search(all, words),
        (Kind::Similar(to), _) => {
            let weights = Weights::learn(&all.iter().map(|own| own.text.as_str()).collect::<Vec<_>>());
            queue::similar(&weights, &texts, to, QUEUE).into_iter().map(|(place, _)| place).collect()
        }
        (Kind::Recheck(to), _) => {
            // The words sought are among those learnt from, so that one that only a single answer has tells as well.
            let known = all.iter().map(|own| own.text.as_str()).chain([to.as_str()]);
            let weights = Weights::learn(&known.collect::<Vec<_>>());
            let alike: Vec<usize> = queue::similar(&weights, &texts, to, FOUND).into_iter().map(|(place, _)| place).collect();
            let rest = (0..waiting.len()).filter(|place| !alike.contains(place));
            alike.iter().copied().chain(rest).take(FOUND).collect()
        }
        (Kind::Rare, Some(learning)) => {
            let scores = learning.classifier.score_all(&learning.weights, &texts);
            queue::rare(&learning.classifier, &learning.weights, &texts, &scores, QUEUE, seed)
        }
        (Kind::Check, Some(learning)) => {
            let scores = learning.classifier.score_all(&learning.weights, &texts);
            queue::check(&learning.classifier, &scores, QUEUE)
        }
        (Kind::Check, None) => Vec::new(),
        (Kind::Rare, None) => diverse(waiting, seed),
        (Kind::Random, _) => queue::random(waiting.len(), QUEUE, seed),
    };
    chosen.into_iter().filter_map(|place| waiting.get(place).copied()).collect()
}

/// Answers unlike each other, without anything to learn from yet: one from each group of like answers, filled up by chance.
fn diverse(waiting: &[&Own], seed: u64) -> Vec<usize> {
    let ids: Vec<String> = waiting.iter().map(|own| own.response_id.to_string()).collect();
    let said: Vec<Said> =
        waiting.iter().zip(&ids).map(|(own, id)| Said { answer: Answer { id, text: &own.text }, by: None }).collect();
    let places: HashMap<&str, usize> = ids.iter().enumerate().map(|(place, id)| (id.as_str(), place)).collect();
    let groups = candidates(&said, QUEUE, seed);
    // The smallest group first: it is what a coder would meet last.
    let firsts = groups.iter().rev().filter_map(|group| group.answers.first().and_then(|id| places.get(id)).copied());
    let mut chosen: Vec<usize> = Vec::new();
    for place in firsts.chain(queue::random(waiting.len(), waiting.len(), seed)) {
        if chosen.len() < QUEUE && !chosen.contains(&place) {
            chosen.push(place);
        }
    }
    chosen
}

/// The answers with all of these words, whatever their capitals.
#[must_use]
pub fn search<'a>(all: &'a [Own], words: &str) -> Vec<&'a Own> {
    let sought = text::folded(words);
    let sought: Vec<&str> = text::words(&sought).collect();
    if sought.is_empty() {
        return Vec::new();
    }
    let has = |own: &&Own| {
        let folded = text::folded(&own.text);
        sought.iter().all(|word| folded.contains(word))
    };
    all.iter().filter(has).take(FOUND).collect()
}

/// How much of a question was read, by how many: of the words in force.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shares {
    /// Answers in people's own words.
    pub answers: usize,
    /// Read by one person or more.
    pub one: usize,
    /// Read by two or more.
    pub two: usize,
    /// Coded by a person.
    pub coded: usize,
}

/// Count who read what: `reads` names revision and reader.
#[must_use]
pub fn shares(answers: &[Own], reads: &[(Uuid, Uuid)], codings: &BTreeMap<Uuid, Coding>) -> Shares {
    let mut readers: HashMap<Uuid, BTreeSet<Uuid>> = HashMap::new();
    for (revision, reader) in reads {
        readers.entry(*revision).or_default().insert(*reader);
    }
    let by = |own: &&Own, least: usize| readers.get(&own.revision_id).is_some_and(|readers| readers.len() >= least);
    Shares {
        answers: answers.len(),
        one: answers.iter().filter(|own| by(own, 1)).count(),
        two: answers.iter().filter(|own| by(own, 2)).count(),
        coded: answers.iter().filter(|own| codings.get(&own.response_id).is_some_and(is_coded)).count(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(number: u128, text: &str) -> Own {
        Own { response_id: Uuid::from_u128(number), revision_id: Uuid::from_u128(number), row: 0, text: text.to_owned() }
    }

    #[test]
    fn the_same_words_are_found_whatever_their_capitals_and_stops() {
        let all = [own(1, "No comment."), own(2, "The bus is late"), own(3, "no comment"), own(4, "None")];
        let groups = repeats(&all);
        let sizes: Vec<usize> = groups.iter().map(|(_, others)| others.len()).collect();
        assert_eq!(sizes, [1, 0, 0]);
        assert!(same_words("No comment.", "no comment") && !same_words("No", "None"));
    }

    #[test]
    fn each_queue_holds_different_answers_and_the_same_seed_draws_the_same() {
        let all: Vec<Own> = (1..60).map(|n| own(n, &format!("Answer {n} about the {} bus", n % 7))).collect();
        let waiting: Vec<&Own> = all.iter().collect();
        for kind in [Kind::Rare, Kind::Random] {
            let drawn = draw(&kind, (&all, &waiting), None, 5);
            let different: BTreeSet<Uuid> = drawn.iter().map(|own| own.response_id).collect();
            assert_eq!((drawn.len(), different.len()), (QUEUE, QUEUE), "{kind:?}");
            assert_eq!(drawn, draw(&kind, (&all, &waiting), None, 5));
        }
        assert!(draw(&Kind::Check, (&all, &waiting), None, 5).is_empty(), "too few are coded to check");
        assert_eq!(draw(&Kind::Search("ANSWER 17".to_owned()), (&all, &waiting), None, 5), [&all[16]]);
        assert!(search(&all, " ").is_empty());
    }

    #[test]
    fn an_answer_read_twice_by_one_person_is_read_by_one() {
        let all = [own(1, "a"), own(2, "b"), own(3, "c")];
        let (ann, bo) = (Uuid::from_u128(100), Uuid::from_u128(200));
        let id = Uuid::from_u128;
        let reads = [(id(1), ann), (id(1), ann), (id(2), ann), (id(2), bo), (id(9), ann)];
        let shares = shares(&all, &reads, &BTreeMap::new());
        assert_eq!(shares, Shares { answers: 3, one: 2, two: 1, coded: 0 });
    }
}
