//! Errors to HTTP for people: a plain page that says what happened, and a reference when the fault is ours.

use actix_web::error::UrlencodedError;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use serde_json::json;

use crate::domain::wording::Edition;
use crate::error::Error;
use crate::web::problem;
use crate::web::view::VIEWS;
use crate::web::view::shell::{Around, Back, Contents};
use crate::web::view::words::Tongue;

/// An error on its way to a person.
#[derive(Debug)]
pub struct PageFault(pub Error);

impl std::fmt::Display for PageFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl From<Error> for PageFault {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl From<minijinja::Error> for PageFault {
    fn from(error: minijinja::Error) -> Self {
        Self(Error::Internal(error.into()))
    }
}

impl ResponseError for PageFault {
    fn status_code(&self) -> StatusCode {
        problem::status(&self.0)
    }

    fn error_response(&self) -> HttpResponse {
        let reference = problem::log(&self.0).map(|reference| reference.to_string());
        let status = self.status_code();
        let kind = match self.0 {
            Error::NotFound(_) => "unknown",
            Error::Internal(_) | Error::Unavailable(_) => "fault",
            _ => "refused",
        };
        let mut response = HttpResponse::build(status);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.insert_header((header::RETRY_AFTER, "5"));
        }
        let page = render(kind, &self.0.to_string(), reference.as_deref());
        response.content_type("text/html; charset=utf-8").body(page)
    }
}

fn render(kind: &str, detail: &str, reference: Option<&str>) -> String {
    let tongue = Tongue::new(Edition::Standard, "");
    let title = VIEWS.words.say(&tongue, &format!("{kind}-title"));
    let main =
        VIEWS.main("fault.jinja", &tongue, json!({ "kind": kind, "title": title, "detail": detail, "reference": reference }));
    let around = Around { consultation: None, languages: &[], tongue: &tongue, demo: false };
    let page = main.and_then(|main| {
        VIEWS.page(&around, Contents { title: &title, in_error: false, back: Back::None, path: "/", main: &main })
    });
    page.unwrap_or(title)
}

/// A posted page that cannot be read.
#[expect(clippy::needless_pass_by_value, reason = "the framework hands it over by value")]
pub(super) fn unreadable_form(error: UrlencodedError, _: &HttpRequest) -> actix_web::Error {
    let error = match error {
        UrlencodedError::Overflow { limit, .. } => Error::TooLarge(limit),
        _ => Error::unreadable("not_a_form", "The page was not sent as this form sends it. Go back and send it again."),
    };
    PageFault(error).into()
}
