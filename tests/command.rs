//! The command line: forms checked and published, tokens, exports, and a log without anybody's words.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Run the program in this folder, on a database of this folder.
    fn run(&self, arguments: &[&str]) -> Output {
        let database = format!("sqlite://{}/soundings.db", self.path().display());
        let mut command = Command::new(env!("CARGO_BIN_EXE_soundings"));
        command.current_dir(self.path()).env("SOUNDINGS_DATABASE", database).args(arguments);
        command.output().unwrap()
    }

    fn with_forms(self) -> Self {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("forms");
        copy(&source, &self.path().join("forms"));
        self
    }

    fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.path().join("forms").join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} does not say {from}");
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.path().is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()));
        } else {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_forms_that_come_with_the_program_pass_the_check_without_an_error() {
    let checked = Folder::new().with_forms().run(&["forms", "check"]);
    assert_eq!(checked.status.code(), Some(0), "{}", out(&checked));
    assert!(out(&checked).contains(" 0 errors"), "{}", out(&checked));
}

#[test]
fn a_fault_is_reported_with_file_line_and_a_suggestion_and_stands_in_the_way_of_publishing() {
    let folder = Folder::new().with_forms();
    folder.edit("send-strategy/survey.v1.toml", "scale = \"agree5\"", "scale = \"agree55\"");
    let checked = folder.run(&["forms", "check"]);
    assert_eq!(checked.status.code(), Some(1));
    let report = out(&checked);
    let at = report.find("forms/send-strategy/survey.v1.toml:").unwrap();
    assert!(report[at..].contains("error") && report.contains("agree5"), "{report}");
    assert_eq!(folder.run(&["forms", "publish"]).status.code(), Some(1));
    assert!(out(&folder.run(&["forms", "list"])).contains("nothing is published"));
}

#[test]
fn a_published_version_is_frozen_and_publishing_again_changes_nothing() {
    let folder = Folder::new().with_forms();
    let first = folder.run(&["forms", "publish"]);
    assert_eq!(first.status.code(), Some(0), "{}", err(&first));
    assert!(out(&first).contains("survey v2, against v1"), "a diff for people: {}", out(&first));
    assert!(out(&folder.run(&["forms", "publish"])).contains("0 documents published"));

    folder.edit("service-harmonisation/survey.v1.toml", "title", "# changed\ntitle");
    let refused = folder.run(&["forms", "publish"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        out(&refused).contains("another digest") || err(&refused).contains("another digest"),
        "{}{}",
        out(&refused),
        err(&refused)
    );
    assert_eq!(out(&folder.run(&["forms", "list"])).lines().count(), 3);
}

#[test]
fn a_token_is_printed_once_and_an_unknown_role_is_wrong_usage() {
    let folder = Folder::new();
    let made = folder.run(&["token", "add", "board", "--role", "analyst", "--consultation", "service-harmonisation"]);
    assert!(out(&made).starts_with("soundings_"), "{}", err(&made));
    assert_eq!(folder.run(&["token", "add", "board", "--role", "analyst"]).status.code(), Some(1), "the name is taken");
    assert_eq!(folder.run(&["token", "add", "x", "--role", "king"]).status.code(), Some(2));
    let over = folder.run(&["token", "add", "x", "--role", "analyst", "--expires", "2022-12-14"]);
    assert!(over.status.code() == Some(1) && err(&over).contains("This day is over"), "{}", err(&over));
    let far = folder.run(&["token", "add", "x", "--role", "analyst", "--expires", "2199-12-14"]);
    assert!(far.status.code() == Some(1) && err(&far).contains("a year at most"), "{}", err(&far));
    assert_eq!(folder.run(&["token", "add", "x", "--role", "analyst", "--days", "366"]).status.code(), Some(2));
    let list = || out(&folder.run(&["token", "list"]));
    assert!(list().contains("board  analyst@service-harmonisation  works until") && list().contains("never used"), "{}", list());
    assert_eq!(folder.run(&["token", "remove", "board"]).status.code(), Some(0));
    assert!(list().contains("board  analyst@service-harmonisation  revoked on"), "{}", list());
    assert_eq!(folder.run(&["token", "remove", "board"]).status.code(), Some(1));
    assert_eq!(folder.run(&["verify"]).status.code(), Some(0));
}

#[test]
fn a_database_that_cannot_be_opened_is_said_in_one_line() {
    let folder = Folder::new();
    let failed = folder.run(&["migrate", "--database", "sqlite:///nowhere/at/all.db"]);
    assert_eq!(failed.status.code(), Some(1));
    assert_eq!(err(&failed).trim_end().lines().count(), 1, "{}", err(&failed));
}

#[test]
fn an_export_of_the_demonstration_balances_and_repeats_byte_for_byte() {
    let folder = Folder::new();
    let filled = folder.run(&["demo"]);
    assert_eq!(filled.status.code(), Some(0), "{}", err(&filled));
    let as_of = "2099-01-01T00:00:00Z";
    for name in ["first", "second"] {
        let arguments = ["export", "closed-tables", "--consultation", "service-harmonisation", "--as-of", as_of, "--out", name];
        let made = folder.run(&arguments);
        assert_eq!(made.status.code(), Some(0), "{}", err(&made));
    }
    let mut files: Vec<_> = fs::read_dir(folder.path().join("first")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    files.sort();
    assert!(files.len() >= 4);
    for file in &files {
        let read = |run: &str| fs::read(folder.path().join(run).join(file)).unwrap();
        assert_eq!(read("first"), read("second"), "{file:?}");
    }
    let balance = fs::read_to_string(folder.path().join("first/balance.csv")).unwrap();
    assert!(balance.contains("late"), "{balance}");

    let unknown = folder.run(&["export", "closed", "--consultation", "service-harmonisation", "--out", "x"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(err(&unknown).contains("no export called"));
}

#[test]
fn the_manifest_holds_the_hash_of_every_file() {
    use sha2::{Digest as _, Sha256};
    let folder = Folder::new();
    folder.run(&["demo"]);
    let made = folder.run(&["export", "responses", "--consultation", "send-strategy", "--purpose", "a test", "--out", "out"]);
    assert_eq!(made.status.code(), Some(0), "{}", err(&made));
    let manifest: Value = serde_json::from_slice(&fs::read(folder.path().join("out/manifest.json")).unwrap()).unwrap();
    let files = manifest["files"].as_array().unwrap();
    assert!(!files.is_empty());
    for file in files {
        let bytes = fs::read(folder.path().join("out").join(file["name"].as_str().unwrap())).unwrap();
        let hash = soundings::domain::response::hex(&Sha256::digest(&bytes));
        assert_eq!(file["sha256"], hash);
    }
}
