//! Extending: a later last day, announced with its reason; with the form files untouched, since a file is what was first published.

use chrono::{DateTime, Utc};

use crate::domain::consultation::Extension;
use crate::domain::wording::{DEFAULT_LANGUAGE, Edition};
use crate::error::Result;
use crate::store::audit::{self, Entry};
use crate::store::{Db, begin_write, extensions};

/// Announce a later last day, for one edition or for all. The same day announced twice is announced once.
pub async fn extend(db: &Db, consultation: &str, extension: &Extension, by: &str, now: DateTime<Utc>) -> Result<()> {
    let entry = Entry {
        at: now,
        actor: by.to_owned(),
        action: "consultation.extended",
        consultation: Some(consultation.to_owned()),
        subject: consultation.to_owned(),
        detail: format!(
            "{} until {}: {}",
            extension.edition.map_or("all", Edition::code),
            extension.closes_on,
            extension.reason.show(Edition::Standard, DEFAULT_LANGUAGE)
        ),
    };
    let tx = begin_write(&db.write).await?;
    if extensions::add(&tx, consultation, extension, by, now).await? {
        audit::append(&tx, vec![entry], now).await?;
    }
    Ok(tx.commit().await?)
}
