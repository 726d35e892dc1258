//! Gaps: which of a device's own numbers have not arrived although later ones have.

/// What has arrived from a device.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Received {
    /// Every number up to this one has arrived.
    pub through: i64,
    /// The highest number that has arrived.
    pub high: i64,
    /// What is missing below it: first and last, both missing.
    pub gaps: Vec<(i64, i64)>,
}

/// What has arrived, when everything up to `through` has and of the later numbers these, in any order and as often as
/// they came.
#[must_use]
pub fn received(through: i64, later: &[i64]) -> Received {
    let mut later: Vec<i64> = later.iter().copied().filter(|number| *number > through).collect();
    later.sort_unstable();
    let mut received = Received { through, high: through, gaps: Vec::new() };
    for number in later {
        if number > received.high + 1 {
            received.gaps.push((received.high + 1, number - 1));
        }
        received.high = number;
        if received.gaps.is_empty() {
            received.through = number;
        }
    }
    received
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_missing_number_is_a_gap_and_what_waits_at_the_end_is_none() {
        let received = received(400, &[406, 401, 402, 403, 404, 405, 408, 412, 412, 411, 410, 409]);
        assert_eq!(received, Received { through: 406, high: 412, gaps: vec![(407, 407)] });
    }

    proptest! {
        #[test]
        fn gaps_are_exactly_what_is_missing_below_the_highest(
            through in 0_i64..20,
            numbers in proptest::collection::vec(1_i64..60, 0..40),
        ) {
            let received = received(through, &numbers);
            let arrived = |number: i64| number <= through || numbers.contains(&number);
            prop_assert_eq!(received.high, numbers.iter().copied().max().unwrap_or(0).max(through));
            prop_assert!((1..=received.through).all(arrived));
            prop_assert!(received.through == received.high || !arrived(received.through + 1));
            for number in 1..=received.high {
                let is_in_gap = received.gaps.iter().any(|(first, last)| (*first..=*last).contains(&number));
                prop_assert_eq!(is_in_gap, !arrived(number), "{}", number);
            }
        }

        #[test]
        fn looking_in_two_steps_finds_the_same(numbers in proptest::collection::vec(1_i64..60, 0..40), half in 0_usize..40) {
            let whole = received(0, &numbers);
            let first = received(0, &numbers[..half.min(numbers.len())]);
            prop_assert_eq!(received(first.through, &numbers), whole);
        }
    }
}
