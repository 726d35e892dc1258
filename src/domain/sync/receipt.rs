//! Lines of the sync log as text: what a receipt signs, and what the chain of the log is made of.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, SecondsFormat, Utc};
use uuid::Uuid;

use super::hash;

/// What became of an item when it first came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It is stored.
    Stored,
    /// It is held for a person.
    Held,
}

impl Kept {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Held => "held",
        }
    }

    /// What this code stands for.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Stored, Self::Held].into_iter().find(|kept| kept.code() == code)
    }
}

/// One line of the sync log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The epoch it was written in.
    pub epoch: String,
    /// Its number.
    pub number: i64,
    /// Its item.
    pub revision_id: Uuid,
    /// The hash of its item.
    pub hash: String,
    /// What became of it.
    pub kept: Kept,
    /// When, to the millisecond.
    pub at: DateTime<Utc>,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { epoch, number, revision_id, hash, kept, at } = self;
        let at = at.to_rfc3339_opts(SecondsFormat::Millis, true);
        write!(f, "1|{epoch}|{number}|{revision_id}|{hash}|{}|{at}", kept.code())
    }
}

/// A text that is no line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoLine;

impl FromStr for Line {
    type Err = NoLine;

    fn from_str(text: &str) -> Result<Self, NoLine> {
        let parts: Vec<&str> = text.split('|').collect();
        let ["1", epoch, number, revision_id, hash, kept, at] = parts.as_slice() else { return Err(NoLine) };
        Ok(Self {
            epoch: (*epoch).to_owned(),
            number: number.parse().map_err(|_no_number| NoLine)?,
            revision_id: revision_id.parse().map_err(|_no_id| NoLine)?,
            hash: (*hash).to_owned(),
            kept: Kept::from_code(kept).ok_or(NoLine)?,
            at: at.parse().map_err(|_no_instant| NoLine)?,
        })
    }
}

/// The bytes a receipt signs.
#[must_use]
pub fn signed(lines: &[String]) -> String {
    lines.join("\n")
}

/// The end of the chain after a line: it covers the line and everything before it.
#[must_use]
pub fn chained(before: &str, line: &Line) -> String {
    hash(format!("{before}\n{line}").as_bytes())
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;
    use proptest::prelude::*;

    use super::*;

    fn lines() -> impl Strategy<Value = Line> {
        let parts = ("[0-9a-f]{32}", 1_i64..i64::MAX, any::<u128>(), "[0-9a-f]{64}", any::<bool>(), 0_i64..4_000_000_000_000);
        parts.prop_map(|(epoch, number, id, hash, stored, at)| Line {
            epoch,
            number,
            revision_id: Uuid::from_u128(id),
            hash,
            kept: if stored { Kept::Stored } else { Kept::Held },
            at: Utc.timestamp_millis_opt(at).unwrap(),
        })
    }

    proptest! {
        #[test]
        fn a_line_says_everything_it_holds(line in lines()) {
            prop_assert_eq!(line.to_string().parse(), Ok(line.clone()));
            prop_assert!(!line.to_string().contains('\n'));
        }

        #[test]
        fn another_line_or_another_past_ends_the_chain_elsewhere(one in lines(), other in lines()) {
            prop_assume!(one != other);
            prop_assert_ne!(chained("", &one), chained("", &other));
            prop_assert_ne!(chained(&chained("", &one), &other), chained(&chained("", &other), &one));
        }
    }

    #[test]
    fn what_is_no_line_is_none() {
        for text in ["", "1|e|x|y|z|stored|now", "2|e|1|00000000-0000-0000-0000-000000000000|h|stored|2026-11-21T09:18:40.087Z"] {
            assert_eq!(text.parse::<Line>(), Err(NoLine), "{text}");
        }
    }
}
