//! What is asked: questions, their kinds, choices and scales, and the flat fields that answers are kept under.

use serde::{Deserialize, Serialize};

use super::routing::Condition;
use super::wording::{Edition, Text};

/// The code of the choice that declines to answer. It is a state of its own and never a blank.
pub const PREFER_NOT: &str = "prefer_not";

/// The most characters a free-text answer may have unless the question says otherwise, counted in UTF-16 units.
pub const TEXT_LIMIT: usize = 4000;

/// The most characters of a person's own words beside a choice.
pub const OWN_WORDS_LIMIT: usize = 300;

/// One question in both editions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The stable key, the same in every version for ever.
    pub key: String,
    /// What kind of answer it takes.
    pub kind: Kind,
    /// The question itself. An edition without a wording does not ask it.
    pub text: Text,
    /// One short sentence of help.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub hint: Text,
    /// Prompts that help a person think of what to write, one a line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prompts: Vec<Text>,
    /// The picture beside the question in easy read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// The code of the [`Scale`] whose choices it uses; only for `kind = "scale"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<String>,
    /// The choices of `choose_one`, `choose_many` and `statements`.
    #[serde(default, rename = "choice", skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    /// The statements of `kind = "statements"`.
    #[serde(default, rename = "statement", skip_serializing_if = "Vec::is_empty")]
    pub statements: Vec<Statement>,
    /// Whether each statement may carry a comment in the person's own words.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub comments: bool,
    /// Room for own words beside the choices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_words: Option<OwnWords>,
    /// When it is asked; always, when there is no condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ask_if: Option<Condition>,
    /// The longest text it takes, in UTF-16 units, as a browser counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_length: Option<usize>,
    /// The least number it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<i64>,
    /// The greatest number it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<i64>,
    /// Whether an answer to it alone makes a response worth sending; defaults to its section's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub substantive: Option<bool>,
    /// A figure to hold the results against, by choice code, in per cent (a national benchmark, say).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub benchmark: Option<Benchmark>,
    /// Notes for the author; never shown to a resident.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// What kind of answer a question takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// One of the choices.
    ChooseOne,
    /// Any number of the choices.
    ChooseMany,
    /// One point of a scale.
    Scale,
    /// The person's own words.
    FreeText,
    /// A whole number.
    Number,
    /// A day.
    Date,
    /// A list of statements, each answered with one of the same choices.
    Statements,
}

impl Kind {
    /// The code used in form files and messages.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ChooseOne => "choose_one",
            Self::ChooseMany => "choose_many",
            Self::Scale => "scale",
            Self::FreeText => "free_text",
            Self::Number => "number",
            Self::Date => "date",
            Self::Statements => "statements",
        }
    }
}

/// One thing a person can choose. An edition without a wording does not offer it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// The stable code.
    pub code: String,
    /// Its label.
    pub text: Text,
    /// The picture beside it in easy read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// On a `collapsible` scale, the class it falls into when editions are combined (5 points to 3; rule R31).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collapses_to: Option<String>,
    /// Contradicts every other choice of a `choose_many` (the exclusive "none of these").
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exclusive: bool,
}

/// One line of a list of statements. Its field key is the question's key, `_`, and this code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// The stable code.
    pub code: String,
    /// The statement. An edition without a wording does not ask it.
    pub text: Text,
    /// The picture beside it in easy read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// When it is asked; always, when there is no condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ask_if: Option<Condition>,
}

/// Room for own words beside the choices. Its field key is the question's key and `_other`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnWords {
    /// The choices they belong to; with any choice, when empty.
    #[serde(default)]
    pub with: Vec<String>,
    /// Their label.
    pub text: Text,
}

/// A list of points shared by several questions, with what may be compared between the editions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    /// The stable code.
    pub code: String,
    /// Whether standard and easy-read answers may be combined (rule R30).
    pub comparability: Comparability,
    /// The points, in order; each edition offers those it has a wording for.
    #[serde(rename = "choice")]
    pub choices: Vec<Choice>,
    /// The classes of the combined table, in order; only for `collapsible`.
    #[serde(default, rename = "class", skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<Class>,
}

/// One class of a combined table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Class {
    /// The stable code.
    pub code: String,
    /// Its label.
    pub text: Text,
}

