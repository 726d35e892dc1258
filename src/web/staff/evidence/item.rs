//! One item of evidence: what it says, how it came to be, its original, and taking it out with a reason.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Data, Form, Path, Query};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::list::timing;
use super::posted::clean;
use super::words::{channel_words, kind_words, signatures_words, speaker, timing_words};
use super::{act, note_look, reference};
use crate::app::App;
use crate::domain::access::Role;
use crate::error::{Error, Result};
use crate::store::desk::{Doing, Done};
use crate::store::evidence::{self, Item, NewRevision};
use crate::web::staff::page::{Page, Seat, Sheet, Wrong, page, see_other};
use crate::web::staff::words::{Names, day, instant};

/// Which revision to look at.
#[derive(Debug, Default, Deserialize)]
pub struct Which {
    revision: Option<i32>,
}

pub(super) async fn look(app: Data<App>, seat: Seat, path: Path<(String, Uuid)>, which: Query<Which>) -> Page {
    let (code, id) = path.into_inner();
    let actor = seat.require(Role::DeskOfficer, &code)?;
    let item = found(&app, &code, id, which.revision).await?;
    note_look(&app, actor, &code, "evidence.viewed", id, item.revision).await?;
    shown(&app, &seat, &code, &item, &[], "").await
}

pub(super) async fn original(app: Data<App>, seat: Seat, path: Path<(String, Uuid)>) -> Page {
    let (code, id) = path.into_inner();
    let actor = seat.require(Role::DeskOfficer, &code)?;
    let item = found(&app, &code, id, None).await?;
    let original_id = item.original_id.ok_or(Error::NotFound("original"))?;
    let facts = evidence::original(&app.db().read, &code, original_id).await?.ok_or(Error::NotFound("original"))?;
    let content = evidence::content(&app.db().read, &code, original_id).await?.ok_or(Error::NotFound("original"))?;
    note_look(&app, actor, &code, "evidence.original_viewed", id, item.revision).await?;
    let published = app.intake.shelf.consultation(&code)?;
    let name = format!("{}.{}", reference(&published, &item), ending(&facts.media_type));
    // Never shown by the browser itself: it may hold anything.
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type(facts.media_type)
        .body(content))
}

fn ending(media_type: &str) -> &'static str {
    match media_type {
        "message/rfc822" => "eml",
        "application/pdf" => "pdf",
        "text/plain" => "txt",
        _ => "docx",
    }
}

/// Why an item is withdrawn.
#[derive(Debug, Deserialize)]
pub struct Withdrawing {
    #[serde(default)]
    reason: String,
    revision: i32,
}

pub(super) async fn withdraw(app: Data<App>, seat: Seat, path: Path<(String, Uuid)>, form: Form<Withdrawing>) -> Page {
    let (code, id) = path.into_inner();
    let actor = seat.require(Role::DeskOfficer, &code)?;
    let item = found(&app, &code, id, None).await?;
    let reason = clean(&form.reason);
    let mut errors: Vec<Wrong> = wrong_reason(&reason).into_iter().collect();
    if errors.is_empty() {
        let new = NewRevision {
            evidence_id: id,
            revision: form.revision + 1,
            withdrawn: true,
            reason: reason.clone(),
            evidence: item.evidence.clone(),
        };
        if !item.withdrawn && act(&app, actor, &code, Doing::Revise(new)).await? == Done::Now {
            return Ok(see_other(&format!("/staff/{code}/evidence/{id}")));
        }
        errors.push(Wrong::new("maincontent", "Somebody changed it in between. What stands now is below."));
    }
    note_look(&app, actor, &code, "evidence.viewed", id, item.revision).await?;
    shown(&app, &seat, &code, &item, &errors, &reason).await
}

/// What is wrong with a reason, if anything.
pub(super) fn wrong_reason(reason: &str) -> Option<Wrong> {
    let is_right = (1..=1000).contains(&reason.chars().count());
    (!is_right).then(|| Wrong::new("reason", "Say why, in up to 1,000 characters. Name nobody."))
}

async fn found(app: &App, code: &str, id: Uuid, revision: Option<i32>) -> Result<Item> {
    evidence::one(&app.db().read, code, id, revision).await?.ok_or(Error::NotFound("item of evidence"))
}

async fn shown(app: &App, seat: &Seat, code: &str, item: &Item, errors: &[Wrong], reason: &str) -> Page {
    let published = app.intake.shelf.consultation(code)?;
    let db = &app.db().read;
    let steps = evidence::history(db, code, item.evidence_id).await?;
    let last = steps.last().map_or(item.revision, |step| step.revision);
    let names = Names::read(app).await?;
    let history: Vec<Json> = steps
        .iter()
        .map(|step| {
            let what = match (step.revision, step.withdrawn) {
                (1, _) => "Logged",
                (_, false) => "Corrected",
                (_, true) => "Withdrawn",
            };
            json!({ "revision": step.revision, "what": what, "who": names.of(&step.by), "at": instant(step.at), "reason": step.reason })
        })
        .collect();
    let original = match item.original_id {
        Some(id) => evidence::original(db, code, id).await?,
        None => None,
    };
    let original = original.map(|one| json!({ "kind": ending(&one.media_type), "sha256": one.sha256, "size": one.size }));
    let reference = reference(&published, item);
    let context = json!({
        "code": code, "id": item.evidence_id, "reference": reference, "title_words": item.evidence.title, "facts": facts(item, timing(app, &published, item)),
        "text": item.evidence.text, "wording": item.evidence.wording, "history": history, "original": original, "revision": item.revision,
        "is_last": item.revision == last, "withdrawn": item.withdrawn, "reason": reason,
    });
    let back = format!("/staff/{code}/evidence");
    let sheet = Sheet {
        title: &reference,
        template: "staff/evidence-item.jinja",
        back: Some(&back),
        consultation: Some(&published),
        errors,
        ..Sheet::default()
    };
    page(seat, sheet, context)
}

/// What is known of an item besides what it says.
fn facts(item: &Item, timing: Option<crate::domain::evidence::Timing>) -> Vec<(&'static str, String)> {
    let evidence = &item.evidence;
    let mut facts = vec![
        ("What it is", kind_words(evidence.kind)),
        ("Received", day(evidence.received_on)),
        ("State", timing_words(timing).to_owned()),
        ("How it came", channel_words(evidence.channel).to_owned()),
        ("Who speaks", speaker(evidence)),
    ];
    let more = [
        ("Date on it", evidence.written_on.map(day)),
        ("Postmark", evidence.posted_on.map(day)),
        ("Event", evidence.event.clone()),
        ("Table", Some(evidence.table.clone())),
        ("Signatures", signatures_words(evidence)),
        ("How it was presented", Some(evidence.presented.clone())),
        ("How many answered it", evidence.respondents.map(|number| number.to_string())),
    ];
    facts.extend(more.into_iter().filter_map(|(name, value)| Some((name, value.filter(|value| !value.is_empty())?))));
    facts
}
