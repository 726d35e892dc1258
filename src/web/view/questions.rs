//! Questions: each one rendered once with the design system's macros, ready for a person's answers.

use minijinja::Error;
use serde_json::{Map, Value as Json, json};

use super::components::Components;
use super::pictures;
use super::pieces::{self, Pieces};
use super::prose::inline;
use super::words::{Tongue, Words};
use crate::domain::question::{Choice, Kind, OWN_WORDS_LIMIT, PREFER_NOT, Question, Scale, TEXT_LIMIT};
use crate::domain::routing::Condition;

/// A question as it stands on a page.
#[derive(Debug)]
pub struct Asked {
    /// When it is asked.
    pub condition: Option<Condition>,
    /// What stands before its parts.
    pub before: String,
    /// Its parts, in order.
    pub parts: Vec<AskedPart>,
    /// What stands after its parts.
    pub after: String,
}

/// One part of a question: what is kept under one field key.
#[derive(Debug)]
pub struct AskedPart {
    /// The field key.
    pub key: String,
    /// When this part is asked.
    pub condition: Option<Condition>,
    /// The part as it is.
    pub plain: Pieces,
    /// The part with a message of what is wrong with it.
    pub wrong: Pieces,
}

/// Where a question stands: on its own its words are the heading of the page.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// Whether its words are the page's heading.
    pub heads_page: bool,
    /// What stands over the heading: the part of the form.
    pub caption: Option<String>,
}

/// Renders questions in one edition and language.
pub struct Renderer<'a> {
    /// Where HTML comes from.
    pub components: &'a Components,
    /// Where words come from.
    pub words: &'a Words,
    /// The edition and language.
    pub tongue: &'a Tongue,
    /// The scales of the form.
    pub scales: &'a [Scale],
    /// Where static files are.
    pub static_root: &'a str,
}

