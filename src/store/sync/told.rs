//! Decisions about what devices handed in, numbered under the lock of the log's head, so that a device that has read up to
//! a number has missed none.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, QueryResult};
use uuid::Uuid;

use super::super::Tx;
use super::super::sql::{rows, run};
use super::{hold_head, move_head};
use crate::domain::sync::receipt::Kept;
use crate::error::Result;

/// A decision that a device is told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Its number.
    pub number: i64,
    /// The item.
    pub revision_id: Uuid,
    /// `counted` or `set_aside`.
    pub decision: String,
    /// When.
    pub decided_at: DateTime<Utc>,
}

/// Tell the devices that handed this in what was decided, in the transaction that notes the decision.
pub async fn tell(
    tx: &Tx,
    consultation: &str,
    held_id: Uuid,
    revision_id: Uuid,
    decision: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let sql = "SELECT DISTINCT device FROM sync_lines WHERE consultation = $1 AND revision_id = $2 AND status = $3";
    let devices = rows(tx, sql, vec![consultation.into(), revision_id.into(), Kept::Held.code().into()]).await?;
    if devices.is_empty() {
        return Ok(());
    }
    let mut head = hold_head(tx).await?;
    for row in devices {
        let device: Uuid = row.try_get("", "device")?;
        head.decisions += 1;
        let sql = "INSERT INTO sync_decisions (consultation, held_id, device, decision, number, revision_id, decided_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
        let values = vec![
            consultation.into(),
            held_id.into(),
            device.into(),
            decision.into(),
            head.decisions.into(),
            revision_id.into(),
            now.into(),
        ];
        run(tx, sql, values).await?;
    }
    move_head(tx, &head).await
}

/// What a device was not told yet, in the order of decisions.
pub async fn told(db: &impl ConnectionTrait, device: Uuid, after: i64, most: u32) -> Result<Vec<Told>> {
    let sql = "SELECT number, revision_id, decision, decided_at FROM sync_decisions WHERE device = $1 AND number > $2 ORDER BY number LIMIT $3";
    let one = |row: &QueryResult| {
        Ok::<_, DbErr>(Told {
            number: row.try_get("", "number")?,
            revision_id: row.try_get("", "revision_id")?,
            decision: row.try_get("", "decision")?,
            decided_at: row.try_get("", "decided_at")?,
        })
    };
    let rows = rows(db, sql, vec![device.into(), after.into(), i64::from(most).into()]).await?;
    Ok(rows.iter().map(one).collect::<Result<_, _>>()?)
}
