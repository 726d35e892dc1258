//! The API: what is open, the form definitions, and responses in. Described by `openapi.json`, made from this code.

use std::collections::BTreeMap;

use actix_web::error::PayloadError;
use actix_web::http::{StatusCode, header};
use actix_web::web::{self, Bytes, Data, Path, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, NaiveDate, Utc};
use futures_util::StreamExt as _;
use serde::Serialize;
use utoipa::OpenApi;
use uuid::Uuid;

use super::problem::{self, Explained, Problem};
use super::session::Caller;
use super::{sync, uploads};
use crate::app::App;
use crate::domain::access::Role;
use crate::domain::submission::{Channel, Submission};
use crate::domain::wording::{DEFAULT_LANGUAGE, Edition};
use crate::error::{Error, Result};
use crate::intake::{self, Arrival, Kept, Receipt, Refusal};
use crate::store::catalogue::Published;
use crate::store::held::Why;

/// The largest submission taken, in bytes: every text at its limit, with room to spare.
pub const BODY_LIMIT: usize = 1024 * 1024;

/// The addresses under `/api/v1`.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/openapi.json", web::get().to(openapi))
        .route("/consultations", web::get().to(consultations))
        .route("/consultations/{code}", web::get().to(consultation))
        .route("/consultations/{code}/forms/{version}", web::get().to(form))
        .route("/consultations/{code}/responses", web::post().to(respond))
        .configure(uploads::routes)
        .configure(sync::routes)
        .default_service(web::to(no_such_address));
}

/// The description of the API.
#[derive(OpenApi)]
#[openapi(
    info(title = "Soundings", description = "Consultations, their forms, and responses to them."),
    paths(
        consultations,
        consultation,
        form,
        respond,
        uploads::take_in,
        uploads::list,
        uploads::blank,
        uploads::withdraw,
        sync::enrol::info,
        sync::enrol::enrol,
        sync::push::push,
        sync::ask::status,
        sync::ask::ledger,
        sync::pull::pull,
        sync::pull::one_bundle,
        sync::recovery::recover
    ),
    components(schemas(Submission, problem::Body))
)]
pub struct Description;

async fn openapi() -> HttpResponse {
    HttpResponse::Ok().json(Description::openapi())
}

async fn no_such_address() -> Result<HttpResponse, Problem> {
    Err(Problem(Error::NotFound("address")))
}

/// A consultation as programs see it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Consultation {
    /// Its code.
    code: String,
    /// What it is called.
    title: String,
    /// One sentence about it.
    summary: String,
    /// Who asks.
    owner: String,
    /// `draft`, `open`, `closing` or `closed`.
    stage: &'static str,
    /// The first instant at which it is open.
    opens_at: DateTime<Utc>,
    /// The first instant at which it is no longer open, in whichever edition.
    closes_at: DateTime<Utc>,
    /// The same by edition: one may stay open longer.
    closes_at_by_edition: BTreeMap<&'static str, DateTime<Utc>>,
    /// The day of the decision.
    decides_on: Option<NaiveDate>,
    /// The code of its main form.
    form: String,
    /// Every version of the main form; each stays acceptable.
    form_versions: Vec<u32>,
    /// Whether its dates were moved for a demonstration.
    demonstration: bool,
}

impl Consultation {
    fn new(published: &Published, now: DateTime<Utc>) -> Self {
        let consultation = &published.consultation;
        Self {
            code: consultation.code.clone(),
            title: consultation.title.show(Edition::Standard, DEFAULT_LANGUAGE).to_owned(),
            summary: consultation.summary.show(Edition::Standard, DEFAULT_LANGUAGE).to_owned(),
            owner: consultation.owner.clone(),
            stage: published.window.stage(now).code(),
            opens_at: published.window.opens_at,
            closes_at: published.window.closes_at,
            closes_at_by_edition: Edition::ALL
                .into_iter()
                .map(|edition| (edition.code(), consultation.window_of(Some(edition)).closes_at))
                .collect(),
            decides_on: consultation.decides_on,
            form: consultation.form.clone(),
            form_versions: published.versions().map(|version| version.form.version).collect(),
            demonstration: published.demo,
        }
    }
}

/// Every consultation.
#[utoipa::path(get, path = "/api/v1/consultations", responses((status = 200, body = [Consultation])))]
async fn consultations(app: Data<App>) -> HttpResponse {
    let all: Vec<_> = app.intake.shelf.now().all().iter().map(|published| Consultation::new(published, app.now())).collect();
    HttpResponse::Ok().json(all)
}

/// One consultation.
#[utoipa::path(get, path = "/api/v1/consultations/{code}", params(("code" = String, Path)),
    responses((status = 200, body = Consultation), (status = 404, body = problem::Body)))]
async fn consultation(app: Data<App>, code: Path<String>) -> Result<HttpResponse, Problem> {
    let published = app.intake.shelf.consultation(&code)?;
    Ok(HttpResponse::Ok().json(Consultation::new(&published, app.now())))
}

/// A form version: both editions, every choice. It never changes, so it may be kept for ever.
#[utoipa::path(get, path = "/api/v1/consultations/{code}/forms/{version}", params(("code" = String, Path), ("version" = u32, Path)),
    responses((status = 200, description = "The form definition"), (status = 304), (status = 404, body = problem::Body)))]
