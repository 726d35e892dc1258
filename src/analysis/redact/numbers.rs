//! What is told by its shape: NHS and National Insurance numbers, postcodes, telephones, e-mail addresses, dates of birth, cards.
//!
//! NHS number: ten digits, the last by modulus 11 with weights 10 to 2 (NHS Data Dictionary). National Insurance number: two
//! letters of those issued, six digits, A to D (HMRC manual NIM39110). Postcode: the shapes and areas of Royal Mail. Card: the
//! Luhn check (ISO/IEC 7812-1). Telephone: Ofcom's numbering plan; 03, 08, 09 and three-digit numbers belong to nobody.

use std::sync::LazyLock;

use regex::Regex;

use super::{Found, Kind, Tier};

macro_rules! pattern {
    ($name:ident, $pattern:expr) => {
        static $name: LazyLock<Regex> = LazyLock::new(|| Regex::new($pattern).expect("a pattern that compiles"));
    };
}
pub(super) use pattern;

pattern!(EMAIL, r"(?i)[a-z0-9._%+'-]*[a-z0-9_%+-]@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9-]+)*\.[a-z]{2,}");
pattern!(
    EMAIL_SPELLED,
    r"(?i)\b[a-z0-9._-]+\s*(?:\(at\)|\[at\]|\s+at\s+)\s*[a-z0-9-]+(?:\s*(?:\(dot\)|\[dot\]|\s+dot\s+)\s*[a-z]{2,})+\b"
);
pattern!(DIGITS, r"(?:\(?\+|\b|\()(?:\(?\d[\d() .\-\u{2010}-\u{2013}\u{a0}]*\d)");
pattern!(INSURANCE, r"(?i)\b([a-z]{2})[ -]?(\d{2})[ -]?(\d{2})[ -]?(\d{2})(?:[ -]?([a-z]))?\b");
pattern!(POSTCODE, r"(?i)\b([a-z]{1,2})(\d[a-z\d]?)[  -]{0,2}(\d[abd-hjlnp-uw-z]{2})\b");
pattern!(
    DATE,
    r"(?ix)\b(?:
        \d{1,2}\s?[/.\-]\s?\d{1,2}\s?[/.\-]\s?(?:\d{4}|\d{2}) |
        (?:19|20)\d{2}-\d{2}-\d{2} |
        \d{1,2}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*\.?,?\s+(?:\d{4}|\d{2}) |
        (?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}
    )\b"
);
pattern!(
    BORN_BEFORE,
    r"(?i)(?:\bborn\b|\bd\.?\s?o\.?\s?b\b|\bdate\s+of\s+birth\b|\bbirth\s?(?:day|date)\b|\bd/o/b\b)\.?[^.!?\n\d]{0,30}$"
);
pattern!(
    BORN_AFTER,
    r"(?i)^[\s,()]*(?:\(?(?:is|was|being|as)?\s*(?:my|his|her|their|the)?\s*(?:date\s+of\s+birth|d\.?o\.?b\b|birth\s?(?:day|date)|(?:when\s+)?(?:i|he|she|they)\s+(?:was|were)\s+born))"
);
pattern!(
    CALLS,
    r"(?i)\b(?:call(?:ed)?|phone|phoned|telephone|tel|mob|mobile|mobiles?|ring|rang|text|number|no|contact|landline|whatsapp|reach|dial)\b[^.!?\n\d]{0,25}$"
);
pattern!(
    REFERENCE,
    r"(?i)\b(?:ref|refs|reference|case|order|ticket|application|app|planning|policy|invoice|complaint|job|barcode|serial|account|isbn|asset|receipt|booking)\b(?:\s+(?:no|number|num|is|id))*[^.!?\n\d]{0,8}$"
);
pattern!(INSURED, r"(?i)\b(?:national\s+insurance|n\.?i\.?\b|nino|insurance)\b[^.!?\n\d]{0,25}$");

