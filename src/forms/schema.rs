//! The schema: every key of a file known, every needed key there, every value of its kind; all faults, not the first.

use chrono::{Datelike as _, NaiveDate};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::{Faults, Severity, did_you_mean, nearest, one_of};
use super::shapes::{BLOCK, Key, Shape};
use crate::domain::wording::{DEFAULT_LANGUAGE, wording_key};

const WORDINGS: [&str; 4] = ["standard", "easy_read", "standard_cy", "easy_read_cy"];

/// Check a whole file; `what` names it in messages.
pub(super) fn walk(table: &DeTable<'_>, keys: &[Key], what: &str, faults: &mut Faults<'_>) {
    Walk { faults }.table(table, keys, what, 0);
}

struct Walk<'a, 'b> {
    faults: &'a mut Faults<'b>,
}

impl Walk<'_, '_> {
    fn table(&mut self, table: &DeTable<'_>, keys: &[Key], what: &str, at: usize) {
        let known = || keys.iter().map(|key| key.name);
        let mut meant = Vec::new();
        for (key, value) in table {
            let name: &str = key.get_ref();
            if let Some(known) = keys.iter().find(|known| known.name == name) {
                self.value(value, known);
                continue;
            }
            meant.extend(nearest(name, known()));
            let message = format!("{what} has no key `{name}`");
            self.error(key.span().start, message, did_you_mean(name, known()));
        }
        for key in keys.iter().filter(|key| key.needed && !table.contains_key(key.name) && !meant.contains(&key.name)) {
            let message = format!("{what} needs `{}`", key.name);
            self.error(at, message, format!("add {}", example(key)));
        }
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>, key: &Key) {
        let at = value.span().start;
        let name = key.name;
        match (&key.shape, value.get_ref()) {
            (Shape::Line, DeValue::String(words)) => self.not_blank(words, name, at),
            (Shape::Lines, DeValue::Array(items)) => self.lines(items, name),
            (Shape::Flag, DeValue::Boolean(_)) => {}
            (Shape::Whole(least, most), DeValue::Integer(number)) => {
                let digits = number.as_str().replace('_', "");
                if !i64::from_str_radix(&digits, number.radix()).is_ok_and(|n| (*least..=*most).contains(&n)) {
                    let message = format!("`{name}` is {digits}, which is out of bounds");
                    self.error(at, message, format!("a whole number from {least} to {most}"));
                }
            }
            (Shape::Day, DeValue::String(day)) => self.day(day, name, at),
            (Shape::Day, DeValue::Datetime(day)) => {
                self.error(at, format!("the day in `{name}` has no quotes"), format!("write {name} = \"{day}\""));
            }
            (Shape::OneOf(words), DeValue::String(word)) if words.contains(&&**word) => {}
            (Shape::OneOf(words), DeValue::String(word)) => {
                self.error(at, format!("`{word}` is no {name}"), did_you_mean(word, words.iter().copied()));
            }
            (Shape::Words, DeValue::Table(words)) => self.words(words, name, at),
            (Shape::WordsList, DeValue::Array(items)) => {
                for item in items {
                    self.value(item, &Key { name: "prompts", shape: Shape::Words, needed: false });
                }
            }
            (Shape::Blocks, DeValue::Table(editions)) => self.blocks(editions, name, at),
            (Shape::Table(keys), DeValue::Table(table)) => self.table(table, keys, &a(name), at),
            (Shape::Tables(keys), DeValue::Array(items)) => self.tables(items, keys, name),
            (Shape::Named(keys), DeValue::Table(table)) => {
                for (inner, value) in table {
                    match value.get_ref() {
                        DeValue::Table(table) => {
                            self.table(table, keys, &format!("{name} `{}`", inner.get_ref()), value.span().start);
                        }
                        _ => self.wrong(value, name, &Shape::Table(&[])),
                    }
                }
            }
            (Shape::Figures, DeValue::Table(figures)) => self.figures(figures, name),
            (Shape::Minutes, DeValue::Table(minutes)) => self.minutes(minutes),
            (shape, _) => self.wrong(value, name, shape),
        }
    }

