//! Floor 3, analysis: the responses as a rectangle, and the tables made from it.

pub mod balance;
pub mod campaigns;
pub mod coding;
pub mod dataset;
pub mod double_coding;
pub mod redact;
pub mod suggest;
pub mod suggesting;
pub mod tables;
pub mod text;
pub mod themed;
pub mod variable;

#[cfg(test)]
pub(crate) mod sample;

use chrono::{DateTime, Utc};

use crate::domain::submission::Channel;
use crate::domain::wording::Edition;
use crate::error::Result;
use crate::store::catalogue::Published;
use crate::store::{Db, held, responses};

/// The dataset of a consultation's main form as of an instant, read from the database.
///
/// # Errors
/// When the database cannot be read.
pub async fn dataset_as_of(db: &Db, published: &Published, as_of: DateTime<Utc>) -> Result<dataset::Dataset> {
    let code = &published.consultation.code;
    let revisions = responses::all(&db.read, code, as_of).await?;
    let held: Vec<balance::HeldSummary> = held::all(&db.read, code, as_of).await?.iter().filter_map(summary).collect();
    let forms = published.versions().cloned().collect();
    Ok(dataset::Dataset::new(&published.consultation, forms, revisions, &held, as_of))
}

fn summary(held: &held::Held) -> Option<balance::HeldSummary> {
    Some(balance::HeldSummary {
        why: held.why.clone(),
        channel: Channel::from_code(&held.channel)?,
        edition: held.edition.as_deref().and_then(Edition::from_code),
        form_version: held.form_version.and_then(|version| u32::try_from(version).ok()),
    })
}
