//! What an answer is made of, as numbers: its words, pairs of words and pieces of words, weighted by how telling they are.
//!
//! The weights are `(1 + ln tf) * idf` with `idf = ln((1 + n) / (1 + df)) + 1`, each block brought to length one (Salton and
//! Buckley 1988, with the smoothing of scikit-learn's `TfidfVectorizer`). Features are hashed (Weinberger and others 2009), so
//! that nothing but two tables of fixed size is kept, however many answers there are.

use super::chance::{hash, mix};
use super::matrix::{Matrix, Row};
use super::parallel;
use crate::analysis::text;

/// How many slots each block is hashed into.
const SLOTS: u32 = 1 << 19;

/// How many columns a row of features may have: words first, then pieces of words.
pub const WIDTH: usize = 2 * SLOTS as usize;

/// Into how many shares the answers are parted at most to be counted, and how small a share may be: each has a table of its own.
const SHARES: usize = 8;
const SMALLEST_SHARE: usize = 2048;

/// Lengths of the pieces of words, in characters.
const PIECES: std::ops::RangeInclusive<usize> = 3..=5;

/// How telling each feature is, learnt from all answers to a question, coded or not.
#[derive(Debug, Clone)]
pub struct Weights {
    /// By slot; nought for what is left out.
    idf: Vec<f32>,
}

impl Weights {
    /// Learn from the answers. What occurs in only one answer links it to no other and is left out.
    #[must_use]
    pub fn learn<T: AsRef<str> + Sync>(answers: &[T]) -> Self {
        let share = answers.len().div_ceil(SHARES).max(SMALLEST_SHARE);
        let counts = parallel::each(answers.len().div_ceil(share), |index| {
            let (mut counts, mut slots) = (vec![0_u32; WIDTH], Vec::new());
            for answer in &answers[index * share..answers.len().min((index + 1) * share)] {
                read(&text::folded(answer.as_ref()), &mut slots);
                slots.dedup();
                for slot in &slots {
                    counts[*slot as usize] += 1;
                }
            }
            counts
        });
        let mut answers_with = vec![0_u32; WIDTH];
        for counts in counts {
            answers_with.iter_mut().zip(counts).for_each(|(all, some)| *all += some);
        }
        let n = answers.len() as f64;
        let idf = |df: &u32| if *df < 2 { 0.0 } else { (((1.0 + n) / (1.0 + f64::from(*df))).ln() + 1.0) as f32 };
        Self { idf: answers_with.iter().map(idf).collect() }
    }

    /// Every feature as telling as every other, for a handful of short texts that teach nothing about what is common.
    #[must_use]
    pub(super) fn even() -> Self {
        Self { idf: vec![1.0; WIDTH] }
    }

    /// The features of one answer; nothing when it holds no word that was seen before.
    #[must_use]
    pub fn row(&self, answer: &str) -> Row {
        let mut slots = Vec::new();
        self.row_of(answer, &mut slots)
    }

    /// The features of many answers.
    #[must_use]
    pub fn matrix<T: AsRef<str> + Sync>(&self, answers: &[T]) -> Matrix {
        Matrix::joined(parallel::pieces(answers, |_, piece| {
            let mut slots = Vec::new();
            Matrix::new(piece.iter().map(|answer| self.row_of(answer.as_ref(), &mut slots)))
        }))
    }

    /// The pieces of words only.
    #[must_use]
    pub(super) fn pieces_matrix<T: AsRef<str>>(&self, answers: &[T]) -> Matrix {
        let pieces = |answer: &T| self.row(answer.as_ref()).into_iter().filter(|(slot, _)| *slot >= SLOTS).collect();
        Matrix::new(answers.iter().map(pieces))
    }

    fn row_of(&self, answer: &str, slots: &mut Vec<u32>) -> Row {
        read(&text::folded(answer), slots);
        let mut row: Row = Vec::with_capacity(slots.len());
        for same in slots.chunk_by(|a, b| a == b) {
            let idf = self.idf[same[0] as usize];
            if idf > 0.0 {
                row.push((same[0], idf * if same.len() == 1 { 1.0 } else { 1.0 + (same.len() as f32).ln() }));
            }
        }
        let words = row.partition_point(|(slot, _)| *slot < SLOTS);
        let (words, pieces) = row.split_at_mut(words);
        to_length_one(words);
        to_length_one(pieces);
        row
    }

    /// What each word of an answer is worth when every feature is worth what `worth` says: its own feature, half of those of
    /// the pairs it is in, and its part of its pieces. Their sum is the sum over the whole answer.
    ///
    /// Words are given by where they begin and end in [`text::folded`], in bytes.
    #[must_use]
    pub(super) fn by_word(&self, answer: &str, worth: impl Fn(u32) -> f32) -> Vec<(usize, usize, f32)> {
        let folded = text::folded(answer);
        let mut slots = Vec::new();
        let row = self.row_of(answer, &mut slots);
        // A feature's worth in this answer is shared by the places where it occurs.
        let share = |slot: u32| {
            let Ok(at) = row.binary_search_by_key(&slot, |(slot, _)| *slot) else { return 0.0 };
            let times = slots.partition_point(|other| *other <= slot) - slots.partition_point(|other| *other < slot);
            row[at].1 * worth(slot) / times as f32
        };
        let spans: Vec<(usize, usize)> = text::spans(&folded).collect();
        let mut worths = vec![0.0; spans.len()];
        let (mut before, mut pieces) = (None, Vec::new());
        for (index, (from, to)) in spans.iter().enumerate() {
            let word = &folded[*from..*to];
            let number = hash(word.as_bytes());
            worths[index] += share(word_slot(number));
            if let Some(previous) = before.replace(number) {
                let half = share(pair_slot(previous, number)) / 2.0;
                worths[index] += half;
                worths[index - 1] += half;
            }
            pieces.clear();
            pieces_of(word, &mut pieces);
            worths[index] += pieces.iter().map(|slot| share(*slot)).sum::<f32>();
        }
        spans.into_iter().zip(worths).map(|((from, to), worth)| (from, to, worth)).collect()
    }
}

