//! Names of people: by what is said around a word, by first names that are known, and by capitals on words that are no English.

use super::context::{
    AFTER_A_NAME, BEFORE_PEOPLE, BEFORE_PLACES, BODIES, DEEDS, MOSTLY_WORDS, NEVER_SURNAMES, OFTEN_PEOPLE, PARTICLES, RELATIONS,
    TITLES,
};
use super::lists::{
    PLACES, SURNAMES, is_english, is_everyday, is_first_name, is_nearly_english, is_nobody, is_of_medicine, sounds_like_a_place,
};
use super::words::{Case, Gap, Word, capitals_speak, read};
use super::{Found, Kind, Tier};

/// How much the words around speak for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Context {
    /// They speak of a place or a thing.
    Thing,
    None,
    /// Often a person.
    Weak,
    /// Somebody who does, is thanked or is told.
    Person,
    /// Somebody's relation or trade.
    Relation,
    /// Said to be a name.
    Named,
}

pub(super) fn is_title(lower: &str) -> bool {
    TITLES.contains(lower)
}

/// Every name.
pub(super) fn find(text: &str) -> Vec<Found> {
    let words = read(text);
    let reader = Reader { speak: capitals_speak(&words), words: &words };
    let (mut found, mut at, mut before): (Vec<Found>, usize, Option<usize>) = (Vec::new(), 0, None);
    while at < words.len() {
        // After "Sharon and" or "Sharon," another name is likelier.
        let listed = before.is_some_and(|last| {
            last + 1 == at && words[at].gap == Gap::Pause || last + 2 == at && words[last + 1].lower == "and"
        });
        let Some((first, last, tier, reason)) = reader.name_at(at, listed) else {
            at += 1;
            continue;
        };
        found.push(Found { start: words[first].start, end: words[last].end, kind: Kind::Name, tier, reason });
        before = Some(last);
        at = last + 1;
    }
    found
}

struct Reader<'a> {
    words: &'a [Word],
    /// Whether capitals mean anything in this text.
    speak: bool,
}

