//! Submissions to rows: the headings a file may have, and the cells that read back as the same submission.

use serde_json::Value as Raw;

use super::cells::Cell;
use super::mapping::{About, Target};
use super::values::{ILLEGIBLE, SPOILED, guarded};
use crate::domain::form::FormVersion;
use crate::domain::question::{Field, Takes};
use crate::domain::submission::{Help, Submission};

/// What separates several choices in one cell; the heading declares it.
const SEPARATOR: &str = ";";

/// The headings of a file with everything a submission can say, one a field, with what stands beneath each.
#[must_use]
pub fn headings(form: &FormVersion) -> Vec<(String, Target)> {
    let about = About::ALL.into_iter().filter(|about| *about != About::Id);
    let about = about.map(|about| (about.code().to_owned(), Target::About(about)));
    let fields = form.fields().iter().map(|field| {
        let heading = match field.takes {
            Takes::Many(_) => format!("{} [{SEPARATOR}]", field.key),
            _ => field.key.clone(),
        };
        (heading, Target::Field(field.key.clone()))
    });
    about.chain(fields).collect()
}

/// The cells of one submission beneath [`headings`].
#[must_use]
pub fn line(form: &FormVersion, submission: &Submission) -> Vec<Cell> {
    headings(form).iter().map(|(_, target)| cell(form, submission, target)).collect()
}

fn cell(form: &FormVersion, submission: &Submission, target: &Target) -> Cell {
    let text = |text: Option<String>| text.map_or(Cell::Empty, Cell::Text);
    let day = |day: Option<chrono::NaiveDate>| text(day.map(|day| day.to_string()));
    match target {
        Target::About(About::Edition) => Cell::Text(submission.edition.code().to_owned()),
        Target::About(About::FormVersion) => Cell::Number(f64::from(submission.form_version)),
        Target::About(About::Channel) => Cell::Text(submission.channel.code().to_owned()),
        Target::About(About::ReceivedOn) => day(submission.received_on),
        Target::About(About::CompletedOn) => day(submission.completed_on),
        Target::About(About::PostedOn) => day(submission.posted_on),
        Target::About(About::PaperReference) => text(submission.origin.paper_reference.as_deref().map(guarded)),
        Target::About(About::Event) => text(submission.origin.event.as_deref().map(guarded)),
        Target::About(About::Help) => text(submission.help.map(Help::code).map(str::to_owned)),
        Target::About(About::QuoteConsent) => {
            text(submission.quote_consent.map(|consent| if consent { "yes" } else { "no" }.to_owned()))
        }
        Target::Field(key) => form.field(key).map_or(Cell::Empty, |field| answer(field, submission)),
        Target::About(About::Id) | Target::Choice(..) | Target::Ignore => Cell::Empty,
    }
}

fn answer(field: &Field, submission: &Submission) -> Cell {
    if submission.illegible.contains(&field.key) {
        return Cell::Text(ILLEGIBLE.to_owned());
    }
    let given = submission.answers.get(&field.key);
    let words = given.map(|raw| match raw {
        Raw::String(text) => text.clone(),
        Raw::Array(items) => items.iter().filter_map(Raw::as_str).collect::<Vec<_>>().join(SEPARATOR),
        Raw::Null => String::new(),
        other => other.to_string(),
    });
    if submission.spoiled.contains(&field.key) {
        return Cell::Text(format!("{SPOILED} {}", words.unwrap_or_default()));
    }
    match (words, &field.takes) {
        (None, _) => Cell::Empty,
        (Some(words), Takes::Text(_)) => Cell::Text(guarded(&words)),
        (Some(words), _) => Cell::Text(words),
    }
}
