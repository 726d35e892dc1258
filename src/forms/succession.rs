//! Succession: whether a version may follow another. A key keeps its kind, its scale and what its codes mean for ever,
//! because answers to both versions stand in one table.

use super::check::questions;
use super::fault::{Fault, Faults};
use super::library::FormFile;
use crate::domain::form::{Form, FormVersion};
use crate::domain::question::{Choice, Kind, Part, Scale, Takes};
use crate::domain::wording::{DEFAULT_LANGUAGE, Edition};

/// How alike two labels of one code must be not to be asked about.
const ALIKE: f64 = 0.4;

/// What stands in the way of this version following the old one: errors refuse it, warnings ask a person to look. The
/// file says where each fault stands; its contents should be the new form.
#[must_use]
pub fn may_follow(old: &Form, new: &Form, file: &FormFile) -> Vec<Fault> {
    let shown = file.shown();
    let mut faults = Faults::new(&shown, &file.places);
    for (path, _, question) in questions(new) {
        let Some((_, _, before)) = questions(old).find(|(_, _, before)| before.key == question.key) else { continue };
        let (key, version) = (&question.key, old.version);
        if before.kind != question.kind {
            let (was, is) = (before.kind.code(), question.kind.code());
            let message = format!("`{key}` was {was} in version {version} and is {is} now");
            faults.error(
                &format!("{path}.kind"),
                message,
                format!("a key keeps its kind for ever: write kind = \"{was}\", or ask it under a new key"),
            );
            continue;
        }
        if before.scale != question.scale && question.kind == Kind::Scale {
            let was = before.scale.as_deref().unwrap_or("…");
            let is = question.scale.as_deref().unwrap_or("none");
            let message = format!("`{key}` used the scale `{was}` in version {version} and uses `{is}` now");
            faults.error(
                &format!("{path}.scale"),
                message,
                format!("a key keeps its scale for ever: write scale = \"{was}\", or ask it under a new key"),
            );
        }
        let place = Place { of: format!("`{key}`"), path: &path, version };
        place.codes((&before.choices, &question.choices), &mut faults);
    }
    for (index, scale) in new.scales.iter().enumerate() {
        if let Some(before) = old.scales.iter().find(|before| before.code == scale.code) {
            check_scale(before, scale, (&format!("scale[{index}]"), old.version), &mut faults);
        }
    }
    check_fields(old, new, &mut faults);
    faults.into_found()
}

/// A scale is one measuring rod: the same points in the same order.
fn check_scale(before: &Scale, scale: &Scale, (path, version): (&str, u32), faults: &mut Faults<'_>) {
    let place = Place { of: format!("the scale `{}`", scale.code), path, version };
    place.codes((&before.choices, &scale.choices), faults);
    let suggestion = "a scale keeps its points for ever: make a new scale with a new code, for new keys";
    for (index, choice) in scale.choices.iter().enumerate().filter(|(_, choice)| find(&before.choices, choice).is_none()) {
        let message = format!("the scale `{}` had no point `{}` in version {version}", scale.code, choice.code);
        faults.error(&format!("{path}.choice[{index}].code"), message, suggestion);
    }
    let common = |these: &[Choice], those: &[Choice]| -> Vec<String> {
        these.iter().filter(|choice| find(those, choice).is_some()).map(|choice| choice.code.clone()).collect()
    };
    if common(&before.choices, &scale.choices) != common(&scale.choices, &before.choices) {
        let message = format!("the points of the scale `{}` stood in another order in version {version}", scale.code);
        faults.error(path, message, format!("put them back: {}", common(&before.choices, &scale.choices).join(", ")));
    }
    for (index, choice) in scale.choices.iter().enumerate() {
        let path = format!("{path}.choice[{index}]");
        let Some(was) = find(&before.choices, choice) else { continue };
        if was.collapses_to != choice.collapses_to {
            let message = format!("`{}` fell into another class in version {version}", choice.code);
            faults.warning(&path, message, "tables of both versions will follow the newer one; say so in `change`");
        }
        for edition in Edition::ALL.into_iter().filter(|edition| was.text.has(*edition) != choice.text.has(*edition)) {
            let message =
                format!("the {edition} edition of version {version} offered other points of the scale `{}`", scale.code);
            faults.error(&path, message, suggestion);
        }
    }
    if before.comparability != scale.comparability {
        let message = format!("the scale `{}` was {:?} in version {version}", scale.code, before.comparability).to_lowercase();
        faults.warning(
            &format!("{path}.comparability"),
            message,
            "tables of both versions will follow the newer one; say so in `change`",
        );
    }
}

