//! Vectors of the presets, and the ways in which published numbers could give hidden ones away.

use super::bounds::Bounds;
use super::system::{Key, Role, System};
use super::witness::{Moves, Search};
use super::*;
use crate::domain::tabulate::{Column, Counts, Reading};

pub(super) fn subject(question: &str, columns: usize, equality: bool) -> Subject {
    let column = |index: usize| Column { code: format!("c{index}"), label: format!("Choice {index}"), in_base: true };
    Subject {
        question: question.to_owned(),
        label: question.to_owned(),
        many: false,
        reading: Reading::AsAsked,
        columns: (0..columns).map(column).collect(),
        codes: (0..columns).map(|index| format!("c{index}")).collect(),
        fold: (0..columns).map(|index| u16::try_from(index).ok()).collect(),
        equality,
    }
}

pub(super) fn counts(columns: &[u64], blank: u64) -> Counts {
    let answered: u64 = columns.iter().sum();
    let offered = vec![true; columns.len()];
    Counts { responses: answered + blank, states: [answered, 0, blank, 0, 0, 0], columns: columns.to_vec(), offered }
}

pub(super) fn by(code: &str, groups: &[&str], personal: bool) -> Breakdown {
    let group = |code: &&str| Group { code: (*code).to_owned(), label: (*code).to_owned() };
    let variable = if personal { code.to_owned() } else { format!("@{code}") };
    Breakdown {
        code: code.to_owned(),
        variable,
        groups: groups.iter().map(group).collect(),
        overlapping: false,
        personal,
        equality: false,
    }
}

pub(super) fn whole(subject: Subject, all: Counts) -> Table {
    Table { subject, breakdown: Breakdown::whole(), within: None, counts: vec![all] }
}

/// Everyone's table and the table by group of one question, as one run.
pub(super) fn cross(subject: &Subject, breakdown: Breakdown, rows: &[Counts]) -> Run {
    let mut all = Counts::none(subject.columns.len());
    for row in rows {
        all.responses += row.responses;
        all.states.iter_mut().zip(&row.states).for_each(|(sum, n)| *sum += n);
        all.columns.iter_mut().zip(&row.columns).for_each(|(sum, n)| *sum += n);
    }
    let split = Table { subject: subject.clone(), breakdown, within: None, counts: rows.to_vec() };
    Run { tables: vec![whole(subject.clone(), all), split], nestings: Vec::new() }
}

pub(super) fn tokens(group: &ShownGroup) -> String {
    group.cells.iter().map(|cell| cell.count.to_string()).collect::<Vec<_>>().join(" ")
}

fn shown(preset: Preset, equality: bool, numbers: &[u64]) -> String {
    let run = Run { tables: vec![whole(subject("q", numbers.len(), equality), counts(numbers, 0))], nestings: Vec::new() };
    tokens(&protect(&run, preset).tables[0].groups[0])
}

#[test]
fn the_gp_patient_survey_vectors_hold() {
    let gpps = |numbers: &[u64]| shown(Preset::GpPatientSurvey, true, numbers);
    assert_eq!(gpps(&[40, 3, 12, 7]), "40 [c] 12 [c]");
    assert_eq!(gpps(&[5, 4]), "[c] [c]", "nine people");
    assert_eq!(gpps(&[50, 0, 3]), "[c] 0 [c]");
    assert_eq!(gpps(&[20, 4, 2, 9]), "20 [c] [c] 9");
}

#[test]
fn two_hidden_counts_that_a_total_would_solve_get_a_third() {
    let gpps = |numbers: &[u64]| shown(Preset::GpPatientSurvey, true, numbers);
    assert_eq!(gpps(&[30, 1, 1, 8]), "30 [c] [c] [c]");
    assert_eq!(gpps(&[30, 4, 4, 8]), "30 [c] [c] [c]");
    assert_eq!(gpps(&[30, 2, 1, 8]), "30 [c] [c] 8");
}

