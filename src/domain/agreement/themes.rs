//! Agreement about the themes of a question: for each theme, over all of them, and on whole sets, with what to beware of.

use std::collections::{BTreeMap, BTreeSet};

use super::{Interval, Table, alpha, interval, kappa, percent, set_alpha};

/// What each coder put at an answer: their set of themes, or nothing where they did not code it. An empty set is a coding.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DoubleCoded<T> {
    /// A row for each answer, a column for each coder.
    pub answers: Table<BTreeSet<T>>,
}

/// The figures for one theme, or for all together.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// Decisions yes or no that two coders or more took.
    pub decisions: usize,
    /// Of all that was said about them, how many said yes.
    pub applied: usize,
    /// And how many were said.
    pub said: usize,
    /// Percent agreement, as a share.
    pub percent: Option<f64>,
    /// Cohen's kappa; only of two coders.
    pub kappa: Option<f64>,
    /// Krippendorff's alpha, nominal.
    pub alpha: Option<f64>,
    /// The bootstrap interval of alpha.
    pub alpha_interval: Option<Interval>,
    /// Whether fewer than 5 or more than 95 in a hundred said yes: kappa and alpha then swing with single answers and say little
    /// (the kappa paradox of Feinstein and Cicchetti, 1990). Show counts instead.
    pub lopsided: bool,
}

/// Agreement about a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreement<T> {
    /// Answers that two coders or more coded.
    pub answers: usize,
    /// Every theme that anybody used.
    pub themes: BTreeMap<T, Figures>,
    /// All decisions about all themes pooled.
    pub pooled: Figures,
    /// Krippendorff's alpha over whole sets, with the MASI distance.
    pub sets: Option<f64>,
    /// Its bootstrap interval.
    pub sets_interval: Option<Interval>,
}

/// Agreement about a question, with intervals from so many draws (0 for none).
#[must_use]
pub fn of<T: Ord + Clone>(coded: &DoubleCoded<T>, draws: usize, seed: u64) -> Agreement<T> {
    let twice = |row: &&Vec<Option<BTreeSet<T>>>| row.iter().flatten().count() > 1;
    let answers: Table<BTreeSet<T>> = coded.answers.iter().filter(twice).cloned().collect();
    let themes: BTreeSet<T> = answers.iter().flatten().flatten().flatten().cloned().collect();
    let decided = |theme: &T| -> Table<bool> {
        let row = |row: &Vec<Option<BTreeSet<T>>>| row.iter().map(|set| set.as_ref().map(|set| set.contains(theme))).collect();
        answers.iter().map(row).collect()
    };
    let by_theme: Vec<(T, Table<bool>)> = themes.into_iter().map(|theme| (theme.clone(), decided(&theme))).collect();
    // Answers are drawn, and with each all that was decided about it.
    let by_answer: Vec<Table<bool>> =
        (0..answers.len()).map(|answer| by_theme.iter().map(|(_, table)| table[answer].clone()).collect()).collect();
    let pooled = figures(&by_answer, draws, seed);
    let each = by_theme.into_iter().map(|(theme, table)| {
        let rows: Vec<Table<bool>> = table.into_iter().map(|row| vec![row]).collect();
        (theme, figures(&rows, draws, seed))
    });
    Agreement {
        answers: answers.len(),
        themes: each.collect(),
        pooled,
        sets: set_alpha(&answers),
        sets_interval: interval(&answers, draws, seed, |drawn| set_alpha(&drawn.to_vec())),
    }
}

/// The figures over what was decided about each answer.
fn figures(answers: &[Table<bool>], draws: usize, seed: u64) -> Figures {
    let table: Table<bool> = answers.concat();
    let two = table.iter().all(|row| row.len() == 2);
    let said = || table.iter().flatten().flatten();
    let (applied, all) = (said().filter(|yes| **yes).count(), said().count());
    Figures {
        decisions: table.len(),
        applied,
        said: all,
        percent: percent(&table),
        kappa: kappa(&table).filter(|_| two),
        alpha: alpha(&table),
        alpha_interval: interval(answers, draws, seed, |drawn| alpha(&drawn.concat())),
        lopsided: applied * 20 < all || applied * 20 > all * 19,
    }
}
