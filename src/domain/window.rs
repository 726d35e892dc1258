//! When a consultation is open, what day it is in London, and whether a submission may be received.

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Europe::London;
use serde::{Deserialize, Serialize};

use super::submission::Channel;

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
    /// For an interview that a device brings: when it was.
    pub captured: Option<Captured>,
}

/// When something was captured by a device without a network: its own clock says nothing about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Captured {
    /// Not before the last signed time that the device had seen, if it had seen any.
    pub from: Option<DateTime<Utc>>,
    /// Not after it was received.
    pub until: DateTime<Utc>,
}

impl Captured {
    /// Whether it was before this instant: yes, no, or nobody knows.
    #[must_use]
    pub fn is_before(&self, instant: DateTime<Utc>) -> Option<bool> {
        if self.until < instant {
            Some(true)
        } else if self.from.is_some_and(|from| from >= instant) {
            Some(false)
        } else {
            None
        }
    }
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

    /// Whether a submission with these dates may be received now. Online is judged by the clock; an interview that a device
    /// brings by the two instants it lies between; everything else by the dates on it: handed in or posted by the last day,
    /// and in our hands within the grace.
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
        let is_asked = matches!(channel, Channel::FaceToFace | Channel::Workshop | Channel::Telephone);
        if let Some(captured) = dates.captured.filter(|_| is_asked) {
            return match captured.is_before(self.closes_at) {
                Some(true) => Reception::InTime,
                Some(false) => Reception::Late,
                None => Reception::Unproven,
            };
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
    use proptest::prelude::*;

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
                ..Dates::default()
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

    #[test]
    fn an_interview_on_a_device_lies_between_its_beacon_and_its_receipt() {
        let judged = |channel, from: Option<&str>, until: &str| {
            let captured = Some(Captured { from: from.map(at), until: at(until) });
            window().may_receive(channel, Dates { captured, ..Dates::default() }, at(until))
        };
        let asked = |from, until| judged(Channel::FaceToFace, from, until);
        assert_eq!(asked(None, "2022-12-19T23:59:59Z"), Reception::InTime, "received before closing");
        assert_eq!(
            asked(Some("2022-12-20T00:00:00Z"), "2022-12-24T10:00:00Z"),
            Reception::Late,
            "it had seen a time after closing"
        );
        assert_eq!(asked(Some("2022-12-18T10:00:00Z"), "2022-12-24T10:00:00Z"), Reception::Unproven);
        assert_eq!(asked(None, "2022-12-24T10:00:00Z"), Reception::Unproven);
        assert_eq!(judged(Channel::Paper, None, "2022-12-01T10:00:00Z"), Reception::InTime, "paper has dates of its own");
    }

    proptest! {
        #[test]
        fn what_is_judged_agrees_with_every_instant_it_may_have_been(
            from in proptest::option::of(-2000_i64..2000), length in 0_i64..3000, until in -2000_i64..2000, part in 0_i64..=100,
        ) {
            let closes = window().closes_at;
            let (from, until) = match from {
                Some(from) => (Some(closes + Duration::minutes(from)), closes + Duration::minutes(from + length)),
                None => (None, closes + Duration::minutes(until)),
            };
            let captured = Captured { from, until };
            let earliest = from.unwrap_or(closes - Duration::days(30));
            let some_instant = earliest + Duration::seconds((until - earliest).num_seconds() * part / 100);
            let dates = Dates { captured: Some(captured), ..Dates::default() };
            match window().may_receive(Channel::Telephone, dates, until) {
                Reception::InTime => prop_assert!(some_instant < closes),
                Reception::Late => prop_assert!(some_instant >= closes),
                Reception::Unproven => prop_assert!(earliest < closes && until >= closes),
                other => prop_assert!(false, "{:?}", other),
            }
        }
    }
}