type Name = (usize, usize, Tier, &'static str);

impl Reader<'_> {
    fn name_at(&self, at: usize, listed: bool) -> Option<Name> {
        let word = &self.words[at];
        if is_title(&word.lower) {
            return self.titled(at);
        }
        let context = self.context(at, listed);
        let (tier, reason) = if Self::has_capital(word) { self.with_capital(at, context) } else { self.without(at, context) }?;
        let last = self.extend(at, context);
        if context < Context::Relation && !self.words[last].owns && self.is_body(last + 1) {
            return None;
        }
        Some((at, last, tier, reason))
    }

    fn has_capital(word: &Word) -> bool {
        word.case != Case::Lower
    }

    /// `Mrs Smith`, `dr patel`: the title belongs to the span.
    fn titled(&self, at: usize) -> Option<Name> {
        let next = self.words.get(at + 1).filter(|next| next.gap != Gap::Stop)?;
        let lower_title = self.words[at].case == Case::Lower;
        let fits = match next.case {
            Case::Lower => !is_english(&next.lower) || (is_first_name(&next.lower) && !is_everyday(&next.lower)),
            Case::Initial => next.lower != "i" && self.words.get(at + 2).is_some_and(|after| after.case != Case::Lower),
            Case::Upper => next.lower.len() > 2 || !self.speak,
            Case::Capital => !(lower_title && is_english(&next.lower) && !SURNAMES.contains(&next.lower)),
        };
        let miss = self.words[at].lower == "miss" && next.case == Case::Lower;
        let last = if fits && !miss { self.extend(at + 1, Context::Named) } else { return None };
        Some((at, last, Tier::Likely, "a title and what follows it"))
    }

    /// The word so far back, in small letters; nothing before the text begins.
    fn before(&self, at: usize, back: usize) -> &str {
        at.checked_sub(back).and_then(|place| self.words.get(place)).map_or("", |word| word.lower.as_str())
    }

    /// Whether this is said to be a name: "my name is", "called", "kind regards".
    fn is_named(&self, at: usize) -> bool {
        let word = &self.words[at];
        let phrase = [self.before(at, 2), self.before(at, 1)];
        let (first_name, english) = (is_first_name(&word.lower), is_english(&word.lower));
        let named = match phrase {
            [_, "signed" | "regards" | "sincerely" | "faithfully"] => true,
            [_, "name"] => word.gap == Gap::Stop && !english,
            _ if word.gap == Gap::Stop => false,
            [who, "called"] => {
                RELATIONS.contains(who) || matches!(who, "someone" | "somebody" | "one" | "am" | "is" | "was" | "are")
            }
            _ => matches!(
                phrase,
                ["name", "is" | "was"]
                    | ["i", "am"]
                    | ["known", "as"]
                    | ["ask", "for"]
                    | [_, "named" | "name's" | "i'm" | "aka" | "nicknamed"]
            ),
        };
        // "I am" comes before much else than a name.
        let said = phrase[0] != "i" && phrase[1] != "i'm";
        let known = (first_name || !english) && (said || Self::has_capital(word) || first_name);
        named && (known || (word.case == Case::Capital && (said || self.follows_as_name(at))))
    }

    /// Whether somebody is thanked, told or spoken to here.
    fn is_spoken_to(&self, at: usize) -> bool {
        const SPOKEN: &[&str] = &[
            "thanks",
            "spoke",
            "spoken",
            "talked",
            "talk",
            "speak",
            "thank",
            "said",
            "kind",
            "grateful",
            "listen",
            "listened",
            "wrote",
            "you",
            "explained",
            "hats",
            "goes",
            "credit",
            "out",
        ];
        BEFORE_PEOPLE.contains(self.before(at, 1)) || (self.before(at, 1) == "to" && SPOKEN.contains(&self.before(at, 2)))
    }

    fn context(&self, at: usize, listed: bool) -> Context {
        let (before, gap) = (self.before(at, 1), self.words[at].gap);
        let word = &self.words[at];
        let next = self.words.get(at + 1).filter(|next| next.gap == Gap::Space).map_or("", |next| next.lower.as_str());
        let surname = SURNAMES.contains(&word.lower) || !is_english(&word.lower);
        let family = matches!(next, "family" | "household") && word.case == Case::Capital && surname;
        let goes_on = gap != Gap::Stop;
        if self.is_named(at) {
            Context::Named
        } else if family || (goes_on && RELATIONS.contains(before)) {
            Context::Relation
        } else if listed || (goes_on && self.is_spoken_to(at)) {
            Context::Person
        } else if goes_on && (BEFORE_PLACES.contains(before) || before == "to") {
            Context::Thing
        } else if word.owns || DEEDS.contains(next) {
            Context::Person
        } else if goes_on && OFTEN_PEOPLE.contains(before) {
            Context::Weak
        } else {
            Context::None
        }
    }

    fn with_capital(&self, at: usize, context: Context) -> Option<(Tier, &'static str)> {
        let word = &self.words[at];
        let lower = word.lower.as_str();
        let (known, english, opens) = (is_first_name(lower), is_english(lower), word.gap == Gap::Stop);
        let letters = lower.chars().count();
        let shouted = word.case == Case::Upper && self.speak && (letters < 4 || (!known && context < Context::Relation));
        if shouted || (!self.speak && !known && context < Context::Named) {
            return None;
        }
        if word.case == Case::Initial {
            let surname = self.words.get(at + 1).filter(|next| next.gap == Gap::Space && next.case == Case::Capital)?;
            let fits = lower != "i"
                && lower != "a"
                && (SURNAMES.contains(&surname.lower) || (!is_english(&surname.lower) && !is_nobody(&surname.lower)));
            return fits.then_some((Tier::Likely, "an initial and a surname"));
        }
        if !known && context < Context::Named && (letters < 3 || word.is_humped) {
            return None;
        }
        if known && !is_everyday(lower) {
            return Some((Tier::Likely, "a first name"));
        }
        if known {
            return self.everyday(at, context, opens);
        }
        if PLACES.contains(lower) && context > Context::Thing && (context >= Context::Relation || self.follows_as_name(at)) {
            return Some((Tier::Possible, "a place that may be a surname"));
        }
        let nobody = is_nobody(lower) || BODIES.contains(lower) || PARTICLES.contains(lower);
        if nobody
            || (context < Context::Relation && is_of_medicine(lower))
            || (opens && context < Context::Named && is_nearly_english(lower))
        {
            return None;
        }
        let second = self.follows_as_name(at);
        match (context, english) {
            (Context::Named, _) => Some((Tier::Likely, "said to be a name")),
            (Context::Relation, false) => Some((Tier::Likely, "after a relation or a trade, and no English word")),
            (Context::Person, false) if !opens => Some((Tier::Likely, "somebody who is spoken of, and no English word")),
            (Context::Person, false) => Some((Tier::Possible, "begins a sentence, does something, and is no English word")),
            (_, false) if second && self.may_be_two(at) => Some((Tier::Likely, "two words with capitals that are no English")),
            (Context::Weak | Context::None, false) if sounds_like_a_place(lower) || is_nearly_english(lower) => None,
            (Context::Weak, false) => Some((Tier::Possible, "a capital on no English word")),
            (Context::None, false) if !opens || self.is_at_work(at) => Some((Tier::Possible, "a capital on no English word")),
            (Context::Relation, true) if SURNAMES.contains(lower) => Some((Tier::Possible, "a surname after a relation")),
            _ => None,
        }
    }

    /// A first name that is an everyday word or a place too.
    fn everyday(&self, at: usize, context: Context, opens: bool) -> Option<(Tier, &'static str)> {
        let lower = self.words[at].lower.as_str();
        let month = matches!(lower, "may" | "april" | "june" | "august");
        let verb = matches!(lower, "will" | "mark" | "grant" | "bill" | "drew" | "may" | "hope" | "don" | "sue" | "rob");
        let surname = self.follows_as_name(at);
        match context {
            Context::Named | Context::Relation => Some((Tier::Likely, "a first name after a relation or trade")),
            _ if surname && !(opens && verb) => Some((Tier::Likely, "a first name and a surname")),
            Context::Person if !(month || opens && verb || PLACES.contains(lower)) => {
                Some((Tier::Likely, "a first name that is a word too"))
            }
            Context::Person if !opens => Some((Tier::Possible, "a first name that is a word too")),
            Context::None | Context::Weak if !opens && !month && !PLACES.contains(lower) && self.stands_alone(at) => {
                Some((Tier::Possible, "a first name that is a word too"))
            }
            _ => None,
        }
    }

    fn without(&self, at: usize, context: Context) -> Option<(Tier, &'static str)> {
        let word = &self.words[at];
        let lower = word.lower.as_str();
        let (known, english, letters) = (is_first_name(lower), is_english(lower), lower.chars().count());
        if known && !english && !is_everyday(lower) && (letters > 3 || context > Context::Weak) {
            return Some((Tier::Likely, "a first name in small letters"));
        }
        let deed = || self.words.get(at + 1).is_some_and(|next| next.gap == Gap::Space && DEEDS.contains(next.lower.as_str()));
        let next = |ahead: usize| self.words.get(at + ahead).map_or("", |word| word.lower.as_str());
        let strange = !english && letters > 3 && !is_nobody(lower) && !is_of_medicine(lower) && !is_nearly_english(lower);
        let surname = !is_everyday(lower)
            && self.words.get(at + 1).is_some_and(|after| after.gap == Gap::Space)
            && !is_mostly_a_word(next(1))
            && (SURNAMES.contains(next(1)) || !is_english(next(1)) && !is_nearly_english(next(1)));
        if known && (surname || (next(1) == "my" && (RELATIONS.contains(next(2)) || RELATIONS.contains(next(3))))) {
            return Some((Tier::Likely, "a first name in small letters"));
        }
        let helper = matches!(lower, "will" | "may" | "is" | "has" | "don" | "dot" | "did");
        match context {
            Context::Named if (known || !english) && letters > 1 && !is_nobody(lower) => {
                Some((Tier::Likely, "said to be a name"))
            }
            Context::Relation if known && !helper && deed() => Some((Tier::Likely, "a first name after a relation")),
            Context::Relation | Context::Person if known && !helper && !english => {
                Some((Tier::Possible, "a first name in small letters"))
            }
            Context::Relation if !english && letters > 2 && !is_nobody(lower) && deed() => {
                Some((Tier::Possible, "after a relation, before what somebody does, and no English word"))
            }
            Context::Person | Context::Relation if strange && self.is_spoken_of(at) => {
                Some((Tier::Possible, "somebody who is spoken of, and no English word"))
            }
            Context::Weak if strange && matches!(next(1), "my" | "our" | "who" | "at" | "on" | "the") => {
                Some((Tier::Possible, "somebody who is spoken of, and no English word"))
            }
            _ => None,
        }
    }

    /// Whether the next word reads as the rest of this name.
    fn follows_as_name(&self, at: usize) -> bool {
        let next = self.words.get(at + 1).filter(|next| next.gap == Gap::Space && matches!(next.case, Case::Capital));
        next.is_some_and(|next| {
            let lower = next.lower.as_str();
            let body = self.is_body(at + 1) || self.is_body(at + 2);
            !body && (SURNAMES.contains(lower) || (!is_english(lower) && (!is_nobody(lower) || is_first_name(lower))))
        })
    }

    /// Whether a sentence ends after this word, or goes on with another part.
    fn ends_here(&self, at: usize) -> bool {
        let may_be =
            !matches!(self.words[at].lower.as_str(), "and" | "i" | "but" | "from" | "my" | "who" | "not" | "here" | "now");
        may_be
            && self
                .words
                .get(at + 1)
                .is_none_or(|next| next.gap != Gap::Space || matches!(next.lower.as_str(), "and" | "i" | "from"))
    }

    /// Whether it is told, thanked or met, and not only before what it does.
    fn is_spoken_of(&self, at: usize) -> bool {
        let before = |back: usize| at.checked_sub(back).map_or("", |place| self.words[place].lower.as_str());
        let met = BEFORE_PEOPLE.contains(before(1)) || before(1) == "to" || (RELATIONS.contains(before(1)) && before(2) == "my");
        met || (matches!(before(1), "with" | "by")
            && matches!(before(2), "spoke" | "talked" | "spoken" | "met" | "seen" | "treated" | "helped"))
    }

    /// Whether no noun follows that the word could belong to.
    fn stands_alone(&self, at: usize) -> bool {
        let Some(next) = self.words.get(at + 1).filter(|next| next.gap == Gap::Space) else { return true };
        AFTER_A_NAME.contains(next.lower.as_str()) || DEEDS.contains(next.lower.as_str())
    }

    /// `Oluwaseyi on reception`: a post follows.
    fn is_at_work(&self, at: usize) -> bool {
        let next = |ahead: usize| self.words.get(at + ahead).map_or("", |word| word.lower.as_str());
        matches!(next(1), "on" | "from")
            && matches!(next(2), "reception" | "the" | "duty" | "desk" | "ward" | "my" | "our" | "pals")
    }

    /// Whether two words with capitals may be a person: not where a place is spoken of.
    fn may_be_two(&self, at: usize) -> bool {
        let before = at.checked_sub(1).map_or("", |before| self.words[before].lower.as_str());
        self.words[at].gap == Gap::Stop || !matches!(before, "the" | "in" | "at" | "near" | "a" | "an")
    }

    fn is_body(&self, at: usize) -> bool {
        self.words.get(at).is_some_and(|word| {
            word.gap == Gap::Space
                && BODIES.contains(word.lower.as_str())
                && (word.case != Case::Lower
                    || !self.speak
                    || !matches!(word.lower.as_str(), "day" | "home" | "test" | "way" | "plan" | "drive"))
        })
    }

    /// The last word of a name that begins here.
    fn extend(&self, first: usize, context: Context) -> usize {
        let small = self.words[first].case == Case::Lower;
        let known = is_first_name(&self.words[first].lower);
        let mut last = first;
        while let Some(next) =
            self.words.get(last + 1).filter(|next| next.gap == Gap::Space && last < first + 3 && !self.words[last].owns)
        {
            let lower = next.lower.as_str();
            let (surname, english, nobody) =
                (SURNAMES.contains(lower), is_english(lower), is_nobody(lower) && !PLACES.contains(lower));
            let name = surname || is_first_name(lower);
            let fits = match next.case {
                Case::Initial => lower != "i" && lower != "a",
                Case::Capital if self.speak => {
                    name || (!nobody && !BODIES.contains(lower) && (!english || (last == first && may_end(lower))))
                }
                Case::Capital | Case::Upper => {
                    !nobody && (name || !english) && lower.chars().count() > 2 && !BODIES.contains(lower)
                }
                Case::Lower if PARTICLES.contains(lower) => {
                    self.words.get(last + 2).is_some_and(|after| after.case == Case::Capital && after.gap == Gap::Space)
                }
                Case::Lower if small && last == first => {
                    (surname && (!english || context == Context::Named || !is_mostly_a_word(lower)))
                        || (!english && !nobody && (known || !is_nearly_english(lower)) && lower.chars().count() > 2)
                }
                Case::Lower => {
                    small && last == first && context == Context::Named && !nobody && (!english || self.ends_here(last + 1))
                }
            };
            if !fits {
                break;
            }
            last += 1;
        }
        last
    }
}

/// Whether a surname in small letters is more often the word.
fn is_mostly_a_word(lower: &str) -> bool {
    MOSTLY_WORDS.contains(lower)
}

/// Whether an English word with a capital may be the surname after a first name; not one that begins a sentence whose stop is
/// missing.
fn may_end(lower: &str) -> bool {
    lower.chars().count() > 1 && !NEVER_SURNAMES.contains(lower)
}
