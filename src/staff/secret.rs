//! Secrets that are given out once and kept only as hashes: links, sessions, browsers.

use sha2::{Digest as _, Sha256};

use crate::domain::response::hex;
use crate::error::Result;
use crate::store::drafts::base32;

/// A new secret of 160 random bits.
pub fn new() -> Result<String> {
    let mut bytes = [0; 20];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
    Ok(base32(&bytes).to_lowercase())
}

/// What is kept of a secret.
#[must_use]
pub fn hash(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}
