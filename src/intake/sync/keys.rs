//! Keys of the sync: one signs receipts and beacons, the other opens what devices have sealed. Made once for a database.

use std::collections::HashMap;
use std::io::Read as _;
use std::sync::{Mutex, PoisonError};

use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, SecondsFormat, SubsecRound as _, Utc};
use flate2::read::GzDecoder;
use hkdf::Hkdf;
use p256::ecdsa::signature::{Signer as _, Verifier as _};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use p256::{PublicKey, SecretKey};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::Sha256;
use uuid::Uuid;

use crate::domain::sync::{ITEM_BYTES, Item, Sealed, hash};
use crate::error::Result;
use crate::store::audit::{self, Entry};
use crate::store::{Db, chance, settings};

/// The setting that holds every receipt key there was, the last of which signs.
const RECEIPT: &str = "sync_receipt_keys";

/// The setting that holds every seal key there was, the last of which devices seal to.
const SEAL: &str = "sync_seal_keys";

/// How many beacons that were found good are remembered: a device sends the same with every item of a day.
const REMEMBERED: usize = 4096;

/// The keys of this database.
pub struct Keys {
    receipt: Vec<(String, SigningKey)>,
    seal: Vec<(String, SecretKey)>,
    beacons: Mutex<HashMap<String, DateTime<Utc>>>,
    last: Mutex<Option<(String, DateTime<Utc>, String)>>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys")
    }
}

/// A key as it is kept.
#[derive(Serialize, Deserialize)]
struct KeptKey {
    kid: String,
    secret: String,
}

/// Lines that were signed together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SignedLines {
    /// The key.
    pub kid: String,
    /// The lines.
    pub lines: Vec<String>,
    /// ECDSA P-256 with SHA-256 over the lines joined with line feeds: `r || s`, base64url without padding.
    pub sig: String,
}

/// Why a sealed payload could not be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unopened {
    /// It is sealed to a key this database does not have.
    UnknownKey,
    /// It was damaged, or sealed for another item or device.
    Broken,
    /// What was sealed is larger than an item may be.
    TooLarge,
}

/// What a beacon says.
#[derive(Serialize, Deserialize)]
struct Beacon {
    t: DateTime<Utc>,
    e: String,
}

impl Keys {
    /// The keys kept in the database; made when there are none.
    pub async fn open(db: &Db) -> Result<Self> {
        let receipt = kept(db, RECEIPT, 'r').await?;
        let seal = kept(db, SEAL, 's').await?;
        let signing = |(kid, secret): (String, SecretKey)| (kid, SigningKey::from(&secret));
        Ok(Self { receipt: receipt.into_iter().map(signing).collect(), seal, beacons: Mutex::default(), last: Mutex::default() })
    }

    /// The keys as devices are given them: those in use, and earlier ones that still verify what they signed.
    #[must_use]
    pub fn public(&self) -> Value {
        let receipt = |(kid, key): &(String, SigningKey)| json!({ "kid": kid, "jwk": jwk(&key.verifying_key().to_sec1_bytes()) });
        let seal = |(kid, key): &(String, SecretKey)| json!({ "kid": kid, "jwk": jwk(&key.public_key().to_sec1_bytes()) });
        let earlier: Vec<Value> = self.receipt.iter().rev().skip(1).map(receipt).collect();
        json!({ "receipt": self.receipt.last().map(receipt), "seal": self.seal.last().map(seal), "earlier": earlier })
    }

    /// Sign lines together.
    pub fn sign(&self, lines: Vec<String>) -> Result<SignedLines> {
        let (kid, key) = self.signer()?;
        let sig = signature(key, crate::domain::sync::receipt::signed(&lines).as_bytes());
        Ok(SignedLines { kid: kid.clone(), lines, sig })
    }

    fn signer(&self) -> Result<&(String, SigningKey)> {
        Ok(self.receipt.last().ok_or_else(|| anyhow::anyhow!("there is no receipt key"))?)
    }

