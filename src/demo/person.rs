//! One made-up person answering a form: some questions skipped, opinions that hang together, words labelled synthetic.

use std::collections::BTreeMap;

use serde_json::{Value as Raw, json};
use uuid::Uuid;

use super::chance::Chance;
use crate::domain::answer::Answers;
use crate::domain::check::asked;
use crate::domain::form::FormVersion;
use crate::domain::question::{Field, PREFER_NOT, Part, Takes};
use crate::domain::submission::{Channel, Help, Submission};
use crate::domain::wording::Edition;
use crate::intake::online::note;

/// How strongly one council area answered beside another, and the age groups beside each other: deliberately uneven.
const WEIGHTS: &[(&str, u32)] = &[
    ("basildon", 300),
    ("braintree", 450),
    ("brentwood", 400),
    ("castle_point", 250),
    ("chelmsford", 500),
    ("maldon", 2200),
    ("rochford", 350),
    ("southend", 480),
    ("thurrock", 270),
    ("16_24", 40),
    ("25_34", 130),
    ("35_44", 180),
    ("45_54", 190),
    ("55_64", 230),
    ("65_74", 190),
    ("75_84", 80),
    ("85_over", 15),
    ("white_british", 2300),
    ("heterosexual", 900),
    ("english", 1500),
    ("parent_carer", 500),
    ("young_person", 180),
    ("other", 20),
    (PREFER_NOT, 30),
];

const OPENINGS: &[&str] = &[
    "It would be fairer if",
    "I worry that",
    "For my family it matters that",
    "I agree that",
    "It is not right that",
    "Please think about how",
];

const MIDDLES: &[&str] = &[
    "everyone is treated the same wherever they live",
    "people have to travel far for an appointment",
    "the waiting times are so long",
    "the criteria are explained in plain words",
    "money decides who gets help",
    "support starts earlier",
    "mental health is looked at as well",
    "staff have the time to listen",
    "families do not have to tell their story again",
];

const ENDINGS: &[&str] = &[
    "",
    " This affects us now.",
    " Thank you for asking.",
    " I have seen both sides of it.",
    " Please write to people about the outcome.",
];

/// A submission with made-up answers; the caller gives it its ids and dates.
pub fn submission(form: &FormVersion, channel: Channel, easy_read: bool, chance: &mut Chance) -> Submission {
    let edition = if easy_read { Edition::EasyRead } else { Edition::Standard };
    let mood = [chance.weighted(&[45, 15, 40]), chance.weighted(&[3, 1, 1])];
    let paper = channel != Channel::Online;
    let blank_sheet = paper && chance.of_a_thousand(15);
    let mut answers = BTreeMap::new();
    let mut so_far = Answers::default();
    let (mut spoiled, mut illegible) = (Vec::new(), Vec::new());
    for field in form.fields() {
        if blank_sheet || !asked(form, field, edition, &so_far) || skips(form, field, chance) {
            continue;
        }
        match &field.takes {
            Takes::One(_) if paper && chance.of_a_thousand(6) => spoiled.push(field.key.clone()),
            Takes::Text(_) if paper && chance.of_a_thousand(8) => illegible.push(field.key.clone()),
            takes => {
                if let Some(raw) = answer(takes, edition, mood, chance) {
                    note(&mut so_far, &field.key, &raw);
                    answers.insert(field.key.clone(), raw);
                }
            }
        }
    }
    if !paper && answers.keys().all(|key| key != "important") {
        // The public page asks for at least one answer about the matter itself.
        answers.insert("important".to_owned(), words(chance));
    }
    if form.field("important").is_none() {
        answers.remove("important");
        answers.entry("important_future".to_owned()).or_insert_with(|| words(chance));
    }
    Submission {
        response_id: Uuid::nil(),
        revision_id: Uuid::nil(),
        supersedes: None,
        form: None,
        form_version: form.form.version,
        edition,
        channel,
        completed_on: None,
        posted_on: None,
        received_on: None,
        answers,
        spoiled,
        illegible,
        help: [Some(Help::No), None, Some(Help::ReadToMe), Some(Help::WroteForMe)][chance.weighted(&[70, 20, 6, 4])],
        quote_consent: [Some(true), Some(false), None][chance.weighted(&[60, 25, 15])],
        receipt_code: None,
        origin: crate::domain::submission::Origin::default(),
    }
}

/// People skip: text more than ticks, and the questions after sending more than the others.
fn skips(form: &FormVersion, field: &Field, chance: &mut Chance) -> bool {
    let (section, _) = form.place(field);
    let of_a_thousand = match (&field.takes, field.part.clone()) {
        (_, Part::OwnWords | Part::Comment(_)) => 950,
        (Takes::Text(_), _) => 620,
        _ if section.after_sending => 280,
        _ => 90,
    };
    chance.of_a_thousand(of_a_thousand)
}

fn answer(takes: &Takes, edition: Edition, mood: [usize; 2], chance: &mut Chance) -> Option<Raw> {
    match takes {
        Takes::One(choices) => {
            let codes: Vec<&str> =
                choices.iter().filter(|(_, editions)| editions.contains(&edition)).map(|(code, _)| code.as_str()).collect();
            let weights: Vec<u32> = codes.iter().map(|code| weight(code, mood)).collect();
            codes.get(chance.weighted(&weights)).map(|code| json!(code))
        }
        Takes::Many(choices) => {
            let codes: Vec<&str> =
                choices.iter().filter(|(_, editions, _)| editions.contains(&edition)).map(|(code, ..)| code.as_str()).collect();
            let mut ticked: Vec<&str> = codes.iter().copied().filter(|_| chance.of_a_thousand(180)).collect();
            if ticked.is_empty() {
                ticked.extend(chance.pick(&codes));
            }
            Some(json!(ticked))
        }
        Takes::Text(_) => Some(words(chance)),
        Takes::Number(least, most) => {
            Some(json!(least.unwrap_or(0) + i64::try_from(chance.below(10)).unwrap_or(0).min(most.unwrap_or(10))))
        }
        Takes::Date => Some(json!("2022-11-15")),
    }
}

fn weight(code: &str, [mood, strength]: [usize; 2]) -> u32 {
    let strong = code.starts_with("strongly_");
    let leaning = match code {
        "strongly_support" | "somewhat_support" | "support" | "strongly_agree" | "agree" | "important" => 0,
        "neither" | "dont_know" | "not_sure" => 1,
        "oppose" | "strongly_oppose" | "disagree" | "strongly_disagree" | "less_important" => 2,
        _ => return WEIGHTS.iter().find(|(known, _)| *known == code).map_or(60, |(_, weight)| *weight),
    };
    match (leaning == mood, strong == (strength == 0)) {
        (true, true) => 70,
        (true, false) => 35,
        (false, _) => 8,
    }
}

fn words(chance: &mut Chance) -> Raw {
    let part = |from: &[&'static str], chance: &mut Chance| chance.pick(from).unwrap_or_default();
    json!(format!("[Synthetic] {} {}.{}", part(OPENINGS, chance), part(MIDDLES, chance), part(ENDINGS, chance)))
}
