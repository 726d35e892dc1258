//! The paper ledger as it is kept: batches, sheets, keyings and verdicts. Acts go through the writer, with their audit entry.

mod act;
mod keyed;
mod reckoning;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ConnectionTrait, DbErr, QueryResult};
use uuid::Uuid;

use super::sql::rows;
use crate::domain::double_keying::{Pair, Verdicts};
use crate::domain::ledger::{Outcome, Postmark, Second, SheetState, Source};
use crate::domain::submission::Channel;
use crate::domain::wording::Edition;
use crate::error::Result;

pub(super) use act::act;
pub use act::{Act, Doing, Done, NewKeying, Refused, Turn};
pub use reckoning::{Reckoned, reckon};

/// What a pile is when it is counted in. Everything but the count is carried forward to each of its sheets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBatch {
    /// Where it came from.
    pub source: Source,
    /// The place it came from, in words.
    pub place: String,
    /// The code of the event it was handed in at.
    pub event: Option<String>,
    /// How the answers reached the paper; never [`Channel::Online`].
    pub channel: Channel,
    /// The wording printed on its sheets.
    pub edition: Edition,
    /// The form version printed on its sheets.
    pub form_version: u32,
    /// The day it reached us.
    pub received_on: NaiveDate,
    /// Where the day of the postmark is found.
    pub postmark: Postmark,
    /// The day of its one postmark.
    pub posted_on: Option<NaiveDate>,
    /// How many sheets were counted.
    pub sheets: u32,
}

/// A batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Its number in the consultation, from 1.
    pub number: u32,
    /// What it is.
    pub about: NewBatch,
    /// Who counted it in.
    pub counted_by: String,
    /// When.
    pub counted_at: DateTime<Utc>,
    /// Who closed it, and when.
    pub closed: Option<(String, DateTime<Utc>)>,
}

/// One count of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// How many sheets.
    pub sheets: u32,
    /// Why it was counted again; empty for the first count.
    pub reason: String,
    /// Who counted.
    pub counted_by: String,
    /// When.
    pub counted_at: DateTime<Utc>,
}

/// One sheet of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Its number in the batch, from 1.
    pub number: u32,
    /// Random, and shown to nobody.
    pub sheet_id: Uuid,
    /// The id of the response it makes.
    pub response_id: Uuid,
    /// How it ended, if it has.
    pub outcome: Option<Outcome>,
    /// Why it is spoiled, duplicate or void.
    pub reason: Option<String>,
    /// What the door said of a keyed one: `stored` or `held`; none until it has.
    pub kept: Option<String>,
    /// Whether it is to be keyed twice.
    pub drawn: bool,
    /// Who gave it its end.
    pub ended_by: Option<String>,
    /// When.
    pub ended_at: Option<DateTime<Utc>>,
    /// Who keyed it first, if anybody.
    pub first_by: Option<String>,
    /// Who keyed it second, if anybody.
    pub second_by: Option<String>,
    /// How many differences wait for a third person; none before the keyings were compared.
    pub open: Option<u32>,
    /// Whether what was settled has not been confirmed by the door.
    pub unconfirmed: bool,
}

impl Sheet {
    /// The sheet as closing looks at it.
    #[must_use]
    pub const fn state(&self) -> SheetState {
        let second = match (self.drawn, &self.second_by, self.open) {
            (_, Some(_), Some(0)) | (false, None, _) => Second::Done,
            (_, Some(_), _) => Second::Unsettled,
            (true, None, _) => Second::Wanted,
        };
        SheetState { number: self.number, outcome: self.outcome, confirmed: self.kept.is_some() && !self.unconfirmed, second }
    }
}

/// One keyer's entry of one sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keying {
    /// Which batch.
    pub batch: u32,
    /// Which sheet.
    pub sheet: u32,
    /// Whether it is the first or the blind second.
    pub turn: Turn,
    /// The id the page was sent with.
    pub keying_id: Uuid,
    /// The revision it became or would have become.
    pub revision_id: Uuid,
    /// Who keyed it.
    pub keyed_by: String,
    /// When.
    pub keyed_at: DateTime<Utc>,
    /// The submission as JSON, until the batch is closed or the pair is settled.
    pub payload: Option<String>,
    /// What the keyer noted in the margin; never an answer.
    pub note: String,
}

/// A pair of keyings with where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPair {
    /// Which batch.
    pub batch: u32,
    /// Which sheet.
    pub sheet: u32,
    /// Who keyed, and the verdicts.
    pub pair: Pair,
    /// Who settled it, if a person had to.
    pub settled_by: Option<String>,
    /// The correcting submission that the door has not confirmed.
    pub correction: Option<String>,
}

const BATCH: &str = "batch, source, place, event, channel, edition, form_version, received_on, postmark, posted_on, sheets, \
                     counted_by, counted_at, closed_by, closed_at";

