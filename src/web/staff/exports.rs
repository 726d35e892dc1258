//! Exports at the desk: what can be asked for, the runs there were, and their files.

use std::io::{Cursor, Write as _};

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{self, Data, Form, Path, ServiceConfig};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use uuid::Uuid;
use validator::Validate;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::page::{Page, Seat, Sheet, Wrong, page, see_other};
use super::words::{Names, instant};
use crate::app::App;
use crate::domain::access::{Actor, Role};
use crate::error::{Error, Result};
use crate::export::definition::{self, Definition};
use crate::mail;
use crate::store::catalogue::Published;
use crate::store::exports::{self, Asked, ExportRun, KeptFile, State};
use crate::web::noting::note;

/// How many runs the page lists.
const LISTED: u32 = 100;

/// The addresses of exports.
pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/staff/{code}/exports", web::get().to(list))
        .route("/staff/{code}/exports", web::post().to(ask))
        .route("/staff/{code}/exports/{id}", web::get().to(one))
        .route("/staff/{code}/exports/{id}/all.zip", web::get().to(all_files))
        .route("/staff/{code}/exports/{id}/{place}", web::get().to(file));
}

/// What is asked for, as the page sends it.
#[derive(Debug, Default, Deserialize, Serialize, Validate)]
pub struct Typed {
    #[serde(default)]
    export: String,
    #[serde(default)]
    #[validate(length(max = 300, message = "Say what it is for in at most 300 characters."))]
    purpose: String,
    #[serde(default)]
    letter: String,
}

impl Typed {
    /// The definition asked for, or what is wrong in the page's order.
    fn read<'a>(&self, offered: &'a [Definition]) -> Result<&'a Definition, Vec<Wrong>> {
        let chosen = offered.iter().find(|definition| definition.name == self.export);
        let mut errors = Vec::new();
        if chosen.is_none() {
            errors.push(Wrong::new("export", "Choose what to export."));
        }
        errors.extend(Wrong::found(self.validate(), &["purpose"]));
        if chosen.is_some_and(|definition| definition.purpose_required) && self.purpose.trim().is_empty() {
            errors.push(Wrong::new(
                "purpose",
                "Say what it is for. It holds what single people said, and the audit log keeps your reason.",
            ));
        }
        chosen.filter(|_| errors.is_empty()).ok_or(errors)
    }
}

/// The definitions that somebody may run here.
fn offered(actor: &Actor, code: &str) -> Result<Vec<Definition>> {
    let mut all = definition::all().map_err(anyhow::Error::from)?;
    all.retain(|definition| may_run(actor, definition, code));
    Ok(all)
}

fn may_run(actor: &Actor, definition: &Definition, code: &str) -> bool {
    Role::from_code(&definition.who).is_some_and(|role| actor.may(role, code))
}

pub(super) async fn list(app: Data<App>, seat: Seat, code: Path<String>) -> Page {
    seat.require(Role::Analyst, &code)?;
    everything(&app, &seat, &code, &Typed::default(), &[]).await
}

pub(super) async fn ask(app: Data<App>, seat: Seat, code: Path<String>, typed: Form<Typed>) -> Page {
    let actor = seat.require(Role::Analyst, &code)?;
    app.intake.shelf.consultation(&code)?;
    let offered = offered(actor, &code)?;
    let export = match typed.read(&offered) {
        Ok(definition) => definition.name.clone(),
        Err(errors) => return everything(&app, &seat, &code, &typed, &errors).await,
    };
    let asked = Asked {
        consultation: code.clone(),
        run_id: Uuid::now_v7(),
        export,
        as_of: app.now(),
        purpose: typed.purpose.trim().to_owned(),
        actor: actor.name.clone(),
        letter: typed.letter == "yes",
    };
    exports::ask(app.db(), &asked, app.now()).await?;
    Ok(see_other(&format!("/staff/{code}/exports/{}", asked.run_id)))
}

async fn everything(app: &App, seat: &Seat, code: &str, typed: &Typed, errors: &[Wrong]) -> Page {
    let published = app.intake.shelf.consultation(code)?;
    let names = Names::read(app).await?;
    let runs = exports::all(&app.db().read, code, LISTED).await?;
    let runs: Vec<Json> = runs.iter().map(|run| told(run, &names)).collect();
    let items: Vec<Json> = offered(seat.actor(), code)?
        .into_iter()
        .map(|one| json!({ "value": one.name, "text": one.title, "hint": { "text": one.about } }))
        .collect();
    let context = json!({ "code": code, "runs": runs, "items": items, "typed": typed, "can_write": mail::is_on(&app.config) });
    let sheet = Sheet {
        title: "Exports",
        template: "staff/exports.jinja",
        back: Some("/staff"),
        consultation: Some(&published),
        errors,
        ..Sheet::default()
    };
    page(seat, sheet, context)
}

