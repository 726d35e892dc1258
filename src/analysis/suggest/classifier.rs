//! Which codes an answer may have: one machine for each code, a threshold found by cross-validation, and probabilities.

use std::collections::BTreeMap;

use super::calibrate::Curve;
use super::chance::{Chance, hash, mix};
use super::features::{WIDTH, Weights};
use super::matrix::{self, Matrix, NOWHERE};
use super::svm::{self, Task};
use super::threshold::{self, Judged};
use super::{Answer, parallel};
use crate::analysis::text;

/// Below so many coded answers nothing is predicted: half of what would be suggested is wrong. Search and similar answers serve better.
pub const LEAST: usize = 200;

/// Below so many coded answers with a code, what is said of that code is little better than a guess, and pages say so.
pub const FEW: usize = 20;

/// Into how many parts the coded answers are put to see how well unseen ones are coded.
const FOLDS: u64 = 5;

/// An answer that people have coded.
#[derive(Debug, Clone, Copy)]
pub struct Coded<'a> {
    /// The answer.
    pub answer: Answer<'a>,
    /// Its codes, by their number; none when nothing in the codeframe fits.
    pub codes: &'a [usize],
}

/// Why there is no classifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TooFew {
    /// Fewer than [`LEAST`] coded answers.
    #[error("{have} answers are coded; suggestions begin at {LEAST}")]
    Answers {
        /// How many are coded.
        have: usize,
    },
    /// No coded answer has any code.
    #[error("no coded answer has a code")]
    Codes,
}

/// A code that an answer may have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Suggestion {
    /// The code, by its number.
    pub code: usize,
    /// How far the answer lies on the code's side of its boundary.
    pub score: f32,
    /// How many in 1 of such answers have the code, as far as cross-validation tells.
    pub probability: f32,
    /// Whether the score reaches the threshold, or is the highest of the answer.
    pub suggested: bool,
}

/// A word that led to a code, as it is found in [`crate::analysis::text::folded`].
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// The word.
    pub word: String,
    /// What it adds to the score.
    pub worth: f32,
}

/// The scores of many answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Scores {
    codes: usize,
    by_answer: Vec<f32>,
}

impl Scores {
    /// The scores of each answer, by code.
    #[must_use]
    pub fn answers(&self) -> impl ExactSizeIterator<Item = &[f32]> {
        self.by_answer.chunks(self.codes.max(1))
    }

    /// The scores of one answer, by code.
    #[must_use]
    pub fn of(&self, answer: usize) -> &[f32] {
        &self.by_answer[answer * self.codes..(answer + 1) * self.codes]
    }
}

/// What has been learnt from coded answers.
#[derive(Debug, Clone)]
pub struct Classifier {
    codes: usize,
    /// Where each feature stands among those that were learnt from.
    place: Vec<u32>,
    /// By feature, then by code; the last row is the constant.
    weights: Vec<f32>,
    threshold: f32,
    curves: Vec<Curve>,
    /// How many coded answers have each code.
    examples: Vec<usize>,
    /// By coded answer, then by code: what the machines that had not seen the answer said.
    out_of_fold: Vec<f32>,
    duals: Duals,
}

/// Where to start next time: by answer, then by machine (the whole first, then the folds) and code, what is not nought.
type Duals = BTreeMap<String, Vec<(u16, u16, f32)>>;

impl Classifier {
    /// Learn from coded answers, beginning where an earlier classifier of the same codeframe ended.
    ///
    /// The same input gives the same bytes. With `earlier` the result is as good, and lies within the solver's tolerance of what
    /// it would have been without.
    ///
    /// # Errors
    /// [`TooFew`] below [`LEAST`] coded answers, or when none has a code.
    pub fn learn(weights: &Weights, coded: &[Coded], themes: usize, seed: u64, earlier: Option<&Self>) -> Result<Self, TooFew> {
        if coded.len() < LEAST {
            return Err(TooFew::Answers { have: coded.len() });
        }
        let texts: Vec<&str> = coded.iter().map(|coded| coded.answer.text).collect();
        let rows = weights.matrix(&texts);
        Self::learn_rows(&rows, coded, themes, seed, earlier)
    }

