//! Reading: files from disk into the library, each by what its name says it should be.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use toml::de::DeTable;

use super::fault::{Fault, Faults, Severity};
use super::library::{Contents, FormFile, Library, Place};
use super::places::Places;
use super::schema::walk;
use super::shapes::{CODEFRAME, CONSULTATION, FORM, Key, PICTURES};
use crate::domain::response::hex;

/// Read every file under a forms directory. What cannot be read is a fault in the library, never a failure.
#[must_use]
pub fn read(dir: &Path) -> Library {
    let mut library = Library { root: dir.to_owned(), ..Library::default() };
    let (directories, loose) = entries(dir, &mut library.faults);
    for path in loose.into_iter().filter(|path| is_toml(path)) {
        let suggestion = "put it into the directory of its consultation, or into examples/";
        library.faults.push(Fault::whole(
            &path.display().to_string(),
            "this file belongs to no consultation".to_owned(),
            suggestion,
        ));
    }
    for directory in directories {
        let name = name_of(&directory);
        let (_, files) = entries(&directory, &mut library.faults);
        for path in files {
            if is_toml(&path) {
                library.files.extend(read_file(&path, &name, &mut library.faults));
            } else if name == "pictures" {
                library.drawings.insert(name_of(&path));
            }
        }
    }
    library
}

/// The form files that come with the program, for a demonstration and for a machine without the source tree.
#[derive(rust_embed::RustEmbed)]
#[folder = "forms"]
#[include = "*.toml"]
#[include = "*.svg"]
struct Shipped;

/// The library that comes with the program.
#[must_use]
pub fn shipped() -> Library {
    let mut library = Library { root: PathBuf::from("forms"), ..Library::default() };
    let mut names: Vec<_> = Shipped::iter().collect();
    names.sort();
    for name in names {
        let (Some(file), Some((directory, file_name))) = (Shipped::get(&name), name.split_once('/')) else { continue };
        let path = library.root.join(&*name);
        if is_toml(&path) {
            library.files.push(understand(&path, place(directory, file_name), file.data.into_owned()));
        } else if directory == "pictures" {
            library.drawings.insert(file_name.to_owned());
        }
    }
    library
}

fn entries(dir: &Path, faults: &mut Vec<Fault>) -> (Vec<PathBuf>, Vec<PathBuf>) {
    match fs::read_dir(dir) {
        Ok(entries) => {
            let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
            paths.sort();
            paths.into_iter().filter(|path| !name_of(path).starts_with('.')).partition(|path| path.is_dir())
        }
        Err(error) => {
            let message = format!("the directory cannot be read: {error}");
            faults.push(Fault::whole(&dir.display().to_string(), message, "name the directory that holds the forms"));
            (Vec::new(), Vec::new())
        }
    }
}

fn read_file(path: &Path, directory: &str, faults: &mut Vec<Fault>) -> Option<FormFile> {
    match fs::read(path) {
        Ok(bytes) => Some(understand(path, place(directory, &name_of(path)), bytes)),
        Err(error) => {
            let message = format!("the file cannot be read: {error}");
            faults.push(Fault::whole(&path.display().to_string(), message, "check who may read it"));
            None
        }
    }
}

/// A file from its name and bytes.
pub(super) fn understand(path: &Path, place: Place, bytes: Vec<u8>) -> FormFile {
    let shown = path.display().to_string();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let mut places = Places::new(&text);
    let digest = hex(&Sha256::digest(&bytes));
    let (contents, faults) = match std::str::from_utf8(&bytes) {
        Err(error) => {
            let mut faults = Faults::new(&shown, &places);
            let message = "the file is not UTF-8 from here on".to_owned();
            faults.at(Severity::Error, error.valid_up_to(), message, "save it as UTF-8".to_owned());
            (Contents::Unread, faults.into_found())
        }
        Ok(_) => parse(&text, &place, &mut places, &shown),
    };
    FormFile { path: path.to_owned(), bytes, digest, place, contents, faults, places }
}

fn parse(text: &str, place: &Place, places: &mut Places, shown: &str) -> (Contents, Vec<Fault>) {
    let (table, errors) = DeTable::parse_recoverable(text);
    places.note(table.get_ref());
    let mut faults = Faults::new(shown, places);
    for error in errors.iter().take(5) {
        let at = error.span().map_or(0, |span| span.start);
        faults.at(Severity::Error, at, format!("this is not TOML: {}", error.message()), syntax_advice(error.message()));
    }
    if !errors.is_empty() {
        return (Contents::Unread, faults.into_found());
    }
    let Some((keys, what)) = keys_of(place) else {
        let suggestion = "name it consultation.toml, codeframe.toml or <form>.v<number>.toml, such as survey.v1.toml; \
                          pictures go into pictures.toml";
        let message = "the name of the file says neither form nor version".to_owned();
        faults.at(Severity::Error, 0, message, suggestion.to_owned());
        return (Contents::Unread, faults.into_found());
    };
    walk(table.get_ref(), keys, what, &mut faults);
    let found = faults.into_found();
    if !found.is_empty() {
        return (Contents::Unread, found);
    }
    let contents = match place {
        Place::Consultation { .. } => toml::from_str(text).map(|it| Contents::Consultation(Box::new(it))),
        Place::Codeframe { .. } => toml::from_str(text).map(|it| Contents::Codeframe(Box::new(it))),
        Place::Pictures => toml::from_str(text).map(Contents::Pictures),
        _ => toml::from_str(text).map(|it| Contents::Form(Box::new(it))),
    };
    contents.map_or_else(
        |error| {
            let mut faults = Faults::new(shown, places);
            let at = error.span().map_or(0, |span| span.start);
            faults.at(Severity::Error, at, error.message().to_owned(), String::new());
            (Contents::Unread, faults.into_found())
        },
        |contents| (contents, Vec::new()),
    )
}

fn keys_of(place: &Place) -> Option<(&'static [Key], &'static str)> {
    match place {
        Place::Consultation { .. } => Some((CONSULTATION, "the consultation")),
        Place::Form { .. } | Place::Example { .. } => Some((FORM, "the form")),
        Place::Codeframe { .. } => Some((CODEFRAME, "the codeframe")),
        Place::Pictures => Some((PICTURES, "the file of pictures")),
        Place::Stray => None,
    }
}

fn syntax_advice(message: &str) -> String {
    if message.contains("duplicate key") {
        "each key may stand once in a table; did you forget a [[header]] before it?".to_owned()
    } else if message.contains("quote") || message.contains("string") {
        "words stand between two quotes; write \\\" for a quote within, or \"\"\" around several lines".to_owned()
    } else {
        "look at this line and the one before".to_owned()
    }
}

fn place(directory: &str, name: &str) -> Place {
    let version = |name: &str| {
        let (form, version) = name.strip_suffix(".toml")?.rsplit_once(".v")?;
        let number: u32 = version.parse().ok()?;
        (number > 0 && number.to_string() == version && !form.is_empty()).then(|| (form.to_owned(), number))
    };
    match (directory, name, version(name)) {
        ("pictures", ..) => Place::Pictures,
        ("examples", _, Some((form, version))) => Place::Example { form, version },
        (_, "consultation.toml", _) if directory != "examples" => Place::Consultation { consultation: directory.to_owned() },
        (_, "codeframe.toml", _) if directory != "examples" => Place::Codeframe { consultation: directory.to_owned() },
        (_, _, Some((form, version))) => Place::Form { consultation: directory.to_owned(), form, version },
        _ => Place::Stray,
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn is_toml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "toml")
}
