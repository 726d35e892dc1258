//! The balance: what was received is what is included and what is excluded, by reason. Every total can show it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::submission::Channel;
use crate::domain::wording::Edition;

/// The reason under which a response that was withdrawn is excluded.
pub const WITHDRAWN: &str = "withdrawn";

/// The reason under which a response is excluded whose form version is not among those given.
pub const NO_SUCH_VERSION: &str = "form_version_not_published";

/// The group of what names no edition or version.
const NOT_KNOWN: &str = "not_known";

/// A submission that is held, as far as the balance counts it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldSummary {
    /// Why it is held.
    pub why: String,
    /// How it came in.
    pub channel: Channel,
    /// The wording that was read, when it says.
    pub edition: Option<Edition>,
    /// The form version, when it says.
    pub form_version: Option<u32>,
}

/// One line of the balance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BalanceLine {
    /// What the line is of: `all`, `channel`, `edition` or `form_version`.
    pub by: String,
    /// Which channel, edition or version.
    pub group: String,
    /// How many came in.
    pub received: u64,
    /// How many are in the tables.
    pub included: u64,
    /// How many are not, by reason.
    pub excluded: BTreeMap<String, u64>,
}

impl BalanceLine {
    /// Whether what came in is what is included and what is excluded.
    #[must_use]
    pub fn balances(&self) -> bool {
        self.received == self.included + self.excluded.values().sum::<u64>()
    }
}

/// What the balance needs to know of one submission.
pub(super) struct Entry {
    pub channel: Channel,
    pub edition: Option<Edition>,
    pub form_version: Option<u32>,
    /// Why it is excluded; nothing when it is included.
    pub excluded: Option<String>,
}

/// Adds up entries: everyone, then each channel, edition and form version that occurs.
pub(super) fn balance(entries: impl Iterator<Item = Entry>) -> Vec<BalanceLine> {
    let mut lines: BTreeMap<(usize, usize, String), BalanceLine> = BTreeMap::new();
    lines.insert((0, 0, "all".to_owned()), line("all", "all"));
    for entry in entries {
        let edition = entry.edition.map_or((Edition::ALL.len(), NOT_KNOWN), |edition| (edition as usize, edition.code()));
        let version = entry.form_version.map_or_else(|| NOT_KNOWN.to_owned(), |version| version.to_string());
        let rank = entry.form_version.map_or(usize::MAX, |version| usize::try_from(version).unwrap_or(usize::MAX));
        let groups = [
            (0, 0, "all", "all"),
            (1, entry.channel as usize, "channel", entry.channel.code()),
            (2, edition.0, "edition", edition.1),
            (3, rank, "form_version", version.as_str()),
        ];
        for (kind, rank, by, group) in groups {
            let line = lines.entry((kind, rank, group.to_owned())).or_insert_with(|| line(by, group));
            line.received += 1;
            match &entry.excluded {
                None => line.included += 1,
                Some(why) => *line.excluded.entry(why.clone()).or_default() += 1,
            }
        }
    }
    lines.into_values().collect()
}

fn line(by: &str, group: &str) -> BalanceLine {
    BalanceLine { by: by.to_owned(), group: group.to_owned(), received: 0, included: 0, excluded: BTreeMap::new() }
}
