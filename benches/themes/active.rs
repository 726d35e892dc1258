//! How many answers have to be coded until rare codes are known: chosen by the queue, and at random.

use anyhow::Result;
use soundings::analysis::suggest::classifier::{Classifier, Coded, Suggestion};
use soundings::analysis::suggest::features::Weights;
use soundings::analysis::suggest::queue;

use super::data::Set;
use super::report::{self, Goal};
use super::scores::{self, Codes};

/// Answers coded before the queue is asked, and each time it is.
const BATCH: usize = 100;

pub fn measure(set: &Set, seeds: u64) -> Result<()> {
    let weights = Weights::learn(&set.texts());
    let (mut random, mut rare) = (Vec::new(), Vec::new());
    for seed in 0..seeds {
        random.push(curve(set, &weights, seed, false)?);
        rare.push(curve(set, &weights, seed, true)?);
    }
    // The mean over the seeds after each batch.
    let mean = |curves: &[Vec<Codes>], by: fn(&Codes) -> f64| -> Vec<f64> {
        let steps = curves.iter().map(Vec::len).min().unwrap_or_default();
        (0..steps).map(|step| curves.iter().map(|curve| by(&curve[step])).sum::<f64>() / curves.len() as f64).collect()
    };
    report::say("coded    macro-F1: random    rare   micro-F1: random    rare");
    let each = (mean(&random, |codes| codes.each), mean(&rare, |codes| codes.each));
    let micro = (mean(&random, |codes| codes.micro), mean(&rare, |codes| codes.micro));
    for step in 0..each.0.len() {
        let coded = (step + 1) * BATCH;
        report::say(&format!(
            "{coded:5} {:18.3} {:7.3} {:18.3} {:7.3}",
            each.0[step], each.1[step], micro.0[step], micro.1[step]
        ));
    }
    for (share, goal) in [(10, Goal::default()), (25, Goal::least(0.65, Some(0.55)).beside(0.59, "scikit-learn, all of A"))] {
        let at = set.answers.len() as f64 * f64::from(share) / 100.0;
        let wanted = between(&each.0, at);
        let first =
            |curve: &[f64]| curve.iter().position(|value| *value >= wanted).map_or(f64::NAN, |step| ((step + 1) * BATCH) as f64);
        let (by_chance, by_queue) = (first(&each.0), first(&each.1));
        report::say(&format!(
            "macro-F1 of {share} % at random ({wanted:.3}): {by_chance} answers at random, {by_queue} from the queue"
        ));
        report::line("  answers from the queue, of those at random", &[by_queue / at], Goal { least: true, ..goal });
    }
    Ok(())
}

/// A value of a curve between its steps.
fn between(curve: &[f64], coded: f64) -> f64 {
    let step = coded / BATCH as f64 - 1.0;
    let (low, part) = (step.floor() as usize, step.fract());
    curve[low] * (1.0 - part) + curve[(low + 1).min(curve.len() - 1)] * part
}

/// How good suggestions are after each batch, up to half of all answers.
fn curve(set: &Set, weights: &Weights, seed: u64, rare: bool) -> Result<Vec<Codes>> {
    let (unseen, mut waiting) = set.parted(seed);
    let rows = weights.matrix(&set.texts());
    let mut coded: Vec<usize> = waiting.drain(..BATCH).collect();
    let mut after = Vec::new();
    loop {
        let all: Vec<Coded> = coded.iter().map(|at| set.answers[*at].coded()).collect();
        let classifier = Classifier::learn_rows(&rows.select(&coded), &all, set.codes, seed, None)?;
        let suggest =
            |at: &usize| (classifier.suggestions(&classifier.scores(rows.pairs(*at))), set.answers[*at].codes.as_slice());
        after.push(scores::codes(&unseen.iter().map(suggest).collect::<Vec<(Vec<Suggestion>, &[usize])>>(), set.codes));
        if coded.len() + BATCH > set.answers.len() / 2 {
            return Ok(after);
        }
        if rare {
            let texts: Vec<&str> = waiting.iter().map(|at| set.answers[*at].text.as_str()).collect();
            let scores = classifier.score_all(weights, &texts);
            let mut chosen = queue::rare(&classifier, weights, &texts, &scores, BATCH, seed);
            chosen.sort_unstable_by(|a, b| b.cmp(a));
            for at in chosen {
                coded.push(waiting.remove(at));
            }
        } else {
            coded.extend(waiting.drain(..BATCH));
        }
    }
}
