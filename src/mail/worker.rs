//! The worker: claims letters from the queue and sends them, one after the other, for as long as the process runs.

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::watch;

use super::letter::Letter;
use super::sender::{Failure, Sender};
use super::{FAMILY, QUEUED};
use crate::app::App;
use crate::domain::retry::Next;
use crate::error::Result;
use crate::store::Db;
use crate::store::queue::{self, Job};

/// How often the queue is looked at when nothing was queued in this process: another one may have, or a retry is due.
const PAUSE: Duration = Duration::from_secs(5);

/// What became of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The mail server has it.
    Sent,
    /// It is tried again later.
    Later,
    /// It is dead: a person decides.
    Dead,
}

impl Outcome {
    const fn code(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Later => "later",
            Self::Dead => "dead",
        }
    }
}

/// Send what is queued until told to stop; a letter on its way is finished first.
pub async fn run(app: App, sender: Sender, mut stop: watch::Receiver<bool>) {
    loop {
        // Listening begins before the queue is read, so that nothing queued meanwhile is missed.
        let queued = QUEUED.notified();
        tokio::pin!(queued);
        queued.as_mut().enable();
        while !*stop.borrow() {
            match deliver(app.db(), &sender, app.now()).await {
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(error) => {
                    tracing::warn!(%error, "the mail queue could not be read");
                    break;
                }
            }
        }
        if let Ok(count) = queue::count(&app.db().read, FAMILY).await {
            gauge("soundings_mail_waiting", count.waiting);
            gauge("soundings_mail_dead", count.dead);
        }
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            () = queued => {}
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

/// Claim one letter and send it. What became of it comes back; nothing when none is due.
///
/// # Errors
/// When the database cannot be read or written. The letter's lease then runs out and it is sent again.
pub async fn deliver(db: &Db, sender: &Sender, now: DateTime<Utc>) -> Result<Option<Outcome>> {
    let Some(job) = queue::claim(db, FAMILY, now).await? else { return Ok(None) };
    let (outcome, error) = match attempt(sender, &job).await {
        Ok(()) => {
            queue::done(&db.write, &job, now).await?;
            (Outcome::Sent, String::new())
        }
        Err(failure) => (failed(db, &job, &failure, now).await?, failure.code().to_owned()),
    };
    metrics::counter!("soundings_mail_total", "kind" => job.kind.clone(), "outcome" => outcome.code()).increment(1);
    // Neither the address nor what the server said of it.
    let (kind, attempt, outcome_code) = (&job.kind, job.attempts, outcome.code());
    tracing::info!(job = %job.job_id, kind, attempt, outcome = outcome_code, error, "mail");
    Ok(Some(outcome))
}

async fn attempt(sender: &Sender, job: &Job) -> Result<(), Failure> {
    let letter: Letter =
        serde_json::from_str(&job.payload).map_err(|error| Failure::Never("unreadable_letter".to_owned(), error.to_string()))?;
    sender.send(&letter, job.job_id, job.made_at).await
}

async fn failed(db: &Db, job: &Job, failure: &Failure, now: DateTime<Utc>) -> Result<Outcome> {
    if let Failure::Never(code, _) = failure {
        queue::bury(&db.write, job, code, now).await?;
        return Ok(Outcome::Dead);
    }
    Ok(match queue::failed(&db.write, job, failure.code(), now).await? {
        Next::At(_) => Outcome::Later,
        Next::GiveUp => Outcome::Dead,
    })
}

fn gauge(name: &'static str, value: i64) {
    let value = u32::try_from(value).unwrap_or(u32::MAX);
    metrics::gauge!(name).set(f64::from(value));
}
