//! Form versions: an immutable published questionnaire, with its fields by key.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::question::{Field, Question, Scale};
use super::wording::{Edition, Information, Text, wording_key};

/// A questionnaire as its author wrote it: one TOML file, both editions on the same question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// The code of the consultation it belongs to, in `kebab-case`.
    pub consultation: String,
    /// The code of the form within the consultation.
    pub form: String,
    /// 1, 2, …; a published version never changes.
    pub version: u32,
    /// What it is called.
    pub title: Text,
    /// What changed since the version before, for the people who read the versions side by side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<String>,
    /// Notes for the author: contradictions in the source, decisions taken. Never shown to a resident.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Scales that several questions share.
    #[serde(default, rename = "scale", skip_serializing_if = "Vec::is_empty")]
    pub scales: Vec<Scale>,
    /// Groups of areas for reporting, and for showing a person's own area first. Never stored as an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub areas: Option<Areas>,
    /// The sections, in order.
    #[serde(rename = "section")]
    pub sections: Vec<Section>,
}

/// Groups of areas: a reporting variable made from one question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Areas {
    /// The field whose answer decides the group.
    pub question: String,
    /// What to say where an area's information is shown: that where one lives is not who pays for one's care, say.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub caution: Text,
    /// The groups, in order.
    #[serde(rename = "group")]
    pub groups: Vec<AreaGroup>,
}

/// One group of areas.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AreaGroup {
    /// The stable code.
    pub code: String,
    /// Its name.
    pub text: Text,
    /// The answers that fall into it.
    pub holds: Vec<String>,
}

/// A part of the form about one thing: a service, a priority, about you.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// The stable key; also the address of its first page.
    pub key: String,
    /// Its title.
    pub title: Text,
    /// The picture beside its title in easy read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// What to know before answering.
    #[serde(default, skip_serializing_if = "Information::is_empty")]
    pub information: Information,
    /// What holds now and what would change, by area group.
    #[serde(default, rename = "area", skip_serializing_if = "Vec::is_empty")]
    pub areas: Vec<AreaInformation>,
    /// Asked after the response has been received: the equality questions (rule R39).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub after_sending: bool,
    /// Whether an answer in it alone makes a response worth sending.
    #[serde(default = "yes")]
    pub substantive: bool,
    /// Its questions, in order.
    #[serde(default, rename = "question", skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<Question>,
}

/// What one area group should know about a section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AreaInformation {
    /// The codes of the area groups it holds for.
    pub groups: Vec<String>,
    /// What holds today.
    pub now: Information,
    /// What the proposal would change.
    pub would_change: Information,
}

const fn yes() -> bool {
    true
}

/// A form with its fields looked up: what every floor above works with.
#[derive(Debug, Clone)]
pub struct FormVersion {
    /// The form as written.
    pub form: Form,
    /// SHA-256 of the file, in lower-case hex.
    pub digest: String,
    fields: Vec<Field>,
    by_key: HashMap<String, usize>,
}

impl FormVersion {
    /// A form with its fields looked up. When two fields share a key the first one wins; `forms check` reports it.
    #[must_use]
    pub fn new(form: Form, digest: String) -> Self {
        let fields: Vec<Field> = form
            .sections
            .iter()
            .enumerate()
            .flat_map(|(s, section)| section.questions.iter().enumerate().map(move |(q, question)| (s, q, question)))
            .flat_map(|(s, q, question)| question.fields(s, q, &form.scales))
            .collect();
        let mut by_key = HashMap::with_capacity(fields.len());
        for (index, field) in fields.iter().enumerate() {
            by_key.entry(field.key.clone()).or_insert(index);
        }
        Self { form, digest, fields, by_key }
    }

    /// Every field, in the order of the form.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The field with this key.
    #[must_use]
    pub fn field(&self, key: &str) -> Option<&Field> {
        self.by_key.get(key).map(|index| &self.fields[*index])
    }

    /// The section and question of a field.
    #[must_use]
    pub fn place(&self, field: &Field) -> (&Section, &Question) {
        let section = &self.form.sections[field.section];
        (section, &section.questions[field.question])
    }

    /// The question with this key, with its section.
    #[must_use]
    pub fn question(&self, key: &str) -> Option<(&Section, &Question)> {
        self.form.sections.iter().find_map(|section| section.questions.iter().find(|q| q.key == key).map(|q| (section, q)))
    }

    /// The scale a question uses.
    #[must_use]
    pub fn scale(&self, question: &Question) -> Option<&Scale> {
        question.scale.as_ref().and_then(|code| self.form.scales.iter().find(|scale| scale.code == *code))
    }

    /// The code of the area group that an answer to the area question falls into.
    #[must_use]
    pub fn area_group(&self, area: &str) -> Option<&str> {
        let areas = self.form.areas.as_ref()?;
        areas.groups.iter().find(|group| group.holds.iter().any(|held| held == area)).map(|group| group.code.as_str())
    }

    /// The languages that have at least a title, English first.
    #[must_use]
    pub fn languages(&self) -> Vec<String> {
        let mut languages: Vec<String> =
            self.form.title.0.keys().filter_map(|key| wording_key(key)).map(|(_, l)| l.to_owned()).collect();
        languages.sort_by_key(|language| (language != super::wording::DEFAULT_LANGUAGE, language.clone()));
        languages.dedup();
        languages
    }

    /// Whether this version can be read in this edition.
    #[must_use]
    pub fn has_edition(&self, edition: Edition) -> bool {
        self.form.title.has(edition)
    }
}
