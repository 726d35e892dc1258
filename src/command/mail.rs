//! Trying whether mail arrives.

use anyhow::{Context as _, bail};
use chrono::Utc;
use clap::Subcommand;
use soundings::config::Config;
use soundings::mail::{self, Failure, Recipient, Sender};
use uuid::Uuid;

use super::say;

/// What to do with mail.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Send a test message now, without the queue, and say what the mail server said
    Test {
        /// Who it goes to
        address: String,
    },
}

/// Do it.
pub async fn run(command: Command, config: &Config) -> anyhow::Result<()> {
    let Command::Test { address } = command;
    let to = Recipient::new(&address).with_context(|| format!("`{address}`"))?;
    let Some(sender) = Sender::open(config)? else {
        bail!("no mail server is set; set SOUNDINGS_SMTP (smtp://user:password@host:port) and SOUNDINGS_MAIL_FROM");
    };
    match sender.send(&mail::trial(&to, config)?, Uuid::now_v7(), Utc::now()).await {
        Ok(()) => say(&format!("the mail server took the message for {}", to.address())),
        Err(failure @ Failure::Never(..)) => bail!("the mail server refused the message: {failure}"),
        Err(failure) => bail!("the message could not be sent; one in the queue would be tried again: {failure}"),
    }
}
