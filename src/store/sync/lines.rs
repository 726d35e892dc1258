//! Lines: written under the lock of the head, found again by what they are of, by device or by number.

use chrono::{DateTime, SubsecRound as _, Utc};
use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr, QueryResult, Value};
use uuid::Uuid;

use super::super::sql::{numbered, places, rows, run};
use super::super::{Db, Tx, begin_write, devices};
use super::{Head, hold_head, lost, move_head};
use crate::domain::sync::gaps::{Received, received};
use crate::domain::sync::receipt::{Kept, Line, chained};
use crate::domain::sync::{Anchor, Lost, Report};
use crate::error::Result;

/// Something that was handed in, before it has a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLine {
    /// The consultation.
    pub consultation: String,
    /// The item.
    pub revision_id: Uuid,
    /// The hash of the item.
    pub hash: String,
    /// The device's own number.
    pub device_seq: i64,
    /// What became of it.
    pub kept: Kept,
    /// Why it is held.
    pub reason: Option<&'static str>,
    /// The response, by the id the device gave it.
    pub response_id: Uuid,
    /// The response it became part of, where that has another id.
    pub stored_as: Option<Uuid>,
    /// The batch and the sheet.
    pub sheet: Option<(u32, u32)>,
    /// Who keyed or asked.
    pub keyed_by: String,
    /// Not before this instant, when that is known.
    pub captured_from: Option<DateTime<Utc>>,
    /// Not after this instant.
    pub captured_until: DateTime<Utc>,
}

/// A line with what is known about its item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredLine {
    /// The line.
    pub line: Line,
    /// The consultation.
    pub consultation: String,
    /// The device.
    pub device: Uuid,
    /// Why it is held.
    pub reason: Option<String>,
    /// The response, by the id the device gave it.
    pub response_id: Uuid,
    /// The response it became part of.
    pub stored_as: Option<Uuid>,
    /// Who keyed or asked.
    pub keyed_by: String,
}

/// What one push brings to the log.
#[derive(Debug, Clone)]
pub struct Delivery<'a> {
    /// The device that made the items.
    pub device: Uuid,
    /// What it said of itself; none when somebody else brings its items.
    pub report: Option<&'a Report>,
    /// What was kept of it.
    pub lines: &'a [NewLine],
    /// What it has a receipt for and nobody holds any more.
    pub lost: &'a [(Lost, Line)],
    /// When it was received.
    pub now: DateTime<Utc>,
}

/// What became of one new line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It has this line now, or had it before.
    Line(Box<StoredLine>),
    /// Its id stands for other content, which came first: nothing was written for it.
    Conflict,
}

/// What the log says of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// For each new line, in their order.
    pub outcomes: Vec<Outcome>,
    /// Where the log ends now.
    pub head: Head,
    /// What has arrived from the device.
    pub received: Received,
    /// Whether this push showed, for the first time, that there are two of the device.
    pub is_two: bool,
}

const COLUMNS: [&str; 18] = [
    "consultation",
    "revision_id",
    "hash",
    "number",
    "epoch",
    "device",
    "device_seq",
    "status",
    "reason",
    "response_id",
    "stored_as",
    "batch",
    "sheet",
    "keyed_by",
    "captured_from",
    "captured_until",
    "at",
    "chain",
];

/// Write lines for what has none yet, and extend the chain, in one transaction. What the device said of itself and what it
/// has lost goes with them.
pub async fn write(db: &Db, delivery: &Delivery<'_>) -> Result<Written> {
    let tx = begin_write(&db.write).await?;
    let mut head = hold_head(&tx).await?;
    let wanted: Vec<(&str, Uuid)> = delivery.lines.iter().map(|new| (new.consultation.as_str(), new.revision_id)).collect();
    let mut all = known(&tx, &wanted).await?;
    let before = all.len();
    let mut new = Vec::new();
    let mut outcomes = Vec::with_capacity(delivery.lines.len());
    for line in delivery.lines {
        let is_same =
            |stored: &&StoredLine| stored.line.revision_id == line.revision_id && stored.consultation == line.consultation;
        let own = all.iter().filter(is_same).find(|stored| stored.line.hash == line.hash).cloned();
        // A rival that was held has not taken the id: what the door stored is what the id stands for.
        let is_taken = || all.iter().filter(is_same).any(|stored| stored.line.kept == Kept::Stored);
        let is_other = own.is_none() && line.kept == Kept::Stored && is_taken();
        outcomes.push(match own {
            Some(own) => Outcome::Line(Box::new(own)),
            None if is_other => Outcome::Conflict,
            None => {
                let stored = next(&mut head, delivery, line);
                new.push((line, stored.line.clone(), head.chain.clone()));
                all.push(stored.clone());
                Outcome::Line(Box::new(stored))
            }
        });
    }
    insert(&tx, delivery.device, &new).await?;
    if all.len() > before {
        move_head(&tx, &head).await?;
    }
    let (received, is_two) = reach(&tx, delivery, new.iter().map(|(line, ..)| line.device_seq)).await?;
    lost::keep(&tx, delivery).await?;
    tx.commit().await?;
    Ok(Written { outcomes, head, received, is_two })
}

