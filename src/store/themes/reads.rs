//! The read log: whoever had an answer's words in front of them, noted before they are shown.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, QueryResult};
use uuid::Uuid;

use super::By;
use crate::error::Result;
use crate::store::audit::{self, Entry};
use crate::store::sql::{rows, run};
use crate::store::{Db, begin_write};

/// Somebody read the words of one revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Read {
    /// The response.
    pub response_id: Uuid,
    /// The revision.
    pub revision_id: Uuid,
    /// Who.
    pub staff_id: Uuid,
}

/// Note that somebody is about to read these answers, in the read log and in the audit log.
///
/// # Errors
/// When it cannot be noted; then the answers must not be shown.
pub async fn note(
    db: &Db,
    consultation: &str,
    question: &str,
    answers: &[(Uuid, Uuid)],
    by: By<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    let tx = begin_write(&db.write).await?;
    let entry = |(response_id, _): &(Uuid, Uuid)| Entry {
        at: now,
        actor: by.actor.to_owned(),
        action: "answer.viewed",
        consultation: Some(consultation.to_owned()),
        subject: format!("{question}/{response_id}"),
        detail: String::new(),
    };
    audit::append(&tx, answers.iter().map(entry).collect(), now).await?;
    let sql = "INSERT INTO coding_reads (consultation, question, response_id, revision_id, staff_id, read_at) \
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    for (response_id, revision_id) in answers {
        let values = vec![
            consultation.into(),
            question.into(),
            (*response_id).into(),
            (*revision_id).into(),
            by.staff_id.into(),
            now.into(),
        ];
        run(&tx, sql, values).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Who read which answers to a question.
///
/// # Errors
/// When the database cannot be read.
pub async fn all(db: &impl ConnectionTrait, consultation: &str, question: &str) -> Result<Vec<Read>> {
    let sql = "SELECT response_id, revision_id, staff_id FROM coding_reads WHERE consultation = $1 AND question = $2";
    let one = |row: &QueryResult| {
        Ok::<_, sea_orm::DbErr>(Read {
            response_id: row.try_get("", "response_id")?,
            revision_id: row.try_get("", "revision_id")?,
            staff_id: row.try_get("", "staff_id")?,
        })
    };
    let rows = rows(db, sql, vec![consultation.into(), question.into()]).await?;
    Ok(rows.iter().map(one).collect::<Result<_, _>>()?)
}
