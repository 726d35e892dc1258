//! Who works here: invite people, give and take roles, make new links, shut out those who have left.

use actix_web::web::{Data, Form, Path};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;
use validator::Validate;

use super::letters;
use super::page::{Page, Seat, Sheet, Wrong, page, see_other};
use crate::app::App;
use crate::domain::access::{Grant, Role};
use crate::domain::wording::{DEFAULT_LANGUAGE, Edition};
use crate::error::{Error, Result};
use crate::staff;
use crate::store::staff::{self as accounts, Purpose, Staff};

/// Somebody to invite. Roles come as fields of one name, which `serde_urlencoded` cannot read into a list.
#[derive(Debug, Default, Validate, Serialize)]
pub struct Invitation {
    #[validate(length(min = 1, max = 120, message = "Type the person's name, up to 120 characters."))]
    name: String,
    #[validate(email(message = "Type a whole e-mail address, like name@example.org."))]
    email: String,
    #[validate(length(min = 1, message = "Choose at least one role."))]
    roles: Vec<String>,
    place: String,
}

impl Invitation {
    fn read(fields: &[(String, String)]) -> Self {
        let one =
            |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim().to_owned()).unwrap_or_default();
        let roles = fields.iter().filter(|(key, _)| key == "roles").map(|(_, value)| value.clone()).collect();
        Self { name: one("name"), email: one("email"), roles, place: one("place") }
    }

    fn grants(&self) -> Vec<Grant> {
        let consultation = Some(self.place.clone()).filter(|place| !place.is_empty());
        let roles = self.roles.iter().filter_map(|code| Role::from_code(code));
        roles.map(|role| Grant { role, consultation: consultation.clone() }).collect()
    }
}

pub(super) async fn list(app: Data<App>, seat: Seat) -> Page {
    seat.require_everywhere(Role::Administrator)?;
    everybody(&app, &seat, &Invitation::default(), &[], None).await
}

pub(super) async fn invite(app: Data<App>, seat: Seat, form: Form<Vec<(String, String)>>) -> Page {
    let actor = seat.require_everywhere(Role::Administrator)?;
    let invitation = Invitation::read(&form);
    let mut errors = Wrong::found(invitation.validate(), &["name", "email", "roles"]);
    if errors.is_empty() {
        match staff::invite(app.db(), &invitation.email, &invitation.name, invitation.grants(), &actor.name, app.now()).await {
            Ok((person, link)) => {
                let mailed = letters::send_link(&app, &person, &link, false, letters::days()).await?;
                let link = json!({ "name": person.name, "address": letters::address(&app, &link), "mailed": mailed });
                return everybody(&app, &seat, &Invitation::default(), &[], Some(link)).await;
            }
            Err(Error::Unreadable { detail, .. }) => errors.push(Wrong::new("email", detail)),
            Err(other) => return Err(other.into()),
        }
    }
    everybody(&app, &seat, &invitation, &errors, None).await
}

async fn everybody(app: &App, seat: &Seat, form: &Invitation, errors: &[Wrong], link: Option<serde_json::Value>) -> Page {
    let people = accounts::all(&app.db().read).await?;
    let people: Vec<_> = people.iter().map(|person| shown(app, person)).collect();
    let context = json!({
        "people": people, "form": form, "link": link, "all_roles": all_roles(), "places": places(app),
    });
    page(seat, Sheet { title: "People", template: "staff/people.jinja", errors, ..Sheet::default() }, context)
}

pub(super) async fn person(app: Data<App>, seat: Seat, id: Path<Uuid>) -> Page {
    seat.require_everywhere(Role::Administrator)?;
    one(&app, &seat, *id, &[], None, None).await
}

/// What giving and taking roles sends.
pub(super) async fn give(app: Data<App>, seat: Seat, id: Path<Uuid>, form: Form<Vec<(String, String)>>) -> Page {
    let actor = seat.require_everywhere(Role::Administrator)?;
    let given = Invitation::read(&form);
    if given.grants().is_empty() {
        return one(&app, &seat, *id, &[Wrong::new("roles", "Choose at least one role.")], None, None).await;
    }
    let mut grants = found(&app, *id).await?.grants;
    grants.extend(given.grants());
    grants.sort_unstable();
    grants.dedup();
    staff::grant(app.db(), *id, &grants, actor, app.now()).await?;
    Ok(see_other(&format!("/staff/people/{id}")))
}

/// A role to take away.
#[derive(Debug, Deserialize)]
pub struct Taken {
    role: Role,
    #[serde(default)]
    place: String,
}

pub(super) async fn take(app: Data<App>, seat: Seat, id: Path<Uuid>, form: Form<Taken>) -> Page {
    let actor = seat.require_everywhere(Role::Administrator)?;
    let taken = Grant { role: form.role, consultation: Some(form.place.clone()).filter(|place| !place.is_empty()) };
    if *id == seat.staff_id() && taken.role == Role::Administrator {
        let text = "You cannot take this role from yourself: ask another administrator to.";
        return one(&app, &seat, *id, &[Wrong::new("roles", text)], None, None).await;
    }
    let mut grants = found(&app, *id).await?.grants;
    grants.retain(|grant| *grant != taken);
    staff::grant(app.db(), *id, &grants, actor, app.now()).await?;
    Ok(see_other(&format!("/staff/people/{id}")))
}

