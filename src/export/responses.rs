//! Responses: one row for each response that counts, for the analysts of one consultation. Nothing is lost: every field has
//! its value and, in a column beside it, its state.

use std::collections::BTreeMap;

use serde_json::json;

use super::csv::TableFile;
use super::definition::{Definition, Labels};
use super::{FileColumn, Output, csvw, made_up};
use crate::analysis::dataset::Dataset;
use crate::analysis::variable::{Holds, Variable};
use crate::domain::answer::{State, Value};
use crate::domain::lateness;
use crate::domain::response::Revision;
use crate::domain::submission::Help;
use crate::domain::window::london_day;

/// One column, and what a row holds in it.
type Filled<'a> = (FileColumn, Box<dyn Fn(usize, &Revision) -> String + 'a>);

/// The files of a definition of responses.
pub(super) fn files(definition: &Definition, dataset: &Dataset) -> Output {
    let mut filled: Vec<Filled<'_>> = vec![(
        FileColumn { datatype: "positiveInteger", ..FileColumn::text("row", "Row") },
        Box::new(|row, _| (row + 1).to_string()),
    )];
    for name in &definition.columns {
        filled.extend(columns(name, definition, dataset));
    }
    let cells = |row: usize| filled.iter().map(|(_, cell)| cell(row, &dataset.rows[row])).collect();
    let table = TableFile {
        name: "responses.csv",
        about: format!("{} {}", definition.about, definition.rights),
        columns: filled.iter().map(|(column, _)| column.clone()).collect(),
        key: vec!["row"],
        rows: (0..dataset.rows.len()).map(cells).collect(),
    };
    let files = vec![
        table.file(),
        csvw::beside(&table, definition, &[notes(), lateness::rules(&dataset.consultation, dataset.as_of)].concat()),
    ];
    let warnings = std::iter::once(definition.rights.clone()).chain(made_up(dataset)).collect();
    Output { files, published: BTreeMap::new(), audit: None, warnings }
}

fn notes() -> Vec<String> {
    vec![
        "Each field has a column `<key>__state`: answered, prefer_not, blank, not_asked, illegible or spoiled. Its value stands in `<key>` only when it is answered.".to_owned(),
        "Several answers to one question are separated by a space; codes hold no spaces.".to_owned(),
        "`kept` holds, as JSON, what was written in fields that do not count: not asked, or spoiled.".to_owned(),
        "Cells are exactly what people wrote. They are not guarded against spreadsheets that take a cell beginning with = + - or @ for a formula: open the file as text.".to_owned(),
        "The day a response was stored is given, not the time.".to_owned(),
    ]
}

fn columns<'a>(name: &str, definition: &Definition, dataset: &'a Dataset) -> Vec<Filled<'a>> {
    let text = |title: &str| FileColumn::text(name, title);
    let some = |title: &str, kind: &'static str| FileColumn::text(name, title).optional(kind);
    match name {
        "reference" => vec![(text("Reference of the response"), Box::new(|_, r| r.reference.clone()))],
        "revision" => vec![
            (
                FileColumn { datatype: "positiveInteger", ..text("Number of the revision in force") },
                Box::new(|_, r| r.number.to_string()),
            ),
            (FileColumn::text("digest", "SHA-256 of what was answered"), Box::new(|_, r| r.digest.clone())),
        ],
        "form_version" => vec![(
            FileColumn { datatype: "positiveInteger", ..text("Form version") },
            Box::new(|_, r| r.form_version.to_string()),
        )],
        "edition" => vec![(text("Edition that was read"), Box::new(|_, r| r.edition.to_string()))],
        "channel" => vec![(text("How it came in"), Box::new(|_, r| r.channel.to_string()))],
        "dates" => vec![
            (day("completed_on", "Day written on it"), Box::new(|_, r| or_empty(r.completed_on))),
            (day("posted_on", "Day of the postmark"), Box::new(|_, r| or_empty(r.posted_on))),
            (day("received_on", "Day it reached us"), Box::new(|_, r| or_empty(r.received_on))),
        ],
        "stored_on" => vec![(
            FileColumn { datatype: "date", ..text("Day it was stored") },
            Box::new(|_, r| london_day(r.stored_at).to_string()),
        )],
        "help" => vec![(some("Whether someone helped", "string"), Box::new(|_, r| or_empty(r.help.map(Help::code))))],
        "quote_consent" => vec![(some("Whether the words may be quoted", "boolean"), Box::new(|_, r| or_empty(r.quote_consent)))],
        "area_group" => vec![(
            some("Area group, made from the council area for reporting", "string"),
            Box::new(|row, _| dataset.area_group(row).unwrap_or_default().to_owned()),
        )],
        "findings" => {
            vec![(some("What was odd about it, as question:rule", "string"), Box::new(|_, revision| findings(revision)))]
        }
        "origin" => vec![(some("Where it came from, as JSON", "json"), Box::new(|_, r| origin(r)))],
        "synthetic" => vec![(
            FileColumn { datatype: "boolean", ..text("Whether it was made up for a demonstration") },
            Box::new(|_, r| r.synthetic.to_string()),
        )],
        _ => answers(definition.labels, dataset),
    }
}

