//! The first pass: texts that meet in a bucket join a leader they are nearly the same as.

use super::Settings;
use super::shingles::{BANDS, Prints, shared, u32_of, usize_of};

/// How many leaders a text is compared with in one bucket.
const MOST_LEADERS: usize = 8;

/// Below this many shingles, being held by a longer text says little.
const FEWEST_HELD: usize = 15;

/// A group in the making: different texts, by number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Making {
    /// The text that the others were compared with.
    pub leader: u32,
    /// Nearly the same as the leader, itself included; in rising order.
    pub near: Vec<u32>,
    /// Attached by the second pass.
    pub attached: Vec<u32>,
}

/// Every different text of enough words in exactly one group, most of them alone; in the order of their leaders.
pub(super) fn groups(prints: &Prints, settings: &Settings) -> Vec<Making> {
    let bands = prints.bands();
    let mut joined = Joined { prints, settings, leader: (0..u32_of(prints.long)).collect(), followed: vec![false; prints.long] };
    let numbers: Vec<usize> = (0..BANDS).collect();
    // A few bands at a time: each costs memory for every text.
    for some in numbers.chunks(4) {
        let buckets = in_pairs(some, |band| Buckets::of(&bands, band, prints.long));
        for buckets in &buckets {
            buckets.each(|bucket| joined.settle(bucket));
        }
    }
    joined.into_groups()
}

/// Like [`in_parts`], for few and long pieces of work.
fn in_pairs<R: Send>(numbers: &[usize], work: impl Fn(usize) -> R + Sync) -> Vec<R> {
    if numbers.len() < 2 {
        return numbers.iter().map(|number| work(*number)).collect();
    }
    std::thread::scope(|scope| {
        let (one, other) = numbers.split_at(numbers.len() / 2);
        let first = scope.spawn(|| one.iter().map(|number| work(*number)).collect::<Vec<R>>());
        let mut second: Vec<R> = other.iter().map(|number| work(*number)).collect();
        match first.join() {
            Ok(mut all) => {
                all.append(&mut second);
                all
            }
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// The texts that share a band with another, bucket by bucket.
struct Buckets {
    texts: Vec<u32>,
    ends: Vec<u32>,
}

impl Buckets {
    fn of(bands: &[u32], band: usize, texts: usize) -> Self {
        let entry = |text: usize| (u64::from(bands[text * BANDS + band]) << 32) | text as u64;
        let mut entries: Vec<u64> = (0..texts).map(entry).collect();
        entries.sort_unstable();
        let mut buckets = Self { texts: Vec::new(), ends: Vec::new() };
        for bucket in entries.chunk_by(|a, b| a >> 32 == b >> 32).filter(|bucket| bucket.len() > 1) {
            buckets.texts.extend(bucket.iter().filter_map(|entry| u32::try_from(entry & 0xffff_ffff).ok()));
            buckets.ends.push(u32_of(buckets.texts.len()));
        }
        buckets
    }

    fn each(&self, mut take: impl FnMut(&[u32])) {
        let mut start = 0;
        for end in &self.ends {
            take(&self.texts[start..usize_of(*end)]);
            start = usize_of(*end);
        }
    }
}

struct Joined<'a> {
    prints: &'a Prints,
    settings: &'a Settings,
    /// The leader of each text; itself, when it follows none.
    leader: Vec<u32>,
    followed: Vec<bool>,
}

impl Joined<'_> {
    /// Let the texts of a bucket that belong to nobody join a leader: one that has followers first, else the first alone.
    fn settle(&mut self, bucket: &[u32]) {
        let mut leaders: Vec<u32> = Vec::with_capacity(MOST_LEADERS);
        for text in bucket.iter().filter(|text| !self.is_alone(**text)) {
            let leader = self.leader[usize_of(*text)];
            if leaders.len() < MOST_LEADERS && !leaders.contains(&leader) {
                leaders.push(leader);
            }
        }
        for text in bucket {
            if !self.is_alone(*text) {
                continue;
            }
            match leaders.iter().find(|leader| self.alike(**leader, *text)) {
                Some(leader) => {
                    self.leader[usize_of(*text)] = *leader;
                    self.followed[usize_of(*leader)] = true;
                }
                None if leaders.len() < MOST_LEADERS => leaders.push(*text),
                None => {}
            }
        }
    }

    fn is_alone(&self, text: u32) -> bool {
        self.leader[usize_of(text)] == text && !self.followed[usize_of(text)]
    }

    fn alike(&self, one: u32, other: u32) -> bool {
        alike(self.prints.set(usize_of(one)), self.prints.set(usize_of(other)), self.settings.alike, self.settings.held)
    }

    fn into_groups(self) -> Vec<Making> {
        let mut place = vec![u32::MAX; self.leader.len()];
        let mut groups: Vec<Making> = Vec::new();
        for (text, leader) in self.leader.iter().enumerate() {
            let at = &mut place[usize_of(*leader)];
            if *at == u32::MAX {
                *at = u32_of(groups.len());
                groups.push(Making { leader: *leader, near: Vec::new(), attached: Vec::new() });
            }
            groups[usize_of(*at)].near.push(u32_of(text));
        }
        groups
    }
}

/// Whether two shingle sets are nearly the same: by their Jaccard index, or because the longer holds the shorter.
pub(super) fn alike(one: &[u32], other: &[u32], jaccard: f64, held: f64) -> bool {
    let (both, shorter) = (shared(one, other), one.len().min(other.len()));
    let share = |of: usize| ratio(both, of);
    share(one.len() + other.len() - both) >= jaccard || (shorter >= FEWEST_HELD && share(shorter) >= held)
}

/// A share, 0 of nothing.
#[expect(clippy::cast_precision_loss, reason = "counts of texts and words are far below 2^52")]
pub(super) fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// How many texts a group has, copies included.
pub(super) fn size(prints: &Prints, group: &Making) -> usize {
    group.near.iter().chain(&group.attached).map(|text| prints.copies(usize_of(*text)).len()).sum()
}
