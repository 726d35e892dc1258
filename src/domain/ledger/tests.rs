//! What the ledger promises, for every pile.

use proptest::prelude::*;

use super::*;

fn sheet(number: u32, outcome: Option<Outcome>) -> SheetState {
    SheetState { number, outcome, confirmed: true, second: Second::Done }
}

fn outcomes() -> impl Strategy<Value = Vec<Option<Outcome>>> {
    let one = prop_oneof![
        Just(None),
        Just(Some(Outcome::Keyed)),
        Just(Some(Outcome::Spoiled)),
        Just(Some(Outcome::Duplicate)),
        Just(Some(Outcome::Void)),
    ];
    prop::collection::vec(one, 1..60)
}

fn pile(outcomes: &[Option<Outcome>]) -> Vec<SheetState> {
    (1..).zip(outcomes).map(|(number, outcome)| sheet(number, *outcome)).collect()
}

proptest! {
    #[test]
    fn the_balance_never_lies(outcomes in outcomes()) {
        let sheets = pile(&outcomes);
        let received = u32::try_from(sheets.len()).unwrap();
        let balance = Balance::of(received, outcomes.iter().copied().flatten());
        let open = outcomes.iter().filter(|outcome| outcome.is_none()).count();
        prop_assert_eq!(balance.open(), i64::try_from(open).unwrap());
        prop_assert_eq!(balance.holds(), open == 0);
        prop_assert_eq!(missing(received, &sheets).is_empty(), open == 0);
    }

    #[test]
    fn a_recount_leaves_every_sheet_that_ended(outcomes in outcomes(), after in 0_u32..80) {
        let sheets = pile(&outcomes);
        let before = u32::try_from(sheets.len()).unwrap();
        let last_ended = sheets.iter().filter(|s| s.outcome.is_some()).map(|s| s.number).max().unwrap_or(0);
        match recount(before, after, &sheets) {
            Ok(Recount::Same) => prop_assert_eq!(before, after),
            Ok(Recount::Add(from, to)) => prop_assert_eq!((from, to), (before + 1, after)),
            Ok(Recount::Remove(from, to)) => {
                prop_assert_eq!((from, to), (after + 1, before));
                prop_assert!(after >= last_ended);
            }
            Err(_) => prop_assert!(after == 0 || after < last_ended),
        }
    }

    #[test]
    fn adding_balances_adds_what_is_open(a in outcomes(), b in outcomes()) {
        let of = |outcomes: &[Option<Outcome>]| Balance::of(u32::try_from(outcomes.len()).unwrap(), outcomes.iter().copied().flatten());
        prop_assert_eq!((of(&a) + of(&b)).open(), of(&a).open() + of(&b).open());
    }
}

#[test]
fn what_is_missing_is_said_in_words_with_the_numbers() {
    let mut sheets = pile(&[Some(Outcome::Keyed), None, None, None, Some(Outcome::Spoiled), None, Some(Outcome::Keyed)]);
    sheets[0].second = Second::Wanted;
    sheets[6].confirmed = false;
    assert_eq!(
        missing(7, &sheets),
        [
            "7 received, but 3 accounted for: 2 keyed, 1 spoiled, 0 duplicate, 0 void. Without an end: sheets 2 to 4 and 6.",
            "Keyed but not confirmed as stored: sheet 7.",
            "To be keyed a second time: sheet 1.",
        ]
    );
}

#[test]
fn more_ends_than_sheets_do_not_balance_either() {
    let sheets = pile(&[Some(Outcome::Keyed), Some(Outcome::Void)]);
    assert_eq!(Balance::of(1, sheets.iter().filter_map(|s| s.outcome)).open(), -1);
    assert_eq!(missing(1, &sheets).len(), 1);
}

#[test]
fn a_recount_may_not_lose_a_sheet_that_ended_and_says_what_to_do() {
    let sheets = pile(&[Some(Outcome::Keyed), None, Some(Outcome::Keyed)]);
    assert!(recount(3, 2, &sheets).unwrap_err().starts_with("sheet 3 would fall away"));
    assert!(recount(3, MOST_SHEETS + 1, &sheets).is_err());
    assert_eq!(recount(3, 5, &sheets), Ok(Recount::Add(4, 5)));
}

#[test]
fn originals_are_kept_for_the_months_the_rule_says() {
    let day: NaiveDate = "2022-12-19".parse().unwrap();
    assert_eq!(PaperRules::default().originals_kept_until(day).to_string(), "2023-12-19");
    let leap = PaperRules { originals_months: 2, ..PaperRules::default() };
    assert_eq!(leap.originals_kept_until("2023-12-31".parse().unwrap()).to_string(), "2024-02-29");
}

#[test]
fn age_is_counted_in_days_of_london() {
    let now: DateTime<Utc> = "2022-06-10T23:30:00Z".parse().unwrap();
    assert_eq!(age_in_days("2022-06-10".parse().unwrap(), now), 1, "it is past midnight in London");
    assert_eq!(age_in_days("2022-06-12".parse().unwrap(), now), 0);
}
