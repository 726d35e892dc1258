//! Getting in: the one-time link, the password, the second step, and getting out again.

use actix_web::cookie::{Cookie, SameSite, time};
use actix_web::web::{Data, Form, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use chrono_tz::Europe::London;
use serde::Deserialize;
use serde_json::json;

use super::page::{Page, Seat, Sheet, Wrong, outside, see_other};
use crate::app::App;
use crate::error::Result;
use crate::staff::{self, Attempt, Outcome, Signed};
use crate::store::sessions::Stage;
use crate::store::staff::Purpose;
use crate::web::paper::qr;
use crate::web::session::{STAFF_COOKIE, staff_secret};

/// The cookie by which a browser that has signed in before is known, so that strangers' tries do not slow it down.
const BROWSER_COOKIE: &str = "soundings_browser";

/// Where to go afterwards.
#[derive(Debug, Default, Deserialize)]
pub struct Onward {
    #[serde(default)]
    next: String,
}

impl Onward {
    /// An address of the desk or of the results; never another site's.
    fn address(&self) -> &str {
        let own = ["/staff/", "/analysis"].iter().any(|start| self.next.starts_with(start)) && !self.next.contains("sign-in");
        if own { &self.next } else { "/staff" }
    }
}

/// What the sign-in page sends.
#[derive(Deserialize)]
pub struct Credentials {
    email: String,
    password: String,
    #[serde(flatten)]
    onward: Onward,
}

pub(super) async fn sign_in_page(onward: Query<Onward>) -> Page {
    asked(&onward, "", &[])
}

fn asked(onward: &Onward, email: &str, errors: &[Wrong]) -> Page {
    let sheet = Sheet { title: "Sign in", template: "staff/sign-in.jinja", errors, ..Sheet::default() };
    outside(sheet, json!({ "next": onward.address(), "email": email }))
}

pub(super) async fn sign_in(app: Data<App>, form: Form<Credentials>, request: HttpRequest) -> Page {
    let browser = browser(&request)?;
    let attempt = Attempt {
        email: &form.email,
        password: &form.password,
        browser: Some(&browser),
        from: &from(&request),
        second_factor: app.config.second_factor,
    };
    match staff::sign_in(app.db(), attempt, app.now()).await? {
        Outcome::Wait(until) => asked(&form.onward, &form.email, &[too_many("email", until)]),
        Outcome::Wrong => {
            let text = "The e-mail address or the password is not right. Check both and try again.";
            asked(&form.onward, &form.email, &[Wrong::new("email", text)])
        }
        Outcome::Half(session) => {
            let address = format!("/staff/second-step?next={}", form.onward.address());
            Ok(with_session(&app, see_other(&address), &session, &browser))
        }
        Outcome::In(session) => Ok(with_session(&app, see_other(form.onward.address()), &session, &browser)),
    }
}

fn too_many(id: &str, until: chrono::DateTime<chrono::Utc>) -> Wrong {
    let at = until.with_timezone(&London).format("%H:%M");
    Wrong::new(id, format!("There were too many tries. Try again after {at}, or use the browser you signed in with before."))
}

/// What the second step sends.
#[derive(Deserialize)]
pub struct Second {
    code: String,
    /// The secret that was shown, when it is being set up.
    secret: Option<String>,
    #[serde(flatten)]
    onward: Onward,
}

pub(super) async fn second_step_page(app: Data<App>, onward: Query<Onward>, request: HttpRequest) -> Page {
    match half_in(&app, &request).await? {
        Some((_, signed)) => second(&signed, None, &onward, &[]),
        None => Ok(see_other("/staff/sign-in")),
    }
}

pub(super) async fn second_step(app: Data<App>, form: Form<Second>, request: HttpRequest) -> Page {
    let Some((session, signed)) = half_in(&app, &request).await? else { return Ok(see_other("/staff/sign-in")) };
    let browser = browser(&request)?;
    let step = staff::Step { session: &session, code: &form.code, browser: &browser, from: &from(&request) };
    let outcome = match &form.secret {
        Some(secret) if signed.person.authenticator.is_none() => staff::set_up(app.db(), step, secret, app.now()).await?,
        _ => staff::code(app.db(), step, app.now()).await?,
    };
    let shown = form.secret.as_deref();
    match outcome {
        Outcome::In(session) => Ok(with_session(&app, see_other(form.onward.address()), &session, &browser)),
        Outcome::Wait(until) => second(&signed, shown, &form.onward, &[too_many("code", until)]),
        Outcome::Half(_) | Outcome::Wrong => {
            let text = "This code is not right, or was used before. Wait for the next one and type it without delay.";
            second(&signed, shown, &form.onward, &[Wrong::new("code", text)])
        }
    }
}

/// The page that asks for a code; for somebody who has no authenticator yet, with what sets one up.
fn second(signed: &Signed, shown: Option<&str>, onward: &Onward, errors: &[Wrong]) -> Page {
    let is_new = signed.person.authenticator.is_none();
    let setup = is_new.then(|| staff::setup(&signed.person, shown)).transpose()?;
    let picture = setup.as_ref().map(|setup| qr(&setup.address)).transpose()?;
    let title = if is_new { "Set up a second step" } else { "Enter the code from your app" };
    let sheet = Sheet { title, template: "staff/second.jinja", errors, ..Sheet::default() };
    let context = json!({ "setup": setup.map(|setup| setup.secret), "qr": picture, "action": "/staff/second-step", "next": onward.address() });
    outside(sheet, context)
}

async fn half_in(app: &App, request: &HttpRequest) -> Result<Option<(String, Signed)>> {
    let Some(session) = staff_secret(request) else { return Ok(None) };
    let signed = staff::signed(app.db(), &session, app.now()).await?;
    Ok(signed.filter(|signed| signed.stage == Stage::Password).map(|signed| (session, signed)))
}

pub(super) async fn sign_out(app: Data<App>, request: HttpRequest) -> Page {
    if let Some(session) = staff_secret(&request) {
        staff::sign_out(app.db(), &session, app.now()).await?;
    }
    let mut cookie = Cookie::build(STAFF_COOKIE, "").path("/").finish();
    cookie.make_removal();
    Ok(HttpResponse::SeeOther().cookie(cookie).insert_header(("location", "/staff/sign-in")).finish())
}

/// Keep the session going: the answer is the seconds it now has.
pub(super) async fn stay(seat: Seat) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(seat.ends_in().to_string())
}

