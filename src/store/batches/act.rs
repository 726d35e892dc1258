//! Acts on the ledger: each is judged and done in one transaction with its audit entry, one after the other on a batch.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr};
use uuid::Uuid;

use super::super::audit::Entry;
use super::super::sql::{rows, run};
use super::{Keying, NewBatch, Sheet, int, keyings, sheet, sheets};
use crate::domain::double_keying::Verdicts;
use crate::domain::ledger::{Outcome, Recount, SheetState, missing, recount};

/// Something a person does to the ledger.
#[derive(Debug, Clone)]
pub struct Doing {
    /// In which consultation.
    pub consultation: String,
    /// To which batch; not looked at when one is counted in.
    pub batch: u32,
    /// Who does it, as the audit log names them.
    pub by: String,
    /// What.
    pub act: Act,
}

/// What can be done to the ledger.
#[derive(Debug, Clone)]
pub enum Act {
    /// Count a new batch in, with an id for each sheet and each response.
    CountIn(Box<NewBatch>, Vec<(Uuid, Uuid)>),
    /// Count it again, with ids for sheets that come to it, and the reason.
    Recount(u32, Vec<(Uuid, Uuid)>, String),
    /// Give a sheet another end than being keyed, with the reason.
    End(u32, Outcome, String),
    /// Take such an end back.
    Reopen(u32),
    /// Key a sheet, as its first or its blind second keyer.
    Key(Box<NewKeying>),
    /// Key a sheet of one's own again, before anybody else has.
    Rekey(Box<NewKeying>),
    /// What the door said of the keying with this revision: `stored` or `held`.
    Confirm(u32, Uuid, &'static str),
    /// Two keyings were compared.
    Compare(u32, Verdicts),
    /// A third person settles the differences; with the correction for the door, if the response changes.
    Settle(u32, Verdicts, Option<String>),
    /// The door has taken the correction of a sheet.
    Corrected(u32),
    /// Close the batch.
    Close,
}

/// One keyer's entry of a sheet.
#[derive(Debug, Clone)]
pub struct NewKeying {
    /// The sheet.
    pub sheet: u32,
    /// The id the page was sent with: the same page sent twice is one keying.
    pub keying_id: Uuid,
    /// The id of the revision it makes.
    pub revision_id: Uuid,
    /// The submission as JSON.
    pub payload: String,
    /// What is noted in the margin.
    pub note: String,
    /// Of a hundred sheets of this keyer, how many are keyed twice now.
    pub share: u32,
}

/// Which of the two keyings of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// The one stored as the response.
    First,
    /// The blind one beside it.
    Second,
}

/// What came of an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// A batch with this number was counted in.
    Counted(u32),
    /// The keying was taken, now or when the same page was sent before.
    Taken(Turn),
    /// It was done.
    Done,
    /// It was not done.
    Refused(Refused),
}

/// Why an act was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// There is no such batch.
    NoBatch,
    /// The batch is closed.
    Closed,
    /// There is no such sheet.
    NoSheet,
    /// The sheet ended otherwise.
    Ended(Outcome),
    /// The one who keys has keyed this sheet before.
    KeyedByYou,
    /// The sheet has all its keyings.
    KeyedBefore,
    /// Only what is one's own, and was not compared yet, can be changed.
    NotYours,
    /// Whoever keyed a sheet does not settle it, and what is settled stays settled.
    NotYoursToSettle,
    /// The new count does not fit: why.
    Count(String),
    /// The batch does not balance: what is missing.
    Missing(Vec<String>),
}

/// Do an act and say what came of it, with what the audit log is to record.
pub async fn act(tx: &impl ConnectionTrait, doing: &Doing, now: DateTime<Utc>) -> Result<(Done, Vec<Entry>), DbErr> {
    let desk = Desk { tx, doing, now };
    match desk.judged().await {
        Ok((done, note)) => {
            let batch = if let Done::Counted(batch) = done { batch } else { doing.batch };
            Ok((done, note.into_iter().map(|note| desk.entry(batch, note)).collect()))
        }
        Err(Stop::Refused(refused)) => Ok((Done::Refused(refused), Vec::new())),
        Err(Stop::Failed(error)) => Err(error),
    }
}

