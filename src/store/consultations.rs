//! Published consultations and form versions: whole documents with their digests.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, Statement};

use crate::error::Result;

/// One version of a consultation's document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsultationDocument {
    /// The consultation's code.
    pub code: String,
    /// 1, 2, …: which notice and dates were in force.
    pub version: u32,
    /// The TOML text.
    pub document: String,
    /// SHA-256 of the text.
    pub digest: String,
}

/// One published form version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormDocument {
    /// The consultation's code.
    pub consultation: String,
    /// The form's code.
    pub form: String,
    /// 1, 2, …
    pub version: u32,
    /// The TOML text.
    pub document: String,
    /// SHA-256 of the text.
    pub digest: String,
}

/// The latest document of every consultation.
pub async fn latest(db: &impl ConnectionTrait) -> Result<Vec<ConsultationDocument>> {
    let sql = "SELECT c.code, c.version, c.document, c.digest FROM consultations c \
               JOIN (SELECT code, MAX(version) AS version FROM consultations GROUP BY code) last \
               ON last.code = c.code AND last.version = c.version ORDER BY c.code";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    let mut documents = Vec::with_capacity(rows.len());
    for row in rows {
        documents.push(ConsultationDocument {
            code: row.try_get("", "code")?,
            version: number(row.try_get("", "version")?),
            document: row.try_get("", "document")?,
            digest: row.try_get("", "digest")?,
        });
    }
    Ok(documents)
}

/// Every form version ever published.
pub async fn forms(db: &impl ConnectionTrait) -> Result<Vec<FormDocument>> {
    let sql = "SELECT consultation, form, version, document, digest FROM form_versions ORDER BY consultation, form, version";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    let mut documents = Vec::with_capacity(rows.len());
    for row in rows {
        documents.push(FormDocument {
            consultation: row.try_get("", "consultation")?,
            form: row.try_get("", "form")?,
            version: number(row.try_get("", "version")?),
            document: row.try_get("", "document")?,
            digest: row.try_get("", "digest")?,
        });
    }
    Ok(documents)
}

/// How many documents are published: changes when anything is.
pub async fn published(db: &impl ConnectionTrait) -> Result<(i64, i64)> {
    let sql = "SELECT (SELECT COUNT(*) FROM consultations) + (SELECT COUNT(*) FROM edition_extensions) AS c, (SELECT COUNT(*) FROM form_versions) AS f";
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    Ok(row.map(|row| Ok::<_, sea_orm::DbErr>((row.try_get("", "c")?, row.try_get("", "f")?))).transpose()?.unwrap_or_default())
}

/// Publish the next version of a consultation's document. Two publishers at once: the second one fails.
pub async fn publish_consultation(tx: &impl ConnectionTrait, document: &ConsultationDocument, now: DateTime<Utc>) -> Result<()> {
    let sql = "INSERT INTO consultations (code, version, document, digest, published_at) VALUES ($1, $2, $3, $4, $5)";
    let values = [
        document.code.clone().into(),
        i32::try_from(document.version).unwrap_or(i32::MAX).into(),
        document.document.clone().into(),
        document.digest.clone().into(),
        now.into(),
    ];
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// Publish a form version. It can never be changed or removed afterwards.
pub async fn publish_form(tx: &impl ConnectionTrait, document: &FormDocument, now: DateTime<Utc>) -> Result<()> {
    let sql =
        "INSERT INTO form_versions (consultation, form, version, document, digest, published_at) VALUES ($1, $2, $3, $4, $5, $6)";
    let values = [
        document.consultation.clone().into(),
        document.form.clone().into(),
        i32::try_from(document.version).unwrap_or(i32::MAX).into(),
        document.document.clone().into(),
        document.digest.clone().into(),
        now.into(),
    ];
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    Ok(())
}

fn number(stored: i32) -> u32 {
    u32::try_from(stored).unwrap_or_default()
}
