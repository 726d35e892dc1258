//! Taking back: the receipt code, an "are you sure", and the response no longer counts.

use actix_web::HttpRequest;
use actix_web::web::{Form, Path};
use serde_json::json;

use super::Page;
use super::return_later::code_page;
use super::visit::Visit;
use crate::intake::{Withdrawal, receipt, withdraw};
use crate::web::view::shell::Back;

/// Ask for the receipt code.
pub async fn ask(request: HttpRequest, path: Path<String>) -> Page {
    let visit = Visit::new(&request, &path.into_inner(), None).await?;
    code_page(&visit, "withdraw", "", None)
}

/// Take the receipt code; ask once more; withdraw.
pub async fn enter(request: HttpRequest, path: Path<String>, posted: Form<Vec<(String, String)>>) -> Page {
    let visit = Visit::new(&request, &path.into_inner(), None).await?;
    let value = |wanted: &str| posted.iter().find(|(name, _)| name == wanted).map_or("", |(_, value)| value.trim());
    let code = value("code");
    if code.is_empty() {
        return code_page(&visit, "withdraw", code, Some("withdraw-blank"));
    }
    let Some(reference) = receipt::reference_of(code, &visit.consultation().prefix) else {
        return code_page(&visit, "withdraw", code, Some("withdraw-unknown"));
    };
    if value("sure") != "yes" {
        let title = visit.say("withdraw-sure-title");
        let context = json!({
            "title": title, "code": code, "reference": reference, "keep": visit.start_address(),
        });
        return visit.show("withdraw-sure.jinja", &title, Back::To(&visit.address("withdraw")), context);
    }
    let kind = match withdraw(&visit.app.intake, &visit.consultation().code, code).await? {
        Withdrawal::UnknownCode => return code_page(&visit, "withdraw", code, Some("withdraw-unknown")),
        Withdrawal::Done { .. } | Withdrawal::Already { .. } => "withdraw-done",
        Withdrawal::Frozen => "withdraw-too-late",
    };
    let title = visit.say(&format!("{kind}-title"));
    let context = json!({
        "title": title, "kind": kind, "reference": reference, "start": visit.start_address(),
        "contact": visit.consultation().contact,
    });
    visit.show("withdrawn.jinja", &title, Back::None, context)
}
