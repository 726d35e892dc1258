//! Work in the background: the catalogue is kept fresh, exports are made, and what nobody will come back to is forgotten.

pub mod exports;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::app::App;
use crate::domain::contact::keep_until;
use crate::domain::window::london_day;
use crate::error::Result;
use crate::store::catalogue::Published;
use crate::store::desk::{Act, Doing};
use crate::store::{self, drafts, evidence, queue, sessions, waiting};

/// How often what was published by another process is looked for.
const REFRESH: Duration = Duration::from_secs(5);

/// How many refreshes pass between two tidyings: about an hour.
const REFRESHES_TO_A_TIDYING: u32 = 720;

/// How long after closing drafts are kept, so that a person who was just too late can still copy their words.
const AFTER_CLOSING: TimeDelta = TimeDelta::days(7);

/// Work until the process ends.
pub async fn run(app: App) {
    let mut tick = tokio::time::interval(REFRESH);
    let mut refreshes = 0;
    loop {
        tokio::select! {
            _ = tick.tick() => {}
            () = store::exports::asked() => {
                exports::make_waiting(&app).await;
                continue;
            }
        }
        exports::make_waiting(&app).await;
        match app.intake.shelf.refresh(app.db()).await {
            Ok(true) => tracing::info!("the catalogue was read again"),
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "the catalogue could not be read again"),
        }
        if refreshes % REFRESHES_TO_A_TIDYING == 0
            && let Err(error) = tidy(&app, app.now()).await
        {
            tracing::warn!(%error, "old drafts could not be forgotten");
        }
        refreshes = refreshes.wrapping_add(1);
    }
}

/// Forget the drafts of consultations that closed a week ago, the desk's sessions and failed tries of yesterday, what jobs
/// that are long over held, files nobody logged anything from, and contacts that are due. How many drafts there were comes
/// back.
///
/// # Errors
/// When the database cannot be written.
pub async fn tidy(app: &App, now: DateTime<Utc>) -> Result<u64> {
    sessions::forget_older(&app.db().write, now - TimeDelta::days(1)).await?;
    queue::tidy(&app.db().write, now).await?;
    waiting::forget_older(&app.db().write, now - waiting::KEPT).await?;
    let mut forgotten = 0;
    evidence::forget_unlogged(&app.db().write, now - TimeDelta::hours(evidence::UNLOGGED_HOURS)).await?;
    for published in app.intake.shelf.now().all() {
        let erasing = Doing::EraseDue(london_day(now), keep_until(&published.consultation));
        let consultation = published.consultation.code.clone();
        app.intake.writer.act(Act { consultation, by: "service".to_owned(), doing: erasing }).await?;
        if is_over(&published, now) {
            forgotten += drafts::forget_older(&app.db().write, &published.consultation.code, now).await?;
        }
    }
    Ok(forgotten)
}

fn is_over(published: &Published, now: DateTime<Utc>) -> bool {
    now > published.window.closes_at + published.window.online_grace + AFTER_CLOSING
}
