//! One waiting upload: how far it has come, what was found in it, storing it or throwing it away.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Data, Form, Path, Query};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::shown::{self, Shown, Which};
use super::work::{self, By, Kept, Task};
use crate::app::App;
use crate::domain::access::Role;
use crate::error::{Error, Result};
use crate::intake::upload::{Accept, Mapping};
use crate::store::waiting::{self, State, Waiting};
use crate::web::staff::page::{Page, Seat, Sheet, Wrong, page, see_other};
use crate::web::uploads::WORKBOOK;
use crate::web::uploads::receiving::{self, attachment};

/// The waiting upload with this id.
pub(super) async fn found(app: &App, code: &str, id: Uuid) -> Result<Waiting> {
    waiting::get(&app.db().read, code, id)
        .await?
        .ok_or(Error::NotFound("waiting upload; it was stored, thrown away or forgotten after a day"))
}

pub(super) async fn look(app: Data<App>, seat: Seat, path: Path<(String, Uuid)>, which: Query<Which>) -> Page {
    let (code, id) = path.into_inner();
    seat.require(Role::DeskOfficer, &code)?;
    let waiting = found(&app, &code, id).await?;
    let cut_off = waiting.was_cut_off(app.now());
    match (waiting.state, waiting.upload_id) {
        (State::Stored, Some(upload_id)) => Ok(see_other(&format!("/staff/{code}/uploads/{upload_id}"))),
        (State::Checking | State::Storing, _) if !cut_off => under_way(&app, &seat, &waiting),
        (State::Checked, _) => shown::report(&app, &seat, &waiting, which.into_inner(), Shown::default()).await,
        _ => stuck(&app, &seat, &waiting).await,
    }
}

/// How far it has come.
fn under_way(app: &App, seat: &Seat, waiting: &Waiting) -> Page {
    let published = app.intake.shelf.consultation(&waiting.consultation)?;
    let back = format!("/staff/{}/uploads", waiting.consultation);
    let title = if waiting.state == State::Checking { "Checking the file" } else { "Storing the lines" };
    let sheet = Sheet {
        title,
        template: "staff/upload-progress.jinja",
        back: Some(&back),
        consultation: Some(&published),
        ..Sheet::default()
    };
    let context = json!({ "file": waiting.file_name, "lines": waiting.lines, "of": waiting.lines_of, "state": waiting.state.code(),
        "heading": title, "address": format!("{back}/waiting/{}", waiting.waiting_id) });
    page(seat, sheet, context)
}

/// The same for the page's script.
pub(super) async fn progress(app: Data<App>, seat: Seat, path: Path<(String, Uuid)>) -> Page {
    let (code, id) = path.into_inner();
    seat.require(Role::DeskOfficer, &code)?;
    let waiting = found(&app, &code, id).await?;
    let is_running = waiting.state.is_running() && !waiting.was_cut_off(app.now());
    let told = json!({ "state": waiting.state.code(), "running": is_running, "lines": waiting.lines, "of": waiting.lines_of });
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(told))
}

/// It cannot be read, was cut off, or failed: why, and what to do.
async fn stuck(app: &App, seat: &Seat, waiting: &Waiting) -> Page {
    let published = app.intake.shelf.consultation(&waiting.consultation)?;
    let back = format!("/staff/{}/uploads", waiting.consultation);
    let mapping = Mapping::read(&waiting.mapping)?;
    let is_here = work::is_here(app, waiting).await?;
    let title = match waiting.state {
        State::Unreadable => "The file cannot be read",
        State::Failed => "Something went wrong on our side",
        _ => "It was cut off",
    };
    let sheet = Sheet {
        title,
        template: "staff/upload-stuck.jinja",
        back: Some(&back),
        consultation: Some(&published),
        ..Sheet::default()
    };
    let context = json!({
        "file": waiting.file_name, "state": waiting.state.code(), "fault": waiting.fault.as_deref().map(shown::sentence), "heading": title, "here": is_here, "base": back,
        "address": format!("{back}/waiting/{}", waiting.waiting_id), "run": waiting.run_id, "mapped": mapping != Mapping::default(),
    });
    page(seat, sheet, context)
}

/// What to store, as the page says it.
#[derive(Debug, Deserialize)]
pub struct Storing {
    run: Uuid,
    #[serde(default)]
    accept: String,
    leave_out: Option<String>,
}

