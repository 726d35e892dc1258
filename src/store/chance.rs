//! Chance: bytes and ids nobody can foresee, from the operating system.

use uuid::{Builder, Uuid};

use crate::error::Result;

/// This many random bytes.
///
/// # Errors
/// When the operating system gives none.
pub fn bytes<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
    Ok(bytes)
}

/// An id that is nothing but chance: one with a clock in it tells when it was made, and in which order.
///
/// # Errors
/// When the operating system gives no random bytes.
pub fn id() -> Result<Uuid> {
    Ok(Builder::from_random_bytes(bytes()?).into_uuid())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_ids_are_the_same_and_each_says_that_it_is_random() {
        let (one, other) = (id().unwrap(), id().unwrap());
        assert_ne!(one, other);
        assert_eq!(one.get_version(), Some(uuid::Version::Random));
        assert_ne!(bytes::<20>().unwrap(), bytes::<20>().unwrap());
    }
}
