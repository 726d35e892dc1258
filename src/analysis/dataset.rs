//! The dataset: the responses as a rectangle, as of a moment. One dataset stands under every screen and file.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::balance::{self, BalanceLine, Entry, HeldSummary, NO_SUCH_VERSION, WITHDRAWN};
use super::variable::{self, Variable};
use crate::domain::consultation::Consultation;
use crate::domain::form::{Areas, FormVersion};
use crate::domain::response::Revision;
use crate::domain::tabulate::Mark;

/// The responses to the main form of a consultation, as of a moment.
#[derive(Debug, Clone)]
pub struct Dataset {
    /// The consultation.
    pub consultation: Consultation,
    /// Every published version of its main form, newest first.
    pub forms: Vec<Arc<FormVersion>>,
    /// The moment; what was stored later is not in it.
    pub as_of: DateTime<Utc>,
    /// The variables, in the order of the newest version.
    pub variables: Vec<Variable>,
    /// The revision in force of every response that counts, in the order of the response ids.
    pub rows: Vec<Revision>,
    /// What was received, included and excluded.
    pub balance: Vec<BalanceLine>,
}

impl Dataset {
    /// Takes the revision in force of each response: the highest number stored by `as_of`. Withdrawn ones are excluded,
    /// and so is what is held; both stand in the balance. Revisions of another form than the main one are left out, for
    /// a dataset is of one form. `held` is what is held as of the same moment.
    #[must_use]
    pub fn new(
        consultation: &Consultation,
        mut forms: Vec<Arc<FormVersion>>,
        revisions: impl IntoIterator<Item = Revision>,
        held: &[HeldSummary],
        as_of: DateTime<Utc>,
    ) -> Self {
        forms.sort_by_key(|version| Reverse(version.form.version));
        let mut current = in_force(consultation, revisions, as_of);
        current.sort_by_key(|revision| revision.response_id);
        let published = |revision: &Revision| forms.iter().any(|version| version.form.version == revision.form_version);
        let why = |revision: &Revision| match revision {
            revision if revision.withdrawn => Some(WITHDRAWN.to_owned()),
            revision if !published(revision) => Some(NO_SUCH_VERSION.to_owned()),
            _ => None,
        };
        let entries = current.iter().map(|revision| Entry {
            channel: revision.channel,
            edition: Some(revision.edition),
            form_version: Some(revision.form_version),
            excluded: why(revision),
        });
        let balance = balance::balance(entries.chain(held.iter().map(entry)));
        current.retain(|revision| why(revision).is_none());
        let mut variables = variable::unite(&forms, &consultation.equality);
        for variable in &mut variables {
            for revision in &current {
                variable.read(revision);
            }
        }
        Self { consultation: consultation.clone(), forms, as_of, variables, rows: current, balance }
    }

    /// The variable with this key.
    #[must_use]
    pub fn variable(&self, key: &str) -> Option<&Variable> {
        self.variables.iter().find(|variable| variable.key == key)
    }

    /// How areas are grouped, by the newest version that groups them.
    #[must_use]
    pub fn areas(&self) -> Option<&Areas> {
        self.forms.iter().find_map(|version| version.form.areas.as_ref())
    }

    /// The code of the area group this row falls into.
    #[must_use]
    pub fn area_group(&self, row: usize) -> Option<&str> {
        let areas = self.areas()?;
        let variable = self.variable(&areas.question)?;
        let Mark::Codes(codes) = variable.mark(row) else { return None };
        let area = &variable.codes[usize::from(*codes.first()?)].code;
        areas.groups.iter().find(|group| group.holds.contains(area)).map(|group| group.code.as_str())
    }

    /// How many of the rows were made up for a demonstration.
    #[must_use]
    pub fn synthetic(&self) -> usize {
        self.rows.iter().filter(|row| row.synthetic).count()
    }
}

fn in_force(consultation: &Consultation, revisions: impl IntoIterator<Item = Revision>, as_of: DateTime<Utc>) -> Vec<Revision> {
    let mut current: HashMap<Uuid, Revision> = HashMap::new();
    let counted = revisions.into_iter().filter(|revision| revision.form == consultation.form && revision.stored_at <= as_of);
    for revision in counted {
        match current.get_mut(&revision.response_id) {
            Some(known) if known.number >= revision.number => {}
            Some(known) => *known = revision,
            None => drop(current.insert(revision.response_id, revision)),
        }
    }
    current.into_values().collect()
}

fn entry(held: &HeldSummary) -> Entry {
    Entry { channel: held.channel, edition: held.edition, form_version: held.form_version, excluded: Some(held.why.clone()) }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
