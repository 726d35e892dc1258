//! Keyed sheets on their way through the one door: the ledger notes what was keyed, the door takes it, the ledger notes
//! that it did. A keying cut off between is taken up again by [`resume`], under the same ids.

pub mod entry;
mod settling;

use std::sync::Arc;

use uuid::Uuid;

use self::entry::{Entry, Ids, Wrong, checked, submission};
use super::{Arrival, Intake, Receipt, accept};
use crate::domain::double_keying::{self, Content, RECENT_PAIRS, Verdicts, compare};
use crate::domain::form::FormVersion;
use crate::domain::ledger::Outcome;
use crate::domain::submission::Submission;
use crate::error::{Error, Result};
use crate::store::batches::{self, Act, Batch, Doing, Done, Keying, NewKeying, Refused, Sheet, Turn};
use crate::store::responses;
use crate::store::writer::{Work, Written};

pub use settling::{Settled, Side, Sides, settle, sides};

/// Which sheet of which batch.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The consultation.
    pub consultation: &'a str,
    /// The batch.
    pub batch: u32,
    /// The sheet.
    pub sheet: u32,
}

/// What became of a keyed sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keyed {
    /// It was taken, as the first keying or the blind second.
    Taken(Turn),
    /// It was not: why.
    Refused(Refused),
    /// The keyer can put these right.
    Wrong(Vec<Wrong>),
}

/// A sheet with its batch and its form version.
pub struct Desk {
    /// The batch.
    pub batch: Batch,
    /// The sheet.
    pub sheet: Sheet,
    /// The form version printed on it.
    pub form: Arc<FormVersion>,
}

/// Find a sheet with all that is needed to key it.
///
/// # Errors
/// [`Error::NotFound`] when there is no such consultation, batch or sheet.
pub async fn find(intake: &Intake, place: Place<'_>) -> Result<Desk> {
    let published = intake.shelf.consultation(place.consultation)?;
    let db = &intake.db.read;
    let batch = batches::batch(db, place.consultation, place.batch).await?.ok_or(Error::NotFound("batch"))?;
    let sheet = batches::sheet(db, place.consultation, place.batch, place.sheet).await?.ok_or(Error::NotFound("sheet"))?;
    let form = published.form(None, batch.about.form_version).cloned().ok_or(Error::NotFound("form version"))?;
    Ok(Desk { batch, sheet, form })
}

/// Key a sheet, or key a sheet of one's own `again`. The same page sent twice is one keying.
///
/// # Errors
/// When the database cannot be reached; sending the same page again is safe.
pub async fn key(intake: &Intake, place: Place<'_>, keyer: &str, keying_id: Uuid, entry: &Entry, again: bool) -> Result<Keyed> {
    let desk = find(intake, place).await?;
    // The page's id is the browser's to choose: made particular to this sheet and person, it can stand for nothing else.
    let keying_id = Uuid::new_v5(&keying_id, format!("{} {} {keyer}", place.batch, place.sheet).as_bytes());
    let by = Keyer { name: keyer, device: None, keying_id, revision_id: Uuid::new_v5(&keying_id, b"revision") };
    keyed(intake, place, &desk, by, entry, again).await
}

/// Key a sheet as a device brings it, under the id of its item: the same item brought twice is one keying, even when the
/// batch was closed in between.
///
/// # Errors
/// As [`key`].
pub async fn key_brought(
    intake: &Intake,
    desk: &Desk,
    place: Place<'_>,
    (name, device): (&str, &str),
    brought: Brought<'_>,
) -> Result<Keyed> {
    let Brought { revision_id, supersedes, entry } = brought;
    let keying_id = Uuid::new_v5(&revision_id, format!("{} {} {name}", place.batch, place.sheet).as_bytes());
    let by = Keyer { name, device: Some(device), keying_id, revision_id };
    let db = &intake.db.write;
    let before = batches::keyings(db, place.consultation, place.batch, place.sheet).await?;
    // Only the keying that the keyer saw is replaced: one that somebody put in its place is for the desk to settle.
    let again = before.iter().any(|keying| keying.turn == Turn::First && Some(keying.revision_id) == supersedes);
    let keyed = keyed(intake, place, desk, by, entry, again).await?;
    if let Keyed::Refused(_) = keyed {
        if let Some(taken) = before.iter().find(|keying| keying.revision_id == revision_id) {
            return Ok(Keyed::Taken(taken.turn));
        }
        // It was taken and has been replaced since: only its receipt was lost.
        if responses::revision(db, place.consultation, revision_id).await?.is_some() {
            return Ok(Keyed::Taken(Turn::First));
        }
    }
    Ok(keyed)
}

/// A keying as a device brings it.
#[derive(Debug, Clone, Copy)]
pub struct Brought<'a> {
    /// The id of its item.
    pub revision_id: Uuid,
    /// The keying of the same person that it changes.
    pub supersedes: Option<Uuid>,
    /// What was entered.
    pub entry: &'a Entry,
}

/// Who keys, on which device, and under which ids.
#[derive(Debug, Clone, Copy)]
struct Keyer<'a> {
    name: &'a str,
    device: Option<&'a str>,
    keying_id: Uuid,
    revision_id: Uuid,
}

