//! The desk: pages for the people who run a consultation, for those who have signed in.

mod account;
mod answers;
mod audit;
mod batches;
mod contacts;
mod dates;
mod devices;
mod events;
mod evidence;
mod exports;
mod formats;
mod getting_in;
mod held;
mod home;
mod letters;
pub mod page;
mod people;
mod themes;
mod tokens;
mod uploads;
mod words;

use actix_web::web::{self, ServiceConfig};

pub(in crate::web) use self::batches::sheet_fields;

/// The addresses of the desk.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/staff", web::get().to(home::home))
        .route("/staff/sign-in", web::get().to(getting_in::sign_in_page))
        .route("/staff/sign-in", web::post().to(getting_in::sign_in))
        .route("/staff/sign-out", web::post().to(getting_in::sign_out))
        .route("/staff/stay", web::post().to(getting_in::stay))
        .route("/staff/second-step", web::get().to(getting_in::second_step_page))
        .route("/staff/second-step", web::post().to(getting_in::second_step))
        .route("/staff/link/{link}", web::get().to(getting_in::link_page))
        .route("/staff/link/{link}", web::post().to(getting_in::choose_password))
        .route("/staff/forgotten", web::get().to(letters::forgotten_page))
        .route("/staff/forgotten", web::post().to(letters::forgotten))
        .route("/staff/mail", web::get().to(letters::dead))
        .route("/staff/mail/{id}", web::post().to(letters::settle))
        .route("/staff/account", web::get().to(account::account))
        .route("/staff/account", web::post().to(account::change))
        .route("/staff/people", web::get().to(people::list))
        .route("/staff/people", web::post().to(people::invite))
        .route("/staff/people/{id}", web::get().to(people::person))
        .route("/staff/people/{id}/give", web::post().to(people::give))
        .route("/staff/people/{id}/take", web::post().to(people::take))
        .route("/staff/people/{id}/link", web::post().to(people::link))
        .route("/staff/people/{id}/disable", web::post().to(people::disable))
        .route("/staff/people/{id}/enable", web::post().to(people::enable))
        .route("/staff/tokens", web::get().to(tokens::list))
        .route("/staff/tokens", web::post().to(tokens::make))
        .route("/staff/tokens/revoke", web::get().to(tokens::sure))
        .route("/staff/tokens/revoke", web::post().to(tokens::revoke))
        .route("/staff/devices", web::get().to(devices::list))
        .route("/staff/devices/rescue", web::post().to(devices::rescue))
        .route("/staff/devices/restored", web::get().to(devices::sure_restored))
        .route("/staff/devices/restored", web::post().to(devices::confirm))
        .route("/staff/devices/{id}/revoke", web::get().to(devices::sure))
        .route("/staff/devices/{id}/revoke", web::post().to(devices::revoke))
        .route("/staff/devices/{id}/consultations", web::get().to(devices::places))
        .route("/staff/devices/{id}/consultations", web::post().to(devices::change))
        .route("/staff/audit", web::get().to(audit::page))
        .route("/staff/audit.csv", web::get().to(audit::download))
        .route("/staff/{code}/held", web::get().to(held::list))
        .route("/staff/{code}/held/{id}", web::get().to(held::item))
        .route("/staff/{code}/held/{id}", web::post().to(held::decide))
        .route("/staff/{code}/dates", web::get().to(dates::dates))
        .route("/staff/{code}/dates", web::post().to(dates::extend))
        .route("/staff/{code}/events", web::get().to(events::list))
        .route("/staff/{code}/events/new", web::get().to(events::new))
        .route("/staff/{code}/events/new", web::post().to(events::add))
        .route("/staff/{code}/events/{event}", web::get().to(events::one))
        .route("/staff/{code}/events/{event}", web::post().to(events::change))
        .route("/staff/{code}/formats", web::get().to(formats::list))
        .route("/staff/{code}/formats", web::post().to(formats::add))
        .route("/staff/{code}/formats/{id}", web::post().to(formats::fulfil))
        .route("/staff/{code}/contacts", web::get().to(contacts::list))
        .route("/staff/{code}/contacts", web::post().to(contacts::add))
        .route("/staff/{code}/contacts/{id}/erase", web::post().to(contacts::erase))
        .configure(evidence::routes)
        .configure(exports::routes)
        .configure(batches::routes)
        .configure(themes::routes)
        .configure(uploads::routes);
}
