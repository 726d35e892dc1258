//! The writer: commits in groups. Whatever queued up while the last commit was on its way to the disk goes into the
//! next one, so durability costs one flush a group and a lone submission waits for nobody.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, SubsecRound as _, Utc};
use sea_orm::DbErr;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::audit::{Chain, Entry};
use super::held::{self, NewHeld, Why};
use super::responses::{self, NewRevision};
use super::{Db, Kind, Tx, begin_write};
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
}

struct Job {
    work: Work,
    reply: oneshot::Sender<Result<Written>>,
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

/// How many groups PostgreSQL commits side by side.
const POSTGRES_WRITERS: usize = 3;

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
        let writers = if db.kind == Kind::Sqlite { 1 } else { POSTGRES_WRITERS };
        let mut tasks = Vec::with_capacity(writers);
        for _ in 0..writers {
            let chain = Chain::open(db, now()).await?;
            tasks.push(tokio::spawn(Loop { db: db.clone(), chain, now }.run(Arc::clone(&jobs))));
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
}

struct Loop {
    db: Db,
    chain: Chain,
    now: fn() -> DateTime<Utc>,
}

impl Loop {
    async fn run(mut self, jobs: Arc<Mutex<mpsc::Receiver<Job>>>) {
        let mut group = Vec::with_capacity(GROUP);
        loop {
            let taken = jobs.lock().await.recv_many(&mut group, GROUP).await;
            if taken == 0 {
                return;
            }
            metrics::histogram!("soundings_commit_group_size").record(f64::from(u32::try_from(taken).unwrap_or(u32::MAX)));
            let (work, replies): (Vec<Work>, Vec<_>) = group.drain(..).map(|job| (job.work, job.reply)).unzip();
            let results = self.commit(&work).await;
            for (reply, result) in replies.into_iter().zip(results) {
                // Whoever asked may have gone away; what was written stays written.
                let _gone = reply.send(result);
            }
        }
    }

    /// Commit a group. When the group fails, each of its members is tried alone, so that one the database cannot take
    /// does not sink the others.
    async fn commit(&mut self, work: &[Work]) -> Vec<Result<Written>> {
        match self.try_commit(work).await {
            Ok(written) => written.into_iter().map(Ok).collect(),
            Err(error) if work.len() == 1 => vec![Err(error.into())],
            Err(error) => {
                tracing::warn!(size = work.len(), error = %error, "a group could not be committed; trying its members alone");
                let mut results = Vec::with_capacity(work.len());
                for one in work {
                    let written = self.try_commit(std::slice::from_ref(one)).await;
                    results.push(written.map(|mut written| written.remove(0)).map_err(Error::from));
                }
                results
            }
        }
    }

    async fn try_commit(&mut self, work: &[Work]) -> Result<Vec<Written>, DbErr> {
        let now = (self.now)().trunc_subsecs(6);
        let tx = begin_write(&self.db.write).await?;
        let mut group = Group { now, written: vec![None; work.len()], entries: Vec::new() };
        group.store_first_revisions(&tx, work).await?;
        group.store_the_rest(&tx, work).await?;
        let mut chain = self.chain.clone();
        chain.append(&tx, &group.entries).await?;
        tx.commit().await?;
        self.chain = chain;
        Ok(group.written.into_iter().map(|written| written.unwrap_or(Written::Noted)).collect())
    }
}

/// One group on its way to the disk.
struct Group {
    now: DateTime<Utc>,
    written: Vec<Option<Written>>,
    entries: Vec<Entry>,
}

impl Group {
    /// First sendings: one statement for all of them. What it leaves out is looked at one by one.
    async fn store_first_revisions(&mut self, tx: &Tx, work: &[Work]) -> Result<(), DbErr> {
        let mut first: Vec<(&NewRevision, i32)> = Vec::new();
        let mut asked: Vec<usize> = Vec::new();
        let mut seen: HashSet<(&str, Uuid)> = HashSet::new();
        for (index, one) in work.iter().enumerate() {
            if let Work::Store { revision, .. } = one
                && revision.supersedes.is_none()
                && seen.insert((&revision.consultation, revision.revision_id))
            {
                first.push((revision, 1));
                asked.push(index);
            }
        }
        if first.is_empty() {
            return Ok(());
        }
        let inserted = responses::insert(tx, &first, self.now).await?;
        let all = inserted.len() == first.len();
        let inserted: HashSet<(String, Uuid)> = if all { HashSet::new() } else { inserted.into_iter().collect() };
        for index in asked {
            if let Work::Store { revision, actor, .. } = &work[index]
                && (all || inserted.contains(&(revision.consultation.clone(), revision.revision_id)))
            {
                self.stored(index, revision, actor);
            }
        }
        Ok(())
    }

