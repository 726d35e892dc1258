//! Sentences: cutting words into sentences and counting them as a reader does; nothing here knows a form.

use super::hard_words::{DESCRIBING, KNOWN_SHORT_FORMS, NUMBER_WORDS, PARTICIPLES};

/// The sentences of a text, as written, markup and all. A new line ends one.
pub(super) fn sentences(text: &str) -> Vec<&str> {
    text.lines().flat_map(sentences_of_line).map(str::trim).filter(|sentence| count(sentence) > 0).collect()
}

fn sentences_of_line(line: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, mark) in line.char_indices().filter(|(_, c)| matches!(c, '.' | '!' | '?')) {
        let end = at + mark.len_utf8();
        let rest = line[end..].trim_start_matches(['*', ')', '"', '\'', '’', '”']);
        let ends = rest.is_empty() || rest.starts_with(char::is_whitespace);
        if ends && !is_short_form(&line[start..end]) {
            let end = line.len() - rest.len();
            found.push(&line[start..end]);
            start = end;
        }
    }
    found.push(&line[start..]);
    found
}

fn is_short_form(words: &str) -> bool {
    let last = words.rsplit(char::is_whitespace).next().unwrap_or_default().trim_start_matches('(').to_lowercase();
    ["e.g.", "i.e.", "dr.", "mr.", "mrs.", "ms.", "st.", "no.", "etc."].contains(&last.as_str())
}

/// How many words a reader reads: markup and addresses of links do not count.
pub(super) fn count(sentence: &str) -> usize {
    plain(sentence).split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count()
}

/// The words without markup.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('[') {
        let Some((label, after)) =
            rest[open + 1..].split_once("](").and_then(|(label, after)| Some((label, after.split_once(')')?.1)))
        else {
            break;
        };
        plain.push_str(&rest[..open]);
        plain.push_str(label);
        rest = after;
    }
    plain.push_str(rest);
    plain.replace("**", "")
}

/// The bold parts of a text.
pub(super) fn bold(text: &str) -> impl Iterator<Item = &str> {
    text.split("**").skip(1).step_by(2)
}

/// Where a word or phrase stands in lower-case words, on its own or with a plural `s`.
pub(super) fn has_word(lower: &str, word: &str) -> bool {
    lower.match_indices(word).any(|(at, _)| {
        let before = lower[..at].chars().next_back();
        let after = lower[at + word.len()..].strip_prefix('s').unwrap_or(&lower[at + word.len()..]).chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

/// The words of a sentence, without the marks around them.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || matches!(c, '/' | '–' | '—')).map(trim_marks).filter(|word| !word.is_empty())
}

fn trim_marks(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

/// Short forms in capitals, such as `ICB`, but those that everyone knows.
pub(super) fn short_forms(text: &str) -> impl Iterator<Item = &str> {
    words(text)
        .map(|word| word.strip_suffix('s').filter(|stem| is_capitals(stem)).unwrap_or(word))
        .filter(|word| is_capitals(word) && word.len() <= 6 && !KNOWN_SHORT_FORMS.contains(word))
}

fn is_capitals(word: &str) -> bool {
    word.len() >= 2 && word.bytes().all(|b| b.is_ascii_uppercase())
}

/// Two words in the passive voice, if the sentence has them.
pub(super) fn passive(sentence: &str) -> Option<(String, String)> {
    let words: Vec<String> = words(sentence).map(str::to_lowercase).collect();
    let is_form_of_be = |word: &str| ["is", "are", "was", "were", "be", "been", "being"].contains(&word);
    let is_participle =
        |word: &str| (word.len() > 4 && word.ends_with("ed") && !DESCRIBING.contains(&word)) || PARTICIPLES.contains(&word);
    let pair = words.windows(2).find(|pair| is_form_of_be(&pair[0]) && is_participle(&pair[1]))?;
    Some((pair[0].clone(), pair[1].clone()))
}

/// A number in words and its figure, if the sentence has one.
pub(super) fn number_word(sentence: &str) -> Option<(&'static str, &'static str)> {
    words(sentence).find_map(|word| NUMBER_WORDS.iter().find(|(known, _)| word.eq_ignore_ascii_case(known)).copied())
}

/// Words marked as italics, if there are any: nothing but bold and links is markup.
pub(super) fn italics(text: &str) -> Option<&str> {
    let marked = |word: &str, mark: char| word.len() > 2 && word.starts_with(mark) && word.contains(char::is_alphanumeric);
    text.split_whitespace().find(|word| (marked(word, '*') && !word.starts_with("**")) || marked(word, '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_ends_at_a_full_stop_but_not_at_a_short_form_or_a_point() {
        let text = "Your BMI is 27.5 or more. Ask someone (e.g. a doctor) **now.** Then go!\nThe end";
        let expected = ["Your BMI is 27.5 or more.", "Ask someone (e.g. a doctor) **now.**", "Then go!", "The end"];
        assert_eq!(sentences(text), expected);
    }

    #[test]
    fn markup_and_addresses_are_not_counted_as_words() {
        assert_eq!(count("Read **this** [long page](https://example.org/a b) – now."), 5);
        assert_eq!(plain("[a](b) [c"), "a [c");
    }

    #[test]
    fn a_word_is_found_in_the_plural_and_not_within_another_word() {
        assert!(has_word("two vasectomys", "vasectomy"));
        assert!(has_word("the criteria.", "criteria"));
        assert!(!has_word("proposalish", "proposal"));
    }

    #[test]
    fn the_passive_voice_is_told_from_a_description() {
        assert_eq!(passive("Your answer is kept by us."), Some(("is".to_owned(), "kept".to_owned())));
        assert_eq!(passive("I am worried. She is tired."), None);
    }
}
