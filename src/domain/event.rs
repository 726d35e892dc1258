//! Events: a meeting or a workshop, where and when it was, for whom, who came, and what was noted.

use chrono::NaiveDate;

use super::evidence::Fault;

/// What sort of event it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Format {
    /// Anybody may come and speak.
    #[default]
    PublicMeeting,
    /// People talk at tables.
    Workshop,
    /// People come and go.
    DropIn,
    /// A few invited people.
    FocusGroup,
    /// We go where people are: a market, a school gate, a food bank.
    Outreach,
    /// Without a place.
    Online,
}

impl Format {
    /// Every format, in the order pages list them.
    pub const ALL: [Self; 6] =
        [Self::PublicMeeting, Self::Workshop, Self::DropIn, Self::FocusGroup, Self::Outreach, Self::Online];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::PublicMeeting => "public_meeting",
            Self::Workshop => "workshop",
            Self::DropIn => "drop_in",
            Self::FocusGroup => "focus_group",
            Self::Outreach => "outreach",
            Self::Online => "online",
        }
    }

    /// The format with this code, if there is one.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.code() == code)
    }
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The stable code, in `kebab-case`.
    pub code: String,
    /// Its name.
    pub title: String,
    /// Where it was.
    pub place: String,
    /// Its day.
    pub held_on: NaiveDate,
    /// What sort of event.
    pub format: Format,
    /// Whom it was for.
    pub target_group: String,
    /// How many came, once somebody counted.
    pub attendance: Option<u32>,
    /// What was noted of the whole. What a table wrote down is evidence of its own.
    pub notes: String,
}

impl Event {
    /// What is wrong with it, in the order of the page.
    #[must_use]
    pub fn faults(&self, today: NaiveDate) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut fault = |is_wrong: bool, field: &'static str, what_to_do: &str| {
            if is_wrong {
                faults.push(Fault::new(field, what_to_do));
            }
        };
        let long = |text: &str, most: usize| text.chars().count() > most;
        fault(self.title.is_empty() || long(&self.title, 200), "title", "Give its name, in up to 200 characters.");
        fault(self.place.is_empty() || long(&self.place, 200), "place", "Say where it is, in up to 200 characters.");
        fault(long(&self.target_group, 200), "target_group", "Say whom it is for, in up to 200 characters.");
        let is_to_come = self.held_on > today && self.attendance.is_some();
        fault(is_to_come, "attendance", "It has not been held yet. Say afterwards how many came.");
        fault(long(&self.notes, 20_000), "notes", "Note up to 20,000 characters.");
        faults
    }
}

/// A code made from a name, unlike every code that is taken: "Drop-in at the library" becomes `drop-in-at-the-library`.
#[must_use]
pub fn code_for(title: &str, taken: &[&str]) -> String {
    let letters: String = title.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let words: Vec<&str> = letters.split('-').filter(|word| !word.is_empty()).take(8).collect();
    let base: String = if words.is_empty() { "event".to_owned() } else { words.join("-").chars().take(60).collect() };
    let free = |code: &String| code != "new" && !taken.contains(&code.as_str());
    let numbered = (2..).map(|number: u32| format!("{base}-{number}"));
    std::iter::once(base.clone()).chain(numbered).find(free).unwrap_or(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_made_of_the_name_and_is_never_taken_twice() {
        assert_eq!(code_for("Drop-in at the Library!", &[]), "drop-in-at-the-library");
        assert_eq!(code_for("Drop in", &["drop-in", "drop-in-2"]), "drop-in-3");
        assert_eq!(code_for("New", &[]), "new-2", "that address is the page to add one");
        assert_eq!(code_for("…", &[]), "event");
    }

    #[test]
    fn nobody_has_come_to_an_event_that_is_still_to_come() {
        let today: NaiveDate = "2022-12-01".parse().unwrap();
        let event = Event {
            code: "x".to_owned(),
            title: "Workshop".to_owned(),
            place: "Town Hall".to_owned(),
            held_on: today,
            format: Format::Workshop,
            target_group: String::new(),
            attendance: Some(12),
            notes: String::new(),
        };
        assert!(event.faults(today).is_empty());
        let to_come = Event { held_on: today.succ_opt().unwrap(), ..event };
        assert_eq!(to_come.faults(today)[0].field, "attendance");
        let later = Event { attendance: None, title: String::new(), ..to_come };
        assert_eq!(later.faults(today).len(), 1);
    }
}
