//! Form pages: every page of a form rendered once per edition and language, and filled in with a person's answers.

use std::collections::BTreeMap;

use minijinja::Error;
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::components::Components;
use super::pieces::{self, Pieces, Slot, value_attribute};
use super::prose::{escape_into, inline};
use super::questions::{Asked, AskedPart, Renderer, Standing};
use super::words::{Tongue, Words};
use crate::domain::answer::Answers;
use crate::domain::form::{AreaGroup, AreaInformation, FormVersion, Section};
use crate::domain::paging::{Page, kebab, pages};
use crate::domain::question::Question;
use crate::domain::routing::Condition;
use crate::domain::wording::Edition;

/// Raw answers by field key, as a draft keeps them.
pub type Raw = BTreeMap<String, Json>;

/// What is wrong with one field, in words for the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// The field.
    pub key: String,
    /// What to do about it.
    pub message: String,
}

/// One page, rendered but for what differs from person to person.
#[derive(Debug)]
pub struct FormPage {
    /// Which questions stand on it.
    pub page: Page,
    /// What the window is called.
    pub title: String,
    frame: Pieces,
    /// What each area should know, by the group of the person; the last is for those who named no area.
    areas: Vec<(Option<String>, String)>,
    asked: Vec<Asked>,
}

/// Every page of a form in one edition and language.
#[derive(Debug)]
pub struct FormPages {
    /// The pages, in order.
    pub pages: Vec<FormPage>,
}

impl FormPages {
    /// Render every page.
    pub fn compile(sources: &Sources<'_>, form: &FormVersion) -> Result<Self, Error> {
        let plan = pages(form, sources.tongue.edition);
        let compiled = plan.iter().map(|page| sources.page(form, page, &plan)).collect::<Result<_, _>>()?;
        Ok(Self { pages: compiled })
    }

    /// The index of the page with this address part.
    #[must_use]
    pub fn find(&self, slug: &str) -> Option<usize> {
        self.pages.iter().position(|page| page.page.slug == slug)
    }
}

/// What pages are made from.
pub struct Sources<'a> {
    /// Where HTML comes from.
    pub components: &'a Components,
    /// Where words come from.
    pub words: &'a Words,
    /// The edition and language.
    pub tongue: &'a Tongue,
    /// Where static files are.
    pub static_root: &'a str,
}

