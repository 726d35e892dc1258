//! What every page of the desk has in common: who is signed in, what surrounds it, and when it ends.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::error::InternalError;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use chrono_tz::Europe::London;
use minijinja::value::{Serde, Value};
use serde::Serialize;
use validator::ValidationErrors;

use crate::app::App;
use crate::domain::access::{Actor, Role};
use crate::domain::day;
use crate::domain::wording::{DEFAULT_LANGUAGE, Edition};
use crate::error::{Error, Result};
use crate::staff::{self, Signed};
use crate::store::catalogue::Published;
use crate::store::staff::Staff;
use crate::web::respond::PageFault;
use crate::web::session;
use crate::web::view::VIEWS;
use crate::web::view::words::Tongue;

/// What a handler of a page gives back.
pub type Page = Result<HttpResponse, PageFault>;

/// Somebody who has signed in with all steps; a handler that asks for it sends everybody else to the sign-in page.
#[derive(Debug, Clone)]
pub struct Seat {
    signed: Signed,
    actor: Actor,
    now: DateTime<Utc>,
}

impl Seat {
    /// Who, once they may act in this role in this consultation.
    ///
    /// # Errors
    /// [`Error::Forbidden`] when they may not.
    pub fn require(&self, role: Role, consultation: &str) -> Result<&Actor> {
        if self.actor.may(role, consultation) { Ok(&self.actor) } else { Err(Error::Forbidden) }
    }

    /// Who, once they may act in one of these roles in this consultation.
    ///
    /// # Errors
    /// [`Error::Forbidden`] when they may not.
    pub fn require_any(&self, roles: &[Role], consultation: &str) -> Result<&Actor> {
        if self.actor.may_as(roles, consultation) { Ok(&self.actor) } else { Err(Error::Forbidden) }
    }

    /// Who, once they may act in this role everywhere.
    ///
    /// # Errors
    /// [`Error::Forbidden`] when they may not.
    pub fn require_everywhere(&self, role: Role) -> Result<&Actor> {
        if self.actor.may_everywhere(role) { Ok(&self.actor) } else { Err(Error::Forbidden) }
    }

    /// Who.
    #[must_use]
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Their account.
    #[must_use]
    pub const fn person(&self) -> &Staff {
        &self.signed.person
    }

    /// Their account's id.
    #[must_use]
    pub const fn staff_id(&self) -> uuid::Uuid {
        self.signed.person.staff_id
    }

    /// Seconds until the session ends if nothing is done.
    #[must_use]
    pub fn ends_in(&self) -> i64 {
        (self.signed.ends_at - self.now).num_seconds()
    }
}

impl FromRequest for Seat {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, actix_web::Error>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let secret = session::staff_secret(request);
        let app = request.app_data::<Data<App>>().cloned();
        let here = if request.method() == actix_web::http::Method::GET { request.path().to_owned() } else { String::new() };
        Box::pin(async move {
            let (Some(secret), Some(app)) = (secret, app) else { return Err(to_sign_in(&here)) };
            let now = app.now();
            let signed = staff::signed(app.db(), &secret, now).await.map_err(PageFault)?;
            match signed.and_then(|signed| signed.actor().map(|actor| (signed, actor))) {
                Some((signed, actor)) => Ok(Self { signed, actor, now }),
                None => Err(to_sign_in(&here)),
            }
        })
    }
}

/// Off to the sign-in page, and back here afterwards.
fn to_sign_in(here: &str) -> actix_web::Error {
    let next = if here.is_empty() || here == "/staff" { String::new() } else { format!("?next={here}") };
    InternalError::from_response("not signed in", see_other(&format!("/staff/sign-in{next}"))).into()
}

/// Go on to another page.
#[must_use]
pub fn see_other(address: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, address)).finish()
}

/// One thing that is wrong on a page: the field, and what to do.
#[derive(Debug, Clone, Serialize)]
pub struct Wrong {
    /// `#` and the field's id.
    pub href: String,
    /// What to do.
    pub text: String,
}

impl Wrong {
    /// About the field with this id.
    #[must_use]
    pub fn new(id: &str, text: impl Into<String>) -> Self {
        Self { href: format!("#{id}"), text: text.into() }
    }

