//! How far a figure could be off for the chance of which answers were coded twice.

/// Where a figure lies in 95 of 100 draws.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The 2.5th percentile.
    pub low: f64,
    /// The 97.5th percentile.
    pub high: f64,
    /// The draws for which the figure could be computed. Few of many: do not rely on it.
    pub draws: usize,
}

/// Draw as many rows as there are, with replacement, this often, and compute the figure each time; none when it could never be
/// computed. The same seed gives the same draws.
#[must_use]
pub fn interval<R: Clone>(rows: &[R], draws: usize, seed: u64, figure: impl Fn(&[R]) -> Option<f64>) -> Option<Interval> {
    let mut chance = Chance(seed);
    let mut values: Vec<f64> = Vec::with_capacity(draws);
    for _ in 0..draws {
        let sample: Vec<R> = rows.iter().filter_map(|_| rows.get(chance.below(rows.len())).cloned()).collect();
        values.extend(figure(&sample));
    }
    values.sort_by(f64::total_cmp);
    Some(Interval { low: percentile(&values, 25)?, high: percentile(&values, 975)?, draws: values.len() })
}

/// So many thousandths of the way along, between the two values nearest to it.
fn percentile(sorted: &[f64], thousandths: usize) -> Option<f64> {
    let along = sorted.len().checked_sub(1)? * thousandths;
    let (low, rest) = (along / 1000, super::float((along % 1000) as u64) / 1000.0);
    let (one, other) = (*sorted.get(low)?, *sorted.get(low + 1).or(sorted.get(low))?);
    Some(one + (other - one) * rest)
}

/// `SplitMix64`.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % (end.max(1) as u64)).unwrap_or(0)
    }
}
