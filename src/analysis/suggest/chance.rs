//! Chance that is the same for the same seed: `SplitMix64` (Steele, Lea and Flood 2014).

use std::f64::consts::TAU;

/// A source of numbers that look random and never differ between runs or machines.
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// Start from a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A source of its own for each part of a piece of work, so that the parts may run in any order.
    #[must_use]
    pub const fn part(seed: u64, part: u64) -> Self {
        Self(mix(seed ^ mix(part.wrapping_add(0x9e37_79b9_7f4a_7c15))))
    }

    /// Any number.
    pub const fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// An index from 0 to one less than `end`; 0 when there is none.
    pub const fn below(&mut self, end: usize) -> usize {
        // Multiply and shift: the bias is under one in 2^40 for any list that fits in memory.
        ((self.number() as u128 * end as u128) >> 64) as usize
    }

    /// From 0 up to, but not, 1.
    pub const fn unit(&mut self) -> f64 {
        (self.number() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Normally distributed about 0 with variance 1 (Box and Muller 1958).
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (TAU * self.unit()).cos()
    }

    /// Bring a list into random order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for end in (1..list.len()).rev() {
            list.swap(end, self.below(end + 1));
        }
    }

    /// So many different indices below `end`, or all of them, in rising order.
    #[must_use]
    pub fn sample(&mut self, end: usize, count: usize) -> Vec<usize> {
        // Selection sampling (Knuth, algorithm S): one pass, already in order.
        let mut chosen = Vec::with_capacity(count.min(end));
        for index in 0..end {
            let wanted = count.min(end) - chosen.len();
            if wanted == 0 {
                break;
            }
            if self.below(end - index) < wanted {
                chosen.push(index);
            }
        }
        chosen
    }
}

/// A number that depends on every bit of this one.
pub(super) const fn mix(number: u64) -> u64 {
    let mut z = number;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A number for some bytes: the same on every machine, unlike the standard library's hashers.
pub(super) fn hash(bytes: &[u8]) -> u64 {
    let mut state = 0x51_7c_c1_b7_27_22_0a_95 ^ bytes.len() as u64;
    for chunk in bytes.chunks(8) {
        let word = chunk.iter().rev().fold(0, |word, byte| (word << 8) | u64::from(*byte));
        state = (state.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
    mix(state)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers_and_another_gives_others() {
        let take = |mut chance: Chance| (0..5).map(|_| chance.number()).collect::<Vec<_>>();
        assert_eq!(take(Chance::new(7)), take(Chance::new(7)));
        assert_ne!(take(Chance::new(7)), take(Chance::new(8)));
        assert_ne!(take(Chance::part(7, 0)), take(Chance::part(7, 1)));
    }

    #[test]
    fn a_sample_is_in_order_without_repeats_and_fair() {
        let mut seen = [0; 10];
        for seed in 0..2000 {
            let sample = Chance::new(seed).sample(10, 3);
            assert!(sample.len() == 3 && sample.is_sorted_by(|a, b| a < b));
            for index in sample {
                seen[index] += 1;
            }
        }
        assert!(seen.iter().all(|times| (520..680).contains(times)), "{seen:?}");
        assert_eq!(Chance::new(1).sample(2, 5), [0, 1]);
    }

    #[test]
    fn normal_numbers_have_mean_nought_and_variance_one() {
        let mut chance = Chance::new(3);
        let all: Vec<f64> = (0..20_000).map(|_| chance.normal()).collect();
        let mean = all.iter().sum::<f64>() / 20_000.0;
        let variance = all.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 20_000.0;
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05, "{mean} {variance}");
    }

    #[test]
    fn a_hash_depends_on_every_byte_and_on_the_length() {
        assert_eq!(hash(b"bus"), hash(b"bus"));
        assert_ne!(hash(b"bus"), hash(b"bus\0"));
        assert_ne!(hash(b"the bus is late"), hash(b"the bus is latf"));
    }
}
