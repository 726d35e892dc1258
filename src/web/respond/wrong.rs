//! What is wrong, in words for the person: the question is named, and what to do about it.

use serde_json::json;

use super::PageFault;
use super::visit::Visit;
use crate::domain::check::browser_length;
use crate::domain::finding::{Effect, Finding, Rule};
use crate::domain::question::{Field, Part};
use crate::domain::submission::Channel;
use crate::web::view::VIEWS;
use crate::web::view::form_page::{Raw, Wrong, written};
use crate::web::view::questions::grouped;

/// One line of an error summary.
pub struct Line {
    /// Where to put it right.
    pub href: String,
    /// What to do.
    pub text: String,
}

/// The findings that a person online must put right, in words. Findings about the whole are left to the check page.
pub fn in_words(visit: &Visit, raw: &Raw, findings: &[Finding]) -> Vec<Wrong> {
    let refusing = findings.iter().filter(|finding| Channel::Online.effect_of(finding.rule) == Effect::Refuse);
    refusing
        .filter_map(|finding| {
            let key = finding.question.as_deref()?;
            let field = visit.form.field(key)?;
            Some(Wrong { key: key.to_owned(), message: message(visit, raw, field, finding) })
        })
        .collect()
}

fn message(visit: &Visit, raw: &Raw, field: &Field, finding: &Finding) -> String {
    let detail = finding.detail.as_deref().unwrap_or_default();
    let limit = detail.parse().map_or_else(|_| detail.to_owned(), grouped);
    let text = written(raw.get(&field.key)).trim().replace("\r\n", "\n");
    let with = [
        ("question", name(visit, field)),
        ("limit", limit),
        ("length", grouped(browser_length(&text))),
        ("detail", detail.to_owned()),
    ];
    let with: Vec<(&str, &str)> = with.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let rule = match finding.rule {
        Rule::WrongKind => "wrong-kind",
        Rule::UnknownQuestion | Rule::NotAsked | Rule::UnknownChoice => "unknown-choice",
        Rule::NotOffered => "not-offered",
        Rule::OneChoiceOnly => "one-choice-only",
        Rule::TooLong => "too-long",
        Rule::Unreadable => "unreadable",
        Rule::OutOfRange => "out-of-range",
        Rule::NotADate => "not-a-date",
        Rule::Empty | Rule::Contradiction | Rule::OwnWordsUnasked => "empty",
    };
    visit.say_with(&format!("error-{rule}"), &with)
}

/// The question's own words, without marks; the statement's or the label's where it is about those.
pub fn name(visit: &Visit, field: &Field) -> String {
    let (_, question) = visit.form.place(field);
    let own = question.own_words.as_ref().map(|own| &own.text);
    let statement = |index: usize| question.statements.get(index).map(|statement| &statement.text);
    let text = match field.part {
        Part::Answer => None,
        Part::OwnWords => own,
        Part::Statement(index) | Part::Comment(index) => statement(index),
    };
    let text = text.unwrap_or(&question.text);
    text.show(visit.tongue.edition, &visit.tongue.language).replace("**", "").trim_end_matches(['?', '.', ':']).to_owned()
}

/// The error summary; nothing when nothing is wrong.
pub fn summary(visit: &Visit, lines: &[Line]) -> Result<String, PageFault> {
    if lines.is_empty() {
        return Ok(String::new());
    }
    let list: Vec<_> = lines.iter().map(|line| json!({ "href": line.href, "text": line.text })).collect();
    let params = json!({ "titleText": visit.say("error-summary"), "errorList": list });
    Ok(VIEWS.components.component("errorSummary", &params)?)
}

/// Lines that lead to the fields of the same page.
pub fn on_this_page(wrong: &[Wrong]) -> Vec<Line> {
    wrong.iter().map(|wrong| Line { href: format!("#{}", wrong.key), text: wrong.message.clone() }).collect()
}
