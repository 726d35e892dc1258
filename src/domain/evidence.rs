//! Evidence: what is not a questionnaire. Each kind is counted in its own unit and never added to responses.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::submission::Channel;
use super::window::{Dates, Reception, Window};

/// The most characters one item's text may have: about two hundred pages.
pub const TEXT_LIMIT: usize = 500_000;

/// What an item of evidence is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A letter.
    #[default]
    Letter,
    /// An e-mail.
    Email,
    /// What was said on the telephone, as staff wrote it down.
    TelephoneNote,
    /// A petition, whatever its number of signatures (rule R20).
    Petition,
    /// What one table at a workshop wrote down.
    WorkshopNote,
    /// What a focus group said.
    FocusGroup,
    /// A partner's own survey, with its own questions (rule R12).
    PartnerSurvey,
}

impl Kind {
    /// Every kind, in the order reports show them.
    pub const ALL: [Self; 7] = [
        Self::Letter,
        Self::Email,
        Self::TelephoneNote,
        Self::Petition,
        Self::WorkshopNote,
        Self::FocusGroup,
        Self::PartnerSurvey,
    ];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Letter => "letter",
            Self::Email => "email",
            Self::TelephoneNote => "telephone_note",
            Self::Petition => "petition",
            Self::WorkshopNote => "workshop_note",
            Self::FocusGroup => "focus_group",
            Self::PartnerSurvey => "partner_survey",
        }
    }

    /// The kind with this code, if there is one.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The unit it is counted in: of one, and of several.
    #[must_use]
    pub const fn unit(self) -> (&'static str, &'static str) {
        match self {
            Self::Letter => ("letter", "letters"),
            Self::Email => ("e-mail", "e-mails"),
            Self::TelephoneNote => ("telephone note", "telephone notes"),
            Self::Petition => ("petition", "petitions"),
            Self::WorkshopNote => ("table note", "table notes"),
            Self::FocusGroup => ("focus group", "focus groups"),
            Self::PartnerSurvey => ("partner survey", "partner surveys"),
        }
    }

    /// How it comes in unless somebody says otherwise.
    #[must_use]
    pub const fn usual_channel(self) -> Channel {
        match self {
            Self::Letter => Channel::Letter,
            Self::Email => Channel::Email,
            Self::TelephoneNote => Channel::Telephone,
            Self::Petition => Channel::Petition,
            Self::WorkshopNote | Self::FocusGroup => Channel::Workshop,
            Self::PartnerSurvey => Channel::Import,
        }
    }
}

/// Who speaks in it (rule R22). A person's name belongs to the contacts and never here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sender {
    /// One person for themselves.
    #[default]
    Individual,
    /// An organisation, which is named.
    Organisation,
    /// A councillor or a member of parliament.
    ElectedMember,
    /// Several people together, such as those at a table or those who signed.
    Group,
}

impl Sender {
    /// Every sender, in the order pages list them.
    pub const ALL: [Self; 4] = [Self::Individual, Self::Organisation, Self::ElectedMember, Self::Group];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Individual => "individual",
            Self::Organisation => "organisation",
            Self::ElectedMember => "elected_member",
            Self::Group => "group",
        }
    }

    /// The sender with this code, if there is one.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sender| sender.code() == code)
    }
}

/// How many signed, which is never added to anything (rule R20).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signatures {
    /// As the organiser says.
    pub claimed: u32,
    /// As somebody here counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified: Option<u32>,
    /// Of people who live in the area.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local: Option<u32>,
}

/// One item of evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// What it is.
    pub kind: Kind,
    /// What it is about, in a few words.
    pub title: String,
    /// How it came in.
    pub channel: Channel,
    /// The day it reached us; for a conversation, the day it was held.
    pub received_on: NaiveDate,
    /// The day written on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written_on: Option<NaiveDate>,
    /// The day of the postmark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub posted_on: Option<NaiveDate>,
    /// The code of the event it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// The table at that event.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub table: String,
    /// Who speaks in it.
    pub sender: Sender,
    /// The organisation, when one does.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub organisation: String,
    /// How many signed, of a petition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signatures: Option<Signatures>,
    /// How a petition was presented, such as "at the council meeting of 3 December".
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub presented: String,
    /// How many answered a partner's survey, which is never added to responses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub respondents: Option<u32>,
    /// The words that were signed, or the questions of a partner's survey as it asked them.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub wording: String,
    /// What it says. Kept apart from the rest, since it is only read when somebody asks for it.
    #[serde(skip)]
    pub text: String,
}

/// One thing wrong with what somebody typed: the field, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The field.
    pub field: &'static str,
    /// What to do.
    pub what_to_do: String,
}

impl Fault {
    /// About this field.
    #[must_use]
    pub fn new(field: &'static str, what_to_do: impl Into<String>) -> Self {
        Self { field, what_to_do: what_to_do.into() }
    }
}