fn title(name: &str) -> String {
    definition::find(name).map_or_else(|_| name.to_owned(), |definition| definition.title)
}

fn told(run: &ExportRun, names: &Names) -> Json {
    let asked = &run.asked;
    json!({
        "id": asked.run_id, "export": title(&asked.export), "as_of": instant(asked.as_of), "purpose": asked.purpose,
        "by": if asked.actor == "command" { "the command line" } else { names.of(&asked.actor) }, "asked": instant(run.asked_at),
        "state": run.state.code(), "fault": run.fault, "warnings": run.warnings, "letter": asked.letter,
        "ended": run.ended_at.map(instant),
    })
}

/// One run, for whoever may run such an export.
async fn found(app: &App, seat: &Seat, code: &str, id: Uuid) -> Result<(std::sync::Arc<Published>, ExportRun)> {
    let actor = seat.require(Role::Analyst, code)?;
    let published = app.intake.shelf.consultation(code)?;
    let run = exports::get(&app.db().read, code, id).await?.ok_or(Error::NotFound("export run"))?;
    let definition = definition::find(&run.asked.export);
    // One whose definition is gone is the administrator's.
    let may = definition.map_or_else(|_| actor.may(Role::Administrator, code), |definition| may_run(actor, &definition, code));
    if may { Ok((published, run)) } else { Err(Error::Forbidden) }
}

pub(super) async fn one(app: Data<App>, seat: Seat, at: Path<(String, Uuid)>) -> Page {
    let (code, id) = at.into_inner();
    let (published, run) = found(&app, &seat, &code, id).await?;
    let files: Vec<Json> = exports::files(&app.db().read, &code, id).await?.iter().map(shown).collect();
    let title = title(&run.asked.export);
    let back = format!("/staff/{code}/exports");
    let sheet = Sheet {
        title: &title,
        template: "staff/export.jinja",
        back: Some(&back),
        consultation: Some(&published),
        ..Sheet::default()
    };
    let rights = definition::find(&run.asked.export).map_or_else(|_| String::new(), |definition| definition.rights);
    let context = json!({
        "address": format!("/staff/{code}/exports/{id}"), "run": told(&run, &Names::read(&app).await?), "files": files,
        "rights": rights, "waits": run.state == State::Waiting,
    });
    page(&seat, sheet, context)
}

fn shown(file: &KeptFile) -> Json {
    json!({ "place": file.place, "name": file.name, "about": file.about, "lines": file.lines, "size": size(file.size), "sha256": file.sha256 })
}

/// A size as people say it.
fn size(bytes: i32) -> String {
    match bytes {
        ..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{} kB", bytes / 1024),
        _ => format!("{} MB", bytes / 1_048_576),
    }
}

pub(super) async fn file(app: Data<App>, seat: Seat, at: Path<(String, Uuid, i32)>) -> Page {
    let (code, id, place) = at.into_inner();
    found(&app, &seat, &code, id).await?;
    let files = exports::files(&app.db().read, &code, id).await?;
    let file = files.into_iter().find(|file| file.place == place).ok_or(Error::NotFound("file"))?;
    let content = exports::content(&app.db().read, &code, id, place).await?.ok_or(Error::NotFound("file"))?;
    note(&app, seat.actor(), "export.fetched", Some(&code), id.to_string(), file.name.clone()).await?;
    Ok(attachment(&file.name, &file.media_type, content))
}

pub(super) async fn all_files(app: Data<App>, seat: Seat, at: Path<(String, Uuid)>) -> Page {
    let (code, id) = at.into_inner();
    let (_, run) = found(&app, &seat, &code, id).await?;
    let mut files = Vec::new();
    for file in exports::files(&app.db().read, &code, id).await? {
        let content = exports::content(&app.db().read, &code, id, file.place).await?.ok_or(Error::NotFound("file"))?;
        files.push((file.name, content));
    }
    if files.is_empty() {
        return Err(Error::NotFound("file").into());
    }
    note(&app, seat.actor(), "export.fetched", Some(&code), id.to_string(), "all files").await?;
    let packed = web::block(move || packed(&files)).await.map_err(|error| Error::Internal(error.into()))??;
    let day = run.asked.as_of.format("%Y-%m-%d");
    Ok(attachment(&format!("{code}-{}-{day}.zip", run.asked.export), "application/zip", packed))
}

/// The files in one. Their times are left out, so that the same files give the same bytes.
fn packed(files: &[(String, Vec<u8>)]) -> Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(name.as_str(), SimpleFileOptions::default()).map_err(anyhow::Error::from)?;
        zip.write_all(content).map_err(anyhow::Error::from)?;
    }
    Ok(zip.finish().map_err(anyhow::Error::from)?.into_inner())
}

fn attachment(name: &str, media_type: &str, content: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .content_type(media_type)
        .body(content)
}
