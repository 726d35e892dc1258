//! Paper: the form of an edition to print, from the same definition as the pages, with the way to answer online instead.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use qrcode::QrCode;
use qrcode::render::svg;
use serde_json::{Value as Json, json};

use super::respond::PageFault;
use super::respond::visit::Visit;
use super::view::VIEWS;
use super::view::prose::inline;
use crate::domain::form::{FormVersion, Section};
use crate::domain::question::{Choice, Kind, Question};
use crate::domain::routing::Condition;
use crate::domain::wording::{Edition, Text};
use crate::error::Error;

/// The paper form of an edition.
pub async fn show(request: HttpRequest, path: Path<(String, String)>) -> Result<HttpResponse, PageFault> {
    let (code, edition) = path.into_inner();
    let edition = Edition::from_slug(&edition).ok_or(Error::NotFound("edition"))?;
    let visit = Visit::new(&request, &code, Some(edition)).await?;
    let form = visit.published.latest_form().ok_or(Error::NotFound("form"))?;
    if !form.has_edition(edition) {
        return Err(Error::NotFound("edition").into());
    }
    let body = VIEWS.main("paper.jinja", &visit.tongue, context(&visit, form)?)?;
    Ok(HttpResponse::Ok().content_type("text/html; charset=utf-8").body(body))
}

fn context(visit: &Visit, form: &FormVersion) -> Result<Json, PageFault> {
    let consultation = visit.consultation();
    let address = match visit.tongue.edition {
        Edition::Standard => format!("{}/{}", visit.app.config.base_url, consultation.code),
        Edition::EasyRead => format!("{}/{}/easy-read", visit.app.config.base_url, consultation.code),
    };
    let mut sheet = Sheet { visit, form, number: 0 };
    let sections: Vec<Json> = form.form.sections.iter().filter_map(|section| sheet.section(section)).collect();
    Ok(json!({
        "title": consultation.title.show(visit.tongue.edition, &visit.tongue.language),
        "identity": identity(visit, form),
        "foot": visit.address(&format!("paper/{}/foot.css", visit.tongue.edition.slug())),
        "summary": consultation.summary.show(visit.tongue.edition, &visit.tongue.language),
        "owner": consultation.owner,
        "closes": visit.day(visit.last_day()),
        "contact": consultation.contact,
        "address": address,
        "qr": qr(&address)?,
        "sections": sections,
        "built_in": [sheet.built_in("quote", &["quote-yes", "quote-no"]), sheet.built_in("help", &[
            "help-no", "help-read-to-me", "help-wrote-for-me", "help-helped-decide", "help-prefer-not",
        ])],
        "back": visit.start_address(),
    }))
}

/// What stands at the foot of every printed page, as a style sheet: nothing else can be put into a page's margin.
pub async fn foot(request: HttpRequest, path: Path<(String, String)>) -> Result<HttpResponse, PageFault> {
    let (code, edition) = path.into_inner();
    let edition = Edition::from_slug(&edition).ok_or(Error::NotFound("edition"))?;
    let visit = Visit::new(&request, &code, Some(edition)).await?;
    let form = visit.published.latest_form().ok_or(Error::NotFound("form"))?;
    let plain: String = identity(&visit, form).chars().filter(|c| c.is_alphanumeric() || " -·,".contains(*c)).collect();
    let css = format!("@page {{ @bottom-left {{ content: \"{plain}\"; font: 9pt Arial, sans-serif; white-space: nowrap; }} }}\n");
    Ok(HttpResponse::Ok().content_type("text/css; charset=utf-8").body(css))
}

/// Which form this is: consultation, edition, version and the beginning of its digest.
fn identity(visit: &Visit, form: &FormVersion) -> String {
    let (version, digest) = (form.form.version.to_string(), form.digest.get(..12).unwrap_or(&form.digest));
    let said = visit.say_with("paper-version", &[("version", &version), ("digest", digest)]);
    let demo = if visit.published.demo { format!(" · {}", visit.say("demo-tag")) } else { String::new() };
    format!("{} · {} · {said}{demo}", visit.consultation().code, visit.tongue.edition.slug())
}

