//! The logs of codeframes: one for each question and one that cuts across; and the file that coders begin with.

use std::collections::BTreeMap;

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, DbErr, QueryResult};

use super::{By, column, from_json, json, version};
use crate::domain::codeframe::{CannotChange, Change, Codeframe, Event, Scope, change as may_change, joined};
use crate::error::Result;
use crate::store::audit::{self, Entry};
use crate::store::sql::{rows, run};
use crate::store::{Db, begin_write};

/// The logs of a consultation's codeframes.
#[derive(Debug, Clone, Default)]
pub struct Logs(BTreeMap<String, Vec<Event>>);

impl Logs {
    /// The events of one frame; none before it was begun.
    #[must_use]
    pub fn events(&self, scope: &Scope) -> &[Event] {
        self.0.get(scope.code()).map_or(&[], Vec::as_slice)
    }

    /// One frame as it stands.
    ///
    /// # Errors
    /// When its log is damaged.
    pub fn frame(&self, scope: &Scope) -> Result<Codeframe> {
        let frame = Codeframe::of(scope.clone(), self.events(scope), u32::MAX);
        Ok(frame.map_err(anyhow::Error::from)?)
    }

    /// What answers to a question are coded to: its own frame and the one that cuts across.
    ///
    /// # Errors
    /// When a log is damaged.
    pub fn of_question(&self, question: &str) -> Result<Codeframe> {
        Ok(joined(&self.frame(&Scope::Question(question.to_owned()))?, &self.frame(&Scope::Crosscutting)?))
    }

    /// Whether a frame was begun.
    #[must_use]
    pub fn has(&self, scope: &Scope) -> bool {
        self.0.contains_key(scope.code())
    }
}

/// The logs of a consultation's codeframes as they stand.
///
/// # Errors
/// When the database cannot be read.
pub async fn read(db: &impl ConnectionTrait, consultation: &str) -> Result<Logs> {
    let sql = "SELECT scope, version, change, why, made_by, made_at FROM codeframe_events \
               WHERE consultation = $1 ORDER BY scope, version";
    let mut logs = Logs::default();
    for row in rows(db, sql, vec![consultation.into()]).await? {
        let scope: String = row.try_get("", "scope")?;
        logs.0.entry(scope).or_default().push(event_from(&row)?);
    }
    Ok(logs)
}

fn event_from(row: &QueryResult) -> Result<Event> {
    let change: String = row.try_get("", "change")?;
    Ok(Event {
        version: version(row.try_get("", "version")?),
        by: row.try_get("", "made_by")?,
        at: row.try_get("", "made_at")?,
        change: from_json(&change)?,
        why: row.try_get("", "why")?,
    })
}

/// Begin frames that were not begun; those that were are left alone. How many were begun comes back.
///
/// # Errors
/// When the database cannot be written.
pub async fn begin(
    db: &Db,
    consultation: &str,
    frames: Vec<(Scope, Vec<Event>)>,
    by: By<'_>,
    now: DateTime<Utc>,
) -> Result<usize> {
    let tx = begin_write(&db.write).await?;
    let begun = frames.iter().map(|(scope, _)| scope.code()).collect::<Vec<_>>().join(" ");
    let entry = entry(consultation, by, "codeframe.begun", consultation, begun, now);
    audit::append(&tx, vec![entry], now).await?;
    let (standing, at) = (read(&tx, consultation).await?, next(&tx, consultation, now).await?);
    let new: Vec<&(Scope, Vec<Event>)> = frames.iter().filter(|(scope, _)| !standing.has(scope)).collect();
    if new.is_empty() {
        return Ok(0);
    }
    for (scope, events) in &new {
        for event in events {
            insert(&tx, consultation, scope, &Event { at, ..event.clone() }).await?;
        }
    }
    tx.commit().await?;
    Ok(new.len())
}

