//! Settling: a third person says what stands on a sheet that two keyers entered differently, and a correction follows.

use uuid::Uuid;

use super::entry::{Entry, Wrong, checked};
use super::{Desk, Place, act, content, find, read, send};
use crate::domain::answer::Answer;
use crate::domain::double_keying::fact;
use crate::domain::double_keying::{Content, FACTS, Verdicts, compare, first_stands_left, set_fact};
use crate::domain::submission::Submission;
use crate::error::{Error, Result};
use crate::intake::Intake;
use crate::store::batches::{self, Act, Done, Refused};
use crate::store::responses;

/// Which of the two entries on the page is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The one on the left.
    Left,
    /// The one on the right.
    Right,
    /// Neither: what stands there is keyed by the third person.
    Neither,
}

/// Two keyings side by side; which of them came first cannot be told from it.
pub struct Sides {
    /// The sheet.
    pub desk: Desk,
    /// Where they differ: the field, the left entry, the right entry.
    pub differences: Vec<(String, Answer, Answer)>,
    /// What was noted in the margin, left and right.
    pub notes: (String, String),
}

/// What became of settling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// It is settled.
    Done,
    /// It was not: why.
    Refused(Refused),
    /// These places still want an answer.
    Wrong(Vec<Wrong>),
}

/// Both keyings of a sheet, with who keyed first known to the program alone.
struct Both {
    desk: Desk,
    first: Submission,
    second: Submission,
    notes: (String, String),
}

impl Both {
    async fn find(intake: &Intake, place: Place<'_>, verifier: &str) -> Result<Self> {
        let desk = find(intake, place).await?;
        let keyings = batches::keyings(&intake.db.read, place.consultation, place.batch, place.sheet).await?;
        if keyings.iter().any(|keying| keying.keyed_by == verifier) {
            return Err(Error::Forbidden);
        }
        let [first, second] = keyings.as_slice() else { return Err(Error::NotFound("pair of keyings")) };
        let (Some(one), Some(other)) = (&first.payload, &second.payload) else {
            return Err(Error::NotFound("difference to settle: this sheet is settled"));
        };
        let notes = (first.note.clone(), second.note.clone());
        Ok(Self { desk, first: read(one)?, second: read(other)?, notes })
    }

    fn first_is_left(&self) -> bool {
        first_stands_left(self.desk.sheet.sheet_id)
    }

    fn contents(&self) -> Result<(Content, Content)> {
        Ok((content(&self.desk.form, &self.first)?, content(&self.desk.form, &self.second)?))
    }
}

/// The differences of a sheet for somebody who keyed it neither time.
///
/// # Errors
/// [`Error::Forbidden`] for one of its keyers, [`Error::NotFound`] when there is nothing to settle.
pub async fn sides(intake: &Intake, place: Place<'_>, verifier: &str) -> Result<Sides> {
    let both = Both::find(intake, place, verifier).await?;
    let (first, second) = both.contents()?;
    let compared = compare(&both.desk.form, both.desk.batch.about.edition, &first, &second);
    let left = both.first_is_left();
    let differences = compared.differences.into_iter().map(|difference| {
        let (one, other) = if left { (difference.first, difference.second) } else { (difference.second, difference.first) };
        (difference.key, one, other)
    });
    let differences = differences.collect();
    let notes = if left { both.notes } else { (both.notes.1, both.notes.0) };
    Ok(Sides { desk: both.desk, differences, notes })
}

/// Settle every difference of a sheet. `picks` says which side is right; where neither is, `entry` says what is.
///
/// # Errors
/// As [`sides`]; and when the database cannot be reached.
pub async fn settle(
    intake: &Intake,
    place: Place<'_>,
    verifier: &str,
    picks: &[(String, Side)],
    entry: &Entry,
) -> Result<Settled> {
    let both = Both::find(intake, place, verifier).await?;
    let (first, second) = both.contents()?;
    let compared = compare(&both.desk.form, both.desk.batch.about.edition, &first, &second);
    let mut right = both.first.clone();
    let mut wrong = Vec::new();
    for difference in &compared.differences {
        let key = &difference.key;
        match picks.iter().find(|(picked, _)| picked == key).map(|(_, side)| *side) {
            None => wrong.push(Wrong { key: key.clone(), text: "Say what stands on the sheet.".to_owned() }),
            Some(Side::Neither) => wrong.extend(entry.put(&both.desk.form, &mut right, key).err()),
            Some(side) if (side == Side::Left) != both.first_is_left() => copy(&both.second, &mut right, key),
            Some(_) => {}
        }
    }
    let response = match checked(&both.desk.form, &right) {
        Ok(response) if wrong.is_empty() => response,
        Ok(_) => return Ok(Settled::Wrong(wrong)),
        Err(more) => return Ok(Settled::Wrong(wrong.into_iter().chain(more).collect())),
    };
    let settled = Content::of(&response);
    let mut verdicts = Verdicts::unsettled(&compared);
    verdicts.settle_by(&settled, &first, &second);
    let correction = if settled == first { None } else { Some(correction(intake, place, right).await?) };
    match act(intake, place, verifier, Act::Settle(place.sheet, verdicts, correction)).await? {
        Done::Refused(why) => Ok(Settled::Refused(why)),
        Done::Counted(_) | Done::Taken(_) | Done::Done => {
            send_correction(intake, place).await?;
            Ok(Settled::Done)
        }
    }
}

/// Put what one submission says of a field, or of a fact of the sheet, into another.
fn copy(from: &Submission, to: &mut Submission, key: &str) {
    if FACTS.contains(&key) {
        return set_fact(to, key, &fact(from, key).unwrap_or_default());
    }
    to.answers.remove(key);
    to.answers.extend(from.answers.get(key).map(|raw| (key.to_owned(), raw.clone())));
    for (from, to) in [(&from.spoiled, &mut to.spoiled), (&from.illegible, &mut to.illegible)] {
        to.retain(|other| other != key);
        to.extend(from.iter().filter(|other| *other == key).cloned());
    }
}

/// What is settled as a revision that replaces the last one. When the first keying is held there is none to replace, and
/// the door judges it on its dates as it judged the first.
async fn correction(intake: &Intake, place: Place<'_>, mut right: Submission) -> Result<String> {
    let last = responses::last(&intake.db.read, place.consultation, right.response_id).await?;
    right.supersedes = last.map(|(id, _)| id);
    right.revision_id = Uuid::new_v5(&right.revision_id, b"settled");
    Ok(serde_json::to_string(&right).map_err(anyhow::Error::from)?)
}

/// Give a settled correction to the door, if one waits.
pub(super) async fn send_correction(intake: &Intake, place: Place<'_>) -> Result<()> {
    let pairs = batches::pairs(&intake.db.write, place.consultation).await?;
    let waiting = pairs.into_iter().find(|pair| (pair.batch, pair.sheet) == (place.batch, place.sheet));
    let Some(pair) = waiting else { return Ok(()) };
    let (Some(correction), Some(by)) = (&pair.correction, &pair.settled_by) else { return Ok(()) };
    send(intake, place.consultation, correction, by).await?;
    act(intake, place, by, Act::Corrected(place.sheet)).await?;
    Ok(())
}
