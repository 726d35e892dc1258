//! Contacts and requests for other formats: kept apart from what anybody said, and only for as long as they are needed.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use super::consultation::Consultation;

/// Months after the decision until contacts are erased (rule R60).
const MONTHS: Months = Months::new(6);

/// The last day a contact is kept: six months after the decision or, when no decision has a date, after the last day.
#[must_use]
pub fn keep_until(consultation: &Consultation) -> NaiveDate {
    let from = consultation.decides_on.unwrap_or_else(|| consultation.last_day());
    from.checked_add_months(MONTHS).unwrap_or(from)
}

/// The most characters of how to reach somebody who asked for a format.
pub const REACH_LIMIT: usize = 500;

/// The most characters of what more there is to say about the format.
pub const DETAILS_LIMIT: usize = 300;

/// The most characters of how a request was met.
pub const HOW_LIMIT: usize = 300;

/// What somebody asked to be written to about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Wants {
    /// What was decided.
    #[default]
    Result,
    /// A place at an event.
    Event,
    /// News while it runs.
    News,
}

impl Wants {
    /// Each, in the order pages list them.
    pub const ALL: [Self; 3] = [Self::Result, Self::Event, Self::News];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Result => "result",
            Self::Event => "event",
            Self::News => "news",
        }
    }

    /// The one with this code, if there is one.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|wants| wants.code() == code)
    }
}

/// A format somebody can ask for (rule R10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Short sentences with pictures.
    EasyRead,
    /// Large print.
    LargePrint,
    /// Braille.
    Braille,
    /// Audio.
    Audio,
    /// British Sign Language.
    Bsl,
    /// Another language.
    Language,
    /// Paper.
    Paper,
    /// Somebody to fill it in with, on the telephone or face to face.
    Help,
}

impl Format {
    /// Every format, in the order pages list them.
    pub const ALL: [Self; 8] =
        [Self::EasyRead, Self::LargePrint, Self::Braille, Self::Audio, Self::Bsl, Self::Language, Self::Paper, Self::Help];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::EasyRead => "easy_read",
            Self::LargePrint => "large_print",
            Self::Braille => "braille",
            Self::Audio => "audio",
            Self::Bsl => "bsl",
            Self::Language => "language",
            Self::Paper => "paper",
            Self::Help => "help",
        }
    }

    /// The format with this code, if there is one.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.code() == code)
    }

    /// Working days within which it is promised: what is printed here sooner than what others must make.
    #[must_use]
    pub const fn working_days(self) -> u32 {
        match self {
            Self::Help => 3,
            Self::EasyRead | Self::LargePrint | Self::Paper => 5,
            Self::Braille | Self::Audio | Self::Bsl | Self::Language => 10,
        }
    }

    /// The day it is promised for: Saturdays and Sundays do not count, bank holidays do.
    #[must_use]
    pub fn promised(self, asked_on: NaiveDate) -> NaiveDate {
        let mut day = asked_on;
        let mut left = self.working_days();
        while left > 0 {
            day = day + Days::new(1);
            if !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
                left -= 1;
            }
        }
        day
    }
}

/// The day by which a request must be met: what is promised, or sooner when the person needs it sooner.
#[must_use]
pub fn due(format: Format, asked_on: NaiveDate, needed_by: Option<NaiveDate>) -> NaiveDate {
    let promised = format.promised(asked_on);
    needed_by.map_or(promised, |needed| needed.min(promised))
}

/// How requests for one format were met (rule R10).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Met {
    /// The format.
    pub format: Format,
    /// How many asked.
    pub asked: usize,
    /// How many were met.
    pub met: usize,
    /// Days from asking to having, of the one in the middle, in halves; none when nobody has it yet.
    pub median_half_days: Option<i64>,
}

/// How requests were met, format by format: each with the day it was asked and the day it was met.
#[must_use]
pub fn met(requests: &[(Format, NaiveDate, Option<NaiveDate>)]) -> Vec<Met> {
    let of = |format: Format| {
        let those: Vec<_> = requests.iter().filter(|(asked, ..)| *asked == format).collect();
        let mut days: Vec<i64> = those.iter().filter_map(|(_, asked, met)| met.map(|met| (met - *asked).num_days())).collect();
        days.sort_unstable();
        Met { format, asked: those.len(), met: days.len(), median_half_days: median_half(&days) }
    };
    Format::ALL.into_iter().map(of).filter(|met| met.asked > 0).collect()
}

/// Twice the median of sorted numbers, so that it is always whole.
fn median_half(sorted: &[i64]) -> Option<i64> {
    let middle = sorted.len() / 2;
    let upper = sorted.get(middle)?;
    let lower = if sorted.len().is_multiple_of(2) { sorted.get(middle.checked_sub(1)?)? } else { upper };
    Some(lower + upper)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_promise_counts_working_days_and_a_person_who_needs_it_sooner_gets_it_sooner() {
        assert_eq!(Format::Help.promised(day("2022-12-01")), day("2022-12-06"), "Thursday to Tuesday");
        assert_eq!(Format::Braille.promised(day("2022-12-03")), day("2022-12-16"), "asked on a Saturday");
        assert_eq!(due(Format::Braille, day("2022-12-01"), Some(day("2022-12-07"))), day("2022-12-07"));
        assert_eq!(due(Format::Paper, day("2022-12-01"), Some(day("2022-12-30"))), day("2022-12-08"));
    }

    #[test]
    fn the_median_is_of_those_that_were_met() {
        let asked = day("2022-12-01");
        let after = |days: u64| Some(asked + Days::new(days));
        let requests = [
            (Format::Paper, asked, after(1)),
            (Format::Paper, asked, after(4)),
            (Format::Paper, asked, None),
            (Format::Audio, asked, after(9)),
            (Format::Bsl, asked, None),
        ];
        let found = met(&requests);
        assert_eq!(found.len(), 3);
        let paper = found.iter().find(|met| met.format == Format::Paper).unwrap();
        assert_eq!((paper.asked, paper.met, paper.median_half_days), (3, 2, Some(5)), "2.5 days");
        assert_eq!(found.iter().find(|met| met.format == Format::Audio).unwrap().median_half_days, Some(18));
        assert_eq!(found.iter().find(|met| met.format == Format::Bsl).unwrap().median_half_days, None);
    }

    #[test]
    fn every_code_leads_back() {
        assert!(Format::ALL.into_iter().all(|format| Format::from_code(format.code()) == Some(format)));
        assert!(Wants::ALL.into_iter().all(|wants| Wants::from_code(wants.code()) == Some(wants)));
    }
}
