//! One item on its way through the door: opened, read, given to the door, the ledger or the withdrawal, or held whole.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::keys::{Keys, Unopened};
use crate::domain::ledger::Outcome;
use crate::domain::submission::Submission;
use crate::domain::sync::payload::{Entered, Payload};
use crate::domain::sync::receipt::Kept;
use crate::domain::sync::{self, NoItem};
use crate::domain::window::Captured;
use crate::error::{Error, Result};
use crate::intake::keyed::entry::Entry;
use crate::intake::keyed::{self, Keyed, Place};
use crate::intake::receipt::{Receipt, Refusal};
use crate::intake::{Arrival, Intake, Judge, Withdrawal, admit, withdraw_response};
use crate::store::batches::{self, Act, Done};
use crate::store::held::{NewHeld, Why};
use crate::store::responses;
use crate::store::sync::StoredLine;
use crate::store::sync::of_response;
use crate::store::writer::Work;

/// Why something is to be sent again when the disk is full.
pub(super) const DISK_FULL: &str = "disk_full";

/// What becomes of one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    /// The server has it.
    Kept {
        kept: Kept,
        /// Whether it was here before.
        again: bool,
        reason: Option<Why>,
        stored_as: Option<Uuid>,
        sheet: Option<(u32, u32)>,
        captured_from: Option<DateTime<Utc>>,
        /// What it says, until its line is written: it may yet have to be held.
        text: Option<String>,
    },
    /// It could not be judged, and nothing is kept.
    Retry(&'static str),
    /// It is not ours to keep.
    Refused(&'static str, String),
}

impl Fate {
    pub(super) fn held(why: Why) -> Self {
        Self::Kept {
            kept: Kept::Held,
            again: false,
            reason: Some(why),
            stored_as: None,
            sheet: None,
            captured_from: None,
            text: None,
        }
    }

    const fn stored(stored_as: Option<Uuid>, again: bool) -> Self {
        Self::Kept { kept: Kept::Stored, again, reason: None, stored_as, sheet: None, captured_from: None, text: None }
    }

    fn of_sheet(mut self, place: (u32, u32)) -> Self {
        if let Self::Kept { sheet, .. } = &mut self {
            *sheet = Some(place);
        }
        self
    }

    /// Before anything was done: what is no item stays refused.
    pub(super) fn of_no_item(item: &Result<sync::Item, NoItem>) -> Self {
        match item {
            Ok(_) => Self::Retry("our_fault"),
            Err(no) => Self::Refused(no.code, no.detail.clone()),
        }
    }
}

/// What the items of a push have in common.
pub(super) struct Post<'a> {
    pub intake: &'a Intake,
    pub keys: &'a Keys,
    pub device: Uuid,
    /// Who brings them, when it is not the device itself.
    pub by: Option<&'a str>,
    /// Where the device may, or might, hand in.
    pub places: BTreeSet<String>,
    /// Which of those who are said to have keyed have an account.
    pub keyers: BTreeSet<String>,
    pub now: DateTime<Utc>,
}

/// One item with what is known about it.
pub(super) struct Item<'a> {
    pub post: &'a Post<'a>,
    pub sent: &'a sync::Item,
    /// The lines that its id has.
    pub before: &'a [&'a StoredLine],
    /// The response that an earlier item of the same push became part of.
    pub stored_as: Option<Uuid>,
}

