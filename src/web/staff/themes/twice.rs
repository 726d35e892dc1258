//! Double coding: drawing the sample, coding it blind, and settling what two coders saw differently.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::web::{Data, Form, Path, Query};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::answer::{Reading, Shown, picker, shown as answer_page};
use super::overview::Answers;
use super::storing::Sent;
use super::words::{self, STANCES};
use super::{Here, safeguarding};
use crate::analysis::coding;
use crate::analysis::dataset_as_of;
use crate::analysis::double_coding::{Stage, Twice, stratified, wanted};
use crate::app::App;
use crate::domain::access::{CODES, SEES_THEMES};
use crate::domain::codeframe::Codeframe;
use crate::domain::coding::{Act, Flag, Mark, Stance};
use crate::error::{Error, Result};
use crate::mail;
use crate::store::themes::codings::{self, At, Log, Step};
use crate::store::themes::{frames, queues};
use crate::store::{begin_write, chance, responses};
use crate::web::staff::page::{Page, Seat, Sheet, Wrong, page, see_other};

/// The sample of a question, with how far each answer is.
struct Sample {
    frame: Codeframe,
    answers: Vec<(Uuid, Log, Twice)>,
}

impl Sample {
    async fn read(app: &App, here: &Here, question: &str) -> Result<Self> {
        let db = &app.db().read;
        let frame = frames::read(db, &here.code).await?.of_question(question)?;
        let mut logs = codings::logs(db, &here.code, question).await?;
        let answers = queues::sample(db, &here.code, question).await?.into_iter().map(|response| {
            let log = logs.remove(&response).unwrap_or_default();
            let twice = Twice::of(&log.events, &frame);
            (response, log, twice)
        });
        let answers = answers.collect();
        Ok(Self { frame, answers })
    }

    fn count(&self, stage: Stage) -> usize {
        self.answers.iter().filter(|(.., twice)| twice.stage == stage).count()
    }
}

/// The answers of a question that are not shown openly: they are to be coded twice and are not settled yet.
pub(super) async fn hidden(app: &App, here: &Here, question: &str) -> Result<BTreeSet<Uuid>> {
    let sample = Sample::read(app, here, question).await?;
    let open = |twice: &Twice| twice.stage == Stage::Settled;
    Ok(sample.answers.into_iter().filter(|(.., twice)| !open(twice)).map(|(response, ..)| response).collect())
}

/// Where somebody must go instead who opens an answer that is coded twice; nothing where it is open to them.
pub(super) async fn elsewhere(app: &App, here: &Here, reading: &Reading) -> Result<Option<String>> {
    let response = reading.revision.response_id;
    if !queues::is_sampled(&app.db().read, &here.code, &reading.key, response).await? {
        return Ok(None);
    }
    let twice = Twice::of(&reading.log.events, &reading.frame);
    let home = format!("/staff/{}/coding/{}", here.code, reading.key);
    let me = here.seat.staff_id();
    Ok(match twice.stage {
        Stage::Settled => None,
        Stage::Waits if twice.wants(me) => Some(format!("{home}/{response}/blind")),
        Stage::Waits if !twice.is_blind => None,
        _ => Some(format!("{home}/twice")),
    })
}

/// What was just done.
#[derive(Debug, Default, Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

pub(super) async fn show(app: Data<App>, seat: Seat, path: Path<(String, String)>, done: Query<Done>) -> Page {
    let (code, question) = path.into_inner();
    let here = Here::new(&app, seat, code, SEES_THEMES)?;
    let done = match done.done.as_str() {
        "blind" => Some("Nothing of the sample waits for you. Thank you."),
        "settled" => Some("It is settled. What each said first is kept for the measure."),
        _ => None,
    };
    shown(&app, &here, &question, &[], done).await
}

