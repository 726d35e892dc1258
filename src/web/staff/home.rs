//! The desk's first page: the consultations somebody works on, and what they may do in each.

use actix_web::web::Data;
use serde_json::json;

use super::page::{Page, Seat, Sheet, page};
use crate::app::App;
use crate::domain::access::{Actor, Role};
use crate::domain::wording::{DEFAULT_LANGUAGE, Edition};
use crate::store::catalogue::Published;
use crate::store::held;

pub(super) async fn home(app: Data<App>, seat: Seat) -> Page {
    let shelf = app.intake.shelf.now();
    let all = shelf.all();
    let mine =
        all.iter().filter(|published| Role::ALL.into_iter().any(|role| seat.actor().may(role, &published.consultation.code)));
    let mut consultations = Vec::new();
    for published in mine {
        let consultation = &published.consultation;
        let waiting = held::waiting(&app.db().read, &consultation.code).await?;
        consultations.push(json!({
                "title": consultation.title.show(Edition::Standard, DEFAULT_LANGUAGE),
                "stage": stage(published.window.stage(app.now()).code()),
                "roles": roles(seat.actor(), &consultation.code),
                "links": links(seat.actor(), published, waiting),
        }));
    }
    page(
        &seat,
        Sheet { title: "Desk", template: "staff/home.jinja", ..Sheet::default() },
        json!({ "consultations": consultations }),
    )
}

/// What somebody may do in a consultation, as links.
fn links(actor: &Actor, published: &Published, waiting: i64) -> Vec<serde_json::Value> {
    let code = &published.consultation.code;
    let mut links = Vec::new();
    if actor.may(Role::DeskOfficer, code) {
        let held = if waiting == 0 { "Held items".to_owned() } else { format!("Held items ({waiting} waiting)") };
        links.push(json!({ "href": format!("/staff/{code}/held"), "text": held }));
        links.push(json!({ "href": format!("/staff/{code}/dates"), "text": "Dates and extension" }));
        links.extend(beside(code));
    }
    if actor.may(Role::Analyst, code) {
        links.push(json!({ "href": format!("/analysis/{code}"), "text": "Results" }));
        links.push(json!({ "href": format!("/staff/{code}/exports"), "text": "Exports" }));
    }
    let ledger = super::batches::links(actor, code);
    let themes = super::themes::links(actor, code);
    links.extend(ledger.into_iter().chain(themes).map(|(href, text)| json!({ "href": href, "text": text })));
    links
}

/// What a desk officer keeps beside responses.
fn beside(code: &str) -> impl Iterator<Item = serde_json::Value> {
    let pages = [
        ("uploads", "Uploads of spreadsheets"),
        ("evidence", "Evidence: letters, petitions, notes"),
        ("events", "Events"),
        ("formats", "Other formats"),
        ("contacts", "Contacts"),
    ];
    pages.into_iter().map(move |(page, text)| json!({ "href": format!("/staff/{code}/{page}"), "text": text }))
}

/// Their roles in a consultation, in words.
fn roles(actor: &Actor, code: &str) -> Vec<String> {
    let here = actor.grants.iter().filter(|grant| grant.consultation.as_deref().is_none_or(|given| given == code));
    let mut roles: Vec<Role> = here.map(|grant| grant.role).collect();
    roles.sort_unstable();
    roles.dedup();
    roles.into_iter().map(|role| super::people::words(role).to_lowercase()).collect()
}

fn stage(code: &str) -> &'static str {
    match code {
        "open" => "Open",
        "closing" => "Closed to the public; paper may still arrive",
        "closed" => "Closed",
        _ => "Not yet open",
    }
}