/// What the page for a new password sends.
#[derive(Deserialize)]
pub struct Chosen {
    password: String,
    again: String,
}

pub(super) async fn link_page(app: Data<App>, link: Path<String>) -> Page {
    chosen(&app, &link, &[]).await
}

pub(super) async fn choose_password(app: Data<App>, link: Path<String>, form: Form<Chosen>) -> Page {
    if form.password != form.again {
        return chosen(&app, &link, &[Wrong::new("again", "The two are not the same. Type the password again.")]).await;
    }
    match staff::choose_password(app.db(), &link, &form.password, app.now()).await? {
        Some(Ok(_)) => {
            let sheet = Sheet {
                title: "Sign in",
                template: "staff/sign-in.jinja",
                done: Some("Your password is saved. Sign in with it."),
                ..Sheet::default()
            };
            outside(sheet, json!({ "next": "/staff" }))
        }
        Some(Err(weakness)) => chosen(&app, &link, &[Wrong::new("password", weakness.what_to_do())]).await,
        None => chosen(&app, &link, &[]).await,
    }
}

async fn chosen(app: &App, link: &str, errors: &[Wrong]) -> Page {
    let opened = staff::opened(app.db(), link, app.now()).await?;
    let context = match &opened {
        Some((person, purpose)) => json!({ "name": person.name, "email": person.email, "welcome": *purpose == Purpose::Welcome }),
        None => json!({ "used": true }),
    };
    let title = if opened.is_some() { "Choose a password" } else { "This link no longer works" };
    let errors = if opened.is_some() { errors } else { &[] };
    outside(Sheet { title, template: "staff/link.jinja", errors, ..Sheet::default() }, context)
}

fn with_session(app: &App, mut response: HttpResponse, session: &str, browser: &str) -> HttpResponse {
    let cookie = |name, value: &str, path| {
        let cookie = Cookie::build(name, value.to_owned()).path(path).http_only(true);
        // Lax, so that a link in a mail or a spreadsheet opens the page of somebody who is signed in.
        cookie.same_site(SameSite::Lax).secure(app.config.is_encrypted()).finish()
    };
    let mut known = cookie(BROWSER_COOKIE, browser, "/staff");
    known.set_max_age(time::Duration::days(365));
    // A cookie is only refused when its value holds characters that these never hold.
    let _added = response.add_cookie(&cookie(STAFF_COOKIE, session, "/"));
    let _known = response.add_cookie(&known);
    response
}

/// The secret this browser keeps, or a new one.
fn browser(request: &HttpRequest) -> Result<String> {
    request.cookie(BROWSER_COOKIE).map_or_else(staff::secret::new, |cookie| Ok(cookie.value().to_owned()))
}

fn from(request: &HttpRequest) -> String {
    request.peer_addr().map(|address| address.ip().to_string()).unwrap_or_default()
}