struct Place<'a> {
    of: String,
    path: &'a str,
    version: u32,
}

impl Place<'_> {
    /// No code may go or change its meaning.
    fn codes(&self, (before, now): (&[Choice], &[Choice]), faults: &mut Faults<'_>) {
        let (of, path, version) = (&self.of, self.path, self.version);
        for was in before.iter().filter(|was| find(now, was).is_none()) {
            let message = format!("{of} offered `{}` in version {version} and does not now", was.code);
            let renamed = now.iter().find(|choice| find(before, choice).is_none() && label(choice) == label(was));
            let suggestion = match renamed {
                Some(choice) => {
                    format!("codes stay for ever: `{}` has its words, so write code = \"{}\" there", choice.code, was.code)
                }
                None => format!("codes stay for ever: put `{}` back, or ask under a new key", was.code),
            };
            faults.error(path, message, suggestion);
        }
        for (index, choice) in now.iter().enumerate() {
            let Some(was) = find(before, choice).filter(|was| label(was) != label(choice)) else { continue };
            let path = format!("{path}.choice[{index}].text");
            let (code, words) = (&choice.code, label(choice));
            if let Some(other) = before.iter().find(|other| other.code != *code && label(other) == words && !words.is_empty()) {
                let message = format!("`{code}` of {of} now says what `{}` said in version {version}", other.code);
                faults.error(
                    &path,
                    message,
                    format!("codes keep their meaning: write code = \"{}\" for these words", other.code),
                );
            } else if strsim::normalized_levenshtein(label(was), words) < ALIKE {
                let message = format!("`{code}` of {of} said \"{}\" in version {version} and says \"{words}\" now", label(was));
                faults.warning(&path, message, "make sure that it means the same; otherwise use a new code");
            }
        }
    }
}

fn find<'a>(choices: &'a [Choice], choice: &Choice) -> Option<&'a Choice> {
    choices.iter().find(|other| other.code == choice.code)
}

fn label(choice: &Choice) -> &str {
    choice.text.show(Edition::Standard, DEFAULT_LANGUAGE)
}

/// Keys that are made from others must keep their kind too: `why_other` cannot turn from own words into a choice.
fn check_fields(old: &Form, new: &Form, faults: &mut Faults<'_>) {
    let (before, now) = (FormVersion::new(old.clone(), String::new()), FormVersion::new(new.clone(), String::new()));
    for field in now.fields() {
        let Some(was) = before.field(&field.key) else { continue };
        let both_answers = was.part == Part::Answer && field.part == Part::Answer;
        if both_answers || sort(&was.takes) == sort(&field.takes) {
            continue;
        }
        let message = format!(
            "`{}` held {} in version {} and would hold {} now",
            field.key,
            sort(&was.takes),
            old.version,
            sort(&field.takes)
        );
        let path = format!("section[{}].question[{}].key", field.section, field.question);
        faults.error(&path, message, format!("choose another key: `{}` is taken", field.key));
    }
}

const fn sort(takes: &Takes) -> &'static str {
    match takes {
        Takes::One(_) => "one choice",
        Takes::Many(_) => "several choices",
        Takes::Text(_) => "words",
        Takes::Number(..) => "a number",
        Takes::Date => "a day",
    }
}
