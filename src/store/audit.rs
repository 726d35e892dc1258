//! The audit log: who did what, when; append-only, in hash chains, with never an answer in it.
//!
//! Each writer keeps a chain of its own, so that writers do not wait for each other. The first entry of a chain names
//! the last hash of every chain there was, so that no chain can be dropped unseen. What does not go through a writer
//! shares one chain more.

use std::collections::BTreeMap;

use chrono::{DateTime, SubsecRound as _, Utc};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::sql::{rows, run};
use super::{Db, begin_write, settings};
use crate::domain::response::hex;
use crate::error::Result;

/// One thing that was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// When.
    pub at: DateTime<Utc>,
    /// Who: `public`, `token:NAME`, `command`.
    pub actor: String,
    /// What, as `noun.verb`.
    pub action: &'static str,
    /// In which consultation.
    pub consultation: Option<String>,
    /// To what: an id, never a person or an answer.
    pub subject: String,
    /// A digest, a reason, a count.
    pub detail: String,
}

/// The end of one chain, kept by the writer that owns it.
#[derive(Debug, Clone)]
pub struct Chain {
    id: Uuid,
    number: i64,
    hash: String,
}

/// An entry with its place in a chain.
#[derive(Debug, Clone)]
pub struct Link {
    /// The entry; its instant in the precision that is stored.
    pub entry: Entry,
    /// Its number within the chain.
    pub number: i64,
    /// The hash that covers it and everything before it.
    pub hash: String,
}

impl Chain {
    /// Open a new chain in a transaction of its own.
    pub async fn open(db: &Db, now: DateTime<Utc>) -> Result<Self> {
        let tx = begin_write(&db.write).await?;
        let chain = Self::begin(&tx, now).await?;
        tx.commit().await?;
        Ok(chain)
    }

    /// Begin a new chain, whose first entry names the ends of all chains there are.
    pub async fn begin(tx: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Self, DbErr> {
        Self::begin_as(tx, Uuid::now_v7(), now).await
    }

    async fn begin_as(tx: &impl ConnectionTrait, id: Uuid, now: DateTime<Utc>) -> Result<Self, DbErr> {
        let mut chain = Self { id, number: 0, hash: String::new() };
        let ends = ends(tx).await?;
        let detail: Vec<String> = ends.iter().map(|(id, (number, hash))| format!("{id}:{number}:{hash}")).collect();
        let subject = chain.id.to_string();
        let opening = Entry {
            at: now,
            actor: "service".to_owned(),
            action: "chain.open",
            consultation: None,
            subject,
            detail: detail.join(" "),
        };
        chain.append(tx, vec![opening]).await?;
        Ok(chain)
    }

    /// The chain that no writer owns, shared by all processes: whoever adds to it holds it until their transaction ends.
    async fn shared(tx: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Self> {
        let id = settings::get_or_keep(tx, SHARED, &Uuid::now_v7().to_string()).await?;
        run(tx, "UPDATE settings SET value = value WHERE name = $1", vec![SHARED.into()]).await?;
        let id: Uuid = id.parse().map_err(anyhow::Error::from)?;
        let last = "SELECT number, hash FROM audit WHERE chain = $1 ORDER BY number DESC LIMIT 1";
        match rows(tx, last, vec![id.into()]).await?.first() {
            Some(row) => Ok(Self { id, number: row.try_get("", "number")?, hash: row.try_get("", "hash")? }),
            None => Ok(Self::begin_as(tx, id, now).await?),
        }
    }

    /// The chain's id.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        self.id
    }

    /// Make an entry the chain's next link, to be written in the same transaction as what it tells of. When that does
    /// not commit, use the chain as it was before: keep a clone.
    pub fn link(&mut self, mut entry: Entry) -> Link {
        entry.at = entry.at.trunc_subsecs(6);
        self.number += 1;
        self.hash = Hashed {
            before: &self.hash,
            chain: self.id,
            number: self.number,
            at: entry.at,
            actor: &entry.actor,
            action: entry.action,
            consultation: entry.consultation.as_deref().unwrap_or_default(),
            subject: &entry.subject,
            detail: &entry.detail,
        }
        .hash();
        Link { entry, number: self.number, hash: self.hash.clone() }
    }

    /// Link entries and write them. When the transaction does not commit, use the chain as it was before.
    pub async fn append(&mut self, tx: &impl ConnectionTrait, entries: Vec<Entry>) -> Result<(), DbErr> {
        let sql = "INSERT INTO audit (chain, number, at, actor, action, consultation, subject, detail, hash) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        for entry in entries {
            let Link { entry, number, hash } = self.link(entry);
            let values = [
                self.id.into(),
                number.into(),
                entry.at.into(),
                entry.actor.into(),
                entry.action.into(),
                entry.consultation.into(),
                entry.subject.into(),
                entry.detail.into(),
                hash.into(),
            ];
            tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
        }
        Ok(())
    }
}

