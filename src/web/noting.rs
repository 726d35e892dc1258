//! Noting in the audit log what somebody did that changes no response: a look, a download, a decision about mail.

use crate::app::App;
use crate::domain::access::Actor;
use crate::error::Result;
use crate::store::audit::Entry;
use crate::store::writer::Work;

/// Note it as done now. The subject and the detail are ids, codes and counts, never an answer or a name.
///
/// # Errors
/// When the entry cannot be written; then what it is about must not be shown either.
pub async fn note(
    app: &App,
    actor: &Actor,
    action: &'static str,
    consultation: Option<&str>,
    subject: impl Into<String>,
    detail: impl Into<String>,
) -> Result<()> {
    let entry = Entry {
        at: app.now(),
        actor: actor.name.clone(),
        action,
        consultation: consultation.map(str::to_owned),
        subject: subject.into(),
        detail: detail.into(),
    };
    app.intake.writer.write(Work::Note(entry)).await?;
    Ok(())
}
