//! Themed results: counts and bases by theme and net, behind the same small-number rules as every other table.

use actix_web::web::{self, Data, Path, Query};
use serde::Deserialize;
use serde_json::json;

use super::overview::Answers;
use super::{Here, words};
use crate::analysis::{dataset_as_of, themed};
use crate::app::App;
use crate::domain::access::Role;
use crate::domain::disclosure::protect;
use crate::error::Error;
use crate::export;
use crate::store::themes::frames;
use crate::web::analysis::{Sheet as Shown, breakdown_words};
use crate::web::noting::note;
use crate::web::staff::page::{Page, Seat, Sheet, page};

/// By what the tables are broken down.
#[derive(Debug, Default, Deserialize)]
pub struct Choice {
    by: Option<String>,
}

pub(super) async fn show(app: Data<App>, seat: Seat, path: Path<(String, String)>, choice: Query<Choice>) -> Page {
    let (code, question) = path.into_inner();
    let here = Here::new(&app, seat, code, &[Role::Analyst])?;
    let (version, field) = here.question(&question)?;
    let name = words::question(version, field);
    let dataset = dataset_as_of(app.db(), &here.published, here.now).await?;
    let answers = Answers::read(&app, &here, &dataset, &question).await?;
    let frame = frames::read(&app.db().read, &here.code).await?.of_question(&question)?;
    let definition = export::definition::find("closed-tables").map_err(anyhow::Error::from).map_err(Error::from)?;
    let preset = export::preset(&definition, &dataset).map_err(anyhow::Error::from).map_err(Error::from)?;
    let (own, coded, label) = (answers.own.len(), answers.coded(), name.clone());
    let made = web::block(move || {
        let decided = (&frame, &answers.codings);
        let run = themed::run(&dataset, (&question, &label), &answers.own, decided, &definition.breakdowns);
        (protect(&run, preset), question)
    });
    let (protected, question) = made.await.map_err(|error| Error::Internal(error.into()))?;
    let by = choice.by.as_deref().unwrap_or("all");
    let subject = format!("{question}@themes");
    note(&app, here.seat.actor(), "tables.viewed", Some(&here.code), subject, by.chars().take(40).collect::<String>()).await?;
    let breakdowns: Vec<(&str, &str)> =
        protected.tables.iter().map(|table| (table.breakdown.code.as_str(), breakdown_words(&table.breakdown.code))).collect();
    let tables: Vec<Shown> = protected.tables.iter().filter(|table| table.breakdown.code == by).map(Shown::new).collect();
    let context = json!({
        "code": here.code, "question": question, "name": name, "by": by, "breakdowns": breakdowns, "tables": tables, "answers": own,
        "coded": coded, "preset": preset.words(), "audit": protected.audit, "caveat": export::CAVEAT,
    });
    let back = format!("/staff/{}/coding/{question}", here.code);
    let sheet = Sheet {
        title: "Themed results",
        template: "staff/coding-results.jinja",
        back: Some(&back),
        consultation: Some(&here.published),
        ..Sheet::default()
    };
    page(&here.seat, sheet, context)
}
