//! What devices bring: each item of a push goes through the one door by itself, then all of them get their lines together.

mod item;
mod keeper;
mod keys;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use uuid::Uuid;

use self::item::{DISK_FULL, Fate, Item as Brought, Post};
use super::Intake;
use crate::domain::sync::gaps::Received;
use crate::domain::sync::receipt::{Kept, Line};
use crate::domain::sync::{Item, Lost, NoItem, Report};
use crate::error::{Error, Result};
use crate::store::held::Why;
use crate::store::sync::{self, Delivery, Head, NewLine, Outcome, StoredLine};
use crate::store::{Db, devices, staff};

pub use keeper::Keeper;
pub use keys::{Keys, SignedLines, Unopened, renew};

/// The items of a push, with what is known about who brings them.
#[derive(Debug)]
pub struct Load {
    /// The device that made the items.
    pub device: Uuid,
    /// Who brings them, when it is not the device itself: a desk officer with a rescue file.
    pub by: Option<String>,
    /// What the device said of itself.
    pub report: Option<Report>,
    /// The items, or why one is none.
    pub items: Vec<Result<Item, NoItem>>,
    /// What the device has a receipt for and nobody holds any more.
    pub lost: Vec<Lost>,
}

/// What became of one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Which; none for what had no id.
    pub revision_id: Option<Uuid>,
    /// `stored`, `duplicate`, `held`, `retry` or `refused`.
    pub status: &'static str,
    /// Why it is held, to be sent again, or refused.
    pub reason: Option<String>,
    /// What is wrong, in words.
    pub detail: Option<String>,
    /// Its line among those of the receipt.
    pub line: Option<usize>,
}

/// What became of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    /// For each item, in their order.
    pub told: Vec<Told>,
    /// The lines to sign.
    pub lines: Vec<Line>,
    /// What has arrived from the device.
    pub received: Received,
    /// Where the log ends.
    pub head: Head,
}

/// Take in what a device brings. Bringing the same again is always safe: what was cut off between the door and the log gets
/// its line then.
///
/// # Errors
/// When the log cannot be written; what the door has taken stays.
pub async fn push(intake: &Intake, keeper: &Keeper, load: &Load) -> Result<Pushed> {
    let now = (intake.now)();
    let places = devices::places(&intake.db.read, load.device).await?;
    let post = Post {
        intake,
        keys: keeper.keys(),
        device: load.device,
        by: load.by.as_deref(),
        places: places.into_iter().map(|(code, _)| code).collect(),
        keyers: keyers(&intake.db, load).await?,
        now,
    };
    let known = known(&intake.db, &load.items).await?;
    let fates = fates(&post, &load.items, &known).await;
    if fates.contains(&Fate::Retry(DISK_FULL)) {
        return Err(Error::Unavailable(anyhow::anyhow!("the disk is full")));
    }
    let mut log = Log { intake, keeper, load, now, fates };
    log.write().await
}

/// Which of those who are said to have keyed have an account.
async fn keyers(db: &Db, load: &Load) -> Result<BTreeSet<String>> {
    let named: BTreeSet<&str> = load.items.iter().flatten().map(|item| item.keyed_by.as_str()).collect();
    let mut keyers = BTreeSet::new();
    for name in named {
        let Some(id) = name.strip_prefix("staff:").and_then(|id| id.parse::<Uuid>().ok()) else { continue };
        if staff::by_id(&db.read, id).await?.is_some() {
            keyers.insert(name.to_owned());
        }
    }
    Ok(keyers)
}

async fn known(db: &Db, items: &[Result<Item, NoItem>]) -> Result<Vec<StoredLine>> {
    let wanted: Vec<(&str, Uuid)> = items.iter().flatten().map(|item| (item.consultation.as_str(), item.revision_id)).collect();
    sync::known(&db.read, &wanted).await
}

/// What becomes of each item. They travel together, so that they share commits; but what belongs to one response, or says
/// that it has one id, goes one after the other.
async fn fates(post: &Post<'_>, items: &[Result<Item, NoItem>], known: &[StoredLine]) -> Vec<Fate> {
    let mut groups: BTreeMap<(&str, Uuid), Vec<(usize, &Item)>> = BTreeMap::new();
    for (index, item) in items.iter().enumerate() {
        if let Ok(item) = item {
            groups.entry((item.consultation.as_str(), item.response_id)).or_default().push((index, item));
        }
    }
    let done = join_all(groups.into_values().map(|group| one_after_the_other(post, group, known))).await;
    let mut fates: Vec<Fate> = items.iter().map(Fate::of_no_item).collect();
    for (index, fate) in done.into_iter().flatten() {
        fates[index] = fate;
    }
    fates
}

async fn one_after_the_other(post: &Post<'_>, mut group: Vec<(usize, &Item)>, known: &[StoredLine]) -> Vec<(usize, Fate)> {
    group.sort_by_key(|(index, item)| (item.device_seq, *index));
    let mut done: Vec<(usize, Fate)> = Vec::with_capacity(group.len());
    let mut stored_as = None;
    for (index, item) in group {
        let is_its_own = |line: &&StoredLine| line.line.revision_id == item.revision_id && line.consultation == item.consultation;
        let before: Vec<&StoredLine> = known.iter().filter(is_its_own).collect();
        let fate = Brought { post, sent: item, before: &before, stored_as }.judge().await;
        if let Fate::Kept { stored_as: Some(id), .. } = &fate {
            stored_as = Some(*id);
        }
        done.push((index, fate));
    }
    done
}

/// A push on its way into the log.
struct Log<'a> {
    intake: &'a Intake,
    keeper: &'a Keeper,
    load: &'a Load,
    now: DateTime<Utc>,
    fates: Vec<Fate>,
}

