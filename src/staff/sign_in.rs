//! Signing in: a password, then the authenticator's code, then a session that ends by itself.

use chrono::{DateTime, Duration, Utc};

use super::password::is_right;
use super::second_factor::{accepts, keep};
use super::{address, entry, secret};
use crate::domain::access::Actor;
use crate::domain::throttle::{Failure, WINDOW_MINUTES, wait_until};
use crate::error::Result;
use crate::store::sessions::{self, Session, Stage};
use crate::store::staff::{self, Staff};
use crate::store::{Db, audit, settings};

/// A session ends after this many minutes in which nothing was done.
pub const IDLE_MINUTES: i64 = 30;

/// A session ends after this many hours whatever was done.
pub const LONGEST_HOURS: i64 = 12;

/// This many minutes are left for the second step.
const STEP_MINUTES: i64 = 10;

/// A try to sign in.
#[derive(Clone)]
pub struct Attempt<'a> {
    /// The address that was typed.
    pub email: &'a str,
    /// The password that was typed.
    pub password: &'a str,
    /// The secret this browser keeps, when it has one.
    pub browser: Option<&'a str>,
    /// Where it comes from.
    pub from: &'a str,
    /// Whether a second factor must be set up by those who have none.
    pub second_factor: bool,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Too many tries failed: not before this instant.
    Wait(DateTime<Utc>),
    /// Address or password is wrong, or the account may not sign in; which, nobody is told.
    Wrong,
    /// The password was right: a session that waits for the authenticator's code, or for one to be set up.
    Half(String),
    /// Signed in.
    In(String),
}

/// Whoever is behind a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// Who.
    pub person: Staff,
    /// How far they have come.
    pub stage: Stage,
    /// When the session ends if nothing is done.
    pub ends_at: DateTime<Utc>,
}

impl Signed {
    /// As somebody who acts; nobody before the second step.
    #[must_use]
    pub fn actor(&self) -> Option<Actor> {
        (self.stage == Stage::Full).then(|| self.person.actor())
    }
}

/// Try a password.
pub async fn sign_in(db: &Db, attempt: Attempt<'_>, now: DateTime<Utc>) -> Result<Outcome> {
    let email = address(attempt.email);
    let person = staff::by_email(&db.read, &email).await?;
    let failure = failure(db, person.as_ref(), &email, attempt.browser, attempt.from, now).await?;
    if let Some(until) = must_wait(db, &failure, now).await? {
        return Ok(Outcome::Wait(until));
    }
    let hash = person.as_ref().and_then(|person| person.password.clone());
    let right = is_right(attempt.password.to_owned(), hash).await?;
    let Some(person) = person.filter(|person| right && person.disabled_at.is_none()) else {
        sessions::add_failure(&db.write, &failure).await?;
        return Ok(Outcome::Wrong);
    };
    if person.authenticator.is_some() || attempt.second_factor {
        return Ok(Outcome::Half(begin(db, &person, Stage::Password, now).await?));
    }
    Ok(Outcome::In(enter(db, &person, attempt.browser, now).await?))
}

/// A try at the second step.
#[derive(Clone, Copy)]
pub struct Step<'a> {
    /// The half signed-in session.
    pub session: &'a str,
    /// The code that was typed.
    pub code: &'a str,
    /// The secret this browser keeps.
    pub browser: &'a str,
    /// Where it comes from.
    pub from: &'a str,
}

/// Try the authenticator's code. A right one gives a new session, so that a secret known before signing in is worth
/// nothing after it.
pub async fn code(db: &Db, step: Step<'_>, now: DateTime<Utc>) -> Result<Outcome> {
    let Some(person) = half_in(db, step.session, now).await? else { return Ok(Outcome::Wrong) };
    let failure = failure(db, Some(&person), &person.email, Some(step.browser), step.from, now).await?;
    if let Some(until) = must_wait(db, &failure, now).await? {
        return Ok(Outcome::Wait(until));
    }
    if !accepts(db, &person, step.code, now).await? {
        sessions::add_failure(&db.write, &failure).await?;
        return Ok(Outcome::Half(step.session.to_owned()));
    }
    sessions::end(&db.write, &secret::hash(step.session)).await?;
    Ok(Outcome::In(enter(db, &person, Some(step.browser), now).await?))
}

