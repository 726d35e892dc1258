//! Passwords: Argon2id, a few at a time, and set only through a one-time link or by somebody who knows the last one.

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use chrono::{DateTime, Utc};
use tokio::sync::Semaphore;

use super::{entry, opened, secret};
use crate::domain::password::{Weakness, judge};
use crate::error::Result;
use crate::store::audit;
use crate::store::staff::{self, Purpose, Staff};
use crate::store::{Db, begin_write, sessions};

/// One hash takes 19 MiB and some 30 ms of a core: more at once would starve everybody else.
static TURNS: Semaphore = Semaphore::const_new(2);

/// What is compared when there is no such account, so that the answer takes as long: the hash of nobody's password.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c291bmRpbmdzc291bmQ$Q1yjy2hBRmNQD0gX3mNWmmzZr0Yk5m0UDyVZ3cQ0vHs";

/// Set the password of whoever holds this link, and end their sessions; the link is used up. None when the link is no
/// good; what is wrong with the password, when that is weak: the link then stays good.
pub async fn choose_password(db: &Db, link: &str, password: &str, now: DateTime<Utc>) -> Result<Option<Result<Staff, Weakness>>> {
    let Some((person, purpose)) = opened(db, link, now).await? else { return Ok(None) };
    if let Err(weakness) = judge(password, &[&person.email, &person.name]) {
        return Ok(Some(Err(weakness)));
    }
    let hash = hashed(password.to_owned()).await?;
    let tx = begin_write(&db.write).await?;
    if !staff::remove_link(&tx, &secret::hash(link)).await? {
        return Ok(None);
    }
    staff::set_password(&tx, person.staff_id, &hash).await?;
    if purpose == Purpose::Welcome {
        staff::set_authenticator(&tx, person.staff_id, None).await?;
    }
    sessions::end_all(&tx, person.staff_id).await?;
    let actor = format!("staff:{}", person.staff_id);
    audit::append(&tx, vec![entry(now, &actor, "staff.password_set", person.staff_id, purpose.code())], now).await?;
    tx.commit().await?;
    Ok(Some(Ok(person)))
}

/// Change the password of somebody who knows the one they have; their other sessions end, `session` goes on. None when
/// the password they gave is not the one they have.
pub async fn change_password(
    db: &Db,
    person: &Staff,
    current: &str,
    new: &str,
    session: &str,
    now: DateTime<Utc>,
) -> Result<Option<Result<(), Weakness>>> {
    if !is_right(current.to_owned(), person.password.clone()).await? {
        return Ok(None);
    }
    if let Err(weakness) = judge(new, &[&person.email, &person.name]) {
        return Ok(Some(Err(weakness)));
    }
    let hash = hashed(new.to_owned()).await?;
    let tx = begin_write(&db.write).await?;
    staff::set_password(&tx, person.staff_id, &hash).await?;
    sessions::end_others(&tx, person.staff_id, &secret::hash(session)).await?;
    let actor = person.actor().name;
    audit::append(&tx, vec![entry(now, &actor, "staff.password_set", person.staff_id, "changed")], now).await?;
    tx.commit().await?;
    Ok(Some(Ok(())))
}

/// The hash of a password, as a PHC string.
pub(super) async fn hashed(password: String) -> Result<String> {
    let _turn = TURNS.acquire().await.map_err(anyhow::Error::from)?;
    let hash =
        tokio::task::spawn_blocking(move || Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string()));
    let hash = hash.await.map_err(anyhow::Error::from)?;
    Ok(hash.map_err(|error| anyhow::anyhow!("a password could not be hashed: {error}"))?)
}

/// Whether a password is the one behind a hash; without a hash it takes as long and is not.
pub(super) async fn is_right(password: String, hash: Option<String>) -> Result<bool> {
    let _turn = TURNS.acquire().await.map_err(anyhow::Error::from)?;
    let known = hash.is_some();
    let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
    let right = tokio::task::spawn_blocking(move || Argon2::default().verify_password(password.as_bytes(), &*hash).is_ok());
    Ok(right.await.map_err(anyhow::Error::from)? && known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nobody_s_hash_is_compared_in_full_and_opens_nothing() {
        argon2::password_hash::phc::PasswordHash::new(NOBODY).unwrap();
        assert!(!is_right("otter lantern gravel nine".to_owned(), None).await.unwrap());
        let hash = hashed("otter lantern gravel nine".to_owned()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(is_right("otter lantern gravel nine".to_owned(), Some(hash.clone())).await.unwrap());
        assert!(!is_right("otter lantern gravel ten".to_owned(), Some(hash)).await.unwrap());
    }
}
