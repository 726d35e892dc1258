//! Who is told at once when a coder fears that somebody is in danger (rule R73): one person for each consultation.

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::error::Result;
use crate::store::audit::{self, Entry};
use crate::store::sql::{row, run};
use crate::store::{Db, begin_write};

/// Who is told, if somebody was named.
///
/// # Errors
/// When the database cannot be read.
pub async fn named(db: &impl ConnectionTrait, consultation: &str) -> Result<Option<Uuid>> {
    let sql = "SELECT staff_id FROM safeguarding_contacts WHERE consultation = $1";
    Ok(row(db, sql, vec![consultation.into()]).await?.map(|row| row.try_get("", "staff_id")).transpose()?)
}

/// Name who is told from now on.
///
/// # Errors
/// When the database cannot be written.
pub async fn name(db: &Db, consultation: &str, staff_id: Uuid, by: &str, now: DateTime<Utc>) -> Result<()> {
    let tx = begin_write(&db.write).await?;
    let entry = Entry {
        at: now,
        actor: by.to_owned(),
        action: "safeguarding.named",
        consultation: Some(consultation.to_owned()),
        subject: format!("staff:{staff_id}"),
        detail: String::new(),
    };
    audit::append(&tx, vec![entry], now).await?;
    let sql = "INSERT INTO safeguarding_contacts (consultation, staff_id, named_by, named_at) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (consultation) DO UPDATE SET staff_id = EXCLUDED.staff_id, named_by = EXCLUDED.named_by, \
               named_at = EXCLUDED.named_at";
    run(&tx, sql, vec![consultation.into(), staff_id.into(), by.into(), now.into()]).await?;
    tx.commit().await?;
    Ok(())
}
