//! The measures.

use std::collections::BTreeMap;

use soundings::analysis::suggest::chance::Chance;
use soundings::analysis::suggest::classifier::Suggestion;

/// How good suggested codes are.
#[derive(Default, Clone, Copy)]
pub struct Codes {
    /// F1 over all pairs of answer and code.
    pub micro: f64,
    /// The mean over codes of each one's F1; a code that is never rightly suggested has 0.
    pub each: f64,
    /// Answers whose likeliest code is right.
    pub first: f64,
    /// The mean over answers of how many of its codes are among the five likeliest.
    pub five: f64,
}

/// Judge suggestions by the codes that people gave.
pub fn codes(judged: &[(Vec<Suggestion>, &[usize])], codes: usize) -> Codes {
    let mut counts = vec![(0_usize, 0_usize, 0_usize); codes];
    let (mut first, mut five) = (0.0, 0.0);
    for (suggestions, gold) in judged {
        for suggestion in suggestions {
            let count = &mut counts[suggestion.code];
            match (suggestion.suggested, gold.contains(&suggestion.code)) {
                (true, true) => count.0 += 1,
                (true, false) => count.1 += 1,
                (false, true) => count.2 += 1,
                (false, false) => {}
            }
        }
        first += f64::from(u8::from(gold.contains(&suggestions[0].code)));
        let among = suggestions.iter().take(5).filter(|suggestion| gold.contains(&suggestion.code)).count();
        five += among as f64 / gold.len().max(1) as f64;
    }
    let all = counts.iter().fold((0, 0, 0), |all, count| (all.0 + count.0, all.1 + count.1, all.2 + count.2));
    let used: Vec<f64> = counts.iter().filter(|(right, _, missed)| right + missed > 0).map(f1).collect();
    let answers = judged.len() as f64;
    Codes { micro: f1(&all), each: used.iter().sum::<f64>() / used.len() as f64, first: first / answers, five: five / answers }
}

fn f1((right, wrong, missed): &(usize, usize, usize)) -> f64 {
    2.0 * *right as f64 / (2 * right + wrong + missed).max(1) as f64
}

/// Normalised mutual information with the arithmetic mean (Vinh, Epps and Bailey 2010), as in scikit-learn.
pub fn nmi(groups: &[usize], gold: &[usize]) -> f64 {
    let n = groups.len() as f64;
    let (mut by_group, mut by_gold, mut by_both) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for (group, code) in groups.iter().zip(gold) {
        *by_group.entry(*group).or_insert(0.0) += 1.0;
        *by_gold.entry(*code).or_insert(0.0) += 1.0;
        *by_both.entry((*group, *code)).or_insert(0.0) += 1.0;
    }
    let entropy = |counts: &BTreeMap<usize, f64>| -counts.values().map(|count| count / n * (count / n).ln()).sum::<f64>();
    let shared: f64 =
        by_both.iter().map(|((group, code), both)| both / n * (n * both / (by_group[group] * by_gold[code])).ln()).sum();
    2.0 * shared / (entropy(&by_group) + entropy(&by_gold)).max(f64::MIN_POSITIVE)
}

/// The share of answers that have their group's commonest code.
pub fn purity(groups: &[usize], gold: &[usize]) -> f64 {
    let mut counts: BTreeMap<usize, BTreeMap<usize, usize>> = BTreeMap::new();
    groups.iter().zip(gold).for_each(|(group, code)| *counts.entry(*group).or_default().entry(*code).or_default() += 1);
    counts.values().filter_map(|codes| codes.values().max()).sum::<usize>() as f64 / groups.len() as f64
}

/// The share of the commonest code.
pub fn agreement(codes: &[usize]) -> f64 {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for code in codes {
        *counts.entry(*code).or_default() += 1;
    }
    counts.values().max().copied().unwrap_or_default() as f64 / codes.len().max(1) as f64
}

/// The mean, and the 95 % interval of means of samples drawn with replacement (Efron's percentiles).
pub fn interval(values: &[f64]) -> (f64, f64, f64) {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
    let mut chance = Chance::new(1);
    let mut draw = || mean(&(0..values.len()).map(|_| values[chance.below(values.len())]).collect::<Vec<f64>>());
    let mut means: Vec<f64> = (0..1000).map(|_| draw()).collect();
    means.sort_by(f64::total_cmp);
    (mean(values), means[25], means[974])
}