async fn form(app: Data<App>, path: Path<(String, u32)>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let (code, version) = path.into_inner();
    let published = app.intake.shelf.consultation(&code)?;
    let form = published.form(None, version).ok_or(Error::NotFound("form version"))?;
    let tag = format!("\"{}\"", form.digest);
    let known = request.headers().get(header::IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == tag.as_bytes());
    let caching = [(header::ETAG, tag.as_str()), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    for header in caching {
        response.insert_header(header);
    }
    Ok(if known { response.finish() } else { response.json(&form.form) })
}

/// What became of a submission.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ReceiptBody {
    /// `stored`, `duplicate` or `held`.
    result: &'static str,
    /// The response's id.
    response_id: Uuid,
    /// The revision's id.
    revision_id: Uuid,
    /// A short reference, to ask about it with.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    /// The code to correct or withdraw it with; keep it safe.
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt_code: Option<String>,
    /// Why it is held.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'static str>,
    /// What was odd about it, and kept with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    findings: Vec<Explained>,
}

impl ReceiptBody {
    fn kept(result: &'static str, kept: Kept) -> Self {
        Self {
            result,
            response_id: kept.response_id,
            revision_id: kept.revision_id,
            reference: Some(kept.reference),
            receipt_code: Some(kept.receipt_code),
            why: None,
            findings: Explained::all(kept.findings),
        }
    }
}

/// Send one response. Sending the same again is safe and answers 200.
#[utoipa::path(post, path = "/api/v1/consultations/{code}/responses", params(("code" = String, Path)), request_body = Submission,
    responses((status = 201, body = ReceiptBody, description = "Stored"), (status = 200, body = ReceiptBody, description = "Stored before"),
        (status = 202, body = ReceiptBody, description = "Held for a person to decide"),
        (status = 400, body = problem::Body), (status = 403, body = problem::Body, description = "Not open"),
        (status = 409, body = problem::Body, description = "The id stands for other content; this one is held"),
        (status = 413, body = problem::Body), (status = 422, body = problem::Body, description = "Rules are broken"),
        (status = 503, body = problem::Body, description = "Send the same again shortly")))]
async fn respond(app: Data<App>, code: Path<String>, caller: Caller, payload: Payload) -> Result<HttpResponse, Problem> {
    let body = read_body(payload).await?;
    let submission = read(&body)?;
    let actor = actor(&caller, &submission, &code)?;
    let payload = body.as_ref().into();
    let arrival = Arrival { consultation: code.into_inner(), submission, payload, actor, began_at: None, synthetic: false };
    let receipt = intake::accept(&app.intake, arrival).await?;
    Ok(show(receipt))
}

/// The body, up to the limit.
async fn read_body(mut payload: Payload) -> Result<Bytes> {
    let mut body = web::BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| match error {
            PayloadError::Overflow => Error::TooLarge(BODY_LIMIT),
            error => Error::unreadable("cut_off", format!("the body did not arrive whole ({error}); send it again")),
        })?;
        if body.len() + chunk.len() > BODY_LIMIT {
            return Err(Error::TooLarge(BODY_LIMIT));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn read(body: &[u8]) -> Result<Submission> {
    let text = std::str::from_utf8(body).map_err(|error| {
        let detail = format!("the body is not UTF-8 (byte {}); save or send it as UTF-8", error.valid_up_to() + 1);
        Error::unreadable("not_utf8", detail)
    })?;
    serde_json::from_str(text).map_err(|error| {
        let code = if error.is_data() { "not_a_submission" } else { "not_json" };
        Error::unreadable(code, format!("{error}; see /api/v1/openapi.json for what a submission looks like"))
    })
}

/// Anyone may send what was filled in online; anything else comes from somebody with a keyer's token.
fn actor(caller: &Caller, submission: &Submission, code: &str) -> Result<String> {
    if submission.channel == Channel::Online {
        return Ok("public".to_owned());
    }
    Ok(caller.require(Role::Keyer, code)?.name.clone())
}

fn show(receipt: Receipt) -> HttpResponse {
    match receipt {
        Receipt::Stored(kept) => HttpResponse::Created().json(ReceiptBody::kept("stored", kept)),
        Receipt::Duplicate(kept) => HttpResponse::Ok().json(ReceiptBody::kept("duplicate", kept)),
        Receipt::Held { why: Why::Conflict, .. } => problem::respond(&problem::body(
            StatusCode::CONFLICT,
            "conflict",
            "this revision id already stands for other content; both are kept and a person will decide. To correct a response, send a new revision id with supersedes",
        )),
        Receipt::Held { response_id, revision_id, why } => HttpResponse::Accepted().json(ReceiptBody {
            result: "held",
            response_id,
            revision_id,
            reference: None,
            receipt_code: None,
            why: Some(why.code()),
            findings: Vec::new(),
        }),
        Receipt::Refused(refusal) => problem::respond(&refused(refusal)),
    }
}

fn refused(refusal: Refusal) -> problem::Body {
    match refusal {
        Refusal::NotYetOpen => problem::body(
            StatusCode::FORBIDDEN,
            "not_yet_open",
            "this consultation has not opened yet; send it from the opening day",
        ),
        Refusal::Closed => problem::body(
            StatusCode::FORBIDDEN,
            "closed",
            "this consultation has closed; write to the address on its page, where late views are listed for those who decide",
        ),
        Refusal::UnknownVersion { named, known } => {
            let known: Vec<String> = known.iter().map(ToString::to_string).collect();
            let detail = format!("there is no form version {named}; published are: {}", known.join(", "));
            problem::body(StatusCode::UNPROCESSABLE_ENTITY, "unknown_version", detail)
        }
        Refusal::ReceiptCode => problem::body(
            StatusCode::FORBIDDEN,
            "receipt_code",
            "a correction needs the receipt_code that was given when the response was first stored",
        ),
        Refusal::Findings(findings) => {
            let mut body = problem::body(
                StatusCode::UNPROCESSABLE_ENTITY,
                "broken_rules",
                "put these right and send it again; nothing was stored",
            );
            body.findings = Explained::all(findings);
            body
        }
    }
}
