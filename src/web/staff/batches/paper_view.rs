//! A sheet as its keyer sees it: laid out like the paper, the same questions under the same numbers, in the same order.

use serde::Serialize;
use serde_json::json;

use crate::domain::answer::{Answer, Value};
use crate::domain::form::FormVersion;
use crate::domain::ledger::Postmark;
use crate::domain::question::{Choice, Field, Part, Question, Takes};
use crate::domain::submission::Help;
use crate::domain::wording::{DEFAULT_LANGUAGE, Edition, Text};
use crate::intake::keyed::entry::{Entry, NOTE_LIMIT, Wrong};
use crate::web::view::words::Tongue;
use crate::web::view::{VIEWS, Views};

/// The keys that choose the first choice, the second, and so on.
const KEYS: &str = "1234567890abcdefghjklmnopqrstvwxyz";

/// The built-in questions, by their fact.
const BUILT_IN: [(&str, &str); 2] = [("sheet.quote_consent", "quote-question"), ("sheet.help", "help-question")];

/// A sheet of paper with what was entered of it and what is wrong with that.
pub(super) struct Paper<'a> {
    pub form: &'a FormVersion,
    pub edition: Edition,
    pub entry: &'a Entry,
    pub wrong: &'a [Wrong],
}

/// The fields of a sheet with nothing in them, for keying without a network.
///
/// # Errors
/// When the template cannot be rendered, which a test would have shown.
pub(in crate::web) fn sheet_fields(views: &Views, form: &FormVersion, edition: Edition) -> Result<String, minijinja::Error> {
    let paper = Paper { form, edition, entry: &Entry::default(), wrong: &[] };
    let context = json!({ "head": paper.head(Postmark::Sheet), "parts": paper.parts(), "note": "", "note_limit": NOTE_LIMIT });
    views.main("staff/sheet-fields.jinja", &Tongue::new(edition, DEFAULT_LANGUAGE), context)
}

/// A part of the sheet.
#[derive(Serialize)]
pub(super) struct Portion {
    title: String,
    questions: Vec<Asked>,
}

/// A question of the sheet.
#[derive(Serialize)]
pub(super) struct Asked {
    number: u32,
    text: String,
    condition: Option<String>,
    fields: Vec<Place>,
}

/// Something to enter.
#[derive(Serialize)]
pub(super) struct Place {
    key: String,
    label: String,
    /// `choices`, `text`, `line`, `number` or `day`.
    kind: &'static str,
    many: bool,
    choices: Vec<Tick>,
    value: String,
    /// None where nothing can be marked.
    mark: Option<String>,
    wrong: Option<String>,
}

/// Something to tick.
#[derive(Serialize)]
struct Tick {
    code: String,
    text: String,
    key: Option<char>,
    ticked: bool,
}

