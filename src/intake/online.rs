//! Posted page fields to a submission: standard and easy read alike.

use std::collections::BTreeMap;

use serde_json::Value as Raw;

use crate::domain::check::asked;
use crate::domain::form::FormVersion;
use crate::domain::question::Takes;
use crate::domain::submission::{Channel, Origin, Submission};
use crate::domain::wording::Edition;
use crate::domain::{answer::Answers, paging::Page};
use crate::store::drafts::Draft;

/// The answers of one page, read from its posted fields. A field of the page that was left empty comes back as null, so
/// that an answer can be taken back. Fields of other pages are not looked at.
#[must_use]
pub fn read_page(form: &FormVersion, page: &Page, edition: Edition, posted: &[(String, String)]) -> BTreeMap<String, Raw> {
    let on_page = |section: usize, question: usize| section == page.section && page.questions.contains(&question);
    let fields = form.fields().iter().filter(|field| on_page(field.section, field.question) && field.editions.contains(&edition));
    fields.map(|field| (field.key.clone(), posted_value(&field.takes, &field.key, posted))).collect()
}

/// What was posted under a key. Several values under one key are kept as they are: the check says what is wrong.
fn posted_value(takes: &Takes, key: &str, posted: &[(String, String)]) -> Raw {
    let mut values: Vec<Raw> = posted
        .iter()
        .filter(|(name, value)| name == key && !value.trim().is_empty())
        .map(|(_, value)| Raw::String(value.clone()))
        .collect();
    match (values.len(), takes) {
        (0, _) => Raw::Null,
        (1, Takes::One(_) | Takes::Text(_) | Takes::Number(..) | Takes::Date) => values.remove(0),
        _ => Raw::Array(values),
    }
}

/// The submission a draft makes. Answers that routing no longer asks for are left out, since the person has seen that
/// the question went away; answers in words of the other edition that this one does not offer are left out too.
#[must_use]
pub fn submission(form: &FormVersion, draft: &Draft) -> Submission {
    let mut answers = BTreeMap::new();
    let mut so_far = Answers::default();
    for field in form.fields() {
        let Some(raw) = draft.answers.get(&field.key) else { continue };
        if asked(form, field, draft.edition, &so_far) && offered(&field.takes, raw, draft.edition) {
            note(&mut so_far, &field.key, raw);
            answers.insert(field.key.clone(), raw.clone());
        }
    }
    Submission {
        response_id: draft.response_id,
        revision_id: draft.revision_id,
        supersedes: draft.sent.as_ref().map(|sent| sent.revision_id),
        form: None,
        form_version: draft.form_version,
        edition: draft.edition,
        channel: Channel::Online,
        completed_on: None,
        posted_on: None,
        received_on: None,
        answers,
        spoiled: Vec::new(),
        illegible: Vec::new(),
        help: draft.help,
        quote_consent: draft.quote_consent,
        receipt_code: draft.sent.as_ref().map(|sent| sent.receipt_code.clone()),
        origin: Origin::default(),
    }
}

/// Whether this edition offers the choice that was kept; text is always offered.
#[must_use]
pub fn offered(takes: &Takes, raw: &Raw, edition: Edition) -> bool {
    match (takes, raw) {
        (Takes::One(choices), Raw::String(code)) => {
            choices.iter().any(|(known, editions)| known == code && editions.contains(&edition))
        }
        _ => true,
    }
}

/// Remember codes for routing.
pub fn note(answers: &mut Answers, key: &str, raw: &Raw) {
    use crate::domain::answer::Value;
    let value = match raw {
        Raw::String(text) => Value::Text(text.clone()),
        Raw::Array(items) => Value::Codes(items.iter().filter_map(Raw::as_str).map(str::to_owned).collect()),
        _ => return,
    };
    answers.values.insert(key.to_owned(), value);
}
