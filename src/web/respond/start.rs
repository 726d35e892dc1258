//! Starting: the list of consultations, and what each is about before a person answers.

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};
use serde_json::{Value as Json, json};

use super::visit::Visit;
use super::{Page, device, html};
use crate::app::App;
use crate::domain::consultation::Consultation;
use crate::domain::window::Stage;
use crate::domain::wording::{Edition, Information};
use crate::error::Error;
use crate::web::view::VIEWS;
use crate::web::view::form_page::first_slug;
use crate::web::view::shell::{Around, Back, Contents};
use crate::web::view::words::Tongue;

/// Every consultation: open, still to open, and past.
pub async fn list(app: Data<App>) -> Page {
    let tongue = Tongue::new(Edition::Standard, "");
    let now = app.now();
    let all = app.intake.shelf.now().all();
    let group = |wanted: fn(Stage) -> bool, when: &str, day: fn(&Consultation) -> chrono::NaiveDate| -> Vec<Json> {
        let those = all.iter().filter(|one| wanted(one.window.stage(now)) && one.latest_form().is_some());
        those
            .map(|one| {
                let consultation = &one.consultation;
                let day = VIEWS.words.day(&tongue, day(consultation));
                json!({
                    "address": format!("/{}", consultation.code),
                    "title": consultation.title.show(tongue.edition, ""),
                    "summary": consultation.summary.show(tongue.edition, ""),
                    "owner": consultation.owner,
                    "when": VIEWS.words.say_with(&tongue, when, vec![("day".to_owned(), day)]),
                })
            })
            .collect()
    };
    let open = group(|stage| stage == Stage::Open, "list-closes", Consultation::last_day);
    let coming = group(|stage| stage == Stage::Draft, "list-opens", |consultation| consultation.opens_on);
    let past = group(|stage| matches!(stage, Stage::Closing | Stage::Closed), "list-closed", Consultation::last_day);
    let main = VIEWS.main("list.jinja", &tongue, json!({ "open": open, "coming": coming, "past": past }))?;
    let title = VIEWS.words.say(&tongue, "list-title");
    let demo = all.iter().any(|one| one.demo);
    let around = Around { consultation: None, languages: &[], tongue: &tongue, demo };
    Ok(html(VIEWS.page(&around, Contents { title: &title, in_error: false, back: Back::None, path: "/", main: &main })?))
}

/// The start page.
pub async fn start(request: HttpRequest, path: Path<String>) -> Page {
    page(&Visit::new(&request, &path.into_inner(), Some(Edition::Standard)).await?)
}

/// The start page in one edition's words.
pub async fn start_in_edition(request: HttpRequest, path: Path<(String, String)>) -> Page {
    let (code, edition) = path.into_inner();
    let edition = Edition::from_slug(&edition).ok_or(Error::NotFound("page"))?;
    page(&Visit::new(&request, &code, Some(edition)).await?)
}

fn page(visit: &Visit) -> Page {
    let consultation = visit.consultation();
    let (edition, language) = (visit.tongue.edition, visit.tongue.language.as_str());
    let say = |information: &Information| json!(information.show(edition, language));
    let begin = |edition: Edition| {
        let slug = first_slug(&visit.form, edition).unwrap_or_default();
        visit.address(&format!("{}/{slug}", edition.slug()))
    };
    let title = consultation.title.show(edition, language).to_owned();
    let stage = visit.window().stage(visit.app.now());
    let extension = consultation.extensions.iter().rev().find(|one| one.is_for(Some(edition))).map(|extension| {
        json!({
            "closes": visit.day(extension.closes_on),
            "announced": visit.day(extension.announced_on),
            "reason": extension.reason.show(edition, language),
        })
    });
    let mut context = json!({
        "title": title,
        "summary": consultation.summary.show(edition, language),
        "owner": consultation.owner,
        "stage": stage.code(),
        "opens": visit.day(consultation.opens_on),
        "closes": visit.day(visit.last_day()),
        "extension": extension,
        "decides": consultation.decides_on.map(|day| visit.day(day)),
        "effect": consultation.effect_on.map(|day| visit.day(day)),
        "minutes": minutes(consultation, Edition::Standard),
        "minutes_easy": minutes(consultation, Edition::EasyRead),
        "what": say(&consultation.what),
        "why": say(&consultation.why),
        "who_decides": say(&consultation.who_decides),
        "what_happens": say(&consultation.what_happens),
        "other_ways": say(&consultation.other_ways),
        "formats": say(&consultation.formats),
        "contact": consultation.contact,
        "longer": visit.longer_edition(),
        "easy_is_open": consultation.window_of(Some(Edition::EasyRead)).stage(visit.app.now()) == Stage::Open,
        "has_easy": visit.form.has_edition(Edition::EasyRead),
        "begin": begin(edition),
    });
    let events: Vec<Json> = consultation
        .events
        .iter()
        .map(|event| json!({ "title": event.title, "place": event.place, "when": event.when, "on": visit.day(event.on) }))
        .collect();
    context["events"] = json!(events);
    context["links"] = json!({
        "easy": visit.address(Edition::EasyRead.slug()),
        "standard": visit.address(""),
        "resume": visit.address("return"),
        "withdraw": visit.address("withdraw"),
        "privacy": visit.address("privacy"),
        "formats": super::formats::address(visit),
        "paper": visit.address(&format!("paper/{}", edition.slug())),
        "paper_easy": visit.address("paper/easy-read"),
    });
    context["device"] = device::remembered(visit)?;
    let back = if edition == Edition::EasyRead { visit.address("") } else { "/".to_owned() };
    visit.show("start.jinja", &visit.say("start-page-title"), Back::To(&back), context)
}

fn minutes(consultation: &Consultation, edition: Edition) -> Option<u32> {
    consultation.minutes.get(edition.code()).copied()
}