/// Set up the authenticator of somebody who has none, with this secret and a code made with it.
pub async fn set_up(db: &Db, step: Step<'_>, key: &str, now: DateTime<Utc>) -> Result<Outcome> {
    let person = half_in(db, step.session, now).await?.filter(|person| person.authenticator.is_none());
    let Some(person) = person else { return Ok(Outcome::Wrong) };
    if !keep(db, &person, key, step.code, now).await? {
        return Ok(Outcome::Half(step.session.to_owned()));
    }
    sessions::end(&db.write, &secret::hash(step.session)).await?;
    let person = Staff { authenticator: Some(key.to_owned()), ..person };
    Ok(Outcome::In(enter(db, &person, Some(step.browser), now).await?))
}

async fn half_in(db: &Db, session: &str, now: DateTime<Utc>) -> Result<Option<Staff>> {
    let signed = signed(db, session, now).await?;
    Ok(signed.filter(|signed| signed.stage == Stage::Password).map(|signed| signed.person))
}

/// Whoever is behind this session, unless it has ended. That something was done is noted once a minute.
pub async fn signed(db: &Db, session: &str, now: DateTime<Utc>) -> Result<Option<Signed>> {
    let hash = secret::hash(session);
    let Some(Session { staff_id, stage, made_at, seen_at }) = sessions::get(&db.read, &hash).await? else { return Ok(None) };
    let idle = Duration::minutes(if stage == Stage::Full { IDLE_MINUTES } else { STEP_MINUTES });
    let last = made_at + Duration::hours(LONGEST_HOURS);
    if now >= seen_at + idle || now >= last {
        sessions::end(&db.write, &hash).await?;
        return Ok(None);
    }
    if stage == Stage::Full && now > seen_at + Duration::minutes(1) {
        sessions::touch(&db.write, &hash, now).await?;
    }
    let person = staff::by_id(&db.read, staff_id).await?.filter(|person| person.disabled_at.is_none());
    Ok(person.map(|person| Signed { person, stage, ends_at: last.min(now + idle) }))
}

/// End a session.
pub async fn sign_out(db: &Db, session: &str, now: DateTime<Utc>) -> Result<()> {
    let Some(signed) = signed(db, session, now).await? else { return Ok(()) };
    sessions::end(&db.write, &secret::hash(session)).await?;
    let actor = signed.person.actor().name;
    audit::record(db, vec![entry(now, &actor, "sign_in.ended", signed.person.staff_id, "")], now).await
}

/// Somebody who has done all that is asked: remember the browser, tell the audit log, begin the session.
async fn enter(db: &Db, person: &Staff, browser: Option<&str>, now: DateTime<Utc>) -> Result<String> {
    if let Some(browser) = browser {
        sessions::know_browser(&db.write, person.staff_id, &secret::hash(browser), now).await?;
    }
    let how = if person.authenticator.is_some() { "password and code" } else { "password" };
    audit::record(db, vec![entry(now, &person.actor().name, "sign_in.done", person.staff_id, how)], now).await?;
    begin(db, person, Stage::Full, now).await
}

async fn begin(db: &Db, person: &Staff, stage: Stage, now: DateTime<Utc>) -> Result<String> {
    let session = secret::new()?;
    let kept = Session { staff_id: person.staff_id, stage, made_at: now, seen_at: now };
    sessions::add(&db.write, &secret::hash(&session), &kept).await?;
    Ok(session)
}

/// What will be kept should the try fail.
async fn failure(
    db: &Db,
    person: Option<&Staff>,
    email: &str,
    browser: Option<&str>,
    from: &str,
    now: DateTime<Utc>,
) -> Result<Failure> {
    let browser = browser.map(secret::hash).unwrap_or_default();
    let known = match person {
        Some(person) => sessions::knows_browser(&db.read, person.staff_id, &browser).await?,
        None => false,
    };
    let browser = if known { browser } else { String::new() };
    // An address is easily found from its hash alone, so the hash is made with something only this database holds.
    let salt = settings::get_or_keep(&db.write, "throttle_salt", &secret::new()?).await?;
    let address = secret::hash(&format!("{salt} {from}"));
    Ok(Failure { account: secret::hash(&format!("{salt} {email}")), browser, address, at: now })
}

async fn must_wait(db: &Db, failure: &Failure, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
    let since = now - Duration::minutes(WINDOW_MINUTES);
    let failures = sessions::failures(&db.read, &failure.account, &failure.address, since).await?;
    Ok(wait_until(&failures, &failure.account, &failure.browser, &failure.address, now))
}
