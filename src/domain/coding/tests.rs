//! What must hold of codings whoever codes.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::domain::codeframe::{self, Change, Codeframe, Level, Scope, Wording};

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn frame_events(more: &[Change]) -> Vec<codeframe::Event> {
    let wording = |name: &str| Wording { name: name.to_owned(), ..Wording::default() };
    let theme = |number: u128, name: &str| Change::Create {
        id: id(number),
        level: Level::Theme,
        net: Some(id(1)),
        wording: wording(name),
        standing: None,
    };
    let net = Change::Create { id: id(1), level: Level::Net, net: None, wording: wording("Travel"), standing: None };
    let changes = [net, theme(2, "Time"), theme(3, "Cost"), theme(4, "Parking")].into_iter().chain(more.iter().cloned());
    let event = |(version, change)| codeframe::Event { version, by: id(9), at: noon(), change, why: String::new() };
    (1..).zip(changes).map(event).collect()
}

fn frame(more: &[Change]) -> Codeframe {
    Codeframe::of(Scope::Crosscutting, &frame_events(more), u32::MAX).unwrap()
}

fn noon() -> DateTime<Utc> {
    "2022-12-20T12:00:00Z".parse().unwrap()
}

fn mark(theme: u128) -> Mark {
    Mark { theme: id(theme), span: None }
}

fn apply(theme: u128) -> Act {
    Act::Apply { mark: mark(theme), stance: None }
}

fn ann() -> Coder {
    Coder::Person { id: id(100) }
}

fn bo() -> Coder {
    Coder::Person { id: id(200) }
}

fn model() -> Coder {
    Coder::Model { name: "words".to_owned(), version: "1".to_owned() }
}

fn suggest(number: u128, theme: u128) -> Act {
    Act::Suggest { suggestion: id(number), mark: mark(theme), confidence: 900, because: vec!["bus".to_owned()] }
}

fn event(by: Coder, act: Act) -> Event {
    Event { version: 0, by, at: noon(), frame: 0, act, together: None }
}

/// The log of one answer of twenty code points.
#[derive(Default)]
struct Log(Vec<Event>);

impl Log {
    fn seen(&mut self, seen: u32, by: Coder, act: Act) -> Result<Coding, CannotCode> {
        let (event, coding) = super::act(&self.0, &frame(&[]), 20, seen, event(by, act))?;
        self.0.push(event);
        Ok(coding)
    }

    fn try_to(&mut self, by: Coder, act: Act) -> Result<Coding, CannotCode> {
        let seen = u32::try_from(self.0.len()).unwrap();
        self.seen(seen, by, act)
    }

    fn make(&mut self, by: Coder, act: Act) -> Coding {
        self.try_to(by, act).unwrap()
    }
}

#[test]
fn two_who_code_at_once_keep_both_what_they_did() {
    let mut log = Log::default();
    log.seen(0, ann(), apply(2)).unwrap();
    let coding = log.seen(0, bo(), apply(3)).unwrap();
    assert_eq!(coding.applied.keys().map(|mark| mark.theme).collect::<Vec<_>>(), [id(2), id(3)]);
    let stale = log.seen(1, ann(), Act::Remove { mark: mark(3) });
    assert!(
        matches!(stale, Err(CannotCode::Changed(coding)) if coding.applied.len() == 2),
        "it was put there after Ann last looked"
    );
    log.make(ann(), Act::Note { text: "one".to_owned() });
    let coding = log.seen(0, bo(), Act::Note { text: "two".to_owned() }).unwrap();
    assert_eq!(coding.notes.len(), 2);
}

#[test]
fn settling_over_what_came_meanwhile_is_handed_back() {
    let mut log = Log::default();
    log.make(ann(), apply(2));
    log.make(bo(), apply(3));
    assert!(matches!(log.seen(1, ann(), Act::Settle { marks: vec![(mark(2), None)] }), Err(CannotCode::Changed(_))));
}

#[test]
fn a_suggestion_counts_only_once_a_person_took_it_over() {
    let mut log = Log::default();
    let coding = log.make(model(), suggest(50, 2));
    assert_eq!(counts(&frame(&[]), [&coding]), Counts::default());
    let coding = log.make(ann(), Act::Accept { suggestion: id(50), stance: Some(Stance::Against) });
    let counted = counts(&frame(&[]), [&coding]);
    assert_eq!((counted.themes[&id(2)], counted.stances[&(id(2), Stance::Against)], counted.read), (1, 1, 1));
    assert_eq!(coding.applied[&mark(2)].from, Some(id(50)), "and it is known where it came from");
    assert_eq!(log.try_to(bo(), Act::Reject { suggestion: id(50) }), Err(CannotCode::NotOpen));
    assert_eq!(log.try_to(model(), apply(3)), Err(CannotCode::OnlyAPerson));
    assert_eq!(log.try_to(ann(), suggest(51, 2)), Err(CannotCode::OnlyAMachine));
    assert_eq!(log.try_to(model(), suggest(50, 3)), Err(CannotCode::Taken));
}

