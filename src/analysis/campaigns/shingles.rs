//! Prints of texts: their words as numbers, which of them are the same, sets of three-word shingles, and bands of `MinHash`.
//!
//! A shingle set and its resemblance are Broder's (*On the resemblance and containment of documents*, 1997). The signature is
//! one-permutation hashing (Li, Owen and Zhang 2012) with 128 slots, an empty slot filled from another by a fixed walk
//! (Shrivastava 2017), cut into 32 bands of 4: two texts of Jaccard index s meet in one with probability 1 - (1 - s^4)^32,
//! which is 0.87 at s = 0.5.

use std::thread;

use super::{FEWEST_WORDS, Group, How, Kind, Member};

/// How many bands a signature has.
pub(super) const BANDS: usize = 32;
const ROWS: usize = 4;
const SLOTS: usize = BANDS * ROWS;

/// What is kept of the texts. Different texts are numbered by the place of their first copy.
pub(super) struct Prints {
    /// The places of each different text, first copy first; end of each in `ends`.
    places: Vec<u32>,
    ends: Vec<u32>,
    /// How many of the different texts have enough words. They come first.
    pub long: usize,
    shingles: Vec<u32>,
    shingle_ends: Vec<usize>,
}

impl Prints {
    /// Read the texts.
    pub fn of<T: AsRef<str> + Sync>(texts: &[T]) -> Self {
        let identities: Vec<(bool, u128)> = in_parts(texts, |part| part.iter().map(|text| identity(text.as_ref())).collect());
        let (places, ends, long) = same_words(&identities);
        drop(identities);
        let firsts: Vec<usize> = (0..long).map(|text| usize_of(places[start(&ends, text)])).collect();
        let sets: Vec<(Vec<u32>, Vec<usize>)> = in_parts(&firsts, |part| vec![sets_of(texts, part)]);
        let (mut shingles, mut shingle_ends) = (Vec::new(), Vec::with_capacity(long));
        for (part, ends) in sets {
            let before = shingles.len();
            shingles.extend_from_slice(&part);
            shingle_ends.extend(ends.iter().map(|end| before + end));
        }
        Self { places, ends, long, shingles, shingle_ends }
    }

    /// The places of a different text's copies.
    pub fn copies(&self, text: usize) -> &[u32] {
        &self.places[start(&self.ends, text)..usize_of(self.ends[text])]
    }

    /// The shingles of a different text of enough words, in rising order.
    pub fn set(&self, text: usize) -> &[u32] {
        let start = text.checked_sub(1).map_or(0, |before| self.shingle_ends[before]);
        &self.shingles[start..self.shingle_ends[text]]
    }

    /// The bands of every text of enough words, [`BANDS`] to a text.
    pub fn bands(&self) -> Vec<u32> {
        let all: Vec<usize> = (0..self.long).collect();
        in_parts(&all, |part| part.iter().flat_map(|text| bands(self.set(*text))).collect())
    }

    /// The groups of the same few words.
    pub fn short_groups(&self) -> Vec<Group> {
        let copied = (self.long..self.ends.len()).map(|text| self.copies(text)).filter(|copies| copies.len() > 1);
        copied.map(identical_short).collect()
    }
}

fn identical_short(copies: &[u32]) -> Group {
    let member = |place: &u32| Member { text: usize_of(*place), how: How::Same, holds: 1.0 };
    Group { kind: Kind::IdenticalShort, template: usize_of(copies[0]), members: copies.iter().map(member).collect(), distinct: 1 }
}

fn start(ends: &[u32], text: usize) -> usize {
    text.checked_sub(1).map_or(0, |before| usize_of(ends[before]))
}

/// The different texts: the places of each one's copies, where they end, and how many have enough words.
fn same_words(identities: &[(bool, u128)]) -> (Vec<u32>, Vec<u32>, usize) {
    let mut places: Vec<u32> = (0..u32_of(identities.len())).collect();
    places.sort_unstable_by_key(|place| (identities[usize_of(*place)], *place));
    let runs = places.chunk_by(|a, b| identities[usize_of(*a)] == identities[usize_of(*b)]);
    let mut runs: Vec<&[u32]> = runs.collect();
    runs.sort_unstable_by_key(|run| (identities[usize_of(run[0])].0, run[0]));
    let long = runs.iter().take_while(|run| !identities[usize_of(run[0])].0).count();
    let mut end = 0;
    let ends = runs.iter().map(|run| {
        end += u32_of(run.len());
        end
    });
    let ends = ends.collect();
    (runs.concat(), ends, long)
}

