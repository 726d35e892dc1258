//! Easy read: the rules R24 to R26 as lints. They never rewrite; only a sentence far too long is an error.

use std::collections::HashSet;

use super::fault::{Faults, Severity};
use super::hard_words::{HARD_WORDS, ONLY_IN_CAPITALS};
use super::sayings::{Role, Said, Saying, of_consultation, of_form};
use super::sentences::{bold, count, has_word, italics, number_word, passive, plain, sentences, short_forms};
use crate::domain::consultation::Consultation;
use crate::domain::form::FormVersion;
use crate::domain::paging::pages;
use crate::domain::wording::{Block, Edition, wording_key};

const LONG: usize = 15;
const FAR_TOO_LONG: usize = 21;
const MANY_PAGES: usize = 24;

/// Check the easy-read edition of a form. What the pages of its consultation explain is known to its readers.
pub(super) fn check_form(version: &FormVersion, consultation: Option<&Consultation>, faults: &mut Faults<'_>) {
    let before = consultation.map(of_consultation).unwrap_or_default();
    check_sayings(&of_form(&version.form), &pieces(&before), faults);
    let number = pages(version, Edition::EasyRead).len();
    if number > MANY_PAGES {
        let message = format!("the easy_read edition has {number} pages; more than {MANY_PAGES} tire people");
        faults.info("title", message, "consider asking less in easy read (rule R25)");
    }
}

/// Check the easy-read wordings of a consultation.
pub(super) fn check_consultation(consultation: &Consultation, faults: &mut Faults<'_>) {
    check_sayings(&of_consultation(consultation), &[], faults);
}

fn check_sayings(sayings: &[Saying<'_>], before: &[Piece<'_>], faults: &mut Faults<'_>) {
    let pieces = pieces(sayings);
    for saying in sayings {
        check_picture(saying, faults);
    }
    for piece in &pieces {
        check_sentences(piece, faults);
        check_block(piece, faults);
        check_style(piece, faults);
    }
    check_hard_words(&pieces, before, faults);
    check_short_forms(&pieces, before, faults);
}

/// One run of words that an easy-read reader meets.
struct Piece<'a> {
    path: String,
    words: &'a str,
    /// The block it opens, when it is information.
    block: Option<&'a Block>,
    english: bool,
    chapter: usize,
    /// Whether more follows at once: a list, or the next block.
    goes_on: bool,
}

fn pieces<'a>(sayings: &[Saying<'a>]) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    for saying in sayings {
        let chapter = saying.chapter;
        match saying.said {
            Said::Text(text) => {
                for (key, words) in text.0.iter().filter(|(key, _)| is_easy(key)) {
                    let path = format!("{}.{key}", saying.path);
                    pieces.push(Piece { path, words, block: None, english: is_english(key), chapter, goes_on: false });
                }
            }
            Said::Blocks(blocks) => {
                for (key, blocks) in blocks.0.iter().filter(|(key, _)| is_easy(key)) {
                    for (index, block) in blocks.iter().enumerate() {
                        let path = format!("{}.{key}[{index}]", saying.path);
                        block_pieces(&path, block, (chapter, is_english(key), index + 1 < blocks.len()), &mut pieces);
                    }
                }
            }
        }
    }
    pieces
}

fn block_pieces<'a>(path: &str, block: &'a Block, (chapter, english, more): (usize, bool, bool), pieces: &mut Vec<Piece<'a>>) {
    let mut push = |path: String, words: &'a str, block: Option<&'a Block>, goes_on: bool| {
        pieces.push(Piece { path, words, block, english, chapter, goes_on });
    };
    if let Some(heading) = &block.heading {
        push(format!("{path}.heading"), heading, None, true);
    }
    push(format!("{path}.text"), &block.text, Some(block), more || !block.list.is_empty());
    for (index, item) in block.list.iter().enumerate() {
        push(format!("{path}.list[{index}]"), item, None, more || index + 1 < block.list.len());
    }
}

fn is_easy(key: &str) -> bool {
    wording_key(key).is_some_and(|(edition, _)| edition == Edition::EasyRead)
}

fn is_english(key: &str) -> bool {
    key == Edition::EasyRead.code()
}

fn check_picture(saying: &Saying<'_>, faults: &mut Faults<'_>) {
    let Said::Text(text) = saying.said else { return };
    if saying.role == Role::Question && text.has(Edition::EasyRead) && saying.picture.is_none() {
        faults.warning(
            &saying.path,
            "the question has no picture in easy read",
            "add picture = \"…\" to the question (rule R25)",
        );
    }
}

fn check_sentences(piece: &Piece<'_>, faults: &mut Faults<'_>) {
    for sentence in sentences(piece.words) {
        let number = count(sentence);
        let severity = match number {
            0..=LONG => continue,
            FAR_TOO_LONG.. => Severity::Error,
            _ => Severity::Warning,
        };
        let opening: Vec<String> = plain(sentence).split_whitespace().take(5).map(str::to_owned).collect();
        let message = format!("a sentence of {number} words is hard to read: \"{} …\"", opening.join(" "));
        let suggestion = format!("cut it in two; {LONG} words at most, one idea each (rule R25)");
        faults.words(severity, (&piece.path, sentence), message, suggestion);
    }
}

