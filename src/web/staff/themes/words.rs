//! What pages about themes say in the same words: questions, changes, stances, flags.

use uuid::Uuid;

use crate::domain::codeframe::{CannotChange, Change, Codeframe};
use crate::domain::coding::Stance;
use crate::domain::form::FormVersion;
use crate::domain::question::Field;
use crate::domain::wording::{DEFAULT_LANGUAGE, Edition};
use crate::web::staff::answers::label;

/// What the frame that cuts across is called.
pub const ACROSS: &str = "All questions";

/// A question with the section it is in, which tells it from others of the same words.
pub fn question(version: &FormVersion, field: &Field) -> String {
    let (section, _) = version.place(field);
    format!("{}: {}", section.title.show(Edition::Standard, DEFAULT_LANGUAGE).replace("**", ""), label(version, field))
}

/// What stands at an id, by name.
pub fn name(frame: &Codeframe, id: Uuid) -> String {
    frame.entry(id).map_or_else(|| id.to_string(), |entry| entry.wording.name.clone())
}

/// A change in words.
pub fn change(frame: &Codeframe, change: &Change) -> String {
    let named = |id: &Uuid| format!("“{}”", name(frame, *id));
    let all = |ids: &[Uuid]| ids.iter().map(named).collect::<Vec<_>>().join(", ");
    match change {
        Change::Create { wording, .. } => format!("Brought in “{}”", wording.name),
        Change::Reword { wording, .. } => format!("Reworded “{}”", wording.name),
        Change::Move { id, net: Some(net) } => format!("Moved {} to {}", named(id), named(net)),
        Change::Move { id, net: None } => format!("Moved {} out of its net", named(id)),
        Change::Merge { from, into } => format!("Merged {} into {}", all(from), named(into)),
        Change::Split { id, into } => format!("Split {} into {}", named(id), all(into)),
        Change::Retire { id } => format!("Retired {}", named(id)),
        Change::Undo { version } => format!("Undid version {version}"),
    }
}

/// Why a change cannot be made, to the person who wanted it.
pub fn cannot(frame: &Codeframe, cannot: &CannotChange) -> String {
    match cannot {
        CannotChange::Stale { .. } => {
            "Somebody changed the codeframe meanwhile. What stands now is below; look at it and decide again.".to_owned()
        }
        CannotChange::Unknown(id) | CannotChange::Taken(id) => format!("{} is not here any more.", name(frame, *id)),
        other => sentence(&other.to_string()),
    }
}

/// Words with a capital at their beginning and a stop at their end.
pub fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    let stop = if words.ends_with('.') { "" } else { "." };
    format!("{first}{}{stop}", letters.as_str())
}

/// Every stance with its code and words.
pub const STANCES: [(Stance, &str, &str); 4] = [
    (Stance::For, "for", "For it"),
    (Stance::Against, "against", "Against it"),
    (Stance::Mixed, "mixed", "Both, or with conditions"),
    (Stance::Unclear, "unclear", "Cannot be told"),
];

/// The code of a stance; empty for none.
pub fn stance_code(stance: Option<Stance>) -> &'static str {
    STANCES.iter().find(|(known, ..)| Some(*known) == stance).map_or("", |(_, code, _)| code)
}

/// The stance with this code.
pub fn stance(code: &str) -> Option<Stance> {
    STANCES.iter().find(|(_, known, _)| *known == code).map(|(stance, ..)| *stance)
}
