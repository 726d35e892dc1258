//! The commit: every line that can be taken in goes through the one door, many at once; and the way back, the withdrawal
//! of a whole upload.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::task::JoinSet;
use uuid::Uuid;

use super::checking::{events, look, note, noted_as};
use super::opening::{Event, Opened};
use super::progress::Step;
use super::report::{Done, LineReport, Outcome, Report};
use super::{Accept, Upload};
use crate::domain::submission::Submission;
use crate::error::{Error, Result};
use crate::intake::withdraw::{Withdrawal, withdraw_response};
use crate::intake::{Arrival, Intake, Receipt, accept};
use crate::store::uploads::{self, CHUNK, Line, State};

/// How many lines are at the door at once: enough for the writer to commit them in large groups.
const AT_ONCE: usize = 768;

/// Check a file, and store it unless something stands in the way. Running it again after it was cut off finishes it.
///
/// # Errors
/// As [`super::check`]; [`Error::Unavailable`] when the database went away in the middle: run the same again then.
pub async fn store(intake: &Intake, upload: &Upload, wanted: Accept, actor: &str) -> Result<Report> {
    let (mut report, opened) = look(intake, upload).await?;
    if report.is_barred() || (wanted == Accept::All && report.has_errors()) {
        report.done = Done::Refused;
        note(intake, "upload.refused", &report, actor).await?;
        return Ok(report);
    }
    let record = uploads::Upload {
        consultation: report.consultation.clone(),
        upload_id: report.upload_id,
        file_name: report.file_name.clone(),
        sha256: report.sha256.clone(),
        channel: report.channel.clone(),
        mapping: serde_json::to_string(&report.mapping).map_err(anyhow::Error::from)?,
        counts: serde_json::to_string(&report.counts).map_err(anyhow::Error::from)?,
        actor: actor.to_owned(),
        state: State::Storing,
    };
    let db = &intake.db;
    let before = uploads::get(&db.read, &record.consultation, record.upload_id).await?;
    // A file of which nothing is new leaves its upload as it stands, withdrawn ones too.
    let is_old_news = report.counts.stored + report.counts.held == 0;
    if !(is_old_news && before.as_ref().is_some_and(|before| before.state != State::Storing)) {
        let resumed = uploads::begin(db, &record, (intake.now)()).await?;
        note_lines(intake, &report).await?;
        let mut storing = Storing { intake, upload, actor, resumed, report: &mut report, done: 0 };
        storing.all(opened).await?;
        let counts = if resumed { None } else { Some(serde_json::to_string(&report.counts).map_err(anyhow::Error::from)?) };
        uploads::end(&db.write, &record.consultation, record.upload_id, State::Stored, counts, (intake.now)()).await?;
    }
    report.done = Done::Stored;
    note(intake, "upload.stored", &report, actor).await?;
    Ok(report)
}

/// Write down what is to become of every line before any is stored: after a crash it is known which lines are this upload's.
async fn note_lines(intake: &Intake, report: &Report) -> Result<()> {
    let lines: Vec<Line> = report.lines.iter().filter_map(noted).collect();
    for chunk in lines.chunks(CHUNK) {
        uploads::note(&intake.db.write, &report.consultation, report.upload_id, chunk).await?;
    }
    Ok(())
}

fn noted(line: &LineReport) -> Option<Line> {
    Some(Line { line: line.line, revision_id: line.revision_id?, response_id: line.response_id?, outcome: line.outcome.code() })
}

/// A commit on its way.
struct Storing<'a> {
    intake: &'a Intake,
    upload: &'a Upload,
    actor: &'a str,
    /// Whether it was begun before: what is there already was then most likely stored by it.
    resumed: bool,
    report: &'a mut Report,
    /// Lines the door has answered about.
    done: u32,
}

