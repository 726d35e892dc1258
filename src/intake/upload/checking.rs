//! The dry run: every line read, checked and held against what is already there; nothing is stored.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use uuid::Uuid;

use super::Upload;
use super::lines::{Read, Ready, Unknown};
use super::opening::{Event, Opened};
use super::problem::Problem;
use super::progress::Step;
use super::report::{Counts, Done, LineReport, Outcome, Report, SPELT_OUT, UNKNOWN, UnknownChoice};
use crate::domain::submission::Submission;
use crate::domain::window::{Dates, Reception};
use crate::error::{Error, Result};
use crate::intake::Intake;
use crate::store::audit::Entry;
use crate::store::catalogue::Published;
use crate::store::held::Why;
use crate::store::uploads::{self, CHUNK, There};
use crate::store::writer::Work;

/// How many lines may be on their way from the reader.
const AHEAD: usize = 64;

/// Check a file and say what would become of each of its lines.
///
/// # Errors
/// [`Error::Unreadable`] with a code when the file cannot be read at all, [`Error::NotFound`] for an unknown consultation.
pub async fn check(intake: &Intake, upload: &Upload, actor: &str) -> Result<Report> {
    let (report, _) = look(intake, upload).await?;
    note(intake, "upload.checked", &report, actor).await?;
    Ok(report)
}

/// What was done with a file, for the audit log: counts, and never what stands in it.
pub(super) async fn note(intake: &Intake, action: &'static str, report: &Report, actor: &str) -> Result<()> {
    noted_as(intake, action, &report.consultation, report.upload_id, actor, report.summary()).await
}

/// An entry of the audit log about an upload.
pub(super) async fn noted_as(
    intake: &Intake,
    action: &'static str,
    consultation: &str,
    upload_id: Uuid,
    actor: &str,
    detail: String,
) -> Result<()> {
    let (at, actor) = ((intake.now)(), actor.to_owned());
    let (consultation, subject) = (Some(consultation.to_owned()), upload_id.to_string());
    intake.writer.write(Work::Note(Entry { at, actor, action, consultation, subject, detail })).await?;
    Ok(())
}

/// The report, and the file opened, to be read again.
pub(super) async fn look(intake: &Intake, upload: &Upload) -> Result<(Report, Arc<Opened>)> {
    let published = intake.shelf.consultation(&upload.consultation)?;
    if (intake.now)() < published.window.opens_at {
        let what = format!("{} has not opened yet; upload from the opening day on", upload.consultation);
        return Err(Error::unreadable("not_yet_open", what));
    }
    let (wanted, catalogue) = (upload.clone(), intake.shelf.now());
    let opened = blocking(move || Opened::open(&wanted, &catalogue)).await?;
    upload.progress.begin(Step::Checking, opened.expected);
    let report = begun(upload, &opened);
    let mut looking = Looking { intake, upload, published, report, waiting: Vec::new(), unknown: HashMap::new() };
    let opened = Arc::new(opened);
    if !looking.report.problems.iter().any(|problem| problem.code == "no_headings") {
        let mut events = events(Arc::clone(&opened));
        while let Some(event) = events.next().await? {
            looking.take(event).await?;
        }
        looking.flush().await?;
        if looking.report.counts.lines == 0 {
            let cure = "fill in the lines beneath the headings, or choose the file that was meant";
            looking.report.problems.push(Problem::whole("no_lines", "there is nothing beneath the headings", cure));
        }
    }
    Ok((looking.report, opened))
}

/// Do something that waits for the disk where waiting is allowed.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(anyhow::Error::from)?
}

/// The lines of a file, read on another thread a little ahead of whoever takes them.
pub(super) struct Events {
    queue: tokio::sync::mpsc::Receiver<Vec<Event>>,
    batch: std::vec::IntoIter<Event>,
    reading: Option<tokio::task::JoinHandle<Result<()>>>,
}

/// Begin to read the lines of a file.
pub(super) fn events(opened: Arc<Opened>) -> Events {
    let (give, queue) = tokio::sync::mpsc::channel(AHEAD);
    let reading = tokio::task::spawn_blocking(move || {
        let mut batch = Vec::with_capacity(32);
        let done = opened.lines(&mut |event| {
            batch.push(event);
            if batch.len() < 32 {
                return ControlFlow::Continue(());
            }
            // When nobody takes them any more, nobody needs the rest.
            match give.blocking_send(std::mem::replace(&mut batch, Vec::with_capacity(32))) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_gone) => ControlFlow::Break(()),
            }
        });
        let _gone = give.blocking_send(batch);
        done
    });
    Events { queue, batch: Vec::new().into_iter(), reading: Some(reading) }
}

impl Events {
    /// The next line, or the failure that ended the reading.
    pub(super) async fn next(&mut self) -> Result<Option<Event>> {
        loop {
            if let Some(event) = self.batch.next() {
                return Ok(Some(event));
            }
            match self.queue.recv().await {
                Some(batch) => self.batch = batch.into_iter(),
                None => match self.reading.take() {
                    Some(reading) => reading.await.map_err(anyhow::Error::from)??,
                    None => return Ok(None),
                },
            }
        }
    }
}

fn begun(upload: &Upload, opened: &Opened) -> Report {
    Report {
        done: Done::Checked,
        consultation: upload.consultation.clone(),
        channel: upload.channel.code().to_owned(),
        upload_id: opened.upload_id,
        file_name: upload.file_name.clone(),
        sha256: opened.sha256.clone(),
        format: opened.source.format().to_owned(),
        mapping: opened.columns.mapping.clone(),
        columns: opened.columns(&upload.mapping),
        other_sheets: opened.source.other_sheets().to_vec(),
        counts: Counts::default(),
        repeated: 0,
        unknown_choices: Vec::new(),
        problems: opened.problems.clone(),
        more_problems: 0,
        lines: Vec::new(),
    }
}

