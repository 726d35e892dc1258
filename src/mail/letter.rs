//! A letter: one rendered message to one recipient, as it waits in the queue, and as it is handed to a mail server.

use chrono::{DateTime, Utc};
use lettre::Message;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::recipient::Recipient;

/// One rendered message to one recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Who it is for.
    pub to: Recipient,
    /// The subject line.
    pub subject: String,
    /// The message as plain text.
    pub text: String,
    /// The same as a whole HTML page.
    pub html: String,
}

impl Letter {
    /// As a mail server takes it. The id and the date are the job's, so that a letter that is sent twice after a crash
    /// is recognised as one by whoever receives it. Nothing when an address in it cannot be read.
    #[must_use]
    pub fn message(&self, from: &Mailbox, job_id: Uuid, made_at: DateTime<Utc>) -> Option<Message> {
        let built = Message::builder()
            .from(from.clone())
            .to(self.to.mailbox()?)
            .subject(one_line(&self.subject, 150))
            .date(made_at.into())
            .message_id(Some(format!("<{job_id}@{}>", from.email.domain())))
            // So that nobody's "out of office" answers it (RFC 3834).
            .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()))
            .multipart(MultiPart::alternative_plain_html(self.text.clone(), self.html.clone()));
        built.ok()
    }
}

/// Text without anything that could begin a new line, and no longer than so many characters.
#[must_use]
pub fn one_line(text: &str, most: usize) -> String {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let spaced: String = text.chars().map(|c| if breaks(c) { ' ' } else { c }).collect();
    let line = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= most {
        return line;
    }
    line.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}
