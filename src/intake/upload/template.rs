//! Templates: an empty file for a form version, with one heading a field, an example, and what may stand in each column.

use std::collections::BTreeMap;

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use serde_json::{Value as Raw, json};
use uuid::Uuid;

use super::cells::Cell;
use super::lines::EXAMPLE;
use super::mapping::{About, Target};
use super::values::{ILLEGIBLE, SPOILED};
use super::written::{headings, line};
use crate::domain::form::FormVersion;
use crate::domain::question::{Choice, Field, Takes};
use crate::domain::submission::{Channel, Help, Origin, Submission};
use crate::domain::wording::{DEFAULT_LANGUAGE, Edition, Text};
use crate::error::Result;

/// The kinds of template.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Template {
    /// Separated text.
    Csv,
    /// A workbook, with a sheet of what is allowed.
    #[default]
    Xlsx,
}

/// The template of a form version, as bytes.
///
/// # Errors
/// When it cannot be written, which is our own fault.
pub fn template(form: &FormVersion, kind: Template) -> Result<Vec<u8>> {
    let rows = [headings(form).into_iter().map(|(heading, _)| Cell::Text(heading)).collect(), line(form, &example(form))];
    match kind {
        Template::Csv => csv(&rows),
        Template::Xlsx => Ok(workbook(form, &rows).map_err(anyhow::Error::from)?),
    }
}

/// A submission as an example: the first thing that may stand in each field of the standard edition.
fn example(form: &FormVersion) -> Submission {
    let answers = form.fields().iter().filter_map(|field| Some((field.key.clone(), first(field)?)));
    Submission {
        response_id: Uuid::nil(),
        revision_id: Uuid::nil(),
        supersedes: None,
        form: None,
        form_version: form.form.version,
        edition: Edition::Standard,
        channel: Channel::Paper,
        completed_on: None,
        posted_on: None,
        received_on: None,
        answers: answers.collect::<BTreeMap<_, _>>(),
        spoiled: Vec::new(),
        illegible: Vec::new(),
        help: Some(Help::No),
        quote_consent: Some(true),
        receipt_code: None,
        origin: Origin { paper_reference: Some(EXAMPLE.to_owned()), ..Origin::default() },
    }
}

fn first(field: &Field) -> Option<Raw> {
    match &field.takes {
        Takes::One(choices) => choices.first().map(|(code, _)| json!(code)),
        Takes::Many(choices) => {
            Some(choices.iter().filter(|(_, _, exclusive)| !exclusive).take(2).map(|(code, ..)| code.clone()).collect())
        }
        Takes::Text(_) => Some(json!("In the person's own words.")),
        Takes::Number(least, _) => Some(json!(least.unwrap_or(1))),
        Takes::Date => Some(json!("2022-11-30")),
    }
}

/// With a byte order mark, so that a spreadsheet program knows it is UTF-8 (rule R78).
fn csv(rows: &[Vec<Cell>]) -> Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer("\u{feff}".as_bytes().to_vec());
    for row in rows {
        writer.write_record(row.iter().map(Cell::shown)).map_err(anyhow::Error::from)?;
    }
    Ok(writer.into_inner().map_err(|error| anyhow::anyhow!("writing the template: {error}"))?)
}

fn workbook(form: &FormVersion, rows: &[Vec<Cell>]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let bold = Format::new().set_bold();
    let text = Format::new().set_num_format("@");
    let sheet = workbook.add_worksheet();
    sheet.set_name("Responses")?;
    sheet.set_freeze_panes(1, 0)?;
    for (line, row) in (0_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(row) {
            if line == 0 {
                // Cells of text stay as they are typed: a spreadsheet makes no dates of them.
                sheet.set_column_format(column, &text)?;
                sheet.set_column_width(column, 18)?;
            }
            sheet.write_string_with_format(line, column, cell.shown(), if line == 0 { &bold } else { &text })?;
        }
    }
    allowed(form, workbook.add_worksheet(), &bold)?;
    workbook.save_to_buffer()
}

