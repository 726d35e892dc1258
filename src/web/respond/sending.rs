//! Sending: through the one door, then the receipt, then the questions about the person (rule R39).

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::web::Path;
use serde_json::json;
use uuid::Uuid;

use super::mailing::{self, Trouble};
use super::visit::Visit;
use super::{Page, PageFault, check_answers, closed, flow, go};
use crate::domain::wording::Edition;
use crate::error::Error;
use crate::intake::{Arrival, Receipt, Refusal, accept, online};
use crate::store::drafts::{Draft, Sent};
use crate::web::view::shell::Back;

/// Send the main part.
pub async fn send(request: HttpRequest, path: Path<(String, String)>) -> Page {
    let mut visit = visit(&request, path).await?;
    if visit.is_sent() {
        return Ok(go(&visit.edition_address(flow::RECEIVED)));
    }
    let draft = visit.begin()?.clone();
    match deliver(&visit, &draft).await? {
        Receipt::Stored(kept) | Receipt::Duplicate(kept) => {
            let sent = Sent { reference: kept.reference, receipt_code: kept.receipt_code, revision_id: kept.revision_id };
            note(&mut visit, sent)?;
            visit.keep().await?;
        }
        Receipt::Held { .. } => {
            let title = visit.say("received-title");
            return visit.show("held.jinja", &title, Back::None, json!({ "title": title }));
        }
        Receipt::Refused(Refusal::Findings(findings)) => return check_answers::page(&visit, &findings),
        Receipt::Refused(Refusal::NotYetOpen) => return closed::early(&visit),
        Receipt::Refused(Refusal::Closed) => return closed::closed(&visit, visit.raw()),
        Receipt::Refused(Refusal::UnknownVersion { .. } | Refusal::ReceiptCode) => {
            return Err(PageFault(Error::Internal(anyhow::anyhow!("the door refused a draft's own version or code"))));
        }
    }
    let response = go(&visit.edition_address(flow::RECEIVED));
    visit.remember(response)
}

/// What was sent, and the id of what would replace it. The id is made from the one it replaces, so that finishing
/// twice at once is finishing once.
fn note(visit: &mut Visit, sent: Sent) -> Result<(), PageFault> {
    let draft = visit.begin()?;
    draft.revision_id = Uuid::new_v5(&sent.revision_id, b"about-you");
    draft.sent = Some(sent);
    Ok(())
}

async fn deliver(visit: &Visit, draft: &Draft) -> Result<Receipt, PageFault> {
    let submission = online::submission(&visit.form, draft);
    let payload = serde_json::to_vec(&submission).map_err(|error| Error::Internal(error.into()))?;
    let arrival = Arrival {
        consultation: draft.consultation.clone(),
        submission,
        payload: Arc::from(payload),
        actor: "public".to_owned(),
        began_at: Some(draft.began_at),
        synthetic: visit.published.demo,
    };
    Ok(accept(&visit.app.intake, arrival).await?)
}

/// Send the whole again with the answers about the person, as a revision that replaces what was sent. Whatever becomes
/// of it, what was sent stands.
pub async fn complete(visit: &mut Visit) -> Result<(), PageFault> {
    let Some((_, draft)) = &visit.draft else { return Ok(()) };
    let draft = draft.clone();
    if let Receipt::Stored(kept) | Receipt::Duplicate(kept) = deliver(visit, &draft).await? {
        let sent = Sent { reference: kept.reference, receipt_code: kept.receipt_code, revision_id: kept.revision_id };
        note(visit, sent)?;
        visit.keep().await?;
    }
    Ok(())
}

/// The receipt.
pub async fn received(request: HttpRequest, path: Path<(String, String)>) -> Page {
    received_page(&visit(&request, path).await?, None).await
}

/// The receipt, with what is wrong with the address it is to go to.
pub(super) async fn received_page(visit: &Visit, trouble: Option<Trouble<'_>>) -> Page {
    let Some(sent) = visit.draft.as_ref().and_then(|(_, draft)| draft.sent.clone()) else {
        return Ok(go(&visit.edition_address(flow::CHECK)));
    };
    let pages = visit.pages()?;
    let about_you = pages.pages.iter().find(|page| page.page.after_sending(&visit.form));
    let consultation = visit.consultation();
    let title = visit.say("received-title");
    let context = json!({
        "title": title,
        "reference": sent.reference,
        "receipt_code": sent.receipt_code,
        "withdraw": visit.address("withdraw"),
        "clear": visit.address("clear"),
        "next": consultation.what_happens.show(visit.tongue.edition, &visit.tongue.language),
        "decides": consultation.decides_on.map(|day| visit.day(day)),
        "about_you": about_you.map(|page| visit.edition_address(&page.page.slug)),
        "thanks": visit.edition_address(flow::THANKS),
    });
    mailing::show(visit, "received.jinja", &title, context, trouble).await
}

/// The end.
pub async fn thanks(request: HttpRequest, path: Path<(String, String)>) -> Page {
    thanks_page(&visit(&request, path).await?, None).await
}

/// The end, with what is wrong with the address the receipt is to go to.
pub(super) async fn thanks_page(visit: &Visit, trouble: Option<Trouble<'_>>) -> Page {
    if !visit.is_sent() {
        return Ok(go(&visit.edition_address(flow::CHECK)));
    }
    let title = visit.say("thanks-title");
    let sent = visit.draft.as_ref().and_then(|(_, draft)| draft.sent.as_ref());
    let context = json!({
        "title": title,
        "reference": sent.map(|sent| &sent.reference),
        "received": visit.edition_address(flow::RECEIVED),
        "start": visit.start_address(),
        "clear": visit.address("clear"),
        "decides": visit.consultation().decides_on.map(|day| visit.day(day)),
    });
    mailing::show(visit, "thank-you.jinja", &title, context, trouble).await
}

async fn visit(request: &HttpRequest, path: Path<(String, String)>) -> Result<Visit, PageFault> {
    let (code, edition) = path.into_inner();
    let edition = Edition::from_slug(&edition).ok_or(Error::NotFound("edition"))?;
    Visit::new(request, &code, Some(edition)).await
}
