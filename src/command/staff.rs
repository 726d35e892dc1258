//! Staff accounts from the command line: the first administrator, and a way back in for anybody.

use anyhow::{Context as _, bail};
use chrono::Utc;
use clap::Subcommand;
use soundings::app::App;
use soundings::config::Config;
use soundings::domain::access::{Grant, Role};
use soundings::staff;
use soundings::store::staff::{self as accounts, Purpose, Staff};
use soundings::store::{self, Db};

use super::say;

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make an account and print a one-time link to its first password
    Add {
        /// Their e-mail address
        email: String,
        /// What they do; may be given several times
        #[arg(long = "role", required = true)]
        roles: Vec<Role>,
        /// A consultation they work on; every one, when none is given
        #[arg(long = "consultation")]
        consultations: Vec<String>,
        /// Their name [default: the address]
        #[arg(long)]
        name: Option<String>,
    },
    /// Print a new one-time link for somebody who cannot get in
    Link {
        /// Their e-mail address
        email: String,
    },
    /// Shut somebody out; their sessions end at once
    Disable {
        /// Their e-mail address
        email: String,
    },
    /// Let somebody in again
    Enable {
        /// Their e-mail address
        email: String,
    },
    /// Print every account and what it may do
    List,
}

/// Do it.
pub async fn run(command: Command, config: &Config) -> anyhow::Result<()> {
    let db = store::connect(&config.database, None).await?;
    store::migrate(&db).await?;
    match command {
        Command::Add { email, roles, consultations, name } => {
            if !email.contains('@') {
                bail!("{email} is no e-mail address");
            }
            let name = name.unwrap_or_else(|| email.clone());
            let (_, link) = staff::invite(&db, &email, &name, grants(&roles, &consultations), "command", Utc::now()).await?;
            say(&address(config, &link))
        }
        Command::Link { email } => {
            let person = found(&db, &email).await?;
            let link = staff::new_link(&db, person.staff_id, Purpose::Welcome, "command", Utc::now()).await?;
            say(&address(config, &link))
        }
        Command::Disable { email } => {
            staff::disable(&db, found(&db, &email).await?.staff_id, true, "command", Utc::now()).await?;
            say("shut out")
        }
        Command::Enable { email } => {
            staff::disable(&db, found(&db, &email).await?.staff_id, false, "command", Utc::now()).await?;
            say("let in again")
        }
        Command::List => list(&db).await,
    }
}

/// Make an administrator for the demonstration, and say where to begin.
pub async fn for_the_demonstration(app: &App) -> anyhow::Result<()> {
    const EMAIL: &str = "demo@example.org";
    let everything = vec![Grant { role: Role::Administrator, consultation: None }];
    let link = match accounts::by_email(&app.db().read, EMAIL).await? {
        Some(person) => staff::new_link(app.db(), person.staff_id, Purpose::Welcome, "command", Utc::now()).await?,
        None => staff::invite(app.db(), EMAIL, "Demo Administrator", everything, "command", Utc::now()).await?.1,
    };
    say(&format!("Desk: {} (choose a password; the address is {EMAIL})", address(&app.config, &link)))
}

fn address(config: &Config, link: &str) -> String {
    format!("{}/staff/link/{link}", config.base_url)
}

fn grants(roles: &[Role], consultations: &[String]) -> Vec<Grant> {
    let mut places: Vec<Option<String>> = consultations.iter().cloned().map(Some).collect();
    if places.is_empty() {
        places.push(None);
    }
    let everywhere =
        |role: &Role| places.iter().map(|place| Grant { role: *role, consultation: place.clone() }).collect::<Vec<_>>();
    roles.iter().flat_map(everywhere).collect()
}

async fn found(db: &Db, email: &str) -> anyhow::Result<Staff> {
    accounts::by_email(&db.read, &staff::address(email)).await?.with_context(|| format!("there is no account for {email}"))
}

async fn list(db: &Db) -> anyhow::Result<()> {
    for person in accounts::all(&db.read).await? {
        let one = |grant: &Grant| format!("{}@{}", grant.role.code(), grant.consultation.as_deref().unwrap_or("*"));
        let grants: Vec<String> = person.grants.iter().map(one).collect();
        let state = if person.disabled_at.is_some() { "shut out" } else { "may sign in" };
        say(&format!("{}\t{state}\t{}", person.email, grants.join(" ")))?;
    }
    Ok(())
}
