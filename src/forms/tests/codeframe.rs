//! Tests of the codeframe's file: what is wrong with it, and that those that come with the program can be begun with.

use std::collections::BTreeSet;

use chrono::DateTime;
use uuid::Uuid;

use super::*;
use crate::domain::codeframe::starting::begin;
use crate::domain::codeframe::{Codeframe, STANDING, Scope};
use crate::forms::Severity::{Error, Warning};
use crate::forms::shipped;

const FILE: &str = "bins/codeframe.toml";

const FRAME: &str = r#"about = "Heard before."

[[frame]]
question = "weekly_why"

[[frame.net]]
key = "getting_there"
name = "Getting there"
definition = "The way to the tip."

[[frame.theme]]
key = "travel_time"
net = "getting_there"
name = "Travel time"
definition = "How long it takes."

[[frame.theme]]
key = "noise"
name = "Noise"
definition = "How loud it is."
"#;

fn fault(from: &str, to: &str, at: &str, what: (Severity, &str), suggestion: &str) {
    file_fault(FILE, &with(FRAME, from, to), at, what, suggestion);
}

#[test]
fn a_codeframe_without_a_fault_is_read() {
    let folder = Folder::sample();
    folder.write(FILE, FRAME);
    assert_eq!(folder.report().faults, Vec::new());
    assert_eq!(folder.library().codeframe("bins").map(|starting| starting.frames.len()), Some(1));
}

#[test]
fn what_is_wrong_in_a_codeframe_is_told_at_its_line() {
    fault("weekly_why", "weekly_wy", "question =", (Error, "there is no question `weekly_wy`"), "weekly_why");
    fault("net = \"getting_there\"", "net = \"geting\"", "net = ", (Error, "there is no net `geting`"), "getting_there");
    fault("\"noise\"", "\"Noise\"", "\"Noise\"", (Error, "not in snake_case"), "`noise`");
    fault("key = \"noise\"", "key = \"travel_time\" # again", "# again", (Error, "is here twice"), "its own key");
    fault("name = \"Noise\"", "name = \"travel TIME\"", "[[frame]]", (Error, "is in use already"), "names");
    fault("name = \"Noise\"", "name = \"Travel times\"", "Travel times", (Warning, "nearly `Travel time`"), "sets them apart");
    fault("name = \"Getting there\"\n", "", "[[frame.net]]", (Error, "needs `name`"), "name =");
}

#[test]
fn the_frames_that_come_with_the_program_begin_codeframes_with_stable_ids() {
    let library = shipped();
    for (consultation, themes) in [("send-strategy", 10), ("service-harmonisation", 4)] {
        let starting = library.codeframe(consultation).unwrap();
        let frame = starting.of(&Scope::Crosscutting);
        assert_eq!(frame.themes.len(), themes, "{consultation}");
        assert!(frame.themes.iter().all(|theme| theme.source.starts_with("003:")), "where each was heard");
        let events = begin(consultation, &frame, Uuid::from_u128(1), DateTime::UNIX_EPOCH).unwrap();
        let codeframe = Codeframe::of(Scope::Crosscutting, &events, u32::MAX).unwrap();
        assert_eq!(codeframe.themes().count(), themes + STANDING.len());
        let again = begin(consultation, &frame, Uuid::from_u128(2), DateTime::UNIX_EPOCH).unwrap();
        let ids = |events: &[crate::domain::codeframe::Event]| {
            Codeframe::of(Scope::Crosscutting, events, u32::MAX)
                .unwrap()
                .entries
                .iter()
                .map(|entry| entry.id)
                .collect::<BTreeSet<_>>()
        };
        assert_eq!(ids(&events), ids(&again));
        let empty =
            begin(consultation, &starting.of(&Scope::Question("overall_why".to_owned())), Uuid::nil(), DateTime::UNIX_EPOCH)
                .unwrap();
        assert_eq!(empty.len(), STANDING.len());
        assert!(ids(&empty).is_disjoint(&ids(&events)), "each question has its own");
    }
}
