//! One answer in front of a coder, with its closed answers and edition beside it, and the coding as it stands.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::web::{Data, Path, Query};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::words::{self, STANCES, stance_code};
use super::{Here, safeguarding, twice};
use crate::app::App;
use crate::domain::access::CODES;
use crate::domain::answer::{Answer, Value};
use crate::domain::codeframe::{Codeframe, Entry, Fate};
use crate::domain::coding::{Answered, Coding, Flag, Flagging, Stance};
use crate::domain::form::FormVersion;
use crate::domain::question::{Field, Part, Takes};
use crate::domain::response::Revision;
use crate::error::{Error, Result};
use crate::store::responses;
use crate::store::themes::codings::{self, Log};
use crate::store::themes::queues::{self, Item, Queue};
use crate::store::themes::{frames, reads};
use crate::web::staff::answers::{label, stored};
use crate::web::staff::page::{Page, Seat, Sheet, Wrong, page, see_other};
use crate::web::staff::words::{Names, edition_words, instant};

/// From which queue somebody comes, and what they just did.
#[derive(Debug, Default, Deserialize)]
pub struct From {
    pub(super) queue: Option<Uuid>,
    /// The step that was just stored, to be undone from here.
    pub(super) done: Option<Uuid>,
    #[serde(default)]
    pub(super) undone: String,
}

/// An answer with all that a coder needs.
pub(super) struct Reading {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) revision: Revision,
    pub(super) text: String,
    pub(super) version: Arc<FormVersion>,
    pub(super) log: Log,
    pub(super) coding: Coding,
    pub(super) frame: Codeframe,
}

impl Reading {
    /// The answer as it is in force, with the coding as it stands. Noted as read by nobody yet.
    pub(super) async fn open(app: &App, here: &Here, question: &str, response: Uuid) -> Result<Self> {
        let (version, field) = here.question(question)?;
        let name = words::question(version, field);
        let db = &app.db().read;
        let (revision, text) = words_of(app, here, question, response).await?;
        let form = here.published.form(Some(&revision.form), revision.form_version).ok_or(Error::NotFound("form version"))?;
        let log = codings::log(db, &here.code, question, response).await?;
        let frame = frames::read(db, &here.code).await?.of_question(question)?;
        let (coding, version, key) = (log.coding(), Arc::clone(form), question.to_owned());
        Ok(Self { key, name, revision, text, version, log, coding, frame })
    }

    /// How many code points it has.
    pub(super) fn length(&self) -> usize {
        self.text.chars().count()
    }

    /// Note that its words are about to be shown.
    pub(super) async fn note(&self, app: &App, here: &Here) -> Result<()> {
        let answer = [(self.revision.response_id, self.revision.revision_id)];
        reads::note(app.db(), &here.code, &self.key, &answer, here.by(), here.now).await
    }
}

/// The revision in force of a response, and what it says to a question in the person's own words.
pub(super) async fn words_of(app: &App, here: &Here, question: &str, response: Uuid) -> Result<(Revision, String)> {
    const NONE: Error = Error::NotFound("answer");
    let db = &app.db().read;
    let (revision_id, known) = responses::last(db, &here.code, response).await?.ok_or(NONE)?;
    if known.withdrawn {
        return Err(NONE);
    }
    let revision = responses::revision(db, &here.code, revision_id).await?.ok_or(NONE)?;
    match revision.answers.get(question) {
        Answer::Answered(Value::Text(words)) if revision.form == here.published.consultation.form => Ok((revision, words)),
        _ => Err(NONE),
    }
}

/// What stands at an answer by theme, merged themes under the one they were merged into.
pub(super) fn standing(coding: &Coding, frame: &Codeframe) -> BTreeMap<Uuid, Option<Stance>> {
    coding.applied.iter().map(|(mark, applied)| (frame.reads_as(mark.theme), applied.stance)).collect()
}

/// What the page shows besides the answer.
#[derive(Default)]
pub(super) struct Shown<'a> {
    pub(super) errors: &'a [Wrong],
    pub(super) from: From,
    /// Whether it is coded blind: nothing that anybody did at it is shown.
    pub(super) blind: bool,
    /// What somebody ticked and could not store; what stands otherwise.
    pub(super) ticked: Option<BTreeMap<Uuid, Option<Stance>>>,
    /// What else they typed.
    pub(super) typed: BTreeMap<String, String>,
}

