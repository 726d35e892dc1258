//! Logging an item of evidence, from a file or by hand, and correcting it afterwards: one form for both.

use actix_multipart::Multipart;
use actix_web::web::{self, Data, Path, Query};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::posted::{self, Fields};
use super::{act, note_look, reference, typed, words};
use crate::app::App;
use crate::domain::access::{Actor, Role};
use crate::domain::day::as_typed;
use crate::domain::response::hex;
use crate::domain::window::london_day;
use crate::error::{Error, Result};
use crate::intake::original::{self, Read};
use crate::store::desk::{Doing, Done};
use crate::store::evidence::{self, Item, NewEvidence, NewOriginal, NewRevision, Original};
use crate::web::staff::events;
use crate::web::staff::page::{Page, Seat, Sheet, Wrong, page, see_other};
use crate::web::staff::words::day;

/// What a link may fill in beforehand.
#[derive(Debug, Default, Deserialize)]
pub struct Beforehand {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    event: String,
}

/// What the form shows.
#[derive(Default)]
struct Shown<'a> {
    fields: Fields,
    errors: &'a [Wrong],
    done: Option<String>,
    original: Option<Original>,
    /// The item being corrected.
    item: Option<&'a Item>,
}

pub(super) async fn new(app: Data<App>, seat: Seat, code: Path<String>, beforehand: Query<Beforehand>) -> Page {
    seat.require(Role::DeskOfficer, &code)?;
    let Beforehand { kind, event } = beforehand.into_inner();
    let mut fields: Fields = [("kind", kind), ("event", event.clone())].map(|(name, value)| (name.to_owned(), value)).into();
    if let Some(event) = events::known(&app, &code).await?.into_iter().find(|one| one.code == event) {
        fields.insert("received_on".to_owned(), as_typed(event.held_on));
        fields.insert("sender".to_owned(), "group".to_owned());
    }
    fields.insert("evidence_id".to_owned(), Uuid::now_v7().to_string());
    form(&app, &seat, &code, Shown { fields, ..Shown::default() }).await
}

pub(super) async fn log(app: Data<App>, seat: Seat, code: Path<String>, parts: Multipart) -> Page {
    let actor = seat.require(Role::DeskOfficer, &code)?;
    let published = app.intake.shelf.consultation(&code)?;
    let posted = posted::read(parts).await?;
    let mut fields = posted.fields;
    if let Some((name, content)) = posted.file {
        return match take(&app, actor, &published.consultation.code, &name, content, &mut fields).await? {
            Ok((original, done)) => {
                form(&app, &seat, &code, Shown { fields, done: Some(done), original: Some(original), ..Shown::default() }).await
            }
            Err(why) => form(&app, &seat, &code, Shown { fields, errors: &[Wrong::new("file", why)], ..Shown::default() }).await,
        };
    }
    let original = kept(&app, &code, &fields).await?;
    if original.is_none() && fields.get("original_id").is_some_and(|id| !id.is_empty()) {
        let errors = [Wrong::new("file", "The file waited for more than a day and is no longer kept. Choose it again.")];
        return form(&app, &seat, &code, Shown { fields, errors: &errors, ..Shown::default() }).await;
    }
    let (evidence, errors) = typed::read(&fields, &events::known(&app, &code).await?, london_day(app.now()));
    if !errors.is_empty() {
        return form(&app, &seat, &code, Shown { fields, errors: &errors, original, ..Shown::default() }).await;
    }
    let evidence_id = fields.get("evidence_id").and_then(|id| id.parse().ok()).unwrap_or_else(Uuid::now_v7);
    let original_id = original.as_ref().map(|original| original.original_id);
    let done = act(&app, actor, &code, Doing::Log(NewEvidence { evidence_id, original_id, evidence })).await?;
    // The same page sent twice leads to its item; another page with the same file is told so and loses nothing.
    if done == Done::Before && evidence::one(&app.db().read, &code, evidence_id, None).await?.is_none() {
        let errors = [Wrong::new("text", "Something else was logged from this file in between. Look at the list first.")];
        return form(&app, &seat, &code, Shown { fields, errors: &errors, ..Shown::default() }).await;
    }
    Ok(see_other(&format!("/staff/{code}/evidence/{evidence_id}")))
}

/// Keep a file and put what it says into the form; or why it cannot be read.
async fn take(
    app: &App,
    actor: &Actor,
    code: &str,
    name: &str,
    content: Vec<u8>,
    fields: &mut Fields,
) -> Result<Result<(Original, String), String>> {
    let name = name.to_owned();
    let (read, content) =
        web::block(move || (original::read(&name, &content), content)).await.map_err(|error| Error::Internal(error.into()))?;
    let read = match read {
        Ok(read) => read,
        Err(why) => return Ok(Err(why)),
    };
    let sha256 = hex(&Sha256::digest(&content));
    let same = evidence::same_file(&app.db().read, code, &sha256).await?;
    let new = NewOriginal { original_id: Uuid::now_v7(), media_type: read.media_type, sha256, content };
    let original_id = new.original_id;
    act(app, actor, code, Doing::KeepOriginal(new)).await?;
    let done = told(app, code, &read, same)?;
    fill(fields, &read, original_id);
    let original = evidence::original(&app.db().read, code, original_id).await?.ok_or(Error::NotFound("file"))?;
    Ok(Ok((original, done)))
}

