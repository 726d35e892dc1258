//! Offline sync from the command line: confirming a restore, and making new keys.

use chrono::Utc;
use clap::Subcommand;
use soundings::config::Config;
use soundings::intake::sync;
use soundings::store;

use super::say;

/// What to do with the sync.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Confirm that the database was restored from a backup: every device asks what became of what it remembers, and sends
    /// again what is missing
    ConfirmRestore {
        /// Why, for the audit log
        #[arg(long, default_value = "restored from a backup")]
        reason: String,
    },
    /// Make another key for receipts and another to seal to; earlier ones go on working. Restart the service afterwards
    NewKeys,
}

/// Do it.
pub async fn run(command: Command, config: &Config) -> anyhow::Result<()> {
    let db = store::connect(&config.database, None).await?;
    store::migrate(&db).await?;
    match command {
        Command::ConfirmRestore { reason } => {
            let head = sync::confirm(&db, "command", &reason, Utc::now()).await?;
            say(&format!("confirmed: devices look again at everything after this; the log goes on after line {}", head.number))
        }
        Command::NewKeys => {
            sync::renew(&db, "command", Utc::now()).await?;
            say("made; restart the service to use them")
        }
    }
}
