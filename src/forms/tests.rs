//! Tests of the form files' floor: every fault with its file, line and suggestion; what may follow what; what is published.

mod checking;
mod codeframe;
mod following;
mod publishing;
mod wording;

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::{Contents, Fault, Library, Report, Severity, check, read};
use crate::domain::form::Form;

pub(super) const CONSULTATION: &str = r#"code = "bins"
prefix = "BN"
title = { standard = "Bins", easy_read = "Bins" }
summary = { standard = "How often bins are emptied.", easy_read = "Tell us about your bins." }
owner = "Sample Council"
form = "survey"
opens_on = "2022-10-31"
closes_on = "2022-12-19"
decides_on = "2023-02-09"
equality = ["age_group"]

[contact]
email = "bins@example.org"

[what]
standard = [{ text = "What." }]
easy_read = [{ text = "We ask about bins.", picture = "bin" }]
[why]
standard = [{ text = "Why." }]
easy_read = [{ text = "We want to know.", picture = "bin" }]
[who_decides]
standard = [{ text = "Who." }]
easy_read = [{ text = "The council decides.", picture = "bin" }]
[what_happens]
standard = [{ text = "What happens." }]
easy_read = [{ text = "We read it all.", picture = "bin" }]
[other_ways]
standard = [{ text = "Ways." }]
easy_read = [{ text = "You can write to us.", picture = "bin" }]
[formats]
standard = [{ text = "Formats." }]
easy_read = [{ text = "You can ask for big print.", picture = "bin" }]
[privacy]
standard = [{ text = "Privacy." }]
easy_read = [{ text = "We do not ask your name.", picture = "bin" }]
"#;

pub(super) const SURVEY: &str = r#"consultation = "bins"
form = "survey"
version = 1
title = { standard = "Bins", easy_read = "Bins" }

[[scale]]
code = "agree5"
comparability = "collapsible"
choice = [
  { code = "strongly_agree", collapses_to = "yes", text = { standard = "Strongly agree" } },
  { code = "agree", collapses_to = "yes", text = { standard = "Agree", easy_read = "Yes" } },
  { code = "disagree", collapses_to = "no", text = { standard = "Disagree", easy_read = "No" } },
  { code = "dont_know", text = { standard = "Don’t know", easy_read = "I don’t know" } },
]
class = [
  { code = "yes", text = { standard = "Yes" } },
  { code = "no", text = { standard = "No" } },
]

[areas]
question = "town"
[[areas.group]]
code = "coast"
text = { standard = "The coast" }
holds = ["westport"]
[[areas.group]]
code = "inland"
text = { standard = "Inland" }
holds = ["midham"]

[[section]]
key = "you"
title = { standard = "You", easy_read = "You" }
substantive = false
[[section.question]]
key = "town"
kind = "choose_one"
picture = "bin"
text = { standard = "Where do you live?", easy_read = "Where do you live?" }
own_words = { with = ["other"], text = { standard = "Where?", easy_read = "Where?" } }
choice = [
  { code = "westport", text = { standard = "Westport", easy_read = "Westport" } },
  { code = "midham", text = { standard = "Midham", easy_read = "Midham" } },
  { code = "other", text = { standard = "Somewhere else", easy_read = "Somewhere else" } },
]

[[section]]
key = "bins"
title = { standard = "Bins", easy_read = "Bins" }
[section.information]
standard = [{ heading = "Bins", text = "Bins are emptied every week." }]
easy_read = [{ text = "We empty bins every week.", picture = "bin" }]
[[section.area]]
groups = ["coast", "inland"]
now.standard = [{ text = "Weekly." }]
now.easy_read = [{ text = "Every week.", picture = "bin" }]
would_change.standard = [{ text = "Fortnightly." }]
would_change.easy_read = [{ text = "Every 2 weeks.", picture = "bin" }]
[[section.question]]
key = "weekly"
kind = "scale"
scale = "agree5"
picture = "bin"
text = { standard = "Should it stay weekly?", easy_read = "Should it stay every week?" }
[[section.question]]
key = "weekly_why"
kind = "free_text"
picture = "bin"
text = { standard = "Why?", easy_read = "Why?" }
ask_if = { question = "weekly", is = ["strongly_agree", "agree"] }
[[section.question]]
key = "matters"
kind = "statements"
picture = "bin"
text = { standard = "What matters?", easy_read = "What matters?" }
choice = [
  { code = "yes", text = { standard = "Yes", easy_read = "Yes" } },
  { code = "no", text = { standard = "No", easy_read = "No" } },
]
statement = [
  { code = "smell", text = { standard = "Smell", easy_read = "Smell" } },
  { code = "cost", text = { standard = "Cost", easy_read = "Cost" } },
]

[[section]]
key = "about"
title = { standard = "About you", easy_read = "About you" }
after_sending = true
[[section.question]]
key = "age_group"
kind = "choose_one"
picture = "bin"
text = { standard = "How old are you?", easy_read = "How old are you?" }
choice = [
  { code = "under_40", text = { standard = "Under 40", easy_read = "Under 40" } },
  { code = "40_over", text = { standard = "40 or over", easy_read = "40 or over" } },
  { code = "prefer_not", text = { standard = "Prefer not to say", easy_read = "I do not want to say" } },
]
"#;