#[test]
fn a_material_point_is_not_taken_back_without_a_reason_and_never_leaves_the_register() {
    let mut log = Log::default();
    let point = || Act::Flag { flag: Flag::Material, why: "A shuttle bus from the station".to_owned() };
    let without = |words: &str| Act::Unflag { flag: Flag::Material, why: words.to_owned() };
    assert_eq!(log.try_to(ann(), without("wrong answer")), Err(CannotCode::NotFlagged));
    assert!(log.make(ann(), point()).has(Flag::Material));
    assert_eq!(log.try_to(bo(), without(" ")), Err(CannotCode::NeedsWords));
    let coding = log.make(bo(), without("Made in full by another answer"));
    assert!(!coding.has(Flag::Material));
    assert_eq!(coding.register.len(), 2);
    assert!(log.make(ann(), point()).has(Flag::Material), "and can be set again");
    assert_eq!(log.try_to(ann(), Act::Flag { flag: Flag::Safeguarding, why: String::new() }), Err(CannotCode::NeedsWords));
}

#[test]
fn only_themes_in_use_and_parts_within_the_answer_are_marked() {
    let mut log = Log::default();
    let part = |start, end| Act::Apply { mark: Mark { theme: id(2), span: Some(Span { start, end }) }, stance: None };
    assert!(log.try_to(ann(), part(0, 20)).is_ok());
    assert_eq!(log.try_to(ann(), part(3, 3)), Err(CannotCode::Outside(3, 3)));
    assert_eq!(log.try_to(ann(), part(3, 21)), Err(CannotCode::Outside(3, 21)));
    assert_eq!(log.try_to(ann(), apply(1)), Err(CannotCode::NoSuchTheme), "a net");
    assert_eq!(log.try_to(ann(), apply(99)), Err(CannotCode::NoSuchTheme));
    assert_eq!(log.try_to(ann(), Act::Remove { mark: mark(3) }), Err(CannotCode::NotThere));
}

#[test]
fn an_answer_counts_once_in_a_theme_and_once_in_a_net() {
    let mut log = Log::default();
    let part = |start, stance| Act::Apply {
        mark: Mark { theme: id(2), span: Some(Span { start, end: start + 2 }) },
        stance: Some(stance),
    };
    log.make(ann(), part(0, Stance::For));
    log.make(ann(), part(5, Stance::Against));
    let coding = log.make(ann(), apply(3));
    let counted = counts(&frame(&[]), [&coding, &coding]);
    assert_eq!(counted.themes, BTreeMap::from([(id(2), 2), (id(3), 2)]));
    assert_eq!(counted.nets, BTreeMap::from([(id(1), 2)]));
    assert_eq!(counted.stances, BTreeMap::from([((id(2), Stance::Mixed), 2)]));
}

#[test]
fn after_a_merge_codings_count_for_the_theme_that_stayed_and_each_answer_once() {
    let mut log = Log::default();
    log.make(ann(), apply(2));
    let coding = log.make(ann(), apply(3));
    let merged = frame(&[Change::Merge { from: vec![id(3)], into: id(2) }]);
    assert_eq!(counts(&merged, [&coding]).themes, BTreeMap::from([(id(2), 1)]));
    let undone = frame(&[Change::Merge { from: vec![id(3)], into: id(2) }, Change::Undo { version: 5 }]);
    assert_eq!(counts(&undone, [&coding]).themes, BTreeMap::from([(id(2), 1), (id(3), 1)]));
}

#[test]
fn a_blind_coding_is_measured_and_does_not_count() {
    let mut log = Log::default();
    log.make(ann(), apply(2));
    log.make(bo(), Act::ApplyBlind { mark: mark(3) });
    assert_eq!(log.try_to(bo(), apply(2)), Err(CannotCode::NotBlind));
    assert_eq!(log.try_to(ann(), Act::ApplyBlind { mark: mark(3) }), Err(CannotCode::NotBlind));
    let coding = log.make(bo(), Act::EndBlind);
    assert_eq!(counts(&frame(&[]), [&coding]).themes, BTreeMap::from([(id(2), 1)]));
    let readings = |coding: &Coding| first_readings(&frame(&[]), [coding]).answers;
    let as_read = vec![vec![Some(BTreeSet::from([id(2)])), Some(BTreeSet::from([id(3)]))]];
    assert_eq!(readings(&coding), as_read);
    let settled = log.make(ann(), Act::Settle { marks: vec![(mark(3), None), (mark(4), None)] });
    assert_eq!(counts(&frame(&[]), [&settled]).themes, BTreeMap::from([(id(3), 1), (id(4), 1)]));
    assert_eq!(readings(&settled), as_read, "agreement is taken before anything was settled");
}

