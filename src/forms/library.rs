//! The library: every file under `forms/` with its exact bytes, its digest, and what it says or why it cannot be read.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::fault::Fault;
use super::places::Places;
use crate::domain::codeframe::starting::Starting;
use crate::domain::consultation::Consultation;
use crate::domain::form::Form;

/// Everything under a forms directory.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Library {
    /// The directory it was read from.
    pub root: PathBuf,
    /// Its files, in the order of their paths.
    pub files: Vec<FormFile>,
    /// The names of the drawings that lie beside `pictures.toml`.
    pub drawings: BTreeSet<String>,
    /// What could not be read at all.
    pub faults: Vec<Fault>,
}

/// One file.
#[derive(Debug, Clone, PartialEq)]
pub struct FormFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its exact bytes.
    pub bytes: Vec<u8>,
    /// SHA-256 of its bytes, in lower-case hex.
    pub digest: String,
    /// What it should be, by its name.
    pub place: Place,
    /// What it says.
    pub contents: Contents,
    /// Why it could not be read.
    pub faults: Vec<Fault>,
    pub(super) places: Places,
}

/// What a file should be, by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// `<consultation>/consultation.toml`.
    Consultation {
        /// The directory.
        consultation: String,
    },
    /// `<consultation>/<form>.v<version>.toml`.
    Form {
        /// The directory.
        consultation: String,
        /// The name before the version.
        form: String,
        /// The version.
        version: u32,
    },
    /// `examples/<form>.v<version>.toml`: checked, never published.
    Example {
        /// The name before the version.
        form: String,
        /// The version.
        version: u32,
    },
    /// `<consultation>/codeframe.toml`: the themes that coders begin with.
    Codeframe {
        /// The directory.
        consultation: String,
    },
    /// `pictures/pictures.toml`, or another file beside it.
    Pictures,
    /// A name that says nothing.
    Stray,
}

/// What a file says.
#[derive(Debug, Clone, PartialEq)]
pub enum Contents {
    /// A consultation.
    Consultation(Box<Consultation>),
    /// A form.
    Form(Box<Form>),
    /// The themes that coders begin with.
    Codeframe(Box<Starting>),
    /// The pictures.
    Pictures(Pictures),
    /// It could not be read; its faults say why.
    Unread,
}

/// The pictures that forms may name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pictures {
    /// Each by its name.
    #[serde(rename = "picture")]
    pub by_name: BTreeMap<String, Picture>,
}

/// One picture (rule R27).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Picture {
    /// The file beside `pictures.toml`, or one under `assets/` of the installed icon set.
    pub file: String,
    /// Who made it or where it comes from.
    pub source: String,
    /// Its licence.
    pub licence: String,
    /// What it shows.
    pub about: String,
}

impl FormFile {
    /// The form, when it is one that could be read.
    #[must_use]
    pub fn form(&self) -> Option<&Form> {
        match &self.contents {
            Contents::Form(form) => Some(form),
            _ => None,
        }
    }

    /// The consultation, when it is one that could be read.
    #[must_use]
    pub fn consultation(&self) -> Option<&Consultation> {
        match &self.contents {
            Contents::Consultation(consultation) => Some(consultation),
            _ => None,
        }
    }

    /// The file as text.
    #[must_use]
    pub fn document(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// How it is named in messages.
    #[must_use]
    pub fn shown(&self) -> String {
        self.path.display().to_string()
    }
}

impl Library {
    /// Every picture by its name, or nothing when a file of pictures is missing or cannot be read.
    #[must_use]
    pub fn pictures(&self) -> Option<BTreeMap<&str, &Picture>> {
        let mut files = self.files.iter().filter(|file| file.place == Place::Pictures).peekable();
        files.peek()?;
        files.try_fold(BTreeMap::new(), |mut all, file| match &file.contents {
            Contents::Pictures(pictures) => {
                all.extend(pictures.by_name.iter().map(|(name, picture)| (name.as_str(), picture)));
                Some(all)
            }
            _ => None,
        })
    }

    /// The file of a consultation.
    #[must_use]
    pub fn consultation(&self, code: &str) -> Option<&FormFile> {
        self.files.iter().find(|file| matches!(&file.place, Place::Consultation { consultation } if consultation == code))
    }

    /// The themes that a consultation's coders begin with; none when it has no such file or it cannot be read.
    #[must_use]
    pub fn codeframe(&self, code: &str) -> Option<&Starting> {
        self.files.iter().find_map(|file| match (&file.place, &file.contents) {
            (Place::Codeframe { consultation }, Contents::Codeframe(starting)) if consultation == code => Some(&**starting),
            _ => None,
        })
    }

    /// The files of a consultation's form that could be read, oldest version first.
    #[must_use]
    pub fn versions<'a>(&'a self, consultation: &str, form: &str) -> Vec<(&'a FormFile, &'a Form)> {
        let named = |file: &FormFile| matches!(&file.place, Place::Form { consultation: c, form: f, .. } if c == consultation && f == form);
        let mut versions: Vec<_> =
            self.files.iter().filter(|file| named(file)).filter_map(|file| Some((file, file.form()?))).collect();
        versions.sort_by_key(|(_, form)| form.version);
        versions
    }
}
