//! Export runs in the background: claimed from the queue, made, kept, and told of by letter.

use crate::analysis;
use crate::app::App;
use crate::domain::retry::Next;
use crate::domain::wording::{DEFAULT_LANGUAGE, Edition};
use crate::error::{Error, Result};
use crate::export::{self, Output, OutputFile};
use crate::mail::{self, ExportReady, Recipient};
use crate::store::exports::{self, ExportRun, FAMILY, Made, NewFile, State};
use crate::store::queue::{self, Job};
use crate::store::{Tx, begin_write, staff};

/// Said when a run was tried until it was given up.
const GIVEN_UP: &str = "It could not be made. Ask for it again; if that fails too, tell whoever runs the service.";

/// Make every run that waits.
pub async fn make_waiting(app: &App) {
    loop {
        match make_one(app).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                tracing::warn!(%error, "export runs could not be made now");
                return;
            }
        }
    }
}

/// Claim one run and make it. Says whether there was one.
///
/// # Errors
/// When the database cannot be read or written; the lease then runs out and another attempt is made.
async fn make_one(app: &App) -> Result<bool> {
    let now = app.now();
    let Some(job) = queue::claim(app.db(), FAMILY, now).await? else { return Ok(false) };
    let Some(run) = exports::of_job(&app.db().read, &job).await?.filter(|run| run.state != State::Ready) else {
        queue::done(&app.db().write, &job, now).await?;
        return Ok(true);
    };
    match made(app, &run).await {
        Ok(output) => keep(app, &job, &run, &output).await?,
        // What the definition or the consultation is wrong about does not come right by itself.
        Err(Error::Unreadable { detail, .. }) => {
            exports::fail(&app.db().write, &run.asked, &detail, now).await?;
            queue::done(&app.db().write, &job, now).await?;
        }
        Err(error) => again(app, &job, &run, error).await?,
    }
    Ok(true)
}

async fn made(app: &App, run: &ExportRun) -> Result<Output> {
    let asked = &run.asked;
    let published = app.intake.shelf.consultation(&asked.consultation)?;
    let definition = export::definition::find(&asked.export).map_err(|error| cannot(&error))?;
    let dataset = analysis::dataset_as_of(app.db(), &published, asked.as_of).await?;
    let earlier = exports::earlier(&app.db().read, &asked.consultation, asked.run_id).await?;
    let output = tokio::task::spawn_blocking(move || export::run(&definition, &dataset, &earlier)).await;
    output.map_err(anyhow::Error::from)?.map_err(|error| cannot(&error))
}

fn cannot(error: &export::CannotExport) -> Error {
    Error::unreadable(error.code(), error.to_string())
}

async fn keep(app: &App, job: &Job, run: &ExportRun, output: &Output) -> Result<()> {
    let now = app.now();
    let tx = begin_write(&app.db().write).await?;
    let files: Vec<NewFile<'_>> = output.files.iter().map(new_file).collect();
    let made = Made { files: &files, warnings: &output.warnings, published: &output.published };
    if exports::keep(&tx, &run.asked, made, now).await? && run.asked.letter {
        tell(app, &tx, run).await?;
    }
    queue::done(&tx, job, now).await?;
    tx.commit().await?;
    mail::wake();
    tracing::info!(run = %run.asked.run_id, export = run.asked.export, files = output.files.len(), "export made");
    Ok(())
}

fn new_file(file: &OutputFile) -> NewFile<'_> {
    NewFile { name: &file.name, about: &file.about, media_type: file.media_type, lines: file.rows, content: &file.bytes }
}

/// A letter to whoever asked, if they still have an account.
async fn tell(app: &App, tx: &Tx, run: &ExportRun) -> Result<()> {
    let asked = &run.asked;
    let Some(id) = asked.actor.strip_prefix("staff:").and_then(|id| id.parse().ok()) else { return Ok(()) };
    let Some(person) = staff::by_id(tx, id).await? else { return Ok(()) };
    let Ok(to) = Recipient::new(&person.email) else { return Ok(()) };
    let published = app.intake.shelf.consultation(&asked.consultation)?;
    let consultation = published.consultation.title.show(Edition::Standard, DEFAULT_LANGUAGE).to_owned();
    let export = export::definition::find(&asked.export).map_or(asked.export.clone(), |definition| definition.title);
    let link = format!("{}/staff/{}/exports/{}", app.config.base_url, asked.consultation, asked.run_id);
    mail::queue(tx, &app.config, &to.named(&person.name), &ExportReady { consultation, export, link }, app.now()).await?;
    Ok(())
}

async fn again(app: &App, job: &Job, run: &ExportRun, error: Error) -> Result<()> {
    let cause = format!("{:#}", anyhow::Error::from(error));
    tracing::error!(cause, run = %run.asked.run_id, "an export could not be made");
    if queue::failed(&app.db().write, job, "not_made", app.now()).await? == Next::GiveUp {
        exports::fail(&app.db().write, &run.asked, GIVEN_UP, app.now()).await?;
    }
    Ok(())
}
