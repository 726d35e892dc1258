//! Wordings: the same thing said for each edition and language. Which edition a person reads never changes what is asked.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Two wordings of the same questions of the same form version. Not a channel: an easy-read booklet can arrive on paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Edition {
    /// The full wording.
    Standard,
    /// Short sentences with pictures, for people who find long text hard.
    EasyRead,
}

impl Edition {
    /// Every edition, in the order reports show them.
    pub const ALL: [Self; 2] = [Self::Standard, Self::EasyRead];

    /// The code used in JSON, TOML, tables and exports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::EasyRead => "easy_read",
        }
    }

    /// The code used in addresses.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::EasyRead => "easy-read",
        }
    }

    /// The edition with this code, if there is one.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|edition| edition.code() == code)
    }

    /// The edition with this address part, if there is one.
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|edition| edition.slug() == slug)
    }
}

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The language in which a form is written when a wording names none.
pub const DEFAULT_LANGUAGE: &str = "en";

/// One thing in all its wordings. Keys are `standard` and `easy_read` for English, and the edition followed by a
/// language code for any other language: `standard_cy`, `easy_read_cy`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(pub BTreeMap<String, String>);

impl Text {
    /// The wording exactly for this edition and language, without falling back.
    #[must_use]
    pub fn exact(&self, edition: Edition, language: &str) -> Option<&str> {
        wording(&self.0, edition, language).map(String::as_str)
    }

    /// The wording to show: the edition in the language, else the edition in English, else the standard edition in the
    /// language, else standard English, else nothing.
    #[must_use]
    pub fn show(&self, edition: Edition, language: &str) -> &str {
        self.exact(edition, language)
            .or_else(|| self.exact(edition, DEFAULT_LANGUAGE))
            .or_else(|| self.exact(Edition::Standard, language))
            .or_else(|| self.exact(Edition::Standard, DEFAULT_LANGUAGE))
            .unwrap_or_default()
    }

    /// Whether this edition has a wording in any language.
    #[must_use]
    pub fn has(&self, edition: Edition) -> bool {
        self.0.keys().any(|key| wording_key(key).is_some_and(|(e, _)| e == edition))
    }

    /// Whether no wording was given at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A text with one standard English wording.
    #[must_use]
    pub fn standard(words: &str) -> Self {
        Self(BTreeMap::from([(Edition::Standard.code().to_owned(), words.to_owned())]))
    }
}

/// Blocks of information in all their wordings; the keys are those of [`Text`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Information(pub BTreeMap<String, Vec<Block>>);

impl Information {
    /// The blocks to show, falling back as [`Text::show`] does.
    #[must_use]
    pub fn show(&self, edition: Edition, language: &str) -> &[Block] {
        wording(&self.0, edition, language)
            .or_else(|| wording(&self.0, edition, DEFAULT_LANGUAGE))
            .or_else(|| wording(&self.0, Edition::Standard, language))
            .or_else(|| wording(&self.0, Edition::Standard, DEFAULT_LANGUAGE))
            .map_or(&[], Vec::as_slice)
    }

    /// Whether no block was given at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// One piece of information: a paragraph, optionally with a heading above, a list beneath and a picture beside it.
/// `**bold**` marks a hard word and `[words](address)` a link; nothing else is markup.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// A heading over the block.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heading: Option<String>,
    /// The words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// A bulleted list under the words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub list: Vec<String>,
    /// The name of a picture in `forms/pictures/pictures.toml`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
}

fn wording<'a, T>(wordings: &'a BTreeMap<String, T>, edition: Edition, language: &str) -> Option<&'a T> {
    if language == DEFAULT_LANGUAGE {
        wordings.get(edition.code())
    } else {
        wordings.get(&format!("{}_{language}", edition.code()))
    }
}

/// The edition and language a wording key stands for, or `None` when it is no wording key.
#[must_use]
pub fn wording_key(key: &str) -> Option<(Edition, &str)> {
    Edition::ALL.into_iter().find_map(|edition| match key.strip_prefix(edition.code())? {
        "" => Some((edition, DEFAULT_LANGUAGE)),
        rest => rest.strip_prefix('_').filter(|language| is_language(language)).map(|language| (edition, language)),
    })
}

fn is_language(code: &str) -> bool {
    (2..=3).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_easy_read_wording_falls_back_to_the_standard_one() {
        let text = Text::standard("Your views");
        assert_eq!(text.show(Edition::EasyRead, "cy"), "Your views");
        assert!(!text.has(Edition::EasyRead));
    }

    #[test]
    fn wording_keys_name_an_edition_and_a_language() {
        assert_eq!(wording_key("standard"), Some((Edition::Standard, "en")));
        assert_eq!(wording_key("easy_read_cy"), Some((Edition::EasyRead, "cy")));
        assert_eq!(wording_key("easyread"), None);
        assert_eq!(wording_key("standard_Welsh"), None);
    }
}
