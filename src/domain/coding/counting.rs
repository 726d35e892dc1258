//! What counts: answers per theme and per net, read under the codeframe as it stands.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::{Act, Coding, Event, Mark, Stance};
use crate::domain::agreement::DoubleCoded;
use crate::domain::codeframe::{Codeframe, Level};

/// How many answers have each theme and each net. An answer is counted once in each, however often it is marked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Answers that a person coded to something, or looked at.
    pub read: usize,
    /// By theme, merged themes under the one they were merged into.
    pub themes: BTreeMap<Uuid, usize>,
    /// By net: the answers with one of its themes or more, never the sum of them.
    pub nets: BTreeMap<Uuid, usize>,
    /// By theme and stance.
    pub stances: BTreeMap<(Uuid, Stance), usize>,
}

/// Count the answers. Only what a person put there counts.
#[must_use]
pub fn counts<'a>(frame: &Codeframe, codings: impl IntoIterator<Item = &'a Coding>) -> Counts {
    let mut counts = Counts::default();
    let net_of: BTreeMap<Uuid, Uuid> = frame.entries.iter().filter_map(|entry| Some((entry.id, entry.net?))).collect();
    for coding in codings {
        counts.read += usize::from(coding.looked_under > 0 || !coding.applied.is_empty());
        let mut stances: BTreeMap<Uuid, BTreeSet<Stance>> = BTreeMap::new();
        for (mark, applied) in &coding.applied {
            stances.entry(frame.reads_as(mark.theme)).or_default().extend(applied.stance);
        }
        let nets: BTreeSet<Uuid> = stances.keys().filter_map(|theme| net_of.get(theme)).copied().collect();
        for net in nets {
            *counts.nets.entry(net).or_default() += 1;
        }
        for (theme, stances) in stances {
            *counts.themes.entry(theme).or_default() += 1;
            // Somebody who is for it in one place and against it in another is of two minds.
            let stance = if stances.len() > 1 { Some(Stance::Mixed) } else { stances.into_iter().next() };
            if let Some(stance) = stance {
                *counts.stances.entry((theme, stance)).or_default() += 1;
            }
        }
    }
    counts
}

/// What each of two coders first said of the answers that were coded twice, for [`crate::domain::agreement::of`]: the open coding
/// as it was before anything was settled, and the blind one. Themes are read under the codeframe as it stands.
#[must_use]
pub fn first_readings<'a>(frame: &Codeframe, codings: impl IntoIterator<Item = &'a Coding>) -> DoubleCoded<Uuid> {
    let themes = |marks: &mut dyn Iterator<Item = &'a Mark>| -> BTreeSet<Uuid> {
        marks
            .map(|mark| frame.reads_as(mark.theme))
            .filter(|id| frame.entry(*id).is_some_and(|entry| entry.level == Level::Theme))
            .collect()
    };
    let mut double = DoubleCoded::default();
    for coding in codings {
        let mut blind: Vec<_> =
            coding.blind.values().filter(|blind| blind.ended).map(|blind| themes(&mut blind.marks.iter())).collect();
        let open = coding.before_settling.as_ref().unwrap_or(&coding.applied);
        let was_read = coding.looked_under > 0 && (coding.before_settling.is_none() || !open.is_empty());
        if blind.is_empty() {
            continue;
        }
        // Two blind coders stand against each other; one stands against the open coding.
        let first = if blind.len() > 1 { Some(blind.remove(0)) } else { was_read.then(|| themes(&mut open.keys())) };
        double.answers.push(vec![first, Some(blind.remove(0))]);
    }
    double
}

/// The same act at an answer whose words are the same, when the coder chose to code repeats together. A part is marked there too
/// only where the texts are equal letter by letter; a flag, a note and a blind coding belong to one answer alone.
#[must_use]
pub fn to_repeat(event: &Event, text: &str, other: &str, together: Uuid) -> Option<Event> {
    let act = match &event.act {
        Act::Apply { mark, .. } | Act::Remove { mark } if mark.span.is_some() && text != other => return None,
        Act::Apply { .. } | Act::Remove { .. } | Act::Looked => event.act.clone(),
        _ => return None,
    };
    let event = Event { version: 0, act, together: Some(together), ..event.clone() };
    event.by.person().map(|_| event)
}
