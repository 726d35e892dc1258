//! Answering: showing one page of the form with what was typed on it, and taking what is typed.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Form, Path};
use serde_json::Value as Json;

use super::visit::Visit;
use super::{Page, PageFault, closed, flow, go, html, sending, wrong};
use crate::domain::check::{Checked, check};
use crate::domain::finding::{Finding, Rule};
use crate::domain::form::FormVersion;
use crate::domain::paging;
use crate::domain::question::Takes;
use crate::domain::submission::Help;
use crate::domain::window::Reception;
use crate::domain::wording::Edition;
use crate::error::Error;
use crate::intake::online;
use crate::web::view::VIEWS;
use crate::web::view::built_in;
use crate::web::view::form_page::{Filling, FormPage, FormPages, Raw, Wrong};
use crate::web::view::shell::Back;

/// What a page posts.
type Posted = Vec<(String, String)>;

/// One page, found.
enum Found {
    /// A page of the form.
    OfForm(usize),
    /// A page that no form holds.
    BuiltIn(usize),
}

/// Show one page.
pub async fn show(request: HttpRequest, path: Path<(String, String, String)>) -> Page {
    let (code, edition, slug) = path.into_inner();
    let edition = Edition::from_slug(&edition).ok_or(Error::NotFound("edition"))?;
    let visit = Visit::new(&request, &code, Some(edition)).await?;
    let pages = visit.pages()?;
    let found = find(&pages, edition, &slug)?;
    if let Some(response) = turned_away(&visit, &pages, &found)? {
        return Ok(response);
    }
    let answers = visit.answers();
    if let Found::OfForm(index) = found {
        let page = &pages.pages[index].page;
        if !page.is_for(&visit.form, &answers) {
            let sequence = flow::sequence(&visit.form, &pages, edition, &answers, page.after_sending(&visit.form));
            let next = flow::next(&sequence, &pages, &slug).unwrap_or(flow::CHECK);
            return Ok(go(&visit.edition_address(next)));
        }
    }
    render(&visit, &pages, &found, visit.raw(), &[])
}

/// Take what was typed on a page, and go on, back, away, or to the other edition.
pub async fn answer(request: HttpRequest, path: Path<(String, String, String)>, posted: Form<Posted>) -> Page {
    let (code, edition, slug) = path.into_inner();
    let edition = Edition::from_slug(&edition).ok_or(Error::NotFound("edition"))?;
    let mut visit = Visit::new(&request, &code, Some(edition)).await?;
    let pages = visit.pages()?;
    let found = find(&pages, edition, &slug)?;
    let posted = posted.into_inner();
    let typed = typed(&visit, &pages, &found, &posted);
    if let Some(response) = shut(&visit, &typed)? {
        return Ok(response);
    }
    if let Some(response) = turned_away(&visit, &pages, &found)? {
        return Ok(response);
    }
    let then = posted.iter().rfind(|(name, _)| name == "then").map_or("", |(_, value)| value.as_str());
    if visit.draft.is_none() && then == "back" && typed.values().all(Json::is_null) {
        return Ok(go(&back_address(&visit, &pages, &slug)));
    }
    take(&mut visit, &found, &typed)?;
    visit.keep().await?;
    if matches!(then, "" | "continue") {
        let wrong = what_is_wrong(&visit, &pages, &found, &typed);
        if !wrong.is_empty() {
            let shown = merged(visit.raw(), &typed);
            let mut response = render(&visit, &pages, &found, &shown, &wrong)?;
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            return visit.remember(response);
        }
    }
    let response = onward(&mut visit, &pages, &found, &slug, then).await?;
    visit.remember(response)
}

fn find(pages: &FormPages, edition: Edition, slug: &str) -> Result<Found, PageFault> {
    let built_in = || built_in::slugs(edition).iter().position(|known| *known == slug).map(Found::BuiltIn);
    pages.find(slug).map(Found::OfForm).or_else(built_in).ok_or(PageFault(Error::NotFound("page")))
}

/// Pages before sending are over once it was sent; pages after sending have not begun until then.
fn turned_away(visit: &Visit, pages: &FormPages, found: &Found) -> Result<Option<actix_web::HttpResponse>, PageFault> {
    if let Some(response) = shut(visit, &Raw::new())? {
        return Ok(Some(response));
    }
    let after = matches!(found, Found::OfForm(index) if pages.pages[*index].page.after_sending(&visit.form));
    Ok(match (visit.is_sent(), after) {
        (true, false) => Some(go(&visit.edition_address(flow::RECEIVED))),
        (false, true) => Some(go(&visit.edition_address(flow::CHECK))),
        _ => None,
    })
}

