//! The golden files under `tests/golden/`: what is handed over, byte for byte, and its main numbers counted by hand.
//!
//! When an export is meant to change, run the tests, read `diff -r tests/golden target/golden`, and if every difference is
//! right, `cp -r target/golden tests/` and commit it with the change.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{Output, closed, made, records};

/// Holds what was made against the golden files. What was made is left in `target/golden/` to be compared and copied.
fn as_golden(name: &str, output: &Output) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (golden, new) = (root.join("tests/golden").join(name), root.join("target/golden").join(name));
    let _ = std::fs::remove_dir_all(&new);
    std::fs::create_dir_all(&new).unwrap();
    for file in &output.files {
        std::fs::write(new.join(&file.name), &file.bytes).unwrap();
    }
    let names: BTreeSet<PathBuf> = [&golden, &new].into_iter().flat_map(|folder| files_in(folder)).collect();
    let differ = |file: &&PathBuf| std::fs::read(golden.join(file)).ok() != std::fs::read(new.join(file)).ok();
    let differing: Vec<&PathBuf> = names.iter().filter(differ).collect();
    assert!(differing.is_empty(), "{differing:?} of {name} differ: read `diff -r tests/golden target/golden`");
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    entries.map(|entry| PathBuf::from(entry.unwrap().file_name())).collect()
}

#[test]
fn the_closed_tables_are_the_golden_ones_byte_for_byte() {
    as_golden("closed-tables", &closed());
}

#[test]
fn the_responses_are_the_golden_ones_byte_for_byte() {
    as_golden("responses", &made("responses"));
}

/// Every number here was added up by hand from `PEOPLE` in `analysis/sample.rs`: choice, count, per cent and base of one
/// group of one question.
#[test]
fn the_golden_numbers_are_those_counted_by_hand() {
    let rows = records(&closed(), "closed-tables.csv");
    let shown = |question: &str, reading: &str, breakdown: &str, group: &str| -> Vec<String> {
        let wanted = [(0, question), (2, reading), (3, "both"), (4, breakdown), (5, group)];
        let rows = rows.iter().filter(|row| wanted.iter().all(|(at, want)| row[*at] == *want));
        rows.map(|row| [&row[7], &row[10], &row[11], &row[12]].map(String::as_str).join(" ")).collect()
    };
    // Supported: 17 of the first 20 (one corrected, one withdrawn, one spoiled), 12, 4, 13, 8 and 10.
    // Opposed: the corrected one, 5, 9, 11, 3, 6 and 6. 64/116 = 55.2, 11/116 = 9.5, 41/116 = 35.3.
    let both = shown("bridge_support", "classes", "all", "all");
    assert_eq!(both, ["support 64 55 116", "neither 11 9 116", "oppose 41 35 116", "dont_know 4 [z] 116"]);
    // 30/97 = 30.9, 24/97 = 24.7, 8/97 = 8.2, 23/97 = 23.7, 12/97 = 12.4.
    let standard = shown("bridge_support", "as_asked", "edition", "standard");
    assert_eq!(
        standard,
        [
            "strongly_support 30 31 97",
            "somewhat_support 24 25 97",
            "support [z] [z] 97",
            "neither 8 8 97",
            "oppose 23 24 97",
            "strongly_oppose 12 12 97",
            "dont_know [z] [z] 97"
        ]
    );
    // As it was asked, "I don't know" is an answer: 10/23 = 43.5, 3/23 = 13.0, 6/23 = 26.1, 4/23 = 17.4.
    let easy = shown("bridge_support", "as_asked", "edition", "easy_read");
    let offered: Vec<&String> = easy.iter().filter(|row| !row.contains("[z]")).collect();
    assert_eq!(offered, ["support 10 43 23", "neither 3 13 23", "oppose 6 26 23", "dont_know 4 17 23"]);
    // Only version 2 in the standard edition asks: 9/40 = 22.5 rounds up, and so does 31/40 = 77.5.
    assert_eq!(shown("toll", "as_asked", "all", "all"), ["yes 9 23 40", "no 31 78 40"]);
    // Several ticks: 70/90 = 77.8 and 32/90 = 35.6 pass 100.
    assert_eq!(shown("relation", "as_asked", "all", "all"), ["user 70 78 90", "carer 32 36 90"]);
    // 52/108 = 48.1, 33/108 = 30.6, 23/108 = 21.3.
    assert_eq!(shown("council_area", "as_asked", "all", "all"), ["north 52 48 108", "south 33 31 108", "east 23 21 108"]);
    // Four people over 90 are hidden, so the next lowest is, or 103 less the others would show them; and everyone from 40 on,
    // or the channels and areas would.
    assert_eq!(shown("age", "as_asked", "all", "all"), ["under_40 [c] [c] 103", "over_40 [c] [c] 103", "over_90 [c] [c] 103"]);
}

#[test]
fn the_golden_states_are_those_counted_by_hand_and_stand_apart() {
    let rows = records(&closed(), "states.csv");
    let of = |question: &str| -> Vec<&str> {
        let found = rows.iter().find(|row| row[0] == question && row[2] == "all").unwrap();
        found[4..].iter().map(String::as_str).collect()
    };
    assert_eq!(rows[0][4..], ["responses", "answered", "prefer_not", "blank", "not_asked", "illegible", "spoiled"]);
    assert_eq!(of("bridge_support"), ["124", "120", "0", "3", "0", "0", "1"], "two who wrote only why, and one left it blank");
    assert_eq!(of("age"), ["124", "103", "6", "14", "0", "1", "0"]);
    assert_eq!(of("toll"), ["124", "40", "0", "2", "82", "0", "0"], "42 read version 2 in the standard edition");
    assert_eq!(of("relation"), ["124", "90", "0", "34", "0", "0", "0"]);
}
