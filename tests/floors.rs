//! The floor plan, enforced: who may use whom, and which names stay on which floor.

use std::fs;
use std::path::{Path, PathBuf};

/// Each module, and the modules of ours it may use.
const FLOORS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("error", &["domain"]),
    ("config", &[]),
    ("store", &["domain", "error"]),
    ("forms", &["domain", "store", "error"]),
    ("intake", &["domain", "store", "error"]),
    ("analysis", &["domain", "store", "error"]),
    ("export", &["domain", "store", "error", "analysis"]),
    ("staff", &["domain", "store", "error"]),
    ("app", &["domain", "store", "error", "config", "intake"]),
    ("demo", &["domain", "store", "error", "config", "intake", "forms", "app"]),
    ("jobs", &["domain", "store", "error", "config", "staff", "intake", "forms", "analysis", "export", "app", "mail"]),
    ("mail", &["domain", "store", "error", "config", "app"]),
    ("web", &["domain", "store", "error", "config", "staff", "intake", "forms", "analysis", "export", "app", "mail"]),
    (
        "serve",
        &[
            "domain", "store", "error", "config", "staff", "intake", "forms", "analysis", "export", "app", "web", "demo", "jobs",
            "mail",
        ],
    ),
];

/// Names that only these modules may say.
const ONLY: &[(&str, &[&str])] = &[
    ("sea_orm::", &["store"]),
    ("actix_web::", &["web", "serve"]),
    ("Utc::now", &["serve", "command", "main", "demo"]),
    ("std::env::var", &["config"]),
    ("tokio::", &["store", "staff", "intake", "serve", "main", "command", "web", "demo", "jobs", "mail"]),
    ("lettre::", &["mail"]),
];

#[test]
fn no_floor_uses_a_floor_above_it() {
    let faults: Vec<String> = sources().iter().flat_map(|(module, path, text)| upward(module, path, text)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn names_stay_on_their_floor() {
    let mut faults = Vec::new();
    for (module, path, text) in sources() {
        for (name, floors) in ONLY {
            if !floors.contains(&module.as_str()) && code(&text).any(|line| line.contains(name)) {
                faults.push(format!("{} says {name}, which belongs to {floors:?}", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_file_opens_by_saying_what_lives_there_and_none_is_too_long() {
    let mut faults = Vec::new();
    for (_, path, text) in sources() {
        if !text.starts_with("//! ") {
            faults.push(format!("{} does not open with //!", path.display()));
        }
        let lines = code(&text).count();
        if lines > 400 {
            faults.push(format!("{} has {lines} lines", path.display()));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_check_itself_sees_a_planted_violation() {
    assert_eq!(upward("domain", Path::new("x.rs"), "use crate::store::Db;\n").len(), 1);
    assert_eq!(upward("store", Path::new("x.rs"), "use crate::{domain::x, web};\n").len(), 1);
    assert!(upward("store", Path::new("x.rs"), "use crate::domain::form::Form;\n").is_empty());
}

fn upward(module: &str, path: &Path, text: &str) -> Vec<String> {
    let Some((_, allowed)) = FLOORS.iter().find(|(name, _)| *name == module) else { return Vec::new() };
    let used = code(text).flat_map(used_modules);
    let wrong =
        used.filter(|used| used != module && FLOORS.iter().any(|(name, _)| name == used) && !allowed.contains(&used.as_str()));
    wrong.map(|used| format!("{} uses {used}", path.display())).collect()
}

/// The modules named after `crate::` on a line, alone or in braces.
fn used_modules(line: &str) -> Vec<String> {
    let word = |text: &str| text.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    line.split("crate::")
        .skip(1)
        .flat_map(|rest| match rest.strip_prefix('{') {
            Some(list) => list.split(',').map(word).collect::<Vec<_>>(),
            None => vec![word(rest)],
        })
        .collect()
}

/// The lines that are code of the program: no comments, and nothing from the test module on.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().take_while(|line| !line.starts_with("#[cfg(test)]")).filter(|line| !line.trim_start().starts_with("//"))
}

fn sources() -> Vec<(String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    collect(&root, &mut found);
    assert!(found.len() > 20);
    let module = |path: &Path| {
        path.strip_prefix(&root)
            .unwrap()
            .components()
            .next()
            .unwrap()
            .as_os_str()
            .to_string_lossy()
            .trim_end_matches(".rs")
            .to_owned()
    };
    let is_test = |path: &Path| path.to_string_lossy().contains("tests") || path.ends_with("properties.rs");
    found
        .into_iter()
        .filter(|path| !is_test(path))
        .map(|path| (module(&path), path.clone(), fs::read_to_string(&path).unwrap()))
        .collect()
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}
