//! Devices at the desk: what each has and has not handed in, who is shut out, rescue files, and what a restore has lost.

use actix_multipart::Multipart;
use actix_web::web::{Data, Path, Query};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::evidence::posted;
use super::page::{Page, Seat, Sheet, Wrong, page, see_other};
use super::words::{Names, instant};
use crate::app::App;
use crate::domain::access::{Actor, Role};
use crate::domain::wording::{DEFAULT_LANGUAGE, Edition};
use crate::error::{Error, Result};
use crate::intake::sync;
use crate::store::audit::{self, Entry};
use crate::store::begin_write;
use crate::store::devices::{self, Device};
use crate::store::sync::{self as log, LostLine};
use crate::web::sync::recovery::{Rescued, bring_file};

/// A browser that has not been seen for so many days is worth a telephone call.
const QUIET_DAYS: i64 = 3;

/// What was just done, said on the page it leads back to.
#[derive(Debug, Deserialize)]
pub struct After {
    done: Option<String>,
}

/// Whoever looks after devices anywhere.
fn officer(seat: &Seat) -> Result<&Actor> {
    let is_officer = seat.actor().grants.iter().any(|grant| matches!(grant.role, Role::DeskOfficer | Role::Administrator));
    if is_officer { Ok(seat.actor()) } else { Err(Error::Forbidden) }
}

/// Whether somebody looks after a device: a desk officer of one of its consultations.
async fn may(app: &App, actor: &Actor, device: Uuid) -> Result<bool> {
    let places = devices::places(&app.db().read, device).await?;
    Ok(actor.may_everywhere(Role::DeskOfficer) || places.iter().any(|(code, _)| actor.may(Role::DeskOfficer, code)))
}

/// One device, for somebody who looks after it.
async fn one(app: &App, seat: &Seat, device_id: Uuid) -> Result<Device> {
    let actor = officer(seat)?;
    let device = devices::get(&app.db().read, device_id).await?.ok_or(Error::NotFound("device"))?;
    if may(app, actor, device_id).await? { Ok(device) } else { Err(Error::Forbidden) }
}

pub(super) async fn list(app: Data<App>, seat: Seat, after: Query<After>) -> Page {
    let done = match after.done.as_deref() {
        Some("revoked") => Some("It is shut out. What waits on it can be brought here as a rescue file."),
        Some("confirmed") => {
            Some("The restore is confirmed. Each device asks what became of what it remembers, and sends again what is missing.")
        }
        Some("changed") => Some("Its consultations are changed. It is told the next time it asks."),
        _ => None,
    };
    shown(&app, &seat, done, &[], None).await
}

/// The page, with what became of a rescue file.
async fn shown(app: &App, seat: &Seat, done: Option<&str>, errors: &[Wrong], rescued: Option<&Rescued>) -> Page {
    let actor = officer(seat)?;
    let now = app.now();
    let people = Names::read(app).await?;
    let mut rows = Vec::new();
    for device in devices::all(&app.db().read).await? {
        if may(app, actor, device.device_id).await? {
            let missing = log::missing(&app.db().read, device.device_id, device.through).await?;
            rows.push(row(&device, &missing.gaps, &people, now));
        }
    }
    let lost: Vec<LostLine> =
        log::lost(&app.db().read).await?.into_iter().filter(|lost| actor.may(Role::DeskOfficer, &lost.consultation)).collect();
    let restored = app.sync.restored(app.db()).await?;
    let context = json!({
        "devices": rows, "lost": lost.iter().map(|lost| again(app, lost)).collect::<Vec<_>>(),
        "restored": restored, "may_confirm": actor.may_everywhere(Role::DeskOfficer), "rescued": rescued,
        "wrong": errors.first().map(|wrong| wrong.text.clone()),
    });
    page(
        seat,
        Sheet { title: "Devices", template: "staff/devices.jinja", back: Some("/staff"), errors, done, ..Sheet::default() },
        context,
    )
}

