//! The logs of codings: what was done at each answer, by whom, on which revision's words.

use std::collections::BTreeMap;

use chrono::{DateTime, SubsecRound as _, Utc};
use sea_orm::{ConnectionTrait, QueryResult};
use uuid::Uuid;

use super::{By, column, from_json, json, suggestions, version};
use crate::domain::codeframe::Codeframe;
use crate::domain::coding::{Act, CannotCode, Coder, Coding, Event, Flag, act};
use crate::error::Result;
use crate::store::audit::{self, Entry};
use crate::store::sql::{rows, run};

/// An answer, and what is to be done at it.
#[derive(Debug, Clone)]
pub struct At {
    /// The response.
    pub response_id: Uuid,
    /// The revision whose words are coded.
    pub revision_id: Uuid,
    /// How many code points they are.
    pub length: usize,
    /// The version of the coding that was in front of the coder.
    pub seen: u32,
    /// What to do, in order.
    pub acts: Vec<Act>,
}

/// What is done in one step: all of it, or none.
#[derive(Debug)]
pub struct Step<'a> {
    /// The question.
    pub question: &'a str,
    /// What its answers are coded to.
    pub frame: &'a Codeframe,
    /// The name of the step: it is undone as one.
    pub together: Uuid,
    /// What the audit log calls it.
    pub action: &'static str,
    /// The answers.
    pub answers: Vec<At>,
}

/// Which answer stood in the way of a step, and why.
#[derive(Debug)]
pub struct Refused {
    /// The response.
    pub response_id: Uuid,
    /// Why.
    pub why: CannotCode,
}

/// One answer's log, with the revision each event was made on.
#[derive(Debug, Clone, Default)]
pub struct Log {
    /// The events.
    pub events: Vec<Event>,
    /// The revision whose words the last of them was made on.
    pub revision_id: Option<Uuid>,
}

impl Log {
    /// The coding it makes.
    #[must_use]
    pub fn coding(&self) -> Coding {
        Coding::of(&self.events)
    }
}

const COLUMNS: &str = "response_id, version, revision_id, frame, act, together, made_by, made_at";

/// The log of one answer.
///
/// # Errors
/// When the database cannot be read.
pub async fn log(db: &impl ConnectionTrait, consultation: &str, question: &str, response_id: Uuid) -> Result<Log> {
    let sql = format!(
        "SELECT {COLUMNS} FROM coding_events WHERE consultation = $1 AND question = $2 AND response_id = $3 ORDER BY version"
    );
    let rows = rows(db, &sql, vec![consultation.into(), question.into(), response_id.into()]).await?;
    // What was suggested stands before everything that persons did: it has no version and changes none.
    let events = suggestions::of_answer(db, consultation, question, response_id).await?;
    let mut log = Log { events, revision_id: None };
    rows.iter().try_for_each(|row| add(&mut log, row))?;
    Ok(log)
}

/// The logs of all answers to a question that anybody did anything at, by response.
///
/// # Errors
/// When the database cannot be read.
pub async fn logs(db: &impl ConnectionTrait, consultation: &str, question: &str) -> Result<BTreeMap<Uuid, Log>> {
    let sql =
        format!("SELECT {COLUMNS} FROM coding_events WHERE consultation = $1 AND question = $2 ORDER BY response_id, version");
    let suggested = suggestions::of_question(db, consultation, question).await?;
    let with = |(response, events): (Uuid, Vec<Event>)| (response, Log { events, revision_id: None });
    let mut logs: BTreeMap<Uuid, Log> = suggested.into_iter().map(with).collect();
    for row in rows(db, &sql, vec![consultation.into(), question.into()]).await? {
        let response: Uuid = row.try_get("", "response_id")?;
        add(logs.entry(response).or_default(), &row)?;
    }
    Ok(logs)
}

fn add(log: &mut Log, row: &QueryResult) -> Result<()> {
    let act: String = row.try_get("", "act")?;
    log.revision_id = Some(row.try_get("", "revision_id")?);
    log.events.push(Event {
        version: version(row.try_get("", "version")?),
        by: Coder::Person { id: row.try_get("", "made_by")? },
        at: row.try_get("", "made_at")?,
        frame: version(row.try_get("", "frame")?),
        act: from_json(&act)?,
        together: Some(row.try_get("", "together")?),
    });
    Ok(())
}

