//! A question's codeframe and the one that cuts across, read as one: an answer may be coded to both.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::checks::asking;
use super::{Because, Codeframe, Event};

/// The two as one. Its version is how many events made both; the standing codes are those of the question's own frame.
#[must_use]
pub fn joined(own: &Codeframe, across: &Codeframe) -> Codeframe {
    let mut both = own.clone();
    let stands = own.entries.iter().any(|entry| entry.standing.is_some());
    both.entries.extend(across.entries.iter().filter(|entry| !stands || entry.standing.is_none()).cloned());
    both.version = own.version + across.version;
    both
}

/// What [`super::recheck`] finds where both frames were in front of the coder: `coded` names versions of [`joined`].
///
/// Whoever had version 12 of the two had the first twelve events of both logs by their instants; the store sees to it that the
/// instants of all events of a consultation rise.
#[must_use]
pub fn recheck_joined<'a, A: Ord + Clone + 'a>(
    frames: &[(&Codeframe, &[Event])],
    coded: impl IntoIterator<Item = (&'a A, u32, &'a BTreeSet<Uuid>)>,
) -> BTreeMap<A, BTreeSet<Because>> {
    let mut order: Vec<_> = (0..)
        .zip(frames)
        .flat_map(|(frame, (_, events)): (usize, _)| events.iter().map(move |event| (event.at, frame, event.version)))
        .collect();
    order.sort_unstable();
    let places: BTreeMap<(usize, u32), u32> =
        (1..).zip(&order).map(|(place, (_, frame, version))| ((*frame, *version), place)).collect();
    let changes: Vec<(u32, Because)> = (0..)
        .zip(frames)
        .flat_map(|(number, (frame, events)): (usize, _)| {
            let found = asking(frame, events).into_iter();
            found.filter_map(|(version, because)| Some((*places.get(&(number, version))?, because))).collect::<Vec<_>>()
        })
        .collect();
    super::checks::asked(&changes, coded)
}