/// The least and the most a cell can be, as far as steps of one lead.
fn range(system: &System, bounds: &Bounds, cell: usize) -> (i64, i64) {
    let end = |by: i64| {
        let mut at = Moves::new();
        loop {
            let now = |index: usize| system.cells[index].value + at.get(&index).copied().unwrap_or_default();
            let Some(moves) = Search::new(system, bounds, &now).step(cell, by) else { return now(cell) };
            for (index, shift) in moves {
                *at.entry(index).or_default() += shift;
            }
        }
    };
    (end(-1), end(1))
}

#[test]
fn the_audit_finds_the_ranges_of_the_published_vectors() {
    let range = |numbers: [u64; 4]| {
        let mut system = System::default();
        let total = system.cell(Key::of(&[("q", "=answered")]), numbers.iter().sum(), Role::Base);
        let cells: Vec<usize> =
            (0..4).map(|i| system.cell(Key::of(&[("q", &format!("c{i}"))]), numbers[i], Role::Choice)).collect();
        system.adds_up(total, &cells);
        system.hide(cells[1], 1, 4);
        system.hide(cells[2], 1, 4);
        let bounds = Bounds::published(&system);
        let other = system.other_solution(&bounds, cells[1]);
        (range(&system, &bounds, cells[1]), range(&system, &bounds, cells[2]), other.is_some())
    };
    assert_eq!(range([30, 1, 1, 8]), ((1, 1), (1, 1), false));
    assert_eq!(range([30, 4, 4, 8]), ((4, 4), (4, 4), false));
    assert_eq!(range([30, 2, 1, 8]), ((1, 2), (1, 2), true));
    assert_eq!(range([30, 4, 2, 8]), ((2, 4), (2, 4), true));
}

#[test]
fn a_second_solution_is_believed_only_when_every_sum_and_every_bound_holds() {
    let mut system = System::default();
    let total = system.cell(Key::of(&[("q", "=answered")]), 9, Role::Base);
    let [a, b] = [("a", 5), ("b", 4)].map(|(code, n)| system.cell(Key::of(&[("q", code)]), n, Role::Choice));
    system.adds_up(total, &[a, b]);
    system.hide(a, 1, 9);
    system.hide(b, 1, 4);
    assert!(system.solved_by(&Moves::from([(a, 1), (b, -1)])));
    assert!(!system.solved_by(&Moves::from([(a, 1)])), "they add up to nine");
    assert!(!system.solved_by(&Moves::from([(a, -1), (b, 1)])), "the rule says at most four");
    assert!(!system.solved_by(&Moves::from([(total, 1), (a, 1)])), "the total is published");
}

#[test]
fn the_nhs_vectors_hold() {
    let vector = [(1, "[c]"), (7, "[c]"), (8, "10"), (12, "10"), (13, "15"), (17, "15"), (18, "20"), (22, "20"), (23, "25")];
    for (count, token) in vector.into_iter().chain([(100, "100"), (0, "0")]) {
        assert_eq!(shown(Preset::Nhs17, false, &[count, 1000]), format!("{token} 1000"), "{count}");
    }
}

#[test]
fn nhs_percentages_are_worked_out_from_the_rounded_counts() {
    let run = Run { tables: vec![whole(subject("q", 2, false), counts(&[13, 28], 0))], nestings: Vec::new() };
    let group = &protect(&run, Preset::Nhs17).tables[0].groups[0];
    assert_eq!((group.cells[0].count, group.base), (Shown::Count(15), Shown::Count(40)));
    assert_eq!(group.cells[0].per_cent, Shown::Count(38), "15 of 40, not 13 of 41");
    assert_eq!(group.responses, Shown::Count(41), "how many came in is exact");
}

