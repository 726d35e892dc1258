//! What devices hold a receipt for, this database has lost, and nobody holds any more: paper to key again.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, QueryResult};
use uuid::Uuid;

use super::super::Tx;
use super::super::sql::{rows, run};
use super::lines::Delivery;
use crate::error::Result;

/// Something that was acknowledged and is lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostLine {
    /// The consultation it was for.
    pub consultation: String,
    /// The device that holds the receipt.
    pub device: Uuid,
    /// Its line, as the receipt has it.
    pub line: String,
    /// The batch and the sheet, for paper that was counted in.
    pub sheet: Option<(i32, i32)>,
    /// When the device said so.
    pub reported_at: DateTime<Utc>,
}

/// Keep what a device says is lost. The same is kept once.
pub(super) async fn keep(tx: &Tx, delivery: &Delivery<'_>) -> Result<(), DbErr> {
    let sql = "INSERT INTO sync_lost (consultation, revision_id, hash, device, line, batch, sheet, reported_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
    let whole = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    for (lost, line) in delivery.lost {
        let values = vec![
            lost.consultation.clone().into(),
            line.revision_id.into(),
            line.hash.clone().into(),
            delivery.device.into(),
            lost.line.clone().into(),
            lost.batch.map(whole).into(),
            lost.sheet.map(whole).into(),
            delivery.now.into(),
        ];
        run(tx, sql, values).await?;
    }
    Ok(())
}

/// Everything that is still lost, by consultation, batch and sheet; what came back by another road is left out.
pub async fn lost(db: &impl ConnectionTrait) -> Result<Vec<LostLine>> {
    let sql = "SELECT consultation, device, line, batch, sheet, reported_at FROM sync_lost l WHERE NOT EXISTS (SELECT 1 FROM sync_lines s \
               WHERE s.consultation = l.consultation AND s.revision_id = l.revision_id AND s.hash = l.hash) \
               ORDER BY consultation, batch, sheet, reported_at";
    let one = |row: &QueryResult| {
        let (batch, sheet): (Option<i32>, Option<i32>) = (row.try_get("", "batch")?, row.try_get("", "sheet")?);
        Ok::<_, DbErr>(LostLine {
            consultation: row.try_get("", "consultation")?,
            device: row.try_get("", "device")?,
            line: row.try_get("", "line")?,
            sheet: batch.zip(sheet),
            reported_at: row.try_get("", "reported_at")?,
        })
    };
    Ok(rows(db, sql, Vec::new()).await?.iter().map(one).collect::<Result<_, _>>()?)
}
