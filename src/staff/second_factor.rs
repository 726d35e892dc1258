//! The second factor: the six digits of an authenticator app, each of which is taken once.

use chrono::{DateTime, Utc};
use totp_rs::{Builder, Secret, Totp};

use super::entry;
use crate::error::Result;
use crate::store::audit;
use crate::store::staff::{self, Staff};
use crate::store::{Db, begin_write, chance};

/// What an authenticator app needs, shown once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setup {
    /// The secret in base 32, to type in.
    pub secret: String,
    /// The same as an address, to read from a QR code.
    pub address: String,
}

/// What sets up this person's authenticator: a new secret, or the one that was shown before, when its code was
/// mistyped. Nothing is kept until a code made with it comes back.
pub fn setup(person: &Staff, before: Option<&str>) -> Result<Setup> {
    let secret = match before {
        Some(secret) if Secret::try_from_base32(secret).is_ok() => secret.to_owned(),
        _ => Secret::from(chance::bytes::<20>()?.to_vec()).to_base32(),
    };
    let address = totp(person, &secret)?.to_url().map_err(|error| anyhow::anyhow!("the authenticator's address: {error}"))?;
    Ok(Setup { secret, address })
}

/// Keep the secret when this code was made with it. False when it was not.
pub(super) async fn keep(db: &Db, person: &Staff, secret: &str, code: &str, now: DateTime<Utc>) -> Result<bool> {
    if Secret::try_from_base32(secret).is_err() {
        return Ok(false);
    }
    let Some(step) = step(person, secret, code, now)? else { return Ok(false) };
    let tx = begin_write(&db.write).await?;
    staff::set_authenticator(&tx, person.staff_id, Some(secret)).await?;
    staff::use_step(&tx, person.staff_id, step).await?;
    let actor = person.actor().name;
    audit::append(&tx, vec![entry(now, &actor, "staff.second_factor_set", person.staff_id, "")], now).await?;
    tx.commit().await?;
    Ok(true)
}

/// Whether this code is right now and was not used before; it is used up.
pub(super) async fn accepts(db: &Db, person: &Staff, code: &str, now: DateTime<Utc>) -> Result<bool> {
    let Some(secret) = &person.authenticator else { return Ok(false) };
    match step(person, secret, code, now)? {
        Some(step) => staff::use_step(&db.write, person.staff_id, step).await,
        None => Ok(false),
    }
}

/// The half minute a code belongs to, when it is right.
fn step(person: &Staff, secret: &str, code: &str, now: DateTime<Utc>) -> Result<Option<i64>> {
    let digits: String = code.chars().filter(char::is_ascii_digit).collect();
    let time = u64::try_from(now.timestamp()).unwrap_or_default();
    Ok(totp(person, secret)?.check(&digits, time).and_then(|step| i64::try_from(step).ok()))
}

fn totp(person: &Staff, secret: &str) -> Result<Totp> {
    let secret = Secret::try_from_base32(secret).map_err(|error| anyhow::anyhow!("the authenticator's secret: {error:?}"))?;
    // A colon ends the issuer in the address.
    let account = person.email.replace(':', " ");
    let totp = Builder::new().with_secret(secret).with_account_name(account).with_issuer(Some("Soundings")).build();
    Ok(totp.map_err(|error| anyhow::anyhow!("the authenticator: {error}"))?)
}
