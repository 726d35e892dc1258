//! The lists: first names, surnames, places, words with a capital that are nobody's name, and English words.

use std::collections::HashSet;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

pub(super) type List = LazyLock<HashSet<String>>;

static FIRST_NAMES: List = LazyLock::new(|| read(include_str!("first_names.txt")));
pub(super) static SURNAMES: List = LazyLock::new(|| read(include_str!("surnames.txt")));
pub(super) static PLACES: List = LazyLock::new(|| read(include_str!("places.txt")));
static NOT_PEOPLE: List = LazyLock::new(|| read(include_str!("not_people.txt")));
static WORDS: List = LazyLock::new(|| read(include_str!("words.txt")));

pub(super) fn read(file: &str) -> HashSet<String> {
    let lines = file.lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_whitespace).map(str::to_lowercase).collect()
}

/// Whether this is a first name, with its accents or without.
pub(super) fn is_first_name(lower: &str) -> bool {
    FIRST_NAMES.contains(lower) || (!lower.is_ascii() && FIRST_NAMES.contains(&plain(lower)))
}

/// Without accents.
fn plain(lower: &str) -> String {
    lower.nfd().filter(|c| !is_combining_mark(*c)).map(|c| if c == 'ł' { 'l' } else { c }).collect()
}

/// First names that are everyday words even with a capital, or months: they need more than themselves.
static EVERYDAY: List = LazyLock::new(|| {
    read(
        "may april june august will mark grace hope faith joy rose dawn bill frank grant guy dean miles rich \
         pat penny patience mercy precious blessing prudence drew gene gill don dot baron earl amber ebony \
         pearl opal sapphire trinity roman crystal coral melody heath dale glen fern kit art iris violet \
         olive sue rob ivy jade honor destiny christian nan nana mac",
    )
});

/// Whether a first name in this spelling says little by itself.
pub(super) fn is_everyday(lower: &str) -> bool {
    EVERYDAY.contains(lower) || PLACES.contains(lower)
}

/// Whether a word with a capital is known to be nobody's name.
pub(super) fn is_nobody(lower: &str) -> bool {
    let singular = lower.strip_suffix("'s").or_else(|| lower.strip_suffix('s')).unwrap_or(lower);
    if let Some((before, after)) = lower.split_once('-') {
        return is_nobody(after) || PLACES.contains(before);
    }
    NOT_PEOPLE.contains(lower) || NOT_PEOPLE.contains(singular) || PLACES.contains(lower) || PLACES.contains(singular)
}

/// Whether this is an English word, in lower case: as it is listed, with an ending, or run together by an apostrophe.
pub(super) fn is_english(lower: &str) -> bool {
    if WORDS.contains(lower) || lower.chars().count() < 2 {
        return true;
    }
    if let Some((before, after)) = lower.split_once('\'') {
        return matches!(after, "t" | "re" | "ve" | "ll" | "d" | "m") || is_english(before);
    }
    if lower.contains('-') {
        return lower.split('-').all(is_english) || is_english(&lower.replace('-', ""));
    }
    let endings = ["s", "es", "ed", "d", "ing", "ly", "er", "ers", "ness", "ment", "able", "less"];
    let ended = endings.iter().filter_map(|ending| lower.strip_suffix(ending));
    ended.filter(|stem| stem.len() > 3).any(|stem| WORDS.contains(stem) || WORDS.contains(&format!("{stem}e")))
        || ["un", "non", "pre", "re", "over"]
            .iter()
            .filter_map(|start| lower.strip_prefix(start))
            .any(|rest| rest.len() > 3 && WORDS.contains(rest))
}

/// Whether one letter more, less or other makes an English word of it: more likely a slip than a name.
pub(super) fn is_nearly_english(lower: &str) -> bool {
    let letters: Vec<char> = lower.chars().collect();
    if letters.len() < 4 || !lower.is_ascii() {
        return false;
    }
    let with = |start: &[char], middle: &str, end: &[char]| {
        let word: String = start.iter().copied().chain(middle.chars()).chain(end.iter().copied()).collect();
        WORDS.contains(&word)
    };
    if ["g", "t", "e", "y", "ing"].iter().any(|end| with(&letters, end, &[])) {
        return true;
    }
    letters.len() > 6
        && (0..letters.len()).any(|at| {
            let (start, end) = letters.split_at(at);
            with(start, "", &end[1..])
                || ('a'..='z').map(String::from).any(|letter| with(start, &letter, end) || with(start, &letter, &end[1..]))
                || (at > 0 && with(&letters[..at - 1], &format!("{}{}", letters[at], letters[at - 1]), &end[1..]))
        })
}

/// Whether it ends as illnesses, medicines and trades of medicine do.
pub(super) fn is_of_medicine(lower: &str) -> bool {
    const ENDINGS: &[&str] = &[
        "ology",
        "ologist",
        "ologists",
        "therapy",
        "therapist",
        "therapists",
        "osis",
        "itis",
        "aemia",
        "emia",
        "oma",
        "zole",
        "pine",
        "mycin",
        "cillin",
        "pam",
        "statin",
        "prazole",
        "olol",
        "mab",
        "phasia",
        "plegia",
        "epsy",
        "lepsy",
        "algia",
        "pathy",
        "ectomy",
        "oscopy",
        "gram",
        "ism",
        "iatry",
        "iatrist",
    ];
    lower.len() > 5 && ENDINGS.iter().any(|ending| lower.ends_with(ending))
}

/// Whether it ends as towns do. Surnames end so too, and are told by what stands around them.
pub(super) fn sounds_like_a_place(lower: &str) -> bool {
    const ENDINGS: &[&str] = &[
        "ton", "ham", "bury", "wick", "shire", "borough", "brough", "burgh", "chester", "cester", "stead", "ford", "mouth",
        "hurst", "minster", "combe", "pool", "gate", "field", "beck", "holme", "thorpe", "dale",
    ];
    lower.len() > 5 && ENDINGS.iter().any(|ending| lower.ends_with(ending))
}
