//! Making an export run on the command line.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use clap::Args;
use soundings::config::Config;
use soundings::store::catalogue::Shelf;
use soundings::store::exports::{self, Asked, Made};
use soundings::{analysis, export, store};
use uuid::Uuid;

use super::say;

/// What to hand over.
#[derive(Debug, Args)]
pub struct Command {
    /// Which export: closed-tables or responses
    name: String,
    /// The consultation
    #[arg(long)]
    consultation: String,
    /// The folder to write into
    #[arg(long)]
    out: PathBuf,
    /// The moment, such as 2022-12-20T00:00:00Z; later answers are left out [default: now]
    #[arg(long)]
    as_of: Option<DateTime<Utc>>,
    /// What it is for; an extract with people's own words needs it
    #[arg(long)]
    purpose: Option<String>,
}

/// Do it: every file, or none.
pub async fn run(command: Command, config: &Config) -> anyhow::Result<ExitCode> {
    let db = store::connect(&config.database, None).await?;
    let published = Shelf::open(&db).await?.consultation(&command.consultation)?;
    let definition = export::definition::find(&command.name)?;
    let as_of = command.as_of.unwrap_or_else(Utc::now);
    let dataset = analysis::dataset_as_of(&db, &published, as_of).await?;
    let run_id = Uuid::now_v7();
    let earlier = exports::earlier(&db.read, &command.consultation, run_id).await?;
    let output = export::run(&definition, &dataset, &earlier)?;
    fs::create_dir_all(&command.out).with_context(|| format!("making {}", command.out.display()))?;
    for file in &output.files {
        let path = command.out.join(&file.name);
        fs::write(&path, &file.bytes).with_context(|| format!("writing {}", path.display()))?;
        say(&format!("{}  {}", path.display(), file.about))?;
    }
    for warning in &output.warnings {
        say(&format!("note: {warning}"))?;
    }
    let asked = Asked {
        consultation: command.consultation,
        run_id,
        export: command.name,
        as_of,
        purpose: command.purpose.unwrap_or_default(),
        actor: "command".to_owned(),
        letter: false,
    };
    let made = Made { files: &[], warnings: &output.warnings, published: &output.published };
    exports::note(&db, &asked, made, Utc::now()).await?;
    Ok(ExitCode::SUCCESS)
}