/// Whether the answers of the two editions to one question may be put into one table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparability {
    /// The same options in both.
    Same,
    /// Both fall into the same classes; combine downwards only.
    Collapsible,
    /// Never combined.
    Different,
}

/// A published figure to compare with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Benchmark {
    /// Where the figures come from.
    pub source: String,
    /// Per cent by choice code, written as text so that no rounding is added.
    pub per_cent: std::collections::BTreeMap<String, String>,
}

/// One answer's place: a flat key, and what may stand there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The key in submissions, stored answers and exports.
    pub key: String,
    /// Index of the section in the form.
    pub section: usize,
    /// Index of the question in the section.
    pub question: usize,
    /// Which part of the question it is.
    pub part: Part,
    /// What may stand there.
    pub takes: Takes,
    /// The editions that ask it.
    pub editions: Vec<Edition>,
}

/// Which part of a question a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// The answer itself.
    Answer,
    /// The own words beside the choices.
    OwnWords,
    /// The answer to the statement with this index.
    Statement(usize),
    /// The comment on the statement with this index.
    Comment(usize),
}

/// What may stand in a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Takes {
    /// One code of these, each with the editions that offer it.
    One(Vec<(String, Vec<Edition>)>),
    /// Any of these codes; `true` marks an exclusive one.
    Many(Vec<(String, Vec<Edition>, bool)>),
    /// Text of at most this many UTF-16 units.
    Text(usize),
    /// A whole number within these bounds.
    Number(Option<i64>, Option<i64>),
    /// A day.
    Date,
}

impl Question {
    /// The fields its answers are kept under, in order.
    #[must_use]
    pub fn fields(&self, section: usize, question: usize, scales: &[Scale]) -> Vec<Field> {
        let field = |key: String, part: Part, takes: Takes, editions: Vec<Edition>| Field {
            key,
            section,
            question,
            part,
            takes,
            editions,
        };
        let editions = offered(&self.text);
        let mut fields = Vec::new();
        match self.kind {
            Kind::Statements => {
                for (index, statement) in self.statements.iter().enumerate() {
                    let key = format!("{}_{}", self.key, statement.code);
                    let editions: Vec<_> = offered(&statement.text).into_iter().filter(|e| editions.contains(e)).collect();
                    if self.comments {
                        let limit = self.max_length.unwrap_or(OWN_WORDS_LIMIT);
                        let comment = field(format!("{key}_comment"), Part::Comment(index), Takes::Text(limit), editions.clone());
                        fields.push(field(key, Part::Statement(index), Takes::One(codes(&self.choices)), editions));
                        fields.push(comment);
                    } else {
                        fields.push(field(key, Part::Statement(index), Takes::One(codes(&self.choices)), editions));
                    }
                }
            }
            _ => fields.push(field(self.key.clone(), Part::Answer, self.takes(scales), editions.clone())),
        }
        if self.own_words.is_some() {
            fields.push(field(
                format!("{}_other", self.key),
                Part::OwnWords,
                Takes::Text(self.max_length.unwrap_or(OWN_WORDS_LIMIT)),
                editions,
            ));
        }
        fields
    }

    /// The choices it offers, its own or those of its scale.
    #[must_use]
    pub fn offers<'a>(&'a self, scales: &'a [Scale]) -> &'a [Choice] {
        match &self.scale {
            Some(code) => scales.iter().find(|scale| scale.code == *code).map_or(&[], |scale| scale.choices.as_slice()),
            None => &self.choices,
        }
    }

    fn takes(&self, scales: &[Scale]) -> Takes {
        match self.kind {
            Kind::ChooseOne | Kind::Scale | Kind::Statements => Takes::One(codes(self.offers(scales))),
            Kind::ChooseMany => {
                Takes::Many(self.choices.iter().map(|c| (c.code.clone(), offered(&c.text), c.exclusive)).collect())
            }
            Kind::FreeText => Takes::Text(self.max_length.unwrap_or(TEXT_LIMIT)),
            Kind::Number => Takes::Number(self.least, self.most),
            Kind::Date => Takes::Date,
        }
    }
}

fn codes(choices: &[Choice]) -> Vec<(String, Vec<Edition>)> {
    choices.iter().map(|choice| (choice.code.clone(), offered(&choice.text))).collect()
}

/// The editions that have a wording for this.
#[must_use]
pub fn offered(text: &Text) -> Vec<Edition> {
    Edition::ALL.into_iter().filter(|edition| text.has(*edition)).collect()
}
