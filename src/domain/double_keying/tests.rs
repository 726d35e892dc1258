//! What double keying promises, for every sheet and every pair of keyings.

use proptest::prelude::*;

use super::*;
use crate::domain::form::Form;

fn form() -> FormVersion {
    let text = r#"
        consultation = "c"
        form = "f"
        version = 1
        title = { standard = "T", easy_read = "T" }
        [[section]]
        key = "s"
        title = { standard = "S" }
        [[section.question]]
        key = "one"
        kind = "choose_one"
        text = { standard = "One?" }
        choice = [{ code = "a", text = { standard = "A" } }, { code = "b", text = { standard = "B" } }]
        [[section.question]]
        key = "many"
        kind = "choose_many"
        text = { standard = "Many?" }
        choice = [{ code = "a", text = { standard = "A" } }, { code = "b", text = { standard = "B" } }]
        [[section.question]]
        key = "why"
        kind = "free_text"
        text = { standard = "Why?" }
    "#;
    FormVersion::new(toml::from_str::<Form>(text).unwrap(), "d".to_owned())
}

/// Any of the six states, put under a key.
fn put(answers: &mut Answers, key: &str, state: u8, value: &str) {
    let value = Value::Text(value.to_owned());
    match state {
        0 => {}
        1 => {
            answers.values.insert(key.to_owned(), value);
        }
        2 => {
            answers.values.insert(key.to_owned(), Value::Text("prefer_not".to_owned()));
        }
        3 => {
            answers.not_asked.insert(key.to_owned(), None);
        }
        4 => {
            answers.not_asked.insert(key.to_owned(), Some(value));
        }
        5 => answers.illegible.push(key.to_owned()),
        6 => {
            answers.spoiled.insert(key.to_owned(), Some(value));
        }
        _ => {
            answers.spoiled.insert(key.to_owned(), None);
        }
    }
}

fn content() -> impl Strategy<Value = Content> {
    let field = || (0_u8..8, "[ab]");
    (field(), field(), (0_u8..8, "[a-c ]{0,6}"), prop::option::of("yes|no"), prop::option::of("2022-1[0-2]-0[1-9]")).prop_map(
        |(one, many, why, consent, day)| {
            let mut content = Content::default();
            for (key, (state, value)) in [("one", one), ("many", many), ("why", why)] {
                put(&mut content.answers, key, state, &value);
            }
            content.facts.extend(consent.map(|value| ("sheet.quote_consent", value)));
            content.facts.extend(day.map(|value| ("sheet.completed_on", value)));
            content
        },
    )
}

proptest! {
    #[test]
    fn identical_keyings_differ_nowhere(content in content()) {
        prop_assert!(compare(&form(), Edition::Standard, &content, &content.clone()).differences.is_empty());
    }

    #[test]
    fn differences_are_the_same_from_either_side(one in content(), other in content()) {
        let form = form();
        let there = compare(&form, Edition::Standard, &one, &other);
        let back = compare(&form, Edition::Standard, &other, &one);
        let turned = back.differences.iter().map(|d| Difference { key: d.key.clone(), first: d.second.clone(), second: d.first.clone() });
        prop_assert_eq!(&there.differences, &turned.collect::<Vec<_>>());
        prop_assert_eq!(&there.places, &back.places);
        prop_assert!(there.differences.iter().all(|d| there.places.iter().any(|(key, _)| *key == d.key)));
    }

    #[test]
    fn different_states_are_a_difference_but_for_what_routing_alone_makes_of_the_same_entry(a in 0_u8..8, b in 0_u8..8) {
        let with = |state| {
            let mut content = Content::default();
            put(&mut content.answers, "one", state, "a");
            content
        };
        let compared = compare(&form(), Edition::Standard, &with(a), &with(b));
        // 3 and 4 are what routing makes of 0, nothing, and 1, an answer.
        let entered = |state| match state { 3 => 0, 4 => 1, other => other };
        prop_assert_eq!(compared.differences.len(), usize::from(entered(a) != entered(b)));
    }

    #[test]
    fn a_sheet_drawn_at_a_small_share_is_drawn_at_every_larger_one(id in any::<u128>(), a in 0_u32..=100, b in 0_u32..=100) {
        let id = Uuid::from_u128(id);
        prop_assert!(!is_drawn(id, a.min(b)) || is_drawn(id, a.max(b)));
        prop_assert!(is_drawn(id, 100) && !is_drawn(id, 0));
        prop_assert_eq!(is_drawn(id, a), is_drawn(id, a), "the same sheet is always drawn or never");
    }

    #[test]
    fn the_share_never_falls_as_errors_rise(base in 0_u32..=100, limit in 0_u32..100, compared in 1_u32..500, wrong in 0_u32..500) {
        let rules = PaperRules { keyed_twice_per_cent: base, wrong_per_thousand: limit, ..PaperRules::default() };
        let (less, more) = (Tally { compared, wrong }, Tally { compared, wrong: wrong + 1 });
        prop_assert!(share(&rules, less) <= share(&rules, more));
        prop_assert!((base..=100).contains(&share(&rules, less)));
    }

    #[test]
    fn whoever_is_right_the_wrong_entries_of_a_pair_add_up(one in content(), other in content(), pick in 0_u8..3) {
        let compared = compare(&form(), Edition::Standard, &one, &other);
        let mut verdicts = Verdicts::unsettled(&compared);
        prop_assert_eq!(verdicts.open().len(), compared.differences.len());
        let verdict = [Verdict::First, Verdict::Second, Verdict::Neither][usize::from(pick)];
        for difference in &compared.differences {
            verdicts.settle(&difference.key, verdict);
        }
        let pair = Pair { first_by: "a".to_owned(), second_by: "b".to_owned(), verdicts };
        let quality = quality(&[pair]);
        let sum = |tallies: &BTreeMap<(String, Sort), Tally>| tallies.values().map(|tally| (tally.compared, tally.wrong)).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
        prop_assert_eq!(sum(&quality.by_question), sum(&quality.by_keyer));
        let each = if verdict == Verdict::Neither { 2 } else { 1 };
        prop_assert_eq!(sum(&quality.by_keyer).1, each * u32::try_from(compared.differences.len()).unwrap());
        prop_assert_eq!(sum(&quality.by_keyer).0, 2 * u32::try_from(compared.places.len()).unwrap());
    }
}

