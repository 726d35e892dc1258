//! What is done at the desk beside responses, with its audit entry in the same transaction: evidence, events, contacts,
//! requests for other formats.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::DbErr;
use uuid::Uuid;

use super::audit::Entry;
use super::contacts::{self, Contact, Request};
use super::evidence::{self, NewEvidence, NewOriginal, NewRevision};
use super::{Tx, events};
use crate::domain::event::Event;

/// Something done in one consultation, by somebody.
#[derive(Debug, Clone)]
pub struct Act {
    /// The consultation.
    pub consultation: String,
    /// Who, as the audit log names them.
    pub by: String,
    /// What.
    pub doing: Doing,
}

/// Something done.
#[derive(Debug, Clone)]
pub enum Doing {
    /// A file is kept as it came, before what it says is logged.
    KeepOriginal(NewOriginal),
    /// An item of evidence is logged.
    Log(NewEvidence),
    /// An item is corrected or withdrawn.
    Revise(NewRevision),
    /// An event is added or changed.
    SaveEvent(Event),
    /// A contact is added.
    AddContact(Contact),
    /// A contact is erased because they asked.
    EraseContact(Uuid, NaiveDate),
    /// Somebody asks for another format.
    Ask(Request),
    /// A request is met: on this day, in this way.
    Fulfil(Uuid, NaiveDate, String),
    /// What is due by this day is erased; contacts are kept until the other.
    EraseDue(NaiveDate, NaiveDate),
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// It was done now.
    Now,
    /// It was done before, or somebody else was first; nothing was changed.
    Before,
    /// This many were erased.
    Erased(u64),
}

impl From<bool> for Done {
    fn from(now: bool) -> Self {
        if now { Self::Now } else { Self::Before }
    }
}

/// Do it, and say what belongs in the audit log.
pub(super) async fn act(tx: &Tx, act: &Act, now: DateTime<Utc>) -> Result<(Done, Vec<Entry>), DbErr> {
    let Act { consultation, by, doing } = act;
    let (done, action, subject, detail) = match doing {
        Doing::KeepOriginal(original) => {
            let done = evidence::keep_original(tx, consultation, original, by, now).await?;
            (done.into(), "evidence.original_kept", original.original_id.to_string(), original.sha256.clone())
        }
        Doing::Log(new) => {
            let done = evidence::log(tx, consultation, new, by, now).await?;
            (done.into(), "evidence.logged", new.evidence_id.to_string(), new.evidence.kind.code().to_owned())
        }
        Doing::Revise(new) => {
            let action = if new.withdrawn { "evidence.withdrawn" } else { "evidence.corrected" };
            let done = evidence::revise(tx, consultation, new, by, now).await?;
            (done.into(), action, new.evidence_id.to_string(), format!("revision {}", new.revision))
        }
        Doing::SaveEvent(event) => {
            events::save(tx, consultation, event).await?;
            (Done::Now, "event.saved", event.code.clone(), String::new())
        }
        // The log names no contact and no request: an entry beside it at the same minute would join the two.
        Doing::AddContact(contact) => {
            contacts::add(tx, consultation, contact).await?;
            (Done::Now, "contact.added", String::new(), contact.wants.code().to_owned())
        }
        Doing::EraseContact(id, today) => {
            let done = contacts::erase(tx, consultation, *id, *today).await?;
            (done.into(), "contact.erased", String::new(), "asked".to_owned())
        }
        Doing::Ask(request) => {
            contacts::ask(tx, consultation, request).await?;
            (Done::Now, "format.asked", String::new(), request.format.code().to_owned())
        }
        Doing::Fulfil(id, day, how) => {
            let done = contacts::fulfil(tx, consultation, *id, *day, how).await?;
            (done.into(), "format.fulfilled", String::new(), String::new())
        }
        Doing::EraseDue(today, keep_until) => {
            let many = contacts::erase_due(tx, consultation, *today, *keep_until).await?;
            (Done::Erased(many), "contact.erased", String::new(), format!("{many} due"))
        }
    };
    let entry = Entry { at: now, actor: by.clone(), action, consultation: Some(consultation.clone()), subject, detail };
    let is_nothing = matches!(done, Done::Before | Done::Erased(0));
    Ok((done, if is_nothing { Vec::new() } else { vec![entry] }))
}
