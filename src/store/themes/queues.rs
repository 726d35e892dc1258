//! Queues as they were drawn for a coder, and the answers that are to be coded twice.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, QueryResult};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{By, from_json, json};
use crate::error::Result;
use crate::store::audit::{self, Entry};
use crate::store::sql::{row, rows, run};
use crate::store::{Db, begin_write};

/// An answer in a queue, and those with the same words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The response.
    pub answer: Uuid,
    /// Responses whose answer has the same words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repeats: Vec<Uuid>,
}

/// A queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// Its id.
    pub queue_id: Uuid,
    /// The question.
    pub question: String,
    /// Whose it is.
    pub staff_id: Uuid,
    /// How it was drawn.
    pub kind: String,
    /// What is in it, in order.
    pub items: Vec<Item>,
}

/// Keep a queue.
///
/// # Errors
/// When the database cannot be written.
pub async fn keep(db: &Db, consultation: &str, queue: &Queue, now: DateTime<Utc>) -> Result<()> {
    let sql = "INSERT INTO coding_queues (consultation, queue_id, question, staff_id, kind, items, made_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values = vec![
        consultation.into(),
        queue.queue_id.into(),
        queue.question.clone().into(),
        queue.staff_id.into(),
        queue.kind.clone().into(),
        json(&queue.items)?.into(),
        now.into(),
    ];
    run(&db.write, sql, values).await?;
    Ok(())
}

/// A queue of somebody's, if there is one of this id.
///
/// # Errors
/// When the database cannot be read.
pub async fn one(db: &impl ConnectionTrait, consultation: &str, queue_id: Uuid, staff_id: Uuid) -> Result<Option<Queue>> {
    let sql = "SELECT question, kind, items FROM coding_queues WHERE consultation = $1 AND queue_id = $2 AND staff_id = $3";
    let Some(row) = row(db, sql, vec![consultation.into(), queue_id.into(), staff_id.into()]).await? else { return Ok(None) };
    let items: String = row.try_get("", "items")?;
    let (question, kind) = (row.try_get("", "question")?, row.try_get("", "kind")?);
    Ok(Some(Queue { queue_id, question, staff_id, kind, items: from_json(&items)? }))
}

/// Add answers to those that are coded twice; one that is among them stays where it is.
///
/// # Errors
/// When the database cannot be written.
pub async fn add_to_sample(
    db: &Db,
    consultation: &str,
    question: &str,
    answers: &[Uuid],
    by: By<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    let tx = begin_write(&db.write).await?;
    let entry = Entry {
        at: now,
        actor: by.actor.to_owned(),
        action: "double_coding.drawn",
        consultation: Some(consultation.to_owned()),
        subject: question.to_owned(),
        detail: format!("{} answers", answers.len()),
    };
    audit::append(&tx, vec![entry], now).await?;
    let before = sample(&tx, consultation, question).await?.len();
    let sql = "INSERT INTO coding_samples (consultation, question, response_id, place, drawn_by, drawn_at) \
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    for (place, answer) in (before + 1..).zip(answers) {
        let place = i32::try_from(place).unwrap_or(i32::MAX);
        let values = vec![consultation.into(), question.into(), (*answer).into(), place.into(), by.staff_id.into(), now.into()];
        run(&tx, sql, values).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The answers to a question that are coded twice, in the order in which they were drawn.
///
/// # Errors
/// When the database cannot be read.
pub async fn sample(db: &impl ConnectionTrait, consultation: &str, question: &str) -> Result<Vec<Uuid>> {
    let sql = "SELECT response_id, place FROM coding_samples WHERE consultation = $1 AND question = $2 \
               ORDER BY place, response_id";
    let rows = rows(db, sql, vec![consultation.into(), question.into()]).await?;
    let one = |row: &QueryResult| row.try_get::<Uuid>("", "response_id");
    Ok(rows.iter().map(one).collect::<Result<_, _>>()?)
}

/// Whether an answer is among those that are coded twice.
///
/// # Errors
/// When the database cannot be read.
pub async fn is_sampled(db: &impl ConnectionTrait, consultation: &str, question: &str, response_id: Uuid) -> Result<bool> {
    let sampled: BTreeSet<Uuid> = sample(db, consultation, question).await?.into_iter().collect();
    Ok(sampled.contains(&response_id))
}
