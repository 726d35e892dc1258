//! Themed results: how many answers have each theme and each net, on the answers that a person has coded; by who answered.
//!
//! Only what persons put there counts (rule R72). The tables are exact: [`crate::domain::disclosure`] comes before anybody sees them.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::coding::{Own, is_coded};
use super::dataset::Dataset;
use super::tables::of_rows;
use crate::domain::answer::State;
use crate::domain::codeframe::{Codeframe, Entry, Fate, Level};
use crate::domain::coding::Coding;
use crate::domain::disclosure::Run;
use crate::domain::tabulate::{Column, Mark, Reading, Subject};

/// The columns: each net with its themes, then the themes in none, the standing codes last. A theme that has ended is among them
/// as long as anything is coded to it.
fn columns(frame: &Codeframe, used: &BTreeSet<Uuid>) -> Vec<(Uuid, String)> {
    let counted = |entry: &&Entry| {
        let stays = !matches!(entry.fate, Fate::MergedInto(_));
        entry.level == Level::Theme && stays && (entry.fate == Fate::InUse || used.contains(&entry.id))
    };
    let themes: Vec<&Entry> = frame.entries.iter().filter(counted).collect();
    let nets: Vec<&Entry> = frame.entries.iter().filter(|entry| entry.level == Level::Net).collect();
    let mut columns = Vec::new();
    for net in &nets {
        let within: Vec<&&Entry> = themes.iter().filter(|theme| theme.net == Some(net.id)).collect();
        // A net of one theme would say the same twice.
        if within.len() > 1 {
            columns.push((net.id, format!("{} (net)", net.wording.name)));
        }
        columns.extend(within.iter().map(|theme| (theme.id, theme.wording.name.clone())));
    }
    let known: BTreeSet<Uuid> = nets.iter().map(|net| net.id).collect();
    let free = themes.iter().filter(|theme| theme.net.is_none_or(|net| !known.contains(&net)));
    columns.extend(free.map(|theme| (theme.id, theme.wording.name.clone())));
    columns
}