impl Renderer<'_> {
    /// A question with its slots.
    pub fn question(&self, question: &Question, standing: &Standing) -> Result<Asked, Error> {
        let picture = self.picture(question.picture.as_deref(), "app-row__picture");
        let (before, after) = match picture {
            Some(image) => (format!("<div class=\"app-row\">{image}<div class=\"app-row__words\">"), "</div></div>".to_owned()),
            None => (String::new(), String::new()),
        };
        let mut asked = Asked { condition: question.ask_if.clone(), before, parts: Vec::new(), after };
        match question.kind {
            Kind::Statements => self.statements(question, standing, &mut asked)?,
            Kind::ChooseOne | Kind::Scale | Kind::ChooseMany => {
                let choices = question.offers(self.scales);
                let legend = Self::legend(&inline(self.show(&question.text)), standing, "m");
                let hint = self.hint(question, None);
                asked.parts.push(self.choices(&question.key, choices, question.kind, &legend, hint.as_deref())?);
            }
            Kind::FreeText => asked.parts.push(self.free_text(question, standing)?),
            Kind::Number => asked.parts.push(self.number(question, standing)?),
            Kind::Date => asked.parts.push(self.date(question, standing)?),
        }
        if let Some(own) = &question.own_words {
            let limit = question.max_length.unwrap_or(OWN_WORDS_LIMIT);
            asked.parts.push(self.line(&format!("{}_other", question.key), self.show(&own.text), limit, None)?);
        }
        Ok(asked)
    }

    fn statements(&self, question: &Question, standing: &Standing, asked: &mut Asked) -> Result<(), Error> {
        asked.before.push_str(&self.components.template(
            "statements-heading.jinja",
            self.tongue,
            json!({
                "html": inline(self.show(&question.text)),
                "heads_page": standing.heads_page,
                "caption": standing.caption,
                "hint": self.hint(question, None),
            }),
        )?);
        for statement in &question.statements {
            if !statement.text.has(self.tongue.edition) {
                continue;
            }
            let key = format!("{}_{}", question.key, statement.code);
            let words = inline(self.show(&statement.text));
            let picture = self.picture(statement.picture.as_deref(), "app-statement__picture").unwrap_or_default();
            let legend = Self::legend(&format!("{picture}{words}"), &Standing::default(), "s");
            let mut part = self.choices(&key, &question.choices, Kind::Statements, &legend, None)?;
            part.condition.clone_from(&statement.ask_if);
            asked.parts.push(part);
            if question.comments {
                let limit = question.max_length.unwrap_or(OWN_WORDS_LIMIT);
                let label = self.words.say(self.tongue, "statement-comment");
                let mut comment = self.line(&format!("{key}_comment"), &label, limit, Some(&words))?;
                comment.condition.clone_from(&statement.ask_if);
                asked.parts.push(comment);
            }
        }
        Ok(())
    }

    fn choices(&self, key: &str, choices: &[Choice], kind: Kind, legend: &Json, hint: Option<&str>) -> Result<AskedPart, Error> {
        let component = if kind == Kind::ChooseMany { "checkboxes" } else { "radios" };
        let mut params = json!({
            "idPrefix": key,
            "name": key,
            "fieldset": { "legend": legend },
            "items": self.items(key, choices),
            "hint": hint.map(|html| json!({ "html": html })),
        });
        if kind == Kind::Statements && self.standard() {
            params["small"] = json!(true);
        }
        self.part(key, component, params)
    }

    fn items(&self, key: &str, choices: &[Choice]) -> Vec<Json> {
        let offered: Vec<&Choice> = choices.iter().filter(|choice| choice.text.has(self.tongue.edition)).collect();
        let mut items = Vec::with_capacity(offered.len() + 1);
        for (index, choice) in offered.iter().enumerate() {
            let last = index > 0 && index + 1 == offered.len();
            if last && (choice.code == PREFER_NOT || choice.exclusive) {
                items.push(json!({ "divider": self.words.say(self.tongue, "or") }));
            }
            let words = inline(self.show(&choice.text));
            let mut item = json!({ "value": pieces::checked(key, &choice.code), "checked": true, "html": words });
            if let Some(image) = self.picture(choice.picture.as_deref(), "app-choice__picture") {
                item["html"] = json!(format!("<span class=\"app-choice\">{image}<span>{words}</span></span>"));
            }
            items.push(item);
        }
        items
    }

    fn free_text(&self, question: &Question, standing: &Standing) -> Result<AskedPart, Error> {
        let key = &question.key;
        let params = json!({
            "id": key,
            "name": key,
            "label": Self::legend(&inline(self.show(&question.text)), standing, "m"),
            "hint": { "html": self.hint(question, Some(question.max_length.unwrap_or(TEXT_LIMIT))) },
            "rows": 6,
            "value": pieces::words(key),
        });
        self.part(key, "textarea", params)
    }

    fn number(&self, question: &Question, standing: &Standing) -> Result<AskedPart, Error> {
        let key = &question.key;
        let params = json!({
            "id": key,
            "name": key,
            "label": Self::legend(&inline(self.show(&question.text)), standing, "m"),
            "hint": self.hint(question, None).map(|html| json!({ "html": html })),
            "inputmode": "numeric",
            "width": "5",
            "value": pieces::value(key),
        });
        self.part(key, "input", params)
    }

    fn date(&self, question: &Question, standing: &Standing) -> Result<AskedPart, Error> {
        let key = &question.key;
        let item = |part: &str, id: String, width: &str| {
            json!({
                "id": id,
                "name": format!("{key}-{part}"),
                "label": { "text": self.words.say(self.tongue, &format!("date-{part}")) },
                "width": width,
                "value": pieces::date_part(key, part),
            })
        };
        let params = json!({
            "id": format!("{key}-date"),
            "fieldset": { "legend": Self::legend(&inline(self.show(&question.text)), standing, "m") },
            "hint": self.hint(question, None).map(|html| json!({ "html": html })),
            "items": [item("day", key.clone(), "2"), item("month", format!("{key}-month"), "2"), item("year", format!("{key}-year"), "4")],
        });
        self.part(key, "dateInput", params)
    }

    /// One line of a person's own words.
    fn line(&self, key: &str, label: &str, limit: usize, about: Option<&str>) -> Result<AskedPart, Error> {
        let mut words = inline(label);
        if let Some(about) = about {
            words = format!("{words}<span class=\"nhsuk-u-visually-hidden\">: {about}</span>");
        }
        let params = json!({
            "id": key,
            "name": key,
            "label": { "html": words },
            "hint": { "text": self.limit(limit) },
            "value": pieces::value(key),
        });
        self.part(key, "input", params)
    }

    fn part(&self, key: &str, component: &str, mut params: Json) -> Result<AskedPart, Error> {
        if let Json::Object(object) = &mut params {
            drop_nulls(object);
        }
        let plain = self.components.component(component, &params)?;
        params["errorMessage"] =
            json!({ "html": pieces::error(key), "visuallyHiddenText": self.words.say(self.tongue, "error") });
        let wrong = self.components.component(component, &params)?;
        Ok(AskedPart { key: key.to_owned(), condition: None, plain: Pieces::cut(&plain), wrong: Pieces::cut(&wrong) })
    }

    fn legend(html: &str, standing: &Standing, size: &str) -> Json {
        if !standing.heads_page {
            return json!({ "html": html, "size": size });
        }
        let mut legend = json!({ "html": html, "size": "l", "isPageHeading": true });
        if let Some(caption) = &standing.caption {
            legend["caption"] = json!({ "text": caption, "size": "l" });
        }
        legend
    }

    /// The hint: the author's sentence, prompts, how many may be ticked, how much may be written.
    fn hint(&self, question: &Question, limit: Option<usize>) -> Option<String> {
        let mut parts = Vec::new();
        let hint = self.show(&question.hint);
        if !hint.is_empty() {
            parts.push(inline(hint));
        }
        let prompts: Vec<String> = question
            .prompts
            .iter()
            .map(|prompt| self.show(prompt))
            .filter(|prompt| !prompt.is_empty())
            .map(|prompt| format!("<li>{}</li>", inline(prompt)))
            .collect();
        if !prompts.is_empty() {
            parts.push(format!("<ul class=\"nhsuk-list nhsuk-list--bullet app-prompts\">{}</ul>", prompts.concat()));
        }
        if question.kind == Kind::ChooseMany {
            parts.push(inline(&self.words.say(self.tongue, "choose-many")));
        }
        parts.extend(limit.map(|limit| inline(&self.limit(limit))));
        (!parts.is_empty()).then(|| parts.join(if prompts.is_empty() { " " } else { "" }))
    }

    fn limit(&self, limit: usize) -> String {
        self.words.say_with(self.tongue, "limit", vec![("limit".to_owned(), grouped(limit))])
    }

    fn picture(&self, name: Option<&str>, class: &str) -> Option<String> {
        let name = name.filter(|name| !self.standard() && pictures::known(name))?;
        Some(pictures::image(self.static_root, name, class))
    }

    fn standard(&self) -> bool {
        self.tongue.edition == crate::domain::wording::Edition::Standard
    }

    fn show<'t>(&self, text: &'t crate::domain::wording::Text) -> &'t str {
        text.show(self.tongue.edition, &self.tongue.language)
    }
}

fn drop_nulls(object: &mut Map<String, Json>) {
    object.retain(|_, value| !value.is_null() && value.get("html") != Some(&Json::Null));
}

/// A number with commas, as people read it: 4,000.
#[must_use]
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + 2);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
