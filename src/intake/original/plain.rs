//! Plain text: UTF-8, UTF-16 with its mark, or what Windows wrote before.

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::{Read, is_another_sort};

pub(super) fn read(bytes: &[u8]) -> Result<Read, String> {
    let not_text = || "It is called .txt but is not plain text. Give it the ending of what it is, or type the text.".to_owned();
    if is_another_sort(bytes) {
        return Err(not_text());
    }
    let decoded = match bytes {
        [0xFF, 0xFE, ..] => UTF_16LE.decode_with_bom_removal(bytes).0,
        [0xFE, 0xFF, ..] => UTF_16BE.decode_with_bom_removal(bytes).0,
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.trim_start_matches('\u{feff}').into(),
            Err(_not_utf8) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
        },
    };
    if decoded.contains('\0') {
        return Err(not_text());
    }
    Ok(Read { media_type: "text/plain", text: decoded.into_owned(), ..Read::default() })
}
