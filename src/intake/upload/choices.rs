//! Choices as people write them: codes, or the words of either edition.

use std::collections::HashMap;

use super::words::{did_you_mean, nearest, plain};
use crate::domain::form::FormVersion;
use crate::domain::question::{Part, offered};
use crate::domain::wording::{Edition, wording_key};

/// The choices of every field of one form version, with their words.
#[derive(Debug, Clone, Default)]
pub struct Choices {
    fields: HashMap<String, Offered>,
}

#[derive(Debug, Clone, Default)]
struct Offered {
    /// Whether the words of the editions stand for different sets of points, so that they must not be mixed.
    is_scale: bool,
    choices: Vec<Choice>,
    /// By plain words, the choices they mean to somebody who read an edition: by its own words and codes.
    own: HashMap<Edition, HashMap<String, Vec<usize>>>,
    /// By plain words of any edition.
    any: HashMap<String, Vec<usize>>,
}

impl Offered {
    fn new(is_scale: bool, choices: Vec<Choice>) -> Self {
        let mut offered = Self { is_scale, ..Self::default() };
        for (index, choice) in choices.iter().enumerate() {
            let codes = Edition::ALL.map(|edition| (edition, choice.code.clone()));
            let words = choice.words.iter().map(|(edition, words, _)| (*edition, words.clone()));
            for (edition, words) in codes.into_iter().chain(words) {
                mean(offered.own.entry(edition).or_default(), words.clone(), index);
                mean(&mut offered.any, words, index);
            }
        }
        Self { choices, ..offered }
    }

    /// The choices that plain words mean in an edition, and whether only by the words of the other one.
    fn meant(&self, edition: Edition, typed: &str) -> (&[usize], bool) {
        match self.own.get(&edition).and_then(|own| own.get(typed)) {
            Some(own) => (own, false),
            None => (self.any.get(typed).map_or(&[], Vec::as_slice), true),
        }
    }
}

fn mean(meanings: &mut HashMap<String, Vec<usize>>, words: String, choice: usize) {
    let meant = meanings.entry(words).or_default();
    if !meant.contains(&choice) {
        meant.push(choice);
    }
}

#[derive(Debug, Clone)]
struct Choice {
    code: String,
    editions: Vec<Edition>,
    words: Vec<(Edition, String, String)>,
}

/// Why a choice was not understood: a code, what is wrong, and what to do.
pub type Wrong = (&'static str, String, String);

impl Choices {
    /// The choices of a form version.
    #[must_use]
    pub fn new(version: &FormVersion) -> Self {
        let mut fields = HashMap::new();
        for field in version.fields() {
            if matches!(field.part, Part::OwnWords | Part::Comment(_)) {
                continue;
            }
            let (_, question) = version.place(field);
            let choices = question.offers(&version.form.scales).iter().map(|choice| {
                let words = choice.text.0.iter().filter_map(|(key, words)| {
                    let (edition, _) = wording_key(key)?;
                    Some((edition, plain(words), words.clone()))
                });
                Choice { code: choice.code.clone(), editions: offered(&choice.text), words: words.collect() }
            });
            let offered = Offered::new(question.scale.is_some(), choices.collect());
            fields.insert(field.key.clone(), offered);
        }
        Self { fields }
    }

    /// The code that something written in a field stands for, in the edition that was read.
    pub fn code(&self, key: &str, edition: Edition, written: &str) -> Result<&str, Wrong> {
        let all = self.fields.get(key).map_or(&[][..], |offered| &offered.choices);
        match self.look(key, edition, written) {
            Found::Choice(code) => Ok(code),
            Found::Nothing => Err(unknown(written, all, edition)),
            Found::NotOffered => Err(not_offered(written, all, edition)),
            Found::Foreign(choice) => Err(other_edition(written, choice, all, edition)),
            Found::Several(several) => {
                let codes: Vec<&str> = several.iter().map(|index| all[*index].code.as_str()).collect();
                let message = format!("\u{201c}{written}\u{201d} could be {}", codes.join(" or "));
                Err(("ambiguous_choice", message, "write the code of the choice".to_owned()))
            }
        }
    }

    /// The same for what may well be no choice: no word is lost about what is wrong then, which takes far longer to say.
    #[must_use]
    pub fn known(&self, key: &str, edition: Edition, written: &str) -> Option<&str> {
        match self.look(key, edition, written) {
            Found::Choice(code) => Some(code),
            _ => None,
        }
    }

    fn look(&self, key: &str, edition: Edition, written: &str) -> Found<'_> {
        let Some(offered) = self.fields.get(key) else { return Found::Nothing };
        let typed = plain(written);
        let (mut meant, mut is_foreign) = offered.meant(edition, &typed);
        if meant.is_empty() {
            (meant, is_foreign) = offered.meant(edition, &typed.replace(' ', "_"));
        }
        match meant {
            [] => Found::Nothing,
            [only] => {
                let choice = &offered.choices[*only];
                match () {
                    () if !choice.editions.contains(&edition) => Found::NotOffered,
                    () if is_foreign && offered.is_scale => Found::Foreign(choice),
                    () => Found::Choice(&choice.code),
                }
            }
            several => Found::Several(several),
        }
    }

    /// The code of the choice whose words, in the edition that was read, are nearest to something written, if any are near.
    #[must_use]
    pub fn nearest(&self, key: &str, edition: Edition, written: &str) -> Option<&str> {
        let choices = &self.fields.get(key)?.choices;
        let near = nearest(written, labels(choices, edition))?;
        let is_it = |choice: &&Choice| choice.words.iter().any(|(of, _, words)| *of == edition && words == near);
        choices.iter().find(is_it).map(|choice| choice.code.as_str())
    }

    /// Whether something written is the code or a label of this very choice.
    #[must_use]
    pub fn is(&self, key: &str, code: &str, written: &str) -> bool {
        let typed = plain(written);
        let choice = self.fields.get(key).and_then(|offered| offered.choices.iter().find(|choice| choice.code == code));
        choice.is_some_and(|choice| choice.code == typed || choice.words.iter().any(|(_, words, _)| *words == typed))
    }
}

