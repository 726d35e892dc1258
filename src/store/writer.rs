//! The writer: commits in groups. Whatever queued up while the last commit was on its way to the disk goes into the
//! next one, so durability costs one flush a group and a lone submission waits for nobody.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound as _, Utc};
use sea_orm::DbErr;
use sha2::{Digest as _, Sha256};
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::audit::{Chain, Entry};
use super::batches;
use super::desk::{self, Act};
use super::held::{self, NewHeld, Why};
use super::responses::{self, Known, NewRevision};
use super::{Db, Kind, Tx, begin_write, first, is_passing};
use crate::domain::response::hex;
use crate::error::{Error, Result};

/// What is to be written.
#[derive(Debug, Clone)]
pub enum Work {
    /// A revision; with what to put aside should its id already stand for other content.
    Store {
        /// The revision.
        revision: Box<NewRevision>,
        /// The exact bytes that arrived.
        payload: Arc<[u8]>,
        /// Who sent it, for the audit log.
        actor: String,
    },
    /// Something to put aside for a person.
    Hold {
        /// What to put aside.
        held: Box<NewHeld>,
        /// Who sent it, for the audit log.
        actor: String,
    },
    /// An entry for the audit log alone.
    Note(Entry),
    /// Something done to the paper ledger.
    Ledger(Box<batches::Doing>),
    /// Something done at the desk beside responses.
    Desk(Box<Act>),
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// It was stored now.
    Stored,
    /// The same content was stored before.
    Duplicate,
    /// It was put aside, now or before.
    Held(Why),
    /// The entry was recorded.
    Noted,
    /// What came of something done to the paper ledger.
    Ledger(batches::Done),
    /// What became of something done at the desk.
    Desk(desk::Done),
}

impl Work {
    const fn is_first_sending(&self) -> bool {
        matches!(self, Self::Store { revision, .. } if revision.supersedes.is_none())
    }

    fn revision(&self) -> Option<(&NewRevision, &str)> {
        match self {
            Self::Store { revision, actor, .. } => Some((revision, actor)),
            Self::Hold { .. } | Self::Note(_) | Self::Ledger(_) | Self::Desk(_) => None,
        }
    }
}

struct Job {
    work: Work,
    reply: oneshot::Sender<Result<Written>>,
}

impl Job {
    /// Whoever asked may have gone away; what was written stays written.
    fn answer(self, written: Result<Written>) {
        let _gone = self.reply.send(written);
    }
}

/// The way in: clone it freely.
#[derive(Debug, Clone)]
pub struct Writer {
    queue: mpsc::Sender<Job>,
}

/// How many submissions may wait; more than this and the next one waits to be taken in.
const WAITING: usize = 4096;

/// The most that goes into one commit.
const GROUP: usize = 256;

/// The most that goes into one commit on PostgreSQL. The driver leaves Nagle's algorithm on: a statement that goes out in
/// several writes (over 64 kB, or over 16 kB with TLS) may wait 40 ms for the other side's delayed acknowledgement.
const POSTGRES_GROUP: usize = 16;

/// How many groups PostgreSQL commits side by side.
const POSTGRES_WRITERS: usize = 4;

impl std::fmt::Debug for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Job")
    }
}

impl Writer {
    /// Start writing. The tasks end when the last `Writer` is dropped and everything queued has been written.
    pub async fn start(db: &Db, now: fn() -> DateTime<Utc>) -> Result<(Self, Vec<JoinHandle<()>>)> {
        let (queue, jobs) = mpsc::channel(WAITING);
        let jobs = Arc::new(Mutex::new(jobs));
        let (writers, most) = match db.kind {
            Kind::Sqlite => (1, GROUP),
            Kind::Postgres => (POSTGRES_WRITERS, POSTGRES_GROUP),
        };
        let mut tasks = Vec::with_capacity(writers);
        for _ in 0..writers {
            let chain = Chain::open(db, now()).await?;
            tasks.push(tokio::spawn(Loop { db: db.clone(), chain: Some(chain), most, now }.run(Arc::clone(&jobs))));
        }
        Ok((Self { queue }, tasks))
    }

