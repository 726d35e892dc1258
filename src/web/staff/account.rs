//! One's own account: what one may do, and another password.

use actix_web::HttpRequest;
use actix_web::web::{Data, Form};
use serde::Deserialize;
use serde_json::json;

use super::page::{Page, Seat, Sheet, Wrong, page};
use super::people::told;
use crate::app::App;
use crate::staff;
use crate::web::session::staff_secret;

pub(super) async fn account(app: Data<App>, seat: Seat) -> Page {
    shown(&app, &seat, &[], None)
}

fn shown(app: &App, seat: &Seat, errors: &[Wrong], done: Option<&str>) -> Page {
    let roles: Vec<String> = seat.actor().grants.iter().map(|grant| told(app, grant)).collect();
    let context = json!({
        "email": seat.person().email, "roles": roles, "second": seat.person().authenticator.is_some(),
    });
    page(seat, Sheet { title: "Your account", template: "staff/account.jinja", errors, done, ..Sheet::default() }, context)
}

/// Another password.
#[derive(Deserialize)]
pub struct Change {
    current: String,
    password: String,
    again: String,
}

pub(super) async fn change(app: Data<App>, seat: Seat, form: Form<Change>, request: HttpRequest) -> Page {
    if form.password != form.again {
        return shown(&app, &seat, &[Wrong::new("again", "The two are not the same. Type the new password again.")], None);
    }
    let session = staff_secret(&request).unwrap_or_default();
    match staff::change_password(app.db(), seat.person(), &form.current, &form.password, &session, app.now()).await? {
        Some(Ok(())) => shown(&app, &seat, &[], Some("Your password is changed. Your other sessions have ended.")),
        Some(Err(weakness)) => shown(&app, &seat, &[Wrong::new("password", weakness.what_to_do())], None),
        None => shown(&app, &seat, &[Wrong::new("current", "This is not the password you have now.")], None),
    }
}
