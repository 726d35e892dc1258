//! Themes: the logs of codeframes and of codings, who read what, and what coders work through.
//!
//! Both logs only grow. Whoever writes to one adds its audit entry first, and with it holds the shared chain until the
//! transaction ends: of several who decide at once each sees what the one before them did.

pub mod codings;
pub mod frames;
pub mod queues;
pub mod reads;
pub mod safeguarding;
pub mod suggestions;

use uuid::Uuid;

/// Who does something.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    /// Their account.
    pub staff_id: Uuid,
    /// As the audit log names them.
    pub actor: &'a str,
}

/// The number a column holds.
fn version(column: i32) -> u32 {
    u32::try_from(column).unwrap_or_default()
}

/// What a column holds of a number.
fn column(version: u32) -> i32 {
    i32::try_from(version).unwrap_or(i32::MAX)
}

/// Something as JSON.
fn json(value: &impl serde::Serialize) -> crate::error::Result<String> {
    Ok(serde_json::to_string(value).map_err(anyhow::Error::from)?)
}

/// Something from the JSON of a column.
fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> crate::error::Result<T> {
    Ok(serde_json::from_str(text).map_err(anyhow::Error::from)?)
}