#[test]
fn repeats_are_coded_together_only_by_choice_and_parts_only_in_equal_texts() {
    let whole = event(ann(), apply(2));
    assert_eq!(to_repeat(&whole, "None.", "none", id(7)).unwrap().together, Some(id(7)));
    let part = event(ann(), Act::Apply { mark: Mark { theme: id(2), span: Some(Span { start: 0, end: 2 }) }, stance: None });
    assert!(to_repeat(&part, "None.", "none", id(7)).is_none());
    assert!(to_repeat(&part, "None.", "None.", id(7)).is_some());
    assert!(to_repeat(&event(ann(), Act::Note { text: "x".to_owned() }), "a", "a", id(7)).is_none());
    assert!(to_repeat(&event(model(), apply(2)), "a", "a", id(7)).is_none());
}

fn an_act() -> impl Strategy<Value = Act> {
    let a_mark = || {
        (1_u128..6, prop::option::of((0_usize..20, 1_usize..6))).prop_map(|(theme, span)| Mark {
            theme: id(theme),
            span: span.map(|(start, length)| Span { start, end: start + length }),
        })
    };
    let a_stance = || prop::option::of(prop::sample::select(vec![Stance::For, Stance::Against, Stance::Mixed]));
    prop_oneof![
        (a_mark(), a_stance()).prop_map(|(mark, stance)| Act::Apply { mark, stance }),
        a_mark().prop_map(|mark| Act::Remove { mark }),
        (50_u128..54, a_mark(), 0_u16..1000).prop_map(|(number, mark, confidence)| {
            Act::Suggest { suggestion: id(number), mark, confidence, because: Vec::new() }
        }),
        (50_u128..54, a_stance()).prop_map(|(number, stance)| Act::Accept { suggestion: id(number), stance }),
        (50_u128..54).prop_map(|number| Act::Reject { suggestion: id(number) }),
        Just(Act::Flag { flag: Flag::Material, why: "a point".to_owned() }),
        Just(Act::Unflag { flag: Flag::Material, why: "a reason".to_owned() }),
        Just(Act::Looked),
        a_mark().prop_map(|mark| Act::ApplyBlind { mark }),
        prop::collection::vec((a_mark(), a_stance()), 0..3).prop_map(|marks| Act::Settle { marks }),
    ]
}

fn a_person() -> impl Strategy<Value = Coder> {
    prop::sample::select(vec![ann(), bo()])
}

fn a_machine() -> impl Strategy<Value = Coder> {
    prop::sample::select(vec![model(), Coder::Rule { name: "list".to_owned(), version: "3".to_owned() }])
}

proptest! {
    /// Rule R72, and the constitution's twelfth: whatever machines do, at any moment and even past the door, no count changes.
    #[test]
    fn no_sequence_of_suggestions_changes_a_published_count(
        by_people in prop::collection::vec((a_person(), an_act()), 0..20),
        by_machines in prop::collection::vec((0_usize..20, a_machine(), an_act()), 0..20),
    ) {
        let mut log = Log::default();
        for (by, act) in by_people {
            // People who accept would need the suggestion; here they only do what they decide by themselves.
            let _may_be_refused = log.try_to(by, act);
        }
        let alone = Coding::of(&log.0);
        let mut mixed = log.0.clone();
        for (place, by, act) in by_machines {
            mixed.insert(place.min(mixed.len()), event(by, act));
        }
        let with_machines = Coding::of(&mixed);
        prop_assert_eq!(counts(&frame(&[]), [&with_machines]), counts(&frame(&[]), [&alone]));
        prop_assert_eq!(with_machines.register, alone.register);
        prop_assert_eq!(with_machines.looked_under, alone.looked_under);
    }

    #[test]
    fn whoever_is_let_through_finds_what_they_did(acts in prop::collection::vec((a_person(), an_act(), 0_u32..4), 1..30)) {
        let mut log = Log::default();
        for (by, act, behind) in acts {
            let before = Coding::of(&log.0);
            let seen = before.version.saturating_sub(behind);
            let Ok(after) = log.seen(seen, by, act.clone()) else {
                prop_assert_eq!(Coding::of(&log.0), before, "refused, and nothing changed");
                continue;
            };
            prop_assert_eq!(&Coding::of(&log.0), &after);
            prop_assert_eq!(after.version, before.version + 1);
            match act {
                Act::Apply { mark, .. } => {
                    prop_assert!(after.applied.contains_key(&mark));
                    prop_assert!(before.applied.keys().all(|mark| after.applied.contains_key(mark)), "nobody's theme is lost");
                }
                Act::Remove { mark } => prop_assert_eq!(before.applied.len(), after.applied.len() + usize::from(before.applied.contains_key(&mark))),
                _ => {}
            }
            prop_assert!(after.register.len() >= before.register.len());
        }
    }
}
