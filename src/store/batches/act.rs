//! Acts on the ledger: each is judged and done in one transaction with its audit entry, one after the other on a batch.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr};
use uuid::Uuid;

use super::super::audit::Entry;
use super::super::sql::{rows, run};
use super::{Keying, NewBatch, Sheet, int, keyings, sheet, sheets};
use crate::domain::double_keying::{Verdicts, is_drawn};
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
    let done = match &doing.act {
        Act::CountIn(batch, ids) => return desk.count_in(batch, ids).await,
        _ => desk.on_open_batch().await?,
    };
    Ok(match done {
        Ok((done, note)) => (done, note.into_iter().map(|note| desk.entry(doing.batch, note)).collect()),
        Err(refused) => (Done::Refused(refused), Vec::new()),
    })
}

/// What the audit log says of an act: the action, the sheet, and a count or a code; never an answer or a reason in words.
type Note = Option<(&'static str, Option<u32>, String)>;

type Judged = Result<Result<(Done, Note), Refused>, DbErr>;

fn done(action: &'static str, sheet: Option<u32>, detail: impl Into<String>) -> Judged {
    Ok(Ok((Done::Done, Some((action, sheet, detail.into())))))
}

fn refused(why: Refused) -> Judged {
    Ok(Err(why))
}

struct Desk<'a, C> {
    tx: &'a C,
    doing: &'a Doing,
    now: DateTime<Utc>,
}

