//! Candidate themes: groups of answers that say alike things, shown to a person who makes the codeframe.
//!
//! The groups do not find the themes a person would (on real answers they share about a third of the information), so there are
//! more of them than anybody wants themes, each with its words, a few answers and who said so; a person keeps, merges, renames
//! and throws away. An answer that many sent counts once when groups are made, so that no campaign draws them, and as
//! often as it was sent in every number shown.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::chance::Chance;
use super::features::{WIDTH, Weights};
use super::kmeans::Middles;
use super::lsa::Directions;
use super::matrix::{self, Matrix, NOWHERE, Row};
use super::{Answer, parallel, terms};
use crate::analysis::text;

/// How many groups to make unless somebody wants another number.
pub const COUNT: usize = 60;

/// No group is wanted for fewer texts than this on average.
const TEXTS_PER_GROUP: usize = 5;

/// How many texts the groups are learnt from; all others are then put into them.
const LEARNT_FROM: usize = 10_000;

/// Among fewer texts than this, a feature need not occur in three to be learnt from.
const FEW: usize = 100;

/// How many directions a text is described by.
const DIRECTIONS: usize = 100;

/// How often k-means starts anew; the best is taken.
const STARTS: u64 = 2;

/// How many terms name a group.
const TERMS: usize = 8;

/// How many answers are shown of a group, and from how many of the nearest they are chosen.
const EXEMPLARS: usize = 5;
const NEAREST: usize = 30;

/// How many of a group's texts its terms are counted in.
const COUNTED: usize = 1000;

/// How near the second middle must be, of the nearest, for an answer to belong to both.
const BOTH: f32 = 0.9;

/// How many overlaps of a group are told.
const OVERLAPS: usize = 3;

/// An answer, and what kind of respondent gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said<'a> {
    /// The answer.
    pub answer: Answer<'a>,
    /// The kind of respondent, where it is known.
    pub by: Option<&'a str>,
}

/// A group of answers that may be a theme, or two, or none.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate<'a> {
    /// Words and pairs of words that tell it from the others, the best first.
    pub terms: Vec<String>,
    /// The ids of its answers, the one nearest to its middle first.
    pub answers: Vec<&'a str>,
    /// How many of them differ in their words.
    pub texts: usize,
    /// Up to five answers from its middle that differ from each other.
    pub exemplars: Vec<Answer<'a>>,
    /// How many answers each kind of respondent gave. A count, which a disclosure rule has to see before anybody else does.
    pub spread: BTreeMap<Option<&'a str>, usize>,
    /// The groups it overlaps most with.
    pub overlaps: Vec<Overlap>,
}

/// How much a group overlaps with another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Overlap {
    /// The other, by its position among the candidates.
    pub with: usize,
    /// How many answers of this group lie nearly as near to the other.
    pub answers: usize,
    /// The cosine of their middles; near to 1, a person will want to merge them.
    pub alike: f32,
}

/// Group answers into up to `count` candidates, largest first. Answers that share no word with any other are in none.
///
/// The order of `said` does not matter, and the same seed gives the same bytes. Ids must differ from each other.
#[must_use]
pub fn candidates<'a>(said: &[Said<'a>], count: usize, seed: u64) -> Vec<Candidate<'a>> {
    let texts = distinct(said);
    let words: Vec<&str> = texts.iter().map(|text| text[0].answer.text).collect();
    let grouping = Grouping::learn(&words, count.min(texts.len().div_ceil(TEXTS_PER_GROUP)), seed);
    let placed = grouping.place(&words);
    let mut groups: Vec<Vec<usize>> = vec![Vec::new(); grouping.middles.count];
    placed.iter().enumerate().for_each(|(text, place)| groups[place.group].push(text));
    for group in &mut groups {
        group.retain(|text| placed[*text].near > 0.0);
    }
    let size = |group: &[usize]| group.iter().map(|text| texts[*text].len()).sum::<usize>();
    let mut order: Vec<usize> = (0..groups.len()).filter(|group| !groups[*group].is_empty()).collect();
    order.sort_by_key(|group| (Reverse(size(&groups[*group])), groups[*group][0]));
    let drawn: Vec<Vec<&str>> = order.iter().map(|group| drawn(&groups[*group], &words, seed)).collect();
    let terms = terms::of_groups(&drawn, TERMS);
    parallel::each(order.len(), |at| {
        let mut members = groups[order[at]].clone();
        members.sort_by(|a, b| placed[*b].near.total_cmp(&placed[*a].near).then(a.cmp(b)));
        let held: Vec<Said> = members.iter().flat_map(|text| texts[*text].iter().copied()).collect();
        let mut spread = BTreeMap::new();
        for said in &held {
            *spread.entry(said.by).or_default() += 1;
        }
        Candidate {
            terms: terms[at].clone(),
            answers: held.iter().map(|said| said.answer.id).collect(),
            texts: members.len(),
            exemplars: grouping.exemplars(&members, &placed, &words).into_iter().map(|text| texts[text][0].answer).collect(),
            spread,
            overlaps: overlaps(order[at], &order, &members, &placed, &texts, &grouping.middles),
        }
    })
}

