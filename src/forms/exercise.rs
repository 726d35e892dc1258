//! The consultation's own file: its code, its dates, what it must say in both editions, and the form it names.

use chrono::NaiveDate;
use validator::Validate as _;

use super::check::unknown;
use super::easy_read;
use super::fault::Faults;
use super::keys::is_kebab;
use super::languages;
use super::library::{FormFile, Library, Place};
use super::pictures;
use super::sayings::information;
use crate::domain::consultation::Consultation;
use crate::domain::form::FormVersion;
use crate::domain::wording::{Edition, wording_key};

/// Addresses that the service itself answers beside the consultations.
const RESERVED: [&str; 12] = [
    "accessibility",
    "analysis",
    "api",
    "cookies",
    "healthz",
    "keying",
    "metrics",
    "privacy",
    "readyz",
    "sign-in",
    "staff",
    "static",
];

/// Check a consultation's own file.
pub(super) fn check(consultation: &Consultation, library: &Library, file: &FormFile, faults: &mut Faults<'_>) {
    if let Place::Consultation { consultation: directory } = &file.place {
        check_code(consultation, directory, faults);
        check_form(consultation, directory, library, faults);
    }
    check_values(consultation, faults);
    check_dates(consultation, faults);
    check_extensions(consultation, faults);
    check_events(consultation, faults);
    check_editions(consultation, faults);
    languages::check_consultation(consultation, faults);
    pictures::named_by_consultation(consultation, library, faults);
    easy_read::check_consultation(consultation, faults);
}

fn check_code(consultation: &Consultation, directory: &str, faults: &mut Faults<'_>) {
    let code = &consultation.code;
    if code != directory {
        let suggestion = format!("write code = \"{directory}\", or rename the directory to {code}");
        faults.error("code", format!("the file lies in `{directory}`, but says code = \"{code}\""), suggestion);
    } else if !is_kebab(code) {
        let suggestion = format!("write `{}`, and rename the directory", super::keys::snake(code).replace('_', "-"));
        faults.error("code", format!("`{code}` is not in kebab-case, and is the address of the consultation"), suggestion);
    }
    if RESERVED.contains(&code.as_str()) {
        let message = format!("the address `{code}` belongs to a page of the service itself");
        faults.error("code", message, "choose another code, and rename the directory");
    }
    if !consultation.prefix.bytes().all(|b| b.is_ascii_uppercase()) {
        let suggestion = format!("write `{}`", consultation.prefix.to_uppercase());
        faults.error("prefix", format!("`{}` is not all capitals, and opens every reference", consultation.prefix), suggestion);
    }
}

/// The rules that the type itself carries.
fn check_values(consultation: &Consultation, faults: &mut Faults<'_>) {
    let Err(errors) = consultation.validate() else { return };
    let mut broken: Vec<&str> = errors.errors().keys().map(AsRef::as_ref).collect();
    broken.sort_unstable();
    for key in broken {
        let (path, message, suggestion) = match key {
            "contact" => {
                ("contact.email", format!("`{}` is no e-mail address", consultation.contact.email), "such as views@example.org")
            }
            "prefix" => {
                ("prefix", format!("`{}` is too short or too long", consultation.prefix), "two to four capitals, such as SH")
            }
            "code" => ("code", format!("`{}` is too short or too long", consultation.code), "2 to 60 letters"),
            key => (key, format!("`{key}` is not as it should be"), "look at its length"),
        };
        faults.error(path, message, suggestion);
    }
}