impl Sources<'_> {
    fn page(&self, form: &FormVersion, page: &Page, plan: &[Page]) -> Result<FormPage, Error> {
        let section = &form.form.sections[page.section];
        let questions: Vec<&Question> = page.questions.iter().map(|index| &section.questions[*index]).collect();
        let title = section.title.show(self.tongue.edition, &self.tongue.language);
        let alone = questions.len() == 1 && !page.information;
        let first = plan.iter().find(|other| other.section == page.section).is_some_and(|other| other.slug == page.slug);
        let caption = self.caption(form, page, plan, (!first || alone).then_some(title));
        let standing = if alone { Standing { heads_page: true, caption: caption.clone() } } else { Standing::default() };
        let asked = self.asked(form, &questions, &standing)?;
        let window = match questions.first() {
            Some(question) if alone || !first => {
                let words = question.text.show(self.tongue.edition, &self.tongue.language).replace("**", "");
                format!("{words} – {title}")
            }
            _ => title.to_owned(),
        };
        let frame = self.components.template(
            "form-page.jinja",
            self.tongue,
            json!({
                "summary": pieces::named("summary"),
                "areas": pieces::named("areas"),
                "questions": pieces::named("questions"),
                "heading": (!alone).then(|| inline(title)),
                "caption": (!alone).then_some(caption).flatten(),
                "section_picture": page.information.then_some(section.picture.as_deref()).flatten(),
                "information": if page.information {
                    self.components.blocks(self.tongue, section.information.show(self.tongue.edition, &self.tongue.language), 2)?
                } else {
                    String::new()
                },
                "after_sending": section.after_sending,
                "slug": page.slug,
            }),
        )?;
        let areas = if page.information { self.areas(form, section)? } else { Vec::new() };
        Ok(FormPage { page: page.clone(), title: window, frame: Pieces::cut(&frame), areas, asked })
    }

    /// One page of questions that no form file holds: may we quote you, and did someone help (rules R23 and R29).
    pub fn built_in(&self, slug: &str, questions: &[Question], heading: Option<&str>) -> Result<FormPage, Error> {
        let alone = questions.len() == 1;
        let standing = Standing { heads_page: alone, caption: None };
        let renderer = self.renderer(&[]);
        let asked = questions.iter().map(|question| renderer.question(question, &standing)).collect::<Result<_, _>>()?;
        let title = match (alone, questions.first()) {
            (true, Some(question)) => question.text.show(self.tongue.edition, &self.tongue.language).to_owned(),
            _ => heading.unwrap_or_default().to_owned(),
        };
        let frame = self.components.template(
            "form-page.jinja",
            self.tongue,
            json!({
                "summary": pieces::named("summary"),
                "areas": "",
                "questions": pieces::named("questions"),
                "heading": (!alone).then(|| inline(&title)),
                "information": "",
                "slug": slug,
            }),
        )?;
        let page = Page { slug: slug.to_owned(), section: 0, information: false, questions: Vec::new() };
        Ok(FormPage { page, title, frame: Pieces::cut(&frame), areas: Vec::new(), asked })
    }

    fn renderer<'s>(&'s self, scales: &'s [crate::domain::question::Scale]) -> Renderer<'s> {
        let Self { components, words, tongue, static_root } = self;
        Renderer { components, words, tongue, scales, static_root }
    }

    fn asked(&self, form: &FormVersion, questions: &[&Question], standing: &Standing) -> Result<Vec<Asked>, Error> {
        let renderer = self.renderer(&form.form.scales);
        questions.iter().map(|question| renderer.question(question, standing)).collect()
    }

    /// "Part 3 of 9", with the section's title when the heading is something else.
    fn caption(&self, form: &FormVersion, page: &Page, plan: &[Page], title: Option<&str>) -> Option<String> {
        let after = form.form.sections[page.section].after_sending;
        let mut sections: Vec<usize> =
            plan.iter().map(|p| p.section).filter(|s| form.form.sections[*s].after_sending == after).collect();
        sections.dedup();
        let number = sections.iter().position(|section| *section == page.section)? + 1;
        let with = vec![("number".to_owned(), number.to_string()), ("total".to_owned(), sections.len().to_string())];
        let id = if after { "part-about-you" } else { "part" };
        let part = self.words.say_with(self.tongue, id, with);
        Some(title.map_or_else(|| part.clone(), |title| format!("{part}: {title}")))
    }

    fn areas(&self, form: &FormVersion, section: &Section) -> Result<Vec<(Option<String>, String)>, Error> {
        let (Some(areas), false) = (&form.form.areas, section.areas.is_empty()) else { return Ok(Vec::new()) };
        let own = areas.groups.iter().map(Some).chain([None]);
        own.map(|group| {
            let html =
                self.area_panels(&areas.groups, section, group, areas.caution.show(self.tongue.edition, &self.tongue.language))?;
            Ok((group.map(|group| group.code.clone()), html))
        })
        .collect()
    }

    fn area_panels(
        &self,
        groups: &[AreaGroup],
        section: &Section,
        own: Option<&AreaGroup>,
        caution: &str,
    ) -> Result<String, Error> {
        let is_own = |area: &AreaInformation| own.is_some_and(|own| area.groups.contains(&own.code));
        let panel = |area: &AreaInformation| -> Result<Json, Error> {
            let names: Vec<&str> = groups
                .iter()
                .filter(|group| area.groups.contains(&group.code))
                .map(|group| group.text.show(self.tongue.edition, &self.tongue.language))
                .collect();
            let blocks = |information: &crate::domain::wording::Information| {
                self.components.blocks(self.tongue, information.show(self.tongue.edition, &self.tongue.language), 4)
            };
            Ok(json!({ "names": names, "now": blocks(&area.now)?, "would_change": blocks(&area.would_change)? }))
        };
        let (mine, others): (Vec<_>, Vec<_>) = section.areas.iter().partition(|area| is_own(area));
        self.components.template(
            "areas.jinja",
            self.tongue,
            json!({
                "own": own.map(|own| own.text.show(self.tongue.edition, &self.tongue.language)),
                "mine": mine.into_iter().map(panel).collect::<Result<Vec<_>, _>>()?,
                "others": others.into_iter().map(panel).collect::<Result<Vec<_>, _>>()?,
                "caution": inline(caution),
            }),
        )
    }
}

/// What a person has answered, and what is wrong with it.
#[derive(Debug, Clone, Copy)]
pub struct Filling<'a> {
    /// Raw answers.
    pub raw: &'a Raw,
    /// The same answers, read for routing.
    pub answers: &'a Answers,
    /// What is wrong.
    pub wrong: &'a [Wrong],
    /// The error summary, ready made; empty when nothing is wrong.
    pub summary: &'a str,
    /// The person's area group.
    pub group: Option<&'a str>,
}

/// A page as a device keeps it: every question on it, whoever it is asked of, and nobody's answers.
#[derive(Debug, Serialize)]
pub struct Unfilled {
    /// Its address part.
    pub slug: String,
    /// Each question in a `data-question`, each of its parts in a `data-part` with its field key, each area's information in
    /// a `data-area` with its group; that of those who named no area has none.
    pub html: String,
    /// The fields on it.
    pub fields: Vec<String>,
    /// Whether it begins with what to know.
    pub information: bool,
    /// When a field is asked; those that are always asked are left out.
    pub asks: BTreeMap<String, Condition>,
}

impl FormPage {
    /// The page with everything that is on it for anybody.
    #[must_use]
    pub fn unfilled(&self) -> Unfilled {
        let mut html = String::with_capacity(self.frame.size() + 8 * 1024);
        self.frame.fill(&mut html, |slot, html| match slot {
            Slot::Named(name) if **name == *"areas" => self.every_area(html),
            Slot::Named(name) if **name == *"questions" => self.every_question(html),
            _ => {}
        });
        let parts = || self.asked.iter().flat_map(|asked| asked.parts.iter().map(move |part| (asked, part)));
        let condition = |(asked, part): (&Asked, &AskedPart)| {
            let condition = part.condition.clone().or_else(|| asked.condition.clone())?;
            Some((part.key.clone(), condition))
        };
        Unfilled {
            slug: self.page.slug.clone(),
            html,
            fields: parts().map(|(_, part)| part.key.clone()).collect(),
            information: self.page.information,
            asks: parts().filter_map(condition).collect(),
        }
    }

