//! Mending a mapping on the page: what was chosen, read into a mapping, and the file checked again with it.

use std::collections::BTreeMap;

use actix_web::web::{Data, Form, Path};
use uuid::Uuid;

use super::form::{BETWEEN, words};
use super::one::{again, found, gone, in_between};
use super::shown::{self, Shown, Which};
use super::work::{self, By, Kept, Task};
use crate::app::App;
use crate::domain::access::Role;
use crate::domain::day;
use crate::domain::wording::Edition;
use crate::intake::upload::{DateOrder, Mapping, Report, Separator, Target};
use crate::store::catalogue::Published;
use crate::web::staff::page::{Page, Seat, Wrong, see_other};

/// What was posted, by name.
pub(super) type Values = BTreeMap<String, String>;

pub(super) async fn check(app: Data<App>, seat: Seat, path: Path<(String, Uuid)>, posted: Form<Vec<(String, String)>>) -> Page {
    let (code, id) = path.into_inner();
    seat.require(Role::DeskOfficer, &code)?;
    let published = app.intake.shelf.consultation(&code)?;
    let waiting = found(&app, &code, id).await?;
    let values: Values = posted.into_inner().into_iter().map(|(name, value)| (name, value.trim().to_owned())).collect();
    let before = Mapping::read(&waiting.mapping)?;
    let kept = Kept::read(&waiting)?;
    let (mapping, errors) = match (values.get("with").map(String::as_str), &kept) {
        (Some("nothing"), _) => (Mapping::default(), Vec::new()),
        (Some("answers"), Some(kept)) => read(&values, &before, &kept.report, &published),
        _ => (before, Vec::new()),
    };
    if !errors.is_empty() {
        return shown::report(&app, &seat, &waiting, Which::default(), Shown { errors: &errors, values: Some(&values) }).await;
    }
    if !work::is_here(&app, &waiting).await? {
        return again(&app, &seat, &waiting, &[gone()]).await;
    }
    let run = values.get("run").and_then(|run| run.parse().ok()).unwrap_or_default();
    if !work::begin(&app, &By::new(&seat), &waiting, run, &mapping, Task::Check).await? {
        let waiting = found(&app, &code, id).await?;
        return again(&app, &seat, &waiting, &[in_between()]).await;
    }
    Ok(see_other(&format!("/staff/{code}/uploads/waiting/{id}")))
}

/// The mapping that the page's answers make, with what is wrong with them.
fn read(values: &Values, before: &Mapping, report: &Report, published: &Published) -> (Mapping, Vec<Wrong>) {
    let mut errors = Vec::new();
    let mut wrong = |id: &str, text: &str| errors.push(Wrong::new(id, text));
    let value = |name: &str| values.get(name).map(String::as_str).filter(|value| !value.is_empty());
    let heading_line = value("heading_line").map(str::parse::<u32>);
    if heading_line.as_ref().is_some_and(|line| !matches!(line, Ok(1..))) {
        wrong("heading_line", "Say in which line the headings stand as a number, such as 1.");
    }
    let received_on = value("received_on").map(day::typed);
    if received_on == Some(None) {
        wrong("received_on", "Say the day they reached us as day, month, year, such as 14/12/2022, or leave it empty.");
    }
    let mut columns = BTreeMap::new();
    for (index, column) in report.columns.iter().enumerate() {
        let name = format!("column-{index}");
        match value(&name).map(|target| Target::try_from(target.to_owned())) {
            Some(Ok(target)) => drop(columns.insert(column.heading.clone(), target)),
            Some(Err(why)) => wrong(&name, &why),
            None => {}
        }
    }
    let mapping = Mapping {
        encoding: value("encoding").map(str::to_owned),
        separator: value("separator").and_then(separator),
        sheet: value("sheet").map(str::to_owned).or_else(|| before.sheet.clone()),
        heading_line: heading_line.and_then(Result::ok),
        dates: value("dates").and_then(order),
        choices: value("choices")
            .and_then(|name| BETWEEN.into_iter().find(|(of, ..)| *of == name))
            .map(|(_, it, _)| it.to_owned()),
        source: value("source").map(str::to_owned),
        edition: value("edition").and_then(|code| Edition::ALL.into_iter().find(|edition| edition.code() == code)),
        form_version: value("form_version")
            .and_then(|version| version.parse().ok())
            .filter(|version| published.versions().any(|form| form.form.version == *version)),
        received_on: received_on.flatten(),
        columns,
        meant: meant(values, before, report),
    };
    (mapping, errors)
}

fn meant(values: &Values, before: &Mapping, report: &Report) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut meant: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for (index, word) in words(report, before).into_iter().enumerate() {
        if let Some(code) = values.get(&format!("meant-{index}")).filter(|code| !code.is_empty()) {
            meant.entry(word.question).or_default().insert(word.written, code.clone());
        }
    }
    meant
}

fn separator(name: &str) -> Option<Separator> {
    match name {
        "comma" => Some(Separator::Comma),
        "semicolon" => Some(Separator::Semicolon),
        "tab" => Some(Separator::Tab),
        _ => None,
    }
}

fn order(name: &str) -> Option<DateOrder> {
    match name {
        "day-month-year" => Some(DateOrder::DayMonthYear),
        "year-month-day" => Some(DateOrder::YearMonthDay),
        _ => None,
    }
}
