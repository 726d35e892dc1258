//! Making, listing and revoking bearer tokens.

use anyhow::bail;
use chrono::{Days, Duration, NaiveDate, Utc};
use clap::Subcommand;
use soundings::app::App;
use soundings::config::Config;
use soundings::domain::access::{Role, TOKEN_DAYS, token_ends};
use soundings::domain::window::{london_day, london_midnight};
use soundings::staff::tokens;
use soundings::store;
use soundings::store::access::{self, NewToken, Token};

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
        /// Days it works, at most 365; 90 when nothing is said
        #[arg(long, conflicts_with = "expires", value_parser = clap::value_parser!(u64).range(0..=365))]
        days: Option<u64>,
        /// The last day it works, such as 2023-03-31; at most a year from now
        #[arg(long)]
        expires: Option<NaiveDate>,
    },
    /// List every token, without its secret
    List,
    /// Revoke a token: it stays in the list and never works again
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
        Command::Add { name, role, consultations, days, expires } => {
            let today = london_day(Utc::now());
            let last = expires.unwrap_or_else(|| today + Days::new(days.unwrap_or(TOKEN_DAYS)));
            token_ends(last, today).map_err(anyhow::Error::msg)?;
            let expires_at = london_midnight(last + Days::new(1));
            let token = NewToken { name, role, consultations, expires_at };
            say(&tokens::make(&db, &token, "command", Utc::now()).await?)
        }
        Command::List => access::tokens(&db.read).await?.iter().try_for_each(|token| say(&line(token))),
        Command::Remove { name } => {
            if !tokens::revoke(&db, &name, "command", Utc::now()).await? {
                bail!("there is no token called {name} that still works");
            }
            say("removed")
        }
    }
}

fn line(token: &Token) -> String {
    let state = match token.revoked_at {
        Some(at) => format!("revoked on {}", london_day(at)),
        None if token.expires_at <= Utc::now() => "expired".to_owned(),
        None => format!("works until {}", london_day(token.expires_at - Duration::seconds(1))),
    };
    let places = if token.consultations.is_empty() { "*".to_owned() } else { token.consultations.join(",") };
    let used = token.last_used_on.map_or_else(|| "never used".to_owned(), |day| format!("last used on {day}"));
    format!("{}  {}@{places}  {state}, {used}", token.name, token.role)
}

/// Make a token that reads every result of the demonstration, and say where to use it.
pub async fn for_the_demonstration(app: &App) -> anyhow::Result<()> {
    let name = format!("demo-{}", Utc::now().format("%Y%m%d-%H%M%S-%3f"));
    let expires_at = Utc::now() + Duration::days(1);
    let token = NewToken { name, role: Role::Analyst, consultations: Vec::new(), expires_at };
    let secret = tokens::make(app.db(), &token, "command", Utc::now()).await?;
    say(&format!("Results: {}/analysis with the token {secret}", app.config.base_url))
}
