//! People who want to be told, and people who want another format. Nothing here joins anything said in a response or in
//! evidence: no shared key, days instead of instants, ids without a clock in them.

use chrono::{Days, NaiveDate};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Value};
use uuid::Uuid;

use super::sql::{rows, run};
use crate::domain::contact::{Format, Wants};
use crate::error::Result;

/// Somebody who wants to be told.
#[derive(Clone, PartialEq, Eq)]
pub struct Contact {
    /// A new id, from [`super::chance::id`].
    pub contact_id: Uuid,
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// What they want to be told.
    pub wants: Wants,
    /// Which event, in words; anything else to know.
    pub about: String,
    /// The day they agreed.
    pub consented_on: NaiveDate,
    /// The last day they are kept.
    pub keep_until: NaiveDate,
}

impl std::fmt::Debug for Contact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Contact({})", self.contact_id)
    }
}

/// Somebody's request for another format.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// A new id, from [`super::chance::id`].
    pub request_id: Uuid,
    /// The format.
    pub format: Format,
    /// Which language, what size of print, and the like.
    pub details: String,
    /// How to reach them; empty once it is no longer needed.
    pub reach: String,
    /// The day they asked.
    pub asked_on: NaiveDate,
    /// The day they need it.
    pub needed_by: Option<NaiveDate>,
    /// The day it must be met.
    pub due_on: NaiveDate,
    /// The day it was met.
    pub fulfilled_on: Option<NaiveDate>,
    /// How it was met.
    pub how: String,
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Request({}, {})", self.request_id, self.format.code())
    }
}

/// Days after a request was met until it no longer says how to reach the person.
const REACH_DAYS: Days = Days::new(30);

/// Add a contact.
pub(super) async fn add(tx: &impl ConnectionTrait, consultation: &str, contact: &Contact) -> Result<(), DbErr> {
    let sql = "INSERT INTO contacts (consultation, contact_id, name, email, wants, about, consented_on, keep_until) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = vec![
        consultation.into(),
        contact.contact_id.into(),
        contact.name.clone().into(),
        contact.email.clone().into(),
        contact.wants.code().into(),
        contact.about.clone().into(),
        contact.consented_on.into(),
        contact.keep_until.into(),
    ];
    run(tx, sql, values).await?;
    Ok(())
}

/// Everybody who wants to be told, by name.
pub async fn all(db: &impl ConnectionTrait, consultation: &str) -> Result<Vec<Contact>> {
    let sql = "SELECT contact_id, name, email, wants, about, consented_on, keep_until FROM contacts \
               WHERE consultation = $1 ORDER BY name, email";
    let contact = |row: &QueryResult| {
        let wants: String = row.try_get("", "wants")?;
        Ok::<_, DbErr>(Contact {
            contact_id: row.try_get("", "contact_id")?,
            name: row.try_get("", "name")?,
            email: row.try_get("", "email")?,
            wants: Wants::from_code(&wants).unwrap_or_default(),
            about: row.try_get("", "about")?,
            consented_on: row.try_get("", "consented_on")?,
            keep_until: row.try_get("", "keep_until")?,
        })
    };
    let rows = rows(db, sql, vec![consultation.into()]).await?;
    Ok(rows.iter().map(contact).collect::<Result<_, _>>()?)
}

/// Erase somebody who asked for it; that one was erased stays. False when they were not there.
pub(super) async fn erase(
    tx: &impl ConnectionTrait,
    consultation: &str,
    contact_id: Uuid,
    today: NaiveDate,
) -> Result<bool, DbErr> {
    let sql = "DELETE FROM contacts WHERE consultation = $1 AND contact_id = $2";
    let erased = run(tx, sql, vec![consultation.into(), contact_id.into()]).await?;
    count_erased(tx, consultation, "contact", "asked", erased, today).await?;
    Ok(erased > 0)
}

