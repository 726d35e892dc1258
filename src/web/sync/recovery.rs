//! Recovery: the items of a rescue file, brought to the office by hand. Bringing them twice changes nothing.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use uuid::Uuid;

use super::push::{open, read, work};
use super::{Fault, body, goes_on};
use crate::app::App;
use crate::domain::access::{Actor, Role};
use crate::domain::sync::{ITEMS, Item, NoItem};
use crate::error::{Error, Result};
use crate::intake::sync::{self, Load};
use crate::store::audit::{self, Entry};
use crate::store::devices;
use crate::web::{problem, session};

/// What became of a rescue file.
#[derive(Debug, Default, Clone, Serialize, utoipa::ToSchema)]
pub struct Rescued {
    /// How many items were stored now.
    pub stored: usize,
    /// How many were here before.
    pub duplicate: usize,
    /// How many wait for a decision.
    pub held: usize,
    /// How many could not be judged now: bring the file again.
    pub retry: usize,
    /// How many are not this service's to keep, and why.
    pub refused: Vec<String>,
}

impl Rescued {
    fn add(&mut self, other: Self) {
        self.stored += other.stored;
        self.duplicate += other.duplicate;
        self.held += other.held;
        self.retry += other.retry;
        self.refused.extend(other.refused);
    }
}

/// Take in the items of a rescue file. Only a desk officer of every consultation the device was enrolled for may.
#[utoipa::path(post, path = "/api/v1/sync/recovery", request_body(content = Object, description = "As a push, without epoch and anchor"),
    responses((status = 200, body = Rescued), (status = 400, body = problem::Body), (status = 401, body = problem::Body),
        (status = 403, body = problem::Body), (status = 404, body = problem::Body, description = "Another service's device"),
        (status = 413, body = problem::Body), (status = 503, body = problem::Body)))]
pub async fn recover(
    app: Data<App>,
    request: HttpRequest,
    person: session::Caller,
    payload: Payload,
) -> Result<HttpResponse, Fault> {
    let actor = person.0.ok_or(Error::SignIn)?;
    let text = body::take(&app, &request, payload).await?;
    let (ids, load) = read(&text)?;
    Ok(HttpResponse::Ok().json(bring(&app, &actor, ids.device_id, load.items).await?))
}

/// Bring a rescue file as it was chosen on a page, packed or not, with as many items as it has.
pub async fn bring_file(app: &Data<App>, actor: &Actor, bytes: &[u8]) -> Result<Rescued, Fault> {
    let text = body::text(bytes)?;
    let envelope = open(&text)?;
    let mut rescued = Rescued::default();
    for items in envelope.items.chunks(ITEMS) {
        let items = items.iter().map(|item| Item::read(item.get())).collect();
        rescued.add(bring(app, actor, envelope.device_id, items).await?);
    }
    Ok(rescued)
}

/// Bring up to a push of items.
async fn bring(app: &Data<App>, actor: &Actor, device_id: Uuid, items: Vec<Result<Item, NoItem>>) -> Result<Rescued, Fault> {
    goes_on(app).await?;
    let device = sync::device(app.db(), device_id).await?;
    let places = devices::places(&app.db().read, device.device_id).await?;
    if !places.iter().all(|(code, _)| actor.may(Role::DeskOfficer, code)) {
        return Err(Error::Forbidden.into());
    }
    note(app, actor, device.device_id, items.len()).await?;
    let load = Load { device: device_id, by: Some(actor.name.clone()), report: None, items, lost: Vec::new() };
    let mut rescued = Rescued::default();
    for told in work(app, load).await?.told {
        match told.status {
            "stored" => rescued.stored += 1,
            "duplicate" => rescued.duplicate += 1,
            "held" => rescued.held += 1,
            "retry" => rescued.retry += 1,
            _ => rescued.refused.push(told.detail.or(told.reason).unwrap_or_default()),
        }
    }
    Ok(rescued)
}

async fn note(app: &App, actor: &Actor, device: Uuid, items: usize) -> Result<()> {
    let entry = Entry {
        at: app.now(),
        actor: actor.name.clone(),
        action: "device.rescued",
        consultation: None,
        subject: device.to_string(),
        detail: format!("{items} items"),
    };
    audit::record(app.db(), vec![entry], app.now()).await
}
