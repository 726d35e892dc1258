//! Events: one row each, as it was last saved; who saved it when is in the audit log.

use sea_orm::{ConnectionTrait, DbErr, QueryResult};

use super::sql::{rows, run};
use crate::domain::event::{Event, Format};
use crate::error::Result;

const COLUMNS: &str = "code, title, place, held_on, format, target_group, attendance, notes";

/// Add an event, or change the one with its code.
pub(super) async fn save(tx: &impl ConnectionTrait, consultation: &str, event: &Event) -> Result<(), DbErr> {
    let sql = format!(
        "INSERT INTO events (consultation, {COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
         ON CONFLICT (consultation, code) DO UPDATE SET title = excluded.title, place = excluded.place, \
         held_on = excluded.held_on, format = excluded.format, target_group = excluded.target_group, \
         attendance = excluded.attendance, notes = excluded.notes"
    );
    let attendance = event.attendance.map(|people| i32::try_from(people).unwrap_or(i32::MAX));
    let values = vec![
        consultation.into(),
        event.code.clone().into(),
        event.title.clone().into(),
        event.place.clone().into(),
        event.held_on.into(),
        event.format.code().into(),
        event.target_group.clone().into(),
        attendance.into(),
        event.notes.clone().into(),
    ];
    run(tx, &sql, values).await?;
    Ok(())
}

/// Every event of a consultation, by day.
pub async fn all(db: &impl ConnectionTrait, consultation: &str) -> Result<Vec<Event>> {
    let sql = format!("SELECT {COLUMNS} FROM events WHERE consultation = $1 ORDER BY held_on, code");
    let rows = rows(db, &sql, vec![consultation.into()]).await?;
    Ok(rows.iter().map(event_from).collect::<Result<_, _>>()?)
}

fn event_from(row: &QueryResult) -> Result<Event, DbErr> {
    let (format, attendance): (String, Option<i32>) = (row.try_get("", "format")?, row.try_get("", "attendance")?);
    Ok(Event {
        code: row.try_get("", "code")?,
        title: row.try_get("", "title")?,
        place: row.try_get("", "place")?,
        held_on: row.try_get("", "held_on")?,
        format: Format::from_code(&format).unwrap_or_default(),
        target_group: row.try_get("", "target_group")?,
        attendance: attendance.and_then(|people| u32::try_from(people).ok()),
        notes: row.try_get("", "notes")?,
    })
}
