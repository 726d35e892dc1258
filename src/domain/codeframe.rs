//! Codeframes: the themes of a question, or of the whole consultation, in nets; a list that grows while people read.
//!
//! A codeframe is the fold of its events and nothing else. Each event is one decision of a person, makes one version, and can be
//! undone; undoing is an event too, so nothing is ever unsaid. A theme keeps its id through every change: codings name ids, and
//! [`Codeframe::reads_as`] says what a coding of an old id means now.

mod apply;
mod checks;
mod joined;
mod standing;
pub mod starting;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use checks::{Because, Overlap, nearly_the_same, overlaps, recheck};
pub use joined::{joined, recheck_joined};
pub use standing::{STANDING, Standing};

/// What a codeframe is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// The answers to one question, by its key.
    Question(String),
    /// Every answer and every letter.
    Crosscutting,
}

/// The word that stands for [`Scope::Crosscutting`] in addresses and tables; no key of a question has a hyphen.
const ACROSS: &str = "all-questions";

impl Scope {
    /// The question's key, or the word for the frame that cuts across.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Question(key) => key,
            Self::Crosscutting => ACROSS,
        }
    }

    /// The scope with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Self {
        if code == ACROSS { Self::Crosscutting } else { Self::Question(code.to_owned()) }
    }
}

/// What a theme says of itself. Stance is no part of it: for and against a thing are one theme.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    /// A few words.
    pub name: String,
    /// What it means, in a sentence or two.
    #[serde(default)]
    pub definition: String,
    /// What belongs to it.
    #[serde(default)]
    pub include: String,
    /// What does not, and where that goes.
    #[serde(default)]
    pub exclude: String,
    /// Words that somebody could write, made up or released.
    #[serde(default)]
    pub examples: Vec<String>,
}

/// What stands at an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// A group of themes; people are counted once in it. Answers are not coded to it.
    Net,
    /// What answers are coded to.
    Theme,
}

/// Whether a theme is in use, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// Answers may be coded to it.
    InUse,
    /// No longer; what was coded to it stays and is counted.
    Retired,
    /// Its codings count for another.
    MergedInto(Uuid),
    /// Its codings wait to be looked at again, each for one of these.
    SplitInto(Vec<Uuid>),
}

/// A net or a theme as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// For ever.
    pub id: Uuid,
    /// Net or theme.
    pub level: Level,
    /// The net it is in.
    pub net: Option<Uuid>,
    /// Its name and meaning.
    pub wording: Wording,
    /// Whether it is in use.
    pub fate: Fate,
    /// The version that brought it in.
    pub since: u32,
    /// Which standing code it is, when it is one.
    pub standing: Option<Standing>,
}

/// One decision about a codeframe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub enum Change {
    /// Bring in a net or a theme.
    Create {
        /// Its id for ever.
        id: Uuid,
        /// Net or theme.
        level: Level,
        /// The net it goes into; nets are in none.
        net: Option<Uuid>,
        /// Its name and meaning.
        wording: Wording,
        /// Which standing code it is, when it is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        standing: Option<Standing>,
    },
    /// Say its name or meaning better. A change of what belongs to it asks for a re-check, see [`recheck`].
    Reword {
        /// Which.
        id: Uuid,
        /// All of it anew.
        wording: Wording,
    },
    /// Put a theme into another net, or into none.
    Move {
        /// Which theme.
        id: Uuid,
        /// Where to.
        net: Option<Uuid>,
    },
    /// Let the codings of some themes count for another.
    Merge {
        /// Those that end.
        from: Vec<Uuid>,
        /// The one that stays.
        into: Uuid,
    },
    /// End a theme for several that exist; each of its codings is looked at again.
    Split {
        /// The one that ends.
        id: Uuid,
        /// Those that take its place.
        into: Vec<Uuid>,
    },
    /// End a theme, or a net without themes in use.
    Retire {
        /// Which.
        id: Uuid,
    },
    /// Take back one earlier event.
    Undo {
        /// Its version.
        version: u32,
    },
}

/// A change, by whom and when. Its version is its place in the log, from 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The version it makes.
    pub version: u32,
    /// Who decided.
    pub by: Uuid,
    /// When.
    pub at: chrono::DateTime<chrono::Utc>,
    /// What.
    pub change: Change,
    /// Why, in the decider's words.
    #[serde(default)]
    pub why: String,
}

