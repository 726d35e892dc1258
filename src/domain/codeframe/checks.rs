//! What to warn of, and what to read again: names that are nearly the same, themes on nearly the same answers, late themes.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::apply::plain;
use super::{Change, Codeframe, Entry, Event, Fate};

/// At this likeness two names are nearly the same.
const ALIKE: f64 = 0.90;

/// At this share of common answers two themes may be one (the limit that i.AI's `ThemeFinder` draws too).
const OVERLAP: f64 = 0.70;

/// The themes and nets in use whose names are nearly this one, nearest first: the same words in another order, one word more or
/// less of an ending, or a slip of the pen.
#[must_use]
pub fn nearly_the_same<'a>(codeframe: &'a Codeframe, name: &str, but: Option<Uuid>) -> Vec<&'a Entry> {
    let name = (plain(name), stems(name));
    let likeness = |entry: &Entry| {
        let other = &entry.wording.name;
        if stems(other) == name.1 {
            1.0
        } else {
            strsim::jaro_winkler(&plain(other), &name.0).min(strsim::normalized_damerau_levenshtein(&plain(other), &name.0) + 0.1)
        }
    };
    let in_use = codeframe.entries.iter().filter(|entry| entry.fate == Fate::InUse && Some(entry.id) != but);
    let mut near: Vec<(f64, &Entry)> =
        in_use.map(|entry| (likeness(entry), entry)).filter(|(likeness, _)| *likeness >= ALIKE).collect();
    near.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    near.into_iter().map(|(_, entry)| entry).collect()
}

/// The words of a name that mean something, without endings, in order of the alphabet.
fn stems(name: &str) -> Vec<String> {
    const EMPTY: &[&str] = &["a", "an", "the", "of", "and", "for", "to", "in", "on", "with", "or", "about"];
    let words = plain(name).split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect::<Vec<String>>();
    let meant = words.into_iter().filter(|word| !word.is_empty() && !EMPTY.contains(&word.as_str()));
    let stem = |word: String| match ["ies", "es", "s", "ing"].iter().find_map(|ending| word.strip_suffix(ending)) {
        Some(stem) if stem.chars().count() > 2 => stem.trim_end_matches('e').to_owned(),
        _ => word.trim_end_matches(['e', 'y']).to_owned(),
    };
    let mut stems: Vec<String> = meant.map(stem).collect();
    stems.sort();
    stems
}

/// Two themes that were put at nearly the same answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Overlap {
    /// The one.
    pub one: Uuid,
    /// The other.
    pub other: Uuid,
    /// The Jaccard index of their answers.
    pub share: f64,
}

/// The pairs of themes whose answers are nearly the same, most alike first.
#[must_use]
pub fn overlaps<A: Ord>(answers: &BTreeMap<Uuid, BTreeSet<A>>) -> Vec<Overlap> {
    let mut found = Vec::new();
    for (one, coded) in answers {
        for (other, rival) in answers.range((std::ops::Bound::Excluded(*one), std::ops::Bound::Unbounded)) {
            let both = coded.intersection(rival).count();
            let all = coded.len() + rival.len() - both;
            let share = if all == 0 { 0.0 } else { float(both) / float(all) };
            if share >= OVERLAP {
                found.push(Overlap { one: *one, other: *other, share });
            }
        }
    }
    found.sort_by(|one, other| other.share.total_cmp(&one.share));
    found
}

#[expect(clippy::cast_precision_loss, reason = "counts of answers stay far below 2^52")]
const fn float(count: usize) -> f64 {
    count as f64
}

/// Why an answer must be looked at again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Because {
    /// A theme came in after it was coded.
    Late(Uuid),
    /// What belongs to a theme changed after it was coded.
    Redefined(Uuid),
    /// It was coded to a theme that was split since.
    Split(Uuid),
}

/// The answers to look at again, with the reasons: each was last read under an older version. `coded` gives, for each answer, the
/// version it was last coded or looked at under and the themes it has.
#[must_use]
pub fn recheck<'a, A: Ord + Clone + 'a>(
    codeframe: &Codeframe,
    events: &[Event],
    coded: impl IntoIterator<Item = (&'a A, u32, &'a BTreeSet<Uuid>)>,
) -> BTreeMap<A, BTreeSet<Because>> {
    asked(&asking(codeframe, events), coded)
}

/// Which of these changes came after each answer was last read, and concern it.
pub(super) fn asked<'a, A: Ord + Clone + 'a>(
    changes: &[(u32, Because)],
    coded: impl IntoIterator<Item = (&'a A, u32, &'a BTreeSet<Uuid>)>,
) -> BTreeMap<A, BTreeSet<Because>> {
    let mut list = BTreeMap::new();
    for (answer, version, themes) in coded {
        let asks = |(at, because): &&(u32, Because)| {
            *at > version
                && (!matches!(because, Because::Split(_)) || matches!(because, Because::Split(theme) if themes.contains(theme)))
        };
        let because: BTreeSet<Because> = changes.iter().filter(asks).map(|(_, because)| *because).collect();
        if !because.is_empty() {
            list.insert(answer.clone(), because);
        }
    }
    list
}

/// The changes that ask for a second look, with their versions; none for what was undone or has ended since.
pub(super) fn asking(codeframe: &Codeframe, events: &[Event]) -> Vec<(u32, Because)> {
    let in_use = |id: &Uuid| codeframe.themes().any(|theme| theme.id == *id);
    let meaning = |id: Uuid, before: u32| {
        let mut earlier = events.iter().filter(|event| event.version < before && !codeframe.is_undone(event.version)).rev();
        earlier.find_map(|event| worded(&event.change, id))
    };
    let standing = events.iter().filter(|event| !codeframe.is_undone(event.version));
    standing
        .filter_map(|event| match &event.change {
            Change::Create { id, .. } if in_use(id) => Some((event.version, Because::Late(*id))),
            Change::Reword { id, wording } if in_use(id) => {
                let changed = meaning(*id, event.version).is_none_or(|before| {
                    (&before.definition, &before.include, &before.exclude)
                        != (&wording.definition, &wording.include, &wording.exclude)
                });
                changed.then_some((event.version, Because::Redefined(*id)))
            }
            Change::Split { id, .. } => Some((event.version, Because::Split(*id))),
            _ => None,
        })
        .collect()
}

fn worded(change: &Change, theme: Uuid) -> Option<&super::Wording> {
    match change {
        Change::Create { id, wording, .. } | Change::Reword { id, wording } if *id == theme => Some(wording),
        _ => None,
    }
}
