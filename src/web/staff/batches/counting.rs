//! Counting a batch in, and counting it again.

use std::collections::BTreeMap;

use actix_web::web::{Data, Form, Path};
use chrono::NaiveDate;
use serde_json::json;
use validator::Validate;

use super::super::page::{Page, Seat, Sheet, Wrong, page, see_other};
use super::{Here, ids, one, why};
use crate::app::App;
use crate::domain::access::Role;
use crate::domain::day::{as_typed, typed as typed_day};
use crate::domain::ledger::{MOST_SHEETS, Postmark, Source, check_count};
use crate::domain::submission::Channel;
use crate::domain::window::{Stage, london_day};
use crate::domain::wording::Edition;
use crate::intake::keyed::{Place, act};
use crate::store::batches::{Act, Done, NewBatch};

/// How answers come onto paper that is keyed here, in words.
const CHANNELS: [(Channel, &str); 4] = [
    (Channel::Paper, "Written by the person on a paper form"),
    (Channel::FaceToFace, "Written down in an interview"),
    (Channel::Workshop, "Filled in at a workshop"),
    (Channel::Telephone, "Written down on the telephone"),
];

/// What the page of a new batch sends, as it was typed.
#[derive(Debug, Default, Clone, serde::Deserialize, serde::Serialize, Validate)]
#[serde(default)]
pub struct Typed {
    source: String,
    #[validate(length(min = 1, max = 120, message = "Say where it came from, in up to 120 characters."))]
    place: String,
    #[validate(length(max = 60, message = "A code has up to 60 characters."))]
    event: String,
    channel: String,
    /// Edition and version in one: `standard 2`.
    form: String,
    received_on: String,
    postmark: String,
    posted_on: String,
    sheets: String,
}

type Faults = BTreeMap<&'static str, String>;

impl Typed {
    /// The batch, or what is wrong by field.
    fn read(&self, here: &Here) -> Result<NewBatch, Faults> {
        let mut faults = Faults::new();
        if let Err(errors) = self.validate() {
            for (field, errors) in errors.field_errors() {
                let message = errors.first().and_then(|error| error.message.clone()).unwrap_or_default();
                let field = if field == "place" { "place" } else { "event" };
                faults.insert(field, message.into_owned());
            }
        }
        let source = Source::from_code(&self.source);
        if source.is_none() {
            faults.insert("source", "Choose where it came from.".to_owned());
        }
        let channel = CHANNELS.into_iter().map(|(channel, _)| channel).find(|channel| channel.code() == self.channel);
        if channel.is_none() {
            faults.insert("channel", "Choose how the answers came onto the paper.".to_owned());
        }
        let form = self.form(here);
        if form.is_none() {
            faults.insert(
                "form",
                "Choose what is printed at the foot of the sheets. Sort a mixed pile first: one batch for each.".to_owned(),
            );
        }
        let received_on = self.received(here, &mut faults);
        let postmark = self.postmark(received_on, &mut faults);
        let sheets = self.sheets.trim().parse().unwrap_or(0);
        if let Err(why) = check_count(sheets) {
            faults.insert("sheets", why);
        }
        match (source, channel, form, received_on, postmark) {
            (Some(source), Some(channel), Some((edition, form_version)), Some(received_on), Some((postmark, posted_on)))
                if faults.is_empty() =>
            {
                let event = Some(self.event.trim().to_owned()).filter(|event| !event.is_empty());
                let place = self.place.trim().to_owned();
                Ok(NewBatch { source, place, event, channel, edition, form_version, received_on, postmark, posted_on, sheets })
            }
            _ => Err(faults),
        }
    }

    fn form(&self, here: &Here) -> Option<(Edition, u32)> {
        let (edition, version) = self.form.split_once(' ')?;
        let (edition, version) = (Edition::from_code(edition)?, version.parse().ok()?);
        here.published.form(None, version).filter(|form| form.has_edition(edition)).map(|_| (edition, version))
    }

    fn received(&self, here: &Here, faults: &mut Faults) -> Option<NaiveDate> {
        let day = typed_day(&self.received_on);
        let today = london_day(here.now);
        let fault = match day {
            None => "Give the day it reached us as day, month, year, such as 14/12/2022.",
            Some(day) if day > today => "This day has not come yet. Give the day it reached us.",
            Some(_) => return day,
        };
        faults.insert("received_on", fault.to_owned());
        None
    }

    fn postmark(&self, received_on: Option<NaiveDate>, faults: &mut Faults) -> Option<(Postmark, Option<NaiveDate>)> {
        let Some(postmark) = Postmark::from_code(&self.postmark) else {
            faults.insert("postmark", "Choose where the postmark is.".to_owned());
            return None;
        };
        if postmark != Postmark::Batch {
            return Some((postmark, None));
        }
        let fault = match typed_day(&self.posted_on) {
            None => "Give the day of the postmark as day, month, year, such as 12/12/2022.",
            Some(posted) if received_on.is_some_and(|received| posted > received) => {
                "It cannot be posted after it reached us. Look at both days."
            }
            posted => return Some((postmark, posted)),
        };
        faults.insert("posted_on", fault.to_owned());
        None
    }
}

