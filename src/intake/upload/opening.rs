//! Opening a file: its kind, its headings, and a reader of its lines. Blocking: call it where waiting is allowed.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::Read as _;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};

use super::archive::refused;
use super::cells::{Cell, LINES, Row, letters};
use super::headings::{Columns, Known};
use super::identity::Identity;
use super::lines::{Lines, Read};
use super::mapping::{About, Mapping, Target};
use super::problem::Problem;
use super::report::ColumnReport;
use super::source::{Kind, Source};
use super::words::plain;
use super::{FILE_LIMIT, Upload};
use crate::domain::response::hex;
use crate::domain::submission::Channel;
use crate::error::{Error, Result};
use crate::store::catalogue::{Catalogue, Published};

/// How far down the headings are looked for.
const LOOKED_AT: u32 = 20;

/// A file that was opened.
#[derive(Debug, Clone)]
pub struct Opened {
    /// Where its rows come from.
    pub source: Source,
    /// The row of headings.
    pub headings: Row,
    /// What they mean.
    pub columns: Columns,
    /// What is wrong or odd about the file as a whole.
    pub problems: Vec<Problem>,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// The id of the upload.
    pub upload_id: uuid::Uuid,
    /// About how many lines there are, where that can be found out without reading them.
    pub expected: Option<u32>,
    published: Arc<Published>,
    channel: Channel,
}

/// What the rows give, in order.
#[derive(Debug)]
pub enum Event {
    /// Blank lines: the first, and how many.
    Blank(u32, u32),
    /// A line with something in it.
    Line(Box<Read>),
}

impl Opened {
    /// Open a file and find its headings.
    ///
    /// # Errors
    /// When it cannot be read as a spreadsheet at all.
    pub fn open(upload: &Upload, catalogue: &Catalogue) -> Result<Self> {
        if upload.channel == Channel::Online {
            let what = "online is for what comes in through the public pages; for a file made elsewhere use the channel import";
            return Err(refused("online_channel", what));
        }
        let published = catalogue.get(&upload.consultation).cloned().ok_or(Error::NotFound("consultation"))?;
        let sha256 = hash(&upload.path)?;
        let source = Source::open(&upload.path, &upload.mapping)?;
        let known = Known::new(published.versions());
        let (headings, mut problems) = headings(&source, &known, &upload.mapping)?;
        let mut columns = known.read(&headings, &upload.mapping);
        columns.mapping.heading_line = Some(headings.line);
        problems.extend(elsewhere(&headings, &known, upload, catalogue));
        problems.append(&mut columns.problems);
        problems.extend(confirm(&source, &headings, &mut columns.mapping));
        problems.extend(no_source(&columns));
        let saved = serde_json::to_string(&columns.mapping).map_err(anyhow::Error::from)?;
        let upload_id = Identity::new(&upload.consultation).upload(&sha256, upload.channel.code(), &saved);
        let expected = source.expected()?.map(|lines| lines.saturating_sub(headings.line));
        Ok(Self { source, headings, columns, problems, sha256, upload_id, expected, published, channel: upload.channel })
    }

    /// The columns with a heading, and what was made of each; `declared` is the mapping that was given.
    #[must_use]
    pub fn columns(&self, declared: &Mapping) -> Vec<ColumnReport> {
        let said: HashSet<String> = declared.columns.keys().map(|heading| plain(heading)).collect();
        let taken: HashMap<usize, &Target> = self.columns.taken.iter().map(|column| (column.at, &column.target)).collect();
        let ignored = |at: usize| self.columns.ignored.contains(&at).then_some(Target::Ignore);
        let target = |at: usize| taken.get(&at).map(|target| (*target).clone()).or_else(|| ignored(at));
        let headed = self.headings.cells.iter().enumerate().filter(|(_, cell)| !cell.is_blank());
        let column = |(at, cell): (usize, &Cell)| {
            let heading = cell.shown();
            ColumnReport { column: letters(at), target: target(at), declared: said.contains(&plain(&heading)), heading }
        };
        headed.map(column).collect()
    }

    /// Read every line beneath the headings, until no more are wanted.
    ///
    /// # Errors
    /// When the file turns out to be damaged, or to hold too many lines.
    pub fn lines(&self, take: &mut dyn FnMut(Event) -> ControlFlow<()>) -> Result<()> {
        let mut lines = Lines::new(
            &self.published.consultation.code,
            self.published.versions(),
            self.channel,
            self.columns.clone(),
            &self.headings,
        );
        let (mut last, mut count) = (self.headings.line, 0);
        let mut too_many = false;
        self.source.rows(&mut |row| {
            if row.line <= self.headings.line || row.is_blank() {
                return ControlFlow::Continue(());
            }
            count += 1;
            if count > LINES {
                too_many = true;
                return ControlFlow::Break(());
            }
            if row.line > last + 1 {
                take(Event::Blank(last + 1, row.line - last - 1))?;
            }
            last = row.line;
            take(Event::Line(Box::new(lines.read(&row))))
        })?;
        if too_many {
            return Err(refused(
                "too_many_lines",
                format!("the file holds more than {LINES} lines; split it into several files"),
            ));
        }
        Ok(())
    }
}

fn hash(path: &Path) -> Result<String> {
    let mut file = File::open(path).with_context(|| format!("opening {}", path.display()))?;
    let size = file.metadata().context("looking at the file")?.len();
    if size > FILE_LIMIT as u64 {
        return Err(Error::TooLarge(FILE_LIMIT));
    }
    let mut hasher = Sha256::new();
    let mut bytes = vec![0; 64 * 1024];
    loop {
        let got = file.read(&mut bytes).context("reading the file")?;
        if got == 0 {
            return Ok(hex(&hasher.finalize()));
        }
        hasher.update(&bytes[..got]);
    }
}

