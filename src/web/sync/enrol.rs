//! Enrolling a device, and what anybody may know about the sync.

use actix_web::web::{Data, Json};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;
use validator::Validate;

use super::push::instant;
use super::{Caller, Fault, SERVICE, cookie, credential, limits};
use crate::app::App;
use crate::domain::access::{Actor, Role};
use crate::domain::sync::PROTOCOL;
use crate::error::{Error, Result};
use crate::store::audit::{self, Entry};
use crate::store::devices::{self, NewDevice};
use crate::store::{begin_write, sync as log};
use crate::web::problem;
use crate::web::problem::Problem;
use crate::web::session;

/// A device to enrol.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
pub struct Wish {
    /// What it is called, such as "Library 3".
    #[validate(length(min = 1, max = 80))]
    name: String,
    /// Where it is.
    #[validate(length(min = 1, max = 80))]
    place: String,
    /// Who it was, when it was enrolled here before and its credential is gone: what it sealed names it.
    #[serde(default)]
    device_id: Option<Uuid>,
}

/// What anybody may know: whether this is the service, what time it is, its keys. A device and a signed-in person are told
/// who they are.
#[utoipa::path(get, path = "/api/v1/sync/info", responses((status = 200, body = Object), (status = 503, body = problem::Body)))]
pub async fn info(app: Data<App>, request: HttpRequest, person: Result<session::Caller, Problem>) -> Result<HttpResponse, Fault> {
    let mut body = about(&app).await?;
    let mut response = HttpResponse::Ok();
    response.insert_header((actix_web::http::header::CACHE_CONTROL, "no-store"));
    if let Some((secret, is_cookie)) = credential(&request)
        && let Some(device) = devices::bearer(&app.db().read, &secret, app.now()).await?
    {
        let caller = Caller { device, cookie: is_cookie.then_some(secret) };
        caller.seen(&app).await?;
        body["device"] = json!({
            "device_id": caller.device.device_id, "name": caller.device.name, "place": caller.device.place,
            "revoked": caller.device.revoked_at.is_some(), "received_high": caller.device.received_high,
        });
        if let Some(secret) = &caller.cookie {
            response.cookie(cookie(&app, secret));
        }
    }
    // A device's credential as a bearer token is nobody's token: that is no fault here.
    if let Some(actor) = &person.ok().and_then(|person| person.0) {
        body["staff"] = json!({ "id": actor.name, "name": actor.shown, "consultations": own(&app, actor) });
    }
    Ok(response.json(body))
}

/// What everybody is told.
async fn about(app: &App) -> Result<Value, Fault> {
    let head = log::head(&app.db().read).await?;
    let now = app.now();
    let restored = app.sync.restored(app.db()).await?.is_some();
    Ok(json!({
        "service": SERVICE, "protocol": [PROTOCOL], "epoch": head.epoch, "seq": head.number, "restored": restored,
        "server_time": instant(now), "beacon": app.sync.keys().beacon(&head.epoch, now)?, "limits": limits(),
        "keys": app.sync.keys().public(),
    }))
}

/// Where somebody may key or brings in what others keyed.
fn own(app: &App, actor: &Actor) -> Vec<String> {
    let all = app.intake.shelf.now().all();
    let codes = all.iter().map(|published| published.consultation.code.clone());
    codes.filter(|code| actor.may(Role::Keyer, code) || actor.may(Role::DeskOfficer, code)).collect()
}

/// Enrol a device for every consultation on which whoever is signed in keys or is a desk officer. The secret comes back once.
#[utoipa::path(post, path = "/api/v1/sync/devices", request_body = Wish,
    responses((status = 201, body = Object, description = "As info, with device_id and secret"), (status = 400, body = problem::Body),
        (status = 401, body = problem::Body), (status = 403, body = problem::Body), (status = 409, body = problem::Body)))]
pub async fn enrol(
    app: Data<App>,
    request: HttpRequest,
    person: session::Caller,
    wish: Result<Json<Wish>, actix_web::Error>,
) -> Result<HttpResponse, Fault> {
    super::speaks(&request)?;
    let actor = person.0.ok_or(Error::SignIn)?;
    let consultations = own(&app, &actor);
    if consultations.is_empty() {
        return Err(Error::Forbidden.into());
    }
    let told = "send {\"name\": \u{2026}, \"place\": \u{2026}}, each of 1 to 80 characters";
    let wish = wish.map_err(|error| Error::unreadable("not_a_device", format!("{error}; {told}")))?.into_inner();
    let wish = Wish { name: wish.name.trim().to_owned(), place: wish.place.trim().to_owned(), ..wish };
    wish.validate().map_err(|_wrong| Error::unreadable("not_a_device", told))?;
    let before = match wish.device_id {
        Some(id) => {
            devices::get(&app.db().read, id).await?.filter(|device| device.revoked_at.is_none()).map(|device| device.device_id)
        }
        None => None,
    };
    let new = NewDevice { before, name: wish.name, place: wish.place, by: actor.name.clone(), consultations };
    let now = app.now();
    let tx = begin_write(&app.db().write).await.map_err(Error::from)?;
    let (device_id, secret) = devices::enrol(&tx, &new, now).await?;
    let entry = Entry {
        at: now,
        actor: actor.name,
        action: "device.enrolled",
        consultation: None,
        subject: device_id.to_string(),
        detail: new.consultations.join(" "),
    };
    audit::append(&tx, vec![entry], now).await?;
    tx.commit().await.map_err(Error::from)?;
    let mut body = about(&app).await?;
    body["device_id"] = json!(device_id);
    body["secret"] = json!(secret);
    body["device"] =
        json!({ "device_id": device_id, "name": new.name, "place": new.place, "revoked": false, "received_high": 0 });
    body["consultations"] = json!(new.consultations);
    Ok(HttpResponse::Created().cookie(cookie(&app, &secret)).json(body))
}
