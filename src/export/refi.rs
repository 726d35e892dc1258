//! REFI-QDA codebooks (`.qdc`, version 1.5): codeframes for other programs that code, and back.
//!
//! Nets and themes are codes, a net with its themes inside and not codable itself; each codeframe is a set. What ended is left out:
//! its codings count for another theme, or stay in the tables. Ids are the codeframe's own, so that codings come back to them.

mod read;

use std::collections::BTreeMap;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesStart, BytesText, Event};
use uuid::Uuid;

use crate::domain::codeframe::{Codeframe, Entry, Wording};

pub use read::{Code, Codebook, Set, Unreadable, read};

/// The namespace of a codebook.
pub const NAMESPACE: &str = "urn:QDA-XML:codebook:1.0";

/// Colours that can be told apart by most people, one after another (after Okabe and Ito).
const COLOURS: [&str; 7] = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442"];

/// Write codeframes, each with the name of its set. The same codeframes give the same bytes.
///
/// # Errors
/// Never in memory; the writer's own error is passed on.
pub fn write(frames: &[(&str, &Codeframe)]) -> std::io::Result<Vec<u8>> {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    let book = BytesStart::new("CodeBook").with_attributes([("xmlns", NAMESPACE), ("origin", "Soundings")]);
    xml.write_event(Event::Start(book.borrow()))?;
    xml.write_event(Event::Start(BytesStart::new("Codes")))?;
    let mut number = 0;
    for (_, frame) in frames {
        for net in frame.nets() {
            let themes: Vec<&Entry> = frame.themes().filter(|theme| theme.net == Some(net.id)).collect();
            code(&mut xml, net, false, COLOURS[number % COLOURS.len()], &themes)?;
            number += 1;
        }
        for theme in frame.themes().filter(|theme| theme.net.is_none()) {
            code(&mut xml, theme, true, COLOURS[number % COLOURS.len()], &[])?;
            number += 1;
        }
    }
    xml.write_event(Event::End(BytesStart::new("Codes").to_end()))?;
    // Some programs will not open a codebook without this element, even an empty one.
    xml.write_event(Event::Start(BytesStart::new("Sets")))?;
    for (name, frame) in frames {
        set(&mut xml, name, frame)?;
    }
    xml.write_event(Event::End(BytesStart::new("Sets").to_end()))?;
    xml.write_event(Event::End(book.to_end()))?;
    let mut bytes = xml.into_inner();
    bytes.push(b'\n');
    Ok(bytes)
}

fn code(xml: &mut Writer<Vec<u8>>, entry: &Entry, codable: bool, colour: &str, within: &[&Entry]) -> std::io::Result<()> {
    let guid = guid(entry.id);
    let attributes = [
        ("guid", guid.as_str()),
        ("name", entry.wording.name.as_str()),
        ("isCodable", if codable { "true" } else { "false" }),
        ("color", colour),
    ];
    let start = BytesStart::new("Code").with_attributes(attributes);
    xml.write_event(Event::Start(start.borrow()))?;
    let description = describe(&entry.wording);
    if !description.is_empty() {
        let element = BytesStart::new("Description");
        xml.write_event(Event::Start(element.borrow()))?;
        xml.write_event(Event::Text(BytesText::new(&description)))?;
        xml.write_event(Event::End(element.to_end()))?;
    }
    for theme in within {
        code(xml, theme, true, colour, &[])?;
    }
    xml.write_event(Event::End(start.to_end()))
}

fn set(xml: &mut Writer<Vec<u8>>, name: &str, frame: &Codeframe) -> std::io::Result<()> {
    let id = guid(Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("{NAMESPACE}/{name}").as_bytes()));
    let start = BytesStart::new("Set").with_attributes([("guid", id.as_str()), ("name", name)]);
    xml.write_event(Event::Start(start.borrow()))?;
    for entry in frame.nets().chain(frame.themes()) {
        let id = guid(entry.id);
        xml.write_event(Event::Empty(BytesStart::new("MemberCode").with_attributes([("guid", id.as_str())])))?;
    }
    xml.write_event(Event::End(start.to_end()))
}

fn guid(id: Uuid) -> String {
    id.hyphenated().to_string().to_uppercase()
}

const INCLUDE: &str = "Include: ";
const EXCLUDE: &str = "Exclude: ";
const EXAMPLE: &str = "Example: ";

/// The meaning of a theme as paragraphs of one text, since a codebook has one place for it.
fn describe(wording: &Wording) -> String {
    let marked = |mark: &str, text: &str| if text.is_empty() { None } else { Some(format!("{mark}{text}")) };
    let definition = marked("", &wording.definition);
    let limits = [marked(INCLUDE, &wording.include), marked(EXCLUDE, &wording.exclude)];
    let examples = wording.examples.iter().map(|example| marked(EXAMPLE, example));
    [definition].into_iter().chain(limits).chain(examples).flatten().collect::<Vec<_>>().join("\n\n")
}

/// The paragraphs taken apart again; whatever has no mark is the definition.
fn understand(name: &str, description: &str) -> Wording {
    let mut wording = Wording { name: name.to_owned(), ..Wording::default() };
    let mut plain: Vec<&str> = Vec::new();
    for paragraph in description.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()) {
        if let Some(text) = paragraph.strip_prefix(INCLUDE) {
            text.clone_into(&mut wording.include);
        } else if let Some(text) = paragraph.strip_prefix(EXCLUDE) {
            text.clone_into(&mut wording.exclude);
        } else if let Some(text) = paragraph.strip_prefix(EXAMPLE) {
            wording.examples.push(text.to_owned());
        } else {
            plain.push(paragraph);
        }
    }
    wording.definition = plain.join("\n\n");
    wording
}

/// The codes of a book by id, with the code each lies in.
#[must_use]
pub fn by_id(book: &Codebook) -> BTreeMap<Uuid, (&Code, Option<Uuid>)> {
    fn put<'a>(codes: &'a [Code], within: Option<Uuid>, all: &mut BTreeMap<Uuid, (&'a Code, Option<Uuid>)>) {
        for code in codes {
            all.insert(code.id, (code, within));
            put(&code.within, Some(code.id), all);
        }
    }
    let mut all = BTreeMap::new();
    put(&book.codes, None, &mut all);
    all
}

#[cfg(test)]
mod tests;
