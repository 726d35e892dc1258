//! Work on a waiting file that goes on though its person leaves the page: the check, and the storing with its letter.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::app::App;
use crate::domain::submission::Channel;
use crate::domain::wording::{DEFAULT_LANGUAGE, Edition};
use crate::error::{Error, Result};
use crate::intake::upload::{self, Accept, Done, Mapping, Outcome, Progress, Report, Stretch, Upload};
use crate::mail::{self, Recipient, UploadImported};
use crate::store::waiting::{self, Claim, Ended, State, Waiting};
use crate::web::problem;
use crate::web::staff::page::Seat;
use crate::web::uploads::receiving;

/// How often a run says how far it has come.
const TELL: Duration = Duration::from_secs(1);

/// The most stretches of lines that are kept for the page.
const STRETCHES: usize = 300;

/// What is done with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Task {
    /// Say what would become of each line.
    Check,
    /// Store it.
    Store(Accept),
}

/// Who wants it done.
#[derive(Debug, Clone)]
pub(super) struct By {
    /// As the audit log names them.
    actor: String,
    name: String,
    email: String,
}

impl By {
    pub(super) fn new(seat: &Seat) -> Self {
        let person = seat.person();
        Self { actor: seat.actor().name.clone(), name: person.name.clone(), email: person.email.clone() }
    }
}

/// What is kept of a check for the page.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Kept {
    /// The report, without its lines.
    pub report: Report,
    /// What becomes of the lines, the first of them.
    pub stretches: Vec<Stretch>,
    /// How many stretches there are beyond those.
    pub more: usize,
}

impl Kept {
    fn new(mut report: Report) -> Self {
        let lines = std::mem::take(&mut report.lines);
        let last = report.mapping.heading_line.unwrap_or(1) + report.counts.lines;
        let mut stretches = upload::stretches(&lines, last);
        let more = stretches.len().saturating_sub(STRETCHES);
        stretches.truncate(STRETCHES);
        Self { report, stretches, more }
    }

    /// What was kept, if anything was.
    pub(super) fn read(waiting: &Waiting) -> Result<Option<Self>> {
        let kept = waiting.report.as_deref().map(serde_json::from_str).transpose();
        Ok(kept.map_err(anyhow::Error::from)?)
    }

    /// Lines that would be stored or held: what a commit takes in.
    pub(super) const fn taken_in(&self) -> u32 {
        self.report.counts.stored + self.report.counts.held
    }
}

/// Where the file of a waiting upload lies on this instance.
pub(super) fn place(app: &App, waiting: &Waiting) -> PathBuf {
    receiving::folder(&app.config.data).join(format!("waiting-{}", waiting.waiting_id))
}

/// Whether this instance has the file.
pub(super) async fn is_here(app: &App, waiting: &Waiting) -> Result<bool> {
    let place = place(app, waiting);
    receiving::blocking(move || Ok(place.is_file())).await
}

/// A waiting upload as the intake reads it.
pub(super) fn upload_of(app: &App, waiting: &Waiting, mapping: &Mapping) -> Upload {
    Upload {
        path: place(app, waiting),
        file_name: waiting.file_name.clone(),
        consultation: waiting.consultation.clone(),
        channel: Channel::from_code(&waiting.channel).unwrap_or(Channel::Import),
        mapping: mapping.clone(),
        progress: Progress::default(),
    }
}

/// Begin a task, unless another run has the file in hand or has had it since its person was `shown` one. It goes on whoever
/// leaves. Says whether it began.
pub(super) async fn begin(app: &App, by: &By, waiting: &Waiting, shown: Uuid, mapping: &Mapping, task: Task) -> Result<bool> {
    let run_id = Uuid::now_v7();
    let state = if task == Task::Check { State::Checking } else { State::Storing };
    let said = serde_json::to_string(mapping).map_err(anyhow::Error::from)?;
    let claim = Claim {
        consultation: &waiting.consultation,
        waiting_id: waiting.waiting_id,
        shown,
        run_id,
        state,
        mapping: &said,
        now: app.now(),
    };
    if !waiting::claim(&app.db().write, claim).await? {
        return Ok(false);
    }
    let upload = upload_of(app, waiting, mapping);
    tokio::spawn(Run { app: app.clone(), by: by.clone(), upload, id: run_id, waiting_id: waiting.waiting_id }.go(task));
    Ok(true)
}

