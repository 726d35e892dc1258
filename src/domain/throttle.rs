//! How often somebody may try to sign in: a guesser is slowed down, and nobody can shut out somebody else.

use chrono::{DateTime, Duration, Utc};

/// Failed tries are forgotten after this many minutes.
pub const WINDOW_MINUTES: i64 = 15;

/// How many tries may fail within the window before the next must wait. A browser that has signed in to the account
/// before is counted by itself, so that a stranger's tries from elsewhere never keep its owner out of it.
pub const ACCOUNT: usize = 10;

/// How many tries may fail from one network address, whatever accounts they name. A whole council may share one.
pub const ADDRESS: usize = 100;

/// A try to sign in that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The account it named, hashed.
    pub account: String,
    /// The browser it came from, when that browser had signed in to the account before; empty otherwise.
    pub browser: String,
    /// The network address it came from, hashed.
    pub address: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// The instant from which somebody may try again; none when they may try now. `failures` are those of the account or of
/// the address, in any order.
#[must_use]
pub fn wait_until(
    failures: &[Failure],
    account: &str,
    browser: &str,
    address: &str,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let window = Duration::minutes(WINDOW_MINUTES);
    let waits = |limit: usize, counts: &dyn Fn(&Failure) -> bool| {
        let mut recent: Vec<DateTime<Utc>> =
            failures.iter().filter(|failure| failure.at > now - window && counts(failure)).map(|failure| failure.at).collect();
        recent.sort_unstable();
        let at = recent.len().checked_sub(limit)?;
        Some(recent[at] + window)
    };
    let by_account = waits(ACCOUNT, &|failure| failure.account == account && failure.browser == browser);
    let by_address = waits(ADDRESS, &|failure| failure.address == address);
    by_account.max(by_address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failures(count: usize, account: &str, browser: &str, address: &str) -> Vec<Failure> {
        let one = |second: usize| Failure {
            account: account.to_owned(),
            browser: browser.to_owned(),
            address: address.to_owned(),
            at: at(i64::try_from(second).unwrap()),
        };
        (0..count).map(one).collect()
    }

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_700_000_000 + second, 0).unwrap()
    }

    #[test]
    fn the_eleventh_guess_waits_until_the_first_is_forgotten() {
        let tried = failures(10, "a", "", "x");
        assert_eq!(wait_until(&tried[..9], "a", "", "x", at(60)), None);
        assert_eq!(wait_until(&tried, "a", "", "x", at(60)), Some(at(15 * 60)));
        assert_eq!(wait_until(&tried, "a", "", "x", at(15 * 60)), None);
    }

    #[test]
    fn a_stranger_who_guesses_does_not_keep_a_person_out_of_their_own_browser() {
        let tried = failures(90, "a", "", "x");
        assert_eq!(wait_until(&tried, "a", "known", "y", at(90)), None);
        assert!(wait_until(&tried, "a", "", "y", at(90)).is_some());
    }

    #[test]
    fn one_address_that_tries_many_accounts_waits() {
        let mut tried = Vec::new();
        for account in 0..ADDRESS {
            tried.extend(failures(1, &account.to_string(), "", "x"));
        }
        assert!(wait_until(&tried, "new", "", "x", at(60)).is_some());
        assert_eq!(wait_until(&tried, "new", "", "y", at(60)), None);
    }
}
