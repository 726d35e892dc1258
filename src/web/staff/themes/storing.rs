//! Storing what a coder decided about an answer, and undoing it.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::web::{Data, Form, Path};
use serde::Deserialize;
use uuid::Uuid;

use super::answer::{From, Reading, Shown, place, queue, shown, standing, words_of};
use super::{Here, safeguarding, twice, words};
use crate::analysis::coding::same_words;
use crate::app::App;
use crate::domain::access::CODES;
use crate::domain::codeframe::Codeframe;
use crate::domain::coding::{Act, Answered, CannotCode, Coding, Flag, Mark, Stance};
use crate::error::{Error, Result};
use crate::mail;
use crate::store::begin_write;
use crate::store::themes::codings::{self, At, Step};
use crate::store::themes::queues::{self, Queue};
use crate::store::themes::{frames, reads};
use crate::web::staff::evidence::clean;
use crate::web::staff::page::{Page, Seat, Wrong, see_other};

/// The most characters of a note or a reason.
const WORDS_LIMIT: usize = 2000;

/// Both flags with their fields.
const FLAGS: [(Flag, &str); 2] = [(Flag::Material, "material"), (Flag::Safeguarding, "safeguarding")];

/// What a coder sent: themes with their stances, and the rest by field.
pub(super) struct Sent {
    pub(super) ticked: BTreeMap<Uuid, Option<Stance>>,
    pub(super) fields: BTreeMap<String, String>,
}

impl Sent {
    pub(super) fn new(pairs: Vec<(String, String)>) -> Self {
        let themes: Vec<Uuid> = pairs.iter().filter(|(name, _)| name == "theme").filter_map(|(_, id)| id.parse().ok()).collect();
        let fields: BTreeMap<String, String> =
            pairs.into_iter().filter(|(name, _)| name != "theme").map(|(name, text)| (name, clean(&text))).collect();
        let stance = |id: &Uuid| fields.get(&format!("stance.{id}")).and_then(|code| words::stance(code));
        Self { ticked: themes.into_iter().map(|id| (id, stance(&id))).collect(), fields }
    }

    pub(super) fn text(&self, field: &str) -> &str {
        self.fields.get(field).map_or("", String::as_str)
    }

    fn number(&self, field: &str) -> u32 {
        self.text(field).parse().unwrap_or_default()
    }

    pub(super) fn queue(&self) -> Option<Uuid> {
        self.text("queue").parse().ok()
    }

    /// What is wrong with what was typed.
    pub(super) fn wrong(&self, coding: &Coding) -> Vec<Wrong> {
        let mut errors = Vec::new();
        for (flag, field) in FLAGS {
            let (why, off) = (format!("{field}_why"), format!("{field}_off_why"));
            if !self.text(field).is_empty() && self.text(&why).is_empty() {
                let what = if flag == Flag::Material { "what the point is" } else { "what you fear, without a name" };
                errors.push(Wrong::new(&why, format!("Say {what}: it stays in the register.")));
            }
            if coding.has(flag) && !self.text(&format!("{field}_off")).is_empty() && self.text(&off).is_empty() {
                errors
                    .push(Wrong::new(&off, "Say why the flag is taken back: the flag and the reason both stay in the register."));
            }
            for field in [why, off] {
                if self.text(&field).chars().count() > WORDS_LIMIT {
                    errors.push(Wrong::new(&field, format!("Say it in up to {WORDS_LIMIT} characters.")));
                }
            }
        }
        if self.text("note").chars().count() > WORDS_LIMIT {
            errors.push(Wrong::new("note", format!("Write the note in up to {WORDS_LIMIT} characters.")));
        }
        errors
    }

    /// What was answered of what is suggested: taken over or turned down.
    fn answered(&self, now: &Coding) -> (Vec<Act>, BTreeSet<Uuid>) {
        let (mut acts, mut taken) = (Vec::new(), BTreeSet::new());
        for (id, suggested) in now.suggested.iter().filter(|(_, one)| one.answered == Answered::Open) {
            match self.text(&format!("suggestion.{id}")) {
                "accept" => {
                    let stance = words::stance(self.text(&format!("stance.{}", suggested.mark.theme)));
                    taken.insert(suggested.mark.theme);
                    acts.push(Act::Accept { suggestion: *id, stance });
                }
                "reject" => acts.push(Act::Reject { suggestion: *id }),
                _ => {}
            }
        }
        (acts, taken)
    }

