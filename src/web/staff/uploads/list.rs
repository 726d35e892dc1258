//! The list of uploads: what each brought, what still waits, and the templates.

use actix_web::web::{Data, Path};
use serde_json::{Value as Json, json};

use super::{People, when};
use crate::app::App;
use crate::domain::access::Role;
use crate::intake::upload::Counts;
use crate::store::uploads::{self, Listed, State};
use crate::store::waiting::{self, Waiting};
use crate::web::staff::page::{Page, Seat, Sheet, page};

pub(super) async fn list(app: Data<App>, seat: Seat, code: Path<String>) -> Page {
    seat.require(Role::DeskOfficer, &code)?;
    let published = app.intake.shelf.consultation(&code)?;
    let people = People::all(&app).await?;
    let mut all = uploads::all(&app.db().read, &code).await?;
    all.reverse();
    let rows: Vec<Json> = all.iter().map(|listed| row(&people, listed)).collect();
    let still: Vec<Json> =
        waiting::all(&app.db().read, &code).await?.iter().map(|one| still_waiting(&app, &people, one)).collect();
    let versions: Vec<u32> = published.versions().rev().map(|form| form.form.version).collect();
    let sheet = Sheet {
        title: "Uploads",
        template: "staff/uploads.jinja",
        back: Some("/staff"),
        consultation: Some(&published),
        ..Sheet::default()
    };
    page(&seat, sheet, json!({ "code": *code, "uploads": rows, "waiting": still, "versions": versions }))
}

fn row(people: &People, listed: &Listed) -> Json {
    let upload = &listed.upload;
    let counts: Counts = serde_json::from_str(&upload.counts).unwrap_or_default();
    json!({ "id": upload.upload_id, "file": upload.file_name, "channel": upload.channel.replace('_', " "), "by": people.name(&upload.actor),
        "when": when(listed.began_at), "state": state_words(upload.state), "counts": counts })
}

/// Where an upload stands, in words.
pub(super) const fn state_words(state: State) -> &'static str {
    match state {
        State::Storing => "Not finished: being stored, or cut off",
        State::Stored => "Stored",
        State::Withdrawn => "Withdrawn",
    }
}

fn still_waiting(app: &App, people: &People, one: &Waiting) -> Json {
    let state = match one.state {
        _ if one.was_cut_off(app.now()) => "Cut off: begin again",
        waiting::State::Checking => "Being checked",
        waiting::State::Checked => "Checked: somebody must decide",
        waiting::State::Unreadable => "Cannot be read",
        waiting::State::Storing => "Being stored",
        waiting::State::Stored => "Stored",
        waiting::State::Failed => "Failed on our side: try again",
    };
    json!({ "id": one.waiting_id, "file": one.file_name, "by": people.name(&one.actor), "when": when(one.made_at), "state": state })
}
