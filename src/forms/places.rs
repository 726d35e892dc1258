//! Places: where each value of a TOML file stands, by its path, and where a byte stands by line and column.

use std::collections::HashMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Where everything in a file stands.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Places {
    text: String,
    lines: Vec<usize>,
    spans: HashMap<String, Range<usize>>,
}

impl Places {
    /// The places of a file of which nothing but the text is known yet.
    pub(super) fn new(text: &str) -> Self {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text: text.to_owned(), lines, spans: HashMap::new() }
    }

    /// Note where each value of a table stands.
    pub(super) fn note(&mut self, table: &DeTable<'_>) {
        self.table(table, "");
    }

    /// The first byte of the value with this path, or of the nearest thing that holds it.
    pub(super) fn of(&self, path: &str) -> usize {
        self.span(path).start
    }

    /// The first byte of these words within the value with this path, or else of the value.
    pub(super) fn of_words(&self, path: &str, words: &str) -> usize {
        let span = self.span(path);
        let first_line = words.trim().lines().next().unwrap_or_default();
        let within = self.text.get(span.clone()).unwrap_or_default();
        span.start + if first_line.is_empty() { 0 } else { within.find(first_line).unwrap_or(0) }
    }

    /// Line and column of a byte, both from 1; the column counts characters.
    pub(super) fn position(&self, offset: usize) -> (usize, usize) {
        let offset = offset.min(self.text.len());
        let line = self.lines.partition_point(|start| *start <= offset).max(1);
        let start = self.lines.get(line - 1).copied().unwrap_or(0);
        let before = self.text.as_bytes().get(start..offset).unwrap_or_default();
        (line, String::from_utf8_lossy(before).chars().count() + 1)
    }

    fn span(&self, path: &str) -> Range<usize> {
        let mut path = path;
        loop {
            if let Some(span) = self.spans.get(path) {
                return span.clone();
            }
            match path.rfind(['.', '[']) {
                Some(end) => path = &path[..end],
                None => return 0..0,
            }
        }
    }

    fn table(&mut self, table: &DeTable<'_>, path: &str) {
        for (key, value) in table {
            let path = join(path, key.get_ref());
            self.value(value, &path);
        }
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>, path: &str) {
        self.spans.insert(path.to_owned(), value.span());
        match value.get_ref() {
            DeValue::Table(table) => self.table(table, path),
            DeValue::Array(array) => {
                for (index, item) in array.iter().enumerate() {
                    self.value(item, &format!("{path}[{index}]"));
                }
            }
            _ => {}
        }
    }
}

/// The path of a key in the table with this path.
pub(super) fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}
