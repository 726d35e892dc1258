//! Blind double keying: which sheets are keyed a second time, where two keyings differ, and how often keyers are wrong.
//!
//! The rule. A sheet is drawn by the hash of its id, which is random and shown to nobody, so no keyer can tell or steer
//! whether it will be keyed twice. The share drawn is the consultation's own, as long as a keyer stays within the errors
//! it allows; above that it is multiplied by how many times over the limit they are, up to every sheet. A sheet drawn at
//! a small share is drawn at every larger one too.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::answer::{Answer, Answers, Value};
use super::form::FormVersion;
use super::ledger::PaperRules;
use super::question::{PREFER_NOT, Takes};
use super::response::Response;
use super::submission::{Help, Submission};
use super::wording::Edition;

/// How many of a keyer's last settled pairs decide how many of their next sheets are keyed twice.
pub const RECENT_PAIRS: u32 = 20;

/// Whether a sheet is drawn when this many of a hundred are.
#[must_use]
pub fn is_drawn(sheet_id: Uuid, per_cent: u32) -> bool {
    (u128::from(draw(b"keyed twice", sheet_id)) * 100) < (u128::from(per_cent) << 64)
}

/// Whether the first keying stands on the left when both are shown: by hash, so that place says nothing of who keyed it.
#[must_use]
pub fn first_stands_left(sheet_id: Uuid) -> bool {
    draw(b"left", sheet_id).is_multiple_of(2)
}

fn draw(what: &[u8], sheet_id: Uuid) -> u64 {
    let digest = Sha256::new().chain_update(what).chain_update(sheet_id.as_bytes()).finalize();
    digest.iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

/// Of a hundred sheets of a keyer whose recent closed fields were wrong this often, how many are keyed twice.
#[must_use]
pub fn share(rules: &PaperRules, recent: Tally) -> u32 {
    let allowed = u64::from(rules.wrong_per_thousand) * u64::from(recent.compared);
    let wrong = u64::from(recent.wrong) * 1000;
    if wrong <= allowed {
        return rules.keyed_twice_per_cent.min(100);
    }
    let times = if allowed == 0 { 100 } else { wrong.div_ceil(allowed) };
    u32::try_from((u64::from(rules.keyed_twice_per_cent) * times).min(100)).unwrap_or(100)
}

/// How many entries were compared, and how many of them were wrong.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// The base: entries compared.
    pub compared: u32,
    /// Entries that turned out wrong.
    pub wrong: u32,
}

impl Tally {
    /// Add one entry.
    pub const fn add(&mut self, is_wrong: bool) {
        self.compared += 1;
        if is_wrong {
            self.wrong += 1;
        }
    }

    /// Per cent with one place, rounded half up from the exact counts; none when nothing was compared.
    #[must_use]
    pub fn per_cent(&self) -> Option<String> {
        if self.compared == 0 {
            return None;
        }
        let (wrong, compared) = (u64::from(self.wrong), u64::from(self.compared));
        let tenths = (wrong * 2000 + compared) / (compared * 2);
        Some(format!("{}.{}", tenths / 10, tenths % 10))
    }
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.compared += other.compared;
        self.wrong += other.wrong;
    }
}

/// Whether a field holds codes, numbers and days, or a person's own words. Their error rates are never mixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// Codes, numbers and days.
    Closed,
    /// A person's own words.
    Words,
}

/// What stands on a sheet beside the questions of its form. The keys have a full stop, so that no question's key is one.
pub const FACTS: [&str; 5] =
    ["sheet.completed_on", "sheet.posted_on", "sheet.paper_reference", "sheet.quote_consent", "sheet.help"];

/// Everything one keyer read on a sheet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content {
    /// The typed answers.
    pub answers: Answers,
    /// What stands beside the questions, by its key in [`FACTS`]; what is missing was left blank.
    pub facts: BTreeMap<&'static str, String>,
}

impl Content {
    /// The content of a keying that passed the check.
    #[must_use]
    pub fn of(response: &Response) -> Self {
        let submission = &response.submission;
        let facts = FACTS.into_iter().filter_map(|key| fact(submission, key).map(|value| (key, value)));
        Self { answers: response.answers.clone(), facts: facts.collect() }
    }

    /// What stands in a field or beside the questions. Words are compared without regard to white space.
    #[must_use]
    pub fn get(&self, key: &str) -> Answer {
        if key.starts_with("sheet.") {
            return self.facts.get(key).map_or(Answer::Blank, |value| Answer::Answered(Value::Text(value.clone())));
        }
        self.answers.get(key)
    }
}

