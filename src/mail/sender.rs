//! The way to the mail server that `SOUNDINGS_SMTP` names.

use std::net::IpAddr;
use std::time::Duration;

use anyhow::{Context as _, bail};
use chrono::{DateTime, Utc};
use lettre::message::Mailbox;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::{AsyncSmtpTransportBuilder, Error};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use url::Url;
use uuid::Uuid;

use super::letter::{Letter, one_line};
use crate::config::Config;

/// How much of what a server says is repeated.
const MOST_WORDS: usize = 500;

/// How long connecting and signing in may take.
const CONNECTING: Duration = Duration::from_secs(30);

/// How long handing over one letter may take; with the connecting well within the lease of its job.
const HANDING_OVER: Duration = Duration::from_mins(3);

/// Why a letter was not sent: a code that holds no address, and the words of whoever said so, which may hold one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It may be sent later: the server is away, busy, or set up wrongly.
    #[error("{1} ({0})")]
    Later(String, String),
    /// It can never be sent: the server refused this letter or its recipient.
    #[error("{1} ({0})")]
    Never(String, String),
}

impl Failure {
    /// The code, such as `smtp_550`, `connection` or `tls`.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Later(code, _) | Self::Never(code, _) => code,
        }
    }
}

/// How a connection is kept from being read on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Secrecy {
    /// TLS from the first byte.
    Tls,
    /// STARTTLS, and nothing is said to a server that does not offer it.
    StartTls,
    /// STARTTLS when the server offers it.
    WhenOffered,
    /// None: the connection does not leave this machine.
    Plain,
}

/// The way to the mail server.
#[derive(Debug, Clone)]
pub struct Sender {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Sender {
    /// The way that the settings name; none when they name no mail server. Nothing is sent yet.
    ///
    /// # Errors
    /// When a setting cannot be used: which, and what it should look like. A password in it is not repeated.
    pub fn open(config: &Config) -> anyhow::Result<Option<Self>> {
        let Some(server) = &config.smtp else { return Ok(None) };
        let from = config.mail_from.as_deref().context("set SOUNDINGS_MAIL_FROM to the address that messages come from")?;
        let from: Mailbox = from.parse().context(
            "SOUNDINGS_MAIL_FROM must be an address, such as consult@example.org or Consultations <consult@example.org>",
        )?;
        let transport = transport(server)?.timeout(Some(CONNECTING)).build();
        Ok(Some(Self { transport, from }))
    }

    /// Send a letter now. `job_id` and `made_at` are the same at each attempt.
    ///
    /// # Errors
    /// Why it was not sent, and whether to try again.
    pub async fn send(&self, letter: &Letter, job_id: Uuid, made_at: DateTime<Utc>) -> Result<(), Failure> {
        let Some(message) = letter.message(&self.from, job_id, made_at) else {
            return Err(Failure::Never("unreadable_address".to_owned(), "the letter has no usable address".to_owned()));
        };
        // Signing in, or a server that greets with a refusal, says nothing about this letter.
        let connected = in_time(CONNECTING, self.transport.test_connection()).await?;
        if !connected.map_err(|error| later(&error))? {
            return Err(Failure::Later("connection".to_owned(), "the server hung up".to_owned()));
        }
        in_time(HANDING_OVER, self.transport.send(message)).await?.map_err(|error| refused(&error))?;
        Ok(())
    }
}

/// What a server that takes its time may yet say, or that it took too long.
async fn in_time<T>(limit: Duration, what: impl Future<Output = T>) -> Result<T, Failure> {
    let late = |_elapsed| Failure::Later("timeout".to_owned(), format!("no answer within {} seconds", limit.as_secs()));
    tokio::time::timeout(limit, what).await.map_err(late)
}

/// The server said no to a letter. Codes about signing in and encryption are about the settings, not the letter.
fn refused(error: &Error) -> Failure {
    let about_settings = error.status().is_some_and(|status| matches!(u16::from(status), 530 | 534 | 535 | 538));
    if error.is_permanent() && !about_settings {
        return Failure::Never(code(error), one_line(&error.to_string(), MOST_WORDS));
    }
    later(error)
}

fn later(error: &Error) -> Failure {
    Failure::Later(code(error), one_line(&error.to_string(), MOST_WORDS))
}

fn code(error: &Error) -> String {
    if let Some(status) = error.status() {
        return format!("smtp_{status}");
    }
    let code = if error.is_timeout() {
        "timeout"
    } else if error.is_tls() {
        "tls"
    } else if error.is_client() {
        // What the server offers is not enough: no STARTTLS, no way to sign in.
        "not_offered"
    } else if error.is_response() {
        "unreadable_answer"
    } else {
        "connection"
    };
    code.to_owned()
}

fn transport(server: &str) -> anyhow::Result<AsyncSmtpTransportBuilder> {
    let (url, secrecy) = read(server)?;
    let host = url.host_str().unwrap_or_default();
    let tls = || TlsParameters::new(host.to_owned()).context("setting up TLS to the mail server");
    let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.as_str()).map_err(|_may_hold_the_password| {
        anyhow::anyhow!("SOUNDINGS_SMTP cannot be read; encode signs in the password as %xx")
    })?;
    Ok(match secrecy {
        Secrecy::Tls => builder.port(url.port().unwrap_or(465)).tls(Tls::Wrapper(tls()?)),
        Secrecy::StartTls => builder.port(url.port().unwrap_or(587)).tls(Tls::Required(tls()?)),
        Secrecy::WhenOffered => builder.port(url.port().unwrap_or(25)).tls(Tls::Opportunistic(tls()?)),
        Secrecy::Plain => builder.port(url.port().unwrap_or(25)).tls(Tls::None),
    })
}