fn row(device: &Device, gaps: &[(i64, i64)], people: &Names, now: DateTime<Utc>) -> Value {
    let report = &device.report;
    let quiet = device.revoked_at.is_none() && now - device.seen_at > chrono::Duration::days(QUIET_DAYS);
    json!({
        "id": device.device_id, "name": device.name, "place": device.place,
        "by": people.of(&device.enrolled_by), "enrolled": instant(device.enrolled_at),
        "keyed": report.seq_high, "received": device.received_high - count(gaps), "waiting": report.pending,
        "attention": report.attention, "oldest": report.oldest_pending_s.filter(|_| report.pending != Some(0)).map(lasted),
        "seen": instant(device.seen_at), "quiet": quiet, "gaps": gaps.iter().map(|gap| missing(*gap)).collect::<Vec<_>>(),
        "build": report.build, "forms": report.forms, "persisted": report.persisted, "is_two": device.cloned_at.map(instant),
        "revoked": device.revoked_at.map(instant), "refused": device.refused_at.map(instant),
    })
}

fn count(gaps: &[(i64, i64)]) -> i64 {
    gaps.iter().map(|(first, last)| last - first + 1).sum()
}

fn missing((first, last): (i64, i64)) -> String {
    if first == last { format!("Number {first} is missing") } else { format!("Numbers {first} to {last} are missing") }
}

/// How long something has waited, as people say it.
fn lasted(seconds: i64) -> String {
    let (count, unit) = match seconds {
        ..120 => return "a minute".to_owned(),
        120..7200 => (seconds / 60, "minutes"),
        7200..172_800 => (seconds / 3600, "hours"),
        _ => (seconds / 86_400, "days"),
    };
    format!("{count} {unit}")
}

/// A sheet to key again.
fn again(app: &App, lost: &LostLine) -> Value {
    let title = app.intake.shelf.consultation(&lost.consultation).map_or_else(
        |_gone| lost.consultation.clone(),
        |published| published.consultation.title.show(Edition::Standard, DEFAULT_LANGUAGE).to_owned(),
    );
    let what = lost.sheet.map_or_else(|| "An interview".to_owned(), |(batch, sheet)| format!("Batch {batch}, sheet {sheet}"));
    let received = lost.line.rsplit('|').next().and_then(|at| at.parse::<DateTime<Utc>>().ok()).map(instant);
    json!({ "consultation": title, "what": what, "received": received, "reported": instant(lost.reported_at) })
}

pub(super) async fn sure(app: Data<App>, seat: Seat, id: Path<Uuid>) -> Page {
    let device = one(&app, &seat, *id).await?;
    let title = format!("Shut out {}?", device.name);
    let sheet = Sheet { title: &title, template: "staff/device-revoke.jinja", back: Some("/staff/devices"), ..Sheet::default() };
    let waiting = device.report.pending.filter(|pending| *pending > 0);
    page(&seat, sheet, json!({ "name": device.name, "place": device.place, "id": device.device_id, "waiting": waiting }))
}

pub(super) async fn revoke(app: Data<App>, seat: Seat, id: Path<Uuid>) -> Page {
    let device = one(&app, &seat, *id).await?;
    let tx = begin_write(&app.db().write).await.map_err(Error::from)?;
    if devices::revoke(&tx, device.device_id, &seat.actor().name, app.now()).await.map_err(Error::from)? {
        audit::append(&tx, vec![entry(&app, &seat, "device.revoked", device.device_id.to_string(), "")], app.now()).await?;
    }
    tx.commit().await.map_err(Error::from)?;
    Ok(see_other("/staff/devices?done=revoked"))
}

/// The consultations of a device, to give and to take off.
pub(super) async fn places(app: Data<App>, seat: Seat, id: Path<Uuid>) -> Page {
    let device = one(&app, &seat, *id).await?;
    let on = devices::places(&app.db().read, device.device_id).await?;
    let shelf = app.intake.shelf.now().all();
    let own = shelf.iter().filter(|published| seat.actor().may(Role::DeskOfficer, &published.consultation.code));
    let consultations: Vec<Value> = own
        .map(|published| {
            let code = &published.consultation.code;
            let title = published.consultation.title.show(Edition::Standard, DEFAULT_LANGUAGE);
            json!({ "code": code, "title": title, "on": on.iter().any(|(given, is_on)| given == code && *is_on) })
        })
        .collect();
    let title = format!("What {} works on", device.name);
    let sheet = Sheet { title: &title, template: "staff/device-places.jinja", back: Some("/staff/devices"), ..Sheet::default() };
    page(&seat, sheet, json!({ "id": device.device_id, "consultations": consultations }))
}

