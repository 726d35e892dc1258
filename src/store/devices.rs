//! Devices: who they are, where they may hand in, what they last said of themselves; only the hash of a credential.

use chrono::{DateTime, Duration, Utc};
use sea_orm::{ConnectionTrait, DbErr, QueryResult};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::chance;
use super::drafts::base32;
use super::sql::{rows, run};
use crate::domain::response::hex;
use crate::domain::sync::Report;
use crate::error::Result;

/// A credential works for this many days after its last use.
pub const CREDENTIAL_DAYS: i64 = 90;

/// That a device was seen is noted once in so many minutes.
const SEEN_MINUTES: i64 = 1;

/// A device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its id.
    pub device_id: Uuid,
    /// What it is called, such as "Library 3".
    pub name: String,
    /// Where it is.
    pub place: String,
    /// Who enrolled it.
    pub enrolled_by: String,
    /// When.
    pub enrolled_at: DateTime<Utc>,
    /// When it was last heard of.
    pub seen_at: DateTime<Utc>,
    /// When it was told that it may hand in no more.
    pub revoked_at: Option<DateTime<Utc>>,
    /// When it last tried to hand in after that.
    pub refused_at: Option<DateTime<Utc>>,
    /// When it was found to be two: a copy of it goes by the same name.
    pub cloned_at: Option<DateTime<Utc>>,
    /// Every number up to this one has arrived.
    pub through: i64,
    /// The highest number that has arrived.
    pub received_high: i64,
    /// When it last said something of itself.
    pub reported_at: Option<DateTime<Utc>>,
    /// What it said.
    pub report: Report,
}

/// A device to enrol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDevice {
    /// Who it was, when it is enrolled again: it keeps its id and what arrived from it.
    pub before: Option<Uuid>,
    /// What it is called.
    pub name: String,
    /// Where it is.
    pub place: String,
    /// Who enrols it.
    pub by: String,
    /// Where it may hand in.
    pub consultations: Vec<String>,
}

/// Enrol a device; its credential comes back once and is kept only as a hash.
pub async fn enrol(tx: &impl ConnectionTrait, new: &NewDevice, now: DateTime<Utc>) -> Result<(Uuid, String)> {
    let bytes: [u8; 20] = chance::bytes()?;
    let secret = format!("device_{}", base32(&bytes).to_lowercase());
    let device_id = new.before.unwrap_or_else(Uuid::now_v7);
    let sql = "INSERT INTO devices (device_id, name, place, credential, enrolled_by, enrolled_at, seen_at, through, received_high, forms) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, '') ON CONFLICT (device_id) DO UPDATE SET name = EXCLUDED.name, \
               place = EXCLUDED.place, credential = EXCLUDED.credential, enrolled_by = EXCLUDED.enrolled_by, seen_at = EXCLUDED.seen_at";
    let values = vec![
        device_id.into(),
        new.name.clone().into(),
        new.place.clone().into(),
        hash(&secret).into(),
        new.by.clone().into(),
        now.into(),
        now.into(),
    ];
    run(tx, sql, values).await?;
    for consultation in &new.consultations {
        give(tx, device_id, consultation, now).await?;
    }
    Ok((device_id, secret))
}

/// Let a device hand in for a consultation, for the first time or again.
pub async fn give(tx: &impl ConnectionTrait, device_id: Uuid, consultation: &str, now: DateTime<Utc>) -> Result<bool, DbErr> {
    let sql = "INSERT INTO device_consultations (consultation, device_id, since) VALUES ($1, $2, $3) \
               ON CONFLICT (consultation, device_id) DO UPDATE SET gone_at = NULL \
               WHERE device_consultations.gone_at IS NOT NULL";
    Ok(run(tx, sql, vec![consultation.into(), device_id.into(), now.into()]).await? > 0)
}

/// Take a device off a consultation: it is shown nothing of it any more, and what was keyed for it is still taken.
pub async fn take_off(tx: &impl ConnectionTrait, device_id: Uuid, consultation: &str, now: DateTime<Utc>) -> Result<bool, DbErr> {
    let sql = "UPDATE device_consultations SET gone_at = $3 WHERE consultation = $1 AND device_id = $2 AND gone_at IS NULL";
    Ok(run(tx, sql, vec![consultation.into(), device_id.into(), now.into()]).await? > 0)
}

/// A consultation a device was given, and whether it still is on it.
pub type Place = (String, bool);

/// The consultations a device was ever given, by code.
pub async fn places(db: &impl ConnectionTrait, device_id: Uuid) -> Result<Vec<Place>> {
    let sql = "SELECT consultation, gone_at FROM device_consultations WHERE device_id = $1 ORDER BY consultation";
    let place = |row: &QueryResult| {
        let gone_at: Option<DateTime<Utc>> = row.try_get("", "gone_at")?;
        Ok::<_, DbErr>((row.try_get("", "consultation")?, gone_at.is_none()))
    };
    Ok(rows(db, sql, vec![device_id.into()]).await?.iter().map(place).collect::<Result<_, _>>()?)
}

const COLUMNS: &str = "device_id, name, place, enrolled_by, enrolled_at, seen_at, revoked_at, refused_at, cloned_at, through, \
                       received_high, reported_at, seq_high, pending, attention, oldest_pending_s, bytes, persisted, build, forms";

/// Every device, by place and name.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Device>> {
    let sql = format!("SELECT {COLUMNS} FROM devices ORDER BY place, name, device_id");
    Ok(rows(db, &sql, Vec::new()).await?.iter().map(device_from).collect::<Result<_, _>>()?)
}

