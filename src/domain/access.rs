//! Who may do what: roles, given for one consultation or for all of them.

use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};

/// What somebody does here. Each is given on its own; none includes another but [`Role::Administrator`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum Role {
    /// Write and publish forms.
    Author,
    /// Key paper and interviews, and see what they keyed themselves.
    Keyer,
    /// Settle differences between two keyers.
    Verifier,
    /// Count batches in, upload files, log letters and events, decide held items.
    DeskOfficer,
    /// Read free text and apply themes.
    Coder,
    /// Read tables and run exports.
    Analyst,
    /// Publish the report and what was changed.
    Publisher,
    /// Read the audit log and metrics.
    Auditor,
    /// Anything.
    Administrator,
}

impl Role {
    /// Every role, in the order pages list them.
    pub const ALL: [Self; 9] = [
        Self::Author,
        Self::Keyer,
        Self::Verifier,
        Self::DeskOfficer,
        Self::Coder,
        Self::Analyst,
        Self::Publisher,
        Self::Auditor,
        Self::Administrator,
    ];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Author => "author",
            Self::Keyer => "keyer",
            Self::Verifier => "verifier",
            Self::DeskOfficer => "desk_officer",
            Self::Coder => "coder",
            Self::Analyst => "analyst",
            Self::Publisher => "publisher",
            Self::Auditor => "auditor",
            Self::Administrator => "administrator",
        }
    }

    /// The role with this code, if there is one.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }
}

/// Who may see the codeframe, how far the coding is and how well coders agree; none of it shows what anybody wrote.
pub const SEES_THEMES: &[Role] = &[Role::Coder, Role::Analyst];

/// Who may read free text, code it and settle between coders.
pub const CODES: &[Role] = &[Role::Coder];

/// Who may change the codeframe.
pub const CHANGES_CODEFRAME: &[Role] = &[Role::Analyst];

/// How many days a token works when nobody says otherwise.
pub const TOKEN_DAYS: u64 = 90;

/// The last day a token made today may have: a year from now.
#[must_use]
pub fn longest_token(today: NaiveDate) -> NaiveDate {
    today.checked_add_months(Months::new(12)).unwrap_or(today)
}

/// Whether a token made today may have this last day.
///
/// # Errors
/// Why it may not, and what to do.
pub fn token_ends(last: NaiveDate, today: NaiveDate) -> Result<(), String> {
    let longest = longest_token(today);
    if last < today {
        return Err("This day is over. Give a day that is still to come.".to_owned());
    }
    if last > longest {
        return Err(format!("A token works for a year at most. Give a day up to {}.", super::day::as_typed(longest)));
    }
    Ok(())
}

/// A role in one consultation, or in every one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Grant {
    /// What they do.
    pub role: Role,
    /// Where; in every consultation, when none is named.
    pub consultation: Option<String>,
}

/// Who is acting, and what they may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// As the audit log names them: `token:NAME` or `staff:ID`, never a person's name.
    pub name: String,
    /// As pages name them.
    pub shown: String,
    /// What they may do where.
    pub grants: Vec<Grant>,
}

impl Actor {
    /// Whether they have this role, or may do anything, in this consultation.
    #[must_use]
    pub fn may(&self, role: Role, consultation: &str) -> bool {
        self.was_given(role, consultation) || self.was_given(Role::Administrator, consultation)
    }

    /// Whether they have one of these roles, or may do anything, in this consultation.
    #[must_use]
    pub fn may_as(&self, roles: &[Role], consultation: &str) -> bool {
        roles.iter().any(|role| self.may(*role, consultation))
    }

    /// Whether this very role was given to them for this consultation. An administrator may do anything, and would be told
    /// of everything: whoever is written to about the work of a role must have been given it.
    #[must_use]
    pub fn was_given(&self, role: Role, consultation: &str) -> bool {
        let covers = |grant: &Grant| grant.consultation.as_deref().is_none_or(|code| code == consultation);
        self.grants.iter().any(|grant| grant.role == role && covers(grant))
    }

    /// Whether they have this role, or may do anything, everywhere.
    #[must_use]
    pub fn may_everywhere(&self, role: Role) -> bool {
        let is_it = |grant: &Grant| grant.role == role || grant.role == Role::Administrator;
        self.grants.iter().any(|grant| is_it(grant) && grant.consultation.is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(grants: &[(Role, Option<&str>)]) -> Actor {
        let grant = |(role, code): &(Role, Option<&str>)| Grant { role: *role, consultation: code.map(str::to_owned) };
        Actor { name: "staff:1".to_owned(), shown: "A".to_owned(), grants: grants.iter().map(grant).collect() }
    }

    #[test]
    fn a_role_in_one_consultation_opens_no_other_and_no_other_role() {
        let council = actor(&[(Role::Keyer, Some("send-strategy"))]);
        assert!(council.may(Role::Keyer, "send-strategy"));
        assert!(!council.may(Role::Keyer, "service-harmonisation"));
        assert!(!council.may(Role::Analyst, "send-strategy"));
        assert!(!council.may_everywhere(Role::Keyer));
    }

    #[test]
    fn an_administrator_of_one_consultation_may_do_anything_in_it_and_nothing_elsewhere() {
        let administrator = actor(&[(Role::Administrator, Some("send-strategy"))]);
        assert!(Role::ALL.into_iter().all(|role| administrator.may(role, "send-strategy")));
        assert!(!Role::ALL.into_iter().any(|role| administrator.may(role, "other") || administrator.may_everywhere(role)));
    }

    #[test]
    fn only_whoever_was_given_a_role_is_written_to_about_its_work() {
        let people = actor(&[(Role::Administrator, None), (Role::DeskOfficer, Some("send-strategy"))]);
        assert!(people.was_given(Role::DeskOfficer, "send-strategy"));
        assert!(!people.was_given(Role::DeskOfficer, "service-harmonisation"));
        assert!(people.may(Role::DeskOfficer, "service-harmonisation"));
        assert!(actor(&[(Role::Keyer, None)]).was_given(Role::Keyer, "send-strategy"), "given everywhere is given here");
    }

    #[test]
    fn a_token_has_a_last_day_within_a_year() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let today = day("2022-12-14");
        assert!(token_ends(today, today).is_ok() && token_ends(day("2023-12-14"), today).is_ok());
        assert!(token_ends(day("2022-12-13"), today).unwrap_err().contains("over"));
        assert!(token_ends(day("2023-12-15"), today).unwrap_err().contains("up to 14/12/2023"));
        assert_eq!(longest_token(day("2024-02-29")), day("2025-02-28"));
    }

    #[test]
    fn every_code_leads_back_to_its_role() {
        assert!(Role::ALL.into_iter().all(|role| Role::from_code(role.code()) == Some(role)));
    }
}
