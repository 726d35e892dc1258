//! Evidence: faults field by field, lateness by the window of paper, counts that never mix units.

use chrono::Duration;
use proptest::prelude::*;

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn window() -> Window {
    Window {
        opens_at: "2022-10-30T23:00:00Z".parse().unwrap(),
        closes_at: "2022-12-20T00:00:00Z".parse().unwrap(),
        paper_until: "2022-12-30T00:00:00Z".parse().unwrap(),
        online_grace: Duration::minutes(60),
    }
}

fn item(kind: Kind, received: &str) -> Evidence {
    Evidence {
        kind,
        title: "Car parking".to_owned(),
        channel: kind.usual_channel(),
        received_on: day(received),
        written_on: None,
        posted_on: None,
        event: None,
        table: String::new(),
        sender: Sender::Individual,
        organisation: String::new(),
        signatures: None,
        presented: String::new(),
        respondents: None,
        wording: String::new(),
        text: "There is no bus.".to_owned(),
    }
}

fn fields(evidence: &Evidence) -> Vec<&'static str> {
    evidence.faults(day("2022-12-31")).iter().map(|fault| fault.field).collect()
}

#[test]
fn a_letter_is_late_or_not_by_the_window_of_paper_and_never_by_the_day_it_is_logged() {
    let logged = "2023-02-01T12:00:00Z".parse().unwrap();
    let timing = |received: &str, posted: Option<&str>, written: Option<&str>| {
        let letter = Evidence { posted_on: posted.map(day), written_on: written.map(day), ..item(Kind::Letter, received) };
        letter.timing(&window(), logged)
    };
    assert_eq!(timing("2022-12-19", None, None), Timing::InTime);
    assert_eq!(timing("2022-12-28", Some("2022-12-19"), None), Timing::InTime, "posted on the last day");
    assert_eq!(timing("2022-12-21", Some("2022-12-20"), None), Timing::Late);
    assert_eq!(timing("2022-12-30", Some("2022-12-19"), None), Timing::Late, "after the grace");
    assert_eq!(timing("2022-12-21", None, Some("2022-12-18")), Timing::InTime);
    assert_eq!(timing("2022-12-21", None, None), Timing::Unproven);
}

#[test]
fn what_came_before_the_first_day_is_in_time() {
    let early = item(Kind::Letter, "2022-10-01");
    assert_eq!(early.timing(&window(), "2022-10-01T12:00:00Z".parse().unwrap()), Timing::InTime);
}

#[test]
fn a_petition_needs_its_words_and_its_signatures_and_nothing_more() {
    let bare = Evidence { text: String::new(), ..item(Kind::Petition, "2022-12-01") };
    assert_eq!(fields(&bare), ["claimed", "wording"]);
    let signatures = Signatures { claimed: 100, verified: Some(101), local: Some(102) };
    let petition = Evidence { signatures: Some(signatures), wording: "Keep it open.".to_owned(), ..bare };
    assert_eq!(fields(&petition), ["verified", "local"]);
    let signatures = Signatures { claimed: 100, verified: Some(90), local: Some(80) };
    assert!(fields(&Evidence { signatures: Some(signatures), ..petition }).is_empty());
}

#[test]
fn a_partner_survey_names_its_organisation_and_keeps_its_own_questions() {
    let survey = item(Kind::PartnerSurvey, "2022-12-01");
    assert_eq!(fields(&survey), ["sender", "wording"]);
    let named = Evidence { sender: Sender::Organisation, wording: "Do you like it?".to_owned(), ..survey };
    assert_eq!(fields(&named), ["organisation"]);
    assert!(fields(&Evidence { organisation: "Example Healthwatch".to_owned(), ..named }).is_empty());
}

#[test]
fn a_name_is_asked_for_only_of_an_organisation() {
    let named = Evidence { organisation: "Somebody".to_owned(), ..item(Kind::Letter, "2022-12-01") };
    assert_eq!(fields(&named), ["organisation"]);
}

#[test]
fn dates_that_cannot_be_are_told_one_by_one() {
    let letter =
        Evidence { written_on: Some(day("2023-01-02")), posted_on: Some(day("2023-01-03")), ..item(Kind::Letter, "2023-01-01") };
    assert_eq!(fields(&letter), ["received_on", "written_on", "posted_on"]);
}

#[test]
fn every_code_leads_back() {
    assert!(Kind::ALL.into_iter().all(|kind| Kind::from_code(kind.code()) == Some(kind)));
    assert!(Sender::ALL.into_iter().all(|sender| Sender::from_code(sender.code()) == Some(sender)));
}

fn any_item() -> impl Strategy<Value = (Kind, Option<Timing>)> {
    let timing = prop_oneof![Just(None), Just(Some(Timing::InTime)), Just(Some(Timing::Late)), Just(Some(Timing::Unproven))];
    (prop::sample::select(Kind::ALL.to_vec()), timing)
}

proptest! {
    #[test]
    fn what_is_logged_is_what_is_counted_and_what_is_not_kind_by_kind(items in prop::collection::vec(any_item(), 0..60)) {
        let counts = count(items.clone());
        for kind in Kind::ALL {
            let those = items.iter().filter(|(of, _)| *of == kind).count() as u64;
            let found = counts.iter().find(|count| count.kind == kind).map_or(0, Count::logged);
            prop_assert_eq!(found, those);
        }
    }
}
