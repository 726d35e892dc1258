//! Routing: every condition names a question asked before, in codes it offers, and can come true in each edition.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::check::unknown;
use super::fault::{Faults, did_you_mean, one_of};
use crate::domain::form::FormVersion;
use crate::domain::question::{Field, Part, Takes, offered};
use crate::domain::routing::Condition;
use crate::domain::wording::Edition;

/// Check every `ask_if` of a form.
pub(super) fn check(version: &FormVersion, faults: &mut Faults<'_>) {
    let routes = Routes::new(version);
    let mut last = None;
    for (index, field) in version.fields().iter().enumerate() {
        let (_, question) = version.place(field);
        let path = format!("section[{}].question[{}]", field.section, field.question);
        if last != Some((field.section, field.question)) {
            last = Some((field.section, field.question));
            if let Some(condition) = &question.ask_if {
                let editions = offered(&question.text);
                routes.check(condition, index, &editions, &format!("{path}.ask_if"), faults);
            }
        }
        if let Part::Statement(number) = field.part
            && let Some(condition) = question.statements.get(number).and_then(|statement| statement.ask_if.as_ref())
        {
            routes.check(condition, index, &field.editions, &format!("{path}.statement[{number}].ask_if"), faults);
        }
    }
}

struct Routes<'a> {
    version: &'a FormVersion,
    place: HashMap<&'a str, usize>,
}

type Narrowed = BTreeMap<String, BTreeSet<String>>;

impl<'a> Routes<'a> {
    fn new(version: &'a FormVersion) -> Self {
        let mut place = HashMap::new();
        for (index, field) in version.fields().iter().enumerate() {
            place.entry(field.key.as_str()).or_insert(index);
        }
        Self { version, place }
    }

    fn check(&self, condition: &Condition, index: usize, editions: &[Edition], path: &str, faults: &mut Faults<'_>) {
        let key = condition.question.as_str();
        let at = format!("{path}.question");
        let Some(target) = self.place.get(key).copied() else {
            let known: Vec<&str> = self.version.fields().iter().map(|field| field.key.as_str()).collect();
            return unknown(faults, &at, ("question", key), known);
        };
        if target >= index {
            let own = self.version.fields()[target].question == self.version.fields()[index].question
                && self.version.fields()[target].section == self.version.fields()[index].section;
            let why = if own { "it waits for its own answer".to_owned() } else { format!("`{key}` comes later in the form") };
            return faults.error(&at, format!("this can never be asked: {why}"), "move it behind the question it waits for");
        }
        let Some(codes) = codes(&self.version.fields()[target]) else {
            let message = format!("this can never be asked: `{key}` is not answered with a choice");
            return faults.error(&at, message, "name a question with choices");
        };
        if codes.is_empty() {
            // A question without choices has a fault of its own.
            return;
        }
        if condition.is.is_empty() {
            faults.error(&format!("{path}.is"), "this can never be asked: no answer is named", one_of(codes));
            return;
        }
        let mut known = true;
        for (number, code) in condition.is.iter().enumerate().filter(|(_, code)| !codes.contains(&code.as_str())) {
            let suggestion = did_you_mean(code, codes.iter().copied());
            faults.error(&format!("{path}.is[{number}]"), format!("`{key}` has no choice `{code}`"), suggestion);
            known = false;
        }
        if known {
            self.check_reach(index, editions, path, faults);
        }
    }

    fn check_reach(&self, index: usize, editions: &[Edition], path: &str, faults: &mut Faults<'_>) {
        for edition in editions {
            if let Err(why) = self.narrow(index, *edition, &mut Narrowed::new()) {
                let message = format!("this can never be asked in {edition}: {why}");
                let suggestion = format!("change the condition, or take the {edition} wording out");
                return faults.error(path, message, suggestion);
            }
        }
    }

    /// Narrow the answers that lead to a field, through every condition above it.
    fn narrow(&self, index: usize, edition: Edition, narrowed: &mut Narrowed) -> Result<(), String> {
        let field = &self.version.fields()[index];
        let (section, question) = self.version.place(field);
        let statement = match field.part {
            Part::Statement(number) | Part::Comment(number) => question.statements.get(number),
            Part::Answer | Part::OwnWords => None,
        };
        for condition in question.ask_if.iter().chain(statement.and_then(|statement| statement.ask_if.as_ref())) {
            let key = condition.question.as_str();
            // A condition with a fault of its own is reported where it stands.
            let Some(target) = self.place.get(key).copied().filter(|target| *target < index) else { continue };
            let decider = &self.version.fields()[target];
            if !decider.editions.contains(&edition) {
                return Err(format!("`{key}` is not asked there"));
            }
            if self.version.place(decider).0.after_sending && !section.after_sending {
                return Err(format!("`{key}` is asked only after the response has been received"));
            }
            let offered = offered_in(decider, edition);
            let open: BTreeSet<String> = condition.is.iter().filter(|code| offered.contains(&code.as_str())).cloned().collect();
            if open.is_empty() {
                return Err(format!("`{key}` offers none of {} there", condition.is.join(", ")));
            }
            if matches!(decider.takes, Takes::One(_)) {
                let left = match narrowed.get(key) {
                    Some(before) => before.intersection(&open).cloned().collect(),
                    None => open,
                };
                if left.is_empty() {
                    return Err(format!("`{key}` would need two different answers at once"));
                }
                narrowed.insert(key.to_owned(), left);
            }
            self.narrow(target, edition, narrowed)?;
        }
        Ok(())
    }
}

fn codes(field: &Field) -> Option<Vec<&str>> {
    match &field.takes {
        Takes::One(choices) => Some(choices.iter().map(|(code, _)| code.as_str()).collect()),
        Takes::Many(choices) => Some(choices.iter().map(|(code, _, _)| code.as_str()).collect()),
        Takes::Text(_) | Takes::Number(..) | Takes::Date => None,
    }
}

fn offered_in(field: &Field, edition: Edition) -> Vec<&str> {
    match &field.takes {
        Takes::One(choices) => {
            choices.iter().filter(|(_, editions)| editions.contains(&edition)).map(|(code, _)| code.as_str()).collect()
        }
        Takes::Many(choices) => {
            choices.iter().filter(|(_, editions, _)| editions.contains(&edition)).map(|(code, _, _)| code.as_str()).collect()
        }
        Takes::Text(_) | Takes::Number(..) | Takes::Date => Vec::new(),
    }
}
