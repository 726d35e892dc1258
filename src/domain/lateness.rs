//! How lateness was judged, in words: printed with every result, so that a reader knows what was counted, and why.

use chrono::{DateTime, Utc};

use super::consultation::{Consultation, Extension};
use super::day;
use super::window::london_day;
use super::wording::{DEFAULT_LANGUAGE, Edition};

/// The rules in force as of a moment, one sentence or two each (rules R13, R17 and R18). What was announced later is not
/// in them, so that a run as of the same moment always says the same.
#[must_use]
pub fn rules(consultation: &Consultation, as_of: DateTime<Utc>) -> Vec<String> {
    let today = london_day(as_of);
    let announced = || consultation.extensions.iter().filter(|extension| extension.announced_on <= today);
    let mut words = vec![format!(
        "Open from {} to {}, until midnight in London.",
        day::in_words(consultation.opens_on),
        day::in_words(consultation.closes_on)
    )];
    words.extend(announced().map(extended));
    words.push(format!(
        "Online counts when it was sent by the last day; those who had begun could finish for another {} minutes.",
        consultation.online_grace_minutes
    ));
    words.push(format!(
        "Paper, letters and interviews count when they were handed in, posted or dated by the last day and reached us within {} days \
         of it. The day they were keyed does not matter.",
        consultation.paper_grace_days
    ));
    words.push(
        "What came later is held as late, and what nothing proves to be in time is held as unproven, until a person decides with a \
         reason. The balance counts both."
            .to_owned(),
    );
    words
}

fn extended(extension: &Extension) -> String {
    let edition = match extension.edition {
        None => "",
        Some(Edition::Standard) => " for the standard edition",
        Some(Edition::EasyRead) => " for easy read",
    };
    format!(
        "Extended{edition} until {}, announced on {}: {}",
        day::in_words(extension.closes_on),
        day::in_words(extension.announced_on),
        extension.reason.show(Edition::Standard, DEFAULT_LANGUAGE)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::wording::Text;

    fn consultation() -> Consultation {
        let written = include_str!("../../forms/service-harmonisation/consultation.toml");
        let mut consultation: Consultation = toml::from_str(written).unwrap();
        let reason = Text([("standard".to_owned(), "The booklets were late.".to_owned())].into_iter().collect());
        consultation.extensions = vec![Extension {
            edition: Some(Edition::EasyRead),
            closes_on: "2022-12-23".parse().unwrap(),
            announced_on: "2022-12-05".parse().unwrap(),
            reason,
        }];
        consultation
    }

    #[test]
    fn an_extension_is_told_of_from_the_day_it_was_announced_and_no_sooner() {
        let told = |at: &str| rules(&consultation(), at.parse().unwrap()).join("\n");
        assert!(!told("2022-12-04T23:59:59Z").contains("Extended"));
        let after = told("2022-12-05T09:00:00Z");
        assert!(
            after
                .contains("Extended for easy read until 23 December 2022, announced on 5 December 2022: The booklets were late.")
        );
        assert!(after.contains("Open from 31 October 2022 to 19 December 2022") && after.contains("held as unproven"), "{after}");
    }
}
