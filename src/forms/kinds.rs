//! Kinds: each question has what its kind needs, and nothing that its kind would leave unused.

use super::check::{questions, unknown};
use super::fault::Faults;
use crate::domain::form::Form;
use crate::domain::question::{Choice, Kind, PREFER_NOT, Question, offered};
use crate::domain::wording::Edition;

/// Check every question against its kind.
pub(super) fn check(form: &Form, faults: &mut Faults<'_>) {
    for (path, _, question) in questions(form) {
        check_needed(&path, question, faults);
        check_unused(&path, question, faults);
        check_bounds(&path, question, faults);
        check_offers(&path, question, form, faults);
        check_own_words(&path, question, form, faults);
        check_benchmark(&path, question, form, faults);
        check_statements(&path, question, faults);
    }
}

const fn has_choices(kind: Kind) -> bool {
    matches!(kind, Kind::ChooseOne | Kind::ChooseMany | Kind::Statements)
}

fn check_needed(path: &str, question: &Question, faults: &mut Faults<'_>) {
    let kind = question.kind.code();
    if question.kind == Kind::Scale && question.scale.is_none() {
        faults.error(
            path,
            format!("`{}` is a scale, but does not say which", question.key),
            "add scale = \"…\" with the code of a [[scale]]",
        );
    }
    if has_choices(question.kind) && question.choices.is_empty() && question.scale.is_none() {
        let suggestion = "add a [[section.question.choice]] for each thing a person can choose";
        faults.error(path, format!("`{}` is {kind}, but has no choices", question.key), suggestion);
    }
    if question.kind == Kind::Statements && question.statements.is_empty() {
        let suggestion = "add a [[section.question.statement]] for each statement";
        faults.error(path, format!("`{}` is statements, but has no statement", question.key), suggestion);
    }
}

fn check_unused(path: &str, question: &Question, faults: &mut Faults<'_>) {
    let kind = question.kind;
    let mut unused = |key: &str, present: bool, used: bool, suggestion: &str| {
        if present && !used {
            let message = format!("`{}` is {}, which has no use for `{key}`", question.key, kind.code());
            faults.error(&format!("{path}.{key}"), message, suggestion);
        }
    };
    let takes_choices = "take it out, or make the kind choose_one, choose_many or statements";
    unused("scale", question.scale.is_some(), kind == Kind::Scale, "take it out, or write kind = \"scale\"");
    let advice = if kind == Kind::Scale { "put the choices into the [[scale]]" } else { takes_choices };
    unused("choice", !question.choices.is_empty(), has_choices(kind), advice);
    unused(
        "statement",
        !question.statements.is_empty(),
        kind == Kind::Statements,
        "take them out, or write kind = \"statements\"",
    );
    unused("comments", question.comments, kind == Kind::Statements, "take it out; `own_words` gives room beside choices");
    let advice = if kind == Kind::Statements { "write comments = true for room beside each statement" } else { "take it out" };
    let beside = matches!(kind, Kind::ChooseOne | Kind::ChooseMany | Kind::Scale);
    unused("own_words", question.own_words.is_some(), beside, advice);
    let writes = kind == Kind::FreeText || question.own_words.is_some() || question.comments;
    unused("max_length", question.max_length.is_some(), writes, "take it out; it limits words only");
    unused("least", question.least.is_some(), kind == Kind::Number, "take it out, or write kind = \"number\"");
    unused("most", question.most.is_some(), kind == Kind::Number, "take it out, or write kind = \"number\"");
    for (index, choice) in question.choices.iter().enumerate() {
        let choice_path = format!("{path}.choice[{index}]");
        if choice.exclusive && kind != Kind::ChooseMany && has_choices(kind) {
            let message = format!("`{}` takes one choice only, so `{}` cannot be exclusive", question.key, choice.code);
            faults.warning(&format!("{choice_path}.exclusive"), message, "take `exclusive` out");
        }
        if choice.collapses_to.is_some() {
            let message = format!("`{}` is no point of a scale, so it cannot collapse", choice.code);
            faults.error(&format!("{choice_path}.collapses_to"), message, "put the choices into a [[scale]] that is collapsible");
        }
        if choice.code == PREFER_NOT && kind == Kind::ChooseMany && !choice.exclusive {
            let message = format!("`{}` can be ticked together with `prefer_not`", question.key);
            faults.warning(&format!("{choice_path}.code"), message, "add exclusive = true");
        }
    }
}

