//! Built-in questions: may we quote you (rule R23), and did someone help (rule R29). No form file holds them.

use minijinja::Error;

use super::form_page::{FormPage, Sources};
use crate::domain::question::{Choice, Kind, Question};
use crate::domain::submission::Help;
use crate::domain::wording::{Edition, Text};

/// The key of "may we quote you".
pub const QUOTE: &str = "quote_consent";
/// The key of "did someone help".
pub const HELP: &str = "help";
/// The address of the one page that holds both, in the standard edition.
pub const BEFORE_SENDING: &str = "before-you-send";

/// The pages, in order: one in the standard edition, one a question in easy read.
pub(super) fn pages(sources: &Sources<'_>) -> Result<Vec<FormPage>, Error> {
    let (quote, help) = (quote(sources), help(sources));
    if sources.tongue.edition == Edition::EasyRead {
        return Ok(vec![sources.built_in("quote-consent", &[quote], None)?, sources.built_in("help", &[help], None)?]);
    }
    let heading = sources.words.say(sources.tongue, "before-sending");
    Ok(vec![sources.built_in(BEFORE_SENDING, &[quote, help], Some(&heading))?])
}

/// The address parts of the pages, in order.
#[must_use]
pub const fn slugs(edition: Edition) -> &'static [&'static str] {
    match edition {
        Edition::Standard => &[BEFORE_SENDING],
        Edition::EasyRead => &["quote-consent", "help"],
    }
}

fn quote(sources: &Sources<'_>) -> Question {
    let choices = vec![choice(sources, "yes", "quote-yes", "thumbs-up"), choice(sources, "no", "quote-no", "thumbs-down")];
    question(sources, QUOTE, "quote", "quote", choices)
}

fn help(sources: &Sources<'_>) -> Question {
    let pictures = ["person", "eye", "pencil", "idea", "lock"];
    let choices = Help::ALL
        .into_iter()
        .zip(pictures)
        .map(|(help, picture)| choice(sources, help.code(), &format!("help-{}", help.code().replace('_', "-")), picture))
        .collect();
    question(sources, HELP, "help", "help", choices)
}

fn question(sources: &Sources<'_>, key: &str, id: &str, picture: &str, choices: Vec<Choice>) -> Question {
    Question {
        key: key.to_owned(),
        kind: Kind::ChooseOne,
        text: text(sources, &format!("{id}-question")),
        hint: text(sources, &format!("{id}-hint")),
        prompts: Vec::new(),
        picture: Some(picture.to_owned()),
        scale: None,
        choices,
        statements: Vec::new(),
        comments: false,
        own_words: None,
        ask_if: None,
        max_length: None,
        least: None,
        most: None,
        substantive: None,
        benchmark: None,
        notes: Vec::new(),
    }
}

fn choice(sources: &Sources<'_>, code: &str, id: &str, picture: &str) -> Choice {
    Choice {
        code: code.to_owned(),
        text: text(sources, id),
        picture: Some(picture.to_owned()),
        collapses_to: None,
        exclusive: false,
    }
}

/// A text that reads the same in every edition and language: it is already in the right one.
fn text(sources: &Sources<'_>, id: &str) -> Text {
    let words = sources.words.say(sources.tongue, id);
    Text(Edition::ALL.into_iter().map(|edition| (edition.code().to_owned(), words.clone())).collect())
}
