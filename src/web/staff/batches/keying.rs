//! Keying a sheet: first, blind second, or one's own again; and on to the next.

use actix_web::web::{Data, Form, Path, Query};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::super::page::{Page, Seat, Sheet as Around, Wrong, page, see_other};
use super::one::{about, is_second_for};
use super::paper_view::Paper;
use super::{Here, why};
use crate::app::App;
use crate::domain::access::Role;
use crate::domain::ledger::Outcome;
use crate::domain::submission::Submission;
use crate::error::{Error, Result};
use crate::intake::keyed::entry::{Entry, NOTE_LIMIT};
use crate::intake::keyed::{self, Desk, Keyed, Place, find};
use crate::store::batches::{self, Keying, Turn};

/// The sheet that was just stored, said on the page of the next one.
#[derive(Debug, Deserialize)]
pub struct After {
    stored: Option<u32>,
}

/// What a keyer may do with a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Task {
    First,
    Second,
    /// Their own, which nobody has keyed a second time.
    Again,
}

/// What this person may do with a sheet; nothing of anybody else's entry is in it.
fn task(desk: &Desk, me: &str) -> Result<Task> {
    let sheet = &desk.sheet;
    if desk.batch.closed.is_some() {
        return Err(refused("this batch is closed; count sheets that turned up later in as a new batch"));
    }
    match (sheet.outcome, sheet.first_by.as_deref()) {
        (None, _) => Ok(Task::First),
        (Some(Outcome::Keyed), Some(by)) if by == me && sheet.second_by.is_none() => Ok(Task::Again),
        (Some(Outcome::Keyed), _) if is_second_for(sheet, me) => Ok(Task::Second),
        (Some(Outcome::Keyed), _) => Err(refused("this sheet has been keyed; look at its number, or ask the desk officer")),
        (Some(_), _) => Err(refused("this sheet has ended without being keyed; ask the desk officer if that is wrong")),
    }
}

fn refused(detail: &str) -> Error {
    Error::unreadable("sheet_taken", detail)
}

pub(super) async fn show(app: Data<App>, seat: Seat, path: Path<(String, u32, u32)>, after: Query<After>) -> Page {
    let (code, batch, sheet) = path.into_inner();
    let here = Here::new(&app, seat, code, &[Role::Keyer])?;
    let place = Place { consultation: &here.code, batch, sheet };
    let desk = find(&app.intake, place).await?;
    let task = task(&desk, here.me())?;
    let entry = if task == Task::Again { own(&app, &here, place).await? } else { Entry::default() };
    let done = after.stored.map(|number| format!("Sheet {number} is stored."));
    sheet_page(&here, &desk, task, Uuid::now_v7(), &entry, &[], done.as_deref())
}

/// What this person keyed themselves.
async fn own(app: &App, here: &Here, place: Place<'_>) -> Result<Entry> {
    let keyings = batches::keyings(&app.db().read, place.consultation, place.batch, place.sheet).await.map_err(Error::from)?;
    let mine = keyings.into_iter().find(|keying| keying.keyed_by == here.me() && keying.turn == Turn::First);
    let Some(Keying { payload: Some(payload), note, .. }) = mine else {
        return Err(refused("what you keyed can no longer be changed; tell the desk officer what is wrong with it"));
    };
    let submission: Submission = serde_json::from_str(&payload).map_err(anyhow::Error::from)?;
    Ok(Entry::of(&submission, &note))
}

