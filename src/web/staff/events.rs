//! Events: those the consultation's file announces and those added here, with who came and what was noted.

use actix_web::web::{Data, Form, Path};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::evidence::{act, clean};
use super::page::{Page, Seat, Sheet, Wrong, page, see_other};
use super::words::day;
use crate::app::App;
use crate::domain::access::Role;
use crate::domain::consultation::Gathering;
use crate::domain::day::{as_typed, typed};
use crate::domain::event::{Event, Format, code_for};
use crate::domain::evidence::Fault;
use crate::domain::window::london_day;
use crate::error::{Error, Result};
use crate::store::desk::Doing;
use crate::store::{events, evidence};

/// Every event by day: what was saved here, and what the consultation's file announces and nobody has saved yet.
pub(super) async fn known(app: &App, code: &str) -> Result<Vec<Event>> {
    let mut all = events::all(&app.db().read, code).await?;
    let published = app.intake.shelf.consultation(code)?;
    let announced = published.consultation.events.iter().filter(|one| !all.iter().any(|event| event.code == one.code));
    let announced: Vec<Event> = announced.map(announced_event).collect();
    all.extend(announced);
    all.sort_by(|one, other| (one.held_on, &one.code).cmp(&(other.held_on, &other.code)));
    Ok(all)
}

fn announced_event(announced: &Gathering) -> Event {
    Event {
        code: announced.code.clone(),
        title: announced.title.clone(),
        place: announced.place.clone(),
        held_on: announced.on,
        format: Format::default(),
        target_group: String::new(),
        attendance: None,
        notes: String::new(),
    }
}

pub(super) async fn list(app: Data<App>, seat: Seat, code: Path<String>) -> Page {
    seat.require(Role::DeskOfficer, &code)?;
    let published = app.intake.shelf.consultation(&code)?;
    let saved = events::all(&app.db().read, &code).await?;
    let items = evidence::all(&app.db().read, &code).await?;
    let row = |event: &Event| -> Json {
        let from = |code: &Option<String>| code.as_deref() == Some(event.code.as_str());
        json!({
            "code": event.code, "title": event.title, "place": event.place, "held": day(event.held_on), "format": words(event.format),
            "target_group": event.target_group, "attendance": event.attendance, "is_saved": saved.iter().any(|one| one.code == event.code),
            "is_announced": published.consultation.events.iter().any(|one| one.code == event.code),
            "items": items.iter().filter(|item| !item.withdrawn && from(&item.evidence.event)).count(),
        })
    };
    let all: Vec<Json> = known(&app, &code).await?.iter().map(row).collect();
    let sheet = Sheet {
        title: "Events",
        template: "staff/events.jinja",
        back: Some("/staff"),
        consultation: Some(&published),
        ..Sheet::default()
    };
    page(&seat, sheet, json!({ "code": *code, "events": all }))
}

/// An event as the page sends it.
#[derive(Debug, Default, Deserialize, Serialize)]
pub struct Typed {
    #[serde(default)]
    title: String,
    #[serde(default)]
    place: String,
    #[serde(default)]
    held_on: String,
    #[serde(default)]
    format: String,
    #[serde(default)]
    target_group: String,
    #[serde(default)]
    attendance: String,
    #[serde(default)]
    notes: String,
}

impl Typed {
    fn of(event: &Event) -> Self {
        Self {
            title: event.title.clone(),
            place: event.place.clone(),
            held_on: as_typed(event.held_on),
            format: event.format.code().to_owned(),
            target_group: event.target_group.clone(),
            attendance: event.attendance.map(|people| people.to_string()).unwrap_or_default(),
            notes: event.notes.clone(),
        }
    }

    /// The event, with what is wrong in the order of the page.
    fn read(&self, today: NaiveDate) -> (Event, Vec<Wrong>) {
        let mut faults = Vec::new();
        let held_on = typed(&self.held_on);
        if held_on.is_none() {
            faults.push(Fault::new("held_on", "Say when it is as day, month, year, such as 14/12/2022."));
        }
        let format = Format::from_code(&self.format);
        if format.is_none() {
            faults.push(Fault::new("format", "Choose what sort of event it is."));
        }
        let attendance = Some(self.attendance.trim()).filter(|people| !people.is_empty()).map(str::parse::<u32>);
        if attendance.as_ref().is_some_and(|people| people.as_ref().map_or(true, |people| *people > 1_000_000)) {
            faults.push(Fault::new("attendance", "Say how many came as a whole number, such as 23, or leave it empty."));
        }
        let event = Event {
            code: String::new(),
            title: clean(&self.title),
            place: clean(&self.place),
            held_on: held_on.unwrap_or(today),
            format: format.unwrap_or_default(),
            target_group: clean(&self.target_group),
            attendance: attendance.and_then(std::result::Result::ok),
            notes: clean(&self.notes),
        };
        faults.extend(event.faults(today));
        let order = ["title", "place", "held_on", "format", "target_group", "attendance", "notes"];
        let first = order.iter().filter_map(|field| faults.iter().find(|fault| fault.field == *field));
        let wrong = first.map(|fault| Wrong::new(fault.field, fault.what_to_do.clone())).collect();
        (event, wrong)
    }
}

