//! The sync log: a line for everything a device handed in, numbered without a gap in the order of commits, and its head.

mod lines;
mod lost;
mod told;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr, QueryResult};

use super::sql::{rows, run};
use super::{Db, Tx, begin_write};
use crate::error::{Error, Result};
use crate::store::audit::{self, Entry};

pub use lines::{
    Delivery, NewLine, Outcome, StoredLine, Written, anchored, chain_at, known, ledger, missing, named, of_response, write,
};
pub use lost::{LostLine, lost};
pub use told::{Told, tell, told};

/// Where the log ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Changes when the log is no continuation of what was promised.
    pub epoch: String,
    /// The number of the last line.
    pub number: i64,
    /// The hash that covers every line.
    pub chain: String,
    /// The number of the last decision that devices are told of.
    pub decisions: i64,
}

/// The head; when there is none yet, one of this epoch.
pub async fn open(db: &Db, epoch: &str, now: DateTime<Utc>) -> Result<Head> {
    let sql = "INSERT INTO sync_head (one, epoch, number, chain, decisions) VALUES (1, $1, 0, '', 0) ON CONFLICT DO NOTHING";
    if run(&db.write, sql, vec![epoch.into()]).await? > 0 {
        began(&db.write, epoch, "service", "the first", now).await?;
    }
    head(&db.write).await
}

/// The head as it is.
pub async fn head(db: &impl ConnectionTrait) -> Result<Head> {
    let rows = rows(db, HEAD, Vec::new()).await?;
    let row = rows.first().ok_or_else(|| Error::Internal(anyhow::anyhow!("the sync log has no head")))?;
    Ok(head_from(row)?)
}

const HEAD: &str = "SELECT epoch, number, chain, decisions FROM sync_head WHERE one = 1";

/// The head, held until the transaction ends: whoever adds to the log, or numbers a decision, does so one after the other,
/// so that nobody who reads up to a number can miss what was committed late.
async fn hold_head(tx: &Tx) -> Result<Head, DbErr> {
    // On SQLite the transaction itself is the only one that writes.
    let sql = if tx.get_database_backend() == DatabaseBackend::Postgres { format!("{HEAD} FOR UPDATE") } else { HEAD.to_owned() };
    let rows = rows(tx, &sql, Vec::new()).await?;
    rows.first().map_or_else(|| Err(DbErr::RecordNotFound("the sync log has no head".to_owned())), head_from)
}

async fn move_head(tx: &Tx, head: &Head) -> Result<(), DbErr> {
    let sql = "UPDATE sync_head SET epoch = $1, number = $2, chain = $3, decisions = $4 WHERE one = 1";
    let values = vec![head.epoch.clone().into(), head.number.into(), head.chain.clone().into(), head.decisions.into()];
    run(tx, sql, values).await.map(|_| ())
}

fn head_from(row: &QueryResult) -> Result<Head, DbErr> {
    Ok(Head {
        epoch: row.try_get("", "epoch")?,
        number: row.try_get("", "number")?,
        chain: row.try_get("", "chain")?,
        decisions: row.try_get("", "decisions")?,
    })
}

async fn began(tx: &impl ConnectionTrait, epoch: &str, by: &str, reason: &str, now: DateTime<Utc>) -> Result<(), DbErr> {
    let sql = "INSERT INTO sync_epochs (epoch, began_at, begun_by, reason) VALUES ($1, $2, $3, $4)";
    run(tx, sql, vec![epoch.into(), now.into(), by.into(), reason.into()]).await.map(|_| ())
}

/// When and why the epochs began, the newest first.
pub async fn epochs(db: &impl ConnectionTrait) -> Result<Vec<(DateTime<Utc>, String)>> {
    let sql = "SELECT began_at, reason FROM sync_epochs ORDER BY began_at DESC";
    let one = |row: &QueryResult| Ok::<_, DbErr>((row.try_get("", "began_at")?, row.try_get("", "reason")?));
    Ok(rows(db, sql, Vec::new()).await?.iter().map(one).collect::<Result<_, _>>()?)
}

/// Begin another epoch: every device asks what became of what it remembers, and sends again what is missing.
pub async fn turn_epoch(db: &Db, epoch: &str, by: &str, reason: &str, now: DateTime<Utc>) -> Result<Head> {
    let tx = begin_write(&db.write).await?;
    let mut head = hold_head(&tx).await?;
    let entry = Entry {
        at: now,
        actor: by.to_owned(),
        action: "sync.epoch_turned",
        consultation: None,
        subject: epoch.to_owned(),
        detail: format!("after line {}: {reason}", head.number),
    };
    epoch.clone_into(&mut head.epoch);
    move_head(&tx, &head).await?;
    began(&tx, epoch, by, reason, now).await?;
    audit::append(&tx, vec![entry], now).await?;
    tx.commit().await?;
    Ok(head)
}
