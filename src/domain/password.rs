//! What a password must be: long, and not one that a guesser tries early.

/// The fewest characters.
pub const SHORTEST: usize = 12;

/// The most characters; hashing more would only cost time.
pub const LONGEST: usize = 128;

/// The fewest characters that must be left when the person's own details are taken out.
const UNRELATED: usize = 8;

/// What is wrong with a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Weakness {
    /// Fewer than [`SHORTEST`] characters.
    Short,
    /// More than [`LONGEST`] characters.
    Long,
    /// It is on the list of what is tried first, or made of the person's own details: what was seen.
    Guessable(String),
}

impl Weakness {
    /// What to do about it, in one sentence.
    #[must_use]
    pub fn what_to_do(&self) -> String {
        match self {
            Self::Short => {
                format!("Use {SHORTEST} characters or more. Three or four words that do not belong together are good.")
            }
            Self::Long => format!("Use {LONGEST} characters or fewer."),
            Self::Guessable(why) => {
                format!("This would be guessed too soon. {why} Use three or four words that do not belong together.")
            }
        }
    }
}

/// Judge a password; `about` is what a guesser would try for this person: their name, address and place of work.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn judge(password: &str, about: &[&str]) -> Result<(), Weakness> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Err(Weakness::Short);
    }
    if length > LONGEST {
        return Err(Weakness::Long);
    }
    let parts = about.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric())).filter(|part| part.len() > 2);
    let inputs: Vec<&str> = parts.chain(["soundings", "consultation", "council", "southend", "essex", "password"]).collect();
    let lower = password.to_lowercase();
    let rest = inputs.iter().fold(lower, |rest, input| rest.replace(&input.to_lowercase(), ""));
    if rest.chars().count() < UNRELATED {
        return Err(Weakness::Guessable("It is mostly your name, your address or a word from here.".to_owned()));
    }
    let judged = zxcvbn::zxcvbn(password, &inputs);
    if judged.score() >= zxcvbn::Score::Three {
        return Ok(());
    }
    let seen = judged.feedback().and_then(zxcvbn::feedback::Feedback::warning).map(|warning| warning.to_string());
    Err(Weakness::Guessable(seen.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twelve_characters_are_asked_for_and_counted_as_characters() {
        assert_eq!(judge("kX9!vé2#qLm", &[]), Err(Weakness::Short));
        assert_eq!(judge("kX9!vé2#qLmT", &[]), Ok(()));
        assert_eq!(judge(&"kX9!v2#qLm".repeat(13), &[]), Err(Weakness::Long));
    }

    #[test]
    fn what_a_guesser_tries_first_is_refused() {
        let about = ["Ada Keyer", "ada.keyer@example.org"];
        for tried in
            ["passwordpassword", "123456789012", "qwertyuiop[]", "aaaaaaaaaaaaaa", "adakeyer2026", "council12345", "Password1234"]
        {
            assert!(matches!(judge(tried, &about), Err(Weakness::Guessable(_))), "{tried}");
        }
        assert_eq!(judge("otter lantern gravel nine", &about), Ok(()));
    }
}