    /// Write, and return once it is on the disk.
    pub async fn write(&self, work: Work) -> Result<Written> {
        let (reply, answer) = oneshot::channel();
        let gone = || Error::Unavailable(anyhow::anyhow!("the writer has stopped"));
        self.queue.send(Job { work, reply }).await.map_err(|_closed| gone())?;
        answer.await.map_err(|_closed| gone())?
    }

    /// Do something at the desk, and return once it is on the disk.
    pub async fn act(&self, act: Act) -> Result<desk::Done> {
        match self.write(Work::Desk(Box::new(act))).await? {
            Written::Desk(done) => Ok(done),
            other => Err(Error::Internal(anyhow::anyhow!("something else was written: {other:?}"))),
        }
    }
}

struct Loop {
    db: Db,
    /// None after a commit that may or may not have happened: where the chain ends is then unknown, and a new one begins.
    chain: Option<Chain>,
    most: usize,
    now: fn() -> DateTime<Utc>,
}

impl Loop {
    async fn run(mut self, jobs: Arc<Mutex<mpsc::Receiver<Job>>>) {
        let mut group = Vec::with_capacity(self.most);
        loop {
            let taken = jobs.lock().await.recv_many(&mut group, self.most).await;
            if taken == 0 {
                return;
            }
            metrics::histogram!("soundings_commit_group_size").record(f64::from(u32::try_from(taken).unwrap_or(u32::MAX)));
            let (first, others): (Vec<Job>, Vec<Job>) = group.drain(..).partition(|job| job.work.is_first_sending());
            self.write_first(first).await;
            self.write(others).await;
        }
    }

    /// First sendings go in one trip; when one of them is not the first after all, they are looked at one by one.
    async fn write_first(&mut self, jobs: Vec<Job>) {
        if jobs.is_empty() {
            return;
        }
        match self.commit_first(&jobs).await {
            Ok(true) => jobs.into_iter().for_each(|job| job.answer(Ok(Written::Stored))),
            Ok(false) => self.write(jobs).await,
            Err(error) => self.failed(jobs, error).await,
        }
    }

    async fn write(&mut self, jobs: Vec<Job>) {
        if jobs.is_empty() {
            return;
        }
        match self.commit(jobs.iter().map(|job| &job.work)).await {
            Ok(written) => jobs.into_iter().zip(written).for_each(|(job, written)| job.answer(Ok(written))),
            Err(error) => self.failed(jobs, error).await,
        }
    }

    /// When the database is away every member is told so at once. Otherwise each is tried alone, so that one the database
    /// cannot take does not sink the others.
    async fn failed(&mut self, jobs: Vec<Job>, error: DbErr) {
        if jobs.len() == 1 || is_passing(&error) {
            for job in jobs {
                job.answer(Err(error.clone().into()));
            }
            return;
        }
        tracing::warn!(size = jobs.len(), "a group could not be committed; trying its members alone");
        for job in jobs {
            let written = self.commit(std::iter::once(&job.work)).await;
            job.answer(written.map(|mut written| written.remove(0)).map_err(Error::from));
        }
    }

    /// All of them or, when one is already there, none.
    async fn commit_first(&mut self, jobs: &[Job]) -> Result<bool, DbErr> {
        let Some(before) = self.chain.take() else { return Ok(false) };
        let now = (self.now)().trunc_subsecs(6);
        let mut chain = before.clone();
        let new: Vec<_> = jobs.iter().filter_map(|job| job.work.revision()).collect();
        let new: Vec<_> = new.into_iter().map(|(revision, actor)| (revision, chain.link(stored(now, revision, actor)))).collect();
        let all = first::store(&self.db, chain.id(), &new, now).await?;
        self.chain = Some(if all { chain } else { before });
        Ok(all)
    }

    async fn commit(&mut self, work: impl Iterator<Item = &Work>) -> Result<Vec<Written>, DbErr> {
        let now = (self.now)().trunc_subsecs(6);
        let tx = begin_write(&self.db.write).await?;
        let mut chain = match self.chain.take() {
            Some(chain) => chain,
            None => Chain::begin(&tx, now).await?,
        };
        let mut group = Group { now, entries: Vec::new() };
        let mut written = Vec::new();
        for one in work {
            written.push(group.write(&tx, one).await?);
        }
        chain.append(&tx, group.entries).await?;
        tx.commit().await?;
        self.chain = Some(chain);
        Ok(written)
    }
}