#[test]
fn about_as_many_sheets_are_drawn_as_the_share_says() {
    for share in [5, 10, 50] {
        let drawn = (0..20_000_u128).filter(|n| is_drawn(Uuid::from_u128(*n * 0x9E37_79B9_7F4A_7C15), share)).count();
        let expected = 200 * share as usize;
        assert!(drawn.abs_diff(expected) < 400, "{drawn} of 20,000 at {share} in a hundred");
    }
}

#[test]
fn two_errors_in_a_hundred_where_one_is_allowed_double_the_share() {
    let rules = PaperRules::default();
    let share = |wrong, compared| share(&rules, Tally { compared, wrong });
    assert_eq!(share(0, 0), 10, "nobody knows anything yet");
    assert_eq!(share(1, 100), 10, "at the limit");
    assert_eq!(share(2, 100), 20);
    assert_eq!(share(3, 200), 20, "one and a half times over, rounded up");
    assert_eq!(share(30, 100), 100, "never more than every sheet");
}

#[test]
fn a_third_person_makes_one_keyer_right_or_neither() {
    let with = |text: &str| {
        let mut content = Content::default();
        put(&mut content.answers, "one", 1, text);
        content
    };
    let judged = |right: &Content| {
        let (first, second) = (with("a"), with("b"));
        let mut verdicts = Verdicts::unsettled(&compare(&form(), Edition::Standard, &first, &second));
        verdicts.settle_by(right, &first, &second);
        verdicts.closed["one"]
    };
    assert_eq!(judged(&with("a")), Verdict::First);
    assert_eq!(judged(&with("b")), Verdict::Second);
    assert_eq!(judged(&Content::default()), Verdict::Neither);
}

#[test]
fn white_space_is_nobodys_error_and_letters_are() {
    let with = |text: &str| {
        let mut content = Content::default();
        put(&mut content.answers, "why", 1, text);
        content
    };
    let differ = |a, b| compare(&form(), Edition::Standard, &with(a), &with(b)).differences.len();
    assert_eq!(differ("It is  fairer.\n", "It is fairer."), 0);
    assert_eq!(differ("It is fairer.", "It is fair."), 1);
}

#[test]
fn an_unsettled_pair_counts_nowhere() {
    let mut one = Content::default();
    put(&mut one.answers, "one", 1, "a");
    let compared = compare(&form(), Edition::Standard, &one, &Content::default());
    let pair = Pair { first_by: "a".to_owned(), second_by: "b".to_owned(), verdicts: Verdicts::unsettled(&compared) };
    let quality = quality(&[pair]);
    assert_eq!((quality.settled, quality.unsettled), (0, 1));
    assert!(quality.by_keyer.is_empty());
}

#[test]
fn rates_are_rounded_half_up_from_exact_counts() {
    let rate = |wrong, compared| Tally { compared, wrong }.per_cent();
    assert_eq!(rate(1, 80).as_deref(), Some("1.3"), "1.25");
    assert_eq!(rate(1, 3).as_deref(), Some("33.3"));
    assert_eq!(rate(0, 5).as_deref(), Some("0.0"));
    assert_eq!(rate(0, 0), None);
}
