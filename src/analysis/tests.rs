//! The dataset and its tables on the small sample, with properties of the balance.

use proptest::prelude::*;

use super::*;
use crate::analysis::balance::BalanceLine;
use crate::analysis::sample::{as_of, at, consultation, dataset, forms, held, revision, revisions};
use crate::analysis::tables::{Wanted, plan};
use crate::domain::answer::State;
use crate::domain::submission::Channel;
use crate::domain::tabulate::{Reading, Table};
use crate::domain::wording::Edition;

fn line<'a>(dataset: &'a Dataset, by: &str, group: &str) -> &'a BalanceLine {
    dataset.balance.iter().find(|line| line.by == by && line.group == group).unwrap()
}

fn tables() -> Vec<Table> {
    let breakdowns = ["edition", "channel", "form_version", "council_area", "area_group", "relation", "horoscope"];
    let wanted = Wanted { questions: Vec::new(), breakdowns: breakdowns.map(str::to_owned).to_vec() };
    let (run, missing) = plan(&dataset(), &wanted);
    assert_eq!(missing, ["horoscope"], "a breakdown the form lacks is named");
    run.tables
}

fn found<'a>(tables: &'a [Table], question: &str, reading: Reading, by: &str) -> &'a Table {
    let is =
        |table: &&Table| table.subject.question == question && table.subject.reading == reading && table.breakdown.code == by;
    tables.iter().find(is).unwrap()
}

#[test]
fn the_balance_counts_a_corrected_response_once_and_names_what_is_left_out() {
    let dataset = dataset();
    let all = line(&dataset, "all", "all");
    assert_eq!((all.received, all.included), (128, 124));
    assert_eq!(
        all.excluded.iter().map(|(why, n)| (why.as_str(), *n)).collect::<Vec<_>>(),
        [("conflict", 1), ("late", 2), ("withdrawn", 1)]
    );
    assert_eq!(line(&dataset, "edition", "easy_read").received, 24);
    assert_eq!(line(&dataset, "edition", "not_known").excluded["conflict"], 1);
    assert_eq!(line(&dataset, "form_version", "2").included, 49);
}

#[test]
fn a_dataset_of_an_earlier_moment_has_the_revisions_of_that_moment() {
    let mut revisions = revisions();
    let last = revisions.len();
    revisions[last - 2].stored_at = at("2022-12-21T00:00:00Z");
    revisions[last - 1].stored_at = at("2022-12-21T00:00:00Z");
    let dataset = Dataset::new(&consultation(), forms(), revisions, &[], as_of());
    assert_eq!(dataset.rows.len(), 125, "neither corrected nor withdrawn yet");
    assert!(dataset.rows.iter().all(|row| row.number == 1));
}

#[test]
fn a_field_that_the_version_or_edition_lacks_was_not_asked() {
    let dataset = dataset();
    let toll = dataset.variable("toll").unwrap();
    for (row, revision) in dataset.rows.iter().enumerate() {
        let asked = revision.form_version == 2 && revision.edition == Edition::Standard;
        assert_eq!(toll.state(row) == State::NotAsked, !asked);
    }
}

#[test]
fn a_response_to_a_version_that_nobody_published_is_left_out_and_named() {
    let odd = revision(1, Edition::Standard, Channel::Online, 9, "council_area=north");
    let dataset = Dataset::new(&consultation(), forms(), [odd], &[], as_of());
    assert_eq!(line(&dataset, "form_version", "9").excluded["form_version_not_published"], 1);
    assert!(dataset.rows.is_empty());
}

#[test]
fn prefer_not_to_say_is_in_no_base_and_no_column() {
    let tables = tables();
    let age = found(&tables, "age", Reading::AsAsked, "all");
    assert!(age.subject.columns.iter().all(|column| column.code != "prefer_not"));
    assert_eq!(age.counts[0].states, [103, 6, 14, 0, 1, 0]);
    assert!(age.subject.equality);
}

#[test]
fn a_longer_scale_is_read_as_asked_only_within_its_edition() {
    let tables = tables();
    let scale: Vec<&Table> = tables.iter().filter(|table| table.subject.question == "bridge_support").collect();
    let as_asked = scale.iter().filter(|table| table.subject.reading == Reading::AsAsked);
    assert_eq!(as_asked.map(|table| table.breakdown.code.as_str()).collect::<Vec<_>>(), ["edition"]);
    let edition = found(&tables, "bridge_support", Reading::AsAsked, "edition");
    assert_eq!(edition.counts[0].columns, [30, 24, 0, 8, 23, 12, 0]);
    assert_eq!(edition.counts[0].offered, [true, true, false, true, true, true, false]);
    assert_eq!(edition.counts[1].columns, [0, 0, 10, 3, 6, 0, 4]);
    let both = &found(&tables, "bridge_support", Reading::Classes, "all");
    assert_eq!(both.counts[0].columns, [64, 11, 41, 4]);
    assert_eq!(both.counts[0].base(&both.subject), 116, "don't know stands outside");
}

#[test]
fn groups_of_a_breakdown_add_up_to_everyone_unless_people_are_in_several() {
    let tables = tables();
    for table in tables.iter().filter(|table| !table.breakdown.is_whole()) {
        let sum: u64 = table.counts.iter().map(|counts| counts.responses).sum();
        assert!(sum == 124 || (table.breakdown.overlapping && sum == 124 + 12), "{}", table.breakdown.code);
    }
    let nobody_is_split_by_itself = |table: &Table| table.subject.question != table.breakdown.code;
    assert!(tables.iter().all(nobody_is_split_by_itself));
    let areas = found(&tables, "bridge_support", Reading::Classes, "council_area");
    let groups = found(&tables, "bridge_support", Reading::Classes, "area_group");
    assert_eq!(groups.counts[0].responses, areas.counts[0].responses + areas.counts[1].responses);
}

proptest! {
    #[test]
    fn what_was_received_is_included_or_excluded_by_reason(
        people in prop::collection::vec((0_u128..12, 1_u32..4, 0_usize..9, any::<bool>(), 1_u32..4, 0_i64..4, any::<bool>()), 0..50)
    ) {
        let revisions = people.iter().map(|(id, number, channel, easy, version, day, withdrawn)| {
            let edition = if *easy { Edition::EasyRead } else { Edition::Standard };
            let mut revision = revision(*id, edition, Channel::ALL[*channel], *version, "council_area=north");
            (revision.number, revision.withdrawn) = (*number, *withdrawn);
            revision.stored_at = as_of() - chrono::Duration::days(1) + chrono::Duration::days(*day) / 2;
            revision
        });
        let dataset = Dataset::new(&consultation(), forms(), revisions, &held(), as_of());
        let distinct: std::collections::BTreeSet<u128> =
            people.iter().filter(|(.., day, _)| *day <= 2).map(|(id, ..)| *id).collect();
        prop_assert!(dataset.balance.iter().all(BalanceLine::balances));
        let all = line(&dataset, "all", "all");
        prop_assert_eq!(all.received, distinct.len() as u64 + 3, "each response once, and what is held");
        prop_assert_eq!(all.included, dataset.rows.len() as u64);
        for by in ["channel", "edition", "form_version"] {
            let lines = dataset.balance.iter().filter(|line| line.by == by);
            prop_assert_eq!(lines.map(|line| line.received).sum::<u64>(), all.received);
        }
    }
}
