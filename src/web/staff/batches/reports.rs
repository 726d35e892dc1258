//! The daily reconciliation and the quality sheet, each as a page and as CSV from the same figures.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Data, Path, Query};
use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::page::{Page, Seat, Sheet as Around, page};
use super::super::words::{Names, day};
use super::Here;
use super::paper_view::Paper;
use crate::app::App;
use crate::domain::access::Role;
use crate::domain::day::{as_typed, typed};
use crate::domain::double_keying::{Quality, Sort, Tally, quality as judged};
use crate::domain::ledger::Balance;
use crate::domain::window::{london_day, london_midnight};
use crate::domain::wording::Edition;
use crate::error::{Error, Result};
use crate::intake::keyed::entry::Entry;
use crate::store::batches::{self, Reckoned, reckon};

/// Which day.
#[derive(Debug, Deserialize)]
pub struct Asked {
    day: Option<String>,
}

/// One batch in the reconciliation; the column names of the CSV.
#[derive(Debug, Serialize)]
struct Line {
    day: NaiveDate,
    batch: u32,
    source: &'static str,
    place: String,
    received_on: NaiveDate,
    received: u32,
    keyed: u32,
    spoiled: u32,
    duplicate: u32,
    void: u32,
    open: i64,
    ended_that_day: u32,
    responses_stored: u32,
    held: u32,
    keyed_is_borne_out: bool,
    closed: bool,
}

impl Line {
    fn new(day: NaiveDate, reckoned: &Reckoned) -> Self {
        let Reckoned { batch, balance, stored, held, ended_since } = reckoned;
        let end = london_midnight(day + Days::new(1));
        Self {
            day,
            batch: batch.number,
            source: batch.about.source.code(),
            place: guarded(&batch.about.place),
            received_on: batch.about.received_on,
            received: balance.received,
            keyed: balance.keyed,
            spoiled: balance.spoiled,
            duplicate: balance.duplicate,
            void: balance.void,
            open: balance.open(),
            ended_that_day: *ended_since,
            responses_stored: *stored,
            held: *held,
            keyed_is_borne_out: reckoned.is_borne_out(),
            closed: batch.closed.as_ref().is_some_and(|(_, at)| *at < end),
        }
    }
}

async fn lines(app: &App, here: &Here, asked: Option<&str>) -> Result<(NaiveDate, Vec<Line>, Balance)> {
    let today = london_day(here.now);
    let day = match asked.filter(|text| !text.trim().is_empty()) {
        None => today,
        Some(text) => typed(text).filter(|day| *day <= today).ok_or_else(|| {
            Error::unreadable("not_a_day", "Give a day that has come, as day, month, year, such as 14/12/2022.")
        })?,
    };
    let (since, before) = (london_midnight(day), london_midnight(day + Days::new(1)));
    let reckoned = reckon(&app.db().read, &here.code, since, before).await?;
    let total = reckoned.iter().fold(Balance::default(), |sum, one| sum + one.balance);
    Ok((day, reckoned.iter().map(|one| Line::new(day, one)).collect(), total))
}

pub(super) async fn reconciliation(app: Data<App>, seat: Seat, code: Path<String>, asked: Query<Asked>) -> Page {
    let here = Here::new(&app, seat, code.into_inner(), &[Role::DeskOfficer])?;
    let (of, lines, total) = lines(&app, &here, asked.day.as_deref()).await?;
    let around = Around {
        title: "Daily reconciliation of paper",
        template: "staff/reconciliation.jinja",
        back: Some("/staff"),
        consultation: Some(&here.published),
        ..Around::default()
    };
    let context = json!({
        "day": day(of), "typed": as_typed(of), "lines": lines, "total": total, "open": total.open(),
        "stored": lines.iter().map(|line| line.responses_stored).sum::<u32>(),
        "held": lines.iter().map(|line| line.held).sum::<u32>(),
        "ended": lines.iter().map(|line| line.ended_that_day).sum::<u32>(),
        "csv": here.address(&format!("reconciliation.csv?day={of}")), "base": here.address("batches"),
        "doubtful": lines.iter().filter(|line| !line.keyed_is_borne_out).map(|line| line.batch).collect::<Vec<_>>(),
    });
    page(&here.seat, around, context)
}