/// A dry run on its way.
struct Looking<'a> {
    intake: &'a Intake,
    upload: &'a Upload,
    published: Arc<Published>,
    report: Report,
    /// Lines that wait to be held against what is there.
    waiting: Vec<(u32, Box<Ready>)>,
    /// By question and what is written: its place among the unknown choices.
    unknown: HashMap<(String, String), usize>,
}

impl Looking<'_> {
    async fn take(&mut self, event: Event) -> Result<()> {
        match event {
            Event::Blank(first, lines) => {
                self.flush().await?;
                let message = match lines {
                    1 => format!("line {first} is blank"),
                    _ => format!("lines {first} to {} are blank", first + lines - 1),
                };
                self.problem(Problem::in_line("blank_line", first, message, "nothing needs doing: it is passed over").note());
                self.line(first, Outcome::Blank, None, None);
                self.report.counts.add(Outcome::Blank, lines - 1);
            }
            Event::Line(read) => self.read(*read).await?,
        }
        Ok(())
    }

    async fn read(&mut self, read: Read) -> Result<()> {
        for problem in read.problems {
            self.problem(problem);
        }
        for unknown in read.unknown {
            self.unknown(unknown, read.line);
        }
        if let Some(ready) = read.ready {
            self.waiting.push((read.line, ready));
        } else {
            self.flush().await?;
            self.line(read.line, Outcome::Wrong, None, None);
        }
        if self.waiting.len() == CHUNK {
            self.flush().await?;
        }
        Ok(())
    }

    fn unknown(&mut self, unknown: Unknown, line: u32) {
        let Unknown { question, written, nearest } = unknown;
        let all = &mut self.report.unknown_choices;
        match self.unknown.get(&(question.clone(), written.clone())) {
            Some(place) => all[*place].lines += 1,
            None if all.len() < UNKNOWN => {
                self.unknown.insert((question.clone(), written.clone()), all.len());
                all.push(UnknownChoice { question, written, nearest, line, lines: 1 });
            }
            None => {}
        }
    }

    fn problem(&mut self, problem: Problem) {
        self.report.repeated += u32::from(problem.code == "repeated_line");
        if self.report.problems.len() < SPELT_OUT {
            self.report.problems.push(problem);
        } else {
            self.report.more_problems += 1;
        }
    }

    fn line(&mut self, line: u32, outcome: Outcome, why: Option<Why>, submission: Option<&Submission>) {
        let (response_id, revision_id) = (submission.map(|it| it.response_id), submission.map(|it| it.revision_id));
        self.report.lines.push(LineReport { line, outcome, why, response_id, revision_id });
        self.report.counts.add(outcome, 1);
        self.upload.progress.at(self.report.counts.lines);
    }

    /// Hold the waiting lines against what is there.
    async fn flush(&mut self) -> Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let waiting = std::mem::take(&mut self.waiting);
        let ids: Vec<Uuid> = waiting.iter().map(|(_, ready)| ready.submission.revision_id).collect();
        let there = uploads::there(&self.intake.db.read, &self.upload.consultation, &ids).await?;
        let now = (self.intake.now)();
        for (line, ready) in waiting {
            let reception = self.published.consultation.window_of(Some(ready.submission.edition)).may_receive(
                ready.submission.channel,
                dates(&ready.submission),
                now,
            );
            let (outcome, why) = outcome(reception, there.get(&ready.submission.revision_id), &ready);
            self.line(line, outcome, why, Some(&ready.submission));
            self.odd(line, outcome, why, &there, &ready);
        }
        Ok(())
    }

    /// What is worth a look about a line that can be taken in.
    fn odd(&mut self, line: u32, outcome: Outcome, why: Option<Why>, there: &HashMap<Uuid, There>, ready: &Ready) {
        let gone = there.get(&ready.submission.revision_id).is_some_and(|there| there.withdrawn);
        if outcome == Outcome::Duplicate && gone {
            let message = "the same was stored before and withdrawn since; it stays withdrawn";
            self.problem(Problem::in_line("withdrawn_before", line, message, "nothing needs doing").note());
        }
        if let Some(why) = why {
            let (message, cure) = match why {
                Why::Late => ("it came after the closing day", "a person decides; check the dates on it"),
                Why::Conflict => ("other answers are stored under its id", "a person decides between the two"),
                _ => (
                    "nothing proves that it came in time",
                    "give the day it was completed, posted or received; else a person decides",
                ),
            };
            self.problem(Problem::in_line(why.code(), line, message, cure).note());
        }
    }
}

fn dates(submission: &Submission) -> Dates {
    Dates {
        completed_on: submission.completed_on,
        posted_on: submission.posted_on,
        received_on: submission.received_on,
        ..Dates::default()
    }
}

/// What becomes of a line that can be read: pure, and the same as the door decides.
fn outcome(reception: Reception, there: Option<&There>, ready: &Ready) -> (Outcome, Option<Why>) {
    match (there, reception) {
        (Some(there), _) if there.digest == ready.digest && there.response_id == ready.submission.response_id => {
            (Outcome::Duplicate, None)
        }
        (Some(_), _) => (Outcome::Held, Some(Why::Conflict)),
        (None, Reception::InTime) => (Outcome::Stored, None),
        (None, Reception::Late) => (Outcome::Held, Some(Why::Late)),
        (None, Reception::Unproven | Reception::NotYetOpen | Reception::Shut) => (Outcome::Held, Some(Why::Unproven)),
    }
}