/// The exact tables: everybody, and by each of these breakdowns. What nobody has coded yet is in none of them.
#[must_use]
pub fn run(
    dataset: &Dataset,
    (question, label): (&str, &str),
    answers: &[Own],
    (frame, codings): (&Codeframe, &BTreeMap<Uuid, Coding>),
    breakdowns: &[String],
) -> Run {
    let themes_of = |coding: &Coding| coding.applied.keys().map(|mark| frame.reads_as(mark.theme)).collect::<BTreeSet<Uuid>>();
    let coded: BTreeMap<usize, BTreeSet<Uuid>> = answers
        .iter()
        .filter_map(|own| {
            codings.get(&own.response_id).filter(|coding| is_coded(coding)).map(|coding| (own.row, themes_of(coding)))
        })
        .collect();
    let columns = columns(frame, &coded.values().flatten().copied().collect());
    let place = |id: Uuid| columns.iter().position(|(column, _)| *column == id).and_then(|place| u16::try_from(place).ok());
    let marks: BTreeMap<usize, Vec<u16>> = coded
        .iter()
        .map(|(row, themes)| {
            let nets = themes.iter().filter_map(|theme| frame.entry(*theme)?.net).collect::<BTreeSet<Uuid>>();
            (*row, themes.iter().chain(&nets).filter_map(|id| place(*id)).collect())
        })
        .collect();
    let uncoded: BTreeSet<usize> = answers.iter().map(|own| own.row).filter(|row| !marks.contains_key(row)).collect();
    let state = |row: usize| match dataset.variable(question).map_or(State::NotAsked, |variable| variable.state(row)) {
        // Nothing but blanks is no answer.
        State::Answered => State::Blank,
        state => state,
    };
    let rows: Vec<usize> = (0..dataset.rows.len()).filter(|row| !uncoded.contains(row)).collect();
    let subject = Subject {
        question: format!("{question}@themes"),
        label: label.to_owned(),
        many: true,
        reading: Reading::AsAsked,
        columns: columns.iter().map(|(id, name)| Column { code: id.to_string(), label: name.clone(), in_base: true }).collect(),
        codes: columns.iter().map(|(id, _)| id.to_string()).collect(),
        fold: (0..columns.len()).map(|column| u16::try_from(column).ok()).collect(),
        equality: false,
    };
    of_rows(dataset, &subject, breakdowns, &rows, |row| {
        marks.get(&row).map_or(Mark::State(state(row)), |codes| Mark::Codes(codes))
    })
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use proptest::prelude::*;

    use super::super::coding::{answers, shares};
    use super::super::sample;
    use super::*;
    use crate::domain::codeframe::{self, Change, Scope, Wording};
    use crate::domain::coding::{Act, Coder, Event, Stance};
    use crate::domain::submission::Channel;
    use crate::domain::wording::Edition;

    const QUESTION: &str = "bridge_why";

    fn dataset() -> Dataset {
        let said = |number: u128| {
            let words = if number.is_multiple_of(5) { "council_area=north" } else { "council_area=south bridge_why=I_like_it" };
            sample::revision(number, Edition::Standard, Channel::Online, 2, words)
        };
        Dataset::new(&sample::consultation(), sample::forms(), (1..40).map(said), &[], sample::as_of())
    }

    fn noon() -> DateTime<Utc> {
        sample::at("2022-12-20T12:00:00Z")
    }

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    /// A net with two themes, and a theme in none.
    fn frame() -> Codeframe {
        let made = |number: u128, level: Level, net: Option<u128>| Change::Create {
            id: id(number),
            level,
            net: net.map(id),
            wording: Wording { name: format!("Theme {number}"), ..Wording::default() },
            standing: None,
        };
        let changes = [
            made(1, Level::Net, None),
            made(2, Level::Theme, Some(1)),
            made(3, Level::Theme, Some(1)),
            made(4, Level::Theme, None),
        ];
        let event = |(version, change)| codeframe::Event { version, by: id(9), at: noon(), change, why: String::new() };
        let events: Vec<codeframe::Event> = (1..).zip(changes).map(event).collect();
        Codeframe::of(Scope::Crosscutting, &events, u32::MAX).unwrap()
    }

    fn event(version: u32, by: Coder, act: Act) -> Event {
        Event { version, by, at: noon(), frame: 4, act, together: None }
    }

    fn mark(theme: u128) -> crate::domain::coding::Mark {
        crate::domain::coding::Mark { theme: id(theme), span: None }
    }

    /// What a person does at one answer: themes, or nothing to code.
    fn by_person() -> impl Strategy<Value = Vec<Act>> {
        let apply = (2_u128..5).prop_map(|theme| Act::Apply { mark: mark(theme), stance: Some(Stance::For) });
        prop_oneof![Just(Vec::new()), Just(vec![Act::Looked]), prop::collection::vec(apply, 1..4)]
    }

    /// What a machine suggests there, and which of it a person turns down.
    fn by_machine() -> impl Strategy<Value = Vec<(u128, u16, bool)>> {
        prop::collection::vec((2_u128..5, 0_u16..1000, any::<bool>()), 0..4)
    }

    fn tables(dataset: &Dataset, codings: &BTreeMap<Uuid, Coding>) -> Run {
        let breakdowns = ["edition", "channel", "council_area", "age"].map(str::to_owned);
        run(dataset, (QUESTION, "Why?"), &answers(dataset, QUESTION), (&frame(), codings), &breakdowns)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Rule R72: whatever is suggested, and whatever of it is turned down, no published count is another.
        #[test]
        fn no_suggestion_that_nobody_took_over_changes_a_count(
            all in prop::collection::vec((by_person(), by_machine()), 31),
        ) {
            let dataset = dataset();
            let own = answers(&dataset, QUESTION);
            let (mut alone, mut with) = (BTreeMap::new(), BTreeMap::new());
            let (ann, model) = (Coder::Person { id: id(100) }, Coder::Model { name: "words".to_owned(), version: "1".to_owned() });
            for (own, (acts, suggested)) in own.iter().zip(&all) {
                let persons: Vec<Event> = (1..).zip(acts).map(|(version, act)| event(version, ann.clone(), act.clone())).collect();
                let mut log: Vec<Event> = Vec::new();
                for (number, (theme, confidence, _)) in (500..).zip(suggested) {
                    let (suggestion, confidence) = (id(number), *confidence);
                    log.push(event(0, model.clone(), Act::Suggest { suggestion, mark: mark(*theme), confidence, because: Vec::new() }));
                }
                log.extend(persons.clone());
                for (number, (.., rejected)) in (500..).zip(suggested) {
                    if *rejected {
                        log.push(event(99, ann.clone(), Act::Reject { suggestion: id(number) }));
                    }
                }
                alone.insert(own.response_id, Coding::of(&persons));
                with.insert(own.response_id, Coding::of(&log));
            }
            prop_assert_eq!(tables(&dataset, &with), tables(&dataset, &alone));
            prop_assert_eq!(shares(&own, &[], &with), shares(&own, &[], &alone));
        }
    }

    #[test]
    fn an_answer_counts_once_in_a_net_and_those_nobody_coded_are_in_no_base() {
        let dataset = dataset();
        let own = answers(&dataset, QUESTION);
        let coded = |acts: &[Act]| {
            let events: Vec<Event> =
                (1..).zip(acts).map(|(version, act)| event(version, Coder::Person { id: id(100) }, act.clone())).collect();
            Coding::of(&events)
        };
        let apply = |theme| Act::Apply { mark: mark(theme), stance: None };
        let codings = BTreeMap::from([
            (own[0].response_id, coded(&[apply(2), apply(3)])),
            (own[1].response_id, coded(&[apply(2)])),
            (own[2].response_id, coded(&[Act::Looked])),
        ]);
        let run = tables(&dataset, &codings);
        let whole = &run.tables[0];
        let labels: Vec<&str> = whole.subject.columns.iter().map(|column| column.label.as_str()).collect();
        assert_eq!(labels, ["Theme 1 (net)", "Theme 2", "Theme 3", "Theme 4"]);
        assert_eq!((whole.counts[0].columns.as_slice(), whole.counts[0].states[0]), ([2, 2, 1, 0].as_slice(), 3));
        assert_eq!(whole.counts[0].responses, 3 + 7, "three coded answers, and seven who wrote nothing");
    }
}