/// What something written is among the choices of its field.
enum Found<'a> {
    /// The code of this one.
    Choice(&'a str),
    /// None of them.
    Nothing,
    /// One that the edition does not offer.
    NotOffered,
    /// The words that the other edition has for a point of a scale.
    Foreign(&'a Choice),
    /// Several of them, by their places.
    Several(&'a [usize]),
}

/// The labels an edition offers.
fn labels(choices: &[Choice], edition: Edition) -> impl Iterator<Item = &str> + Clone {
    let of = choices.iter().filter(move |choice| choice.editions.contains(&edition));
    of.filter_map(move |choice| choice.words.iter().find(|(of, _, _)| *of == edition).map(|(_, _, words)| words.as_str()))
}

fn unknown(written: &str, choices: &[Choice], edition: Edition) -> Wrong {
    let message = format!("\u{201c}{written}\u{201d} is no choice of this question");
    ("unknown_choice", message, did_you_mean(written, labels(choices, edition)))
}

fn other(edition: Edition) -> Edition {
    if edition == Edition::Standard { Edition::EasyRead } else { Edition::Standard }
}

fn not_offered(written: &str, choices: &[Choice], edition: Edition) -> Wrong {
    let message = format!("the {edition} edition does not offer \u{201c}{written}\u{201d}");
    let hint = super::words::one_of(labels(choices, edition));
    (
        "other_edition",
        message,
        format!("if the {} edition was read, say so in the edition column or the mapping; else {hint}", other(edition)),
    )
}

fn other_edition(written: &str, choice: &Choice, choices: &[Choice], edition: Edition) -> Wrong {
    let message = format!("\u{201c}{written}\u{201d} are words of the {} edition, and this line says {edition}", other(edition));
    let hint = super::words::one_of(labels(choices, edition));
    let cure = format!(
        "if the {} edition was read, say so in the edition column or the mapping; if \u{201c}{}\u{201d} is meant, write that; else {hint}",
        other(edition),
        choice.code
    );
    ("other_edition", message, cure)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::form::Form;

    fn choices() -> Choices {
        let text = r#"
consultation = "c"
form = "f"
version = 1
title = { standard = "T", easy_read = "T" }
[[scale]]
code = "s"
comparability = "collapsible"
choice = [
  { code = "strongly_support", text = { standard = "Strongly support" } },
  { code = "support", text = { standard = "Support", easy_read = "Yes" } },
  { code = "dont_know", text = { easy_read = "I don\u2019t know" } },
]
[[section]]
key = "a"
title = { standard = "A" }
[[section.question]]
key = "plan"
kind = "scale"
scale = "s"
text = { standard = "Do you?", easy_read = "Do you?" }
[[section.question]]
key = "area"
kind = "choose_one"
text = { standard = "Where?", easy_read = "Where?" }
choice = [{ code = "north", text = { standard = "The North", easy_read = "North" } }, { code = "yes", text = { standard = "No", easy_read = "No" } }, { code = "no", text = { standard = "Never", easy_read = "Never" } }]
"#;
        let form: Form = toml::from_str(text).unwrap();
        Choices::new(&FormVersion::new(form, String::new()))
    }

    #[test]
    fn labels_and_codes_are_understood_whatever_their_case_and_spaces() {
        let choices = choices();
        for written in ["strongly_support", "Strongly  support ", "STRONGLY SUPPORT"] {
            assert_eq!(choices.code("plan", Edition::Standard, written), Ok("strongly_support"), "{written}");
        }
        assert_eq!(choices.code("plan", Edition::EasyRead, "I don't know"), Ok("dont_know"));
        assert_eq!(choices.code("area", Edition::Standard, "north"), Ok("north"), "the same choice in the other edition's words");
    }

    #[test]
    fn a_scale_in_words_of_the_other_edition_is_never_taken_silently() {
        let choices = choices();
        let (code, _, cure) = choices.code("plan", Edition::Standard, "Yes").unwrap_err();
        assert_eq!(code, "other_edition");
        assert!(cure.contains("easy_read") && cure.contains("Strongly support"), "{cure}");
        assert_eq!(choices.code("plan", Edition::Standard, "I don\u{2019}t know").unwrap_err().0, "other_edition");
    }

    #[test]
    fn what_could_be_two_choices_is_asked_back_and_what_is_none_gets_the_nearest() {
        let choices = choices();
        assert_eq!(choices.code("area", Edition::Standard, "no").unwrap_err().0, "ambiguous_choice");
        let (code, _, cure) = choices.code("plan", Edition::Standard, "Strongly suport").unwrap_err();
        assert_eq!((code, cure.contains("Strongly support")), ("unknown_choice", true));
    }
}
