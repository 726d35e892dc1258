//! The list of batches: how each stands, how old it is, and what is still open.

use actix_web::web::{Data, Path};
use serde_json::json;

use super::super::page::{Page, Seat, Sheet, page};
use super::super::words::day;
use super::Here;
use crate::app::App;
use crate::domain::access::Role;
use crate::domain::ledger::age_in_days;
use crate::store::batches::{Reckoned, reckon};

pub(super) async fn show(app: Data<App>, seat: Seat, code: Path<String>) -> Page {
    let here = Here::new(&app, seat, code.into_inner(), &[Role::Keyer, Role::DeskOfficer, Role::Verifier])?;
    let until = here.now + chrono::Duration::seconds(1);
    let mut reckoned = reckon(&app.db().read, &here.code, until, until).await?;
    reckoned.reverse();
    let batches: Vec<_> = reckoned.iter().map(|one| line(&here, one)).collect();
    let context = json!({
        "batches": batches, "officer": here.may(Role::DeskOfficer), "new": here.address("batches/new"),
        "open": reckoned.iter().filter(|one| one.batch.closed.is_none()).count(),
    });
    let sheet = Sheet {
        title: "Paper batches",
        template: "staff/batches.jinja",
        back: Some("/staff"),
        consultation: Some(&here.published),
        ..Sheet::default()
    };
    page(&here.seat, sheet, context)
}

fn line(here: &Here, reckoned: &Reckoned) -> serde_json::Value {
    let Reckoned { batch, balance, .. } = reckoned;
    let about = &batch.about;
    let age = age_in_days(about.received_on, here.now);
    json!({
        "number": batch.number,
        "href": here.address(&format!("batches/{}", batch.number)),
        "source": about.source.words(), "place": about.place, "received_on": day(about.received_on),
        "balance": balance, "open": balance.open(), "closed": batch.closed.is_some(),
        "age": if age == 1 { "1 day".to_owned() } else { format!("{age} days") },
    })
}
