//! The list of evidence: counted kind by kind in its own unit, then every item, newest first.

use actix_web::web::{Data, Path};
use serde_json::{Value as Json, json};

use super::reference;
use super::words::{day, kind_words, signatures_words, speaker, timing_words};
use crate::app::App;
use crate::domain::access::Role;
use crate::domain::evidence::{Count, Kind, Timing, count};
use crate::store::catalogue::Published;
use crate::store::evidence::{self, Item};
use crate::web::staff::page::{Page, Seat, Sheet, page};

pub(super) async fn list(app: Data<App>, seat: Seat, code: Path<String>) -> Page {
    seat.require(Role::DeskOfficer, &code)?;
    let published = app.intake.shelf.consultation(&code)?;
    let items = evidence::all(&app.db().read, &code).await?;
    let timed: Vec<(&Item, Option<Timing>)> = items.iter().map(|item| (item, timing(&app, &published, item))).collect();
    let counts = count(timed.iter().map(|(item, timing)| (item.evidence.kind, *timing)));
    let rows: Vec<Json> = timed.iter().map(|(item, timing)| row(&published, item, *timing)).collect();
    let sheet = Sheet {
        title: "Evidence",
        template: "staff/evidence.jinja",
        back: Some("/staff"),
        consultation: Some(&published),
        ..Sheet::default()
    };
    page(&seat, sheet, json!({ "code": *code, "counts": counts.iter().map(counted).collect::<Vec<_>>(), "items": rows }))
}

/// Whether an item came in time; nothing when it is withdrawn.
pub(super) fn timing(app: &App, published: &Published, item: &Item) -> Option<Timing> {
    (!item.withdrawn).then(|| item.evidence.timing(&published.window, app.now()))
}

fn counted(count: &Count) -> Json {
    json!({ "kind": in_unit(count.kind, count.in_time), "in_time": count.in_time, "late": count.late,
        "unproven": count.unproven, "withdrawn": count.withdrawn, "logged": count.logged() })
}

fn in_unit(kind: Kind, number: u64) -> String {
    let (one, several) = kind.unit();
    format!("{number} {}", if number == 1 { one } else { several })
}

fn row(published: &Published, item: &Item, timing: Option<Timing>) -> Json {
    let evidence = &item.evidence;
    let place = [evidence.event.as_deref().unwrap_or_default(), evidence.table.as_str()];
    json!({
        "id": item.evidence_id, "reference": reference(published, item), "kind": kind_words(evidence.kind), "title": evidence.title,
        "received": day(evidence.received_on), "from": speaker(evidence), "state": timing_words(timing),
        "counts": timing == Some(Timing::InTime), "signatures": signatures_words(evidence),
        "place": place.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "),
    })
}
