//! Consultations: what is consulted on, by whom, when it is open, and whether a submission may be received.

use chrono::{DateTime, Days, Duration, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Europe::London;
use serde::{Deserialize, Serialize};
use validator::Validate;

use super::submission::Channel;
use super::wording::{Information, Text};

/// A consultation as its owner wrote it: `forms/<code>/consultation.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Consultation {
    /// The stable code, in `kebab-case`; also its address.
    #[validate(length(min = 2, max = 60))]
    pub code: String,
    /// Two or three capitals that open every reference, such as `SH`.
    #[validate(length(min = 2, max = 4))]
    pub prefix: String,
    /// What it is called.
    pub title: Text,
    /// One sentence for the list of consultations.
    pub summary: Text,
    /// Who asks, in full.
    #[validate(length(min = 1))]
    pub owner: String,
    /// Look of the pages: `neutral`, `council` or `nhs`.
    #[serde(default)]
    pub theme: Theme,
    /// The code of the form that residents fill in.
    pub form: String,
    /// The first day.
    pub opens_on: NaiveDate,
    /// The last day; it ends at midnight in London.
    pub closes_on: NaiveDate,
    /// Later last days, in the order they were announced (rule R13).
    #[serde(default, rename = "extension", skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<Extension>,
    /// The day of the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decides_on: Option<NaiveDate>,
    /// The day the change would take effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect_on: Option<NaiveDate>,
    /// Days after closing within which paper posted in time may still arrive (rule R18).
    #[serde(default = "ten")]
    pub paper_grace_days: u64,
    /// Minutes after closing within which a person who had begun may finish (rule R18).
    #[serde(default = "sixty")]
    pub online_grace_minutes: i64,
    /// About how many minutes it takes, by edition.
    #[serde(default)]
    pub minutes: std::collections::BTreeMap<String, u32>,
    /// What it is about.
    pub what: Information,
    /// Why it is asked.
    pub why: Information,
    /// Who decides, and when.
    pub who_decides: Information,
    /// What happens to what people say.
    pub what_happens: Information,
    /// Other ways to answer.
    pub other_ways: Information,
    /// Other formats and how to get them.
    pub formats: Information,
    /// The privacy notice (rule R56).
    pub privacy: Information,
    /// How to reach the people who ask.
    #[validate(nested)]
    pub contact: Contact,
    /// Events where people can talk about it.
    #[serde(default, rename = "event", skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Gathering>,
    /// The small-number rules: `gp_patient_survey` or `nhs_1_7`.
    #[serde(default = "gpps")]
    pub disclosure: String,
    /// Fields whose tables follow the stricter rule for equality characteristics.
    #[serde(default)]
    pub equality: Vec<String>,
    /// Notes for the author; never shown to a resident.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// A later last day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    /// The new last day.
    pub closes_on: NaiveDate,
    /// When it was announced.
    pub announced_on: NaiveDate,
    /// Why.
    pub reason: Text,
}

/// How to reach the people who ask.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// An e-mail address.
    #[validate(email)]
    pub email: String,
    /// A telephone number.
    #[serde(default)]
    pub telephone: String,
    /// A postal address, one line each.
    #[serde(default)]
    pub post: Vec<String>,
}

/// An event open to the public.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gathering {
    /// The stable code.
    pub code: String,
    /// Its name.
    pub title: String,
    /// Where it is; "Online" for one without a place.
    pub place: String,
    /// When it is, in words.
    pub when: String,
    /// Its day.
    pub on: NaiveDate,
}

/// The look of the public pages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// Nobody's colours.
    #[default]
    Neutral,
    /// A council's.
    Council,
    /// The NHS's; only for NHS bodies.
    Nhs,
}

impl Theme {
    /// The code used in files and class names.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Council => "council",
            Self::Nhs => "nhs",
        }
    }
}

const fn ten() -> u64 {
    10
}

const fn sixty() -> i64 {
    60
}

fn gpps() -> String {
    "gp_patient_survey".to_owned()
}

/// Where a consultation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Not yet open.
    Draft,
    /// Anyone may answer.
    Open,
    /// The public form is shut; paper and devices may still hand in.
    Closing,
    /// Nothing more is counted.
    Closed,
}

impl Stage {
    /// The code used in JSON.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Open => "open",
            Self::Closing => "closing",
            Self::Closed => "closed",
        }
    }
}

