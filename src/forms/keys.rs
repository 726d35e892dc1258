//! Keys and codes: written in `snake_case`, none used twice, and no two pages at one address.

use std::collections::{HashMap, HashSet};

use super::check::questions;
use super::fault::Faults;
use crate::domain::form::{Form, FormVersion};
use crate::domain::paging::pages;
use crate::domain::question::{Choice, Part, Question};
use crate::domain::wording::Edition;

/// Addresses that the service itself answers beside the pages of a form.
const RESERVED: [&str; 5] = ["changed", "check-answers", "send", "received", "thank-you"];

/// Check every key and code of a form.
pub(super) fn check(version: &FormVersion, faults: &mut Faults<'_>) {
    let form = &version.form;
    if !is_kebab(&form.form.replace('_', "-")) {
        faults.error("form", format!("`{}` cannot be the code of a form", form.form), "lower-case letters, digits and hyphens");
    }
    check_sections(form, faults);
    let twice = check_questions(form, faults);
    check_fields(version, &twice, faults);
    check_groups(form, faults);
    check_addresses(version, faults);
}

fn check_sections(form: &Form, faults: &mut Faults<'_>) {
    let keys = || form.sections.iter().enumerate().map(|(s, section)| (format!("section[{s}].key"), section.key.as_str()));
    for (path, key) in keys() {
        check_key(&path, key, faults);
    }
    check_twice(keys(), "the key", "the sections", faults);
}

/// Check the keys and codes of the questions, and give back the keys that are used twice.
fn check_questions<'a>(form: &'a Form, faults: &mut Faults<'_>) -> HashSet<&'a str> {
    let keys = || questions(form).map(|(path, _, question)| (format!("{path}.key"), question.key.as_str()));
    for (path, _, question) in questions(form) {
        check_key(&format!("{path}.key"), &question.key, faults);
        check_choices(&path, &question.choices, faults);
        check_statements(&path, question, faults);
    }
    check_twice(keys(), "the key", "the questions", faults)
}

fn check_statements(path: &str, question: &Question, faults: &mut Faults<'_>) {
    let codes =
        || question.statements.iter().enumerate().map(|(i, it)| (format!("{path}.statement[{i}].code"), it.code.as_str()));
    for (path, code) in codes() {
        check_code(&path, code, faults);
    }
    check_twice(codes(), "the code", "the statements of this question", faults);
}

fn check_choices(path: &str, choices: &[Choice], faults: &mut Faults<'_>) {
    let codes = || choices.iter().enumerate().map(|(i, choice)| (format!("{path}.choice[{i}].code"), choice.code.as_str()));
    for (path, code) in codes() {
        check_code(&path, code, faults);
    }
    check_twice(codes(), "the code", "these choices", faults);
}

fn check_groups(form: &Form, faults: &mut Faults<'_>) {
    let scales = || form.scales.iter().enumerate().map(|(i, scale)| (format!("scale[{i}].code"), scale.code.as_str()));
    for (path, code) in scales() {
        check_code(&path, code, faults);
    }
    check_twice(scales(), "the code", "the scales", faults);
    for (i, scale) in form.scales.iter().enumerate() {
        check_choices(&format!("scale[{i}]"), &scale.choices, faults);
        let classes = || {
            scale.classes.iter().enumerate().map(move |(j, class)| (format!("scale[{i}].class[{j}].code"), class.code.as_str()))
        };
        for (path, code) in classes() {
            check_code(&path, code, faults);
        }
        check_twice(classes(), "the code", "the classes of this scale", faults);
    }
    let groups = || {
        let groups = form.areas.iter().flat_map(|areas| &areas.groups);
        groups.enumerate().map(|(i, group)| (format!("areas.group[{i}].code"), group.code.as_str()))
    };
    for (path, code) in groups() {
        check_code(&path, code, faults);
    }
    check_twice(groups(), "the code", "the area groups", faults);
}

