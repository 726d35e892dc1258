//! What is held: everything that waits for a person, both versions side by side, and a decision with a reason.

use std::collections::BTreeMap;

use actix_web::web::{Data, Form, Path};
use chrono::{DateTime, Utc};
use chrono_tz::Europe::London;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;
use validator::Validate;

use super::answers;
use super::page::{Page, Seat, Sheet, Wrong, page};
use crate::app::App;
use crate::domain::access::Role;
use crate::domain::decision::Decision;
use crate::domain::submission::Submission;
use crate::error::{Error, Result};
use crate::intake::{self, Ruling, Settled};
use crate::store::audit::Entry;
use crate::store::catalogue::Published;
use crate::store::held::{self, Held, Whole, Why};
use crate::store::responses;
use crate::store::staff as accounts;
use crate::store::writer::Work;

pub(super) async fn list(app: Data<App>, seat: Seat, code: Path<String>) -> Page {
    seat.require(Role::DeskOfficer, &code)?;
    let published = app.intake.shelf.consultation(&code)?;
    let all = held::list(&app.db().read, &code).await?;
    let names = names(&app).await?;
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

async fn names(app: &App) -> Result<BTreeMap<String, String>> {
    let people = accounts::all(&app.db().read).await?;
    Ok(people.into_iter().map(|person| (person.actor().name, person.name)).collect())
}

fn row(names: &BTreeMap<String, String>, held: &Held) -> serde_json::Value {
    let decided = held.decided.as_ref().map(|decided| {
        json!({ "what": outcome(decided.decision), "reason": decided.reason, "at": day(decided.at),
            "by": names.get(&decided.by).unwrap_or(&decided.by) })
    });
    json!({ "id": held.held_id, "why": why_words(&held.why), "channel": held.channel.replace('_', " "),
        "edition": held.edition.as_deref().map(|edition| edition.replace('_', " ")), "version": held.form_version,
        "since": day(held.held_at), "decided": decided })
}

fn day(at: DateTime<Utc>) -> String {
    at.with_timezone(&London).format("%-d %B %Y, %H:%M").to_string()
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
        _ => "Nothing on it proves that it was in time",
    }
}

/// The rule about lateness in force, in words (rule R18).
fn late_rule(published: &Published) -> String {
    let consultation = &published.consultation;
    format!(
        "The last day is {}. Paper counts when it was handed in or posted by then and reaches us within {} days. \
         People online who had begun by then have {} minutes to finish.",
        consultation.last_day().format("%-d %B %Y"),
        consultation.paper_grace_days,
        consultation.online_grace_minutes
    )
}

pub(super) async fn item(app: Data<App>, seat: Seat, path: Path<(String, Uuid)>) -> Page {
    let (code, held_id) = path.into_inner();
    let actor = seat.require(Role::DeskOfficer, &code)?;
    let entry = Entry {
        at: app.now(),
        actor: actor.name.clone(),
        action: "held.viewed",
        consultation: Some(code.clone()),
        subject: held_id.to_string(),
        detail: String::new(),
    };
    app.intake.writer.write(Work::Note(entry)).await?;
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
    #[validate(length(
        min = 1,
        max = 1000,
        message = "Say why, in up to 1,000 characters. The reason is printed in the report's method section."
    ))]
    #[serde(default)]
    reason: String,
    version: Option<String>,
}

pub(super) async fn decide(app: Data<App>, seat: Seat, path: Path<(String, Uuid)>, form: Form<Decided>) -> Page {
    let (code, held_id) = path.into_inner();
    let actor = seat.require(Role::DeskOfficer, &code)?;
    let reason = form.reason.trim();
    let mut errors = Vec::new();
    let decision = Decision::from_code(&form.decision);
    if decision.is_none() {
        errors.push(Wrong::new("decision", "Choose what to do with it."));
    }
    if reason.is_empty() || form.validate().is_err() {
        errors.push(Wrong::new("reason", "Say why, in up to 1,000 characters."));
    }
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
    let names = names(app).await?;
    let submission = serde_json::from_slice::<Submission>(&whole.payload).ok();
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
        "versions": (why == Why::UnknownVersion.code()).then_some(versions), "count": count_words(why), "aside": aside_words(why),
        "late": late_rule(&published), "wrong": shown.errors.iter().map(|wrong| (wrong.href.trim_start_matches('#'), &wrong.text)).collect::<BTreeMap<_, _>>(),
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
    let said = |date: Option<chrono::NaiveDate>| {
        date.map_or_else(|| "not known".to_owned(), |date| date.format("%-d %B %Y").to_string())
    };
    dates.into_iter().map(|(what, date)| (what, said(date))).collect()
}

fn count_words(why: &str) -> &'static str {
    match why {
        "conflict" => "It is a correction: it takes the place of what stands",
        "not_understood" => "Count it; what cannot be understood is marked illegible",
        "unknown_version" => "Count it, as answers to the version chosen below",
        "late" => "Count it all the same",
        _ => "Count it: it was in time",
    }
}

fn aside_words(why: &str) -> &'static str {
    match why {
        "conflict" => "Keep what stands; set this one aside",
        "late" => "Leave it out of the counts and list it with the late ones",
        _ => "Set it aside: it does not count",
    }
}