/// Whether a text is short, and a number that only the same words share.
fn identity(text: &str) -> (bool, u128) {
    let (mut count, mut low, mut high) = (0_usize, 0_u64, 0x9e37_79b9_7f4a_7c15_u64);
    words(text, |word| {
        count += 1;
        low = mix(low ^ word);
        high = mix(high.rotate_left(23) ^ word.wrapping_mul(0xff51_afd7_ed55_8ccd));
    });
    (count < FEWEST_WORDS, (u128::from(high) << 64) | u128::from(low))
}

fn sets_of<T: AsRef<str>>(texts: &[T], firsts: &[usize]) -> (Vec<u32>, Vec<usize>) {
    let (mut all, mut ends, mut set) = (Vec::new(), Vec::with_capacity(firsts.len()), Vec::new());
    for first in firsts {
        set.clear();
        shingle(texts[*first].as_ref(), &mut set);
        all.extend_from_slice(&set);
        ends.push(all.len());
    }
    (all, ends)
}

/// The three-word shingles of a text, in rising order and each once.
fn shingle(text: &str, set: &mut Vec<u32>) {
    let (mut seen, mut one, mut two) = (0_usize, 0, 0);
    words(text, |three| {
        seen += 1;
        if seen > 2 {
            set.push(folded(mix(mix(mix(one) ^ two) ^ three)));
        }
        (one, two) = (two, three);
    });
    set.sort_unstable();
    set.dedup();
}

/// Give each word of a text as a number: its letters and digits in lower case. An apostrophe does not end a word.
fn words(text: &str, mut take: impl FnMut(u64)) {
    const EMPTY: u64 = 0xcbf2_9ce4_8422_2325;
    let fold = |word: u64, unit: u32| (word ^ u64::from(unit)).wrapping_mul(0x0100_0000_01b3);
    let mut word = EMPTY;
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            word = fold(word, u32::from(c.to_ascii_lowercase()));
        } else if !c.is_ascii() && c.is_alphanumeric() {
            word = c.to_lowercase().fold(word, |word, c| fold(word, u32::from(c)));
        } else if !matches!(c, '\'' | '\u{2019}' | '\u{2018}' | '\u{2bc}') && word != EMPTY {
            take(mix(word));
            word = EMPTY;
        }
    }
    if word != EMPTY {
        take(mix(word));
    }
}

/// The signature of a set, cut into bands.
fn bands(set: &[u32]) -> [u32; BANDS] {
    let mut slots = [u32::MAX; SLOTS];
    for shingle in set {
        let slot = &mut slots[usize_of(shingle >> 25)];
        *slot = (*slot).min(shingle & 0x01ff_ffff);
    }
    let filled = fill(&slots);
    let mut bands = [0; BANDS];
    for (number, (band, rows)) in bands.iter_mut().zip(filled.as_chunks::<ROWS>().0).enumerate() {
        *band = folded(rows.iter().fold(mix(number as u64), |hash, row| mix(hash ^ u64::from(*row))));
    }
    bands
}

/// Fill each empty slot from one that is not, chosen by a walk that is the same for every text.
fn fill(slots: &[u32; SLOTS]) -> [u32; SLOTS] {
    let mut filled = *slots;
    if slots.iter().all(|slot| *slot == u32::MAX) {
        return filled;
    }
    for (place, slot) in filled.iter_mut().enumerate() {
        let mut step = place as u64;
        while *slot == u32::MAX {
            step = mix(step.wrapping_add(1));
            *slot = slots[usize_of(folded(step) >> 25)];
        }
    }
    filled
}

/// The finaliser of `SplitMix64`: each bit of the result hangs on each bit given.
pub(super) const fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The upper half.
const fn folded(number: u64) -> u32 {
    (number >> 32) as u32
}

/// A place in a list: every list here has fewer than four thousand million entries.
pub(super) fn u32_of(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

pub(super) const fn usize_of(place: u32) -> usize {
    place as usize
}

/// Do something with the parts of a list side by side, one to a processor, and put the results together in order.
pub(super) fn in_parts<T: Sync, R: Send>(list: &[T], work: impl Fn(&[T]) -> Vec<R> + Sync) -> Vec<R> {
    let processors = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    if processors == 1 || list.len() < 1000 {
        return work(list);
    }
    thread::scope(|scope| {
        let parts: Vec<_> = list.chunks(list.len().div_ceil(processors)).map(|part| scope.spawn(|| work(part))).collect();
        let mut all = Vec::new();
        for part in parts {
            match part.join() {
                Ok(mut done) => all.append(&mut done),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    })
}

/// How many numbers two rising lists share.
pub(super) fn shared(one: &[u32], other: &[u32]) -> usize {
    let (mut i, mut j, mut count) = (0, 0, 0);
    while let (Some(a), Some(b)) = (one.get(i), other.get(j)) {
        count += usize::from(a == b);
        i += usize::from(a <= b);
        j += usize::from(b <= a);
    }
    count
}