    /// The same from rows of features that were made before, one for each coded answer.
    ///
    /// # Errors
    /// [`TooFew::Codes`] when no answer has a code. Whether there are [`LEAST`] is not asked.
    pub fn learn_rows(rows: &Matrix, coded: &[Coded], themes: usize, seed: u64, earlier: Option<&Self>) -> Result<Self, TooFew> {
        let mut has = vec![false; coded.len() * themes];
        for (index, coded) in coded.iter().enumerate() {
            coded.codes.iter().filter(|code| **code < themes).for_each(|code| has[index * themes + code] = true);
        }
        if !has.contains(&true) {
            return Err(TooFew::Codes);
        }
        let (place, width) = rows.places(WIDTH, 1);
        let rows = rows.renumbered(&place);
        let ids: Vec<&str> = coded.iter().map(|coded| coded.answer.id).collect();
        let machines = Machines {
            rows: &rows,
            width,
            has: &has,
            codes: themes,
            ids: &ids,
            seed,
            earlier: earlier.map(|earlier| &earlier.duals),
        };
        let learnt = machines.solve();
        let by_code = |code: usize| {
            let scores = learnt.out_of_fold.iter().skip(code).step_by(themes).copied();
            scores.zip(has.iter().skip(code).step_by(themes).copied())
        };
        let curves: Vec<Curve> = (0..themes).map(|code| Curve::fit(by_code(code))).collect();
        let probabilities: Vec<f32> =
            learnt.out_of_fold.iter().enumerate().map(|(at, score)| curves[at % themes].probability(*score)).collect();
        Ok(Self {
            codes: themes,
            place,
            weights: learnt.weights,
            threshold: threshold::best(Judged { codes: themes, scores: &probabilities, has: &has }),
            examples: (0..themes).map(|code| by_code(code).filter(|(_, has)| *has).count()).collect(),
            curves,
            out_of_fold: learnt.out_of_fold,
            duals: learnt.duals,
        })
    }

    /// The score of each code for a row of features.
    #[must_use]
    pub fn scores(&self, row: impl IntoIterator<Item = (u32, f32)>) -> Vec<f32> {
        let (weights, constant) = self.weights.split_at(self.weights.len() - self.codes);
        let mut scores = constant.to_vec();
        for (column, value) in row {
            if let Some(place) = self.place.get(column as usize).filter(|place| **place != NOWHERE) {
                let from = *place as usize * self.codes;
                matrix::add(&mut scores, value, &weights[from..from + self.codes]);
            }
        }
        scores
    }

    /// The scores of many answers.
    #[must_use]
    pub fn score_all<T: AsRef<str> + Sync>(&self, weights: &Weights, answers: &[T]) -> Scores {
        let score = |answer: &T| self.scores(weights.row(answer.as_ref()));
        let pieces = parallel::pieces(answers, |_, piece| piece.iter().flat_map(score).collect::<Vec<f32>>());
        Scores { codes: self.codes, by_answer: pieces.concat() }
    }

    /// What the machines that had not seen them said of the coded answers, in the order in which they were given.
    #[must_use]
    pub fn unseen(&self) -> Scores {
        Scores { codes: self.codes, by_answer: self.out_of_fold.clone() }
    }

    /// The codes from likely to unlikely.
    #[must_use]
    pub fn suggestions(&self, scores: &[f32]) -> Vec<Suggestion> {
        let suggestion = |(code, score): (usize, &f32)| {
            let probability = self.probability(code, *score);
            Suggestion { code, score: *score, probability, suggested: probability >= self.threshold }
        };
        let mut all: Vec<Suggestion> = scores.iter().enumerate().map(suggestion).collect();
        all.sort_by(|a, b| b.probability.total_cmp(&a.probability).then(a.code.cmp(&b.code)));
        if let Some(first) = all.first_mut() {
            first.suggested = true;
        }
        all
    }

    /// How many in 1 of the answers with such a score have the code.
    #[must_use]
    pub fn probability(&self, code: usize, score: f32) -> f32 {
        self.curves[code].probability(score)
    }

    /// The probability from which on a code is suggested; above 1 where only the likeliest code of each answer should be.
    #[must_use]
    pub const fn threshold(&self) -> f32 {
        self.threshold
    }

    /// How many coded answers have each code.
    #[must_use]
    pub fn examples(&self) -> &[usize] {
        &self.examples
    }

    /// The words of an answer that led to a code, the weightiest first; at most `most`, and none that speak against it.
    #[must_use]
    pub fn why(&self, weights: &Weights, answer: &str, code: usize, most: usize) -> Vec<Reason> {
        let worth = |column: u32| match self.place[column as usize] {
            NOWHERE => 0.0,
            place => self.weights[place as usize * self.codes + code],
        };
        let folded = text::folded(answer);
        let mut reasons: Vec<Reason> = Vec::new();
        for (from, to, worth) in weights.by_word(answer, worth) {
            let word = &folded[from..to];
            match reasons.iter_mut().find(|reason| reason.word == word) {
                Some(reason) => reason.worth += worth,
                None => reasons.push(Reason { word: word.to_owned(), worth }),
            }
        }
        reasons.retain(|reason| reason.worth > 0.0);
        reasons.sort_by(|a, b| b.worth.total_cmp(&a.worth));
        reasons.truncate(most);
        reasons
    }
}

