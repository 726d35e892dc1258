//! Bearer tokens for programs: the list of all, a new one shown once, and revoking one.

use actix_web::web::{Data, Form, Query};
use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use validator::{Validate, ValidationError};

use super::page::{Page, Seat, Sheet, Wrong, page, see_other};
use super::people::{all_roles, places, told};
use super::words::{Names, day, instant};
use crate::app::App;
use crate::domain::access::{Grant, Role, TOKEN_DAYS, token_ends};
use crate::domain::day::{as_typed, typed as typed_day};
use crate::domain::window::{london_day, london_midnight};
use crate::error::{Error, Result};
use crate::staff::tokens;
use crate::store::access::{self, NewToken, Token};

/// A token as the page sends it.
#[derive(Debug, Default, Deserialize, Serialize, Validate)]
pub struct Typed {
    #[serde(default)]
    #[validate(
        length(min = 1, max = 60, message = "Give it a name to know it by, up to 60 characters."),
        custom(function = plain_name)
    )]
    name: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    place: String,
    #[serde(default)]
    expires_on: String,
}

/// Names stand in the audit log and on the command line: nothing that either would have to quote.
fn plain_name(name: &str) -> std::result::Result<(), ValidationError> {
    if name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) {
        return Ok(());
    }
    Err(ValidationError::new("name").with_message("Use letters, digits, hyphens, dots and underscores only.".into()))
}

impl Typed {
    fn empty(today: NaiveDate) -> Self {
        Self { expires_on: as_typed(today + Days::new(TOKEN_DAYS)), ..Self::default() }
    }

    /// The token, or what is wrong with it in the page's order.
    fn read(&self, app: &App, today: NaiveDate) -> Result<NewToken, Vec<Wrong>> {
        let mut errors = Wrong::found(self.validate(), &["name"]);
        let role = Role::from_code(&self.role);
        if role.is_none() {
            errors.push(Wrong::new("role", "Choose what it may do."));
        }
        if !self.place.is_empty() && app.intake.shelf.consultation(&self.place).is_err() {
            errors.push(Wrong::new("place", "Choose one of the consultations, or every one."));
        }
        let last = typed_day(&self.expires_on);
        match last.map(|last| token_ends(last, today)) {
            None => errors.push(Wrong::new("expires_on", "Give its last day as day, month, year, such as 14/12/2022.")),
            Some(Err(why)) => errors.push(Wrong::new("expires_on", why)),
            Some(Ok(())) => {}
        }
        match (role, last) {
            (Some(role), Some(last)) if errors.is_empty() => Ok(NewToken {
                name: self.name.clone(),
                role,
                consultations: Some(self.place.clone()).filter(|place| !place.is_empty()).into_iter().collect(),
                expires_at: london_midnight(last + Days::new(1)),
            }),
            _ => Err(errors),
        }
    }
}

/// What was just done.
#[derive(Debug, Default, Deserialize)]
pub struct After {
    revoked: Option<String>,
}

pub(super) async fn list(app: Data<App>, seat: Seat, after: Query<After>) -> Page {
    seat.require_everywhere(Role::Administrator)?;
    let done = after.revoked.as_ref().map(|name| format!("{name} is revoked. Whatever uses it is refused from now on."));
    everything(&app, &seat, &Typed::empty(london_day(app.now())), &[], done.as_deref(), None).await
}

pub(super) async fn make(app: Data<App>, seat: Seat, typed: Form<Typed>) -> Page {
    let actor = seat.require_everywhere(Role::Administrator)?;
    let typed = Typed { name: typed.name.trim().to_owned(), ..typed.into_inner() };
    let today = london_day(app.now());
    let token = match typed.read(&app, today) {
        Ok(token) => token,
        Err(errors) => return everything(&app, &seat, &typed, &errors, None, None).await,
    };
    match tokens::make(app.db(), &token, &actor.name, app.now()).await {
        Ok(secret) => {
            let made = json!({ "name": token.name, "secret": secret });
            everything(&app, &seat, &Typed::empty(today), &[], None, Some(made)).await
        }
        Err(Error::Unreadable { detail, .. }) => everything(&app, &seat, &typed, &[Wrong::new("name", detail)], None, None).await,
        Err(other) => Err(other.into()),
    }
}

async fn everything(app: &App, seat: &Seat, typed: &Typed, errors: &[Wrong], done: Option<&str>, made: Option<Json>) -> Page {
    let names = Names::read(app).await?;
    let all: Vec<Json> = access::tokens(&app.db().read).await?.iter().map(|token| row(app, &names, token)).collect();
    let longest = as_typed(crate::domain::access::longest_token(london_day(app.now())));
    let context = json!({
        "tokens": all, "typed": typed, "made": made, "all_roles": all_roles(), "places": places(app), "longest": longest,
    });
    page(seat, Sheet { title: "Tokens", template: "staff/tokens.jinja", errors, done, ..Sheet::default() }, context)
}

fn row(app: &App, names: &Names, token: &Token) -> Json {
    let state = match token.revoked_at {
        Some(at) => format!("Revoked {}", instant(at)),
        None if token.expires_at <= app.now() => "Expired".to_owned(),
        None => "Works".to_owned(),
    };
    json!({
        "name": token.name, "may": may(app, token), "last_day": day(london_day(token.expires_at - chrono::Duration::seconds(1))),
        "used": token.last_used_on.map(day), "by": token.made_by.as_deref().map(|by| names.of(by)), "made": day(london_day(token.made_at)),
        "state": state, "can_revoke": token.revoked_at.is_none() && token.expires_at > app.now(),
    })
}

/// What its holder may do, in words.
fn may(app: &App, token: &Token) -> Vec<String> {
    let Some(role) = Role::from_code(&token.role) else { return vec![token.role.clone()] };
    let mut places: Vec<Option<String>> = token.consultations.iter().cloned().map(Some).collect();
    if places.is_empty() {
        places.push(None);
    }
    places.into_iter().map(|consultation| told(app, &Grant { role, consultation })).collect()
}

/// Which token.
#[derive(Debug, Deserialize)]
pub struct Named {
    name: String,
}

/// "Are you sure".
pub(super) async fn sure(app: Data<App>, seat: Seat, named: Query<Named>) -> Page {
    seat.require_everywhere(Role::Administrator)?;
    let people = Names::read(&app).await?;
    let all = access::tokens(&app.db().read).await?;
    let token = all.iter().find(|token| token.name == named.name).ok_or(Error::NotFound("token"))?;
    let title = format!("Revoke {}?", token.name);
    let sheet = Sheet { title: &title, template: "staff/token-revoke.jinja", back: Some("/staff/tokens"), ..Sheet::default() };
    page(&seat, sheet, json!({ "token": row(&app, &people, token) }))
}

pub(super) async fn revoke(app: Data<App>, seat: Seat, named: Form<Named>) -> Page {
    let actor = seat.require_everywhere(Role::Administrator)?;
    if tokens::revoke(app.db(), &named.name, &actor.name, app.now()).await? {
        let name = url::form_urlencoded::byte_serialize(named.name.as_bytes()).collect::<String>();
        return Ok(see_other(&format!("/staff/tokens?revoked={name}")));
    }
    let errors = [Wrong::new("tokens", "There is no such token that still works. How it stands is below.")];
    everything(&app, &seat, &Typed::empty(london_day(app.now())), &errors, None, None).await
}
