//! What the sync needs while the process runs: keys, gates, and where the log ended when this process last looked, with
//! a copy of that beside the database, so that a database that went back in time is found out.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use tokio::sync::{Semaphore, SemaphorePermit, watch};

use super::keys::Keys;
use crate::error::Result;
use crate::intake::Intake;
use crate::store::sync::{self, Head};
use crate::store::{Db, chance};

/// How many pushes are read from the network at once; a slow line holds one of these for long.
const READING: usize = 64;

/// How many pushes are worked on at once. Each holds at most what a push may have.
const WORKING: usize = 8;

/// How often the copy is written, at the most.
const COPY_EVERY: Duration = Duration::from_secs(1);

/// What the file beside the database is called.
const FILE: &str = "sync-head.json";

/// What the sync needs while the process runs: cheap to clone.
#[derive(Debug, Clone)]
pub struct Keeper(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    keys: Keys,
    reading: Semaphore,
    working: Semaphore,
    state: Mutex<State>,
    copy: watch::Sender<Option<Copied>>,
}

#[derive(Debug)]
struct State {
    /// Where the log ended when this process last looked.
    head: Head,
    /// Why the sync stands still, if it does.
    restored: Option<String>,
}

/// The copy of the head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Copied {
    epoch: String,
    seq: i64,
    chain: String,
}

impl From<&Head> for Copied {
    fn from(head: &Head) -> Self {
        Self { epoch: head.epoch.clone(), seq: head.number, chain: head.chain.clone() }
    }
}

impl Keeper {
    /// Open the log and look whether it is a continuation of what this instance last saw.
    pub async fn open(intake: &Intake, data: &Path) -> Result<Self> {
        let db = &intake.db;
        let keys = Keys::open(db).await?;
        let head = sync::open(db, &new_epoch()?, (intake.now)()).await?;
        let file = data.join(FILE);
        let restored = went_back(db, &head, &file).await?;
        if let Some(why) = &restored {
            tracing::error!(why, "the sync stands still until somebody confirms the restore");
        }
        let (copy, wanted) = watch::channel(None);
        if restored.is_none() {
            copy.send_replace(Some(Copied::from(&head)));
        }
        tokio::spawn(copies(wanted, file));
        Ok(Self(Arc::new(Inner {
            keys,
            reading: Semaphore::new(READING),
            working: Semaphore::new(WORKING),
            state: Mutex::new(State { head, restored }),
            copy,
        })))
    }

    /// The keys.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.0.keys
    }

    /// A turn to read a push from the network; none when too many have one.
    #[must_use]
    pub fn may_read(&self) -> Option<SemaphorePermit<'_>> {
        self.0.reading.try_acquire().ok()
    }

    /// A turn to work on a push; waits for one for a while.
    pub async fn may_work(&self) -> Option<SemaphorePermit<'_>> {
        tokio::time::timeout(Duration::from_secs(2), self.0.working.acquire()).await.ok()?.ok()
    }

    /// Whether fewer than half of the turns to work are left.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.0.working.available_permits() * 2 < WORKING
    }

    /// Why the sync stands still, if it does. Once another process has turned the epoch it goes on.
    pub async fn restored(&self, db: &Db) -> Result<Option<String>> {
        let (before, restored) = {
            let state = self.state();
            (state.head.epoch.clone(), state.restored.clone())
        };
        if restored.is_none() {
            return Ok(None);
        }
        let head = sync::head(&db.write).await?;
        if head.epoch == before {
            return Ok(restored);
        }
        self.turned(&head);
        Ok(None)
    }

    /// Note where the log ends after a commit. When it ends before where it ended, the database went back in time under a
    /// running service.
    pub fn moved(&self, head: &Head) {
        let mut state = self.state();
        if state.restored.is_some() {
            return;
        }
        // Of two commits at once the later may be noted first: a log that went back shows in its next commit, which has a
        // number that was given before. That needs what the log says, and is found at the next start or by the anchors.
        if head.epoch != state.head.epoch || head.number > state.head.number {
            state.head = head.clone();
            self.0.copy.send_replace(Some(Copied::from(head)));
        }
    }

    /// Another epoch has begun: what stood still goes on.
    pub fn turned(&self, head: &Head) {
        let mut state = self.state();
        state.restored = None;
        state.head = head.clone();
        self.0.copy.send_replace(Some(Copied::from(head)));
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A new epoch: 128 random bits.
pub(super) fn new_epoch() -> Result<String> {
    Ok(crate::domain::response::hex(&chance::bytes::<16>()?))
}

/// Whether the database is older than the copy beside it: the same epoch, and an end that the log has not reached or never
/// had.
async fn went_back(db: &Db, head: &Head, file: &Path) -> Result<Option<String>> {
    let Ok(text) = tokio::fs::read_to_string(file).await else { return Ok(None) };
    let Ok(copied) = serde_json::from_str::<Copied>(&text) else {
        tracing::warn!(file = FILE, "the copy of the sync log's end cannot be read and is written anew");
        return Ok(None);
    };
    if copied.epoch != head.epoch || copied.seq == 0 {
        return Ok(None);
    }
    if copied.seq > head.number {
        let why = format!("the database ends at line {}, but {} lines had been acknowledged", head.number, copied.seq);
        return Ok(Some(why));
    }
    let there = sync::chain_at(&db.read, copied.seq).await?;
    let other = there.as_deref() != Some(copied.chain.as_str());
    Ok(other.then(|| format!("line {} of the database is not the line that had been acknowledged", copied.seq)))
}

/// Write the latest copy, again and again, until nobody can move the head any more.
async fn copies(mut wanted: watch::Receiver<Option<Copied>>, file: PathBuf) {
    if let Some(folder) = file.parent()
        && let Err(error) = tokio::fs::create_dir_all(folder).await
    {
        tracing::warn!(%error, "the folder for files could not be made");
    }
    while wanted.changed().await.is_ok() {
        let latest = wanted.borrow_and_update().clone();
        if let Some(copied) = latest
            && let Err(error) = write(&copied, &file).await
        {
            tracing::warn!(error = format!("{error:#}"), "the copy of the sync log's end could not be written");
        }
        tokio::time::sleep(COPY_EVERY).await;
    }
}

/// All of it or nothing: another file, flushed, takes the place of the last.
async fn write(copied: &Copied, file: &Path) -> anyhow::Result<()> {
    let (text, file) = (serde_json::to_vec(copied)?, file.to_owned());
    tokio::task::spawn_blocking(move || {
        let folder = file.parent().context("a folder")?;
        let mut next = tempfile::NamedTempFile::new_in(folder)?;
        std::io::Write::write_all(&mut next, &text)?;
        next.as_file().sync_all()?;
        next.persist(&file)?;
        Ok(())
    })
    .await?
}
