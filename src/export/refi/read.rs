//! Reading a codebook that another program wrote: strict about what it means, lenient about how it is written.

use quick_xml::Reader;
use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesStart, Event};
use uuid::Uuid;

use super::understand;
use crate::domain::codeframe::Wording;

/// How deep codes may lie within codes.
const DEEPEST: usize = 32;

/// How many codes a book may have.
const MOST: usize = 10_000;

/// A codebook.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Codebook {
    /// The program that wrote it, if it says so.
    pub origin: Option<String>,
    /// Its codes, outermost first.
    pub codes: Vec<Code>,
    /// Its sets.
    pub sets: Vec<Set>,
}

/// A code and those within it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Its id.
    pub id: Uuid,
    /// Its name and what it means.
    pub wording: Wording,
    /// Whether text may be coded to it.
    pub codable: bool,
    /// Its colour, if it has one.
    pub colour: Option<String>,
    /// The codes within.
    pub within: Vec<Code>,
}

/// Codes that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Set {
    /// Its name.
    pub name: String,
    /// Its codes.
    pub members: Vec<Uuid>,
}

/// Why a file is no codebook that can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is not XML.
    #[error("this is not well-formed XML, near byte {0}")]
    Xml(u64),
    /// Its outermost element is another.
    #[error("this is no REFI-QDA codebook: it begins with `{0}`, not with `CodeBook`")]
    Other(String),
    /// It declares a document type, which could make it expand without end.
    #[error("a codebook has no document type declaration; save it again without one")]
    DocumentType,
    /// A code has no id or name, or one that cannot be read.
    #[error("the code `{0}` has no {1} that can be read")]
    Attribute(String, &'static str),
    /// Two codes have one id.
    #[error("two codes have the id {0}")]
    Twice(Uuid),
    /// It is too deep or too large.
    #[error("there are more than {MOST} codes, or they lie more than {DEEPEST} deep")]
    TooLarge,
}

/// Read a codebook.
///
/// # Errors
/// When it is none, or does not say what it must.
pub fn read(bytes: &[u8]) -> Result<Codebook, Unreadable> {
    let text = String::from_utf8_lossy(bytes);
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    reader.config_mut().expand_empty_elements = true;
    let mut building = Building::default();
    loop {
        let event = reader.read_event().map_err(|_malformed| Unreadable::Xml(reader.error_position()))?;
        match event {
            Event::Start(start) => building.start(&start)?,
            Event::End(end) => building.end(local(end.name().as_ref())),
            Event::Text(text) => building.say(&text.xml10_content()),
            Event::CData(text) => building.say(&text.xml10_content()),
            Event::GeneralRef(entity) => {
                let letter = entity.resolve_char_ref().ok().flatten().map(String::from);
                let said = letter.or_else(|| resolve_predefined_entity(&entity).map(str::to_owned));
                building.say(&said.ok_or_else(|| Unreadable::Xml(reader.buffer_position()))?);
            }
            Event::DocType(_) => return Err(Unreadable::DocumentType),
            Event::Eof => break,
            _ => {}
        }
    }
    building.done()
}

/// A name without its prefix.
fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

#[derive(Default)]
struct Building {
    book: Codebook,
    begun: bool,
    /// The codes that are open, outermost first, with what their descriptions say.
    open: Vec<(Code, String)>,
    describing: bool,
    ids: std::collections::BTreeSet<Uuid>,
}

impl Building {
    fn start(&mut self, start: &BytesStart<'_>) -> Result<(), Unreadable> {
        let name = start.name();
        let name = local(name.as_ref());
        if !self.begun {
            self.begun = true;
            self.book.origin = attribute(start, "origin");
            return if name == "CodeBook" { Ok(()) } else { Err(Unreadable::Other(name.to_owned())) };
        }
        match name {
            "Code" => self.code(start)?,
            "Description" => self.describing = !self.open.is_empty(),
            "Set" => {
                let name = attribute(start, "name").unwrap_or_default();
                self.book.sets.push(Set { name, members: Vec::new() });
            }
            "MemberCode" => {
                // The specification says `guid` here and `targetGUID` elsewhere, and programs write both.
                let id = attribute(start, "guid").or_else(|| attribute(start, "targetGUID")).and_then(|id| guid(&id));
                let id = id.ok_or_else(|| Unreadable::Attribute("of a set".to_owned(), "guid"))?;
                self.book.sets.last_mut().into_iter().for_each(|set| set.members.push(id));
            }
            _ => {}
        }
        Ok(())
    }

    fn code(&mut self, start: &BytesStart<'_>) -> Result<(), Unreadable> {
        let name = attribute(start, "name").filter(|name| !name.trim().is_empty());
        let shown = name.clone().unwrap_or_default();
        let id = attribute(start, "guid").and_then(|id| guid(&id));
        let id = id.ok_or_else(|| Unreadable::Attribute(shown.clone(), "guid"))?;
        let name = name.ok_or_else(|| Unreadable::Attribute(id.to_string(), "name"))?;
        if !self.ids.insert(id) {
            return Err(Unreadable::Twice(id));
        }
        if self.open.len() >= DEEPEST || self.ids.len() > MOST {
            return Err(Unreadable::TooLarge);
        }
        let codable = attribute(start, "isCodable").is_none_or(|it| !matches!(it.as_str(), "false" | "0"));
        let wording = Wording { name, ..Wording::default() };
        let code = Code { id, wording, codable, colour: attribute(start, "color"), within: Vec::new() };
        self.open.push((code, String::new()));
        Ok(())
    }

    fn say(&mut self, text: &str) {
        if let Some((_, description)) = self.open.last_mut().filter(|_| self.describing) {
            description.push_str(&text.replace("\r\n", "\n"));
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "Description" => self.describing = false,
            "Code" => {
                let Some((mut code, description)) = self.open.pop() else { return };
                code.wording = understand(&code.wording.name, &description);
                match self.open.last_mut() {
                    Some((outer, _)) => outer.within.push(code),
                    None => self.book.codes.push(code),
                }
            }
            _ => {}
        }
    }

    fn done(self) -> Result<Codebook, Unreadable> {
        if !self.begun {
            return Err(Unreadable::Other(String::new()));
        }
        if self.open.is_empty() { Ok(self.book) } else { Err(Unreadable::Xml(0)) }
    }
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start.try_get_attribute(name).ok()??;
    unescape(&found.value).ok().map(std::borrow::Cow::into_owned)
}

/// An id with or without braces.
fn guid(written: &str) -> Option<Uuid> {
    Uuid::parse_str(written.trim().trim_start_matches('{').trim_end_matches('}')).ok()
}