fn check_form(consultation: &Consultation, directory: &str, library: &Library, faults: &mut Faults<'_>) {
    let known: Vec<&str> = library
        .files
        .iter()
        .filter_map(|file| match &file.place {
            Place::Form { consultation, form, .. } if consultation == directory => Some(form.as_str()),
            _ => None,
        })
        .collect();
    if !known.contains(&consultation.form.as_str()) {
        if known.is_empty() {
            let message = format!("there is no file of the form `{}`", consultation.form);
            faults.error("form", message, format!("write {directory}/{}.v1.toml", consultation.form));
        } else {
            unknown(faults, "form", ("form", &consultation.form), known);
        }
        return;
    }
    let versions = library.versions(directory, &consultation.form);
    let Some((file, newest)) = versions.last() else { return };
    let version = FormVersion::new((*newest).clone(), file.digest.clone());
    for (index, key) in consultation.equality.iter().enumerate().filter(|(_, key)| version.field(key).is_none()) {
        let known: Vec<&str> = version.fields().iter().map(|field| field.key.as_str()).collect();
        unknown(faults, &format!("equality[{index}]"), ("question", key), known);
    }
}

fn check_dates(consultation: &Consultation, faults: &mut Faults<'_>) {
    let (opens, closes, last) = (consultation.opens_on, consultation.closes_on, consultation.last_day());
    if opens > closes {
        faults.error("closes_on", format!("it closes on {closes}, before it opens on {opens}"), "look at the year and the month");
    }
    if let Some(decides) = consultation.decides_on.filter(|decides| *decides <= last) {
        let message = format!("the decision of {decides} is not after the last day, {last}");
        faults.warning("decides_on", message, "a decision must leave time to read the answers");
    }
    if let (Some(decides), Some(effect)) = (consultation.decides_on, consultation.effect_on)
        && effect < decides
    {
        let message = format!("the change takes effect on {effect}, before it is decided on {decides}");
        faults.warning("effect_on", message, "look at the year and the month");
    }
}

fn check_extensions(consultation: &Consultation, faults: &mut Faults<'_>) {
    for (index, extension) in consultation.extensions.iter().enumerate() {
        let path = format!("extension[{index}]");
        let (closes, announced) = (extension.closes_on, extension.announced_on);
        let before = consultation.extensions.iter().take(index).filter(|one| one.is_for(extension.edition));
        let last = before.map(|one| one.closes_on).fold(consultation.closes_on, NaiveDate::max);
        if closes <= last {
            let message = format!("an extension to {closes} is not later than {last}");
            faults.error(&format!("{path}.closes_on"), message, "an extension can only be later; write them in order (rule R13)");
        }
        if announced > last {
            let message = format!("announced on {announced}, when it had closed on {last}");
            faults.warning(
                &format!("{path}.announced_on"),
                message,
                "people who came late were turned away; say so in the reason",
            );
        }
    }
}

fn check_events(consultation: &Consultation, faults: &mut Faults<'_>) {
    let mut seen: Vec<&str> = Vec::new();
    for (index, event) in consultation.events.iter().enumerate() {
        if seen.contains(&event.code.as_str()) {
            let message = format!("the code `{}` is used twice among the events", event.code);
            faults.error(&format!("event[{index}].code"), message, "rename one of the two");
        }
        seen.push(&event.code);
        if !(consultation.opens_on..=consultation.last_day()).contains(&event.on) {
            let message = format!("`{}` is on {}, when the consultation is not open", event.title, event.on);
            faults.warning(&format!("event[{index}].on"), message, "look at the date");
        }
    }
}

/// Both editions must say what people need to know (rules R24 and R56).
fn check_editions(consultation: &Consultation, faults: &mut Faults<'_>) {
    for edition in Edition::ALL {
        let suggestion = format!("add the {edition} wording (rule R24)");
        for (key, text) in [("title", &consultation.title), ("summary", &consultation.summary)] {
            if !text.has(edition) {
                faults.error(key, format!("`{key}` has no {edition} wording"), suggestion.clone());
            }
        }
        for (key, blocks) in information(consultation) {
            let worded =
                blocks.0.iter().any(|(key, blocks)| !blocks.is_empty() && wording_key(key).is_some_and(|(e, _)| e == edition));
            if !worded {
                faults.error(key, format!("`{key}` says nothing in {edition}"), suggestion.clone());
            }
        }
    }
}
