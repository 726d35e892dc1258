//! How far coders agree who coded the same answers without seeing each other's coding (rule R71).
//!
//! Every figure is taken as the coders left it, before anything was settled between them. A figure that cannot be computed, for
//! want of two coders, of a second code or of any disagreement that could have been, is `None` and is shown as `[z]`, never as
//! 1 or 0.
//!
//! * Percent agreement: of the pairs of coders at one answer, the share that agree (an answer that m coders coded has m(m-1)/2).
//! * Cohen's kappa, for two coders: `(p_o - p_e) / (1 - p_e)`, where `p_e` multiplies the shares of each code between the two (J. Cohen,
//!   *A coefficient of agreement for nominal scales*, 1960).
//! * Krippendorff's alpha, for any number of coders and answers that some did not code: `1 - D_o / D_e` over the pairs within
//!   answers and over all pairs (K. Krippendorff, *Computing Krippendorff's alpha-reliability*, 2011); nominal, or with the MASI
//!   distance between sets (R. Passonneau, *Measuring agreement on set-valued items*, 2006).
//! * Intervals: percentiles of a bootstrap that draws answers with replacement (B. Efron, 1979), from a given seed.

mod bootstrap;
mod sets;
mod themes;

use std::collections::BTreeMap;

pub use bootstrap::{Interval, interval};
pub use sets::{masi, set_alpha};
pub use themes::{Agreement, DoubleCoded, Figures, of};

/// What each coder put at each answer: a row for each answer, a column for each coder, nothing where one did not code it.
pub type Table<T> = Vec<Vec<Option<T>>>;

/// The share of pairs of coders at one answer that agree; none where no answer was coded twice.
#[must_use]
pub fn percent<T: PartialEq>(table: &Table<T>) -> Option<f64> {
    let (mut pairs, mut agreed) = (0_u64, 0_u64);
    for row in table {
        let coded: Vec<&T> = row.iter().flatten().collect();
        for (place, one) in coded.iter().enumerate() {
            for other in &coded[place + 1..] {
                pairs += 1;
                agreed += u64::from(one == other);
            }
        }
    }
    (pairs > 0).then(|| float(agreed) / float(pairs))
}

/// Cohen's kappa of the first two coders, over the answers that both coded; none where agreement by chance would be full.
#[must_use]
pub fn kappa<T: Ord>(table: &Table<T>) -> Option<f64> {
    let mut counts: BTreeMap<&T, (u64, u64)> = BTreeMap::new();
    let (mut both, mut agreed) = (0_u64, 0_u64);
    for row in table {
        let [Some(one), Some(other), ..] = row.as_slice() else { continue };
        both += 1;
        agreed += u64::from(one == other);
        counts.entry(one).or_default().0 += 1;
        counts.entry(other).or_default().1 += 1;
    }
    let by_chance: u64 = counts.values().map(|(one, other)| one * other).sum();
    // In whole numbers until the end, so that full agreement by chance is exactly that.
    let (observed, chance, full) = (agreed * both, by_chance, both * both);
    (full > chance).then(|| (float(observed) - float(chance)) / float(full - chance))
}

/// Krippendorff's alpha for codes without order.
#[must_use]
pub fn alpha<T: Ord>(table: &Table<T>) -> Option<f64> {
    let mut totals: BTreeMap<&T, u64> = BTreeMap::new();
    let (mut all, mut within) = (0_u64, 0.0);
    for row in table {
        let mut counts: BTreeMap<&T, u64> = BTreeMap::new();
        row.iter().flatten().for_each(|code| *counts.entry(code).or_default() += 1);
        let coded: u64 = counts.values().sum();
        if coded < 2 {
            continue;
        }
        all += coded;
        let alike: u64 = counts.values().map(|count| count * count).sum();
        within += float(coded * coded - alike) / float(coded - 1);
        for (code, count) in counts {
            *totals.entry(code).or_default() += count;
        }
    }
    let alike: u64 = totals.values().map(|count| count * count).sum();
    let between = all * all - alike;
    (between > 0).then(|| 1.0 - float(all - 1) * within / float(between))
}

#[expect(clippy::cast_precision_loss, reason = "products of numbers of answers stay far below 2^52")]
const fn float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests;
