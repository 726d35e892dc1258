//! Personal details in free text: spans proposed by rules, each with its reason, for a person to decide before a quote is released.
//!
//! Numbers are told by their shape and, where they have one, their check digit (`numbers`); addresses by house number and street
//! (`addresses`); names by what stands around them and by lists of first names, English words and places (`names`), in two
//! tiers. Places in the text are counted in Unicode code points from 0, the end not included. Nothing is changed here: [`redacted`]
//! writes out what a person decided.

mod addresses;
mod context;
mod lists;
mod names;
mod numbers;
mod words;

/// What kind of detail a span is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Somebody's name.
    Name,
    /// An NHS number.
    NhsNumber,
    /// A National Insurance number.
    NationalInsurance,
    /// A full postcode.
    Postcode,
    /// A telephone number of a person; not a freephone or other business number.
    Phone,
    /// An e-mail address.
    Email,
    /// A date of birth.
    DateOfBirth,
    /// A house and street.
    Address,
    /// The number of a payment card.
    Card,
}

impl Kind {
    /// The word that stands in the place of what was taken out, as in `[redacted: name]`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::NhsNumber => "NHS number",
            Self::NationalInsurance => "National Insurance number",
            Self::Postcode => "postcode",
            Self::Phone => "phone number",
            Self::Email => "e-mail address",
            Self::DateOfBirth => "date of birth",
            Self::Address => "address",
            Self::Card => "card number",
        }
    }
}

/// How sure the rules are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tier {
    /// Almost always right.
    Likely,
    /// Worth a look.
    Possible,
}

/// A part of a text that may have to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Where it begins, in code points from 0.
    pub start: usize,
    /// Where it ends, in code points, itself not included.
    pub end: usize,
    /// What it is.
    pub kind: Kind,
    /// How sure the rules are.
    pub tier: Tier,
    /// Why, for the person who decides.
    pub reason: &'static str,
}

/// A span in bytes, as the rules find it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Found {
    start: usize,
    end: usize,
    kind: Kind,
    tier: Tier,
    reason: &'static str,
}

/// Every span that the rules propose, in the order of the text and none over another.
#[must_use]
pub fn propose(text: &str) -> Vec<Span> {
    let mut found = numbers::find(text);
    found.extend(addresses::find(text));
    // An address may take in its postcode; what a number is, is surer than a name.
    found.sort_by_key(|it| (it.start, std::cmp::Reverse(it.end)));
    let mut kept: Vec<Found> = Vec::new();
    let mut keep = |it: Found| {
        if kept.iter().all(|other| it.end <= other.start || other.end <= it.start) {
            kept.push(it);
        }
    };
    found.into_iter().for_each(&mut keep);
    names::find(text).into_iter().for_each(&mut keep);
    kept.sort_by_key(|it| it.start);
    in_code_points(text, &kept)
}

fn in_code_points(text: &str, found: &[Found]) -> Vec<Span> {
    let (mut bytes, mut points) = (0, 0);
    let mut point_of = |byte: usize| {
        points += text[bytes..byte].chars().count();
        bytes = byte;
        points
    };
    let span = |it: &Found| {
        let start = point_of(it.start);
        Span { start, end: point_of(it.end), kind: it.kind, tier: it.tier, reason: it.reason }
    };
    found.iter().map(span).collect()
}

/// The text with each of these parts replaced by what it was, as in `[redacted: name]` (rule R51). Parts are given as start and
/// end in code points with their word; what lies outside the text or over an earlier part is left out.
#[must_use]
pub fn redacted(text: &str, parts: &[(usize, usize, &str)]) -> String {
    let mut parts = parts.to_vec();
    parts.sort_unstable();
    let (mut shown, mut at, points) = (String::with_capacity(text.len()), 0, text.chars().count());
    let slice = |start: usize, end: usize| text.chars().skip(start).take(end - start);
    for (start, end, word) in parts {
        if start >= at && start < end && end <= points {
            shown.extend(slice(at, start));
            shown.push_str("[redacted: ");
            shown.push_str(word);
            shown.push(']');
            at = end;
        }
    }
    shown.extend(slice(at, points));
    shown
}

#[cfg(test)]
mod tests;
