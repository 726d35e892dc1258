//! What somebody changed in a campaign's text: what they kept, what they added and what they left out.

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Words that turn a sentence round when they come or go.
const TURNING: &[&str] = &[
    "not", "no", "never", "none", "nor", "neither", "cannot", "cant", "dont", "doesnt", "didnt", "wont", "wouldnt", "shouldnt",
    "isnt", "arent", "without", "against", "oppose", "opposed", "object", "disagree", "reject", "refuse", "stop", "support",
    "supports", "agree", "favour", "welcome", "accept", "ddim", "nid",
];

/// Where a piece of the comparison stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// In both.
    Kept,
    /// Only in the person's text.
    Added,
    /// Only in the template.
    LeftOut,
}

/// Consecutive words with one fate, as they were written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Their fate.
    pub part: Part,
    /// The words, with the space after them.
    pub text: String,
}

/// The template and a person's text as one run of pieces. Kept and added together are exactly the person's text; words count
/// as kept though their case or punctuation differ.
#[must_use]
pub fn difference(template: &str, text: &str) -> Vec<Piece> {
    let (old, new) = (words(template), words(text));
    let keys = |words: &[&str]| words.iter().map(|word| key(word)).collect::<Vec<String>>();
    let mut pieces: Vec<Piece> = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, &keys(&old), &keys(&new)) {
        match op {
            DiffOp::Equal { new_index, len, .. } => put(&mut pieces, Part::Kept, &new[new_index..new_index + len]),
            DiffOp::Insert { new_index, new_len, .. } => put(&mut pieces, Part::Added, &new[new_index..new_index + new_len]),
            DiffOp::Delete { old_index, old_len, .. } => put(&mut pieces, Part::LeftOut, &old[old_index..old_index + old_len]),
            DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                put(&mut pieces, Part::LeftOut, &old[old_index..old_index + old_len]);
                put(&mut pieces, Part::Added, &new[new_index..new_index + new_len]);
            }
        }
    }
    pieces
}

/// Whether what came or went may turn the letter round: a person must read it before a stance is given to it.
#[must_use]
pub fn may_reverse(pieces: &[Piece]) -> bool {
    let changed = pieces.iter().filter(|piece| piece.part != Part::Kept);
    changed.flat_map(|piece| piece.text.split_whitespace()).any(|word| TURNING.contains(&key(word).as_str()))
}

fn put(pieces: &mut Vec<Piece>, part: Part, words: &[&str]) {
    if words.is_empty() {
        return;
    }
    match pieces.last_mut() {
        Some(last) if last.part == part => last.text.extend(words.iter().copied()),
        _ => pieces.push(Piece { part, text: words.concat() }),
    }
}

/// Each word with the space around it: the space before the first belongs to it too.
fn words(text: &str) -> Vec<&str> {
    let (mut words, mut start, mut in_word, mut seen) = (Vec::new(), 0, false, false);
    for (at, c) in text.char_indices() {
        if c.is_whitespace() {
            in_word = false;
        } else if !in_word {
            if seen {
                words.push(&text[start..at]);
                start = at;
            }
            (in_word, seen) = (true, true);
        }
    }
    if start < text.len() {
        words.push(&text[start..]);
    }
    words
}

/// A word as it is compared: letters and digits in lower case; punctuation by itself stays as it is.
fn key(word: &str) -> String {
    let bare: String = word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    if bare.is_empty() { word.trim().to_owned() } else { bare }
}
