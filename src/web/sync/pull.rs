//! A pull: what is new for a device since it last asked, and the forms it needs without a network.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Data, Path, Query};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::push::with_cookie;
use super::{Caller, Fault, goes_on};
use crate::app::App;
use crate::domain::ledger::{Postmark, Second};
use crate::domain::sync::hash;
use crate::domain::wording::{DEFAULT_LANGUAGE, Edition};
use crate::error::{Error, Result};
use crate::store::batches::{self, Batch, Sheet};
use crate::store::catalogue::Published;
use crate::store::devices;
use crate::store::sync as log;
use crate::web::{bundle, problem};

/// The most decisions of one pull.
const DECISIONS: u32 = 500;

/// Where the last pull ended.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
pub struct From {
    /// As the last pull gave it.
    cursor: Option<String>,
}

/// What is in a cursor: the digest of everything that was told, and the number of the last decision.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Cursor {
    e: String,
    d: i64,
    #[serde(default)]
    k: String,
    #[serde(default)]
    c: BTreeMap<String, String>,
    #[serde(default)]
    b: BTreeMap<String, String>,
}

/// What is new.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct New {
    /// The server's epoch.
    epoch: String,
    /// To be given with the next pull.
    cursor: String,
    /// Whether there is more at once.
    more: bool,
    /// What is new, each with its `type`.
    #[schema(value_type = Vec<Object>)]
    items: Vec<Value>,
}

/// What is new for this device since the cursor; everything without one.
#[utoipa::path(get, path = "/api/v1/sync/pull", params(From), responses((status = 200, body = New), (status = 401, body = problem::Body),
    (status = 410, body = problem::Body, description = "Ask again without a cursor"), (status = 503, body = problem::Body)))]
pub async fn pull(app: Data<App>, caller: Caller, from: Query<From>) -> Result<HttpResponse, Fault> {
    goes_on(&app).await?;
    let epoch = log::head(&app.db().read).await?.epoch;
    if caller.device.revoked_at.is_some() {
        let message =
            "This device may hand in no more. What waits on it can be exported as a rescue file and brought to the office.";
        let items = vec![json!({ "type": "device", "revoked": true, "message": message })];
        return Ok(HttpResponse::Ok().json(New { epoch, cursor: String::new(), more: false, items }));
    }
    caller.seen(&app).await?;
    let before = match from.cursor.as_deref().filter(|cursor| !cursor.is_empty()) {
        None => Cursor::default(),
        Some(text) => cursor(text).filter(|cursor| cursor.e == epoch).ok_or_else(Fault::expired)?,
    };
    let mut now = Cursor { e: epoch.clone(), d: before.d, ..Cursor::default() };
    let mut items = Vec::new();
    let keys = json!({ "type": "keys", "keys": app.sync.keys().public() });
    now.k = digest(&keys);
    if now.k != before.k {
        items.push(keys);
    }
    for (code, is_on) in devices::places(&app.db().read, caller.device.device_id).await? {
        let Some(published) = app.intake.shelf.now().get(&code).cloned() else { continue };
        if !is_on {
            if before.c.contains_key(&code) || before.e.is_empty() {
                items.push(json!({ "type": "consultation_gone", "code": code }));
            }
            continue;
        }
        tell(&mut items, &mut now.c, &before.c, consultation(&app, &published)?, &code);
        tell(&mut items, &mut now.b, &before.b, open_batches(&app, &code).await?, &code);
    }
    let decisions = log::told(&app.db().read, caller.device.device_id, before.d, DECISIONS).await?;
    let more = decisions.len() == usize::try_from(DECISIONS).unwrap_or(usize::MAX);
    for told in decisions {
        now.d = told.number;
        let decision = if told.decision == "counted" { "count" } else { "set_aside" };
        let decided_on = crate::domain::window::london_day(told.decided_at);
        items
            .push(json!({ "type": "decision", "revision_id": told.revision_id, "decision": decision, "decided_on": decided_on }));
    }
    let cursor = BASE64.encode(serde_json::to_vec(&now).map_err(|error| Error::Internal(error.into()))?);
    Ok(with_cookie(&app, &caller).json(New { epoch, cursor, more, items }))
}

fn cursor(text: &str) -> Option<Cursor> {
    serde_json::from_slice(&BASE64.decode(text).ok()?).ok()
}

