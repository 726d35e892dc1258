//! One sheet as its keyer entered it: read from a page, made into a submission, and put back on the page.

use std::collections::BTreeMap;

use serde_json::Value as Raw;
use uuid::Uuid;

use crate::domain::check::{Checked, check};
use crate::domain::day;
use crate::domain::double_keying::{FACTS, fact, set_fact};
use crate::domain::finding::{Effect, Finding, Rule};
use crate::domain::form::FormVersion;
use crate::domain::ledger::Postmark;
use crate::domain::question::Takes;
use crate::domain::response::Response;
use crate::domain::submission::{Origin, Submission};
use crate::store::batches::Batch;

/// The longest margin note, in characters.
pub const NOTE_LIMIT: usize = 1000;

/// What a keyer entered, field by field, as it stands on the page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// What stands in each field and in each of [`FACTS`]; several values where several were ticked.
    pub values: BTreeMap<String, Vec<String>>,
    /// Fields marked `illegible` or `spoiled`.
    pub marks: BTreeMap<String, String>,
    /// What is written in the margin; kept with the sheet, never an answer.
    pub note: String,
}

/// Something the keyer can put right, since the sheet lies before them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// The field.
    pub key: String,
    /// What to do.
    pub text: String,
}

impl Entry {
    /// What a page sent: fields by their key, marks under `mark.` and the key.
    #[must_use]
    pub fn posted(fields: &[(String, String)]) -> Self {
        let mut entry = Self::default();
        for (name, value) in fields.iter().filter(|(_, value)| !value.trim().is_empty()) {
            match name.strip_prefix("mark.") {
                Some(key) => drop(entry.marks.insert(key.to_owned(), value.clone())),
                None if name == "note" => entry.note = value.trim().chars().take(NOTE_LIMIT).collect(),
                None => entry.values.entry(name.clone()).or_default().push(value.clone()),
            }
        }
        entry
    }

    /// What a submission says, as it stood on the page it came from.
    #[must_use]
    pub fn of(submission: &Submission, note: &str) -> Self {
        let text = |raw: &Raw| raw.as_str().map_or_else(|| raw.to_string(), str::to_owned);
        let values = |raw: &Raw| match raw {
            Raw::Array(many) => many.iter().map(text).collect(),
            Raw::Null => Vec::new(),
            one => vec![text(one)],
        };
        let mut entry = Self { note: note.to_owned(), ..Self::default() };
        entry.values = submission.answers.iter().map(|(key, raw)| (key.clone(), values(raw))).collect();
        entry.values.extend(FACTS.into_iter().filter_map(|key| Some((key.to_owned(), vec![fact(submission, key)?]))));
        let marked = |keys: &[String], mark: &str| keys.iter().map(|key| (key.clone(), mark.to_owned())).collect::<Vec<_>>();
        entry.marks.extend(marked(&submission.illegible, "illegible"));
        entry.marks.extend(marked(&submission.spoiled, "spoiled"));
        entry
    }

    /// The first value in a field.
    #[must_use]
    pub fn first(&self, key: &str) -> Option<&str> {
        self.values.get(key).and_then(|values| values.first()).map(|value| value.trim())
    }

    /// Put what this entry says of one field, or of one of [`FACTS`], into a submission.
    ///
    /// # Errors
    /// What the keyer can put right.
    pub fn put(&self, form: &FormVersion, submission: &mut Submission, key: &str) -> Result<(), Wrong> {
        if FACTS.contains(&key) {
            return self.put_fact(submission, key);
        }
        submission.answers.remove(key);
        submission.spoiled.retain(|other| other != key);
        submission.illegible.retain(|other| other != key);
        let Some(field) = form.field(key) else { return Ok(()) };
        let values: Vec<String> =
            self.values.get(key).into_iter().flatten().filter(|value| !value.trim().is_empty()).cloned().collect();
        if !values.is_empty() {
            submission.answers.insert(key.to_owned(), raw(&field.takes, &values));
        }
        match self.marks.get(key).map(String::as_str) {
            Some("illegible") => submission.illegible.push(key.to_owned()),
            Some("spoiled") => submission.spoiled.push(key.to_owned()),
            _ => {}
        }
        Ok(())
    }

    fn put_fact(&self, submission: &mut Submission, key: &str) -> Result<(), Wrong> {
        let text = self.first(key).unwrap_or_default();
        let is_day = key.ends_with("_on");
        let text = match day::typed(text) {
            Some(day) if is_day => day.to_string(),
            None if is_day && !text.is_empty() => {
                let text = format!("{text} is no day. Key it as day, month, year, such as 14/12/2022, or leave it empty.");
                return Err(Wrong { key: key.to_owned(), text });
            }
            _ => text.to_owned(),
        };
        set_fact(submission, key, &text);
        Ok(())
    }
}