/// Erase every contact whose last day is over, and how to reach those who have had their format for long enough or, once
/// the last day of all contacts is over, anybody. How many there were comes back, and stays (rule R60).
pub(super) async fn erase_due(
    tx: &impl ConnectionTrait,
    consultation: &str,
    today: NaiveDate,
    keep_until: NaiveDate,
) -> Result<u64, DbErr> {
    let sql = "DELETE FROM contacts WHERE consultation = $1 AND keep_until < $2";
    let contacts = run(tx, sql, vec![consultation.into(), today.into()]).await?;
    count_erased(tx, consultation, "contact", "due", contacts, today).await?;
    let sql = "UPDATE format_requests SET reach = '', details = '' WHERE consultation = $1 AND reach <> '' \
               AND (fulfilled_on < $2 OR $3)";
    let met_before = today - REACH_DAYS;
    let is_over = today > keep_until;
    let requests = run(tx, sql, vec![consultation.into(), met_before.into(), is_over.into()]).await?;
    count_erased(tx, consultation, "format_request", "due", requests, today).await?;
    Ok(contacts + requests)
}

async fn count_erased(
    tx: &impl ConnectionTrait,
    consultation: &str,
    what: &str,
    cause: &str,
    how_many: u64,
    today: NaiveDate,
) -> Result<(), DbErr> {
    if how_many == 0 {
        return Ok(());
    }
    let sql = "INSERT INTO erasures (consultation, erasure_id, what, cause, how_many, erased_on) VALUES ($1, $2, $3, $4, $5, $6)";
    let many = i64::try_from(how_many).unwrap_or(i64::MAX);
    let values: Vec<Value> =
        vec![consultation.into(), Uuid::now_v7().into(), what.into(), cause.into(), many.into(), today.into()];
    run(tx, sql, values).await?;
    Ok(())
}

/// How many contacts were erased: because they asked, and because they were due.
pub async fn erased(db: &impl ConnectionTrait, consultation: &str) -> Result<(i64, i64)> {
    let sql = "SELECT cause, how_many FROM erasures WHERE consultation = $1 AND what = 'contact'";
    let (mut asked, mut due) = (0, 0);
    for row in rows(db, sql, vec![consultation.into()]).await? {
        let (cause, many): (String, i64) = (row.try_get("", "cause")?, row.try_get("", "how_many")?);
        *(if cause == "asked" { &mut asked } else { &mut due }) += many;
    }
    Ok((asked, due))
}

/// Take a request for another format.
pub(super) async fn ask(tx: &impl ConnectionTrait, consultation: &str, request: &Request) -> Result<(), DbErr> {
    let sql = "INSERT INTO format_requests (consultation, request_id, wanted, details, reach, asked_on, needed_by, due_on, \
               fulfilled_on, how) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let values = vec![
        consultation.into(),
        request.request_id.into(),
        request.format.code().into(),
        request.details.clone().into(),
        request.reach.clone().into(),
        request.asked_on.into(),
        request.needed_by.into(),
        request.due_on.into(),
        request.fulfilled_on.into(),
        request.how.clone().into(),
    ];
    run(tx, sql, values).await?;
    Ok(())
}

/// Note that a request was met. False when it was met before.
pub(super) async fn fulfil(
    tx: &impl ConnectionTrait,
    consultation: &str,
    request_id: Uuid,
    day: NaiveDate,
    how: &str,
) -> Result<bool, DbErr> {
    let sql = "UPDATE format_requests SET fulfilled_on = $3, how = $4 \
               WHERE consultation = $1 AND request_id = $2 AND fulfilled_on IS NULL";
    Ok(run(tx, sql, vec![consultation.into(), request_id.into(), day.into(), how.into()]).await? > 0)
}

/// Every request: those still to be met first, the earliest due at the top.
pub async fn requests(db: &impl ConnectionTrait, consultation: &str) -> Result<Vec<Request>> {
    let sql = "SELECT request_id, wanted, details, reach, asked_on, needed_by, due_on, fulfilled_on, how FROM format_requests \
               WHERE consultation = $1 ORDER BY fulfilled_on IS NOT NULL, due_on, asked_on, request_id";
    let request = |row: &QueryResult| {
        let wanted: String = row.try_get("", "wanted")?;
        Ok::<_, DbErr>(Request {
            request_id: row.try_get("", "request_id")?,
            format: Format::from_code(&wanted).unwrap_or(Format::Help),
            details: row.try_get("", "details")?,
            reach: row.try_get("", "reach")?,
            asked_on: row.try_get("", "asked_on")?,
            needed_by: row.try_get("", "needed_by")?,
            due_on: row.try_get("", "due_on")?,
            fulfilled_on: row.try_get("", "fulfilled_on")?,
            how: row.try_get("", "how")?,
        })
    };
    let rows = rows(db, sql, vec![consultation.into()]).await?;
    Ok(rows.iter().map(request).collect::<Result<_, _>>()?)
}
