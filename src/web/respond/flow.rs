//! The flow: which page comes after which for this person, and where they left off. Pure.

use crate::domain::answer::Answers;
use crate::domain::form::FormVersion;
use crate::domain::paging::Page;
use crate::domain::question::Takes;
use crate::domain::wording::Edition;
use crate::intake::online::{note, offered};
use crate::store::drafts::Draft;
use crate::web::view::built_in;
use crate::web::view::form_page::{FormPages, Raw};

/// The last page before sending.
pub const CHECK: &str = "check-answers";
/// The confirmation, once it is sent.
pub const RECEIVED: &str = "received";
/// The last page of all.
pub const THANKS: &str = "thank-you";

/// Codes as routing needs them, from raw answers. What this edition does not offer decides nothing.
#[must_use]
pub fn answers_of(form: &FormVersion, edition: Edition, raw: &Raw) -> Answers {
    let mut answers = Answers::default();
    for field in form.fields() {
        let codes = matches!(field.takes, Takes::One(_) | Takes::Many(_));
        if let Some(value) = raw.get(&field.key).filter(|value| codes && offered(&field.takes, value, edition))
            && crate::domain::check::asked(form, field, edition, &answers)
        {
            note(&mut answers, &field.key, value);
        }
    }
    answers
}

/// The address parts of the pages for this person, in order: before sending to the check, or after it to the thanks.
#[must_use]
pub fn sequence<'a>(form: &FormVersion, pages: &'a FormPages, edition: Edition, answers: &Answers, after: bool) -> Vec<&'a str> {
    let mut slugs: Vec<&str> = pages
        .pages
        .iter()
        .map(|page| &page.page)
        .filter(|page| page.after_sending(form) == after && page.is_for(form, answers))
        .map(|page| page.slug.as_str())
        .collect();
    if after {
        slugs.push(THANKS);
    } else {
        slugs.extend(built_in::slugs(edition));
        slugs.push(CHECK);
    }
    slugs
}

/// The page after this one for this person. A page that is no longer theirs leads to the first that follows it.
#[must_use]
pub fn next<'a>(sequence: &[&'a str], pages: &FormPages, slug: &str) -> Option<&'a str> {
    if let Some(at) = sequence.iter().position(|other| *other == slug) {
        return sequence.get(at + 1).copied();
    }
    let at = pages.find(slug)?;
    sequence.iter().find(|other| pages.find(other).is_none_or(|index| index > at)).copied()
}

/// The page before this one for this person.
#[must_use]
pub fn previous<'a>(sequence: &[&'a str], slug: &str) -> Option<&'a str> {
    let at = sequence.iter().position(|other| *other == slug)?;
    at.checked_sub(1).map(|before| sequence[before])
}

/// The page on which a question stands.
#[must_use]
pub fn page_of(pages: &FormPages, section: usize, question: usize) -> Option<&Page> {
    pages.pages.iter().map(|page| &page.page).find(|page| page.section == section && page.questions.contains(&question))
}

/// Where a person goes on: after the last page on which they answered anything.
#[must_use]
pub fn where_left_off<'a>(form: &FormVersion, pages: &'a FormPages, draft: &Draft) -> &'a str {
    let answers = answers_of(form, draft.edition, &draft.answers);
    let sequence = sequence(form, pages, draft.edition, &answers, false);
    if draft.help.is_some() {
        return CHECK;
    }
    let answered = |slug: &&str| {
        pages.find(slug).is_some_and(|index| pages.pages[index].keys(&answers).any(|key| draft.answers.contains_key(key)))
    };
    let last = sequence.iter().rposition(answered);
    last.map_or_else(|| sequence.first(), |last| sequence.get(last + 1)).copied().unwrap_or(CHECK)
}

/// The fields whose kept answer this edition does not offer: they must be asked again.
#[must_use]
pub fn to_ask_again<'a>(form: &'a FormVersion, draft: &Draft) -> Vec<&'a str> {
    let fields = form.fields().iter().filter(|field| field.editions.contains(&draft.edition));
    fields
        .filter(|field| draft.answers.get(&field.key).is_some_and(|raw| !offered(&field.takes, raw, draft.edition)))
        .map(|field| field.key.as_str())
        .collect()
}
