//! Scales: known where they are used, and honest about what may be compared between the editions (rule R30).

use super::check::{questions, unknown};
use super::fault::Faults;
use crate::domain::form::Form;
use crate::domain::question::{Choice, Comparability, PREFER_NOT, Scale};
use crate::domain::wording::Edition;

/// The code that stays apart when a scale is collapsed, unless its author says otherwise (rule R33).
const DONT_KNOW: &str = "dont_know";

/// Check every scale, and every use of one.
pub(super) fn check(form: &Form, faults: &mut Faults<'_>) {
    for (path, _, question) in questions(form) {
        if let Some(code) = &question.scale
            && form.scales.iter().all(|scale| scale.code != *code)
        {
            let known: Vec<&str> = form.scales.iter().map(|scale| scale.code.as_str()).collect();
            unknown(faults, &format!("{path}.scale"), ("scale", code), known);
        }
    }
    for (index, scale) in form.scales.iter().enumerate() {
        let path = format!("scale[{index}]");
        if !questions(form).any(|(_, _, question)| question.scale.as_ref() == Some(&scale.code)) {
            let message = format!("no question uses the scale `{}`", scale.code);
            faults.warning(&path, message, "take it out, or use it");
        }
        match scale.comparability {
            Comparability::Same => check_same(&path, scale, form, faults),
            Comparability::Collapsible => check_collapsible(&path, scale, form, faults),
            Comparability::Different => check_different(&path, scale, faults),
        }
        for (point, choice) in scale.choices.iter().enumerate().filter(|(_, choice)| choice.exclusive) {
            let message = format!("a scale takes one point only, so `{}` cannot be exclusive", choice.code);
            faults.warning(&format!("{path}.choice[{point}].exclusive"), message, "take `exclusive` out");
        }
    }
}

fn check_same(path: &str, scale: &Scale, form: &Form, faults: &mut Faults<'_>) {
    check_not_collapsing(path, scale, "the same in both editions", faults);
    for (index, choice) in scale.choices.iter().enumerate() {
        for edition in Edition::ALL.into_iter().filter(|edition| form.title.has(*edition) && !choice.text.has(*edition)) {
            let message =
                format!("`{}` is not offered in {edition}, though the scale says both editions are the same", choice.code);
            let suggestion = format!("add the {edition} wording, or write comparability = \"collapsible\" with classes");
            faults.error(&format!("{path}.choice[{index}].text"), message, suggestion);
        }
    }
}

fn check_different(path: &str, scale: &Scale, faults: &mut Faults<'_>) {
    check_not_collapsing(path, scale, "never combined", faults);
}

fn check_not_collapsing(path: &str, scale: &Scale, why: &str, faults: &mut Faults<'_>) {
    let suggestion = "take it out, or write comparability = \"collapsible\"";
    if !scale.classes.is_empty() {
        let message = format!("the scale `{}` is {why}, so it has no use for classes", scale.code);
        faults.error(&format!("{path}.class"), message, suggestion);
    }
    for (index, choice) in scale.choices.iter().enumerate().filter(|(_, choice)| choice.collapses_to.is_some()) {
        let message = format!("the scale `{}` is {why}, so `{}` has nothing to collapse to", scale.code, choice.code);
        faults.error(&format!("{path}.choice[{index}].collapses_to"), message, suggestion);
    }
}

/// Every point an edition offers must fall into a class: the function is total.
fn check_collapsible(path: &str, scale: &Scale, form: &Form, faults: &mut Faults<'_>) {
    let known: Vec<&str> = scale.classes.iter().map(|class| class.code.as_str()).collect();
    if known.is_empty() {
        let message = format!("the scale `{}` is collapsible, but has no classes", scale.code);
        faults.error(path, message, "add a [[scale.class]] for each row of the combined table");
    }
    for (index, choice) in scale.choices.iter().enumerate() {
        let choice_path = format!("{path}.choice[{index}]");
        match &choice.collapses_to {
            Some(class) if !known.contains(&class.as_str()) => {
                unknown(faults, &format!("{choice_path}.collapses_to"), ("class", class), known.iter().copied());
            }
            None if !stays_apart(choice) => {
                let message = format!("`{}` falls into no class, so the editions cannot be combined", choice.code);
                let suggestion = format!("add collapses_to = \"…\": {}", super::fault::one_of(known.iter().copied()));
                faults.error(&choice_path, message, suggestion);
            }
            _ => {}
        }
    }
    for (index, class) in scale.classes.iter().enumerate() {
        for edition in Edition::ALL.into_iter().filter(|edition| form.title.has(*edition)) {
            let reached = |choice: &Choice| choice.collapses_to.as_ref() == Some(&class.code) && choice.text.has(edition);
            if !scale.choices.iter().any(reached) {
                let message = format!("no {edition} point falls into the class `{}`", class.code);
                faults.warning(
                    &format!("{path}.class[{index}].code"),
                    message,
                    "both editions should reach every class (rule R30)",
                );
            }
        }
    }
}

/// Whether a point has its own row in every table.
pub(super) fn stays_apart(choice: &Choice) -> bool {
    choice.code == PREFER_NOT || choice.code == DONT_KNOW
}
