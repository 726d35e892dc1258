//! A visit: who asks for which page, in which edition and language, with what they typed before.

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::cookie::{Cookie, SameSite};
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;
use uuid::Uuid;

use super::{PageFault, flow, html};
use crate::app::App;
use crate::domain::answer::Answers;
use crate::domain::consultation::Consultation;
use crate::domain::form::FormVersion;
use crate::domain::submission::Channel;
use crate::domain::window::{Dates, Reception, Stage, Window};
use crate::domain::wording::Edition;
use crate::error::Error;
use crate::store::catalogue::Published;
use crate::store::drafts::{self, Draft, DraftKey};
use crate::web::view::VIEWS;
use crate::web::view::form_page::{FormPages, Raw};
use crate::web::view::shell::{self, Around, Back, Contents};
use crate::web::view::words::Tongue;

/// The cookie that holds the draft's key.
const COOKIE: &str = "soundings_answers";

/// A person on a page.
pub struct Visit {
    /// The application.
    pub app: Data<App>,
    /// The consultation.
    pub published: Arc<Published>,
    /// The form version they answer: the one they began with.
    pub form: Arc<FormVersion>,
    /// The edition and language they read.
    pub tongue: Tongue,
    /// What they typed before, if anything.
    pub draft: Option<(DraftKey, Draft)>,
    /// The address of the page.
    pub path: String,
    /// What followed the address.
    pub query: HashMap<String, String>,
    languages: Vec<String>,
}

impl Visit {
    /// Read who asks. The edition is the address's, else the draft's, else the standard one.
    pub async fn new(request: &HttpRequest, code: &str, edition: Option<Edition>) -> Result<Self, PageFault> {
        let app = request.app_data::<Data<App>>().ok_or_else(|| anyhow::anyhow!("no application")).map_err(Error::from)?.clone();
        let published = app.intake.shelf.consultation(code)?;
        let draft = load_draft(request, &app, code).await?;
        let form = match &draft {
            Some((_, draft)) => published.form(None, draft.form_version),
            None => published.latest_form(),
        };
        let form = Arc::clone(form.or_else(|| published.latest_form()).ok_or(Error::NotFound("form"))?);
        let query =
            Query::<HashMap<String, String>>::from_query(request.query_string()).map(Query::into_inner).unwrap_or_default();
        let languages = form.languages();
        let language = query
            .get("lang")
            .or(draft.as_ref().map(|(_, draft)| &draft.language))
            .filter(|language| languages.contains(language))
            .map_or("", String::as_str);
        let edition = edition.or(draft.as_ref().map(|(_, draft)| draft.edition)).unwrap_or(Edition::Standard);
        let tongue = Tongue::new(edition, language);
        Ok(Self { app, published, form, tongue, draft, path: request.path().to_owned(), query, languages })
    }

    /// The consultation.
    pub fn consultation(&self) -> &Consultation {
        &self.published.consultation
    }

    /// The address of a page of this consultation, in the language being read.
    pub fn address(&self, rest: &str) -> String {
        let slash = if rest.is_empty() { "" } else { "/" };
        let query = shell::query(&self.tongue);
        let query = if query.is_empty() && self.query.contains_key("lang") { "?lang=en" } else { &query };
        format!("/{}{slash}{rest}{query}", self.consultation().code)
    }

    /// The address of a page of the edition being read.
    pub fn edition_address(&self, slug: &str) -> String {
        self.address(&format!("{}/{slug}", self.tongue.edition.slug()))
    }

    /// The address of the start page the person came by.
    pub fn start_address(&self) -> String {
        match self.tongue.edition {
            Edition::Standard => self.address(""),
            Edition::EasyRead => self.address(Edition::EasyRead.slug()),
        }
    }

    /// The pages of the form in the edition being read.
    pub fn pages(&self) -> Result<Arc<FormPages>, PageFault> {
        Ok(VIEWS.form_pages(&self.form, &self.tongue)?)
    }

    /// What they typed.
    pub fn raw(&self) -> &Raw {
        static NOTHING: Raw = Raw::new();
        self.draft.as_ref().map_or(&NOTHING, |(_, draft)| &draft.answers)
    }

    /// What they typed, read for routing.
    pub fn answers(&self) -> Answers {
        flow::answers_of(&self.form, self.tongue.edition, self.raw())
    }

    /// Whether the main part was sent.
    pub fn is_sent(&self) -> bool {
        self.draft.as_ref().is_some_and(|(_, draft)| draft.sent.is_some())
    }

    /// When the edition being read is open.
    pub fn window(&self) -> Window {
        self.consultation().window_of(Some(self.tongue.edition))
    }

    /// The last day of the edition being read.
    pub fn last_day(&self) -> chrono::NaiveDate {
        self.consultation().last_day_of(Some(self.tongue.edition))
    }

