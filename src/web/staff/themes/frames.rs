//! The codeframes of a consultation, one of them as it stands with its history, and the act that begins them.

use actix_web::web::{Data, Path, Query};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::Here;
use super::words::{self, sentence};
use crate::app::App;
use crate::domain::access::{CHANGES_CODEFRAME, SEES_THEMES};
use crate::domain::codeframe::starting::{Starting, begin as first_events};
use crate::domain::codeframe::{Codeframe, Entry, Event, Fate, Level, Scope};
use crate::error::{Error, Result};
use crate::store::themes::frames::{self, Logs};
use crate::web::staff::page::{Page, Seat, Sheet, Wrong, page, see_other};
use crate::web::staff::words::{Names, instant};

pub(super) async fn list(app: Data<App>, seat: Seat, code: Path<String>) -> Page {
    let here = Here::new(&app, seat, code.into_inner(), SEES_THEMES)?;
    let logs = frames::read(&app.db().read, &here.code).await?;
    let starting = starting(&app, &here.code).await?;
    let mut rows = Vec::new();
    for (scope, name) in here.scopes() {
        let frame = logs.frame(&scope)?;
        rows.push(json!({ "scope": scope.code(), "name": name, "begun": logs.has(&scope), "themes": frame.themes().count(),
            "nets": frame.nets().count(), "version": frame.version }));
    }
    let missing = rows.iter().filter(|row| row["begun"] == json!(false)).count();
    let context = json!({ "code": here.code, "frames": rows, "missing": missing, "about": starting.about,
        "may": here.may(CHANGES_CODEFRAME) });
    let sheet = Sheet {
        title: "Codeframe",
        template: "staff/codeframes.jinja",
        back: Some("/staff"),
        consultation: Some(&here.published),
        ..Sheet::default()
    };
    page(&here.seat, sheet, context)
}

/// What coders begin with, as published; with nothing in it where no file was.
async fn starting(app: &App, code: &str) -> Result<Starting> {
    match frames::starting(&app.db().read, code).await? {
        Some(document) => Ok(toml::from_str(&document).map_err(anyhow::Error::from)?),
        None => Ok(Starting::default()),
    }
}

pub(super) async fn begin(app: Data<App>, seat: Seat, code: Path<String>) -> Page {
    let here = Here::new(&app, seat, code.into_inner(), CHANGES_CODEFRAME)?;
    let starting = starting(&app, &here.code).await?;
    let mut new = Vec::new();
    for (scope, _) in here.scopes() {
        let events = first_events(&here.code, &starting.of(&scope), here.by().staff_id, here.now);
        let events = events.map_err(|error| Error::unreadable("codeframe", sentence(&error.to_string())))?;
        new.push((scope, events));
    }
    frames::begin(app.db(), &here.code, new, here.by(), here.now).await?;
    Ok(see_other(&format!("/staff/{}/codeframe", here.code)))
}

/// What a link to a frame may say.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    /// What was just done.
    #[serde(default)]
    done: String,
}

pub(super) async fn one(app: Data<App>, seat: Seat, path: Path<(String, String)>, asked: Query<Asked>) -> Page {
    let (code, scope) = path.into_inner();
    let here = Here::new(&app, seat, code, SEES_THEMES)?;
    let scope = here.scope(&scope)?;
    let done = match asked.done.as_str() {
        "undone" => Some("It is undone. What it did is taken back, and both stay in the history."),
        "changed" => Some("It is done."),
        _ => None,
    };
    shown(&app, &here, &scope, &[], done).await
}

/// The page of one frame.
pub(super) async fn shown(app: &App, here: &Here, scope: &Scope, errors: &[Wrong], done: Option<&str>) -> Page {
    let logs = frames::read(&app.db().read, &here.code).await?;
    let frame = logs.frame(scope)?;
    let names = Names::read(app).await?;
    let name = here.name(scope);
    let context = json!({
        "code": here.code, "scope": scope.code(), "name": name, "version": frame.version, "begun": logs.has(scope),
        "groups": groups(&frame), "ended": ended(&frame), "history": history(&frame, &logs, scope, &names),
        "may": here.may(CHANGES_CODEFRAME),
    });
    let back = format!("/staff/{}/codeframe", here.code);
    let sheet = Sheet {
        title: &name,
        template: "staff/codeframe.jinja",
        back: Some(&back),
        consultation: Some(&here.published),
        errors,
        done,
    };
    page(&here.seat, sheet, context)
}

/// The themes in use: net by net, then those in none, then the standing codes.
fn groups(frame: &Codeframe) -> Vec<Json> {
    let within = |net: Option<Uuid>| {
        let own = move |theme: &&Entry| theme.net == net && theme.standing.is_none();
        frame.themes().filter(own).map(told).collect::<Vec<_>>()
    };
    let mut groups: Vec<Json> =
        frame.nets().map(|net| json!({ "net": told(net), "title": net.wording.name, "themes": within(Some(net.id)) })).collect();
    let standing: Vec<Json> = frame.themes().filter(|theme| theme.standing.is_some()).map(told).collect();
    for (title, themes) in [("In no net", within(None)), ("Standing codes", standing)] {
        if !themes.is_empty() {
            groups.push(json!({ "title": title, "themes": themes }));
        }
    }
    groups
}

fn told(entry: &Entry) -> Json {
    json!({ "id": entry.id, "name": entry.wording.name, "definition": entry.wording.definition, "include": entry.wording.include,
        "exclude": entry.wording.exclude, "examples": entry.wording.examples, "standing": entry.standing.is_some() })
}

fn ended(frame: &Codeframe) -> Vec<Json> {
    let fate = |entry: &Entry| match &entry.fate {
        Fate::InUse => None,
        Fate::Retired => Some("Retired".to_owned()),
        Fate::MergedInto(into) => Some(format!("Counts for “{}”", words::name(frame, *into))),
        Fate::SplitInto(into) => {
            let names: Vec<String> = into.iter().map(|id| format!("“{}”", words::name(frame, *id))).collect();
            Some(format!("Split into {}", names.join(", ")))
        }
    };
    let row = |entry: &Entry| {
        let what = if entry.level == Level::Net { "net" } else { "theme" };
        Some(json!({ "name": entry.wording.name, "what": what, "fate": fate(entry)? }))
    };
    frame.entries.iter().filter_map(row).collect()
}

fn history(frame: &Codeframe, logs: &Logs, scope: &Scope, names: &Names) -> Vec<Json> {
    let row = |event: &Event| {
        json!({ "version": event.version, "what": words::change(frame, &event.change), "at": instant(event.at),
            "who": names.of(&format!("staff:{}", event.by)), "why": event.why, "undone": frame.is_undone(event.version) })
    };
    logs.events(scope).iter().rev().map(row).collect()
}
