//! What lies on the desk of the demonstration: a batch of paper, letters, an event with its tables' notes, somebody who wants the
//! result and somebody who wants braille. All of it is synthetic and says so.

use anyhow::bail;
use chrono::{Days, NaiveDate, Utc};
use uuid::Uuid;

use super::chance::Chance;
use super::{id, person};
use crate::domain::contact::{Format as Wanted, Wants, due, keep_until};
use crate::domain::double_keying::is_drawn;
use crate::domain::event::{Event, Format};
use crate::domain::evidence::{Evidence, Kind, Sender};
use crate::domain::form::FormVersion;
use crate::domain::ledger::{Outcome, Postmark, Source};
use crate::domain::question::Takes;
use crate::domain::submission::Channel;
use crate::domain::window::london_day;
use crate::domain::wording::Edition;
use crate::intake::keyed::entry::Entry;
use crate::intake::keyed::{Keyed, Place, act, key};
use crate::intake::{self, Arrival, Intake};
use crate::store::batches::{Act, Done, NewBatch};
use crate::store::chance;
use crate::store::contacts::{Contact, Request};
use crate::store::desk::{self, Doing};
use crate::store::evidence::NewEvidence;

/// Where the desk's things lie.
const CONSULTATION: &str = "send-strategy";

/// Who keyed, as the ledger and the audit log name them: nobody who has an account.
const KEYERS: [&str; 2] = ["synthetic keyer A", "synthetic keyer B"];

/// Who logged everything else.
const OFFICER: &str = "synthetic desk officer";

/// How many people are tried until one wrote a sheet that can be keyed as it is.
const TRIES: usize = 50;

/// The sheets of the batch: keyed once, keyed twice with a difference, drawn and waiting for the second keyer, spoiled, open.
const SHEETS: [Sheet; 6] = [Sheet::Once, Sheet::Twice, Sheet::Once, Sheet::Drawn, Sheet::Spoiled, Sheet::Open];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sheet {
    Once,
    Twice,
    Drawn,
    Spoiled,
    Open,
}

/// Lay everything out.
///
/// # Errors
/// When the database cannot be written.
pub(super) async fn fill(intake: &Intake) -> anyhow::Result<()> {
    let published = intake.shelf.consultation(CONSULTATION)?;
    let Some(form) = published.latest_form().cloned() else { return Ok(()) };
    let today = london_day(Utc::now());
    batch(intake, &form, today, published.consultation.paper.keyed_twice_per_cent).await?;
    held(intake, &form, today).await?;
    for doing in said(today).into_iter().chain(asked(today, keep_until(&published.consultation))?) {
        let act = desk::Act { consultation: CONSULTATION.to_owned(), by: OFFICER.to_owned(), doing };
        intake.writer.act(act).await?;
    }
    Ok(())
}

async fn batch(intake: &Intake, form: &FormVersion, today: NaiveDate, share: u32) -> anyhow::Result<()> {
    let new = NewBatch {
        source: Source::Library,
        place: "[Synthetic] Library, box 1".to_owned(),
        event: None,
        channel: Channel::Paper,
        edition: Edition::Standard,
        form_version: form.form.version,
        received_on: today - Days::new(2),
        postmark: Postmark::None,
        posted_on: None,
        sheets: u32::try_from(SHEETS.len())?,
    };
    let ids = SHEETS.iter().enumerate().map(|(at, sheet)| ids(at, matches!(sheet, Sheet::Twice | Sheet::Drawn), share)).collect();
    let whole = Place { consultation: CONSULTATION, batch: 0, sheet: 0 };
    let Done::Counted(number) = act(intake, whole, OFFICER, Act::CountIn(Box::new(new), ids)).await? else {
        bail!("the synthetic batch was not counted in")
    };
    let mut chance = Chance::new("the desk of the demonstration");
    for (sheet, kind) in (1..).zip(SHEETS) {
        let place = Place { consultation: CONSULTATION, batch: number, sheet };
        match kind {
            Sheet::Open => {}
            Sheet::Spoiled => {
                let end = Act::End(sheet, Outcome::Spoiled, "[Synthetic] Torn in two; the other half is missing.".to_owned());
                act(intake, place, KEYERS[0], end).await?;
            }
            Sheet::Once | Sheet::Drawn => drop(first_keying(intake, form, place, &mut chance).await?),
            Sheet::Twice => {
                let first = first_keying(intake, form, place, &mut chance).await?;
                second_keying(intake, form, place, &first).await?;
            }
        }
    }
    Ok(())
}

/// A sheet's own id, by which it is drawn or not, and its response's.
fn ids(sheet: usize, drawn: bool, share: u32) -> (Uuid, Uuid) {
    let own = |attempt: usize| id(CONSULTATION, attempt, &format!("sheet {sheet}"));
    // Where a consultation draws every sheet or none, the first will do.
    let sheet_id = (0..1000).map(own).find(|own| is_drawn(*own, share) == drawn).unwrap_or_else(|| own(0));
    (sheet_id, id(CONSULTATION, sheet, "sheet's response"))
}

/// Key a sheet somebody wrote; what was keyed comes back.
async fn first_keying(intake: &Intake, form: &FormVersion, place: Place<'_>, chance: &mut Chance) -> anyhow::Result<Entry> {
    for _ in 0..TRIES {
        let entry = Entry::of(&person::submission(form, Channel::Paper, false, chance), "");
        let keying_id = id(CONSULTATION, 0, &format!("keying of sheet {}", place.sheet));
        if let Keyed::Taken(_) = key(intake, place, KEYERS[0], keying_id, &entry, false).await? {
            return Ok(entry);
        }
    }
    bail!("no synthetic sheet could be keyed")
}

