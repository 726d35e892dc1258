//! Labelled answers, read from a folder that is no part of the project, and parted by a seed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde::Deserialize;
use soundings::analysis::suggest::Answer;
use soundings::analysis::suggest::chance::Chance;
use soundings::analysis::suggest::classifier::Coded;
use soundings::analysis::text;

/// One line of a file.
#[derive(Deserialize)]
struct Line {
    id: String,
    text: String,
    labels: Vec<String>,
    #[serde(default)]
    trust: String,
}

/// One answer with the numbers of its codes.
pub struct Labelled {
    pub id: String,
    pub text: String,
    pub codes: Vec<usize>,
    /// Which organisation's it is, where that is known.
    pub from: String,
}

impl Labelled {
    pub fn answer(&self) -> Answer<'_> {
        Answer { id: &self.id, text: &self.text }
    }

    pub fn coded(&self) -> Coded<'_> {
        Coded { answer: self.answer(), codes: &self.codes }
    }
}

/// Answers to measure with.
pub struct Set {
    pub answers: Vec<Labelled>,
    pub codes: usize,
}

/// The answers of a file, each wording once; none when there is no folder or no such file.
pub fn read(folder: Option<&Path>, file: &str) -> Result<Option<Set>> {
    let Some(path) = folder.map(|folder| folder.join(file)).filter(|path| path.exists()) else { return Ok(None) };
    let content = fs::read_to_string(&path).with_context(|| format!("cannot read {file}"))?;
    let lines: Vec<Line> =
        content.lines().map(serde_json::from_str).collect::<Result<_, _>>().with_context(|| file.to_owned())?;
    let names: BTreeSet<&String> = lines.iter().flat_map(|line| &line.labels).collect();
    let number: BTreeMap<&String, usize> = names.iter().enumerate().map(|(number, name)| (*name, number)).collect();
    let mut seen = BTreeSet::new();
    let first = lines.iter().filter(|line| seen.insert(text::fingerprint(&line.text)));
    let answers = first
        .map(|line| Labelled {
            id: line.id.clone(),
            text: line.text.clone(),
            codes: line.labels.iter().map(|label| number[label]).collect(),
            from: line.trust.clone(),
        })
        .collect();
    Ok(Some(Set { answers, codes: names.len() }))
}

impl Set {
    /// Positions of unseen answers (30 %), and of all others in the order in which they are coded.
    pub fn parted(&self, seed: u64) -> (Vec<usize>, Vec<usize>) {
        let mut order: Vec<usize> = (0..self.answers.len()).collect();
        Chance::new(seed).shuffle(&mut order);
        let rest = order.split_off(self.answers.len() * 3 / 10);
        (order, rest)
    }

    pub fn texts(&self) -> Vec<&str> {
        self.answers.iter().map(|answer| answer.text.as_str()).collect()
    }

    /// Answers with exactly one code, of codes with at least ten such answers.
    pub fn single(&self) -> Vec<&Labelled> {
        let mut times = vec![0; self.codes];
        let one = |answer: &&Labelled| answer.codes.len() == 1;
        self.answers.iter().filter(one).for_each(|answer| times[answer.codes[0]] += 1);
        self.answers.iter().filter(one).filter(|answer| times[answer.codes[0]] >= 10).collect()
    }
}
