//! What the service's rules say of many made-up submissions, kept under `tests/vectors/`: the device app's own rules are
//! held to the same files, so that the two cannot drift apart.
//!
//! When a rule or a form is meant to change, run the tests, read `diff -r tests/vectors target/vectors`, and if every
//! difference is right, `cp -r target/vectors tests/` and commit it with the change.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Map, Value as Json, json};
use soundings::domain::check::{Checked, check};
use soundings::domain::double_keying::FACTS;
use soundings::domain::form::FormVersion;
use soundings::domain::paging::{Page, pages};
use soundings::domain::question::{Field, Takes};
use soundings::domain::submission::{Channel, Origin, Submission};
use soundings::domain::wording::Edition;
use soundings::forms::shipped;
use soundings::intake::keyed::entry::Entry;
use soundings::intake::online;
use soundings::store::drafts::Draft;
use uuid::Uuid;

/// Submissions, keyed sheets and interviews made up for each form.
const CASES: u64 = 14;

#[test]
fn the_device_app_is_held_to_what_the_rules_say_now() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (golden, new) = (root.join("tests/vectors"), root.join("target/vectors"));
    let _ = std::fs::remove_dir_all(&new);
    std::fs::create_dir_all(&new).unwrap();
    let library = shipped();
    let mut made = BTreeSet::new();
    for form in library.files.iter().filter_map(|file| file.form().map(|form| (form, &file.digest))) {
        let name = format!("{}.{}.v{}.json", form.0.consultation, form.0.form, form.0.version);
        std::fs::write(new.join(&name), vectors(&FormVersion::new(form.0.clone(), form.1.clone()))).unwrap();
        made.insert(name);
    }
    assert!(made.len() > 8, "{made:?}");
    let kept: BTreeSet<String> =
        std::fs::read_dir(&golden).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let read = |folder: &Path, name: &str| std::fs::read(folder.join(name)).ok();
    let differing: Vec<_> = made.union(&kept).filter(|name| read(&golden, name) != read(&new, name)).collect();
    assert!(differing.is_empty(), "{differing:?} differ: read `diff -r tests/vectors target/vectors`");
}

/// One file: the form without its words, its pages, and the cases, one a line.
fn vectors(form: &FormVersion) -> String {
    let mut chance = Chance(form.digest.bytes().fold(7, |seed, byte| seed.wrapping_mul(31).wrapping_add(u64::from(byte))));
    let line = |(name, value): (&str, Json)| format!("{}: {value}", json!(name));
    let list = |cases: Vec<Json>| cases.iter().map(Json::to_string).collect::<Vec<_>>().join(",\n");
    let lines = [
        line(("form", without_words(&serde_json::to_value(&form.form).unwrap()))),
        line(("pages", json!({ "standard": outline(form, Edition::Standard), "easy_read": outline(form, Edition::EasyRead) }))),
    ];
    let submissions = (0..CASES).map(|_| submission_case(form, &mut chance)).collect();
    let sheets = (0..CASES).map(|_| sheet_case(form, &mut chance)).collect();
    let interviews = (0..CASES).map(|_| interview_case(form, &mut chance)).collect();
    format!(
        "{{{},\n\"submissions\": [\n{}],\n\"sheets\": [\n{}],\n\"interviews\": [\n{}]}}\n",
        lines.join(",\n"),
        list(submissions),
        list(sheets),
        list(interviews)
    )
}

/// The rules read which wordings there are and never what they say.
fn without_words(value: &Json) -> Json {
    let is_wording = |key: &str| key.starts_with("standard") || key.starts_with("easy_read");
    match value {
        Json::Object(members) if !members.is_empty() && members.keys().all(|key| is_wording(key)) => {
            members.keys().map(|key| (key.clone(), json!("…"))).collect::<Map<_, _>>().into()
        }
        Json::Object(members) => {
            let unread = ["notes", "change", "benchmark", "picture", "prompts", "hint", "areas", "collapses_to", "class"];
            let kept = members.iter().filter(|(key, _)| !unread.contains(&key.as_str()));
            kept.map(|(key, value)| (key.clone(), without_words(value))).collect::<Map<_, _>>().into()
        }
        Json::Array(items) => items.iter().map(without_words).collect(),
        other => other.clone(),
    }
}

fn outline(form: &FormVersion, edition: Edition) -> Vec<Json> {
    let described = |page: &Page| json!({ "slug": page.slug, "section": page.section, "information": page.information, "questions": page.questions });
    pages(form, edition).iter().map(described).collect()
}