#[test]
fn fewer_than_ten_hides_the_count_the_percentage_and_the_base_together() {
    let run = Run { tables: vec![whole(subject("q", 2, false), counts(&[7, 2], 30))], nestings: Vec::new() };
    let group = &protect(&run, Preset::GpPatientSurvey).tables[0].groups[0];
    assert_eq!(group.base, Shown::Hidden);
    assert!(group.cells.iter().all(|cell| cell.count == Shown::Hidden && cell.per_cent == Shown::Hidden));
    assert_eq!(group.states[0], Shown::Hidden, "answered is the base");
    assert_eq!(group.states[2], Shown::Hidden, "responses less blanks is the base");
}

#[test]
fn of_fewer_than_ten_people_no_table_is_published_at_all() {
    let rows = [counts(&[4, 2], 0), counts(&[2, 1], 0)];
    let protected = protect(&cross(&subject("q", 2, false), by("area", &["a", "b"], true), &rows), Preset::GpPatientSurvey);
    let groups: Vec<&ShownGroup> = protected.tables.iter().flat_map(|table| &table.groups).collect();
    assert!(groups.iter().all(|group| tokens(group) == "[c] [c]" && group.states == [Shown::Hidden; 6]));
    assert_eq!(groups[0].responses, Shown::Count(9), "how many came in is known");
    assert_eq!(groups[1].responses, Shown::Hidden);
    assert_eq!(protected.audit.hidden, protected.audit.withheld + protected.audit.implied.len());
}

#[test]
fn of_fewer_than_ten_people_even_who_was_not_asked_is_hidden() {
    let mut nobody = counts(&[0, 0], 7);
    (nobody.responses, nobody.states[3]) = (9, 2);
    let run = Run { tables: vec![whole(subject("q", 2, false), nobody)], nestings: Vec::new() };
    let group = &protect(&run, Preset::GpPatientSurvey).tables[0].groups[0];
    assert_eq!(group.states, [Shown::Hidden; 6], "two not asked is what two people said to the question before it");
}

#[test]
fn what_everyone_said_of_the_proposal_is_never_hidden() {
    assert_eq!(shown(Preset::GpPatientSurvey, false, &[40, 3, 12, 1]), "40 3 12 1");
}

#[test]
fn one_small_group_takes_the_next_smallest_with_it() {
    let rows = [counts(&[40, 30], 2), counts(&[3, 2], 0), counts(&[12, 9], 1)];
    let protected = protect(&cross(&subject("q", 2, false), by("area", &["a", "b", "c"], true), &rows), Preset::GpPatientSurvey);
    let groups = &protected.tables[1].groups;
    assert_eq!([0, 1, 2].map(|g| tokens(&groups[g])), ["40 30", "[c] [c]", "[c] [c]"]);
    assert_eq!(groups[2].base, Shown::Hidden);
    assert_eq!(protected.audit.proven, protected.audit.hidden - protected.audit.implied.len());
}

#[test]
fn standard_beside_everyone_would_show_easy_read_so_both_are_hidden() {
    let rows = [counts(&[200, 120], 4), counts(&[4, 2], 0)];
    let run = cross(&subject("q", 2, false), by("edition", &["standard", "easy_read"], false), &rows);
    let protected = protect(&run, Preset::GpPatientSurvey);
    assert_eq!(tokens(&protected.tables[0].groups[0]), "204 122", "everyone together may be shown");
    assert_eq!([0, 1].map(|g| tokens(&protected.tables[1].groups[g])), ["[c] [c]", "[c] [c]"]);
}