async fn shown(app: &App, here: &Here, question: &str, errors: &[Wrong], done: Option<&str>) -> Page {
    let (version, field) = here.question(question)?;
    let name = words::question(version, field);
    let sample = Sample::read(app, here, question).await?;
    let me = here.seat.staff_id();
    let mut differ = Vec::new();
    for (response, _, twice) in sample.answers.iter().filter(|(.., twice)| twice.stage == Stage::Differs) {
        let last = responses::last(&app.db().read, &here.code, *response).await.map_err(Error::from)?;
        let reference = last.map_or_else(|| response.to_string(), |(_, known)| known.reference);
        differ.push(json!({ "response": response, "reference": reference, "mine": twice.readers.contains(&me) }));
    }
    let mine = sample.answers.iter().filter(|(.., twice)| twice.wants(me)).count();
    let context = json!({
        "code": here.code, "question": question, "name": name, "size": sample.answers.len(), "mine": mine, "differ": differ,
        "waits": sample.count(Stage::Waits), "agrees": sample.count(Stage::Agrees), "settled": sample.count(Stage::Settled),
        "codes": here.may(CODES),
    });
    let back = format!("/staff/{}/coding/{question}", here.code);
    let sheet = Sheet {
        title: "Coded twice and blind",
        template: "staff/coding-twice.jinja",
        back: Some(&back),
        consultation: Some(&here.published),
        errors,
        done,
    };
    page(&here.seat, sheet, context)
}

pub(super) async fn draw(app: Data<App>, seat: Seat, path: Path<(String, String)>) -> Page {
    let (code, question) = path.into_inner();
    let here = Here::new(&app, seat, code, SEES_THEMES)?;
    here.question(&question)?;
    let dataset = dataset_as_of(app.db(), &here.published, here.now).await?;
    let answers = Answers::read(&app, &here, &dataset, &question).await?;
    let known: BTreeSet<Uuid> = queues::sample(&app.db().read, &here.code, &question).await?.into_iter().collect();
    // Of answers with the same words one is enough: the rest would only make agreement look better.
    let groups = coding::repeats(&answers.own);
    let missing = wanted(groups.len()).saturating_sub(known.len());
    let new: Vec<(Uuid, String)> = groups
        .iter()
        .filter(|(own, _)| !known.contains(&own.response_id))
        .map(|(own, _)| {
            let row = &dataset.rows[own.row];
            let area = dataset.area_group(own.row).unwrap_or_default();
            (own.response_id, format!("{}/{}/{area}", row.edition.code(), row.channel.code()))
        })
        .collect();
    if missing == 0 || new.is_empty() {
        let errors = [Wrong::new("maincontent", "There is no further answer that should be coded twice.")];
        return shown(&app, &here, &question, &errors, None).await;
    }
    let drawn = stratified(&new, missing, u64::from_le_bytes(chance::bytes()?));
    queues::add_to_sample(app.db(), &here.code, &question, &drawn, here.by(), here.now).await?;
    Ok(see_other(&format!("/staff/{}/coding/{question}/twice", here.code)))
}

pub(super) async fn next(app: Data<App>, seat: Seat, path: Path<(String, String)>) -> Page {
    let (code, question) = path.into_inner();
    let here = Here::new(&app, seat, code, CODES)?;
    here.question(&question)?;
    let (sample, me) = (Sample::read(&app, &here, &question).await?, here.seat.staff_id());
    let home = format!("/staff/{}/coding/{question}", here.code);
    for (response, ..) in sample.answers.iter().filter(|(.., twice)| twice.wants(me)) {
        // One that was taken back since is passed over.
        if Reading::open(&app, &here, &question, *response).await.is_ok() {
            return Ok(see_other(&format!("{home}/{response}/blind")));
        }
    }
    Ok(see_other(&format!("{home}/twice?done=blind")))
}

/// An answer of the sample that waits for this very person.
async fn mine(app: &App, here: &Here, question: &str, response: Uuid) -> Result<Option<Reading>> {
    let reading = Reading::open(app, here, question, response).await?;
    let sampled = queues::is_sampled(&app.db().read, &here.code, question, response).await?;
    let wants = Twice::of(&reading.log.events, &reading.frame).wants(here.seat.staff_id());
    Ok((sampled && wants).then_some(reading))
}

pub(super) async fn blind(app: Data<App>, seat: Seat, path: Path<(String, String, Uuid)>) -> Page {
    let (code, question, response) = path.into_inner();
    let here = Here::new(&app, seat, code, CODES)?;
    let Some(reading) = mine(&app, &here, &question, response).await? else {
        return Ok(see_other(&format!("/staff/{}/coding/{question}/twice", here.code)));
    };
    reading.note(&app, &here).await?;
    answer_page(&app, &here, &reading, Shown { blind: true, ..Shown::default() }).await
}

