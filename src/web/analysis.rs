//! The analyst's pages: the same protected tables as the files, for those who hold a token.

use actix_web::HttpResponse;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header;
use actix_web::web::{self, Data, Form, Path, Query, ServiceConfig};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::noting::note;
use super::respond::PageFault;
use super::session::{COOKIE, Caller};
use super::view::VIEWS;
use super::view::shell::{Around, Back, Contents};
use super::view::words::Tongue;
use crate::analysis;
use crate::app::App;
use crate::domain::access::Role;
use crate::domain::answer::State;
use crate::domain::disclosure::{Shown, ShownCell, ShownTable};
use crate::domain::tabulate::{Column, Reading};
use crate::domain::wording::{DEFAULT_LANGUAGE, Edition};
use crate::error::{Error, Result};
use crate::export::{self, ClosedTables};
use crate::store::access::{self, Bearer};
use crate::store::catalogue::Published;

type Page = Result<HttpResponse, PageFault>;

/// The addresses under `/analysis`.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/analysis", web::get().to(home))
        .route("/analysis/sign-in", web::post().to(sign_in))
        .route("/analysis/sign-out", web::post().to(sign_out))
        .route("/analysis/{code}", web::get().to(tables));
}

/// Which tables a page shows.
#[derive(Debug, Default, Deserialize)]
pub struct Choice {
    /// The breakdown; everyone, when not given.
    by: Option<String>,
}

/// What the sign-in page sends.
#[derive(Deserialize)]
pub struct Pasted {
    token: String,
}

/// The consultations there are tables of, or the sign-in page.
async fn home(app: Data<App>, caller: Caller) -> Page {
    let Some(actor) = &caller.0 else { return sign_in_page(None) };
    let consultations: Vec<_> = app
        .intake
        .shelf
        .now()
        .all()
        .iter()
        .filter(|published| actor.may(Role::Analyst, &published.consultation.code))
        .map(|published| json!({ "code": published.consultation.code, "title": title(published) }))
        .collect();
    page("Analysis", "analysis-home.jinja", None, &json!({ "consultations": consultations, "name": actor.shown }))
}

fn sign_in_page(wrong: Option<&str>) -> Page {
    page("Sign in", "analysis-sign-in.jinja", None, &json!({ "wrong": wrong }))
}

async fn sign_in(app: Data<App>, pasted: Form<Pasted>) -> Page {
    let secret = pasted.token.trim();
    let actor = match access::bearer(app.db(), secret, app.now()).await? {
        Bearer::Actor(actor) => actor,
        Bearer::Expired => return sign_in_page(Some("This token has expired. Ask an administrator for a new one.")),
        Bearer::Revoked => return sign_in_page(Some("This token was revoked. Ask an administrator for a new one.")),
        Bearer::Unknown => return sign_in_page(Some("This token is not known. Paste it again, or ask for a new one.")),
    };
    note(&app, &actor, "sign_in.done", None, "service", "token").await?;
    let cookie = Cookie::build(COOKIE, secret.to_owned()).path("/analysis").http_only(true).same_site(SameSite::Strict);
    let cookie = cookie.secure(app.config.is_encrypted());
    Ok(HttpResponse::SeeOther().cookie(cookie.finish()).insert_header((header::LOCATION, "/analysis")).finish())
}

async fn sign_out() -> HttpResponse {
    let mut cookie = Cookie::build(COOKIE, "").path("/analysis").finish();
    cookie.make_removal();
    HttpResponse::SeeOther().cookie(cookie).insert_header((header::LOCATION, "/analysis")).finish()
}

/// The closed tables of one consultation by one breakdown, from the same function as the files.
async fn tables(app: Data<App>, code: Path<String>, choice: Query<Choice>, caller: Caller) -> Page {
    if caller.0.is_none() {
        return sign_in_page(None);
    }
    let actor = caller.require(Role::Analyst, &code)?;
    let published = app.intake.shelf.consultation(&code)?;
    let dataset = analysis::dataset_as_of(app.db(), &published, app.now()).await?;
    let definition = export::definition::find("closed-tables").map_err(anyhow::Error::from).map_err(Error::from)?;
    let made = web::block(move || export::tables_for_page(&definition, &dataset)).await;
    let made = made
        .map_err(|error| Error::Internal(error.into()))?
        .map_err(|error| Error::unreadable(error.code(), error.to_string()))?;
    let by = choice.by.as_deref().unwrap_or("all");
    note(&app, actor, "tables.viewed", Some(&code), code.as_str(), by.chars().take(40).collect::<String>()).await?;
    let context = shown(&made, by);
    page(&format!("Results: {}", title(&published)), "analysis-tables.jinja", Some(&published), &context)
}

