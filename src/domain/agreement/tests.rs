//! Agreement held against statsmodels and krippendorff (`tests/agreement_reference.py`), and what must hold of any coders.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Reference {
    nominal: Vec<Nominal>,
    sets: Vec<Sets>,
}

#[derive(Deserialize)]
struct Nominal {
    name: String,
    rows: Table<String>,
    percent: Option<f64>,
    kappa: Option<f64>,
    alpha: Option<f64>,
}

#[derive(Deserialize)]
struct Sets {
    name: String,
    rows: Table<BTreeSet<String>>,
    alpha: Option<f64>,
}

fn reference() -> Reference {
    serde_json::from_str(include_str!("../../../tests/fixtures/agreement.json")).unwrap()
}

fn near(one: Option<f64>, other: Option<f64>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => (one - other).abs() < 1e-9,
        (one, other) => one.is_none() && other.is_none(),
    }
}

fn same(what: &str, ours: Option<f64>, theirs: Option<f64>) {
    assert!(near(ours, theirs), "{what}: {ours:?} and not {theirs:?}");
}

#[test]
fn every_case_is_as_the_python_packages_have_it() {
    let reference = reference();
    assert!(reference.nominal.len() > 9 && reference.sets.len() > 3);
    for case in reference.nominal {
        same(&format!("{}, percent", case.name), percent(&case.rows), case.percent);
        same(&format!("{}, alpha", case.name), alpha(&case.rows), case.alpha);
        if case.rows.iter().all(|row| row.len() == 2) {
            same(&format!("{}, kappa", case.name), kappa(&case.rows), case.kappa);
        }
    }
    for case in reference.sets {
        same(&format!("sets, {}", case.name), set_alpha(&case.rows), case.alpha);
    }
}

#[test]
fn the_ten_answers_of_the_rules_give_what_is_printed_there() {
    let rows: Table<char> = "1100000000".chars().zip("0110010100".chars()).map(|(a, b)| vec![Some(a), Some(b)]).collect();
    let to_six = |value: Option<f64>| value.map(|value| (value * 1e6).round() / 1e6);
    assert_eq!(percent(&rows), Some(0.6));
    assert_eq!(to_six(kappa(&rows)), Some(0.090_909));
    assert_eq!(to_six(alpha(&rows)), Some(0.095_238));
}

#[test]
fn where_nobody_could_have_differed_there_is_no_figure() {
    let rows = vec![vec![Some("none"), Some("none")]; 20];
    assert_eq!((percent(&rows), kappa(&rows), alpha(&rows)), (Some(1.0), None, None));
    let nothing: Table<u8> = Vec::new();
    assert_eq!((percent(&nothing), kappa(&nothing), alpha(&nothing)), (None, None, None));
}

#[test]
fn the_distance_of_sets_is_passonneaus() {
    let set = |themes: &[u8]| themes.iter().copied().collect::<BTreeSet<u8>>();
    let near = |one: f64, other: f64| near(Some(one), Some(other));
    assert!(near(masi(&set(&[1, 2]), &set(&[1, 2])), 0.0));
    assert!(near(masi(&set(&[1]), &set(&[1, 2])), 1.0 - 0.5 * 2.0 / 3.0));
    assert!(near(masi(&set(&[1, 2]), &set(&[2, 3])), 1.0 - 1.0 / 9.0));
    assert!(near(masi(&set(&[1]), &set(&[2])), 1.0));
    assert!(near(masi(&set(&[]), &set(&[2])), 1.0));
}

#[test]
fn a_rare_theme_is_marked_and_a_common_one_is_not() {
    let row = |one: &[u8], other: &[u8]| vec![Some(one.iter().copied().collect()), Some(other.iter().copied().collect())];
    let mut answers: Table<BTreeSet<u8>> = (0..98).map(|n| if n % 2 == 0 { row(&[1], &[1]) } else { row(&[], &[]) }).collect();
    answers.push(row(&[1, 2], &[1]));
    answers.push(vec![Some(BTreeSet::new()), None]);
    let agreement = of(&DoubleCoded { answers }, 200, 7);
    assert_eq!(agreement.answers, 99);
    assert!(agreement.themes[&2].lopsided && !agreement.themes[&1].lopsided);
    assert_eq!((agreement.themes[&2].applied, agreement.themes[&2].said), (1, 198));
    assert_eq!(agreement.themes[&1].kappa, Some(1.0));
    let pooled = agreement.pooled.alpha_interval.unwrap();
    assert!(pooled.low <= agreement.pooled.alpha.unwrap() && agreement.pooled.alpha.unwrap() <= pooled.high);
}

/// Alpha over many samples of a known world lies in its interval about as often as it says: 95 of 100, give or take.
#[test]
fn the_interval_holds_the_truth_nearly_as_often_as_it_claims() {
    // Coders who each see the truth (half yes) in nine of ten: they agree in .82, by chance in .5, alpha is .64.
    let mut state = 99_u64;
    let mut uniform = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % 1000
    };
    let mut held = 0;
    for sample in 0..200 {
        let rows: Table<bool> = (0..150)
            .map(|_| {
                let truth = uniform() < 500;
                (0..2).map(|_| Some(truth != (uniform() < 100))).collect()
            })
            .collect();
        let found = interval(&rows, 300, sample, |drawn| alpha(&drawn.to_vec())).unwrap();
        held += usize::from(found.low <= 0.64 && 0.64 <= found.high);
    }
    assert!((180..=199).contains(&held), "{held} of 200");
}

fn a_table() -> impl Strategy<Value = Table<u8>> {
    prop::collection::vec(prop::collection::vec(prop::option::weighted(0.8, 0_u8..4), 2..4), 0..40)
}

proptest! {
    #[test]
    fn figures_lie_where_they_can_and_do_not_hang_on_order(mut table in a_table()) {
        let before = (percent(&table), alpha(&table));
        prop_assert!(before.0.is_none_or(|share| (0.0..=1.0).contains(&share)));
        prop_assert!(before.1.is_none_or(|alpha| alpha <= 1.0));
        table.reverse();
        for row in &mut table {
            row.reverse();
        }
        let after = (percent(&table), alpha(&table));
        prop_assert_eq!(before.0, after.0);
        prop_assert!(near(before.1, after.1));
    }

    #[test]
    fn single_themes_as_sets_give_the_nominal_alpha(table in a_table()) {
        let as_sets: Table<BTreeSet<u8>> =
            table.iter().map(|row| row.iter().map(|code| code.map(|code| BTreeSet::from([code]))).collect()).collect();
        prop_assert!(near(alpha(&table), set_alpha(&as_sets)));
    }

    #[test]
    fn coders_who_never_differ_agree_fully(codes in prop::collection::vec(0_u8..3, 1..40)) {
        let table: Table<u8> = codes.iter().map(|code| vec![Some(*code), Some(*code)]).collect();
        let varied = codes.iter().any(|code| *code != codes[0]);
        prop_assert_eq!(kappa(&table), varied.then_some(1.0));
        prop_assert_eq!(alpha(&table), varied.then_some(1.0));
    }

    #[test]
    fn the_same_seed_draws_the_same(table in a_table(), seed in any::<u64>()) {
        let draw = || interval(&table, 50, seed, |drawn| alpha(&drawn.to_vec()));
        prop_assert_eq!(draw(), draw());
    }
}