/// A raw submission on any channel, with much that is wrong in it.
fn submission_case(form: &FormVersion, chance: &mut Chance) -> Json {
    let mut submission = empty(form, chance);
    submission.channel = Channel::ALL[chance.below(9)];
    let wild = chance.below(3) == 0;
    for field in form.fields() {
        if chance.below(10) < 6 {
            let odd = wild && chance.below(6) == 0;
            let value = if odd { odd_value(chance) } else { usual_value(field, submission.edition, chance) };
            submission.answers.insert(field.key.clone(), value);
        }
        if wild && chance.below(30) == 0 {
            submission.spoiled.push(field.key.clone());
        }
        if wild && chance.below(30) == 0 {
            submission.illegible.push(field.key.clone());
        }
    }
    if wild && chance.below(2) == 0 {
        submission.answers.insert("no_such_question".to_owned(), json!("yes"));
        submission.illegible.push("nor_this".to_owned());
    }
    if chance.below(12) == 0 {
        submission.answers.clear();
    }
    let given = json!({ "edition": submission.edition, "channel": submission.channel, "answers": submission.answers,
        "spoiled": submission.spoiled, "illegible": submission.illegible });
    json!({ "given": given, "said": said(form, submission) })
}

fn said(form: &FormVersion, submission: Submission) -> Json {
    let edition = submission.edition;
    match check(form, submission) {
        Checked::Refused(findings) => json!({ "outcome": "refused", "findings": findings }),
        Checked::Hold(findings) => json!({ "outcome": "hold", "findings": findings }),
        Checked::Response(response) => {
            let (_, answers, findings) = response.into_parts();
            let shown: Vec<_> =
                pages(form, edition).into_iter().filter(|page| page.is_for(form, &answers)).map(|page| page.slug).collect();
            json!({ "outcome": "response", "findings": findings, "answers": answers, "pages": shown })
        }
    }
}

/// A sheet as its keyer entered it, and the submission it makes.
fn sheet_case(form: &FormVersion, chance: &mut Chance) -> Json {
    let mut made = empty(form, chance);
    made.channel = Channel::Paper;
    let mut entry = entered(form, made.edition, chance);
    let days = ["14/12/2022", "2022-12-14", "31/02/2022", "14 December", " 1.1.2023 ", "2022-1-5", "12/14/2022"];
    for (key, values) in [
        (FACTS[0], &days[..]),
        (FACTS[1], &days[..]),
        (FACTS[2], &["A 17", " 12 "][..]),
        (FACTS[3], &["yes", "no", "perhaps"][..]),
        (FACTS[4], &["read_to_me", "nobody", "no"][..]),
    ] {
        if chance.below(2) == 0 {
            entry.values.insert(key.to_owned(), vec![(*chance.of(values)).to_owned()]);
        }
    }
    let keys = FACTS.into_iter().chain(form.fields().iter().map(|field| field.key.as_str()));
    let wrong: Vec<Json> = keys
        .filter_map(|key| entry.put(form, &mut made, key).err())
        .map(|wrong| json!({ "key": wrong.key, "text": wrong.text }))
        .collect();
    json!({ "edition": made.edition, "entry": as_json(&entry), "submission": facts_and_answers(&made), "wrong": wrong })
}

/// An interview as it was entered on the resident's pages, and the submission it makes.
fn interview_case(form: &FormVersion, chance: &mut Chance) -> Json {
    let base = empty(form, chance);
    let entry = entered(form, base.edition, chance);
    let mut answers = BTreeMap::new();
    for field in form.fields() {
        let values: Vec<&String> =
            entry.values.get(&field.key).into_iter().flatten().filter(|text| !text.trim().is_empty()).collect();
        let value = match (values.as_slice(), &field.takes) {
            ([], _) => continue,
            ([one], Takes::One(_) | Takes::Text(_) | Takes::Number(..) | Takes::Date) => json!(one),
            (many, _) => json!(many),
        };
        answers.insert(field.key.clone(), value);
    }
    let draft = Draft {
        consultation: form.form.consultation.clone(),
        form_version: form.form.version,
        edition: base.edition,
        language: "en".to_owned(),
        answers,
        response_id: base.response_id,
        revision_id: base.revision_id,
        began_at: chrono::DateTime::UNIX_EPOCH,
        quote_consent: None,
        help: None,
        sent: None,
    };
    let made = online::submission(form, &draft);
    json!({ "edition": made.edition, "entry": as_json(&entry), "submission": { "answers": made.answers } })
}