/// The next line, and the head moved on to it.
fn next(head: &mut Head, delivery: &Delivery<'_>, new: &NewLine) -> StoredLine {
    head.number += 1;
    let line = Line {
        epoch: head.epoch.clone(),
        number: head.number,
        revision_id: new.revision_id,
        hash: new.hash.clone(),
        kept: new.kept,
        at: delivery.now.trunc_subsecs(3),
    };
    head.chain = chained(&head.chain, &line);
    StoredLine {
        line,
        consultation: new.consultation.clone(),
        device: delivery.device,
        reason: new.reason.map(str::to_owned),
        response_id: new.response_id,
        stored_as: new.stored_as,
        keyed_by: new.keyed_by.clone(),
    }
}

async fn insert(tx: &Tx, device: Uuid, new: &[(&NewLine, Line, String)]) -> Result<(), DbErr> {
    if new.is_empty() {
        return Ok(());
    }
    let room = match tx.get_database_backend() {
        DatabaseBackend::Postgres => {
            let row = |row: usize| format!("({})", numbered(row * COLUMNS.len() + 1, COLUMNS.len()));
            (0..new.len()).map(row).collect::<Vec<_>>().join(", ")
        }
        _ => places(new.len(), COLUMNS.len()),
    };
    let sql = format!("INSERT INTO sync_lines ({}) VALUES {room}", COLUMNS.join(", "));
    let whole = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    let mut values: Vec<Value> = Vec::with_capacity(new.len() * COLUMNS.len());
    for (new, line, chain) in new {
        values.extend::<[Value; 18]>([
            new.consultation.clone().into(),
            new.revision_id.into(),
            new.hash.clone().into(),
            line.number.into(),
            line.epoch.clone().into(),
            device.into(),
            new.device_seq.into(),
            new.kept.code().into(),
            new.reason.into(),
            new.response_id.into(),
            new.stored_as.into(),
            new.sheet.map(|(batch, _)| whole(batch)).into(),
            new.sheet.map(|(_, sheet)| whole(sheet)).into(),
            new.keyed_by.clone().into(),
            new.captured_from.into(),
            Some(new.captured_until).into(),
            line.at.into(),
            chain.clone().into(),
        ]);
    }
    run(tx, &sql, values).await.map(|_| ())
}

/// How far what has arrived from the device reaches, and whether one of its new numbers stands for two items.
async fn reach(tx: &Tx, delivery: &Delivery<'_>, new: impl Iterator<Item = i64>) -> Result<(Received, bool)> {
    let through = rows(tx, "SELECT through FROM devices WHERE device_id = $1", vec![delivery.device.into()]).await?;
    let through: i64 = through.first().map_or(Ok(0), |row| row.try_get("", "through"))?;
    let received = missing(tx, delivery.device, through).await?;
    let reaches = (received.through, received.high);
    match delivery.report {
        Some(report) => devices::report(tx, delivery.device, report, reaches, delivery.now).await?,
        None => devices::reaches(tx, delivery.device, reaches).await?,
    }
    let mut new: Vec<i64> = new.collect();
    new.sort_unstable();
    let (Some(first), Some(last)) = (new.first(), new.last()) else { return Ok((received, false)) };
    let sql = "SELECT device_seq FROM sync_lines WHERE device = $1 AND device_seq >= $2 AND device_seq <= $3 \
               GROUP BY device_seq HAVING COUNT(DISTINCT revision_id) > 1 LIMIT 1";
    let twice = rows(tx, sql, vec![delivery.device.into(), (*first).into(), (*last).into()]).await?;
    let is_two = !twice.is_empty() && devices::is_two(tx, delivery.device, delivery.now).await?;
    Ok((received, is_two))
}

/// What has arrived from a device of which everything up to `through` has.
pub async fn missing(db: &impl ConnectionTrait, device: Uuid, through: i64) -> Result<Received> {
    let sql = "SELECT DISTINCT device_seq FROM sync_lines WHERE device = $1 AND device_seq > $2 ORDER BY device_seq LIMIT 100000";
    let later = rows(db, sql, vec![device.into(), through.into()]).await?;
    let later: Vec<i64> = later.iter().map(|row| row.try_get("", "device_seq")).collect::<Result<_, _>>()?;
    Ok(received(through, &later))
}

