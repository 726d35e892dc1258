//! A device that others use: what it remembers of a person is cleared when they have finished.

use actix_web::HttpRequest;
use actix_web::web::Path;
use serde_json::{Value as Json, json};

use super::visit::Visit;
use super::{Page, PageFault, flow, go};
use crate::store::drafts;

/// Clear what this browser remembers. What was sent stays with us, and its copy among the drafts goes; what was not
/// sent stays saved for whoever holds its return code.
pub async fn clear(request: HttpRequest, path: Path<String>) -> Page {
    let visit = Visit::new(&request, &path.into_inner(), None).await?;
    if let Some((key, draft)) = &visit.draft
        && draft.sent.is_some()
    {
        drafts::forget(&visit.app.db().write, &visit.consultation().code, key).await?;
    }
    visit.leave(go(&visit.start_address()))
}

/// What the start page says of answers begun or sent in this browser; null when there are none.
pub fn remembered(visit: &Visit) -> Result<Json, PageFault> {
    let Some((_, draft)) = &visit.draft else { return Ok(Json::Null) };
    let pages = visit.pages()?;
    let go_on = match draft.sent {
        Some(_) => flow::RECEIVED,
        None => flow::where_left_off(&visit.form, &pages, draft),
    };
    Ok(json!({ "sent": draft.sent.is_some(), "go_on": visit.edition_address(go_on), "clear": visit.address("clear") }))
}
