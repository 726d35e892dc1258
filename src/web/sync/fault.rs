//! What a device is told when a call as a whole cannot be answered.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};

use super::jitter;
use crate::error::Error;
use crate::web::problem;

/// A call that cannot be answered.
#[derive(Debug)]
pub struct Fault {
    status: StatusCode,
    code: &'static str,
    detail: String,
    cause: Option<Error>,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.detail)
    }
}

impl Fault {
    fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), cause: None }
    }

    /// One of the service's own errors. A full disk is told from a database that is away: waiting does not help there.
    pub(super) fn of(error: Error) -> Self {
        let (status, code, detail) = if error.is_full_disk() {
            let detail = "the server's disk is full; keep everything, and tell the office".to_owned();
            (StatusCode::INSUFFICIENT_STORAGE, "disk_full", detail)
        } else {
            (problem::status(&error), error.code(), error.to_string())
        };
        Self { status, code, detail, cause: Some(error) }
    }

    /// Nobody knows the credential.
    pub(super) fn sign_in() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "device_unknown",
            "this device is not enrolled, or its credential has expired; keep everything, sign in and enrol it again",
        )
    }

    /// The device may hand in no more.
    pub(super) fn revoked() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "device_revoked",
            "this device may hand in no more; keep everything, export it as a rescue file and bring it to the office",
        )
    }

    /// The device is another than the one that is said to send.
    pub(super) fn other_device() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "other_device", "device_id is not the device this credential was given to")
    }

    pub(super) fn protocol() -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "protocol_unsupported",
            "this server speaks protocol 1; send X-Sync-Protocol: 1, or open the app again with a network so that it is brought up to date",
        )
    }

    pub(super) fn restored() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "restored",
            "this server was restored from a backup and waits for somebody to confirm that; keep everything and send it again later",
        )
    }

    pub(super) fn busy() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "too many devices send at once; send the same again when it says")
    }

    /// More items than a push may have.
    pub(super) fn too_many() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "a push may have 100 items; send them in halves")
    }

    /// The cursor belongs to another epoch.
    pub(super) fn expired() -> Self {
        Self::new(StatusCode::GONE, "cursor_expired", "this cursor is of another time; ask again without one")
    }

    /// Something broke while the items were handled: one of them may be to blame.
    pub(super) fn broke() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "broke",
            "something broke on our side while these items were handled; send them again in halves",
        )
    }

    /// What was sent cannot be unpacked.
    pub(super) fn packing(detail: &str) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "packing", detail)
    }
}

impl ResponseError for Fault {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut body = problem::body(self.status, self.code, self.detail.clone());
        body.reference = self.cause.as_ref().and_then(problem::log);
        let mut answer = problem::respond(&body);
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            let wait = if self.code == "restored" { 60 + jitter(60) } else { 1 + jitter(9) };
            answer.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(u16::from(wait)));
        }
        answer
    }
}
