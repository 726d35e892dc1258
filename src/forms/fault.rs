//! Faults: one thing wrong in a form file, where it is and what to do; and the report that prints them.

use std::fmt;

use super::parity::Parity;
use super::places::Places;

/// How bad a fault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// The file cannot be published.
    Error,
    /// It can be published, but a person should look first.
    Warning,
    /// Worth knowing.
    Info,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        })
    }
}

/// One thing wrong or odd in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The file, as it was named to the reader.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1, counted in characters.
    pub column: usize,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub suggestion: Option<String>,
}

impl Fault {
    /// An error about a file or directory as a whole.
    pub(super) fn whole(file: &str, message: String, suggestion: &str) -> Self {
        let suggestion = Some(suggestion.to_owned());
        Self { file: file.to_owned(), line: 1, column: 1, severity: Severity::Error, message, suggestion }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}: {}", self.file, self.line, self.column, self.severity, self.message)?;
        self.suggestion.iter().try_for_each(|suggestion| write!(f, "\n    suggestion: {suggestion}"))
    }
}

/// Everything the check found, and how the two editions of each form stand side by side.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// The faults, by file and line.
    pub faults: Vec<Fault>,
    /// How the editions of each form that could be read compare.
    pub parity: Vec<Parity>,
    /// How many files were read.
    pub files: usize,
}

impl Report {
    /// How many faults are this bad.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.faults.iter().filter(|fault| fault.severity == severity).count()
    }

    /// Whether anything stands in the way of publishing.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.faults.iter().try_for_each(|fault| writeln!(f, "{fault}"))?;
        let count = |severity, word| match self.count(severity) {
            1 => format!("1 {word}"),
            number => format!("{number} {word}s"),
        };
        let (errors, warnings) = (count(Severity::Error, "error"), count(Severity::Warning, "warning"));
        let files = if self.files == 1 { "1 file".to_owned() } else { format!("{} files", self.files) };
        writeln!(f, "{files} checked: {errors}, {warnings}, {} to know", self.count(Severity::Info))
    }
}

/// The faults of one file as they are found, each put at its place.
pub(super) struct Faults<'a> {
    file: &'a str,
    places: &'a Places,
    found: Vec<Fault>,
}

impl<'a> Faults<'a> {
    /// None yet.
    pub(super) const fn new(file: &'a str, places: &'a Places) -> Self {
        Self { file, places, found: Vec::new() }
    }

    /// An error at the value with this path, such as `section[2].question[0].key`.
    pub(super) fn error(&mut self, path: &str, message: impl Into<String>, suggestion: impl Into<String>) {
        self.at(Severity::Error, self.places.of(path), message.into(), suggestion.into());
    }

    /// A warning at the value with this path.
    pub(super) fn warning(&mut self, path: &str, message: impl Into<String>, suggestion: impl Into<String>) {
        self.at(Severity::Warning, self.places.of(path), message.into(), suggestion.into());
    }

    /// Something to know at the value with this path.
    pub(super) fn info(&mut self, path: &str, message: impl Into<String>, suggestion: impl Into<String>) {
        self.at(Severity::Info, self.places.of(path), message.into(), suggestion.into());
    }

    /// A fault at the first place of these words within the value with this path.
    pub(super) fn words(&mut self, severity: Severity, (path, words): (&str, &str), message: String, suggestion: String) {
        self.at(severity, self.places.of_words(path, words), message, suggestion);
    }

    /// A fault at a byte of the file.
    pub(super) fn at(&mut self, severity: Severity, offset: usize, message: String, suggestion: String) {
        let (line, column) = self.places.position(offset);
        let suggestion = Some(suggestion).filter(|words| !words.is_empty());
        self.found.push(Fault { file: self.file.to_owned(), line, column, severity, message, suggestion });
    }

    /// The line and column of the value with this path.
    pub(super) fn position(&self, path: &str) -> (usize, usize) {
        self.places.position(self.places.of(path))
    }

    /// What was found, in the order of the file.
    pub(super) fn into_found(mut self) -> Vec<Fault> {
        self.found.sort_by_key(|fault| (fault.line, fault.column, fault.severity));
        self.found
    }
}

/// The known word that is nearest to a mistyped one, if any is near.
pub(super) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let far = (word.chars().count() / 3).max(1);
    let lower = word.to_lowercase();
    known
        .into_iter()
        .filter(|candidate| *candidate != word)
        .map(|candidate| (strsim::damerau_levenshtein(&lower, candidate), candidate))
        .filter(|(distance, _)| *distance <= far)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// "did you mean …", or else all that is known.
pub(super) fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    match nearest(word, known.clone()) {
        Some(candidate) => format!("did you mean `{candidate}`?"),
        None => one_of(known),
    }
}

/// "one of `a`, `b`", or that there is none.
pub(super) fn one_of<'a>(known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<String> = known.into_iter().map(|word| format!("`{word}`")).collect();
    match known.as_slice() {
        [] => "there is none yet; add it first".to_owned(),
        [only] => format!("the only one there is: {only}"),
        many if many.len() > 30 => format!("one of {}, …", many[..30].join(", ")),
        many => format!("one of {}", many.join(", ")),
    }
}
