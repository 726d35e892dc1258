//! Suggested codes, and codes accepted in bulk, on answers nobody had shown the classifier.

use anyhow::Result;
use soundings::analysis::suggest::accept::{self, Known};
use soundings::analysis::suggest::classifier::{Classifier, Coded, Scores, Suggestion};
use soundings::analysis::suggest::features::Weights;

use super::data::Set;
use super::report::{self, Goal};
use super::scores::{self, Codes};
use super::timing::{Taken, timed};

/// How many answers are coded: 10, 25 and 50 % of all 5,072 of which the development set is a part; the goals for micro-F1; and what
/// scikit-learn's SVM reaches with as many on the development set.
const SIZES: [(usize, f64, f64, f64); 3] = [(507, 0.58, 0.63, 0.589), (1268, 0.64, 0.68, 0.644), (2536, 0.67, 0.70, 0.670)];

/// The precision that is asked of codes accepted in bulk.
const PRECISION: f64 = 0.9;

/// One split, coded so far.
struct Judged {
    codes: Codes,
    taken: Taken,
    again: Taken,
    accepted: Accepted,
}

/// Codes above the threshold that cross-validation gave for [`PRECISION`].
struct Accepted {
    precision: f64,
    /// The share of people's codes that were accepted.
    filled: f64,
    /// The share of answers with at least one.
    answers: f64,
}

pub fn measure(set: &Set, seeds: u64) -> Result<()> {
    report::line("the commonest code for every answer, micro-F1", &[commonest(set)], Goal::default());
    let weights = Weights::learn(&set.texts());
    for (size, must, stretch, anchor) in SIZES {
        let mut judged = Vec::new();
        for seed in 0..seeds {
            let (unseen, rest) = set.parted(seed);
            judged.push(split(set, &weights, &rest[..size.min(rest.len())], &unseen, seed)?);
        }
        let of = |by: &dyn Fn(&Judged) -> f64| judged.iter().map(by).collect::<Vec<f64>>();
        let half = size == SIZES[2].0;
        let goal = |must, stretch| if half { Goal::most(must, stretch) } else { Goal::default() };
        report::say(&format!("{} coded:", size.min(set.answers.len() - set.answers.len() * 3 / 10)));
        report::line(
            "  micro-F1",
            &of(&|one| one.codes.micro),
            Goal::most(must, stretch).beside(anchor, "scikit-learn SVM, same set"),
        );
        let macro_f1 = [0.309, 0.412, 0.461][SIZES.iter().position(|row| row.0 == size).unwrap_or_default()];
        report::line("  macro-F1", &of(&|one| one.codes.each), goal(0.45, 0.52).beside(macro_f1, "scikit-learn SVM, all of A"));
        report::line("  the likeliest code is right (P@1)", &of(&|one| one.codes.first), goal(0.75, 0.78));
        report::line("  codes among the five likeliest (R@5)", &of(&|one| one.codes.five), goal(0.88, 0.91));
        report::line("  accepted at 0.90: really right", &of(&|one| one.accepted.precision), goal(0.88, 0.90));
        report::line("  accepted at 0.90: of people's codes", &of(&|one| one.accepted.filled), goal(0.35, 0.45));
        report::line("  accepted at 0.90: answers with one", &of(&|one| one.accepted.answers), Goal::default());
        let speed = if half { Goal::least(2.5, Some(1.5)) } else { Goal::default() };
        let times = |by: fn(&Judged) -> Taken| judged.iter().map(by).collect::<Vec<Taken>>();
        report::speed("  seconds to learn, with 5 folds", &times(|one| one.taken), speed);
        report::speed("  seconds to learn again with 20 more", &times(|one| one.again), Goal::default());
    }
    shift(set, &weights)
}

fn split(set: &Set, weights: &Weights, coded: &[usize], unseen: &[usize], seed: u64) -> Result<Judged> {
    let all: Vec<Coded> = coded.iter().map(|at| set.answers[*at].coded()).collect();
    let (classifier, taken) = timed(|| Classifier::learn(weights, &all, set.codes, seed, None));
    let classifier = classifier?;
    let earlier = Classifier::learn(weights, &all[..all.len() - 20], set.codes, seed, None)?;
    let (_, again) = timed(|| Classifier::learn(weights, &all, set.codes, seed, Some(&earlier)));
    let (judged, accepted) = judge(set, weights, &classifier, coded, unseen);
    Ok(Judged { codes: judged, taken, again, accepted })
}

fn judge(set: &Set, weights: &Weights, classifier: &Classifier, coded: &[usize], unseen: &[usize]) -> (Codes, Accepted) {
    let texts: Vec<&str> = unseen.iter().map(|at| set.answers[*at].text.as_str()).collect();
    let scores = classifier.score_all(weights, &texts);
    let suggestions = scores.answers().map(|scores| classifier.suggestions(scores));
    let judged: Vec<(Vec<Suggestion>, &[usize])> =
        suggestions.zip(unseen).map(|(suggestions, at)| (suggestions, set.answers[*at].codes.as_slice())).collect();
    let threshold = accept::threshold_for(&known(set, classifier, &classifier.unseen(), coded), PRECISION);
    let known = known(set, classifier, &scores, unseen);
    let above = |known: &&Known| threshold.is_some_and(|threshold| known.probability >= threshold);
    let right = known.iter().filter(above).filter(|known| known.has).count() as f64;
    let accepted = Accepted {
        precision: right / known.iter().filter(above).count().max(1) as f64,
        filled: right / known.iter().filter(|known| known.has).count() as f64,
        answers: known.chunks(set.codes).filter(|codes| codes.iter().any(|one| above(&one))).count() as f64 / unseen.len() as f64,
    };
    (scores::codes(&judged, set.codes), accepted)
}

/// Every code of every answer, with its probability and whether people gave it.
fn known(set: &Set, classifier: &Classifier, scores: &Scores, answers: &[usize]) -> Vec<Known> {
    let of = |(scores, at): (&[f32], &usize)| {
        let has = |code: &usize| set.answers[*at].codes.contains(code);
        let one = |(code, score): (usize, &f32)| Known { probability: classifier.probability(code, *score), has: has(&code) };
        scores.iter().enumerate().map(one).collect::<Vec<Known>>()
    };
    scores.answers().zip(answers).flat_map(of).collect()
}

/// Learn from one trust and judge on another: why thresholds are set anew for every question.
fn shift(set: &Set, weights: &Weights) -> Result<()> {
    let from = |trust: &str| (0..set.answers.len()).filter(|at| set.answers[*at].from == trust).collect::<Vec<usize>>();
    let (coded, unseen) = (from("NEAS"), from("NHFT"));
    if coded.is_empty() || unseen.is_empty() {
        return Ok(());
    }
    let judged = split(set, weights, &coded, &unseen, 0)?;
    report::say("Learnt from one trust, judged on another:");
    report::line("  micro-F1", &[judged.codes.micro], Goal::default().beside(0.491, "SVM with MiniLM, all of A"));
    report::line(
        "  accepted at 0.90: really right",
        &[judged.accepted.precision],
        Goal::default().beside(0.799, "SVM with MiniLM, all of A"),
    );
    Ok(())
}

fn commonest(set: &Set) -> f64 {
    let mut times = vec![0_usize; set.codes];
    set.answers.iter().flat_map(|answer| &answer.codes).for_each(|code| times[*code] += 1);
    let (most, all) = (times.iter().max().copied().unwrap_or_default(), times.iter().sum::<usize>());
    2.0 * most as f64 / (all + set.answers.len()) as f64
}