pub(super) async fn store(app: Data<App>, seat: Seat, path: Path<(String, Uuid)>, wish: Form<Storing>) -> Page {
    let (code, id) = path.into_inner();
    seat.require(Role::DeskOfficer, &code)?;
    let waiting = found(&app, &code, id).await?;
    let address = format!("/staff/{code}/uploads/waiting/{id}");
    let kept = Kept::read(&waiting)?;
    let Some(kept) = kept.filter(|_| waiting.state == State::Checked || waiting.was_cut_off(app.now())) else {
        return Ok(see_other(&address));
    };
    let accept = if wish.accept == "valid" { Accept::Valid } else { Accept::All };
    let wrong = refusal(&kept, accept, wish.leave_out.is_some());
    let wrong = match wrong {
        None if !work::is_here(&app, &waiting).await? => Some(gone()),
        wrong => wrong,
    };
    if let Some(wrong) = wrong {
        return again(&app, &seat, &waiting, &[wrong]).await;
    }
    let mapping = Mapping::read(&waiting.mapping)?;
    if !work::begin(&app, &By::new(&seat), &waiting, wish.run, &mapping, Task::Store(accept)).await? {
        let waiting = found(&app, &code, id).await?;
        return again(&app, &seat, &waiting, &[in_between()]).await;
    }
    Ok(see_other(&address))
}

/// Why a file is not stored like that, if so.
fn refusal(kept: &Kept, accept: Accept, is_ticked: bool) -> Option<Wrong> {
    let report = &kept.report;
    if report.is_barred() {
        return Some(Wrong::new("mending", "Something about the file as a whole stands in the way. Mend it and check again."));
    }
    if accept == Accept::All && report.has_errors() {
        return Some(Wrong::new("mending", "Some lines are wrong. Mend them, or choose to leave them out."));
    }
    (accept == Accept::Valid && !is_ticked).then(|| Wrong::new("leave_out", "Tick that the wrong lines may be left out."))
}

/// The file is not on this instance.
pub(super) fn gone() -> Wrong {
    Wrong::new("maincontent", "The file is no longer kept here. Nothing was stored. Upload it again.")
}

/// Somebody else did something with it since the page was shown.
pub(super) fn in_between() -> Wrong {
    Wrong::new("maincontent", "Somebody checked or stored it in between. What stands now is below.")
}

/// The page once more with what is wrong; when a run has the file in hand, how far it has come.
pub(super) async fn again(app: &App, seat: &Seat, waiting: &Waiting, errors: &[Wrong]) -> Page {
    if waiting.state != State::Checked {
        return Ok(see_other(&format!("/staff/{}/uploads/waiting/{}", waiting.consultation, waiting.waiting_id)));
    }
    shown::report(app, seat, waiting, Which::default(), Shown { errors, ..Shown::default() }).await
}

pub(super) async fn discard(app: Data<App>, seat: Seat, path: Path<(String, Uuid)>) -> Page {
    let (code, id) = path.into_inner();
    seat.require(Role::DeskOfficer, &code)?;
    let waiting = found(&app, &code, id).await?;
    if waiting::remove(&app.db().write, &code, id, app.now()).await? {
        let place = work::place(&app, &waiting);
        // It may be on another instance, or swept already.
        let _gone = receiving::blocking(move || Ok(std::fs::remove_file(place)?)).await;
        return Ok(see_other(&format!("/staff/{code}/uploads")));
    }
    Ok(see_other(&format!("/staff/{code}/uploads/waiting/{id}")))
}

/// The same workbook with what is wrong beside each line.
pub(super) async fn marked(app: Data<App>, seat: Seat, path: Path<(String, Uuid)>) -> Page {
    let (code, id) = path.into_inner();
    seat.require(Role::DeskOfficer, &code)?;
    let waiting = found(&app, &code, id).await?;
    let kept = Kept::read(&waiting)?.ok_or(Error::NotFound("report"))?;
    if !work::is_here(&app, &waiting).await? {
        return Err(Error::NotFound("file any more: upload it again").into());
    }
    let upload = work::upload_of(&app, &waiting, &kept.report.mapping);
    let bytes = receiving::marked(&app.config.data, &upload, &kept.report).await?;
    Ok(attachment(WORKBOOK, "marked.xlsx", bytes))
}

/// How the file was read, for the command line or another time.
pub(super) async fn mapping(app: Data<App>, seat: Seat, path: Path<(String, Uuid)>) -> Page {
    let (code, id) = path.into_inner();
    seat.require(Role::DeskOfficer, &code)?;
    let waiting = found(&app, &code, id).await?;
    let kept = Kept::read(&waiting)?.ok_or(Error::NotFound("report"))?;
    Ok(attachment("application/toml", "mapping.toml", kept.report.mapping.toml()?.into_bytes()))
}