pub(super) async fn link(app: Data<App>, seat: Seat, id: Path<Uuid>) -> Page {
    let actor = seat.require_everywhere(Role::Administrator)?;
    let person = found(&app, *id).await?;
    let link = staff::new_link(app.db(), person.staff_id, Purpose::Welcome, &actor.name, app.now()).await?;
    if letters::send_link(&app, &person, &link, true, letters::days()).await? {
        return one(&app, &seat, *id, &[], None, Some("A new link is on its way to them by mail. Earlier links no longer work."))
            .await;
    }
    one(&app, &seat, *id, &[], Some(letters::address(&app, &link)), None).await
}

pub(super) async fn disable(app: Data<App>, seat: Seat, id: Path<Uuid>) -> Page {
    let actor = seat.require_everywhere(Role::Administrator)?;
    if *id == seat.staff_id() {
        let text = "You cannot shut yourself out: ask another administrator to.";
        return one(&app, &seat, *id, &[Wrong::new("maincontent", text)], None, None).await;
    }
    staff::disable(app.db(), found(&app, *id).await?.staff_id, true, &actor.name, app.now()).await?;
    one(&app, &seat, *id, &[], None, Some("Shut out. Their sessions have ended.")).await
}

pub(super) async fn enable(app: Data<App>, seat: Seat, id: Path<Uuid>) -> Page {
    let actor = seat.require_everywhere(Role::Administrator)?;
    staff::disable(app.db(), found(&app, *id).await?.staff_id, false, &actor.name, app.now()).await?;
    one(&app, &seat, *id, &[], None, Some("They can sign in again.")).await
}

async fn found(app: &App, id: Uuid) -> Result<Staff> {
    accounts::by_id(&app.db().read, id).await?.ok_or(Error::NotFound("person"))
}

async fn one(app: &App, seat: &Seat, id: Uuid, errors: &[Wrong], link: Option<String>, done: Option<&str>) -> Page {
    let person = found(app, id).await?;
    let grant = |grant: &Grant| json!({ "role": grant.role.code(), "place": grant.consultation, "text": told(app, grant) });
    let context = json!({
        "one": shown(app, &person), "grants": person.grants.iter().map(grant).collect::<Vec<_>>(), "link": link,
        "all_roles": all_roles(), "places": places(app),
    });
    let sheet = Sheet {
        title: &person.name,
        template: "staff/person.jinja",
        back: Some("/staff/people"),
        errors,
        done,
        ..Sheet::default()
    };
    page(seat, sheet, context)
}

fn shown(app: &App, person: &Staff) -> serde_json::Value {
    let state = match (person.disabled_at, &person.password, &person.authenticator) {
        (Some(_), ..) => "shut out",
        (None, None, _) => "invited",
        (None, Some(_), None) => "active, no second step",
        (None, Some(_), Some(_)) => "active",
    };
    let roles: Vec<String> = person.grants.iter().map(|grant| told(app, grant)).collect();
    json!({ "id": person.staff_id, "name": person.name, "email": person.email, "state": state, "roles": roles,
        "disabled": person.disabled_at.is_some() })
}

/// A grant in words.
pub(super) fn told(app: &App, grant: &Grant) -> String {
    let place = match &grant.consultation {
        None => "every consultation".to_owned(),
        Some(code) => app.intake.shelf.consultation(code).map_or_else(|_| code.clone(), |published| title(&published)),
    };
    format!("{} in {place}", words(grant.role))
}

fn title(published: &crate::store::catalogue::Published) -> String {
    published.consultation.title.show(Edition::Standard, DEFAULT_LANGUAGE).to_owned()
}

/// A role in words.
pub(super) const fn words(role: Role) -> &'static str {
    match role {
        Role::Author => "Author",
        Role::Keyer => "Keyer",
        Role::Verifier => "Verifier",
        Role::DeskOfficer => "Desk officer",
        Role::Coder => "Coder",
        Role::Analyst => "Analyst",
        Role::Publisher => "Publisher",
        Role::Auditor => "Auditor",
        Role::Administrator => "Administrator",
    }
}

const fn hint(role: Role) -> &'static str {
    match role {
        Role::Author => "writes and publishes forms",
        Role::Keyer => "keys paper and interviews; sees only what they keyed",
        Role::Verifier => "settles differences between two keyers",
        Role::DeskOfficer => "counts batches in, uploads files, logs letters and events, decides held items",
        Role::Coder => "reads free text and applies themes",
        Role::Analyst => "reads tables and runs exports",
        Role::Publisher => "publishes the report and what was changed",
        Role::Auditor => "reads the audit log",
        Role::Administrator => "does anything, and gives roles to others",
    }
}

/// Every role with what it is for, to choose from.
pub(super) fn all_roles() -> Vec<serde_json::Value> {
    Role::ALL
        .into_iter()
        .map(|role| json!({ "value": role.code(), "text": words(role), "hint": { "text": hint(role) } }))
        .collect()
}

/// Every consultation, and first all of them, to choose from.
pub(super) fn places(app: &App) -> Vec<serde_json::Value> {
    let everywhere = json!({ "value": "", "text": "Every consultation" });
    let shelf = app.intake.shelf.now();
    let each = shelf.all();
    let each = each.iter().map(|published| json!({ "value": published.consultation.code, "text": title(published) }));
    std::iter::once(everywhere).chain(each).collect()
}
