//! Whom a safeguarding worry is told to at once: naming them, and telling them without the words.

use actix_web::web::{Data, Form, Path};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::Here;
use super::answer::Reading;
use crate::app::App;
use crate::domain::access::{CHANGES_CODEFRAME, CODES, SEES_THEMES};
use crate::domain::wording::{DEFAULT_LANGUAGE, Edition};
use crate::error::Result;
use crate::mail::{self, Recipient, Safeguarding};
use crate::store::Connection;
use crate::store::staff::{self, Staff};
use crate::store::themes::safeguarding;
use crate::web::staff::page::{Page, Seat, Sheet, Wrong, page, see_other};

/// The person who is told, as long as they may still read answers here.
async fn person(app: &App, here: &Here) -> Result<Option<Staff>> {
    let db = &app.db().read;
    let Some(id) = safeguarding::named(db, &here.code).await? else { return Ok(None) };
    let person = staff::by_id(db, id).await?;
    Ok(person.filter(|person| person.disabled_at.is_none() && person.actor().may_as(CODES, &here.code)))
}

/// Who is told, in words, and whether a message reaches them.
pub(super) async fn told(app: &App, here: &Here) -> Result<Json> {
    let name = person(app, here).await?.map(|person| person.name);
    Ok(json!({ "name": name, "mail": mail::is_on(&app.config) }))
}

/// Queue the message, in the transaction of the flag itself.
pub(super) async fn tell(tx: &impl Connection, app: &App, here: &Here, reading: &Reading) -> Result<()> {
    let Some(person) = person(app, here).await? else { return Ok(()) };
    let Ok(to) = Recipient::new(&person.email) else { return Ok(()) };
    let message = Safeguarding {
        consultation: here.published.consultation.title.show(Edition::Standard, DEFAULT_LANGUAGE).to_owned(),
        reference: reading.revision.reference.clone(),
        link: format!("{}/staff/{}/coding/{}/{}", app.config.base_url, here.code, reading.key, reading.revision.response_id),
    };
    mail::queue(tx, &app.config, &to.named(&person.name), &message, here.now).await?;
    Ok(())
}

pub(super) async fn show(app: Data<App>, seat: Seat, code: Path<String>) -> Page {
    let here = Here::new(&app, seat, code.into_inner(), SEES_THEMES)?;
    shown(&app, &here, &[]).await
}

async fn shown(app: &App, here: &Here, errors: &[Wrong]) -> Page {
    let named = person(app, here).await?;
    let may: Vec<Json> =
        candidates(app, here).await?.iter().map(|person| json!({ "value": person.staff_id, "text": person.name })).collect();
    let choose = [json!({ "value": "", "text": "Choose a person" })];
    let people: Vec<Json> = choose.into_iter().chain(may).collect();
    let context = json!({ "code": here.code, "named": named.as_ref().map(|person| &person.name), "people": people,
        "value": named.as_ref().map(|person| person.staff_id), "mail": mail::is_on(&app.config), "may": here.may(CHANGES_CODEFRAME) });
    let back = format!("/staff/{}/coding", here.code);
    let sheet = Sheet {
        title: "Who is told of a safeguarding worry",
        template: "staff/coding-safeguarding.jinja",
        back: Some(&back),
        consultation: Some(&here.published),
        errors,
        ..Sheet::default()
    };
    page(&here.seat, sheet, context)
}

/// Those who may read the answers, and so may be told of one.
async fn candidates(app: &App, here: &Here) -> Result<Vec<Staff>> {
    let all = staff::all(&app.db().read).await?;
    let may = |person: &Staff| person.disabled_at.is_none() && person.actor().may_as(CODES, &here.code);
    Ok(all.into_iter().filter(may).collect())
}

/// Who is named.
#[derive(Debug, Deserialize)]
pub struct Named {
    #[serde(default)]
    person: String,
}

pub(super) async fn name(app: Data<App>, seat: Seat, code: Path<String>, form: Form<Named>) -> Page {
    let here = Here::new(&app, seat, code.into_inner(), CHANGES_CODEFRAME)?;
    let chosen: Option<Uuid> = form.person.parse().ok();
    let Some(person) = candidates(&app, &here).await?.into_iter().find(|person| Some(person.staff_id) == chosen) else {
        return shown(&app, &here, &[Wrong::new("person", "Choose who is told.")]).await;
    };
    safeguarding::name(app.db(), &here.code, person.staff_id, here.by().actor, here.now).await?;
    Ok(see_other(&format!("/staff/{}/coding/safeguarding-contact", here.code)))
}