async fn keyed(intake: &Intake, place: Place<'_>, desk: &Desk, by: Keyer<'_>, entry: &Entry, again: bool) -> Result<Keyed> {
    let Keyer { name: keyer, device, keying_id, revision_id } = by;
    let last = responses::last(&intake.db.read, place.consultation, desk.sheet.response_id).await?;
    let supersedes = last.map(|(id, _)| id).filter(|id| again && *id != revision_id);
    let ids = Ids { response_id: desk.sheet.response_id, revision_id, supersedes };
    let mut made = match submission(&desk.form, &desk.batch, place.sheet, keyer, ids, entry) {
        Ok(made) => made,
        Err(wrong) => return Ok(Keyed::Wrong(wrong)),
    };
    made.origin.device = device.map(str::to_owned);
    if let Err(wrong) = checked(&desk.form, &made) {
        return Ok(Keyed::Wrong(wrong));
    }
    let new = Box::new(NewKeying {
        sheet: place.sheet,
        keying_id,
        revision_id,
        payload: serde_json::to_string(&made).map_err(anyhow::Error::from)?,
        note: entry.note.clone(),
        share: share(intake, place.consultation, keyer).await?,
    });
    match act(intake, place, keyer, if again { Act::Rekey(new) } else { Act::Key(new) }).await? {
        Done::Refused(why) => Ok(Keyed::Refused(why)),
        Done::Taken(turn) => {
            let keyings = batches::keyings(&intake.db.write, place.consultation, place.batch, place.sheet).await?;
            finish(intake, place, &keyings).await?;
            Ok(Keyed::Taken(turn))
        }
        Done::Counted(_) | Done::Done => Ok(Keyed::Taken(Turn::First)),
    }
}

/// Of a hundred sheets of this keyer, how many are keyed twice now.
async fn share(intake: &Intake, consultation: &str, keyer: &str) -> Result<u32> {
    let rules = intake.shelf.consultation(consultation)?.consultation.paper;
    let pairs = batches::settled_pairs(&intake.db.read, consultation, keyer, RECENT_PAIRS).await?;
    let pairs: Vec<_> = pairs.into_iter().map(|stored| stored.pair).collect();
    Ok(double_keying::share(&rules, double_keying::recent(&pairs, keyer)))
}

/// Do something to the ledger.
///
/// # Errors
/// When the database cannot be reached; nothing has changed then.
pub async fn act(intake: &Intake, place: Place<'_>, by: &str, act: Act) -> Result<Done> {
    let doing = Doing { consultation: place.consultation.to_owned(), batch: place.batch, by: by.to_owned(), act };
    match intake.writer.write(Work::Ledger(Box::new(doing))).await? {
        Written::Ledger(done) => Ok(done),
        other => Err(Error::Internal(anyhow::anyhow!("an act on the ledger came back as {other:?}"))),
    }
}

/// Take up whatever was cut off between the ledger and the door in a batch.
///
/// # Errors
/// When the database cannot be reached.
pub async fn resume(intake: &Intake, consultation: &str, batch: u32) -> Result<()> {
    for sheet in batches::sheets(&intake.db.read, consultation, batch).await? {
        let is_cut_off = sheet.outcome == Some(Outcome::Keyed)
            && (sheet.kept.is_none() || sheet.unconfirmed || (sheet.second_by.is_some() && sheet.open.is_none()));
        if is_cut_off {
            let place = Place { consultation, batch, sheet: sheet.number };
            let keyings = batches::keyings(&intake.db.read, consultation, batch, sheet.number).await?;
            finish(intake, place, &keyings).await?;
            settling::send_correction(intake, place).await?;
        }
    }
    Ok(())
}

/// Give the first keying to the door, and compare it with the second once there is one. Doing it again changes nothing.
async fn finish(intake: &Intake, place: Place<'_>, keyings: &[Keying]) -> Result<()> {
    let Some(first) = keyings.first() else { return Ok(()) };
    if let Some(payload) = &first.payload {
        let kept = send(intake, place.consultation, payload, &first.keyed_by).await?;
        act(intake, place, &first.keyed_by, Act::Confirm(place.sheet, first.revision_id, kept)).await?;
    }
    if let [Keying { payload: Some(first), .. }, Keying { payload: Some(second), keyed_by, .. }] = keyings {
        let desk = find(intake, place).await?;
        let (first, second) = (content(&desk.form, &read(first)?)?, content(&desk.form, &read(second)?)?);
        let compared = compare(&desk.form, desk.batch.about.edition, &first, &second);
        act(intake, place, keyed_by, Act::Compare(place.sheet, Verdicts::unsettled(&compared))).await?;
    }
    Ok(())
}

/// Bring a keyed sheet to the door, and say whether it is `stored` or `held`.
async fn send(intake: &Intake, consultation: &str, payload: &str, by: &str) -> Result<&'static str> {
    let synthetic = intake.shelf.consultation(consultation)?.demo;
    let arrival = Arrival {
        consultation: consultation.to_owned(),
        submission: read(payload)?,
        payload: payload.as_bytes().into(),
        actor: by.to_owned(),
        began_at: None,
        synthetic,
    };
    match accept(intake, arrival).await? {
        Receipt::Stored(_) | Receipt::Duplicate(_) => Ok("stored"),
        Receipt::Held { .. } => Ok("held"),
        Receipt::Refused(_) => Err(Error::unreadable(
            "not_yet_open",
            "this consultation has not opened yet; the sheet is kept, and is stored when the batch is looked at after the opening day",
        )),
    }
}

fn read(payload: &str) -> Result<Submission> {
    Ok(serde_json::from_str(payload).map_err(anyhow::Error::from)?)
}

fn content(form: &FormVersion, submission: &Submission) -> Result<Content> {
    let checked = checked(form, submission).map_err(|wrong| {
        let keys: Vec<&str> = wrong.iter().map(|one| one.key.as_str()).collect();
        anyhow::anyhow!("a keying that passed the check no longer does: {}", keys.join(", "))
    })?;
    Ok(Content::of(&checked))
}
