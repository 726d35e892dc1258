//! Publishing, done: what was decided is written down in one transaction, with its audit entries.

use chrono::{DateTime, Utc};

use super::publish::{Plan, Published};
use crate::error::Result;
use crate::store::audit::{self, Entry};
use crate::store::consultations::{self, ConsultationDocument, FormDocument};
use crate::store::themes::frames;
use crate::store::{Db, begin_write};

/// Everything published so far, for [`super::publish()`] to decide on.
///
/// # Errors
/// When the database cannot be read.
pub async fn already(db: &Db) -> Result<Vec<Published>> {
    let documents = consultations::forms(&db.read).await?;
    let published = documents.into_iter().map(|FormDocument { consultation, form, version, document, digest }| Published {
        consultation,
        form,
        version,
        digest,
        document,
    });
    Ok(published.collect())
}

/// Write down what a plan adds: all of it, or nothing. How many documents were written comes back.
///
/// # Errors
/// When the database cannot be written, or somebody else published the same version at the same time.
pub async fn carry_out(db: &Db, plan: &Plan, now: DateTime<Utc>) -> Result<usize> {
    let standing = consultations::latest(&db.read).await?;
    let mut entries = Vec::new();
    let tx = begin_write(&db.write).await?;
    for described in &plan.consultations {
        let code = &described.consultation.code;
        let last = standing.iter().find(|document| document.code == *code);
        if last.is_some_and(|last| last.digest == described.digest) {
            continue;
        }
        let version = last.map_or(0, |last| last.version) + 1;
        let (document, digest) = (described.document.clone(), described.digest.clone());
        consultations::publish_consultation(&tx, &ConsultationDocument { code: code.clone(), version, document, digest }, now)
            .await?;
        entries.push(entry(now, "consultation.published", code, format!("document {version}"), &described.digest));
    }
    for new in &plan.new {
        let (consultation, form, version) = (new.form.consultation.clone(), new.form.form.clone(), new.form.version);
        let subject = format!("{form} v{version}");
        let document = FormDocument {
            consultation: consultation.clone(),
            form,
            version,
            document: new.document.clone(),
            digest: new.digest.clone(),
        };
        consultations::publish_form(&tx, &document, now).await?;
        entries.push(entry(now, "form.published", &consultation, subject, &new.digest));
    }
    for (consultation, document, digest) in &plan.codeframes {
        if frames::publish_starting(&tx, consultation, (document, digest), now).await? {
            entries.push(entry(now, "codeframe.published", consultation, consultation.clone(), digest));
        }
    }
    if entries.is_empty() {
        return Ok(0);
    }
    let written = entries.len();
    audit::append(&tx, entries, now).await?;
    tx.commit().await?;
    Ok(written)
}

fn entry(at: DateTime<Utc>, action: &'static str, consultation: &str, subject: String, digest: &str) -> Entry {
    let consultation = Some(consultation.to_owned());
    Entry { at, actor: "command".to_owned(), action, consultation, subject, detail: digest.to_owned() }
}
