//! The kinds of message, one struct each; what a struct holds is all that its template can say.
//!
//! No kind holds an answer to a consultation. Days and instants come in words, as the reader is to see them.

use serde::Serialize;

/// A kind of message: `NAME` is its template's name and, after `mail.`, its jobs' kind.
pub trait Kind: Serialize {
    /// The template's name.
    const NAME: &'static str;

    /// The subject line.
    fn subject(&self) -> String;
}

/// To a respondent who asks: the receipt that the confirmation page shows.
#[derive(Debug, Clone, Serialize)]
pub struct Receipt {
    /// Whether easy words are wanted.
    pub easy: bool,
    /// The consultation's title.
    pub consultation: String,
    /// The short reference.
    pub reference: String,
    /// The code to take the response back with.
    pub receipt_code: String,
    /// Where to take it back.
    pub withdraw: String,
    /// When the decision is due, if a day is set.
    pub decides: Option<String>,
    /// Whom to ask.
    pub contact: String,
}

impl Kind for Receipt {
    const NAME: &'static str = "receipt";

    fn subject(&self) -> String {
        if self.easy {
            return format!("We have your answers: {}", self.consultation);
        }
        format!("Response received: {}", self.consultation)
    }
}

/// To a member of staff: a link to sign in with once.
#[derive(Debug, Clone, Serialize)]
pub struct Invitation {
    /// Their name.
    pub name: String,
    /// Whether they have an account already and asked for a new link; otherwise they are invited.
    pub again: bool,
    /// The one-time link.
    pub link: String,
    /// Until when it works, such as `22 November 2026, 14:05`.
    pub until: String,
}

impl Kind for Invitation {
    const NAME: &'static str = "invitation";

    fn subject(&self) -> String {
        if self.again { "Your new link to sign in" } else { "You are invited to the consultation service" }.to_owned()
    }
}

/// To whoever uploaded a file, once it is taken in.
#[derive(Debug, Clone, Serialize)]
pub struct UploadImported {
    /// The consultation's title.
    pub consultation: String,
    /// The file's name.
    pub file: String,
    /// Lines stored as new responses.
    pub stored: u64,
    /// Lines that were there already.
    pub duplicate: u64,
    /// Lines put aside for a person to decide.
    pub held: u64,
    /// Lines not taken.
    pub refused: u64,
    /// The page with the report line by line.
    pub link: String,
}

impl Kind for UploadImported {
    const NAME: &'static str = "upload_imported";

    fn subject(&self) -> String {
        format!("Upload taken in: {}", self.file)
    }
}

/// To the desk: what was put aside since the last such message.
#[derive(Debug, Clone, Serialize)]
pub struct HeldToday {
    /// The consultation's title.
    pub consultation: String,
    /// How many were put aside today.
    pub today: u64,
    /// How many wait in all.
    pub waiting: u64,
    /// The page to decide them on.
    pub link: String,
}

impl Kind for HeldToday {
    const NAME: &'static str = "held_today";

    fn subject(&self) -> String {
        let noun = if self.today == 1 { "response" } else { "responses" };
        format!("{} {noun} held today: {}", self.today, self.consultation)
    }
}

/// To whoever asked for an export, once it can be fetched.
#[derive(Debug, Clone, Serialize)]
pub struct ExportReady {
    /// The consultation's title.
    pub consultation: String,
    /// The export's name.
    pub export: String,
    /// The page to fetch its files from.
    pub link: String,
}

impl Kind for ExportReady {
    const NAME: &'static str = "export_ready";

    fn subject(&self) -> String {
        format!("Export ready: {}, {}", self.export, self.consultation)
    }
}

/// To the person named for it, at once: a coder fears that somebody is in danger. Nothing of what was written.
#[derive(Debug, Clone, Serialize)]
pub struct Safeguarding {
    /// The consultation's title.
    pub consultation: String,
    /// The reference of the response.
    pub reference: String,
    /// The page with the answer, for those who may read it.
    pub link: String,
}

impl Kind for Safeguarding {
    const NAME: &'static str = "safeguarding";

    fn subject(&self) -> String {
        format!("Safeguarding, please look today: response {}", self.reference)
    }
}

/// To the staff of a consultation that closes soon.
#[derive(Debug, Clone, Serialize)]
pub struct ClosingSoon {
    /// The consultation's title.
    pub consultation: String,
    /// The last day on which people can answer.
    pub last_day: String,
    /// How many responses there are.
    pub responses: u64,
    /// How many wait for a decision.
    pub held: u64,
    /// The page with more.
    pub link: String,
}

impl Kind for ClosingSoon {
    const NAME: &'static str = "closing_soon";

    fn subject(&self) -> String {
        format!("Closes on {}: {}", self.last_day, self.consultation)
    }
}

/// To an operator who tries whether mail arrives.
#[derive(Debug, Clone, Serialize)]
pub struct Trial {}

impl Kind for Trial {
    const NAME: &'static str = "trial";

    fn subject(&self) -> String {
        "Test message from the consultation service".to_owned()
    }
}
