//! Check answers: everything on one page before it is sent, each with a link to change it.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};

use super::visit::Visit;
use super::{Page, PageFault, closed, flow, go, html, lines, wrong};
use crate::domain::check::{Checked, check};
use crate::domain::finding::{Finding, Rule};
use crate::domain::window::Reception;
use crate::domain::wording::Edition;
use crate::error::Error;
use crate::intake::online;
use crate::web::view::VIEWS;
use crate::web::view::shell::Back;

/// Show what was answered.
pub async fn show(request: HttpRequest, path: Path<(String, String)>) -> Page {
    let (code, edition) = path.into_inner();
    let edition = Edition::from_slug(&edition).ok_or(Error::NotFound("edition"))?;
    let visit = Visit::new(&request, &code, Some(edition)).await?;
    if visit.is_sent() {
        return Ok(go(&visit.edition_address(flow::RECEIVED)));
    }
    match visit.reception() {
        Reception::InTime => {}
        Reception::NotYetOpen => return closed::early(&visit),
        _ => return closed::closed(&visit, visit.raw()),
    }
    page(&visit, &kept_faults(&visit))
}

/// What is wrong with answers that were kept all the same. That nothing was answered is said on sending, not before.
fn kept_faults(visit: &Visit) -> Vec<Finding> {
    let Some((_, draft)) = &visit.draft else { return Vec::new() };
    match check(&visit.form, online::submission(&visit.form, draft)) {
        Checked::Refused(findings) => findings.into_iter().filter(|finding| finding.rule != Rule::Empty).collect(),
        _ => Vec::new(),
    }
}

/// The page, with what is wrong at its top.
pub fn page(visit: &Visit, findings: &[Finding]) -> Page {
    let pages = visit.pages()?;
    let errors = error_lines(visit, findings)?;
    let mut groups = lines::of_form(visit, &pages, visit.raw());
    groups.push(lines::about_this_response(visit));
    let mut context = lines::context(&groups)?;
    context["summary"] = wrong::summary(visit, &errors)?.into();
    context["send"] = visit.edition_address("send").into();
    context["changeable"] = true.into();
    let main = VIEWS.main("check-answers.jinja", &visit.tongue, context)?;
    let answers = visit.answers();
    let sequence = flow::sequence(&visit.form, &pages, visit.tongue.edition, &answers, false);
    let back = flow::previous(&sequence, flow::CHECK).map_or_else(|| visit.start_address(), |slug| visit.edition_address(slug));
    let mut response: HttpResponse = html(visit.page(&visit.say("check-title"), Back::To(&back), !errors.is_empty(), &main)?);
    if !errors.is_empty() {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

fn error_lines(visit: &Visit, findings: &[Finding]) -> Result<Vec<wrong::Line>, PageFault> {
    let pages = visit.pages()?;
    let address = |slug: &str, key: &str| {
        let address = visit.edition_address(slug);
        let joint = if address.contains('?') { '&' } else { '?' };
        format!("{address}{joint}from=check#{key}")
    };
    let mut errors = Vec::new();
    for wrong in wrong::in_words(visit, visit.raw(), findings) {
        let field = visit.form.field(&wrong.key);
        let page = field.and_then(|field| flow::page_of(&pages, field.section, field.question));
        let slug = page.map_or(flow::CHECK, |page| page.slug.as_str());
        let section = field.map(|field| &visit.form.form.sections[field.section].title);
        let section = section.map_or("", |title| title.show(visit.tongue.edition, &visit.tongue.language));
        errors.push(wrong::Line { href: address(slug, &wrong.key), text: format!("{section}: {}", wrong.message) });
    }
    if findings.iter().any(|finding| finding.rule == Rule::Empty) {
        errors.push(wrong::Line {
            href: first_about_the_matter(visit).map_or_else(|| visit.start_address(), |(slug, key)| address(&slug, &key)),
            text: visit.say("error-empty"),
        });
    }
    Ok(errors)
}

/// The first question whose answer makes a response worth sending.
fn first_about_the_matter(visit: &Visit) -> Option<(String, String)> {
    let pages = visit.pages().ok()?;
    let field = visit.form.fields().iter().find(|field| {
        let (section, question) = visit.form.place(field);
        !section.after_sending
            && question.substantive.unwrap_or(section.substantive)
            && field.editions.contains(&visit.tongue.edition)
            && question.ask_if.is_none()
    })?;
    let page = flow::page_of(&pages, field.section, field.question)?;
    Some((page.slug.clone(), field.key.clone()))
}
