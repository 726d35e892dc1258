//! What may be done to a coding, and doing it.

use uuid::Uuid;

use super::{Act, Answered, Applied, Coding, Event, Flagging, Mark, Stance, Suggested};
use crate::domain::codeframe::{Codeframe, Fate, Level};

/// Why an act cannot be done; nothing has changed then.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CannotCode {
    /// Only persons do this.
    #[error("a rule or a model only suggests; a person decides")]
    OnlyAPerson,
    /// Only rules and models do this.
    #[error("a person codes and does not suggest")]
    OnlyAMachine,
    /// There is no such theme, it is a net, or it has ended.
    #[error("this theme is not in use; reload the codeframe")]
    NoSuchTheme,
    /// The span lies outside the answer or is empty.
    #[error("the part marked, {0} to {1}, is not within the answer")]
    Outside(usize, usize),
    /// There is no such mark.
    #[error("this theme is not there to be removed")]
    NotThere,
    /// There is no such suggestion, or it was answered.
    #[error("this suggestion is not open")]
    NotOpen,
    /// The id of the suggestion is taken.
    #[error("there is a suggestion of this id")]
    Taken,
    /// A reason, point or note is needed.
    #[error("say why: it stays in the register")]
    NeedsWords,
    /// The flag is not up.
    #[error("this flag is not set")]
    NotFlagged,
    /// Who codes blind does not code the same answer openly, and the other way round.
    #[error("an answer is coded blind or openly by one person, not both")]
    NotBlind,
    /// Somebody did something to the same theme meanwhile; here is the coding as it stands.
    #[error("somebody else changed the same theme at this answer; look at what stands there now and decide again")]
    Changed(Box<Coding>),
}

/// Check an act made with version `seen` in front of the coder on an answer of so many code points, and make the event of it.
///
/// # Errors
/// When it may not be done.
pub fn act(events: &[Event], frame: &Codeframe, length: usize, seen: u32, event: Event) -> Result<(Event, Coding), CannotCode> {
    let mut coding = Coding::of(events);
    let since = events.iter().filter(|earlier| earlier.version > seen && earlier.by != event.by);
    let touched: Vec<Uuid> = since.flat_map(|earlier| themes(&coding, &earlier.act)).collect();
    if themes(&coding, &event.act).iter().any(|theme| touched.contains(theme)) {
        return Err(CannotCode::Changed(Box::new(coding)));
    }
    may(&coding, frame, length, &event)?;
    let event = Event { version: coding.version + 1, frame: frame.version, ..event };
    carry_out(&mut coding, &event);
    Ok((event, coding))
}

/// The themes of the coding that counts which an act touches.
fn themes(coding: &Coding, act: &Act) -> Vec<Uuid> {
    match act {
        Act::Apply { mark, .. } | Act::Remove { mark } => vec![mark.theme],
        Act::Accept { suggestion, .. } => coding.suggested.get(suggestion).map(|it| it.mark.theme).into_iter().collect(),
        // Settling touches all there is and all it brings.
        Act::Settle { marks } => {
            marks.iter().map(|(mark, _)| mark.theme).chain(coding.applied.keys().map(|mark| mark.theme)).collect()
        }
        _ => Vec::new(),
    }
}

fn may(coding: &Coding, frame: &Codeframe, length: usize, event: &Event) -> Result<(), CannotCode> {
    let person = event.by.person();
    if let Act::Suggest { suggestion, mark, .. } = &event.act {
        may_mark(frame, length, *mark)?;
        return match (person, coding.suggested.contains_key(suggestion)) {
            (Some(_), _) => Err(CannotCode::OnlyAMachine),
            (None, true) => Err(CannotCode::Taken),
            (None, false) => Ok(()),
        };
    }
    let person = person.ok_or(CannotCode::OnlyAPerson)?;
    match &event.act {
        Act::Apply { mark, .. } => {
            open(coding, person)?;
            may_mark(frame, length, *mark)
        }
        Act::Remove { mark } if !coding.applied.contains_key(mark) => Err(CannotCode::NotThere),
        Act::Accept { suggestion, .. } => {
            open(coding, person)?;
            may_mark(frame, length, is_open(coding, *suggestion)?)
        }
        Act::Reject { suggestion } => is_open(coding, *suggestion).map(|_| ()),
        Act::Flag { why: words, .. } | Act::Note { text: words } if words.trim().is_empty() => Err(CannotCode::NeedsWords),
        Act::Unflag { flag, .. } if !coding.has(*flag) => Err(CannotCode::NotFlagged),
        Act::Unflag { why, .. } if why.trim().is_empty() => Err(CannotCode::NeedsWords),
        Act::ApplyBlind { mark } => {
            if coding.applied.values().any(|applied| applied.by == person)
                || coding.blind.get(&person).is_some_and(|blind| blind.ended)
            {
                return Err(CannotCode::NotBlind);
            }
            may_mark(frame, length, *mark)
        }
        Act::Settle { marks } => marks.iter().try_for_each(|(mark, _)| may_mark(frame, length, *mark)),
        _ => Ok(()),
    }
}

