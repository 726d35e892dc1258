//! Who a message is for: an address that passed the checks, and a name that can break no header.

use lettre::Address;
use lettre::message::Mailbox;
use serde::{Deserialize, Serialize};
use validator::ValidateEmail as _;

use super::letter::one_line;

/// Who a message is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    name: Option<String>,
    address: String,
}

/// What was typed is no e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not an e-mail address; it looks like name@example.org")]
pub struct NotAnAddress;

impl Recipient {
    /// Whoever this address belongs to. Spaces around it do not matter, and a domain in letters of its own is written
    /// as the mail system does (`bücher.example` is `xn--bcher-kva.example`).
    ///
    /// # Errors
    /// [`NotAnAddress`] when no message could be sent to it. A domain without a dot is refused too: on the public
    /// internet it is a slip, such as `me@gmail`.
    pub fn new(address: &str) -> Result<Self, NotAnAddress> {
        let address = address.trim();
        if !address.validate_email() {
            return Err(NotAnAddress);
        }
        let (user, domain) = address.rsplit_once('@').ok_or(NotAnAddress)?;
        let url::Host::Domain(domain) = url::Host::parse(domain).map_err(|_no_domain| NotAnAddress)? else {
            return Err(NotAnAddress);
        };
        if !domain.contains('.') {
            return Err(NotAnAddress);
        }
        let address = Address::new(user, &domain).map_err(|_no_address| NotAnAddress)?;
        Ok(Self { name: None, address: address.to_string() })
    }

    /// The same with the person's name before the address.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        let name = one_line(name, 100);
        self.name = Some(name).filter(|name| !name.is_empty());
        self
    }

    /// The address alone.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// As a message's header has it.
    pub(super) fn mailbox(&self) -> Option<Mailbox> {
        Some(Mailbox::new(self.name.clone(), self.address.parse().ok()?))
    }
}
