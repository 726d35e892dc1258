//! Areas: groups made from the choices of one question, and what each section says to them.

use std::collections::HashMap;

use super::check::unknown;
use super::fault::Faults;
use crate::domain::form::{Areas, FormVersion};
use crate::domain::question::{PREFER_NOT, Takes};

/// Check the area groups and everything that names them.
pub(super) fn check(version: &FormVersion, faults: &mut Faults<'_>) {
    if let Some(areas) = &version.form.areas {
        check_groups(version, areas, faults);
    }
    check_sections(version, faults);
}

fn check_groups(version: &FormVersion, areas: &Areas, faults: &mut Faults<'_>) {
    let Some(field) = version.field(&areas.question) else {
        let known: Vec<&str> = version.fields().iter().map(|field| field.key.as_str()).collect();
        return unknown(faults, "areas.question", ("question", &areas.question), known);
    };
    let Takes::One(choices) = &field.takes else {
        let message = format!("`{}` is not answered with one choice, so it cannot decide the area", areas.question);
        return faults.error("areas.question", message, "name a question of kind choose_one");
    };
    let codes: Vec<&str> = choices.iter().map(|(code, _)| code.as_str()).collect();
    let mut held: HashMap<&str, &str> = HashMap::new();
    for (index, group) in areas.groups.iter().enumerate() {
        let path = format!("areas.group[{index}]");
        if group.holds.is_empty() {
            faults.error(
                &format!("{path}.holds"),
                format!("nothing falls into the area group `{}`", group.code),
                "name the choices it holds",
            );
        }
        for (number, code) in group.holds.iter().enumerate() {
            let path = format!("{path}.holds[{number}]");
            if !codes.contains(&code.as_str()) {
                unknown(faults, &path, ("choice", code), codes.iter().copied());
            } else if let Some(other) = held.insert(code, &group.code) {
                let message = format!("`{code}` falls into `{other}` and into `{}`", group.code);
                faults.error(&path, message, "leave it in one group only");
            }
        }
    }
    for code in codes.iter().filter(|code| !held.contains_key(**code) && **code != PREFER_NOT && **code != "other") {
        let message = format!("`{code}` of `{}` falls into no area group", areas.question);
        faults.info("areas.question", message, "add it to a group, unless that is meant");
    }
}

fn check_sections(version: &FormVersion, faults: &mut Faults<'_>) {
    let areas = version.form.areas.as_ref();
    let known: Vec<&str> = areas.iter().flat_map(|areas| &areas.groups).map(|group| group.code.as_str()).collect();
    for (s, section) in version.form.sections.iter().enumerate().filter(|(_, section)| !section.areas.is_empty()) {
        let mut told: Vec<&str> = Vec::new();
        for (a, area) in section.areas.iter().enumerate() {
            for (g, group) in area.groups.iter().enumerate() {
                let path = format!("section[{s}].area[{a}].groups[{g}]");
                if !known.contains(&group.as_str()) {
                    unknown(faults, &path, ("area group", group), known.iter().copied());
                } else if told.contains(&group.as_str()) {
                    let message = format!("the section `{}` speaks to `{group}` twice", section.key);
                    faults.error(&path, message, "leave the group in one of the two");
                }
                told.push(group);
            }
        }
        for group in known.iter().filter(|group| !told.contains(group)) {
            let message = format!("the section `{}` says nothing to `{group}`", section.key);
            faults.warning(&format!("section[{s}].area"), message, "add a [[section.area]] for it");
        }
    }
}
