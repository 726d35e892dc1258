//! Words: the furniture of the pages in every language, from the Fluent files under `wordings/`.

use std::borrow::Cow;
use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, static_loader};

use crate::domain::wording::{DEFAULT_LANGUAGE, Edition};

static_loader! {
    static SHIPPED = {
        locales: "./src/web/wordings",
        fallback_language: "en",
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// The edition and language a page is written in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Tongue {
    /// The edition.
    pub edition: Edition,
    /// The language code.
    pub language: String,
}

impl Tongue {
    /// An edition in a language; English when none is named.
    #[must_use]
    pub fn new(edition: Edition, language: &str) -> Self {
        let language = if language.is_empty() { DEFAULT_LANGUAGE } else { language };
        Self { edition, language: language.to_owned() }
    }
}

/// The words of the furniture. A message whose id ends in `-easy` is what easy read says instead.
pub struct Words {
    loader: Box<dyn Loader + Send + Sync>,
}

impl Words {
    /// The wordings that come with the program.
    #[must_use]
    pub fn shipped() -> Self {
        Self { loader: Box::new(&*SHIPPED) }
    }

    /// Wordings from elsewhere.
    #[must_use]
    pub fn from_loader(loader: Box<dyn Loader + Send + Sync>) -> Self {
        Self { loader }
    }

    /// The message with this id; the id itself when no language has it.
    #[must_use]
    pub fn say(&self, tongue: &Tongue, id: &str) -> String {
        self.say_with(tongue, id, Vec::new())
    }

    /// The message with this id and these values in it.
    #[must_use]
    pub fn say_with(&self, tongue: &Tongue, id: &str, with: Vec<(String, String)>) -> String {
        let language: LanguageIdentifier = tongue.language.parse().unwrap_or_else(|_| LanguageIdentifier::default());
        let values: HashMap<Cow<'static, str>, FluentValue> =
            with.into_iter().map(|(name, value)| (Cow::Owned(name), number_or_text(value))).collect();
        let find = |id: &str| self.loader.try_lookup_complete(&language, id, Some(&values));
        let easy = (tongue.edition == Edition::EasyRead).then(|| find(&format!("{id}-easy"))).flatten();
        easy.or_else(|| find(id)).unwrap_or_else(|| id.to_owned())
    }

    /// A day in words, such as 19 December 2022.
    #[must_use]
    pub fn day(&self, tongue: &Tongue, day: NaiveDate) -> String {
        let month = self.say(tongue, &format!("month-{}", day.month()));
        let with = [("day", day.day().to_string()), ("month", month), ("year", day.year().to_string())];
        self.say_with(tongue, "day", with.map(|(name, value)| (name.to_owned(), value)).to_vec())
    }
}

/// Small whole numbers choose plurals; everything else is text as it stands.
fn number_or_text(value: String) -> FluentValue<'static> {
    match value.parse::<u16>() {
        Ok(number) if value.len() <= 3 => FluentValue::from(number),
        _ => FluentValue::from(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easy_read_has_words_of_its_own_and_falls_back_to_the_plain_ones() {
        let words = Words::shipped();
        let (plain, easy) = (Tongue::new(Edition::Standard, "en"), Tongue::new(Edition::EasyRead, "en"));
        assert_ne!(words.say(&plain, "save-later"), words.say(&easy, "save-later"));
        assert_eq!(words.say(&plain, "continue"), words.say(&easy, "continue"));
    }

    #[test]
    fn days_are_written_in_words_of_the_language() {
        let words = Words::shipped();
        let day: NaiveDate = "2022-12-19".parse().unwrap();
        assert_eq!(words.day(&Tongue::new(Edition::Standard, "en"), day), "19 December 2022");
        assert_eq!(words.day(&Tongue::new(Edition::Standard, "cy"), day), "19 Rhagfyr 2022");
    }

    #[test]
    fn a_language_we_lack_is_spoken_to_in_english() {
        let words = Words::shipped();
        assert_eq!(words.say(&Tongue::new(Edition::Standard, "xx"), "continue"), "Continue");
    }
}