/// The answers by what they say, in order: those with the same words together, the one with the first id first.
fn distinct<'a>(said: &[Said<'a>]) -> Vec<Vec<Said<'a>>> {
    let prints =
        parallel::pieces(said, |_, piece| piece.iter().map(|said| text::fingerprint(said.answer.text)).collect::<Vec<_>>());
    let mut all: Vec<(String, Said)> = prints.into_iter().flatten().zip(said.iter().copied()).collect();
    all.retain(|(print, _)| !print.is_empty());
    all.sort_unstable_by(|a, b| (&a.0, a.1.answer).cmp(&(&b.0, b.1.answer)));
    all.chunk_by(|a, b| a.0 == b.0).map(|same| same.iter().map(|(_, said)| *said).collect()).collect()
}

/// Where a text lies among the groups.
#[derive(Debug, Clone, Copy)]
struct Place {
    group: usize,
    near: f32,
    /// The next nearest group, when it is nearly as near.
    also: Option<usize>,
}

/// The groups, and what they were learnt in.
struct Grouping {
    weights: Weights,
    /// Where each feature stands among those that were learnt from.
    place: Vec<u32>,
    directions: Directions,
    middles: Middles,
}

impl Grouping {
    fn learn(texts: &[&str], count: usize, seed: u64) -> Self {
        let weights = Weights::learn(texts);
        let learnt_from = Chance::part(seed, 0).sample(texts.len(), LEARNT_FROM);
        let chosen: Vec<&str> = learnt_from.into_iter().map(|text| texts[text]).collect();
        let rows = weights.matrix(&chosen);
        let (place, width) = rows.places(WIDTH, if chosen.len() < FEW { 1 } else { 3 });
        let rows = rows.renumbered(&place);
        let directions = Directions::find(&rows, width, DIRECTIONS, seed);
        let at = parallel::ranges(rows.len(), |range| {
            Matrix::new(range.map(|row| (0..).zip(directions.place(rows.pairs(row), 1.0)).collect()))
        });
        let middles = Middles::find(&Matrix::joined(at), directions.count, count, STARTS, seed);
        Self { weights, place, directions, middles }
    }

    /// Where a text lies in the directions.
    fn row(&self, text: &str) -> Row {
        let row = self.weights.row(text).into_iter().map(|(column, value)| (self.place[column as usize], value));
        (0..).zip(self.directions.place(row.filter(|(column, _)| *column != NOWHERE), 1.0)).collect()
    }

    fn place(&self, texts: &[&str]) -> Vec<Place> {
        let place = |text: &&str| {
            let near = self.middles.near(self.row(text).into_iter());
            let (mut first, mut second) = (0, None);
            for (group, here) in near.iter().enumerate().skip(1) {
                if *here > near[first] {
                    (first, second) = (group, Some(first));
                } else if second.is_none_or(|second: usize| *here > near[second]) {
                    second = Some(group);
                }
            }
            let also = second.filter(|second| near[*second] > 0.0 && near[*second] >= BOTH * near[first]);
            Place { group: first, near: near[first], also }
        };
        if self.middles.count == 0 {
            return Vec::new();
        }
        parallel::pieces(texts, |_, piece| piece.iter().map(place).collect::<Vec<_>>()).concat()
    }

    /// Texts near the middle, each next one as near as may be without saying the same again (Carbonell and Goldstein 1998).
    fn exemplars(&self, members: &[usize], placed: &[Place], words: &[&str]) -> Vec<usize> {
        let nearest = &members[..members.len().min(NEAREST)];
        let rows = Matrix::new(nearest.iter().map(|text| self.row(words[*text])));
        let whole = |row: usize| matrix::dot(rows.row(row), rows.row(row)).max(1e-12);
        let alike = |a: usize, b: usize| matrix::dot(rows.row(a), rows.row(b)) / (whole(a) * whole(b)).sqrt();
        let mut chosen: Vec<usize> = Vec::new();
        while chosen.len() < EXEMPLARS.min(nearest.len()) {
            let worth = |row: &usize| {
                let again = chosen.iter().map(|other| alike(*row, *other)).fold(0.0, f32::max);
                placed[nearest[*row]].near - again / 2.0
            };
            let next = (0..nearest.len())
                .filter(|row| !chosen.contains(row))
                .max_by(|a, b| worth(a).total_cmp(&worth(b)).then(b.cmp(a)));
            chosen.extend(next);
        }
        chosen.into_iter().map(|row| nearest[row]).collect()
    }
}

