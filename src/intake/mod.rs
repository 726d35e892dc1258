//! Every way in, and the one door: [`accept`] is the only function that can add a response to the database.

mod decide;
pub mod keyed;
pub mod online;
pub mod original;
pub mod receipt;
pub mod sync;
pub mod upload;
mod withdraw;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::domain::check::{Checked, check};
use crate::domain::finding::Finding;
use crate::domain::form::FormVersion;
use crate::domain::response::{Response, hex};
use crate::domain::submission::{Channel, Submission};
use crate::domain::window::{Captured, Dates, Reception};
use crate::error::{Error, Result};
use crate::store::Db;
use crate::store::catalogue::{Published, Shelf};
use crate::store::held::{NewHeld, Why};
use crate::store::responses::{self, Document, NewRevision};
use crate::store::writer::{Work, Writer, Written};

pub use decide::{Ruling, Settled, decide};
pub use receipt::{Codes, Kept, Key, Receipt, Refusal};
pub use withdraw::{Withdrawal, withdraw, withdraw_response};

/// What the door needs: cheap to clone.
#[derive(Debug, Clone)]
pub struct Intake {
    /// The database.
    pub db: Db,
    /// Commits in groups.
    pub writer: Writer,
    /// Everything published.
    pub shelf: Shelf,
    /// Makes references and receipt codes.
    pub key: Key,
    /// What time it is.
    pub now: fn() -> DateTime<Utc>,
}

/// A submission at the door, with what the one who brought it knows.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// The consultation it was sent to.
    pub consultation: String,
    /// What was read from it.
    pub submission: Submission,
    /// The exact bytes that arrived, kept when a person must decide.
    pub payload: Arc<[u8]>,
    /// Who brought it: `public`, or `token:NAME`.
    pub actor: String,
    /// For a page: when the person began.
    pub began_at: Option<DateTime<Utc>>,
    /// Whether it was made up for a demonstration.
    pub synthetic: bool,
}

/// Take in one submission: find its form version, judge whether it may be received, check it, write it, and say what
/// became of it. Sending the same again is always safe.
///
/// # Errors
/// [`Error::NotFound`] for an unknown consultation, [`Error::Unavailable`] when nothing can be written now.
pub async fn accept(intake: &Intake, arrival: Arrival) -> Result<Receipt> {
    admit(intake, arrival, Judge::Rules).await
}

/// Who judges whether a submission is in time, may correct and can be understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Judge {
    /// The rules.
    Rules,
    /// The rules, for what a device brings: it was captured between two instants.
    Device(Captured),
    /// A person has decided that it counts.
    Person,
}

/// The road every submission takes, whoever judges.
async fn admit(intake: &Intake, mut arrival: Arrival, judge: Judge) -> Result<Receipt> {
    let published = intake.shelf.consultation(&arrival.consultation)?;
    let Some(form) = published.form(arrival.submission.form.as_deref(), arrival.submission.form_version).cloned() else {
        return unknown_version(intake, &published, arrival).await;
    };
    let reception = match judge {
        Judge::Rules => reception(intake, &published, &arrival, None).await?,
        Judge::Device(captured) => reception(intake, &published, &arrival, Some(captured)).await?,
        Judge::Person => Reception::InTime,
    };
    match reception {
        Reception::InTime => {}
        Reception::NotYetOpen => return Ok(Receipt::Refused(Refusal::NotYetOpen)),
        Reception::Shut => return Ok(Receipt::Refused(Refusal::Closed)),
        Reception::Late => return hold(intake, arrival, Why::Late, Vec::new()).await,
        Reception::Unproven => return hold(intake, arrival, Why::Unproven, Vec::new()).await,
    }
    if judge != Judge::Person && !may_correct(intake, &arrival) {
        return Ok(Receipt::Refused(Refusal::ReceiptCode));
    }
    // The answers go into the check and on into the response; what else arrived is small.
    let answers = std::mem::take(&mut arrival.submission.answers);
    let submission = Submission { answers, ..arrival.submission.clone() };
    match check(&form, submission) {
        Checked::Response(response) => store(intake, &published, &form, *response, arrival).await,
        Checked::Refused(findings) => Ok(Receipt::Refused(Refusal::Findings(findings))),
        Checked::Hold(findings) => hold(intake, arrival, Why::NotUnderstood, findings).await,
    }
}

