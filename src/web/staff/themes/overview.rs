//! How far the coding is: all questions with what was read and coded, and one question with its queues.

use std::collections::BTreeMap;

use actix_web::web::{Data, Path, Query};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::answer::From;
use super::{Here, recheck, twice, words};
use crate::analysis::coding::{self, Own, Shares, is_coded};
use crate::analysis::dataset::Dataset;
use crate::analysis::dataset_as_of;
use crate::analysis::suggest::classifier::LEAST;
use crate::app::App;
use crate::domain::access::{CODES, Role, SEES_THEMES};
use crate::domain::coding::Coding;
use crate::error::Result;
use crate::store::themes::{codings, frames, reads};
use crate::web::staff::page::{Page, Seat, Sheet, Wrong, page};

/// The answers to a question with their codings.
pub(super) struct Answers {
    pub(super) own: Vec<Own>,
    pub(super) codings: BTreeMap<Uuid, Coding>,
}

impl Answers {
    pub(super) async fn read(app: &App, here: &Here, dataset: &Dataset, question: &str) -> Result<Self> {
        let logs = codings::logs(&app.db().read, &here.code, question).await?;
        let codings = logs.into_iter().map(|(response, log)| (response, log.coding())).collect();
        Ok(Self { own: coding::answers(dataset, question), codings })
    }

    async fn shares(&self, app: &App, here: &Here, question: &str) -> Result<Shares> {
        let reads = reads::all(&app.db().read, &here.code, question).await?;
        let reads: Vec<(Uuid, Uuid)> = reads.iter().map(|read| (read.revision_id, read.staff_id)).collect();
        Ok(coding::shares(&self.own, &reads, &self.codings))
    }

    /// How many a person has coded.
    pub(super) fn coded(&self) -> usize {
        self.own.iter().filter(|own| self.codings.get(&own.response_id).is_some_and(is_coded)).count()
    }
}

pub(super) async fn all(app: Data<App>, seat: Seat, code: Path<String>) -> Page {
    let here = Here::new(&app, seat, code.into_inner(), SEES_THEMES)?;
    let dataset = dataset_as_of(app.db(), &here.published, here.now).await?;
    let (mut rows, mut whole) = (Vec::new(), Shares::default());
    for (version, field) in here.questions() {
        let answers = Answers::read(&app, &here, &dataset, &field.key).await?;
        let shares = answers.shares(&app, &here, &field.key).await?;
        whole.answers += shares.answers;
        whole.one += shares.one;
        whole.two += shares.two;
        whole.coded += shares.coded;
        rows.push(json!({ "key": field.key, "name": words::question(version, field), "shares": told(shares) }));
    }
    let logs = frames::read(&app.db().read, &here.code).await?;
    let begun = here.scopes().iter().any(|(scope, _)| logs.has(scope));
    let context = json!({ "code": here.code, "questions": rows, "whole": told(whole), "begun": begun, "codes": here.may(CODES) });
    let sheet = Sheet {
        title: "Coding",
        template: "staff/coding.jinja",
        back: Some("/staff"),
        consultation: Some(&here.published),
        ..Sheet::default()
    };
    page(&here.seat, sheet, context)
}

/// Counts with their share of the answers.
fn told(shares: Shares) -> Json {
    let share = |part: usize| match (part * 1000).checked_div(shares.answers) {
        Some(tenths) => format!("{part} ({}.{}%)", tenths / 10, tenths % 10),
        None => "0".to_owned(),
    };
    json!({ "answers": shares.answers, "one": share(shares.one), "two": share(shares.two), "coded": share(shares.coded) })
}

pub(super) async fn question(app: Data<App>, seat: Seat, path: Path<(String, String)>, from: Query<From>) -> Page {
    let (code, key) = path.into_inner();
    let here = Here::new(&app, seat, code, SEES_THEMES)?;
    shown(&app, &here, &key, from.into_inner(), &[]).await
}

/// The page of one question.
pub(super) async fn shown(app: &App, here: &Here, key: &str, from: From, errors: &[Wrong]) -> Page {
    let (version, field) = here.question(key)?;
    let name = words::question(version, field);
    let dataset = dataset_as_of(app.db(), &here.published, here.now).await?;
    let answers = Answers::read(app, here, &dataset, key).await?;
    let frame = frames::read(&app.db().read, &here.code).await?.of_question(key)?;
    let repeated: usize = coding::repeats(&answers.own).iter().map(|(_, others)| others.len()).sum();
    let context = json!({
        "code": here.code, "question": key, "name": name, "shares": told(answers.shares(app, here, key).await?),
        "themes": frame.themes().count(), "repeated": repeated, "coded": answers.coded(), "least": LEAST,
        "waiting": answers.own.len() - answers.coded(), "can_check": answers.coded() >= LEAST, "codes": here.may(CODES), "analyst": here.may(&[Role::Analyst]), "step": from.done, "queue": from.queue,
        "twice": twice::told(app, here, key).await?, "again": recheck::Again::read(app, here, &dataset, key).await?.all().len(),
    });
    let back = format!("/staff/{}/coding", here.code);
    let sheet = Sheet {
        title: &name,
        template: "staff/coding-question.jinja",
        back: Some(&back),
        consultation: Some(&here.published),
        errors,
        done: from.done.is_some().then_some("The queue is done. Draw another when you like."),
    };
    page(&here.seat, sheet, context)
}