/// The setting that names the chain no writer owns.
const SHARED: &str = "shared_chain";

/// Add entries about what this transaction does, when it does not go through a writer. Such acts are rare, so they wait
/// for each other and share one chain: a chain for each act would name all chains before it, and the log would swell.
pub async fn append(tx: &impl ConnectionTrait, entries: Vec<Entry>, now: DateTime<Utc>) -> Result<()> {
    Chain::shared(tx, now).await?.append(tx, entries).await?;
    Ok(())
}

/// Record entries in a transaction of their own.
pub async fn record(db: &Db, entries: Vec<Entry>, now: DateTime<Utc>) -> Result<()> {
    let tx = begin_write(&db.write).await?;
    append(&tx, entries, now).await?;
    tx.commit().await?;
    Ok(())
}

/// The fields of an entry that its hash covers.
struct Hashed<'a> {
    before: &'a str,
    chain: Uuid,
    number: i64,
    at: DateTime<Utc>,
    actor: &'a str,
    action: &'a str,
    consultation: &'a str,
    subject: &'a str,
    detail: &'a str,
}

impl Hashed<'_> {
    fn hash(&self) -> String {
        let mut hasher = Sha256::new();
        hasher.update(self.chain.as_bytes());
        hasher.update(self.number.to_be_bytes());
        hasher.update(self.at.timestamp_micros().to_be_bytes());
        for part in [self.before, self.actor, self.action, self.consultation, self.subject, self.detail] {
            // Each part's length goes first, so that two different entries never feed the same bytes.
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part.as_bytes());
        }
        hex(&hasher.finalize())
    }
}

/// An entry as it stands in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recorded {
    /// The chain it is in.
    pub chain: Uuid,
    /// Its number within the chain.
    pub number: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: String,
    /// What.
    pub action: String,
    /// In which consultation.
    pub consultation: Option<String>,
    /// To what.
    pub subject: String,
    /// A digest, a reason, a count.
    pub detail: String,
    /// The hash that covers it and everything before it.
    pub hash: String,
}

const COLUMNS: &str = "chain, number, at, actor, action, consultation, subject, detail, hash";

/// The whole log, chain by chain.
pub async fn all(db: &Db) -> Result<Vec<Recorded>> {
    recorded(db, &format!("SELECT {COLUMNS} FROM audit ORDER BY chain, number")).await
}

/// The newest entries first, at most this many; without the openings of chains and, unless asked for, what the public
/// sent.
pub async fn latest(db: &Db, with_public: bool, most: u64) -> Result<Vec<Recorded>> {
    let public = if with_public { "" } else { " AND actor NOT IN ('public', 'demo')" };
    let order = format!("ORDER BY at DESC, chain, number DESC LIMIT {most}");
    recorded(db, &format!("SELECT {COLUMNS} FROM audit WHERE action <> 'chain.open'{public} {order}")).await
}