/// Why a change cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CannotChange {
    /// Somebody else changed the codeframe first.
    #[error("the codeframe is at version {now} and this change was made for {then}; look at what changed and decide again")]
    Stale {
        /// The version it is at.
        now: u32,
        /// The version that was in front of the person.
        then: u32,
    },
    /// There is no such id.
    #[error("there is no theme or net {0} here")]
    Unknown(Uuid),
    /// The id is taken.
    #[error("the id {0} is taken")]
    Taken(Uuid),
    /// A name is needed.
    #[error("a theme needs a name")]
    Nameless,
    /// Something of this name, case aside, is in use in the same place.
    #[error("`{0}` is in use already; choose another name, or merge the two")]
    SameName(String),
    /// It has ended.
    #[error("`{0}` is no longer in use")]
    Ended(String),
    /// A net stands where a theme is needed, or the other way round.
    #[error("`{0}` is a net where a theme is needed, or a theme where a net is")]
    WrongLevel(String),
    /// Themes are in use in it.
    #[error("`{0}` still has themes in use; move or retire them first")]
    NotEmpty(String),
    /// It is always there.
    #[error("`{0}` is a standing code and stays")]
    Stands(String),
    /// A theme cannot be merged with itself or split into itself; and both need at least one and two others.
    #[error("name the themes to join, or at least two to split into, each once")]
    Names,
    /// The event is not there, or is undone already.
    #[error("version {0} is not there to undo")]
    NothingToUndo(u32),
    /// Something that came later needs it.
    #[error("version {0} cannot be undone, since later changes rest on it; undo those first")]
    RestedOn(u32),
}

/// A codeframe as of its last event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Codeframe {
    /// What it is about.
    pub scope: Scope,
    /// How many events made it.
    pub version: u32,
    /// Everything that ever was in it, in the order it came.
    pub entries: Vec<Entry>,
    undone: BTreeSet<u32>,
}

impl Codeframe {
    /// One with nothing in it.
    #[must_use]
    pub const fn empty(scope: Scope) -> Self {
        Self { scope, version: 0, entries: Vec::new(), undone: BTreeSet::new() }
    }

    /// The codeframe that events make, as of a version (all of them for `u32::MAX`).
    ///
    /// # Errors
    /// When an event could not have been made: the log is damaged.
    pub fn of(scope: Scope, events: &[Event], version: u32) -> Result<Self, CannotChange> {
        let some: Vec<&Event> = events.iter().take_while(|event| event.version <= version).collect();
        apply::fold(scope, &some)
    }

    /// What stands at an id.
    #[must_use]
    pub fn entry(&self, id: Uuid) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.id == id)
    }

    /// The themes in use, in the order they came.
    pub fn themes(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.level == Level::Theme && entry.fate == Fate::InUse)
    }

    /// The nets in use.
    pub fn nets(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.level == Level::Net && entry.fate == Fate::InUse)
    }

    /// The themes that a net has or had, with those merged into them.
    #[must_use]
    pub fn within(&self, net: Uuid) -> BTreeSet<Uuid> {
        self.entries.iter().filter(|entry| entry.net == Some(net)).map(|entry| entry.id).collect()
    }

    /// What a coding to this id means now: the theme it was merged into, or itself.
    #[must_use]
    pub fn reads_as(&self, id: Uuid) -> Uuid {
        match self.entry(id).map(|entry| &entry.fate) {
            Some(Fate::MergedInto(into)) => self.reads_as(*into),
            _ => id,
        }
    }

    /// Whether this event is undone.
    #[must_use]
    pub fn is_undone(&self, version: u32) -> bool {
        self.undone.contains(&version)
    }
}

/// Check a change that was made with `seen` in front of the person, and make the event of it.
///
/// # Errors
/// When it cannot be made; nothing has changed then.
pub fn change(events: &[Event], scope: &Scope, seen: u32, event: Event) -> Result<(Event, Codeframe), CannotChange> {
    let now = u32::try_from(events.len()).unwrap_or(u32::MAX);
    if seen != now {
        return Err(CannotChange::Stale { now, then: seen });
    }
    let event = Event { version: now + 1, ..event };
    if let Change::Undo { version } = event.change {
        let before = Codeframe::of(scope.clone(), events, u32::MAX)?;
        if version == 0 || version > now || before.is_undone(version) {
            return Err(CannotChange::NothingToUndo(version));
        }
    }
    let all: Vec<&Event> = events.iter().chain([&event]).collect();
    let undoes = if let Change::Undo { version } = event.change { Some(version) } else { None };
    let codeframe = apply::fold(scope.clone(), &all).map_err(|error| undoes.map_or(error, CannotChange::RestedOn))?;
    Ok((event, codeframe))
}

/// What a theme's codings come to when ids are read as they stand now: for each id in use or retired, those that count for it.
#[must_use]
pub fn sources(codeframe: &Codeframe) -> BTreeMap<Uuid, BTreeSet<Uuid>> {
    let mut sources: BTreeMap<Uuid, BTreeSet<Uuid>> = BTreeMap::new();
    for entry in codeframe.entries.iter().filter(|entry| entry.level == Level::Theme) {
        sources.entry(codeframe.reads_as(entry.id)).or_default().insert(entry.id);
    }
    sources
}

#[cfg(test)]
mod tests;
