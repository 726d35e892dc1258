//! Any submission written to a row and read back is the same submission.

use std::ops::ControlFlow;
use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value as Raw, json};
use uuid::Uuid;

use super::cells::{Cell, Row};
use super::headings::Known;
use super::lines::Lines;
use super::mapping::{Mapping, Separator};
use super::{text, written};
use crate::domain::check::{Checked, check};
use crate::domain::form::{Form, FormVersion};
use crate::domain::question::{Field, Takes};
use crate::domain::submission::{Channel, Help, Origin, Submission};
use crate::domain::wording::Edition;

fn form() -> FormVersion {
    let text = include_str!("../../../forms/service-harmonisation/survey.v2.toml");
    let form: Form = toml::from_str(text).unwrap();
    FormVersion::new(form, String::new())
}

/// Something that may stand in a field, or nothing.
fn given(field: &Field, edition: Edition) -> BoxedStrategy<Option<Raw>> {
    let codes: Vec<String> = match &field.takes {
        Takes::One(codes) => codes.iter().filter(|(_, of)| of.contains(&edition)).map(|(code, _)| code.clone()).collect(),
        Takes::Many(codes) => codes.iter().filter(|(_, of, _)| of.contains(&edition)).map(|(code, ..)| code.clone()).collect(),
        _ => Vec::new(),
    };
    let value = match &field.takes {
        Takes::One(_) if !codes.is_empty() => prop::sample::select(codes).prop_map(|code| json!(code)).boxed(),
        Takes::Many(_) if !codes.is_empty() => {
            let most = codes.len();
            prop::sample::subsequence(codes, 1..=most).prop_map(|codes| json!(codes)).boxed()
        }
        Takes::One(_) | Takes::Many(_) => return Just(None).boxed(),
        Takes::Text(_) => "[^\\x00\\r]{0,60}|[=+@'-].{0,20}".prop_map(|text| json!(text.replace('\r', ""))).boxed(),
        Takes::Number(least, most) => (least.unwrap_or(0)..=most.unwrap_or(9_999)).prop_map(|number| json!(number)).boxed(),
        Takes::Date => (0_u64..4_000).prop_map(day).boxed(),
    };
    prop::option::of(value).boxed()
}

fn day(days: u64) -> Raw {
    let first: chrono::NaiveDate = "2019-01-01".parse().unwrap();
    json!((first + chrono::Days::new(days)).to_string())
}

/// How a field is marked: not at all, illegible, or spoiled.
fn marks(fields: usize) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop_oneof![8 => Just(0_u8), 1 => Just(1_u8), 1 => Just(2_u8)], fields)
}

fn submission(form: Arc<FormVersion>) -> impl Strategy<Value = Submission> {
    let edition = prop::sample::select(Edition::ALL.to_vec());
    edition.prop_flat_map(move |edition| {
        let form = Arc::clone(&form);
        let answers: Vec<_> = form.fields().iter().map(|field| given(field, edition)).collect();
        let channel = prop::sample::select(Channel::ALL[1..].to_vec());
        let help = prop::option::of(prop::sample::select(Help::ALL.to_vec()));
        let dates = prop::collection::vec(prop::option::of(0_u64..3_000), 3);
        let reference = prop::option::of("[A-Za-z0-9'=+][A-Za-z0-9 =+-]{0,10}[a-z]");
        (answers, marks(form.fields().len()), channel, help, any::<Option<bool>>(), dates, reference).prop_map(
            move |(answers, marks, channel, help, consent, dates, reference)| {
                let day = |at: usize| dates[at].map(|days| day(days).as_str().unwrap().parse().unwrap());
                let mut submission = Submission {
                    response_id: Uuid::nil(),
                    revision_id: Uuid::nil(),
                    supersedes: None,
                    form: None,
                    form_version: form.form.version,
                    edition,
                    channel,
                    completed_on: day(0),
                    posted_on: day(1),
                    received_on: day(2),
                    answers: std::collections::BTreeMap::new(),
                    spoiled: Vec::new(),
                    illegible: Vec::new(),
                    help,
                    quote_consent: consent,
                    receipt_code: None,
                    origin: Origin { paper_reference: reference, line: Some(2), ..Origin::default() },
                };
                for ((field, given), mark) in form.fields().iter().zip(answers).zip(marks) {
                    let is_text = matches!(field.takes, Takes::Text(_));
                    match mark {
                        1 => submission.illegible.push(field.key.clone()),
                        2 if !is_text => {
                            submission.spoiled.push(field.key.clone());
                            submission.answers.extend(given.map(|raw| (field.key.clone(), raw)));
                        }
                        _ => submission.answers.extend(given.map(|raw| (field.key.clone(), raw))),
                    }
                }
                submission
            },
        )
    })
}

/// Read the second row beneath the first.
fn read(form: &Arc<FormVersion>, rows: &[Row]) -> Result<Submission, String> {
    let known = Known::new(std::iter::once(form));
    let columns = known.read(&rows[0], &Mapping::default());
    if !columns.problems.is_empty() {
        return Err(format!("{:?}", columns.problems));
    }
    let mut lines = Lines::new("c", std::iter::once(form), Channel::Import, columns, &rows[0]);
    let read = lines.read(&rows[1]);
    read.ready.map(|ready| ready.submission).ok_or_else(|| format!("{:?}", read.problems))
}

/// What the check makes of a submission: what would be stored.
fn stored(form: &FormVersion, submission: Submission) -> Result<(Submission, crate::domain::answer::Answers), String> {
    match check(form, Submission { response_id: Uuid::nil(), revision_id: Uuid::nil(), ..submission }) {
        Checked::Response(response) => {
            let (submission, answers, _) = response.into_parts();
            Ok((submission, answers))
        }
        other => Err(format!("{other:?}")),
    }
}

fn sheet(form: &FormVersion, submission: &Submission) -> Vec<Row> {
    let headings = written::headings(form).into_iter().map(|(heading, _)| Cell::Text(heading)).collect();
    let row = |line, cells| Row { line, cells, ..Row::default() };
    vec![row(1, headings), row(2, written::line(form, submission))]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn a_submission_written_to_a_row_and_read_back_is_the_same(submission in submission(Arc::new(form()))) {
        let form = Arc::new(form());
        let Ok(expected) = stored(&form, submission.clone()) else { return Ok(()) };
        let back = read(&form, &sheet(&form, &submission)).map_err(TestCaseError::fail)?;
        prop_assert_eq!(stored(&form, back).map_err(TestCaseError::fail)?, expected);
    }

    #[test]
    fn a_submission_written_to_a_text_and_read_back_is_the_same(submission in submission(Arc::new(form()))) {
        let form = Arc::new(form());
        let Ok(expected) = stored(&form, submission.clone()) else { return Ok(()) };
        let mut writer = csv::Writer::from_writer(Vec::new());
        for row in sheet(&form, &submission) {
            writer.write_record(row.cells.iter().map(Cell::shown)).unwrap();
        }
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), writer.into_inner().unwrap()).unwrap();
        let mut rows = Vec::new();
        text::rows(file.path(), encoding_rs::UTF_8, Separator::Comma, &mut |row| { rows.push(row); ControlFlow::Continue(()) }).unwrap();
        let back = read(&form, &rows).map_err(TestCaseError::fail)?;
        prop_assert_eq!(stored(&form, back).map_err(TestCaseError::fail)?, expected);
    }
}