/// Whether this person codes the answer openly: not while they are coding it blind.
fn open(coding: &Coding, person: Uuid) -> Result<(), CannotCode> {
    if coding.blind.contains_key(&person) && coding.before_settling.is_none() { Err(CannotCode::NotBlind) } else { Ok(()) }
}

fn is_open(coding: &Coding, suggestion: Uuid) -> Result<Mark, CannotCode> {
    let suggested = coding.suggested.get(&suggestion).filter(|it| it.answered == Answered::Open);
    suggested.map(|it| it.mark).ok_or(CannotCode::NotOpen)
}

fn may_mark(frame: &Codeframe, length: usize, mark: Mark) -> Result<(), CannotCode> {
    let in_use = frame.entry(mark.theme).is_some_and(|entry| entry.level == Level::Theme && entry.fate == Fate::InUse);
    if !in_use {
        return Err(CannotCode::NoSuchTheme);
    }
    match mark.span {
        Some(span) if span.start >= span.end || span.end > length => Err(CannotCode::Outside(span.start, span.end)),
        _ => Ok(()),
    }
}

/// Do what an event says. Total, so that any log can be read; [`act`] sees to it that logs make sense.
pub(super) fn carry_out(coding: &mut Coding, event: &Event) {
    coding.version = event.version;
    if let (None, Act::Suggest { suggestion, mark, confidence, because }) = (event.by.person(), &event.act) {
        let (by, because) = (event.by.clone(), because.clone());
        let suggested = Suggested { by, mark: *mark, confidence: *confidence, because, answered: Answered::Open };
        coding.suggested.entry(*suggestion).or_insert(suggested);
    }
    // Nothing else that a rule or a model does has any effect.
    let Some(person) = event.by.person() else { return };
    let applied = |stance: Option<Stance>, from: Option<Uuid>| Applied { by: person, stance, frame: event.frame, from };
    match &event.act {
        Act::Apply { mark, stance } => {
            let from = coding.applied.get(mark).and_then(|before| before.from);
            coding.applied.insert(*mark, applied(*stance, from));
        }
        Act::Remove { mark } => {
            coding.applied.remove(mark);
        }
        Act::Accept { suggestion, stance } => {
            if let Some(suggested) = coding.suggested.get_mut(suggestion) {
                suggested.answered = Answered::Accepted;
                coding.applied.entry(suggested.mark).or_insert(applied(*stance, Some(*suggestion)));
            }
        }
        Act::Reject { suggestion } => {
            if let Some(suggested) = coding.suggested.get_mut(suggestion) {
                suggested.answered = Answered::Rejected;
            }
        }
        Act::Flag { flag, why } => {
            coding.register.push(Flagging { flag: *flag, set: true, by: person, at: event.at, why: why.clone() });
        }
        Act::Unflag { flag, why } => {
            coding.register.push(Flagging { flag: *flag, set: false, by: person, at: event.at, why: why.clone() });
        }
        Act::Note { text } => coding.notes.push((person, text.clone())),
        Act::ApplyBlind { mark } => {
            coding.blind.entry(person).or_default().marks.insert(*mark);
        }
        Act::EndBlind => coding.blind.entry(person).or_default().ended = true,
        Act::Settle { marks } => {
            let settled = marks.iter().map(|(mark, stance)| (*mark, applied(*stance, None))).collect();
            let before = std::mem::replace(&mut coding.applied, settled);
            coding.before_settling.get_or_insert(before);
        }
        Act::Looked | Act::Suggest { .. } => {}
    }
    let reads =
        matches!(event.act, Act::Apply { .. } | Act::Remove { .. } | Act::Accept { .. } | Act::Looked | Act::Settle { .. });
    if reads {
        coding.looked_under = coding.looked_under.max(event.frame);
    }
}
