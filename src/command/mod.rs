//! What each command of the command line does.

mod export;
mod forms;
mod import;
mod mail;
mod staff;
mod sync;
mod token;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use soundings::config::{self, Config, Settings};
use soundings::{serve, store};

/// A consultation and survey collection service.
#[derive(Debug, Parser)]
#[command(name = "soundings", version, about, long_about = None)]
pub struct Line {
    /// A settings file [default: soundings.toml, when there is one]
    #[arg(long, global = true, env = "SOUNDINGS_CONFIG")]
    config: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the public pages and the API
    Serve {
        /// Publish the consultations that come with the program, move their dates so that they are open today, and fill
        /// an empty database with synthetic responses
        #[arg(long)]
        demo: bool,
    },
    /// Fill an empty database with the demonstration, and stop
    Demo,
    /// Bring the database's schema up to date
    Migrate,
    /// Check, publish and list form files
    #[command(subcommand)]
    Forms(forms::Command),
    /// Accounts of the people who run consultations
    #[command(subcommand)]
    Staff(staff::Command),
    /// Bearer tokens for programs and analysts
    #[command(subcommand)]
    Token(token::Command),
    /// Take in a spreadsheet of responses, or withdraw one
    Import(import::Command),
    /// Write an export run into a folder
    Export(export::Command),
    /// Try the mail server
    #[command(subcommand)]
    Mail(mail::Command),
    /// Offline sync: confirm a restore, make new keys
    #[command(subcommand)]
    Sync(sync::Command),
    /// Verify the hash chains of the audit log
    Verify,
}

/// Do what the command line says.
pub async fn run(line: Line) -> anyhow::Result<ExitCode> {
    // Nobody should need a telephone to look at a demonstration; who asks for the second step there gets it.
    let easily = matches!(line.command, Command::Serve { demo: true }).then_some(false);
    let config = configuration(line.config, line.settings, Settings { second_factor: easily, ..Settings::default() })?;
    start_log(config.log_json);
    match line.command {
        Command::Serve { demo } => {
            let app = serve::open(config, demo).await?;
            if demo {
                staff::for_the_demonstration(&app).await?;
                token::for_the_demonstration(&app).await?;
            }
            serve::run(app).await?;
        }
        Command::Demo => {
            serve::open(config, true).await?;
            say("the demonstration is there; serve it with: soundings serve")?;
        }
        Command::Migrate => {
            let db = store::connect(&config.database, None).await?;
            store::migrate(&db).await?;
            say("the schema is up to date")?;
        }
        Command::Forms(command) => return forms::run(command, &config).await,
        Command::Staff(command) => staff::run(command, &config).await?,
        Command::Token(command) => token::run(command, &config).await?,
        Command::Import(command) => return import::run(command, &config).await,
        Command::Export(command) => return export::run(command, &config).await,
        Command::Mail(command) => mail::run(command, &config).await?,
        Command::Sync(command) => sync::run(command, &config).await?,
        Command::Verify => return verify(&config).await,
    }
    Ok(ExitCode::SUCCESS)
}

/// Flags and environment first, then the file, then what suits the command, then the defaults.
fn configuration(file: Option<PathBuf>, settings: Settings, suited: Settings) -> anyhow::Result<Config> {
    let found = file.or_else(|| Some(PathBuf::from("soundings.toml")).filter(|path| path.exists()));
    let from_file = found.as_deref().map(Settings::read).transpose()?.unwrap_or_default();
    settings.or(from_file).or(suited).finish()
}

fn start_log(json: bool) {
    let builder = tracing_subscriber::fmt().with_env_filter(config::log_filter()).with_writer(std::io::stderr);
    if json {
        builder.json().flatten_event(true).init();
    } else {
        builder.init();
    }
}

async fn verify(config: &Config) -> anyhow::Result<ExitCode> {
    let db = store::connect(&config.database, None).await?;
    let verified = store::audit::verify(&db).await?;
    for fault in &verified.faults {
        say(fault)?;
    }
    say(&format!("{} entries in {} chains, {} faults", verified.entries, verified.chains, verified.faults.len()))?;
    Ok(if verified.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Write a line to standard output.
fn say(line: &str) -> anyhow::Result<()> {
    writeln!(std::io::stdout().lock(), "{line}")?;
    Ok(())
}
