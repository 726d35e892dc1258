//! From scores to decisions: the threshold that would have served best on answers the machines had not seen.

/// The scores of answers by code, and which codes people gave them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Judged<'a> {
    /// How many codes there are.
    pub codes: usize,
    /// By answer, then by code.
    pub scores: &'a [f32],
    /// By answer, then by code.
    pub has: &'a [bool],
}

impl Judged<'_> {
    /// Every score with whether people gave that code, and whether it is the highest of its answer, highest first.
    fn ranked(self) -> Vec<(f32, bool, bool)> {
        let mut all = Vec::with_capacity(self.scores.len());
        for (scores, has) in self.scores.chunks(self.codes).zip(self.has.chunks(self.codes)) {
            let best = highest(scores);
            all.extend(scores.iter().zip(has).enumerate().map(|(code, (score, has))| (*score, *has, Some(code) == best)));
        }
        all.sort_by(|a, b| b.0.total_cmp(&a.0));
        all
    }
}

/// The code with the highest score; of equals, the first.
pub(super) fn highest(scores: &[f32]) -> Option<usize> {
    (0..scores.len()).reduce(|best, code| if scores[code] > scores[best] { code } else { best })
}

/// The threshold with the best micro-F1 when each answer's highest code is always suggested.
pub(super) fn best(judged: Judged) -> f32 {
    let ranked = judged.ranked();
    let wanted = judged.has.iter().filter(|has| **has).count();
    let mut suggested = ranked.iter().filter(|(_, _, top)| *top).count();
    let mut right = ranked.iter().filter(|(_, has, top)| *has && *top).count();
    let f1 = |right: usize, suggested: usize| 2.0 * right as f64 / (wanted + suggested).max(1) as f64;
    let mut best = (f1(right, suggested), f32::INFINITY);
    for (at, (score, has, top)) in ranked.iter().enumerate() {
        if !top {
            suggested += 1;
            right += usize::from(*has);
        }
        // Equal scores are taken together; between two scores the threshold lies half-way.
        let next = ranked.get(at + 1).map_or(score - 1.0, |(next, _, _)| *next);
        if next < *score && f1(right, suggested) > best.0 {
            best = (f1(right, suggested), f32::midpoint(*score, next));
        }
    }
    best.1
}

/// The lowest threshold above which at least this share of the scores are right, or none when no score is sure enough.
pub(super) fn for_precision(scored: impl Iterator<Item = (f32, bool)>, precision: f64) -> Option<f32> {
    let mut ranked: Vec<(f32, bool)> = scored.collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (mut right, mut found) = (0_usize, None);
    for (at, (score, has)) in ranked.iter().enumerate() {
        right += usize::from(*has);
        let last_of_equals = ranked.get(at + 1).is_none_or(|(next, _)| next < score);
        if last_of_equals && right as f64 >= precision * (at + 1) as f64 {
            found = Some(*score);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_best_threshold_parts_right_from_wrong() {
        let scores = [0.9, 0.4, -0.2, 0.8, -0.3, 0.3];
        let has = [true, true, false, true, false, true];
        let threshold = best(Judged { codes: 3, scores: &scores, has: &has });
        assert!((0.0..0.3).contains(&threshold), "{threshold}");
    }

    #[test]
    fn nothing_beyond_the_highest_is_suggested_when_that_is_best() {
        let threshold = best(Judged { codes: 2, scores: &[0.9, 0.8, 0.7, 0.6], has: &[true, false, true, false] });
        assert!(threshold.is_infinite());
        assert_eq!(highest(&[0.1, 0.5, 0.5]), Some(1));
        assert_eq!(highest(&[]), None);
    }

    #[test]
    fn a_threshold_for_a_precision_takes_equal_scores_together() {
        let scored = [(0.9, true), (0.8, true), (0.7, true), (0.7, false), (0.6, false), (0.5, true)];
        assert_eq!(for_precision(scored.into_iter(), 0.75), Some(0.7));
        assert_eq!(for_precision(scored.into_iter(), 0.9), Some(0.8));
        assert_eq!(for_precision([(0.9, false)].into_iter(), 0.5), None);
    }

    proptest! {
        #[test]
        fn more_precision_never_lowers_the_threshold(
            scored in prop::collection::vec((-3_i8..3, any::<bool>()), 0..40), a in 0.0_f64..1.0, b in 0.0_f64..1.0,
        ) {
            let scored = || scored.iter().map(|(score, has)| (f32::from(*score), *has));
            let (low, high) = (for_precision(scored(), a.min(b)), for_precision(scored(), a.max(b)));
            prop_assert!(high.is_none() || low.is_some_and(|low| low <= high.unwrap()));
            if let Some(threshold) = high {
                let above: Vec<bool> = scored().filter(|(score, _)| *score >= threshold).map(|(_, has)| has).collect();
                prop_assert!(above.iter().filter(|has| **has).count() as f64 >= a.max(b) * above.len() as f64);
            }
        }
    }
}