    fn every_area(&self, html: &mut String) {
        for (group, panels) in &self.areas {
            html.push_str("<div hidden data-area=\"");
            escape_into(html, group.as_deref().unwrap_or_default());
            html.push_str("\">");
            html.push_str(panels);
            html.push_str("</div>");
        }
    }

    fn every_question(&self, html: &mut String) {
        for asked in &self.asked {
            html.push_str("<div data-question>");
            html.push_str(&asked.before);
            for part in &asked.parts {
                html.push_str("<div data-part=\"");
                escape_into(html, &part.key);
                html.push_str("\">");
                part.plain.fill(html, |_, _| {});
                html.push_str("</div>");
            }
            html.push_str(&asked.after);
            html.push_str("</div>");
        }
    }

    /// Write the page's main part, filled in.
    pub fn fill(&self, html: &mut String, filling: Filling<'_>) {
        html.reserve(self.frame.size() + 8 * 1024);
        self.frame.fill(html, |slot, html| match slot {
            Slot::Named(name) if **name == *"summary" => html.push_str(filling.summary),
            Slot::Named(name) if **name == *"areas" => html.push_str(self.area_panels(filling.group)),
            Slot::Named(_) => self.questions(html, filling),
            _ => {}
        });
    }

    fn area_panels(&self, group: Option<&str>) -> &str {
        self.areas
            .iter()
            .find(|(code, _)| code.as_deref() == group)
            .or_else(|| self.areas.last())
            .map_or("", |(_, html)| html.as_str())
    }

    fn questions(&self, html: &mut String, filling: Filling<'_>) {
        let holds = |condition: &Option<Condition>| condition.as_ref().is_none_or(|c| c.holds(filling.answers));
        for asked in self.asked.iter().filter(|asked| holds(&asked.condition)) {
            html.push_str(&asked.before);
            for part in asked.parts.iter().filter(|part| holds(&part.condition)) {
                part.fill(html, filling);
            }
            html.push_str(&asked.after);
        }
    }

    /// The keys of the fields that this person is asked here.
    pub fn keys<'a>(&'a self, answers: &'a Answers) -> impl Iterator<Item = &'a str> {
        let holds = |condition: &Option<Condition>| condition.as_ref().is_none_or(|c| c.holds(answers));
        self.asked
            .iter()
            .filter(move |asked| holds(&asked.condition))
            .flat_map(|asked| asked.parts.iter())
            .filter(move |part| holds(&part.condition))
            .map(|part| part.key.as_str())
    }
}

impl AskedPart {
    /// Write this part with a person's answer in it.
    pub fn fill(&self, html: &mut String, filling: Filling<'_>) {
        let wrong = filling.wrong.iter().find(|wrong| wrong.key == self.key);
        let pieces = if wrong.is_some() { &self.wrong } else { &self.plain };
        pieces.fill(html, |slot, html| match slot {
            Slot::Checked(key, code) => {
                if is_chosen(filling.raw.get(&**key), code) {
                    html.push_str(" checked");
                }
            }
            Slot::Words(key) => escape_into(html, &written(filling.raw.get(&**key))),
            Slot::Value(key) => value_attribute(html, &written(filling.raw.get(&**key))),
            Slot::DatePart(key, part) => value_attribute(html, day_part(&written(filling.raw.get(&**key)), part)),
            Slot::Error(_) => escape_into(html, wrong.map_or("", |wrong| wrong.message.as_str())),
            Slot::Named(_) => {}
        });
    }
}

fn is_chosen(answer: Option<&Json>, code: &str) -> bool {
    match answer {
        Some(Json::String(chosen)) => chosen == code,
        Some(Json::Array(ticks)) => ticks.iter().any(|tick| tick == code),
        _ => false,
    }
}

/// What a person wrote in a field, as text.
#[must_use]
pub fn written(answer: Option<&Json>) -> std::borrow::Cow<'_, str> {
    match answer {
        Some(Json::String(text)) => text.as_str().into(),
        Some(Json::Number(number)) => number.to_string().into(),
        _ => "".into(),
    }
}

/// A part of year-month-day as it was typed.
fn day_part<'a>(day: &'a str, part: &str) -> &'a str {
    let mut parts = day.splitn(3, '-');
    let (year, month, date) = (parts.next(), parts.next(), parts.next());
    match part {
        "day" => date,
        "month" => month,
        _ => year,
    }
    .unwrap_or_default()
}

/// The address of a form's first page in an edition.
#[must_use]
pub fn first_slug(form: &FormVersion, edition: Edition) -> Option<String> {
    pages(form, edition).first().map(|page| page.slug.clone()).or_else(|| form.form.sections.first().map(|s| kebab(&s.key)))
}
