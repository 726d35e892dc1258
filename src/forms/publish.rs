//! Publishing, decided and not done: which files are new, which stand unchanged, and what is refused.

use std::fmt;

use super::check::check;
use super::comparison::{Change, diff};
use super::fault::{Fault, Faults, Severity};
use super::library::{FormFile, Library, Place};
use super::succession::may_follow;
use crate::domain::consultation::Consultation;
use crate::domain::form::Form;

/// A version that was published before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The code of the consultation.
    pub consultation: String,
    /// The code of the form.
    pub form: String,
    /// Its version.
    pub version: u32,
    /// SHA-256 of the file as it was published.
    pub digest: String,
    /// The file as it was published.
    pub document: String,
}

/// What publishing a library would do.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// Every consultation as its file says it now.
    pub consultations: Vec<Described>,
    /// What coders of a consultation begin with, as its file says it now: code, file and its SHA-256.
    pub codeframes: Vec<(String, String, String)>,
    /// The versions to add, oldest first within a form.
    pub new: Vec<New>,
    /// The versions that stand as they were published: consultation, form and version.
    pub unchanged: Vec<(String, String, u32)>,
}

/// A consultation to write down.
#[derive(Debug, Clone, PartialEq)]
pub struct Described {
    /// What its file says.
    pub consultation: Consultation,
    /// The file.
    pub document: String,
    /// SHA-256 of the file.
    pub digest: String,
}

/// A version to add.
#[derive(Debug, Clone, PartialEq)]
pub struct New {
    /// The form.
    pub form: Form,
    /// The file.
    pub document: String,
    /// SHA-256 of the file.
    pub digest: String,
    /// The version before it, if there is one, and what changed since.
    pub since: Option<(u32, Vec<Change>)>,
}

impl fmt::Display for New {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Form { consultation, form, version, .. } = &self.form;
        match &self.since {
            None => writeln!(f, "{consultation}: {form} v{version} is the first version"),
            Some((before, changes)) => {
                writeln!(f, "{consultation}: {form} v{version}, against v{before}:")?;
                if changes.is_empty() {
                    writeln!(f, "  nothing that a reader would see")?;
                }
                changes.iter().try_for_each(|change| writeln!(f, "  {}", change.to_string().replace('\n', "\n  ")))
            }
        }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.new.iter().try_for_each(|new| write!(f, "{new}"))?;
        for (consultation, form, version) in &self.unchanged {
            writeln!(f, "{consultation}: {form} v{version} is published already")?;
        }
        Ok(())
    }
}

/// Decide what to publish. Every error of the check outside `examples/` stands in the way, and so does a published file
/// that changed, a gap between versions, and a version that changes what a key or code means.
pub fn publish(library: &Library, already: &[Published]) -> Result<Plan, Vec<Fault>> {
    let examples = library.root.join("examples");
    let is_example = |fault: &Fault| std::path::Path::new(&fault.file).starts_with(&examples);
    let mut faults: Vec<Fault> =
        check(library).faults.into_iter().filter(|fault| fault.severity == Severity::Error && !is_example(fault)).collect();
    let mut plan = Plan::default();
    for file in &library.files {
        if let Some(consultation) = file.consultation() {
            let (document, digest) = (file.document(), file.digest.clone());
            plan.consultations.push(Described { consultation: consultation.clone(), document, digest });
        }
        if let Place::Codeframe { consultation } = &file.place {
            plan.codeframes.push((consultation.clone(), file.document(), file.digest.clone()));
        }
    }
    for (consultation, form) in names(library) {
        decide(library, already, (&consultation, &form), &mut plan, &mut faults);
    }
    faults.sort();
    faults.dedup();
    if faults.is_empty() { Ok(plan) } else { Err(faults) }
}

fn names(library: &Library) -> Vec<(String, String)> {
    let mut names: Vec<(String, String)> = library
        .files
        .iter()
        .filter_map(|file| match &file.place {
            Place::Form { consultation, form, .. } => Some((consultation.clone(), form.clone())),
            _ => None,
        })
        .collect();
    names.sort();
    names.dedup();
    names
}

fn decide(
    library: &Library,
    already: &[Published],
    (consultation, form): (&str, &str),
    plan: &mut Plan,
    faults: &mut Vec<Fault>,
) {
    let mut published: Vec<&Published> = already.iter().filter(|p| p.consultation == consultation && p.form == form).collect();
    published.sort_by_key(|published| published.version);
    let newest = published.last().map_or(0, |published| published.version);
    let versions = library.versions(consultation, form);
    let next = versions.last().map_or(0, |(_, form)| form.version).max(newest) + 1;
    let mut last = newest;
    let mut before: Option<Form> = published.last().and_then(|published| toml::from_str(&published.document).ok());
    for (file, this) in versions {
        let version = this.version;
        if let Some(standing) = published.iter().find(|published| published.version == version) {
            if standing.digest == file.digest {
                plan.unchanged.push((consultation.to_owned(), form.to_owned(), version));
            } else {
                let message = format!("{form} v{version} was published with another digest");
                faults.push(refusal(
                    file,
                    message,
                    &format!("put the file back as it was, and make the change in {form}.v{next}.toml"),
                ));
            }
            continue;
        }
        if version != last + 1 {
            let expected = last + 1;
            let message = format!("{form} v{version} cannot follow v{last}");
            let message = if last == 0 { format!("{form} begins with v{version}") } else { message };
            faults.push(refusal(file, message, &format!("versions follow each other: name it {form}.v{expected}.toml")));
            continue;
        }
        faults
            .extend(before.iter().flat_map(|old| may_follow(old, this, file)).filter(|fault| fault.severity == Severity::Error));
        let since = before.as_ref().map(|old| (old.version, diff(old, this)));
        plan.new.push(New { form: this.clone(), document: file.document(), digest: file.digest.clone(), since });
        last = version;
        before = Some(this.clone());
    }
}

fn refusal(file: &FormFile, message: String, suggestion: &str) -> Fault {
    let shown = file.shown();
    let mut faults = Faults::new(&shown, &file.places);
    faults.error("version", message, suggestion);
    faults.into_found().pop().unwrap_or_else(|| Fault::whole(&shown, String::new(), suggestion))
}
