//! What is held: everything that waits for a person, both versions side by side, and a decision with a reason.

use actix_web::web::{Data, Form, Path};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;
use validator::Validate;

use super::answers;
use super::page::{Page, Seat, Sheet, Wrong, page};
use super::words::{Names, day, edition_words, instant};
use crate::app::App;
use crate::domain::access::Role;
use crate::domain::decision::Decision;
use crate::domain::submission::Submission;
use crate::domain::sync::payload::submission_in;
use crate::domain::wording::Edition;
use crate::error::{Error, Result};
use crate::intake::{self, Ruling, Settled};
use crate::store::catalogue::Published;
use crate::store::held::{self, Held, Whole, Why};
use crate::store::responses;
use crate::web::noting::note;

pub(super) async fn list(app: Data<App>, seat: Seat, code: Path<String>) -> Page {
    seat.require(Role::DeskOfficer, &code)?;
    let published = app.intake.shelf.consultation(&code)?;
    let all = held::list(&app.db().read, &code).await?;
    let names = Names::read(&app).await?;
    let items: Vec<_> = all.iter().map(|held| row(&names, held)).collect();
    let waiting = all.iter().filter(|held| held.decided.is_none()).count();
    let sheet = Sheet {
        title: "Held items",
        template: "staff/held.jinja",
        back: Some("/staff"),
        consultation: Some(&published),
        ..Sheet::default()
    };
    page(&seat, sheet, json!({ "code": *code, "items": items, "waiting": waiting, "late": late_rule(&published) }))
}

fn row(names: &Names, held: &Held) -> serde_json::Value {
    let decided = held.decided.as_ref().map(|decided| {
        json!({ "what": outcome(decided.decision), "reason": decided.reason, "at": instant(decided.at),
            "by": names.of(&decided.by) })
    });
    json!({ "id": held.held_id, "why": why_words(&held.why), "channel": held.channel.replace('_', " "),
        "edition": held.edition.as_deref().map(|edition| edition.replace('_', " ")), "version": held.form_version,
        "since": instant(held.held_at), "decided": decided })
}

const fn outcome(decision: Decision) -> &'static str {
    match decision {
        Decision::Counted => "Counted",
        Decision::SetAside => "Set aside",
    }
}

fn why_words(why: &str) -> &'static str {
    match why {
        "conflict" => "Another response stands under the same id",
        "not_understood" => "Something in it cannot be understood",
        "unknown_version" => "It names a form version nobody published",
        "late" => "It came after closing",
        "unreadable" => "A device handed it in and it cannot be read",
        "unknown_keyer" => "Nobody has the account that is said to have keyed it",
        "ledger_refused" => "Its batch could not take it: it is closed, or the sheet was keyed or ended by others",
        "not_yet_open" => "A device handed it in before the consultation opened",
        "cannot_withdraw" => "A withdrawal that could not be done",
        _ => "Nothing on it proves that it was in time",
    }
}

/// The rule about lateness in force, in words (rule R18).
fn late_rule(published: &Published) -> String {
    let consultation = &published.consultation;
    let last = consultation.last_day_of(None);
    let longer: Vec<String> = Edition::ALL
        .into_iter()
        .map(|edition| (edition, consultation.last_day_of(Some(edition))))
        .filter(|(_, day)| *day != last)
        .map(|(edition, longer)| format!(" For {} it is {}.", edition_words(edition), day(longer)))
        .collect();
    let longer = longer.concat();
    format!(
        "The last day is {}.{longer} Paper counts when it was handed in or posted by then and reaches us within {} days. \
         People online who had begun by then have {} minutes to finish.",
        day(last),
        consultation.paper_grace_days,
        consultation.online_grace_minutes
    )
}

pub(super) async fn item(app: Data<App>, seat: Seat, path: Path<(String, Uuid)>) -> Page {
    let (code, held_id) = path.into_inner();
    let actor = seat.require(Role::DeskOfficer, &code)?;
    note(&app, actor, "held.viewed", Some(&code), held_id, "").await?;
    one(&app, &seat, &code, held_id, Shown::default()).await
}

/// What the page shows besides the item.
#[derive(Default)]
struct Shown<'a> {
    errors: &'a [Wrong],
    done: Option<&'a str>,
    reason: &'a str,
}

/// A decision as the page sends it.
#[derive(Debug, Deserialize, Validate)]
pub struct Decided {
    #[serde(default)]
    decision: String,
    #[validate(length(min = 1, max = 1000, message = "Say why, in up to 1,000 characters. The report prints it."))]
    #[serde(default)]
    reason: String,
    version: Option<String>,
}

