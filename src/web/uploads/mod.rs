//! Batch upload over HTTP: the file in as the body, a report line by line out; and the template to fill in.

pub mod receiving;

use actix_web::http::{StatusCode, header};
use actix_web::web::{self, Data, Path, PathConfig, Payload, Query, QueryConfig, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::TryStreamExt as _;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use self::receiving::{attachment, cut_off, marked, receive};
use super::problem::{self, Problem};
use super::session::Caller;
use crate::app::App;
use crate::domain::access::Role;
use crate::domain::submission::Channel;
use crate::error::{Error, Result};
use crate::intake::upload::{self, Accept, Done, Mapping, Progress, Report, Template, Upload};
use crate::store::uploads;

/// What a workbook is called in `Accept` and `Content-Type`.
pub const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The addresses under `/api/v1` that have to do with uploads.
pub fn routes(config: &mut ServiceConfig) {
    config
        .app_data(QueryConfig::default().error_handler(|error, _| {
            Problem(Error::unreadable("wrong_parameter", format!("{error}; see /api/v1/openapi.json for the parameters"))).into()
        }))
        .app_data(PathConfig::default().error_handler(|_, _| Problem(Error::NotFound("address")).into()))
        .route("/consultations/{code}/uploads", web::post().to(take_in))
        .route("/consultations/{code}/uploads", web::get().to(list))
        .route("/consultations/{code}/uploads/template", web::get().to(blank))
        .route("/consultations/{code}/uploads/{upload_id}/withdrawal", web::post().to(withdraw));
}

/// How a file is to be taken in.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    /// How its lines came in, where they do not say.
    channel: Channel,
    /// Say what would become of each line, and store nothing.
    #[serde(default)]
    dry_run: bool,
    /// `valid` stores the lines that are right though others are wrong; all or none, when not given.
    accept: Option<Lines>,
    /// A mapping as JSON or TOML, or the id of an earlier upload whose mapping is to be used again.
    mapping: Option<String>,
    /// What the file is called.
    file_name: Option<String>,
}

/// Which lines to store.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Lines {
    /// Those that are right.
    Valid,
}

/// Why nothing was stored, with the report.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RefusedBody {
    /// The problem.
    #[serde(flatten)]
    problem: problem::Body,
    /// What is wrong with which line.
    report: Report,
}

/// Take in a spreadsheet: CSV, XLSX or ODS, up to 50 MB and 200,000 lines. With `dry_run`, or when something is wrong,
/// nothing is stored. Sending the same file again is safe and finishes what was cut off. A dry run that accepts a workbook
/// gets the file back with a column that says what is wrong with each line.
#[utoipa::path(post, path = "/api/v1/consultations/{code}/uploads", params(("code" = String, Path), Wish),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Report, description = "Stored"), (status = 200, body = Report, description = "Checked only"),
        (status = 400, body = problem::Body, description = "The file cannot be read, and why"),
        (status = 401, body = problem::Body), (status = 403, body = problem::Body), (status = 404, body = problem::Body),
        (status = 413, body = problem::Body), (status = 422, body = RefusedBody, description = "Something is wrong; nothing was stored"),
        (status = 503, body = problem::Body, description = "Send the same again shortly")))]
pub async fn take_in(
    app: Data<App>,
    code: Path<String>,
    wish: Query<Wish>,
    caller: Caller,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let actor = caller.require(Role::DeskOfficer, &code)?.name.clone();
    app.intake.shelf.consultation(&code)?;
    let wish = wish.into_inner();
    let mapping = mapping(&app, &code, wish.mapping.as_deref()).await?;
    let file = receive(&app.config.data, payload.map_err(cut_off)).await?;
    let upload = Upload {
        path: file.path().to_owned(),
        file_name: wish.file_name.unwrap_or_else(|| "upload".to_owned()),
        consultation: code.into_inner(),
        channel: wish.channel,
        mapping,
        progress: Progress::default(),
    };
    if wish.dry_run {
        let report = upload::check(&app.intake, &upload, &actor).await?;
        return if wants_workbook(&request) {
            Ok(attachment(WORKBOOK, "marked.xlsx", marked(&app.config.data, &upload, &report).await?))
        } else {
            Ok(HttpResponse::Ok().json(report))
        };
    }
    let accept = if wish.accept.is_some() { Accept::Valid } else { Accept::All };
    let intake = app.intake.clone();
    // A task of its own: whoever asked may go away, and what was begun is finished all the same. The file stays until then.
    let storing = tokio::spawn(async move {
        let report = upload::store(&intake, &upload, accept, &actor).await;
        drop(file);
        report
    });
    let report = storing.await.map_err(|error| Error::Internal(error.into()))??;
    Ok(if report.done == Done::Refused { refused(report) } else { HttpResponse::Created().json(report) })
}

