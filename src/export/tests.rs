//! Export runs on the small sample: golden files, determinism, and what machines read of them.

use std::path::PathBuf;

use serde_json::Value;

use super::*;
use crate::analysis::dataset::Dataset;
use crate::analysis::sample::{as_of, consultation, dataset, forms, held, revisions};

fn golden() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/closed-tables")
}

fn closed() -> Output {
    run(&definition::find("closed-tables").unwrap(), &dataset(), &[]).unwrap()
}

fn records(output: &Output, name: &str) -> Vec<Vec<String>> {
    let file = output.files.iter().find(|file| file.name == name).unwrap();
    let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(file.bytes.as_slice());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// Writes the golden files anew. Read the difference before you commit it: `cargo test --lib bless -- --ignored`.
#[test]
#[ignore = "writes the golden files"]
fn bless() {
    std::fs::create_dir_all(golden()).unwrap();
    for file in closed().files {
        std::fs::write(golden().join(&file.name), &file.bytes).unwrap();
    }
}

#[test]
fn the_closed_tables_are_the_golden_ones_byte_for_byte() {
    let output = closed();
    for file in &output.files {
        let want = std::fs::read(golden().join(&file.name)).unwrap_or_default();
        assert_eq!(String::from_utf8_lossy(&file.bytes), String::from_utf8_lossy(&want), "{}: see `bless`", file.name);
    }
    let known = std::fs::read_dir(golden()).unwrap().count();
    assert_eq!(known, output.files.len(), "no golden file without a file of the run");
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
    for file in closed().files.iter().filter(|file| file.name.ends_with(".csv")) {
        assert!(!file.bytes.starts_with(&[0xEF, 0xBB, 0xBF]));
        assert!(file.bytes.ends_with(b"\r\n"));
        assert_eq!(file.bytes.iter().filter(|byte| **byte == b'\n').count(), file.rows.unwrap() + 1, "{}", file.name);
    }
}

#[test]
fn the_metadata_names_every_column_in_order_and_no_cell_is_empty() {
    let output = closed();
    for file in output.files.iter().filter(|file| file.name.ends_with(".csv")) {
        let metadata = output.files.iter().find(|other| other.name == format!("{}-metadata.json", file.name)).unwrap();
        let metadata: Value = serde_json::from_slice(&metadata.bytes).unwrap();
        assert_eq!(metadata["url"], file.name);
        let columns = metadata["tableSchema"]["columns"].as_array().unwrap();
        let names: Vec<&str> = columns.iter().map(|column| column["name"].as_str().unwrap()).collect();
        let rows = records(&output, &file.name);
        assert_eq!(rows[0], names);
        assert!(rows.iter().flatten().all(|cell| !cell.is_empty()), "{} has an empty cell", file.name);
        let key: Vec<usize> = metadata["tableSchema"]["primaryKey"]
            .as_array()
            .unwrap()
            .iter()
            .map(|name| names.iter().position(|known| *known == name.as_str().unwrap()).unwrap())
            .collect();
        let keys: std::collections::BTreeSet<Vec<&String>> =
            rows[1..].iter().map(|row| key.iter().map(|index| &row[*index]).collect()).collect();
        assert_eq!(keys.len(), rows.len() - 1, "the key of {} tells every row apart", file.name);
    }
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
    let output = run(&definition::find("responses").unwrap(), &dataset(), &[]).unwrap();
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

#[test]
fn zz_debug() {
    use crate::analysis::sample::revision;
    use crate::domain::answer::Value;
    use crate::domain::form::FormVersion;
    use crate::domain::question::Takes;
    use crate::domain::submission::Channel;
    use crate::domain::wording::Edition;
    use std::sync::Arc;
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("forms/service-harmonisation");
    let read = |f: &str| std::fs::read_to_string(root.join(f)).unwrap();
    let consultation: crate::domain::consultation::Consultation = toml::from_str(&read("consultation.toml")).unwrap();
    let forms: Vec<Arc<FormVersion>> = ["survey.v1.toml", "survey.v2.toml"]
        .iter()
        .map(|f| Arc::new(FormVersion::new(toml::from_str(&read(f)).unwrap(), f.to_string())))
        .collect();
    let n: u64 = std::env::var("N").unwrap().parse().unwrap();
    let easy: u64 = std::env::var("EASY").unwrap().parse().unwrap();
    let mut seed = 7_u64;
    let mut rnd = move |m: u64| {
        seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (seed >> 33) % m
    };
    let mut revisions = Vec::new();
    for i in 0..n {
        let edition = if rnd(100) < easy { Edition::EasyRead } else { Edition::Standard };
        let channel = match rnd(200) {
            0..=14 => Channel::Paper,
            15 => Channel::Letter,
            16 => Channel::FaceToFace,
            _ => Channel::Online,
        };
        let version = 1 + u32::try_from(rnd(2)).unwrap();
        let mut r = revision(u128::from(i) + 1, edition, channel, version, "");
        r.form = consultation.form.clone();
        for field in forms[version as usize - 1].fields() {
            if rnd(12) == 0 {
                continue;
            }
            match &field.takes {
                Takes::One(codes) => {
                    let may: Vec<&String> = codes.iter().filter(|(_, e)| e.contains(&edition)).map(|(c, _)| c).collect();
                    if may.is_empty() {
                        continue;
                    }
                    let k = may.len() as u64;
                    let pick = rnd(k).min(rnd(k)).min(rnd(k));
                    r.answers.values.insert(field.key.clone(), Value::Text(may[pick as usize].clone()));
                }
                Takes::Many(codes) => {
                    let may: Vec<String> = codes.iter().filter(|_| rnd(4) == 0).map(|(c, _, _)| c.clone()).collect();
                    if !may.is_empty() {
                        r.answers.values.insert(field.key.clone(), Value::Codes(may));
                    }
                }
                _ => {}
            }
        }
        revisions.push(r);
    }
    let d = definition::find("closed-tables").unwrap();
    let t = std::time::Instant::now();
    let dataset = Dataset::new(&consultation, forms, revisions, &[], as_of());
    println!("dataset {:?}", t.elapsed());
    let wanted = crate::analysis::tables::Wanted { questions: vec![], breakdowns: d.breakdowns.clone() };
    let t = std::time::Instant::now();
    let (run, _) = crate::analysis::tables::plan(&dataset, &wanted);
    println!("plan {:?}", t.elapsed());
    let t = std::time::Instant::now();
    let p = crate::domain::disclosure::protect(&run, Preset::GpPatientSurvey);
    println!(
        "protect {:?} hidden {} proven {} added {} implied {} unproven {:?} of {}",
        t.elapsed(),
        p.audit.hidden,
        p.audit.proven,
        p.audit.added,
        p.audit.implied.len(),
        p.audit.unproven,
        p.published.len()
    );
    let t = std::time::Instant::now();
    let p2 = crate::domain::disclosure::protect(&run, Preset::Nhs17);
    println!(
        "protect nhs {:?} hidden {} proven {} added {} implied {} unproven {:?} of {}",
        t.elapsed(),
        p2.audit.hidden,
        p2.audit.proven,
        p2.audit.added,
        p2.audit.implied.len(),
        p2.audit.unproven,
        p2.published.len()
    );
    for t in
        p.tables.iter().filter(|t| ["bariatric_support", "religion", "condition_impact"].contains(&t.subject.question.as_str()))
    {
        println!("{} {:?} {}", t.subject.question, t.subject.reading, t.breakdown.code);
        for g in &t.groups {
            println!(
                "   {:12} n={} base={} | {} | {}",
                g.group.code,
                g.responses,
                g.base,
                g.cells.iter().map(|c| c.count.to_string()).collect::<Vec<_>>().join(" "),
                g.states.map(|s| s.to_string()).join(" ")
            );
        }
    }
}
