//! Evidence in words: kinds, channels, senders.

use serde_json::{Value as Json, json};

use crate::domain::evidence::{Evidence, Kind, Sender, Timing};
use crate::domain::submission::Channel;

/// A kind in words.
pub fn kind_words(kind: Kind) -> String {
    let (one, _) = kind.unit();
    let mut letters = one.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Who speaks, in words.
pub const fn sender_words(sender: Sender) -> &'static str {
    match sender {
        Sender::Individual => "One person",
        Sender::Organisation => "An organisation",
        Sender::ElectedMember => "A councillor or MP",
        Sender::Group => "Several people together",
    }
}

/// Who speaks in an item: the organisation's name when one does.
pub fn speaker(evidence: &Evidence) -> String {
    if evidence.organisation.is_empty() { sender_words(evidence.sender).to_owned() } else { evidence.organisation.clone() }
}

/// How something came in, in words.
pub const fn channel_words(channel: Channel) -> &'static str {
    match channel {
        Channel::Online => "Online",
        Channel::Paper => "On paper, by hand",
        Channel::FaceToFace => "Face to face",
        Channel::Workshop => "At a workshop or event",
        Channel::Letter => "By post",
        Channel::Email => "By e-mail",
        Channel::Telephone => "By telephone",
        Channel::Petition => "As a petition",
        Channel::Import => "From a partner",
    }
}

/// Whether an item counts, in words.
pub const fn timing_words(timing: Option<Timing>) -> &'static str {
    match timing {
        Some(Timing::InTime) => "In time",
        Some(Timing::Late) => "Late",
        Some(Timing::Unproven) => "Nothing proves that it was in time",
        None => "Withdrawn",
    }
}

/// How many signed, in words; nothing when it is no petition.
pub fn signatures_words(evidence: &Evidence) -> Option<String> {
    let signatures = evidence.signatures.as_ref()?;
    let part = |number: Option<u32>, words: &str| number.map(|number| format!(", {number} {words}")).unwrap_or_default();
    let (verified, local) = (part(signatures.verified, "verified"), part(signatures.local, "from the area"));
    Some(format!("{} signatures claimed{verified}{local}", signatures.claimed))
}

/// Every kind for a select.
pub fn kinds() -> Vec<Json> {
    Kind::ALL.into_iter().map(|kind| json!({ "value": kind.code(), "text": kind_words(kind) })).collect()
}

/// Every sender for radios.
pub fn senders() -> Vec<Json> {
    Sender::ALL.into_iter().map(|sender| json!({ "value": sender.code(), "text": sender_words(sender) })).collect()
}

/// Every channel evidence can come by, for a select; first, the usual one of its kind.
pub fn channels() -> Vec<Json> {
    let usual = json!({ "value": "", "text": "As is usual for what it is" });
    let those = Channel::ALL.into_iter().filter(|channel| *channel != Channel::Online);
    std::iter::once(usual)
        .chain(those.map(|channel| json!({ "value": channel.code(), "text": channel_words(channel) })))
        .collect()
}
