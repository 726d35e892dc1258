//! Requests for other formats: the queue with its dates, what is overdue first, and the report of rule R10.

use actix_web::web::{Data, Form, Path};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::evidence::{act, clean};
use super::page::{Page, Seat, Sheet, Wrong, page, see_other};
use super::words::day;
use crate::app::App;
use crate::domain::access::Role;
use crate::domain::contact::{DETAILS_LIMIT, Format, HOW_LIMIT, Met, REACH_LIMIT, due, met};
use crate::domain::day::{as_typed, typed as typed_day};
use crate::domain::window::london_day;
use crate::store::chance;
use crate::store::contacts::{self, Request};
use crate::store::desk::{Doing, Done};

/// A request as the page sends it.
#[derive(Debug, Default, Deserialize, Serialize)]
pub struct Typed {
    #[serde(default)]
    format: String,
    #[serde(default)]
    details: String,
    #[serde(default)]
    reach: String,
    #[serde(default)]
    asked_on: String,
    #[serde(default)]
    needed_by: String,
}

pub(super) async fn list(app: Data<App>, seat: Seat, code: Path<String>) -> Page {
    seat.require(Role::DeskOfficer, &code)?;
    let typed = Typed { asked_on: as_typed(london_day(app.now())), ..Typed::default() };
    queue(&app, &seat, &code, &typed, &[]).await
}

pub(super) async fn add(app: Data<App>, seat: Seat, code: Path<String>, typed: Form<Typed>) -> Page {
    let actor = seat.require(Role::DeskOfficer, &code)?;
    let today = london_day(app.now());
    let mut errors = Vec::new();
    let format = Format::from_code(&typed.format);
    if format.is_none() {
        errors.push(Wrong::new("format", "Choose the format they asked for."));
    }
    let details = clean(&typed.details);
    if details.chars().count() > DETAILS_LIMIT {
        errors.push(Wrong::new("details", format!("Say more in up to {DETAILS_LIMIT} characters.")));
    }
    let reach = clean(&typed.reach);
    if !(1..=REACH_LIMIT).contains(&reach.chars().count()) {
        errors.push(Wrong::new("reach", format!("Say how to reach them, in up to {REACH_LIMIT} characters.")));
    }
    let asked_on = typed_day(&typed.asked_on).filter(|day| *day <= today);
    if asked_on.is_none() {
        errors.push(Wrong::new("asked_on", "Say when they asked as day, month, year, such as 14/12/2022, and not after today."));
    }
    let needed_by = typed_day(&typed.needed_by);
    if needed_by.is_none() && !typed.needed_by.trim().is_empty() {
        errors.push(Wrong::new("needed_by", "Say when they need it as day, month, year, or leave it empty."));
    }
    let (Some(format), Some(asked_on), true) = (format, asked_on, errors.is_empty()) else {
        return queue(&app, &seat, &code, &typed, &errors).await;
    };
    let request = Request {
        request_id: chance::id()?,
        format,
        details,
        reach,
        asked_on,
        needed_by,
        due_on: due(format, asked_on, needed_by),
        fulfilled_on: None,
        how: String::new(),
    };
    act(&app, actor, &code, Doing::Ask(request)).await?;
    Ok(see_other(&format!("/staff/{code}/formats")))
}

/// How a request was met.
#[derive(Debug, Deserialize)]
pub struct Fulfilled {
    #[serde(default)]
    how: String,
}

pub(super) async fn fulfil(app: Data<App>, seat: Seat, path: Path<(String, Uuid)>, fulfilled: Form<Fulfilled>) -> Page {
    let (code, id) = path.into_inner();
    let actor = seat.require(Role::DeskOfficer, &code)?;
    let (how, today) = (clean(&fulfilled.how), london_day(app.now()));
    if !(1..=HOW_LIMIT).contains(&how.chars().count()) {
        let errors = [Wrong::new(
            &format!("how-{id}"),
            format!("Say how it was met, in up to {HOW_LIMIT} characters, such as “posted large print, 18 point”."),
        )];
        return queue(&app, &seat, &code, &Typed::default(), &errors).await;
    }
    if act(&app, actor, &code, Doing::Fulfil(id, today, how)).await? == Done::Now {
        return Ok(see_other(&format!("/staff/{code}/formats")));
    }
    let errors = [Wrong::new("maincontent", "Somebody noted before that this request was met.")];
    queue(&app, &seat, &code, &Typed::default(), &errors).await
}

async fn queue(app: &App, seat: &Seat, code: &str, typed: &Typed, errors: &[Wrong]) -> Page {
    let published = app.intake.shelf.consultation(code)?;
    let requests = contacts::requests(&app.db().read, code).await?;
    let today = london_day(app.now());
    let facts: Vec<_> = requests.iter().map(|one| (one.format, one.asked_on, one.fulfilled_on)).collect();
    let (open, done): (Vec<&Request>, Vec<&Request>) = requests.iter().partition(|one| one.fulfilled_on.is_none());
    let row = |one: &&Request| -> Json {
        json!({ "id": one.request_id, "format": words(one.format), "details": one.details, "reach": one.reach, "asked": day(one.asked_on),
            "needed": one.needed_by.map(day), "due": day(one.due_on), "overdue": one.fulfilled_on.is_none() && one.due_on < today,
            "fulfilled": one.fulfilled_on.map(day), "how": one.how })
    };
    let context = json!({
        "code": code, "open": open.iter().map(row).collect::<Vec<_>>(), "done_rows": done.iter().map(row).collect::<Vec<_>>(),
        "report": met(&facts).iter().map(reported).collect::<Vec<_>>(), "typed": typed,
        "overdue": open.iter().filter(|one| one.due_on < today).count(),
        "formats": Format::ALL.map(|format| json!({ "value": format.code(), "text": words(format) })),
    });
    let sheet = Sheet {
        title: "Other formats",
        template: "staff/formats.jinja",
        back: Some("/staff"),
        consultation: Some(&published),
        errors,
        ..Sheet::default()
    };
    page(seat, sheet, context)
}

fn reported(met: &Met) -> Json {
    let median = met.median_half_days.map(|half| {
        let halves = if half % 2 == 0 { "" } else { ".5" };
        format!("{}{halves}", half / 2)
    });
    json!({ "format": words(met.format), "asked": met.asked, "met": met.met, "median": median })
}

/// A format in words.
const fn words(format: Format) -> &'static str {
    match format {
        Format::EasyRead => "Easy read",
        Format::LargePrint => "Large print",
        Format::Braille => "Braille",
        Format::Audio => "Audio",
        Format::Bsl => "British Sign Language",
        Format::Language => "Another language",
        Format::Paper => "Paper copy",
        Format::Help => "Help by telephone or face to face",
    }
}