pub(super) async fn reconciliation_csv(app: Data<App>, seat: Seat, code: Path<String>, asked: Query<Asked>) -> Page {
    let here = Here::new(&app, seat, code.into_inner(), &[Role::DeskOfficer])?;
    let (of, lines, _) = lines(&app, &here, asked.day.as_deref()).await?;
    csv(&format!("reconciliation-{}-{of}.csv", here.code), lines)
}

/// One line of the quality sheet; the column names of the CSV.
#[derive(Debug, Serialize)]
struct Rate {
    /// `question` or `keyer`.
    by: &'static str,
    name: String,
    words: String,
    /// `closed` or `words`.
    sort: Sort,
    entries_compared: u32,
    entries_wrong: u32,
    per_cent_wrong: Option<String>,
}

impl Rate {
    fn new(by: &'static str, name: &str, words: &str, sort: Sort, tally: Tally) -> Self {
        let Tally { compared, wrong } = tally;
        let name = name.to_owned();
        let words = guarded(words);
        Self { by, name, words, sort, entries_compared: compared, entries_wrong: wrong, per_cent_wrong: tally.per_cent() }
    }
}

async fn rates(app: &App, here: &Here) -> Result<(Quality, Vec<Rate>)> {
    let pairs = batches::pairs(&app.db().read, &here.code).await?;
    let quality = judged(&pairs.into_iter().map(|stored| stored.pair).collect::<Vec<_>>());
    let names = Names::read(app).await?;
    let form = here.published.latest_form().ok_or(Error::NotFound("form"))?;
    let entry = Entry::default();
    let paper = Paper { form, edition: Edition::Standard, entry: &entry, wrong: &[] };
    let mut rates: Vec<Rate> = Vec::new();
    for ((key, sort), tally) in &quality.by_keyer {
        if tally.compared > 0 {
            rates.push(Rate::new("keyer", key, names.of(key), *sort, *tally));
        }
    }
    let order = |key: &str| form.fields().iter().position(|field| field.key == key).map_or(0, |index| index + 1);
    let mut questions: Vec<_> = quality.by_question.iter().collect();
    questions.sort_by_key(|((key, _), _)| (order(key), key.clone()));
    rates.extend(questions.into_iter().map(|((key, sort), tally)| Rate::new("question", key, &paper.name(key), *sort, *tally)));
    Ok((quality, rates))
}

pub(super) async fn quality(app: Data<App>, seat: Seat, code: Path<String>) -> Page {
    let here = Here::new(&app, seat, code.into_inner(), &[Role::DeskOfficer, Role::Verifier])?;
    let (quality, rates) = rates(&app, &here).await?;
    let (keyers, questions): (Vec<_>, Vec<_>) = rates.into_iter().partition(|rate| rate.by == "keyer");
    let rules = here.published.consultation.paper;
    let around = Around {
        title: "Quality of keying",
        template: "staff/keying-quality.jinja",
        back: Some("/staff"),
        consultation: Some(&here.published),
        ..Around::default()
    };
    let context = json!({
        "settled": quality.settled, "unsettled": quality.unsettled, "keyers": keyers, "questions": questions,
        "share": rules.keyed_twice_per_cent, "allowed": rules.wrong_per_thousand, "csv": here.address("keying-quality.csv"),
    });
    page(&here.seat, around, context)
}

pub(super) async fn quality_csv(app: Data<App>, seat: Seat, code: Path<String>) -> Page {
    let here = Here::new(&app, seat, code.into_inner(), &[Role::DeskOfficer, Role::Verifier])?;
    let (_, rates) = rates(&app, &here).await?;
    csv(&format!("keying-quality-{}.csv", here.code), rates)
}

/// Words that a spreadsheet would take for a formula, made plain: these files are opened by people.
fn guarded(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t']) { format!("'{text}") } else { text.to_owned() }
}

fn csv(name: &str, lines: Vec<impl Serialize>) -> Page {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for line in lines {
        writer.serialize(line).map_err(|error| Error::Internal(error.into()))?;
    }
    let body = writer.into_inner().map_err(|error| Error::Internal(anyhow::anyhow!("{error}")))?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("text/csv; charset=utf-8")
        .body(body))
}
