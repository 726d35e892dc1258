//! One-time links by mail, and the page on which an administrator sees what could not be delivered.

use actix_web::web::{Data, Form, Path};
use chrono::Duration;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::page::{Page, Seat, Sheet, Wrong, outside, page, see_other};
use super::words::instant;
use crate::app::App;
use crate::domain::access::Role;
use crate::error::Result;
use crate::mail::{self, Invitation, Recipient};
use crate::staff::{self, LINK_DAYS, RESET_MINUTES};
use crate::store::queue;
use crate::store::staff::Staff;
use crate::web::noting::note;

/// Send somebody their one-time link. False when no mail server is set: then it must be handed over in another way.
pub(super) async fn send_link(app: &App, person: &Staff, link: &str, again: bool, lasts: Duration) -> Result<bool> {
    let Ok(to) = Recipient::new(&person.email) else { return Ok(false) };
    let message = Invitation { name: person.name.clone(), again, link: address(app, link), until: instant(app.now() + lasts) };
    mail::post(app.db(), &app.config, &to.named(&person.name), &message, app.now()).await
}

/// The address of a one-time link.
pub(super) fn address(app: &App, link: &str) -> String {
    format!("{}/staff/link/{link}", app.config.base_url)
}

/// How long a link from an administrator lasts.
pub(super) const fn days() -> Duration {
    Duration::days(LINK_DAYS)
}

/// Whose password is forgotten.
#[derive(Debug, Deserialize)]
pub struct Forgotten {
    email: String,
}

pub(super) async fn forgotten_page(app: Data<App>) -> Page {
    asked(&app, "", &[], false)
}

fn asked(app: &App, email: &str, errors: &[Wrong], sent: bool) -> Page {
    let sheet = Sheet { title: "Forgotten password", template: "staff/forgotten.jinja", errors, ..Sheet::default() };
    outside(sheet, json!({ "email": email, "sent": sent, "by_mail": mail::is_on(&app.config) }))
}

/// The answer is the same whether or not there is such an account.
pub(super) async fn forgotten(app: Data<App>, form: Form<Forgotten>) -> Page {
    if Recipient::new(&form.email).is_err() || !mail::is_on(&app.config) {
        return asked(&app, &form.email, &[Wrong::new("email", "Type a whole e-mail address, like name@example.org.")], false);
    }
    if let Some((person, link)) = staff::reset_link(app.db(), &form.email, app.now()).await? {
        send_link(&app, &person, &link, true, Duration::minutes(RESET_MINUTES)).await?;
    }
    asked(&app, "", &[], true)
}

/// What could not be delivered.
pub(super) async fn dead(app: Data<App>, seat: Seat) -> Page {
    seat.require_everywhere(Role::Administrator)?;
    let jobs: Vec<_> = queue::dead(&app.db().read)
        .await?
        .into_iter()
        .map(|job| {
            json!({ "id": job.job_id, "kind": kind(&job.kind), "attempts": job.attempts, "error": job.last_error.replace('_', " "),
                "made": instant(job.made_at), "dead": instant(job.dead_at), "can_retry": job.can_retry })
        })
        .collect();
    let count = queue::count(&app.db().read, "mail").await?;
    let context = json!({ "jobs": jobs, "count": count, "by_mail": mail::is_on(&app.config) });
    page(&seat, Sheet { title: "Mail", template: "staff/mail.jinja", ..Sheet::default() }, context)
}

fn kind(kind: &str) -> &str {
    match kind {
        "mail.receipt" => "Receipt for a respondent",
        "mail.invitation" => "Link to sign in",
        "mail.upload_imported" => "Upload taken in",
        "mail.held_today" => "Held today",
        "mail.export_ready" => "Export ready",
        "mail.closing_soon" => "Closing soon",
        other => other,
    }
}

/// What to do with a letter that could not be delivered.
#[derive(Debug, Deserialize)]
pub struct Verdict {
    /// `retry` or `throw_away`.
    verdict: String,
}

pub(super) async fn settle(app: Data<App>, seat: Seat, id: Path<Uuid>, form: Form<Verdict>) -> Page {
    let actor = seat.require_everywhere(Role::Administrator)?;
    let (action, done) = if form.verdict == "retry" {
        ("mail.retried", queue::retry(&app.db().write, *id, app.now()).await?)
    } else {
        ("mail.thrown_away", queue::throw_away(&app.db().write, *id).await?)
    };
    if done {
        note(&app, actor, action, None, *id, "").await?;
        mail::wake();
    }
    Ok(see_other("/staff/mail"))
}
