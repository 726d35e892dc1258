//! A small synthetic consultation for tests: two versions of one form, both editions, small enough to count by hand.

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::balance::HeldSummary;
use super::dataset::Dataset;
use crate::domain::answer::{Answers, Value};
use crate::domain::consultation::Consultation;
use crate::domain::form::FormVersion;
use crate::domain::response::Revision;
use crate::domain::submission::{Channel, Help, Origin};
use crate::domain::wording::Edition;

const CONSULTATION: &str = r#"
code = "bridge"
prefix = "BR"
title = { standard = "The bridge" }
summary = { standard = "A synthetic consultation for tests." }
owner = "Example Council"
form = "survey"
opens_on = "2022-10-31"
closes_on = "2022-12-19"
what = {}
why = {}
who_decides = {}
what_happens = {}
other_ways = {}
formats = {}
privacy = {}
contact = { email = "bridge@example.org" }
equality = ["age"]
"#;

const FORM: &str = r#"
consultation = "bridge"
form = "survey"
version = VERSION
title = { standard = "The bridge", easy_read = "The bridge" }

[[scale]]
code = "support5"
comparability = "collapsible"
class = [
  { code = "support", text = { standard = "Support" } },
  { code = "neither", text = { standard = "Neither" } },
  { code = "oppose", text = { standard = "Oppose" } },
]
choice = [
  { code = "strongly_support", text = { standard = "Strongly support" }, collapses_to = "support" },
  { code = "somewhat_support", text = { standard = "Somewhat support" }, collapses_to = "support" },
  { code = "support", text = { easy_read = "Yes" }, collapses_to = "support" },
  { code = "neither", text = { standard = "Neither", easy_read = "In the middle" }, collapses_to = "neither" },
  { code = "oppose", text = { standard = "Oppose", easy_read = "No" }, collapses_to = "oppose" },
  { code = "strongly_oppose", text = { standard = "Strongly oppose" }, collapses_to = "oppose" },
  { code = "dont_know", text = { easy_read = "I don't know" } },
]

[areas]
question = "council_area"
group = [
  { code = "river", text = { standard = "River" }, holds = ["north", "south"] },
  { code = "hill", text = { standard = "Hill" }, holds = ["east"] },
]

[[section]]
key = "you"
title = { standard = "You" }

[[section.question]]
key = "council_area"
kind = "choose_one"
text = { standard = "Where do you live?", easy_read = "Where do you live?" }
choice = [
  { code = "north", text = { standard = "North", easy_read = "North" } },
  { code = "south", text = { standard = "South", easy_read = "South" } },
  { code = "east", text = { standard = "East", easy_read = "East" } },
]

[[section.question]]
key = "relation"
kind = "choose_many"
text = { standard = "Which apply, if any?", easy_read = "Which is true?" }
choice = [
  { code = "user", text = { standard = "I cross it", easy_read = "I cross it" } },
  { code = "carer", text = { standard = "I care for someone who does", easy_read = "I help someone" } },
]

[[section.question]]
key = "bridge_support"
kind = "scale"
scale = "support5"
text = { standard = "Do you support the bridge?", easy_read = "Do you want the bridge?" }

[[section.question]]
key = "bridge_why"
kind = "free_text"
text = { standard = "Why?", easy_read = "Why?" }
MORE
[[section]]
key = "about"
title = { standard = "About you" }
after_sending = true

[[section.question]]
key = "age"
kind = "choose_one"
text = { standard = "How old are you?", easy_read = "How old are you?" }
choice = [
  { code = "under_40", text = { standard = "Under 40", easy_read = "Under 40" } },
  { code = "over_40", text = { standard = "40 or over", easy_read = "40 or more" } },
  { code = "over_90", text = { standard = "Over 90", easy_read = "Over 90" } },
  { code = "prefer_not", text = { standard = "Prefer not to say", easy_read = "I do not want to say" } },
]
"#;

const TOLL: &str = r#"
[[section.question]]
key = "toll"
kind = "choose_one"
text = { standard = "Should there be a toll?" }
choice = [{ code = "yes", text = { standard = "Yes" } }, { code = "no", text = { standard = "No" } }]
"#;

/// The consultation.
pub fn consultation() -> Consultation {
    toml::from_str(CONSULTATION).unwrap()
}

/// Version 1, and version 2, which also asks about a toll (in the standard edition only).
pub fn forms() -> Vec<Arc<FormVersion>> {
    let form = |version: u32, more: &str| {
        let text = FORM.replace("VERSION", &version.to_string()).replace("MORE", more);
        Arc::new(FormVersion::new(toml::from_str(&text).unwrap(), format!("digest-of-version-{version}")))
    };
    vec![form(1, ""), form(2, TOLL)]
}

/// An instant.
pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// The moment of the sample.
pub fn as_of() -> DateTime<Utc> {
    at("2022-12-20T09:00:00Z")
}