    /// Repeats, corrections, withdrawals, things to put aside and entries of their own.
    async fn store_the_rest(&mut self, tx: &Tx, work: &[Work]) -> Result<(), DbErr> {
        for (index, one) in work.iter().enumerate() {
            if self.written[index].is_some() {
                continue;
            }
            match one {
                Work::Store { revision, payload, actor } => self.store(tx, index, (revision, payload, actor)).await?,
                Work::Hold { held, actor } => self.hold(tx, index, held, actor).await?,
                Work::Note(entry) => {
                    self.entries.push(entry.clone());
                    self.written[index] = Some(Written::Noted);
                }
            }
        }
        Ok(())
    }

    /// A revision id that is known is a repeat or a conflict; a correction must replace the last revision.
    async fn store(&mut self, tx: &Tx, index: usize, work: (&NewRevision, &Arc<[u8]>, &String)) -> Result<(), DbErr> {
        let (revision, payload, actor) = work;
        if let Some(known) = responses::known(tx, &revision.consultation, revision.revision_id).await? {
            let same = known.digest == revision.digest
                && known.response_id == revision.response_id
                && known.withdrawn == revision.withdrawn;
            if same {
                self.written[index] = Some(Written::Duplicate);
                return Ok(());
            }
        } else if let Some(supersedes) = revision.supersedes {
            let last = responses::last(tx, &revision.consultation, revision.response_id).await?;
            if let Some((_, last)) = last.filter(|(id, last)| *id == supersedes && !last.withdrawn) {
                let inserted = responses::insert(tx, &[(revision, last.number + 1)], self.now).await?;
                if !inserted.is_empty() {
                    self.stored(index, revision, actor);
                    return Ok(());
                }
            }
        }
        let held = conflict(revision, payload);
        self.hold(tx, index, &held, actor).await
    }

    async fn hold(&mut self, tx: &Tx, index: usize, held: &NewHeld, actor: &str) -> Result<(), DbErr> {
        if held::keep(tx, held, self.now).await? {
            let (id, why) = (held.held_id.to_string(), held.why.code().to_owned());
            self.entries.push(self.entry(actor, "response.held", &held.consultation, id, why));
        }
        self.written[index] = Some(Written::Held(held.why));
        Ok(())
    }

    fn stored(&mut self, index: usize, revision: &NewRevision, actor: &str) {
        let action = match (revision.withdrawn, revision.supersedes) {
            (true, _) => "response.withdrawn",
            (false, Some(_)) => "response.corrected",
            (false, None) => "response.stored",
        };
        let entry = self.entry(actor, action, &revision.consultation, revision.revision_id.to_string(), revision.digest.clone());
        self.entries.push(entry);
        self.written[index] = Some(Written::Stored);
    }

    fn entry(&self, actor: &str, action: &'static str, consultation: &str, subject: String, detail: String) -> Entry {
        Entry { at: self.now, actor: actor.to_owned(), action, consultation: Some(consultation.to_owned()), subject, detail }
    }
}

fn conflict(revision: &NewRevision, payload: &Arc<[u8]>) -> NewHeld {
    NewHeld {
        consultation: revision.consultation.clone(),
        held_id: Uuid::now_v7(),
        revision_id: revision.revision_id,
        response_id: revision.response_id,
        why: Why::Conflict,
        channel: revision.channel,
        edition: revision.edition,
        form_version: revision.form_version,
        digest: revision.digest.clone(),
        payload: payload.to_vec(),
        findings: Vec::new(),
        synthetic: revision.synthetic,
    }
}
