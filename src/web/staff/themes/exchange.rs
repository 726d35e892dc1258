//! Codeframes for other programs and back: REFI-QDA codebooks (`.qdc`).

use std::collections::BTreeSet;

use actix_multipart::Multipart;
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Data, Path};
use uuid::Uuid;

use super::words::{self, sentence};
use super::{Here, frames as pages};
use crate::app::App;
use crate::domain::access::{CHANGES_CODEFRAME, SEES_THEMES};
use crate::domain::codeframe::{Change, Codeframe, Fate, Level};
use crate::export::refi::{self, Code};
use crate::store::themes::frames;
use crate::web::noting::note;
use crate::web::staff::evidence::posted;
use crate::web::staff::page::{Page, Seat, Wrong};

pub(super) async fn export_all(app: Data<App>, seat: Seat, code: Path<String>) -> Page {
    let here = Here::new(&app, seat, code.into_inner(), SEES_THEMES)?;
    let logs = frames::read(&app.db().read, &here.code).await?;
    let mut all = Vec::new();
    for (scope, name) in here.scopes().into_iter().filter(|(scope, _)| logs.has(scope)) {
        all.push((name, logs.frame(&scope)?));
    }
    sent(&app, &here, "", &all).await
}

pub(super) async fn export(app: Data<App>, seat: Seat, path: Path<(String, String)>) -> Page {
    let (code, scope) = path.into_inner();
    let here = Here::new(&app, seat, code, SEES_THEMES)?;
    let scope = here.scope(&scope)?;
    let frame = frames::read(&app.db().read, &here.code).await?.frame(&scope)?;
    sent(&app, &here, &format!("-{}", scope.code()), &[(here.name(&scope), frame)]).await
}

async fn sent(app: &App, here: &Here, suffix: &str, all: &[(String, Codeframe)]) -> Page {
    let named: Vec<(&str, &Codeframe)> = all.iter().map(|(name, frame)| (name.as_str(), frame)).collect();
    let bytes = refi::write(&named).map_err(anyhow::Error::from).map_err(crate::error::Error::from)?;
    note(app, here.seat.actor(), "codeframe.exported", Some(&here.code), here.code.as_str(), suffix.trim_start_matches('-'))
        .await?;
    let name = format!("attachment; filename=\"{}{suffix}.qdc\"", here.code);
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_DISPOSITION, name))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("application/xml; charset=utf-8")
        .body(bytes))
}

pub(super) async fn import(app: Data<App>, seat: Seat, path: Path<(String, String)>, parts: Multipart) -> Page {
    let (code, scope) = path.into_inner();
    let here = Here::new(&app, seat, code, CHANGES_CODEFRAME)?;
    let scope = here.scope(&scope)?;
    let posted = posted::read(parts).await?;
    let refused = |words: String| [Wrong::new("file", words)];
    let Some((name, bytes)) = posted.file else {
        let errors = refused("Choose a codebook: a file whose name ends in .qdc.".to_owned());
        return pages::shown(&app, &here, &scope, &errors, None).await;
    };
    let book = match refi::read(&bytes) {
        Ok(book) => book,
        Err(error) => {
            let errors = refused(format!("{name} cannot be read: {}", sentence(&error.to_string())));
            return pages::shown(&app, &here, &scope, &errors, None).await;
        }
    };
    let logs = frames::read(&app.db().read, &here.code).await?;
    let frame = logs.frame(&scope)?;
    let elsewhere = here.scopes().into_iter().filter(|(other, _)| *other != scope);
    let mut taken = BTreeSet::new();
    for (other, _) in elsewhere {
        taken.extend(logs.frame(&other)?.entries.iter().map(|entry| entry.id));
    }
    let mut brought = Brought { frame: &frame, taken, ..Brought::new(&frame) };
    brought.codes(&book.codes, None);
    let Brought { changes, new, reworded, left, .. } = brought;
    let why = format!("From {name}").chars().take(200).collect::<String>();
    let done = format!("{new} brought in, {reworded} reworded, {left} left out since they are here already.");
    let seen = posted.fields.get("seen").and_then(|seen| seen.parse().ok()).unwrap_or(frame.version);
    let made = frames::change(app.db(), &here.code, (&scope, seen), (changes, &why), here.by(), here.now).await?;
    match made {
        Ok(_) => pages::shown(&app, &here, &scope, &[], Some(&done)).await,
        Err(cannot) => {
            let errors = refused(format!("Nothing was taken in. {}", words::cannot(&frame, &cannot)));
            pages::shown(&app, &here, &scope, &errors, None).await
        }
    }
}

/// What a codebook changes in a frame.
struct Brought<'a> {
    frame: &'a Codeframe,
    /// The ids of other frames.
    taken: BTreeSet<Uuid>,
    names: BTreeSet<(bool, String)>,
    changes: Vec<Change>,
    new: usize,
    reworded: usize,
    left: usize,
}

impl<'a> Brought<'a> {
    fn new(frame: &'a Codeframe) -> Self {
        let in_use = frame.entries.iter().filter(|entry| entry.fate == Fate::InUse);
        let names = in_use.map(|entry| (entry.level == Level::Net, entry.wording.name.to_lowercase())).collect();
        Self { frame, taken: BTreeSet::new(), names, changes: Vec::new(), new: 0, reworded: 0, left: 0 }
    }

    /// The codes of one level of the book. What lies deeper than a net's themes comes up to them.
    fn codes(&mut self, codes: &[Code], net: Option<Uuid>) {
        for code in codes {
            let level = if code.codable || net.is_some() { Level::Theme } else { Level::Net };
            let id = self.code(code, level, net);
            self.codes(&code.within, if level == Level::Net { id } else { net });
        }
    }

    /// One code; its id comes back when it stands in the frame afterwards.
    fn code(&mut self, code: &Code, level: Level, net: Option<Uuid>) -> Option<Uuid> {
        if let Some(entry) = self.frame.entry(code.id) {
            if entry.fate == Fate::InUse && entry.wording != code.wording && entry.level == level {
                self.changes.push(Change::Reword { id: code.id, wording: code.wording.clone() });
                self.reworded += 1;
            } else {
                self.left += 1;
            }
            return (entry.fate == Fate::InUse).then_some(code.id);
        }
        let name = (level == Level::Net, code.wording.name.to_lowercase());
        if self.names.contains(&name) {
            self.left += 1;
            let same = |entry: &&crate::domain::codeframe::Entry| {
                entry.level == level && entry.fate == Fate::InUse && entry.wording.name.to_lowercase() == name.1
            };
            return self.frame.entries.iter().find(same).map(|entry| entry.id);
        }
        // The same theme in another frame of this consultation keeps its id there and gets one of its own here.
        let id = if self.taken.contains(&code.id) { Uuid::now_v7() } else { code.id };
        self.names.insert(name);
        self.changes.push(Change::Create { id, level, net, wording: code.wording.clone(), standing: None });
        self.new += 1;
        Some(id)
    }
}
