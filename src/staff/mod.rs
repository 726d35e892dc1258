//! Staff accounts: invite, set a password, sign in with a second factor, and who is behind a session.

mod password;
mod second_factor;
pub mod secret;
mod sign_in;
pub mod tokens;

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use crate::domain::access::{Actor, Grant};
use crate::error::{Error, Result};
use crate::store::audit::{self, Entry};
use crate::store::staff::{self, Purpose, Staff};
use crate::store::{Db, begin_write, sessions};

pub use password::{change_password, choose_password};
pub use second_factor::{Setup, setup};
pub use sign_in::{Attempt, Outcome, Signed, Step, code, set_up, sign_in, sign_out, signed};

/// A one-time link that somebody else made works for this many days.
pub const LINK_DAYS: i64 = 7;

/// A link that somebody asked for themselves works for this many minutes.
pub const RESET_MINUTES: i64 = 60;

/// Who asks for a link again within this many minutes gets none: the last one is still on its way.
const AGAIN_MINUTES: i64 = 10;

/// Make an account and a one-time link to its first password. The link's secret comes back once.
///
/// # Errors
/// `staff_exists` when the address has an account.
pub async fn invite(
    db: &Db,
    email: &str,
    name: &str,
    grants: Vec<Grant>,
    by: &str,
    now: DateTime<Utc>,
) -> Result<(Staff, String)> {
    let person = Staff {
        staff_id: Uuid::now_v7(),
        email: address(email),
        name: name.trim().to_owned(),
        password: None,
        authenticator: None,
        last_step: 0,
        made_at: now,
        disabled_at: None,
        grants,
    };
    let tx = begin_write(&db.write).await?;
    if !staff::add(&tx, &person).await? {
        return Err(Error::unreadable(
            "staff_exists",
            format!("{} already has an account; change what it may do instead", person.email),
        ));
    }
    let link = secret::new()?;
    staff::add_link(&tx, person.staff_id, &secret::hash(&link), Purpose::Welcome, now + Duration::days(LINK_DAYS)).await?;
    let entries = vec![entry(now, by, "staff.invited", person.staff_id, &told(&person.grants))];
    audit::append(&tx, entries, now).await?;
    tx.commit().await?;
    Ok((person, link))
}

/// A new one-time link for somebody who has an account; earlier links stop working.
pub async fn new_link(db: &Db, staff_id: Uuid, purpose: Purpose, by: &str, now: DateTime<Utc>) -> Result<String> {
    let link = secret::new()?;
    let tx = begin_write(&db.write).await?;
    staff::add_link(&tx, staff_id, &secret::hash(&link), purpose, now + Duration::days(LINK_DAYS)).await?;
    audit::append(&tx, vec![entry(now, by, "staff.link_made", staff_id, purpose.code())], now).await?;
    tx.commit().await?;
    Ok(link)
}

/// A link to another password, for somebody who asks by their address; their authenticator stays. None when there is no
/// such account, when it may not sign in or never has, or when one was made a moment ago.
pub async fn reset_link(db: &Db, email: &str, now: DateTime<Utc>) -> Result<Option<(Staff, String)>> {
    let person = staff::by_email(&db.read, &address(email)).await?;
    let Some(person) = person.filter(|person| person.disabled_at.is_none() && person.password.is_some()) else { return Ok(None) };
    let expires_at = now + Duration::minutes(RESET_MINUTES);
    if staff::link_until(&db.read, person.staff_id, expires_at - Duration::minutes(AGAIN_MINUTES)).await? {
        return Ok(None);
    }
    let link = secret::new()?;
    let tx = begin_write(&db.write).await?;
    staff::add_link(&tx, person.staff_id, &secret::hash(&link), Purpose::Reset, expires_at).await?;
    let entries = vec![entry(now, &person.actor().name, "staff.link_asked_for", person.staff_id, Purpose::Reset.code())];
    audit::append(&tx, entries, now).await?;
    tx.commit().await?;
    Ok(Some((person, link)))
}

/// Whose link this is and what for, unless it was used, replaced or has expired.
pub async fn opened(db: &Db, link: &str, now: DateTime<Utc>) -> Result<Option<(Staff, Purpose)>> {
    let Some((staff_id, purpose)) = staff::link(&db.read, &secret::hash(link), now).await? else { return Ok(None) };
    let person = staff::by_id(&db.read, staff_id).await?;
    Ok(person.filter(|person| person.disabled_at.is_none()).map(|person| (person, purpose)))
}

/// Change what somebody may do. Their open sessions follow at once, since grants are read with every request.
pub async fn grant(db: &Db, staff_id: Uuid, grants: &[Grant], by: &Actor, now: DateTime<Utc>) -> Result<()> {
    let tx = begin_write(&db.write).await?;
    staff::set_grants(&tx, staff_id, grants).await?;
    audit::append(&tx, vec![entry(now, &by.name, "staff.granted", staff_id, &told(grants))], now).await?;
    Ok(tx.commit().await?)
}

/// Let somebody no longer sign in, and end their sessions; or let them in again.
pub async fn disable(db: &Db, staff_id: Uuid, disabled: bool, by: &str, now: DateTime<Utc>) -> Result<()> {
    let tx = begin_write(&db.write).await?;
    staff::set_disabled(&tx, staff_id, disabled.then_some(now)).await?;
    sessions::end_all(&tx, staff_id).await?;
    let action = if disabled { "staff.disabled" } else { "staff.enabled" };
    audit::append(&tx, vec![entry(now, by, action, staff_id, "")], now).await?;
    Ok(tx.commit().await?)
}

/// An address as accounts are found by it.
#[must_use]
pub fn address(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Roles as the audit log tells them: `keyer@send-strategy analyst@*`.
fn told(grants: &[Grant]) -> String {
    let one = |grant: &Grant| format!("{}@{}", grant.role.code(), grant.consultation.as_deref().unwrap_or("*"));
    grants.iter().map(one).collect::<Vec<_>>().join(" ")
}

fn entry(at: DateTime<Utc>, actor: &str, action: &'static str, staff_id: Uuid, detail: &str) -> Entry {
    let (actor, detail) = (actor.to_owned(), detail.to_owned());
    Entry { at, actor, action, consultation: None, subject: format!("staff:{staff_id}"), detail }
}
