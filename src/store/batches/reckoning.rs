//! The reckoning of every batch as of a moment, and whether the responses that are stored bear it out.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;

use super::super::sql::rows;
use super::{Batch, all, whole};
use crate::domain::ledger::{Balance, Outcome};
use crate::error::Result;

/// One batch as of a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reckoned {
    /// The batch.
    pub batch: Batch,
    /// What had become of its sheets.
    pub balance: Balance,
    /// How many of its sheets have a response in the database.
    pub stored: u32,
    /// How many are held for a person to decide, and have no response.
    pub held: u32,
    /// How many sheets got their end at or after the first moment that was asked for.
    pub ended_since: u32,
}

impl Reckoned {
    /// Whether every keyed sheet is a response or held.
    #[must_use]
    pub const fn is_borne_out(&self) -> bool {
        self.balance.keyed == self.stored + self.held
    }
}

/// Every batch counted in before an instant, oldest first, as it stood then. `since` only decides what
/// [`Reckoned::ended_since`] counts.
pub async fn reckon(
    db: &impl ConnectionTrait,
    consultation: &str,
    since: DateTime<Utc>,
    before: DateTime<Utc>,
) -> Result<Vec<Reckoned>> {
    let counts = "SELECT c.batch, c.sheets AS n FROM batch_counts c WHERE c.consultation = $1 AND c.number = \
                  (SELECT MAX(d.number) FROM batch_counts d WHERE d.consultation = c.consultation AND d.batch = c.batch AND d.counted_at < $2)";
    let received = rows(db, counts, vec![consultation.into(), before.into()]).await?;
    let mut reckoned: HashMap<u32, (Balance, u32, u32, u32)> = HashMap::new();
    for row in &received {
        let balance = Balance { received: whole(row, "n")?, ..Balance::default() };
        reckoned.insert(whole(row, "batch")?, (balance, 0, 0, 0));
    }
    let ended = "SELECT s.batch, s.outcome, s.kept, \
                 CASE WHEN s.ended_at >= $2 THEN 1 ELSE 0 END AS recent, \
                 CASE WHEN r.revision_id IS NULL THEN 0 ELSE 1 END AS stored FROM sheets s \
                 LEFT JOIN revisions r ON r.consultation = s.consultation AND r.response_id = s.response_id AND r.number = 1 \
                 WHERE s.consultation = $1 AND s.outcome IS NOT NULL AND s.ended_at < $3";
    for row in &rows(db, ended, vec![consultation.into(), since.into(), before.into()]).await? {
        let Some((balance, stored, held, recent)) = reckoned.get_mut(&whole(row, "batch")?) else { continue };
        let outcome: String = row.try_get("", "outcome")?;
        let kept: Option<String> = row.try_get("", "kept")?;
        *balance = *balance + Balance::of(0, Outcome::from_code(&outcome));
        *recent += whole(row, "recent")?;
        if whole(row, "stored")? == 1 {
            *stored += 1;
        } else if kept.as_deref() == Some("held") {
            *held += 1;
        }
    }
    let mut batches = all(db, consultation).await?;
    batches.reverse();
    let with = batches.into_iter().filter_map(|batch| {
        let (balance, stored, held, ended_since) = reckoned.remove(&batch.number)?;
        Some(Reckoned { batch, balance, stored, held, ended_since })
    });
    Ok(with.collect())
}
