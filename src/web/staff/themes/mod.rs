//! Themes at the desk: the codeframe, the coding of free text, what is read twice, and what comes of it.

mod answer;
mod changing;
mod exchange;
mod frames;
mod overview;
mod quality;
mod queues;
mod recheck;
mod results;
mod safeguarding;
mod storing;
mod suggesting;
mod twice;
mod words;

use std::sync::Arc;

use actix_web::web::{self, ServiceConfig};
use chrono::{DateTime, Utc};

use super::page::Seat;
use crate::app::App;
use crate::domain::access::{Actor, CODES, Role, SEES_THEMES};
use crate::domain::codeframe::Scope;
use crate::domain::form::FormVersion;
use crate::domain::question::{Field, Part, Takes};
use crate::error::{Error, Result};
use crate::store::catalogue::Published;
use crate::store::themes::By;

/// The addresses of themes.
pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/staff/{code}/codeframe", web::get().to(frames::list))
        .route("/staff/{code}/codeframe", web::post().to(frames::begin))
        .route("/staff/{code}/codeframe.qdc", web::get().to(exchange::export_all))
        .route("/staff/{code}/codeframe/{scope}", web::get().to(frames::one))
        .route("/staff/{code}/codeframe/{scope}/codeframe.qdc", web::get().to(exchange::export))
        .route("/staff/{code}/codeframe/{scope}/import", web::post().to(exchange::import))
        .route("/staff/{code}/codeframe/{scope}/new", web::get().to(changing::new))
        .route("/staff/{code}/codeframe/{scope}/new", web::post().to(changing::create))
        .route("/staff/{code}/codeframe/{scope}/undo", web::post().to(changing::undo))
        .route("/staff/{code}/codeframe/{scope}/{id}", web::get().to(changing::entry))
        .route("/staff/{code}/codeframe/{scope}/{id}", web::post().to(changing::reword))
        .route("/staff/{code}/codeframe/{scope}/{id}/merge", web::post().to(changing::merge))
        .route("/staff/{code}/codeframe/{scope}/{id}/split", web::post().to(changing::split))
        .route("/staff/{code}/codeframe/{scope}/{id}/retire", web::post().to(changing::retire))
        .route("/staff/{code}/coding", web::get().to(overview::all))
        .route("/staff/{code}/coding/safeguarding-contact", web::get().to(safeguarding::show))
        .route("/staff/{code}/coding/safeguarding-contact", web::post().to(safeguarding::name))
        .route("/staff/{code}/coding/{question}", web::get().to(overview::question))
        .route("/staff/{code}/coding/{question}/queue", web::post().to(queues::draw))
        .route("/staff/{code}/coding/{question}/recheck", web::get().to(recheck::show))
        .route("/staff/{code}/coding/{question}/quality", web::get().to(quality::show))
        .route("/staff/{code}/coding/{question}/results", web::get().to(results::show))
        .route("/staff/{code}/coding/{question}/suggestions", web::get().to(suggesting::show))
        .route("/staff/{code}/coding/{question}/suggestions", web::post().to(suggesting::make))
        .route("/staff/{code}/coding/{question}/suggestions/{theme}", web::get().to(suggesting::preview))
        .route("/staff/{code}/coding/{question}/suggestions/{theme}", web::post().to(suggesting::accept))
        .route("/staff/{code}/coding/{question}/twice", web::get().to(twice::show))
        .route("/staff/{code}/coding/{question}/twice", web::post().to(twice::draw))
        .route("/staff/{code}/coding/{question}/next-blind", web::get().to(twice::next))
        .route("/staff/{code}/coding/{question}/agreed", web::post().to(twice::settle_agreed))
        .route("/staff/{code}/coding/{question}/{response}/blind", web::get().to(twice::blind))
        .route("/staff/{code}/coding/{question}/{response}/blind", web::post().to(twice::store_blind))
        .route("/staff/{code}/coding/{question}/{response}/settle", web::get().to(twice::settling))
        .route("/staff/{code}/coding/{question}/{response}/settle", web::post().to(twice::settle))
        .route("/staff/{code}/coding/{question}/undo/{step}", web::post().to(storing::undo))
        .route("/staff/{code}/coding/{question}/{response}", web::get().to(answer::show))
        .route("/staff/{code}/coding/{question}/{response}", web::post().to(storing::store));
}

/// What somebody finds of themes on the desk's first page: address and words.
pub(super) fn links(actor: &Actor, code: &str) -> Vec<(String, &'static str)> {
    let mut links = Vec::new();
    if actor.may_as(CODES, code) {
        links.push((format!("/staff/{code}/coding"), "Coding of free text"));
    } else if actor.may_as(SEES_THEMES, code) {
        links.push((format!("/staff/{code}/coding"), "How far the coding is"));
    }
    if actor.may_as(SEES_THEMES, code) {
        links.push((format!("/staff/{code}/codeframe"), "Codeframe"));
    }
    links
}

/// Who is at work on themes and where, once they may be there.
struct Here {
    seat: Seat,
    published: Arc<Published>,
    code: String,
    now: DateTime<Utc>,
}

impl Here {
    /// Somebody with one of these roles.
    fn new(app: &App, seat: Seat, code: String, roles: &[Role]) -> Result<Self> {
        seat.require_any(roles, &code)?;
        let published = app.intake.shelf.consultation(&code)?;
        Ok(Self { seat, published, code, now: app.now() })
    }

    fn may(&self, roles: &[Role]) -> bool {
        self.seat.actor().may_as(roles, &self.code)
    }

    fn by(&self) -> By<'_> {
        By { staff_id: self.seat.staff_id(), actor: &self.seat.actor().name }
    }

    /// The questions whose answers are coded: those for people's own words, in the order of the newest version that asks them.
    fn questions(&self) -> Vec<(&FormVersion, &Field)> {
        let mut found: Vec<(&FormVersion, &Field)> = Vec::new();
        for version in self.published.versions().rev() {
            let open =
                |field: &&Field| matches!(field.takes, Takes::Text(_)) && matches!(field.part, Part::Answer | Part::Comment(_));
            for field in version.fields().iter().filter(open) {
                if !found.iter().any(|(_, known)| known.key == field.key) {
                    found.push((version, field));
                }
            }
        }
        found
    }

    /// The question with this key.
    fn question(&self, key: &str) -> Result<(&FormVersion, &Field)> {
        self.questions().into_iter().find(|(_, field)| field.key == key).ok_or(Error::NotFound("question"))
    }

    /// What a frame is about, once there is such a question.
    fn scope(&self, code: &str) -> Result<Scope> {
        let scope = Scope::from_code(code);
        if let Scope::Question(key) = &scope {
            self.question(key)?;
        }
        Ok(scope)
    }

    /// Every scope, with what it is called: the questions, then the one that cuts across.
    fn scopes(&self) -> Vec<(Scope, String)> {
        let named =
            |(version, field): (&FormVersion, &Field)| (Scope::Question(field.key.clone()), words::question(version, field));
        let across = (Scope::Crosscutting, words::ACROSS.to_owned());
        self.questions().into_iter().map(named).chain([across]).collect()
    }

    /// What a scope is called.
    fn name(&self, scope: &Scope) -> String {
        self.scopes().into_iter().find(|(known, _)| known == scope).map_or_else(String::new, |(_, name)| name)
    }
}
