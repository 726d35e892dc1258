//! Vectors of rounding, nets and the combination of editions, and the laws they obey.

use proptest::prelude::*;

use super::*;
use crate::domain::question::Class;

const STANDARD: [(&str, u64, &str); 5] =
    [("sa", 120, "agree"), ("ta", 80, "agree"), ("n", 30, "neutral"), ("td", 60, "disagree"), ("sd", 110, "disagree")];

fn choice(code: &str, class: Option<&str>) -> Choice {
    Choice {
        code: code.to_owned(),
        text: Text::standard(code),
        picture: None,
        collapses_to: class.map(str::to_owned),
        exclusive: false,
    }
}

fn agree5(comparability: Comparability) -> Scale {
    let class = |code: &str| Class { code: code.to_owned(), text: Text::standard(code) };
    let mut choices: Vec<Choice> = STANDARD.iter().map(|(code, _, to)| choice(code, Some(to))).collect();
    choices.extend([choice("yes", Some("agree")), choice("not_sure", Some("neutral")), choice("no", Some("disagree"))]);
    choices.push(choice(DONT_KNOW, None));
    let classes = ["agree", "neutral", "disagree"].map(class).to_vec();
    Scale { code: "agree5".to_owned(), comparability, choices, classes }
}

fn subject(scale: &Scale) -> Subject {
    let codes: Vec<&str> = scale.choices.iter().map(|choice| choice.code.as_str()).collect();
    let (columns, fold) = combine(scale, &codes).unwrap();
    let codes = codes.into_iter().map(str::to_owned).collect();
    let (question, label) = ("q".to_owned(), "Q".to_owned());
    Subject { question, label, many: false, reading: Reading::Classes, columns, codes, fold, equality: false }
}

#[test]
fn rounding_is_half_up_on_exact_counts_and_thirds_add_up_to_ninety_nine() {
    assert_eq!([(1, 3); 3].map(|(n, of)| per_cent(n, of)), [PerCent::Whole(33); 3]);
    assert_eq!(per_cent(1, 200), PerCent::Whole(1), "0.5 rounds up");
    assert_eq!(per_cent(1, 201), PerCent::Low);
    assert_eq!(per_cent(0, 50), PerCent::Whole(0));
    assert_eq!(per_cent(7, 9), PerCent::Whole(78));
    assert_eq!(per_cent(0, 0), PerCent::NoBase);
    assert_eq!(per_cent(u64::MAX / 2, u64::MAX), PerCent::Whole(50), "no overflow");
}

#[test]
fn easy_read_is_combined_downwards_with_dont_know_outside_every_base() {
    let scale = agree5(Comparability::Collapsible);
    let subject = subject(&scale);
    let easy = [("yes", 18), ("not_sure", 6), ("no", 9), (DONT_KNOW, 4)];
    let standard = STANDARD.iter().map(|(code, n, _)| (*code, *n)).chain([(DONT_KNOW, 10)]);
    let mut people: Vec<(u16, u16)> = Vec::new();
    for (group, (code, n)) in standard.map(|one| (0, one)).chain(easy.map(|one| (1, one))) {
        let code = scale.choices.iter().position(|choice| choice.code == code).unwrap();
        people.extend(std::iter::repeat_n((group, u16::try_from(code).unwrap()), usize::try_from(n).unwrap()));
    }
    let mark = |row: usize| Mark::Codes(std::slice::from_ref(&people[row].1));
    let counts = tabulate(&subject, 2, 0..people.len(), mark, |row| std::slice::from_ref(&people[row].0));
    let all = tabulate(&subject, 1, 0..people.len(), mark, |_| &[0]).remove(0);
    assert_eq!([counts[0].base(&subject), counts[1].base(&subject), all.base(&subject)], [400, 33, 433]);
    assert_eq!(all.columns, [218, 36, 179, 14]);
    let tenths = |counts: &Counts| -> Vec<u64> {
        let base = counts.base(&subject);
        counts.columns[..3].iter().map(|n| (2000 * n + base) / (2 * base)).collect()
    };
    assert_eq!(tenths(&counts[0]), [500, 75, 425]);
    assert_eq!(tenths(&counts[1]), [545, 182, 273]);
    assert_eq!(tenths(&all), [503, 83, 413]);
}

#[test]
fn a_scale_marked_as_different_is_refused() {
    assert_eq!(combine(&agree5(Comparability::Different), &["sa"]), Err(CannotCombine::Different));
}

#[test]
fn a_choice_without_a_class_is_refused_rather_than_guessed() {
    let mut scale = agree5(Comparability::Collapsible);
    scale.choices[1].collapses_to = None;
    assert_eq!(combine(&scale, &["sa", "ta"]), Err(CannotCombine::NoClass("ta".to_owned())));
    scale.choices[1].collapses_to = Some("maybe".to_owned());
    assert_eq!(combine(&scale, &["sa", "ta"]), Err(CannotCombine::UnknownClass("ta".to_owned())));
}

