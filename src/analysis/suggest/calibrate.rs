//! From scores to probabilities, by what cross-validation found: Platt's curve for each code.
//!
//! `p = 1 / (1 + exp(a * score + b))`, fitted by Newton's method (Platt 1999; Lin, Lin and Weng, "A note on Platt's
//! probabilistic outputs for support vector machines", 2007).

/// The curve of a code.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Curve {
    slope: f64,
    offset: f64,
}

impl Curve {
    /// The probability for a score; rises with the score.
    #[must_use]
    pub fn probability(self, score: f32) -> f32 {
        let z = self.slope * f64::from(score) + self.offset;
        // Two forms of the same, so that neither overflows.
        (if z >= 0.0 { (-z).exp() / (1.0 + (-z).exp()) } else { 1.0 / (1.0 + z.exp()) }) as f32
    }

    /// Fit to scores and whether each answer has the code. Without a single answer of either kind, the curve is flat.
    ///
    /// The curve never falls: where higher scores went with fewer codes, the scores say nothing and the share is all there is.
    #[must_use]
    pub fn fit(scored: impl Iterator<Item = (f32, bool)> + Clone) -> Self {
        let with = scored.clone().filter(|(_, has)| *has).count() as f64;
        let without = scored.clone().count() as f64 - with;
        let flat = Self { slope: 0.0, offset: ((without + 1.0) / (with + 1.0)).ln() };
        if with == 0.0 || without == 0.0 {
            return flat;
        }
        // Targets drawn in from 0 and 1, as if there were one more answer of each kind.
        let (high, low) = ((with + 1.0) / (with + 2.0), 1.0 / (without + 2.0));
        let points = scored.map(|(score, has)| (f64::from(score), if has { high } else { low }));
        let curve = newton(&points, flat);
        if curve.slope < 0.0 { curve } else { flat }
    }
}

fn newton(points: &(impl Iterator<Item = (f64, f64)> + Clone), start: Curve) -> Curve {
    let mut curve = start;
    let mut loss = cross_entropy(points.clone(), curve);
    for _ in 0..100 {
        let (mut h11, mut h22, mut h21, mut g1, mut g2) = (1e-12, 1e-12, 0.0, 0.0, 0.0);
        for (score, target) in points.clone() {
            let p = f64::from(curve.probability(score as f32));
            let spread = p * (1.0 - p);
            h11 += score * score * spread;
            h22 += spread;
            h21 += score * spread;
            g1 += score * (target - p);
            g2 += target - p;
        }
        if f64::abs(g1) < 1e-5 && f64::abs(g2) < 1e-5 {
            break;
        }
        let determinant = h11 * h22 - h21 * h21;
        let (by_slope, by_offset) = (-(h22 * g1 - h21 * g2) / determinant, -(h11 * g2 - h21 * g1) / determinant);
        let slope_of_loss = g1 * by_slope + g2 * by_offset;
        let mut step = 1.0;
        loop {
            let next = Curve { slope: curve.slope + step * by_slope, offset: curve.offset + step * by_offset };
            let next_loss = cross_entropy(points.clone(), next);
            if next_loss < loss + 1e-4 * step * slope_of_loss {
                (curve, loss) = (next, next_loss);
                break;
            }
            step /= 2.0;
            if step < 1e-10 {
                return curve;
            }
        }
    }
    curve
}

fn cross_entropy(points: impl Iterator<Item = (f64, f64)>, curve: Curve) -> f64 {
    points
        .map(|(score, target)| {
            let z = curve.slope * score + curve.offset;
            if z >= 0.0 { target * z + (-z).exp().ln_1p() } else { (target - 1.0) * z + z.exp().ln_1p() }
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn probabilities_are_the_shares_that_were_seen() {
        // At each score, so many of a hundred have the code.
        let seen = [(-2.0, 2), (-1.0, 12), (0.0, 50), (1.0, 88), (2.0, 98)];
        let scored = seen.iter().flat_map(|(score, with)| (0..100).map(move |index| (*score, index < *with)));
        let curve = Curve::fit(scored);
        for (score, with) in seen {
            assert!((curve.probability(score) - with as f32 / 100.0).abs() < 0.02, "{score} {}", curve.probability(score));
        }
    }

    #[test]
    fn scores_that_say_nothing_leave_the_share() {
        let upside_down = Curve::fit((0..100).map(|index| (if index < 20 { -1.0 } else { 1.0 }, index < 20)));
        assert!((upside_down.probability(5.0) - 0.2).abs() < 0.02);
        assert!(Curve::fit([(1.0, false); 9].into_iter()).probability(9.0) < 0.1);
    }

    proptest! {
        #[test]
        fn a_higher_score_is_never_less_likely(scored in prop::collection::vec((-3.0_f32..3.0, any::<bool>()), 0..40), a in -9.0_f32..9.0, b in -9.0_f32..9.0) {
            let curve = Curve::fit(scored.into_iter());
            let (low, high) = (a.min(b), a.max(b));
            prop_assert!(curve.probability(low) <= curve.probability(high));
            prop_assert!((0.0..=1.0).contains(&curve.probability(a)));
        }
    }
}
