//! Components: the NHS design system's own macros, and our page templates, rendered by one MiniJinja environment.

use std::sync::Arc;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Serde, Value};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, State, UndefinedBehavior};
use rust_embed::RustEmbed;
use serde::Serialize;

use super::pictures;
use super::words::{Tongue, Words};
use crate::domain::wording::{Block, Edition};

#[derive(RustEmbed)]
#[folder = "assets/vendor/templates/"]
#[include = "nhsuk/**/*.jinja"]
struct NhsTemplates;

#[derive(RustEmbed)]
#[folder = "src/web/templates/"]
struct OwnTemplates;

/// The one place that turns parameters into HTML.
pub struct Components {
    environment: Environment<'static>,
}

impl Components {
    /// An environment with every template, the wordings, and the address of the pictures.
    #[must_use]
    pub fn new(words: Arc<Words>, static_root: &str) -> Self {
        let mut environment = Environment::new();
        environment.set_loader(source);
        if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build() {
            environment.set_syntax(syntax);
        }
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        environment.set_undefined_behavior(UndefinedBehavior::Chainable);
        environment.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
        environment.add_filter("length", length);
        environment.add_filter("prose", |text: &str| Value::from_safe_string(super::prose::inline(text)));
        let root = static_root.to_owned();
        environment.add_function("picture", move |name: Option<&str>, class: &str| {
            Value::from_safe_string(name.map_or_else(String::new, |name| pictures::image(&root, name, class)))
        });
        environment.add_function("t", move |state: &State, id: &str, kwargs: Kwargs| say(&words, state, id, &kwargs));
        environment.add_global("static", static_root.to_owned());
        Self { environment }
    }

    /// One component of the design system with these parameters.
    pub fn component(&self, name: &str, params: &serde_json::Value) -> Result<String, Error> {
        let template = self.environment.get_template(&format!("call/{name}"))?;
        let html = template.render(minijinja::context! { params => Value::from(Serde(params)) })?;
        Ok(html.trim().to_owned())
    }

    /// One of our own templates.
    pub fn template(&self, name: &str, tongue: &Tongue, context: impl Serialize) -> Result<String, Error> {
        let own = Value::from(Serde(context));
        self.environment.get_template(name)?.render(minijinja::context! {
            language => &tongue.language,
            easy => tongue.edition == Edition::EasyRead,
            ..own
        })
    }

    /// Blocks of information: in easy read one row a block, picture left and words right (rule R26).
    pub fn blocks(&self, tongue: &Tongue, blocks: &[Block], level: u8) -> Result<String, Error> {
        self.template("blocks.jinja", tongue, serde_json::json!({ "blocks": blocks, "level": level }))
    }
}

fn source(name: &str) -> Result<Option<String>, Error> {
    if let Some(component) = name.strip_prefix("call/") {
        let folder = match component {
            "table" => "tables".to_owned(),
            other => kebab(other),
        };
        return Ok(Some(format!(
            "{{% from \"nhsuk/components/{folder}/macro.jinja\" import {component} %}}{{{{ {component}(params) }}}}"
        )));
    }
    let file = if name.starts_with("nhsuk/") { NhsTemplates::get(name) } else { OwnTemplates::get(name) };
    file.map(|file| String::from_utf8(file.data.into_owned()))
        .transpose()
        .map_err(|error| Error::new(ErrorKind::InvalidOperation, format!("template {name} is not UTF-8")).with_source(error))
}

fn kebab(name: &str) -> String {
    let mut folder = String::with_capacity(name.len() + 2);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            folder.push('-');
        }
        folder.push(letter.to_ascii_lowercase());
    }
    folder
}

/// The macros take the length of what is not there and expect nought, as Jinja2 gives.
fn length(value: &Value) -> usize {
    value.len().unwrap_or(0)
}

fn say(words: &Words, state: &State, id: &str, kwargs: &Kwargs) -> Result<String, Error> {
    let text = |name: &str| state.lookup(name).and_then(|value| value.as_str().map(str::to_owned));
    let easy = state.lookup("easy").is_some_and(|easy| easy.is_true());
    let edition = if easy { Edition::EasyRead } else { Edition::Standard };
    let tongue = Tongue::new(edition, &text("language").unwrap_or_default());
    let mut with = Vec::new();
    for name in kwargs.args() {
        with.push((name.to_owned(), kwargs.get::<Value>(name)?.to_string()));
    }
    Ok(words.say_with(&tongue, id, with))
}