/// Tell it whole when anything of it has changed.
fn tell(items: &mut Vec<Value>, now: &mut BTreeMap<String, String>, before: &BTreeMap<String, String>, item: Value, code: &str) {
    let digest = digest(&item);
    if before.get(code) != Some(&digest) {
        items.push(item);
    }
    now.insert(code.to_owned(), digest);
}

/// Enough of a hash to see that something has changed.
fn digest(item: &Value) -> String {
    hash(item.to_string().as_bytes())[..16].to_owned()
}

fn consultation(app: &App, published: &Published) -> Result<Value> {
    let consultation = &published.consultation;
    let latest = published.latest_form().map(|form| form.form.version);
    let mut bundles = Vec::new();
    for form in published.versions() {
        let made = bundle::of(consultation, form)?;
        bundles.push(json!({
            "form": form.form.form, "version": form.form.version, "digest": made.digest,
            "editions": made.editions.iter().map(|edition| edition.code()).collect::<Vec<_>>(),
            "url": format!("/api/v1/sync/bundles/{}", made.digest), "current": Some(form.form.version) == latest,
        }));
    }
    let mut item = json!({
        "type": "consultation", "code": consultation.code,
        "title": consultation.title.show(Edition::Standard, DEFAULT_LANGUAGE), "stage": published.window.stage(app.now()).code(),
        "opens_at": published.window.opens_at, "closes_at": published.window.closes_at, "owner": consultation.owner,
        "synthetic": published.demo, "bundles": bundles,
    });
    item["digest"] = json!(digest(&item));
    Ok(item)
}

/// The open batches with the sheets that want keying.
async fn open_batches(app: &App, code: &str) -> Result<Value> {
    let mut all = Vec::new();
    for batch in batches::all(&app.db().read, code).await?.into_iter().filter(|batch| batch.closed.is_none()) {
        let sheets = batches::sheets(&app.db().read, code, batch.number).await.map_err(Error::from)?;
        all.push(told(&batch, &sheets));
    }
    Ok(json!({ "type": "batches", "consultation": code, "batches": all }))
}

fn told(batch: &Batch, sheets: &[Sheet]) -> Value {
    let about = &batch.about;
    let open: Vec<u32> = sheets.iter().filter(|sheet| sheet.outcome.is_none()).map(|sheet| sheet.number).collect();
    let twice = || sheets.iter().filter(|sheet| sheet.state().second == Second::Wanted);
    let keyed_by: BTreeMap<String, &str> =
        twice().filter_map(|sheet| Some((sheet.number.to_string(), sheet.first_by.as_deref()?))).collect();
    json!({
        "batch": batch.number, "source": about.source.code(), "place": about.place, "event": about.event,
        "received_on": about.received_on, "postmark": Postmark::code(about.postmark), "posted_on": about.posted_on,
        "channel": about.channel.code(), "edition": about.edition.code(), "form_version": about.form_version,
        "sheets": about.sheets, "open": open, "twice": twice().map(|sheet| sheet.number).collect::<Vec<_>>(), "keyed_by": keyed_by,
    })
}

/// One form with all its editions, ready to be used without a network. It never changes.
#[utoipa::path(get, path = "/api/v1/sync/bundles/{digest}", params(("digest" = String, Path)),
    responses((status = 200, body = Object), (status = 401, body = problem::Body), (status = 403, body = problem::Body),
        (status = 404, body = problem::Body, description = "Made by another build, or of a consultation this device is not on")))]
pub async fn one_bundle(app: Data<App>, caller: Caller, digest: Path<String>) -> Result<HttpResponse, Fault> {
    let caller = caller.trusted(&app).await?;
    for (code, _) in devices::places(&app.db().read, caller.device.device_id).await? {
        let Some(published) = app.intake.shelf.now().get(&code).cloned() else { continue };
        for form in published.versions() {
            let made = bundle::of(&published.consultation, form)?;
            if made.digest == *digest {
                let caching = (header::CACHE_CONTROL, "private, max-age=31536000, immutable");
                let body = made.body.clone();
                return Ok(HttpResponse::Ok().insert_header(caching).content_type("application/json").body(body));
            }
        }
    }
    Err(Error::NotFound("bundle for this device").into())
}
