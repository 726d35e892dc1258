//! What must hold of codeframes whatever is decided.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use proptest::prelude::*;

use super::*;

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn scope() -> Scope {
    Scope::Question("overall_why".to_owned())
}

fn wording(name: &str) -> Wording {
    Wording { name: name.to_owned(), ..Wording::default() }
}

fn create(number: u128, level: Level, net: Option<u128>, name: &str) -> Change {
    Change::Create { id: id(number), level, net: net.map(id), wording: wording(name), standing: None }
}

/// A log, each change made on top of the last.
#[derive(Default)]
struct Log(Vec<Event>);

impl Log {
    fn try_to(&mut self, change: Change) -> Result<Codeframe, CannotChange> {
        let at: DateTime<Utc> = "2022-12-20T09:00:00Z".parse().unwrap();
        let event = Event { version: 0, by: id(900), at, change, why: String::new() };
        let seen = u32::try_from(self.0.len()).unwrap();
        let (event, codeframe) = super::change(&self.0, &scope(), seen, event)?;
        self.0.push(event);
        Ok(codeframe)
    }

    fn make(&mut self, change: Change) -> Codeframe {
        self.try_to(change).unwrap()
    }

    /// A net with three themes.
    fn begun() -> Self {
        let mut log = Self::default();
        log.make(create(1, Level::Net, None, "Getting there"));
        log.make(create(2, Level::Theme, Some(1), "Travel time"));
        log.make(create(3, Level::Theme, Some(1), "Cost of travel"));
        log.make(create(4, Level::Theme, None, "Fairness"));
        log
    }
}

#[test]
fn a_theme_is_created_renamed_moved_merged_split_and_retired() {
    let mut log = Log::begun();
    log.make(Change::Reword { id: id(2), wording: wording("Journeys") });
    log.make(Change::Move { id: id(4), net: Some(id(1)) });
    let frame = log.make(Change::Merge { from: vec![id(3)], into: id(2) });
    assert_eq!(frame.reads_as(id(3)), id(2));
    assert_eq!(frame.themes().map(|theme| theme.wording.name.as_str()).collect::<Vec<_>>(), ["Journeys", "Fairness"]);
    log.make(create(5, Level::Theme, None, "Fair between places"));
    log.make(create(6, Level::Theme, None, "Fair between people"));
    let frame = log.make(Change::Split { id: id(4), into: vec![id(5), id(6)] });
    assert_eq!(frame.entry(id(4)).unwrap().fate, Fate::SplitInto(vec![id(5), id(6)]));
    let frame = log.make(Change::Retire { id: id(6) });
    assert_eq!(frame.entry(id(6)).unwrap().fate, Fate::Retired);
    assert_eq!(frame.within(id(1)), BTreeSet::from([id(2), id(3), id(4)]));
    assert_eq!(sources(&frame)[&id(2)], BTreeSet::from([id(2), id(3)]));
}

#[test]
fn undoing_is_an_event_and_can_itself_be_undone() {
    let mut log = Log::begun();
    log.make(Change::Merge { from: vec![id(3)], into: id(2) });
    let frame = log.make(Change::Undo { version: 5 });
    assert_eq!((frame.reads_as(id(3)), frame.version), (id(3), 6));
    let frame = log.make(Change::Undo { version: 6 });
    assert_eq!((frame.reads_as(id(3)), frame.version), (id(2), 7));
    assert_eq!(log.try_to(Change::Undo { version: 6 }), Err(CannotChange::NothingToUndo(6)), "it is undone already");
}

#[test]
fn what_later_changes_rest_on_cannot_be_undone_before_them() {
    let mut log = Log::begun();
    log.make(Change::Merge { from: vec![id(3)], into: id(2) });
    assert_eq!(log.try_to(Change::Undo { version: 2 }), Err(CannotChange::RestedOn(2)));
    log.make(Change::Undo { version: 5 });
    assert!(log.try_to(Change::Undo { version: 2 }).is_ok());
}

#[test]
fn two_people_who_change_at_once_do_not_overwrite_each_other() {
    let mut log = Log::begun();
    let stale = Event { version: 0, by: id(901), at: log.0[0].at, change: Change::Retire { id: id(2) }, why: String::new() };
    log.make(Change::Reword { id: id(2), wording: wording("Journeys") });
    assert_eq!(change(&log.0, &scope(), 4, stale).unwrap_err(), CannotChange::Stale { now: 5, then: 4 });
}