/// Every batch, newest first.
pub async fn all(db: &impl ConnectionTrait, consultation: &str) -> Result<Vec<Batch>> {
    let sql = format!("SELECT {BATCH} FROM batches WHERE consultation = $1 ORDER BY batch DESC");
    rows(db, &sql, vec![consultation.into()]).await?.iter().map(batch_from).collect()
}

/// One batch.
pub async fn batch(db: &impl ConnectionTrait, consultation: &str, number: u32) -> Result<Option<Batch>> {
    let sql = format!("SELECT {BATCH} FROM batches WHERE consultation = $1 AND batch = $2");
    rows(db, &sql, vec![consultation.into(), int(number).into()]).await?.first().map(batch_from).transpose()
}

/// Every count of a batch, oldest first.
pub async fn counts(db: &impl ConnectionTrait, consultation: &str, batch: u32) -> Result<Vec<Count>> {
    let sql =
        "SELECT sheets, reason, counted_by, counted_at FROM batch_counts WHERE consultation = $1 AND batch = $2 ORDER BY number";
    let count = |row: &QueryResult| {
        Ok(Count {
            sheets: whole(row, "sheets")?,
            reason: row.try_get("", "reason")?,
            counted_by: row.try_get("", "counted_by")?,
            counted_at: row.try_get("", "counted_at")?,
        })
    };
    rows(db, sql, vec![consultation.into(), int(batch).into()]).await?.iter().map(count).collect()
}

/// Every sheet of a batch, in order.
pub async fn sheets(db: &impl ConnectionTrait, consultation: &str, batch: u32) -> Result<Vec<Sheet>, DbErr> {
    let sql = format!("{SHEET} WHERE s.consultation = $1 AND s.batch = $2 ORDER BY s.sheet");
    rows(db, &sql, vec![consultation.into(), int(batch).into()]).await?.iter().map(sheet_from).collect()
}

/// One sheet of a batch.
pub async fn sheet(db: &impl ConnectionTrait, consultation: &str, batch: u32, number: u32) -> Result<Option<Sheet>, DbErr> {
    let sql = format!("{SHEET} WHERE s.consultation = $1 AND s.batch = $2 AND s.sheet = $3");
    let values = vec![consultation.into(), int(batch).into(), int(number).into()];
    rows(db, &sql, values).await?.first().map(sheet_from).transpose()
}

const SHEET: &str = "SELECT s.sheet, s.sheet_id, s.response_id, s.outcome, s.reason, s.kept, s.drawn, s.ended_by, s.ended_at, \
                     k1.keyed_by AS first_by, k2.keyed_by AS second_by, p.open AS open_places, \
                     CASE WHEN p.correction IS NULL THEN 0 ELSE 1 END AS unconfirmed FROM sheets s \
                     LEFT JOIN keyings k1 ON k1.consultation = s.consultation AND k1.batch = s.batch AND k1.sheet = s.sheet AND k1.turn = 1 \
                     LEFT JOIN keyings k2 ON k2.consultation = s.consultation AND k2.batch = s.batch AND k2.sheet = s.sheet AND k2.turn = 2 \
                     LEFT JOIN pairs p ON p.consultation = s.consultation AND p.batch = s.batch AND p.sheet = s.sheet";

const KEYING: &str = "SELECT batch, sheet, turn, keying_id, revision_id, keyed_by, keyed_at, payload, note FROM keyings";

/// The keyings of a sheet, the first one first.
pub async fn keyings(db: &impl ConnectionTrait, consultation: &str, batch: u32, sheet: u32) -> Result<Vec<Keying>, DbErr> {
    let sql = format!("{KEYING} WHERE consultation = $1 AND batch = $2 AND sheet = $3 ORDER BY turn");
    rows(db, &sql, vec![consultation.into(), int(batch).into(), int(sheet).into()]).await?.iter().map(keying_from).collect()
}

/// What one person keyed in a batch, the latest first.
pub async fn keyed_by(db: &impl ConnectionTrait, consultation: &str, batch: u32, keyer: &str) -> Result<Vec<Keying>, DbErr> {
    let sql = format!("{KEYING} WHERE consultation = $1 AND batch = $2 AND keyed_by = $3 ORDER BY keyed_at DESC, sheet DESC");
    rows(db, &sql, vec![consultation.into(), int(batch).into(), keyer.into()]).await?.iter().map(keying_from).collect()
}

const PAIR: &str = "SELECT p.batch, p.sheet, p.verdicts, p.settled_by, p.correction, k1.keyed_by AS first_by, k2.keyed_by AS second_by \
                    FROM pairs p \
                    JOIN keyings k1 ON k1.consultation = p.consultation AND k1.batch = p.batch AND k1.sheet = p.sheet AND k1.turn = 1 \
                    JOIN keyings k2 ON k2.consultation = p.consultation AND k2.batch = p.batch AND k2.sheet = p.sheet AND k2.turn = 2";