impl Item<'_> {
    /// What becomes of it. A fault of ours is logged, and the item is to be sent again: the others go on.
    pub(super) async fn judge(&self) -> Fate {
        match self.opened().await {
            Ok(fate) => fate,
            Err(error) if error.is_full_disk() => Fate::Retry(DISK_FULL),
            Err(Error::Unavailable(cause)) => {
                tracing::warn!(cause = format!("{cause:#}"), "an item of a device could not be stored now");
                Fate::Retry("busy")
            }
            Err(error) => {
                let cause = format!("{:#}", anyhow::Error::from(error));
                tracing::error!(cause, revision_id = %self.sent.revision_id, "an item of a device could not be judged");
                Fate::Retry("our_fault")
            }
        }
    }

    async fn opened(&self) -> Result<Fate> {
        let item = self.sent;
        if !self.post.places.contains(&item.consultation) {
            let detail = format!("this device was never enrolled for the consultation {}", item.consultation);
            return Ok(Fate::Refused("not_this_device", detail));
        }
        let text = match (&item.payload, &item.sealed) {
            (Some(payload), _) => payload.clone(),
            (None, Some(sealed)) => match self.post.keys.open_sealed(sealed, item, self.post.device) {
                Ok(text) => text,
                Err(Unopened::TooLarge) => {
                    return Ok(Fate::Refused("too_large", format!("an item may have {} bytes", sync::ITEM_BYTES)));
                }
                Err(Unopened::UnknownKey) => return Ok(Fate::Retry("unknown_key")),
                Err(Unopened::Broken) => return Ok(Fate::Retry("seal_broken")),
            },
            (None, None) => return Ok(Fate::Refused("no_item", "an item has a payload, plain or sealed".to_owned())),
        };
        if sync::hash(text.as_bytes()) != item.hash {
            return Ok(Fate::Retry("hash_mismatch"));
        }
        if let Some(before) = self.before.iter().find(|line| line.line.hash == item.hash) {
            return Ok(Fate::Kept {
                kept: before.line.kept,
                again: true,
                reason: None,
                stored_as: before.stored_as,
                sheet: None,
                captured_from: None,
                text: None,
            });
        }
        if !self.before.is_empty() {
            return self.held(&text, Why::Conflict).await;
        }
        self.read(text).await
    }

    async fn read(&self, text: String) -> Result<Fate> {
        let Ok(payload) = Payload::read(&text, self.sent) else { return self.held(&text, Why::Unreadable).await };
        if !self.post.keyers.contains(&self.sent.keyed_by) {
            return self.held(&text, Why::UnknownKeyer).await;
        }
        let beacon = self.sent.beacon.as_deref();
        let from = beacon.and_then(|beacon| self.post.keys.beacon_time(beacon, self.post.now));
        let mut fate = match payload {
            Payload::Response { submission } => self.respond(&text, *submission, from).await?,
            Payload::Sheet { batch, sheet, entry, submission } => {
                self.key(&text, (batch, sheet), entry, submission.supersedes).await?
            }
            Payload::SheetEnd { batch, sheet, outcome, reason } => self.end(&text, (batch, sheet), &outcome, reason).await?,
            Payload::Withdrawal { response_id, .. } => self.withdraw(&text, response_id).await?,
        };
        if let Fate::Kept { captured_from, text: kept, .. } = &mut fate {
            *captured_from = from;
            *kept = Some(text);
        }
        Ok(fate)
    }

    /// Who it was, for the audit log.
    fn actor(&self) -> &str {
        &self.sent.keyed_by
    }

    async fn held(&self, text: &str, why: Why) -> Result<Fate> {
        let actor = self.post.by.map_or_else(|| format!("device:{}", self.post.device), str::to_owned);
        hold(self.post.intake, self.sent, &actor, text.as_bytes(), why).await?;
        Ok(Fate::held(why))
    }

    async fn respond(&self, text: &str, mut submission: Submission, from: Option<DateTime<Utc>>) -> Result<Fate> {
        submission.origin.device = Some(self.post.device.to_string());
        submission.origin.keyed_by = Some(self.sent.keyed_by.clone());
        let arrival = Arrival {
            consultation: self.sent.consultation.clone(),
            submission,
            payload: text.as_bytes().into(),
            actor: self.actor().to_owned(),
            began_at: None,
            synthetic: self.post.intake.shelf.consultation(&self.sent.consultation)?.demo,
        };
        let captured = Captured { from, until: self.post.now };
        match admit(self.post.intake, arrival, Judge::Device(captured)).await? {
            Receipt::Stored(_) => Ok(Fate::stored(None, false)),
            Receipt::Duplicate(_) => Ok(Fate::stored(None, true)),
            Receipt::Held { why, .. } => Ok(Fate::held(why)),
            Receipt::Refused(Refusal::NotYetOpen) => self.held(text, Why::NotYetOpen).await,
            Receipt::Refused(_) => self.held(text, Why::NotUnderstood).await,
        }
    }

    async fn key(&self, text: &str, (batch, sheet): (u32, u32), entered: Entered, supersedes: Option<Uuid>) -> Result<Fate> {
        let place = Place { consultation: &self.sent.consultation, batch, sheet };
        let desk = match keyed::find(self.post.intake, place).await {
            Ok(desk) => desk,
            Err(Error::NotFound(_)) => return self.held_sheet(text, (batch, sheet), Why::Ledger).await,
            Err(error) => return Err(error),
        };
        let device = self.post.device.to_string();
        let entry = Entry { values: entered.values, marks: entered.marks, note: limited(&entered.note) };
        let by = (self.actor(), device.as_str());
        let brought = keyed::Brought { revision_id: self.sent.revision_id, supersedes, entry: &entry };
        let taken = keyed::key_brought(self.post.intake, &desk, place, by, brought).await;
        match taken {
            // The ledger has it; it is stored when the batch is looked at after the opening day.
            Ok(Keyed::Taken(_)) | Err(Error::Unreadable { code: "not_yet_open", .. }) => {
                Ok(Fate::stored(Some(desk.sheet.response_id), false).of_sheet((batch, sheet)))
            }
            Ok(Keyed::Refused(_)) => self.held_sheet(text, (batch, sheet), Why::Ledger).await,
            Ok(Keyed::Wrong(_)) => self.held_sheet(text, (batch, sheet), Why::NotUnderstood).await,
            Err(error) => Err(error),
        }
    }

    async fn held_sheet(&self, text: &str, place: (u32, u32), why: Why) -> Result<Fate> {
        Ok(self.held(text, why).await?.of_sheet(place))
    }

    async fn end(&self, text: &str, (batch, sheet): (u32, u32), outcome: &str, reason: String) -> Result<Fate> {
        let Some(outcome) = Outcome::from_code(outcome) else { return self.held(text, Why::Unreadable).await };
        let place = Place { consultation: &self.sent.consultation, batch, sheet };
        let done = keyed::act(self.post.intake, place, self.actor(), Act::End(sheet, outcome, limited(&reason))).await?;
        if let Done::Refused(_) = done
            && !self.has_ended(place, outcome).await?
        {
            return self.held_sheet(text, (batch, sheet), Why::Ledger).await;
        }
        Ok(Fate::stored(None, false).of_sheet((batch, sheet)))
    }

    /// Whether this keyer gave the sheet this end before, and only the receipt was lost.
    async fn has_ended(&self, place: Place<'_>, outcome: Outcome) -> Result<bool> {
        let sheet = batches::sheet(&self.post.intake.db.write, place.consultation, place.batch, place.sheet).await?;
        Ok(sheet.is_some_and(|sheet| sheet.outcome == Some(outcome) && sheet.ended_by.as_deref() == Some(self.actor())))
    }

    /// Withdraw a response that this device handed in.
    async fn withdraw(&self, text: &str, response_id: Uuid) -> Result<Fate> {
        let Some(stored_as) = self.handed_in(response_id).await? else { return self.held(text, Why::Withdrawal).await };
        let intake = self.post.intake;
        match withdraw_response(intake, &self.sent.consultation, stored_as, self.actor()).await? {
            Withdrawal::Done { .. } => Ok(Fate::stored(None, false)),
            // A correction may have come in between: then it is not withdrawn yet.
            Withdrawal::Already { .. } => {
                let last = responses::last(&intake.db.write, &self.sent.consultation, stored_as).await?;
                let is_done = last.is_some_and(|(_, last)| last.withdrawn);
                Ok(if is_done { Fate::stored(None, true) } else { Fate::Retry("busy") })
            }
            Withdrawal::Frozen | Withdrawal::UnknownCode => self.held(text, Why::Withdrawal).await,
        }
    }

    /// The response behind an id that this device gave, if the device handed it in.
    async fn handed_in(&self, response_id: Uuid) -> Result<Option<Uuid>> {
        if self.stored_as.is_some() && self.sent.response_id == response_id {
            return Ok(self.stored_as);
        }
        let (db, code, device) = (&self.post.intake.db.write, &self.sent.consultation, self.post.device);
        for line in of_response(db, device, code, response_id).await? {
            if line.line.kept == Kept::Stored && line.line.revision_id != self.sent.revision_id {
                return Ok(Some(line.stored_as.unwrap_or(line.response_id)));
            }
        }
        // Its line may still be on the way: the response itself says which device it came from.
        let Some((last, _)) = responses::last(db, code, response_id).await? else { return Ok(None) };
        let revision = responses::revision(db, code, last).await?;
        let is_ours = revision.is_some_and(|revision| revision.origin.device == Some(device.to_string()));
        Ok(is_ours.then_some(response_id))
    }
}

/// Words beside an answer, as long as a page takes them.
fn limited(words: &str) -> String {
    words.trim().chars().take(keyed::entry::NOTE_LIMIT).collect()
}

/// Hold an item whole. What it says of its channel, edition and version is looked for, and may not be there.
pub(super) async fn hold(intake: &Intake, item: &sync::Item, actor: &str, bytes: &[u8], why: Why) -> Result<()> {
    let submission = sync::payload::submission_in(bytes);
    let held = NewHeld {
        consultation: item.consultation.clone(),
        held_id: Uuid::now_v7(),
        revision_id: item.revision_id,
        response_id: item.response_id,
        why,
        channel: submission.as_ref().map(|submission| submission.channel),
        edition: submission.as_ref().map(|submission| submission.edition),
        form_version: submission.as_ref().map(|submission| submission.form_version),
        digest: item.hash.clone(),
        payload: bytes.to_vec(),
        findings: Vec::new(),
        synthetic: intake.shelf.consultation(&item.consultation).is_ok_and(|published| published.demo),
    };
    intake.writer.write(Work::Hold { held: Box::new(held), actor: actor.to_owned() }).await?;
    Ok(())
}
