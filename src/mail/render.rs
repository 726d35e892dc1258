//! From a kind of message to a letter: one template a kind, rendered once with macros that make HTML and once with macros
//! that make plain text, so that both say the same.

use std::sync::LazyLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, Value, context};
use rust_embed::RustEmbed;
use serde_json::Value as Json;

use super::kinds::Kind;
use super::letter::{Letter, one_line};
use super::recipient::Recipient;

#[derive(RustEmbed)]
#[folder = "src/mail/templates/"]
struct Templates;

/// The most characters of one value: a title or a name may be long, and must not drown the message.
const MOST: usize = 1000;

static HTML: LazyLock<Environment<'static>> = LazyLock::new(|| environment("html", AutoEscape::Html));
static TEXT: LazyLock<Environment<'static>> = LazyLock::new(|| environment("text", AutoEscape::None));

/// `form` is the folder with the macros and the frame of one form of message.
fn environment(form: &'static str, escape: AutoEscape) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_loader(move |name| source(form, name));
    environment.set_auto_escape_callback(move |_| escape.clone());
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build() {
        environment.set_syntax(syntax);
    }
    environment
}

/// `parts` and `frame` are each form's own; every other template is one for both.
fn source(form: &str, name: &str) -> Result<Option<String>, Error> {
    let path = if matches!(name, "parts" | "frame") { format!("{form}/{name}.jinja") } else { format!("{name}.jinja") };
    let Some(file) = Templates::get(&path) else { return Ok(None) };
    let text = String::from_utf8(file.data.into_owned());
    text.map(Some).map_err(|error| Error::new(ErrorKind::InvalidOperation, format!("{path} is not UTF-8")).with_source(error))
}

/// A message to somebody, rendered. `service` is the address people know the service by.
pub fn letter<K: Kind>(to: &Recipient, message: &K, service: &str) -> Result<Letter, Error> {
    let subject = one_line(&message.subject(), 150);
    let values = serde_json::to_value(message)
        .map_err(|error| Error::new(ErrorKind::BadSerialization, "a message that cannot be read").with_source(error))?;
    let values = Value::from(Serde(in_lines(values)));
    let render = |environment: &Environment| {
        let body = environment.get_template(K::NAME)?.render(&values)?;
        let body = Value::from_safe_string(body.trim().to_owned());
        environment.get_template("frame")?.render(context! { subject => &subject, body, service })
    };
    Ok(Letter { to: to.clone(), text: single_blanks(&render(&TEXT)?), html: render(&HTML)?, subject })
}

/// Every text among the values on one line: a name with line breaks in it must not look like lines of ours.
fn in_lines(values: Json) -> Json {
    match values {
        Json::String(text) => one_line(&text, MOST).into(),
        Json::Array(list) => list.into_iter().map(in_lines).collect(),
        Json::Object(map) => map.into_iter().map(|(name, value)| (name, in_lines(value))).collect(),
        other => other,
    }
}

/// Plain text with one empty line at most between two others: templates leave one wherever a part ends.
fn single_blanks(text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.dedup_by(|line, before| line.is_empty() && before.is_empty());
    lines.join("\n").trim().to_owned() + "\n"
}
