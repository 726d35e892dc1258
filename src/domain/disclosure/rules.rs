//! The rules: what a preset hides first, what is hidden to keep it company, and the audit that hides until it is proved.

use std::collections::{BTreeSet, HashSet};

use super::bounds::Bounds;
use super::ledger::{Ledger, Line};
use super::system::{Key, MANY, Role, System};
use super::witness::Moves;
use super::{Audit, Preset};
use crate::domain::answer::State;

/// Results based on fewer people than this are hidden under the GP Patient Survey rule.
pub(super) const FEWEST: i64 = 10;

/// Counts under this, and above nothing, are hidden in tables about equality characteristics.
const SMALL: i64 = 5;

/// Counts of at most this, and above nothing, are hidden under the NHS 1 to 7 rule.
const SEVEN: i64 = 7;

/// How far from a number that is given away something is hidden for it at first: in its own sums, or in those of its
/// neighbours. From further away it seldom helps, and withholding the table hides less.
const NEAR: usize = 2;

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
            for cell in line.columns.iter().flatten() {
                system.hide(*cell, 0, FEWEST - 1);
            }
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

/// Hides a whole result: its counts, its base, and of its states enough that the base is not the group less the rest. The
/// rarer states say nothing of what anybody answered; being nearly always nought they could be hidden only by hiding them
/// everywhere.
fn shut(system: &mut System, line: &mut Line) {
    line.shut = true;
    let unanswered = [State::PreferNot, State::Blank].map(|state| line.states[state as usize]);
    for cell in line.columns.iter().flatten().chain(&unanswered) {
        system.hide(*cell, 0, MANY);
    }
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
    mostly_hidden(ledger);
    while (0..ledger.tables.len()).any(|table| rows(ledger, table) | columns(ledger, table)) {}
}

