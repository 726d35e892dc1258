//! Parity: how the two editions of one form stand side by side, for a person to read.

use std::fmt;

use super::check::questions;
use super::sayings::{Role, Said, of_form};
use crate::domain::form::Form;
use crate::domain::question::{Choice, Comparability, Kind, offered};
use crate::domain::wording::{Edition, wording_key};

/// How the two editions of a form compare.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parity {
    /// The file.
    pub file: String,
    /// How many questions each edition asks, standard first.
    pub asked: [usize; 2],
    /// Questions and statements that only one edition asks.
    pub one_edition_only: Vec<(String, Edition)>,
    /// Choices that only one edition offers, and what becomes of them.
    pub choices: Vec<OneSided>,
    /// Information that only one edition gives.
    pub information: Vec<(String, Edition)>,
    /// Scales: code, comparability, and how many questions use it.
    pub scales: Vec<(String, Comparability, usize)>,
}

/// A choice that only one edition offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneSided {
    /// The question or scale.
    pub of: String,
    /// Its code.
    pub code: String,
    /// The edition that offers it.
    pub edition: Edition,
    /// The class it falls into when the editions are combined.
    pub collapses_to: Option<String>,
}

/// Put the two editions of a form side by side.
#[must_use]
pub fn parity(file: &str, form: &Form) -> Parity {
    let mut parity = Parity { file: file.to_owned(), ..Parity::default() };
    for (_, _, question) in questions(form) {
        let asked = offered(&question.text);
        for (count, edition) in parity.asked.iter_mut().zip(Edition::ALL) {
            *count += usize::from(asked.contains(&edition));
        }
        parity.one_edition_only.extend(alone(&asked).map(|edition| (question.key.clone(), edition)));
        if asked.len() == Edition::ALL.len() {
            parity.choices.extend(one_sided(&question.key, &question.choices));
            let statements = question.statements.iter().filter_map(|it| Some((&it.code, alone(&offered(&it.text))?)));
            parity.one_edition_only.extend(statements.map(|(code, edition)| (format!("{}_{code}", question.key), edition)));
        }
    }
    for scale in &form.scales {
        let uses = questions(form).filter(|(_, _, q)| q.kind == Kind::Scale && q.scale.as_ref() == Some(&scale.code)).count();
        parity.scales.push((scale.code.clone(), scale.comparability, uses));
        parity.choices.extend(one_sided(&scale.code, &scale.choices));
    }
    parity.information = information(form);
    parity
}

fn alone(editions: &[Edition]) -> Option<Edition> {
    match editions {
        [only] => Some(*only),
        _ => None,
    }
}

fn one_sided(of: &str, choices: &[Choice]) -> Vec<OneSided> {
    let one_sided = |choice: &Choice| {
        let edition = alone(&offered(&choice.text))?;
        let (code, collapses_to) = (choice.code.clone(), choice.collapses_to.clone());
        Some(OneSided { of: of.to_owned(), code, edition, collapses_to })
    };
    choices.iter().filter_map(one_sided).collect()
}

fn information(form: &Form) -> Vec<(String, Edition)> {
    let mut found = Vec::new();
    for saying in of_form(form).iter().filter(|saying| saying.role == Role::Information) {
        let Said::Blocks(blocks) = saying.said else { continue };
        let worded: Vec<Edition> = Edition::ALL
            .into_iter()
            .filter(|edition| blocks.0.keys().any(|key| wording_key(key).is_some_and(|(e, _)| e == *edition)))
            .collect();
        let section = saying.chapter.checked_sub(1).and_then(|index| form.sections.get(index)).map_or("", |s| s.key.as_str());
        let part = saying.path.split_once('.').map_or("", |(_, part)| part);
        found.extend(alone(&worded).map(|edition| (format!("{section} ({part})"), edition)));
    }
    found
}

impl fmt::Display for Parity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [standard, easy] = self.asked;
        writeln!(f, "{}: {standard} questions in standard, {easy} in easy_read", self.file)?;
        for (key, edition) in &self.one_edition_only {
            writeln!(f, "  {key}: asked in {edition} only")?;
        }
        for choice in &self.choices {
            write!(f, "  {}: {} is offered in {} only", choice.of, choice.code, choice.edition)?;
            match &choice.collapses_to {
                Some(class) => writeln!(f, ", and counts as {class} when the editions are combined")?,
                None => writeln!(f, ", and has a row of its own")?,
            }
        }
        for (part, edition) in &self.information {
            writeln!(f, "  {part}: said in {edition} only")?;
        }
        for (code, comparability, uses) in &self.scales {
            let meaning = match comparability {
                Comparability::Same => "the same in both editions; combined as they are",
                Comparability::Collapsible => "combined by collapsing to its classes",
                Comparability::Different => "never combined",
            };
            writeln!(f, "  {code}: {meaning} ({uses} questions)")?;
        }
        Ok(())
    }
}
