//! Double coding: which answers are coded twice and blind, and how far each of them is.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::suggest::chance::Chance;
use crate::domain::codeframe::Codeframe;
use crate::domain::coding::{Act, Coding, Event, Mark, Stance};

/// One answer in this many is coded twice.
const SHARE: usize = 10;

/// And never fewer than this, as long as there are as many.
pub const LEAST: usize = 50;

/// How many answers are to be coded twice of so many.
#[must_use]
pub fn wanted(answers: usize) -> usize {
    answers.div_ceil(SHARE).max(LEAST).min(answers)
}

/// Draw so many answers, from each stratum its share (largest remainders), in random order. The same seed draws the same.
#[must_use]
pub fn stratified(answers: &[(Uuid, String)], count: usize, seed: u64) -> Vec<Uuid> {
    let mut strata: BTreeMap<&str, Vec<Uuid>> = BTreeMap::new();
    for (answer, stratum) in answers {
        strata.entry(stratum).or_default().push(*answer);
    }
    let (count, all) = (count.min(answers.len()), answers.len().max(1));
    let mut shares: Vec<(&str, usize, usize)> =
        strata.iter().map(|(stratum, members)| (*stratum, members.len() * count / all, members.len() * count % all)).collect();
    let mut missing = count - shares.iter().map(|(_, whole, _)| whole).sum::<usize>();
    shares.sort_by(|one, other| other.2.cmp(&one.2).then(one.0.cmp(other.0)));
    for share in &mut shares {
        let more = missing.min(1);
        share.1 += more;
        missing -= more;
    }
    let mut chance = Chance::new(seed);
    let mut drawn = Vec::with_capacity(count);
    shares.sort_unstable();
    for (stratum, size, _) in shares {
        let mut members = strata.remove(stratum).unwrap_or_default();
        members.sort_unstable();
        chance.shuffle(&mut members);
        drawn.extend(members.into_iter().take(size));
    }
    chance.shuffle(&mut drawn);
    drawn
}

/// How far an answer is that is coded twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Somebody must still read it.
    Waits,
    /// Two read it and said the same; somebody confirms it.
    Agrees,
    /// Two read it and differ.
    Differs,
    /// It is settled.
    Settled,
}

/// What was said of an answer that is coded twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Twice {
    /// How far it is.
    pub stage: Stage,
    /// Who read it, blind or openly.
    pub readers: BTreeSet<Uuid>,
    /// What each reading put there, as themes are read now: an open one first.
    pub readings: Vec<BTreeMap<Uuid, Option<Stance>>>,
    /// Whether somebody coded it blind, so that nobody may change the open coding before it is settled.
    pub is_blind: bool,
}

impl Twice {
    /// What the log of an answer says.
    #[must_use]
    pub fn of(events: &[Event], frame: &Codeframe) -> Self {
        let coding = Coding::of(events);
        let (settled, blind) = (coding.before_settling.is_some(), coding.blind.iter().filter(|(_, blind)| blind.ended));
        let before = events.iter().take_while(|event| !matches!(event.act, Act::Settle { .. }));
        let open: BTreeSet<Uuid> = before.filter(|event| reads(&event.act)).filter_map(|event| event.by.person()).collect();
        let themes = |mark: &Mark| frame.reads_as(mark.theme);
        let mut readings = Vec::new();
        if !open.is_empty() {
            let stood = coding.before_settling.as_ref().unwrap_or(&coding.applied);
            readings.push(stood.iter().map(|(mark, applied)| (themes(mark), applied.stance)).collect());
        }
        let said = blind.clone().map(|(_, blind)| blind.marks.iter().map(|mark| (themes(mark), None)).collect());
        readings.extend(said);
        let keys = |reading: &BTreeMap<Uuid, Option<Stance>>| reading.keys().copied().collect::<Vec<_>>();
        let stage = match readings.as_slice() {
            _ if settled => Stage::Settled,
            [one, other, ..] if keys(one) == keys(other) => Stage::Agrees,
            [_, _, ..] => Stage::Differs,
            _ => Stage::Waits,
        };
        let readers = open.into_iter().chain(blind.map(|(person, _)| *person)).collect();
        Self { stage, readers, readings, is_blind: !coding.blind.is_empty() }
    }

    /// Whether this person is to code it blind.
    #[must_use]
    pub fn wants(&self, person: Uuid) -> bool {
        self.stage == Stage::Waits && !self.readers.contains(&person)
    }

    /// The themes both readings have, with the stance of the open one.
    #[must_use]
    pub fn common(&self) -> BTreeMap<Uuid, Option<Stance>> {
        let [one, other, ..] = self.readings.as_slice() else { return BTreeMap::new() };
        one.iter().filter(|(theme, _)| other.contains_key(theme)).map(|(theme, stance)| (*theme, *stance)).collect()
    }
}

const fn reads(act: &Act) -> bool {
    matches!(act, Act::Apply { .. } | Act::Remove { .. } | Act::Accept { .. } | Act::Looked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_is_wanted_and_fifty_at_least() {
        assert_eq!([0, 30, 400, 501, 5000].map(wanted), [0, 30, 50, 51, 500]);
    }

    #[test]
    fn each_stratum_gives_its_share_and_the_same_seed_draws_the_same() {
        let answers: Vec<(Uuid, String)> =
            (0..100_u128).map(|n| (Uuid::from_u128(n), if n < 30 { "easy" } else { "standard" }.to_owned())).collect();
        let drawn = stratified(&answers, 50, 3);
        let easy = drawn.iter().filter(|id| id.as_u128() < 30).count();
        assert_eq!((drawn.len(), easy), (50, 15));
        assert_eq!(drawn.iter().collect::<BTreeSet<_>>().len(), 50);
        assert_eq!(drawn, stratified(&answers, 50, 3));
        assert_ne!(drawn, stratified(&answers, 50, 4));
        assert_eq!(stratified(&answers[..3], 50, 1).len(), 3);
        assert!(stratified(&[], 50, 1).is_empty());
    }
}
