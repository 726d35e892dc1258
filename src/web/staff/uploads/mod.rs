//! Uploads of spreadsheets at the desk: the list, a new file, its check, what to mend in it, storing it, what it brought,
//! and withdrawing it whole.

mod brought;
mod form;
mod list;
mod mending;
mod one;
mod receive;
mod shown;
mod work;

use std::collections::BTreeMap;

use actix_web::web::{self, FormConfig, ServiceConfig};
use chrono::{DateTime, Utc};
use chrono_tz::Europe::London;

use crate::app::App;
use crate::error::Result;
use crate::store::staff as accounts;

/// The most bytes of a posted page: a select for each of 2,000 columns and 500 unknown choices.
const FORM_LIMIT: usize = 2 * 1024 * 1024;

/// The addresses of uploads.
pub(super) fn routes(config: &mut ServiceConfig) {
    let waiting = "/staff/{code}/uploads/waiting/{id}";
    config
        .route("/staff/{code}/uploads", web::get().to(list::list))
        .route("/staff/{code}/uploads/new", web::get().to(receive::new))
        .route("/staff/{code}/uploads/new", web::post().to(receive::receive))
        .route(waiting, web::get().to(one::look))
        .route(&format!("{waiting}/progress"), web::get().to(one::progress))
        .route(&format!("{waiting}/marked.xlsx"), web::get().to(one::marked))
        .route(&format!("{waiting}/mapping.toml"), web::get().to(one::mapping))
        .service(
            web::resource(format!("{waiting}/check"))
                .app_data(FormConfig::default().limit(FORM_LIMIT))
                .route(web::post().to(mending::check)),
        )
        .route(&format!("{waiting}/store"), web::post().to(one::store))
        .route(&format!("{waiting}/discard"), web::post().to(one::discard))
        .route("/staff/{code}/uploads/{upload}", web::get().to(brought::look))
        .route("/staff/{code}/uploads/{upload}/mapping.toml", web::get().to(brought::mapping))
        .route("/staff/{code}/uploads/{upload}/withdraw", web::get().to(brought::sure))
        .route("/staff/{code}/uploads/{upload}/withdraw", web::post().to(brought::withdraw));
}

/// An instant as people at the desk read it.
fn when(at: DateTime<Utc>) -> String {
    at.with_timezone(&London).format("%-d %B %Y, %H:%M").to_string()
}

/// Whom the audit log's names stand for.
struct People(BTreeMap<String, String>);

impl People {
    async fn all(app: &App) -> Result<Self> {
        let people = accounts::all(&app.db().read).await?;
        Ok(Self(people.into_iter().map(|person| (person.actor().name, person.name)).collect()))
    }

    /// A person by name; a program by its token, the command line as such.
    fn name(&self, actor: &str) -> String {
        match (self.0.get(actor), actor.strip_prefix("token:")) {
            (Some(name), _) => name.clone(),
            (None, Some(token)) => format!("the program {token}"),
            (None, None) if actor == "command" => "the command line".to_owned(),
            (None, None) => actor.to_owned(),
        }
    }
}