/// Key a sheet a second time with one box ticked otherwise, where that leaves a sheet that can be keyed.
async fn second_keying(intake: &Intake, form: &FormVersion, place: Place<'_>, first: &Entry) -> anyhow::Result<()> {
    for field in form.fields() {
        let (Takes::One(choices), Some(ticked)) = (&field.takes, first.first(&field.key)) else { continue };
        let offered = |(code, editions): &&(String, Vec<Edition>)| code != ticked && editions.contains(&Edition::Standard);
        let Some((other, _)) = choices.iter().find(offered) else { continue };
        let mut second = first.clone();
        second.values.insert(field.key.clone(), vec![other.clone()]);
        let keying_id = id(CONSULTATION, 0, "second keying");
        if let Keyed::Taken(_) = key(intake, place, KEYERS[1], keying_id, &second, false).await? {
            return Ok(());
        }
    }
    bail!("no second keying of the synthetic sheet could be stored")
}

/// A sheet of a form version nobody published: it waits for a decision.
async fn held(intake: &Intake, form: &FormVersion, today: NaiveDate) -> anyhow::Result<()> {
    let mut submission = person::submission(form, Channel::Paper, false, &mut Chance::new("held in the demonstration"));
    submission.response_id = id(CONSULTATION, 0, "held response");
    submission.revision_id = id(CONSULTATION, 0, "held revision");
    submission.received_on = Some(today);
    submission.form_version = form.form.version + 90;
    let payload = serde_json::to_vec(&submission)?.into();
    let (consultation, actor) = (CONSULTATION.to_owned(), KEYERS[0].to_owned());
    intake::accept(intake, Arrival { consultation, submission, payload, actor, began_at: None, synthetic: true }).await?;
    Ok(())
}

/// An event with the notes of two of its tables, and two letters.
fn said(today: NaiveDate) -> Vec<Doing> {
    let (held_on, code) = (today - Days::new(6), "synthetic-workshop");
    let event = Event {
        code: code.to_owned(),
        title: "[Synthetic] Workshop with parents and carers".to_owned(),
        place: "Community hall".to_owned(),
        held_on,
        format: Format::Workshop,
        target_group: "Parents and carers".to_owned(),
        attendance: Some(17),
        notes: "[Synthetic] Two tables, three questions, an hour.".to_owned(),
    };
    let note = |table: &str, text: &str| Evidence {
        kind: Kind::WorkshopNote,
        title: format!("[Synthetic] What {table} said"),
        channel: Channel::Workshop,
        received_on: held_on,
        event: Some(code.to_owned()),
        table: table.to_owned(),
        sender: Sender::Group,
        text: format!("[Synthetic] {text}"),
        ..blank(held_on)
    };
    let letter = |title: &str, organisation: &str, text: &str| Evidence {
        title: format!("[Synthetic] {title}"),
        sender: if organisation.is_empty() { Sender::Individual } else { Sender::Organisation },
        organisation: organisation.to_owned(),
        written_on: Some(today - Days::new(4)),
        text: format!("[Synthetic] {text}"),
        ..blank(today - Days::new(3))
    };
    let items = [
        note("Table 1", "Families tell their story again at every appointment. One plan that everybody reads would help."),
        note("Table 2", "Short breaks matter most. The table did not agree on transport."),
        letter("Waiting for an assessment", "", "My family has waited a year for an assessment. Please say who is responsible."),
        letter("The view of a charity", "Example Families Trust", "We support the priorities and ask for a date for each."),
    ];
    let log = |(number, evidence)| {
        Doing::Log(NewEvidence { evidence_id: id(CONSULTATION, number, "evidence"), original_id: None, evidence })
    };
    std::iter::once(Doing::SaveEvent(event)).chain(items.into_iter().enumerate().map(log)).collect()
}

fn blank(received_on: NaiveDate) -> Evidence {
    Evidence {
        kind: Kind::Letter,
        title: String::new(),
        channel: Channel::Letter,
        received_on,
        written_on: None,
        posted_on: None,
        event: None,
        table: String::new(),
        sender: Sender::Individual,
        organisation: String::new(),
        signatures: None,
        presented: String::new(),
        respondents: None,
        wording: String::new(),
        text: String::new(),
    }
}

/// Somebody who wants to be told the result, and somebody who asked for braille.
fn asked(today: NaiveDate, keep_until: NaiveDate) -> anyhow::Result<Vec<Doing>> {
    let contact = Contact {
        contact_id: chance::id()?,
        name: "Synthetic Person".to_owned(),
        email: "synthetic@example.org".to_owned(),
        wants: Wants::Result,
        about: String::new(),
        consented_on: today - Days::new(3),
        keep_until,
    };
    let asked_on = today - Days::new(1);
    let request = Request {
        request_id: chance::id()?,
        format: Wanted::Braille,
        details: "[Synthetic] Grade 2".to_owned(),
        reach: "[Synthetic] synthetic@example.org".to_owned(),
        asked_on,
        needed_by: None,
        due_on: due(Wanted::Braille, asked_on, None),
        fulfilled_on: None,
        how: String::new(),
    };
    Ok(vec![Doing::AddContact(contact), Doing::Ask(request)])
}