/// Not yet open, or closed: what was typed is shown back.
fn shut(visit: &Visit, typed: &Raw) -> Result<Option<actix_web::HttpResponse>, PageFault> {
    match visit.reception() {
        Reception::InTime => Ok(None),
        Reception::NotYetOpen => closed::early(visit).map(Some),
        _ => closed::closed(visit, &merged(visit.raw(), typed)).map(Some),
    }
}

/// What was typed on this page, by field key; null where it was left empty.
fn typed(visit: &Visit, pages: &FormPages, found: &Found, posted: &Posted) -> Raw {
    match found {
        Found::OfForm(index) => {
            let page = &pages.pages[*index];
            let answers = visit.answers();
            let asked: Vec<&str> = page.keys(&answers).collect();
            let posted = with_days(visit, &page.page, posted);
            let mut read = online::read_page(&visit.form, &page.page, visit.tongue.edition, &posted);
            read.retain(|key, _| asked.contains(&key.as_str()));
            read
        }
        Found::BuiltIn(_) => posted
            .iter()
            .filter(|(name, _)| name == built_in::QUOTE || name == built_in::HELP)
            .map(|(name, value)| (name.clone(), Json::String(value.clone())))
            .collect(),
    }
}

/// The three boxes of a date put together as year-month-day.
fn with_days(visit: &Visit, page: &paging::Page, posted: &Posted) -> Posted {
    let mut posted = posted.clone();
    let on_page = |section: usize, question: usize| section == page.section && page.questions.contains(&question);
    for field in visit.form.fields().iter().filter(|f| f.takes == Takes::Date && on_page(f.section, f.question)) {
        let part = |part: &str, width: usize| {
            let name = format!("{}-{part}", field.key);
            let typed = posted.iter().find(|(other, _)| *other == name).map_or("", |(_, value)| value.trim());
            if typed.is_empty() { String::new() } else { format!("{typed:0>width$}") }
        };
        let (year, month, day) = (part("year", 4), part("month", 2), part("day", 2));
        if !(year.is_empty() && month.is_empty() && day.is_empty()) {
            posted.push((field.key.clone(), format!("{year}-{month}-{day}")));
        }
    }
    posted
}

/// Put what was typed into the draft. An answer that only the other edition offers stays until it is answered anew, and
/// what no database can hold is left out: the page shows it again with what to do.
fn take(visit: &mut Visit, found: &Found, typed: &Raw) -> Result<(), PageFault> {
    let form = std::sync::Arc::clone(&visit.form);
    let edition = visit.tongue.edition;
    let draft = visit.begin()?;
    if let Found::BuiltIn(_) = found {
        let chosen = |key: &str| typed.get(key).and_then(Json::as_str);
        if let Some(quote) = chosen(built_in::QUOTE) {
            draft.quote_consent = Some(quote == "yes");
        }
        if let Some(help) = chosen(built_in::HELP) {
            draft.help = Help::ALL.into_iter().find(|known| known.code() == help);
        }
        return Ok(());
    }
    for (key, value) in typed {
        let aside = |field: &crate::domain::question::Field| {
            draft.answers.get(key).is_some_and(|kept| !online::offered(&field.takes, kept, edition))
        };
        if value.is_null() {
            if !form.field(key).is_some_and(aside) {
                draft.answers.remove(key);
            }
        } else if keepable(&form, edition, key, value) {
            draft.answers.insert(key.clone(), value.clone());
        }
    }
    Ok(())
}

/// Whether a draft can hold it: a choice this edition offers, or text that a database can keep.
fn keepable(form: &FormVersion, edition: Edition, key: &str, value: &Json) -> bool {
    form.field(key).is_some_and(|field| online::offered(&field.takes, value, edition)) && !value.to_string().contains("\\u0000")
}

fn merged(raw: &Raw, typed: &Raw) -> Raw {
    let mut merged = raw.clone();
    merged.extend(typed.iter().filter(|(_, value)| !value.is_null()).map(|(key, value)| (key.clone(), value.clone())));
    merged
}

