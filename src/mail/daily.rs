//! Letters of the day to the desk: what was held today, and that a consultation closes soon. Each goes once, whichever
//! instance comes to it first.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveDate, Timelike as _, Utc};
use chrono_tz::Europe::London;

use super::{ClosingSoon, HeldToday, Recipient, is_on, queue};
use crate::app::App;
use crate::domain::access::Role;
use crate::domain::day;
use crate::domain::window::{Stage, london_day, london_midnight};
use crate::domain::wording::{DEFAULT_LANGUAGE, Edition};
use crate::error::Result;
use crate::store::catalogue::Published;
use crate::store::staff::{self, Staff};
use crate::store::{begin_write, held, responses, settings};

/// In the evening, when the day's work is done.
const HELD_FROM: u32 = 17;

/// In the morning, while there is time to act.
const CLOSING_FROM: u32 = 8;

/// How many days before the last day the desk is told.
const DAYS_BEFORE: u64 = 3;

/// The hour it is in London; letters of the day need only be looked for when it changes.
#[must_use]
pub fn hour(now: DateTime<Utc>) -> (NaiveDate, u32) {
    (london_day(now), now.with_timezone(&London).hour())
}

/// Queue what is due now and was not queued before. How many letters were queued comes back.
///
/// # Errors
/// When the database cannot be read or written; what was not queued is queued at the next call.
pub async fn queue_due(app: &App, now: DateTime<Utc>) -> Result<u64> {
    let (today, hour) = hour(now);
    if !is_on(&app.config) || hour < CLOSING_FROM {
        return Ok(0);
    }
    let people = staff::all(&app.db().read).await?;
    let mut queued = 0;
    for published in app.intake.shelf.now().all() {
        let code = published.consultation.code.as_str();
        let is_at_the_desk = |person: &&Staff| person.has_joined() && person.actor().was_given(Role::DeskOfficer, code);
        let desk: Vec<&Staff> = people.iter().filter(is_at_the_desk).collect();
        if hour >= HELD_FROM {
            queued += held_today(app, &published, &desk, today, now).await?;
        }
        // Editions may close on days of their own: each of these is told once.
        let last_day = |edition| published.consultation.last_day_of(Some(edition));
        for last in Edition::ALL.into_iter().map(last_day).collect::<BTreeSet<_>>() {
            queued += closing_soon(app, &published, &desk, (today, last), now).await?;
        }
    }
    Ok(queued)
}

async fn held_today(app: &App, published: &Published, desk: &[&Staff], today: NaiveDate, now: DateTime<Utc>) -> Result<u64> {
    let code = published.consultation.code.as_str();
    let count = held::since(&app.db().read, code, london_midnight(today)).await?;
    if count == 0 {
        return Ok(0);
    }
    let message = HeldToday {
        consultation: title(published),
        today: count,
        waiting: waiting(app, code).await?,
        link: format!("{}/staff/{code}/held", app.config.base_url),
    };
    once(app, &format!("mailed held {code}"), &today.to_string(), desk, &message, now).await
}

async fn closing_soon(
    app: &App,
    published: &Published,
    desk: &[&Staff],
    (today, last): (NaiveDate, NaiveDate),
    now: DateTime<Utc>,
) -> Result<u64> {
    let code = published.consultation.code.as_str();
    let is_soon = today <= last && last <= today + Days::new(DAYS_BEFORE);
    if published.window.stage(now) != Stage::Open || !is_soon {
        return Ok(0);
    }
    let responses = responses::counts(&app.db().read).await?.get(code).copied().unwrap_or_default();
    let message = ClosingSoon {
        consultation: title(published),
        last_day: day::in_words(last),
        responses: u64::try_from(responses).unwrap_or_default(),
        held: waiting(app, code).await?,
        link: format!("{}/staff", app.config.base_url),
    };
    once(app, &format!("mailed closing {code} {last}"), &last.to_string(), desk, &message, now).await
}

/// Queue a message for everybody at the desk unless it was queued under this mark before, all in one transaction.
async fn once<K: super::Kind>(
    app: &App,
    name: &str,
    mark: &str,
    desk: &[&Staff],
    message: &K,
    now: DateTime<Utc>,
) -> Result<u64> {
    if desk.is_empty() {
        return Ok(0);
    }
    let tx = begin_write(&app.db().write).await?;
    let mut queued = 0;
    if settings::mark(&tx, name, mark).await? {
        for person in desk {
            let Ok(to) = Recipient::new(&person.email) else { continue };
            queued += u64::from(queue(&tx, &app.config, &to.named(&person.name), message, now).await?);
        }
    }
    tx.commit().await?;
    Ok(queued)
}

async fn waiting(app: &App, code: &str) -> Result<u64> {
    Ok(u64::try_from(held::waiting(&app.db().read, code).await?).unwrap_or_default())
}

fn title(published: &Published) -> String {
    published.consultation.title.show(Edition::Standard, DEFAULT_LANGUAGE).to_owned()
}