async fn recorded(db: &Db, sql: &str) -> Result<Vec<Recorded>> {
    let one = |row: &QueryResult| {
        Ok::<_, DbErr>(Recorded {
            chain: row.try_get("", "chain")?,
            number: row.try_get("", "number")?,
            at: row.try_get("", "at")?,
            actor: row.try_get("", "actor")?,
            action: row.try_get("", "action")?,
            consultation: row.try_get("", "consultation")?,
            subject: row.try_get("", "subject")?,
            detail: row.try_get("", "detail")?,
            hash: row.try_get("", "hash")?,
        })
    };
    Ok(rows(&db.read, sql, Vec::new()).await?.iter().map(one).collect::<Result<_, _>>()?)
}

async fn ends(tx: &impl ConnectionTrait) -> Result<BTreeMap<Uuid, (i64, String)>, DbErr> {
    let sql = "SELECT a.chain, a.number, a.hash FROM audit a \
               JOIN (SELECT chain, MAX(number) AS number FROM audit GROUP BY chain) last \
               ON last.chain = a.chain AND last.number = a.number";
    let rows = tx.query_all_raw(Statement::from_string(tx.get_database_backend(), sql)).await?;
    rows.iter().map(|row| Ok((row.try_get("", "chain")?, (row.try_get("", "number")?, row.try_get("", "hash")?)))).collect()
}

/// What a verification of the log found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// How many chains there are.
    pub chains: usize,
    /// How many entries there are.
    pub entries: usize,
    /// What does not hold, one line each.
    pub faults: Vec<String>,
}

/// Walk every chain and report each entry that was changed, removed or put in.
pub async fn verify(db: &Db) -> Result<Verified> {
    let entries = all(db).await?;
    let mut verified = Verified { entries: entries.len(), ..Verified::default() };
    let mut ends: BTreeMap<Uuid, BTreeMap<i64, String>> = BTreeMap::new();
    let mut claims: Vec<(Uuid, String)> = Vec::new();
    let mut end: (Option<Uuid>, i64, String) = (None, 0, String::new());
    for entry in entries {
        let Recorded { chain, number, hash, .. } = &entry;
        if end.0 != Some(*chain) {
            verified.chains += 1;
            end = (Some(*chain), 0, String::new());
        }
        if *number != end.1 + 1 {
            verified.faults.push(format!("chain {chain}: entry {} is missing", end.1 + 1));
        }
        if *hash != hash_of(&entry, &end.2) {
            verified.faults.push(format!("chain {chain}: entry {number} does not match its hash"));
        }
        ends.entry(*chain).or_default().insert(*number, hash.clone());
        end = (Some(*chain), *number, hash.clone());
        if entry.action == "chain.open" {
            claims.push((entry.chain, entry.detail));
        }
    }
    for (chain, claim) in claims {
        check_claim(chain, &claim, &ends, &mut verified.faults);
    }
    Ok(verified)
}

/// What an entry's hash must be after the hash before it.
fn hash_of(entry: &Recorded, before: &str) -> String {
    Hashed {
        before,
        chain: entry.chain,
        number: entry.number,
        at: entry.at,
        actor: &entry.actor,
        action: &entry.action,
        consultation: entry.consultation.as_deref().unwrap_or_default(),
        subject: &entry.subject,
        detail: &entry.detail,
    }
    .hash()
}

/// A chain's first entry names the ends it saw; each must still be there.
fn check_claim(chain: Uuid, claim: &str, ends: &BTreeMap<Uuid, BTreeMap<i64, String>>, faults: &mut Vec<String>) {
    for part in claim.split_whitespace() {
        let mut fields = part.split(':');
        let seen = (|| {
            let id: Uuid = fields.next()?.parse().ok()?;
            let number: i64 = fields.next()?.parse().ok()?;
            Some((id, number, fields.next()?))
        })();
        if let Some((id, number, hash)) = seen
            && ends.get(&id).and_then(|chain| chain.get(&number)).map(String::as_str) != Some(hash)
        {
            faults.push(format!("chain {chain} saw entry {number} of chain {id}, which is no longer there"));
        }
    }
}
