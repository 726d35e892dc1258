//! Tests of publishing: what is new, what stands, and what is refused.

use super::*;
use crate::forms::{Plan, Published, publish};

fn published(library: &Library, version: u32) -> Published {
    let (file, form) = library.versions("bins", "survey").into_iter().find(|(_, form)| form.version == version).unwrap();
    Published {
        consultation: form.consultation.clone(),
        form: form.form.clone(),
        version,
        digest: file.digest.clone(),
        document: file.document(),
    }
}

fn refused(folder: &Folder, already: &[Published]) -> String {
    listed(&publish(&folder.library(), already).unwrap_err())
}

fn plan(folder: &Folder, already: &[Published]) -> Plan {
    publish(&folder.library(), already).unwrap()
}

#[test]
fn a_first_version_is_new_with_its_exact_text_and_digest() {
    let folder = Folder::sample();
    let plan = plan(&folder, &[]);
    assert_eq!((plan.new.len(), plan.unchanged.len(), plan.consultations.len()), (1, 0, 1));
    assert_eq!(plan.new[0].document, SURVEY);
    assert_eq!(plan.new[0].digest, folder.library().versions("bins", "survey")[0].0.digest);
    assert_eq!(plan.to_string(), "bins: survey v1 is the first version\n");
}

#[test]
fn a_published_file_that_did_not_change_stands() {
    let folder = Folder::sample();
    let plan = plan(&folder, &[published(&folder.library(), 1)]);
    assert!(plan.new.is_empty());
    assert_eq!(plan.unchanged, [("bins".to_owned(), "survey".to_owned(), 1)]);
}

#[test]
fn a_published_file_that_changed_is_refused_with_the_version_to_make() {
    let folder = Folder::sample();
    let already = [published(&folder.library(), 1)];
    folder.write("bins/survey.v2.toml", second("\"Why?\"", "\"Why is that?\""));
    folder.write("bins/survey.v1.toml", with(SURVEY, "\"Why?\"", "\"Why not?\""));
    let refused = refused(&folder, &already);
    assert!(refused.contains("survey.v1.toml:3:11: error: survey v1 was published with another digest"), "{refused}");
    assert!(refused.contains("survey.v3.toml"), "{refused}");
}

#[test]
fn a_second_version_is_new_and_its_difference_is_printed() {
    let folder = Folder::sample();
    let already = [published(&folder.library(), 1)];
    folder.write("bins/survey.v2.toml", second("easy_read = \"Why?\"", "easy_read = \"Why is that?\""));
    let plan = plan(&folder, &already);
    let expected = "bins: survey v2, against v1:
  ~ question `weekly_why`, easy_read: changed
      was: Why?
      now: Why is that?
bins: survey v1 is published already
";
    assert_eq!(plan.to_string(), expected);
}

#[test]
fn two_new_versions_are_published_in_their_order() {
    let folder = Folder::sample();
    folder.write("bins/survey.v2.toml", second("\"Why?\"", "\"Why is that?\""));
    let versions: Vec<u32> = plan(&folder, &[]).new.iter().map(|new| new.form.version).collect();
    assert_eq!(versions, [1, 2]);
}

#[test]
fn a_gap_between_versions_is_refused() {
    let folder = Folder::sample();
    let already = [published(&folder.library(), 1)];
    folder.write("bins/survey.v3.toml", with(SURVEY, "version = 1", "version = 3"));
    let refused = refused(&folder, &already);
    assert!(refused.contains("survey v3 cannot follow v1"), "{refused}");
    assert!(refused.contains("survey.v2.toml"), "{refused}");
}

#[test]
fn a_version_that_breaks_with_the_published_one_is_refused_even_when_that_file_is_gone() {
    let folder = Folder::sample();
    let already = [published(&folder.library(), 1)];
    fs::remove_file(folder.path().join("bins/survey.v1.toml")).unwrap();
    folder.write("bins/survey.v2.toml", second("kind = \"free_text\"", "kind = \"date\""));
    let refused = refused(&folder, &already);
    assert!(refused.contains("`weekly_why` was free_text in version 1 and is date now"), "{refused}");
}

#[test]
fn a_file_with_an_error_is_refused_but_one_with_a_warning_is_not() {
    let folder = Folder::sample();
    folder.write("bins/survey.v1.toml", with(SURVEY, "scale = \"agree5\"", "scale = \"agree\""));
    assert!(refused(&folder, &[]).contains("there is no scale `agree`"));
    folder.write("bins/survey.v1.toml", with(SURVEY, "We empty bins every week.", "There are criteria."));
    assert_eq!(folder.report().count(Severity::Warning), 1);
    assert_eq!(plan(&folder, &[]).new.len(), 1);
}

#[test]
fn an_example_is_checked_but_neither_published_nor_in_the_way() {
    let folder = Folder::sample();
    folder.write("examples/poll.v1.toml", with(SURVEY, "form = \"survey\"", "form = \"pool\""));
    assert_eq!(folder.report().count(Severity::Error), 1);
    assert_eq!(plan(&folder, &[]).new.len(), 1);
}