fn refused(report: Report) -> HttpResponse {
    let what = format!("{}; put right what the report names and upload the file again. Nothing was stored", report.summary());
    let body = RefusedBody { problem: problem::body(StatusCode::UNPROCESSABLE_ENTITY, "wrong_lines", what), report };
    HttpResponse::UnprocessableEntity()
        .content_type("application/problem+json")
        .body(serde_json::to_vec(&body).unwrap_or_default())
}

/// The mapping that was sent, or that of an earlier upload.
pub async fn mapping(app: &App, code: &str, sent: Option<&str>) -> Result<Mapping> {
    let Some(text) = sent else { return Ok(Mapping::default()) };
    match text.parse::<Uuid>() {
        Ok(upload_id) => {
            let earlier = uploads::get(&app.db().read, code, upload_id).await?.ok_or(Error::NotFound("upload"))?;
            Mapping::read(&earlier.mapping)
        }
        Err(_no_id) => Mapping::read(text),
    }
}

fn wants_workbook(request: &HttpRequest) -> bool {
    let accepts = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accepts.is_some_and(|accepts| accepts.contains(WORKBOOK))
}

/// Every upload of a consultation, oldest first.
#[utoipa::path(get, path = "/api/v1/consultations/{code}/uploads", params(("code" = String, Path)),
    responses((status = 200, body = [uploads::Listed]), (status = 401, body = problem::Body), (status = 403, body = problem::Body)))]
pub async fn list(app: Data<App>, code: Path<String>, caller: Caller) -> Result<HttpResponse, Problem> {
    caller.require(Role::DeskOfficer, &code)?;
    app.intake.shelf.consultation(&code)?;
    Ok(HttpResponse::Ok().json(uploads::all(&app.db().read, &code).await?))
}

/// Which template.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    /// The form version; the latest, when not given.
    form_version: Option<u32>,
    /// `csv` or `xlsx`.
    #[serde(default)]
    format: Template,
}

/// A file to fill in: one heading a field, an example, and, in a workbook, a sheet with what may stand in each column.
#[utoipa::path(get, path = "/api/v1/consultations/{code}/uploads/template", params(("code" = String, Path), Kind),
    responses((status = 200, description = "The template"), (status = 404, body = problem::Body)))]
pub async fn blank(app: Data<App>, code: Path<String>, kind: Query<Kind>) -> Result<HttpResponse, Problem> {
    let published = app.intake.shelf.consultation(&code)?;
    let form = match kind.form_version {
        Some(version) => published.form(None, version),
        None => published.latest_form(),
    };
    let form = form.ok_or(Error::NotFound("form version"))?;
    let bytes = upload::template(form, kind.format)?;
    let name = format!("{code}-v{}", form.form.version);
    Ok(match kind.format {
        Template::Csv => attachment("text/csv; charset=utf-8", &format!("{name}.csv"), bytes),
        Template::Xlsx => attachment(WORKBOOK, &format!("{name}.xlsx"), bytes),
    })
}

/// Withdraw everything that an upload brought, but for what another upload in force brought too.
#[utoipa::path(post, path = "/api/v1/consultations/{code}/uploads/{upload_id}/withdrawal",
    params(("code" = String, Path), ("upload_id" = Uuid, Path)),
    responses((status = 200, body = upload::Taken), (status = 400, body = problem::Body, description = "Analysis is frozen"),
        (status = 401, body = problem::Body), (status = 403, body = problem::Body), (status = 404, body = problem::Body)))]
pub async fn withdraw(app: Data<App>, path: Path<(String, Uuid)>, caller: Caller) -> Result<HttpResponse, Problem> {
    let (code, upload_id) = path.into_inner();
    let actor = caller.require(Role::DeskOfficer, &code)?.name.clone();
    let intake = app.intake.clone();
    let taking = tokio::spawn(async move { upload::withdraw(&intake, &code, upload_id, &actor).await });
    let taken = taking.await.map_err(|error| Error::Internal(error.into()))??;
    Ok(HttpResponse::Ok().json(taken))
}