/// The instants between which a consultation is open, and the grace after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first instant at which it is open.
    pub opens_at: DateTime<Utc>,
    /// The first instant at which it is no longer open.
    pub closes_at: DateTime<Utc>,
    /// The first instant at which paper posted in time no longer counts.
    pub paper_until: DateTime<Utc>,
    /// How long after closing a person who had begun may finish.
    pub online_grace: Duration,
}

/// The first instant of a day in London.
#[must_use]
pub fn london_midnight(day: NaiveDate) -> DateTime<Utc> {
    London
        .from_local_datetime(&day.and_time(NaiveTime::MIN))
        .earliest()
        .map_or_else(|| day.and_time(NaiveTime::MIN).and_utc(), |local| local.with_timezone(&Utc))
}

/// The day it is in London.
#[must_use]
pub fn london_day(instant: DateTime<Utc>) -> NaiveDate {
    instant.with_timezone(&London).date_naive()
}

impl Consultation {
    /// The last day in force: the latest extension's, else the one first announced.
    #[must_use]
    pub fn last_day(&self) -> NaiveDate {
        self.extensions.iter().map(|extension| extension.closes_on).fold(self.closes_on, NaiveDate::max)
    }

    /// The instants between which it is open.
    #[must_use]
    pub fn window(&self) -> Window {
        let after = self.last_day() + Days::new(1);
        Window {
            opens_at: london_midnight(self.opens_on),
            closes_at: london_midnight(after),
            paper_until: london_midnight(after + Days::new(self.paper_grace_days)),
            online_grace: Duration::minutes(self.online_grace_minutes),
        }
    }

    /// The same consultation with its dates moved so that it is open on `today`; used for demonstrations only.
    #[must_use]
    pub fn moved_to_be_open(mut self, today: NaiveDate) -> Self {
        let by = (today - self.opens_on).num_days() - (self.last_day() - self.opens_on).num_days() * 2 / 3;
        let moved = |day: NaiveDate| day + Duration::days(by);
        self.opens_on = moved(self.opens_on);
        self.closes_on = moved(self.closes_on);
        for extension in &mut self.extensions {
            extension.closes_on = moved(extension.closes_on);
            extension.announced_on = moved(extension.announced_on);
        }
        for event in &mut self.events {
            event.on = moved(event.on);
        }
        self.decides_on = self.decides_on.map(moved);
        self.effect_on = self.effect_on.map(moved);
        self
    }
}

/// Why a consultation cannot be extended until this day, if it cannot: a last day only ever moves on, and what is closed
/// stays closed, since people were told that it is over.
#[must_use]
pub fn cannot_extend(consultation: &Consultation, closes_on: NaiveDate, today: NaiveDate) -> Option<String> {
    let last = consultation.last_day();
    if today > last {
        return Some("It has closed. Publish a new consultation to ask again.".to_owned());
    }
    if closes_on <= last {
        return Some(format!("The new last day must be after {}.", last.format("%-d %B %Y")));
    }
    let decides = consultation.decides_on.filter(|decides| closes_on >= *decides);
    decides.map(|decides| format!("The decision is on {}: the last day must be before it.", decides.format("%-d %B %Y")))
}

/// Whether a submission may be received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reception {
    /// Count it.
    InTime,
    /// It is before the first day.
    NotYetOpen,
    /// The public form is shut.
    Shut,
    /// Surely after closing: keep it aside as late.
    Late,
    /// Nothing on it proves when it was filled in: keep it aside.
    Unproven,
}

/// The dates on a submission that say whether it is in time. The day of keying or syncing is never one of them (R17).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Dates {
    /// The day written on it.
    pub completed_on: Option<NaiveDate>,
    /// The day of the postmark.
    pub posted_on: Option<NaiveDate>,
    /// The day it reached us.
    pub received_on: Option<NaiveDate>,
    /// For a page: when the person began.
    pub began_at: Option<DateTime<Utc>>,
}

impl Window {
    /// Where the consultation stands at this instant.
    #[must_use]
    pub fn stage(&self, now: DateTime<Utc>) -> Stage {
        if now < self.opens_at {
            Stage::Draft
        } else if now < self.closes_at {
            Stage::Open
        } else if now < self.paper_until {
            Stage::Closing
        } else {
            Stage::Closed
        }
    }