impl Evidence {
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
        let (petition, survey) = (self.kind == Kind::Petition, self.kind == Kind::PartnerSurvey);
        fault(
            self.title.is_empty() || long(&self.title, 200),
            "title",
            "Say in up to 200 characters what it is about. Name no person.",
        );
        fault(self.received_on > today, "received_on", "It cannot have reached us after today.");
        let after = |day: Option<NaiveDate>| day.is_some_and(|day| day > self.received_on);
        fault(after(self.written_on), "written_on", "The date on it cannot be after the day it reached us.");
        fault(after(self.posted_on), "posted_on", "The postmark cannot be after the day it reached us.");
        fault(long(&self.table, 40), "table", "Name the table in up to 40 characters.");
        fault(
            self.sender == Sender::Organisation && self.organisation.is_empty(),
            "organisation",
            "Name the organisation that speaks.",
        );
        fault(
            self.sender != Sender::Organisation && !self.organisation.is_empty(),
            "organisation",
            "Leave this empty unless an organisation speaks. A person's name belongs to the contacts.",
        );
        fault(long(&self.organisation, 200), "organisation", "Name the organisation in up to 200 characters.");
        fault(
            survey && self.sender != Sender::Organisation,
            "sender",
            "A partner's survey comes from an organisation: choose that and name it.",
        );
        let claimed = self.signatures.as_ref().map_or(0, |signatures| signatures.claimed);
        fault(petition && claimed == 0, "claimed", "Say how many signatures the organiser claims.");
        fault(self.has_more_verified_than_claimed(), "verified", "There cannot be more than the organiser claims.");
        fault(self.has_more_local_than_there_are(), "local", "There cannot be more from the area than there are.");
        fault(long(&self.presented, 300), "presented", "Say in up to 300 characters how it was presented.");
        fault(petition && self.wording.is_empty(), "wording", "Give the words that were signed.");
        fault(survey && self.wording.is_empty(), "wording", "Give its questions as they were asked.");
        fault(long(&self.wording, 20_000), "wording", "Give the wording in up to 20,000 characters.");
        // What a petition says is what was signed; its organiser need not have written anything besides.
        fault(self.text.is_empty() && !petition, "text", "Paste or type what it says, or choose a file.");
        fault(long(&self.text, TEXT_LIMIT), "text", "It is longer than 500,000 characters. Log it in parts.");
        faults
    }

    fn has_more_verified_than_claimed(&self) -> bool {
        self.signatures.as_ref().is_some_and(|signatures| signatures.verified.is_some_and(|some| some > signatures.claimed))
    }

    fn has_more_local_than_there_are(&self) -> bool {
        let more = |signatures: &Signatures| {
            signatures.local.is_some_and(|local| local > signatures.verified.unwrap_or(signatures.claimed))
        };
        self.signatures.as_ref().is_some_and(more)
    }

    /// Whether it came in time, by the same window as paper (rules R17 and R18): the day it was logged is never one of
    /// its dates. An extension makes in time what was late before.
    #[must_use]
    pub fn timing(&self, window: &Window, now: DateTime<Utc>) -> Timing {
        let dates = Dates {
            completed_on: self.written_on,
            posted_on: self.posted_on,
            received_on: Some(self.received_on),
            ..Dates::default()
        };
        match window.may_receive(Channel::Paper, dates, now) {
            Reception::InTime | Reception::NotYetOpen => Timing::InTime,
            Reception::Late | Reception::Shut => Timing::Late,
            Reception::Unproven => Timing::Unproven,
        }
    }
}

/// Whether an item of evidence came in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timing {
    /// Before closing, or within the grace for paper posted in time.
    InTime,
    /// Surely after. It is kept, listed and summarised apart.
    Late,
    /// It came within the grace, and nothing on it says when it was written or posted.
    Unproven,
}

impl Timing {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::InTime => "in_time",
            Self::Late => "late",
            Self::Unproven => "unproven",
        }
    }
}

/// How many items there are of one kind, in that kind's unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// The kind, which says the unit.
    pub kind: Kind,
    /// Counted.
    pub in_time: u64,
    /// Too late.
    pub late: u64,
    /// Nobody can tell.
    pub unproven: u64,
    /// Withdrawn by staff with a reason.
    pub withdrawn: u64,
}

impl Count {
    /// All that were logged: what is counted and what is not, whatever the reason.
    #[must_use]
    pub const fn logged(&self) -> u64 {
        self.in_time + self.late + self.unproven + self.withdrawn
    }
}

/// Count items kind by kind. There is no total over kinds, since a letter and a petition are no two of anything; and how
/// many signed or answered is not even asked for here (design section 5.10). A withdrawn item has no timing.
#[must_use]
pub fn count(items: impl IntoIterator<Item = (Kind, Option<Timing>)>) -> Vec<Count> {
    let mut counts = Kind::ALL.map(|kind| Count { kind, in_time: 0, late: 0, unproven: 0, withdrawn: 0 });
    for (kind, timing) in items {
        let Some(count) = counts.iter_mut().find(|count| count.kind == kind) else { continue };
        let place = match timing {
            Some(Timing::InTime) => &mut count.in_time,
            Some(Timing::Late) => &mut count.late,
            Some(Timing::Unproven) => &mut count.unproven,
            None => &mut count.withdrawn,
        };
        *place += 1;
    }
    counts.into_iter().filter(|count| count.logged() > 0).collect()
}

#[cfg(test)]
mod tests;