    /// The other edition, when it is open now and longer than the one being read: how long, why, and where it is.
    pub fn longer_edition(&self) -> Option<serde_json::Value> {
        let consultation = self.consultation();
        let other = Edition::ALL.into_iter().find(|other| *other != self.tongue.edition && self.form.has_edition(*other))?;
        let (last, now) = (consultation.last_day_of(Some(other)), self.app.now());
        if last <= self.last_day() || consultation.window_of(Some(other)).stage(now) != Stage::Open {
            return None;
        }
        let why = consultation.extensions.iter().rev().find(|extension| extension.closes_on == last)?;
        let rest = if other == Edition::Standard { "" } else { other.slug() };
        Some(json!({
            "closes": self.day(last), "reason": why.reason.show(self.tongue.edition, &self.tongue.language), "href": self.address(rest),
        }))
    }

    /// Whether they may answer now.
    pub fn reception(&self) -> Reception {
        let dates = Dates { began_at: self.draft.as_ref().map(|(_, draft)| draft.began_at), ..Dates::default() };
        self.window().may_receive(Channel::Online, dates, self.app.now())
    }

    /// The group of areas they live in, if they said.
    pub fn area_group<'a>(&'a self, raw: &Raw) -> Option<&'a str> {
        let areas = self.form.form.areas.as_ref()?;
        self.form.area_group(raw.get(&areas.question)?.as_str()?)
    }

    /// A wording of the furniture.
    pub fn say(&self, id: &str) -> String {
        VIEWS.words.say(&self.tongue, id)
    }

    /// A wording of the furniture with values in it.
    pub fn say_with(&self, id: &str, with: &[(&str, &str)]) -> String {
        let with = with.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        VIEWS.words.say_with(&self.tongue, id, with)
    }

    /// A day in words.
    pub fn day(&self, day: chrono::NaiveDate) -> String {
        VIEWS.words.day(&self.tongue, day)
    }

    /// A whole page.
    pub fn page(&self, title: &str, back: Back<'_>, in_error: bool, main: &str) -> Result<String, PageFault> {
        let around = Around {
            consultation: Some(self.consultation()),
            languages: if self.languages.len() > 1 { &self.languages } else { &[] },
            tongue: &self.tongue,
            demo: self.published.demo,
        };
        Ok(VIEWS.page(&around, Contents { title, in_error, back, path: &self.path, main })?)
    }

    /// A page made by one of our templates.
    pub fn show(
        &self,
        template: &str,
        title: &str,
        back: Back<'_>,
        context: serde_json::Value,
    ) -> Result<HttpResponse, PageFault> {
        let main = VIEWS.main(template, &self.tongue, context)?;
        Ok(html(self.page(title, back, false, &main)?))
    }

    /// The draft, begun now when there is none.
    pub fn begin(&mut self) -> Result<&mut Draft, PageFault> {
        let (edition, language) = (self.tongue.edition, self.tongue.language.clone());
        if self.draft.is_none() {
            let draft = Draft {
                consultation: self.consultation().code.clone(),
                form_version: self.form.form.version,
                edition,
                language: language.clone(),
                answers: Raw::new(),
                response_id: Uuid::now_v7(),
                revision_id: Uuid::now_v7(),
                began_at: self.app.now(),
                quote_consent: None,
                help: None,
                sent: None,
            };
            self.draft = Some((DraftKey::random()?, draft));
        }
        let (_, draft) = self.draft.as_mut().ok_or_else(|| Error::from(anyhow::anyhow!("no draft")))?;
        draft.edition = edition;
        draft.language = language;
        Ok(draft)
    }

    /// Keep the draft.
    pub async fn keep(&self) -> Result<(), PageFault> {
        if let Some((key, draft)) = &self.draft {
            drafts::save(&self.app.db().write, key, draft, self.app.now()).await?;
        }
        Ok(())
    }

    /// Let the browser hold the draft's key until it is closed.
    pub fn remember(&self, mut response: HttpResponse) -> Result<HttpResponse, PageFault> {
        if let Some((key, _)) = &self.draft {
            set_cookie(&mut response, &self.cookie(key.printed()))?;
        }
        Ok(response)
    }

    /// Let the browser forget the draft's key.
    pub fn leave(&self, mut response: HttpResponse) -> Result<HttpResponse, PageFault> {
        let mut cookie = self.cookie(String::new());
        cookie.make_removal();
        set_cookie(&mut response, &cookie)?;
        Ok(response)
    }

    fn cookie(&self, value: String) -> Cookie<'static> {
        Cookie::build(COOKIE, value)
            .path(format!("/{}", self.consultation().code))
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self.app.config.is_encrypted())
            .finish()
    }
}

fn set_cookie(response: &mut HttpResponse, cookie: &Cookie<'_>) -> Result<(), PageFault> {
    response.add_cookie(cookie).map_err(|error| Error::Internal(anyhow::anyhow!("setting a cookie: {error}")).into())
}

async fn load_draft(request: &HttpRequest, app: &App, code: &str) -> Result<Option<(DraftKey, Draft)>, PageFault> {
    let Some(key) = request.cookie(COOKIE).and_then(|cookie| DraftKey::typed(cookie.value())) else { return Ok(None) };
    let draft = drafts::load(&app.db().read, code, &key).await?;
    Ok(draft.map(|draft| (key, draft)))
}