/// One of [`FACTS`] as text; none when the sheet does not say.
#[must_use]
pub fn fact(submission: &Submission, key: &str) -> Option<String> {
    match key {
        "sheet.completed_on" => submission.completed_on.map(|day| day.to_string()),
        "sheet.posted_on" => submission.posted_on.map(|day| day.to_string()),
        "sheet.paper_reference" => submission.origin.paper_reference.clone(),
        "sheet.quote_consent" => submission.quote_consent.map(|yes| if yes { "yes" } else { "no" }.to_owned()),
        "sheet.help" => submission.help.map(|help| help.code().to_owned()),
        _ => None,
    }
}

/// Put one of [`FACTS`] into a submission, from its text; an empty one takes it out, and so does one that cannot be read.
pub fn set_fact(submission: &mut Submission, key: &str, text: &str) {
    match key {
        "sheet.completed_on" => submission.completed_on = text.parse().ok(),
        "sheet.posted_on" => submission.posted_on = text.parse().ok(),
        "sheet.paper_reference" => submission.origin.paper_reference = Some(text.to_owned()).filter(|text| !text.is_empty()),
        "sheet.quote_consent" => {
            submission.quote_consent = match text {
                "yes" => Some(true),
                "no" => Some(false),
                _ => None,
            };
        }
        "sheet.help" => submission.help = Help::ALL.into_iter().find(|help| help.code() == text),
        _ => {}
    }
}

/// One place where two keyings differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The field, or one of [`FACTS`].
    pub key: String,
    /// What the first keyer entered.
    pub first: Answer,
    /// What the second keyer entered.
    pub second: Answer,
}

/// Two keyings of one sheet, put side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// Every place compared, with its sort, in the order of the sheet. What neither was asked nor answered is no place.
    pub places: Vec<(String, Sort)>,
    /// Where they differ, in the same order.
    pub differences: Vec<Difference>,
}

/// Compare two keyings of a sheet, field by field, each in any of the six states (see [`is_same`] for "not asked").
#[must_use]
pub fn compare(form: &FormVersion, edition: Edition, first: &Content, second: &Content) -> Compared {
    let fields = form.fields().iter().filter(|field| field.editions.contains(&edition));
    let sort = |takes: &Takes| if matches!(takes, Takes::Text(_)) { Sort::Words } else { Sort::Closed };
    let fields = fields.map(|field| (field.key.as_str(), sort(&field.takes)));
    let mut compared = Compared { places: Vec::new(), differences: Vec::new() };
    for (key, sort) in FACTS.into_iter().map(|key| (key, Sort::Closed)).chain(fields) {
        let (one, other) = (first.get(key), second.get(key));
        if one == Answer::NotAsked(None) && other == Answer::NotAsked(None) {
            continue;
        }
        compared.places.push((key.to_owned(), sort));
        if !is_same(&one, &other) {
            compared.differences.push(Difference { key: key.to_owned(), first: one, second: other });
        }
    }
    compared
}

/// What a keyer entered in a field. Whether routing asked it is no keystroke: where two keyings route differently, the
/// answer that routes is the difference.
#[derive(PartialEq, Eq)]
enum Entered {
    Nothing,
    Given(Vec<String>),
    Illegible,
    Spoiled(Vec<String>),
}

impl Entered {
    fn of(answer: &Answer) -> Self {
        match answer {
            Answer::Blank | Answer::NotAsked(None) => Self::Nothing,
            Answer::Answered(value) | Answer::NotAsked(Some(value)) => Self::Given(folded(value)),
            Answer::PreferNot => Self::Given(vec![PREFER_NOT.to_owned()]),
            Answer::Illegible => Self::Illegible,
            Answer::Spoiled(value) => Self::Spoiled(value.as_ref().map(folded).unwrap_or_default()),
        }
    }
}

/// A value with its white space folded: a line end more or less is nobody's error.
fn folded(value: &Value) -> Vec<String> {
    match value {
        Value::Text(text) => vec![text.split_whitespace().collect::<Vec<_>>().join(" ")],
        Value::Number(number) => vec![number.to_string()],
        Value::Codes(codes) => codes.clone(),
    }
}

/// Whether two keyers entered the same in a field.
#[must_use]
pub fn is_same(one: &Answer, other: &Answer) -> bool {
    Entered::of(one) == Entered::of(other)
}

/// What a third person said about one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Both keyers entered the same: nobody was asked.
    Agreed,
    /// Nobody has settled it yet.
    Open,
    /// The first keyer was right.
    First,
    /// The second keyer was right.
    Second,
    /// Neither was.
    Neither,
}

/// The verdicts on one pair of keyings, by place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdicts {
    /// On codes, numbers and days.
    pub closed: BTreeMap<String, Verdict>,
    /// On people's own words.
    pub words: BTreeMap<String, Verdict>,
}

