//! A page posted with a file: its fields, and the file's name and bytes, both bounded.

use std::collections::BTreeMap;

use actix_multipart::{Multipart, MultipartError};
use actix_web::web::BytesMut;
use futures_util::TryStreamExt as _;

use crate::error::{Error, Result};
use crate::intake::original::SIZE_LIMIT;

/// The most bytes kept of a field: more than its text may have, so that what is too long can be told so.
const FIELD_LIMIT: usize = 2_500_000;

/// The most bytes that are read at all.
const WHOLE_LIMIT: usize = 64 * 1024 * 1024;

/// What was posted.
#[derive(Debug, Default)]
pub struct Posted {
    /// The fields by name.
    pub fields: Fields,
    /// The file, when one was chosen. When it is too large, one byte more than the limit.
    pub file: Option<(String, Vec<u8>)>,
}

/// Fields by name, with their ends trimmed.
pub type Fields = BTreeMap<String, String>;

/// Read what was posted. What goes far over a limit is read on and thrown away, so that the browser sees the answer.
///
/// # Errors
/// [`Error::TooLarge`] when there is no end to it, [`Error::Unreadable`] when it is no form.
pub async fn read(mut parts: Multipart) -> Result<Posted> {
    let mut posted = Posted::default();
    let mut total = 0;
    while let Some(mut part) = parts.try_next().await.map_err(unreadable)? {
        let name = part.name().unwrap_or_default().to_owned();
        let file = part.content_disposition().and_then(|disposition| disposition.get_filename().map(str::to_owned));
        let most = if file.is_some() { SIZE_LIMIT + 1 } else { FIELD_LIMIT };
        let mut bytes = BytesMut::new();
        while let Some(chunk) = part.try_next().await.map_err(unreadable)? {
            total += chunk.len();
            if total > WHOLE_LIMIT {
                return Err(Error::TooLarge(WHOLE_LIMIT));
            }
            let room = most.saturating_sub(bytes.len()).min(chunk.len());
            bytes.extend_from_slice(&chunk[..room]);
        }
        match file {
            // A browser sends an unchosen file as one without a name.
            Some(file) if file.is_empty() && bytes.is_empty() => {}
            Some(file) => posted.file = Some((file, bytes.to_vec())),
            None => {
                posted.fields.insert(name, clean(&String::from_utf8_lossy(&bytes)));
            }
        }
    }
    Ok(posted)
}

#[expect(clippy::needless_pass_by_value, reason = "the reader hands its errors over by value")]
fn unreadable(error: MultipartError) -> Error {
    Error::unreadable("not_a_form", format!("The page was not sent as this form sends it ({error}). Go back and send it again."))
}

/// Text as it is kept: one sort of line end, nothing a database cannot hold, no blank ends.
pub fn clean(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .filter(|c| *c == '\n' || *c == '\t' || !c.is_control())
        .collect::<String>()
        .trim()
        .to_owned()
}
