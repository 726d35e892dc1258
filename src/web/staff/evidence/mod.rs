//! Evidence at the desk: the list with its counts, logging, looking, correcting, withdrawing.

mod item;
mod list;
mod logging;
pub(super) mod posted;
mod typed;
mod words;

use actix_web::web::{self, ServiceConfig};
use uuid::Uuid;

pub(super) use posted::clean;

use crate::app::App;
use crate::domain::access::Actor;
use crate::error::Result;
use crate::store::catalogue::Published;
use crate::store::desk::{Act, Doing, Done};
use crate::store::evidence::Item;
use crate::web::noting::note;

/// The addresses of evidence.
pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/staff/{code}/evidence", web::get().to(list::list))
        .route("/staff/{code}/evidence/new", web::get().to(logging::new))
        .route("/staff/{code}/evidence/new", web::post().to(logging::log))
        .route("/staff/{code}/evidence/{id}", web::get().to(item::look))
        .route("/staff/{code}/evidence/{id}/original", web::get().to(item::original))
        .route("/staff/{code}/evidence/{id}/correct", web::get().to(logging::again))
        .route("/staff/{code}/evidence/{id}/correct", web::post().to(logging::correct))
        .route("/staff/{code}/evidence/{id}/withdraw", web::post().to(item::withdraw));
}

/// What an item is called: `SH-E12`.
fn reference(published: &Published, item: &Item) -> String {
    format!("{}-E{}", published.consultation.prefix, item.number)
}

/// Note in the audit log that somebody read what an item says.
async fn note_look(app: &App, actor: &Actor, code: &str, action: &'static str, id: Uuid, revision: i32) -> Result<()> {
    note(app, actor, action, Some(code), id, format!("revision {revision}")).await
}

/// Do something at the desk.
pub(super) async fn act(app: &App, actor: &Actor, code: &str, doing: Doing) -> Result<Done> {
    app.intake.writer.act(Act { consultation: code.to_owned(), by: actor.name.clone(), doing }).await
}
