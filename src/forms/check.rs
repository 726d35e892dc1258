//! The check: every file of a library looked at alone and beside the others; the report of all that was found.

use super::fault::{Fault, Faults, Report, did_you_mean};
use super::library::{Contents, FormFile, Library, Place};
use super::parity::parity;
use super::succession::may_follow;
use super::{areas, codeframe, easy_read, exercise, keys, kinds, languages, pictures, routing, scales};
use crate::domain::form::{Form, FormVersion, Section};
use crate::domain::question::Question;
use crate::domain::wording::Edition;

/// Everything that is wrong or odd in a library.
#[must_use]
pub fn check(library: &Library) -> Report {
    let mut faults = library.faults.clone();
    for file in &library.files {
        faults.extend(file.faults.iter().cloned());
        faults.extend(check_file(library, file));
    }
    faults.extend(pictures::missing(library));
    faults.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
    faults.dedup();
    let parity = library.files.iter().filter_map(|file| file.form().map(|form| parity(&file.shown(), form))).collect();
    Report { faults, parity, files: library.files.len() }
}

fn check_file(library: &Library, file: &FormFile) -> Vec<Fault> {
    let shown = file.shown();
    let mut faults = Faults::new(&shown, &file.places);
    match &file.contents {
        Contents::Consultation(consultation) => exercise::check(consultation, library, file, &mut faults),
        Contents::Codeframe(starting) => codeframe::check(starting, file, library, &mut faults),
        Contents::Pictures(known) => pictures::check(known, file, library, &mut faults),
        Contents::Form(form) => {
            check_name(form, file, library, &mut faults);
            check_form(form, file, library, &mut faults);
        }
        Contents::Unread => {}
    }
    let mut found = faults.into_found();
    if let Some((old, form)) = before(library, file) {
        found.extend(may_follow(old, form, file));
    }
    found
}

/// The version before this one in the library, with this one.
fn before<'a>(library: &'a Library, file: &'a FormFile) -> Option<(&'a Form, &'a Form)> {
    let Place::Form { consultation, form, .. } = &file.place else { return None };
    let this = file.form()?;
    let mut older = library.versions(consultation, form).into_iter().filter(|(_, old)| old.version < this.version);
    older.next_back().map(|(_, old)| (old, this))
}

fn check_form(form: &Form, file: &FormFile, library: &Library, faults: &mut Faults<'_>) {
    let version = FormVersion::new(form.clone(), file.digest.clone());
    keys::check(&version, faults);
    kinds::check(form, faults);
    scales::check(form, faults);
    areas::check(&version, faults);
    routing::check(&version, faults);
    pictures::named_by_form(form, library, faults);
    languages::check_form(form, faults);
    let own = match &file.place {
        Place::Form { consultation, .. } => library.consultation(consultation).and_then(FormFile::consultation),
        _ => None,
    };
    easy_read::check_form(&version, own, faults);
}

/// Whether the file is named as it says, and says that both editions exist (rule R24).
fn check_name(form: &Form, file: &FormFile, library: &Library, faults: &mut Faults<'_>) {
    let (named, numbered) = match &file.place {
        Place::Form { form, version, .. } | Place::Example { form, version } => (form, *version),
        _ => return,
    };
    if form.form != *named {
        let suggestion = format!("write form = \"{named}\", or rename the file to {}.v{}.toml", form.form, form.version);
        faults.error("form", format!("the file is named `{named}`, but says form = \"{}\"", form.form), suggestion);
    }
    if form.version != numbered {
        let suggestion = format!("write version = {numbered}, or rename the file to {named}.v{}.toml", form.version);
        faults.error("version", format!("the file is named version {numbered}, but says version = {}", form.version), suggestion);
    }
    if let Place::Form { consultation, .. } = &file.place {
        if form.consultation != *consultation {
            let suggestion = format!("write consultation = \"{consultation}\"");
            let message = format!("the file lies in `{consultation}`, but says consultation = \"{}\"", form.consultation);
            faults.error("consultation", message, suggestion);
        }
        if library.consultation(consultation).is_none() {
            let message = format!("`{consultation}` has no consultation.toml");
            faults.error("consultation", message, format!("write {consultation}/consultation.toml"));
        }
    }
    for edition in Edition::ALL.into_iter().filter(|edition| !form.title.has(*edition)) {
        let message = format!("there is no {edition} edition: the form has no {edition} title");
        faults.error("title", message, format!("write the {edition} wording of the title and of the questions (rule R24)"));
    }
}

/// Every question, with its section and its path.
pub(super) fn questions(form: &Form) -> impl Iterator<Item = (String, &Section, &Question)> {
    form.sections.iter().enumerate().flat_map(|(s, section)| {
        let at = move |(q, question)| (format!("section[{s}].question[{q}]"), section, question);
        section.questions.iter().enumerate().map(at)
    })
}

/// Report a reference to something that does not exist.
pub(super) fn unknown<'a>(
    faults: &mut Faults<'_>,
    path: &str,
    (what, word): (&str, &str),
    known: impl IntoIterator<Item = &'a str> + Clone,
) {
    faults.error(path, format!("there is no {what} `{word}`"), did_you_mean(word, known));
}
