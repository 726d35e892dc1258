//! Words that tell a group of answers from the others: common in the group (c-TF-IDF) and seldom elsewhere (FREX).
//!
//! c-TF-IDF is `tf(t, group) * ln(1 + A / tf(t))`, with A the mean number of terms in a group (Grootendorst 2022). FREX is the harmonic
//! mean of a term's ranks by frequency and by exclusivity within its group (Bischof and Airoldi 2012).

use std::collections::BTreeMap;

use super::{parallel, stop_words};
use crate::analysis::text;

/// How many terms, by c-TF-IDF, are ranked by FREX.
const RANKED: usize = 40;

/// A term must be in so many texts of its group, or in all of them.
const LEAST: u32 = 3;

/// The terms of each group of texts, the best first, at most `most`.
pub(super) fn of_groups(groups: &[Vec<&str>], most: usize) -> Vec<Vec<String>> {
    let counts: Vec<BTreeMap<String, u32>> = parallel::each(groups.len(), |group| count(&groups[group]));
    let sizes: Vec<f64> = counts.iter().map(|terms| f64::from(terms.values().sum::<u32>()).max(1.0)).collect();
    let mean = sizes.iter().sum::<f64>() / sizes.len().max(1) as f64;
    // By term: how often in all, and the sum of its rates over the groups.
    let mut overall: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for (terms, size) in counts.iter().zip(&sizes) {
        for (term, times) in terms {
            let sums = overall.entry(term).or_default();
            *sums = (sums.0 + f64::from(*times), sums.1 + f64::from(*times) / size);
        }
    }
    let best = |(terms, (size, texts)): (&BTreeMap<String, u32>, (&f64, &Vec<&str>))| {
        let least = LEAST.min(texts.len() as u32);
        let rank = |(term, times): (&String, &u32)| {
            let (all, rates) = overall[term.as_str()];
            let times = f64::from(*times);
            Ranked { term: term.clone(), telling: times * (1.0 + mean / all).ln(), times, exclusive: times / size / rates }
        };
        let mut ranked: Vec<Ranked> = terms.iter().filter(|(_, times)| **times >= least).map(rank).collect();
        ranked.sort_by(|a, b| b.telling.total_cmp(&a.telling).then_with(|| a.term.cmp(&b.term)));
        ranked.truncate(RANKED);
        differing(frex(&ranked).into_iter().map(|term| fuller(term, terms)), most)
    };
    counts.iter().zip(sizes.iter().zip(groups)).map(best).collect()
}

/// A term of a group.
struct Ranked {
    term: String,
    /// Its c-TF-IDF.
    telling: f64,
    /// In how many texts of the group it is.
    times: f64,
    /// The group's share of its rates over all groups.
    exclusive: f64,
}

/// In how many texts each word, and each pair of words, occurs.
fn count(texts: &[&str]) -> BTreeMap<String, u32> {
    let mut counts = BTreeMap::new();
    for answer in texts {
        let folded = text::folded(answer);
        let mut terms: Vec<String> = Vec::new();
        for sentence in text::sentences(&folded) {
            let mut before: Option<&str> = None;
            for word in text::words(sentence) {
                // A pair with a stop word between its words is no pair, since nobody wrote it so.
                if stop_words::is_one(word) || word.chars().nth(1).is_none() {
                    before = None;
                    continue;
                }
                terms.push(word.to_owned());
                if let Some(before) = before.replace(word) {
                    terms.push(format!("{before} {word}"));
                }
            }
        }
        terms.sort_unstable();
        terms.dedup();
        for term in terms {
            *counts.entry(term).or_default() += 1;
        }
    }
    counts
}

/// Terms by the harmonic mean of where they rank among the others by frequency and by exclusivity.
fn frex(ranked: &[Ranked]) -> Vec<&str> {
    let share = |of: &Ranked, by: fn(&Ranked) -> f64| {
        ranked.iter().filter(|other| by(other) <= by(of)).count() as f64 / ranked.len() as f64
    };
    let score = |of: &Ranked| 2.0 / (1.0 / share(of, |term| term.times) + 1.0 / share(of, |term| term.exclusive));
    let mut scored: Vec<(f64, &str)> = ranked.iter().map(|of| (score(of), of.term.as_str())).collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    scored.into_iter().map(|(_, term)| term).collect()
}

/// A word of which at least half stand in one pair is shown with the other word.
fn fuller<'a>(term: &'a str, counts: &'a BTreeMap<String, u32>) -> &'a str {
    let times = counts[term];
    let in_pair = |pair: &String| pair.split_once(' ').is_some_and(|(one, other)| one == term || other == term);
    let pairs = counts.iter().filter(|(pair, _)| in_pair(pair)).map(|(pair, times)| (*times, pair.as_str()));
    pairs.filter(|(in_pair, _)| in_pair * 2 >= times && times >= LEAST).max().map_or(term, |(_, pair)| pair)
}

/// Without those that say again what a better one says: "bus" beside "late bus", "waits" beside "wait".
fn differing<'a>(terms: impl Iterator<Item = &'a str>, most: usize) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for term in terms {
        let again = |kept: &String| term.split(' ').all(|word| kept.split(' ').any(|other| same_stem(word, other)));
        let wider = |kept: &String| kept.split(' ').all(|other| term.split(' ').any(|word| same_stem(word, other)));
        if kept.len() < most && !kept.iter().any(|kept| again(kept) || wider(kept)) {
            kept.push(term.to_owned());
        }
    }
    kept
}

/// Whether one word is the other with a short English ending.
fn same_stem(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let (stem, without_e) = match short.strip_suffix('e') {
        Some(stem) if stem.len() >= 3 => (stem, true),
        _ => (short, false),
    };
    let end = long.strip_prefix(stem);
    end.is_some_and(|end| matches!(end, "" | "s" | "es" | "ed" | "ing" | "'s" | "er" | "ly") || (without_e && end == "e"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_tell_a_group_from_the_others() {
        let buses = vec!["The late bus", "A late bus again. Staff nice", "late bus, long wait", "Late bus and staff"];
        let nurses = vec!["Kind nurses, staff nice", "the nurse was kind", "kind nurses and nice staff", "kind nurse"];
        let terms = of_groups(&[buses, nurses], 3);
        assert!(terms[0].contains(&"late bus".to_owned()), "{terms:?}");
        assert!(terms[1].iter().any(|term| term.contains("kind")), "{terms:?}");
        assert!(!terms[0].iter().chain(&terms[1]).any(|term| term.contains("the")));
    }

    #[test]
    fn no_term_says_again_what_another_says() {
        assert_eq!(
            differing(["late bus", "bus", "buses", "wait", "waiting", "waits", "parking"].into_iter(), 9),
            ["late bus", "wait", "parking"]
        );
        assert!(same_stem("nurse", "nursing") && !same_stem("car", "care") && !same_stem("park", "parade"));
    }

    #[test]
    fn groups_without_words_have_no_terms() {
        assert_eq!(of_groups(&[vec!["the"], vec![]], 5), [Vec::<String>::new(), Vec::new()]);
        assert!(of_groups(&[], 5).is_empty());
    }
}
