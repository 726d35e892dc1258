//! Not open: before the first day, and after the last, when what a person had typed is shown back to them.

use actix_web::http::StatusCode;
use serde_json::json;

use super::visit::Visit;
use super::{Page, lines};
use crate::web::view::form_page::Raw;
use crate::web::view::shell::Back;

/// It has not opened.
pub fn early(visit: &Visit) -> Page {
    let title = visit.say("early-title");
    let context = json!({
        "title": title,
        "opens": visit.day(visit.consultation().opens_on),
        "start": visit.start_address(),
        "contact": visit.consultation().contact,
    });
    let mut response = visit.show("early.jinja", &title, Back::None, context)?;
    *response.status_mut() = StatusCode::FORBIDDEN;
    Ok(response)
}

/// It has closed: nothing that was typed is lost.
pub fn closed(visit: &Visit, raw: &Raw) -> Page {
    let consultation = visit.consultation();
    let groups = if raw.is_empty() || visit.is_sent() {
        Vec::new()
    } else {
        let mut groups = lines::of_form(visit, &*visit.pages()?, raw);
        for group in &mut groups {
            group.lines.retain(|line| !line.answer.is_empty());
        }
        groups.retain(|group| !group.lines.is_empty());
        groups
    };
    let title = visit.say(if groups.is_empty() { "closed-title" } else { "closed-draft-title" });
    let mut context = lines::context(&groups)?;
    context["title"] = json!(title);
    context["closed"] = json!(visit.day(visit.last_day()));
    context["longer"] = json!(visit.longer_edition());
    context["decides"] = json!(consultation.decides_on.map(|day| visit.day(day)));
    context["other_ways"] = json!(consultation.other_ways.show(visit.tongue.edition, &visit.tongue.language));
    context["contact"] = json!(consultation.contact);
    context["start"] = json!(visit.start_address());
    let mut response = visit.show("closed.jinja", &title, Back::None, context)?;
    *response.status_mut() = StatusCode::FORBIDDEN;
    Ok(response)
}