/// Keys that are made from others, such as `relation_other`, may clash with written ones.
fn check_fields(version: &FormVersion, twice: &HashSet<&str>, faults: &mut Faults<'_>) {
    let mut first: HashMap<&str, &str> = HashMap::new();
    for field in version.fields() {
        let (_, question) = version.place(field);
        let path = format!("section[{}].question[{}]", field.section, field.question);
        if let Some(other) = first.get(field.key.as_str()) {
            if !twice.contains(question.key.as_str()) {
                let at = match field.part {
                    Part::Answer => format!("{path}.key"),
                    Part::OwnWords => format!("{path}.own_words"),
                    Part::Statement(index) | Part::Comment(index) => format!("{path}.statement[{index}].code"),
                };
                let message =
                    format!("the answers of `{}` would be kept under `{}`, as those of `{other}` are", question.key, field.key);
                faults.error(&at, message, "rename one of the two");
            }
        } else {
            first.insert(&field.key, &question.key);
        }
    }
}

fn check_addresses(version: &FormVersion, faults: &mut Faults<'_>) {
    let mut told = HashSet::new();
    for edition in Edition::ALL {
        let mut first: HashMap<String, String> = HashMap::new();
        for page in pages(version, edition) {
            let path = match page.questions.first() {
                Some(question) if !page.information => format!("section[{}].question[{question}].key", page.section),
                _ => format!("section[{}].key", page.section),
            };
            let key = page.slug.replace('-', "_");
            if RESERVED.contains(&page.slug.as_str()) && told.insert(path.clone()) {
                let message = format!("the address `{}` belongs to a page of the service itself", page.slug);
                faults.error(&path, message, format!("choose another key, such as `{key}_page` or `about_{key}`"));
            }
            if let Some(other) = first.get(&page.slug) {
                if told.insert(path.clone()) {
                    let message = format!("the {edition} edition would have two pages at the address `{}`", page.slug);
                    let (line, _) = faults.position(other);
                    faults.error(
                        &path,
                        message,
                        format!("the other one comes from line {line}; rename one key, such as `{key}_section`"),
                    );
                }
            } else {
                first.insert(page.slug, path);
            }
        }
    }
}

/// Report what stands twice in a list, and give it back.
fn check_twice<'a>(
    items: impl Iterator<Item = (String, &'a str)>,
    what: &str,
    among: &str,
    faults: &mut Faults<'_>,
) -> HashSet<&'a str> {
    let mut first: HashMap<&str, String> = HashMap::new();
    let mut twice = HashSet::new();
    for (path, word) in items {
        if let Some(other) = first.get(word) {
            let (line, _) = faults.position(other);
            faults.error(
                &path,
                format!("{what} `{word}` is used twice among {among}"),
                format!("the first is in line {line}; rename one"),
            );
            twice.insert(word);
        } else {
            first.insert(word, path);
        }
    }
    twice
}

fn check_key(path: &str, key: &str, faults: &mut Faults<'_>) {
    if is_snake(key) && key.starts_with(|letter: char| letter.is_ascii_digit()) {
        faults.error(
            path,
            format!("the key `{key}` begins with a digit"),
            format!("put a word before it, such as `about_{key}`"),
        );
    }
    check_code(path, key, faults);
}

fn check_code(path: &str, code: &str, faults: &mut Faults<'_>) {
    if !is_snake(code) {
        let suggestion = match snake(code) {
            code if code.is_empty() => "lower-case letters, digits and single underscores".to_owned(),
            code => format!("write `{code}`"),
        };
        faults.error(path, format!("`{code}` is not in snake_case"), suggestion);
    }
}

pub(super) fn is_snake(code: &str) -> bool {
    !code.is_empty()
        && code.split('_').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
}

/// Whether this is `kebab-case`.
pub(super) fn is_kebab(code: &str) -> bool {
    !code.contains('_') && is_snake(&code.replace('-', "_"))
}

/// The nearest thing in `snake_case`.
pub(super) fn snake(code: &str) -> String {
    let mut words: Vec<String> = vec![String::new()];
    let mut was_lower = false;
    for letter in code.chars() {
        if !letter.is_ascii_alphanumeric() || (letter.is_ascii_uppercase() && was_lower) {
            words.push(String::new());
        }
        if letter.is_ascii_alphanumeric() {
            words.iter_mut().last().into_iter().for_each(|word| word.push(letter.to_ascii_lowercase()));
        }
        was_lower = letter.is_ascii_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words.join("_")
}
