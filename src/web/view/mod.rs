//! The view: from domain types to HTML, with everything that is the same for everybody rendered once.

pub mod built_in;
pub mod components;
pub mod form_page;
pub mod pictures;
pub mod pieces;
pub mod prose;
pub mod questions;
pub mod shell;
pub mod words;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use minijinja::Error;
use serde::Serialize;

use self::components::Components;
use self::form_page::{FormPage, FormPages, Sources};
use self::shell::{Around, Contents, MadeFrom, Shell};
use self::words::{Tongue, Words};
use crate::domain::form::FormVersion;

type ShellKey = (Option<String>, Tongue);
type PagesKey = (String, Tongue);

/// Everything that makes pages, with what it has already made.
pub struct Views {
    /// Where HTML comes from.
    pub components: Components,
    /// Where words come from.
    pub words: Arc<Words>,
    static_root: String,
    shells: RwLock<HashMap<ShellKey, Arc<Shell>>>,
    forms: RwLock<HashMap<PagesKey, Arc<FormPages>>>,
    built_in: RwLock<HashMap<Tongue, Arc<Vec<FormPage>>>>,
}

/// The views of this process: nothing in them belongs to anybody, and all of it can be made again.
pub static VIEWS: LazyLock<Views> = LazyLock::new(|| Views::new(Words::shipped(), super::assets::root()));

impl Views {
    /// Views with these words; `static_root` is the address of the static files.
    #[must_use]
    pub fn new(words: Words, static_root: &str) -> Self {
        let words = Arc::new(words);
        Self {
            components: Components::new(Arc::clone(&words), static_root),
            words,
            static_root: static_root.to_owned(),
            shells: RwLock::default(),
            forms: RwLock::default(),
            built_in: RwLock::default(),
        }
    }

    /// The pages of a form version, rendered the first time they are asked for.
    pub fn form_pages(&self, form: &FormVersion, tongue: &Tongue) -> Result<Arc<FormPages>, Error> {
        cached(&self.forms, (form.digest.clone(), tongue.clone()), |_| true, || FormPages::compile(&self.sources(tongue), form))
    }

    /// The pages before sending that no form file holds.
    pub fn built_in_pages(&self, tongue: &Tongue) -> Result<Arc<Vec<FormPage>>, Error> {
        cached(&self.built_in, tongue.clone(), |_| true, || built_in::pages(&self.sources(tongue)))
    }

    /// A whole page around its main part.
    pub fn page(&self, around: &Around<'_>, contents: Contents<'_>) -> Result<String, Error> {
        let made_from = MadeFrom::new(around);
        let key = (around.consultation.map(|c| c.code.clone()), around.tongue.clone());
        let shell = cached(
            &self.shells,
            key,
            |shell| shell.made_from == made_from,
            || Shell::compile(&self.components, &self.words, around),
        )?;
        Ok(shell.page(contents))
    }

    /// The main part of a page that is no form page.
    pub fn main(&self, template: &str, tongue: &Tongue, context: impl Serialize) -> Result<String, Error> {
        self.components.template(template, tongue, context)
    }

    fn sources<'a>(&'a self, tongue: &'a Tongue) -> Sources<'a> {
        Sources { components: &self.components, words: &self.words, tongue, static_root: &self.static_root }
    }
}

/// What is kept under a key, made when it is missing or out of date. A poisoned lock still holds whole values.
fn cached<K: Eq + Hash, V>(
    cache: &RwLock<HashMap<K, Arc<V>>>,
    key: K,
    current: impl Fn(&V) -> bool,
    make: impl FnOnce() -> Result<V, Error>,
) -> Result<Arc<V>, Error> {
    let found = cache.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
    if let Some(found) = found.filter(|found| current(found)) {
        return Ok(found);
    }
    let fresh = Arc::new(make()?);
    cache.write().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::clone(&fresh));
    Ok(fresh)
}