    fn not_blank(&mut self, words: &str, name: &str, at: usize) {
        if words.trim().is_empty() {
            self.error(at, format!("`{name}` is empty"), "write something, or leave the key out if it is not needed".to_owned());
        }
    }

    fn lines(&mut self, items: &[Spanned<DeValue<'_>>], name: &str) {
        for item in items {
            match item.get_ref() {
                DeValue::String(words) => self.not_blank(words, name, item.span().start),
                _ => self.wrong(item, name, &Shape::Line),
            }
        }
    }

    fn tables(&mut self, items: &[Spanned<DeValue<'_>>], keys: &[Key], name: &str) {
        for item in items {
            match item.get_ref() {
                DeValue::Table(table) => self.table(table, keys, &a(name), item.span().start),
                _ => self.wrong(item, name, &Shape::Table(&[])),
            }
        }
    }

    fn day(&mut self, day: &str, name: &str, at: usize) {
        if !day.parse::<NaiveDate>().is_ok_and(|day| (1900..2200).contains(&day.year())) {
            let suggestion = "a day that exists, as year-month-day: \"2022-12-19\"";
            self.error(at, format!("`{day}` in `{name}` is no day"), suggestion.to_owned());
        }
    }

    fn words(&mut self, words: &DeTable<'_>, name: &str, at: usize) {
        if words.is_empty() {
            self.error(at, format!("`{name}` has no wording"), "write standard = \"…\" and easy_read = \"…\"".to_owned());
        }
        for (key, value) in words {
            self.wording(key.get_ref(), key.span().start, name);
            match value.get_ref() {
                DeValue::String(text) if text.trim().is_empty() => {
                    let suggestion = "write it, or leave the wording out: an edition without a wording does not show it";
                    let message = format!("the {} wording of `{name}` is empty", key.get_ref());
                    self.error(value.span().start, message, suggestion.to_owned());
                }
                DeValue::String(_) => {}
                _ => self.wrong(value, key.get_ref(), &Shape::Line),
            }
        }
    }

    fn wording(&mut self, key: &str, at: usize, name: &str) {
        match wording_key(key) {
            None => {
                let suggestion = nearest(key, WORDINGS).map_or_else(
                    || "`standard` or `easy_read`, or one of these with a language, such as `standard_cy`".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                );
                self.error(at, format!("`{key}` in `{name}` is no edition"), suggestion);
            }
            Some((edition, DEFAULT_LANGUAGE)) if key != edition.code() => {
                self.error(
                    at,
                    format!("`{key}` in `{name}` is never shown"),
                    format!("English has no ending: write `{edition}`"),
                );
            }
            Some(_) => {}
        }
    }

    fn blocks(&mut self, editions: &DeTable<'_>, name: &str, at: usize) {
        if editions.is_empty() {
            self.error(at, format!("`{name}` has no wording"), "write standard = [{ text = \"…\" }]".to_owned());
        }
        for (key, value) in editions {
            self.wording(key.get_ref(), key.span().start, name);
            let DeValue::Array(blocks) = value.get_ref() else {
                self.wrong(value, key.get_ref(), &Shape::Tables(BLOCK));
                continue;
            };
            for block in blocks {
                let at = block.span().start;
                let DeValue::Table(table) = block.get_ref() else {
                    self.wrong(block, "block", &Shape::Table(BLOCK));
                    continue;
                };
                self.table(table, BLOCK, &a("block"), at);
                if !["heading", "text", "list"].iter().any(|key| table.contains_key(*key)) {
                    let suggestion = "write text = \"…\", or take the block out";
                    self.error(at, "the block says nothing".to_owned(), suggestion.to_owned());
                }
            }
        }
    }

    fn figures(&mut self, figures: &DeTable<'_>, name: &str) {
        for (code, value) in figures {
            let figure = value.get_ref().as_str().and_then(|text| text.parse::<f64>().ok());
            if !figure.is_some_and(|figure| (0.0..=100.0).contains(&figure)) {
                let message = format!("the figure of `{}` in `{name}` is no per cent", code.get_ref());
                self.error(value.span().start, message, "a figure in quotes, from \"0\" to \"100\", such as \"27.5\"".to_owned());
            }
        }
    }

    fn minutes(&mut self, minutes: &DeTable<'_>) {
        for (edition, value) in minutes {
            if !["standard", "easy_read"].contains(&&**edition.get_ref()) {
                let suggestion = did_you_mean(edition.get_ref(), ["standard", "easy_read"]);
                self.error(edition.span().start, format!("`{}` in `minutes` is no edition", edition.get_ref()), suggestion);
            }
            self.value(value, &Key { name: "minutes", shape: Shape::Whole(1, 600), needed: false });
        }
    }

    fn wrong(&mut self, value: &Spanned<DeValue<'_>>, name: &str, shape: &Shape) {
        let found = match value.get_ref().type_str() {
            "string" => "words",
            "integer" => "a whole number",
            "float" => "a number with a point",
            "boolean" => "true or false",
            "datetime" => "a date",
            "array" => "a list",
            _ => "a table",
        };
        let message = format!("`{name}` is {found}, and should be {}", meaning(shape));
        let suggestion = match (shape, value.get_ref()) {
            (Shape::Words, DeValue::String(_)) => format!("write {name} = {{ standard = \"…\", easy_read = \"…\" }}"),
            (Shape::Lines, DeValue::String(word)) => format!("write {name} = [\"{word}\"]"),
            (Shape::Line, DeValue::Integer(number)) => format!("put it in quotes: \"{number}\""),
            (Shape::Tables(_), DeValue::Table(_)) => format!("write the header with two brackets: [[{name}]]"),
            (Shape::Table(_), DeValue::Array(_)) => format!("write the header with one bracket: [{name}]"),
            (Shape::OneOf(words), _) => one_of(words.iter().copied()),
            _ => String::new(),
        };
        self.error(value.span().start, message, suggestion);
    }

    fn error(&mut self, at: usize, message: String, suggestion: String) {
        self.faults.at(Severity::Error, at, message, suggestion);
    }
}

fn meaning(shape: &Shape) -> String {
    match shape {
        Shape::Line => "words in quotes".to_owned(),
        Shape::Lines => "a list of words in quotes".to_owned(),
        Shape::Words => "a table of wordings".to_owned(),
        Shape::WordsList => "a list of wordings".to_owned(),
        Shape::Blocks => "a table of blocks by edition".to_owned(),
        Shape::Flag => "true or false".to_owned(),
        Shape::Whole(..) => "a whole number".to_owned(),
        Shape::Day => "a day in quotes".to_owned(),
        Shape::OneOf(_) => "one of the known words".to_owned(),
        Shape::Table(_) => "a table".to_owned(),
        Shape::Tables(_) => "a list of tables".to_owned(),
        Shape::Named(_) => "a table of tables".to_owned(),
        Shape::Figures => "a table of figures".to_owned(),
        Shape::Minutes => "a table of minutes by edition".to_owned(),
    }
}

fn example(key: &Key) -> String {
    let name = key.name;
    match &key.shape {
        Shape::Line => format!("{name} = \"…\""),
        Shape::Lines => format!("{name} = [\"…\"]"),
        Shape::Words => format!("{name} = {{ standard = \"…\", easy_read = \"…\" }}"),
        Shape::WordsList => format!("{name} = [{{ standard = \"…\", easy_read = \"…\" }}]"),
        Shape::Blocks => format!("{name}.standard = [{{ text = \"…\" }}], and the same for easy_read"),
        Shape::Flag => format!("{name} = true"),
        Shape::Whole(..) => format!("{name} = 1"),
        Shape::Day => format!("{name} = \"2022-12-19\""),
        Shape::OneOf(words) => format!("{name} = \"{}\": {}", words.first().unwrap_or(&"…"), one_of(words.iter().copied())),
        Shape::Table(_) => format!("a table [{name}]"),
        Shape::Tables(_) => format!("at least one [[{name}]]"),
        Shape::Named(_) => format!("at least one [{name}.name]"),
        Shape::Figures | Shape::Minutes => format!("{name} = {{ … }}"),
    }
}

/// The thing a key holds, as messages name it.
fn a(name: &str) -> String {
    match name {
        "extension" | "event" | "area" | "own_words" | "ask_if" | "areas" => format!("`{name}`"),
        name => format!("a {name}"),
    }
}