/// Do a step, with its audit entries, in a transaction that the caller commits; after a refusal it must not be.
///
/// # Errors
/// When the database cannot be written; the inner error says which answer stood in the way.
pub async fn carry_out(
    tx: &impl ConnectionTrait,
    consultation: &str,
    step: Step<'_>,
    by: By<'_>,
    now: DateTime<Utc>,
) -> Result<Result<(), Refused>> {
    audit::append(tx, entries(consultation, &step, by, now), now).await?;
    let at = now.trunc_subsecs(6);
    for answer in step.answers {
        let before = log(tx, consultation, step.question, answer.response_id).await?;
        let mut events = before.events;
        for todo in answer.acts {
            let coder = Coder::Person { id: by.staff_id };
            let event = Event { version: 0, by: coder, at, frame: 0, act: todo, together: Some(step.together) };
            match act(&events, step.frame, answer.length, answer.seen, event) {
                Ok((event, _)) => {
                    insert(tx, consultation, step.question, (answer.response_id, answer.revision_id), &event, by).await?;
                    if let Act::Accept { suggestion, .. } | Act::Reject { suggestion } = &event.act {
                        suggestions::answered(tx, consultation, *suggestion).await?;
                    }
                    events.push(event);
                }
                Err(why) => return Ok(Err(Refused { response_id: answer.response_id, why })),
            }
        }
    }
    Ok(Ok(()))
}

async fn insert(
    tx: &impl ConnectionTrait,
    consultation: &str,
    question: &str,
    (response_id, revision_id): (Uuid, Uuid),
    event: &Event,
    by: By<'_>,
) -> Result<()> {
    let sql = "INSERT INTO coding_events (consultation, question, response_id, version, revision_id, frame, act, together, \
               made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let values = vec![
        consultation.into(),
        question.into(),
        response_id.into(),
        column(event.version).into(),
        revision_id.into(),
        column(event.frame).into(),
        json(&event.act)?.into(),
        event.together.unwrap_or_default().into(),
        by.staff_id.into(),
        event.at.into(),
    ];
    run(tx, sql, values).await?;
    Ok(())
}

/// One entry for the step, and one for each flag that is set or taken back. Neither says what anybody wrote.
fn entries(consultation: &str, step: &Step<'_>, by: By<'_>, at: DateTime<Utc>) -> Vec<Entry> {
    let entry = |action, subject, detail| {
        let (actor, consultation) = (by.actor.to_owned(), Some(consultation.to_owned()));
        Entry { at, actor, action, consultation, subject, detail }
    };
    let subject = |response_id: Uuid| format!("{}/{response_id}", step.question);
    let acts: usize = step.answers.iter().map(|answer| answer.acts.len()).sum();
    let first = step.answers.first().map_or_else(|| step.question.to_owned(), |answer| subject(answer.response_id));
    let whole = format!("step {}, {} answers, {acts} acts", step.together, step.answers.len());
    let mut entries = vec![entry(step.action, first, whole)];
    for answer in &step.answers {
        for act in &answer.acts {
            let (action, flag) = match act {
                Act::Flag { flag, .. } => ("flag.set", flag),
                Act::Unflag { flag, .. } => ("flag.taken_back", flag),
                _ => continue,
            };
            let flag = match flag {
                Flag::Material => "material",
                Flag::Safeguarding => "safeguarding",
            };
            entries.push(entry(action, subject(answer.response_id), flag.to_owned()));
        }
    }
    entries
}

/// The answers of a step: question and response of each.
///
/// # Errors
/// When the database cannot be read.
pub async fn of_step(db: &impl ConnectionTrait, consultation: &str, together: Uuid) -> Result<Vec<(String, Uuid)>> {
    let sql = "SELECT DISTINCT question, response_id FROM coding_events WHERE consultation = $1 AND together = $2 \
               ORDER BY question, response_id";
    let rows = rows(db, sql, vec![consultation.into(), together.into()]).await?;
    let one = |row: &QueryResult| Ok::<_, sea_orm::DbErr>((row.try_get("", "question")?, row.try_get("", "response_id")?));
    Ok(rows.iter().map(one).collect::<Result<_, _>>()?)
}
