//! The list of evidence: counted kind by kind in its own unit, then every item, newest first, or those that are sought.

use std::collections::HashSet;

use actix_web::web::{Data, Path, Query};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::reference;
use super::words::{kind_words, kinds, signatures_words, speaker, timing_words};
use crate::app::App;
use crate::domain::access::Role;
use crate::domain::event::Event;
use crate::domain::evidence::{Count, Kind, Timing, count};
use crate::store::catalogue::Published;
use crate::store::evidence::{self, Item};
use crate::web::noting::note;
use crate::web::staff::events;
use crate::web::staff::page::{Page, Seat, Sheet, page};
use crate::web::staff::words::day;

/// How many items a page shows.
const PAGE: usize = 50;

/// What somebody looks for.
#[derive(Debug, Default, Deserialize, Serialize)]
pub struct Sought {
    /// The code of a kind; empty for every kind.
    #[serde(default)]
    kind: String,
    /// The code of an event; empty for everything.
    #[serde(default)]
    event: String,
    /// Words in what it is about, who sent it or what it says.
    #[serde(default)]
    words: String,
    /// Which page, from 1.
    #[serde(default)]
    page: String,
}

impl Sought {
    fn is_anything(&self) -> bool {
        [&self.kind, &self.event, &self.words].into_iter().any(|part| !part.trim().is_empty())
    }

    /// Whether an item is among those sought; `saying` are those with the words in their text.
    fn is(&self, reference: &str, item: &Item, saying: &HashSet<Uuid>) -> bool {
        let (evidence, words) = (&item.evidence, self.words.trim().to_lowercase());
        let short = [reference, evidence.title.as_str(), evidence.organisation.as_str(), evidence.table.as_str()];
        (self.kind.is_empty() || evidence.kind.code() == self.kind)
            && (self.event.is_empty() || evidence.event.as_deref() == Some(self.event.as_str()))
            && (words.is_empty()
                || saying.contains(&item.evidence_id)
                || short.into_iter().any(|part| part.to_lowercase().contains(&words)))
    }

    /// The address of another page of the same.
    fn page(&self, number: usize) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("kind", &self.kind).append_pair("event", &self.event).append_pair("words", self.words.trim());
        format!("?{}", query.append_pair("page", &number.to_string()).finish())
    }
}

pub(super) async fn list(app: Data<App>, seat: Seat, code: Path<String>, sought: Query<Sought>) -> Page {
    let actor = seat.require(Role::DeskOfficer, &code)?;
    let published = app.intake.shelf.consultation(&code)?;
    let items = evidence::all(&app.db().read, &code).await?;
    let timed: Vec<(&Item, Option<Timing>)> = items.iter().map(|item| (item, timing(&app, &published, item))).collect();
    let counts = count(timed.iter().map(|(item, timing)| (item.evidence.kind, *timing)));
    let saying = match sought.words.trim() {
        "" => HashSet::new(),
        words => evidence::saying(app.db(), &code, words).await?,
    };
    let found: Vec<_> = timed.iter().filter(|(item, _)| sought.is(&reference(&published, item), item, &saying)).collect();
    if !sought.words.trim().is_empty() {
        // What was sought may be a name, so the log says only that somebody sought.
        note(&app, actor, "evidence.sought", Some(&code), "", format!("{} found", found.len())).await?;
    }
    let pages = found.len().div_ceil(PAGE).max(1);
    let here = sought.page.parse().unwrap_or(1).clamp(1, pages);
    let events = events::known(&app, &code).await?;
    let rows: Vec<Json> =
        found.iter().skip((here - 1) * PAGE).take(PAGE).map(|(item, timing)| row(&published, &events, item, *timing)).collect();
    let context = json!({
        "code": *code, "counts": counts.iter().map(counted).collect::<Vec<_>>(), "items": rows, "all": items.len(), "found": found.len(),
        "sought": *sought, "is_sought": sought.is_anything(), "kinds": with_all("Every kind", kinds()),
        "events": with_all("Every event, and without one", events.iter().map(|event| json!({ "value": event.code, "text": event.title })).collect()),
        "page": here, "pages": pages, "newer": (here > 1).then(|| sought.page(here - 1)), "older": (here < pages).then(|| sought.page(here + 1)),
    });
    let sheet = Sheet {
        title: "Evidence",
        template: "staff/evidence.jinja",
        back: Some("/staff"),
        consultation: Some(&published),
        ..Sheet::default()
    };
    page(&seat, sheet, context)
}

/// A choice of all before the others.
fn with_all(words: &str, others: Vec<Json>) -> Vec<Json> {
    std::iter::once(json!({ "value": "", "text": words })).chain(others).collect()
}

/// Whether an item came in time; nothing when it is withdrawn.
pub(super) fn timing(app: &App, published: &Published, item: &Item) -> Option<Timing> {
    (!item.withdrawn).then(|| item.evidence.timing(&published.consultation.window_of(None), app.now()))
}

fn counted(count: &Count) -> Json {
    json!({ "kind": in_unit(count.kind, count.in_time), "in_time": count.in_time, "late": count.late,
        "unproven": count.unproven, "withdrawn": count.withdrawn, "logged": count.logged() })
}

fn in_unit(kind: Kind, number: u64) -> String {
    let (one, several) = kind.unit();
    format!("{number} {}", if number == 1 { one } else { several })
}

fn row(published: &Published, events: &[Event], item: &Item, timing: Option<Timing>) -> Json {
    let evidence = &item.evidence;
    let event = evidence.event.as_deref().unwrap_or_default();
    let event = events.iter().find(|one| one.code == event).map_or(event, |one| one.title.as_str());
    let place = [event, evidence.table.as_str()];
    json!({
        "id": item.evidence_id, "reference": reference(published, item), "kind": kind_words(evidence.kind), "title": evidence.title,
        "received": day(evidence.received_on), "from": speaker(evidence), "state": timing_words(timing),
        "counts": timing == Some(Timing::InTime), "signatures": signatures_words(evidence),
        "place": place.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "),
    })
}