impl Paper<'_> {
    /// The parts of the sheet in the order of the paper: the built-in questions stand before those about the person.
    pub fn parts(&self) -> Vec<Portion> {
        let mut parts = Vec::new();
        let mut built_in = Some(self.built_in());
        for (index, section) in self.form.form.sections.iter().enumerate() {
            if section.after_sending {
                parts.extend(built_in.take());
            }
            let in_section = self.questions().filter(|(s, ..)| *s == index);
            let questions: Vec<Asked> = in_section.map(|(_, number, question)| self.asked(number, question)).collect();
            if !questions.is_empty() {
                parts.push(Portion { title: self.show(&section.title).to_owned(), questions });
            }
        }
        parts.extend(built_in);
        parts
    }

    /// What stands at the head of the sheet, and on its envelope.
    pub fn head(&self, postmark: Postmark) -> Vec<Place> {
        let keys = ["sheet.paper_reference", "sheet.completed_on", "sheet.posted_on"];
        let keys = keys.into_iter().filter(|key| *key != "sheet.posted_on" || postmark == Postmark::Sheet);
        keys.map(|key| self.fact(key)).collect()
    }

    /// One place alone.
    pub fn place(&self, key: &str) -> Option<Place> {
        if key.starts_with("sheet.") {
            return Some(self.fact(key));
        }
        self.form.field(key).map(|field| self.field(field, self.name(key)))
    }

    /// Section, number and question, numbered through as on paper.
    fn questions(&self) -> impl Iterator<Item = (usize, u32, &Question)> {
        let sections = self.form.form.sections.iter().enumerate();
        let all = sections.flat_map(|(index, section)| section.questions.iter().map(move |question| (index, question)));
        all.filter(|(_, question)| question.text.has(self.edition)).zip(1..).map(|((s, question), number)| (s, number, question))
    }

    fn asked(&self, number: u32, question: &Question) -> Asked {
        let fields = self
            .form
            .fields()
            .iter()
            .filter(|field| field.editions.contains(&self.edition) && std::ptr::eq(self.form.place(field).1, question));
        Asked {
            number,
            text: self.show(&question.text).to_owned(),
            condition: question.ask_if.as_ref().map(|condition| {
                let words = condition.is.iter().map(|code| self.choice(&condition.question, code)).collect::<Vec<_>>();
                format!("If ticked: {}", words.join(", "))
            }),
            fields: fields.map(|field| self.field(field, self.part(field, question))).collect(),
        }
    }

    fn built_in(&self) -> Portion {
        let last = self.questions().map(|(_, number, _)| number).last().unwrap_or(0);
        let questions = (last + 1..).zip(BUILT_IN).map(|(number, (key, words))| Asked {
            number,
            text: self.say(words),
            condition: None,
            fields: vec![self.fact(key)],
        });
        Portion { title: "At the end".to_owned(), questions: questions.collect() }
    }

    /// What a field is called within its question.
    fn part(&self, field: &Field, question: &Question) -> String {
        let statement = |index: usize| question.statements.get(index).map_or("", |statement| self.show(&statement.text));
        match field.part {
            Part::Answer => self.show(&question.text).to_owned(),
            Part::OwnWords => question.own_words.as_ref().map_or("", |own| self.show(&own.text)).to_owned(),
            Part::Statement(index) => statement(index).to_owned(),
            Part::Comment(index) => format!("Comment: {}", statement(index)),
        }
    }

    /// A place by number and words, as lists name it.
    pub fn name(&self, key: &str) -> String {
        let fact = match key {
            "sheet.paper_reference" => Some("Number written on the paper".to_owned()),
            "sheet.completed_on" => Some("Day written on the sheet".to_owned()),
            "sheet.posted_on" => Some("Day of the postmark".to_owned()),
            _ => BUILT_IN.iter().find(|(fact, _)| *fact == key).map(|(_, words)| self.say(words)),
        };
        if let Some(fact) = fact {
            return fact;
        }
        let Some(field) = self.form.field(key) else { return key.to_owned() };
        let (_, question) = self.form.place(field);
        let number = self.questions().find(|(_, _, other)| std::ptr::eq(*other, question)).map_or(0, |(_, number, _)| number);
        let part = self.part(field, question);
        if field.part == Part::Answer {
            format!("{number}. {part}")
        } else {
            format!("{number}. {}: {part}", self.show(&question.text))
        }
    }

    /// An answer in words.
    pub fn said(&self, key: &str, answer: &Answer) -> String {
        match answer {
            Answer::Answered(value) | Answer::NotAsked(Some(value)) => self.value(key, value),
            Answer::Blank | Answer::NotAsked(None) => "Left blank".to_owned(),
            Answer::PreferNot => self.choice(key, crate::domain::question::PREFER_NOT),
            Answer::Illegible => "Cannot be read".to_owned(),
            Answer::Spoiled(None) => "Cannot count".to_owned(),
            Answer::Spoiled(Some(value)) => format!("Cannot count: {}", self.value(key, value)),
        }
    }

    fn value(&self, key: &str, value: &Value) -> String {
        match value {
            Value::Number(number) => number.to_string(),
            Value::Text(text) => self.choice(key, text),
            Value::Codes(codes) => codes.iter().map(|code| self.choice(key, code)).collect::<Vec<_>>().join(" and "),
        }
    }

    /// A choice in words; whatever is no choice as it is.
    fn choice(&self, key: &str, code: &str) -> String {
        let built_in = self.built_in_choices(key).into_iter().find(|(known, _)| known == code).map(|(_, words)| words);
        let offered = self.form.field(key).map(|field| self.offers(field)).unwrap_or_default();
        let own = offered.iter().find(|choice| choice.code == code).map(|choice| self.show(&choice.text).to_owned());
        built_in.or(own).unwrap_or_else(|| code.to_owned())
    }

    fn offers(&self, field: &Field) -> &[Choice] {
        match field.takes {
            Takes::One(_) | Takes::Many(_) => self.form.place(field).1.offers(&self.form.form.scales),
            _ => &[],
        }
    }

    fn field(&self, field: &Field, label: String) -> Place {
        let offered = self.offers(field).iter().filter(|choice| choice.text.has(self.edition));
        let choices = offered.map(|choice| (choice.code.clone(), self.show(&choice.text).to_owned())).collect();
        let kind = match field.takes {
            Takes::One(_) | Takes::Many(_) => "choices",
            Takes::Text(_) if field.part == Part::Answer => "text",
            Takes::Text(_) => "line",
            Takes::Number(..) => "number",
            Takes::Date => "day",
        };
        let mark = self.entry.marks.get(&field.key).cloned().unwrap_or_default();
        Place { many: matches!(field.takes, Takes::Many(_)), mark: Some(mark), ..self.blank(&field.key, label, kind, choices) }
    }

    fn fact(&self, key: &str) -> Place {
        let kind = match key {
            "sheet.paper_reference" => "line",
            "sheet.quote_consent" | "sheet.help" => "choices",
            _ => "day",
        };
        self.blank(key, self.name(key), kind, self.built_in_choices(key))
    }

    fn blank(&self, key: &str, label: String, kind: &'static str, choices: Vec<(String, String)>) -> Place {
        let values = self.entry.values.get(key).map_or(&[][..], Vec::as_slice);
        let mut keys = KEYS.chars();
        let tick = |(code, text): (String, String)| Tick { key: keys.next(), ticked: values.contains(&code), code, text };
        Place {
            key: key.to_owned(),
            label,
            kind,
            many: false,
            choices: choices.into_iter().map(tick).collect(),
            value: values.first().cloned().unwrap_or_default(),
            mark: None,
            wrong: self.wrong.iter().find(|wrong| wrong.key == key).map(|wrong| wrong.text.clone()),
        }
    }

    fn built_in_choices(&self, key: &str) -> Vec<(String, String)> {
        match key {
            "sheet.quote_consent" => ["yes", "no"].map(|code| (code.to_owned(), self.say(&format!("quote-{code}")))).to_vec(),
            "sheet.help" => {
                let words = |help: Help| (help.code().to_owned(), self.say(&format!("help-{}", help.code().replace('_', "-"))));
                Help::ALL.map(words).to_vec()
            }
            _ => Vec::new(),
        }
    }

    fn say(&self, id: &str) -> String {
        VIEWS.words.say(&Tongue::new(self.edition, DEFAULT_LANGUAGE), id)
    }

    fn show<'t>(&self, text: &'t Text) -> &'t str {
        text.show(self.edition, DEFAULT_LANGUAGE)
    }
}
