//! The fold: events, one after another, into a codeframe; those undone are passed over as if they had never been.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{CannotChange, Change, Codeframe, Entry, Event, Fate, Level, Scope, Wording};

/// Make the codeframe.
pub(super) fn fold(scope: Scope, events: &[&Event]) -> Result<Codeframe, CannotChange> {
    let mut codeframe = Codeframe { undone: undone(events), ..Codeframe::empty(scope) };
    for event in events {
        if !codeframe.undone.contains(&event.version) {
            apply(&mut codeframe, event)?;
        }
        codeframe.version = event.version;
    }
    Ok(codeframe)
}

/// The versions that are undone. Read from the last: an undoing that is itself undone undoes nothing.
fn undone(events: &[&Event]) -> BTreeSet<u32> {
    let mut undone = BTreeSet::new();
    for event in events.iter().rev() {
        if let Change::Undo { version } = event.change
            && !undone.contains(&event.version)
        {
            undone.insert(version);
        }
    }
    undone
}

fn apply(codeframe: &mut Codeframe, event: &Event) -> Result<(), CannotChange> {
    match &event.change {
        Change::Create { id, level, net, wording, standing } => {
            if codeframe.entry(*id).is_some() {
                return Err(CannotChange::Taken(*id));
            }
            may_be_named(codeframe, *id, *level, wording)?;
            may_be_in(codeframe, *level, *net)?;
            codeframe.entries.push(Entry {
                id: *id,
                level: *level,
                net: *net,
                wording: wording.clone(),
                fate: Fate::InUse,
                since: event.version,
                standing: *standing,
            });
        }
        Change::Reword { id, wording } => {
            let level = in_use(codeframe, *id)?.level;
            may_be_named(codeframe, *id, level, wording)?;
            in_use(codeframe, *id)?.wording = wording.clone();
        }
        Change::Move { id, net } => {
            theme(codeframe, *id)?;
            may_be_in(codeframe, Level::Theme, *net)?;
            theme(codeframe, *id)?.net = *net;
        }
        Change::Merge { from, into } => merge(codeframe, from, *into)?,
        Change::Split { id, into } => split(codeframe, *id, into)?,
        Change::Retire { id } => retire(codeframe, *id)?,
        Change::Undo { .. } => {}
    }
    Ok(())
}

fn merge(codeframe: &mut Codeframe, from: &[Uuid], into: Uuid) -> Result<(), CannotChange> {
    let different: BTreeSet<Uuid> = from.iter().copied().collect();
    if different.is_empty() || different.len() != from.len() || different.contains(&into) {
        return Err(CannotChange::Names);
    }
    theme(codeframe, into)?;
    for id in from {
        may_end(theme(codeframe, *id)?)?;
    }
    for id in from {
        theme(codeframe, *id)?.fate = Fate::MergedInto(into);
    }
    Ok(())
}

fn split(codeframe: &mut Codeframe, id: Uuid, into: &[Uuid]) -> Result<(), CannotChange> {
    let different: BTreeSet<Uuid> = into.iter().copied().collect();
    if different.len() < 2 || different.len() != into.len() || different.contains(&id) {
        return Err(CannotChange::Names);
    }
    for part in into {
        theme(codeframe, *part)?;
    }
    let entry = theme(codeframe, id)?;
    may_end(entry)?;
    entry.fate = Fate::SplitInto(into.to_vec());
    Ok(())
}

fn retire(codeframe: &mut Codeframe, id: Uuid) -> Result<(), CannotChange> {
    let occupied = codeframe.themes().any(|theme| theme.net == Some(id));
    let entry = in_use(codeframe, id)?;
    if occupied {
        return Err(CannotChange::NotEmpty(entry.wording.name.clone()));
    }
    may_end(entry)?;
    entry.fate = Fate::Retired;
    Ok(())
}

fn may_end(entry: &Entry) -> Result<(), CannotChange> {
    if entry.standing.is_some() { Err(CannotChange::Stands(entry.wording.name.clone())) } else { Ok(()) }
}

fn in_use(codeframe: &mut Codeframe, id: Uuid) -> Result<&mut Entry, CannotChange> {
    let entry = codeframe.entries.iter_mut().find(|entry| entry.id == id).ok_or(CannotChange::Unknown(id))?;
    if entry.fate == Fate::InUse { Ok(entry) } else { Err(CannotChange::Ended(entry.wording.name.clone())) }
}

fn theme(codeframe: &mut Codeframe, id: Uuid) -> Result<&mut Entry, CannotChange> {
    let entry = in_use(codeframe, id)?;
    if entry.level == Level::Theme { Ok(entry) } else { Err(CannotChange::WrongLevel(entry.wording.name.clone())) }
}

fn may_be_in(codeframe: &mut Codeframe, level: Level, net: Option<Uuid>) -> Result<(), CannotChange> {
    let Some(net) = net else { return Ok(()) };
    let net = in_use(codeframe, net)?;
    if level == Level::Theme && net.level == Level::Net {
        Ok(())
    } else {
        Err(CannotChange::WrongLevel(net.wording.name.clone()))
    }
}

fn may_be_named(codeframe: &Codeframe, id: Uuid, level: Level, wording: &Wording) -> Result<(), CannotChange> {
    let name = plain(&wording.name);
    if name.is_empty() {
        return Err(CannotChange::Nameless);
    }
    let rival = |entry: &&Entry| {
        entry.id != id && entry.level == level && entry.fate == Fate::InUse && plain(&entry.wording.name) == name
    };
    match codeframe.entries.iter().find(rival) {
        Some(entry) => Err(CannotChange::SameName(entry.wording.name.clone())),
        None => Ok(()),
    }
}

/// A name without case and needless spaces.
pub(super) fn plain(name: &str) -> String {
    name.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}
