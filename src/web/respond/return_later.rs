//! Coming back: the printed return code, and changing the edition without losing an answer.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Form, Path};
use serde_json::json;

use super::visit::Visit;
use super::{Page, flow, go, html, wrong};
use crate::domain::wording::Edition;
use crate::error::Error;
use crate::store::drafts::{self, DraftKey};
use crate::web::view::VIEWS;
use crate::web::view::shell::Back;

/// The return code, to print or write down.
pub async fn saved(request: HttpRequest, path: Path<String>) -> Page {
    let visit = Visit::new(&request, &path.into_inner(), None).await?;
    let Some((key, draft)) = &visit.draft else { return Ok(go(&visit.address("return"))) };
    let pages = visit.pages()?;
    let on = match draft.sent {
        Some(_) => flow::RECEIVED,
        None => flow::where_left_off(&visit.form, &pages, draft),
    };
    let title = visit.say("saved-title");
    let context = json!({
        "title": title,
        "code": key.printed(),
        "address": format!("{}/{}/return", visit.app.config.base_url, visit.consultation().code),
        "until": visit.day(visit.last_day()),
        "go_on": visit.edition_address(on),
        "clear": visit.address("clear"),
    });
    visit.show("saved.jinja", &title, Back::None, context)
}

/// Ask for the return code.
pub async fn ask(request: HttpRequest, path: Path<String>) -> Page {
    let visit = Visit::new(&request, &path.into_inner(), None).await?;
    code_page(&visit, "return", "", None)
}

/// Take the return code.
pub async fn enter(request: HttpRequest, path: Path<String>, posted: Form<Vec<(String, String)>>) -> Page {
    let mut visit = Visit::new(&request, &path.into_inner(), None).await?;
    let typed = posted.iter().find(|(name, _)| name == "code").map_or("", |(_, value)| value.trim());
    if typed.is_empty() {
        return code_page(&visit, "return", typed, Some("return-blank"));
    }
    let Some(key) = DraftKey::typed(typed) else { return code_page(&visit, "return", typed, Some("return-unknown")) };
    let Some(draft) = drafts::load(&visit.app.db().read, &visit.consultation().code, &key).await? else {
        return code_page(&visit, "return", typed, Some("return-unknown"));
    };
    visit.tongue.edition = draft.edition;
    visit.tongue.language.clone_from(&draft.language);
    if let Some(form) = visit.published.form(None, draft.form_version) {
        visit.form = std::sync::Arc::clone(form);
    }
    let pages = visit.pages()?;
    let slug = match draft.sent {
        Some(_) => flow::RECEIVED.to_owned(),
        None => flow::where_left_off(&visit.form, &pages, &draft).to_owned(),
    };
    let response = go(&visit.edition_address(&slug));
    visit.draft = Some((key, draft));
    visit.remember(response)
}

/// A page with one field for a code.
pub(super) fn code_page(visit: &Visit, kind: &str, typed: &str, error: Option<&str>) -> Page {
    let title = visit.say(&format!("{kind}-title"));
    let message = error.map(|id| visit.say(id));
    let lines: Vec<wrong::Line> =
        message.iter().map(|text| wrong::Line { href: "#code".to_owned(), text: text.clone() }).collect();
    let context = json!({
        "kind": kind, "title": title, "typed": typed, "message": message, "summary": wrong::summary(visit, &lines)?,
    });
    let main = VIEWS.main("code.jinja", &visit.tongue, context)?;
    let mut response = html(visit.page(&title, Back::To(&visit.start_address()), error.is_some(), &main)?);
    if error.is_some() {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// Change the edition from a page without a form of its own.
pub async fn change_edition(request: HttpRequest, path: Path<String>) -> Page {
    let mut visit = Visit::new(&request, &path.into_inner(), None).await?;
    let response = change(&mut visit, None).await?;
    visit.remember(response)
}

/// Change the edition and go to the page that answers to this one. Answers have the same keys in both editions, so all
/// are kept; those the other edition does not offer are asked again.
pub(super) async fn change(visit: &mut Visit, slug: Option<&str>) -> Page {
    let other = match visit.tongue.edition {
        Edition::Standard => Edition::EasyRead,
        Edition::EasyRead => Edition::Standard,
    };
    if !visit.form.has_edition(other) {
        return Err(Error::NotFound("edition").into());
    }
    let target = counterpart(visit, slug, other)?;
    visit.tongue.edition = other;
    if visit.draft.is_none() {
        return Ok(go(&visit.edition_address(&target)));
    }
    let draft = visit.begin()?.clone();
    visit.keep().await?;
    if flow::to_ask_again(&visit.form, &draft).is_empty() {
        return Ok(go(&visit.edition_address(&target)));
    }
    let address = visit.edition_address("changed");
    let joint = if address.contains('?') { '&' } else { '?' };
    Ok(go(&format!("{address}{joint}page={target}")))
}

/// The page of the other edition where the same question is asked.
fn counterpart(visit: &Visit, slug: Option<&str>, other: Edition) -> Result<String, super::PageFault> {
    let pages = visit.pages()?;
    let there = VIEWS.form_pages(&visit.form, &crate::web::view::words::Tongue::new(other, &visit.tongue.language))?;
    let Some(index) = slug.and_then(|slug| pages.find(slug)) else {
        let built_in = slug.is_some();
        let first = crate::web::view::built_in::slugs(other).first().copied();
        return Ok(first.filter(|_| built_in).unwrap_or_else(|| there.pages.first().map_or("", |p| &p.page.slug)).to_owned());
    };
    let here = &pages.pages[index].page;
    let same = there.pages.iter().map(|page| &page.page).filter(|page| page.section == here.section);
    let question = here.questions.first().filter(|_| !here.information);
    let page = same
        .clone()
        .find(|page| question.is_some_and(|question| page.questions.contains(question)))
        .or_else(|| same.clone().next())
        .or_else(|| there.pages.first().map(|page| &page.page));
    Ok(page.map_or_else(String::new, |page| page.slug.clone()))
}

/// What must be answered again after the edition was changed.
pub async fn changed(request: HttpRequest, path: Path<(String, String)>) -> Page {
    let (code, edition) = path.into_inner();
    let edition = Edition::from_slug(&edition).ok_or(Error::NotFound("edition"))?;
    let visit = Visit::new(&request, &code, Some(edition)).await?;
    let pages = visit.pages()?;
    let Some((_, draft)) = &visit.draft else { return Ok(go(&visit.start_address())) };
    let again: Vec<_> = flow::to_ask_again(&visit.form, draft)
        .into_iter()
        .filter_map(|key| visit.form.field(key))
        .filter_map(|field| {
            let page = flow::page_of(&pages, field.section, field.question)?;
            let section = &visit.form.form.sections[field.section];
            let title = section.title.show(edition, &visit.tongue.language);
            Some(json!({
                "name": format!("{title}: {}", wrong::name(&visit, field)),
                "address": format!("{}#{}", visit.edition_address(&page.slug), field.key),
            }))
        })
        .collect();
    let wanted = visit.query.get("page").and_then(|slug| pages.find(slug)).map(|index| pages.pages[index].page.slug.as_str());
    let go_on = wanted.or_else(|| pages.pages.first().map(|page| page.page.slug.as_str())).unwrap_or(flow::CHECK);
    let title = visit.say("edition-title");
    let context = json!({ "title": title, "again": again, "go_on": visit.edition_address(go_on) });
    visit.show("changed.jinja", &title, Back::None, context)
}
