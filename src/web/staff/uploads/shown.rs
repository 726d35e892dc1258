//! What a check found, as a page: what becomes of the lines, what is wrong and where, and the form that mends it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::form::{self, BETWEEN, Choice, ENCODINGS};
use super::mending::Values;
use super::work::{self, Kept, outcome_words};
use crate::app::App;
use crate::domain::day;
use crate::domain::wording::Edition;
use crate::error::Error;
use crate::intake::upload::{DateOrder, Mapping, Problem, Report, Separator};
use crate::store::catalogue::Published;
use crate::store::waiting::Waiting;
use crate::web::staff::page::{Page, Seat, Sheet, Wrong, page};

/// How many problems stand on one page.
const A_PAGE: usize = 100;

/// Which problems to show.
#[derive(Debug, Default, Deserialize)]
pub struct Which {
    kind: Option<String>,
    page: Option<usize>,
}

/// What the page shows besides the report.
#[derive(Default)]
pub(super) struct Shown<'a> {
    pub errors: &'a [Wrong],
    /// What was typed, when something is wrong with it.
    pub values: Option<&'a Values>,
}

pub(super) async fn report(app: &App, seat: &Seat, waiting: &Waiting, which: Which, shown: Shown<'_>) -> Page {
    let code = &waiting.consultation;
    let published = app.intake.shelf.consultation(code)?;
    let kept = Kept::read(waiting)?.ok_or(Error::NotFound("report"))?;
    let declared = Mapping::read(&waiting.mapping)?;
    let report = &kept.report;
    let base = format!("/staff/{code}/uploads");
    let own = json!({
        "file": waiting.file_name, "address": format!("{base}/waiting/{}", waiting.waiting_id), "base": base, "run": waiting.run_id,
        "here": work::is_here(app, waiting).await?, "counts": report.counts, "repeated": report.repeated, "taken_in": kept.taken_in(),
        "barred": report.is_barred(), "has_errors": report.has_errors(), "channel": waiting.channel.replace('_', " "),
        "facts": facts(report), "lines": lines(&kept), "more_lines": kept.more,
        "kinds": kinds(report), "listed": listed(report).count(), "spelt_out": report.problems.len(), "more_problems": report.more_problems,
        "whole": whole(report),
    });
    let parts = [own, problems(report, &which), mending(&published, report, &declared, shown.values)];
    let context: serde_json::Map<String, Json> =
        parts.into_iter().filter_map(|part| if let Json::Object(part) = part { Some(part) } else { None }).flatten().collect();
    let sheet = Sheet {
        title: "What the check found",
        template: "staff/upload-report.jinja",
        back: Some(&base),
        consultation: Some(&published),
        errors: shown.errors,
        ..Sheet::default()
    };
    page(seat, sheet, context)
}

/// What the file is and how it was read.
fn facts(report: &Report) -> Vec<(&'static str, String)> {
    let mapping = &report.mapping;
    let is_guess = |code: &str| report.problems.iter().any(|problem| problem.code == code);
    let kind = match report.format.as_str() {
        "xlsx" => "Excel workbook (.xlsx)",
        "ods" => "OpenDocument spreadsheet (.ods)",
        _ => "Text with separated columns (CSV)",
    };
    let mut facts = vec![("Kind of file", kind.to_owned())];
    if report.format == "csv" {
        let name = mapping.encoding.as_deref().unwrap_or("utf-8");
        let guess = if is_guess("unconfirmed_encoding") { ": a guess, which you must confirm below" } else { "" };
        facts.push(("Letters", format!("{name}{guess}")));
        facts.push(("Between the columns", mapping.separator.map_or("", between_columns).to_owned()));
    }
    if let Some(sheet) = &mapping.sheet {
        let others = match report.other_sheets.len() {
            0 => String::new(),
            others => format!("; {others} others are not read"),
        };
        facts.push(("Sheet", format!("{sheet}{others}")));
    }
    let line = mapping.heading_line.unwrap_or(1);
    let guess = if is_guess("headings_not_first") { ": a guess, which you must confirm below" } else { "" };
    facts.push(("Headings", format!("line {line}{guess}")));
    facts.push(("SHA-256", report.sha256.clone()));
    facts
}

