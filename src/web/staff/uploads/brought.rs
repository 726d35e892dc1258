//! What an upload brought: its lines reconciled, what is held, how it was read; and taking it back whole.

use std::time::Duration;

use actix_web::web::{Data, Path};
use serde_json::json;
use uuid::Uuid;

use super::list::state_words;
use super::{People, when};
use crate::app::App;
use crate::domain::access::Role;
use crate::error::{Error, Result};
use crate::intake::upload::{self, Counts, Mapping, Taken};
use crate::store::uploads::{self, Listed, State};
use crate::store::waiting;
use crate::web::staff::page::{Page, Seat, Sheet, Wrong, page};
use crate::web::uploads::receiving::attachment;

/// The most held lines that are listed; all of them are among the held items.
const HELD: u32 = 200;

/// How long a page waits for a withdrawal, which goes on all the same.
const PATIENCE: Duration = Duration::from_secs(20);

async fn found(app: &App, code: &str, upload_id: Uuid) -> Result<Listed> {
    uploads::listed(&app.db().read, code, upload_id).await?.ok_or(Error::NotFound("upload"))
}

pub(super) async fn look(app: Data<App>, seat: Seat, path: Path<(String, Uuid)>) -> Page {
    let (code, upload_id) = path.into_inner();
    seat.require(Role::DeskOfficer, &code)?;
    shown(&app, &seat, &code, upload_id, &[], None).await
}

async fn shown(app: &App, seat: &Seat, code: &str, upload_id: Uuid, errors: &[Wrong], done: Option<&str>) -> Page {
    let published = app.intake.shelf.consultation(code)?;
    let db = &app.db().read;
    let listed = found(app, code, upload_id).await?;
    let upload = &listed.upload;
    let counts: Counts = serde_json::from_str(&upload.counts).unwrap_or_default();
    let held: Vec<_> = uploads::held(db, code, upload_id, HELD)
        .await?
        .into_iter()
        .map(|line| json!({ "line": line.line, "id": line.held_id, "why": held_words(&line.why), "decided": line.is_decided }))
        .collect();
    let left_out = match waiting::of_upload(db, code, upload_id).await? {
        Some(waiting) if counts.wrong > 0 && super::work::is_here(app, &waiting).await? => Some(waiting.waiting_id),
        _ => None,
    };
    let context = json!({
        "code": code, "id": upload_id, "file": upload.file_name, "by": People::all(app).await?.name(&upload.actor),
        "began": when(listed.began_at), "ended": listed.ended_at.map(when), "state": state_words(upload.state),
        "is_withdrawn": upload.state == State::Withdrawn, "is_stored": upload.state == State::Stored,
        "channel": upload.channel.replace('_', " "), "counts": counts, "held": held, "sha256": upload.sha256, "left_out": left_out,
    });
    let back = format!("/staff/{code}/uploads");
    let sheet = Sheet {
        title: "Upload",
        template: "staff/upload.jinja",
        back: Some(&back),
        consultation: Some(&published),
        errors,
        done,
    };
    page(seat, sheet, context)
}

fn held_words(why: &str) -> &'static str {
    match why {
        "conflict" => "Other answers stand under its id",
        "late" => "It came after closing",
        "unproven" => "Nothing on it proves that it was in time",
        _ => "Something in it cannot be understood",
    }
}

/// How it was read, to use again with the command line or to look at.
pub(super) async fn mapping(app: Data<App>, seat: Seat, path: Path<(String, Uuid)>) -> Page {
    let (code, upload_id) = path.into_inner();
    seat.require(Role::DeskOfficer, &code)?;
    let mapping = Mapping::read(&found(&app, &code, upload_id).await?.upload.mapping)?;
    Ok(attachment("application/toml", "mapping.toml", mapping.toml()?.into_bytes()))
}

pub(super) async fn sure(app: Data<App>, seat: Seat, path: Path<(String, Uuid)>) -> Page {
    let (code, upload_id) = path.into_inner();
    seat.require(Role::DeskOfficer, &code)?;
    let published = app.intake.shelf.consultation(&code)?;
    let listed = found(&app, &code, upload_id).await?;
    let own = uploads::own_responses(&app.db().read, &code, upload_id).await?.len();
    let back = format!("/staff/{code}/uploads/{upload_id}");
    let sheet = Sheet {
        title: "Withdraw an upload",
        template: "staff/upload-withdraw.jinja",
        back: Some(&back),
        consultation: Some(&published),
        ..Sheet::default()
    };
    let counts: Counts = serde_json::from_str(&listed.upload.counts).unwrap_or_default();
    let others = (counts.stored + counts.duplicate).saturating_sub(u32::try_from(own).unwrap_or(u32::MAX));
    page(
        &seat,
        sheet,
        json!({ "file": listed.upload.file_name, "own": own, "others": others, "held": counts.held, "address": back }),
    )
}

pub(super) async fn withdraw(app: Data<App>, seat: Seat, path: Path<(String, Uuid)>) -> Page {
    let (code, upload_id) = path.into_inner();
    let actor = seat.require(Role::DeskOfficer, &code)?.name.clone();
    let (intake, place) = (app.intake.clone(), code.clone());
    let taking = tokio::spawn(async move { upload::withdraw(&intake, &place, upload_id, &actor).await });
    let Ok(taken) = tokio::time::timeout(PATIENCE, taking).await else {
        let done = "It is being withdrawn. That goes on while you do something else; look here again in a minute.";
        return shown(&app, &seat, &code, upload_id, &[], Some(done)).await;
    };
    match taken.map_err(|error| Error::Internal(error.into()))? {
        Ok(taken) => shown(&app, &seat, &code, upload_id, &[], Some(&taken_words(taken))).await,
        Err(Error::Unreadable { detail, .. }) => {
            let errors = [Wrong::new("maincontent", detail)];
            shown(&app, &seat, &code, upload_id, &errors, None).await
        }
        Err(error) => Err(error.into()),
    }
}

fn taken_words(taken: Taken) -> String {
    let Taken { withdrawn, already, held, elsewhere } = taken;
    let mut said = format!("{withdrawn} responses were withdrawn and no longer count.");
    let more = [
        (already, "had been withdrawn before."),
        (elsewhere, "stay, since another upload brought the same."),
        (usize::try_from(held).unwrap_or_default(), "are held: decide about them among the held items."),
    ];
    for (number, words) in more.into_iter().filter(|(number, _)| *number > 0) {
        said = format!("{said} {number} {words}");
    }
    said
}