impl<C: ConnectionTrait> Desk<'_, C> {
    fn entry(&self, batch: u32, (action, sheet, detail): (&'static str, Option<u32>, String)) -> Entry {
        let subject = sheet.map_or_else(|| format!("batch {batch}"), |sheet| format!("batch {batch} sheet {sheet}"));
        let consultation = Some(self.doing.consultation.clone());
        Entry { at: self.now, actor: self.doing.by.clone(), action, consultation, subject, detail }
    }

    /// Run a statement whose first two values are the consultation and the batch.
    async fn run(&self, sql: &str, values: Vec<sea_orm::Value>) -> Result<u64, DbErr> {
        let here: Vec<sea_orm::Value> = vec![self.doing.consultation.clone().into(), int(self.doing.batch).into()];
        run(self.tx, sql, here.into_iter().chain(values).collect()).await
    }

    async fn sheet(&self, number: u32) -> Result<Option<Sheet>, DbErr> {
        sheet(self.tx, &self.doing.consultation, self.doing.batch, number).await
    }

    async fn keyings(&self, number: u32) -> Result<Vec<Keying>, DbErr> {
        keyings(self.tx, &self.doing.consultation, self.doing.batch, number).await
    }

    async fn states(&self) -> Result<Vec<SheetState>, DbErr> {
        Ok(sheets(self.tx, &self.doing.consultation, self.doing.batch).await?.iter().map(Sheet::state).collect())
    }

    /// Batches are numbered through; two counted in at once wait for each other at the key and the later is tried again.
    async fn count_in(&self, new: &NewBatch, ids: &[(Uuid, Uuid)]) -> Result<(Done, Vec<Entry>), DbErr> {
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
        Ok((Done::Counted(number), vec![self.entry(number, ("batch.counted", None, format!("{} sheets", new.sheets)))]))
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

    /// Every act but counting in begins by taking its turn at the batch, and only an open one has turns to give.
    async fn on_open_batch(&self) -> Judged {
        let turn = "UPDATE batches SET acts = acts + 1 WHERE consultation = $1 AND batch = $2 AND closed_at IS NULL";
        if self.run(turn, Vec::new()).await? == 0 {
            let known = super::batch(self.tx, &self.doing.consultation, self.doing.batch).await;
            return refused(if matches!(known, Ok(Some(_))) { Refused::Closed } else { Refused::NoBatch });
        }
        match &self.doing.act {
            Act::Recount(count, ids, reason) => self.recount(*count, ids, reason).await,
            Act::End(number, outcome, reason) => self.end(*number, *outcome, reason).await,
            Act::Reopen(number) => self.reopen(*number).await,
            Act::Key(keying) => self.key(keying).await,
            Act::Rekey(keying) => self.rekey(keying).await,
            Act::Confirm(number, revision, kept) => self.confirm(*number, *revision, kept).await,
            Act::Compare(number, verdicts) => self.compare(*number, verdicts).await,
            Act::Settle(number, verdicts, correction) => self.settle(*number, verdicts, correction.as_deref()).await,
            Act::Corrected(number) => self.corrected(*number).await,
            Act::CountIn(..) | Act::Close => self.close().await,
        }
    }

    async fn recount(&self, count: u32, ids: &[(Uuid, Uuid)], reason: &str) -> Judged {
        let states = self.states().await?;
        let before = u32::try_from(states.len()).unwrap_or(u32::MAX);
        match recount(before, count, &states) {
            Err(why) => return refused(Refused::Count(why)),
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
        done("batch.recounted", None, format!("{before} to {count} sheets"))
    }

    async fn end(&self, number: u32, outcome: Outcome, reason: &str) -> Judged {
        match self.sheet(number).await? {
            None => return refused(Refused::NoSheet),
            Some(Sheet { outcome: Some(Outcome::Keyed), .. }) => return refused(Refused::Ended(Outcome::Keyed)),
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
        done("sheet.ended", Some(number), outcome.code())
    }

    async fn reopen(&self, number: u32) -> Judged {
        let Some(sheet) = self.sheet(number).await? else { return refused(Refused::NoSheet) };
        if sheet.outcome == Some(Outcome::Keyed) {
            return refused(Refused::Ended(Outcome::Keyed));
        }
        let sql = "UPDATE sheets SET outcome = NULL, reason = NULL, ended_by = NULL, ended_at = NULL \
                   WHERE consultation = $1 AND batch = $2 AND sheet = $3";
        self.run(sql, vec![int(number).into()]).await?;
        done("sheet.reopened", Some(number), sheet.outcome.map_or("", Outcome::code))
    }

    /// Whoever comes first is the first keyer. Another person who keyed at the same time becomes the second: nothing that
    /// was keyed is lost, and the two are compared.
    async fn key(&self, new: &NewKeying) -> Judged {
        let Some(sheet) = self.sheet(new.sheet).await? else { return refused(Refused::NoSheet) };
        let keyings = self.keyings(new.sheet).await?;
        if let Some(same) = keyings.iter().find(|keying| keying.keying_id == new.keying_id) {
            return Ok(Ok((Done::Taken(same.turn), None)));
        }
        if let Some(outcome) = sheet.outcome.filter(|outcome| *outcome != Outcome::Keyed) {
            return refused(Refused::Ended(outcome));
        }
        if keyings.iter().any(|keying| keying.keyed_by == self.doing.by) {
            return refused(Refused::KeyedByYou);
        }
        let turn = match keyings.len() {
            0 => Turn::First,
            1 => Turn::Second,
            _ => return refused(Refused::KeyedBefore),
        };
        self.keep(new, turn).await?;
        if turn == Turn::First {
            let sql = "UPDATE sheets SET outcome = 'keyed', reason = NULL, kept = NULL, drawn = $4, ended_by = $5, ended_at = $6 \
                       WHERE consultation = $1 AND batch = $2 AND sheet = $3";
            let drawn = is_drawn(sheet.sheet_id, new.share);
            self.run(sql, vec![int(new.sheet).into(), drawn.into(), self.doing.by.clone().into(), self.now.into()]).await?;
        }
        let action = if turn == Turn::First { "sheet.keyed" } else { "sheet.keyed_twice" };
        Ok(Ok((Done::Taken(turn), Some((action, Some(new.sheet), new.revision_id.to_string())))))
    }

    async fn keep(&self, new: &NewKeying, turn: Turn) -> Result<(), DbErr> {
        let sql = "INSERT INTO keyings (consultation, batch, sheet, turn, keying_id, revision_id, keyed_by, keyed_at, payload, note) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        let values = vec![
            int(new.sheet).into(),
            (if turn == Turn::First { 1 } else { 2 }).into(),
            new.keying_id.into(),
            new.revision_id.into(),
            self.doing.by.clone().into(),
            self.now.into(),
            new.payload.clone().into(),
            new.note.clone().into(),
        ];
        self.run(sql, values).await.map(|_| ())
    }

    async fn rekey(&self, new: &NewKeying) -> Judged {
        let keyings = self.keyings(new.sheet).await?;
        if keyings.iter().any(|keying| keying.keying_id == new.keying_id) {
            return Ok(Ok((Done::Taken(Turn::First), None)));
        }
        if !matches!(keyings.as_slice(), [only] if only.keyed_by == self.doing.by) {
            return refused(Refused::NotYours);
        }
        let sql = "UPDATE keyings SET keying_id = $4, revision_id = $5, keyed_at = $6, payload = $7, note = $8 \
                   WHERE consultation = $1 AND batch = $2 AND sheet = $3 AND turn = 1";
        let values = vec![
            int(new.sheet).into(),
            new.keying_id.into(),
            new.revision_id.into(),
            self.now.into(),
            new.payload.clone().into(),
            new.note.clone().into(),
        ];
        self.run(sql, values).await?;
        let sql = "UPDATE sheets SET kept = NULL WHERE consultation = $1 AND batch = $2 AND sheet = $3";
        self.run(sql, vec![int(new.sheet).into()]).await?;
        Ok(Ok((Done::Taken(Turn::First), Some(("sheet.keyed_again", Some(new.sheet), new.revision_id.to_string())))))
    }

    /// Only the keying that stands is confirmed: one that was replaced meanwhile is not.
    async fn confirm(&self, number: u32, revision: Uuid, kept: &str) -> Judged {
        let sql = "UPDATE sheets SET kept = $4 WHERE consultation = $1 AND batch = $2 AND sheet = $3 AND EXISTS (SELECT 1 FROM keyings k \
                   WHERE k.consultation = $1 AND k.batch = $2 AND k.sheet = $3 AND k.turn = 1 AND k.revision_id = $5)";
        self.run(sql, vec![int(number).into(), kept.into(), revision.into()]).await?;
        Ok(Ok((Done::Done, None)))
    }

    async fn compare(&self, number: u32, verdicts: &Verdicts) -> Judged {
        let open = verdicts.open().len();
        let sql = "INSERT INTO pairs (consultation, batch, sheet, verdicts, open, compared_at) VALUES ($1, $2, $3, $4, $5, $6) \
                   ON CONFLICT DO NOTHING";
        let values =
            vec![int(number).into(), json(verdicts).into(), i32::try_from(open).unwrap_or(i32::MAX).into(), self.now.into()];
        if self.run(sql, values).await? == 0 {
            return Ok(Ok((Done::Done, None)));
        }
        if open == 0 {
            self.forget(number).await?;
        }
        done("sheet.compared", Some(number), format!("{open} of {} places differ", verdicts.all().count()))
    }

    async fn settle(&self, number: u32, verdicts: &Verdicts, correction: Option<&str>) -> Judged {
        let keyings = self.keyings(number).await?;
        let is_keyer = keyings.iter().any(|keying| keying.keyed_by == self.doing.by);
        if is_keyer || keyings.len() < 2 || !verdicts.open().is_empty() {
            return refused(Refused::NotYoursToSettle);
        }
        let sql = "UPDATE pairs SET verdicts = $4, open = 0, settled_by = $5, settled_at = $6, correction = $7 \
                   WHERE consultation = $1 AND batch = $2 AND sheet = $3 AND open > 0";
        let by = self.doing.by.clone();
        let correction_kept = correction.map(str::to_owned);
        let values = vec![int(number).into(), json(verdicts).into(), by.into(), self.now.into(), correction_kept.into()];
        if self.run(sql, values).await? == 0 {
            return refused(Refused::NotYoursToSettle);
        }
        self.forget(number).await?;
        done("sheet.settled", Some(number), if correction.is_some() { "corrected" } else { "first keying stands" })
    }

    async fn corrected(&self, number: u32) -> Judged {
        let sql = "UPDATE pairs SET correction = NULL WHERE consultation = $1 AND batch = $2 AND sheet = $3";
        self.run(sql, vec![int(number).into()]).await?;
        Ok(Ok((Done::Done, None)))
    }

    /// What two keyers entered is kept only until it is settled.
    async fn forget(&self, number: u32) -> Result<(), DbErr> {
        let sql = "UPDATE keyings SET payload = NULL WHERE consultation = $1 AND batch = $2 AND sheet = $3";
        self.run(sql, vec![int(number).into()]).await.map(|_| ())
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
            return refused(Refused::Missing(missing));
        }
        let sql = "UPDATE batches SET closed_by = $3, closed_at = $4 WHERE consultation = $1 AND batch = $2";
        self.run(sql, vec![self.doing.by.clone().into(), self.now.into()]).await?;
        self.run("UPDATE keyings SET payload = NULL WHERE consultation = $1 AND batch = $2", Vec::new()).await?;
        done("batch.closed", None, format!("{received} sheets"))
    }
}

fn json(verdicts: &Verdicts) -> String {
    serde_json::to_string(verdicts).unwrap_or_default()
}
