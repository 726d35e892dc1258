//! Free text made ready to compare: one form of each character, one kind of quote and line end, words and sentences.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation as _;

/// The text in Unicode's NFKC form, with straight quotes, plain hyphens, LF line ends and nothing invisible in it.
///
/// Case and accents stay. Positions in the result are not positions in what the person wrote.
#[must_use]
pub fn normal(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut after_return = false;
    // An ellipsis or a "½" becomes several characters in NFKC; all else here is one for one.
    for c in text.nfkc() {
        match c {
            '\n' if after_return => {}
            '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push('\n'),
            '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}' | '\u{2032}' | '`' | '\u{b4}' => out.push('\''),
            '\u{201c}'..='\u{201f}' | '\u{2033}' | '\u{ab}' | '\u{bb}' => out.push('"'),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => out.push('-'),
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}' => {}
            c if c.is_control() && c != '\n' && c != '\t' => {}
            c => out.push(c),
        }
        after_return = c == '\r';
    }
    out
}

/// Whether [`normal`] would change nothing, told without looking anything up.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|b| matches!(b, b'\t' | b'\n' | b' '..=b'~') && b != b'`')
}

/// The text as it is compared: [`normal`], lower case, without accents ("Ŵyl" and "wyl" are the same).
#[must_use]
pub fn folded(text: &str) -> String {
    let text = normal(text);
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    // Lower case may bring marks of its own ("İ"), so they go last.
    text.chars().flat_map(char::to_lowercase).nfd().filter(|c| !is_combining_mark(*c)).nfc().collect()
}

/// The words of a text, in order: runs of letters and digits, with the apostrophes inside them.
///
/// Simpler than Unicode's word boundaries on purpose: people leave out the space after a full stop ("late.The nurse"), which
/// those would make one word.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    spans(text).map(|(from, to)| &text[from..to])
}

/// Where the [`words`] of a text begin and end, in bytes.
pub fn spans(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let mut rest = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let (from, first) = rest.find(|(_, c)| c.is_alphanumeric())?;
        let mut to = from + first.len_utf8();
        while let Some(&(at, c)) = rest.peek() {
            if c.is_alphanumeric() || is_combining_mark(c) {
                to = at + c.len_utf8();
            } else if !is_apostrophe(c) || at > to || !text[at + c.len_utf8()..].starts_with(char::is_alphanumeric) {
                break;
            }
            rest.next();
        }
        Some((from, to))
    })
}

const fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}')
}

/// The sentences of a text, trimmed, none empty: Unicode's rules (UAX 29), and every line by itself.
pub fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.lines().flat_map(|line| line.split_sentence_bounds()).map(str::trim).filter(|sentence| !sentence.is_empty())
}

/// What makes two answers the same words: [`folded`], only [`words`], one space between.
///
/// The same for "Nothing." and "NOTHING"; empty for an answer without a word in it.
#[must_use]
pub fn fingerprint(text: &str) -> String {
    let folded = folded(text);
    let mut out = String::with_capacity(folded.len());
    for word in words(&folded) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn quotes_dashes_line_ends_and_ligatures_have_one_form() {
        assert_eq!(normal("\u{feff}“Don’t”\u{a0}–\r\nit’s the ﬁrst\rof 3…"), "\"Don't\" -\nit's the first\nof 3...");
        assert_eq!(normal("Cafe\u{301}"), "Café");
        assert_eq!(normal("a\u{200b}b\u{ad}c\u{7}"), "abc");
    }

    #[test]
    fn folding_takes_case_and_accents_away_and_keeps_other_scripts() {
        assert_eq!(folded("Ŵyl Y TŶ"), "wyl y ty");
        assert_eq!(folded("İSTANBUL"), "istanbul");
        assert_eq!(folded("Ωμέγα"), "ωμεγα");
        assert_eq!(folded("日本"), "日本");
    }

    #[test]
    fn words_keep_apostrophes_inside_and_part_at_a_full_stop_without_a_space() {
        let all = |text| words(text).collect::<Vec<_>>();
        assert_eq!(
            all("It's late.The nurses' rota, isn't it? 10-15 min"),
            ["It's", "late", "The", "nurses", "rota", "isn't", "it", "10", "15", "min"]
        );
        assert_eq!(all("'quoted' and don’t a''b"), ["quoted", "and", "don’t", "a", "b"]);
        assert_eq!(all(" .,! "), Vec::<&str>::new());
    }

    #[test]
    fn sentences_end_at_full_stops_and_lines() {
        let all: Vec<&str> = sentences("It was late. Nobody came!\n- no bus\n\nWhy?").collect();
        assert_eq!(all, ["It was late.", "Nobody came!", "- no bus", "Why?"]);
    }

    #[test]
    fn the_same_words_have_the_same_fingerprint() {
        assert_eq!(fingerprint("NOTHING,  really. It’s fine"), fingerprint("nothing really - it's FINE!"));
        assert_eq!(fingerprint("?!"), "");
    }

    proptest! {
        #[test]
        fn normal_and_folded_change_nothing_the_second_time(text in "\\PC{0,40}|[a-zéŴ’“\r\n .'İß]{0,40}") {
            prop_assert_eq!(normal(&normal(&text)), normal(&text));
            prop_assert_eq!(folded(&folded(&text)), folded(&text));
        }

        #[test]
        fn words_are_pieces_of_the_text_in_order(text in "\\PC{0,60}|[a-c'’ .\u{301}]{0,40}") {
            let mut end = 0;
            for (from, to) in spans(&text) {
                prop_assert!(from >= end && to > from);
                prop_assert!(text[from..to].starts_with(char::is_alphanumeric));
                end = to;
            }
        }
    }
}