pub(super) async fn change(
    app: Data<App>,
    seat: Seat,
    id: Path<Uuid>,
    form: actix_web::web::Form<Vec<(String, String)>>,
) -> Page {
    let device = one(&app, &seat, *id).await?;
    let (now, shelf) = (app.now(), app.intake.shelf.now().all());
    let tx = begin_write(&app.db().write).await.map_err(Error::from)?;
    let mut changed = Vec::new();
    for published in shelf.iter().filter(|published| seat.actor().may(Role::DeskOfficer, &published.consultation.code)) {
        let code = &published.consultation.code;
        let wanted = form.iter().any(|(name, value)| name == "consultation" && value == code);
        let (sign, done) = if wanted {
            ("+", devices::give(&tx, device.device_id, code, now).await.map_err(Error::from)?)
        } else {
            ("-", devices::take_off(&tx, device.device_id, code, now).await.map_err(Error::from)?)
        };
        if done {
            changed.push(format!("{sign}{code}"));
        }
    }
    if !changed.is_empty() {
        let entry = entry(&app, &seat, "device.consultations", device.device_id.to_string(), &changed.join(" "));
        audit::append(&tx, vec![entry], now).await?;
    }
    tx.commit().await.map_err(Error::from)?;
    Ok(see_other("/staff/devices?done=changed"))
}

/// "Are you sure" before a restore is confirmed.
pub(super) async fn sure_restored(app: Data<App>, seat: Seat) -> Page {
    seat.require_everywhere(Role::DeskOfficer)?;
    let Some(why) = app.sync.restored(app.db()).await? else { return Ok(see_other("/staff/devices")) };
    let title = "Confirm the restore?";
    let sheet = Sheet { title, template: "staff/devices-restored.jinja", back: Some("/staff/devices"), ..Sheet::default() };
    page(&seat, sheet, json!({ "why": why }))
}

pub(super) async fn confirm(app: Data<App>, seat: Seat) -> Page {
    let actor = seat.require_everywhere(Role::DeskOfficer)?;
    if app.sync.restored(app.db()).await?.is_some() {
        let head = sync::confirm(app.db(), &actor.name, "restored from a backup", app.now()).await?;
        app.sync.turned(&head);
    }
    Ok(see_other("/staff/devices?done=confirmed"))
}

pub(super) async fn rescue(app: Data<App>, seat: Seat, parts: Multipart) -> Page {
    let actor = officer(&seat)?;
    let posted = posted::read(parts).await?;
    let Some((_, bytes)) = posted.file else {
        return shown(&app, &seat, None, &[Wrong::new("file", "Choose the rescue file that the device made.")], None).await;
    };
    match bring_file(&app, actor, &bytes).await {
        Ok(rescued) => shown(&app, &seat, None, &[], Some(&rescued)).await,
        Err(fault) => shown(&app, &seat, None, &[Wrong::new("file", format!("It was not taken: {fault}."))], None).await,
    }
}

fn entry(app: &App, seat: &Seat, action: &'static str, subject: String, detail: &str) -> Entry {
    let (actor, detail) = (seat.actor().name.clone(), detail.to_owned());
    Entry { at: app.now(), actor, action, consultation: None, subject, detail }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_told_as_people_say_it() {
        let told = [0, 119, 120, 3600, 7200, 86_400, 172_800, 864_000].map(lasted);
        assert_eq!(told, ["a minute", "a minute", "2 minutes", "60 minutes", "2 hours", "24 hours", "2 days", "10 days"]);
        assert_eq!(missing((407, 407)), "Number 407 is missing");
        assert_eq!(missing((4, 9)), "Numbers 4 to 9 are missing");
    }
}
