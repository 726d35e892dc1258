//! Checking, publishing and listing form files.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::Utc;
use clap::Subcommand;
use soundings::config::Config;
use soundings::domain::form::Form;
use soundings::{forms, store};

use super::say;

/// What to do with form files.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Report every fault with its place and a suggestion, and how the two editions compare
    Check {
        /// The folder [default: forms]
        dir: Option<PathBuf>,
    },
    /// Freeze every version that is not published yet
    Publish {
        /// The folder [default: forms, or the files that come with the program]
        dir: Option<PathBuf>,
    },
    /// List what is published
    List,
}

/// Do it.
pub async fn run(command: Command, config: &Config) -> anyhow::Result<ExitCode> {
    match command {
        Command::Check { dir } => check(&dir.unwrap_or_else(|| PathBuf::from("forms"))),
        Command::Publish { dir } => publish(&library(dir), config).await,
        Command::List => list(config).await,
    }
}

fn library(dir: Option<PathBuf>) -> forms::Library {
    match dir.or_else(|| Some(PathBuf::from("forms")).filter(|dir| dir.is_dir())) {
        Some(dir) => forms::read(&dir),
        None => forms::shipped(),
    }
}

fn check(dir: &Path) -> anyhow::Result<ExitCode> {
    let library = forms::read(dir);
    let report = forms::check(&library);
    for file in &library.files {
        if let Some(form) = file.form() {
            say(&forms::parity(&file.shown(), form).to_string())?;
        }
    }
    for pair in successions(&library) {
        let (old, new) = pair;
        say(&format!("{}: {} v{} against v{}", new.consultation, new.form, new.version, old.version))?;
        for change in forms::diff(old, new) {
            say(&format!("  {change}"))?;
        }
    }
    say(&report.to_string())?;
    Ok(if report.has_errors() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Each version with the one before it.
fn successions(library: &forms::Library) -> Vec<(&Form, &Form)> {
    let all: Vec<&Form> = library.files.iter().filter_map(forms::FormFile::form).collect();
    let before = |new: &&Form| {
        let same =
            all.iter().filter(|old| old.consultation == new.consultation && old.form == new.form && old.version < new.version);
        same.copied().max_by_key(|old| old.version)
    };
    all.iter().filter_map(|new| Some((before(new)?, *new))).collect()
}

async fn publish(library: &forms::Library, config: &Config) -> anyhow::Result<ExitCode> {
    let db = store::connect(&config.database, None).await?;
    store::migrate(&db).await?;
    match forms::publish(library, &forms::already(&db).await?) {
        Ok(plan) => {
            say(plan.to_string().trim_end())?;
            let written = forms::carry_out(&db, &plan, Utc::now()).await?;
            say(&format!("{written} documents published"))?;
            Ok(ExitCode::SUCCESS)
        }
        Err(faults) => {
            for fault in &faults {
                say(&fault.to_string())?;
            }
            anyhow::bail!("nothing was published: {} faults stand in the way", faults.len())
        }
    }
}

async fn list(config: &Config) -> anyhow::Result<ExitCode> {
    let db = store::connect(&config.database, None).await?;
    let published = forms::already(&db).await?;
    if published.is_empty() {
        say("nothing is published; publish with: soundings forms publish")?;
    }
    for form in published {
        say(&format!("{} {} v{} {}", form.consultation, form.form, form.version, form.digest))?;
    }
    Ok(ExitCode::SUCCESS)
}
