//! Floor 4: messages out. A message is rendered when it is queued and sent later by a worker of any instance, so that a
//! mail server that is away for a while loses none.

pub mod daily;
mod kinds;
mod letter;
mod recipient;
mod render;
mod sender;
pub mod worker;

#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use tokio::sync::Notify;
use uuid::Uuid;

use kinds::Trial;
pub use kinds::{ClosingSoon, ExportReady, HeldToday, Invitation, Kind, Receipt, Safeguarding, UploadImported};
pub use letter::Letter;
pub use recipient::{NotAnAddress, Recipient};
pub use sender::{Failure, Sender};

use crate::config::Config;
use crate::error::Result;
use crate::store::queue::{self, NewJob};
use crate::store::{Connection, Db};

/// The family of our jobs in the queue.
const FAMILY: &str = "mail";

/// Wakes the worker of this process. It carries nothing: what waits is in the database.
static QUEUED: Notify = Notify::const_new();

/// Whether mail can be sent: pages offer it only then.
#[must_use]
pub const fn is_on(config: &Config) -> bool {
    config.smtp.is_some()
}

/// Render a message and queue it. Give a transaction, and the message goes out exactly if what it tells of is committed;
/// call [`wake`] after the commit. Says whether it was queued: nothing is when no mail server is set, so that a person can
/// be handed a link in another way.
///
/// The message is all that is kept, until it is sent or given up. Nothing in the queue leads from it to anything else.
///
/// # Errors
/// When the database cannot be written.
pub async fn queue<K: Kind>(
    db: &impl Connection,
    config: &Config,
    to: &Recipient,
    message: &K,
    now: DateTime<Utc>,
) -> Result<bool> {
    if !is_on(config) {
        return Ok(false);
    }
    let letter = render::letter(to, message, &config.base_url).map_err(anyhow::Error::from)?;
    let payload = serde_json::to_string(&letter).map_err(anyhow::Error::from)?;
    let job = NewJob { job_id: Uuid::now_v7(), kind: format!("{FAMILY}.{}", K::NAME), payload };
    queue::put(db, job, now).await?;
    Ok(true)
}

/// Tell the worker of this process that something was queued. Other instances find it within seconds.
pub fn wake() {
    QUEUED.notify_waiters();
}

/// Queue one message by itself and wake the worker; see [`queue()`].
///
/// # Errors
/// When the database cannot be written.
pub async fn post<K: Kind>(db: &Db, config: &Config, to: &Recipient, message: &K, now: DateTime<Utc>) -> Result<bool> {
    let queued = queue(&db.write, config, to, message, now).await?;
    wake();
    Ok(queued)
}

/// The test message, rendered, to be sent without the queue.
///
/// # Errors
/// When it cannot be rendered, which is our own fault.
pub fn trial(to: &Recipient, config: &Config) -> Result<Letter> {
    Ok(render::letter(to, &Trial {}, &config.base_url).map_err(anyhow::Error::from)?)
}