/// The areas with which a postcode may begin.
const AREAS: &[&str] = &[
    "ab", "al", "b", "ba", "bb", "bd", "bh", "bl", "bn", "br", "bs", "bt", "ca", "cb", "cf", "ch", "cm", "co", "cr", "ct", "cv",
    "cw", "da", "dd", "de", "dg", "dh", "dl", "dn", "dt", "dy", "e", "ec", "eh", "en", "ex", "fk", "fy", "g", "gl", "gu", "gy",
    "ha", "hd", "hg", "hp", "hr", "hs", "hu", "hx", "ig", "im", "ip", "iv", "je", "ka", "kt", "kw", "ky", "l", "la", "ld", "le",
    "ll", "ln", "ls", "lu", "m", "me", "mk", "ml", "n", "ne", "ng", "nn", "np", "nr", "nw", "ol", "ox", "pa", "pe", "ph", "pl",
    "po", "pr", "rg", "rh", "rm", "s", "sa", "se", "sg", "sk", "sl", "sm", "sn", "so", "sp", "sr", "ss", "st", "sw", "sy", "ta",
    "td", "tf", "tn", "tq", "tr", "ts", "tw", "ub", "w", "wa", "wc", "wd", "wf", "wn", "wr", "ws", "wv", "yo", "ze",
];

/// Every number that means one person.
pub(super) fn find(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    emails(text, &mut found);
    insurance(text, &mut found);
    postcodes(text, &mut found);
    births(text, &mut found);
    digits(text, &mut found);
    found
}

fn put(found: &mut Vec<Found>, (start, end): (usize, usize), kind: Kind, tier: Tier, reason: &'static str) {
    if found.iter().all(|other| end <= other.start || other.end <= start) {
        found.push(Found { start, end, kind, tier, reason });
    }
}

fn emails(text: &str, found: &mut Vec<Found>) {
    for it in EMAIL.find_iter(text) {
        put(found, (it.start(), it.end()), Kind::Email, Tier::Likely, "written like an e-mail address");
    }
    for it in EMAIL_SPELLED.find_iter(text) {
        put(found, (it.start(), it.end()), Kind::Email, Tier::Possible, "an e-mail address spelled out");
    }
}

fn insurance(text: &str, found: &mut Vec<Found>) {
    for it in INSURANCE.captures_iter(text) {
        let Some(whole) = it.get(0) else { continue };
        let prefix = it[1].to_ascii_uppercase();
        let ending = it.get(5).map(|letter| letter.as_str().to_ascii_uppercase());
        let ends_well = ending.as_deref().is_some_and(|letter| matches!(letter, "A" | "B" | "C" | "D"));
        let span = (whole.start(), whole.end());
        if ends_well && is_issued(&prefix) {
            put(found, span, Kind::NationalInsurance, Tier::Likely, "a prefix in use, six digits and A to D");
        } else if INSURED.is_match(&text[..whole.start()]) {
            put(found, span, Kind::NationalInsurance, Tier::Likely, "said to be a National Insurance number");
        } else if ends_well && whole.as_str().contains(' ') && !REFERENCE.is_match(&text[..whole.start()]) {
            put(found, span, Kind::NationalInsurance, Tier::Possible, "written like a National Insurance number");
        }
    }
}

/// Whether a National Insurance number may begin with these two letters.
fn is_issued(prefix: &str) -> bool {
    let bad = |letter: char| matches!(letter, 'D' | 'F' | 'I' | 'Q' | 'U' | 'V');
    !prefix.chars().any(bad) && !prefix.ends_with('O') && !matches!(prefix, "BG" | "GB" | "KN" | "NK" | "NT" | "TN" | "ZZ")
}

fn postcodes(text: &str, found: &mut Vec<Found>) {
    for it in POSTCODE.captures_iter(text) {
        let Some(whole) = it.get(0) else { continue };
        let inward = it[3].to_owned();
        let ordinal = matches!(inward.as_str(), "1st" | "2nd" | "3rd" | "4th" | "5th" | "6th" | "7th" | "8th" | "9th");
        if AREAS.contains(&it[1].to_ascii_lowercase().as_str()) && !ordinal {
            put(
                found,
                (whole.start(), whole.end()),
                Kind::Postcode,
                Tier::Likely,
                "written like a postcode, in an area that exists",
            );
        }
    }
}

