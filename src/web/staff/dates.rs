//! The dates of a consultation, and one act to extend it: a later last day, a reason in both editions, a public notice.

use actix_web::web::{Data, Form, Path};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use validator::Validate;

use super::page::{Page, Seat, Sheet, Wrong, page, see_other};
use super::words::{day, edition_words};
use crate::app::App;
use crate::domain::access::Role;
use crate::domain::consultation::{Consultation, Extension, cannot_extend};
use crate::domain::day::typed;
use crate::domain::window::london_day;
use crate::domain::wording::{DEFAULT_LANGUAGE, Edition, Text};
use crate::forms;
use crate::store::catalogue::Published;

/// An extension as the page sends it.
#[derive(Debug, Default, Deserialize, Serialize, Validate)]
pub struct Wish {
    /// The code of the edition it is for; empty for all.
    #[serde(default)]
    edition: String,
    #[serde(default)]
    closes_on: String,
    #[serde(default)]
    #[validate(length(min = 1, max = 500, message = "Say why, in up to 500 characters: everybody reads it on the start page."))]
    reason: String,
    #[serde(default)]
    #[validate(length(min = 1, max = 300, message = "Say why in easy words, in up to 300 characters."))]
    easy_reason: String,
    /// `yes` once they are sure.
    #[serde(default)]
    sure: String,
}

impl Wish {
    fn trimmed(self) -> Self {
        Self { reason: self.reason.trim().to_owned(), easy_reason: self.easy_reason.trim().to_owned(), ..self }
    }
}

pub(super) async fn dates(app: Data<App>, seat: Seat, code: Path<String>) -> Page {
    seat.require(Role::DeskOfficer, &code)?;
    shown(&app, &seat, &code, &Wish::default(), &[], None)
}

pub(super) async fn extend(app: Data<App>, seat: Seat, code: Path<String>, wish: Form<Wish>) -> Page {
    let actor = seat.require(Role::DeskOfficer, &code)?;
    let wish = wish.into_inner().trimmed();
    let consultation = app.intake.shelf.consultation(&code)?.consultation.clone();
    let today = london_day(app.now());
    let edition = Edition::from_code(&wish.edition);
    let last = typed(&wish.closes_on);
    let mut errors = Vec::new();
    if edition.is_none() && !wish.edition.is_empty() {
        errors.push(Wrong::new("edition", "Choose who has more time."));
    }
    match last {
        Some(last) => errors.extend(cannot_extend(&consultation, edition, last, today).map(|why| Wrong::new("closes_on", why))),
        None => errors.push(Wrong::new("closes_on", "Give the new last day as day, month, year, such as 14/12/2022.")),
    }
    errors.extend(Wrong::found(wish.validate(), &["reason", "easy_reason"]));
    let (Some(closes_on), true) = (last, errors.is_empty()) else { return shown(&app, &seat, &code, &wish, &errors, None) };
    if wish.sure != "yes" {
        return shown(&app, &seat, &code, &wish, &[], Some(closes_on));
    }
    let words = [("standard", &wish.reason), ("easy_read", &wish.easy_reason)];
    let reason = Text(words.into_iter().map(|(edition, text)| (edition.to_owned(), text.clone())).collect());
    forms::extend(app.db(), &code, &Extension { edition, closes_on, announced_on: today, reason }, &actor.name, app.now())
        .await?;
    app.intake.shelf.refresh(app.db()).await?;
    Ok(see_other(&format!("/staff/{code}/dates")))
}

fn shown(app: &App, seat: &Seat, code: &str, wish: &Wish, errors: &[Wrong], sure: Option<NaiveDate>) -> Page {
    let published = app.intake.shelf.consultation(code)?;
    let consultation = &published.consultation;
    let extensions: Vec<_> = consultation
        .extensions
        .iter()
        .map(|one| json!({ "edition": for_whom(one.edition), "closes": day(one.closes_on), "announced": day(one.announced_on), "reason": one.reason.show(Edition::Standard, DEFAULT_LANGUAGE) }))
        .collect();
    let context = json!({
        "code": code, "opens": day(consultation.opens_on), "first": day(consultation.closes_on), "last": lasts(consultation), "whom": whom(&published, &wish.edition),
        "decides": consultation.decides_on.map(day), "extensions": extensions, "wish": wish, "sure": sure.map(day), "sure_whom": for_whom(Edition::from_code(&wish.edition)),
        "paper_days": consultation.paper_grace_days, "online_minutes": consultation.online_grace_minutes,
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

/// For whom an extension is, in words.
fn for_whom(edition: Option<Edition>) -> &'static str {
    edition.map_or("everybody", edition_words)
}

/// The last days in force: one for all, or one for each edition when they differ.
fn lasts(consultation: &Consultation) -> Vec<(String, String)> {
    let of = |edition: Edition| consultation.last_day_of(Some(edition));
    if Edition::ALL.into_iter().all(|edition| of(edition) == consultation.last_day()) {
        return vec![("Last day now".to_owned(), day(consultation.last_day()))];
    }
    let line = |edition: Edition| (format!("Last day now of {}", edition_words(edition)), day(of(edition)));
    Edition::ALL.into_iter().map(line).collect()
}

/// Who can be given more time, for radios.
fn whom(published: &Published, chosen: &str) -> Vec<Json> {
    let everybody = json!({ "value": "", "text": "Everybody", "checked": chosen.is_empty() });
    let has = |edition: &Edition| published.latest_form().is_some_and(|form| form.has_edition(*edition));
    let only = |edition: Edition| json!({ "value": edition.code(), "text": format!("Only {}", edition_words(edition)), "checked": chosen == edition.code() });
    std::iter::once(everybody).chain(Edition::ALL.into_iter().filter(has).map(only)).collect()
}