pub(super) async fn store_blind(
    app: Data<App>,
    seat: Seat,
    path: Path<(String, String, Uuid)>,
    form: Form<Vec<(String, String)>>,
) -> Page {
    let (code, question, response) = path.into_inner();
    let here = Here::new(&app, seat, code, CODES)?;
    let typed = Sent::new(form.into_inner());
    let Some(reading) = mine(&app, &here, &question, response).await? else {
        return Ok(see_other(&format!("/staff/{}/coding/{question}/twice", here.code)));
    };
    let mut errors = typed.wrong(&reading.coding);
    let gone = typed.ticked.keys().any(|id| !reading.frame.themes().any(|theme| theme.id == *id));
    if gone {
        errors.push(Wrong::new("maincontent", "A theme you chose is no longer in use. Look at the themes and choose again."));
    }
    if !errors.is_empty() {
        reading.note(&app, &here).await?;
        let again = Shown { errors: &errors, blind: true, ticked: Some(typed.ticked), typed: typed.fields, ..Shown::default() };
        return answer_page(&app, &here, &reading, again).await;
    }
    let mut acts: Vec<Act> =
        typed.ticked.keys().map(|theme| Act::ApplyBlind { mark: Mark { theme: *theme, span: None } }).collect();
    acts.push(Act::EndBlind);
    acts.extend(typed.others(&reading.coding));
    let fears = acts.iter().any(|act| matches!(act, Act::Flag { flag: Flag::Safeguarding, .. }));
    let at = At {
        response_id: response,
        revision_id: reading.revision.revision_id,
        length: reading.length(),
        seen: reading.coding.version,
        acts,
    };
    let step = Step {
        question: &question,
        frame: &reading.frame,
        together: Uuid::now_v7(),
        action: "coding.stored_blind",
        answers: vec![at],
    };
    let tx = begin_write(&app.db().write).await.map_err(Error::from)?;
    if codings::carry_out(&tx, &here.code, step, here.by(), here.now).await?.is_ok() {
        if fears {
            safeguarding::tell(&tx, &app, &here, &reading).await?;
        }
        tx.commit().await.map_err(Error::from)?;
        mail::wake();
    }
    Ok(see_other(&format!("/staff/{}/coding/{question}/next-blind", here.code)))
}

/// An answer that two saw differently, for somebody who is neither of them.
async fn differing(app: &App, here: &Here, question: &str, response: Uuid) -> Result<(Reading, Twice)> {
    let reading = Reading::open(app, here, question, response).await?;
    let twice = Twice::of(&reading.log.events, &reading.frame);
    if twice.readers.contains(&here.seat.staff_id()) {
        return Err(Error::Forbidden);
    }
    Ok((reading, twice))
}

pub(super) async fn settling(app: Data<App>, seat: Seat, path: Path<(String, String, Uuid)>) -> Page {
    let (code, question, response) = path.into_inner();
    let here = Here::new(&app, seat, code, CODES)?;
    let (reading, twice) = differing(&app, &here, &question, response).await?;
    if !matches!(twice.stage, Stage::Differs | Stage::Agrees) {
        return Ok(see_other(&format!("/staff/{}/coding/{question}/twice", here.code)));
    }
    reading.note(&app, &here).await?;
    let ticked = twice.common();
    settle_page(&here, &reading, &twice, &ticked, &[])
}

fn settle_page(here: &Here, reading: &Reading, twice: &Twice, ticked: &BTreeMap<Uuid, Option<Stance>>, errors: &[Wrong]) -> Page {
    let names = |reading_of: &BTreeMap<Uuid, Option<Stance>>| -> Vec<String> {
        reading_of.keys().map(|theme| words::name(&reading.frame, *theme)).collect()
    };
    let context = json!({
        "code": here.code, "question": reading.key, "response": reading.revision.response_id, "name": reading.name,
        "reference": reading.revision.reference, "text": reading.text, "seen": reading.coding.version, "frame": reading.frame.version,
        "readings": twice.readings.iter().map(names).collect::<Vec<_>>(), "groups": picker(&reading.frame, ticked),
        "stances": STANCES.map(|(_, code, text)| json!({ "value": code, "text": text })),
    });
    let back = format!("/staff/{}/coding/{}/twice", here.code, reading.key);
    let sheet = Sheet {
        title: "Settle an answer",
        template: "staff/coding-settle.jinja",
        back: Some(&back),
        consultation: Some(&here.published),
        errors,
        ..Sheet::default()
    };
    page(&here.seat, sheet, context)
}