/// Withholds a table three quarters of whose results are hidden: what is left would say little, and helps to work out the rest.
fn mostly_hidden(ledger: &mut Ledger) {
    let system = &mut ledger.system;
    for lines in &mut ledger.tables {
        let some = lines.iter().filter(|line| system.cells[line.base].value > 0).count();
        let shut = lines.iter().filter(|line| line.shut).count();
        if shut == 0 || 4 * shut < 3 * some {
            continue;
        }
        for line in lines {
            line.shut = true;
            // What a rule says about a number it hides may be known from another table, so it still holds.
            for cell in line.cells() {
                system.hide(cell, 0, MANY);
            }
        }
    }
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
    let alone = |(sum, _): &&(usize, i64)| system.sums[*sum].iter().filter(|(other, _)| system.cells[*other].hidden).count() == 1;
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
pub(super) fn audit(ledger: &mut Ledger, preset: Preset) -> Audit {
    let before = hidden(&ledger.system).count();
    follow_from_open(&mut ledger.system);
    if preset != Preset::None && hardly_anyone(&ledger.system) {
        return nothing_published(ledger, before);
    }
    let mut proof = Proof { rings: NEAR, ..Proof::default() };
    proof.complete(ledger);
    let mut reached = proof.stuck.clone();
    proof.rings = usize::MAX;
    while !proof.stuck.is_empty() && withhold_all(ledger, &reached) {
        proof.stuck.clear();
        proof.complete(ledger);
        // Where that was not enough, the tables that are tied to these go too.
        let sums = proof.stuck.iter().chain(&reached).flat_map(|cell| ledger.system.sums_of(*cell));
        let near: Vec<usize> = sums.flat_map(|sum| &ledger.system.sums[sum]).map(|(cell, _)| *cell).collect();
        reached.extend(near.into_iter().filter(|cell| !ledger.system.cells[*cell].open));
    }
    if !proof.stuck.is_empty() {
        return nothing_published(ledger, before);
    }
    let system = &ledger.system;
    let implied = hidden(system).filter(|cell| system.cells[*cell].implied && !proof.proven.contains(cell));
    Audit {
        hidden: hidden(system).count(),
        proven: hidden(system).filter(|cell| proof.proven.contains(cell)).count(),
        added: hidden(system).count() - before,
        withheld: 0,
        implied: implied.map(|cell| system.cells[cell].key.to_string()).collect(),
    }
}

/// Whether fewer people responded than a result may be based on.
fn hardly_anyone(system: &System) -> bool {
    system.find(&Key::default()).is_some_and(|all| system.cells[all].value < FEWEST)
}

/// Withholds every table: nothing is published but what always is.
fn nothing_published(ledger: &mut Ledger, before: usize) -> Audit {
    for lines in &mut ledger.tables {
        withhold(&mut ledger.system, lines);
    }
    let system = &ledger.system;
    let implied: Vec<usize> = hidden(system).filter(|cell| system.cells[*cell].implied).collect();
    let all = hidden(system).count();
    Audit {
        hidden: all,
        added: all - before,
        withheld: all - implied.len(),
        implied: implied.into_iter().map(|cell| system.cells[cell].key.to_string()).collect(),
        proven: 0,
    }
}

/// Marks every cell that follows from what is always published, even if all else were hidden: it cannot be a secret.
fn follow_from_open(system: &mut System) {
    let bounds = Bounds::open(system);
    for (index, cell) in system.cells.iter_mut().enumerate() {
        cell.implied |= bounds.settled(index);
    }
}

/// What has been proved so far.
#[derive(Default)]
struct Proof {
    /// Other solutions, as moves from the truth.
    witnesses: Vec<Moves>,
    /// The cells that differ in one of them.
    proven: BTreeSet<usize>,
    /// The cells for which there is no other solution and nothing more to hide.
    stuck: BTreeSet<usize>,
    /// How far from a number that is given away something may be hidden for it.
    rings: usize,
}

impl Proof {
    /// Proves every hidden number, hiding more where that is needed.
    fn complete(&mut self, ledger: &mut Ledger) {
        let mut bounds = Bounds::published(&ledger.system);
        loop {
            let given_away = self.given_away(&ledger.system, &bounds);
            if given_away.is_empty() && self.holds(&ledger.system) {
                self.stuck.retain(|cell| !self.proven.contains(cell));
                return;
            }
            let hidden = self.hide_near(ledger, &bounds, &given_away);
            bounds = bounds.hide(&ledger.system, &hidden);
        }
    }

    /// The hidden numbers that can be worked out: first those that follow sum by sum, and when there is none of them, those
    /// for which no other solution is found.
    fn given_away(&mut self, system: &System, bounds: &Bounds) -> Vec<usize> {
        let open: Vec<usize> = hidden(system).filter(|cell| !system.cells[*cell].implied && !self.stuck.contains(cell)).collect();
        let settled: Vec<usize> = open.iter().copied().filter(|cell| bounds.settled(*cell)).collect();
        if !settled.is_empty() {
            return settled;
        }
        self.search(system, bounds, open)
    }

    /// Looks for another solution for each of these cells, and gives back those for which none is found.
    fn search(&mut self, system: &System, bounds: &Bounds, cells: Vec<usize>) -> Vec<usize> {
        let mut lost = Vec::new();
        for cell in cells {
            if self.proven.contains(&cell) {
                continue;
            }
            match system.other_solution(bounds, cell) {
                Some(moves) => {
                    self.proven.extend(moves.keys());
                    self.witnesses.push(moves);
                }
                None => lost.push(cell),
            }
        }
        lost.retain(|cell| !self.proven.contains(cell));
        lost
    }

    /// Whether all the witnesses still hold; those that do not are thrown away. A rule that hides a cell again may say more
    /// about it than was known when the witness was found.
    fn holds(&mut self, system: &System) -> bool {
        let before = self.witnesses.len();
        self.witnesses.retain(|moves| system.solved_by(moves));
        self.proven = self.witnesses.iter().flat_map(|moves| moves.keys().copied()).collect();
        self.witnesses.len() == before
    }

    /// Hides a number near each of these cells, and gives back what was hidden. Where something has just been hidden close by,
    /// that may be enough, so the cell waits for the next round.
    fn hide_near(&mut self, ledger: &mut Ledger, bounds: &Bounds, cells: &[usize]) -> Vec<usize> {
        let (mut touched, mut all) = (BTreeSet::new(), Vec::new());
        for cell in cells {
            if ledger.system.sums_of(*cell).any(|sum| touched.contains(&sum)) {
                continue;
            }
            let Some(more) = to_give_up(&ledger.system, bounds, *cell, self.rings) else {
                self.stuck.insert(*cell);
                continue;
            };
            let hidden = give_up(ledger, more);
            touched.extend(hidden.iter().flat_map(|cell| ledger.system.sums_of(*cell)));
            all.extend(hidden);
        }
        all
    }
}

/// Withholds every table that these cells stand in, and says whether there was anything left in them to withhold.
fn withhold_all(ledger: &mut Ledger, cells: &BTreeSet<usize>) -> bool {
    let system = &mut ledger.system;
    let held = |system: &System, cell: usize| system.cells[cell].open || system.cells[cell].most == MANY;
    let mut more = false;
    for lines in &mut ledger.tables {
        if lines.iter().flat_map(Line::cells).any(|cell| cells.contains(&cell)) {
            more |= lines.iter().flat_map(Line::cells).any(|cell| !held(system, cell));
            withhold(system, lines);
        }
    }
    more
}

/// Hides every number of a table, small or not, so that the rule says nothing about any of them.
fn withhold(system: &mut System, lines: &mut [Line]) {
    for line in lines {
        line.shut = true;
        for cell in line.cells() {
            system.withhold(cell);
        }
    }
}

fn hidden(system: &System) -> impl Iterator<Item = usize> + '_ {
    (0..system.cells.len()).filter(|index| system.cells[*index].hidden && system.cells[*index].role != Role::Slack)
}