#[test]
fn every_mistake_is_told_apart() {
    let mut log = Log::begun();
    let mistakes = [
        (create(2, Level::Theme, None, "Else"), CannotChange::Taken(id(2))),
        (create(9, Level::Theme, None, "  "), CannotChange::Nameless),
        (create(9, Level::Theme, None, "travel  TIME"), CannotChange::SameName("Travel time".to_owned())),
        (create(9, Level::Theme, Some(2), "Else"), CannotChange::WrongLevel("Travel time".to_owned())),
        (create(9, Level::Net, Some(1), "Else"), CannotChange::WrongLevel("Getting there".to_owned())),
        (Change::Retire { id: id(1) }, CannotChange::NotEmpty("Getting there".to_owned())),
        (Change::Retire { id: id(9) }, CannotChange::Unknown(id(9))),
        (Change::Merge { from: vec![id(2)], into: id(2) }, CannotChange::Names),
        (Change::Merge { from: vec![id(2)], into: id(1) }, CannotChange::WrongLevel("Getting there".to_owned())),
        (Change::Split { id: id(2), into: vec![id(3)] }, CannotChange::Names),
        (Change::Undo { version: 9 }, CannotChange::NothingToUndo(9)),
        (Change::Undo { version: 0 }, CannotChange::NothingToUndo(0)),
    ];
    for (change, mistake) in mistakes {
        assert_eq!(log.try_to(change), Err(mistake));
    }
    log.make(Change::Retire { id: id(4) });
    assert_eq!(log.try_to(Change::Move { id: id(4), net: None }), Err(CannotChange::Ended("Fairness".to_owned())));
}

#[test]
fn a_standing_code_stays() {
    let mut log = Log::begun();
    let (standing, name, ..) = STANDING[0];
    log.make(Change::Create { id: id(50), level: Level::Theme, net: None, wording: wording(name), standing: Some(standing) });
    assert_eq!(log.try_to(Change::Retire { id: id(50) }), Err(CannotChange::Stands(name.to_owned())));
    assert_eq!(log.try_to(Change::Merge { from: vec![id(50)], into: id(2) }), Err(CannotChange::Stands(name.to_owned())));
}

#[test]
fn a_name_that_is_nearly_there_is_warned_of_and_another_is_not() {
    let frame = Log::begun().make(create(5, Level::Theme, None, "Waiting times for diagnosis"));
    let near =
        |name: &str| nearly_the_same(&frame, name, None).iter().map(|entry| entry.wording.name.clone()).collect::<Vec<_>>();
    for name in ["Travel times", "the time of travel", "Travel tiem", "traveling time"] {
        assert_eq!(near(name), ["Travel time"], "{name}");
    }
    assert_eq!(near("Diagnosis waiting time"), ["Waiting times for diagnosis"]);
    for name in ["Transport to hospital", "Cost", "Unfair to men", "Waiting rooms"] {
        assert!(near(name).is_empty(), "{name}: {:?}", near(name));
    }
    assert!(nearly_the_same(&frame, "Travel time", Some(id(2))).is_empty(), "not with itself");
}

#[test]
fn a_late_theme_sends_coders_back_to_what_was_coded_before_it() {
    let mut log = Log::begun();
    let late = log.make(create(5, Level::Theme, None, "Parking"));
    let (none, old) = (BTreeSet::new(), BTreeSet::from([id(2)]));
    let coded = [("a", 4, &old), ("b", 5, &none), ("c", 2, &none)];
    let list = recheck(&late, &log.0, coded.iter().map(|(answer, version, themes)| (answer, *version, *themes)));
    assert_eq!(list["a"], BTreeSet::from([Because::Late(id(5))]));
    assert_eq!(list["c"], BTreeSet::from([Because::Late(id(3)), Because::Late(id(4)), Because::Late(id(5))]));
    assert!(!list.contains_key("b"));
    let undone = log.make(Change::Undo { version: 5 });
    let list = recheck(&undone, &log.0, [(&"a", 4, &old)]);
    assert!(list.is_empty(), "undone, so nothing to look for");
}