/// So many of a group's texts, drawn by the seed.
fn drawn<'a>(group: &[usize], words: &[&'a str], seed: u64) -> Vec<&'a str> {
    Chance::part(seed, 1 + group[0] as u64).sample(group.len(), COUNTED).into_iter().map(|at| words[group[at]]).collect()
}

fn overlaps(
    group: usize,
    order: &[usize],
    members: &[usize],
    placed: &[Place],
    texts: &[Vec<Said>],
    middles: &Middles,
) -> Vec<Overlap> {
    let mut with: BTreeMap<usize, usize> = BTreeMap::new();
    for text in members {
        if let Some(also) = placed[*text].also {
            *with.entry(also).or_default() += texts[*text].len();
        }
    }
    let overlap = |(other, answers): (usize, usize)| {
        let position = order.iter().position(|group| *group == other)?;
        Some(Overlap { with: position, answers, alike: middles.between(group, other) })
    };
    let mut all: Vec<Overlap> = with.into_iter().filter_map(overlap).collect();
    all.sort_by_key(|overlap| (Reverse(overlap.answers), overlap.with));
    all.truncate(OVERLAPS);
    all
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::classifier::tests::texts;
    use super::*;

    fn said<'a>(ids: &'a [String], texts: &'a [String]) -> Vec<Said<'a>> {
        let by = |at: usize| [Some("resident"), Some("staff"), None][at % 3];
        ids.iter().zip(texts).enumerate().map(|(at, (id, text))| Said { answer: Answer { id, text }, by: by(at) }).collect()
    }

    fn ids(count: usize) -> Vec<String> {
        (0..count).map(|number| format!("{number:04}")).collect()
    }

    #[test]
    fn answers_about_one_thing_come_together_with_its_words_and_exemplars_that_differ() {
        let (ids, texts) = (ids(400), texts(0..400));
        let found = candidates(&said(&ids, &texts), 8, 1);
        assert!((4..=8).contains(&found.len()));
        assert!(found.iter().any(|one| one.terms.iter().any(|term| term.contains("toilet"))), "{found:?}");
        assert!(found.is_sorted_by(|a, b| a.answers.len() >= b.answers.len()));
        for one in &found {
            assert!(one.exemplars.len() <= EXEMPLARS && !one.exemplars.is_empty());
            let prints: BTreeSet<String> = one.exemplars.iter().map(|answer| text::fingerprint(answer.text)).collect();
            assert_eq!(prints.len(), one.exemplars.len());
            assert_eq!(one.spread.values().sum::<usize>(), one.answers.len());
            assert!(one.exemplars.iter().all(|answer| one.answers.contains(&answer.id)));
            assert!(one.overlaps.iter().all(|overlap| overlap.answers <= one.answers.len() && overlap.with < found.len()));
        }
    }

    #[test]
    fn every_answer_with_a_known_word_is_in_one_candidate() {
        let ids = ids(202);
        let mut texts = texts(0..200);
        texts.extend(["?!".to_owned(), "xyzzyq".to_owned()]);
        let found = candidates(&said(&ids, &texts), 10, 1);
        let all: Vec<&str> = found.iter().flat_map(|one| one.answers.iter().copied()).collect();
        assert_eq!(all.len(), 200);
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 200);
    }

    /// How many answers, and texts, the candidate with the eighth answer has.
    fn holder(found: &[Candidate]) -> (usize, usize) {
        let holder = found.iter().find(|one| one.answers.contains(&"0007")).unwrap();
        (holder.answers.len(), holder.texts)
    }

    #[test]
    fn what_many_sent_is_counted_whole_and_makes_no_difference_to_the_groups() {
        let (ids, mut texts) = (ids(300), texts(0..200));
        let alone = candidates(&said(&ids[..200], &texts), 6, 1);
        let before = holder(&alone);
        let letter = texts[7].to_uppercase();
        texts.extend(std::iter::repeat_n(letter, 100));
        let after = holder(&candidates(&said(&ids, &texts), 6, 1));
        assert_eq!(after, (before.0 + 100, before.1));
    }

    #[test]
    fn the_order_of_answers_does_not_matter_and_the_seed_decides() {
        let (ids, texts) = (ids(300), texts(0..300));
        let mut said = said(&ids, &texts);
        let before = candidates(&said, 10, 1);
        for seed in 0..3 {
            Chance::new(seed).shuffle(&mut said);
            assert_eq!(candidates(&said, 10, 1), before);
        }
        assert_ne!(candidates(&said, 10, 2), before);
    }

    #[test]
    fn few_answers_make_few_candidates_and_none_make_none() {
        let (ids, texts) = (ids(12), texts(0..12));
        assert!(candidates(&said(&ids, &texts), COUNT, 1).len() <= 3);
        assert!(candidates(&[], COUNT, 1).is_empty());
        assert!(candidates(&said(&ids[..1], &["?".to_owned()]), COUNT, 1).is_empty());
    }
}
