//! Made-up answers, as many as wanted: words of syllables, some about a topic, as often as words are in English.

use soundings::analysis::suggest::chance::Chance;

/// How many words there are to talk about anything with.
const WORDS: usize = 12_000;

/// Words on average.
const LENGTH: f64 = 17.0;

const SYLLABLES: [&str; 40] = [
    "ba", "co", "de", "fi", "go", "han", "ing", "jo", "ka", "le", "mo", "ne", "ou", "per", "qua", "ra", "sen", "ti", "ul", "ver",
    "wa", "yel", "zo", "ster", "tion", "ment", "al", "er", "in", "re", "ship", "ness", "cla", "pro", "tri", "bro", "ea", "oo",
    "th", "ck",
];

/// An answer made from its number, and its topic.
pub fn answer(number: u64, topics: usize) -> (String, usize) {
    let mut chance = Chance::part(11, number);
    let topic = chance.below(topics);
    // Lengths fall off geometrically, as people's do.
    let length = 1 + (-LENGTH * (1.0 - chance.unit()).ln()) as usize;
    let mut text = String::with_capacity(length * 6);
    for at in 0..length.min(400) {
        // Zipf: the n-th commonest word about one in n as often. A third of the words are about the topic.
        let rank = (WORDS as f64).powf(chance.unit()) as usize - 1;
        let word = if chance.below(3) == 0 { WORDS + topic * 200 + rank % 200 } else { rank };
        if at > 0 {
            text.push(' ');
        }
        push_word(&mut text, word);
    }
    text.push('.');
    (text, topic)
}

/// The word with a number: common ones are short.
fn push_word(text: &mut String, word: usize) {
    let mut chance = Chance::part(12, word as u64);
    let syllables = 1 + usize::from(word >= 40) + usize::from(word >= 1000) * chance.below(2);
    for _ in 0..syllables {
        text.push_str(SYLLABLES[chance.below(SYLLABLES.len())]);
    }
}