/// What somebody should know about the file they chose.
fn told(app: &App, code: &str, read: &Read, same: Option<(Uuid, i32)>) -> Result<String> {
    let mut done =
        read.note.clone().unwrap_or_else(|| "Its text was taken out. Compare it with the file before you save.".to_owned());
    if let Some((_, number)) = same {
        let prefix = &app.intake.shelf.consultation(code)?.consultation.prefix;
        done =
            format!("The very same file was logged before, as {prefix}-E{number}. Save this one only if it is another. {done}");
    }
    Ok(done)
}

/// Put what a file says where nothing was typed yet.
fn fill(fields: &mut Fields, read: &Read, original_id: Uuid) {
    fields.insert("original_id".to_owned(), original_id.to_string());
    let mut put = |name: &str, value: String| {
        let field = fields.entry(name.to_owned()).or_default();
        if field.is_empty() {
            *field = value;
        }
    };
    put("text", read.text.clone());
    if let Some(sent_at) = read.sent_at {
        put("received_on", as_typed(london_day(sent_at)));
    }
}

/// The file the form belongs to, when it is there.
async fn kept(app: &App, code: &str, fields: &Fields) -> Result<Option<Original>> {
    match fields.get("original_id").and_then(|id| id.parse().ok()) {
        Some(id) => evidence::original(&app.db().read, code, id).await,
        None => Ok(None),
    }
}

pub(super) async fn again(app: Data<App>, seat: Seat, path: Path<(String, Uuid)>) -> Page {
    let (code, id) = path.into_inner();
    let actor = seat.require(Role::DeskOfficer, &code)?;
    let item = found(&app, &code, id).await?;
    note_look(&app, actor, &code, "evidence.viewed", id, item.revision).await?;
    let fields = typed::fields(&item.evidence);
    form(&app, &seat, &code, Shown { fields, item: Some(&item), ..Shown::default() }).await
}

pub(super) async fn correct(app: Data<App>, seat: Seat, path: Path<(String, Uuid)>, parts: Multipart) -> Page {
    let (code, id) = path.into_inner();
    let actor = seat.require(Role::DeskOfficer, &code)?;
    let item = found(&app, &code, id).await?;
    let fields = posted::read(parts).await?.fields;
    let (evidence, mut errors) = typed::read(&fields, &events::known(&app, &code).await?, london_day(app.now()));
    let reason = fields.get("reason").cloned().unwrap_or_default();
    errors.extend(super::item::wrong_reason(&reason));
    let looked_at = fields.get("revision").and_then(|revision| revision.parse::<i32>().ok());
    if errors.is_empty() {
        let revision = looked_at.unwrap_or(item.revision) + 1;
        let new = NewRevision { evidence_id: id, revision, withdrawn: false, reason, evidence };
        if act(&app, actor, &code, Doing::Revise(new)).await? == Done::Now {
            return Ok(see_other(&format!("/staff/{code}/evidence/{id}")));
        }
        errors.push(Wrong::new("text", "Somebody corrected it in between. Open it again and correct what stands now."));
    }
    form(&app, &seat, &code, Shown { fields, errors: &errors, item: Some(&item), ..Shown::default() }).await
}

/// An item that can be corrected.
async fn found(app: &App, code: &str, id: Uuid) -> Result<Item> {
    let item = evidence::one(&app.db().read, code, id, None).await?;
    item.filter(|item| !item.withdrawn).ok_or(Error::NotFound("item of evidence that stands"))
}

async fn form(app: &App, seat: &Seat, code: &str, shown: Shown<'_>) -> Page {
    let published = app.intake.shelf.consultation(code)?;
    let Shown { fields, errors, done, original, item } = shown;
    let mut places = vec![json!({ "value": "", "text": "None" })];
    places.extend(
        events::known(app, code)
            .await?
            .iter()
            .map(|event| json!({ "value": event.code, "text": format!("{}, {}", event.title, day(event.held_on)) })),
    );
    let reference = item.map(|item| reference(&published, item));
    let title = reference.as_ref().map_or_else(|| "Log evidence".to_owned(), |reference| format!("Correct {reference}"));
    let back = match item {
        Some(item) => format!("/staff/{code}/evidence/{}", item.evidence_id),
        None => format!("/staff/{code}/evidence"),
    };
    let revision = item.map(|item| fields.get("revision").cloned().unwrap_or_else(|| item.revision.to_string()));
    let context = json!({
        "code": code, "heading": title, "fields": fields, "kinds": words::kinds(), "channels": words::channels(),
        "senders": words::senders(), "events": places, "revision": revision,
        "original": original.map(|original| json!({ "id": original.original_id, "sha256": original.sha256, "size": (original.size + 1023) / 1024 })),
    });
    let sheet = Sheet {
        title: &title,
        template: "staff/evidence-form.jinja",
        back: Some(&back),
        consultation: Some(&published),
        errors,
        done: done.as_deref(),
    };
    page(seat, sheet, context)
}