fn to_length_one(row: &mut [(u32, f32)]) {
    let length = row.iter().map(|(_, value)| value * value).sum::<f32>().sqrt();
    for (_, value) in row.iter_mut() {
        *value /= length;
    }
}

/// The slots of an answer's features, in rising order, as often as each occurs.
fn read(folded: &str, slots: &mut Vec<u32>) {
    slots.clear();
    let mut before = None;
    for word in text::words(folded) {
        let number = hash(word.as_bytes());
        slots.push(word_slot(number));
        if let Some(previous) = before.replace(number) {
            slots.push(pair_slot(previous, number));
        }
        pieces_of(word, slots);
    }
    slots.sort_unstable();
}

/// The top bits choose the slot.
const fn slot(number: u64) -> u32 {
    (number >> (64 - SLOTS.trailing_zeros())) as u32
}

const fn word_slot(number: u64) -> u32 {
    slot(number)
}

const fn pair_slot(first: u64, second: u64) -> u32 {
    slot(mix(first.rotate_left(21) ^ second))
}

/// Bits that a character takes in a packed piece; five of them fit in 128.
const CHARACTER: u32 = 21;

/// Pieces of a word with a space at each end, within the word only (`char_wb`). A short word counts as a whole.
fn pieces_of(word: &str, slots: &mut Vec<u32>) {
    let (shortest, longest) = (*PIECES.start(), *PIECES.end());
    let (mut packed, mut read) = (0_u128, 0);
    for c in [' '].into_iter().chain(word.chars()).chain([' ']) {
        packed = (packed << CHARACTER) | u128::from(u32::from(c));
        read += 1;
        for length in shortest..=longest.min(read) {
            slots.push(piece_slot(packed, length));
        }
    }
    // The word as a whole, once more where it is shorter than the longest piece, tells it from the beginnings of longer ones.
    if read < longest {
        slots.push(piece_slot(packed, longest));
    }
}

/// The slot of the last so many characters.
const fn piece_slot(packed: u128, length: usize) -> u32 {
    let kept = packed & ((1_u128 << (CHARACTER * length as u32)) - 1);
    SLOTS + slot(mix(kept as u64 ^ mix((kept >> 64) as u64 ^ ((length as u64) << 56))))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ANSWERS: [&str; 4] =
        ["The bus is always late", "the buses are late, always late", "Parking is too dear", "Parking at the bus station"];

    #[test]
    fn each_block_has_length_one_and_rare_features_are_left_out() {
        let weights = Weights::learn(&ANSWERS);
        let row = weights.row(ANSWERS[0]);
        for block in [&row[..row.partition_point(|(slot, _)| *slot < SLOTS)], &row[row.partition_point(|(s, _)| *s < SLOTS)..]] {
            assert!((block.iter().map(|(_, value)| value * value).sum::<f32>() - 1.0).abs() < 1e-5);
        }
        assert!(weights.row("dear").iter().all(|(slot, _)| *slot >= SLOTS), "the word itself occurs once only");
        assert!(weights.row("").is_empty());
    }

    #[test]
    fn pieces_stay_within_a_word_and_short_words_count_once() {
        let count = |word| {
            let mut slots = Vec::new();
            pieces_of(word, &mut slots);
            slots.len()
        };
        // " a " is one piece and a whole; " bus " has three of three, two of four and one of five, which is the whole.
        assert_eq!((count("a"), count("bus"), count("ŵyl")), (2, 6, 6));
    }

    #[test]
    fn the_worth_of_the_words_adds_up_to_the_worth_of_the_answer() {
        let weights = Weights::learn(&ANSWERS);
        let worth = |slot: u32| (slot % 17) as f32 - 8.0;
        for answer in ANSWERS {
            let whole: f32 = weights.row(answer).iter().map(|(slot, value)| value * worth(*slot)).sum();
            let by_word: f32 = weights.by_word(answer, worth).iter().map(|(_, _, worth)| worth).sum();
            assert!((whole - by_word).abs() < 1e-3, "{answer}: {whole} {by_word}");
        }
    }

    proptest! {
        // Each case fills tables of a million places.
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn weights_do_not_depend_on_the_order_of_the_answers(mut answers in prop::collection::vec("[a-d ]{0,12}", 0..30)) {
            let before = Weights::learn(&answers);
            answers.reverse();
            prop_assert_eq!(before.idf, Weights::learn(&answers).idf);
        }

        #[test]
        fn rows_are_in_order_and_finite(answer in "\\PC{0,40}") {
            let row = Weights::learn(&[&answer, &answer]).row(&answer);
            prop_assert!(row.is_sorted_by(|a, b| a.0 < b.0));
            prop_assert!(row.iter().all(|(_, value)| value.is_finite() && *value > 0.0));
        }
    }
}