/// Every pair of keyings of a consultation, in order of batch and sheet.
pub async fn pairs(db: &impl ConnectionTrait, consultation: &str) -> Result<Vec<StoredPair>> {
    let sql = format!("{PAIR} WHERE p.consultation = $1 ORDER BY p.batch, p.sheet");
    rows(db, &sql, vec![consultation.into()]).await?.iter().map(pair_from).collect()
}

/// The latest pairs with nothing open in which somebody was one of the two keyers.
pub async fn settled_pairs(db: &impl ConnectionTrait, consultation: &str, keyer: &str, most: u32) -> Result<Vec<StoredPair>> {
    let sql = format!(
        "{PAIR} WHERE p.consultation = $1 AND p.open = 0 AND (k1.keyed_by = $2 OR k2.keyed_by = $2) ORDER BY p.compared_at DESC LIMIT $3"
    );
    rows(db, &sql, vec![consultation.into(), keyer.into(), i64::from(most).into()]).await?.iter().map(pair_from).collect()
}

fn batch_from(row: &QueryResult) -> Result<Batch> {
    let code = |column: &str| row.try_get::<String>("", column);
    let unknown = |what: &str| anyhow::anyhow!("unknown {what} of a batch in the database");
    let (closed_by, closed_at): (Option<String>, Option<DateTime<Utc>>) =
        (row.try_get("", "closed_by")?, row.try_get("", "closed_at")?);
    Ok(Batch {
        number: whole(row, "batch")?,
        about: NewBatch {
            source: Source::from_code(&code("source")?).ok_or_else(|| unknown("source"))?,
            place: code("place")?,
            event: row.try_get("", "event")?,
            channel: Channel::from_code(&code("channel")?).ok_or_else(|| unknown("channel"))?,
            edition: Edition::from_code(&code("edition")?).ok_or_else(|| unknown("edition"))?,
            form_version: whole(row, "form_version")?,
            received_on: row.try_get("", "received_on")?,
            postmark: Postmark::from_code(&code("postmark")?).ok_or_else(|| unknown("postmark rule"))?,
            posted_on: row.try_get("", "posted_on")?,
            sheets: whole(row, "sheets")?,
        },
        counted_by: code("counted_by")?,
        counted_at: row.try_get("", "counted_at")?,
        closed: closed_by.zip(closed_at),
    })
}

fn sheet_from(row: &QueryResult) -> Result<Sheet, DbErr> {
    let open: Option<i32> = row.try_get("", "open_places")?;
    Ok(Sheet {
        number: whole(row, "sheet")?,
        sheet_id: row.try_get("", "sheet_id")?,
        response_id: row.try_get("", "response_id")?,
        outcome: row.try_get::<Option<String>>("", "outcome")?.as_deref().and_then(Outcome::from_code),
        reason: row.try_get("", "reason")?,
        kept: row.try_get("", "kept")?,
        drawn: row.try_get("", "drawn")?,
        ended_by: row.try_get("", "ended_by")?,
        ended_at: row.try_get("", "ended_at")?,
        first_by: row.try_get("", "first_by")?,
        second_by: row.try_get("", "second_by")?,
        open: open.map(|open| u32::try_from(open).unwrap_or(0)),
        unconfirmed: row.try_get::<i32>("", "unconfirmed")? == 1,
    })
}

fn keying_from(row: &QueryResult) -> Result<Keying, DbErr> {
    let turn: i32 = row.try_get("", "turn")?;
    Ok(Keying {
        batch: whole(row, "batch")?,
        sheet: whole(row, "sheet")?,
        turn: if turn == 1 { Turn::First } else { Turn::Second },
        keying_id: row.try_get("", "keying_id")?,
        revision_id: row.try_get("", "revision_id")?,
        keyed_by: row.try_get("", "keyed_by")?,
        keyed_at: row.try_get("", "keyed_at")?,
        payload: row.try_get("", "payload")?,
        note: row.try_get("", "note")?,
    })
}

fn pair_from(row: &QueryResult) -> Result<StoredPair> {
    let verdicts: String = row.try_get("", "verdicts")?;
    let verdicts: Verdicts = serde_json::from_str(&verdicts).map_err(anyhow::Error::from)?;
    Ok(StoredPair {
        batch: whole(row, "batch")?,
        sheet: whole(row, "sheet")?,
        pair: Pair { first_by: row.try_get("", "first_by")?, second_by: row.try_get("", "second_by")?, verdicts },
        settled_by: row.try_get("", "settled_by")?,
        correction: row.try_get("", "correction")?,
    })
}

/// A count that the database keeps with a sign.
fn whole(row: &QueryResult, column: &str) -> Result<u32, DbErr> {
    let number: i32 = row.try_get("", column)?;
    Ok(u32::try_from(number).unwrap_or(0))
}

/// A count as the database keeps it; none here comes near its limit.
fn int(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
