//! Suggestions: apart from the logs of codings, each with the method and version that made it, until a person answers it.

use std::collections::BTreeMap;

use chrono::{DateTime, SubsecRound as _, Utc};
use sea_orm::{ConnectionTrait, QueryResult, Value};
use uuid::Uuid;

use super::{By, from_json, json};
use crate::domain::coding::{Act, Coder, Event, Mark};
use crate::error::Result;
use crate::store::audit::{self, Entry};
use crate::store::sql::{numbered, row, rows, run};
use crate::store::{Db, begin_write};

/// A run of a method over a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its id.
    pub run_id: Uuid,
    /// The method.
    pub method: String,
    /// Its version.
    pub version: String,
    /// From how many coded answers it learnt.
    pub coded: i32,
    /// What is known of how right it is.
    pub report: String,
    /// When.
    pub made_at: DateTime<Utc>,
}

/// A new suggestion.
#[derive(Debug, Clone)]
pub struct New {
    /// The response.
    pub response_id: Uuid,
    /// The theme.
    pub theme: Uuid,
    /// How sure, in thousandths.
    pub confidence: u16,
    /// The words that led to it.
    pub because: Vec<String>,
}

/// How many suggestions go into one statement.
const TOGETHER: usize = 50;

/// Put the suggestions of a run in the place of those nobody has answered.
///
/// # Errors
/// When the database cannot be written.
pub async fn replace(db: &Db, consultation: &str, question: &str, made: &Run, new: &[New], by: By<'_>) -> Result<()> {
    let now = made.made_at.trunc_subsecs(6);
    let tx = begin_write(&db.write).await?;
    let entry = Entry {
        at: now,
        actor: by.actor.to_owned(),
        action: "suggestions.made",
        consultation: Some(consultation.to_owned()),
        subject: format!("{question}/{}", made.run_id),
        detail: format!("{} {}, from {} answers, {} suggestions", made.method, made.version, made.coded, new.len()),
    };
    audit::append(&tx, vec![entry], now).await?;
    let sql = "DELETE FROM coding_suggestions WHERE consultation = $1 AND question = $2 AND answered = $3";
    run(&tx, sql, vec![consultation.into(), question.into(), false.into()]).await?;
    let sql = "INSERT INTO coding_runs (consultation, run_id, question, method, version, coded, report, made_by, made_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let values = vec![
        consultation.into(),
        made.run_id.into(),
        question.into(),
        made.method.clone().into(),
        made.version.clone().into(),
        made.coded.into(),
        made.report.clone().into(),
        by.staff_id.into(),
        now.into(),
    ];
    run(&tx, sql, values).await?;
    for some in new.chunks(TOGETHER) {
        insert(&tx, consultation, question, made, some, now).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn insert(
    tx: &impl ConnectionTrait,
    consultation: &str,
    question: &str,
    made: &Run,
    some: &[New],
    now: DateTime<Utc>,
) -> Result<()> {
    const COLUMNS: usize = 12;
    let mut values: Vec<Value> = Vec::with_capacity(some.len() * COLUMNS);
    for one in some {
        let own: [Value; COLUMNS] = [
            consultation.into(),
            Uuid::now_v7().into(),
            question.into(),
            one.response_id.into(),
            made.run_id.into(),
            made.method.clone().into(),
            made.version.clone().into(),
            one.theme.into(),
            i32::from(one.confidence).into(),
            json(&one.because)?.into(),
            false.into(),
            now.into(),
        ];
        values.extend(own);
    }
    let places: Vec<String> = (0..some.len()).map(|row| format!("({})", numbered(row * COLUMNS + 1, COLUMNS))).collect();
    let sql = format!(
        "INSERT INTO coding_suggestions (consultation, suggestion_id, question, response_id, run_id, method, version, theme, \
         confidence, because, answered, made_at) VALUES {}",
        places.join(", ")
    );
    run(tx, &sql, values).await?;
    Ok(())
}

/// The last run over a question, if there was one.
///
/// # Errors
/// When the database cannot be read.
pub async fn last_run(db: &impl ConnectionTrait, consultation: &str, question: &str) -> Result<Option<Run>> {
    let sql = "SELECT run_id, method, version, coded, report, made_at FROM coding_runs \
               WHERE consultation = $1 AND question = $2 ORDER BY made_at DESC, run_id DESC LIMIT 1";
    let Some(row) = row(db, sql, vec![consultation.into(), question.into()]).await? else { return Ok(None) };
    Ok(Some(Run {
        run_id: row.try_get("", "run_id")?,
        method: row.try_get("", "method")?,
        version: row.try_get("", "version")?,
        coded: row.try_get("", "coded")?,
        report: row.try_get("", "report")?,
        made_at: row.try_get("", "made_at")?,
    }))
}

const COLUMNS: &str = "response_id, suggestion_id, method, version, theme, confidence, because, made_at";

/// What was suggested for one answer, as what stood there before anybody did anything.
pub(super) async fn of_answer(
    db: &impl ConnectionTrait,
    consultation: &str,
    question: &str,
    response_id: Uuid,
) -> Result<Vec<Event>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM coding_suggestions WHERE consultation = $1 AND question = $2 AND response_id = $3 \
         ORDER BY confidence DESC, suggestion_id"
    );
    let rows = rows(db, &sql, vec![consultation.into(), question.into(), response_id.into()]).await?;
    rows.iter().map(event_from).collect()
}

/// The same for all answers to a question.
pub(super) async fn of_question(
    db: &impl ConnectionTrait,
    consultation: &str,
    question: &str,
) -> Result<BTreeMap<Uuid, Vec<Event>>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM coding_suggestions WHERE consultation = $1 AND question = $2 \
         ORDER BY response_id, confidence DESC, suggestion_id"
    );
    let mut all: BTreeMap<Uuid, Vec<Event>> = BTreeMap::new();
    for row in rows(db, &sql, vec![consultation.into(), question.into()]).await? {
        all.entry(row.try_get("", "response_id")?).or_default().push(event_from(&row)?);
    }
    Ok(all)
}

fn event_from(row: &QueryResult) -> Result<Event> {
    let (because, confidence): (String, i32) = (row.try_get("", "because")?, row.try_get("", "confidence")?);
    Ok(Event {
        version: 0,
        by: Coder::Model { name: row.try_get("", "method")?, version: row.try_get("", "version")? },
        at: row.try_get("", "made_at")?,
        frame: 0,
        act: Act::Suggest {
            suggestion: row.try_get("", "suggestion_id")?,
            mark: Mark { theme: row.try_get("", "theme")?, span: None },
            confidence: u16::try_from(confidence).unwrap_or_default(),
            because: from_json(&because)?,
        },
        together: None,
    })
}

/// Note that a person answered a suggestion: a later run leaves it where it is.
pub(super) async fn answered(tx: &impl ConnectionTrait, consultation: &str, suggestion: Uuid) -> Result<()> {
    let sql = "UPDATE coding_suggestions SET answered = $1 WHERE consultation = $2 AND suggestion_id = $3";
    run(tx, sql, vec![true.into(), consultation.into(), suggestion.into()]).await?;
    Ok(())
}
