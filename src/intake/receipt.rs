//! Receipts: what became of a submission, the short reference, and the code only its sender holds.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use crate::domain::finding::Finding;
use crate::error::Result;
use crate::store::drafts::{base32, digits, group};
use crate::store::held::Why;
use crate::store::{Db, chance, settings};

/// What became of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Receipt {
    /// It is on the disk.
    Stored(Kept),
    /// The same was already on the disk.
    Duplicate(Kept),
    /// It is kept aside, whole, for a person to decide.
    Held {
        /// Its response id.
        response_id: Uuid,
        /// Its revision id.
        revision_id: Uuid,
        /// Why.
        why: Why,
    },
    /// It was not kept: the sender still has it and is told what to do.
    Refused(Refusal),
}

/// What the sender of a stored submission is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The response's id.
    pub response_id: Uuid,
    /// The revision's id.
    pub revision_id: Uuid,
    /// A short reference, to ask about it with.
    pub reference: String,
    /// The code to correct or withdraw it with.
    pub receipt_code: String,
    /// What was odd about it, and kept with it.
    pub findings: Vec<Finding>,
}

/// Why a submission was not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The consultation has not opened.
    NotYetOpen,
    /// The public form is shut.
    Closed,
    /// No such form version.
    UnknownVersion {
        /// The version it names.
        named: u32,
        /// The versions there are.
        known: Vec<u32>,
    },
    /// A correction without the right receipt code.
    ReceiptCode,
    /// The sender can put these right.
    Findings(Vec<Finding>),
}

/// The reference and the receipt code of one response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Codes {
    /// The consultation's prefix and the first eight characters of the code.
    pub reference: String,
    /// 24 characters in groups of four; the last sixteen are known to nobody else.
    pub receipt_code: String,
}

/// The instance's secret, from which references and receipt codes are made. The same response always gets the same
/// codes, so a receipt that was lost on the way can be asked for by sending the same again.
#[derive(Clone)]
pub struct Key(Hmac<Sha256>);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}

impl Key {
    /// The key kept in the database; made when there is none.
    pub async fn open(db: &Db) -> Result<Self> {
        let kept = settings::get_or_keep(&db.write, "receipt_key", &base32(&chance::bytes::<32>()?)).await?;
        Self::new(kept.as_bytes())
    }

    fn new(secret: &[u8]) -> Result<Self> {
        let mac = Hmac::new_from_slice(secret).map_err(|error| anyhow::anyhow!("the receipt key is unusable: {error}"))?;
        Ok(Self(mac))
    }

    /// The codes of a response.
    #[must_use]
    pub fn codes(&self, prefix: &str, consultation: &str, response_id: Uuid) -> Codes {
        let code = self.code(consultation, response_id);
        Codes { reference: format!("{prefix}-{}", group(&code[..8])), receipt_code: group(&code) }
    }

    /// Whether a code that was typed is this response's receipt code.
    #[must_use]
    pub fn opens(&self, typed: &str, consultation: &str, response_id: Uuid) -> bool {
        let (Some(typed), Some(right)) = (digits(typed), digits(&self.code(consultation, response_id))) else { return false };
        typed.len() == right.len() && bool::from(typed.ct_eq(&right))
    }

    fn code(&self, consultation: &str, response_id: Uuid) -> String {
        let mut mac = self.0.clone();
        mac.update(consultation.as_bytes());
        mac.update(b"/");
        mac.update(response_id.as_bytes());
        base32(&mac.finalize().into_bytes()[..15])
    }
}

/// The reference that a typed receipt code belongs to: its first eight characters under the consultation's prefix.
#[must_use]
pub fn reference_of(typed: &str, prefix: &str) -> Option<String> {
    let digits = digits(typed).filter(|digits| digits.len() == 24)?;
    let code: String =
        digits.iter().take(8).map(|digit| char::from(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ"[usize::from(*digit)])).collect();
    Some(format!("{prefix}-{}", group(&code)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_code_opens_its_own_response_and_no_other() {
        let key = Key::new(b"secret").unwrap();
        let (mine, other) = (Uuid::now_v7(), Uuid::now_v7());
        let codes = key.codes("SH", "service-harmonisation", mine);
        assert!(key.opens(&codes.receipt_code.to_lowercase(), "service-harmonisation", mine));
        assert!(!key.opens(&codes.receipt_code, "service-harmonisation", other));
        assert!(!key.opens(&codes.receipt_code, "send-strategy", mine));
        assert_eq!(reference_of(&codes.receipt_code, "SH"), Some(codes.reference));
    }
}