#[test]
fn a_new_meaning_asks_for_a_second_look_and_a_new_name_does_not() {
    let mut log = Log::begun();
    let themes = BTreeSet::from([id(4)]);
    let renamed = log.make(Change::Reword { id: id(4), wording: wording("What is fair") });
    assert!(recheck(&renamed, &log.0, [(&1, 4, &themes)]).is_empty());
    let redefined = Wording { include: "Fair between places too".to_owned(), ..wording("What is fair") };
    let frame = log.make(Change::Reword { id: id(4), wording: redefined });
    assert_eq!(recheck(&frame, &log.0, [(&1, 4, &themes)])[&1], BTreeSet::from([Because::Redefined(id(4))]));
    log.make(create(5, Level::Theme, None, "One"));
    log.make(create(6, Level::Theme, None, "Two"));
    let frame = log.make(Change::Split { id: id(4), into: vec![id(5), id(6)] });
    let lists = recheck(&frame, &log.0, [(&1, 8, &themes), (&2, 8, &BTreeSet::new())]);
    assert_eq!(lists[&1], BTreeSet::from([Because::Split(id(4))]));
    assert!(!lists.contains_key(&2));
}

#[test]
fn themes_on_the_same_answers_are_pointed_out() {
    let answers = BTreeMap::from([
        (id(1), BTreeSet::from([1, 2, 3, 4])),
        (id(2), BTreeSet::from([1, 2, 3, 4, 5])),
        (id(3), BTreeSet::from([5, 6])),
        (id(4), BTreeSet::new()),
    ]);
    assert_eq!(overlaps(&answers), [Overlap { one: id(1), other: id(2), share: 0.8 }]);
}

/// Any change, often an impossible one.
fn a_change() -> impl Strategy<Value = Change> {
    let some = || (1_u128..9).prop_map(id);
    let named = prop::sample::select(vec!["Access", "Cost", "Fairness", "Parking", "Staff", "Time"]);
    prop_oneof![
        4 => (1_u128..9, any::<bool>(), prop::option::of(some()), named.clone()).prop_map(|(new, net, within, name)| {
            let level = if net { Level::Net } else { Level::Theme };
            Change::Create { id: id(new), level, net: within.filter(|_| !net), wording: wording(name), standing: None }
        }),
        1 => (some(), named).prop_map(|(id, name)| Change::Reword { id, wording: wording(name) }),
        1 => (some(), prop::option::of(some())).prop_map(|(id, net)| Change::Move { id, net }),
        1 => (prop::collection::vec(some(), 1..3), some()).prop_map(|(from, into)| Change::Merge { from, into }),
        1 => (some(), prop::collection::vec(some(), 2..4)).prop_map(|(id, into)| Change::Split { id, into }),
        1 => some().prop_map(|id| Change::Retire { id }),
        2 => (1_u32..20).prop_map(|version| Change::Undo { version }),
    ]
}

proptest! {
    #[test]
    fn the_state_is_the_fold_and_every_version_can_be_had_again(changes in prop::collection::vec(a_change(), 0..40)) {
        let mut log = Log::default();
        let mut states = vec![Codeframe::empty(scope())];
        for change in changes {
            if let Ok(state) = log.try_to(change) {
                states.push(state);
            }
        }
        for (version, state) in states.iter().enumerate() {
            prop_assert_eq!(&Codeframe::of(scope(), &log.0, u32::try_from(version).unwrap()).unwrap(), state);
            let names: Vec<_> = state.themes().map(|theme| theme.wording.name.to_lowercase()).collect();
            prop_assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "no name twice");
            prop_assert!(state.entries.iter().all(|entry| {
                let ends = state.reads_as(entry.id);
                !matches!(state.entry(ends).unwrap().fate, Fate::MergedInto(_))
            }), "every coding means a theme that was not merged away");
            prop_assert!(state.themes().all(|theme| theme.net.is_none_or(|net| state.nets().any(|it| it.id == net))), "nets are in use");
        }
    }

    #[test]
    fn undoing_the_last_change_gives_what_was_before(changes in prop::collection::vec(a_change(), 1..30)) {
        let mut log = Log::default();
        let mut before = Codeframe::empty(scope());
        for change in changes {
            let Ok(after) = log.try_to(change) else { continue };
            let version = after.version;
            let mut undone = log.0.clone();
            let event = Event { version: 0, change: Change::Undo { version }, ..undone[0].clone() };
            let (event, state) = super::change(&undone, &scope(), version, event).unwrap();
            undone.push(event);
            let same = |state: &Codeframe| state.entries.clone();
            prop_assert_eq!(same(&state), same(&before));
            before = after;
        }
    }
}
