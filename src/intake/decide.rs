//! A person's decision about something held: it travels the same road as everything else, or stays where it is with the reason.

use uuid::Uuid;

use super::receipt::{Kept, Receipt, Refusal};
use super::{Arrival, Intake, Judge, admit};
use crate::domain::check::{Checked, check};
use crate::domain::decision::{Decision, correction, understood};
use crate::domain::submission::Submission;
use crate::domain::sync::payload::submission_in;
use crate::error::{Error, Result};
use crate::store::audit::{self, Entry};
use crate::store::held::{self, Decided, Whole, Why};
use crate::store::{begin_write, responses, sync};

/// What became of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// It is a response now.
    Counted(Box<Kept>),
    /// It stays aside.
    SetAside,
    /// Somebody decided before.
    Already,
    /// It cannot be counted, and why; nothing has changed.
    Cannot(String),
}

/// What somebody decided about one held item.
#[derive(Debug, Clone)]
pub struct Ruling {
    /// What.
    pub decision: Decision,
    /// Why, in their words.
    pub reason: String,
    /// The form version it is to be read as, for one that names none that is known.
    pub form_version: Option<u32>,
    /// Who, as the audit log names them.
    pub by: String,
}

/// Settle one held item.
///
/// # Errors
/// [`Error::NotFound`] when there is no such item; [`Error::Unavailable`] when nothing can be written now.
pub async fn decide(intake: &Intake, consultation: &str, held_id: Uuid, ruling: Ruling) -> Result<Settled> {
    let whole = held::whole(&intake.db.read, consultation, held_id).await?.ok_or(Error::NotFound("held item"))?;
    if whole.held.decided.is_some() {
        return Ok(Settled::Already);
    }
    match ruling.decision {
        Decision::SetAside => set_aside(intake, consultation, &whole, ruling).await,
        Decision::Counted => count(intake, consultation, whole, ruling).await,
    }
}

/// The id under which it would be, or was, stored when it counts.
fn counted_as(whole: &Whole) -> Uuid {
    match whole.held.why.as_str() {
        why if why == Why::Conflict.code() => Uuid::new_v5(&whole.held.held_id, b"correction"),
        _ => whole.held.revision_id,
    }
}

async fn set_aside(intake: &Intake, consultation: &str, whole: &Whole, ruling: Ruling) -> Result<Settled> {
    Ok(if note(intake, consultation, whole, ruling).await? { Settled::SetAside } else { Settled::Already })
}

async fn count(intake: &Intake, consultation: &str, whole: Whole, ruling: Ruling) -> Result<Settled> {
    let submission = match readable(intake, consultation, &whole, ruling.form_version).await? {
        Ok(submission) => submission,
        Err(why) => return Ok(Settled::Cannot(why)),
    };
    let arrival = Arrival {
        consultation: consultation.to_owned(),
        submission,
        payload: whole.payload.clone().into(),
        actor: ruling.by.clone(),
        began_at: None,
        synthetic: whole.synthetic,
    };
    match admit(intake, arrival, Judge::Person).await? {
        Receipt::Stored(kept) | Receipt::Duplicate(kept) => {
            note(intake, consultation, &whole, ruling).await?;
            Ok(Settled::Counted(Box::new(kept)))
        }
        Receipt::Held { why: Why::Conflict, .. } => {
            Ok(Settled::Cannot("The response it would correct was changed in between. Look at it again.".to_owned()))
        }
        Receipt::Held { .. } => Ok(Settled::Cannot("It still cannot be understood.".to_owned())),
        Receipt::Refused(refusal) => Ok(Settled::Cannot(told(&refusal))),
    }
}

/// The submission that would be counted, or why there is none.
async fn readable(
    intake: &Intake,
    consultation: &str,
    whole: &Whole,
    version: Option<u32>,
) -> Result<Result<Submission, String>> {
    let Some(mut submission) = submission_in(&whole.payload) else {
        return Ok(
            Err("It cannot be read as a submission. Key it from the original instead, and set this one aside.".to_owned()),
        );
    };
    if let Some(version) = version {
        submission.form_version = version;
    }
    for brought in sync::known(&intake.db.read, &[(consultation, whole.held.revision_id)]).await? {
        submission.origin.device.get_or_insert_with(|| brought.device.to_string());
        submission.origin.keyed_by.get_or_insert(brought.keyed_by);
    }
    let published = intake.shelf.consultation(consultation)?;
    let Some(form) = published.form(submission.form.as_deref(), submission.form_version) else {
        return Ok(Err(format!("There is no form version {}. Choose the version it was filled in on.", submission.form_version)));
    };
    if whole.held.why == Why::Conflict.code() {
        // What stands under its own id or, for a correction that came before what it corrects, the response it names.
        let stands = responses::known(&intake.db.read, consultation, submission.revision_id).await?;
        let response_id = stands.map_or(submission.response_id, |stands| stands.response_id);
        match responses::last(&intake.db.read, consultation, response_id).await? {
            None => return Ok(Err("The response it would correct is not here. Decide about that one first.".to_owned())),
            Some((_, last)) if last.withdrawn => {
                return Ok(Err("The response it would correct was withdrawn. Set this one aside.".to_owned()));
            }
            Some((last, _)) => submission = correction(submission, whole.held.held_id, response_id, last),
        }
    }
    Ok(Ok(match check(form, submission.clone()) {
        Checked::Hold(findings) => understood(form, submission, &findings),
        Checked::Response(_) | Checked::Refused(_) => submission,
    }))
}

/// Note the decision and tell the audit log, in one transaction. The reason may hold anything, so the log tells only that
/// there is one.
async fn note(intake: &Intake, consultation: &str, whole: &Whole, ruling: Ruling) -> Result<bool> {
    let now = (intake.now)();
    let decided = Decided { decision: ruling.decision, reason: ruling.reason, by: ruling.by, at: now };
    let action = match decided.decision {
        Decision::Counted => "held.counted",
        Decision::SetAside => "held.set_aside",
    };
    let entry = Entry {
        at: now,
        actor: decided.by.clone(),
        action,
        consultation: Some(consultation.to_owned()),
        subject: whole.held.held_id.to_string(),
        detail: whole.held.why.clone(),
    };
    let tx = begin_write(&intake.db.write).await?;
    let noted = held::decide(&tx, consultation, whole.held.held_id, &decided, counted_as(whole)).await?;
    if noted {
        let (held, code) = (&whole.held, decided.decision.code());
        sync::tell(&tx, consultation, held.held_id, held.revision_id, code, now).await?;
        audit::append(&tx, vec![entry], now).await?;
    }
    tx.commit().await?;
    Ok(noted)
}

fn told(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Findings(findings) => {
            let one = |finding: &crate::domain::finding::Finding| {
                format!("{}: {}", finding.question.as_deref().unwrap_or("the whole"), finding.rule.what_to_do())
            };
            findings.iter().map(one).collect::<Vec<_>>().join(" ")
        }
        Refusal::UnknownVersion { named, .. } => format!("There is no form version {named}."),
        Refusal::NotYetOpen | Refusal::Closed | Refusal::ReceiptCode => "The rules refuse it.".to_owned(),
    }
}
