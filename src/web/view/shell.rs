//! The shell: everything around the main part of a page, rendered once per consultation, edition and language.

use minijinja::Error;
use serde_json::json;

use super::components::Components;
use super::pieces::{self, Pieces, Slot};
use super::prose::escape_into;
use super::words::{Tongue, Words};
use crate::domain::consultation::{Consultation, Theme};
use crate::domain::wording::Edition;

/// What surrounds a page, with slots for its title, back link and main part.
#[derive(Debug)]
pub struct Shell {
    frame: Pieces,
    back_link: Pieces,
    back_button: String,
    error_prefix: String,
    /// What this shell was made from, to see when it is out of date.
    pub made_from: MadeFrom,
}

/// What a page stands in.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The consultation it belongs to, if any.
    pub consultation: Option<&'a Consultation>,
    /// The languages it can be read in.
    pub languages: &'a [String],
    /// The edition and language it is read in.
    pub tongue: &'a Tongue,
    /// Whether it is a demonstration.
    pub demo: bool,
}

/// What a shell was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeFrom {
    title: Option<String>,
    owner: Option<String>,
    theme: Theme,
    languages: Vec<String>,
    demo: bool,
}

impl MadeFrom {
    /// What decides the shell.
    #[must_use]
    pub fn new(around: &Around<'_>) -> Self {
        let Around { consultation, languages, tongue, demo } = *around;
        Self {
            title: consultation.map(|c| c.title.show(tongue.edition, &tongue.language).to_owned()),
            owner: consultation.map(|c| c.owner.clone()),
            theme: consultation.map_or(Theme::Neutral, |c| c.theme),
            languages: languages.to_vec(),
            demo,
        }
    }
}

/// The way back from a page.
#[derive(Debug, Clone, Copy)]
pub enum Back<'a> {
    /// There is none.
    None,
    /// To this address.
    To(&'a str),
    /// By sending the page's form, so that what was typed on it is kept.
    Keeping,
}

/// What goes into the shell.
#[derive(Debug, Clone, Copy)]
pub struct Contents<'a> {
    /// What the page is called.
    pub title: &'a str,
    /// Whether something on it is wrong.
    pub in_error: bool,
    /// The way back.
    pub back: Back<'a>,
    /// The address of the page, for the links to its other languages.
    pub path: &'a str,
    /// The main part.
    pub main: &'a str,
}

impl Shell {
    /// Render the shell.
    pub fn compile(components: &Components, words: &Words, around: &Around<'_>) -> Result<Self, Error> {
        let Around { consultation, languages, tongue, demo } = *around;
        let made_from = MadeFrom::new(around);
        let others: Vec<_> = languages
            .iter()
            .filter(|language| **language != tongue.language)
            .map(|language| {
                let own = Tongue::new(Edition::Standard, language);
                json!({ "code": language, "name": words.say(&own, "language-name") })
            })
            .collect();
        let frame = components.template(
            "layout.jinja",
            tongue,
            json!({
                "title": pieces::named("title"),
                "path": pieces::named("path"),
                "back": pieces::named("back"),
                "main": pieces::named("main"),
                "service": made_from.title,
                "owner": made_from.owner,
                "theme": made_from.theme.code(),
                "home": consultation.map_or_else(|| "/".to_owned(), |c| format!("/{}{}", c.code, query(tongue))),
                "root": consultation.map_or_else(String::new, |c| format!("/{}", c.code)),
                "query": query(tongue),
                "languages": others,
                "demo": demo,
            }),
        )?;
        let text = words.say(tongue, "back");
        let link = components.component("backLink", &json!({ "text": text, "href": pieces::named("href") }))?;
        let button = components.component(
            "backLink",
            &json!({ "text": text, "element": "button", "attributes": { "form": "page", "name": "then", "value": "back" } }),
        )?;
        Ok(Self {
            frame: Pieces::cut(&frame),
            back_link: Pieces::cut(&link),
            // The first button of a form is what the Enter key presses: it must be the one that goes on.
            back_button: format!("<button type=\"submit\" form=\"page\" hidden></button>{button}"),
            error_prefix: words.say(tongue, "error-prefix"),
            made_from,
        })
    }

    /// The whole page.
    #[must_use]
    pub fn page(&self, contents: Contents<'_>) -> String {
        let mut html = String::with_capacity(self.frame.size() + contents.main.len() + 1024);
        self.frame.fill(&mut html, |slot, html| {
            let Slot::Named(name) = slot else { return };
            match &**name {
                "title" => {
                    if contents.in_error {
                        escape_into(html, &self.error_prefix);
                    }
                    escape_into(html, contents.title);
                }
                "path" => escape_into(html, contents.path),
                "back" => self.back(html, contents.back),
                _ => html.push_str(contents.main),
            }
        });
        html
    }

    fn back(&self, html: &mut String, back: Back<'_>) {
        match back {
            Back::None => {}
            Back::To(address) => self.back_link.fill(html, |_, html| escape_into(html, address)),
            Back::Keeping => html.push_str(&self.back_button),
        }
    }
}

/// The query that keeps a page in its language; nothing in English.
#[must_use]
pub fn query(tongue: &Tongue) -> String {
    if tongue.language == crate::domain::wording::DEFAULT_LANGUAGE { String::new() } else { format!("?lang={}", tongue.language) }
}