fn births(text: &str, found: &mut Vec<Found>) {
    for it in DATE.find_iter(text) {
        if BORN_BEFORE.is_match(&text[..it.start()]) || BORN_AFTER.is_match(&text[it.end()..]) {
            put(found, (it.start(), it.end()), Kind::DateOfBirth, Tier::Likely, "a date said to be somebody's birth");
        }
    }
}

fn digits(text: &str, found: &mut Vec<Found>) {
    for it in DIGITS.find_iter(text) {
        let bare: Vec<u32> = it.as_str().chars().filter_map(|c| c.to_digit(10)).collect();
        let before = &text[..it.start()];
        let glued = before.ends_with(|c: char| c.is_alphanumeric() || c == '/' || c == '#')
            || text[it.end()..].starts_with(|c: char| c.is_alphanumeric() || c == '/');
        let grouped = it.as_str().chars().any(|c| c == '.') && it.as_str().contains(". ");
        if glued || grouped {
            continue;
        }
        let phone = || is_phone(it.as_str(), &bare, CALLS.is_match(before), REFERENCE.is_match(before));
        let verdict = if (13..=19).contains(&bare.len()) && (3..=6).contains(&bare[0]) && is_luhn(&bare) {
            Some((Kind::Card, "passes the check of a payment card"))
        } else if bare.len() == 10 && is_nhs_number(&bare) && !(bare[0] == 0 && phone()) {
            Some((Kind::NhsNumber, "ten digits that pass the check of an NHS number"))
        } else if phone() {
            Some((Kind::Phone, "written like a telephone number of a person"))
        } else {
            None
        };
        if let Some((kind, reason)) = verdict {
            let open = it.as_str().starts_with('(') && !it.as_str().contains(')');
            put(found, (it.start() + usize::from(open), it.end()), kind, Tier::Likely, reason);
        }
    }
}

/// Modulus 11 over the first nine digits, weights 10 to 2; a remainder that asks for 10 is never issued.
fn is_nhs_number(digits: &[u32]) -> bool {
    let Some((last, nine)) = digits.split_last().filter(|(_, nine)| nine.len() == 9) else { return false };
    let sum: u32 = nine.iter().zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
    let all_alike = nine.iter().all(|digit| digit == last);
    (11 - sum % 11) % 11 == *last && !all_alike
}

/// Every second digit from the right doubled, the digits of all added: a multiple of ten.
fn is_luhn(digits: &[u32]) -> bool {
    let doubled = |(place, digit): (usize, &u32)| match (place % 2, digit * 2) {
        (0, _) => *digit,
        (_, twice) => twice / 10 + twice % 10,
    };
    digits.iter().rev().enumerate().map(doubled).sum::<u32>().is_multiple_of(10)
}

fn is_phone(written: &str, digits: &[u32], called: bool, reference: bool) -> bool {
    let national = match digits {
        [0, 0, 4, 4, 0, rest @ ..] | [0, 0, 4, 4, rest @ ..] => rest,
        [4, 4, 0, rest @ ..] | [4, 4, rest @ ..] if written.contains('+') || (called && digits.len() > 10) => rest,
        _ if written.contains('+') => return (9..=15).contains(&digits.len()),
        [0, rest @ ..] => rest,
        [7, ..] if digits.len() == 10 && called => digits,
        _ => return called && !reference && (6..=8).contains(&digits.len()) && !looks_like_a_date(written),
    };
    let of_a_person = matches!(national.first(), Some(1 | 2 | 5 | 7)) && national.get(..2) != Some(&[5, 0]);
    of_a_person && !reference && (national.len() == 10 || (national.len() == 9 && (called || written.contains([' ', '-', ')']))))
}

fn looks_like_a_date(written: &str) -> bool {
    written.contains(['-', '.']) && written.len() < 11
}
