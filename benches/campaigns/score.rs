//! How right the groups are.

use std::collections::BTreeMap;
use std::fmt;

use soundings::analysis::campaigns::{Group, Kind};

use super::letters::{LEVELS, Made};

/// Letters counted. One is right when it is flagged with a group most of which is of its own campaign.
#[derive(Default)]
pub struct Score {
    flagged: usize,
    right: usize,
    campaigns: usize,
    by_level: [(usize, usize); LEVELS.len()],
}

impl Score {
    /// Hold the groups against the truth.
    pub fn of(made: &Made, groups: &[Group]) -> Self {
        let mut score = Self::default();
        made.truth.iter().flatten().for_each(|(_, level)| score.by_level[*level].1 += 1);
        for group in groups.iter().filter(|group| group.kind == Kind::Campaign) {
            score.campaigns += 1;
            let mut counts: BTreeMap<Option<usize>, usize> = BTreeMap::new();
            let campaign = |text: usize| made.truth[text].map(|(campaign, _)| campaign);
            group.members.iter().for_each(|member| *counts.entry(campaign(member.text)).or_default() += 1);
            let mostly = counts.iter().max_by_key(|(_, count)| **count).and_then(|(campaign, _)| *campaign);
            for member in &group.members {
                score.flagged += 1;
                if let Some((_, level)) = made.truth[member.text].filter(|(campaign, _)| Some(*campaign) == mostly) {
                    score.right += 1;
                    score.by_level[level].0 += 1;
                }
            }
        }
        score
    }
}

impl fmt::Display for Score {
    #[expect(clippy::cast_precision_loss, reason = "counts of letters are far below 2^52")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
        let all: usize = self.by_level.iter().map(|(_, all)| all).sum();
        write!(f, "P {:.4}  R {:.4} (", share(self.right, self.flagged), share(self.right, all))?;
        for (level, (right, all)) in self.by_level.iter().enumerate() {
            write!(f, "{}L{level} {:.3}", if level == 0 { "" } else { " " }, share(*right, *all))?;
        }
        write!(f, ")  {} campaigns of 40", self.campaigns)
    }
}
