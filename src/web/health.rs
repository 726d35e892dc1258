//! Liveness, readiness and metrics, for the operator.

use actix_web::web::Data;
use actix_web::{HttpResponse, Responder};
use metrics_exporter_prometheus::PrometheusHandle;

use super::problem::Problem;
use crate::app::App;
use crate::store;

/// Whether the process runs.
pub async fn alive() -> impl Responder {
    "alive\n"
}

/// Whether requests can be served: the database answers and its schema is up to date.
pub async fn ready(app: Data<App>) -> Result<impl Responder, Problem> {
    store::ready(app.db()).await?;
    Ok("ready\n")
}

/// Counters and timings for Prometheus; never an answer or a person.
pub async fn metrics(handle: Data<PrometheusHandle>) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(handle.render())
}