fn entered(form: &FormVersion, edition: Edition, chance: &mut Chance) -> Entry {
    let mut entry = Entry::default();
    for field in form.fields() {
        if chance.below(10) < 6 {
            let values = match usual_value(field, edition, chance) {
                Json::Array(many) => many.iter().map(|one| one.as_str().unwrap_or("7").to_owned()).collect(),
                one => vec![one.as_str().map_or_else(|| one.to_string(), str::to_owned)],
            };
            entry.values.insert(field.key.clone(), values);
        }
        match chance.below(40) {
            0 => drop(entry.marks.insert(field.key.clone(), "illegible".to_owned())),
            1 => drop(entry.marks.insert(field.key.clone(), "spoiled".to_owned())),
            _ => {}
        }
    }
    entry
}

fn as_json(entry: &Entry) -> Json {
    json!({ "values": entry.values, "marks": entry.marks, "note": entry.note })
}

fn facts_and_answers(made: &Submission) -> Json {
    json!({ "answers": made.answers, "spoiled": made.spoiled, "illegible": made.illegible, "completed_on": made.completed_on,
        "posted_on": made.posted_on, "help": made.help, "quote_consent": made.quote_consent,
        "paper_reference": made.origin.paper_reference })
}

fn empty(form: &FormVersion, chance: &mut Chance) -> Submission {
    let editions: Vec<Edition> = Edition::ALL.into_iter().filter(|edition| form.has_edition(*edition)).collect();
    Submission {
        response_id: Uuid::nil(),
        revision_id: Uuid::nil(),
        supersedes: None,
        form: None,
        form_version: form.form.version,
        edition: *chance.of(&editions),
        channel: Channel::Online,
        completed_on: None,
        posted_on: None,
        received_on: None,
        answers: BTreeMap::new(),
        spoiled: Vec::new(),
        illegible: Vec::new(),
        help: None,
        quote_consent: None,
        receipt_code: None,
        origin: Origin::default(),
    }
}

/// What people mostly give, with a slip now and then.
fn usual_value(field: &Field, edition: Edition, chance: &mut Chance) -> Json {
    let slip = chance.below(12) == 0;
    let offered = |editions: &[Edition]| slip || editions.contains(&edition);
    match &field.takes {
        Takes::One(choices) => {
            let codes: Vec<&String> = choices.iter().filter(|(_, editions)| offered(editions)).map(|(code, _)| code).collect();
            if codes.is_empty() || (slip && chance.below(3) == 0) {
                return json!("no_such_choice");
            }
            let one = chance.of(&codes);
            match chance.below(14) {
                0 => json!([one]),
                1 => json!([one, chance.of(&codes)]),
                _ => json!(one),
            }
        }
        Takes::Many(choices) => {
            let codes: Vec<&String> =
                choices.iter().filter(|(_, editions, _)| offered(editions)).map(|(code, _, _)| code).collect();
            let ticked: Vec<&&String> = codes.iter().filter(|_| chance.below(4) == 0).collect();
            if ticked.len() == 1 && chance.below(2) == 0 { json!(ticked[0]) } else { json!(ticked) }
        }
        Takes::Text(limit) => match chance.below(if *limit <= 300 { 12 } else { 11 }) {
            0 => json!("  words with space around\u{a0}\u{85}"),
            1 => json!("two\r\nlines\rand three"),
            2 => json!("\u{feff}kept mark"),
            3 => json!(" \t\u{2003}"),
            11 => json!("é😀".repeat(limit / 2)),
            _ => json!("It is fairer."),
        },
        Takes::Number(..) => match chance.below(8) {
            0 => json!(3),
            1 => json!(" +12 "),
            2 => json!("twelve"),
            3 => json!(2.5),
            4 => json!("-1"),
            5 => json!("1000000"),
            _ => json!("7"),
        },
        Takes::Date => json!(chance.of(&["2022-11-30", "2022-2-3", "2022-02-30", "30/11/2022", " 2023-01-01 ", "soon"])),
    }
}

/// What no page sends, and a program may.
fn odd_value(chance: &mut Chance) -> Json {
    match chance.below(9) {
        0 => Json::Null,
        1 => json!(true),
        2 => json!([]),
        3 => json!([1, "two"]),
        4 => json!("nul\u{0}inside"),
        5 => json!(["nul\u{0}inside", "b"]),
        6 => json!({}),
        7 => json!(17),
        _ => json!(["a", "b"]),
    }
}

/// Chance that is the same every time (`SplitMix64`).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % end as u64).unwrap()
    }

    fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}