pub(super) async fn form(app: Data<App>, seat: Seat, code: Path<String>) -> Page {
    let here = Here::new(&app, seat, code.into_inner(), &[Role::DeskOfficer])?;
    let today = as_typed(london_day(here.now));
    let typed = Typed { channel: Channel::Paper.code().to_owned(), received_on: today, ..Typed::default() };
    show(&here, &typed, &Faults::new())
}

fn show(here: &Here, typed: &Typed, faults: &Faults) -> Page {
    let order = ["source", "place", "event", "channel", "form", "received_on", "postmark", "posted_on", "sheets"];
    let errors: Vec<Wrong> =
        order.into_iter().filter_map(|field| faults.get(field).map(|text| Wrong::new(field, text.clone()))).collect();
    let forms = here.published.versions().rev().flat_map(|form| {
        let editions = Edition::ALL.into_iter().filter(|edition| form.has_edition(*edition));
        editions.map(|edition| {
            let words = if edition == Edition::Standard { "Standard" } else { "Easy read" };
            let (version, digest) = (form.form.version, form.digest.get(..12).unwrap_or_default());
            json!({ "value": format!("{edition} {version}"), "text": format!("{words}, version {version} ({digest})") })
        })
    });
    let item = |value: &str, text: &str| json!({ "value": value, "text": text });
    let context = json!({
        "typed": typed, "most": MOST_SHEETS,
        "forms": forms.collect::<Vec<_>>(),
        "sources": Source::ALL.map(|source| item(source.code(), source.words())),
        "channels": CHANNELS.map(|(channel, words)| item(channel.code(), words)),
        "postmarks": Postmark::ALL.map(|rule| item(rule.code(), rule.words())),
        "events": here.published.consultation.events.iter().map(|event| item(&event.code, &event.title)).collect::<Vec<_>>(),
    });
    let back = here.address("batches");
    let sheet = Sheet {
        title: "Count a batch in",
        template: "staff/batch-new.jinja",
        back: Some(&back),
        consultation: Some(&here.published),
        errors: &errors,
        done: None,
    };
    page(&here.seat, sheet, context)
}

pub(super) async fn count_in(app: Data<App>, seat: Seat, code: Path<String>, typed: Form<Typed>) -> Page {
    let here = Here::new(&app, seat, code.into_inner(), &[Role::DeskOfficer])?;
    let mut faults = Faults::new();
    if here.published.window.stage(here.now) == Stage::Draft {
        faults.insert("received_on", "This consultation has not opened yet. Keep the pile until it has.".to_owned());
    }
    let new = match typed.read(&here) {
        Ok(new) if faults.is_empty() => new,
        Ok(_) => return show(&here, &typed, &faults),
        Err(faults) => return show(&here, &typed, &faults),
    };
    let ids = ids(new.sheets)?;
    let place = Place { consultation: &here.code, batch: 0, sheet: 0 };
    match act(&app.intake, place, here.me(), Act::CountIn(Box::new(new), ids)).await? {
        Done::Counted(number) => Ok(see_other(&here.address(&format!("batches/{number}")))),
        other => Err(anyhow::anyhow!("counting in came back as {other:?}")).map_err(crate::error::Error::from)?,
    }
}

/// What a recount sends.
#[derive(Debug, Default, serde::Deserialize, serde::Serialize)]
pub struct Recounted {
    sheets: String,
    reason: String,
}

pub(super) async fn recount(app: Data<App>, seat: Seat, path: Path<(String, u32)>, form: Form<Recounted>) -> Page {
    let (code, batch) = path.into_inner();
    let here = Here::new(&app, seat, code, &[Role::DeskOfficer])?;
    let sheets = form.sheets.trim().parse().unwrap_or(0);
    let reason = form.reason.trim();
    if reason.is_empty() {
        let wrong = Wrong::new("recount-reason", "Say why the count changes.");
        return one::with_recount(&app, &here, batch, &[wrong], None, &form).await;
    }
    if let Err(fault) = check_count(sheets) {
        return one::with_recount(&app, &here, batch, &[Wrong::new("recount", fault)], None, &form).await;
    }
    let place = Place { consultation: &here.code, batch, sheet: 0 };
    match act(&app.intake, place, here.me(), Act::Recount(sheets, ids(sheets)?, reason.chars().take(500).collect())).await? {
        Done::Refused(refused) => {
            one::with_recount(&app, &here, batch, &[Wrong::new("recount", why(&refused))], None, &form).await
        }
        _ => Ok(see_other(&here.address(&format!("batches/{batch}")))),
    }
}
