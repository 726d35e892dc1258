//! Lines: what a person answered, question by question, as the check page and the closed page list it.

use serde::Serialize;
use serde_json::{Value as Json, json};

use super::PageFault;
use super::flow;
use super::visit::Visit;
use super::wrong::name;
use crate::domain::answer::Answers;
use crate::domain::check::asked;
use crate::domain::question::{Choice, Field, Part, Question, Takes};
use crate::domain::submission::Help;
use crate::intake::online::offered;
use crate::web::view::built_in;
use crate::web::view::form_page::{FormPages, Raw, written};

/// One question with its answer.
#[derive(Debug, Serialize)]
pub struct Line {
    /// The question.
    pub question: String,
    /// The answer, a paragraph a line; none when there is none.
    pub answer: Vec<String>,
    /// The picture beside the answer.
    pub picture: Option<String>,
    /// Where to change it.
    pub change: Option<String>,
}

/// The lines of one section.
#[derive(Debug, Serialize)]
pub struct Group {
    /// The section's title.
    pub title: String,
    /// Its lines.
    pub lines: Vec<Line>,
}

/// What was answered before sending, section by section.
pub fn of_form(visit: &Visit, pages: &FormPages, raw: &Raw) -> Vec<Group> {
    let answers = flow::answers_of(&visit.form, visit.tongue.edition, raw);
    let sections = visit.form.form.sections.iter().enumerate().filter(|(_, section)| !section.after_sending);
    sections
        .map(|(index, section)| {
            let fields = visit.form.fields().iter().filter(|field| field.section == index);
            let lines = fields.filter_map(|field| line(visit, pages, raw, &answers, field)).collect();
            Group { title: section.title.show(visit.tongue.edition, &visit.tongue.language).to_owned(), lines }
        })
        .filter(|group| !group.lines.is_empty())
        .collect()
}

fn line(visit: &Visit, pages: &FormPages, raw: &Raw, answers: &Answers, field: &Field) -> Option<Line> {
    if !asked(&visit.form, field, visit.tongue.edition, answers) {
        return None;
    }
    let (_, question) = visit.form.place(field);
    let given = raw.get(&field.key).filter(|value| offered(&field.takes, value, visit.tongue.edition));
    // Room for own words and comments is shown only where it was used: a blank one is not a question left out.
    if given.is_none() && matches!(field.part, Part::OwnWords | Part::Comment(_)) {
        return None;
    }
    let page = flow::page_of(pages, field.section, field.question);
    let change = page.map(|page| {
        let address = visit.edition_address(&page.slug);
        let joint = if address.contains('?') { '&' } else { '?' };
        format!("{address}{joint}from=check#{}", field.key)
    });
    let (answer, picture) = shown(visit, question, field, given);
    Some(Line { question: name(visit, field), answer, picture, change })
}

fn shown(visit: &Visit, question: &Question, field: &Field, given: Option<&Json>) -> (Vec<String>, Option<String>) {
    let choices = question.offers(&visit.form.form.scales);
    let find = |code: &str| choices.iter().find(|choice| choice.code == code);
    let label = |choice: &Choice| choice.text.show(visit.tongue.edition, &visit.tongue.language).replace("**", "");
    match (&field.takes, given) {
        (_, None) => (Vec::new(), None),
        (Takes::One(_), Some(Json::String(code))) => {
            let choice = find(code);
            (vec![choice.map_or_else(|| code.clone(), label)], choice.and_then(|choice| choice.picture.clone()))
        }
        (Takes::Many(_), Some(Json::Array(codes))) => {
            let labels = codes.iter().filter_map(Json::as_str).filter_map(find).map(label);
            (labels.collect(), None)
        }
        (Takes::Date, Some(day)) => {
            let day = written(Some(day));
            (vec![day.parse().map_or_else(|_| day.to_string(), |day| visit.day(day))], None)
        }
        (_, Some(value)) => (written(Some(value)).lines().map(str::to_owned).collect(), None),
    }
}

/// The answers that no form holds.
pub fn about_this_response(visit: &Visit) -> Group {
    let draft = visit.draft.as_ref().map(|(_, draft)| draft);
    let quote = draft.and_then(|draft| draft.quote_consent).map(|quote| if quote { "quote-yes" } else { "quote-no" }.to_owned());
    let help = draft.and_then(|draft| draft.help).map(|help: Help| format!("help-{}", help.code().replace('_', "-")));
    let slugs = built_in::slugs(visit.tongue.edition);
    let line = |id: &str, key: &str, slug: &str, answer: Option<String>| {
        let address = visit.edition_address(slug);
        let joint = if address.contains('?') { '&' } else { '?' };
        Line {
            question: visit.say(&format!("{id}-question")).trim_end_matches('?').to_owned(),
            answer: answer.map(|id| visit.say(&id)).into_iter().collect(),
            picture: None,
            change: Some(format!("{address}{joint}from=check#{key}")),
        }
    };
    let (first, last) = (slugs.first().copied().unwrap_or_default(), slugs.last().copied().unwrap_or_default());
    Group {
        title: visit.say("check-before-sending"),
        lines: vec![line("quote", built_in::QUOTE, first, quote), line("help", built_in::HELP, last, help)],
    }
}

/// Groups as a template takes them.
pub fn context(groups: &[Group]) -> Result<Json, PageFault> {
    Ok(json!({ "groups": serde_json::to_value(groups).map_err(|error| crate::error::Error::Internal(error.into()))? }))
}