/// Values as a submission holds them. Several under a field that takes one stay several: two ticks are spoiled, and kept.
fn raw(takes: &Takes, values: &[String]) -> Raw {
    match (takes, values) {
        (Takes::Date, [one]) => Raw::String(day::typed(one).map_or_else(|| one.clone(), |day| day.to_string())),
        (Takes::One(_) | Takes::Text(_) | Takes::Number(..), [one]) => Raw::String(one.clone()),
        _ => Raw::Array(values.iter().cloned().map(Raw::String).collect()),
    }
}

/// The ids a sheet is keyed under.
#[derive(Debug, Clone, Copy)]
pub struct Ids {
    /// The response's; the sheet's own.
    pub response_id: Uuid,
    /// The new revision's.
    pub revision_id: Uuid,
    /// The revision it replaces, if one is stored.
    pub supersedes: Option<Uuid>,
}

/// The submission a sheet makes: what its keyer entered, and what is carried forward from its batch.
///
/// # Errors
/// What the keyer can put right.
pub fn submission(
    form: &FormVersion,
    batch: &Batch,
    sheet: u32,
    keyer: &str,
    ids: Ids,
    entry: &Entry,
) -> Result<Submission, Vec<Wrong>> {
    let about = &batch.about;
    let mut made = Submission {
        response_id: ids.response_id,
        revision_id: ids.revision_id,
        supersedes: ids.supersedes,
        form: None,
        form_version: about.form_version,
        edition: about.edition,
        channel: about.channel,
        completed_on: None,
        posted_on: None,
        received_on: Some(about.received_on),
        answers: BTreeMap::new(),
        spoiled: Vec::new(),
        illegible: Vec::new(),
        help: None,
        quote_consent: None,
        receipt_code: None,
        origin: Origin {
            batch: Some(batch.number.to_string()),
            line: Some(sheet),
            keyed_by: Some(keyer.to_owned()),
            event: about.event.clone(),
            ..Origin::default()
        },
    };
    let keys = FACTS.into_iter().chain(form.fields().iter().map(|field| field.key.as_str()));
    let wrong: Vec<Wrong> = keys.filter_map(|key| entry.put(form, &mut made, key).err()).collect();
    match about.postmark {
        Postmark::None => made.posted_on = None,
        Postmark::Batch => made.posted_on = about.posted_on,
        Postmark::Sheet => {}
    }
    if wrong.is_empty() { Ok(made) } else { Err(wrong) }
}

/// Check a keyed sheet. Its keyer can be asked again, unlike its writer, so what would be held is said at once.
///
/// # Errors
/// What the keyer can put right.
pub fn checked(form: &FormVersion, submission: &Submission) -> Result<Response, Vec<Wrong>> {
    match check(form, submission.clone()) {
        Checked::Response(response) => Ok(*response),
        Checked::Refused(findings) | Checked::Hold(findings) => {
            let blocking = findings.iter().filter(|finding| submission.channel.effect_of(finding.rule) != Effect::Note);
            Err(blocking.map(wrong).collect())
        }
    }
}

fn wrong(finding: &Finding) -> Wrong {
    let key = finding.question.clone().unwrap_or_default();
    let detail = finding.detail.clone().unwrap_or_default();
    let kept = "If this is what the sheet says, mark it \u{201c}cannot count\u{201d}: it is kept as it was written.";
    let text = match finding.rule {
        Rule::OutOfRange => format!("Only {detail} can count here. {kept}"),
        Rule::NotADate => format!("{detail} is no day. Key it as day, month, year, such as 14/12/2022. {kept}"),
        Rule::WrongKind => format!("A whole number goes here, without words. {kept}"),
        rule => format!("{} {kept}", rule.what_to_do()),
    };
    Wrong { key, text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_reads_fields_marks_and_the_note_and_leaves_out_what_is_empty() {
        let fields = [("a", "1"), ("a", "2"), ("b", " "), ("mark.c", "illegible"), ("mark.d", ""), ("note", " in red ")];
        let entry = Entry::posted(&fields.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(entry.values.keys().collect::<Vec<_>>(), ["a"]);
        assert_eq!(entry.values["a"], ["1", "2"]);
        assert_eq!(entry.marks.len(), 1);
        assert_eq!(entry.note, "in red");
    }
}