const fn between_columns(separator: Separator) -> &'static str {
    match separator {
        Separator::Comma => "commas",
        Separator::Semicolon => "semicolons",
        Separator::Tab => "tabs",
    }
}

fn lines(kept: &Kept) -> Vec<(String, &'static str)> {
    let said = |first: u32, last: u32| if first == last { format!("Line {first}") } else { format!("Lines {first} to {last}") };
    kept.stretches.iter().map(|one| (said(one.first, one.last), outcome_words(one.outcome))).collect()
}

/// The problems by kind, errors first.
fn kinds(report: &Report) -> Vec<Json> {
    let mut kinds: BTreeMap<(bool, &str), usize> = BTreeMap::new();
    for problem in listed(report) {
        *kinds.entry((!problem.is_error(), &*problem.code)).or_default() += 1;
    }
    let one = |((is_note, code), count): (&(bool, &str), &usize)| json!({ "code": code, "words": words(code), "note": is_note, "count": count });
    kinds.iter().map(one).collect()
}

/// A code in words.
fn words(code: &str) -> String {
    sentence(&code.replace('_', " "))
}

/// Words that begin as a sentence does.
pub(super) fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// What is about the file as a whole and stands in the way of all of it.
fn whole(report: &Report) -> Vec<Json> {
    report.problems.iter().filter(|problem| is_whole(problem)).map(said).collect()
}

/// The problems that are not about the file as a whole.
fn listed(report: &Report) -> impl Iterator<Item = &Problem> {
    report.problems.iter().filter(|problem| !is_whole(problem))
}

fn is_whole(problem: &Problem) -> bool {
    let of_all =
        problem.line.is_none() || place_to_mend(&problem.code) == Some("columns") || problem.code == "headings_not_first";
    problem.is_error() && of_all
}

fn said(problem: &Problem) -> Json {
    json!({ "code": problem.code, "kind": words(&problem.code), "note": !problem.is_error(), "line": problem.line, "cell": problem.cell,
        "message": sentence(&problem.message), "cure": problem.cure, "mend": place_to_mend(&problem.code) })
}

/// Where on the page a kind of problem can be mended.
fn place_to_mend(code: &str) -> Option<&'static str> {
    match code {
        "unconfirmed_encoding" | "unknown_encoding" => Some("encoding"),
        "headings_not_first" => Some("heading_line"),
        "no_source" => Some("source"),
        "no_edition" | "other_edition" => Some("edition"),
        "undeclared_date" | "short_year" => Some("dates"),
        "undeclared_separator" => Some("choices"),
        "unknown_version" | "not_in_version" => Some("form_version"),
        "unproven" => Some("received_on"),
        "unknown_choice" | "ambiguous_choice" => Some("meant"),
        "no_headings" | "unknown_column" | "ambiguous_heading" | "two_columns" | "unknown_target" | "missing_column" => {
            Some("columns")
        }
        _ => None,
    }
}

/// One page of problems.
fn problems(report: &Report, which: &Which) -> Json {
    let kind = which.kind.as_deref().filter(|kind| !kind.is_empty());
    let wanted: Vec<&Problem> = listed(report).filter(|problem| kind.is_none_or(|kind| problem.code == kind)).collect();
    let pages = wanted.len().div_ceil(A_PAGE).max(1);
    let page = which.page.unwrap_or(1).clamp(1, pages);
    let shown: Vec<Json> = wanted.iter().skip((page - 1) * A_PAGE).take(A_PAGE).map(|problem| said(problem)).collect();
    json!({ "problems": shown, "kind": kind, "kind_words": kind.map(words), "page": page, "pages": pages, "found": wanted.len() })
}

