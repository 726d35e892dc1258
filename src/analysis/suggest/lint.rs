//! What is usually wrong with a codeframe: too many themes, tiny ones, two with the same name, two on the same answers.
//!
//! The four limits are those of i.AI's `ThemeFinder` (MIT licence), which were found with coders in government.

use std::collections::BTreeSet;

use super::features::Weights;
use super::matrix;

/// More themes than this nobody keeps in mind.
pub const MOST_THEMES: usize = 70;

/// A theme of fewer answers than this is no theme, however few there are in all.
pub const LEAST_ANSWERS: usize = 5;

/// Nor is one of less than one in this many answers.
pub const LEAST_SHARE: usize = 1000;

/// From here on two themes are worded alike (cosine of the pieces of their words).
pub const ALIKE: f32 = 0.90;

/// From here on two themes lie on the same answers (Jaccard).
pub const SAME_ANSWERS: f64 = 0.70;

/// A theme that answers are coded with, not a net that holds others.
#[derive(Debug, Clone)]
pub struct Theme<'a> {
    /// What it is called.
    pub title: &'a str,
    /// What belongs in it.
    pub description: &'a str,
    /// The answers coded with it.
    pub answers: BTreeSet<&'a str>,
}

/// Something to mend; themes by position.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fault {
    /// More than [`MOST_THEMES`].
    TooMany {
        /// How many there are.
        themes: usize,
    },
    /// Fewer answers than [`LEAST_ANSWERS`] or one in [`LEAST_SHARE`].
    TooFewAnswers {
        /// The theme.
        theme: usize,
        /// How many answers it has.
        answers: usize,
        /// How many it should have.
        least: usize,
    },
    /// Worded alike: at least [`ALIKE`].
    WordedAlike {
        /// One theme.
        one: usize,
        /// A later one.
        other: usize,
        /// How much alike, to 1.
        alike: f32,
    },
    /// On the same answers: at least [`SAME_ANSWERS`].
    SameAnswers {
        /// One theme.
        one: usize,
        /// A later one.
        other: usize,
        /// Answers with both, of the answers with either.
        share: f64,
    },
}

/// What is wrong with a codeframe on so many coded answers.
#[must_use]
pub fn faults(themes: &[Theme], answers: usize) -> Vec<Fault> {
    let mut faults = Vec::new();
    if themes.len() > MOST_THEMES {
        faults.push(Fault::TooMany { themes: themes.len() });
    }
    let least = answers.div_ceil(LEAST_SHARE).max(LEAST_ANSWERS);
    for (theme, held) in themes.iter().enumerate() {
        if held.answers.len() < least {
            faults.push(Fault::TooFewAnswers { theme, answers: held.answers.len(), least });
        }
    }
    let wordings: Vec<String> = themes.iter().map(|theme| format!("{} {}", theme.title, theme.description)).collect();
    let rows = Weights::even().pieces_matrix(&wordings);
    for (other, theme) in themes.iter().enumerate() {
        for (one, before) in themes[..other].iter().enumerate() {
            let alike = matrix::dot(rows.row(one), rows.row(other));
            if alike >= ALIKE {
                faults.push(Fault::WordedAlike { one, other, alike });
            }
            let share = jaccard(&before.answers, &theme.answers);
            if share >= SAME_ANSWERS {
                faults.push(Fault::SameAnswers { one, other, share });
            }
        }
    }
    faults
}

fn jaccard(one: &BTreeSet<&str>, other: &BTreeSet<&str>) -> f64 {
    let both = one.intersection(other).count();
    both as f64 / (one.len() + other.len() - both).max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDS: [&str; 12] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"];

    fn theme<'a>(title: &'a str, description: &'a str, answers: &[&'a str]) -> Theme<'a> {
        Theme { title, description, answers: answers.iter().copied().collect() }
    }

    #[test]
    fn a_good_codeframe_has_no_fault() {
        let good = [theme("Travel", "Buses, parking, distance", &IDS[..6]), theme("Waiting", "How long people wait", &IDS[4..])];
        assert_eq!(faults(&good, 5000), []);
    }

    #[test]
    fn each_fault_is_named() {
        let bad = [
            theme("Travel costs", "What it costs to get there", &IDS[..10]),
            theme("Travel cost", "What it costs to get there", &IDS[..8]),
            theme("Toilets", "", &IDS[..4]),
        ];
        let found = faults(&bad, 6001);
        assert_eq!(found[0], Fault::TooFewAnswers { theme: 2, answers: 4, least: 7 });
        assert!(matches!(found[1], Fault::WordedAlike { one: 0, other: 1, alike } if alike > 0.9));
        assert_eq!(found[2], Fault::SameAnswers { one: 0, other: 1, share: 0.8 });
        assert_eq!(found.len(), 3);
        let many: Vec<Theme> = (0..71).map(|_| theme("", "", &IDS)).collect();
        assert_eq!(faults(&many, 10)[0], Fault::TooMany { themes: 71 });
    }
}
