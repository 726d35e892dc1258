//! What can go wrong, each with a stable code; no HTTP. Use [`Error::Internal`] for our own faults: its cause is logged
//! once, at the edge, and never shown.

/// Everything that can go wrong, named for the person who must act on it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing: what was looked for.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// What was sent cannot be read: a stable code, and what to do.
    #[error("{detail}")]
    Unreadable {
        /// A stable code.
        code: &'static str,
        /// What was wrong, where, and what to do.
        detail: String,
    },
    /// It is bigger than is taken: the limit in bytes.
    #[error("the body is larger than {0} bytes; send it in smaller parts or on paper")]
    TooLarge(usize),
    /// Nobody is signed in.
    #[error("sign in first, or send a bearer token")]
    SignIn,
    /// The token was right once, and its last day is over.
    #[error("this token has expired; ask an administrator for a new one")]
    TokenExpired,
    /// The token was right once, and somebody revoked it.
    #[error("this token was revoked; ask an administrator for a new one")]
    TokenRevoked,
    /// Somebody is signed in who may not do this.
    #[error("this account may not do that; ask an administrator for the role")]
    Forbidden,
    /// The database is locked or away; nothing was stored and the same request may be sent again.
    #[error("the service cannot store anything at the moment; nothing was lost, send the same again shortly")]
    Unavailable(#[source] anyhow::Error),
    /// Our own fault.
    #[error("something went wrong on our side")]
    Internal(#[from] anyhow::Error),
}

/// A result whose failure is an [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// The stable code that other programs read.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound(_) => "not_found",
            Self::Unreadable { code, .. } => code,
            Self::TooLarge(_) => "too_large",
            Self::SignIn => "sign_in",
            Self::TokenExpired => "token_expired",
            Self::TokenRevoked => "token_revoked",
            Self::Forbidden => "forbidden",
            Self::Unavailable(_) => "unavailable",
            Self::Internal(_) => "internal",
        }
    }

    /// Whether a disk is full: waiting alone does not help there.
    #[must_use]
    pub fn is_full_disk(&self) -> bool {
        let (Self::Unavailable(cause) | Self::Internal(cause)) = self else { return false };
        let text = format!("{cause:#}");
        ["disk is full", "No space left", "could not extend file"].iter().any(|full| text.contains(full))
    }

    /// Something sent that cannot be read.
    #[must_use]
    pub fn unreadable(code: &'static str, detail: impl Into<String>) -> Self {
        Self::Unreadable { code, detail: detail.into() }
    }
}
