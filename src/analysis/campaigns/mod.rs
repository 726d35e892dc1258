//! Campaigns: groups of the same or nearly the same text, found in three steps and never acted on without a person.
//!
//! 1. **Same words.** Texts whose words are equal (case, punctuation and spacing aside) are one text with several copies.
//! 2. **Nearly the same.** Sets of three-word shingles are compared where a banded one-permutation `MinHash` puts them into
//!    one bucket (`shingles`), always with the leader of a group and never along a chain (`leaders`).
//! 3. **Edited heavily.** What a group has in common is its template; templates that are nearly the same are merged, and texts
//!    that hold enough of a template, weighed by how unusual it is, are attached to it (`templates`).
//!
//! Everything is a function of the texts and the settings: no clock, no chance, no order of a hash table.

mod difference;
mod leaders;
mod shingles;
mod templates;

pub use difference::{Part, Piece, difference, may_reverse};

/// Below this many words a group is called identical short answers, and only the same words make one.
pub const FEWEST_WORDS: usize = 15;

/// How alike is alike. The defaults were tuned on synthetic letters and on real short feedback, where nothing may be found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// How many texts make a campaign.
    pub fewest: usize,
    /// The Jaccard index of two shingle sets at which they are nearly the same.
    pub alike: f64,
    /// Or the share of the shorter that the longer holds.
    pub held: f64,
    /// The weighted shingles of a template that a text must hold to be attached to it.
    pub weight: f64,
    /// And the share of the text's own shingles that they must be.
    pub share: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { fewest: 5, alike: 0.55, held: 0.8, weight: 6.0, share: 0.15 }
    }
}

/// What a group is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Enough texts of enough words: a proposal for a person to confirm.
    Campaign,
    /// Two or more texts of enough words, too few for a campaign.
    Alike,
    /// The same few words: "none", "no comment". Says nothing of a campaign.
    IdenticalShort,
}

/// How a text came into its group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// Its words are those of the template's text.
    Same,
    /// It is nearly the same.
    Near,
    /// It holds a part of the template. A person looks at each: what was changed may turn the letter round.
    Attached,
}

/// A text of a group.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// Its place in the list of texts given.
    pub text: usize,
    /// How it came in.
    pub how: How,
    /// The share of the template that it holds, 0 to 1.
    pub holds: f64,
}

/// Texts that belong together.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// What it is.
    pub kind: Kind,
    /// The text that stands for the template: of all its members the one nearest to what they have in common.
    pub template: usize,
    /// Every text in it, by place.
    pub members: Vec<Member>,
    /// How many different texts it has.
    pub distinct: usize,
}

/// The groups of two texts or more, largest first. A text is in one group at most.
#[must_use]
pub fn groups<T: AsRef<str> + Sync>(texts: &[T], settings: &Settings) -> Vec<Group> {
    let prints = shingles::Prints::of(texts);
    let mut groups = leaders::groups(&prints, settings);
    let templates = templates::merge(&prints, &mut groups, settings);
    templates::attach(&prints, &mut groups, &templates, settings);
    let mut found: Vec<Group> = groups.iter().filter_map(|group| templates::describe(&prints, group, settings)).collect();
    found.extend(prints.short_groups());
    found.sort_by(|a, b| b.members.len().cmp(&a.members.len()).then(a.template.cmp(&b.template)));
    found
}

#[cfg(test)]
mod tests;
