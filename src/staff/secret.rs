//! Secrets that are given out once and kept only as hashes: links, sessions, browsers.

use sha2::{Digest as _, Sha256};

use crate::domain::response::hex;
use crate::error::Result;
use crate::store::chance;
use crate::store::drafts::base32;

/// A new secret of 160 random bits.
pub fn new() -> Result<String> {
    Ok(base32(&chance::bytes::<20>()?).to_lowercase())
}

/// What is kept of a secret.
#[must_use]
pub fn hash(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}