pub(super) async fn new(app: Data<App>, seat: Seat, code: Path<String>) -> Page {
    seat.require(Role::DeskOfficer, &code)?;
    form(&app, &seat, &code, None, &Typed::default(), &[]).await
}

pub(super) async fn add(app: Data<App>, seat: Seat, code: Path<String>, typed: Form<Typed>) -> Page {
    let actor = seat.require(Role::DeskOfficer, &code)?;
    let (event, errors) = typed.read(london_day(app.now()));
    if !errors.is_empty() {
        return form(&app, &seat, &code, None, &typed, &errors).await;
    }
    let known = known(&app, &code).await?;
    let taken: Vec<&str> = known.iter().map(|event| event.code.as_str()).collect();
    let event = Event { code: code_for(&event.title, &taken), ..event };
    act(&app, actor, &code, Doing::SaveEvent(event)).await?;
    Ok(see_other(&format!("/staff/{code}/events")))
}

pub(super) async fn one(app: Data<App>, seat: Seat, path: Path<(String, String)>) -> Page {
    let (code, event) = path.into_inner();
    seat.require(Role::DeskOfficer, &code)?;
    let event = found(&app, &code, &event).await?;
    form(&app, &seat, &code, Some(&event.code), &Typed::of(&event), &[]).await
}

pub(super) async fn change(app: Data<App>, seat: Seat, path: Path<(String, String)>, typed: Form<Typed>) -> Page {
    let (code, event) = path.into_inner();
    let actor = seat.require(Role::DeskOfficer, &code)?;
    let stands = found(&app, &code, &event).await?;
    let (event, errors) = typed.read(london_day(app.now()));
    if !errors.is_empty() {
        return form(&app, &seat, &code, Some(&stands.code), &typed, &errors).await;
    }
    act(&app, actor, &code, Doing::SaveEvent(Event { code: stands.code, ..event })).await?;
    Ok(see_other(&format!("/staff/{code}/events")))
}

async fn found(app: &App, code: &str, event: &str) -> Result<Event> {
    known(app, code).await?.into_iter().find(|one| one.code == event).ok_or(Error::NotFound("event"))
}

async fn form(app: &App, seat: &Seat, code: &str, event: Option<&str>, typed: &Typed, errors: &[Wrong]) -> Page {
    let published = app.intake.shelf.consultation(code)?;
    let items: Vec<Json> = match event {
        Some(event) => notes(app, code, event).await?,
        None => Vec::new(),
    };
    let formats = Format::ALL.map(|format| json!({ "value": format.code(), "text": words(format) }));
    let title = if event.is_some() { "Event" } else { "Add an event" };
    let context = json!({
        "code": code, "heading": title, "event": event, "typed": typed, "formats": formats, "items": items,
    });
    let back = format!("/staff/{code}/events");
    let sheet = Sheet {
        title,
        template: "staff/event.jinja",
        back: Some(&back),
        consultation: Some(&published),
        errors,
        ..Sheet::default()
    };
    page(seat, sheet, context)
}

/// The evidence that comes from an event, table by table.
async fn notes(app: &App, code: &str, event: &str) -> Result<Vec<Json>> {
    let mut items = evidence::all(&app.db().read, code).await?;
    items.retain(|item| !item.withdrawn && item.evidence.event.as_deref() == Some(event));
    items.sort_by(|one, other| (&one.evidence.table, one.number).cmp(&(&other.evidence.table, other.number)));
    let one =
        |item: &evidence::Item| json!({ "id": item.evidence_id, "table": item.evidence.table, "title": item.evidence.title });
    Ok(items.iter().map(one).collect())
}

const fn words(format: Format) -> &'static str {
    match format {
        Format::PublicMeeting => "Public meeting",
        Format::Workshop => "Workshop with tables",
        Format::DropIn => "Drop-in",
        Format::FocusGroup => "Focus group",
        Format::Outreach => "Where people are, such as a market or a food bank",
        Format::Online => "Online",
    }
}
