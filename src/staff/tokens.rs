//! Bearer tokens for programs: made with a role and an end, shown once, revoked; each with its trace in the audit log.

use chrono::{DateTime, Utc};

use crate::domain::window::london_day;
use crate::error::Result;
use crate::store::access::{self, NewToken};
use crate::store::audit::{self, Entry};
use crate::store::{Db, begin_write};

/// Make a token; the secret comes back once.
///
/// # Errors
/// [`crate::error::Error::Unreadable`] when there is a token of that name.
pub async fn make(db: &Db, token: &NewToken, by: &str, now: DateTime<Utc>) -> Result<String> {
    let tx = begin_write(&db.write).await?;
    let secret = access::add_token(&tx, token, by, now).await?;
    let places = if token.consultations.is_empty() { "*".to_owned() } else { token.consultations.join(",") };
    let detail = format!("{}@{places} until {}", token.role.code(), london_day(token.expires_at));
    audit::append(&tx, vec![entry(now, by, "token.added", &token.name, detail)], now).await?;
    tx.commit().await?;
    Ok(secret)
}

/// Revoke a token: it never works again. False when none of that name works.
pub async fn revoke(db: &Db, name: &str, by: &str, now: DateTime<Utc>) -> Result<bool> {
    let tx = begin_write(&db.write).await?;
    let done = access::revoke_token(&tx, name, now).await?;
    if done {
        audit::append(&tx, vec![entry(now, by, "token.revoked", name, String::new())], now).await?;
    }
    tx.commit().await?;
    Ok(done)
}

fn entry(at: DateTime<Utc>, by: &str, action: &'static str, name: &str, detail: String) -> Entry {
    Entry { at, actor: by.to_owned(), action, consultation: None, subject: format!("token:{name}"), detail }
}
