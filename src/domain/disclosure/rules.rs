//! The rules: what a preset hides first, what is hidden to keep it company, and the audit that hides until it is proved.

use std::collections::BTreeSet;

use super::ledger::{Ledger, Line};
use super::system::{MANY, Role, System};
use super::{Audit, Preset};

/// Results based on fewer people than this are hidden under the GP Patient Survey rule.
pub(super) const FEWEST: i64 = 10;

/// Counts under this, and above nothing, are hidden in tables about people's characteristics.
const SMALL: i64 = 5;

/// Counts of at most this, and above nothing, are hidden under the NHS 1 to 7 rule.
const SEVEN: i64 = 7;

/// Hides what the preset says must be hidden by itself.
pub(super) fn first(ledger: &mut Ledger, preset: Preset) {
    match preset {
        Preset::None => {}
        Preset::GpPatientSurvey => few_people(ledger),
        Preset::Nhs17 => one_to_seven(&mut ledger.system),
    }
}

fn few_people(ledger: &mut Ledger) {
    let system = &mut ledger.system;
    for line in ledger.tables.iter_mut().flatten() {
        let base = system.cells[line.base].value;
        if (1..FEWEST).contains(&base) {
            shut(system, line);
            system.hide(line.base, 1, FEWEST - 1);
            line.columns.iter().flatten().for_each(|cell| system.hide(*cell, 0, FEWEST - 1));
        } else if line.careful {
            for cell in line.counted.iter().chain([&line.size]) {
                if (1..SMALL).contains(&system.cells[*cell].value) {
                    system.hide(*cell, 1, SMALL - 1);
                }
            }
        }
    }
}

/// Every count of 1 to 7 is hidden; what stays is known only to the nearest five.
fn one_to_seven(system: &mut System) {
    for index in 0..system.cells.len() {
        let cell = &mut system.cells[index];
        if cell.open || cell.role == Role::Slack || cell.value == 0 {
            continue;
        }
        if cell.value <= SEVEN {
            system.hide(index, 1, SEVEN);
        } else {
            let rounded = nearest_five(cell.value);
            (cell.least, cell.most) = ((rounded - 2).max(SEVEN + 1), rounded + 2);
        }
    }
}

/// The nearest multiple of five.
pub(super) fn nearest_five(value: i64) -> i64 {
    (value + 2) / 5 * 5
}

/// Hides a whole result: its counts, its base and its states.
fn shut(system: &mut System, line: &mut Line) {
    line.shut = true;
    line.columns.iter().flatten().for_each(|cell| system.hide(*cell, 0, MANY));
    line.states.iter().for_each(|cell| system.hide(*cell, 0, MANY));
    let some = i64::from(system.cells[line.base].value > 0);
    system.hide(line.base, some, MANY);
}

/// Hides more, so that no hidden number stands alone in its row, its column or its table.
pub(super) fn company(ledger: &mut Ledger, preset: Preset) {
    if preset != Preset::GpPatientSurvey {
        return;
    }
    // Fine groups first, so that the coarse groups they make up can follow them.
    let mut order: Vec<usize> = (0..ledger.tables.len()).filter(|table| ledger.parted[*table]).collect();
    order.sort_by_key(|table| ledger.coarse[*table]);
    for table in order {
        second_group(&mut ledger.system, &mut ledger.tables[table]);
    }
    while (0..ledger.tables.len()).any(|table| rows(ledger, table) | columns(ledger, table)) {}
}

/// When one group is hidden as a whole, so is another: everyone less the others would show it. The next smallest, but
/// rather one that is also needed elsewhere: the neighbour in its area group, the area group of a hidden area.
fn second_group(system: &mut System, lines: &mut [Line]) {
    if lines.iter().filter(|line| line.shut).count() != 1 {
        return;
    }
    let next = lines.iter_mut().filter(|line| !line.shut && system.cells[line.base].value > 0);
    let first = next.min_by_key(|line| (std::cmp::Reverse(wanted(system, line.base)), system.cells[line.base].value));
    if let Some(line) = first {
        shut(system, line);
    }
}

/// In how many sums this cell could keep a hidden one company that stands alone there.
fn wanted(system: &System, cell: usize) -> usize {
    let alone = |sum: &&usize| system.sums[**sum].iter().filter(|(other, _)| system.cells[*other].hidden).count() == 1;
    system.within[cell].iter().filter(alone).count()
}

/// When one option of a result is hidden, so is the next lowest.
fn rows(ledger: &mut Ledger, table: usize) -> bool {
    let mut changed = false;
    for line in ledger.tables[table].iter().filter(|line| line.careful && !line.shut) {
        changed |= pair(&mut ledger.system, line.counted.iter().copied());
    }
    changed
}

/// When one group of an option is hidden, so is the next lowest.
fn columns(ledger: &mut Ledger, table: usize) -> bool {
    let (lines, mut changed) = (&ledger.tables[table], false);
    if !ledger.parted[table] {
        return false;
    }
    for column in 0..lines.first().map_or(0, |line| line.columns.len()) {
        changed |= pair(&mut ledger.system, lines.iter().filter_map(|line| line.columns[column]));
    }
    changed
}