impl Verdicts {
    /// The verdicts before anybody has settled anything.
    #[must_use]
    pub fn unsettled(compared: &Compared) -> Self {
        let open: BTreeSet<&str> = compared.differences.iter().map(|difference| difference.key.as_str()).collect();
        let mut verdicts = Self::default();
        for (key, sort) in &compared.places {
            let verdict = if open.contains(key.as_str()) { Verdict::Open } else { Verdict::Agreed };
            verdicts.of_sort(*sort).insert(key.clone(), verdict);
        }
        verdicts
    }

    /// Settle every open place by what a third person says the sheet holds.
    pub fn settle_by(&mut self, right: &Content, first: &Content, second: &Content) {
        let open: Vec<String> = self.open().into_iter().map(str::to_owned).collect();
        for key in open {
            let right = right.get(&key);
            let verdict = match (is_same(&right, &first.get(&key)), is_same(&right, &second.get(&key))) {
                (true, _) => Verdict::First,
                (false, true) => Verdict::Second,
                (false, false) => Verdict::Neither,
            };
            self.settle(&key, verdict);
        }
    }

    /// Settle one place; nothing happens when it is not open.
    pub fn settle(&mut self, key: &str, verdict: Verdict) {
        for map in [&mut self.closed, &mut self.words] {
            if let Some(place) = map.get_mut(key).filter(|place| **place == Verdict::Open) {
                *place = verdict;
            }
        }
    }

    /// The places nobody has settled yet.
    #[must_use]
    pub fn open(&self) -> Vec<&str> {
        self.all().filter(|(_, _, verdict)| *verdict == Verdict::Open).map(|(key, _, _)| key).collect()
    }

    /// Every place with its sort and verdict.
    pub fn all(&self) -> impl Iterator<Item = (&str, Sort, Verdict)> {
        let closed = self.closed.iter().map(|(key, verdict)| (key.as_str(), Sort::Closed, *verdict));
        closed.chain(self.words.iter().map(|(key, verdict)| (key.as_str(), Sort::Words, *verdict)))
    }

    /// How often one of the two keyers was wrong in fields of a sort.
    #[must_use]
    pub fn tally(&self, sort: Sort, is_first: bool) -> Tally {
        let mut tally = Tally::default();
        for (_, of, verdict) in self.all() {
            if of == sort {
                tally.add(is_wrong(verdict, is_first));
            }
        }
        tally
    }

    const fn of_sort(&mut self, sort: Sort) -> &mut BTreeMap<String, Verdict> {
        match sort {
            Sort::Closed => &mut self.closed,
            Sort::Words => &mut self.words,
        }
    }
}

const fn is_wrong(verdict: Verdict, is_first: bool) -> bool {
    match verdict {
        Verdict::Agreed | Verdict::Open => false,
        Verdict::First => !is_first,
        Verdict::Second => is_first,
        Verdict::Neither => true,
    }
}

/// A settled pair: who keyed it, and the verdicts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// Who keyed first.
    pub first_by: String,
    /// Who keyed second.
    pub second_by: String,
    /// The verdicts.
    pub verdicts: Verdicts,
}

/// How good the keying is, from pairs in which nothing is open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Quality {
    /// How many settled pairs there are.
    pub settled: u32,
    /// How many pairs still wait for a third person; none of their fields is counted.
    pub unsettled: u32,
    /// Entries by question; each pair holds two entries of each.
    pub by_question: BTreeMap<(String, Sort), Tally>,
    /// Entries by keyer.
    pub by_keyer: BTreeMap<(String, Sort), Tally>,
}

/// The error rates of pairs of keyings.
#[must_use]
pub fn quality(pairs: &[Pair]) -> Quality {
    let mut quality = Quality::default();
    for pair in pairs {
        if !pair.verdicts.open().is_empty() {
            quality.unsettled += 1;
            continue;
        }
        quality.settled += 1;
        for (key, sort, verdict) in pair.verdicts.all() {
            let question = quality.by_question.entry((key.to_owned(), sort)).or_default();
            question.add(is_wrong(verdict, true));
            question.add(is_wrong(verdict, false));
        }
        for (keyer, is_first) in [(&pair.first_by, true), (&pair.second_by, false)] {
            for sort in [Sort::Closed, Sort::Words] {
                *quality.by_keyer.entry((keyer.clone(), sort)).or_default() += pair.verdicts.tally(sort, is_first);
            }
        }
    }
    quality
}

/// How often a keyer was wrong in the closed fields of these pairs.
#[must_use]
pub fn recent(pairs: &[Pair], keyer: &str) -> Tally {
    let mut tally = Tally::default();
    for pair in pairs {
        if pair.first_by == keyer {
            tally += pair.verdicts.tally(Sort::Closed, true);
        }
        if pair.second_by == keyer {
            tally += pair.verdicts.tally(Sort::Closed, false);
        }
    }
    tally
}

#[cfg(test)]
mod tests;