    /// The time, signed. The same within a second.
    pub fn beacon(&self, epoch: &str, now: DateTime<Utc>) -> Result<String> {
        let second = now.trunc_subsecs(0);
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, at, beacon)) = &*last
            && of == epoch
            && *at == second
        {
            return Ok(beacon.clone());
        }
        let says = json!({ "t": second.to_rfc3339_opts(SecondsFormat::Secs, true), "e": epoch }).to_string();
        let beacon = format!("{}.{}", BASE64.encode(&says), signature(&self.signer()?.1, says.as_bytes()));
        *last = Some((epoch.to_owned(), second, beacon.clone()));
        Ok(beacon)
    }

    /// The time a beacon says, when one of our keys signed it and it is not of the future.
    #[must_use]
    pub fn beacon_time(&self, beacon: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut known = self.beacons.lock().unwrap_or_else(PoisonError::into_inner);
        let remembered = known.get(beacon).copied();
        let time = remembered.or_else(|| self.verified(beacon))?;
        if remembered.is_none() {
            if known.len() >= REMEMBERED {
                known.clear();
            }
            known.insert(beacon.to_owned(), time);
        }
        (time <= now).then_some(time)
    }

    fn verified(&self, beacon: &str) -> Option<DateTime<Utc>> {
        let (says, signature) = beacon.split_once('.')?;
        let (says, signature) = (BASE64.decode(says).ok()?, BASE64.decode(signature).ok()?);
        let signature = Signature::from_slice(&signature).ok()?;
        self.receipt.iter().rev().find(|(_, key)| VerifyingKey::from(key).verify(&says, &signature).is_ok())?;
        serde_json::from_slice::<Beacon>(&says).ok().map(|beacon| beacon.t)
    }

    /// Open what a device has sealed.
    ///
    /// # Errors
    /// Why it could not be opened.
    pub fn open_sealed(&self, sealed: &Sealed, item: &Item, device: Uuid) -> Result<String, Unopened> {
        let (_, secret) = self.seal.iter().find(|(kid, _)| *kid == sealed.kid).ok_or(Unopened::UnknownKey)?;
        let bytes = |text: &str| BASE64.decode(text).map_err(|_not_base64| Unopened::Broken);
        let theirs = PublicKey::from_sec1_bytes(&bytes(&sealed.epk)?).map_err(|_no_point| Unopened::Broken)?;
        let shared = secret.diffie_hellman(&theirs);
        let key = seal_key(shared.raw_secret_bytes(), &sealed.kid, item.revision_id).ok_or(Unopened::Broken)?;
        let nonce: [u8; 12] = bytes(&sealed.iv)?.try_into().map_err(|_other_length| Unopened::Broken)?;
        let about = format!("{}|{device}|{}", item.revision_id, item.hash);
        let payload = Payload { msg: &bytes(&sealed.ct)?, aad: about.as_bytes() };
        let cipher = Aes256Gcm::new(&key.into());
        let packed = cipher.decrypt(&Nonce::from(nonce), payload).map_err(|_broken| Unopened::Broken)?;
        let mut text = Vec::new();
        let most = u64::try_from(ITEM_BYTES).unwrap_or(u64::MAX);
        GzDecoder::new(&*packed).take(most + 1).read_to_end(&mut text).map_err(|_no_gzip| Unopened::Broken)?;
        if text.len() > ITEM_BYTES {
            return Err(Unopened::TooLarge);
        }
        String::from_utf8(text).map_err(|_no_text| Unopened::Broken)
    }
}

/// The key an item is sealed with.
fn seal_key(shared: &[u8], kid: &str, revision_id: Uuid) -> Option<[u8; 32]> {
    let mut key = [0; 32];
    let info = format!("soundings seal 1|{kid}|{revision_id}");
    Hkdf::<Sha256>::new(None, shared).expand(info.as_bytes(), &mut key).ok()?;
    Some(key)
}

fn signature(key: &SigningKey, bytes: &[u8]) -> String {
    let signature: Signature = key.sign(bytes);
    BASE64.encode(signature.to_bytes())
}

/// A public key, given as an uncompressed point, as browsers take it.
fn jwk(point: &[u8]) -> Value {
    let part = |from: usize| BASE64.encode(point.get(from..from + 32).unwrap_or_default());
    json!({ "kty": "EC", "crv": "P-256", "x": part(1), "y": part(33) })
}

/// The keys of a setting; one is made when there is none.
async fn kept(db: &Db, name: &str, sort: char) -> Result<Vec<(String, SecretKey)>> {
    let first = serde_json::to_string(&[new_key(sort)?]).map_err(anyhow::Error::from)?;
    let kept = settings::get_or_keep(&db.write, name, &first).await?;
    let kept: Vec<KeptKey> = serde_json::from_str(&kept).map_err(anyhow::Error::from)?;
    let key = |kept: KeptKey| {
        let secret = BASE64.decode(&kept.secret).map_err(anyhow::Error::from)?;
        let secret = SecretKey::from_slice(&secret).map_err(|error| anyhow::anyhow!("the key {}: {error}", kept.kid))?;
        Ok((kept.kid, secret))
    };
    kept.into_iter().map(key).collect()
}

fn new_key(sort: char) -> Result<KeptKey> {
    loop {
        let bytes: [u8; 32] = chance::bytes()?;
        // Hardly one number in four thousand million is too large to be a key.
        if let Ok(secret) = SecretKey::from_slice(&bytes) {
            let kid = format!("{sort}-{}", &hash(&secret.public_key().to_sec1_bytes())[..12]);
            return Ok(KeptKey { kid, secret: BASE64.encode(bytes) });
        }
    }
}

/// Make another receipt key and seal key; the earlier ones go on verifying and opening. Running services use the new ones
/// when they are started again.
pub async fn renew(db: &Db, by: &str, now: DateTime<Utc>) -> Result<()> {
    for (name, sort) in [(RECEIPT, 'r'), (SEAL, 's')] {
        let first = serde_json::to_string(&[new_key(sort)?]).map_err(anyhow::Error::from)?;
        let kept = settings::get_or_keep(&db.write, name, &first).await?;
        let mut keys: Vec<KeptKey> = serde_json::from_str(&kept).map_err(anyhow::Error::from)?;
        keys.push(new_key(sort)?);
        settings::mark(&db.write, name, &serde_json::to_string(&keys).map_err(anyhow::Error::from)?).await?;
    }
    let (actor, subject) = (by.to_owned(), String::new());
    let entry = Entry { at: now, actor, action: "sync.keys_made", consultation: None, subject, detail: String::new() };
    audit::record(db, vec![entry], now).await
}
