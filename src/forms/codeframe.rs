//! The codeframe's file: themes for questions that exist, keys that can be kept, and names that are not nearly the same.

use chrono::DateTime;
use uuid::Uuid;

use super::check::{questions, unknown};
use super::fault::Faults;
use super::keys::{is_snake, snake};
use super::library::{FormFile, Library, Place};
use crate::domain::codeframe::starting::{Frame, Item, Starting, begin};
use crate::domain::codeframe::{Codeframe, nearly_the_same};

/// Check the file with the themes that coders begin with.
pub(super) fn check(starting: &Starting, file: &FormFile, library: &Library, faults: &mut Faults<'_>) {
    let Place::Codeframe { consultation } = &file.place else { return };
    for (number, frame) in starting.frames.iter().enumerate() {
        let path = format!("frame[{number}]");
        if starting.frames[..number].iter().any(|before| before.question == frame.question) {
            faults.error(&path, "this is the second frame for the same question", "put its themes into the first");
        }
        check_question(frame, &path, (consultation, library), faults);
        check_items(&frame.nets, &format!("{path}.net"), faults);
        check_items(&frame.themes, &format!("{path}.theme"), faults);
        if check_nets(frame, &path, faults) {
            check_whole(frame, &path, consultation, faults);
        }
    }
}

/// Whether the question is asked in some version of the consultation's form.
fn check_question(frame: &Frame, path: &str, (consultation, library): (&str, &Library), faults: &mut Faults<'_>) {
    let Some(key) = &frame.question else { return };
    let form = library.consultation(consultation).and_then(FormFile::consultation).map(|it| it.form.as_str());
    let versions = form.map(|form| library.versions(consultation, form)).unwrap_or_default();
    let known: Vec<&str> =
        versions.iter().flat_map(|(_, form)| questions(form)).map(|(_, _, question)| question.key.as_str()).collect();
    if !known.contains(&key.as_str()) {
        unknown(faults, &format!("{path}.question"), ("question", key), known);
    }
}

fn check_items(items: &[Item], path: &str, faults: &mut Faults<'_>) {
    for (number, item) in items.iter().enumerate() {
        let path = format!("{path}[{number}].key");
        if !is_snake(&item.key) {
            faults.error(&path, format!("`{}` is not in snake_case", item.key), format!("write `{}`", snake(&item.key)));
        }
        if items[..number].iter().any(|before| before.key == item.key) {
            faults.error(&path, format!("the key `{}` is here twice", item.key), "give each its own key, and never change it");
        }
    }
}

/// Whether every net that a theme names is there.
fn check_nets(frame: &Frame, path: &str, faults: &mut Faults<'_>) -> bool {
    let mut all = true;
    for (number, theme) in frame.themes.iter().enumerate() {
        let known = frame.nets.iter().map(|net| net.key.as_str());
        if let Some(net) = theme.net.as_deref().filter(|net| !known.clone().any(|known| known == *net)) {
            unknown(faults, &format!("{path}.theme[{number}].net"), ("net", net), known);
            all = false;
        }
    }
    all
}

/// Whether a codeframe can be begun with it, and whether its names can be told apart.
fn check_whole(frame: &Frame, path: &str, consultation: &str, faults: &mut Faults<'_>) {
    let events = begin(consultation, frame, Uuid::nil(), DateTime::UNIX_EPOCH);
    match events.and_then(|events| Codeframe::of(frame.scope(), &events, u32::MAX)) {
        Ok(codeframe) => check_names(frame, path, &codeframe, faults),
        Err(error) => faults.error(path, error.to_string(), "see the names, keys and nets of this frame"),
    }
}

fn check_names(frame: &Frame, path: &str, codeframe: &Codeframe, faults: &mut Faults<'_>) {
    for (number, theme) in frame.themes.iter().enumerate() {
        let own = codeframe.themes().find(|entry| entry.wording.name == theme.name).map(|entry| entry.id);
        if let Some(near) = nearly_the_same(codeframe, &theme.name, own).first() {
            let message = format!("`{}` is nearly `{}`: coders will mix them up", theme.name, near.wording.name);
            faults.warning(&format!("{path}.theme[{number}].name"), message, "name what sets them apart, or make them one");
        }
    }
}