#[test]
fn not_sure_without_a_class_stays_with_dont_know() {
    let mut scale = agree5(Comparability::Collapsible);
    scale.choices.iter_mut().find(|choice| choice.code == NOT_SURE).unwrap().collapses_to = None;
    let (columns, _) = combine(&scale, &[NOT_SURE]).unwrap();
    let outside: Vec<&str> = columns.iter().filter(|column| !column.in_base).map(|column| column.code.as_str()).collect();
    assert_eq!(outside, [NOT_SURE, DONT_KNOW]);
}

#[test]
fn the_same_scale_is_combined_directly() {
    let mut scale = agree5(Comparability::Same);
    scale.classes.clear();
    scale.choices.truncate(5);
    let (columns, fold) = combine(&scale, &["sd", "sa"]).unwrap();
    assert_eq!(columns.len(), 5);
    assert_eq!(fold, [Some(4), Some(0)]);
}

#[test]
fn five_points_are_told_apart_exactly() {
    assert!(five_points_apart((55, 100), (50, 100)));
    assert!(!five_points_apart((549, 1000), (50, 100)));
    assert!(!five_points_apart((1, 0), (50, 100)), "nobody differs from nobody");
}

#[test]
fn several_ticks_may_pass_a_hundred_and_the_base_is_people() {
    let columns: Vec<Column> = ["a", "b"].map(|code| Column { code: code.into(), label: code.into(), in_base: true }).to_vec();
    let subject = Subject {
        question: "q".into(),
        label: "Q".into(),
        many: true,
        reading: Reading::AsAsked,
        columns,
        codes: vec!["a".into(), "b".into()],
        fold: vec![Some(0), Some(1)],
        equality: false,
    };
    let ticks: [&[u16]; 3] = [&[0, 1], &[0], &[]];
    let mark = |row: usize| if row == 2 { Mark::State(State::PreferNot) } else { Mark::Codes(ticks[row]) };
    let counts = tabulate(&subject, 1, 0..3, mark, |_| &[0]).remove(0);
    assert_eq!((counts.columns.as_slice(), counts.base(&subject)), ([2, 1].as_slice(), 2));
    assert_eq!(counts.states, [2, 1, 0, 0, 0, 0], "prefer not to say stands apart");
    assert_eq!([per_cent(2, 2), per_cent(1, 2)], [PerCent::Whole(100), PerCent::Whole(50)]);
}

proptest! {
    #[test]
    fn a_net_counts_people_once(ticks in prop::collection::vec(prop::collection::btree_set(0_u16..6, 0..5), 0..60)) {
        let rows: Vec<Vec<u16>> = ticks.iter().map(|set| set.iter().copied().collect()).collect();
        let marks = || rows.iter().map(|row| if row.is_empty() { Mark::State(State::Blank) } else { Mark::Codes(row) });
        let members = [1, 3, 4];
        let whole = net(marks(), &members);
        let children: Vec<u64> = members.iter().map(|member| net(marks(), &[*member])).collect();
        prop_assert!(whole <= children.iter().sum::<u64>());
        prop_assert!(whole >= children.iter().copied().max().unwrap_or_default());
        prop_assert!(whole <= net(marks(), &[0, 1, 2, 3, 4, 5]), "never more than answered");
    }

    #[test]
    fn a_percentage_is_within_half_a_point_of_the_truth(count in 0_u64..100_000, more in 0_u64..100_000) {
        let base = count + more;
        match per_cent(count, base) {
            PerCent::Whole(whole) => prop_assert!((200 * count).abs_diff(2 * whole * base) <= base),
            PerCent::Low => prop_assert!(count > 0 && 200 * count < base),
            PerCent::NoBase => prop_assert_eq!(base, 0),
        }
    }

    #[test]
    fn choices_and_states_add_up_to_the_responses(rows in prop::collection::vec((0_u16..9, 0_u16..3), 0..80)) {
        let subject = subject(&agree5(Comparability::Collapsible));
        let states = [State::Blank, State::NotAsked, State::Illegible, State::Spoiled, State::PreferNot];
        let mark = |row: usize| match rows[row] {
            (code, 0) => Mark::State(states[usize::from(code) % 5]),
            _ => Mark::Codes(std::slice::from_ref(&rows[row].0)),
        };
        let counts = tabulate(&subject, 3, 0..rows.len(), mark, |row| std::slice::from_ref(&rows[row].1));
        for group in &counts {
            prop_assert_eq!(group.states.iter().sum::<u64>(), group.responses);
            prop_assert_eq!(group.columns.iter().sum::<u64>(), group.states[0]);
            prop_assert_eq!(group.base(&subject) + group.columns[3], group.states[0], "don't know is outside the base");
        }
        prop_assert_eq!(counts.iter().map(|group| group.responses).sum::<u64>(), rows.len() as u64);
    }
}