/// What the template needs of the tables.
fn shown(made: &ClosedTables, by: &str) -> serde_json::Value {
    let tables: Vec<_> = made.protected.tables.iter().filter(|table| table.breakdown.code == by).map(Sheet::new).collect();
    let mut breakdowns: Vec<(&str, &str)> = Vec::new();
    for table in &made.protected.tables {
        let one = (table.breakdown.code.as_str(), breakdown_words(&table.breakdown.code));
        if !breakdowns.contains(&one) {
            breakdowns.push(one);
        }
    }
    let combined: Vec<_> = made
        .combined
        .iter()
        .map(|one| json!({ "label": one.both.subject.label, "editions": Sheet::new(&one.editions), "both": Sheet::new(&one.both), "apart": one.apart }))
        .collect();
    json!({
        "consultation": made.consultation, "as_of": made.as_of, "by": by, "breakdowns": breakdowns, "tables": tables,
        "balance": made.balance, "combined": combined, "caveat": made.caveat, "notes": made.notes, "warnings": made.warnings,
        "preset": made.protected.preset.words(), "audit": made.protected.audit,
    })
}

/// One table as words, a choice a row and a group a column: the numbers as they may be shown, and nothing else.
#[derive(Serialize)]
pub(super) struct Sheet {
    label: String,
    reading: String,
    groups: Vec<String>,
    choices: Vec<Line>,
    base: Vec<String>,
    states: Vec<Line>,
}

/// One line of a sheet; each cell a number and, where it has one, its share of the base.
#[derive(Serialize)]
struct Line {
    label: String,
    cells: Vec<(String, Option<String>)>,
}

impl Sheet {
    pub(super) fn new(table: &ShownTable) -> Self {
        let choice = |(index, column): (usize, &Column)| Line {
            label: column.label.clone(),
            cells: table.groups.iter().map(|group| (group.cells[index].count.to_string(), share(group.cells[index]))).collect(),
        };
        let state = |(index, state): (usize, &State)| Line {
            label: state_words(*state).to_owned(),
            cells: table.groups.iter().map(|group| (group.states[index].to_string(), None)).collect(),
        };
        let within = table.within.map(|edition| format!(" ({} edition only)", edition.slug())).unwrap_or_default();
        Self {
            label: table.subject.label.clone(),
            reading: format!("{}{within}", reading_words(table.subject.reading)),
            groups: table.groups.iter().map(|group| group.group.label.clone()).collect(),
            choices: table.subject.columns.iter().enumerate().map(choice).collect(),
            base: table.groups.iter().map(|group| group.base.to_string()).collect(),
            states: State::ALL.iter().enumerate().filter(|(_, state)| **state != State::Answered).map(state).collect(),
        }
    }
}

/// The share of the base, where there is one to show beside the count.
fn share(cell: ShownCell) -> Option<String> {
    match (cell.count, cell.per_cent) {
        (Shown::Hidden, _) | (_, Shown::NotApplicable) => None,
        (_, Shown::Count(per_cent)) => Some(format!("{per_cent}%")),
        (_, token) => Some(token.to_string()),
    }
}

const fn reading_words(reading: Reading) -> &'static str {
    match reading {
        Reading::AsAsked => "as asked",
        Reading::Classes => "grouped so that both editions can be read together",
    }
}

pub(super) fn breakdown_words(code: &str) -> &str {
    match code {
        "all" => "Everyone",
        "edition" => "Edition",
        "channel" => "Channel",
        "form_version" => "Form version",
        "council_area" => "Council area",
        "area_group" => "Area group",
        "relation" => "Relation",
        "respondent" => "Respondent",
        other => other,
    }
}

const fn state_words(state: State) -> &'static str {
    match state {
        State::Answered => "Answered",
        State::PreferNot => "Preferred not to say",
        State::Blank => "Left blank",
        State::NotAsked => "Not asked",
        State::Illegible => "Illegible",
        State::Spoiled => "Spoiled",
    }
}

fn title(published: &Published) -> &str {
    published.consultation.title.show(Edition::Standard, DEFAULT_LANGUAGE)
}

fn page(title: &str, template: &str, published: Option<&Published>, context: &serde_json::Value) -> Page {
    let tongue = Tongue::new(Edition::Standard, DEFAULT_LANGUAGE);
    let main = VIEWS.main(template, &tongue, context)?;
    let around =
        Around { consultation: None, languages: &[], tongue: &tongue, demo: published.is_some_and(|published| published.demo) };
    let back = if published.is_some() { Back::To("/analysis") } else { Back::None };
    let body = VIEWS.page(&around, Contents { title, in_error: false, back, path: "/analysis", main: &main })?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).content_type("text/html; charset=utf-8").body(body))
}