impl Storing<'_> {
    /// Read the file again and bring what is to be stored or held to the door.
    async fn all(&mut self, opened: Arc<Opened>) -> Result<()> {
        let places: HashMap<u32, usize> = self.report.lines.iter().enumerate().map(|(place, line)| (line.line, place)).collect();
        let counts = self.report.counts;
        self.upload.progress.begin(Step::Storing, Some(counts.stored + counts.held));
        let mut at_the_door = JoinSet::new();
        let mut events = events(opened);
        while let Some(event) = events.next().await? {
            let Event::Line(read) = event else { continue };
            let (Some(ready), Some(place)) = (read.ready, places.get(&read.line)) else { continue };
            let planned = self.report.lines[*place];
            if planned.revision_id != Some(ready.submission.revision_id) {
                return Err(Error::unreadable("file_changed", "the file changed while it was read; upload it again"));
            }
            if !matches!(planned.outcome, Outcome::Stored | Outcome::Held) {
                continue;
            }
            if at_the_door.len() >= AT_ONCE {
                self.answered(at_the_door.join_next().await).await?;
            }
            let (intake, arrival, place) = (self.intake.clone(), self.arrival(ready.submission)?, *place);
            at_the_door.spawn(async move { (place, accept(&intake, arrival).await) });
        }
        while let Some(answer) = at_the_door.join_next().await {
            self.answered(Some(answer)).await?;
        }
        Ok(())
    }

    /// A line at the door. What would be kept for a person to decide is the same whatever file the line came in, so that
    /// it is held once: which upload and line it came with stands in the upload's own lines.
    fn arrival(&self, mut submission: Submission) -> Result<Arrival> {
        let line = submission.origin.line.take();
        let payload = serde_json::to_vec(&submission).map_err(anyhow::Error::from)?.into();
        submission.origin.line = line;
        submission.origin.batch = Some(self.report.upload_id.to_string());
        Ok(Arrival {
            consultation: self.upload.consultation.clone(),
            submission,
            payload,
            actor: self.actor.to_owned(),
            began_at: None,
            synthetic: false,
        })
    }

    /// What the door said about one line; what differs from what was foreseen is noted.
    async fn answered(&mut self, answer: Option<Result<(usize, Result<Receipt>), tokio::task::JoinError>>) -> Result<()> {
        let Some(answer) = answer else { return Ok(()) };
        self.done += 1;
        self.upload.progress.at(self.done);
        let (place, receipt) = answer.map_err(anyhow::Error::from)?;
        let (outcome, why) = match receipt? {
            Receipt::Stored(_) => (Outcome::Stored, None),
            Receipt::Duplicate(_) => (Outcome::Duplicate, None),
            Receipt::Held { why, .. } => (Outcome::Held, Some(why)),
            // What was refused is not named: a refusal may hold an answer, and this ends in the log.
            Receipt::Refused(_) => return Err(anyhow::anyhow!("the door refused a line that the check had let pass").into()),
        };
        let line = &mut self.report.lines[place];
        line.why = why;
        if line.outcome == outcome || (self.resumed && outcome == Outcome::Duplicate) {
            return Ok(());
        }
        let number = line.line;
        self.report.counts.recount(std::mem::replace(&mut line.outcome, outcome), outcome);
        let (consultation, upload_id) = (&self.report.consultation, self.report.upload_id);
        uploads::correct(&self.intake.db.write, consultation, upload_id, number, outcome.code()).await
    }
}

/// What became of the withdrawal of an upload.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Taken {
    /// Responses that no longer count.
    pub withdrawn: usize,
    /// Responses that had been withdrawn before.
    pub already: usize,
    /// Lines held for a person, who still decides about them.
    pub held: i64,
    /// Lines that another upload brought as well: they stay.
    pub elsewhere: usize,
}

/// Withdraw every response of an upload, but for those that another upload in force brought too. Each goes through the
/// door; running it again finishes what was cut off.
///
/// # Errors
/// [`Error::NotFound`] for an unknown upload; [`Error::Unreadable`] with `frozen` when analysis is frozen.
pub async fn withdraw(intake: &Intake, consultation: &str, upload_id: Uuid, actor: &str) -> Result<Taken> {
    let db = &intake.db;
    intake.shelf.consultation(consultation)?;
    uploads::get(&db.read, consultation, upload_id).await?.ok_or(Error::NotFound("upload"))?;
    let own = uploads::own_responses(&db.read, consultation, upload_id).await?;
    let outcomes = uploads::outcomes(&db.read, consultation, upload_id).await?;
    let count = |outcome: Outcome| outcomes.get(outcome.code()).copied().unwrap_or_default();
    let all = usize::try_from(count(Outcome::Stored) + count(Outcome::Duplicate)).unwrap_or_default();
    let mut taken = Taken { held: count(Outcome::Held), elsewhere: all.saturating_sub(own.len()), ..Taken::default() };
    let mut at_the_door = JoinSet::new();
    for response_id in own {
        if at_the_door.len() >= AT_ONCE
            && let Some(done) = at_the_door.join_next().await
        {
            taken.count(&done.map_err(anyhow::Error::from)??)?;
        }
        let (intake, consultation, actor) = (intake.clone(), consultation.to_owned(), actor.to_owned());
        at_the_door.spawn(async move { withdraw_response(&intake, &consultation, response_id, &actor).await });
    }
    while let Some(done) = at_the_door.join_next().await {
        taken.count(&done.map_err(anyhow::Error::from)??)?;
    }
    uploads::end(&db.write, consultation, upload_id, State::Withdrawn, None, (intake.now)()).await?;
    let detail =
        format!("{} withdrawn, {} before, {} held, {} elsewhere", taken.withdrawn, taken.already, taken.held, taken.elsewhere);
    noted_as(intake, "upload.withdrawn", consultation, upload_id, actor, detail).await?;
    Ok(taken)
}

impl Taken {
    fn count(&mut self, withdrawal: &Withdrawal) -> Result<()> {
        match withdrawal {
            Withdrawal::Done { .. } => self.withdrawn += 1,
            Withdrawal::Already { .. } | Withdrawal::UnknownCode => self.already += 1,
            Withdrawal::Frozen => {
                let what = "analysis of this consultation is frozen, so no response can be withdrawn; lift the freeze first";
                return Err(Error::unreadable("frozen", what));
            }
        }
        Ok(())
    }
}
