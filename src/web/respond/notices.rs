//! Notices: privacy, accessibility and cookies, for the service and for each consultation.

use actix_web::HttpRequest;
use actix_web::web::Path;
use serde_json::{Value as Json, json};

use super::visit::Visit;
use super::{Page, html};
use crate::domain::wording::Edition;
use crate::mail;
use crate::web::view::VIEWS;
use crate::web::view::shell::{Around, Back, Contents};
use crate::web::view::words::Tongue;

/// The privacy notice of a consultation.
pub async fn privacy(request: HttpRequest, path: Path<String>) -> Page {
    let visit = Visit::new(&request, &path.into_inner(), None).await?;
    let notice = visit.consultation().privacy.show(visit.tongue.edition, &visit.tongue.language);
    let by_mail = mail::is_on(&visit.app.config);
    of(&visit, "privacy", json!({ "blocks": notice, "by_mail": by_mail, "contact": visit.consultation().contact }))
}

/// The accessibility statement of a consultation.
pub async fn accessibility(request: HttpRequest, path: Path<String>) -> Page {
    let visit = Visit::new(&request, &path.into_inner(), None).await?;
    let owner = format!(" for {}", visit.consultation().owner);
    of(&visit, "accessibility", json!({ "owner": owner, "contact": visit.consultation().contact }))
}

/// The cookies of a consultation.
pub async fn cookies(request: HttpRequest, path: Path<String>) -> Page {
    let visit = Visit::new(&request, &path.into_inner(), None).await?;
    of(&visit, "cookies", json!({}))
}

fn of(visit: &Visit, kind: &str, mut context: Json) -> Page {
    let title = visit.say(&format!("{kind}-title"));
    context["title"] = json!(title);
    visit.show(&format!("{kind}.jinja"), &title, Back::To(&visit.start_address()), context)
}

/// Privacy, for the service.
pub async fn general_privacy() -> Page {
    general("privacy", json!({ "blocks": [] }))
}

/// The accessibility statement, for the service.
pub async fn general_accessibility() -> Page {
    general("accessibility", json!({ "owner": "" }))
}

/// The cookies, for the service.
pub async fn general_cookies() -> Page {
    general("cookies", json!({}))
}

fn general(kind: &str, mut context: Json) -> Page {
    let tongue = Tongue::new(Edition::Standard, "");
    let title = VIEWS.words.say(&tongue, &format!("{kind}-title"));
    context["title"] = json!(title);
    let main = VIEWS.main(&format!("{kind}.jinja"), &tongue, context)?;
    let around = Around { consultation: None, languages: &[], tongue: &tongue, demo: false };
    let path = format!("/{kind}");
    Ok(html(VIEWS.page(&around, Contents { title: &title, in_error: false, back: Back::To("/"), path: &path, main: &main })?))
}