/// The row of headings: the one that was declared, else the one of the first few that is understood best.
fn headings(source: &Source, known: &Known, mapping: &Mapping) -> Result<(Row, Vec<Problem>)> {
    let mut best: Option<(usize, Row)> = None;
    source.rows(&mut |row| {
        let wanted = mapping.heading_line.is_none_or(|line| line == row.line);
        let last = mapping.heading_line.unwrap_or(LOOKED_AT);
        if row.line > last {
            return ControlFlow::Break(());
        }
        if wanted && !row.is_blank() {
            let understood = known.understood(&row, mapping);
            if best.as_ref().is_none_or(|(most, _)| understood > *most) {
                best = Some((understood, row));
            }
        }
        ControlFlow::Continue(())
    })?;
    let Some((understood, row)) = best else {
        return Err(refused(
            "no_headings",
            "there are no headings; write the key or the words of a question over each column, as the template does",
        ));
    };
    let mut problems = Vec::new();
    if understood == 0 {
        let cure = "write the key or the words of a question over each column, as the template does, or say in the mapping what the columns hold";
        problems.push(Problem::whole("no_headings", format!("no heading in line {} is that of a question", row.line), cure));
    }
    if row.line != 1 && mapping.heading_line.is_none() {
        let cure = format!("delete the lines above, or confirm it in the mapping: heading_line = {}", row.line);
        problems.push(Problem::at("headings_not_first", (0, row.line), format!("the headings stand in line {}", row.line), cure));
    }
    if let Some((column, region)) = row.merged.first() {
        let cure = "unmerge them, so that each column has a heading of its own";
        problems.push(Problem::at("merged_headings", (*column, row.line), format!("the headings {region} are merged"), cure));
    }
    Ok((row, problems))
}

/// Whether the headings are those of another consultation.
fn elsewhere(headings: &Row, known: &Known, upload: &Upload, catalogue: &Catalogue) -> Option<Problem> {
    let here = known.understood(headings, &upload.mapping);
    let nothing = Mapping::default();
    let others = catalogue.all().into_iter().filter(|other| other.consultation.code != upload.consultation);
    let best = others
        .map(|other| (Known::new(other.versions()).understood(headings, &nothing), other))
        .max_by_key(|(there, _)| *there)?;
    let (there, other) = best;
    (there > here).then(|| {
        let code = &other.consultation.code;
        let message =
            format!("{there} of the headings are those of the consultation {code}, and only {here} of {}", upload.consultation);
        Problem::whole("other_consultation", message, format!("upload the file to {code}, or choose the file that was meant"))
    })
}

/// What was found out about the file itself: what must be confirmed is an error, the rest goes into the mapping.
fn confirm(source: &Source, headings: &Row, mapping: &mut Mapping) -> Vec<Problem> {
    let not_read = |sheet: &str, others: &[String]| {
        let message = format!("only the sheet {sheet} is read; there are also {}", others.join(", "));
        let cure = "name another one as sheet in the mapping if it is the one that was meant";
        (!others.is_empty()).then(|| Problem::whole("other_sheets", message, cure).note())
    };
    match &source.kind {
        Kind::Text { letters, separator } => {
            mapping.separator = Some(*separator);
            let name = letters.encoding.name().to_ascii_lowercase();
            let problem = letters.guessed.then(|| {
                let shown = sample(source, headings.line);
                let message = format!("the text is not UTF-8; it looks like {name}{shown}");
                let cure =
                    format!("if that reads right, confirm it in the mapping: encoding = \"{name}\"; or save the file as UTF-8");
                Problem::whole("unconfirmed_encoding", message, cure)
            });
            if letters.guessed || letters.encoding != encoding_rs::UTF_8 {
                mapping.encoding = Some(name);
            }
            problem.into_iter().collect()
        }
        Kind::Workbook { sheet, others, .. } | Kind::OpenDocument { sheet, others } => {
            mapping.sheet = Some(sheet.clone());
            not_read(sheet, others).into_iter().collect()
        }
    }
}

/// The first words with a letter beyond ASCII, as they read now.
fn sample(source: &Source, from: u32) -> String {
    let mut found = None;
    let looked = source.rows(&mut |row| {
        let odd = |text: &String| !text.is_ascii();
        let cells = row.cells.iter().enumerate().map(|(column, cell)| (column, cell.shown()));
        found = cells.filter(|(_, text)| odd(text)).map(|(column, text)| (super::cells::place(column, row.line), text)).next();
        if found.is_some() && row.line >= from { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    match (looked, found) {
        (Ok(()), Some((cell, text))) => {
            let words = text.split_whitespace().filter(|word| !word.is_ascii()).take(3).collect::<Vec<_>>().join(", ");
            format!(", and cell {cell} then holds \u{201c}{}\u{201d}", super::words::short(&words))
        }
        _ => String::new(),
    }
}

fn no_source(columns: &Columns) -> Option<Problem> {
    let has_ids = columns.taken.iter().any(|column| column.target == Target::About(About::Id));
    (has_ids && columns.mapping.source.is_none()).then(|| {
        let cure =
            "say in the mapping whose ids they are, such as source = \"library-3\", so that two partners' numbers stay apart";
        Problem::whole("no_source", "a column of ids needs the name of its source", cure)
    })
}