    /// What is to be done about themes, given what was in front of the coder and what stands now.
    fn themes(&self, before: &Coding, now: &Coding, frame: &Codeframe) -> Vec<Act> {
        let (mut acts, taken) = self.answered(now);
        let stood = standing(before, frame);
        let removed = before.applied.keys().filter(|mark| !self.ticked.contains_key(&frame.reads_as(mark.theme)));
        acts.extend(removed.filter(|mark| !taken.contains(&mark.theme)).map(|mark| Act::Remove { mark: *mark }));
        let in_use = |id: Uuid| frame.themes().any(|theme| theme.id == id);
        for (theme, stance) in self.ticked.iter().filter(|(theme, _)| !taken.contains(theme)) {
            if stood.get(theme) != Some(stance) && (in_use(*theme) || !stood.contains_key(theme)) {
                acts.push(Act::Apply { mark: Mark { theme: *theme, span: None }, stance: *stance });
            }
        }
        // Turning a suggestion down is no coding: the answer was looked at all the same.
        if acts.iter().all(|act| matches!(act, Act::Reject { .. })) {
            acts.push(Act::Looked);
        }
        acts
    }

    /// What else is to be done, at this answer alone.
    pub(super) fn others(&self, coding: &Coding) -> Vec<Act> {
        let mut acts = Vec::new();
        for (flag, field) in FLAGS {
            if !self.text(field).is_empty() && !coding.has(flag) {
                acts.push(Act::Flag { flag, why: self.text(&format!("{field}_why")).to_owned() });
            }
            if !self.text(&format!("{field}_off")).is_empty() && coding.has(flag) {
                acts.push(Act::Unflag { flag, why: self.text(&format!("{field}_off_why")).to_owned() });
            }
        }
        if !self.text("note").is_empty() {
            acts.push(Act::Note { text: self.text("note").to_owned() });
        }
        acts
    }
}

pub(super) async fn store(
    app: Data<App>,
    seat: Seat,
    path: Path<(String, String, Uuid)>,
    form: Form<Vec<(String, String)>>,
) -> Page {
    let (code, question, response) = path.into_inner();
    let here = Here::new(&app, seat, code, CODES)?;
    let typed = Sent::new(form.into_inner());
    let reading = Reading::open(&app, &here, &question, response).await?;
    // Whoever is to code it blind, or has, changes nothing openly before it is settled.
    if let Some(place) = twice::elsewhere(&app, &here, &reading).await? {
        return Ok(see_other(&place));
    }
    let errors = typed.wrong(&reading.coding);
    if !errors.is_empty() {
        return again(&app, &here, &reading, typed, &errors).await;
    }
    let queue = queue(&app, &here, typed.queue()).await?;
    let together = Uuid::now_v7();
    let frame = as_seen(&reading.frame, &typed);
    let mut answers = vec![at(&reading, &typed)];
    if typed.text("repeats") == "yes" {
        answers.extend(repeats(&app, &here, &reading, &typed, queue.as_ref()).await?);
    }
    let fears = answers[0].acts.iter().any(|act| matches!(act, Act::Flag { flag: Flag::Safeguarding, .. }));
    let read: Vec<(Uuid, Uuid)> = answers.iter().map(|answer| (answer.response_id, answer.revision_id)).collect();
    let tx = begin_write(&app.db().write).await.map_err(Error::from)?;
    let step = Step { question: &question, frame: &frame, together, action: "coding.stored", answers };
    if let Err(refused) = codings::carry_out(&tx, &here.code, step, here.by(), here.now).await? {
        drop(tx);
        let reading = Reading::open(&app, &here, &question, response).await?;
        let errors = [Wrong::new("maincontent", refused_words(&refused.why, refused.response_id == response))];
        return again(&app, &here, &reading, typed, &errors).await;
    }
    if fears {
        safeguarding::tell(&tx, &app, &here, &reading).await?;
    }
    tx.commit().await.map_err(Error::from)?;
    mail::wake();
    // The same words were in front of them once for all.
    reads::note(app.db(), &here.code, &question, &read, here.by(), here.now).await?;
    Ok(see_other(&next(&here, &question, response, queue.as_ref(), together)))
}

