//! What every page of the desk says in the same words: days, instants and people.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use chrono_tz::Europe::London;

use crate::app::App;
use crate::domain::wording::Edition;
use crate::error::Result;
use crate::store::staff;

pub use crate::domain::day::in_words as day;

/// An instant in London: `14 December 2022, 09:30`.
pub fn instant(at: DateTime<Utc>) -> String {
    at.with_timezone(&London).format("%-d %B %Y, %H:%M").to_string()
}

/// An edition, within a sentence.
pub const fn edition_words(edition: Edition) -> &'static str {
    match edition {
        Edition::Standard => "the standard edition",
        Edition::EasyRead => "easy read",
    }
}

/// Everybody's name by how the audit log and the ledger name them.
pub struct Names(BTreeMap<String, String>);

impl Names {
    /// The names of all who have an account.
    pub async fn read(app: &App) -> Result<Self> {
        let people = staff::all(&app.db().read).await?;
        Ok(Self(people.into_iter().map(|person| (person.actor().name, person.name)).collect()))
    }

    /// A person by name; whoever has no account as the log names them.
    pub fn of<'a>(&'a self, actor: &'a str) -> &'a str {
        self.0.get(actor).map_or(actor, String::as_str)
    }
}
