//! Drafts: what residents have typed and not yet sent, kept under the hash of a code that only they hold.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, Statement};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::chance;
use crate::domain::response::hex;
use crate::domain::submission::Help;
use crate::domain::wording::Edition;
use crate::error::Result;

/// What a resident has typed so far. No name, no address, no contact details.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// The consultation.
    pub consultation: String,
    /// The form version they began with.
    pub form_version: u32,
    /// The wording they read now.
    pub edition: Edition,
    /// The language they read.
    pub language: String,
    /// What they typed, by field key, as it came from the page.
    pub answers: BTreeMap<String, serde_json::Value>,
    /// The response's id, made when they began.
    pub response_id: Uuid,
    /// The id the next sending will have; so sending twice stores once.
    pub revision_id: Uuid,
    /// When they began.
    pub began_at: DateTime<Utc>,
    /// Whether they may be quoted.
    pub quote_consent: Option<bool>,
    /// Whether someone helped.
    pub help: Option<Help>,
    /// What became of the main part, once it was sent.
    pub sent: Option<Sent>,
}

/// What a resident is told after sending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// The short reference.
    pub reference: String,
    /// The code to withdraw with.
    pub receipt_code: String,
    /// The revision that was stored, which the equality answers will replace.
    pub revision_id: Uuid,
}

/// The secret a draft is kept under: 128 random bits.
#[derive(Clone, PartialEq, Eq)]
pub struct DraftKey([u8; 16]);

/// Crockford's base 32: no letters that look like digits.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl DraftKey {
    /// A new secret from the operating system.
    pub fn random() -> Result<Self> {
        Ok(Self(chance::bytes()?))
    }

    /// The secret as people print and type it: 26 characters in groups of four.
    #[must_use]
    pub fn printed(&self) -> String {
        group(&base32(&self.0))
    }

    /// The secret that was typed, whatever spaces, hyphens, case and look-alike letters it was typed with.
    #[must_use]
    pub fn typed(text: &str) -> Option<Self> {
        let digits = digits(text)?;
        if digits.len() != 26 {
            return None;
        }
        let mut bytes = [0_u8; 16];
        let mut bits: u32 = 0;
        let mut held = 0;
        let mut at = 0;
        for digit in digits {
            bits = (bits << 5) | u32::from(digit);
            held += 5;
            if held >= 8 && at < 16 {
                held -= 8;
                bytes[at] = u8::try_from((bits >> held) & 0xff).unwrap_or_default();
                at += 1;
            }
        }
        Some(Self(bytes))
    }

    fn hash(&self) -> String {
        hex(&Sha256::digest(self.0))
    }
}

/// Bytes in Crockford's base 32.
#[must_use]
pub fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    let mut bits: u32 = 0;
    let mut held = 0;
    for byte in bytes {
        bits = (bits << 8) | u32::from(*byte);
        held += 8;
        while held >= 5 {
            held -= 5;
            text.push(char::from(ALPHABET[(bits >> held) as usize & 31]));
        }
    }
    if held > 0 {
        text.push(char::from(ALPHABET[(bits << (5 - held)) as usize & 31]));
    }
    text
}

/// Characters in groups of four with hyphens between.
#[must_use]
pub fn group(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    characters.chunks(4).map(|chunk| chunk.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// The digits of something typed in Crockford's base 32, or `None` when a character is none of them.
#[must_use]
pub fn digits(text: &str) -> Option<Vec<u8>> {
    let shown = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '–' | '—' | '.'));
    let upright = shown.map(|c| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        'U' => 'V',
        other => other,
    });
    upright.map(|c| ALPHABET.iter().position(|a| char::from(*a) == c).and_then(|at| u8::try_from(at).ok())).collect()
}

/// Keep a draft, new or changed.
pub async fn save(db: &impl ConnectionTrait, key: &DraftKey, draft: &Draft, now: DateTime<Utc>) -> Result<()> {
    let sql = "INSERT INTO drafts (consultation, key_hash, document, began_at, saved_at) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (consultation, key_hash) DO UPDATE SET document = excluded.document, saved_at = excluded.saved_at";
    let document = serde_json::to_string(draft).map_err(anyhow::Error::from)?;
    let values = [draft.consultation.clone().into(), key.hash().into(), document.into(), draft.began_at.into(), now.into()];
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// The draft kept under this secret, if there is one.
pub async fn load(db: &impl ConnectionTrait, consultation: &str, key: &DraftKey) -> Result<Option<Draft>> {
    let sql = "SELECT document FROM drafts WHERE consultation = $1 AND key_hash = $2";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [consultation.into(), key.hash().into()]);
    let Some(row) = db.query_one_raw(statement).await? else { return Ok(None) };
    let document: String = row.try_get("", "document")?;
    Ok(Some(serde_json::from_str(&document).map_err(anyhow::Error::from)?))
}

/// Forget a draft.
pub async fn forget(db: &impl ConnectionTrait, consultation: &str, key: &DraftKey) -> Result<()> {
    let sql = "DELETE FROM drafts WHERE consultation = $1 AND key_hash = $2";
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, [consultation.into(), key.hash().into()]))
        .await?;
    Ok(())
}

/// Forget every draft of a consultation last saved before an instant; how many there were comes back.
pub async fn forget_older(db: &impl ConnectionTrait, consultation: &str, before: DateTime<Utc>) -> Result<u64> {
    let sql = "DELETE FROM drafts WHERE consultation = $1 AND saved_at < $2";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [consultation.into(), before.into()]);
    Ok(db.execute_raw(statement).await?.rows_affected())
}

/// Count one more receipt that is mailed to whoever holds this draft, unless there were `most` already. Says whether it was
/// counted. The count is all that is kept of it.
pub async fn count_mailed(db: &impl ConnectionTrait, consultation: &str, key: &DraftKey, most: i32) -> Result<bool> {
    let sql = "UPDATE drafts SET receipts_mailed = receipts_mailed + 1 \
               WHERE consultation = $1 AND key_hash = $2 AND receipts_mailed < $3";
    let values = [consultation.into(), key.hash().into(), most.into()];
    Ok(db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?.rows_affected() > 0)
}

/// How many receipts were mailed to whoever holds this draft.
pub async fn mailed(db: &impl ConnectionTrait, consultation: &str, key: &DraftKey) -> Result<i32> {
    let sql = "SELECT receipts_mailed FROM drafts WHERE consultation = $1 AND key_hash = $2";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [consultation.into(), key.hash().into()]);
    Ok(db.query_one_raw(statement).await?.map(|row| row.try_get("", "receipts_mailed")).transpose()?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_return_code_survives_being_printed_and_typed_carelessly() {
        let key = DraftKey([0, 1, 2, 3, 250, 251, 252, 253, 254, 255, 16, 32, 64, 128, 7, 9]);
        let careless = key.printed().to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
        assert!(DraftKey::typed(&careless) == Some(key));
    }

    #[test]
    fn a_return_code_with_a_character_missing_or_strange_is_none() {
        let printed = DraftKey([7; 16]).printed();
        assert!(DraftKey::typed(&printed[1..]).is_none());
        assert!(DraftKey::typed("hello?").is_none());
    }
}