/// The form, with what is declared, or what was typed.
fn mending(published: &Published, report: &Report, declared: &Mapping, typed: Option<&Values>) -> Json {
    let words = form::words(report, declared);
    let value = |name: &str, stands: String| typed.map_or(stands, |typed| typed.get(name).cloned().unwrap_or_default());
    let columns: Vec<Json> = report
        .columns
        .iter()
        .enumerate()
        .map(|(index, column)| {
            let target = column.target.as_ref().map(ToString::to_string).unwrap_or_default();
            json!({ "column": column.column, "heading": column.heading, "declared": column.declared, "known": column.target.is_some(),
                "name": format!("column-{index}"), "value": value(&format!("column-{index}"), target) })
        })
        .collect();
    let asked: Vec<Json> = words
        .iter()
        .enumerate()
        .map(|(index, word)| {
            let choices = form::meanings(published, &word.question, word.nearest.as_deref());
            let nearest = word.nearest.as_ref().and_then(|code| choices.iter().find(|choice| choice.value == *code));
            json!({ "question": form::question(published, &word.question), "written": word.written, "lines": word.lines,
                "nearest": nearest.map(|choice| &choice.text), "choices": choices, "name": format!("meant-{index}"),
                "value": value(&format!("meant-{index}"), word.meant.clone()) })
        })
        .collect();
    let mut fields = serde_json::Map::new();
    for (name, stands) in standing(report, declared) {
        fields.insert(name.to_owned(), value(name, stands).into());
    }
    json!({
        "columns": columns, "targets": form::targets(published), "asked": asked, "fields": fields, "is_text": report.format == "csv",
        "encodings": with_none("Find out from the file", ENCODINGS.map(|(value, text)| Choice::new(value, text))),
        "separators": with_none("Find out from the file", [("comma", "Commas"), ("semicolon", "Semicolons"), ("tab", "Tabs")].map(|(value, text)| Choice::new(value, text))),
        "sheets": report.mapping.sheet.iter().chain(&report.other_sheets).map(|name| Choice::new(name, name)).collect::<Vec<_>>(),
        "orders": with_none("They are real date cells, or written like 2022-11-30", [("day-month-year", "Day, month, year, like 30/11/2022"), ("year-month-day", "Year, month, day, like 2022/11/30")].map(|(value, text)| Choice::new(value, text))),
        "between": with_none("No cell holds several, or the heading says it", BETWEEN.map(|(value, _, text)| Choice::new(value, text))),
        "editions": with_none("Each line says which", Edition::ALL.map(|edition| Choice::new(edition.code(), edition_words(edition)))),
        "versions": with_none("Each line says which, else the newest", published.versions().rev().map(|form| Choice::new(form.form.version.to_string(), format!("Version {}", form.form.version)))),
    })
}

/// What stands in the fields: what was declared, and what was found out where that is no guess that must be confirmed.
fn standing(report: &Report, declared: &Mapping) -> [(&'static str, String); 10] {
    let found = &report.mapping;
    let is_guess = |code: &str| report.problems.iter().any(|problem| problem.code == code);
    let line = found.heading_line.filter(|_| !is_guess("headings_not_first"));
    let order = |order: DateOrder| match order {
        DateOrder::DayMonthYear => "day-month-year",
        DateOrder::YearMonthDay => "year-month-day",
    };
    let separator = |separator: Separator| match separator {
        Separator::Comma => "comma",
        Separator::Semicolon => "semicolon",
        Separator::Tab => "tab",
    };
    let between = |text: &String| BETWEEN.iter().find(|(_, it, _)| it == text).map(|(name, ..)| (*name).to_owned());
    [
        ("encoding", found.encoding.clone().filter(|_| !is_guess("unconfirmed_encoding")).unwrap_or_default()),
        ("separator", found.separator.map(separator).unwrap_or_default().to_owned()),
        ("sheet", found.sheet.clone().unwrap_or_default()),
        ("heading_line", line.map(|line| line.to_string()).unwrap_or_default()),
        ("dates", declared.dates.map(order).unwrap_or_default().to_owned()),
        ("choices", declared.choices.as_ref().and_then(between).unwrap_or_default()),
        ("source", declared.source.clone().unwrap_or_default()),
        ("edition", declared.edition.map(Edition::code).unwrap_or_default().to_owned()),
        ("form_version", declared.form_version.map(|version| version.to_string()).unwrap_or_default()),
        ("received_on", declared.received_on.map(day::as_typed).unwrap_or_default()),
    ]
}

fn with_none(text: &str, choices: impl IntoIterator<Item = Choice>) -> Vec<Choice> {
    std::iter::once(Choice::new("", text)).chain(choices).collect()
}

const fn edition_words(edition: Edition) -> &'static str {
    match edition {
        Edition::Standard => "All read the standard edition",
        Edition::EasyRead => "All read the easy-read edition",
    }
}
