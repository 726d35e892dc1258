//! Sayings: everything a form or consultation says, in reading order, each with its path; what every word check walks.

use crate::domain::consultation::Consultation;
use crate::domain::form::{Form, Section};
use crate::domain::question::{Choice, Question};
use crate::domain::wording::{Edition, Information, Text};

/// One thing said.
#[derive(Debug)]
pub(super) struct Saying<'a> {
    /// Its path.
    pub(super) path: String,
    /// What it is in the form.
    pub(super) role: Role,
    /// Its wordings.
    pub(super) said: Said<'a>,
    /// The picture beside it; blocks of information have their own.
    pub(super) picture: Option<&'a str>,
    /// The section it stands in, counted from 1; 0 is what stands before the first.
    pub(super) chapter: usize,
    /// The editions in which people meet it.
    pub(super) met_in: Vec<Edition>,
}

/// What a saying is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A title.
    Title,
    /// Information.
    Information,
    /// A question.
    Question,
    /// A choice or a statement.
    Choice,
    /// Help beside a question.
    Help,
}

/// The wordings of a saying.
#[derive(Debug, Clone, Copy)]
pub(super) enum Said<'a> {
    /// One text in each edition.
    Text(&'a Text),
    /// Blocks in each edition.
    Blocks(&'a Information),
}

impl<'a> Said<'a> {
    /// The keys of its wordings.
    pub(super) fn keys(self) -> Vec<&'a str> {
        match self {
            Said::Text(text) => text.0.keys().map(String::as_str).collect(),
            Said::Blocks(blocks) => blocks.0.keys().map(String::as_str).collect(),
        }
    }
}

impl Saying<'_> {
    /// The path of its picture.
    pub(super) fn picture_path(&self) -> String {
        format!("{}.picture", self.path.rsplit_once('.').map_or("", |(parent, _)| parent))
    }
}

struct Reading<'a> {
    sayings: Vec<Saying<'a>>,
    chapter: usize,
    met_in: Vec<Edition>,
}

impl<'a> Reading<'a> {
    fn text(&mut self, path: String, role: Role, text: &'a Text, picture: Option<&'a String>) {
        self.say(path, role, Said::Text(text), picture.map(String::as_str));
    }

    fn blocks(&mut self, path: String, blocks: &'a Information) {
        self.say(path, Role::Information, Said::Blocks(blocks), None);
    }

    fn say(&mut self, path: String, role: Role, said: Said<'a>, picture: Option<&'a str>) {
        let met_in = self.met_in.clone();
        self.sayings.push(Saying { path, role, said, picture, chapter: self.chapter, met_in });
    }

    fn section(&mut self, path: &str, section: &'a Section) {
        self.text(format!("{path}.title"), Role::Title, &section.title, section.picture.as_ref());
        self.blocks(format!("{path}.information"), &section.information);
        for (index, area) in section.areas.iter().enumerate() {
            self.blocks(format!("{path}.area[{index}].now"), &area.now);
            self.blocks(format!("{path}.area[{index}].would_change"), &area.would_change);
        }
        let all = self.met_in.clone();
        for (index, question) in section.questions.iter().enumerate() {
            self.met_in = all.iter().copied().filter(|edition| question.text.has(*edition)).collect();
            self.question(&format!("{path}.question[{index}]"), question);
        }
        self.met_in = all;
    }

    fn question(&mut self, path: &str, question: &'a Question) {
        self.text(format!("{path}.text"), Role::Question, &question.text, question.picture.as_ref());
        self.text(format!("{path}.hint"), Role::Help, &question.hint, None);
        for (index, prompt) in question.prompts.iter().enumerate() {
            self.text(format!("{path}.prompts[{index}]"), Role::Help, prompt, None);
        }
        self.choices(path, &question.choices);
        for (index, statement) in question.statements.iter().enumerate() {
            let path = format!("{path}.statement[{index}].text");
            self.text(path, Role::Choice, &statement.text, statement.picture.as_ref());
        }
        if let Some(own) = &question.own_words {
            self.text(format!("{path}.own_words.text"), Role::Help, &own.text, None);
        }
    }

    fn choices(&mut self, path: &str, choices: &'a [Choice]) {
        for (index, choice) in choices.iter().enumerate() {
            self.text(format!("{path}.choice[{index}].text"), Role::Choice, &choice.text, choice.picture.as_ref());
        }
    }
}

/// Everything a form says, in reading order.
pub(super) fn of_form(form: &Form) -> Vec<Saying<'_>> {
    let met_in = Edition::ALL.into_iter().filter(|edition| form.title.has(*edition)).collect();
    let mut reading = Reading { sayings: Vec::new(), chapter: 0, met_in };
    reading.text("title".to_owned(), Role::Title, &form.title, None);
    for (index, scale) in form.scales.iter().enumerate() {
        reading.choices(&format!("scale[{index}]"), &scale.choices);
    }
    if let Some(areas) = &form.areas {
        reading.text("areas.caution".to_owned(), Role::Help, &areas.caution, None);
        for (index, group) in areas.groups.iter().enumerate() {
            reading.text(format!("areas.group[{index}].text"), Role::Choice, &group.text, None);
        }
    }
    for (index, section) in form.sections.iter().enumerate() {
        reading.chapter = index + 1;
        reading.section(&format!("section[{index}]"), section);
    }
    reading.sayings
}

/// Everything a consultation says about itself, in reading order.
pub(super) fn of_consultation(consultation: &Consultation) -> Vec<Saying<'_>> {
    let mut reading = Reading { sayings: Vec::new(), chapter: 0, met_in: Edition::ALL.to_vec() };
    reading.text("title".to_owned(), Role::Title, &consultation.title, None);
    reading.text("summary".to_owned(), Role::Help, &consultation.summary, None);
    for (key, blocks) in information(consultation) {
        reading.blocks(key.to_owned(), blocks);
    }
    for (index, extension) in consultation.extensions.iter().enumerate() {
        reading.text(format!("extension[{index}].reason"), Role::Help, &extension.reason, None);
    }
    reading.sayings
}

/// What every consultation must say, in reading order.
pub(super) fn information(consultation: &Consultation) -> [(&'static str, &Information); 7] {
    [
        ("what", &consultation.what),
        ("why", &consultation.why),
        ("who_decides", &consultation.who_decides),
        ("what_happens", &consultation.what_happens),
        ("other_ways", &consultation.other_ways),
        ("formats", &consultation.formats),
        ("privacy", &consultation.privacy),
    ]
}
