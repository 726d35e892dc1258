//! The catalogue: every published consultation and form version, parsed once. Versions never change, so what is in the
//! catalogue stays right; only what was published since is missing from it.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

use anyhow::Context as _;
use chrono::NaiveDate;

use super::{Db, consultations, extensions, settings};
use crate::domain::consultation::Consultation;
use crate::domain::form::{Form, FormVersion};
use crate::domain::window::Window;
use crate::error::{Error, Result};

/// The setting that says a database is a demonstration, and since which day.
pub const DEMO_SINCE: &str = "demo_since";

/// A consultation with all its form versions.
#[derive(Debug, Clone)]
pub struct Published {
    /// The latest document.
    pub consultation: Consultation,
    /// Which version of the document, and so of the privacy notice, is in force.
    pub notice: u32,
    /// When it is open.
    pub window: Window,
    /// Whether the dates were moved for a demonstration.
    pub demo: bool,
    forms: BTreeMap<(String, u32), Arc<FormVersion>>,
}

impl Published {
    /// A form version; of the main form when `form` is none.
    #[must_use]
    pub fn form(&self, form: Option<&str>, version: u32) -> Option<&Arc<FormVersion>> {
        let form = form.unwrap_or(&self.consultation.form);
        self.forms.get(&(form.to_owned(), version))
    }

    /// The latest version of the main form.
    #[must_use]
    pub fn latest_form(&self) -> Option<&Arc<FormVersion>> {
        self.versions().next_back()
    }

    /// Every version of the main form, oldest first.
    #[must_use = "an iterator does nothing by itself"]
    pub fn versions(&self) -> impl DoubleEndedIterator<Item = &Arc<FormVersion>> {
        self.forms.iter().filter(|((form, _), _)| *form == self.consultation.form).map(|(_, version)| version)
    }
}

/// Everything published, by consultation.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    consultations: HashMap<String, Arc<Published>>,
    counts: (i64, i64),
}

impl Catalogue {
    /// The consultation with this code.
    #[must_use]
    pub fn get(&self, code: &str) -> Option<&Arc<Published>> {
        self.consultations.get(code)
    }

    /// Every consultation, by code.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Published>> {
        let mut all: Vec<_> = self.consultations.values().cloned().collect();
        all.sort_by(|a, b| a.consultation.code.cmp(&b.consultation.code));
        all
    }

    /// Read everything published.
    pub async fn load(db: &Db) -> Result<Self> {
        let counts = consultations::published(&db.read).await?;
        let demo = settings::get(&db.read, DEMO_SINCE).await?.and_then(|day| day.parse::<NaiveDate>().ok());
        let mut forms: HashMap<String, BTreeMap<(String, u32), Arc<FormVersion>>> = HashMap::new();
        for document in consultations::forms(&db.read).await? {
            let form: Form = toml::from_str(&document.document).with_context(|| {
                format!("reading published form {} {} v{}", document.consultation, document.form, document.version)
            })?;
            let version = Arc::new(FormVersion::new(form, document.digest));
            forms.entry(document.consultation).or_default().insert((document.form, document.version), version);
        }
        let mut catalogue = Self { counts, ..Self::default() };
        for document in consultations::latest(&db.read).await? {
            let consultation: Consultation = toml::from_str(&document.document)
                .with_context(|| format!("reading published consultation {}", document.code))?;
            let mut consultation = match demo {
                Some(day) => consultation.moved_to_be_open(day),
                None => consultation,
            };
            consultation.extensions.extend(extensions::of(&db.read, &document.code).await?);
            let published = Published {
                window: consultation.window(),
                notice: document.version,
                demo: demo.is_some(),
                forms: forms.remove(&document.code).unwrap_or_default(),
                consultation,
            };
            catalogue.consultations.insert(document.code, Arc::new(published));
        }
        Ok(catalogue)
    }
}

/// The catalogue in use, replaced whole when something is published.
#[derive(Debug, Clone, Default)]
pub struct Shelf(Arc<RwLock<Arc<Catalogue>>>);

impl Shelf {
    /// A shelf with everything published so far.
    pub async fn open(db: &Db) -> Result<Self> {
        let shelf = Self::default();
        shelf.put(Catalogue::load(db).await?);
        Ok(shelf)
    }

    /// What is on the shelf now.
    #[must_use]
    pub fn now(&self) -> Arc<Catalogue> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The consultation with this code.
    pub fn consultation(&self, code: &str) -> Result<Arc<Published>> {
        self.now().get(code).cloned().ok_or(Error::NotFound("consultation"))
    }

    /// Read the catalogue again if anything was published since. Says whether anything was.
    pub async fn refresh(&self, db: &Db) -> Result<bool> {
        if consultations::published(&db.read).await? == self.now().counts {
            return Ok(false);
        }
        self.put(Catalogue::load(db).await?);
        Ok(true)
    }

    fn put(&self, catalogue: Catalogue) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(catalogue);
    }
}