    /// What a validation found, with its own messages, in the page's order of fields.
    #[must_use]
    pub fn found(validated: std::result::Result<(), ValidationErrors>, fields: &[&str]) -> Vec<Self> {
        let Err(errors) = validated else { return Vec::new() };
        let errors = errors.field_errors();
        let message = |field: &str| Some(Self::new(field, errors.get(field)?.first()?.message.clone()?));
        fields.iter().filter_map(|field| message(field)).collect()
    }
}

/// What a page of the desk is made of besides its own context.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sheet<'a> {
    /// What the page is called.
    pub title: &'a str,
    /// Its template.
    pub template: &'a str,
    /// Where its back link goes.
    pub back: Option<&'a str>,
    /// The consultation it belongs to.
    pub consultation: Option<&'a Published>,
    /// What is wrong on it, for the error summary.
    pub errors: &'a [Wrong],
    /// What was just done.
    pub done: Option<&'a str>,
}

/// A page for somebody who is signed in. Never kept by a browser, since the next person may use the same one.
pub fn page(seat: &Seat, sheet: Sheet<'_>, own: impl Serialize) -> Page {
    render(Some(seat), sheet, own)
}

/// A page for somebody who is not signed in yet.
pub fn outside(sheet: Sheet<'_>, own: impl Serialize) -> Page {
    render(None, sheet, own)
}

#[derive(Serialize)]
struct Item {
    href: &'static str,
    text: &'static str,
    here: bool,
}

fn render(seat: Option<&Seat>, sheet: Sheet<'_>, own: impl Serialize) -> Page {
    let Sheet { title, template, back, consultation, errors, done } = sheet;
    let own = Value::from(Serde(own));
    let context = minijinja::context! {
        title, back, done,
        errors => Value::from(Serde(errors)), wrong => Value::from(Serde(by_field(errors))), day_hint => day::HINT,
        theme => consultation.map_or("neutral", |published| published.consultation.theme.code()),
        owner => consultation.map(|published| published.consultation.owner.clone()),
        service => consultation.map_or("Desk", |published| published.consultation.title.show(Edition::Standard, DEFAULT_LANGUAGE)),
        demo => consultation.is_some_and(|published| published.demo),
        home => "/staff",
        person => seat.map(|seat| seat.actor.shown.clone()),
        navigation => seat.map(|seat| Value::from(Serde(navigation(&seat.actor, title)))),
        ends_in => seat.map(Seat::ends_in),
        ends_at => seat.map(|seat| seat.signed.ends_at.with_timezone(&London).format("%H:%M").to_string()),
        ..own
    };
    let tongue = Tongue::new(Edition::Standard, DEFAULT_LANGUAGE);
    let body = VIEWS.main(template, &tongue, context)?;
    let status =
        if errors.is_empty() { actix_web::http::StatusCode::OK } else { actix_web::http::StatusCode::UNPROCESSABLE_ENTITY };
    Ok(HttpResponse::build(status)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("text/html; charset=utf-8")
        .body(body))
}

/// What is wrong by field, for the field itself to say; the first thing when there are several.
fn by_field(errors: &[Wrong]) -> BTreeMap<&str, &str> {
    errors.iter().rev().map(|wrong| (wrong.href.trim_start_matches('#'), wrong.text.as_str())).collect()
}

fn navigation(actor: &Actor, title: &str) -> Vec<Item> {
    let item = |href, text| Item { href, text, here: text == title };
    let mut items = vec![item("/staff", "Desk")];
    if actor.grants.iter().any(|grant| matches!(grant.role, Role::Analyst | Role::Administrator)) {
        items.push(item("/analysis", "Results"));
    }
    if actor.grants.iter().any(|grant| matches!(grant.role, Role::DeskOfficer | Role::Administrator)) {
        items.push(item("/staff/devices", "Devices"));
    }
    if actor.may_everywhere(Role::Administrator) {
        items.push(item("/staff/people", "People"));
        items.push(item("/staff/tokens", "Tokens"));
        items.push(item("/staff/mail", "Mail"));
    }
    if actor.may_everywhere(Role::Auditor) {
        items.push(item("/staff/audit", "Audit log"));
    }
    items
}