/// The cheapest number to hide so that this one is no longer given away: first in the sums where it alone is hidden, then in
/// those whose others are given away with it, then in any of its sums, then in the sums of its hidden neighbours.
fn to_give_up(system: &System, bounds: &Bounds, cell: usize, rings: usize) -> Option<usize> {
    let own: Vec<usize> = system.sums_of(cell).collect();
    let (visible, settled) = (|other: usize| !system.cells[other].hidden, |other: usize| bounds.settled(other));
    for known in [&visible as &dyn Fn(usize) -> bool, &settled] {
        let alone = |sum: &&usize| system.sums[**sum].iter().all(|(other, _)| *other == cell || known(*other));
        if let Some(found) = own.iter().filter(alone).find_map(|sum| cheapest(system, std::slice::from_ref(sum))) {
            return Some(found);
        }
    }
    let (mut reached, mut read) = (HashSet::from([cell]), HashSet::new());
    let mut next = own;
    for _ in 0..rings {
        if next.is_empty() {
            break;
        }
        if let Some(found) = cheapest(system, &next) {
            return Some(found);
        }
        let members = next.iter().flat_map(|sum| &system.sums[*sum]).map(|(other, _)| *other);
        let fresh: Vec<usize> = members.filter(|other| !system.fixed(*other) && reached.insert(*other)).collect();
        read.extend(next);
        next = fresh.iter().flat_map(|other| system.sums_of(*other)).filter(|sum| read.insert(*sum)).collect();
    }
    None
}

fn cheapest(system: &System, sums: &[usize]) -> Option<usize> {
    let members = sums.iter().flat_map(|sum| &system.sums[*sum]).map(|(cell, _)| *cell);
    let may = members.filter(|cell| !system.cells[*cell].hidden && !system.cells[*cell].open);
    may.min_by_key(|index| {
        let cell = &system.cells[*index];
        // What everyone said is worth more than what a part of them said.
        (cell.role, cell.key.0.len() == 1, cell.value == 0, cell.value, *index)
    })
}

/// Hides one more number, and gives back what was hidden; a base takes its whole result with it.
fn give_up(ledger: &mut Ledger, cell: usize) -> Vec<usize> {
    let (system, mut hidden) = (&mut ledger.system, vec![cell]);
    for line in ledger.tables.iter_mut().flatten().filter(|line| line.base == cell) {
        shut(system, line);
        hidden.extend(line.cells());
    }
    system.cover(cell);
    hidden
}