/// The address as a picture for a telephone's camera.
pub(super) fn qr(address: &str) -> Result<String, Error> {
    let code = QrCode::new(address).map_err(|error| Error::Internal(error.into()))?;
    let drawn = code.render::<svg::Color<'_>>().min_dimensions(120, 120).build();
    Ok(drawn.split_once("?>").map_or(drawn.clone(), |(_, svg)| svg.to_owned()))
}

/// The sheet being written: questions are numbered through.
struct Sheet<'a> {
    visit: &'a Visit,
    form: &'a FormVersion,
    number: u32,
}

impl Sheet<'_> {
    fn section(&mut self, section: &Section) -> Option<Json> {
        let edition = self.visit.tongue.edition;
        let questions: Vec<Json> = section
            .questions
            .iter()
            .filter(|question| question.text.has(edition))
            .map(|question| self.question(question))
            .collect();
        let information = section.information.show(edition, &self.visit.tongue.language);
        if questions.is_empty() && information.is_empty() {
            return None;
        }
        Some(json!({
            "title": self.show(&section.title),
            "picture": section.picture,
            "blocks": information,
            "has_areas": !section.areas.is_empty(),
            "after_sending": section.after_sending,
            "questions": questions,
        }))
    }

    fn question(&mut self, question: &Question) -> Json {
        self.number += 1;
        let edition = self.visit.tongue.edition;
        let choices = question.offers(&self.form.form.scales);
        let statements: Vec<Json> = question
            .statements
            .iter()
            .filter(|statement| statement.text.has(edition))
            .map(|statement| json!({ "text": self.show(&statement.text), "picture": statement.picture }))
            .collect();
        let prompts: Vec<&str> = question.prompts.iter().map(|p| self.show(p)).filter(|prompt| !prompt.is_empty()).collect();
        json!({
            "number": self.number,
            "text": self.show(&question.text),
            "hint": self.show(&question.hint),
            "prompts": prompts,
            "picture": question.picture,
            "kind": question.kind.code(),
            "choices": self.choices(choices),
            "statements": statements,
            "own_words": question.own_words.as_ref().map(|own| self.show(&own.text)),
            "condition": question.ask_if.as_ref().map(|condition| self.condition(condition)),
            "rule": match question.kind {
                Kind::ChooseOne | Kind::Scale | Kind::Statements => Some(self.visit.say("paper-choose-one")),
                Kind::ChooseMany => Some(self.visit.say("paper-choose-many")),
                Kind::FreeText | Kind::Number | Kind::Date => None,
            },
        })
    }

    fn choices(&self, choices: &[Choice]) -> Vec<Json> {
        let offered = choices.iter().filter(|choice| choice.text.has(self.visit.tongue.edition));
        offered.map(|choice| json!({ "text": inline(self.show(&choice.text)), "picture": choice.picture })).collect()
    }

    /// "Answer this if you ticked: Yes".
    fn condition(&self, condition: &Condition) -> String {
        let labels: Vec<&str> = self.form.question(&condition.question).map_or_else(Vec::new, |(_, question)| {
            let choices = question.offers(&self.form.form.scales).iter();
            choices.filter(|choice| condition.is.contains(&choice.code)).map(|choice| self.show(&choice.text)).collect()
        });
        self.visit.say_with("paper-if", &[("choices", &labels.join(", "))])
    }

    fn built_in(&mut self, id: &str, choices: &[&str]) -> Json {
        self.number += 1;
        let choices: Vec<Json> =
            choices.iter().map(|id| json!({ "text": inline(&self.visit.say(id)), "picture": null })).collect();
        json!({
            "number": self.number,
            "text": self.visit.say(&format!("{id}-question")),
            "hint": self.visit.say(&format!("{id}-hint")),
            "picture": id,
            "kind": Kind::ChooseOne.code(),
            "choices": choices,
            "rule": self.visit.say("paper-choose-one"),
        })
    }

    fn show<'t>(&self, text: &'t Text) -> &'t str {
        text.show(self.visit.tongue.edition, &self.visit.tongue.language)
    }
}