/// The frame with the version that was in front of the coder: a theme that came in meanwhile was not.
fn as_seen(frame: &Codeframe, typed: &Sent) -> Codeframe {
    let mut frame = frame.clone();
    frame.version = frame.version.min(typed.number("frame"));
    frame
}

fn at(reading: &Reading, typed: &Sent) -> At {
    let seen = typed.number("seen");
    let events: Vec<_> = reading.log.events.iter().filter(|event| event.version <= seen).cloned().collect();
    let mut acts = typed.themes(&Coding::of(&events), &reading.coding, &reading.frame);
    acts.extend(typed.others(&reading.coding));
    let (response_id, revision_id) = (reading.revision.response_id, reading.revision.revision_id);
    At { response_id, revision_id, length: reading.length(), seen, acts }
}

/// The answers of the queue with the same words: they get what this one has.
async fn repeats(app: &App, here: &Here, reading: &Reading, typed: &Sent, queue: Option<&Queue>) -> Result<Vec<At>> {
    let item = queue.and_then(|queue| place(queue, reading.revision.response_id)).map(|(_, item)| item);
    let mut wanted = typed.ticked.clone();
    let (_, taken) = typed.answered(&reading.coding);
    wanted.extend(taken.into_iter().map(|theme| (theme, words::stance(typed.text(&format!("stance.{theme}"))))));
    let mut answers = Vec::new();
    for response_id in item.map(|item| item.repeats.clone()).unwrap_or_default() {
        if queues::is_sampled(&app.db().read, &here.code, &reading.key, response_id).await? {
            continue;
        }
        // One that was withdrawn or changed since the queue was drawn is no repeat any more.
        let (revision, text) = match words_of(app, here, &reading.key, response_id).await {
            Ok(found) => found,
            Err(Error::NotFound(_)) => continue,
            Err(error) => return Err(error),
        };
        if !same_words(&text, &reading.text) {
            continue;
        }
        let coding = codings::log(&app.db().read, &here.code, &reading.key, response_id).await?.coding();
        let stands = standing(&coding, &reading.frame);
        let new = wanted.iter().filter(|(theme, stance)| stands.get(theme) != Some(stance));
        let mut acts: Vec<Act> =
            new.map(|(theme, stance)| Act::Apply { mark: Mark { theme: *theme, span: None }, stance: *stance }).collect();
        acts.push(Act::Looked);
        let length = text.chars().count();
        answers.push(At { response_id, revision_id: revision.revision_id, length, seen: coding.version, acts });
    }
    Ok(answers)
}

/// The page once more, with what could not be stored. The words were read before, and this is noted again.
async fn again(app: &App, here: &Here, reading: &Reading, typed: Sent, errors: &[Wrong]) -> Page {
    reading.note(app, here).await?;
    let from = From { queue: typed.queue(), ..From::default() };
    let again = Shown { errors, from, blind: false, ticked: Some(typed.ticked), typed: typed.fields };
    shown(app, here, reading, again).await
}

fn refused_words(why: &CannotCode, here: bool) -> String {
    match why {
        CannotCode::Changed(_) => {
            "Somebody did something to the same theme meanwhile. What stands now is below, beside what you chose; look at it and store again.".to_owned()
        }
        _ if !here => "An answer with the same words was changed meanwhile. Nothing was stored; store this one alone, or try again.".to_owned(),
        CannotCode::NoSuchTheme => "A theme you chose is no longer in use. Look at the themes and choose again.".to_owned(),
        other => words::sentence(&other.to_string()),
    }
}