fn day(name: &str, title: &str) -> FileColumn {
    FileColumn::text(name, title).optional("date")
}

fn or_empty<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

fn findings(revision: &Revision) -> String {
    let named = |finding: &crate::domain::finding::Finding| {
        let finding = json!(finding);
        let part = |name: &str| finding.get(name).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
        format!("{}:{}", part("question"), part("rule"))
    };
    revision.findings.iter().map(named).collect::<Vec<_>>().join(" ")
}

fn origin(revision: &Revision) -> String {
    if revision.origin.is_empty() { String::new() } else { json!(revision.origin).to_string() }
}

/// A value and a state for every field of every version, and what was written where it does not count.
fn answers(labels: Labels, dataset: &Dataset) -> Vec<Filled<'_>> {
    let mut filled: Vec<Filled<'_>> = Vec::new();
    for variable in &dataset.variables {
        let kind = match variable.takes {
            Holds::Number => "integer",
            Holds::Date => "date",
            _ => "string",
        };
        let mut column = FileColumn::text(&variable.key, &variable.label).optional(kind);
        column.codes = variable.codes.iter().map(|code| (code.code.clone(), code.label.clone())).collect();
        filled.push((column, Box::new(move |row, revision| value(variable, row, revision, labels))));
        let mut state = FileColumn::text(&format!("{}__state", variable.key), &format!("State of {}", variable.key));
        state.codes = State::ALL.into_iter().map(|state| (state.code().to_owned(), state.code().replace('_', " "))).collect();
        filled.push((state, Box::new(move |row, _| variable.state(row).code().to_owned())));
    }
    let column = FileColumn::text("kept", "Written in fields that do not count").optional("json");
    filled.push((column, Box::new(|_, revision| kept(revision))));
    filled
}

fn value(variable: &Variable, row: usize, revision: &Revision, labels: Labels) -> String {
    if variable.state(row) != State::Answered {
        return String::new();
    }
    let said = |code: &str| match variable.codes.iter().find(|known| labels == Labels::Words && known.code == code) {
        Some(known) => known.label.clone(),
        None => code.to_owned(),
    };
    match revision.answers.values.get(&variable.key) {
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Text(text)) if variable.closed() => said(text),
        Some(Value::Text(text)) => text.clone(),
        Some(Value::Codes(codes)) => {
            let between = if labels == Labels::Words { "; " } else { " " };
            codes.iter().map(String::as_str).map(said).collect::<Vec<_>>().join(between)
        }
        None => String::new(),
    }
}

fn kept(revision: &Revision) -> String {
    let written = revision.answers.not_asked.iter().chain(&revision.answers.spoiled);
    let kept: BTreeMap<&String, &Value> = written.filter_map(|(key, was)| was.as_ref().map(|was| (key, was))).collect();
    if kept.is_empty() { String::new() } else { json!(kept).to_string() }
}
