//! What a person can choose from when they mend a mapping: what may stand beneath a heading, and what a word may stand for.

use std::sync::Arc;

use super::headings::label;
use super::mapping::{About, Target};
use crate::domain::form::FormVersion;
use crate::domain::question::{Choice, Field, Part, Takes};
use crate::domain::wording::{DEFAULT_LANGUAGE, Edition};

/// Everything that may stand beneath a heading, newest form version first, with its words: what is about a line as a whole,
/// the questions, and the choices of those that take several.
#[must_use]
pub fn targets<'a>(versions: impl DoubleEndedIterator<Item = &'a Arc<FormVersion>>) -> Vec<(Target, String)> {
    let mut targets: Vec<(Target, String)> =
        About::ALL.into_iter().map(|about| (Target::About(about), about_words(about).to_owned())).collect();
    for form in versions.rev() {
        for field in form.fields() {
            let words = words(form, field);
            let add = |targets: &mut Vec<(Target, String)>, target: Target, words: String| {
                if !targets.iter().any(|(known, _)| *known == target) {
                    targets.push((target, words));
                }
            };
            add(&mut targets, Target::Field(field.key.clone()), words.clone());
            if matches!(field.takes, Takes::Many(_)) {
                for (code, choice) in choices_of(form, field) {
                    add(
                        &mut targets,
                        Target::Choice(field.key.clone(), code),
                        format!("{words}: ticked \u{201c}{choice}\u{201d}"),
                    );
                }
            }
        }
    }
    targets
}

/// The choices of a question in any version, newest first: codes and words.
#[must_use]
pub fn choices<'a>(versions: impl DoubleEndedIterator<Item = &'a Arc<FormVersion>>, key: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for form in versions.rev() {
        let Some(field) = form.field(key) else { continue };
        for (code, words) in choices_of(form, field) {
            if !found.iter().any(|(known, _)| *known == code) {
                found.push((code, words));
            }
        }
    }
    found
}

/// A question's words, as the newest version that asks it has them.
#[must_use]
pub fn question<'a>(mut versions: impl DoubleEndedIterator<Item = &'a Arc<FormVersion>>, key: &str) -> String {
    let found = versions.rfind(|form| form.field(key).is_some());
    found.and_then(|form| Some(words(form, form.field(key)?))).unwrap_or_else(|| key.to_owned())
}

fn choices_of(form: &FormVersion, field: &Field) -> Vec<(String, String)> {
    if matches!(field.part, Part::OwnWords | Part::Comment(_)) {
        return Vec::new();
    }
    let (_, question) = form.place(field);
    let offers = question.offers(&form.form.scales).iter();
    let words = |edition, choice: &Choice| choice.text.exact(edition, DEFAULT_LANGUAGE).map(str::to_owned);
    let said = |choice: &Choice| {
        let easy = || words(Edition::EasyRead, choice).map(|words| format!("{words} (easy read)"));
        words(Edition::Standard, choice).or_else(easy).unwrap_or_else(|| choice.code.clone())
    };
    offers.map(|choice| (choice.code.clone(), said(choice))).collect()
}

fn words(form: &FormVersion, field: &Field) -> String {
    let (_, question) = form.place(field);
    let words = Edition::ALL.map(|edition| label(field, question, edition));
    words.into_iter().find(|words| !words.trim().is_empty()).unwrap_or_else(|| field.key.clone())
}

const fn about_words(about: About) -> &'static str {
    match about {
        About::Id => "The number its source gave the line",
        About::Edition => "The edition that was read",
        About::FormVersion => "The form version",
        About::Channel => "How it came in",
        About::ReceivedOn => "The day it reached us",
        About::CompletedOn => "The day written on it",
        About::PostedOn => "The day of the postmark",
        About::PaperReference => "The number written on the paper",
        About::Event => "The event it was handed in at",
        About::Help => "Whether someone helped",
        About::QuoteConsent => "Whether the words may be quoted",
    }
}
