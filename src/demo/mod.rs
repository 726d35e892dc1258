//! The demonstration: an empty database filled with clearly labelled synthetic responses in the real volumes of the area,
//! the same ones every time, and with something on each page of the desk.

mod chance;
mod desk;
mod person;

use std::sync::Arc;

use chrono::{Days, NaiveDate, Utc};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use uuid::Uuid;

use crate::domain::submission::{Channel, Submission};
use crate::domain::window::london_day;
use crate::forms;
use crate::intake::{self, Arrival, Intake, Receipt};
use crate::store::catalogue::{DEMO_SINCE, Published};
use crate::store::{Db, settings};
use chance::Chance;

/// How many responses of each kind one consultation gets.
struct Volume {
    consultation: &'static str,
    online: u32,
    paper: u32,
    /// Of a thousand online responses, how many are easy read.
    easy_read_online: u32,
    /// Of a thousand sheets of paper, how many are easy read.
    easy_read_paper: u32,
    /// How many people took theirs back.
    withdrawn: usize,
}

const VOLUMES: [Volume; 2] = [
    Volume {
        consultation: "service-harmonisation",
        online: 4_560,
        paper: 330,
        easy_read_online: 60,
        easy_read_paper: 260,
        withdrawn: 6,
    },
    Volume { consultation: "send-strategy", online: 640, paper: 70, easy_read_online: 140, easy_read_paper: 300, withdrawn: 2 },
];

/// Submissions on their way at the same time: as many as go into one commit.
const AT_ONCE: usize = 256;

/// How many synthetic submissions were sent and what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filled {
    /// Sent.
    pub sent: usize,
    /// Stored.
    pub stored: usize,
    /// Put aside for a person.
    pub held: usize,
}

/// Publish what comes with the program, with its dates moved so that it is open today.
///
/// # Errors
/// When the database cannot be written.
pub async fn publish(db: &Db) -> anyhow::Result<()> {
    settings::get_or_keep(&db.write, DEMO_SINCE, &london_day(Utc::now()).to_string()).await?;
    let plan = forms::publish(&forms::shipped(), &forms::already(db).await?)
        .map_err(|faults| anyhow::anyhow!("the forms that come with the program have faults: {}", faults.len()))?;
    forms::carry_out(db, &plan, Utc::now()).await?;
    Ok(())
}

/// Send the synthetic responses. Sending them again stores nothing twice.
///
/// # Errors
/// When the database cannot be written.
pub async fn fill(intake: &Intake) -> anyhow::Result<Filled> {
    let mut filled = Filled::default();
    for volume in &VOLUMES {
        let published = intake.shelf.consultation(volume.consultation)?;
        let receipts: Vec<Receipt> = stream::iter(arrivals(volume, &published))
            .map(|arrival| intake::accept(intake, arrival))
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        filled.sent += receipts.len();
        filled.held += receipts.iter().filter(|receipt| matches!(receipt, Receipt::Held { .. })).count();
        filled.stored += receipts.iter().filter(|receipt| matches!(receipt, Receipt::Stored(_))).count();
        for receipt in receipts.iter().take(volume.withdrawn * 100).step_by(100) {
            if let Receipt::Stored(kept) = receipt {
                intake::withdraw(intake, volume.consultation, &kept.receipt_code).await?;
            }
        }
    }
    desk::fill(intake).await?;
    Ok(filled)
}

fn arrivals(volume: &Volume, published: &Published) -> Vec<Arrival> {
    let mut chance = Chance::new(volume.consultation);
    let today = london_day(Utc::now());
    let online = (0..volume.online).map(|_| (Channel::Online, volume.easy_read_online));
    let paper = (0..volume.paper).map(|_| (Channel::Paper, volume.easy_read_paper));
    let versions: Vec<_> = published.versions().cloned().collect();
    let each = online.chain(paper).enumerate().map(|(number, (channel, easy_read))| {
        // Most answered the version in force; those who came early answered the first.
        let form = if chance.of_a_thousand(300) { versions.first() } else { versions.last() };
        let form = form.map(Arc::clone)?;
        let easy_read = chance.of_a_thousand(easy_read);
        let mut submission = person::submission(&form, channel, easy_read, &mut chance);
        submission.response_id = id(volume.consultation, number, "response");
        submission.revision_id = id(volume.consultation, number, "revision");
        if channel == Channel::Paper {
            dates(&mut submission, published, today, &mut chance);
        }
        let payload = serde_json::to_vec(&submission).unwrap_or_default();
        let consultation = volume.consultation.to_owned();
        Some(Arrival {
            consultation,
            submission,
            payload: payload.into(),
            actor: "demo".to_owned(),
            began_at: None,
            synthetic: true,
        })
    });
    each.flatten().collect()
}

/// Paper is dated within the days so far; one sheet in fifty is dated after closing, one in a hundred not at all.
fn dates(submission: &mut Submission, published: &Published, today: NaiveDate, chance: &mut Chance) {
    let opened = published.consultation.opens_on;
    let days = u64::try_from((today - opened).num_days().max(1)).unwrap_or(1);
    let completed = opened + Days::new(chance.below(days));
    submission.origin.batch = Some(format!("library-{}", 1 + chance.below(9)));
    submission.received_on = Some((completed + Days::new(chance.below(4))).min(today));
    if chance.of_a_thousand(20) {
        let after = published.consultation.last_day() + Days::new(published.consultation.paper_grace_days + 2);
        submission.posted_on = Some(after);
        submission.received_on = Some(after + Days::new(1));
    } else if chance.of_a_thousand(600) {
        submission.completed_on = Some(completed);
    }
}

/// The same id for the same response every time.
fn id(consultation: &str, number: usize, what: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("synthetic/{consultation}/{number}/{what}").as_bytes())
}