/// A first revision with these answers; `key=code` or `key=code+code`, separated by spaces.
pub fn revision(number: u128, edition: Edition, channel: Channel, version: u32, answers: &str) -> Revision {
    let id = Uuid::from_u128((0x0184_0000_0000_7000_8000 << 48) | number);
    let values = answers.split_whitespace().filter_map(|pair| pair.split_once('=')).map(|(key, value)| {
        let many = key == "relation";
        let codes = || value.split('+').map(str::to_owned).collect();
        (
            key.to_owned(),
            if many {
                Value::Codes(codes())
            } else {
                Value::Text(value.replace('_', if key == "bridge_why" { " " } else { "_" }))
            },
        )
    });
    Revision {
        response_id: id,
        revision_id: id,
        number: 1,
        withdrawn: false,
        reference: format!("BR-{number:04}"),
        form: "survey".to_owned(),
        form_version: version,
        edition,
        channel,
        answers: Answers { values: values.collect(), ..Answers::default() },
        findings: Vec::new(),
        help: (edition == Edition::EasyRead).then_some(Help::ReadToMe),
        quote_consent: Some(true),
        completed_on: None,
        posted_on: None,
        received_on: None,
        origin: Origin::default(),
        stored_at: at("2022-11-01T23:30:00Z") + Duration::minutes(i64::try_from(number).unwrap()),
        digest: format!("digest-of-{number}"),
        synthetic: true,
    }
}

/// How many of each; the whole sample in one place, so that the golden tables can be checked by hand.
const PEOPLE: [(u32, Edition, Channel, u32, &str); 18] = {
    use Channel::{FaceToFace, Online, Paper, Telephone};
    use Edition::{EasyRead, Standard};
    [
        (20, Standard, Online, 1, "council_area=north relation=user bridge_support=strongly_support age=under_40"),
        (12, Standard, Online, 2, "council_area=north relation=user+carer bridge_support=somewhat_support age=over_40 toll=no"),
        (5, Standard, Online, 2, "council_area=north bridge_support=oppose age=over_40 toll=yes"),
        (9, Standard, Paper, 1, "council_area=south relation=user bridge_support=strongly_oppose age=over_40"),
        (11, Standard, FaceToFace, 2, "council_area=south relation=carer bridge_support=oppose age=under_40 toll=no"),
        (6, Standard, Paper, 1, "council_area=south bridge_support=neither age=prefer_not"),
        (3, Standard, Online, 1, "council_area=east relation=carer bridge_support=strongly_oppose age=over_90"),
        (4, Standard, Online, 2, "council_area=east relation=user bridge_support=somewhat_support age=under_40 toll=yes"),
        (13, Standard, Telephone, 1, "council_area=east relation=user bridge_support=strongly_support age=over_40"),
        (2, Standard, Online, 1, "council_area=north bridge_support=neither"),
        (8, Standard, Online, 2, "bridge_support=somewhat_support age=over_40 toll=no"),
        (6, Standard, Online, 1, "bridge_support=oppose"),
        (2, Standard, Online, 2, "bridge_why=I_said_\"no\",_twice"),
        (10, EasyRead, Paper, 1, "council_area=north relation=user bridge_support=support age=under_40"),
        (6, EasyRead, Paper, 1, "council_area=south relation=carer bridge_support=oppose age=over_40"),
        (3, EasyRead, Online, 2, "council_area=east relation=user bridge_support=neither age=over_40"),
        (4, EasyRead, Online, 2, "council_area=north bridge_support=dont_know"),
        (1, EasyRead, Paper, 1, "council_area=south age=over_90"),
    ]
};

/// An answer that a spreadsheet would run.
pub const FORMULA: &str = "=HYPERLINK(\"https://example.org\",\"Look\")";

/// The revisions: 125 responses, of which one is corrected, one withdrawn, one has two ticks on the scale, one an age that
/// cannot be read, and one begins with what a spreadsheet takes for a formula.
pub fn revisions() -> Vec<Revision> {
    let mut all = Vec::new();
    for (count, edition, channel, version, answers) in PEOPLE {
        for _ in 0..count {
            all.push(revision(all.len() as u128 + 1, edition, channel, version, answers));
        }
    }
    let mut corrected = all[0].clone();
    (corrected.revision_id, corrected.number) = (Uuid::from_u128(1), 2);
    corrected.answers.values.insert("bridge_support".to_owned(), Value::Text("oppose".to_owned()));
    let mut withdrawn = all[1].clone();
    (withdrawn.revision_id, withdrawn.number, withdrawn.withdrawn) = (Uuid::from_u128(2), 2, true);
    let two_ticks = Value::Codes(vec!["oppose".to_owned(), "neither".to_owned()]);
    all[2].answers.values.remove("bridge_support");
    all[2].answers.spoiled.insert("bridge_support".to_owned(), Some(two_ticks));
    all[37].answers.values.remove("age");
    all[37].answers.illegible.push("age".to_owned());
    all[100].answers.values.insert("bridge_why".to_owned(), Value::Text(FORMULA.to_owned()));
    all.extend([corrected, withdrawn]);
    all
}

/// Two held as late on paper, and one that names no edition.
pub fn held() -> Vec<HeldSummary> {
    let late =
        HeldSummary { why: "late".to_owned(), channel: Channel::Paper, edition: Some(Edition::Standard), form_version: Some(1) };
    let conflict = HeldSummary { why: "conflict".to_owned(), channel: Channel::Online, edition: None, form_version: None };
    vec![late.clone(), late, conflict]
}

/// The sample as a dataset.
pub fn dataset() -> Dataset {
    Dataset::new(&consultation(), forms(), revisions(), &held(), as_of())
}
