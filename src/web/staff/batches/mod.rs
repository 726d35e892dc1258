//! The paper ledger at the desk: batches, their sheets, keying, settling, the daily reconciliation and the quality sheet.

mod counting;
mod keying;
mod list;
mod one;
mod paper_view;
mod reports;
mod settling;

use std::sync::Arc;

use actix_web::web::{self, ServiceConfig};
use chrono::{DateTime, Utc};
use uuid::Uuid;

pub(in crate::web) use self::paper_view::sheet_fields;
use super::page::Seat;
use crate::app::App;
use crate::domain::access::{Actor, Role};
use crate::error::{Error, Result};
use crate::store::batches::Refused;
use crate::store::catalogue::Published;
use crate::store::chance;

/// The addresses of the paper ledger.
pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/staff/{code}/batches", web::get().to(list::show))
        .route("/staff/{code}/batches/new", web::get().to(counting::form))
        .route("/staff/{code}/batches/new", web::post().to(counting::count_in))
        .route("/staff/{code}/batches/{batch}", web::get().to(one::show))
        .route("/staff/{code}/batches/{batch}/recount", web::post().to(counting::recount))
        .route("/staff/{code}/batches/{batch}/close", web::get().to(one::sure))
        .route("/staff/{code}/batches/{batch}/close", web::post().to(one::close))
        .route("/staff/{code}/batches/{batch}/next", web::get().to(keying::next))
        .route("/staff/{code}/batches/{batch}/undo", web::get().to(keying::undo))
        .route("/staff/{code}/batches/{batch}/sheets/{sheet}", web::get().to(keying::show))
        .route("/staff/{code}/batches/{batch}/sheets/{sheet}", web::post().to(keying::key))
        .route("/staff/{code}/batches/{batch}/sheets/{sheet}/end", web::get().to(one::end_form))
        .route("/staff/{code}/batches/{batch}/sheets/{sheet}/end", web::post().to(one::end))
        .route("/staff/{code}/batches/{batch}/sheets/{sheet}/reopen", web::post().to(one::reopen))
        .route("/staff/{code}/batches/{batch}/sheets/{sheet}/settle", web::get().to(settling::show))
        .route("/staff/{code}/batches/{batch}/sheets/{sheet}/settle", web::post().to(settling::settle))
        .route("/staff/{code}/differences", web::get().to(settling::waiting))
        .route("/staff/{code}/reconciliation", web::get().to(reports::reconciliation))
        .route("/staff/{code}/reconciliation.csv", web::get().to(reports::reconciliation_csv))
        .route("/staff/{code}/keying-quality", web::get().to(reports::quality))
        .route("/staff/{code}/keying-quality.csv", web::get().to(reports::quality_csv));
}

/// What somebody finds of the ledger on the desk's first page: address and words.
pub(super) fn links(actor: &Actor, code: &str) -> Vec<(String, &'static str)> {
    let mut links = Vec::new();
    let mut add = |roles: &[Role], path: &str, words| {
        if roles.iter().any(|role| actor.may(*role, code)) {
            links.push((format!("/staff/{code}/{path}"), words));
        }
    };
    add(&[Role::Keyer, Role::DeskOfficer], "batches", "Paper batches");
    add(&[Role::Verifier], "differences", "Differences to settle");
    add(&[Role::DeskOfficer], "reconciliation", "Daily reconciliation of paper");
    add(&[Role::DeskOfficer, Role::Verifier], "keying-quality", "Quality of keying");
    links
}

/// Who is at the desk and where, once they may be there.
struct Here {
    seat: Seat,
    published: Arc<Published>,
    code: String,
    now: DateTime<Utc>,
}

impl Here {
    /// Somebody with one of these roles.
    fn new(app: &App, seat: Seat, code: String, roles: &[Role]) -> Result<Self> {
        if !roles.iter().any(|role| seat.actor().may(*role, &code)) {
            return Err(Error::Forbidden);
        }
        let published = app.intake.shelf.consultation(&code)?;
        Ok(Self { seat, published, code, now: app.now() })
    }

    fn may(&self, role: Role) -> bool {
        self.seat.actor().may(role, &self.code)
    }

    /// As the ledger and the audit log name them.
    fn me(&self) -> &str {
        &self.seat.actor().name
    }

    fn address(&self, path: &str) -> String {
        format!("/staff/{}/{path}", self.code)
    }
}

/// Two new ids for each of this many sheets: its own, which is random alone, and its response's.
fn ids(sheets: u32) -> Result<Vec<(Uuid, Uuid)>> {
    (0..sheets).map(|_| Ok((chance::id()?, Uuid::now_v7()))).collect()
}

/// Why something was not done to the ledger, and what to do.
fn why(refused: &Refused) -> String {
    match refused {
        Refused::NoBatch => "There is no such batch. Look at the list of batches.".to_owned(),
        Refused::Closed => "This batch is closed. Count sheets that turned up later in as a new batch.".to_owned(),
        Refused::NoSheet => "There is no such sheet in this batch. Look at the number written on it.".to_owned(),
        Refused::Ended(outcome) => {
            let word = outcome.code();
            format!("This sheet has ended as \u{201c}{word}\u{201d}. Ask the desk officer if that is wrong.")
        }
        Refused::KeyedByYou => {
            "You have keyed this sheet before, so nothing was stored now. Look at its number; to change what you keyed, use \u{201c}Change the last sheet\u{201d}.".to_owned()
        }
        Refused::KeyedBefore => "This sheet has been keyed by other people, so nothing was stored now. Look at its number.".to_owned(),
        Refused::NotYours => "This sheet can no longer be changed by you. Tell the desk officer what is wrong with it.".to_owned(),
        Refused::NotYoursToSettle => {
            "Somebody else has settled this sheet meanwhile, or you keyed it yourself. What they decided stands.".to_owned()
        }
        Refused::Count(why) => why.clone(),
        Refused::Missing(missing) => format!("The batch cannot be closed yet. {}", missing.join(" ")),
    }
}
