//! PDF: the text of its pages, with a bound on what its streams may expand to.

use lopdf::{Document, LoadOptions};

use super::Read;

/// The most bytes one stream may expand to.
const EXPANDED_LIMIT: usize = 40 * 1024 * 1024;

/// The most pages that are read.
const PAGES_LIMIT: usize = 500;

pub(super) fn read(bytes: &[u8]) -> Result<Read, String> {
    let broken = || {
        "It is called .pdf but cannot be opened as a PDF: it is damaged or of another sort. Save it again, or type the text."
            .to_owned()
    };
    // A PDF may have some bytes before its mark.
    if !bytes.iter().take(1024).copied().collect::<Vec<u8>>().windows(5).any(|five| five == b"%PDF-") {
        return Err(broken());
    }
    let options = LoadOptions { max_decompressed_size: Some(EXPANDED_LIMIT), ..LoadOptions::default() };
    let document = Document::load_mem_with_options(bytes, options).map_err(|error| match error {
        lopdf::Error::Decryption(_) | lopdf::Error::InvalidPassword => locked(),
        _ => broken(),
    })?;
    if document.is_encrypted() {
        return Err(locked());
    }
    let pages: Vec<u32> = document.get_pages().into_keys().collect();
    if pages.is_empty() {
        return Err(broken());
    }
    if pages.len() > PAGES_LIMIT {
        return Err(format!("It has {} pages; up to {PAGES_LIMIT} are read. Log it in parts.", pages.len()));
    }
    let (mut text, mut unread) = (String::new(), 0);
    for page in &pages {
        let words = document.extract_text_with_limit(&[*page], EXPANDED_LIMIT).unwrap_or_default();
        unread += usize::from(words.trim().is_empty());
        text.push_str(&words);
        text.push('\n');
        // Pages may share one stream: what all of them say together must be bounded too.
        if text.len() > EXPANDED_LIMIT {
            return Err(super::too_long());
        }
    }
    Ok(Read { media_type: "application/pdf", text, note: note(unread, pages.len()), ..Read::default() })
}

fn locked() -> String {
    "It is locked with a password. Open it, save it without one, and choose that; or type the text.".to_owned()
}

/// A page that gives no text is most likely a scanned sheet.
fn note(unread: usize, pages: usize) -> Option<String> {
    match unread {
        0 => None,
        _ if unread == pages => {
            Some("There is no text in it: it is most likely a scanned sheet. Type it in; the original is kept.".to_owned())
        }
        1 => Some("One page has no text: it is most likely scanned. Type in what it says; the original is kept.".to_owned()),
        _ => Some(format!(
            "{unread} of {pages} pages have no text: they are most likely scanned. Type in what they say; the original is kept."
        )),
    }
}