/// One run.
struct Run {
    app: App,
    by: By,
    upload: Upload,
    id: Uuid,
    waiting_id: Uuid,
}

impl Run {
    async fn go(self, task: Task) {
        if let Err(error) = self.work(task).await {
            // The database is away: the row falls silent, and its page says that it was cut off.
            let _reference = problem::log(&error);
        }
    }

    async fn work(&self, task: Task) -> Result<()> {
        let (intake, upload, actor) = (self.app.intake.clone(), self.upload.clone(), self.by.actor.clone());
        let mut working = tokio::spawn(async move {
            match task {
                Task::Check => upload::check(&intake, &upload, &actor).await,
                Task::Store(accept) => upload::store(&intake, &upload, accept, &actor).await,
            }
        });
        let mut ticks = tokio::time::interval(TELL);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let done = loop {
            tokio::select! {
                done = &mut working => break done,
                _ = ticks.tick() => self.tell().await?,
            }
        };
        self.tell().await?;
        match done.map_err(|error| Error::Internal(error.into())).flatten() {
            Ok(report) => self.reported(report).await,
            Err(error) => self.failed(&error).await,
        }
    }

    async fn tell(&self) -> Result<()> {
        let (_, lines, of) = self.upload.progress.now();
        waiting::tell(&self.app.db().write, self.run(), lines, of, self.app.now()).await
    }

    fn run(&self) -> (&str, Uuid) {
        (&self.upload.consultation, self.id)
    }

    async fn reported(&self, report: Report) -> Result<()> {
        let state = if report.done == Done::Stored { State::Stored } else { State::Checked };
        let upload_id = (state == State::Stored).then_some(report.upload_id);
        let kept = Kept::new(report);
        let json = serde_json::to_string(&kept).map_err(anyhow::Error::from)?;
        if state == State::Stored {
            // Whoever left the page learns of it by mail. It is queued first: told twice is better than never.
            self.write(&kept.report).await?;
            if kept.report.counts.wrong == 0 {
                let place = self.upload.path.clone();
                // What is left is swept within a day.
                let _gone = receiving::blocking(move || Ok(std::fs::remove_file(place)?)).await;
            }
        }
        let ended = Ended { report: Some(json), fault: None, upload_id };
        waiting::end(&self.app.db().write, self.run(), state, ended, self.app.now()).await
    }

    /// The letter to the one who stored it: counts and a link, and nothing that anybody answered.
    async fn write(&self, report: &Report) -> Result<()> {
        let Ok(to) = Recipient::new(&self.by.email) else { return Ok(()) };
        let published = self.app.intake.shelf.consultation(&report.consultation)?;
        let counts = report.counts;
        let message = UploadImported {
            consultation: published.consultation.title.show(Edition::Standard, DEFAULT_LANGUAGE).to_owned(),
            file: report.file_name.clone(),
            stored: counts.stored.into(),
            duplicate: counts.duplicate.into(),
            held: counts.held.into(),
            refused: counts.wrong.into(),
            link: format!("{}/staff/{}/uploads/{}", self.app.config.base_url, report.consultation, report.upload_id),
        };
        mail::post(self.app.db(), &self.app.config, &to.named(&self.by.name), &message, self.app.now()).await?;
        Ok(())
    }

    async fn failed(&self, error: &Error) -> Result<()> {
        let (state, fault) = match error {
            Error::Internal(_) | Error::Unavailable(_) => {
                let reference = problem::log(error).map(|reference| reference.to_string());
                (State::Failed, reference.unwrap_or_default())
            }
            Error::TooLarge(_) => (State::Unreadable, "The file is larger than 50 MB; split it into several files".to_owned()),
            error => (State::Unreadable, error.to_string()),
        };
        tracing::info!(waiting = %self.waiting_id, code = error.code(), "an upload could not be read");
        let ended = Ended { report: None, fault: Some(fault), upload_id: None };
        waiting::end(&self.app.db().write, self.run(), state, ended, self.app.now()).await
    }
}

/// What becomes of lines, in words.
pub(super) const fn outcome_words(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Stored => "would be stored",
        Outcome::Duplicate => "already here",
        Outcome::Held => "would be held for a person",
        Outcome::Wrong => "wrong",
        Outcome::Blank => "blank",
    }
}