pub(super) async fn decide(app: Data<App>, seat: Seat, path: Path<(String, Uuid)>, form: Form<Decided>) -> Page {
    let (code, held_id) = path.into_inner();
    let actor = seat.require(Role::DeskOfficer, &code)?;
    let form = Decided { reason: form.reason.trim().to_owned(), ..form.into_inner() };
    let reason = form.reason.as_str();
    let mut errors = Vec::new();
    let decision = Decision::from_code(&form.decision);
    if decision.is_none() {
        errors.push(Wrong::new("decision", "Choose what to do with it."));
    }
    if decision == Some(Decision::Counted) && !can_count(&app, &code, held_id).await? {
        errors.push(Wrong::new("decision", "There is no response in it that could be counted. Set it aside."));
    }
    errors.extend(Wrong::found(form.validate(), &["reason"]));
    let (Some(decision), true) = (decision, errors.is_empty()) else {
        return one(&app, &seat, &code, held_id, Shown { errors: &errors, reason, ..Shown::default() }).await;
    };
    let form_version = form.version.as_deref().and_then(|version| version.parse().ok());
    let ruling = Ruling { decision, reason: reason.to_owned(), form_version, by: actor.name.clone() };
    match intake::decide(&app.intake, &code, held_id, ruling).await? {
        Settled::Counted(kept) => {
            let done = format!("It counts now, as response {}.", kept.reference);
            one(&app, &seat, &code, held_id, Shown { done: Some(&done), ..Shown::default() }).await
        }
        Settled::SetAside => {
            let done = Some("It is set aside. It stays here, whole, and stands in the balance as not counted.");
            one(&app, &seat, &code, held_id, Shown { done, ..Shown::default() }).await
        }
        Settled::Already => {
            let errors = [Wrong::new("maincontent", "Somebody decided this before. What they decided is below.")];
            one(&app, &seat, &code, held_id, Shown { errors: &errors, ..Shown::default() }).await
        }
        Settled::Cannot(why) => {
            let errors = [Wrong::new("decision", why)];
            one(&app, &seat, &code, held_id, Shown { errors: &errors, reason, ..Shown::default() }).await
        }
    }
}

async fn one(app: &App, seat: &Seat, code: &str, held_id: Uuid, shown: Shown<'_>) -> Page {
    let published = app.intake.shelf.consultation(code)?;
    let whole = held::whole(&app.db().read, code, held_id).await?.ok_or(Error::NotFound("held item"))?;
    let names = Names::read(app).await?;
    let submission = submission_in(&whole.payload);
    let lines = match &submission {
        Some(submission) => Some(compared(app, code, &published, &whole, submission).await?),
        None => None,
    };
    let raw = lines.is_none().then(|| String::from_utf8_lossy(&whole.payload).into_owned());
    let why = whole.held.why.as_str();
    let versions: Vec<_> = published.versions().map(|version| version.form.version).collect();
    let context = json!({
        "code": code, "one": row(&names, &whole.held), "lines": lines, "raw": raw, "is_conflict": why == Why::Conflict.code(),
        "findings": findings(&whole), "dates": submission.as_ref().map(dates), "reason": shown.reason,
        "can_count": submission.is_some(), "versions": (why == Why::UnknownVersion.code()).then_some(versions), "count": count_words(why), "aside": aside_words(why),
        "late": late_rule(&published),
    });
    let back = format!("/staff/{code}/held");
    let sheet = Sheet {
        title: "Held item",
        template: "staff/held-item.jinja",
        back: Some(&back),
        consultation: Some(&published),
        errors: shown.errors,
        done: shown.done,
    };
    page(seat, sheet, context)
}

/// Whether there is a response in it at all.
async fn can_count(app: &App, code: &str, held_id: Uuid) -> Result<bool> {
    let whole = held::whole(&app.db().read, code, held_id).await?;
    Ok(whole.is_none_or(|whole| submission_in(&whole.payload).is_some()))
}

/// What arrived, beside what stands under the same id when the two conflict.
async fn compared(
    app: &App,
    code: &str,
    published: &Published,
    whole: &Whole,
    submission: &Submission,
) -> Result<Vec<answers::Line>> {
    let stands = if whole.held.why == Why::Conflict.code() {
        responses::revision(&app.db().read, code, whole.held.revision_id).await?
    } else {
        None
    };
    let form = published.form(submission.form.as_deref(), submission.form_version).or_else(|| published.latest_form());
    Ok(answers::lines(form.map(AsRef::as_ref), submission, stands.as_ref().map(|revision| &revision.answers)))
}

fn findings(whole: &Whole) -> Vec<String> {
    let one = |finding: &crate::domain::finding::Finding| {
        let detail = finding.detail.as_deref().map(|detail| format!(" ({detail})")).unwrap_or_default();
        let rule = finding.rule.code().replace('_', " ");
        format!("{}: {rule}{detail}", finding.question.as_deref().unwrap_or("the whole"))
    };
    whole.findings.iter().map(one).collect()
}

/// The dates on it, which say whether it is in time.
fn dates(submission: &Submission) -> Vec<(&'static str, String)> {
    let dates =
        [("Date on it", submission.completed_on), ("Postmark", submission.posted_on), ("Reached us", submission.received_on)];
    let said = |date: Option<chrono::NaiveDate>| date.map_or_else(|| "not known".to_owned(), day);
    dates.into_iter().map(|(what, date)| (what, said(date))).collect()
}

fn count_words(why: &str) -> &'static str {
    match why {
        "conflict" => "It is a correction: it takes the place of what stands",
        "not_understood" => "Count it; what cannot be understood is marked illegible",
        "unknown_version" => "Count it, as answers to the version chosen below",
        "late" => "Count it all the same",
        "unreadable" | "unknown_keyer" | "not_yet_open" | "cannot_withdraw" => "Count it",
        "ledger_refused" => "Count it as a response of its own, beside what the batch holds",
        _ => "Count it: it was in time",
    }
}

fn aside_words(why: &str) -> &'static str {
    match why {
        "conflict" => "Keep what stands; set this one aside",
        "unreadable" => "Set it aside: ask whoever keyed it, and key it again from the paper",
        "ledger_refused" => "Set it aside: the sheet is in its batch already, or did not belong there",
        "cannot_withdraw" => "It has been seen to",
        "late" => "Leave it out of the counts and list it with the late ones",
        _ => "Set it aside: it does not count",
    }
}