/// The sheet that lists, for each column, what it asks and what may stand in it.
fn allowed(form: &FormVersion, sheet: &mut Worksheet, bold: &Format) -> Result<(), XlsxError> {
    sheet.set_name("Allowed answers")?;
    sheet.set_freeze_panes(1, 0)?;
    let mut rows =
        vec![["Column", "Question", "Question in easy read", "Code", "Label", "Label in easy read"].map(str::to_owned).to_vec()];
    for (heading, target) in headings(form) {
        match target {
            Target::About(about) => rows.extend(about_rows(about)),
            Target::Field(key) => rows.extend(form.field(&key).into_iter().flat_map(|field| field_rows(form, field, &heading))),
            Target::Choice(..) | Target::Ignore => {}
        }
    }
    for words in [
        format!("{ILLEGIBLE} in a cell says that nobody can read what stands there."),
        format!("{SPOILED} before what was ticked says that it cannot count, such as two ticks where one is taken."),
        "Days are real date cells, or written as 2022-11-30. Delete the example line before you upload.".to_owned(),
    ] {
        rows.push(vec![words]);
    }
    for (line, row) in (0_u32..).zip(&rows) {
        for (column, words) in (0_u16..).zip(row) {
            if line == 0 {
                sheet.set_column_width(column, 30)?;
                sheet.write_string_with_format(line, column, words, bold)?;
            } else {
                sheet.write_string(line, column, words)?;
            }
        }
    }
    Ok(())
}

fn about_rows(about: About) -> Vec<Vec<String>> {
    let rows = |asked: &str, codes: Vec<&str>| {
        let blank = if codes.is_empty() { vec![""] } else { codes };
        blank.into_iter().map(|code| [about.code(), asked, "", code].map(str::to_owned).to_vec()).collect::<Vec<_>>()
    };
    match about {
        About::Edition => rows("The wording that was read", Edition::ALL.map(Edition::code).to_vec()),
        About::FormVersion => rows("The version of the form", Vec::new()),
        About::Channel => {
            rows("How it came in", Channel::ALL.into_iter().filter(|it| *it != Channel::Online).map(Channel::code).collect())
        }
        About::ReceivedOn => rows("The day it reached us", Vec::new()),
        About::CompletedOn => rows("The day written on it", Vec::new()),
        About::PostedOn => rows("The day of the postmark", Vec::new()),
        About::PaperReference => rows("The number written on the paper", Vec::new()),
        About::Event => rows("The event it was handed in at", Vec::new()),
        About::Help => rows("Whether someone helped", Help::ALL.map(Help::code).to_vec()),
        About::QuoteConsent => rows("Whether the words may be quoted", vec!["yes", "no"]),
        About::Id => Vec::new(),
    }
}

fn field_rows(form: &FormVersion, field: &Field, heading: &str) -> Vec<Vec<String>> {
    let (_, question) = form.place(field);
    let label = |text: &Text, edition| text.exact(edition, DEFAULT_LANGUAGE).unwrap_or_default().to_owned();
    let of = |edition| super::headings::label(field, question, edition);
    let row = |code: &str, standard: String, easy: String| {
        vec![heading.to_owned(), of(Edition::Standard), of(Edition::EasyRead), code.to_owned(), standard, easy]
    };
    let choices: &[Choice] = match field.takes {
        Takes::One(_) | Takes::Many(_) => question.offers(&form.form.scales),
        Takes::Text(_) | Takes::Number(..) | Takes::Date => &[],
    };
    if choices.is_empty() {
        let kind = match &field.takes {
            Takes::Number(..) => "a whole number",
            Takes::Date => "a day",
            _ => "words",
        };
        return vec![row("", kind.to_owned(), String::new())];
    }
    choices
        .iter()
        .map(|choice| row(&choice.code, label(&choice.text, Edition::Standard), label(&choice.text, Edition::EasyRead)))
        .collect()
}
