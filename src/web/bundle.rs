//! Bundles: a form in all its editions, ready to be used on a device without a network: the resident's own pages, unfilled, the
//! keying page's fields, the words around them. Nothing in a bundle is run.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use serde::Serialize;
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};

use super::staff::sheet_fields;
use super::view::form_page::Unfilled;
use super::view::words::Tongue;
use super::view::{VIEWS, Views};
use crate::domain::consultation::Consultation;
use crate::domain::form::{Form, FormVersion};
use crate::domain::response::hex;
use crate::domain::wording::{DEFAULT_LANGUAGE, Edition};
use crate::error::{Error, Result};

/// The furniture a device needs beside the pages. What is put into them later stands as `{name}`.
const WORDS: [&str; 39] = [
    "check-title",
    "check-change",
    "check-not-answered",
    "check-before-sending",
    "quote-question",
    "quote-yes",
    "quote-no",
    "help-question",
    "help-no",
    "help-read-to-me",
    "help-wrote-for-me",
    "help-helped-decide",
    "help-prefer-not",
    "received-equality",
    "received-equality-yes",
    "received-equality-no",
    "interview-equality-lead",
    "interview-check-lead",
    "interview-finish-title",
    "interview-finish-lead",
    "interview-finish",
    "interview-thanks",
    "interview-thanks-lead",
    "interview-gone",
    "interview-stopped",
    "interview-stopped-lead",
    "demo",
    "demo-tag",
    "error",
    "error-summary",
    "error-too-long",
    "error-one-choice-only",
    "error-unknown-choice",
    "error-not-offered",
    "error-wrong-kind",
    "error-unreadable",
    "error-out-of-range",
    "error-not-a-date",
    "error-empty",
];

/// What may stand in the words.
const PLACES: [&str; 4] = ["question", "limit", "length", "detail"];

/// A form as a device keeps it.
#[derive(Debug)]
pub struct Bundle {
    /// SHA-256, in lower-case hex, of the body without its first member, which is this digest.
    pub digest: String,
    /// The JSON.
    pub body: String,
    /// The editions in it.
    pub editions: Vec<Edition>,
}

/// The body but for its digest.
#[derive(Serialize)]
struct Body<'a> {
    consultation: &'a str,
    form: &'a str,
    version: u32,
    editions: BTreeMap<&'static str, Json>,
    definition: &'a Form,
    words: Json,
    assets: BTreeSet<&'a str>,
}

/// Bundles by the digest of the form and the consultation's look.
type Made = HashMap<(String, &'static str), Arc<Bundle>>;

static MADE: LazyLock<RwLock<Made>> = LazyLock::new(RwLock::default);

/// The bundle of a form version, made the first time it is asked for.
///
/// # Errors
/// When a template cannot be rendered, which a test would have shown.
pub fn of(consultation: &Consultation, form: &FormVersion) -> Result<Arc<Bundle>> {
    let key = (form.digest.clone(), consultation.theme.code());
    if let Some(made) = MADE.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return Ok(Arc::clone(made));
    }
    let made = Arc::new(make(&VIEWS, super::assets::root(), consultation, form)?);
    MADE.write().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::clone(&made));
    Ok(made)
}

fn make(views: &Views, static_root: &str, consultation: &Consultation, form: &FormVersion) -> Result<Bundle> {
    let offered: Vec<Edition> = Edition::ALL.into_iter().filter(|edition| form.has_edition(*edition)).collect();
    let mut html = Vec::new();
    let mut editions = BTreeMap::new();
    let mut words = json!({ "theme": consultation.theme.code() });
    for edition in &offered {
        let tongue = Tongue::new(*edition, DEFAULT_LANGUAGE);
        let pages = pages(views, form, &tongue)?;
        let sheet = sheet_fields(views, form, *edition).map_err(internal)?;
        html.extend(pages.iter().map(|page| page.html.clone()));
        html.push(sheet.clone());
        let title = form.form.title.show(*edition, DEFAULT_LANGUAGE);
        editions.insert(edition.code(), json!({ "title": title, "pages": pages, "sheet": sheet }));
        words[edition.code()] = furniture(views, &tongue);
    }
    let body = Body {
        consultation: &consultation.code,
        form: &form.form.form,
        version: form.form.version,
        editions,
        definition: &form.form,
        words,
        assets: html.iter().flat_map(|html| addresses(html, static_root)).collect(),
    };
    let body = serde_json::to_string(&body).map_err(internal)?;
    let digest = hex(&Sha256::digest(&body));
    let rest = body.strip_prefix('{').unwrap_or(&body);
    Ok(Bundle { body: format!("{{\"digest\":\"{digest}\",{rest}"), digest, editions: offered })
}

fn internal(error: impl Into<anyhow::Error>) -> Error {
    Error::Internal(error.into())
}

/// The pages of the form and those that no form holds, in the order of their addresses.
fn pages(views: &Views, form: &FormVersion, tongue: &Tongue) -> Result<Vec<Unfilled>> {
    let of_form = views.form_pages(form, tongue).map_err(internal)?;
    let built_in = views.built_in_pages(tongue).map_err(internal)?;
    Ok(of_form.pages.iter().chain(built_in.iter()).map(super::view::form_page::FormPage::unfilled).collect())
}

fn furniture(views: &Views, tongue: &Tongue) -> Json {
    let with = || PLACES.map(|name| (name.to_owned(), format!("{{{name}}}"))).to_vec();
    WORDS.into_iter().map(|id| (id.to_owned(), Json::from(views.words.say_with(tongue, id, with())))).collect()
}

/// Every address of ours that the HTML names, in quotation marks as attributes are.
fn addresses<'h>(html: &'h str, root: &str) -> impl Iterator<Item = &'h str> {
    html.split('"').filter(move |part| part.starts_with(root))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_wherever_they_stand() {
        let html = r#"<img class="a" src="/static/1/pictures/map.svg" alt=""><p>"/static/2"</p><a href="/staff">x</a>"#;
        assert_eq!(addresses(html, "/static/1").collect::<Vec<_>>(), ["/static/1/pictures/map.svg"]);
    }

    #[test]
    fn every_word_a_device_needs_is_in_the_wordings() {
        for edition in Edition::ALL {
            let tongue = Tongue::new(edition, DEFAULT_LANGUAGE);
            for (id, text) in furniture(&VIEWS, &tongue).as_object().unwrap() {
                assert_ne!(text.as_str().unwrap(), id, "no wording has {id}");
            }
        }
    }

    #[test]
    fn what_a_person_is_told_later_has_its_place_in_the_words() {
        let words = furniture(&VIEWS, &Tongue::new(Edition::EasyRead, DEFAULT_LANGUAGE));
        let too_long = words["error-too-long"].as_str().unwrap();
        assert!(too_long.contains("{limit}") && too_long.contains("{length}"), "{too_long}");
    }
}
