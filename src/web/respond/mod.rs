//! The public pages: reading about a consultation, answering it page by page, sending, coming back, taking back.

mod answering;
mod check_answers;
mod closed;
mod device;
mod fault;
mod flow;
mod formats;
mod lines;
mod mailing;
mod notices;
mod return_later;
mod sending;
mod start;
pub(super) mod visit;
mod withdrawing;
mod wrong;

#[cfg(test)]
mod tests;

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{self, FormConfig, ServiceConfig};

pub use fault::PageFault;

use crate::error::Error;

/// What a handler of a page gives back.
type Page = Result<HttpResponse, PageFault>;

/// The most that is read of a posted page: all its texts at their limits, and what goes far over them, so that nothing
/// is lost when it is shown again.
const FORM_LIMIT: usize = 512 * 1024;

/// The addresses of the public pages. They match almost anything, so they come last.
pub fn routes(config: &mut ServiceConfig) {
    let form = FormConfig::default().limit(FORM_LIMIT).error_handler(fault::unreadable_form);
    config
        .app_data(form)
        .route("/", web::get().to(start::list))
        .route("/privacy", web::get().to(notices::general_privacy))
        .route("/accessibility", web::get().to(notices::general_accessibility))
        .route("/cookies", web::get().to(notices::general_cookies))
        .route("/{code}", web::get().to(start::start))
        .route("/{code}/privacy", web::get().to(notices::privacy))
        .route("/{code}/accessibility", web::get().to(notices::accessibility))
        .route("/{code}/cookies", web::get().to(notices::cookies))
        .route("/{code}/clear", web::post().to(device::clear))
        .route("/{code}/saved", web::get().to(return_later::saved))
        .route("/{code}/return", web::get().to(return_later::ask))
        .route("/{code}/return", web::post().to(return_later::enter))
        .route("/{code}/withdraw", web::get().to(withdrawing::ask))
        .route("/{code}/withdraw", web::post().to(withdrawing::enter))
        .route("/{code}/formats", web::get().to(formats::ask))
        .route("/{code}/formats", web::post().to(formats::send))
        .route("/{code}/{edition}/formats", web::get().to(formats::ask_in_edition))
        .route("/{code}/{edition}/formats", web::post().to(formats::send_in_edition))
        .route("/{code}/change-edition", web::post().to(return_later::change_edition))
        .route("/{code}/paper/{edition}", web::get().to(super::paper::show))
        .route("/{code}/paper/{edition}/foot.css", web::get().to(super::paper::foot))
        .route("/{code}/{edition}", web::get().to(start::start_in_edition))
        .route("/{code}/{edition}/changed", web::get().to(return_later::changed))
        .route("/{code}/{edition}/check-answers", web::get().to(check_answers::show))
        .route("/{code}/{edition}/send", web::post().to(sending::send))
        .route("/{code}/{edition}/received", web::get().to(sending::received))
        .route("/{code}/{edition}/received", web::post().to(mailing::from_received))
        .route("/{code}/{edition}/thank-you", web::get().to(sending::thanks))
        .route("/{code}/{edition}/thank-you", web::post().to(mailing::from_thanks))
        .route("/{code}/{edition}/{page}", web::get().to(answering::show))
        .route("/{code}/{edition}/{page}", web::post().to(answering::answer))
        .default_service(web::to(nowhere));
}

/// Address parts that no section or question may have, since pages of ours stand there.
pub const TAKEN: &[&str] =
    &["before-you-send", "quote-consent", "help", "check-answers", "send", "received", "thank-you", "changed", "formats"];

async fn nowhere() -> Page {
    Err(PageFault(Error::NotFound("page")))
}

/// See this address next.
fn go(address: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, address)).finish()
}

/// A page that is nobody else's.
fn html(body: String) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).content_type("text/html; charset=utf-8").body(body)
}
