//! One batch: its sheets, its balance and what is missing; ending a sheet otherwise than keyed, and closing.

use actix_web::web::{Data, Form, Path, Query};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::super::page::{Page, Seat, Sheet as Around, Wrong, page, see_other};
use super::super::words::{Names, day, instant};
use super::counting::Recounted;
use super::{Here, why};
use crate::app::App;
use crate::domain::access::Role;
use crate::domain::ledger::{Balance, Outcome, Second, age_in_days, listed, missing};
use crate::error::Error;
use crate::intake::keyed::{Place, act, resume};
use crate::store::batches::{self, Act, Batch, Count, Done, Sheet};

/// What was just done, said on the page that comes after it.
#[derive(Debug, Deserialize)]
pub struct After {
    done: Option<String>,
}

pub(super) async fn show(app: Data<App>, seat: Seat, path: Path<(String, u32)>, after: Query<After>) -> Page {
    let (code, batch) = path.into_inner();
    let here = Here::new(&app, seat, code, &[Role::Keyer, Role::DeskOfficer, Role::Verifier])?;
    resume(&app.intake, &here.code, batch).await?;
    let done = match after.done.as_deref() {
        Some("all") => Some("Every sheet of this batch that you can key is keyed."),
        Some("closed") => Some("The batch is closed."),
        _ => None,
    };
    page_of(&app, &here, batch, &[], done).await
}

/// The page of a batch. A keyer sees of its sheets only their own, and which numbers are still to be keyed.
pub(super) async fn page_of(app: &App, here: &Here, number: u32, errors: &[Wrong], done: Option<&str>) -> Page {
    with_recount(app, here, number, errors, done, &Recounted::default()).await
}

/// The same with what somebody typed of a new count.
pub(super) async fn with_recount(
    app: &App,
    here: &Here,
    number: u32,
    errors: &[Wrong],
    done: Option<&str>,
    recounted: &Recounted,
) -> Page {
    let db = &app.db().read;
    let batch = batches::batch(db, &here.code, number).await?.ok_or(Error::NotFound("batch"))?;
    let sheets = batches::sheets(db, &here.code, number).await.map_err(Error::from)?;
    let counts = batches::counts(db, &here.code, number).await?;
    let names = Names::read(app).await?;
    let mut context = context(here, &batch, &sheets, &counts, &names);
    context["recounted"] = json!(recounted);
    let (title, back) = (format!("Batch {number}"), here.address("batches"));
    let around = Around {
        title: &title,
        template: "staff/batch.jinja",
        back: Some(&back),
        consultation: Some(&here.published),
        errors,
        done,
    };
    page(&here.seat, around, context)
}

fn context(here: &Here, batch: &Batch, sheets: &[Sheet], counts: &[Count], names: &Names) -> Json {
    let officer = here.may(Role::DeskOfficer);
    let balance = Balance::of(batch.about.sheets, sheets.iter().filter_map(|sheet| sheet.outcome));
    let base = here.address(&format!("batches/{}", batch.number));
    let open: Vec<u32> = sheets.iter().filter(|sheet| sheet.outcome.is_none()).map(|sheet| sheet.number).collect();
    let again: Vec<u32> = sheets.iter().filter(|sheet| is_second_for(sheet, here.me())).map(|sheet| sheet.number).collect();
    let mine = |sheet: &&Sheet| officer || is_mine(sheet, here.me());
    let rows: Vec<Json> = sheets.iter().filter(mine).map(|sheet| row(here, sheet, &base, names)).collect();
    let kept_until = here.published.consultation.paper.originals_kept_until(here.published.consultation.last_day());
    json!({
        "number": batch.number, "base": base, "officer": officer, "keyer": here.may(Role::Keyer),
        "about": about(here, batch), "balance": balance, "open": balance.open(),
        "age": age_in_days(batch.about.received_on, here.now),
        "missing": missing_for(here.me(), batch.about.sheets, sheets),
        "open_numbers": if open.is_empty() { String::new() } else { listed(&open) },
        "again": again, "rows": rows, "has_open": !open.is_empty(),
        "closed": batch.closed.as_ref().map(|(by, at)| format!("{} on {}", names.of(by), instant(*at))),
        "counts": counts.iter().map(|count| json!({
            "sheets": count.sheets, "by": names.of(&count.counted_by), "at": instant(count.counted_at), "reason": count.reason,
        })).collect::<Vec<_>>(),
        "kept_until": day(kept_until),
    })
}

