//! Errors to HTTP for programs: `application/problem+json` (RFC 9457) with a stable `code`. The only place with status codes.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use uuid::Uuid;

use crate::domain::finding::Finding;
use crate::error::Error;

/// An error on its way to a program.
#[derive(Debug)]
pub struct Problem(pub Error);

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// The body of a problem.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Body {
    /// What went wrong, in a few words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// A stable code that programs may rely on.
    pub code: String,
    /// What was wrong, where, and what to do.
    pub detail: String,
    /// What is wrong with which answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Explained>,
    /// A number to quote when asking about our own faults.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<Uuid>,
}

/// A finding with what to do about it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Explained {
    /// What was found.
    #[serde(flatten)]
    pub finding: Finding,
    /// What to do about it.
    pub what_to_do: &'static str,
}

impl Explained {
    /// Each finding with what to do about it.
    #[must_use]
    pub fn all(findings: Vec<Finding>) -> Vec<Self> {
        findings.into_iter().map(|finding| Self { what_to_do: finding.rule.what_to_do(), finding }).collect()
    }
}

/// The HTTP status of an error.
#[must_use]
pub const fn status(error: &Error) -> StatusCode {
    match error {
        Error::NotFound(_) => StatusCode::NOT_FOUND,
        Error::Unreadable { .. } => StatusCode::BAD_REQUEST,
        Error::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
        Error::SignIn | Error::TokenExpired | Error::TokenRevoked => StatusCode::UNAUTHORIZED,
        Error::Forbidden => StatusCode::FORBIDDEN,
        Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Log our own faults, once, with their causes; the number in the log is what the other side is shown.
#[must_use]
pub fn log(error: &Error) -> Option<Uuid> {
    let (Error::Internal(cause) | Error::Unavailable(cause)) = error else { return None };
    let reference = Uuid::now_v7();
    tracing::error!(code = error.code(), %reference, cause = format!("{cause:#}"), "request failed");
    Some(reference)
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        status(&self.0)
    }

    fn error_response(&self) -> HttpResponse {
        let mut body = body(self.status_code(), self.0.code(), self.0.to_string());
        body.reference = log(&self.0);
        respond(&body)
    }
}

/// A problem's body with no findings.
#[must_use]
pub fn body(status: StatusCode, code: &str, detail: impl Into<String>) -> Body {
    Body {
        title: status.canonical_reason().unwrap_or("Problem").to_owned(),
        status: status.as_u16(),
        code: code.to_owned(),
        detail: detail.into(),
        findings: Vec::new(),
        reference: None,
    }
}

/// A problem as an HTTP response.
#[must_use]
pub fn respond(body: &Body) -> HttpResponse {
    let status = StatusCode::from_u16(body.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    if status == StatusCode::SERVICE_UNAVAILABLE || status == StatusCode::TOO_MANY_REQUESTS {
        response.insert_header((header::RETRY_AFTER, "2"));
    }
    if status == StatusCode::UNAUTHORIZED {
        response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
    }
    response.content_type("application/problem+json").body(serde_json::to_vec(body).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_has_its_own_status_and_our_own_faults_show_only_a_reference() {
        let secret = || anyhow::anyhow!("table revisions is missing");
        let cases = [
            (Error::NotFound("consultation"), 404),
            (Error::unreadable("not_json", "x"), 400),
            (Error::TooLarge(1), 413),
            (Error::SignIn, 401),
            (Error::TokenExpired, 401),
            (Error::TokenRevoked, 401),
            (Error::Forbidden, 403),
            (Error::Unavailable(secret()), 503),
            (Error::Internal(secret()), 500),
        ];
        for (error, expected) in cases {
            let problem = Problem(error);
            assert_eq!(problem.error_response().status().as_u16(), expected);
            assert!(!problem.to_string().contains("revisions"));
        }
    }
}
