//! Taking in a spreadsheet on the command line, and withdrawing one.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use soundings::config::Config;
use soundings::domain::submission::Channel;
use soundings::intake::Intake;
use soundings::intake::upload::{self, Accept, Done, Mapping, Progress, Upload};
use soundings::store;
use uuid::Uuid;

use super::say;

/// Who the audit log names for what is done here.
const ACTOR: &str = "command";

/// What to take in.
#[derive(Debug, Args)]
pub struct Command {
    /// The file: CSV, XLSX or ODS
    #[arg(required_unless_present = "withdraw", requires = "channel")]
    file: Option<PathBuf>,
    /// The consultation
    #[arg(long)]
    consultation: String,
    /// How its lines came in, where they do not say
    #[arg(long, value_parser = channel)]
    channel: Option<Channel>,
    /// A mapping, TOML or JSON, as an earlier run saved it
    #[arg(long)]
    mapping: Option<PathBuf>,
    /// Say what would become of each line, and store nothing
    #[arg(long)]
    dry_run: bool,
    /// Which lines to store; all or none, when not given
    #[arg(long, value_enum)]
    accept: Option<Lines>,
    /// Save how the file was read, to look at and use again
    #[arg(long, value_name = "FILE")]
    save_mapping: Option<PathBuf>,
    /// Write the file back as a workbook with what is wrong beside each line
    #[arg(long, value_name = "FILE")]
    marked: Option<PathBuf>,
    /// Withdraw everything that this upload brought
    #[arg(long, value_name = "UPLOAD_ID", conflicts_with_all = ["file", "mapping", "dry_run", "accept", "save_mapping", "marked"])]
    withdraw: Option<Uuid>,
}

/// Which lines to store.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Lines {
    /// Those that are right, though others are wrong
    Valid,
}

fn channel(code: &str) -> Result<Channel, String> {
    let known = || Channel::ALL.into_iter().filter(|channel| *channel != Channel::Online);
    let list = || known().map(Channel::code).collect::<Vec<_>>().join(", ");
    known().find(|channel| channel.code() == code).ok_or_else(|| format!("use one of {}", list()))
}

/// Do it.
pub async fn run(command: Command, config: &Config) -> anyhow::Result<ExitCode> {
    let db = store::connect(&config.database, None).await?;
    store::migrate(&db).await?;
    let (intake, _writers) = Intake::open(db, chrono::Utc::now).await?;
    if let Some(upload_id) = command.withdraw {
        return withdraw(&intake, &command.consultation, upload_id).await;
    }
    let (Some(path), Some(channel)) = (command.file, command.channel) else { bail!("name a file and its channel") };
    let mapping = match &command.mapping {
        Some(path) => Mapping::read(&fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?)?,
        None => Mapping::default(),
    };
    let file_name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let upload = Upload { path, file_name, consultation: command.consultation, channel, mapping, progress: Progress::default() };
    let report = if command.dry_run {
        upload::check(&intake, &upload, ACTOR).await?
    } else {
        let accept = if command.accept.is_some() { Accept::Valid } else { Accept::All };
        upload::store(&intake, &upload, accept, ACTOR).await?
    };
    if let Some(path) = &command.save_mapping {
        fs::write(path, report.mapping.toml()?).with_context(|| format!("writing {}", path.display()))?;
    }
    if let Some(path) = &command.marked {
        upload::marked(&upload, &report, path).await?;
    }
    say(&report.to_string())?;
    match report.done {
        Done::Stored => Ok(ExitCode::SUCCESS),
        Done::Checked if !report.has_errors() => Ok(ExitCode::SUCCESS),
        Done::Checked | Done::Refused => bail!("{} needs mending: nothing was stored", report.file_name),
    }
}

async fn withdraw(intake: &Intake, consultation: &str, upload_id: Uuid) -> anyhow::Result<ExitCode> {
    let taken = upload::withdraw(intake, consultation, upload_id, ACTOR).await?;
    say(&format!(
        "{} responses withdrawn, {} had been before; {} lines stay since another upload has them too, {} are held for a person",
        taken.withdrawn, taken.already, taken.elsewhere, taken.held
    ))?;
    Ok(ExitCode::SUCCESS)
}