/// Whether it may be received. One whose id is already here is let through: a lost receipt must not become "too late".
async fn reception(intake: &Intake, published: &Published, arrival: &Arrival, captured: Option<Captured>) -> Result<Reception> {
    let submission = &arrival.submission;
    let dates = Dates {
        completed_on: submission.completed_on,
        posted_on: submission.posted_on,
        received_on: submission.received_on,
        began_at: arrival.began_at,
        captured,
    };
    let reception =
        published.consultation.window_of(Some(submission.edition)).may_receive(submission.channel, dates, (intake.now)());
    if reception == Reception::InTime
        || responses::known(&intake.db.read, &arrival.consultation, submission.revision_id).await?.is_none()
    {
        return Ok(reception);
    }
    Ok(Reception::InTime)
}

/// A correction by the person themselves needs the receipt code; staff are known by their token.
fn may_correct(intake: &Intake, arrival: &Arrival) -> bool {
    let submission = &arrival.submission;
    submission.supersedes.is_none()
        || submission.channel != Channel::Online
        || submission
            .receipt_code
            .as_deref()
            .is_some_and(|code| intake.key.opens(code, &arrival.consultation, submission.response_id))
}

async fn store(
    intake: &Intake,
    published: &Published,
    form: &FormVersion,
    response: Response,
    arrival: Arrival,
) -> Result<Receipt> {
    let Arrival { consultation, payload, actor, synthetic, .. } = arrival;
    let digest = response.digest(&form.form.form);
    let (submission, answers, findings) = response.into_parts();
    let (response_id, revision_id) = (submission.response_id, submission.revision_id);
    let codes = intake.key.codes(&published.consultation.prefix, &consultation, response_id);
    let document = Document {
        answers,
        findings,
        help: submission.help,
        quote_consent: submission.quote_consent,
        completed_on: submission.completed_on,
        posted_on: submission.posted_on,
        received_on: submission.received_on,
        origin: submission.origin,
        notice: published.notice,
    };
    let revision = NewRevision {
        consultation,
        response_id,
        revision_id,
        supersedes: submission.supersedes,
        withdrawn: false,
        form: form.form.form.clone(),
        form_version: form.form.version,
        edition: submission.edition,
        channel: submission.channel,
        digest,
        reference: codes.reference.clone(),
        synthetic,
        document: serde_json::to_string(&document).map_err(anyhow::Error::from)?,
    };
    let work = Work::Store { revision: Box::new(revision), payload, actor };
    let Codes { reference, receipt_code } = codes;
    let kept = Kept { response_id, revision_id, reference, receipt_code, findings: document.findings };
    Ok(match intake.writer.write(work).await? {
        Written::Duplicate => Receipt::Duplicate(kept),
        Written::Held(why) => Receipt::Held { response_id: kept.response_id, revision_id: kept.revision_id, why },
        Written::Stored | Written::Noted | Written::Ledger(_) | Written::Desk(_) => Receipt::Stored(kept),
    })
}

/// A person online is told which versions there are; anything else is kept for a person to look at.
async fn unknown_version(intake: &Intake, published: &Published, arrival: Arrival) -> Result<Receipt> {
    if arrival.submission.channel == Channel::Online {
        let known = published.versions().map(|version| version.form.version).collect();
        return Ok(Receipt::Refused(Refusal::UnknownVersion { named: arrival.submission.form_version, known }));
    }
    hold(intake, arrival, Why::UnknownVersion, Vec::new()).await
}

/// Put it aside whole.
async fn hold(intake: &Intake, arrival: Arrival, why: Why, findings: Vec<Finding>) -> Result<Receipt> {
    let submission = &arrival.submission;
    let (response_id, revision_id) = (submission.response_id, submission.revision_id);
    let held = NewHeld {
        consultation: arrival.consultation,
        held_id: Uuid::now_v7(),
        revision_id,
        response_id,
        why,
        channel: Some(submission.channel),
        edition: Some(submission.edition),
        form_version: Some(submission.form_version),
        digest: hex(&Sha256::digest(&arrival.payload)),
        payload: arrival.payload.to_vec(),
        findings,
        synthetic: arrival.synthetic,
    };
    intake.writer.write(Work::Hold { held: Box::new(held), actor: arrival.actor }).await?;
    Ok(Receipt::Held { response_id, revision_id, why })
}

impl Intake {
    /// An intake on this database, with the instance's own key.
    pub async fn open(db: Db, now: fn() -> DateTime<Utc>) -> Result<(Self, Vec<tokio::task::JoinHandle<()>>), Error> {
        let key = Key::open(&db).await?;
        let shelf = Shelf::open(&db).await?;
        let (writer, tasks) = Writer::start(&db, now).await?;
        Ok((Self { db, writer, shelf, key, now }, tasks))
    }
}
