//! Which answers a coder should see next.

use super::chance::Chance;
use super::classifier::{Classifier, Scores};
use super::features::{WIDTH, Weights};
use super::kmeans::Middles;
use super::matrix::{self, Matrix};
use super::parallel;

/// For each answer to be shown, how many are looked at for being unlike each other.
const POOL: usize = 4;

/// How much an answer loses for lying far from every boundary.
const FAR: f32 = 0.3;

/// Answers that may have codes few others have, unlike each other: what teaches most about rare codes. By position.
///
/// An answer's value is the sum over codes of `clip(score + 1, 0, 2) / sqrt(coded answers with the code + 1)`, less 0.3 times the
/// distance to the nearest boundary. The best are grouped by what they say, and the best of each group is taken.
#[must_use]
pub fn rare<T: AsRef<str> + Sync>(
    classifier: &Classifier,
    weights: &Weights,
    waiting: &[T],
    scores: &Scores,
    count: usize,
    seed: u64,
) -> Vec<usize> {
    let rarity: Vec<f32> = classifier.examples().iter().map(|examples| 1.0 / (*examples as f32 + 1.0).sqrt()).collect();
    let value = |scores: &[f32]| {
        let hoped: f32 = scores.iter().zip(&rarity).map(|(score, rarity)| (score + 1.0).clamp(0.0, 2.0) * rarity).sum();
        hoped - FAR * scores.iter().fold(f32::INFINITY, |nearest, score| nearest.min(score.abs()))
    };
    let values: Vec<f32> = scores.answers().map(value).collect();
    let pool = highest(&values, count * POOL);
    if pool.len() <= count {
        return pool;
    }
    let texts: Vec<&str> = pool.iter().map(|answer| waiting[*answer].as_ref()).collect();
    let rows = weights.matrix(&texts);
    let (place, width) = rows.places(WIDTH, 1);
    let rows = rows.renumbered(&place);
    let groups = Middles::find(&rows, width, count, 1, seed).nearest(&rows);
    let mut taken = vec![false; groups.len()];
    // The pool is in order of value: the first of a group is its best, and what is missing is filled up by value.
    let mut chosen: Vec<usize> = (0..pool.len()).filter(|at| !std::mem::replace(&mut taken[groups[*at].0], true)).collect();
    let rest: Vec<usize> = (0..pool.len()).filter(|at| !chosen.contains(at)).collect();
    chosen.extend(rest);
    chosen.truncate(count);
    chosen.into_iter().map(|at| pool[at]).collect()
}

/// Answers with a code that was nearly, or only just, suggested: where a person's look changes most. By position.
#[must_use]
pub fn check(classifier: &Classifier, scores: &Scores, count: usize) -> Vec<usize> {
    let threshold = classifier.threshold();
    let nearness = |scores: &[f32]| {
        let distance = |(code, score): (usize, &f32)| (classifier.probability(code, *score) - threshold).abs();
        -scores.iter().enumerate().map(distance).fold(f32::INFINITY, f32::min)
    };
    highest(&scores.answers().map(nearness).collect::<Vec<f32>>(), count)
}

/// Any answers, each as likely as every other: the only queue whose answers tell how good suggestions are. By position, in random order.
#[must_use]
pub fn random(waiting: usize, count: usize, seed: u64) -> Vec<usize> {
    let mut chance = Chance::new(seed);
    let mut chosen = chance.sample(waiting, count);
    chance.shuffle(&mut chosen);
    chosen
}

/// Answers most like a text, with their cosine, the most alike first; none that has nothing in common with it. By position.
#[must_use]
pub fn similar<T: AsRef<str> + Sync>(weights: &Weights, waiting: &[T], to: &str, count: usize) -> Vec<(usize, f32)> {
    let wanted = Matrix::new([weights.row(to)]);
    let length = |row: &Matrix| matrix::dot(row.row(0), row.row(0)).sqrt().max(1e-6);
    let whole = length(&wanted);
    let pieces = parallel::pieces(waiting, |_, piece| {
        let alike = |answer: &T| {
            let row = Matrix::new([weights.row(answer.as_ref())]);
            matrix::dot(row.row(0), wanted.row(0)) / (whole * length(&row))
        };
        piece.iter().map(alike).collect::<Vec<f32>>()
    });
    let alike = pieces.concat();
    let best = highest(&alike, count).into_iter().map(|answer| (answer, alike[answer]));
    best.filter(|(_, alike)| *alike > 0.0).collect()
}

/// The positions of the highest values, highest first; of equals, the first.
fn highest(values: &[f32], count: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    let by_value = |a: &usize, b: &usize| values[*b].total_cmp(&values[*a]).then(a.cmp(b));
    if count < order.len() {
        order.select_nth_unstable_by(count, by_value);
        order.truncate(count);
    }
    order.sort_unstable_by(by_value);
    order
}

#[cfg(test)]
mod tests {
    use super::super::classifier::tests::{learnt, texts};
    use super::*;

    #[test]
    fn the_rare_queue_brings_a_rare_code_forward_and_never_the_same_answer_twice() {
        let (weights, classifier) = learnt(300);
        // One in fifteen of these is about toilets, which few coded answers are.
        let waiting = texts(300..600);
        let scores = classifier.score_all(&weights, &waiting);
        let chosen = rare(&classifier, &weights, &waiting, &scores, 20, 1);
        let about = |chosen: &[usize]| chosen.iter().filter(|at| waiting[**at].contains("toilet")).count();
        assert_eq!(chosen.iter().collect::<std::collections::BTreeSet<_>>().len(), 20);
        assert!(about(&chosen) >= 3 * about(&random(waiting.len(), 20, 1)).max(1), "{}", about(&chosen));
        assert_eq!(chosen, rare(&classifier, &weights, &waiting, &scores, 20, 1));
        assert_eq!(rare(&classifier, &weights, &waiting[..3], &classifier.score_all(&weights, &waiting[..3]), 20, 1).len(), 3);
    }

    #[test]
    fn the_check_queue_begins_with_what_was_nearly_decided_otherwise() {
        let (weights, classifier) = learnt(300);
        let scores = classifier.score_all(&weights, &texts(300..400));
        let gap = |at: &usize| {
            let gaps = scores.of(*at).iter().enumerate();
            gaps.map(|(code, score)| (classifier.probability(code, *score) - classifier.threshold()).abs()).fold(9.0, f32::min)
        };
        let gaps: Vec<f32> = check(&classifier, &scores, 100).iter().map(gap).collect();
        assert!(gaps.len() == 100 && gaps.is_sorted());
    }

    #[test]
    fn the_random_queue_is_drawn_by_the_seed() {
        assert_eq!(random(1000, 20, 4), random(1000, 20, 4));
        assert_ne!(random(1000, 20, 4), random(1000, 20, 5));
        assert_eq!(random(3, 20, 1).len(), 3);
    }

    #[test]
    fn similar_answers_come_with_the_likest_first() {
        let waiting = ["The bus is late", "Toilets are dirty", "the buses are always late", "Nothing", ""];
        let weights = Weights::learn(&waiting.repeat(2));
        let found = similar(&weights, &waiting, "the bus is late", 3);
        assert_eq!(found.iter().map(|(at, _)| *at).take(2).collect::<Vec<_>>(), [0, 2]);
        assert!((found[0].1 - 1.0).abs() < 1e-4);
        assert_eq!(similar(&weights, &waiting, "", 3), []);
    }
}
