//! Acts on keyed sheets: who keyed first and second, what the door said, what differs and how it was settled.

use sea_orm::{ConnectionTrait, DbErr};
use uuid::Uuid;

use super::act::{Desk, Done, Judged, NewKeying, Refused, Turn, done};
use super::int;
use crate::domain::double_keying::{Verdicts, is_drawn};
use crate::domain::ledger::Outcome;

impl<C: ConnectionTrait> Desk<'_, C> {
    /// Whoever comes first is the first keyer. Another person who keyed at the same time becomes the second: nothing that
    /// was keyed is lost, and the two are compared.
    pub(super) async fn key(&self, new: &NewKeying) -> Judged {
        let Some(sheet) = self.sheet(new.sheet).await? else { return Err(Refused::NoSheet.into()) };
        let keyings = self.keyings(new.sheet).await?;
        if let Some(same) = keyings.iter().find(|keying| keying.keying_id == new.keying_id) {
            return Ok((Done::Taken(same.turn), None));
        }
        if let Some(outcome) = sheet.outcome.filter(|outcome| *outcome != Outcome::Keyed) {
            return Err(Refused::Ended(outcome).into());
        }
        if keyings.iter().any(|keying| keying.keyed_by == self.doing.by) {
            return Err(Refused::KeyedByYou.into());
        }
        let turn = match keyings.len() {
            0 => Turn::First,
            1 => Turn::Second,
            _ => return Err(Refused::KeyedBefore.into()),
        };
        self.keep(new, turn).await?;
        if turn == Turn::First {
            let sql = "UPDATE sheets SET outcome = 'keyed', reason = NULL, kept = NULL, drawn = $4, ended_by = $5, ended_at = $6 \
                       WHERE consultation = $1 AND batch = $2 AND sheet = $3";
            let drawn = is_drawn(sheet.sheet_id, new.share);
            self.run(sql, vec![int(new.sheet).into(), drawn.into(), self.doing.by.clone().into(), self.now.into()]).await?;
        }
        let action = if turn == Turn::First { "sheet.keyed" } else { "sheet.keyed_twice" };
        Ok((Done::Taken(turn), Some((action, Some(new.sheet), new.revision_id.to_string()))))
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

    pub(super) async fn rekey(&self, new: &NewKeying) -> Judged {
        let keyings = self.keyings(new.sheet).await?;
        if keyings.iter().any(|keying| keying.keying_id == new.keying_id) {
            return Ok((Done::Taken(Turn::First), None));
        }
        if !matches!(keyings.as_slice(), [only] if only.keyed_by == self.doing.by) {
            return Err(Refused::NotYours.into());
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
        Ok((Done::Taken(Turn::First), Some(("sheet.keyed_again", Some(new.sheet), new.revision_id.to_string()))))
    }

    /// Only the keying that stands is confirmed: one that was replaced meanwhile is not.
    pub(super) async fn confirm(&self, number: u32, revision: Uuid, kept: &str) -> Judged {
        let sql = "UPDATE sheets SET kept = $4 WHERE consultation = $1 AND batch = $2 AND sheet = $3 AND EXISTS (SELECT 1 FROM keyings k \
                   WHERE k.consultation = $1 AND k.batch = $2 AND k.sheet = $3 AND k.turn = 1 AND k.revision_id = $5)";
        self.run(sql, vec![int(number).into(), kept.into(), revision.into()]).await?;
        Ok((Done::Done, None))
    }

    pub(super) async fn compare(&self, number: u32, verdicts: &Verdicts) -> Judged {
        let open = verdicts.open().len();
        let sql = "INSERT INTO pairs (consultation, batch, sheet, verdicts, open, compared_at) VALUES ($1, $2, $3, $4, $5, $6) \
                   ON CONFLICT DO NOTHING";
        let values =
            vec![int(number).into(), json(verdicts).into(), i32::try_from(open).unwrap_or(i32::MAX).into(), self.now.into()];
        if self.run(sql, values).await? == 0 {
            return Ok((Done::Done, None));
        }
        if open == 0 {
            self.forget(number).await?;
        }
        Ok(done("sheet.compared", Some(number), format!("{open} of {} places differ", verdicts.all().count())))
    }

    pub(super) async fn settle(&self, number: u32, verdicts: &Verdicts, correction: Option<&str>) -> Judged {
        let keyings = self.keyings(number).await?;
        let is_keyer = keyings.iter().any(|keying| keying.keyed_by == self.doing.by);
        if is_keyer || keyings.len() < 2 || !verdicts.open().is_empty() {
            return Err(Refused::NotYoursToSettle.into());
        }
        let sql = "UPDATE pairs SET verdicts = $4, open = 0, settled_by = $5, settled_at = $6, correction = $7 \
                   WHERE consultation = $1 AND batch = $2 AND sheet = $3 AND open > 0";
        let by = self.doing.by.clone();
        let correction_kept = correction.map(str::to_owned);
        let values = vec![int(number).into(), json(verdicts).into(), by.into(), self.now.into(), correction_kept.into()];
        if self.run(sql, values).await? == 0 {
            return Err(Refused::NotYoursToSettle.into());
        }
        self.forget(number).await?;
        Ok(done("sheet.settled", Some(number), if correction.is_some() { "corrected" } else { "first keying stands" }))
    }

    pub(super) async fn corrected(&self, number: u32) -> Judged {
        let sql = "UPDATE pairs SET correction = NULL WHERE consultation = $1 AND batch = $2 AND sheet = $3";
        self.run(sql, vec![int(number).into()]).await?;
        Ok((Done::Done, None))
    }

    /// What two keyers entered is kept only until it is settled.
    async fn forget(&self, number: u32) -> Result<(), DbErr> {
        let sql = "UPDATE keyings SET payload = NULL WHERE consultation = $1 AND batch = $2 AND sheet = $3";
        self.run(sql, vec![int(number).into()]).await.map(|_| ())
    }
}

fn json(verdicts: &Verdicts) -> String {
    serde_json::to_string(verdicts).unwrap_or_default()
}
