//! What a device hands in: the envelope of a push and its items, as they travel.

pub mod gaps;
pub mod payload;
pub mod receipt;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::response::hex;

/// The protocol spoken here.
pub const PROTOCOL: u32 = 1;

/// The most items of a push.
pub const ITEMS: usize = 100;

/// The largest push, unpacked, in bytes.
pub const BATCH_BYTES: usize = 8 * 1024 * 1024;

/// The largest push as it travels, in bytes.
pub const COMPRESSED_BYTES: usize = 4 * 1024 * 1024;

/// The largest item, in bytes.
pub const ITEM_BYTES: usize = 1024 * 1024;

/// A push. Its items are read one by one, so that one that is none does not spoil the others.
#[derive(Debug, Deserialize)]
pub struct Envelope<'a> {
    /// Made for each attempt, and echoed; a rescue file needs none.
    #[serde(default)]
    pub batch_id: Uuid,
    /// The device that made the items.
    pub device_id: Uuid,
    /// The epoch the device knows.
    #[serde(default)]
    pub epoch: Option<String>,
    /// The last line it holds a receipt for.
    #[serde(default)]
    pub anchor: Option<Anchor>,
    /// What it says of itself.
    #[serde(default)]
    pub device: Report,
    /// The items as they came.
    #[serde(borrow)]
    pub items: Vec<&'a RawValue>,
    /// What the server once acknowledged, no longer knows, and the device no longer holds.
    #[serde(default)]
    pub lost: Vec<Lost>,
}

/// A line that a device holds a receipt for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Anchor {
    /// Its number.
    pub seq: i64,
    /// Its item.
    pub revision_id: Uuid,
    /// The hash of its item.
    pub hash: String,
}

/// What a device says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Report {
    /// The last number it has given to an item.
    pub seq_high: Option<i64>,
    /// How many items wait to be sent.
    pub pending: Option<i64>,
    /// How long the oldest of them has waited, in seconds.
    pub oldest_pending_s: Option<i64>,
    /// How many items need somebody's attention.
    pub attention: Option<i64>,
    /// Whether the browser has promised to keep its data.
    pub persisted: Option<bool>,
    /// How much it keeps, in bytes.
    pub bytes: Option<i64>,
    /// Its build.
    pub build: Option<String>,
    /// The form versions it can show, as `consultation/form/version`.
    pub forms: Vec<String>,
}

/// What a device has a receipt for, the server has lost and the device no longer holds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Lost {
    /// The consultation it was for.
    pub consultation: String,
    /// Its line, as the receipt has it.
    pub line: String,
    /// The batch its sheet belongs to.
    #[serde(default)]
    pub batch: Option<u32>,
    /// Its sheet.
    #[serde(default)]
    pub sheet: Option<u32>,
}

/// One finalised thing as it travels.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Item {
    /// The idempotency key, for ever.
    pub revision_id: Uuid,
    /// Made when the draft was opened.
    pub response_id: Uuid,
    /// 1, 2, 3 … on each device.
    pub device_seq: i64,
    /// The consultation it is for.
    pub consultation: String,
    /// When the device thinks that it was finalised; it decides nothing.
    #[serde(default)]
    pub captured_at: Option<String>,
    /// The last signed time the device had seen.
    #[serde(default)]
    pub beacon: Option<String>,
    /// Who keyed or asked, as the audit log names them.
    pub keyed_by: String,
    /// SHA-256 of the payload's bytes, in lower-case hexadecimal.
    pub hash: String,
    /// What it says, as text.
    #[serde(default)]
    pub payload: Option<String>,
    /// The same, readable by the server alone.
    #[serde(default)]
    pub sealed: Option<Sealed>,
}

/// A payload that only the server can read: ECDH on P-256, HKDF-SHA-256, AES-256-GCM over the gzipped payload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// The server's key it is sealed to.
    pub kid: String,
    /// The key made for this item: an uncompressed point, base64url.
    pub epk: String,
    /// 12 random bytes, base64url.
    pub iv: String,
    /// What was sealed, with its tag, base64url.
    pub ct: String,
}

/// Something among the items of a push that is no item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoItem {
    /// Its id, when it has one.
    pub revision_id: Option<Uuid>,
    /// A stable code.
    pub code: &'static str,
    /// What is wrong with it.
    pub detail: String,
}

impl Item {
    /// Read an item.
    ///
    /// # Errors
    /// What is wrong with it, with its id when that much could be read.
    pub fn read(text: &str) -> Result<Self, NoItem> {
        let no = |code, detail| NoItem { revision_id: revision_id(text), code, detail };
        if text.len() > ITEM_BYTES {
            return Err(no("too_large", format!("an item may have {ITEM_BYTES} bytes; this one has {}", text.len())));
        }
        let item: Self = serde_json::from_str(text).map_err(|error| no("no_item", error.to_string()))?;
        match item.fault() {
            Some(fault) => Err(no("no_item", fault.to_owned())),
            None => Ok(item),
        }
    }

    fn fault(&self) -> Option<&'static str> {
        let is_hash = self.hash.len() == 64 && self.hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        match (&self.payload, &self.sealed) {
            (Some(_), Some(_)) => return Some("an item has a payload or is sealed, never both"),
            (None, None) => return Some("an item has a payload, plain or sealed"),
            _ => {}
        }
        if self.device_seq < 1 {
            Some("device_seq is 1, 2, 3 and so on")
        } else if !is_hash {
            Some("hash is a SHA-256 in lower-case hexadecimal")
        } else if self.consultation.len() > 60 || self.keyed_by.len() > 100 || self.keyed_by.is_empty() {
            Some("consultation has at most 60 characters, keyed_by from 1 to 100")
        } else {
            None
        }
    }
}

/// The id of what may be no item, so that at least its sender can be told which it was.
fn revision_id(text: &str) -> Option<Uuid> {
    #[derive(Deserialize)]
    struct Id {
        revision_id: Uuid,
    }
    serde_json::from_str::<Id>(text).ok().map(|id| id.revision_id)
}

/// The hash of a payload.
#[must_use]
pub fn hash(payload: &[u8]) -> String {
    use sha2::{Digest as _, Sha256};
    hex(&Sha256::digest(payload))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item() -> serde_json::Value {
        serde_json::json!({
            "revision_id": Uuid::nil(), "response_id": Uuid::nil(), "device_seq": 1, "consultation": "sample",
            "keyed_by": "staff:1", "hash": hash(b"{}"), "payload": "{}",
        })
    }

    #[test]
    fn an_item_is_read_and_what_is_none_keeps_its_name() {
        assert!(Item::read(&item().to_string()).is_ok());
        let spoiled = |key: &str, value: serde_json::Value| {
            let mut item = item();
            item[key] = value;
            Item::read(&item.to_string()).unwrap_err()
        };
        for (key, value) in [
            ("device_seq", serde_json::json!(0)),
            ("hash", serde_json::json!("ABC")),
            ("sealed", serde_json::json!({ "kid": "k", "epk": "e", "iv": "i", "ct": "c" })),
            ("payload", serde_json::Value::Null),
            ("keyed_by", serde_json::json!("")),
            ("response_id", serde_json::json!(7)),
        ] {
            let no = spoiled(key, value);
            assert_eq!((no.revision_id, no.code), (Some(Uuid::nil()), "no_item"), "{key}");
        }
        assert_eq!(Item::read("[1]").unwrap_err().revision_id, None);
        assert_eq!(spoiled("payload", "x".repeat(ITEM_BYTES).into()).code, "too_large");
    }
}
