//! The outline: a form as a tree of labelled things with attributes, so that two forms can be compared alike everywhere.

use std::collections::BTreeMap;

use crate::domain::form::{AreaInformation, Areas, Form, Section};
use crate::domain::question::{Choice, Comparability, Question, Scale, Statement};
use crate::domain::routing::Condition;
use crate::domain::wording::{Block, Information, Text};

/// One thing in a form.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// What it is and its key, such as "question `age_group`".
    pub(super) label: String,
    /// What can change about it.
    pub(super) attributes: BTreeMap<String, String>,
    /// What it says, line by line.
    pub(super) lines: Vec<String>,
    /// What it holds.
    pub(super) children: Vec<Node>,
}

impl Node {
    fn new(kind: &str, key: &str) -> Self {
        Self { label: format!("{kind} `{key}`"), ..Self::default() }
    }

    fn with(mut self, name: &str, value: Option<impl ToString>) -> Self {
        self.attributes.extend(value.map(|value| (name.to_owned(), value.to_string())));
        self
    }

    fn flag(self, name: &str, value: bool) -> Self {
        self.with(name, value.then_some("yes"))
    }

    fn words(mut self, what: &str, text: &Text) -> Self {
        let name = |key: &String| if what.is_empty() { key.clone() } else { format!("{what} in {key}") };
        self.attributes.extend(text.0.iter().map(|(key, words)| (name(key), words.clone())));
        self
    }

    fn all(mut self, children: impl IntoIterator<Item = Node>) -> Self {
        self.children.extend(children);
        self
    }

    /// The key alone.
    pub(super) fn name(&self) -> &str {
        self.label.split('`').nth(1).unwrap_or(&self.label)
    }

    /// What it says, in one line.
    pub(super) fn summary(&self) -> String {
        let first = ["standard", "easy_read", "title in standard", "text"].iter().find_map(|name| self.attributes.get(*name));
        let words = first.cloned().unwrap_or_else(|| {
            let all: Vec<&str> = self.lines.iter().chain(self.attributes.values()).map(String::as_str).collect();
            all.join("; ")
        });
        match self.attributes.get("kind") {
            Some(kind) => format!("\"{words}\" ({kind})"),
            None => format!("\"{words}\""),
        }
    }
}

/// A form as a tree.
pub(super) fn outline(form: &Form) -> Node {
    let all_questions = form.sections.iter().flat_map(|section| section.questions.iter().map(move |q| question(q, &section.key)));
    Node::default()
        .words("title", &form.title)
        .all(form.scales.iter().map(scale))
        .all(form.areas.iter().map(areas))
        .all(form.sections.iter().map(section))
        .all(all_questions)
}

fn section(section: &Section) -> Node {
    Node::new("section", &section.key)
        .words("title", &section.title)
        .with("picture", section.picture.as_ref())
        .flag("asked after sending", section.after_sending)
        .flag("does not count as an answer", !section.substantive)
        .all(blocks("information", &section.information))
        .all(section.areas.iter().flat_map(area))
}

fn area(area: &AreaInformation) -> Vec<Node> {
    area.groups
        .iter()
        .flat_map(|group| {
            let now = blocks(&format!("information of today for {group}"), &area.now);
            now.into_iter().chain(blocks(&format!("information of the change for {group}"), &area.would_change))
        })
        .collect()
}

/// The information of each edition, as the lines a reader sees.
fn blocks(what: &str, information: &Information) -> Vec<Node> {
    let of_edition = |(edition, blocks): (&String, &Vec<Block>)| {
        let lines = blocks.iter().flat_map(shown).collect();
        Node { label: format!("{what} in {edition}"), lines, ..Node::default() }
    };
    information.0.iter().map(of_edition).collect()
}

fn shown(block: &Block) -> Vec<String> {
    let picture = block.picture.iter().map(|picture| format!("(picture: {picture})"));
    let text = Some(&block.text).filter(|text| !text.is_empty()).cloned();
    let list = block.list.iter().map(|item| format!("• {item}"));
    block.heading.iter().cloned().chain(text).chain(list).chain(picture).collect()
}

fn question(question: &Question, section: &str) -> Node {
    let own = question.own_words.as_ref();
    let mut node = Node::new("question", &question.key)
        .with("section", Some(section))
        .with("kind", Some(question.kind.code()))
        .words("", &question.text)
        .words("hint", &question.hint)
        .with("picture", question.picture.as_ref())
        .with("scale", question.scale.as_ref())
        .flag("comments", question.comments)
        .with("ask_if", question.ask_if.as_ref().map(condition))
        .with("max_length", question.max_length)
        .with("least", question.least)
        .with("most", question.most)
        .with("substantive", question.substantive)
        .with("own words with", own.map(|own| own.with.join(", ")))
        .with("benchmark", question.benchmark.as_ref().map(|it| format!("{}: {:?}", it.source, it.per_cent)));
    if let Some(own) = own {
        node = node.words("own words", &own.text);
    }
    for (index, prompt) in question.prompts.iter().enumerate() {
        node = node.words(&format!("prompt {}", index + 1), prompt);
    }
    node.all(question.choices.iter().map(choice)).all(question.statements.iter().map(statement))
}

fn choice(choice: &Choice) -> Node {
    Node::new("choice", &choice.code)
        .words("", &choice.text)
        .with("picture", choice.picture.as_ref())
        .with("collapses to", choice.collapses_to.as_ref())
        .flag("exclusive", choice.exclusive)
}

fn statement(statement: &Statement) -> Node {
    Node::new("statement", &statement.code)
        .words("", &statement.text)
        .with("picture", statement.picture.as_ref())
        .with("ask_if", statement.ask_if.as_ref().map(condition))
}

fn scale(scale: &Scale) -> Node {
    let comparability = match scale.comparability {
        Comparability::Same => "same",
        Comparability::Collapsible => "collapsible",
        Comparability::Different => "different",
    };
    Node::new("scale", &scale.code)
        .with("comparability", Some(comparability))
        .all(scale.choices.iter().map(choice))
        .all(scale.classes.iter().map(|class| Node::new("class", &class.code).words("", &class.text)))
}

fn areas(areas: &Areas) -> Node {
    Node { label: "areas".to_owned(), ..Node::default() }
        .with("question", Some(&areas.question))
        .words("caution", &areas.caution)
        .all(
            areas.groups.iter().map(|group| {
                Node::new("area group", &group.code).words("", &group.text).with("holds", Some(group.holds.join(", ")))
            }),
        )
}

fn condition(condition: &Condition) -> String {
    format!("`{}` is {}", condition.question, condition.is.join(" or "))
}
