//! Synthetic letters: forty campaigns whose sizes follow Zipf's law, edited in six ways, among answers of people's own.
//!
//! All words come from the wordings under `forms/`, strung together by a first-order Markov chain: grammatical for three words
//! and then no more, so that campaigns and the rest share their everyday phrases as real letters do, and nothing else.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

/// How a letter of a campaign differs from its template.
pub const LEVELS: [&str; 6] = [
    "L0 as it is",
    "L1 greeting and name",
    "L2 one word in ten edited",
    "L3 one in twenty and a paragraph of their own",
    "L4 one in four edited",
    "L5 half of it and as much of their own",
];

const CAMPAIGNS: usize = 40;
const GREETINGS: [&str; 5] =
    ["Dear Sir or Madam,", "Dear members of the Board,", "To whom it may concern,", "Hello,", "Dear all,"];
const NAMES: [&str; 6] =
    ["Yours faithfully, A resident", "Kind regards, M", "Thank you, J. P.", "With thanks, K", "A carer", "Best wishes, T"];

/// The letters made, and what each is.
pub struct Made {
    /// The letters.
    pub texts: Vec<String>,
    /// The campaign and the level of each; none for people's own.
    pub truth: Vec<Option<(usize, usize)>>,
}

/// What letters are made from.
pub struct Letters {
    words: Vec<String>,
    /// What follows each word, as often as it does.
    follows: HashMap<u32, Vec<u32>>,
    chance: Chance,
}

impl Letters {
    /// Read the words.
    pub fn new(seed: u64) -> Result<Self> {
        let mut sentences = Vec::new();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("forms");
        let mut files: Vec<_> = fs::read_dir(&root)?.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
        files.sort();
        for folder in files {
            let mut inside: Vec<_> = fs::read_dir(&folder)?.flatten().map(|entry| entry.path()).collect();
            inside.sort();
            for file in inside.iter().filter(|path| path.extension().is_some_and(|it| it == "toml")) {
                let value: toml::Table =
                    fs::read_to_string(file)?.parse().with_context(|| format!("reading {}", file.display()))?;
                value.values().for_each(|value| collect(value, &mut sentences));
            }
        }
        sentences.sort();
        sentences.dedup();
        let (mut words, mut numbers) = (Vec::new(), BTreeMap::new());
        let mut follows: HashMap<u32, Vec<u32>> = HashMap::new();
        for sentence in &sentences {
            let sequence: Vec<u32> = sentence
                .split_whitespace()
                .map(|word| {
                    *numbers.entry(word.to_owned()).or_insert_with(|| {
                        words.push(word.to_owned());
                        u32::try_from(words.len() - 1).unwrap_or(0)
                    })
                })
                .collect();
            sequence.windows(2).for_each(|pair| follows.entry(pair[0]).or_default().push(pair[1]));
        }
        Ok(Self { words, follows, chance: Chance(seed) })
    }

    /// Make so many letters, two in five of a campaign.
    pub fn make(&mut self, count: usize) -> Made {
        let templates: Vec<Vec<u32>> = (0..CAMPAIGNS).map(|_| self.between(60, 220)).collect();
        let mut made = Made { texts: Vec::with_capacity(count), truth: Vec::with_capacity(count) };
        for _ in 0..count {
            if self.chance.below(5) < 2 {
                let (campaign, level) = (self.chance.zipf(CAMPAIGNS), self.chance.below(LEVELS.len()));
                let letter = self.letter(&templates[campaign], level);
                made.texts.push(letter);
                made.truth.push(Some((campaign, level)));
            } else {
                let words = self.between(20, 160);
                made.texts.push(self.said(&words));
                made.truth.push(None);
            }
        }
        made
    }

    fn letter(&mut self, template: &[u32], level: usize) -> String {
        let half = template.len() / 2;
        match level {
            0 => self.said(template),
            1 => {
                let (greeting, name) = (GREETINGS[self.chance.below(GREETINGS.len())], NAMES[self.chance.below(NAMES.len())]);
                format!("{greeting} {} {name}", self.said(template))
            }
            2 => self.edited(template, 100),
            3 => {
                let (edited, own) = (self.edited(template, 50), self.chain(half));
                self.either_way(&edited, &own)
            }
            4 => self.edited(template, 250),
            _ => {
                let start = self.chance.below(template.len() - half + 1);
                let (kept, own) = (self.said(&template[start..start + half]), self.chain(half));
                self.either_way(&kept, &own)
            }
        }
    }

    /// Their own words before or after.
    fn either_way(&mut self, kept: &str, own: &[u32]) -> String {
        let own = self.said(own);
        if self.chance.below(2) == 0 { format!("{kept} {own}") } else { format!("{own} {kept}") }
    }

    /// So many words of a thousand changed, dropped or followed by another.
    fn edited(&mut self, template: &[u32], of_a_thousand: usize) -> String {
        let mut words = Vec::with_capacity(template.len() + 20);
        for word in template {
            if self.chance.below(1000) >= of_a_thousand {
                words.push(*word);
                continue;
            }
            let other = u32::try_from(self.chance.below(self.words.len())).unwrap_or(0);
            match self.chance.below(3) {
                0 => words.push(other),
                1 => words.extend([*word, other]),
                _ => {}
            }
        }
        self.said(&words)
    }

    fn between(&mut self, fewest: usize, most: usize) -> Vec<u32> {
        let length = fewest + self.chance.below(most - fewest);
        self.chain(length)
    }

    fn chain(&mut self, length: usize) -> Vec<u32> {
        let mut words: Vec<u32> = Vec::with_capacity(length);
        while words.len() < length {
            let next = match words.last().and_then(|last| self.follows.get(last)) {
                Some(follows) => follows[self.chance.below(follows.len())],
                None => u32::try_from(self.chance.below(self.words.len())).unwrap_or(0),
            };
            words.push(next);
        }
        words
    }

    fn said(&self, words: &[u32]) -> String {
        words
            .iter()
            .filter_map(|word| self.words.get(usize::try_from(*word).ok()?))
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// The texts of more than three words within a TOML value.
fn collect(value: &toml::Value, into: &mut Vec<String>) {
    match value {
        toml::Value::String(text) if text.split_whitespace().count() > 3 => into.push(text.clone()),
        toml::Value::Array(all) => all.iter().for_each(|value| collect(value, into)),
        toml::Value::Table(all) => all.values().for_each(|value| collect(value, into)),
        _ => {}
    }
}

/// `SplitMix64`: chance that is the same every time.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).unwrap_or(0)
    }

    /// A place of so many, the n-th with a weight of 1/n.
    fn zipf(&mut self, places: usize) -> usize {
        let weight = |place: usize| 1_000_000 / (place + 1);
        let mut left = self.below((0..places).map(weight).sum());
        (0..places)
            .find(|place| {
                let here = left < weight(*place);
                left = left.saturating_sub(weight(*place));
                here
            })
            .unwrap_or(0)
    }
}
