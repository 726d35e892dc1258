//! Accepting a code for many answers at once: how sure one may be, measured on answers that people coded without seeing a suggestion.
//!
//! The threshold comes from cross-validation and the precision from the blind-coded answers, so that nobody's luck is counted
//! twice. A threshold from one set of answers does not hold for others: always measure on answers to the same question.

use super::chance::Chance;
use super::threshold;

/// Below so many blind-coded answers nothing is accepted in bulk.
pub const LEAST_BLIND: usize = 50;

/// How many answers are shown before a person decides.
pub const SAMPLES: usize = 20;

/// The probability of a code for an answer that people have coded, and whether they gave it the code.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Known {
    /// The probability, as told by a classifier that had not seen the answer.
    pub probability: f32,
    /// Whether people gave it the code.
    pub has: bool,
}

/// Why nothing may be accepted in bulk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Fewer than [`LEAST_BLIND`] answers were coded blind.
    #[error("{have} answers were coded without seeing suggestions; accepting many at once needs {LEAST_BLIND}")]
    TooFewBlind {
        /// How many were.
        have: usize,
    },
    /// No threshold reached the precision in cross-validation.
    #[error("the code is never suggested surely enough")]
    NeverSure,
    /// No answer that was coded blind reaches the threshold.
    #[error("no answer coded without seeing suggestions is like these, so that nobody can say how many would be right")]
    NothingLikeIt,
}

/// A share with its 95 % interval (Wilson 1927).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// How many were right.
    pub right: usize,
    /// Of how many.
    pub of: usize,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Share {
    /// So many right of so many; of none, anything is possible.
    #[must_use]
    pub fn new(right: usize, of: usize) -> Self {
        if of == 0 {
            return Self { right, of, low: 0.0, high: 1.0 };
        }
        let (n, p, z) = (of as f64, right as f64 / of as f64, 1.959_963_984_540_054);
        let middle = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
        let half = z / (1.0 + z * z / n) * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
        Self { right, of, low: (middle - half).max(0.0), high: (middle + half).min(1.0) }
    }

    /// The share itself; nought of none.
    #[must_use]
    pub fn value(self) -> f64 {
        self.right as f64 / self.of.max(1) as f64
    }
}

/// What accepting would do.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// Answers with this probability or a higher one would be given the code.
    pub threshold: f32,
    /// Which of the waiting answers, by position, in order.
    pub would: Vec<usize>,
    /// How many of the blind-coded answers above the threshold people had given the code.
    pub precision: Share,
    /// Whether even the lower end of the interval reaches the precision that was asked for.
    pub proven: bool,
    /// Up to [`SAMPLES`] of `would`, drawn by the seed, to be read before deciding.
    pub samples: Vec<usize>,
}

/// The probability from which on a code is right so often in cross-validation; none where it never is.
#[must_use]
pub fn threshold_for(known: &[Known], precision: f64) -> Option<f32> {
    threshold::for_precision(known.iter().map(|known| (known.probability, known.has)), precision)
}

/// What would become of the waiting answers, whose probabilities are given, if those surest were accepted.
///
/// `cross_validated` are the coded answers the classifier learnt from; `blind` those that were coded blind, left out of what it learnt
/// from or judged by its folds ([`super::classifier::Classifier::unseen`]).
///
/// # Errors
/// [`Refused`] when nobody could say how many would be right.
pub fn preview(
    waiting: &[f32],
    cross_validated: &[Known],
    blind: &[Known],
    precision: f64,
    seed: u64,
) -> Result<Preview, Refused> {
    if blind.len() < LEAST_BLIND {
        return Err(Refused::TooFewBlind { have: blind.len() });
    }
    let threshold = threshold_for(cross_validated, precision).ok_or(Refused::NeverSure)?;
    let above: Vec<&Known> = blind.iter().filter(|known| known.probability >= threshold).collect();
    if above.is_empty() {
        return Err(Refused::NothingLikeIt);
    }
    let measured = Share::new(above.iter().filter(|known| known.has).count(), above.len());
    let would: Vec<usize> = (0..waiting.len()).filter(|answer| waiting[*answer] >= threshold).collect();
    let samples = Chance::new(seed).sample(would.len(), SAMPLES).into_iter().map(|at| would[at]).collect();
    Ok(Preview { threshold, would, precision: measured, proven: measured.low >= precision, samples })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn known(count: usize, share_right: impl Fn(f32) -> f32) -> Vec<Known> {
        let mut chance = Chance::new(1);
        let mut one = || {
            let probability = chance.unit() as f32;
            Known { probability, has: (chance.unit() as f32) < share_right(probability) }
        };
        (0..count).map(|_| one()).collect()
    }

    #[test]
    fn the_interval_is_wilsons() {
        // 8 of 10: (0.490, 0.943), as in Newcombe 1998 for 81 of 263: (0.255, 0.366).
        let (small, large) = (Share::new(8, 10), Share::new(81, 263));
        assert!((small.low - 0.4902).abs() < 1e-4 && (small.high - 0.9433).abs() < 1e-4);
        assert!((large.low - 0.2553).abs() < 1e-4 && (large.high - 0.3662).abs() < 1e-4);
        assert_eq!((Share::new(0, 0).low, Share::new(0, 0).high), (0.0, 1.0));
    }

    #[test]
    fn what_would_be_accepted_is_as_right_as_the_blind_coded_say() {
        let (learnt, blind) = (known(2000, |p| p), known(2000, |p| p * 0.8));
        let waiting: Vec<f32> = (0..100_u8).map(|p| f32::from(p) / 100.0).collect();
        let preview = preview(&waiting, &learnt, &blind, 0.9, 7).unwrap();
        assert!((0.75..0.85).contains(&preview.threshold), "{}", preview.threshold);
        assert_eq!(preview.samples.len(), SAMPLES.min(preview.would.len()));
        assert!(preview.samples.iter().all(|sample| preview.would.contains(sample)));
        assert!((0.65..0.80).contains(&preview.precision.value()) && !preview.proven, "{:?}", preview.precision);
    }

    #[test]
    fn nothing_is_accepted_without_blind_coding_or_without_being_sure() {
        let blind = known(60, |p| p);
        assert_eq!(preview(&[0.9], &blind, &blind[..49], 0.9, 1), Err(Refused::TooFewBlind { have: 49 }));
        assert_eq!(preview(&[0.9], &known(60, |_| 0.0), &blind, 0.9, 1), Err(Refused::NeverSure));
        let sure = [Known { probability: 2.0, has: true }];
        assert_eq!(preview(&[0.9], &sure, &blind, 0.9, 1), Err(Refused::NothingLikeIt));
    }

    proptest! {
        #[test]
        fn asking_for_more_never_accepts_more(a in 0.05_f64..1.0, b in 0.05_f64..1.0, seed in 0_u64..50) {
            let (learnt, blind) = (known(300, |p| p), known(100, |p| p));
            let waiting: Vec<f32> = known(200, |p| p).iter().map(|known| known.probability).collect();
            let would = |precision| preview(&waiting, &learnt, &blind, precision, seed).map_or(0, |preview| preview.would.len());
            prop_assert!(would(a.max(b)) <= would(a.min(b)));
        }

        #[test]
        fn the_interval_holds_the_share(of in 1_usize..500, right in 0_usize..500) {
            let share = Share::new(right.min(of), of);
            prop_assert!(share.low <= share.value() + 1e-12 && share.value() <= share.high + 1e-12);
        }
    }
}