/// Where to go after an answer: to the next of the queue, and back to the question after its last.
pub(super) fn next(here: &Here, question: &str, response: Uuid, queue: Option<&Queue>, step: Uuid) -> String {
    let home = format!("/staff/{}/coding/{question}", here.code);
    let Some(queue) = queue else { return format!("{home}/{response}?done={step}") };
    let after = place(queue, response).and_then(|(place, _)| queue.items.get(place + 1));
    match after {
        Some(item) => format!("{home}/{}?queue={}&done={step}", item.answer, queue.queue_id),
        None => format!("{home}?done={step}&queue={}", queue.queue_id),
    }
}

/// Where somebody undoes from.
#[derive(Debug, Default, Deserialize)]
pub struct Undoing {
    #[serde(default)]
    queue: String,
}

pub(super) async fn undo(app: Data<App>, seat: Seat, path: Path<(String, String, Uuid)>, form: Form<Undoing>) -> Page {
    let (code, question, together) = path.into_inner();
    let here = Here::new(&app, seat, code, CODES)?;
    here.question(&question)?;
    let of_step = codings::of_step(&app.db().read, &here.code, together).await?;
    let responses: Vec<Uuid> = of_step.into_iter().filter(|(of, _)| *of == question).map(|(_, response)| response).collect();
    let first = *responses.first().ok_or(Error::NotFound("step"))?;
    let frame = frames::read(&app.db().read, &here.code).await?.of_question(&question)?;
    let mut answers = Vec::new();
    for response_id in responses {
        if let Some(at) = undone(&app, &here, (&question, response_id), together, &frame).await? {
            answers.push(at);
        }
    }
    let queue = form.queue.parse::<Uuid>().map(|queue| format!("&queue={queue}")).unwrap_or_default();
    let home = format!("/staff/{}/coding/{question}/{first}?undone=", here.code);
    if answers.is_empty() {
        return Ok(see_other(&format!("{home}yes{queue}")));
    }
    let tx = begin_write(&app.db().write).await.map_err(Error::from)?;
    let step = Step { question: &question, frame: &frame, together: Uuid::now_v7(), action: "coding.undone", answers };
    if codings::carry_out(&tx, &here.code, step, here.by(), here.now).await?.is_err() {
        return Ok(see_other(&format!("{home}no{queue}")));
    }
    tx.commit().await.map_err(Error::from)?;
    Ok(see_other(&format!("{home}yes{queue}")))
}

/// What takes a step back at one answer: themes and stances as they stood before. Notes and flags stay.
async fn undone(
    app: &App,
    here: &Here,
    (question, response_id): (&str, Uuid),
    together: Uuid,
    frame: &Codeframe,
) -> Result<Option<At>> {
    let log = codings::log(&app.db().read, &here.code, question, response_id).await?;
    let of_step = || log.events.iter().filter(|event| event.together == Some(together)).map(|event| event.version);
    let (Some(first), Some(last)) = (of_step().min(), of_step().max()) else { return Ok(None) };
    let until = |version: u32| {
        let events: Vec<_> = log.events.iter().filter(|event| event.version <= version).cloned().collect();
        Coding::of(&events).applied
    };
    let (before, after) = (until(first - 1), until(last));
    let now = log.coding().applied;
    let gone = after.keys().filter(|mark| !before.contains_key(mark) && now.contains_key(mark));
    let mut acts: Vec<Act> = gone.map(|mark| Act::Remove { mark: *mark }).collect();
    for (mark, applied) in &before {
        let changed = after.get(mark).map(|after| after.stance) != Some(applied.stance);
        let in_use = frame.themes().any(|theme| theme.id == mark.theme);
        if changed && in_use {
            acts.push(Act::Apply { mark: *mark, stance: applied.stance });
        }
    }
    let (revision, text) = match words_of(app, here, question, response_id).await {
        Ok(found) => found,
        Err(Error::NotFound(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let length = text.chars().count();
    Ok((!acts.is_empty()).then_some(At { response_id, revision_id: revision.revision_id, length, seen: last, acts }))
}
