//! The dates of a consultation, and one act to extend it: a later last day, a reason in both editions, a public notice.

use std::collections::BTreeMap;

use actix_web::web::{Data, Form, Path};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::json;
use validator::Validate;

use super::page::{Page, Seat, Sheet, Wrong, page, see_other};
use crate::app::App;
use crate::domain::access::Role;
use crate::domain::consultation::{Extension, cannot_extend, london_day};
use crate::domain::wording::{DEFAULT_LANGUAGE, Edition, Text};
use crate::forms;

/// An extension as the page sends it.
#[derive(Debug, Default, Deserialize, Serialize, Validate)]
pub struct Wish {
    #[serde(default)]
    closes_on: String,
    #[serde(default)]
    #[validate(length(min = 1, max = 500))]
    reason: String,
    #[serde(default)]
    #[validate(length(min = 1, max = 300))]
    easy_reason: String,
    /// `yes` once they are sure.
    #[serde(default)]
    sure: String,
}

pub(super) async fn dates(app: Data<App>, seat: Seat, code: Path<String>) -> Page {
    seat.require(Role::DeskOfficer, &code)?;
    shown(&app, &seat, &code, &Wish::default(), &[], None)
}

pub(super) async fn extend(app: Data<App>, seat: Seat, code: Path<String>, wish: Form<Wish>) -> Page {
    let actor = seat.require(Role::DeskOfficer, &code)?;
    let consultation = app.intake.shelf.consultation(&code)?.consultation.clone();
    let today = london_day(app.now());
    let day = wish.closes_on.trim().parse::<NaiveDate>();
    let mut errors = Vec::new();
    match day {
        Ok(day) => errors.extend(cannot_extend(&consultation, day, today).map(|why| Wrong::new("closes_on", why))),
        Err(_) => errors.push(Wrong::new("closes_on", "Give the new last day, such as 2022-12-30.")),
    }
    let failed = wish.validate().err().unwrap_or_default();
    let wrong = |field: &str| failed.field_errors().contains_key(field);
    if wrong("reason") || wish.reason.trim().is_empty() {
        errors.push(Wrong::new("reason", "Say why, in up to 500 characters: everybody reads it on the start page."));
    }
    if wrong("easy_reason") || wish.easy_reason.trim().is_empty() {
        errors.push(Wrong::new("easy_reason", "Say why in easy words, in up to 300 characters."));
    }
    let (Ok(closes_on), true) = (day, errors.is_empty()) else { return shown(&app, &seat, &code, &wish, &errors, None) };
    if wish.sure != "yes" {
        return shown(&app, &seat, &code, &wish, &[], Some(closes_on));
    }
    let words = [("standard", wish.reason.trim()), ("easy_read", wish.easy_reason.trim())];
    let reason = Text(words.into_iter().map(|(edition, text)| (edition.to_owned(), text.to_owned())).collect());
    forms::extend(app.db(), &code, &Extension { closes_on, announced_on: today, reason }, &actor.name, app.now()).await?;
    app.intake.shelf.refresh(app.db()).await?;
    Ok(see_other(&format!("/staff/{code}/dates")))
}

fn shown(app: &App, seat: &Seat, code: &str, wish: &Wish, errors: &[Wrong], sure: Option<NaiveDate>) -> Page {
    let published = app.intake.shelf.consultation(code)?;
    let consultation = &published.consultation;
    let day = |day: NaiveDate| day.format("%-d %B %Y").to_string();
    let extensions: Vec<_> = consultation
        .extensions
        .iter()
        .map(|one| json!({ "closes": day(one.closes_on), "announced": day(one.announced_on), "reason": one.reason.show(Edition::Standard, DEFAULT_LANGUAGE) }))
        .collect();
    let context = json!({
        "code": code, "opens": day(consultation.opens_on), "first": day(consultation.closes_on), "last": day(consultation.last_day()),
        "decides": consultation.decides_on.map(day), "extensions": extensions, "wish": wish, "sure": sure.map(day),
        "paper_days": consultation.paper_grace_days, "online_minutes": consultation.online_grace_minutes,
        "wrong": errors.iter().map(|wrong| (wrong.href.trim_start_matches('#'), &wrong.text)).collect::<BTreeMap<_, _>>(),
    });
    let sheet = Sheet {
        title: "Dates",
        template: "staff/dates.jinja",
        back: Some("/staff"),
        consultation: Some(&published),
        errors,
        ..Sheet::default()
    };
    page(seat, sheet, context)
}