impl Log<'_> {
    /// Write the lines. What turns out to be other content under an id that a rival push has brought in between is held and
    /// looked at again.
    async fn write(&mut self) -> Result<Pushed> {
        let lost: Vec<(Lost, Line)> =
            self.load.lost.iter().filter_map(|lost| Some((lost.clone(), lost.line.parse().ok()?))).collect();
        loop {
            let (places, lines): (Vec<usize>, Vec<NewLine>) = self.new_lines().into_iter().unzip();
            let delivery = Delivery {
                device: self.load.device,
                report: self.load.report.as_ref(),
                lines: &lines,
                lost: &lost,
                now: self.now,
            };
            let written = sync::write(&self.intake.db, &delivery).await?;
            self.keeper.moved(&written.head);
            if written.is_two {
                tracing::warn!(device = %self.load.device, "there are two devices that go by the same name; one was copied");
            }
            let conflicts: Vec<usize> =
                places.iter().zip(&written.outcomes).filter(|(_, o)| **o == Outcome::Conflict).map(|(index, _)| *index).collect();
            if conflicts.is_empty() {
                let stored = written.outcomes.into_iter().filter_map(|outcome| match outcome {
                    Outcome::Line(line) => Some(*line),
                    Outcome::Conflict => None,
                });
                let stored: BTreeMap<usize, StoredLine> = places.into_iter().zip(stored).collect();
                return Ok(self.tell(stored, written.received, written.head));
            }
            for index in conflicts {
                self.hold_beside(index).await?;
            }
        }
    }

    fn new_lines(&self) -> Vec<(usize, NewLine)> {
        let fates = self.fates.iter().zip(&self.load.items).enumerate();
        fates
            .filter_map(|(index, (fate, item))| {
                let (Fate::Kept { kept, reason, stored_as, sheet, captured_from, .. }, Ok(item)) = (fate, item) else {
                    return None;
                };
                let line = NewLine {
                    consultation: item.consultation.clone(),
                    revision_id: item.revision_id,
                    hash: item.hash.clone(),
                    device_seq: item.device_seq,
                    kept: *kept,
                    reason: reason.map(Why::code),
                    response_id: item.response_id,
                    stored_as: *stored_as,
                    sheet: *sheet,
                    keyed_by: item.keyed_by.clone(),
                    captured_from: *captured_from,
                    captured_until: self.now,
                };
                Some((index, line))
            })
            .collect()
    }

    /// Hold what came under an id that stands for other content.
    async fn hold_beside(&mut self, index: usize) -> Result<()> {
        let (Some(Ok(item)), Some(fate)) = (self.load.items.get(index), self.fates.get_mut(index)) else { return Ok(()) };
        let Fate::Kept { text, .. } = fate else { return Ok(()) };
        let actor = format!("device:{}", self.load.device);
        let text = text.take().unwrap_or_default();
        item::hold(self.intake, item, &actor, text.as_bytes(), Why::Conflict).await?;
        *fate = Fate::held(Why::Conflict);
        Ok(())
    }

    fn tell(&self, mut stored: BTreeMap<usize, StoredLine>, received: Received, head: Head) -> Pushed {
        let mut lines = Vec::with_capacity(stored.len());
        let mut told = Vec::with_capacity(self.fates.len());
        for (index, (fate, item)) in self.fates.iter().zip(&self.load.items).enumerate() {
            let revision_id = match item {
                Ok(item) => Some(item.revision_id),
                Err(no) => no.revision_id,
            };
            let plain = |status, reason: &str, detail: Option<&str>| Told {
                revision_id,
                status,
                reason: Some(reason.to_owned()),
                detail: detail.map(str::to_owned),
                line: None,
            };
            told.push(match (fate, stored.remove(&index)) {
                (Fate::Retry(reason), _) => plain("retry", reason, None),
                (Fate::Refused(reason, detail), _) => plain("refused", reason, Some(detail)),
                (Fate::Kept { .. }, None) => plain("retry", "our_fault", None),
                (Fate::Kept { again, .. }, Some(line)) => {
                    let status = match (again, line.line.kept) {
                        (true, _) => "duplicate",
                        (false, Kept::Stored) => "stored",
                        (false, Kept::Held) => "held",
                    };
                    lines.push(line.line);
                    Told { revision_id, status, reason: line.reason, detail: None, line: Some(lines.len() - 1) }
                }
            });
        }
        Pushed { told, lines, received, head }
    }
}

/// Confirm that a database which went back in time is the one to go on with.
///
/// # Errors
/// When the database cannot be written.
pub async fn confirm(db: &Db, by: &str, reason: &str, now: DateTime<Utc>) -> Result<Head> {
    sync::open(db, &keeper::new_epoch()?, now).await?;
    turn_epoch(db, by, reason, now).await
}

/// Begin another epoch: after a restore, every device asks what became of what it remembers and sends what is missing.
///
/// # Errors
/// When the database cannot be written.
pub async fn turn_epoch(db: &Db, by: &str, reason: &str, now: DateTime<Utc>) -> Result<Head> {
    sync::turn_epoch(db, &keeper::new_epoch()?, by, reason, now).await
}

/// Take in the items of a rescue file that somebody else brings. The device is the one that made them; one that this
/// database does not know is an error.
///
/// # Errors
/// [`Error::NotFound`] for a device that was never enrolled here.
pub async fn device(db: &Db, device_id: Uuid) -> Result<devices::Device> {
    devices::get(&db.read, device_id).await?.ok_or(Error::NotFound("device"))
}
