//! A text as words, each with what its capitals and the space before it say.

/// How a word is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    /// `sharon`, and anything that does not begin with a capital.
    Lower,
    /// `Sharon`, `O'Brien`, `McDonald`.
    Capital,
    /// `SHARON`, of two letters or more.
    Upper,
    /// `J`.
    Initial,
}

/// What stands between a word and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    /// Spaces, or the point of an initial.
    Space,
    /// A comma, slash, ampersand, bracket or dash.
    Pause,
    /// The end of a sentence or line, or the beginning of the text.
    Stop,
}

/// One word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// Where it begins and ends, in bytes; a possessive 's is not part of it.
    pub start: usize,
    pub end: usize,
    /// In lower case, with plain apostrophes.
    pub lower: String,
    pub case: Case,
    pub gap: Gap,
    /// Whether a possessive 's follows.
    pub owns: bool,
    /// Whether it has capitals inside, as `MasterCard` has; `McDonald` and `O'Brien` have not.
    pub is_humped: bool,
}

/// The words of a text: letters, with apostrophes and hyphens inside. Digits make no word.
pub(super) fn read(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let (mut start, mut last_end) = (None, 0);
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        let next_is_letter = characters.peek().is_some_and(|(_, next)| next.is_alphabetic());
        let inside = start.is_some() && next_is_letter && (is_apostrophe(c) || c == '-');
        if c.is_alphabetic() || inside {
            start.get_or_insert(at);
            if characters.peek().is_some() {
                continue;
            }
        }
        if let Some(begun) = start.take() {
            let end = if c.is_alphabetic() { at + c.len_utf8() } else { at };
            let gap = gap(&text[last_end..begun], words.last());
            last_end = end;
            words.push(word(text, begun, end, gap));
        }
    }
    words
}

const fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2018}')
}

fn word(text: &str, start: usize, end: usize, gap: Gap) -> Word {
    let plain = |text: &str| text.chars().map(|c| if is_apostrophe(c) { '\'' } else { c }).collect::<String>();
    let mut written = plain(&text[start..end]);
    let (mut end, owns) = (end, written.to_lowercase().ends_with("'s"));
    if owns {
        // Both letters of the ending are one byte in the text as it stands, but the apostrophe may be three.
        let ending: usize = text[start..end].chars().rev().take(2).map(char::len_utf8).sum();
        end -= ending;
        written = plain(&text[start..end]);
    }
    let mut letters = written.chars().filter(|c| c.is_alphabetic());
    let capital = letters.next().is_some_and(char::is_uppercase);
    let rest: Vec<char> = letters.collect();
    let case = match (capital, rest.is_empty()) {
        (false, _) => Case::Lower,
        (true, true) => Case::Initial,
        (true, false) if rest.iter().all(|c| c.is_uppercase()) => Case::Upper,
        (true, false) => Case::Capital,
    };
    let after_prefix = written.strip_prefix("Mac").or_else(|| written.strip_prefix("Mc")).unwrap_or(&written);
    let mut parts = after_prefix.split(['\'', '-']).flat_map(|part| part.chars().skip(1));
    let is_humped = case == Case::Capital && parts.any(char::is_uppercase);
    Word { start, end, lower: written.to_lowercase(), case, gap, owns, is_humped }
}

fn gap(between: &str, before: Option<&Word>) -> Gap {
    let initial = before.is_some_and(|word| word.case == Case::Initial || super::names::is_title(&word.lower));
    let between = if initial { between.strip_prefix('.').unwrap_or(between) } else { between };
    if before.is_none() || between.contains(['.', '!', '?', '\n', '\r', ':', ';', '"', '\u{201c}', '\u{2022}', '*']) {
        Gap::Stop
    } else if between.trim_matches(|c: char| c.is_whitespace() || is_apostrophe(c)).strip_prefix("s ").unwrap_or("").is_empty()
        && between.chars().all(|c| c.is_whitespace() || is_apostrophe(c) || c == 's' || c == 'S')
    {
        Gap::Space
    } else {
        Gap::Pause
    }
}

/// Whether capitals say anything here: not where most words have one.
pub(super) fn capitals_speak(words: &[Word]) -> bool {
    let whole = words.iter().filter(|word| word.case != Case::Initial && word.lower.chars().count() > 1).count();
    let capital = words.iter().filter(|word| matches!(word.case, Case::Capital | Case::Upper)).count();
    whole < 6 || capital * 3 <= whole * 2
}
