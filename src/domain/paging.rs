//! Pages: which questions stand on which page in each edition, and which page comes next.

use super::answer::Answers;
use super::form::{FormVersion, Section};
use super::question::{Question, offered};
use super::wording::Edition;

/// One page of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its address part, in `kebab-case`.
    pub slug: String,
    /// Index of its section.
    pub section: usize,
    /// Whether it shows what the section says before its questions.
    pub information: bool,
    /// Indexes of its questions in the section.
    pub questions: Vec<usize>,
}

/// The pages of an edition, in order. Standard: one section a page, cut before a question that depends on an answer of
/// the same page, so that no script is needed. Easy read: what to know on a page of its own, then one question a page
/// (rule R26).
#[must_use]
pub fn pages(form: &FormVersion, edition: Edition) -> Vec<Page> {
    form.form.sections.iter().enumerate().flat_map(|(index, section)| section_pages(section, index, edition)).collect()
}

fn section_pages(section: &Section, index: usize, edition: Edition) -> Vec<Page> {
    let says_something = !section.information.is_empty() || !section.areas.is_empty();
    let mut pages: Vec<Page> = Vec::new();
    if says_something {
        pages.push(Page { slug: kebab(&section.key), section: index, information: true, questions: Vec::new() });
    }
    for (number, question) in section.questions.iter().enumerate() {
        if !offered(&question.text).contains(&edition) {
            continue;
        }
        match pages.last_mut() {
            Some(page) if edition == Edition::Standard && !depends_on(question, page, section) => page.questions.push(number),
            _ => {
                let first = pages.is_empty() && edition == Edition::Standard;
                let slug = kebab(if first { &section.key } else { &question.key });
                pages.push(Page { slug, section: index, information: false, questions: vec![number] });
            }
        }
    }
    pages
}

fn depends_on(question: &Question, page: &Page, section: &Section) -> bool {
    question
        .ask_if
        .as_ref()
        .is_some_and(|condition| page.questions.iter().any(|q| section.questions[*q].key == condition.question))
}

impl Page {
    /// Whether there is anything on it for this person: information, or a question that routing asks.
    #[must_use]
    pub fn is_for(&self, form: &FormVersion, answers: &Answers) -> bool {
        let section = &form.form.sections[self.section];
        self.information || self.questions.iter().any(|q| section.questions[*q].ask_if.as_ref().is_none_or(|c| c.holds(answers)))
    }

    /// Whether it comes after the response has been received.
    #[must_use]
    pub fn after_sending(&self, form: &FormVersion) -> bool {
        form.form.sections[self.section].after_sending
    }
}

/// A key as an address part.
#[must_use]
pub fn kebab(key: &str) -> String {
    key.replace('_', "-")
}
