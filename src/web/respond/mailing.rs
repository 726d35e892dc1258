//! The receipt by e-mail, for whoever asks: offered when a mail server is set, and forgotten once it is sent.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Form, Path};
use serde_json::{Value as Json, json};

use super::visit::Visit;
use super::{Page, PageFault, flow, go, html, sending, wrong};
use crate::domain::wording::{DEFAULT_LANGUAGE, Edition};
use crate::error::Error;
use crate::mail::{self, Recipient};
use crate::store::drafts::{self, DraftKey, Sent};
use crate::store::{self};
use crate::web::view::VIEWS;
use crate::web::view::shell::Back;

/// How often one response's receipt is sent at most: enough for a slip or two, too few to be a nuisance to somebody.
const MOST: i32 = 3;

/// The pages that offer it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// The confirmation.
    Received,
    /// The end.
    Thanks,
}

impl On {
    const fn slug(self) -> &'static str {
        match self {
            Self::Received => flow::RECEIVED,
            Self::Thanks => flow::THANKS,
        }
    }
}

/// What is wrong with what was typed.
#[derive(Debug, Clone, Copy)]
pub struct Trouble<'a> {
    typed: &'a str,
    /// The wording that says what to do.
    wording: &'static str,
}

/// Ask for it on the confirmation.
pub async fn from_received(request: HttpRequest, path: Path<(String, String)>, posted: Form<Vec<(String, String)>>) -> Page {
    ask(&request, path.into_inner(), &posted, On::Received).await
}

/// Ask for it at the end.
pub async fn from_thanks(request: HttpRequest, path: Path<(String, String)>, posted: Form<Vec<(String, String)>>) -> Page {
    ask(&request, path.into_inner(), &posted, On::Thanks).await
}

async fn ask(request: &HttpRequest, path: (String, String), posted: &[(String, String)], on: On) -> Page {
    let (code, edition) = path;
    let edition = Edition::from_slug(&edition).ok_or(Error::NotFound("edition"))?;
    let visit = Visit::new(request, &code, Some(edition)).await?;
    let sent = visit.draft.as_ref().and_then(|(key, draft)| Some((key, draft.sent.as_ref()?)));
    let Some((key, sent)) = sent.filter(|_| mail::is_on(&visit.app.config)) else {
        return Ok(go(&visit.edition_address(on.slug())));
    };
    let typed = posted.iter().find(|(name, _)| name == "email").map_or("", |(_, value)| value.trim());
    let trouble = match Recipient::new(typed) {
        _ if typed.is_empty() => "mail-blank",
        Err(_) => "mail-wrong",
        Ok(to) if queue(&visit, key, sent, &to).await? => {
            let address = visit.edition_address(on.slug());
            let joint = if address.contains('?') { '&' } else { '?' };
            return Ok(go(&format!("{address}{joint}mailed=yes")));
        }
        Ok(_) => "mail-enough",
    };
    let trouble = Some(Trouble { typed, wording: trouble });
    match on {
        On::Received => sending::received_page(&visit, trouble).await,
        On::Thanks => sending::thanks_page(&visit, trouble).await,
    }
}

/// Queue the receipt, unless it was sent often enough already. Counting and queueing are one act; the count is the
/// draft's and knows no address, the message in the queue knows no draft.
async fn queue(visit: &Visit, key: &DraftKey, sent: &Sent, to: &Recipient) -> Result<bool, PageFault> {
    let receipt = receipt(visit, sent);
    let tx = store::begin_write(&visit.app.db().write).await.map_err(Error::from)?;
    if !drafts::count_mailed(&tx, &visit.consultation().code, key, MOST).await? {
        return Ok(false);
    }
    mail::queue(&tx, &visit.app.config, to, &receipt, visit.app.now()).await?;
    tx.commit().await.map_err(Error::from)?;
    mail::wake();
    Ok(true)
}

fn receipt(visit: &Visit, sent: &Sent) -> mail::Receipt {
    let consultation = visit.consultation();
    let edition = visit.tongue.edition;
    // The message is in English, as the rest of its words are.
    let title = consultation.title.show(edition, DEFAULT_LANGUAGE);
    let english = crate::web::view::words::Tongue::new(edition, DEFAULT_LANGUAGE);
    mail::Receipt {
        easy: edition == Edition::EasyRead,
        consultation: title.to_owned(),
        reference: sent.reference.clone(),
        receipt_code: sent.receipt_code.clone(),
        withdraw: format!("{}/{}/withdraw", visit.app.config.base_url, consultation.code),
        decides: consultation.decides_on.map(|day| VIEWS.words.day(&english, day)),
        contact: consultation.contact.email.clone(),
    }
}

/// What a page says about e-mail; null when it does not offer any.
async fn offer(visit: &Visit, trouble: Option<Trouble<'_>>) -> Result<Json, PageFault> {
    let Some((key, _)) = visit.draft.as_ref().filter(|_| mail::is_on(&visit.app.config)) else { return Ok(Json::Null) };
    let mailed = drafts::mailed(&visit.app.db().read, &visit.consultation().code, key).await?;
    Ok(json!({
        "enough": mailed >= MOST,
        "queued": trouble.is_none() && visit.query.contains_key("mailed"),
        "typed": trouble.map(|trouble| trouble.typed),
        "message": trouble.map(|trouble| visit.say(trouble.wording)),
    }))
}

/// A page that offers it, made by one of our templates.
pub async fn show(visit: &Visit, template: &str, title: &str, mut context: Json, trouble: Option<Trouble<'_>>) -> Page {
    context["mail"] = offer(visit, trouble).await?;
    let line = trouble.map(|trouble| wrong::Line { href: "#email".to_owned(), text: visit.say(trouble.wording) });
    context["summary"] = wrong::summary(visit, line.as_slice())?.into();
    let main = VIEWS.main(template, &visit.tongue, context)?;
    let mut response = html(visit.page(title, Back::None, trouble.is_some(), &main)?);
    if trouble.is_some() {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}
