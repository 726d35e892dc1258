//! What somebody typed about an item of evidence, read into the item or into what is wrong with it.

use chrono::NaiveDate;

use super::posted::Fields;
use crate::domain::day;
use crate::domain::event::Event;
use crate::domain::evidence::{Evidence, Fault, Kind, Sender, Signatures};
use crate::domain::submission::Channel;
use crate::web::staff::page::Wrong;

/// The item, with everything that is wrong, in the order of the page.
pub fn read(fields: &Fields, events: &[Event], today: NaiveDate) -> (Evidence, Vec<Wrong>) {
    let mut faults = Vec::new();
    let text = |name: &str| fields.get(name).cloned().unwrap_or_default();
    let kind = Kind::from_code(&text("kind"));
    if kind.is_none() {
        faults.push(Fault::new("kind", "Choose what it is."));
    }
    let kind = kind.unwrap_or_default();
    let mut read_day = |name: &'static str| match text(name) {
        blank if blank.is_empty() => None,
        typed => {
            let read = day::typed(&typed);
            if read.is_none() {
                faults.push(Fault::new(name, NOT_A_DAY));
            }
            read
        }
    };
    let (received_on, written_on, posted_on) = (read_day("received_on"), read_day("written_on"), read_day("posted_on"));
    if received_on.is_none() && text("received_on").is_empty() {
        faults.push(Fault::new("received_on", "Say when it reached us as day, month, year, such as 14/12/2022."));
    }
    let mut number = |name: &'static str| match text(name).replace([',', ' '], "") {
        blank if blank.is_empty() => None,
        typed => typed.parse::<u32>().map_err(|_no| faults.push(Fault::new(name, "Give a whole number, such as 1204."))).ok(),
    };
    let (claimed, verified, local, respondents) = (number("claimed"), number("verified"), number("local"), number("respondents"));
    let event = Some(text("event")).filter(|code| !code.is_empty());
    if event.as_ref().is_some_and(|code| !events.iter().any(|event| event.code == *code)) {
        faults.push(Fault::new("event", "Choose one of the events, or none."));
    }
    let sender = Sender::from_code(&text("sender"));
    if sender.is_none() {
        faults.push(Fault::new("sender", "Choose who speaks in it."));
    }
    let is_petition = kind == Kind::Petition;
    let evidence = Evidence {
        kind,
        title: text("title"),
        channel: Channel::from_code(&text("channel")).unwrap_or(kind.usual_channel()),
        received_on: received_on.unwrap_or(today),
        written_on,
        posted_on,
        event,
        table: text("table"),
        sender: sender.unwrap_or_default(),
        organisation: text("organisation"),
        signatures: is_petition.then(|| Signatures { claimed: claimed.unwrap_or_default(), verified, local }),
        presented: if is_petition { text("presented") } else { String::new() },
        respondents: respondents.filter(|_| kind == Kind::PartnerSurvey),
        wording: if matches!(kind, Kind::Petition | Kind::PartnerSurvey) { text("wording") } else { String::new() },
        text: text("text"),
    };
    faults.extend(evidence.faults(today));
    (evidence, in_order(&faults))
}

const NOT_A_DAY: &str = "Give a day as day, month, year, such as 14/12/2022.";

/// The fields in the order of the page; of several things wrong with one field the first is told.
const ORDER: [&str; 17] = [
    "kind",
    "title",
    "received_on",
    "written_on",
    "posted_on",
    "channel",
    "sender",
    "organisation",
    "event",
    "table",
    "claimed",
    "verified",
    "local",
    "presented",
    "respondents",
    "wording",
    "text",
];

fn in_order(faults: &[Fault]) -> Vec<Wrong> {
    let first = |field: &&str| faults.iter().find(|fault| fault.field == *field);
    ORDER.iter().filter_map(first).map(|fault| Wrong::new(fault.field, fault.what_to_do.clone())).collect()
}

/// An item as the fields that would be typed for it.
pub fn fields(evidence: &Evidence) -> Fields {
    let day = |day: Option<NaiveDate>| day.map(day::as_typed).unwrap_or_default();
    let number = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
    let signatures = evidence.signatures.clone().unwrap_or_default();
    [
        ("kind", evidence.kind.code().to_owned()),
        ("title", evidence.title.clone()),
        ("received_on", day::as_typed(evidence.received_on)),
        ("written_on", day(evidence.written_on)),
        ("posted_on", day(evidence.posted_on)),
        ("channel", evidence.channel.code().to_owned()),
        ("sender", evidence.sender.code().to_owned()),
        ("organisation", evidence.organisation.clone()),
        ("event", evidence.event.clone().unwrap_or_default()),
        ("table", evidence.table.clone()),
        ("claimed", number(Some(signatures.claimed).filter(|claimed| *claimed > 0))),
        ("verified", number(signatures.verified)),
        ("local", number(signatures.local)),
        ("presented", evidence.presented.clone()),
        ("respondents", number(evidence.respondents)),
        ("wording", evidence.wording.clone()),
        ("text", evidence.text.clone()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}