#[test]
fn groups_of_areas_do_not_give_an_area_away() {
    let q = subject("q", 2, false);
    let areas = [counts(&[40, 30], 0), counts(&[25, 22], 0), counts(&[3, 4], 0), counts(&[30, 20], 0)];
    let mut run = cross(&q, by("area", &["a", "b", "c", "d"], true), &areas);
    let groups = [counts(&[65, 52], 0), counts(&[33, 24], 0)];
    run.tables.extend(cross(&q, by("area_group", &["north", "south"], false), &groups).tables.pop());
    run.nestings.push(Nesting {
        outer: "@area_group".to_owned(),
        inner: "area".to_owned(),
        holds: vec![
            ("north".to_owned(), vec!["a".to_owned(), "b".to_owned()]),
            ("south".to_owned(), vec!["c".to_owned(), "d".to_owned()]),
        ],
    });
    let protected = protect(&run, Preset::GpPatientSurvey);
    assert_eq!(protected.tables[1].groups[2].base, Shown::Hidden);
    let south_shown = protected.tables[2].groups[1].base != Shown::Hidden;
    let partner_shown = protected.tables[1].groups[3].base != Shown::Hidden;
    assert!(!(south_shown && partner_shown), "south less d is c");
    assert_eq!(protected.audit.withheld, 0, "{:?}", protected.audit);
    assert_eq!(tokens(&protected.tables[1].groups[0]), "40 30", "the others stay");
}

#[test]
fn a_class_does_not_give_away_a_choice_that_falls_into_it() {
    let mut classes = subject("q", 2, true);
    classes.reading = Reading::Classes;
    classes.codes = vec!["c0".into(), "c1".into(), "c2".into()];
    classes.fold = vec![Some(0), Some(0), Some(1)];
    let run = Run {
        tables: vec![whole(subject("q", 3, true), counts(&[20, 3, 9], 0)), whole(classes, counts(&[23, 9], 0))],
        nestings: Vec::new(),
    };
    let protected = protect(&run, Preset::GpPatientSurvey);
    let (asked, classes) = (tokens(&protected.tables[0].groups[0]), tokens(&protected.tables[1].groups[0]));
    assert!(!(asked.starts_with("20") && classes.starts_with("23")), "agree less strongly agree is agree: {asked}, {classes}");
    assert_eq!(classes, "[c] [c]", "the second class is the third choice");
    assert_eq!(protected.audit.proven, protected.audit.hidden, "{:?}", protected.audit);
}

#[test]
fn a_group_that_was_not_asked_does_not_apply_and_a_share_of_nobody_is_not_available() {
    let mut unasked = counts(&[0, 0], 0);
    (unasked.responses, unasked.states[3], unasked.offered) = (50, 50, vec![false, false]);
    let rows = [counts(&[30, 20], 0), unasked, counts(&[0, 0], 15)];
    let run = cross(&subject("q", 2, false), by("channel", &["online", "paper", "letter"], false), &rows);
    let groups = &protect(&run, Preset::GpPatientSurvey).tables[1].groups;
    assert_eq!((tokens(&groups[1]).as_str(), groups[1].base), ("[z] [z]", Shown::NotApplicable));
    assert_eq!((tokens(&groups[2]).as_str(), groups[2].cells[0].per_cent), ("0 0", Shown::NotAvailable));
}

#[test]
fn under_a_half_per_cent_is_low_and_nothing_is_nothing() {
    let run = Run { tables: vec![whole(subject("q", 3, false), counts(&[1, 0, 200], 0))], nestings: Vec::new() };
    let cells = &protect(&run, Preset::GpPatientSurvey).tables[0].groups[0].cells;
    assert_eq!([cells[0].per_cent, cells[1].per_cent, cells[2].per_cent], [Shown::Low, Shown::Count(0), Shown::Count(100)]);
}

#[test]
fn a_later_run_that_sets_a_few_people_apart_is_noticed() {
    let run = |maldon: u64| {
        let rows = [counts(&[40, 30], 0), counts(&[maldon, 30], 0)];
        protect(&cross(&subject("q", 2, false), by("area", &["a", "maldon"], true), &rows), Preset::GpPatientSurvey).published
    };
    assert!(isolated(&run(40), &run(40)).is_empty());
    assert!(isolated(&run(40), &run(60)).is_empty());
    let found = isolated(&run(40), &run(43));
    assert_eq!(found.iter().map(|one| one.people).collect::<Vec<_>>(), [3, 3], "{found:?}");
}

#[test]
fn an_internal_table_hides_nothing() {
    assert_eq!(shown(Preset::None, true, &[1, 2]), "1 2");
}