/// All machines that are to be solved: for each code one of all coded answers and one for each fold left out.
struct Machines<'a> {
    rows: &'a Matrix,
    width: usize,
    has: &'a [bool],
    codes: usize,
    ids: &'a [&'a str],
    seed: u64,
    earlier: Option<&'a Duals>,
}

struct Learnt {
    weights: Vec<f32>,
    out_of_fold: Vec<f32>,
    duals: Duals,
}

impl Machines<'_> {
    fn solve(&self) -> Learnt {
        let count = self.ids.len();
        // By the answer itself, so that it stays in its fold however many others are coded.
        let folds: Vec<u64> = self.ids.iter().map(|id| 1 + mix(hash(id.as_bytes()) ^ self.seed) % FOLDS).collect();
        let learn: Vec<Vec<u32>> =
            (0..=FOLDS).map(|left_out| (0..count as u32).filter(|row| folds[*row as usize] != left_out).collect()).collect();
        let lengths: Vec<f32> =
            (0..count).map(|row| 1.0 + self.rows.pairs(row).map(|(_, value)| value * value).sum::<f32>()).collect();
        let by_code: Vec<Vec<bool>> =
            (0..self.codes).map(|code| self.has.iter().skip(code).step_by(self.codes).copied().collect()).collect();
        let solved = parallel::each(self.codes * learn.len(), |index| {
            let (fold, code) = (index / self.codes, index % self.codes);
            let task = Task { rows: self.rows, width: self.width, lengths: &lengths, learn: &learn[fold], has: &by_code[code] };
            let start = self.start(fold, code, &learn[fold]);
            let solved = svm::solve(&task, start.as_deref(), &mut Chance::part(self.seed, index as u64));
            let unseen: Vec<(usize, f32)> = (0..count)
                .filter(|row| folds[*row] == fold as u64)
                .map(|row| (row, svm::score(&task, &solved.weights, row)))
                .collect();
            let duals = solved.duals.into_iter().enumerate().filter(|(_, dual)| *dual > 0.0).collect::<Vec<_>>();
            (if fold == 0 { solved.weights } else { Vec::new() }, duals, unseen)
        });
        let mut learnt = Learnt {
            weights: vec![0.0; (self.width + 1) * self.codes],
            out_of_fold: vec![0.0; count * self.codes],
            duals: BTreeMap::new(),
        };
        for (index, (weights, duals, unseen)) in solved.into_iter().enumerate() {
            let (fold, code) = (index / self.codes, index % self.codes);
            for (place, weight) in weights.into_iter().enumerate() {
                learnt.weights[place * self.codes + code] = weight;
            }
            for (at, dual) in duals {
                let id = self.ids[learn[fold][at] as usize];
                learnt.duals.entry(id.to_owned()).or_default().push((fold as u16, code as u16, dual));
            }
            for (row, score) in unseen {
                learnt.out_of_fold[row * self.codes + code] = score;
            }
        }
        learnt
    }

    /// The duals of an earlier time, for the answers that this machine learns from.
    fn start(&self, fold: usize, code: usize, learn: &[u32]) -> Option<Vec<f32>> {
        let earlier = self.earlier?;
        let of = |row: &u32| {
            let duals = earlier.get(self.ids[*row as usize])?;
            let at = duals.binary_search_by_key(&(fold as u16, code as u16), |(fold, code, _)| (*fold, *code)).ok()?;
            Some(duals[at].2)
        };
        Some(learn.iter().map(|row| of(row).unwrap_or(0.0)).collect())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Answers about buses, waiting, staff, and, one in fifteen, toilets; each with its code.
    pub fn texts(numbers: std::ops::Range<u64>) -> Vec<String> {
        numbers.map(|number| text_and_codes(number).0).collect()
    }

    fn text_and_codes(number: u64) -> (String, Vec<usize>) {
        let about: [&[&str]; 4] = [
            &["the bus is late", "no buses on Sunday", "buses do not stop here", "I cannot get there by bus"],
            &["we waited for hours", "waiting lists are long", "the wait is too long", "I had to wait again"],
            &["the nurses were kind", "staff are friendly", "a kind doctor", "nursing staff listen"],
            &["the toilets were dirty", "no toilet on this floor", "a toilet for disabled people", "toilets locked"],
        ];
        let mut chance = Chance::part(3, number);
        let code = if number.is_multiple_of(15) { 3 } else { chance.below(3) };
        let also = (chance.below(3) == 0).then(|| chance.below(3)).filter(|also| *also != code);
        let mut text = String::new();
        for code in [Some(code), also].into_iter().flatten() {
            text += about[code][chance.below(4)];
            text += [", really. ", " as ever, ", " and ", " in my view "][chance.below(4)];
        }
        (text, [Some(code), also].into_iter().flatten().collect())
    }

    /// A classifier of the first so many.
    pub fn learnt(count: u64) -> (Weights, Classifier) {
        let weights = Weights::learn(&texts(0..600));
        let made: Vec<(String, (String, Vec<usize>))> =
            (0..count).map(|number| (number.to_string(), text_and_codes(number))).collect();
        let classifier = Classifier::learn(&weights, &coded(&made), 4, 1, None).unwrap();
        (weights, classifier)
    }

    fn coded(made: &[(String, (String, Vec<usize>))]) -> Vec<Coded<'_>> {
        made.iter().map(|(id, (text, codes))| Coded { answer: Answer { id, text }, codes }).collect()
    }

    #[test]
    fn unseen_answers_get_their_codes_with_the_words_that_led_there() {
        let (weights, classifier) = learnt(300);
        let right = (300..400).filter(|number| {
            let (text, codes) = text_and_codes(*number);
            let suggested =
                classifier.suggestions(&classifier.scores(weights.row(&text))).into_iter().filter(|one| one.suggested);
            let mut suggested: Vec<usize> = suggested.map(|one| one.code).collect();
            suggested.sort_unstable();
            suggested == codes.into_iter().collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>()
        });
        assert!(right.count() >= 90);
        let why = classifier.why(&weights, "Kind staff, but the toilets were dirty", 3, 3);
        assert_eq!(why[0].word, "toilets", "{why:?}");
        assert!(!why.iter().any(|reason| reason.word == "kind" || reason.worth <= 0.0));
        assert_eq!(classifier.examples()[3], 20);
    }

    #[test]
    fn the_worth_of_all_words_is_the_score_without_its_constant() {
        let (weights, classifier) = learnt(250);
        let text = "the bus is late and the nurses were kind";
        let score = classifier.scores(weights.row(text))[0] - classifier.scores([])[0];
        let worth: f32 = classifier.why(&weights, text, 0, 99).iter().map(|reason| reason.worth).sum();
        assert!(worth >= score, "only words in favour are told: {worth} {score}");
    }

    #[test]
    fn nothing_is_suggested_from_few_coded_answers() {
        let weights = Weights::learn(&texts(0..300));
        let made: Vec<_> = (0..300).map(|number: u64| (number.to_string(), text_and_codes(number))).collect();
        let few = Classifier::learn(&weights, &coded(&made[..199]), 4, 1, None);
        assert_eq!(few.err(), Some(TooFew::Answers { have: 199 }));
        let without: Vec<_> = made.iter().map(|(id, (text, _))| (id.clone(), (text.clone(), Vec::new()))).collect();
        assert_eq!(Classifier::learn(&weights, &coded(&without), 4, 1, None).err(), Some(TooFew::Codes));
    }

    #[test]
    fn learning_again_gives_the_same_bits_and_a_warm_start_the_same_suggestions() {
        let (weights, earlier) = learnt(300);
        let (_, same) = learnt(300);
        assert_eq!((&earlier.weights, &earlier.out_of_fold), (&same.weights, &same.out_of_fold));
        let made: Vec<_> = (0..320).map(|number: u64| (number.to_string(), text_and_codes(number))).collect();
        let cold = Classifier::learn(&weights, &coded(&made), 4, 1, None).unwrap();
        let warm = Classifier::learn(&weights, &coded(&made), 4, 1, Some(&earlier)).unwrap();
        let first = |classifier: &Classifier| {
            let scores = classifier.score_all(&weights, &texts(400..600));
            scores.answers().map(|scores| classifier.suggestions(scores)[0].code).collect::<Vec<_>>()
        };
        let alike = first(&cold).iter().zip(first(&warm)).filter(|(cold, warm)| **cold == *warm).count();
        assert!(alike >= 196, "{alike}");
    }

    #[test]
    fn scores_of_unseen_folds_are_not_those_of_the_whole() {
        let (weights, classifier) = learnt(300);
        let seen = classifier.score_all(&weights, &texts(0..300));
        let held: f32 = classifier.unseen().answers().zip(seen.answers()).map(|(held, seen)| (held[0] - seen[0]).abs()).sum();
        assert!(held > 1.0, "{held}");
    }
}