pub(super) const PICTURES: &str = r#"[picture.bin]
file = "bin.svg"
source = "Drawn for this service"
licence = "CC0-1.0"
about = "A bin"
"#;

/// A forms directory on disk.
pub(super) struct Folder(TempDir);

impl Folder {
    /// The sample consultation, its survey and its pictures, all without fault.
    pub(super) fn sample() -> Self {
        let folder = Self(TempDir::new().unwrap());
        folder.write("bins/consultation.toml", CONSULTATION);
        folder.write("bins/survey.v1.toml", SURVEY);
        folder.write("pictures/pictures.toml", PICTURES);
        folder.write("pictures/bin.svg", "<svg/>");
        folder
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(super) fn write(&self, name: &str, contents: impl AsRef<[u8]>) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
    }

    pub(super) fn library(&self) -> Library {
        read(self.path())
    }

    pub(super) fn report(&self) -> Report {
        check(&self.library())
    }
}

/// A text with one part replaced; the part must be there.
pub(super) fn with(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "the sample has no {from:?}");
    text.replacen(from, to, 1)
}

/// The sample survey with one part replaced, as version 2.
pub(super) fn second(from: &str, to: &str) -> String {
    with(&with(SURVEY, from, to), "version = 1", "version = 2")
}

/// A form from its text.
pub(super) fn form(text: &str) -> Form {
    toml::from_str(text).unwrap()
}

/// Faults as they are printed, one after the other.
pub(super) fn listed(faults: &[Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// One expected fault: the line of a file that holds `at`, and what it and its suggestion say.
pub(super) struct Expected<'a> {
    pub(super) file: &'a str,
    pub(super) text: &'a str,
    pub(super) at: &'a str,
    pub(super) severity: Severity,
    pub(super) message: &'a str,
    pub(super) suggestion: &'a str,
}

/// Assert that a fault was found, in its line, with its suggestion.
pub(super) fn assert_found(faults: &[Fault], expected: &Expected<'_>) {
    let line = expected.text.lines().position(|line| line.contains(expected.at)).expect("the line is in the text") + 1;
    let mut saying = faults.iter().filter(|fault| fault.message.contains(expected.message)).peekable();
    let first = saying.peek().copied();
    let found = saying
        .find(|fault| fault.line == line)
        .or(first)
        .unwrap_or_else(|| panic!("no fault says {:?}; found:\n{}", expected.message, listed(faults)));
    assert!(found.file.ends_with(expected.file), "{found}");
    assert_eq!(found.line, line, "{found}");
    assert_eq!(found.severity, expected.severity, "{found}");
    let suggestion = found.suggestion.as_deref().unwrap_or_default();
    assert!(suggestion.contains(expected.suggestion), "{found}");
}

/// Change one part of the survey, and assert what is then found at the line that holds `at`.
pub(super) fn survey_fault(from: &str, to: &str, at: &str, (severity, message): (Severity, &str), suggestion: &str) {
    let text = with(SURVEY, from, to);
    file_fault("bins/survey.v1.toml", &text, at, (severity, message), suggestion);
}

/// Change one part of the consultation, and assert what is then found at the line that holds `at`.
pub(super) fn consultation_fault(from: &str, to: &str, at: &str, (severity, message): (Severity, &str), suggestion: &str) {
    let text = with(CONSULTATION, from, to);
    file_fault("bins/consultation.toml", &text, at, (severity, message), suggestion);
}

/// Write one file beside the sample, and assert what is then found in it.
pub(super) fn file_fault(file: &str, text: &str, at: &str, (severity, message): (Severity, &str), suggestion: &str) {
    let folder = Folder::sample();
    folder.write(file, text);
    assert_found(&folder.report().faults, &Expected { file, text, at, severity, message, suggestion });
}

#[test]
fn the_sample_has_no_fault_so_that_every_other_test_sees_its_own_only() {
    let report = Folder::sample().report();
    assert_eq!(report.faults, Vec::new(), "{report}");
    assert_eq!(report.files, 3);
}

#[test]
fn a_file_is_kept_with_its_exact_bytes_and_their_digest() {
    let library = Folder::sample().library();
    let file = library.files.iter().find(|file| file.form().is_some()).unwrap();
    assert_eq!(file.bytes, SURVEY.as_bytes());
    assert_eq!(file.digest.len(), 64);
    assert!(matches!(file.contents, Contents::Form(_)));
}

#[test]
fn a_report_prints_each_fault_with_its_place_and_suggestion_and_a_closing_count() {
    let folder = Folder::sample();
    folder.write("bins/survey.v1.toml", with(SURVEY, "scale = \"agree5\"", "scale = \"agree\""));
    let printed = folder.report().to_string();
    let fault = "survey.v1.toml:62:9: error: there is no scale `agree`\n    suggestion: did you mean `agree5`?\n";
    assert!(printed.contains(fault), "{printed}");
    assert!(printed.ends_with("3 files checked: 1 error, 1 warning, 0 to know\n"), "{printed}");
}