fn check_bounds(path: &str, question: &Question, faults: &mut Faults<'_>) {
    if let (Some(least), Some(most)) = (question.least, question.most)
        && least > most
    {
        let message = format!("`{}` takes no number: least is {least} and most is {most}", question.key);
        faults.error(&format!("{path}.least"), message, format!("write least = {most} and most = {least}"));
    }
}

/// Each edition that asks must offer something to choose.
fn check_offers(path: &str, question: &Question, form: &Form, faults: &mut Faults<'_>) {
    let choices = question.offers(&form.scales);
    if choices.is_empty() {
        return;
    }
    let asked = offered(&question.text);
    for edition in &asked {
        let number = choices.iter().filter(|choice| choice.text.has(*edition)).count();
        let suggestion = format!("give the choices their {edition} wordings, or take the {edition} wording of the question out");
        match number {
            0 => {
                let message = format!("`{}` is asked in {edition}, but none of its choices is worded in {edition}", question.key);
                faults.error(&format!("{path}.text"), message, suggestion);
            }
            1 if question.kind != Kind::ChooseMany => {
                let message = format!("`{}` offers one choice only in {edition}", question.key);
                faults.warning(&format!("{path}.text"), message, suggestion);
            }
            _ => {}
        }
    }
    for (index, choice) in question.choices.iter().enumerate() {
        check_shown(&format!("{path}.choice[{index}]"), ("choice", &choice.code), (&offered(&choice.text), &asked), faults);
    }
}

/// A part worded in an edition that does not ask the question is never shown.
fn check_shown(path: &str, (what, code): (&str, &str), (worded, asked): (&[Edition], &[Edition]), faults: &mut Faults<'_>) {
    for edition in worded.iter().filter(|edition| !asked.contains(edition)) {
        let message = format!("the {what} `{code}` is worded in {edition}, where its question is not asked");
        faults.warning(&format!("{path}.text"), message, format!("word the question in {edition} too, or take this wording out"));
    }
}

fn check_own_words(path: &str, question: &Question, form: &Form, faults: &mut Faults<'_>) {
    let Some(own) = &question.own_words else { return };
    let codes: Vec<&str> = question.offers(&form.scales).iter().map(|choice| choice.code.as_str()).collect();
    for (index, code) in own.with.iter().enumerate().filter(|(_, code)| !codes.contains(&code.as_str())) {
        unknown(faults, &format!("{path}.own_words.with[{index}]"), ("choice", code), codes.iter().copied());
    }
    for edition in offered(&question.text).into_iter().filter(|edition| !own.text.has(*edition)) {
        let message = format!("the own words of `{}` have no {edition} label, though {edition} asks it", question.key);
        faults.warning(&format!("{path}.own_words.text"), message, format!("add {edition} = \"…\""));
    }
}

fn check_benchmark(path: &str, question: &Question, form: &Form, faults: &mut Faults<'_>) {
    let Some(benchmark) = &question.benchmark else { return };
    let choices: &[Choice] = question.offers(&form.scales);
    for code in benchmark.per_cent.keys().filter(|code| choices.iter().all(|choice| choice.code != **code)) {
        let known: Vec<&str> = choices.iter().map(|choice| choice.code.as_str()).collect();
        unknown(faults, &format!("{path}.benchmark.per_cent.{code}"), ("choice", code), known);
    }
}

fn check_statements(path: &str, question: &Question, faults: &mut Faults<'_>) {
    let asked = offered(&question.text);
    for (index, statement) in question.statements.iter().enumerate() {
        let worded = offered(&statement.text);
        check_shown(&format!("{path}.statement[{index}]"), ("statement", &statement.code), (&worded, &asked), faults);
    }
    let worded = |edition: &Edition| question.statements.iter().any(|statement| statement.text.has(*edition));
    for edition in asked.iter().filter(|edition| !question.statements.is_empty() && !worded(edition)) {
        let message = format!("`{}` is asked in {edition}, but none of its statements is worded in {edition}", question.key);
        faults.error(&format!("{path}.text"), message, format!("give the statements their {edition} wordings"));
    }
}