/// What is carried forward to each sheet, in words.
pub(super) fn about(here: &Here, batch: &Batch) -> Vec<(&'static str, String)> {
    let about = &batch.about;
    let digest = here.published.form(None, about.form_version).map_or("", |form| form.digest.get(..12).unwrap_or_default());
    let edition = if about.edition.code() == "standard" { "Standard" } else { "Easy read" };
    let mut lines = vec![
        ("From", format!("{}: {}", about.source.words(), about.place)),
        ("Received", day(about.received_on)),
        ("Postmark", about.posted_on.map_or_else(|| about.postmark.words().to_owned(), day)),
        ("Printed on it", format!("{edition}, version {} ({digest})", about.form_version)),
        ("Channel", about.channel.code().replace('_', " ")),
    ];
    if let Some(event) = &about.event {
        let title = here.published.consultation.events.iter().find(|one| one.code == *event).map_or(event, |one| &one.title);
        lines.push(("Event", title.clone()));
    }
    lines
}

fn is_mine(sheet: &Sheet, me: &str) -> bool {
    [&sheet.first_by, &sheet.second_by, &sheet.ended_by].into_iter().any(|by| by.as_deref() == Some(me))
}

/// Whether a sheet waits for a second keying that this person may do.
pub(super) fn is_second_for(sheet: &Sheet, me: &str) -> bool {
    sheet.state().second == Second::Wanted && sheet.first_by.as_deref() != Some(me)
}

/// What stands in the way of closing, as somebody may read it: that a sheet of one's own was drawn is told to nobody who
/// could still change it.
fn missing_for(me: &str, received: u32, sheets: &[Sheet]) -> Vec<String> {
    let is_secret = |sheet: &Sheet| sheet.state().second == Second::Wanted && sheet.first_by.as_deref() == Some(me);
    let states: Vec<_> = sheets
        .iter()
        .map(|sheet| {
            let mut state = sheet.state();
            if is_secret(sheet) {
                state.second = Second::Done;
            }
            state
        })
        .collect();
    let mut missing = missing(received, &states);
    if sheets.iter().any(is_secret) {
        missing.push("Somebody else has sheets to key a second time.".to_owned());
    }
    missing
}

fn row(here: &Here, sheet: &Sheet, base: &str, names: &Names) -> Json {
    let officer = here.may(Role::DeskOfficer);
    let own = sheet.first_by.as_deref() == Some(here.me());
    let state = sheet.state();
    let words = match (sheet.outcome, state.second) {
        (None, _) => "Open",
        (Some(Outcome::Keyed), Second::Wanted) if officer && !own => "Keyed; to be keyed a second time",
        (Some(Outcome::Keyed), Second::Unsettled) if officer => "Keyed; differences to be settled",
        (Some(Outcome::Keyed), _) if !state.confirmed => "Keyed; not confirmed yet",
        (Some(Outcome::Keyed), _) if sheet.kept.as_deref() == Some("held") => "Keyed; held when it came, for a decision",
        (Some(Outcome::Keyed), _) => "Keyed",
        (Some(Outcome::Spoiled), _) => "Spoiled",
        (Some(Outcome::Duplicate), _) => "Duplicate",
        (Some(Outcome::Void), _) => "Void",
    };
    json!({
        "number": sheet.number, "words": words, "reason": sheet.reason,
        "by": sheet.ended_by.as_deref().map(|by| names.of(by)), "at": sheet.ended_at.map(instant),
        "end": sheet.outcome.is_none().then(|| format!("{base}/sheets/{}/end", sheet.number)),
        "reopen": (officer && sheet.outcome.is_some_and(|outcome| outcome != Outcome::Keyed))
            .then(|| format!("{base}/sheets/{}/reopen", sheet.number)),
        "change": (own && sheet.second_by.is_none()).then(|| format!("{base}/sheets/{}", sheet.number)),
    })
}

/// Which end, and why.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Ending {
    outcome: String,
    reason: String,
}

pub(super) async fn end_form(app: Data<App>, seat: Seat, path: Path<(String, u32, u32)>) -> Page {
    let (code, batch, sheet) = path.into_inner();
    let here = Here::new(&app, seat, code, &[Role::Keyer, Role::DeskOfficer])?;
    ending(&here, batch, sheet, &Ending::default(), &[])
}

fn ending(here: &Here, batch: u32, sheet: u32, typed: &Ending, errors: &[Wrong]) -> Page {
    let (title, back) = (format!("Sheet {sheet} cannot be keyed"), here.address(&format!("batches/{batch}")));
    let around = Around {
        title: &title,
        template: "staff/sheet-end.jinja",
        back: Some(&back),
        consultation: Some(&here.published),
        errors,
        done: None,
    };
    let context = json!({ "batch": batch, "sheet": sheet, "outcome": typed.outcome, "reason": typed.reason });
    page(&here.seat, around, context)
}

