//! Word documents (.docx): the text of the paragraphs, taken out of the zip with a bound on what it may expand to.

use std::io::{Cursor, Read as _};

use quick_xml::Reader;
use quick_xml::events::Event;
use zip::ZipArchive;
use zip::result::ZipError;

use super::Read;

/// The part that holds the text.
const DOCUMENT: &str = "word/document.xml";

/// The most bytes that part may expand to: far more than any letter, far less than a bomb.
const EXPANDED_LIMIT: u64 = 40 * 1024 * 1024;

/// The most parts a document may have.
const PARTS_LIMIT: usize = 5_000;

pub(super) fn read(bytes: &[u8]) -> Result<Read, String> {
    if bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        let why = "It is locked with a password, or is an old .doc file. Save it without a password as .docx and choose that.";
        return Err(why.to_owned());
    }
    let xml = document(bytes)?;
    let text = text(&xml).ok_or_else(broken)?;
    let note = text
        .trim()
        .is_empty()
        .then(|| "There is no text in it, perhaps only a picture. Type what it says; the original is kept.".to_owned());
    let media_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    Ok(Read { media_type, text, note, ..Read::default() })
}

fn broken() -> String {
    "It is called .docx but cannot be opened as a Word document: it is damaged or of another sort. Save it again, or type the text."
        .to_owned()
}

/// The part with the text. What the zip says of its sizes is not believed: no more than the bound is ever read.
fn document(bytes: &[u8]) -> Result<String, String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_not_a_zip| broken())?;
    if archive.len() > PARTS_LIMIT {
        return Err(expands());
    }
    let part = archive.by_name(DOCUMENT).map_err(|error| match error {
        ZipError::UnsupportedArchive(_) => "It is locked with a password. Save it without one and choose that.".to_owned(),
        _ => broken(),
    })?;
    let mut xml = Vec::new();
    part.take(EXPANDED_LIMIT + 1).read_to_end(&mut xml).map_err(|_damaged| broken())?;
    if xml.len() as u64 > EXPANDED_LIMIT {
        return Err(expands());
    }
    String::from_utf8(xml).map_err(|_not_utf8| broken())
}

fn expands() -> String {
    "It expands to far more than a document holds, so it was not opened. Save it again from Word, or type the text.".to_owned()
}

/// The text between `w:t` tags; what was deleted or computes a field has other tags. Entities of its own are not expanded.
/// Nothing when it is no whole document: half a letter must not pass for a letter.
fn text(xml: &str) -> Option<String> {
    let mut reader = Reader::from_str(xml);
    let mut text = String::new();
    let (mut in_text, mut depth) = (false, 0_u32);
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) => {
                depth += 1;
                in_text |= tag.name().as_ref() == "w:t";
            }
            Event::End(tag) => {
                depth = depth.checked_sub(1)?;
                match tag.name().as_ref() {
                    "w:t" => in_text = false,
                    "w:p" => text.push('\n'),
                    _ => {}
                }
            }
            Event::Empty(tag) => match tag.name().as_ref() {
                "w:tab" => text.push('\t'),
                "w:br" | "w:cr" | "w:p" => text.push('\n'),
                _ => {}
            },
            Event::Text(words) if in_text => text.push_str(&words.xml10_content()),
            Event::GeneralRef(name) if in_text => text.push_str(&referred(&name)),
            Event::Eof => return (depth == 0).then_some(text),
            _ => {}
        }
    }
}

/// A character by its number or by one of the five names every XML has.
fn referred(name: &str) -> String {
    let number = name.strip_prefix('#').and_then(|number| match number.strip_prefix('x') {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok(),
        None => number.parse().ok(),
    });
    match number.and_then(char::from_u32) {
        Some(character) => character.to_string(),
        None => quick_xml::escape::resolve_predefined_entity(name).unwrap_or_default().to_owned(),
    }
}