/// One group on its way to the disk, looked at one by one.
struct Group {
    now: DateTime<Utc>,
    entries: Vec<Entry>,
}

impl Group {
    async fn write(&mut self, tx: &Tx, work: &Work) -> Result<Written, DbErr> {
        match work {
            Work::Store { revision, payload, actor } => self.store(tx, revision, payload, actor).await,
            Work::Hold { held, actor } => self.hold(tx, held, actor).await,
            Work::Note(entry) => {
                self.entries.push(entry.clone());
                Ok(Written::Noted)
            }
            Work::Ledger(doing) => {
                let (done, entries) = batches::act(tx, doing, self.now).await?;
                self.entries.extend(entries);
                Ok(Written::Ledger(done))
            }
            Work::Desk(act) => {
                let (done, entries) = desk::act(tx, act, self.now).await?;
                self.entries.extend(entries);
                Ok(Written::Desk(done))
            }
        }
    }

    /// A revision id that is known is a repeat or a conflict; a correction must replace the last revision. What is known
    /// is looked up after the insert, which waits for a rival writer that is storing the same at this moment.
    async fn store(&mut self, tx: &Tx, revision: &NewRevision, payload: &Arc<[u8]>, actor: &str) -> Result<Written, DbErr> {
        if let Some(number) = number(tx, revision).await?
            && responses::insert(tx, revision, number, self.now).await?
        {
            self.entries.push(stored(self.now, revision, actor));
            return Ok(Written::Stored);
        }
        let known = responses::known(tx, &revision.consultation, revision.revision_id).await?;
        let is_same = |known: &Known| {
            known.digest == revision.digest && known.response_id == revision.response_id && known.withdrawn == revision.withdrawn
        };
        if known.is_some_and(|known| is_same(&known)) {
            return Ok(Written::Duplicate);
        }
        self.hold(tx, &conflict(revision, payload), actor).await
    }

    async fn hold(&mut self, tx: &Tx, held: &NewHeld, actor: &str) -> Result<Written, DbErr> {
        if held::keep(tx, held, self.now).await? {
            let (id, why) = (held.held_id.to_string(), held.why.code().to_owned());
            self.entries.push(entry(self.now, actor, "response.held", &held.consultation, id, why));
        }
        Ok(Written::Held(held.why))
    }
}

/// The number a revision would have: 1 for a first sending, the next for a correction of the last; none when it replaces
/// anything else.
async fn number(tx: &Tx, revision: &NewRevision) -> Result<Option<i32>, DbErr> {
    let Some(supersedes) = revision.supersedes else { return Ok(Some(1)) };
    let last = responses::last(tx, &revision.consultation, revision.response_id).await?;
    Ok(last.filter(|(id, last)| *id == supersedes && !last.withdrawn).map(|(_, last)| last.number + 1))
}

fn stored(now: DateTime<Utc>, revision: &NewRevision, actor: &str) -> Entry {
    let action = match (revision.withdrawn, revision.supersedes) {
        (true, _) => "response.withdrawn",
        (false, Some(_)) => "response.corrected",
        (false, None) => "response.stored",
    };
    entry(now, actor, action, &revision.consultation, revision.revision_id.to_string(), revision.digest.clone())
}

fn entry(at: DateTime<Utc>, actor: &str, action: &'static str, consultation: &str, subject: String, detail: String) -> Entry {
    Entry { at, actor: actor.to_owned(), action, consultation: Some(consultation.to_owned()), subject, detail }
}

/// Known by its bytes, not by what they say: whoever was promised that these bytes are kept must find them.
fn conflict(revision: &NewRevision, payload: &Arc<[u8]>) -> NewHeld {
    NewHeld {
        consultation: revision.consultation.clone(),
        held_id: Uuid::now_v7(),
        revision_id: revision.revision_id,
        response_id: revision.response_id,
        why: Why::Conflict,
        channel: Some(revision.channel),
        edition: Some(revision.edition),
        form_version: Some(revision.form_version),
        digest: if payload.is_empty() { revision.digest.clone() } else { hex(&Sha256::digest(payload)) },
        payload: payload.to_vec(),
        findings: Vec::new(),
        synthetic: revision.synthetic,
    }
}