pub(super) async fn end(app: Data<App>, seat: Seat, path: Path<(String, u32, u32)>, form: Form<Ending>) -> Page {
    let (code, batch, sheet) = path.into_inner();
    let here = Here::new(&app, seat, code, &[Role::Keyer, Role::DeskOfficer])?;
    let outcome = Outcome::from_code(&form.outcome).filter(|outcome| *outcome != Outcome::Keyed);
    let reason: String = form.reason.trim().chars().take(500).collect();
    let mut errors = Vec::new();
    if outcome.is_none() {
        errors.push(Wrong::new("outcome", "Choose what the sheet is."));
    }
    if reason.is_empty() {
        errors.push(Wrong::new("reason", "Say why, such as \u{201c}photocopy of sheet 3\u{201d}."));
    }
    let (Some(outcome), true) = (outcome, errors.is_empty()) else { return ending(&here, batch, sheet, &form, &errors) };
    let place = Place { consultation: &here.code, batch, sheet };
    match act(&app.intake, place, here.me(), Act::End(sheet, outcome, reason)).await? {
        Done::Refused(refused) => ending(&here, batch, sheet, &form, &[Wrong::new("outcome", why(&refused))]),
        _ => Ok(see_other(&here.address(&format!("batches/{batch}")))),
    }
}

pub(super) async fn reopen(app: Data<App>, seat: Seat, path: Path<(String, u32, u32)>) -> Page {
    let (code, batch, sheet) = path.into_inner();
    let here = Here::new(&app, seat, code, &[Role::DeskOfficer])?;
    let place = Place { consultation: &here.code, batch, sheet };
    match act(&app.intake, place, here.me(), Act::Reopen(sheet)).await? {
        Done::Refused(refused) => page_of(&app, &here, batch, &[Wrong::new("sheets", why(&refused))], None).await,
        _ => Ok(see_other(&here.address(&format!("batches/{batch}")))),
    }
}

/// "Are you sure", or what is missing.
pub(super) async fn sure(app: Data<App>, seat: Seat, path: Path<(String, u32)>) -> Page {
    let (code, number) = path.into_inner();
    let here = Here::new(&app, seat, code, &[Role::DeskOfficer])?;
    resume(&app.intake, &here.code, number).await?;
    let batch = batches::batch(&app.db().read, &here.code, number).await?.ok_or(Error::NotFound("batch"))?;
    let sheets = batches::sheets(&app.db().read, &here.code, number).await.map_err(Error::from)?;
    let missing = missing_for(here.me(), batch.about.sheets, &sheets);
    if !missing.is_empty() {
        let errors: Vec<Wrong> = missing.into_iter().map(|text| Wrong::new("sheets", text)).collect();
        return page_of(&app, &here, number, &errors, None).await;
    }
    let balance = Balance::of(batch.about.sheets, sheets.iter().filter_map(|sheet| sheet.outcome));
    let (title, back) = (format!("Close batch {number}?"), here.address(&format!("batches/{number}")));
    let around = Around {
        title: &title,
        template: "staff/batch-close.jinja",
        back: Some(&back),
        consultation: Some(&here.published),
        ..Around::default()
    };
    page(&here.seat, around, json!({ "number": number, "balance": balance, "base": back }))
}

pub(super) async fn close(app: Data<App>, seat: Seat, path: Path<(String, u32)>) -> Page {
    let (code, batch) = path.into_inner();
    let here = Here::new(&app, seat, code, &[Role::DeskOfficer])?;
    resume(&app.intake, &here.code, batch).await?;
    let place = Place { consultation: &here.code, batch, sheet: 0 };
    match act(&app.intake, place, here.me(), Act::Close).await? {
        Done::Refused(batches::Refused::Missing(_)) => {
            let stands = batches::batch(&app.db().read, &here.code, batch).await?.ok_or(Error::NotFound("batch"))?;
            let sheets = batches::sheets(&app.db().read, &here.code, batch).await.map_err(Error::from)?;
            let missing = missing_for(here.me(), stands.about.sheets, &sheets);
            let errors: Vec<Wrong> = missing.into_iter().map(|text| Wrong::new("sheets", text)).collect();
            page_of(&app, &here, batch, &errors, None).await
        }
        Done::Refused(refused) => page_of(&app, &here, batch, &[Wrong::new("sheets", why(&refused))], None).await,
        _ => Ok(see_other(&here.address(&format!("batches/{batch}?done=closed")))),
    }
}