    /// Whether a submission with these dates may be received now. Online is judged by the clock; everything else by
    /// the dates on it: handed in or posted by the last day, and in our hands within the grace.
    #[must_use]
    pub fn may_receive(&self, channel: Channel, dates: Dates, now: DateTime<Utc>) -> Reception {
        if now < self.opens_at {
            return Reception::NotYetOpen;
        }
        if channel == Channel::Online {
            let began_in_time =
                dates.began_at.is_some_and(|began| began < self.closes_at && now < self.closes_at + self.online_grace);
            return if now < self.closes_at || began_in_time { Reception::InTime } else { Reception::Shut };
        }
        let (last, grace_ends) = (london_day(self.closes_at - Duration::seconds(1)), london_day(self.paper_until));
        match dates {
            Dates { received_on: Some(received), .. } if received <= last => Reception::InTime,
            Dates { received_on: Some(received), .. } if received >= grace_ends => Reception::Late,
            Dates { posted_on: Some(posted), .. } => {
                if posted <= last {
                    Reception::InTime
                } else {
                    Reception::Late
                }
            }
            Dates { completed_on: Some(completed), .. } if completed > last => Reception::Late,
            Dates { completed_on: Some(_), received_on: Some(_), .. } => Reception::InTime,
            _ if now < self.closes_at => Reception::InTime,
            _ => Reception::Unproven,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn window() -> Window {
        Window {
            opens_at: at("2022-10-30T23:00:00Z"),
            closes_at: at("2022-12-20T00:00:00Z"),
            paper_until: at("2022-12-30T00:00:00Z"),
            online_grace: Duration::minutes(60),
        }
    }

    #[test]
    fn the_last_day_ends_at_midnight_in_london_on_both_sides_of_the_clock_change() {
        assert_eq!(london_midnight(day("2022-12-20")), at("2022-12-20T00:00:00Z"));
        assert_eq!(london_midnight(day("2022-10-30")), at("2022-10-29T23:00:00Z"), "summer time until the small hours");
        assert_eq!(london_midnight(day("2024-03-31")), at("2024-03-31T00:00:00Z"));
        assert_eq!(london_midnight(day("2024-04-01")), at("2024-03-31T23:00:00Z"));
    }

    #[test]
    fn online_is_judged_by_the_clock_to_the_last_second() {
        let online = |now| window().may_receive(Channel::Online, Dates::default(), at(now));
        assert_eq!(online("2022-12-19T23:59:59Z"), Reception::InTime);
        assert_eq!(online("2022-12-20T00:00:00Z"), Reception::Shut);
        assert_eq!(online("2022-10-30T22:59:59Z"), Reception::NotYetOpen);
    }

    #[test]
    fn a_person_who_began_before_closing_may_finish_within_the_grace() {
        let dates = Dates { began_at: Some(at("2022-12-19T23:50:00Z")), ..Dates::default() };
        assert_eq!(window().may_receive(Channel::Online, dates, at("2022-12-20T00:59:00Z")), Reception::InTime);
        assert_eq!(window().may_receive(Channel::Online, dates, at("2022-12-20T01:00:00Z")), Reception::Shut);
    }

    #[test]
    fn paper_is_judged_on_its_own_dates_and_never_on_the_day_of_keying() {
        let keyed_late = at("2023-01-20T12:00:00Z");
        let paper = |completed: Option<&str>, posted: Option<&str>, received: Option<&str>| {
            let dates = Dates {
                completed_on: completed.map(day),
                posted_on: posted.map(day),
                received_on: received.map(day),
                began_at: None,
            };
            window().may_receive(Channel::Paper, dates, keyed_late)
        };
        assert_eq!(paper(None, Some("2022-12-19"), Some("2022-12-28")), Reception::InTime, "postmarked on the last day");
        assert_eq!(paper(None, None, Some("2022-12-19")), Reception::InTime, "handed in on the last day");
        assert_eq!(paper(None, Some("2022-12-19"), Some("2022-12-30")), Reception::Late, "after the grace");
        assert_eq!(paper(None, Some("2022-12-20"), Some("2022-12-21")), Reception::Late, "posted after closing");
        assert_eq!(paper(Some("2022-12-18"), None, Some("2022-12-22")), Reception::InTime, "dated, and here within the grace");
        assert_eq!(paper(None, None, Some("2022-12-22")), Reception::Unproven, "nothing says when");
        assert_eq!(paper(None, None, None), Reception::Unproven);
    }
}
