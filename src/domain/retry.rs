//! When a job that failed is tried again, and when it is given up.

use chrono::{DateTime, TimeDelta, Utc};

/// How long after being put in a job may still be tried.
pub const PATIENCE: TimeDelta = TimeDelta::days(2);

/// How often a job is tried at most. The waits below reach two days sooner; this ends a job that takes its instance
/// down each time and so never gets as far as failing.
pub const MOST_ATTEMPTS: u32 = 60;

/// How long a job belongs to the instance that claimed it. Whoever works on one must be done, or stop, sooner.
pub const LEASE: TimeDelta = TimeDelta::minutes(10);

/// How long the payload of a dead job waits for somebody to decide.
pub const KEPT_DEAD: TimeDelta = TimeDelta::days(14);

/// The wait after the first failure; each further one doubles it.
const FIRST_WAIT: TimeDelta = TimeDelta::seconds(30);

/// The longest wait.
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(1);

/// What becomes of a job that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// It is tried again at this instant.
    At(DateTime<Utc>),
    /// It is dead: a person decides.
    GiveUp,
}

/// How long to wait after so many attempts: 30 seconds, then twice as long each time, an hour at most.
#[must_use]
pub fn wait(attempts: u32) -> TimeDelta {
    // Seven doublings of 30 seconds are past the hour.
    let doubled = FIRST_WAIT * (1 << attempts.saturating_sub(1).min(7));
    doubled.min(LONGEST_WAIT)
}

/// What becomes of a job that failed now, after so many attempts. One whose time runs out during the wait is tried once
/// more when it does.
#[must_use]
pub fn after_failure(attempts: u32, give_up_at: DateTime<Utc>, now: DateTime<Utc>) -> Next {
    if attempts >= MOST_ATTEMPTS || now >= give_up_at {
        return Next::GiveUp;
    }
    Next::At((now + wait(attempts)).min(give_up_at))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn noon() -> DateTime<Utc> {
        "2026-11-21T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn the_waits_double_up_to_an_hour() {
        let seconds: Vec<i64> = (1..=9).map(|attempts| wait(attempts).num_seconds()).collect();
        assert_eq!(seconds, [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
    }

    #[test]
    fn a_server_that_is_away_for_two_days_is_tried_to_the_last_minute_and_then_no_more() {
        let give_up_at = noon() + PATIENCE;
        let (mut now, mut attempts) = (noon(), 1);
        while let Next::At(next) = after_failure(attempts, give_up_at, now) {
            assert!(next > now && next <= give_up_at);
            (now, attempts) = (next, attempts + 1);
        }
        assert_eq!(now, give_up_at, "the last attempt is when the time is up");
        assert!(attempts < MOST_ATTEMPTS, "{attempts}");
    }

    #[test]
    fn a_job_that_was_claimed_too_often_is_given_up_however_young_it_is() {
        assert_eq!(after_failure(MOST_ATTEMPTS, noon() + PATIENCE, noon()), Next::GiveUp);
    }

    proptest! {
        #[test]
        fn a_retry_is_never_in_the_past_and_never_beyond_the_end(attempts in 0_u32..1000, left in -100_000_i64..200_000) {
            let give_up_at = noon() + TimeDelta::seconds(left);
            match after_failure(attempts, give_up_at, noon()) {
                Next::At(next) => prop_assert!(next > noon() && next <= give_up_at),
                Next::GiveUp => prop_assert!(attempts >= MOST_ATTEMPTS || left <= 0),
            }
        }
    }
}