pub(super) async fn show(app: Data<App>, seat: Seat, path: Path<(String, String, Uuid)>, from: Query<From>) -> Page {
    let (code, question, response) = path.into_inner();
    let here = Here::new(&app, seat, code, CODES)?;
    let reading = Reading::open(&app, &here, &question, response).await?;
    if let Some(place) = twice::elsewhere(&app, &here, &reading).await? {
        return Ok(see_other(&place));
    }
    reading.note(&app, &here).await?;
    shown(&app, &here, &reading, Shown { from: from.into_inner(), ..Shown::default() }).await
}

/// The queue somebody works through, when it is theirs.
pub(super) async fn queue(app: &App, here: &Here, id: Option<Uuid>) -> Result<Option<Queue>> {
    match id {
        Some(id) => queues::one(&app.db().read, &here.code, id, here.seat.staff_id()).await,
        None => Ok(None),
    }
}

/// The page. What it shows must have been noted as read.
pub(super) async fn shown(app: &App, here: &Here, reading: &Reading, shown: Shown<'_>) -> Page {
    let queue = queue(app, here, shown.from.queue).await?;
    let place = queue.as_ref().and_then(|queue| place(queue, reading.revision.response_id));
    let names = Names::read(app).await?;
    let person = |id: Uuid| names.of(&format!("staff:{id}")).to_owned();
    let coding = &reading.coding;
    let stands = if shown.blind { BTreeMap::new() } else { standing(coding, &reading.frame) };
    let ticked = shown.ticked.as_ref().unwrap_or(&stands);
    let who: Vec<Json> = coding
        .applied
        .iter()
        .map(|(mark, applied)| {
            let name = words::name(&reading.frame, reading.frame.reads_as(mark.theme));
            json!({ "name": name, "by": person(applied.by), "stance": stance_words(applied.stance) })
        })
        .collect();
    let register = |one: &Flagging| json!({ "what": flag_words(one.flag), "set": one.set, "by": person(one.by), "at": instant(one.at), "why": one.why });
    let context = json!({
        "code": here.code, "question": reading.key, "response": reading.revision.response_id, "name": reading.name,
        "text": reading.text, "reference": reading.revision.reference, "edition": edition_words(reading.revision.edition),
        "closed": beside(reading), "groups": picker(&reading.frame, ticked), "ended": ended(&reading.frame, ticked),
        "stances": STANCES.map(|(_, code, text)| json!({ "value": code, "text": text })), "who": who,
        "notes": coding.notes.iter().map(|(by, text)| json!({ "by": person(*by), "text": text })).collect::<Vec<_>>(),
        "register": coding.register.iter().map(register).collect::<Vec<_>>(), "material": coding.has(Flag::Material),
        "safeguarding": coding.has(Flag::Safeguarding), "told": safeguarding::told(app, here).await?,
        "blind": shown.blind,
        "suggested": if shown.blind { Vec::new() } else { suggested(reading, &shown.typed) }, "seen": coding.version, "frame": reading.frame.version, "typed": shown.typed, "has_themes": reading.frame.themes().count() > 0,
        "was_changed": reading.log.revision_id.is_some_and(|coded| coded != reading.revision.revision_id),
        "queue": queue.as_ref().map(|queue| json!({ "id": queue.queue_id, "place": place.map(|(place, _)| place + 1), "of": queue.items.len() })),
        "repeats": place.map_or(0, |(_, item)| item.repeats.len()), "step": shown.from.done,
    });
    let back = format!("/staff/{}/coding/{}{}", here.code, reading.key, if shown.blind { "/twice" } else { "" });
    let done = (shown.from.undone == "yes").then_some("It is undone. Notes and flags stay; take a flag back with a reason.");
    let sheet = Sheet {
        title: "Code an answer",
        template: "staff/coding-answer.jinja",
        back: Some(&back),
        consultation: Some(&here.published),
        errors: shown.errors,
        done,
    };
    page(&here.seat, sheet, context)
}