pub(super) async fn settle(
    app: Data<App>,
    seat: Seat,
    path: Path<(String, String, Uuid)>,
    form: Form<Vec<(String, String)>>,
) -> Page {
    let (code, question, response) = path.into_inner();
    let here = Here::new(&app, seat, code, CODES)?;
    let typed = Sent::new(form.into_inner());
    let (reading, twice) = differing(&app, &here, &question, response).await?;
    let marks = typed.ticked.iter().map(|(theme, stance)| (Mark { theme: *theme, span: None }, *stance)).collect();
    let at = At {
        response_id: response,
        revision_id: reading.revision.revision_id,
        length: reading.length(),
        seen: typed.text("seen").parse().unwrap_or_default(),
        acts: vec![Act::Settle { marks }],
    };
    let home = format!("/staff/{}/coding/{question}/twice", here.code);
    if twice.stage == Stage::Settled {
        return Ok(see_other(&home));
    }
    let step = Step {
        question: &question,
        frame: &reading.frame,
        together: Uuid::now_v7(),
        action: "coding.settled",
        answers: vec![at],
    };
    let tx = begin_write(&app.db().write).await.map_err(Error::from)?;
    if let Err(refused) = codings::carry_out(&tx, &here.code, step, here.by(), here.now).await? {
        drop(tx);
        reading.note(&app, &here).await?;
        let errors = [Wrong::new("maincontent", words::sentence(&refused.why.to_string()))];
        return settle_page(&here, &reading, &twice, &typed.ticked, &errors);
    }
    tx.commit().await.map_err(Error::from)?;
    Ok(see_other(&format!("{home}?done=settled")))
}

/// Settle at once all answers of which both said the same.
pub(super) async fn settle_agreed(app: Data<App>, seat: Seat, path: Path<(String, String)>) -> Page {
    let (code, question) = path.into_inner();
    let here = Here::new(&app, seat, code, CODES)?;
    here.question(&question)?;
    let sample = Sample::read(&app, &here, &question).await?;
    let in_use = |theme: &Uuid| sample.frame.themes().any(|entry| entry.id == *theme);
    let agreed = sample.answers.iter().filter(|(.., twice)| twice.stage == Stage::Agrees);
    let answers: Vec<At> = agreed
        // Where a theme has ended since, somebody looks at the answer.
        .filter(|(.., twice)| twice.common().keys().all(in_use))
        .map(|(response, log, twice)| {
            let marks = twice.common().into_iter().map(|(theme, stance)| (Mark { theme, span: None }, stance)).collect();
            let seen = log.events.last().map_or(0, |event| event.version);
            let revision_id = log.revision_id.unwrap_or_default();
            // No part is marked, so that the length does not matter.
            At { response_id: *response, revision_id, length: 0, seen, acts: vec![Act::Settle { marks }] }
        })
        .collect();
    let home = format!("/staff/{}/coding/{question}/twice", here.code);
    if answers.is_empty() {
        return Ok(see_other(&home));
    }
    let tx = begin_write(&app.db().write).await.map_err(Error::from)?;
    let step = Step { question: &question, frame: &sample.frame, together: Uuid::now_v7(), action: "coding.settled", answers };
    if codings::carry_out(&tx, &here.code, step, here.by(), here.now).await?.is_err() {
        let errors = [Wrong::new("maincontent", "Somebody settled one of them meanwhile. What stands now is below.")];
        drop(tx);
        return shown(&app, &here, &question, &errors, None).await;
    }
    tx.commit().await.map_err(Error::from)?;
    Ok(see_other(&format!("{home}?done=settled")))
}

/// The codings of the sample, for the measure.
pub(super) async fn measured(app: &App, here: &Here, question: &str) -> Result<(Codeframe, Vec<crate::domain::coding::Coding>)> {
    let sample = Sample::read(app, here, question).await?;
    Ok((sample.frame, sample.answers.iter().map(|(_, log, _)| log.coding()).collect()))
}

/// How many answers of the sample are in each stage, in words, for other pages.
pub(super) async fn told(app: &App, here: &Here, question: &str) -> Result<Json> {
    let sample = Sample::read(app, here, question).await?;
    Ok(json!({ "size": sample.answers.len(), "differ": sample.count(Stage::Differs) }))
}
