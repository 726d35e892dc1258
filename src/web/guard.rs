//! What surrounds every request: security headers, refusal of cross-site posts, one log line and the metrics.

use std::sync::LazyLock;
use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;

use super::problem;

/// Made once: a name is looked up and a value checked when it is made.
static HEADERS: LazyLock<[(HeaderName, HeaderValue); 6]> = LazyLock::new(|| {
    [
        (
            "content-security-policy",
            "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        ),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("permissions-policy", "camera=(), geolocation=(), microphone=(), interest-cohort=()"),
        ("cross-origin-opener-policy", "same-origin"),
        ("x-frame-options", "DENY"),
    ]
    .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
});

/// Refuse a page posted from another site, then answer, with the security headers on whatever comes back.
pub async fn around(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let started = Instant::now();
    let method = request.method().clone();
    let answered = if is_cross_site(&request) {
        let body = problem::body(
            StatusCode::FORBIDDEN,
            "cross_site",
            "this form was sent from another site; open the page here and send it again",
        );
        request.into_response(problem::respond(&body))
    } else {
        next.call(request).await?.map_into_boxed_body()
    };
    let mut answered = answered;
    for (name, value) in HEADERS.iter() {
        answered.headers_mut().insert(name.clone(), value.clone());
    }
    observe(&answered, &method, started);
    Ok(answered)
}

/// A browser says where a post comes from; a program says nothing and carries no cookie worth stealing.
fn is_cross_site(request: &ServiceRequest) -> bool {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return false;
    }
    let headers = request.headers();
    if let Some(site) = text(headers, "sec-fetch-site") {
        return !matches!(site, "same-origin" | "none");
    }
    match text(headers, header::ORIGIN.as_str()) {
        None => false,
        Some(origin) => origin.split_once("://").map(|(_, host)| host) != text(headers, header::HOST.as_str()),
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The pattern of the address is logged, never the address itself: it may hold a code.
fn observe(answered: &ServiceResponse<BoxBody>, method: &Method, started: Instant) {
    let route = answered.request().match_pattern().unwrap_or_else(|| "unmatched".to_owned());
    let status = answered.status().as_u16();
    let taken = started.elapsed();
    metrics::counter!("soundings_requests_total", "route" => route.clone(), "status" => status.to_string()).increment(1);
    metrics::histogram!("soundings_request_seconds").record(taken.as_secs_f64());
    let milliseconds = u64::try_from(taken.as_millis()).unwrap_or(u64::MAX);
    if status >= 400 {
        tracing::info!(%method, route, status, milliseconds, "request");
    } else {
        tracing::debug!(%method, route, status, milliseconds, "request");
    }
}