/// Hides the smallest visible number of these when exactly one is hidden.
fn pair(system: &mut System, cells: impl Iterator<Item = usize> + Clone) -> bool {
    if cells.clone().filter(|cell| system.cells[*cell].hidden).count() != 1 {
        return false;
    }
    let free = |cell: &usize| !system.cells[*cell].hidden && !system.cells[*cell].open && system.cells[*cell].value > 0;
    let Some(next) = cells.filter(free).min_by_key(|cell| system.cells[*cell].value) else { return false };
    system.cover(next);
    true
}

/// Looks for another solution for every hidden number, and hides more until there is one for each.
pub(super) fn audit(ledger: &mut Ledger) -> Audit {
    let before = hidden(&ledger.system).count();
    ledger.system.follow_from_open();
    let mut proven = BTreeSet::new();
    let mut unproven = prove(ledger, &mut proven);
    if !unproven.is_empty() {
        withhold(ledger, &unproven);
        unproven = prove(ledger, &mut proven);
    }
    let system = &ledger.system;
    let named = |cells: &mut dyn Iterator<Item = usize>| cells.map(|cell| system.cells[cell].key.to_string()).collect();
    Audit {
        hidden: hidden(system).count(),
        proven: hidden(system).filter(|cell| proven.contains(cell)).count(),
        added: hidden(system).count() - before,
        implied: named(&mut hidden(system).filter(|cell| system.cells[*cell].implied && !proven.contains(cell))),
        unproven: named(&mut unproven.into_iter()),
    }
}

/// Proves every hidden number, hiding more where that is needed; gives back those for which nothing helped.
fn prove(ledger: &mut Ledger, proven: &mut BTreeSet<usize>) -> Vec<usize> {
    let (mut next, mut unproven) = (0, BTreeSet::new());
    while next < ledger.system.cells.len() {
        let cell = &ledger.system.cells[next];
        if !cell.hidden || cell.implied || proven.contains(&next) || unproven.contains(&next) {
            next += 1;
        } else if let Some(moves) = ledger.system.other_solution(next) {
            // What is a solution stays one when more is hidden.
            proven.extend(moves.into_keys());
        } else if let Some(more) = to_give_up(&ledger.system, next) {
            give_up(ledger, more);
            // What is hidden now may stand before this one.
            next = 0;
        } else {
            unproven.insert(next);
        }
    }
    unproven.into_iter().filter(|cell| !proven.contains(cell)).collect()
}

/// Hides every number of the tables that these cells stand in, small or not, so that the rule says nothing about them.
fn withhold(ledger: &mut Ledger, cells: &[usize]) {
    let system = &mut ledger.system;
    for lines in &mut ledger.tables {
        let all = |line: &Line| -> Vec<usize> {
            line.columns.iter().flatten().chain(&line.states).chain([&line.base, &line.size]).copied().collect()
        };
        if !lines.iter().flat_map(all).any(|cell| cells.contains(&cell)) {
            continue;
        }
        for line in lines {
            line.shut = true;
            all(line).into_iter().for_each(|cell| system.withhold(cell));
        }
    }
}

fn hidden(system: &System) -> impl Iterator<Item = usize> + '_ {
    (0..system.cells.len()).filter(|index| system.cells[*index].hidden && system.cells[*index].role != Role::Slack)
}

/// The cheapest number to hide so that this one is no longer given away: first in the sums where it stands alone, then
/// in any of its sums, then in the sums of its hidden neighbours, and so on outwards.
fn to_give_up(system: &System, cell: usize) -> Option<usize> {
    let mut reached = BTreeSet::from([cell]);
    let mut sums: BTreeSet<usize> = system.within[cell].iter().copied().collect();
    let alone = |sum: &&usize| system.sums[**sum].iter().all(|(other, _)| *other == cell || fixed(system, *other));
    let lonely: Vec<usize> = sums.iter().filter(alone).copied().collect();
    if let Some(found) = lonely.iter().find_map(|sum| cheapest(system, [*sum].iter())) {
        return Some(found);
    }
    loop {
        if let Some(found) = cheapest(system, sums.iter()) {
            return Some(found);
        }
        let members = sums.iter().flat_map(|sum| &system.sums[*sum]).map(|(other, _)| *other);
        let fresh: Vec<usize> = members.filter(|other| !fixed(system, *other) && !reached.contains(other)).collect();
        if fresh.is_empty() {
            return None;
        }
        sums.extend(fresh.iter().flat_map(|other| system.within[*other].iter().copied()));
        reached.extend(fresh);
    }
}

fn fixed(system: &System, cell: usize) -> bool {
    system.cells[cell].least == system.cells[cell].most
}

fn cheapest<'a>(system: &System, sums: impl Iterator<Item = &'a usize>) -> Option<usize> {
    let members = sums.flat_map(|sum| &system.sums[*sum]).map(|(cell, _)| *cell);
    let may = members.filter(|cell| !system.cells[*cell].hidden && !system.cells[*cell].open);
    may.min_by_key(|index| {
        let cell = &system.cells[*index];
        (cell.role, cell.value == 0, cell.value, *index)
    })
}

/// Hides one more number; a base takes its whole result with it.
fn give_up(ledger: &mut Ledger, cell: usize) {
    let system = &mut ledger.system;
    let results = ledger.tables.iter_mut().flatten().filter(|line| line.base == cell);
    results.for_each(|line| shut(system, line));
    system.cover(cell);
}
