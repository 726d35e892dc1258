//! Pieces: HTML rendered once with marks in it, cut at the marks, and put together again with a person's values.

use super::prose::escape_into;

/// Opens a mark. Private-use characters pass through every filter and escape untouched.
const OPEN: char = '\u{E000}';
const CLOSE: char = '\u{E001}';
const BETWEEN: char = '\u{E002}';

/// A place in the HTML that differs from person to person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slot {
    /// A place with a name.
    Named(Box<str>),
    /// Whether this choice of this field is chosen.
    Checked(Box<str>, Box<str>),
    /// The words in this field, between two tags.
    Words(Box<str>),
    /// The value of this field, as an attribute.
    Value(Box<str>),
    /// One part of a date: day, month or year.
    DatePart(Box<str>, Box<str>),
    /// What is wrong with this field.
    Error(Box<str>),
}

#[derive(Debug, Clone)]
enum Piece {
    Fixed(Box<str>),
    Slot(Slot),
}

/// HTML with slots.
#[derive(Debug, Clone, Default)]
pub struct Pieces {
    pieces: Vec<Piece>,
    size: usize,
}

/// The mark of a place with a name.
#[must_use]
pub fn named(name: &str) -> String {
    format!("{OPEN}n{name}{CLOSE}")
}

/// The mark to give a choice as its value, with `checked` set.
#[must_use]
pub fn checked(key: &str, code: &str) -> String {
    format!("{OPEN}c{key}{BETWEEN}{code}{CLOSE}")
}

/// The mark of a field's words between two tags.
#[must_use]
pub fn words(key: &str) -> String {
    format!("{OPEN}w{key}{CLOSE}")
}

/// The mark to give an input as its value.
#[must_use]
pub fn value(key: &str) -> String {
    format!("{OPEN}v{key}{CLOSE}")
}

/// The mark to give one part of a date as its value.
#[must_use]
pub fn date_part(key: &str, part: &str) -> String {
    format!("{OPEN}d{key}{BETWEEN}{part}{CLOSE}")
}

/// The mark of what is wrong with a field.
#[must_use]
pub fn error(key: &str) -> String {
    format!("{OPEN}e{key}{CLOSE}")
}

impl Pieces {
    /// Cut HTML at its marks.
    #[must_use]
    pub fn cut(html: &str) -> Self {
        let mut pieces = Self { pieces: Vec::new(), size: html.len() };
        let mut rest = html;
        while let Some((before, marked)) = rest.split_once(OPEN) {
            let Some((mark, after)) = marked.split_once(CLOSE) else { break };
            rest = pieces.mark(before, mark, after);
        }
        pieces.fixed(rest);
        pieces
    }

    fn mark<'a>(&mut self, before: &str, mark: &str, after: &'a str) -> &'a str {
        let mut letters = mark.chars();
        let kind = letters.next();
        let body = letters.as_str();
        let (key, detail) = body.split_once(BETWEEN).unwrap_or((body, ""));
        match kind {
            Some('c') => {
                self.fixed(before);
                self.fixed(detail);
                self.fixed("\"");
                self.pieces.push(Piece::Slot(Slot::Checked(key.into(), detail.into())));
                return after.strip_prefix("\" checked").unwrap_or(after);
            }
            Some(kind @ ('v' | 'd')) => {
                self.fixed(before.strip_suffix(" value=\"").unwrap_or(before));
                self.pieces.push(Piece::Slot(match kind {
                    'v' => Slot::Value(key.into()),
                    _ => Slot::DatePart(key.into(), detail.into()),
                }));
                return after.strip_prefix('"').unwrap_or(after);
            }
            Some('w') => self.slot(before, Slot::Words(key.into())),
            Some('e') => self.slot(before, Slot::Error(key.into())),
            _ => self.slot(before, Slot::Named(body.into())),
        }
        after
    }

    fn slot(&mut self, before: &str, slot: Slot) {
        self.fixed(before);
        self.pieces.push(Piece::Slot(slot));
    }

    fn fixed(&mut self, html: &str) {
        if html.is_empty() {
            return;
        }
        if let Some(Piece::Fixed(last)) = self.pieces.last_mut() {
            *last = format!("{last}{html}").into();
        } else {
            self.pieces.push(Piece::Fixed(html.into()));
        }
    }

    /// About how long the HTML will be.
    #[must_use]
    pub const fn size(&self) -> usize {
        self.size
    }

    /// Write the HTML, asking for what goes into each slot.
    pub fn fill(&self, html: &mut String, mut supply: impl FnMut(&Slot, &mut String)) {
        for piece in &self.pieces {
            match piece {
                Piece::Fixed(fixed) => html.push_str(fixed),
                Piece::Slot(slot) => supply(slot, html),
            }
        }
    }
}

/// Write a `value` attribute; none when there is nothing in it, as the components do.
pub fn value_attribute(html: &mut String, value: &str) {
    if !value.is_empty() {
        html.push_str(" value=\"");
        escape_into(html, value);
        html.push('"');
    }
}