/// Every line of these items, whatever its hash.
pub async fn known(db: &impl ConnectionTrait, wanted: &[(&str, Uuid)]) -> Result<Vec<StoredLine>> {
    let mut found = Vec::new();
    let mut codes: Vec<&str> = wanted.iter().map(|(consultation, _)| *consultation).collect();
    codes.sort_unstable();
    codes.dedup();
    for code in codes {
        let ids: Vec<Uuid> = wanted.iter().filter(|(consultation, _)| *consultation == code).map(|(_, id)| *id).collect();
        let sql = format!("{LINE} WHERE consultation = $1 AND revision_id IN ({}) ORDER BY number", numbered(2, ids.len()));
        let values = std::iter::once(Value::from(code)).chain(ids.into_iter().map(Value::from)).collect();
        for row in rows(db, &sql, values).await? {
            found.push(line_from(&row)?);
        }
    }
    Ok(found)
}

/// Every line of these items that a device brought, whatever the consultation.
pub async fn named(db: &impl ConnectionTrait, device: Uuid, ids: &[Uuid]) -> Result<Vec<StoredLine>> {
    let mut found = Vec::new();
    for ids in ids.chunks(500) {
        let given = numbered(2, ids.len());
        let sql = format!(
            "{LINE} WHERE device = $1 AND revision_id IN ({given}) AND consultation IN \
             (SELECT consultation FROM device_consultations WHERE device_id = $1) ORDER BY number"
        );
        let values = std::iter::once(Value::from(device)).chain(ids.iter().copied().map(Value::from)).collect();
        for row in rows(db, &sql, values).await? {
            found.push(line_from(&row)?);
        }
    }
    Ok(found)
}

/// The lines a device brought after a number, in their order.
pub async fn ledger(db: &impl ConnectionTrait, device: Uuid, after: i64, most: u32) -> Result<Vec<StoredLine>> {
    let sql = format!("{LINE} WHERE device = $1 AND number > $2 ORDER BY number LIMIT $3");
    let rows = rows(db, &sql, vec![device.into(), after.into(), i64::from(most).into()]).await?;
    Ok(rows.iter().map(line_from).collect::<Result<_, _>>()?)
}

/// The lines a device brought of one response, by the id it gave it.
pub async fn of_response(
    db: &impl ConnectionTrait,
    device: Uuid,
    consultation: &str,
    response_id: Uuid,
) -> Result<Vec<StoredLine>> {
    let sql = format!("{LINE} WHERE device = $1 AND consultation = $2 AND response_id = $3 ORDER BY number");
    let rows = rows(db, &sql, vec![device.into(), consultation.into(), response_id.into()]).await?;
    Ok(rows.iter().map(line_from).collect::<Result<_, _>>()?)
}

/// Whether the log has the line that a device holds a receipt for.
pub async fn anchored(db: &impl ConnectionTrait, anchor: &Anchor) -> Result<bool> {
    let sql = "SELECT 1 AS one FROM sync_lines WHERE number = $1 AND revision_id = $2 AND hash = $3";
    let values = vec![anchor.seq.into(), anchor.revision_id.into(), anchor.hash.clone().into()];
    Ok(!rows(db, sql, values).await?.is_empty())
}

/// The end of the chain after the line with this number.
pub async fn chain_at(db: &impl ConnectionTrait, number: i64) -> Result<Option<String>> {
    let rows = rows(db, "SELECT chain FROM sync_lines WHERE number = $1", vec![number.into()]).await?;
    Ok(rows.first().map(|row| row.try_get("", "chain")).transpose()?)
}

const LINE: &str = "SELECT epoch, number, revision_id, hash, status, at, consultation, device, reason, response_id, stored_as, keyed_by \
                    FROM sync_lines";

fn line_from(row: &QueryResult) -> Result<StoredLine, DbErr> {
    let status: String = row.try_get("", "status")?;
    Ok(StoredLine {
        line: Line {
            epoch: row.try_get("", "epoch")?,
            number: row.try_get("", "number")?,
            revision_id: row.try_get("", "revision_id")?,
            hash: row.try_get("", "hash")?,
            kept: if status == Kept::Held.code() { Kept::Held } else { Kept::Stored },
            at: row.try_get("", "at")?,
        },
        consultation: row.try_get("", "consultation")?,
        device: row.try_get("", "device")?,
        reason: row.try_get("", "reason")?,
        response_id: row.try_get("", "response_id")?,
        stored_as: row.try_get("", "stored_as")?,
        keyed_by: row.try_get("", "keyed_by")?,
    })
}