/// Make changes to a frame that was at version `seen` in front of the person: all of them, or none.
///
/// # Errors
/// When the database cannot be written; the inner error says why the change cannot be made.
pub async fn change(
    db: &Db,
    consultation: &str,
    (scope, seen): (&Scope, u32),
    (changes, why): (Vec<Change>, &str),
    by: By<'_>,
    now: DateTime<Utc>,
) -> Result<Result<Codeframe, CannotChange>> {
    let tx = begin_write(&db.write).await?;
    let subject = scope.code();
    let told = |change: &Change| entry(consultation, by, action(change), subject, detail(change), now);
    audit::append(&tx, changes.iter().map(told).collect(), now).await?;
    let (logs, at) = (read(&tx, consultation).await?, next(&tx, consultation, now).await?);
    let mut events = logs.events(scope).to_vec();
    let mut frame = logs.frame(scope)?;
    for (step, change) in (0..).zip(changes) {
        let event = Event { version: 0, by: by.staff_id, at, change, why: why.to_owned() };
        match may_change(&events, scope, seen + step, event) {
            Ok((event, made)) => {
                insert(&tx, consultation, scope, &event).await?;
                events.push(event);
                frame = made;
            }
            Err(cannot) => return Ok(Err(cannot)),
        }
    }
    tx.commit().await?;
    Ok(Ok(frame))
}

/// The instant of the next event: now, and never before the last one's, so that the logs of a consultation have one order.
async fn next(tx: &impl ConnectionTrait, consultation: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>> {
    let sql = "SELECT made_at FROM codeframe_events WHERE consultation = $1 ORDER BY made_at DESC LIMIT 1";
    let last = rows(tx, sql, vec![consultation.into()]).await?;
    let last: Option<DateTime<Utc>> = last.first().map(|row| row.try_get("", "made_at")).transpose()?;
    let now = now.trunc_subsecs(6);
    Ok(last.map_or(now, |last| now.max(last + TimeDelta::microseconds(1))))
}

async fn insert(tx: &impl ConnectionTrait, consultation: &str, scope: &Scope, event: &Event) -> Result<()> {
    let sql = "INSERT INTO codeframe_events (consultation, scope, version, change, why, made_by, made_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values = vec![
        consultation.into(),
        scope.code().into(),
        column(event.version).into(),
        json(&event.change)?.into(),
        event.why.clone().into(),
        event.by.into(),
        event.at.into(),
    ];
    run(tx, sql, values).await?;
    Ok(())
}

fn entry(consultation: &str, by: By<'_>, action: &'static str, subject: &str, detail: String, at: DateTime<Utc>) -> Entry {
    let (actor, consultation, subject) = (by.actor.to_owned(), Some(consultation.to_owned()), subject.to_owned());
    Entry { at, actor, action, consultation, subject, detail }
}

const fn action(change: &Change) -> &'static str {
    match change {
        Change::Create { .. } => "codeframe.created",
        Change::Reword { .. } => "codeframe.reworded",
        Change::Move { .. } => "codeframe.moved",
        Change::Merge { .. } => "codeframe.merged",
        Change::Split { .. } => "codeframe.split",
        Change::Retire { .. } => "codeframe.retired",
        Change::Undo { .. } => "codeframe.undone",
    }
}

fn detail(change: &Change) -> String {
    match change {
        Change::Create { id, .. }
        | Change::Reword { id, .. }
        | Change::Move { id, .. }
        | Change::Split { id, .. }
        | Change::Retire { id } => id.to_string(),
        Change::Merge { into, .. } => format!("into {into}"),
        Change::Undo { version } => format!("version {version}"),
    }
}

/// The file that coders of a consultation begin with, as it was last published.
///
/// # Errors
/// When the database cannot be read.
pub async fn starting(db: &impl ConnectionTrait, consultation: &str) -> Result<Option<String>> {
    let sql = "SELECT document FROM starting_codeframes WHERE consultation = $1";
    let rows = rows(db, sql, vec![consultation.into()]).await?;
    Ok(rows.first().map(|row| row.try_get("", "document")).transpose()?)
}

/// Publish the file that coders begin with. False when it stands there already.
///
/// # Errors
/// When the database cannot be written.
pub async fn publish_starting(
    tx: &impl ConnectionTrait,
    consultation: &str,
    (document, digest): (&str, &str),
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let sql = "INSERT INTO starting_codeframes (consultation, document, digest, published_at) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (consultation) DO UPDATE SET document = EXCLUDED.document, digest = EXCLUDED.digest, \
               published_at = EXCLUDED.published_at WHERE starting_codeframes.digest <> EXCLUDED.digest";
    Ok(run(tx, sql, vec![consultation.into(), document.into(), digest.into(), now.into()]).await? > 0)
}
