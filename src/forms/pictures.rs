//! Pictures: each known by name, with source and licence (rule R27), and its drawing there.

use std::collections::BTreeSet;

use super::check::unknown;
use super::fault::{Fault, Faults, did_you_mean};
use super::library::{Contents, FormFile, Library, Pictures, Place};
use super::sayings::{Said, Saying, of_consultation, of_form};
use crate::domain::consultation::Consultation;
use crate::domain::form::Form;

/// What the names of files in the installed icon set begin with.
const ICON_SET: &str = "assets/";

/// Check the pictures of one file.
pub(super) fn check(pictures: &Pictures, file: &FormFile, library: &Library, faults: &mut Faults<'_>) {
    let used: BTreeSet<String> = library
        .files
        .iter()
        .flat_map(|file| {
            let form = file.form().map(|form| named(&of_form(form)));
            form.or_else(|| file.consultation().map(|consultation| named(&of_consultation(consultation)))).unwrap_or_default()
        })
        .map(|(_, name)| name)
        .collect();
    for (name, picture) in &pictures.by_name {
        check_once(name, file, library, faults);
        let path = format!("picture.{name}");
        if !picture.file.starts_with(ICON_SET) && !library.drawings.contains(&picture.file) {
            let message = format!("there is no drawing `{}` in pictures/", picture.file);
            faults.error(
                &format!("{path}.file"),
                message,
                did_you_mean(&picture.file, library.drawings.iter().map(String::as_str)),
            );
        }
        if !used.contains(name) {
            faults.info(&path, format!("no form uses the picture `{name}`"), "take it out, unless it is kept for later");
        }
    }
}

/// Two files of pictures may not share a name.
fn check_once(name: &str, file: &FormFile, library: &Library, faults: &mut Faults<'_>) {
    let before = library.files.iter().take_while(|other| other.path != file.path);
    let other =
        before.filter(|other| matches!(&other.contents, Contents::Pictures(known) if known.by_name.contains_key(name))).last();
    if let Some(other) = other {
        let message = format!("the picture `{name}` is in {} too", other.shown());
        faults.error(&format!("picture.{name}"), message, "rename one, or take it out");
    }
}

/// Check the pictures that a form names.
pub(super) fn named_by_form(form: &Form, library: &Library, faults: &mut Faults<'_>) {
    check_named(&named(&of_form(form)), library, faults);
}

/// Check the pictures that a consultation names.
pub(super) fn named_by_consultation(consultation: &Consultation, library: &Library, faults: &mut Faults<'_>) {
    check_named(&named(&of_consultation(consultation)), library, faults);
}

/// A library whose forms name pictures needs the file of pictures.
pub(super) fn missing(library: &Library) -> Option<Fault> {
    let names = library.files.iter().filter_map(|file| file.form()).any(|form| !named(&of_form(form)).is_empty());
    let there = library.files.iter().any(|file| file.place == Place::Pictures);
    (names && !there).then(|| {
        let file = library.root.join("pictures").join("pictures.toml").display().to_string();
        Fault::whole(
            &file,
            "forms name pictures, but this file is not there".to_owned(),
            "add it, with a [picture.name] for each picture",
        )
    })
}

fn check_named(named: &[(String, String)], library: &Library, faults: &mut Faults<'_>) {
    // Without a readable file of pictures that file is the fault, not every name.
    let Some(pictures) = library.pictures() else { return };
    for (path, name) in named.iter().filter(|(_, name)| !pictures.contains_key(name.as_str())) {
        let known: Vec<&str> = pictures.keys().copied().collect();
        unknown(faults, path, ("picture", name), known);
    }
}

/// Every picture named, with its path.
fn named(sayings: &[Saying<'_>]) -> Vec<(String, String)> {
    let mut named = Vec::new();
    for saying in sayings {
        named.extend(saying.picture.map(|name| (saying.picture_path(), name.to_owned())));
        if let Said::Blocks(blocks) = saying.said {
            for (key, blocks) in &blocks.0 {
                for (index, block) in blocks.iter().enumerate() {
                    let path = format!("{}.{key}[{index}].picture", saying.path);
                    named.extend(block.picture.iter().map(|name| (path.clone(), name.clone())));
                }
            }
        }
    }
    named
}
