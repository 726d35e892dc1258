//! Files that hold evidence: what sort each is, told by its bytes as well as its name, and the text that is in it.

mod email;
mod pdf;
mod plain;
#[cfg(test)]
mod tests;
mod word;

use chrono::{DateTime, Utc};

use crate::domain::evidence::TEXT_LIMIT;

/// The most bytes a file may have.
pub const SIZE_LIMIT: usize = 10 * 1024 * 1024;

/// What was read of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Read {
    /// What sort of file it is.
    pub media_type: &'static str,
    /// What it says, one paragraph a line or with empty lines between.
    pub text: String,
    /// When it says it was sent, of an e-mail.
    pub sent_at: Option<DateTime<Utc>>,
    /// What the person who logs it should know.
    pub note: Option<String>,
}

/// Read a file by the ending of its name, and check that it is what it says it is.
///
/// # Errors
/// What is wrong with it and what to do, in words.
pub fn read(name: &str, bytes: &[u8]) -> Result<Read, String> {
    if bytes.is_empty() {
        return Err("The file is empty. Choose another, or type the text.".to_owned());
    }
    if bytes.len() > SIZE_LIMIT {
        return Err("The file is larger than 10 MB. Save it without its pictures, or type the text.".to_owned());
    }
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
    let read = match ending.as_str() {
        "eml" => email::read(bytes),
        "txt" => plain::read(bytes),
        "docx" => word::read(bytes),
        "pdf" => pdf::read(bytes),
        "msg" => Err("Outlook's own .msg files cannot be read. In Outlook, save the message as .eml or as text.".to_owned()),
        "doc" | "rtf" | "odt" | "pages" => {
            Err(format!("A .{ending} file cannot be read. Save it as .docx, .pdf or .txt and choose that."))
        }
        _ => Err("Choose an .eml, .txt, .docx or .pdf file, or type the text.".to_owned()),
    }?;
    let text = tidy(&read.text);
    if text.chars().count() > TEXT_LIMIT { Err(too_long()) } else { Ok(Read { text, ..read }) }
}

fn too_long() -> String {
    "It says more than 500,000 characters. Log it in parts.".to_owned()
}

/// The same text without what no page can show, with no more than one empty line together.
fn tidy(text: &str) -> String {
    let shown = |c: char| c == '\n' || c == '\t' || !c.is_control();
    let text: String = text.replace("\r\n", "\n").replace(['\r', '\u{c}'], "\n").chars().filter(|c| shown(*c)).collect();
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim_end) {
        if !(line.is_empty() && lines.last().is_none_or(|last| last.is_empty())) {
            lines.push(line);
        }
    }
    lines.join("\n").trim_end().to_owned()
}

/// Whether these are the bytes of a sort of file that is no text, by how it begins.
fn is_another_sort(bytes: &[u8]) -> bool {
    [&b"%PDF-"[..], b"PK\x03\x04", b"\xD0\xCF\x11\xE0", b"\x89PNG", b"\xFF\xD8\xFF", b"{\\rtf", b"GIF8"]
        .iter()
        .any(|magic| bytes.starts_with(magic))
}
