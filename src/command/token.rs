//! Making and taking away bearer tokens.

use anyhow::bail;
use chrono::{Duration, Utc};
use clap::Subcommand;
use soundings::app::App;
use soundings::config::Config;
use soundings::domain::access::Role;
use soundings::store::access::{self, NewToken};
use soundings::store::audit::{self, Entry};
use soundings::store::{self, Db};

use super::say;

/// What to do with tokens.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a token and print it once
    Add {
        /// A name to know it by
        name: String,
        /// What it may do
        #[arg(long)]
        role: Role,
        /// A consultation it may see; every one, when none is given
        #[arg(long = "consultation")]
        consultations: Vec<String>,
        /// Days until it no longer works
        #[arg(long, default_value_t = 90)]
        days: i64,
    },
    /// Take a token away
    Remove {
        /// Its name
        name: String,
    },
}

/// Do it.
pub async fn run(command: Command, config: &Config) -> anyhow::Result<()> {
    let db = store::connect(&config.database, None).await?;
    store::migrate(&db).await?;
    match command {
        Command::Add { name, role, consultations, days } => {
            let token = NewToken { name, role, consultations };
            let secret = access::add_token(&db.write, &token, Some(Utc::now() + Duration::days(days)), Utc::now()).await?;
            note(&db, "token.added", &token.name, role.code()).await?;
            say(&secret)
        }
        Command::Remove { name } => {
            if !access::remove_token(&db.write, &name).await? {
                bail!("there is no token called {name}");
            }
            note(&db, "token.removed", &name, "").await?;
            say("removed")
        }
    }
}

/// Make a token that reads every result of the demonstration, and say where to use it.
pub async fn for_the_demonstration(app: &App) -> anyhow::Result<()> {
    let name = format!("demo-{}", Utc::now().format("%Y%m%d-%H%M%S-%3f"));
    let token = NewToken { name, role: Role::Analyst, consultations: Vec::new() };
    let secret = access::add_token(&app.db().write, &token, Some(Utc::now() + Duration::days(1)), Utc::now()).await?;
    say(&format!("Results: {}/analysis with the token {secret}", app.config.base_url))
}

async fn note(db: &Db, action: &'static str, name: &str, detail: &str) -> anyhow::Result<()> {
    let (subject, detail) = (name.to_owned(), detail.to_owned());
    let entry = Entry { at: Utc::now(), actor: "command".to_owned(), action, consultation: None, subject, detail };
    Ok(audit::record(db, vec![entry], Utc::now()).await?)
}