/// What the audit log says of an act: the action, the sheet, and a count or a code; never an answer or a reason in words.
pub(super) type Note = Option<(&'static str, Option<u32>, String)>;

/// Why an act went no further.
pub(super) enum Stop {
    Refused(Refused),
    Failed(DbErr),
}

impl From<Refused> for Stop {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<DbErr> for Stop {
    fn from(error: DbErr) -> Self {
        Self::Failed(error)
    }
}

pub(super) type Judged = Result<(Done, Note), Stop>;

pub(super) fn done(action: &'static str, sheet: Option<u32>, detail: impl Into<String>) -> (Done, Note) {
    (Done::Done, Some((action, sheet, detail.into())))
}

/// An act on its way: the transaction, what is done, and when.
pub(super) struct Desk<'a, C> {
    pub(super) tx: &'a C,
    pub(super) doing: &'a Doing,
    pub(super) now: DateTime<Utc>,
}

impl<C: ConnectionTrait> Desk<'_, C> {
    fn entry(&self, batch: u32, (action, sheet, detail): (&'static str, Option<u32>, String)) -> Entry {
        let subject = sheet.map_or_else(|| format!("batch {batch}"), |sheet| format!("batch {batch} sheet {sheet}"));
        let consultation = Some(self.doing.consultation.clone());
        Entry { at: self.now, actor: self.doing.by.clone(), action, consultation, subject, detail }
    }

    /// Run a statement whose first two values are the consultation and the batch.
    pub(super) async fn run(&self, sql: &str, values: Vec<sea_orm::Value>) -> Result<u64, DbErr> {
        let here: Vec<sea_orm::Value> = vec![self.doing.consultation.clone().into(), int(self.doing.batch).into()];
        run(self.tx, sql, here.into_iter().chain(values).collect()).await
    }

    pub(super) async fn sheet(&self, number: u32) -> Result<Option<Sheet>, DbErr> {
        sheet(self.tx, &self.doing.consultation, self.doing.batch, number).await
    }

    pub(super) async fn keyings(&self, number: u32) -> Result<Vec<Keying>, DbErr> {
        keyings(self.tx, &self.doing.consultation, self.doing.batch, number).await
    }

    async fn states(&self) -> Result<Vec<SheetState>, DbErr> {
        Ok(sheets(self.tx, &self.doing.consultation, self.doing.batch).await?.iter().map(Sheet::state).collect())
    }

    /// Batches are numbered through; two counted in at once wait for each other at the key and the later is tried again.
    async fn count_in(&self, new: &NewBatch, ids: &[(Uuid, Uuid)]) -> Judged {
        let sql = "INSERT INTO batches (consultation, batch, source, place, event, channel, edition, form_version, received_on, postmark, \
                   posted_on, sheets, acts, counted_by, counted_at) \
                   SELECT $1, COALESCE(MAX(batch), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, $12, $13 FROM batches \
                   WHERE consultation = $1 ON CONFLICT DO NOTHING RETURNING batch";
        let values = || -> Vec<sea_orm::Value> {
            vec![
                self.doing.consultation.clone().into(),
                new.source.code().into(),
                new.place.clone().into(),
                new.event.clone().into(),
                new.channel.code().into(),
                new.edition.code().into(),
                int(new.form_version).into(),
                new.received_on.into(),
                new.postmark.code().into(),
                new.posted_on.into(),
                int(new.sheets).into(),
                self.doing.by.clone().into(),
                self.now.into(),
            ]
        };
        let number = loop {
            if let Some(row) = rows(self.tx, sql, values()).await?.first() {
                break row.try_get::<i32>("", "batch")?;
            }
        };
        let number = u32::try_from(number).unwrap_or(0);
        let doing = Doing { batch: number, ..self.doing.clone() };
        let desk = Desk { tx: self.tx, doing: &doing, now: self.now };
        desk.counted(1, new.sheets, "").await?;
        desk.add_sheets(1, ids).await?;
        Ok((Done::Counted(number), Some(("batch.counted", None, format!("{} sheets", new.sheets)))))
    }

    async fn counted(&self, number: i64, sheets: u32, reason: &str) -> Result<(), DbErr> {
        let sql = "INSERT INTO batch_counts (consultation, batch, number, sheets, reason, counted_by, counted_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let number = i32::try_from(number).unwrap_or(i32::MAX);
        let values =
            vec![number.into(), int(sheets).into(), reason.to_owned().into(), self.doing.by.clone().into(), self.now.into()];
        self.run(sql, values).await.map(|_| ())
    }

    async fn add_sheets(&self, from: u32, ids: &[(Uuid, Uuid)]) -> Result<(), DbErr> {
        let sql = "INSERT INTO sheets (consultation, batch, sheet, sheet_id, response_id, drawn) VALUES ($1, $2, $3, $4, $5, $6)";
        for (number, (sheet_id, response_id)) in (from..).zip(ids) {
            self.run(sql, vec![int(number).into(), (*sheet_id).into(), (*response_id).into(), false.into()]).await?;
        }
        Ok(())
    }

    async fn judged(&self) -> Judged {
        if !matches!(self.doing.act, Act::CountIn(..)) {
            self.take_turn().await?;
        }
        match &self.doing.act {
            Act::CountIn(batch, ids) => self.count_in(batch, ids).await,
            Act::Recount(count, ids, reason) => self.recount(*count, ids, reason).await,
            Act::End(number, outcome, reason) => self.end(*number, *outcome, reason).await,
            Act::Reopen(number) => self.reopen(*number).await,
            Act::Key(keying) => self.key(keying).await,
            Act::Rekey(keying) => self.rekey(keying).await,
            Act::Confirm(number, revision, kept) => self.confirm(*number, *revision, kept).await,
            Act::Compare(number, verdicts) => self.compare(*number, verdicts).await,
            Act::Settle(number, verdicts, correction) => self.settle(*number, verdicts, correction.as_deref()).await,
            Act::Corrected(number) => self.corrected(*number).await,
            Act::Close => self.close().await,
        }
    }

    /// Every act but counting in begins by taking its turn at the batch, and only an open one has turns to give.
    async fn take_turn(&self) -> Result<(), Stop> {
        let turn = "UPDATE batches SET acts = acts + 1 WHERE consultation = $1 AND batch = $2 AND closed_at IS NULL";
        if self.run(turn, Vec::new()).await? == 0 {
            let sql = "SELECT 1 AS one FROM batches WHERE consultation = $1 AND batch = $2";
            let known = rows(self.tx, sql, vec![self.doing.consultation.clone().into(), int(self.doing.batch).into()]).await?;
            return Err(if known.is_empty() { Refused::NoBatch.into() } else { Refused::Closed.into() });
        }
        Ok(())
    }

    async fn recount(&self, count: u32, ids: &[(Uuid, Uuid)], reason: &str) -> Judged {
        let states = self.states().await?;
        let before = u32::try_from(states.len()).unwrap_or(u32::MAX);
        match recount(before, count, &states) {
            Err(why) => return Err(Refused::Count(why).into()),
            Ok(Recount::Same) => {}
            Ok(Recount::Add(from, to)) => {
                let new = usize::try_from(to - from + 1).unwrap_or(usize::MAX);
                self.add_sheets(from, ids.get(..new).unwrap_or(ids)).await?;
            }
            Ok(Recount::Remove(from, _)) => {
                let sql = "DELETE FROM sheets WHERE consultation = $1 AND batch = $2 AND sheet >= $3 AND outcome IS NULL";
                self.run(sql, vec![int(from).into()]).await?;
            }
        }
        self.run("UPDATE batches SET sheets = $3 WHERE consultation = $1 AND batch = $2", vec![int(count).into()]).await?;
        let sql = "SELECT COUNT(*) AS n FROM batch_counts WHERE consultation = $1 AND batch = $2";
        let counts = rows(self.tx, sql, vec![self.doing.consultation.clone().into(), int(self.doing.batch).into()]).await?;
        let counts: i64 = counts.first().map_or(Ok(0), |row| row.try_get("", "n"))?;
        self.counted(counts + 1, count, reason).await?;
        Ok(done("batch.recounted", None, format!("{before} to {count} sheets")))
    }

    async fn end(&self, number: u32, outcome: Outcome, reason: &str) -> Judged {
        match self.sheet(number).await? {
            None => return Err(Refused::NoSheet.into()),
            Some(Sheet { outcome: Some(Outcome::Keyed), .. }) => return Err(Refused::Ended(Outcome::Keyed).into()),
            Some(_) => {}
        }
        let sql = "UPDATE sheets SET outcome = $4, reason = $5, ended_by = $6, ended_at = $7 \
                   WHERE consultation = $1 AND batch = $2 AND sheet = $3";
        let values = vec![
            int(number).into(),
            outcome.code().into(),
            reason.to_owned().into(),
            self.doing.by.clone().into(),
            self.now.into(),
        ];
        self.run(sql, values).await?;
        Ok(done("sheet.ended", Some(number), outcome.code()))
    }

    async fn reopen(&self, number: u32) -> Judged {
        let Some(sheet) = self.sheet(number).await? else { return Err(Refused::NoSheet.into()) };
        if sheet.outcome == Some(Outcome::Keyed) {
            return Err(Refused::Ended(Outcome::Keyed).into());
        }
        let sql = "UPDATE sheets SET outcome = NULL, reason = NULL, ended_by = NULL, ended_at = NULL \
                   WHERE consultation = $1 AND batch = $2 AND sheet = $3";
        self.run(sql, vec![int(number).into()]).await?;
        Ok(done("sheet.reopened", Some(number), sheet.outcome.map_or("", Outcome::code)))
    }

    async fn close(&self) -> Judged {
        let batch = rows(
            self.tx,
            "SELECT sheets FROM batches WHERE consultation = $1 AND batch = $2",
            vec![self.doing.consultation.clone().into(), int(self.doing.batch).into()],
        );
        let received = batch.await?.first().map_or(Ok(0), |row| super::whole(row, "sheets"))?;
        let missing = missing(received, &self.states().await?);
        if !missing.is_empty() {
            return Err(Refused::Missing(missing).into());
        }
        let sql = "UPDATE batches SET closed_by = $3, closed_at = $4 WHERE consultation = $1 AND batch = $2";
        self.run(sql, vec![self.doing.by.clone().into(), self.now.into()]).await?;
        self.run("UPDATE keyings SET payload = NULL WHERE consultation = $1 AND batch = $2", Vec::new()).await?;
        Ok(done("batch.closed", None, format!("{received} sheets")))
    }
}