/// What is wrong with this page's fields. Nothing must be answered; only what cannot be kept is asked again.
fn what_is_wrong(visit: &Visit, pages: &FormPages, found: &Found, typed: &Raw) -> Vec<Wrong> {
    let (Found::OfForm(index), Some((_, draft))) = (found, &visit.draft) else { return Vec::new() };
    let mut draft = draft.clone();
    draft.answers = merged(&draft.answers, typed);
    let mut findings = unknown_choices(visit, typed);
    if let Checked::Refused(more) | Checked::Hold(more) = check(&visit.form, online::submission(&visit.form, &draft)) {
        findings.extend(more);
    }
    let answers = flow::answers_of(&visit.form, visit.tongue.edition, &draft.answers);
    let keys: Vec<&str> = pages.pages[*index].keys(&answers).collect();
    let here: Vec<_> = findings.into_iter().filter(|f| f.question.as_deref().is_some_and(|key| keys.contains(&key))).collect();
    wrong::in_words(visit, &draft.answers, &here)
}

/// Choices that this edition does not offer. A draft's submission leaves them out, so the check never sees them.
fn unknown_choices(visit: &Visit, typed: &Raw) -> Vec<Finding> {
    let strange = typed.iter().filter(|(key, value)| {
        let field = visit.form.field(key);
        field.is_some_and(|field| !value.is_null() && !online::offered(&field.takes, value, visit.tongue.edition))
    });
    strange.map(|(key, _)| Finding::on(key, Rule::UnknownChoice, None)).collect()
}

/// Where to after what was typed has been kept.
async fn onward(visit: &mut Visit, pages: &FormPages, found: &Found, slug: &str, then: &str) -> Page {
    match then {
        "back" => return Ok(go(&back_address(visit, pages, slug))),
        "save" => return Ok(go(&visit.address("saved"))),
        "edition" => return super::return_later::change(visit, Some(slug)).await,
        _ => {}
    }
    let after = matches!(found, Found::OfForm(index) if pages.pages[*index].page.after_sending(&visit.form));
    if !after && visit.query.get("from").is_some_and(|from| from == "check") {
        return Ok(go(&visit.edition_address(flow::CHECK)));
    }
    let answers = visit.answers();
    let sequence = flow::sequence(&visit.form, pages, visit.tongue.edition, &answers, after);
    let next = flow::next(&sequence, pages, slug).unwrap_or(flow::CHECK);
    if next == flow::THANKS {
        sending::complete(visit).await?;
    }
    Ok(go(&visit.edition_address(next)))
}

fn back_address(visit: &Visit, pages: &FormPages, slug: &str) -> String {
    if visit.query.get("from").is_some_and(|from| from == "check") {
        return visit.edition_address(flow::CHECK);
    }
    let answers = visit.answers();
    let after = visit.is_sent();
    let sequence = flow::sequence(&visit.form, pages, visit.tongue.edition, &answers, after);
    match flow::previous(&sequence, slug) {
        Some(previous) => visit.edition_address(previous),
        None if after => visit.edition_address(flow::RECEIVED),
        None => visit.start_address(),
    }
}

fn render(visit: &Visit, pages: &FormPages, found: &Found, raw: &Raw, wrong: &[Wrong]) -> Page {
    let built_in;
    let own;
    let (page, raw): (&FormPage, &Raw) = match found {
        Found::OfForm(index) => (&pages.pages[*index], raw),
        Found::BuiltIn(index) => {
            built_in = VIEWS.built_in_pages(&visit.tongue)?;
            own = about_this_response(visit);
            (&built_in[*index], &own)
        }
    };
    let answers = flow::answers_of(&visit.form, visit.tongue.edition, raw);
    let summary = wrong::summary(visit, &wrong::on_this_page(wrong))?;
    let filling = Filling { raw, answers: &answers, wrong, summary: &summary, group: visit.area_group(raw) };
    let mut main = String::new();
    page.fill(&mut main, filling);
    Ok(html(visit.page(&page.title, Back::Keeping, !wrong.is_empty(), &main)?))
}

/// The answers that no form holds, as raw answers.
fn about_this_response(visit: &Visit) -> Raw {
    let mut raw = Raw::new();
    if let Some((_, draft)) = &visit.draft {
        if let Some(quote) = draft.quote_consent {
            raw.insert(built_in::QUOTE.to_owned(), Json::from(if quote { "yes" } else { "no" }));
        }
        if let Some(help) = draft.help {
            raw.insert(built_in::HELP.to_owned(), Json::from(help.code()));
        }
    }
    raw
}