/// Where an answer stands in a queue.
pub(super) fn place(queue: &Queue, response: Uuid) -> Option<(usize, &Item)> {
    queue.items.iter().enumerate().find(|(_, item)| item.answer == response)
}

pub(super) fn stance_words(stance: Option<Stance>) -> &'static str {
    STANCES.iter().find(|(known, ..)| Some(*known) == stance).map_or("", |(_, _, words)| words)
}

pub(super) const fn flag_words(flag: Flag) -> &'static str {
    match flag {
        Flag::Material => "Material point",
        Flag::Safeguarding => "Safeguarding",
    }
}

/// The closed answers of the section that the question is in: what the person's words explain.
fn beside(reading: &Reading) -> Vec<(String, String)> {
    let Some(field) = reading.version.field(&reading.key) else { return Vec::new() };
    let closed = |other: &&Field| {
        let same = other.section == field.section && other.key != reading.key;
        same && !matches!(other.takes, Takes::Text(_)) && matches!(other.part, Part::Answer | Part::Statement(_))
    };
    let said = |other: &Field| {
        let said = stored(&reading.version, other, &reading.revision.answers);
        (!said.is_empty()).then(|| (label(&reading.version, other), said))
    };
    reading.version.fields().iter().filter(closed).filter_map(said).collect()
}

/// The themes to choose from, net by net, then the standing codes.
pub(super) fn picker(frame: &Codeframe, ticked: &BTreeMap<Uuid, Option<Stance>>) -> Vec<Json> {
    let theme = |entry: &Entry| {
        let stance = ticked.get(&entry.id);
        json!({ "id": entry.id, "name": entry.wording.name, "definition": entry.wording.definition, "include": entry.wording.include,
            "exclude": entry.wording.exclude, "ticked": stance.is_some(), "stance": stance_code(stance.copied().flatten()) })
    };
    let of = |net: Option<Uuid>, standing: bool| {
        let own = frame.themes().filter(move |entry| entry.net == net && entry.standing.is_some() == standing);
        own.map(theme).collect::<Vec<Json>>()
    };
    let mut groups: Vec<(String, Vec<Json>)> =
        frame.nets().map(|net| (net.wording.name.clone(), of(Some(net.id), false))).collect();
    groups.push(("In no net".to_owned(), of(None, false)));
    groups.push(("Standing codes".to_owned(), of(None, true)));
    let shown = groups.into_iter().filter(|(_, themes)| !themes.is_empty());
    shown.map(|(title, themes)| json!({ "title": title, "themes": themes })).collect()
}

/// What is suggested and waits for an answer; one whose theme has ended, or stands there already, is not.
fn suggested(reading: &Reading, typed: &BTreeMap<String, String>) -> Vec<Json> {
    let open = reading.coding.suggested.iter().filter(|(_, one)| {
        let in_use = reading.frame.themes().any(|theme| theme.id == one.mark.theme);
        one.answered == Answered::Open && in_use && !reading.coding.applied.contains_key(&one.mark)
    });
    let mut all: Vec<_> = open.collect();
    all.sort_by_key(|(_, one)| std::cmp::Reverse(one.confidence));
    all.into_iter()
        .map(|(id, one)| {
            json!({ "id": id, "name": words::name(&reading.frame, one.mark.theme), "sure": one.confidence / 10, "because": one.because,
                "said": typed.get(&format!("suggestion.{id}")) })
        })
        .collect()
}

/// Themes that stand at the answer and are no longer in use: they stay unless somebody takes them off.
fn ended(frame: &Codeframe, ticked: &BTreeMap<Uuid, Option<Stance>>) -> Vec<Json> {
    let gone = frame.entries.iter().filter(|entry| entry.fate != Fate::InUse && ticked.contains_key(&entry.id));
    let why = |entry: &Entry| match &entry.fate {
        Fate::SplitInto(into) => {
            let names: Vec<String> = into.iter().map(|id| format!("“{}”", words::name(frame, *id))).collect();
            format!("was split into {}; choose among them and take this one off", names.join(", "))
        }
        _ => "is no longer in use; what was coded to it counts".to_owned(),
    };
    gone.map(|entry| json!({ "id": entry.id, "name": entry.wording.name, "why": why(entry) })).collect()
}
