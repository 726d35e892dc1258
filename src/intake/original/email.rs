//! E-mails as they were sent (RFC 5322): the subject and what was written, without who wrote it.

use chrono::{DateTime, Utc};
use mail_parser::{Message, MessageParser};

use super::{Read, is_another_sort};

pub(super) fn read(bytes: &[u8]) -> Result<Read, String> {
    let message = MessageParser::default().parse(bytes).filter(|message| looks_sent(message) && !is_another_sort(bytes));
    let Some(message) = message else {
        return Err("It is called .eml but is not an e-mail. Save the message again from the mail program.".to_owned());
    };
    let bodies: Vec<_> = (0..message.text_body_count()).filter_map(|at| message.body_text(at)).collect();
    let subject = message.subject().map(|subject| format!("Subject: {subject}\n\n")).unwrap_or_default();
    let attached = message.attachment_count();
    let note = match (bodies.iter().any(|body| !body.trim().is_empty()), attached) {
        (true, 0) => None,
        (true, 1) => Some("One file is attached to it. It stays inside the original; log it too if it says more.".to_owned()),
        (true, many) => {
            Some(format!("{many} files are attached to it. They stay inside the original; log them too if they say more."))
        }
        (false, _) => Some("The e-mail has no words of its own. Type what it says; the original is kept.".to_owned()),
    };
    let sent_at = message.date().and_then(|date| DateTime::<Utc>::from_timestamp(date.to_timestamp(), 0));
    Ok(Read { media_type: "message/rfc822", text: format!("{subject}{}", bodies.join("\n\n")), sent_at, note })
}

/// Nearly any text can be read as a message: one that was sent says when, or from whom to whom.
fn looks_sent(message: &Message<'_>) -> bool {
    message.date().is_some() || (message.from().is_some() && (message.to().is_some() || message.subject().is_some()))
}
