//! Languages and editions: what one language or edition says and another does not, so that readers would meet two.

use std::collections::BTreeSet;

use super::fault::Faults;
use super::sayings::{Role, Saying, of_consultation, of_form};
use crate::domain::consultation::Consultation;
use crate::domain::form::Form;
use crate::domain::wording::{DEFAULT_LANGUAGE, Edition, Text, wording_key};

/// Check the wordings of a form.
pub(super) fn check_form(form: &Form, faults: &mut Faults<'_>) {
    let sayings = of_form(form);
    check_languages(&sayings, &form.title, faults);
    for saying in &sayings {
        check_fallback(saying, faults);
    }
}

/// Check the wordings of a consultation.
pub(super) fn check_consultation(consultation: &Consultation, faults: &mut Faults<'_>) {
    check_languages(&of_consultation(consultation), &consultation.title, faults);
}

fn check_languages(sayings: &[Saying<'_>], title: &Text, faults: &mut Faults<'_>) {
    let languages: BTreeSet<&str> = title.0.keys().filter_map(|key| wording_key(key)).map(|(_, language)| language).collect();
    let mut strangers: BTreeSet<&str> = BTreeSet::new();
    for saying in sayings {
        let keys = saying.said.keys();
        for (key, language) in keys.iter().filter_map(|key| Some((key, wording_key(key)?.1))) {
            if !languages.contains(language) && strangers.insert(language) {
                let message = format!("there is a wording in `{language}`, but the title has none, so nobody can choose it");
                faults.warning(&format!("{}.{key}", saying.path), message, format!("word the title in `{language}` too"));
            }
        }
        for edition in Edition::ALL.into_iter().filter(|edition| keys.contains(&edition.code())) {
            for language in languages.iter().filter(|language| **language != DEFAULT_LANGUAGE) {
                let key = format!("{edition}_{language}");
                if title.0.contains_key(&key) && !keys.contains(&key.as_str()) {
                    let message = format!("`{key}` is missing: people would read English here");
                    faults.warning(&format!("{}.{edition}", saying.path), message, format!("add {key} = …"));
                }
            }
        }
    }
}

/// Where easy read has no wording of its own, it shows the standard one.
fn check_fallback(saying: &Saying<'_>, faults: &mut Faults<'_>) {
    let keys = saying.said.keys();
    let lacks = |edition: Edition| !keys.iter().any(|key| wording_key(key).is_some_and(|(e, _)| e == edition));
    let decides_what_is_asked = matches!(saying.role, Role::Question | Role::Choice);
    if keys.is_empty() || decides_what_is_asked || !saying.met_in.contains(&Edition::EasyRead) || saying.path == "title" {
        return;
    }
    if lacks(Edition::EasyRead) {
        let message = "there is no easy_read wording, so easy read would show the standard one";
        faults.warning(&saying.path, message, "add easy_read = …");
    } else if lacks(Edition::Standard) && saying.role == Role::Title {
        faults.warning(
            &saying.path,
            "there is no standard wording, so the standard edition has no title here",
            "add standard = …",
        );
    }
}