/// One device.
pub async fn get(db: &impl ConnectionTrait, device_id: Uuid) -> Result<Option<Device>> {
    let sql = format!("SELECT {COLUMNS} FROM devices WHERE device_id = $1");
    Ok(rows(db, &sql, vec![device_id.into()]).await?.first().map(device_from).transpose()?)
}

/// The device this credential belongs to, revoked or not, unless the credential is unknown or was not used for too long.
pub async fn bearer(db: &impl ConnectionTrait, secret: &str, now: DateTime<Utc>) -> Result<Option<Device>> {
    let sql = format!("SELECT {COLUMNS} FROM devices WHERE credential = $1");
    let device = rows(db, &sql, vec![hash(secret).into()]).await?.first().map(device_from).transpose()?;
    Ok(device.filter(|device| device.seen_at + Duration::days(CREDENTIAL_DAYS) > now))
}

/// Whether it is time to note again that a device was seen.
#[must_use]
pub fn is_unseen(device: &Device, now: DateTime<Utc>) -> bool {
    now > device.seen_at + Duration::minutes(SEEN_MINUTES)
}

/// Note that a device was seen; its credential lives on from now.
pub async fn seen(db: &impl ConnectionTrait, device_id: Uuid, now: DateTime<Utc>) -> Result<()> {
    run(db, "UPDATE devices SET seen_at = $1 WHERE device_id = $2", vec![now.into(), device_id.into()]).await?;
    Ok(())
}

/// Let a device hand in no more. False when that was done before.
pub async fn revoke(tx: &impl ConnectionTrait, device_id: Uuid, by: &str, now: DateTime<Utc>) -> Result<bool, DbErr> {
    let sql = "UPDATE devices SET revoked_at = $1, revoked_by = $2 WHERE device_id = $3 AND revoked_at IS NULL";
    Ok(run(tx, sql, vec![now.into(), by.into(), device_id.into()]).await? > 0)
}

/// Note that a revoked device tried to hand in: the office should know that something waits on it.
pub async fn refused(db: &impl ConnectionTrait, device_id: Uuid, now: DateTime<Utc>) -> Result<()> {
    run(db, "UPDATE devices SET refused_at = $1 WHERE device_id = $2", vec![now.into(), device_id.into()]).await?;
    Ok(())
}

/// Keep what a device said of itself, and how far what arrived from it reaches.
pub(super) async fn report(
    tx: &impl ConnectionTrait,
    device_id: Uuid,
    report: &Report,
    (through, high): (i64, i64),
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let sql = "UPDATE devices SET seen_at = $2, reported_at = $2, seq_high = $3, pending = $4, attention = $5, oldest_pending_s = $6, \
               bytes = $7, persisted = $8, build = $9, forms = $10, through = $11, received_high = $12 WHERE device_id = $1";
    let cut = |text: &str, most: usize| text.chars().take(most).collect::<String>();
    let values = vec![
        device_id.into(),
        now.into(),
        report.seq_high.into(),
        report.pending.into(),
        report.attention.into(),
        report.oldest_pending_s.into(),
        report.bytes.into(),
        report.persisted.into(),
        report.build.as_deref().map(|build| cut(build, 100)).into(),
        cut(&report.forms.join(" "), 2000).into(),
        through.into(),
        high.into(),
    ];
    run(tx, sql, values).await.map(|_| ())
}

/// How far what arrived reaches, for what was brought by somebody else than the device.
pub(super) async fn reaches(tx: &impl ConnectionTrait, device_id: Uuid, (through, high): (i64, i64)) -> Result<(), DbErr> {
    let sql = "UPDATE devices SET through = $2, received_high = $3 WHERE device_id = $1";
    run(tx, sql, vec![device_id.into(), through.into(), high.into()]).await.map(|_| ())
}

/// Raise the alarm that there are two of a device. False when it was raised before.
pub(super) async fn is_two(tx: &impl ConnectionTrait, device_id: Uuid, now: DateTime<Utc>) -> Result<bool, DbErr> {
    let sql = "UPDATE devices SET cloned_at = $1 WHERE device_id = $2 AND cloned_at IS NULL";
    Ok(run(tx, sql, vec![now.into(), device_id.into()]).await? > 0)
}

fn device_from(row: &QueryResult) -> Result<Device, DbErr> {
    let forms: String = row.try_get("", "forms")?;
    Ok(Device {
        device_id: row.try_get("", "device_id")?,
        name: row.try_get("", "name")?,
        place: row.try_get("", "place")?,
        enrolled_by: row.try_get("", "enrolled_by")?,
        enrolled_at: row.try_get("", "enrolled_at")?,
        seen_at: row.try_get("", "seen_at")?,
        revoked_at: row.try_get("", "revoked_at")?,
        refused_at: row.try_get("", "refused_at")?,
        cloned_at: row.try_get("", "cloned_at")?,
        through: row.try_get("", "through")?,
        received_high: row.try_get("", "received_high")?,
        reported_at: row.try_get("", "reported_at")?,
        report: Report {
            seq_high: row.try_get("", "seq_high")?,
            pending: row.try_get("", "pending")?,
            oldest_pending_s: row.try_get("", "oldest_pending_s")?,
            attention: row.try_get("", "attention")?,
            persisted: row.try_get("", "persisted")?,
            bytes: row.try_get("", "bytes")?,
            build: row.try_get("", "build")?,
            forms: forms.split_whitespace().map(str::to_owned).collect(),
        },
    })
}

fn hash(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}
