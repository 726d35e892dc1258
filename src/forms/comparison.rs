//! Comparison: what changed between two versions of a form, said so that people can read it.

use std::collections::BTreeMap;
use std::fmt;

use super::outline::{Node, outline};
use crate::domain::form::Form;

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What became of it.
    pub sort: Sort,
    /// What it is, such as "question `age_group`, choice `16_24`".
    pub place: String,
    /// Which of its attributes, such as its picture; none when it was added or removed as a whole.
    pub attribute: Option<String>,
    /// What it was.
    pub was: Option<String>,
    /// What it is now.
    pub now: Option<String>,
}

/// What became of a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sort {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It is another.
    Changed,
    /// It stands elsewhere.
    Moved,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mark, verb) = match self.sort {
            Sort::Added => ("+", "added"),
            Sort::Removed => ("-", "removed"),
            Sort::Changed => ("~", "changed"),
            Sort::Moved => ("~", "moved"),
        };
        write!(f, "{mark} {}", self.place)?;
        self.attribute.iter().try_for_each(|attribute| write!(f, ", {attribute}"))?;
        write!(f, ": {verb}")?;
        self.was.iter().try_for_each(|was| write!(f, "\n    was: {was}"))?;
        self.now.iter().try_for_each(|now| write!(f, "\n    now: {now}"))
    }
}

/// What changed from the old version to the new one, in the order of the new one; what is gone comes first in its place.
#[must_use]
pub fn diff(old: &Form, new: &Form) -> Vec<Change> {
    let mut changes = Vec::new();
    compare(&outline(old), &outline(new), "", &mut changes);
    changes
}

fn compare(old: &Node, new: &Node, place: &str, changes: &mut Vec<Change>) {
    compare_attributes(old, new, place, changes);
    compare_lines(&old.lines, &new.lines, place, changes);
    let before: BTreeMap<&str, &Node> = old.children.iter().map(|node| (node.label.as_str(), node)).collect();
    let after: BTreeMap<&str, &Node> = new.children.iter().map(|node| (node.label.as_str(), node)).collect();
    for gone in old.children.iter().filter(|node| !after.contains_key(node.label.as_str())) {
        let change = Change { was: Some(gone.summary()), ..whole(Sort::Removed, place, gone) };
        changes.push(change);
    }
    for node in &new.children {
        match before.get(node.label.as_str()) {
            Some(old) => compare(old, node, &join(place, &node.label), changes),
            None => changes.push(Change { now: Some(node.summary()), ..whole(Sort::Added, place, node) }),
        }
    }
    compare_order(old, new, place, changes);
}

fn compare_attributes(old: &Node, new: &Node, place: &str, changes: &mut Vec<Change>) {
    let mut names: Vec<&String> = new.attributes.keys().chain(old.attributes.keys()).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let (was, now) = (old.attributes.get(name), new.attributes.get(name));
        if was == now {
            continue;
        }
        let sort = match (was, now) {
            (None, _) => Sort::Added,
            (_, None) => Sort::Removed,
            _ => Sort::Changed,
        };
        let place = if place.is_empty() { "the form".to_owned() } else { place.to_owned() };
        changes.push(Change { sort, place, attribute: Some(name.clone()), was: was.cloned(), now: now.cloned() });
    }
}

/// Lines that differ, those beside each other told as one change.
fn compare_lines(old: &[String], new: &[String], place: &str, changes: &mut Vec<Change>) {
    let (mut was, mut now) = (Vec::new(), Vec::new());
    let mut tell = |was: &mut Vec<String>, now: &mut Vec<String>| {
        let sort = match (was.is_empty(), now.is_empty()) {
            (true, true) => return,
            (true, false) => Sort::Added,
            (false, true) => Sort::Removed,
            (false, false) => Sort::Changed,
        };
        let said = |lines: &mut Vec<String>| (!lines.is_empty()).then(|| std::mem::take(lines).join("\n         "));
        changes.push(Change { sort, place: place.to_owned(), attribute: None, was: said(was), now: said(now) });
    };
    for step in steps(old, new) {
        match step {
            Step::Gone(line) => was.push(line.to_owned()),
            Step::New(line) => now.push(line.to_owned()),
            Step::Same => tell(&mut was, &mut now),
        }
    }
    tell(&mut was, &mut now);
}

enum Step<'a> {
    Same,
    Gone(&'a str),
    New(&'a str),
}

/// How to get from the old lines to the new ones, keeping as many as can be kept.
fn steps<'a>(old: &'a [String], new: &'a [String]) -> Vec<Step<'a>> {
    let mut kept = vec![vec![0_usize; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            kept[i][j] = if old[i] == new[j] { kept[i + 1][j + 1] + 1 } else { kept[i + 1][j].max(kept[i][j + 1]) };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut steps = Vec::new();
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            steps.push(Step::Same);
            (i, j) = (i + 1, j + 1);
        } else if i < old.len() && (j == new.len() || kept[i + 1][j] >= kept[i][j + 1]) {
            steps.push(Step::Gone(&old[i]));
            i += 1;
        } else {
            steps.push(Step::New(&new[j]));
            j += 1;
        }
    }
    steps
}

/// Things that both have, in another order: named once, with both orders.
fn compare_order(old: &Node, new: &Node, place: &str, changes: &mut Vec<Change>) {
    for kind in ["section", "question", "choice", "statement", "scale", "class"] {
        let common = |node: &Node, other: &Node| -> Vec<String> {
            let of_kind = node.children.iter().filter(|child| child.label.starts_with(kind));
            of_kind.filter(|child| other.children.iter().any(|o| o.label == child.label)).map(|c| c.name().to_owned()).collect()
        };
        let (was, now) = (common(old, new), common(new, old));
        if was != now {
            let place = if place.is_empty() { "the form".to_owned() } else { place.to_owned() };
            let attribute = Some(format!("order of each {kind}"));
            changes.push(Change { sort: Sort::Moved, place, attribute, was: Some(was.join(", ")), now: Some(now.join(", ")) });
        }
    }
}

fn whole(sort: Sort, place: &str, node: &Node) -> Change {
    Change { sort, place: join(place, &node.label), attribute: None, was: None, now: None }
}

fn join(place: &str, label: &str) -> String {
    if place.is_empty() { label.to_owned() } else { format!("{place}, {label}") }
}
