//! Export runs on the small synthetic sample: golden files, the numbers in them counted by hand, and what machines read.

use serde_json::Value;

use super::*;
use crate::analysis::dataset::Dataset;
use crate::analysis::sample::{FORMULA, as_of, consultation, dataset, forms, held, revisions};

mod golden;

fn made(name: &str) -> Output {
    run(&definition::find(name).unwrap(), &dataset(), &[]).unwrap()
}

fn closed() -> Output {
    made("closed-tables")
}

fn tables(output: &Output) -> impl Iterator<Item = &OutputFile> {
    output.files.iter().filter(|file| file.rows.is_some())
}

fn metadata(output: &Output, name: &str) -> Value {
    let file = output.files.iter().find(|file| file.name == format!("{name}-metadata.json")).unwrap();
    serde_json::from_slice(&file.bytes).unwrap()
}

fn records(output: &Output, name: &str) -> Vec<Vec<String>> {
    let file = output.files.iter().find(|file| file.name == name).unwrap();
    let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(file.bytes.as_slice());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn the_order_in_which_responses_are_read_changes_nothing() {
    let mut backwards = revisions();
    backwards.reverse();
    let other = Dataset::new(&consultation(), forms().into_iter().rev().collect(), backwards, &held(), as_of());
    for name in ["closed-tables", "responses"] {
        let definition = definition::find(name).unwrap();
        assert_eq!(run(&definition, &other, &[]).unwrap(), run(&definition, &dataset(), &[]).unwrap());
    }
}

#[test]
fn every_file_begins_without_a_mark_and_every_line_ends_in_crlf() {
    for file in tables(&closed()) {
        assert!(!file.bytes.starts_with(&[0xEF, 0xBB, 0xBF]));
        assert!(file.bytes.ends_with(b"\r\n"));
        let text = std::str::from_utf8(&file.bytes).unwrap();
        assert_eq!(text.matches("\r\n").count(), file.rows.unwrap() + 1, "{}", file.name);
        assert_eq!(text.matches('\n').count(), file.rows.unwrap() + 1, "{}", file.name);
    }
}

#[test]
fn the_metadata_names_every_column_in_order_and_its_key_tells_every_row_apart() {
    for output in [closed(), made("responses")] {
        for file in tables(&output) {
            let metadata = metadata(&output, &file.name);
            assert_eq!(metadata["url"], file.name);
            let columns = metadata["tableSchema"]["columns"].as_array().unwrap();
            let names: Vec<&str> = columns.iter().map(|column| column["name"].as_str().unwrap()).collect();
            let rows = records(&output, &file.name);
            assert_eq!(rows[0], names);
            let key = metadata["tableSchema"]["primaryKey"].as_array().unwrap();
            let place = |name: &Value| names.iter().position(|known| *known == name.as_str().unwrap()).unwrap();
            let key: Vec<usize> = key.iter().map(place).collect();
            let keys: std::collections::BTreeSet<Vec<&String>> =
                rows[1..].iter().map(|row| key.iter().map(|index| &row[*index]).collect()).collect();
            assert_eq!(keys.len(), rows.len() - 1, "{}", file.name);
        }
    }
}

#[test]
fn no_cell_of_a_published_table_is_empty() {
    let output = closed();
    for file in tables(&output) {
        assert!(records(&output, &file.name).iter().flatten().all(|cell| !cell.is_empty()), "{}", file.name);
    }
}

#[test]
fn what_a_spreadsheet_would_run_is_handed_over_as_it_was_written_and_the_metadata_says_so() {
    let output = made("responses");
    let rows = records(&output, "responses.csv");
    let why = rows[0].iter().position(|column| column == "bridge_why").unwrap();
    assert_eq!(rows.iter().filter(|row| row[why] == FORMULA).count(), 1, "not a character more or less");
    for (output, name) in [(&output, "responses.csv"), (&closed(), "closed-tables.csv")] {
        let notes = metadata(output, name)["notes"].to_string();
        assert!(notes.contains("open the file as text") || notes.contains("Open them as text"), "{name}: {notes}");
    }
}

#[test]
fn the_balance_closes_in_every_line_of_the_file() {
    let output = closed();
    let rows = records(&output, "balance.csv");
    let number = |row: &[String]| row[4].parse::<u64>().unwrap();
    let of = |measure: &str, by: &str, group: &str| -> u64 {
        let same = |row: &&Vec<String>| row[0] == by && row[1] == group && row[2] == measure;
        rows[1..].iter().filter(same).map(|row| number(row)).sum()
    };
    for row in rows[1..].iter().filter(|row| row[2] == "received") {
        let rest = of("included", &row[0], &row[1]) + of("excluded", &row[0], &row[1]);
        assert_eq!(number(row), rest, "{row:?}");
    }
    for by in ["channel", "edition", "form_version"] {
        let lines = rows[1..].iter().filter(|row| row[0] == by && row[2] == "received");
        assert_eq!(lines.map(|row| number(row)).sum::<u64>(), of("received", "all", "all"), "{by}");
    }
    assert_eq!(of("included", "channel", "face_to_face"), 11);
    assert_eq!(of("excluded", "channel", "paper"), 2, "held as late");
}

#[test]
fn the_manifest_has_the_hash_of_every_file_and_of_what_they_were_made_from() {
    use sha2::{Digest as _, Sha256};
    let output = closed();
    let (last, rest) = output.files.split_last().unwrap();
    let manifest: Value = serde_json::from_slice(&last.bytes).unwrap();
    let listed = manifest["files"].as_array().unwrap();
    assert_eq!(listed.len(), rest.len());
    for (file, entry) in rest.iter().zip(listed) {
        assert_eq!(entry["sha256"], crate::domain::response::hex(&Sha256::digest(&file.bytes)), "{}", file.name);
        assert_eq!(entry["bytes"], file.bytes.len());
    }
    assert_eq!(manifest["form_versions"].as_array().unwrap().len(), 2);
    assert_eq!(manifest["as_of"], "2022-12-20T09:00:00Z");
    assert_eq!(manifest["disclosure"]["preset"], "gp_patient_survey");
    assert_eq!(manifest["balance"][0]["received"], 128);
    let audit = |what: &str| manifest["disclosure"]["audit"][what].as_u64().unwrap();
    assert!(audit("hidden") > 0);
    assert_eq!(audit("hidden"), audit("with_another_solution") + audit("following_from_open_totals"));
    assert_eq!(audit("withheld_with_every_table"), 0);
}

#[test]
fn the_page_and_the_file_show_the_same_numbers() {
    let (output, page) = (closed(), tables_for_page(&definition::find("closed-tables").unwrap(), &dataset()).unwrap());
    let page = serde_json::to_value(&page).unwrap();
    let mut shown = Vec::new();
    for table in page["tables"].as_array().unwrap() {
        for group in table["groups"].as_array().unwrap() {
            let cells = group["cells"].as_array().unwrap();
            shown.extend(cells.iter().map(|cell| [&cell["count"], &cell["per_cent"], &group["base"]].map(text)));
        }
    }
    let file: Vec<[String; 3]> = records(&output, "closed-tables.csv")[1..]
        .iter()
        .map(|row| [row[10].clone(), row[11].clone(), row[12].clone()])
        .collect();
    assert_eq!(shown, file);
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[test]
fn standard_easy_read_and_both_stand_side_by_side_each_on_its_own_base() {
    let rows = records(&closed(), "combined.csv");
    let parts: Vec<(&str, &str, &str, &str)> =
        rows[1..].iter().map(|row| (row[2].as_str(), row[3].as_str(), row[6].as_str(), row[8].as_str())).collect();
    assert_eq!(
        parts,
        [
            ("standard", "support", "54", "97"),
            ("standard", "neither", "8", "97"),
            ("standard", "oppose", "35", "97"),
            ("standard", "dont_know", "[z]", "97"),
            ("easy_read", "support", "10", "19"),
            ("easy_read", "neither", "3", "19"),
            ("easy_read", "oppose", "6", "19"),
            ("easy_read", "dont_know", "4", "19"),
            ("both", "support", "64", "116"),
            ("both", "neither", "11", "116"),
            ("both", "oppose", "41", "116"),
            ("both", "dont_know", "4", "116"),
        ]
    );
}

#[test]
fn responses_lose_nothing_and_keep_the_states_apart() {
    let output = made("responses");
    let rows = records(&output, "responses.csv");
    assert_eq!(rows.len(), 125);
    let at = |name: &str| rows[0].iter().position(|column| column == name).unwrap();
    let corrected = &rows[1];
    assert_eq!((corrected[at("bridge_support")].as_str(), corrected[at("revision")].as_str()), ("oppose", "2"));
    let spoiled = &rows[2];
    assert_eq!((spoiled[at("bridge_support__state")].as_str(), spoiled[at("bridge_support")].as_str()), ("spoiled", ""));
    assert_eq!(spoiled[at("kept")], "{\"bridge_support\":[\"oppose\",\"neither\"]}");
    assert_eq!(spoiled[at("toll__state")], "not_asked");
    assert_eq!(spoiled[at("stored_on")], "2022-11-01", "the day in London, not the time");
    assert!(rows.iter().any(|row| row[at("bridge_why")] == "I said \"no\", twice"));
    assert!(rows.iter().any(|row| row[at("relation")] == "user carer"));
    assert!(rows.iter().any(|row| row[at("age__state")] == "prefer_not" && row[at("age")].is_empty()));
    let clock = rows.iter().flatten().any(|cell| cell.contains("T23:") || cell.contains("23:3"));
    assert!(!clock, "no time of day");
}

#[test]
fn a_group_whose_every_answer_is_the_same_is_named_before_it_is_published() {
    use crate::analysis::sample::revision;
    use crate::domain::submission::Channel::Online;
    use crate::domain::wording::Edition::Standard;
    let people = (1..=60).map(|number| {
        let answers = match number {
            1..=20 => "council_area=east bridge_support=oppose",
            21..=40 => "council_area=north bridge_support=oppose",
            _ => "council_area=north bridge_support=neither",
        };
        revision(number, Standard, Online, 1, answers)
    });
    let dataset = Dataset::new(&consultation(), forms(), people, &[], as_of());
    let warnings = run(&definition::find("closed-tables").unwrap(), &dataset, &[]).unwrap().warnings;
    let named =
        |group: &str| warnings.iter().any(|warning| warning.contains(&format!("{group} gave the same answer to bridge_support")));
    assert!(named("council_area = east") && !named("council_area = north"), "{warnings:?}");
}

#[test]
fn a_run_that_sets_a_few_people_apart_from_an_earlier_one_says_so() {
    let definition = definition::find("closed-tables").unwrap();
    let before =
        Dataset::new(&consultation(), forms(), revisions().into_iter().filter(|r| r.reference != "BR-0050"), &held(), as_of());
    let earlier = run(&definition, &before, &[]).unwrap().published;
    let output = run(&definition, &dataset(), &[earlier]).unwrap();
    assert!(output.warnings.iter().any(|warning| warning.contains("differs from an earlier run by 1")), "{:?}", output.warnings);
}

#[test]
fn a_preset_that_does_not_exist_is_refused() {
    let mut dataset = dataset();
    dataset.consultation.disclosure = "lt5".to_owned();
    let refused = run(&definition::find("closed-tables").unwrap(), &dataset, &[]).unwrap_err();
    assert_eq!(refused.code(), "no_such_preset");
}
