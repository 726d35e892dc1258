//! Withdrawing: a new revision that takes the response out of every count, by the receipt code, until analysis is frozen.

use std::sync::Arc;

use uuid::Uuid;

use super::Intake;
use super::receipt::reference_of;
use crate::domain::response::Revision;
use crate::error::Result;
use crate::store::responses::{self, Document, NewRevision};
use crate::store::writer::{Work, Written};
use crate::store::{audit, freezes};

/// What became of a wish to withdraw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Withdrawal {
    /// It no longer counts.
    Done {
        /// The short reference.
        reference: String,
    },
    /// It was withdrawn before.
    Already {
        /// The short reference.
        reference: String,
    },
    /// Analysis is frozen: it can no longer be taken out.
    Frozen,
    /// The code is nobody's.
    UnknownCode,
}

/// Withdraw the response this receipt code belongs to.
///
/// # Errors
/// When the database cannot be reached; nothing has changed then.
pub async fn withdraw(intake: &Intake, consultation: &str, receipt_code: &str) -> Result<Withdrawal> {
    let published = intake.shelf.consultation(consultation)?;
    let Some(reference) = reference_of(receipt_code, &published.consultation.prefix) else { return Ok(Withdrawal::UnknownCode) };
    let read = &intake.db.read;
    let candidates = responses::by_reference(read, consultation, &reference).await?;
    let Some(response_id) = candidates.into_iter().find(|id| intake.key.opens(receipt_code, consultation, *id)) else {
        return Ok(Withdrawal::UnknownCode);
    };
    withdraw_response(intake, consultation, response_id, "public").await
}

/// Withdraw a response: by the person who sent it, once their receipt code was looked at, or by staff, when an upload should
/// not have been taken in. The audit log names who did it.
///
/// # Errors
/// When the database cannot be reached; nothing has changed then.
pub async fn withdraw_response(intake: &Intake, consultation: &str, response_id: Uuid, actor: &str) -> Result<Withdrawal> {
    let read = &intake.db.read;
    let Some((last_id, last)) = responses::last(read, consultation, response_id).await? else {
        return Ok(Withdrawal::UnknownCode);
    };
    let reference = last.reference.clone();
    if last.withdrawn {
        return Ok(Withdrawal::Already { reference });
    }
    if freezes::since(read, consultation).await?.is_some() {
        note_refusal(intake, consultation, last_id, actor).await?;
        return Ok(Withdrawal::Frozen);
    }
    let Some(revision) = responses::revision(read, consultation, last_id).await? else { return Ok(Withdrawal::UnknownCode) };
    match intake.writer.write(tombstone(consultation, &revision, actor)?).await? {
        Written::Stored => Ok(Withdrawal::Done { reference }),
        // Another withdrawal or a correction came first; the person may simply try again.
        Written::Duplicate | Written::Held(_) | Written::Noted | Written::Ledger(_) | Written::Desk(_) => {
            Ok(Withdrawal::Already { reference })
        }
    }
}

/// A revision without answers. Its id is made from the one it replaces, so withdrawing twice at once is one withdrawal.
fn tombstone(consultation: &str, last: &Revision, actor: &str) -> Result<Work> {
    let document = serde_json::to_string(&Document::default()).map_err(anyhow::Error::from)?;
    let revision = NewRevision {
        consultation: consultation.to_owned(),
        response_id: last.response_id,
        revision_id: Uuid::new_v5(&last.revision_id, b"withdraw"),
        supersedes: Some(last.revision_id),
        withdrawn: true,
        form: last.form.clone(),
        form_version: last.form_version,
        edition: last.edition,
        channel: last.channel,
        digest: "withdrawn".to_owned(),
        reference: last.reference.clone(),
        synthetic: last.synthetic,
        document,
    };
    Ok(Work::Store { revision: Box::new(revision), payload: Arc::from([]), actor: actor.to_owned() })
}

async fn note_refusal(intake: &Intake, consultation: &str, revision_id: Uuid, actor: &str) -> Result<()> {
    let entry = audit::Entry {
        at: (intake.now)(),
        actor: actor.to_owned(),
        action: "withdrawal.refused",
        consultation: Some(consultation.to_owned()),
        subject: revision_id.to_string(),
        detail: "analysis is frozen".to_owned(),
    };
    intake.writer.write(Work::Note(entry)).await?;
    Ok(())
}
