//! Asking for another format: easy read, large print, braille, audio, sign language, another language, paper, help (rule R10).

use std::collections::BTreeMap;

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Form, Path};
use chrono::NaiveDate;
use serde_json::json;

use super::visit::Visit;
use super::{Page, go, html, wrong};
use crate::domain::contact::{DETAILS_LIMIT, Format, REACH_LIMIT, due};
use crate::domain::window::london_day;
use crate::domain::wording::Edition;
use crate::error::Error;
use crate::store::chance;
use crate::store::contacts::Request;
use crate::store::desk::{Act, Doing};
use crate::web::view::VIEWS;
use crate::web::view::shell::Back;

/// What a person typed, by field.
type Typed = BTreeMap<String, String>;

/// The page in the standard edition.
pub async fn ask(request: HttpRequest, path: Path<String>) -> Page {
    show(&Visit::new(&request, &path.into_inner(), Some(Edition::Standard)).await?)
}

/// The page in one edition's words.
pub async fn ask_in_edition(request: HttpRequest, path: Path<(String, String)>) -> Page {
    let (code, edition) = path.into_inner();
    show(&Visit::new(&request, &code, Some(named(&edition)?)).await?)
}

/// Take a request.
pub async fn send(request: HttpRequest, path: Path<String>, posted: Form<Vec<(String, String)>>) -> Page {
    take(&Visit::new(&request, &path.into_inner(), Some(Edition::Standard)).await?, &posted).await
}

/// Take a request from the page in one edition's words.
pub async fn send_in_edition(request: HttpRequest, path: Path<(String, String)>, posted: Form<Vec<(String, String)>>) -> Page {
    let (code, edition) = path.into_inner();
    take(&Visit::new(&request, &code, Some(named(&edition)?)).await?, &posted).await
}

fn named(edition: &str) -> Result<Edition, Error> {
    Edition::from_slug(edition).ok_or(Error::NotFound("page"))
}

/// The address of this page in the edition being read.
pub(super) fn address(visit: &Visit) -> String {
    match visit.tongue.edition {
        Edition::Standard => visit.address("formats"),
        Edition::EasyRead => visit.edition_address("formats"),
    }
}

/// The empty page; once a request was taken, when it will be met.
fn show(visit: &Visit) -> Page {
    let asked = visit.query.get("asked").and_then(|code| Format::from_code(code));
    let by = visit.query.get("by").and_then(|day| day.parse::<NaiveDate>().ok());
    let (Some(format), Some(by)) = (asked, by) else { return form(visit, &Typed::new(), &[]) };
    let title = visit.say("formats-done-title");
    let context = json!({
        "title": title, "format": visit.say(&format!("formats-{}", slug(format))), "day": visit.day(by),
        "is_help": format == Format::Help, "start": visit.start_address(), "contact": visit.consultation().contact,
    });
    visit.show("formats-done.jinja", &title, Back::None, context)
}

/// The code as messages spell it.
fn slug(format: Format) -> String {
    format.code().replace('_', "-")
}

async fn take(visit: &Visit, posted: &[(String, String)]) -> Page {
    let typed: Typed = posted.iter().map(|(name, value)| (name.clone(), clean(value))).collect();
    let today = london_day(visit.app.now());
    let text = |name: &str| typed.get(name).cloned().unwrap_or_default();
    let mut errors = Vec::new();
    let format = Format::from_code(&text("format"));
    if format.is_none() {
        errors.push(("format", "formats-error-format"));
    }
    if text("details").chars().count() > DETAILS_LIMIT {
        errors.push(("details", "formats-error-details"));
    }
    if !(1..=REACH_LIMIT).contains(&text("reach").chars().count()) {
        errors.push(("reach", "formats-error-reach"));
    }
    let needed_by = needed_by(&typed);
    if needed_by.is_err() || needed_by.as_ref().is_ok_and(|day| day.is_some_and(|day| day < today)) {
        errors.push(("needed-day", "formats-error-needed"));
    }
    let (Some(format), Ok(needed_by), true) = (format, needed_by, errors.is_empty()) else {
        return form(visit, &typed, &errors);
    };
    let due_on = due(format, today, needed_by);
    let request = Request {
        request_id: chance::id()?,
        format,
        details: text("details"),
        reach: text("reach"),
        asked_on: today,
        needed_by,
        due_on,
        fulfilled_on: None,
        how: String::new(),
    };
    let consultation = visit.consultation().code.clone();
    visit.app.intake.writer.act(Act { consultation, by: "public".to_owned(), doing: Doing::Ask(request) }).await?;
    let address = address(visit);
    let joint = if address.contains('?') { '&' } else { '?' };
    Ok(go(&format!("{address}{joint}asked={}&by={due_on}", format.code())))
}

/// The day it is needed by, of three boxes that may all be empty; an error when they make no day.
fn needed_by(typed: &Typed) -> Result<Option<NaiveDate>, ()> {
    let part = |name: &str| typed.get(name).map_or("", String::as_str);
    let parts = [part("needed-year"), part("needed-month"), part("needed-day")];
    if parts.iter().all(|part| part.is_empty()) {
        return Ok(None);
    }
    parts.join("-").parse().map(Some).map_err(|_no_day| ())
}

/// One sort of line end, nothing a database cannot hold, no blank ends.
fn clean(text: &str) -> String {
    text.replace("\r\n", "\n").chars().filter(|c| *c == '\n' || !c.is_control()).collect::<String>().trim().to_owned()
}

fn form(visit: &Visit, typed: &Typed, errors: &[(&str, &str)]) -> Page {
    let title = visit.say("formats-title");
    let line = |(field, id): &(&str, &str)| wrong::Line { href: format!("#{field}"), text: visit.say(id) };
    let lines: Vec<wrong::Line> = errors.iter().map(line).collect();
    let item = |format: Format| json!({ "value": format.code(), "text": visit.say(&format!("formats-{}", slug(format))) });
    let context = json!({
        "title": title, "typed": typed, "items": Format::ALL.map(item), "summary": wrong::summary(visit, &lines)?,
        "wrong": errors.iter().map(|(field, id)| (*field, visit.say(id))).collect::<BTreeMap<_, _>>(),
        "contact": visit.consultation().contact,
    });
    let main = VIEWS.main("formats.jinja", &visit.tongue, context)?;
    let mut response = html(visit.page(&title, Back::To(&visit.start_address()), !errors.is_empty(), &main)?);
    if !errors.is_empty() {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}