fn sheet_page(
    here: &Here,
    desk: &Desk,
    task: Task,
    keying_id: Uuid,
    entry: &Entry,
    wrong: &[keyed::entry::Wrong],
    done: Option<&str>,
) -> Page {
    let (batch, sheet) = (&desk.batch, desk.sheet.number);
    let paper = Paper { form: &desk.form, edition: batch.about.edition, entry, wrong };
    let errors: Vec<Wrong> = wrong
        .iter()
        .map(|one| {
            let (id, name) = if one.key.is_empty() {
                ("keying".to_owned(), String::new())
            } else {
                (format!("f-{}", one.key), paper.name(&one.key))
            };
            Wrong::new(&id, if name.is_empty() { one.text.clone() } else { format!("{name}: {}", one.text) })
        })
        .collect();
    let base = here.address(&format!("batches/{}", batch.number));
    let context = json!({
        "batch": batch.number, "sheet": sheet, "keying_id": keying_id, "about": about(here, batch),
        "task": match task { Task::First => "first", Task::Second => "second", Task::Again => "again" },
        "head": paper.head(batch.about.postmark), "parts": paper.parts(), "note": entry.note, "note_limit": NOTE_LIMIT,
        "end": (task == Task::First).then(|| format!("{base}/sheets/{sheet}/end")),
        "undo": (task != Task::Again).then(|| format!("{base}/undo")), "just_stored": done.is_some(),
    });
    let title = match task {
        Task::First => format!("Key sheet {sheet} of batch {}", batch.number),
        Task::Second => format!("Key sheet {sheet} of batch {} a second time", batch.number),
        Task::Again => format!("Change sheet {sheet} of batch {}", batch.number),
    };
    let around = Around {
        title: &title,
        template: "staff/sheet.jinja",
        back: Some(&base),
        consultation: Some(&here.published),
        errors: &errors,
        done,
    };
    page(&here.seat, around, context)
}

pub(super) async fn key(app: Data<App>, seat: Seat, path: Path<(String, u32, u32)>, form: Form<Vec<(String, String)>>) -> Page {
    let (code, batch, sheet) = path.into_inner();
    let here = Here::new(&app, seat, code, &[Role::Keyer])?;
    let place = Place { consultation: &here.code, batch, sheet };
    let hidden = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let keying_id: Uuid = hidden("keying_id").and_then(|id| id.parse().ok()).ok_or_else(|| {
        Error::unreadable("not_a_form", "The page was not sent as it was shown. Open the sheet again and key it.")
    })?;
    let again = hidden("task") == Some("again");
    let fields: Vec<_> = form.iter().filter(|(name, _)| !matches!(name.as_str(), "keying_id" | "task")).cloned().collect();
    let entry = Entry::posted(&fields);
    let wrong = match keyed::key(&app.intake, place, here.me(), keying_id, &entry, again).await? {
        Keyed::Taken(_) => return Ok(see_other(&here.address(&format!("batches/{batch}/next?stored={sheet}")))),
        Keyed::Wrong(wrong) => wrong,
        Keyed::Refused(refused) => vec![keyed::entry::Wrong { key: String::new(), text: why(&refused) }],
    };
    // What was typed stays on the page, whatever became of the sheet meanwhile.
    let desk = find(&app.intake, place).await?;
    let task = if again { Task::Again } else { Task::First };
    sheet_page(&here, &desk, task, keying_id, &entry, &wrong, None)
}

/// On to the next sheet: the next open number after the one just stored, then those to be keyed a second time.
pub(super) async fn next(app: Data<App>, seat: Seat, path: Path<(String, u32)>, after: Query<After>) -> Page {
    let (code, batch) = path.into_inner();
    let here = Here::new(&app, seat, code, &[Role::Keyer])?;
    let sheets = batches::sheets(&app.db().read, &here.code, batch).await.map_err(Error::from)?;
    let open: Vec<u32> = sheets.iter().filter(|sheet| sheet.outcome.is_none()).map(|sheet| sheet.number).collect();
    let stored = after.stored.unwrap_or(0);
    let next = open.iter().find(|number| **number > stored).or_else(|| open.first()).copied();
    let next = next.or_else(|| sheets.iter().find(|sheet| is_second_for(sheet, here.me())).map(|sheet| sheet.number));
    Ok(see_other(&match (next, after.stored) {
        (Some(next), Some(stored)) => here.address(&format!("batches/{batch}/sheets/{next}?stored={stored}")),
        (Some(next), None) => here.address(&format!("batches/{batch}/sheets/{next}")),
        (None, _) => here.address(&format!("batches/{batch}?done=all")),
    }))
}

/// Back to the last sheet this person stored in the batch, with what they keyed on it.
pub(super) async fn undo(app: Data<App>, seat: Seat, path: Path<(String, u32)>) -> Page {
    let (code, batch) = path.into_inner();
    let here = Here::new(&app, seat, code, &[Role::Keyer])?;
    let mine = batches::keyed_by(&app.db().read, &here.code, batch, here.me()).await.map_err(Error::from)?;
    let last = mine.first().ok_or(Error::NotFound("sheet of yours in this batch"))?;
    Ok(see_other(&here.address(&format!("batches/{batch}/sheets/{}", last.sheet))))
}