fn check_block(piece: &Piece<'_>, faults: &mut Faults<'_>) {
    let Some(block) = piece.block else { return };
    if block.text.trim().is_empty() && block.list.is_empty() {
        return;
    }
    let path = piece.path.trim_end_matches(".text");
    if block.picture.is_none() {
        faults.warning(path, "the block has no picture in easy read", "add picture = \"…\" (rule R25)");
    }
    let sentences = sentences(&block.text);
    let explains = sentences.iter().any(|sentence| sentence.contains("**"));
    let ideas = sentences.len() - usize::from(explains && sentences.len() > 1);
    if ideas > 1 && block.picture.is_some() {
        let message = format!("the block has {} sentences and one picture", sentences.len());
        faults.warning(
            path,
            message,
            "one block and one picture for each idea; a sentence that explains a **bold** word may stay (rule R25)",
        );
    }
}

fn check_style(piece: &Piece<'_>, faults: &mut Faults<'_>) {
    if let Some(word) = italics(piece.words) {
        faults.words(
            Severity::Info,
            (&piece.path, word),
            format!("`{word}` looks like italics, which are not shown"),
            "write **bold** or plain words".to_owned(),
        );
    }
    if !piece.english {
        return;
    }
    for sentence in sentences(piece.words) {
        if let Some((be, participle)) = passive(sentence) {
            let message = format!("\"{be} {participle}\" is the passive voice");
            faults.words(
                Severity::Info,
                (&piece.path, sentence),
                message,
                "say who does it: \"we keep\", not \"is kept\"".to_owned(),
            );
        }
        if let Some((word, figure)) = number_word(sentence) {
            faults.words(
                Severity::Info,
                (&piece.path, sentence),
                format!("\"{word}\" is a number in words"),
                format!("write {figure}"),
            );
        }
    }
}

/// A hard word must be in bold and explained, in the same section or before it; told once a section. What stands in a
/// title may be explained anywhere.
fn check_hard_words(pieces: &[Piece<'_>], before: &[Piece<'_>], faults: &mut Faults<'_>) {
    let mut told = HashSet::new();
    for piece in pieces.iter().filter(|piece| piece.english) {
        let words = plain(piece.words);
        let lower = words.to_lowercase();
        let mut found: Vec<&str> = HARD_WORDS.iter().copied().filter(|word| stands(word, &words, &lower)).collect();
        let all = found.clone();
        found.retain(|word| !all.iter().any(|longer| longer.len() > word.len() && longer.contains(word)));
        for word in found {
            let in_time = |other: &&Piece<'_>| piece.chapter == 0 || other.chapter <= piece.chapter;
            let known = before.iter().chain(pieces.iter().filter(in_time)).any(|other| explains(other, word));
            if !known && told.insert((piece.chapter, word)) {
                let message = format!("`{word}` is a hard word that is not explained");
                let suggestion =
                    format!("write **{word}** and say in the next sentence what it means, or use an easier word (rule R25)");
                faults.words(Severity::Warning, (&piece.path, ""), message, suggestion);
            }
        }
    }
}

fn stands(word: &str, words: &str, lower: &str) -> bool {
    if ONLY_IN_CAPITALS.contains(&word) { has_word(words, &word.to_uppercase()) } else { has_word(lower, word) }
}

/// Whether these words have the hard word in bold and something after or beside it that can be its explanation.
fn explains(piece: &Piece<'_>, word: &str) -> bool {
    let in_bold = bold(piece.words).any(|bold| stands(word, bold, &bold.to_lowercase()));
    let says_what = [" is ", " are ", " means ", " mean ", "(", " called "].iter().any(|mark| piece.words.contains(mark));
    in_bold && (piece.goes_on || says_what || sentences(piece.words).len() > 1)
}

/// A short form should be written out where it is met first.
fn check_short_forms(pieces: &[Piece<'_>], before: &[Piece<'_>], faults: &mut Faults<'_>) {
    let mut told = HashSet::new();
    for piece in pieces.iter().filter(|piece| piece.english) {
        let words = plain(piece.words);
        for short in short_forms(&words) {
            if HARD_WORDS.contains(&short.to_lowercase().as_str()) || !told.insert(short.to_owned()) {
                continue;
            }
            let in_brackets = format!("({short})");
            let explained = before
                .iter()
                .chain(pieces)
                .any(|other| other.words.contains(&in_brackets) || bold(other.words).any(|bold| bold.contains(short)));
            if !explained {
                let message = format!("`{short}` is a short form that is not explained");
                faults.words(
                    Severity::Info,
                    (&piece.path, short),
                    message,
                    format!("write it out, with ({short}) behind it if it is needed"),
                );
            }
        }
    }
}
