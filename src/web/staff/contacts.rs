//! Contacts: people who want the result or come to an event. They are kept apart from what anybody said, and erased when due.

use actix_web::web::{Data, Form, Path};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use uuid::Uuid;
use validator::Validate;

use super::evidence::{act, clean};
use super::page::{Page, Seat, Sheet, Wrong, page, see_other};
use super::words::day;
use crate::app::App;
use crate::domain::access::Role;
use crate::domain::contact::{Wants, keep_until};
use crate::domain::window::london_day;
use crate::store::chance;
use crate::store::contacts::{self, Contact};
use crate::store::desk::{Doing, Done};
use crate::web::noting::note;

/// A contact as the page sends it.
#[derive(Debug, Default, Deserialize, Serialize, Validate)]
pub struct Typed {
    #[serde(default)]
    #[validate(length(min = 1, max = 120, message = "Type their name, up to 120 characters."))]
    name: String,
    #[serde(default)]
    #[validate(email(message = "Type a whole e-mail address, like name@example.org."))]
    email: String,
    #[serde(default)]
    wants: String,
    #[serde(default)]
    #[validate(length(max = 300, message = "Say more in up to 300 characters."))]
    about: String,
    /// `yes` once they agreed.
    #[serde(default)]
    consent: String,
}

impl Typed {
    fn wrong(&self) -> Vec<Wrong> {
        let mut wrong = Wrong::found(self.validate(), &["name", "email"]);
        if Wants::from_code(&self.wants).is_none() {
            wrong.push(Wrong::new("wants", "Choose what they want to be told."));
        }
        wrong.extend(Wrong::found(self.validate(), &["about"]));
        if self.consent != "yes" {
            wrong.push(Wrong::new("consent", "Tick this once they have agreed. Without it nothing may be kept."));
        }
        wrong
    }
}

pub(super) async fn list(app: Data<App>, seat: Seat, code: Path<String>) -> Page {
    let actor = seat.require(Role::DeskOfficer, &code)?;
    // Somebody read the names; which ones, the log need not say.
    note(&app, actor, "contacts.viewed", Some(&code), "", "").await?;
    everybody(&app, &seat, &code, &Typed::default(), &[], None).await
}

pub(super) async fn add(app: Data<App>, seat: Seat, code: Path<String>, typed: Form<Typed>) -> Page {
    let actor = seat.require(Role::DeskOfficer, &code)?;
    let typed = Typed { name: clean(&typed.name), email: clean(&typed.email), about: clean(&typed.about), ..typed.into_inner() };
    let errors = typed.wrong();
    if !errors.is_empty() {
        return everybody(&app, &seat, &code, &typed, &errors, None).await;
    }
    let contact = Contact {
        contact_id: chance::id()?,
        name: typed.name,
        email: typed.email,
        wants: Wants::from_code(&typed.wants).unwrap_or_default(),
        about: typed.about,
        consented_on: london_day(app.now()),
        keep_until: keep_until(&app.intake.shelf.consultation(&code)?.consultation),
    };
    act(&app, actor, &code, Doing::AddContact(contact)).await?;
    Ok(see_other(&format!("/staff/{code}/contacts")))
}

pub(super) async fn erase(app: Data<App>, seat: Seat, path: Path<(String, Uuid)>) -> Page {
    let (code, id) = path.into_inner();
    let actor = seat.require(Role::DeskOfficer, &code)?;
    let done = match act(&app, actor, &code, Doing::EraseContact(id, london_day(app.now()))).await? {
        Done::Now => "Erased. Only the number of those erased stays.",
        _ => "They were erased before.",
    };
    everybody(&app, &seat, &code, &Typed::default(), &[], Some(done)).await
}

async fn everybody(app: &App, seat: &Seat, code: &str, typed: &Typed, errors: &[Wrong], done: Option<&str>) -> Page {
    let published = app.intake.shelf.consultation(code)?;
    let all = contacts::all(&app.db().read, code).await?;
    let (asked, due) = contacts::erased(&app.db().read, code).await?;
    let row = |one: &Contact| -> Json {
        json!({ "id": one.contact_id, "name": one.name, "email": one.email, "wants": words(one.wants), "about": one.about,
            "consented": day(one.consented_on), "until": day(one.keep_until) })
    };
    let context = json!({
        "code": code, "people": all.iter().map(row).collect::<Vec<_>>(), "typed": typed, "erased_asked": asked, "erased_due": due,
        "wants": Wants::ALL.map(|wants| json!({ "value": wants.code(), "text": words(wants) })),
        "until": day(keep_until(&published.consultation)),
    });
    let sheet = Sheet {
        title: "Contacts",
        template: "staff/contacts.jinja",
        back: Some("/staff"),
        consultation: Some(&published),
        errors,
        done,
    };
    page(seat, sheet, context)
}

const fn words(wants: Wants) -> &'static str {
    match wants {
        Wants::Result => "The result",
        Wants::Event => "A place at an event",
        Wants::News => "News while it runs",
    }
}