/// The address of a mail server, and how the connection to it is kept from being read: a password never travels in the
/// clear to another machine.
fn read(server: &str) -> anyhow::Result<(Url, Secrecy)> {
    const FORM: &str = "SOUNDINGS_SMTP must be smtp://user:password@host:port or smtps://user:password@host:port";
    // The parser's error is not repeated, nor any part of what was given but its scheme: it may hold the password.
    let Ok(url) = Url::parse(server) else { bail!("{FORM}; this has another form (encode signs in the password as %xx)") };
    if !matches!(url.scheme(), "smtp" | "smtps") {
        bail!("{FORM}, not {}://…", url.scheme());
    }
    let Some(host) = url.host_str().filter(|host| !host.is_empty()) else { bail!("{FORM}; the host is missing") };
    if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
        bail!("{FORM}; something follows the port (encode signs in the password as %xx)");
    }
    if url.username().is_empty() != url.password().is_none() {
        bail!("{FORM}; give both a user and a password, or neither");
    }
    let number = host.trim_matches(['[', ']']).parse::<IpAddr>();
    let here = host == "localhost" || number.is_ok_and(|number| number.is_loopback());
    let secrecy = match (url.scheme(), here, url.password()) {
        ("smtps", ..) => Secrecy::Tls,
        (_, true, _) => Secrecy::Plain,
        (_, false, Some(_)) => Secrecy::StartTls,
        (_, false, None) => Secrecy::WhenOffered,
    };
    Ok((url, secrecy))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_never_travels_in_the_clear_to_another_machine() {
        let secrecy = |server: &str| read(server).unwrap().1;
        assert_eq!(secrecy("smtps://mail.example.org"), Secrecy::Tls);
        assert_eq!(secrecy("smtps://u:p@127.0.0.1:465"), Secrecy::Tls);
        assert_eq!(secrecy("smtp://u:p@mail.example.org:587"), Secrecy::StartTls);
        assert_eq!(secrecy("smtp://mail.example.org"), Secrecy::WhenOffered);
        assert_eq!(secrecy("smtp://127.0.0.1:2525"), Secrecy::Plain);
        // A name that only begins like this machine's.
        assert_eq!(secrecy("smtp://u:p@localhost.example.org"), Secrecy::StartTls);
        assert_eq!(secrecy("smtp://u:p@127.example.org"), Secrecy::StartTls);
    }

    #[test]
    fn a_setting_of_another_form_is_refused_with_the_right_form_and_without_the_password() {
        for server in [
            "mail.example.org",
            "mail.example.org:25",
            "imap://user:secret@mail.example.org",
            "smtp://user:se/cret@mail.example.org",
            "smtp://user:se#cret@mail.example.org",
            "smtp://user:secret@mail.example.org/path",
            "smtp://user:secret@mail.example.org?tls=none",
            "smtp://user@mail.example.org",
            "smtp://:secret@mail.example.org",
            "smtp://",
            "smtps:",
            "",
        ] {
            let error = format!("{:#}", transport(server).err().unwrap_or_else(|| panic!("{server} was taken")));
            assert!(error.contains("smtp://user:password@host:port") && !error.contains("secret"), "{server}: {error}");
            assert!(!error.contains("cret@"), "{server}: {error}");
        }
    }
}
