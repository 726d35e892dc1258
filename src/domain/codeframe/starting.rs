//! Starting frames: what coders begin with, from a file beside the forms. Everything in them can be changed.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{CannotChange, Change, Codeframe, Event, Level, STANDING, Scope, Wording};

/// The frames that a consultation begins with: `codeframe.toml` in its directory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Starting {
    /// Where the themes come from.
    pub about: String,
    /// One for each question that does not begin empty, and the one that cuts across.
    #[serde(default, rename = "frame")]
    pub frames: Vec<Frame>,
}

/// One frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frame {
    /// The key of the question; the frame cuts across all of them when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    /// Its nets.
    #[serde(default, rename = "net")]
    pub nets: Vec<Item>,
    /// Its themes.
    #[serde(default, rename = "theme")]
    pub themes: Vec<Item>,
}

/// A net or a theme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// In `snake_case`; with the consultation and the frame it makes the id, so it never changes.
    pub key: String,
    /// The key of the net it is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub net: Option<String>,
    /// A few words.
    pub name: String,
    /// What it means.
    pub definition: String,
    /// What belongs to it.
    #[serde(default)]
    pub include: String,
    /// What does not.
    #[serde(default)]
    pub exclude: String,
    /// Words that somebody could write.
    #[serde(default)]
    pub examples: Vec<String>,
    /// Where the theme was heard, such as the line of a paper.
    #[serde(default)]
    pub source: String,
}

impl Frame {
    /// What it is about.
    #[must_use]
    pub fn scope(&self) -> Scope {
        self.question.clone().map_or(Scope::Crosscutting, Scope::Question)
    }
}

impl Starting {
    /// The frame for a scope; an empty one, with the standing codes alone, where the file has none.
    #[must_use]
    pub fn of(&self, scope: &Scope) -> Frame {
        let empty = |question| Frame { question, nets: Vec::new(), themes: Vec::new() };
        let found = self.frames.iter().find(|frame| frame.scope() == *scope).cloned();
        found.unwrap_or_else(|| match scope {
            Scope::Question(key) => empty(Some(key.clone())),
            Scope::Crosscutting => empty(None),
        })
    }
}

/// The events that begin a codeframe: the nets and themes of its starting frame, then the standing codes. The ids hang on the
/// consultation, the scope and the keys alone.
///
/// # Errors
/// When the frame contradicts itself: a name twice, a net that is not there.
pub fn begin(consultation: &str, frame: &Frame, by: Uuid, at: chrono::DateTime<chrono::Utc>) -> Result<Vec<Event>, CannotChange> {
    let scope = frame.scope();
    let id = |kind: &str, key: &str| {
        let place = match &scope {
            Scope::Question(question) => format!("question/{question}"),
            Scope::Crosscutting => "crosscutting".to_owned(),
        };
        Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("urn:soundings:codeframe:{consultation}/{place}/{kind}/{key}").as_bytes())
    };
    let item = |item: &Item, level: Level| {
        let kind = if level == Level::Net { "net" } else { "theme" };
        let wording = Wording {
            name: item.name.clone(),
            definition: item.definition.clone(),
            include: item.include.clone(),
            exclude: item.exclude.clone(),
            examples: item.examples.clone(),
        };
        let net = item.net.as_ref().map(|key| id("net", key));
        (Change::Create { id: id(kind, &item.key), level, net, wording, standing: None }, item.source.clone())
    };
    let standing = STANDING.iter().map(|(standing, name, definition, include, exclude)| {
        let [name, definition, include, exclude] = [name, definition, include, exclude].map(|words| (*words).to_owned());
        let wording = Wording { name, definition, include, exclude, examples: Vec::new() };
        let id = id("standing", &wording.name);
        (Change::Create { id, level: Level::Theme, net: None, wording, standing: Some(*standing) }, String::new())
    });
    let nets = frame.nets.iter().map(|net| item(net, Level::Net));
    let changes = nets.chain(frame.themes.iter().map(|theme| item(theme, Level::Theme))).chain(standing);
    let events: Vec<Event> = (1..).zip(changes).map(|(version, (change, why))| Event { version, by, at, change, why }).collect();
    Codeframe::of(scope, &events, u32::MAX)?;
    Ok(events)
}
