//! The submission that is sent: the real service-harmonisation form, about 28 fields answered, synthetic words.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use soundings::domain::answer::Answers;
use soundings::domain::check::asked;
use soundings::domain::form::FormVersion;
use soundings::domain::question::{Part, Takes};
use soundings::domain::wording::Edition;
use soundings::forms;
use soundings::intake::online::note;

use crate::load::Request;

/// The consultation that is answered.
pub const CONSULTATION: &str = "service-harmonisation";

const IDS: [&str; 2] = ["00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"];

const WORDS: &str = "[Synthetic] It would be fairer if everyone were treated the same wherever they live, and if the rules \
                     were written in plain words that people understand.";

/// One submission as an HTTP request; its two ids are put in anew each time it is sent.
pub fn request(address: &str) -> Result<Request> {
    let body = json!({
        "response_id": IDS[0],
        "revision_id": IDS[1],
        "form_version": 2,
        "edition": "standard",
        "channel": "online",
        "answers": answers(&form()?),
        "help": "no",
        "quote_consent": true,
    })
    .to_string();
    let text = format!(
        "POST /api/v1/consultations/{CONSULTATION}/responses HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let places = IDS.map(|id| text.find(id)).into_iter().flatten().collect();
    Ok(Request { bytes: text.into_bytes(), ids: places })
}

/// Answers to every question.
pub fn all() -> Result<Value> {
    Ok(answers(&form()?))
}

fn form() -> Result<FormVersion> {
    let library = forms::shipped();
    let (_, form) = library.versions(CONSULTATION, "survey").into_iter().last().context("the form comes with the program")?;
    Ok(FormVersion::new(form.clone(), String::new()))
}

/// Every question that is asked is answered, but own words only beside nothing.
fn answers(form: &FormVersion) -> Value {
    let mut so_far = Answers::default();
    let mut answers = serde_json::Map::new();
    for (number, field) in form.fields().iter().enumerate() {
        if field.part == Part::OwnWords || !asked(form, field, Edition::Standard, &so_far) {
            continue;
        }
        let value = match &field.takes {
            Takes::One(choices) => {
                let offered: Vec<_> = choices.iter().filter(|(_, editions)| editions.contains(&Edition::Standard)).collect();
                json!(offered[number % offered.len()].0)
            }
            Takes::Many(choices) => json!([choices[0].0, choices[1].0]),
            Takes::Text(_) => json!(WORDS),
            Takes::Number(least, _) => json!(least.unwrap_or(1)),
            Takes::Date => json!("2022-11-15"),
        };
        note(&mut so_far, &field.key, &value);
        answers.insert(field.key.clone(), value);
    }
    Value::Object(answers)
}
