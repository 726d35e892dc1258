//! The ledger of a run: every table's numbers as cells of one system, and the sums between them.

use std::collections::HashSet;

use super::rules::FEWEST;
use super::system::{Key, Role, System};
use super::{Nesting, Preset, Run};
use crate::domain::answer::State;
use crate::domain::tabulate::{NOT_STATED, Reading, Table};

/// What makes the groups of the balance, which is always published as it is.
const BALANCE: [&str; 3] = ["@edition", "@channel", "@form_version"];

/// The cells of one group of one table.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub size: usize,
    pub states: [usize; 6],
    pub base: usize,
    pub columns: Vec<Option<usize>>,
    /// The columns that count towards the base. What stands outside is no result: it is told apart, as blanks are.
    pub counted: Vec<usize>,
    /// Whether it is about people's equality characteristics.
    pub careful: bool,
    /// Hidden as a whole.
    pub shut: bool,
}

impl Line {
    /// Every cell of the group.
    pub fn cells(&self) -> impl Iterator<Item = usize> {
        self.columns.iter().flatten().chain(&self.states).chain([&self.base, &self.size]).copied()
    }
}

/// Every table's cells, and the system they stand in.
#[derive(Debug, Clone)]
pub(super) struct Ledger {
    pub system: System,
    /// For each table, its groups.
    pub tables: Vec<Vec<Line>>,
    /// For each table, whether its groups add up to everyone.
    pub parted: Vec<bool>,
    /// For each table, whether its groups are made of finer ones.
    pub coarse: Vec<bool>,
    /// The breakdowns whose sizes have been summed.
    sized: HashSet<(String, Key)>,
}

impl Ledger {
    pub fn new(run: &Run, preset: Preset) -> Self {
        let mut ledger =
            Self { system: System::default(), tables: Vec::new(), parted: Vec::new(), coarse: Vec::new(), sized: HashSet::new() };
        let mut as_asked = HashSet::new();
        for table in &run.tables {
            let lines = (0..table.counts.len()).map(|group| ledger.line(table, group)).collect();
            ledger.tables.push(lines);
            ledger.parted.push(!table.breakdown.overlapping && !table.breakdown.is_whole());
            ledger.coarse.push(run.nestings.iter().any(|nesting| nesting.outer == table.breakdown.variable));
            if table.subject.reading == Reading::AsAsked {
                as_asked.extend((0..table.counts.len()).map(|g| (table.subject.question.clone(), group_key(table, g))));
            }
        }
        for (table, lines) in run.tables.iter().zip(ledger.tables.clone()) {
            ledger.totals(table, &lines);
            ledger.classes(table, &as_asked);
            for nesting in run.nestings.iter().filter(|nesting| nesting.outer == table.breakdown.variable) {
                ledger.nest(table, nesting);
            }
        }
        ledger.open(run, preset);
        ledger
    }

    /// The cells of one group, and the sums along its row.
    fn line(&mut self, table: &Table, group: usize) -> Line {
        let (key, counts, subject) = (group_key(table, group), &table.counts[group], &table.subject);
        let system = &mut self.system;
        let size = system.cell(key.clone(), counts.responses, Role::Size);
        let states = State::ALL.map(|state| state_key(&subject.question, state));
        let mut index = 0;
        let states = states.map(|state| {
            let cell = system.cell(key.and(&state), counts.states[index], Role::State);
            index += 1;
            cell
        });
        let base = system.cell(key.and(&base_key(table)), counts.base(subject), Role::Base);
        let columns: Vec<Option<usize>> = (0..subject.columns.len())
            .map(|column| {
                let asked = counts.offered[column] || counts.columns[column] > 0;
                asked.then(|| system.cell(key.and(&column_key(table, column)), counts.columns[column], Role::Choice))
            })
            .collect();
        system.adds_up(size, &states);
        along(system, table, states[0], base, &columns);
        let careful = subject.equality || table.breakdown.equality;
        let in_base = columns.iter().zip(&subject.columns).filter(|(_, column)| column.in_base);
        let counted = in_base.filter_map(|(cell, _)| *cell).collect();
        Line { size, states, base, columns, counted, careful, shut: false }
    }

    /// The sums from the groups of a table to everyone.
    fn totals(&mut self, table: &Table, lines: &[Line]) {
        if table.breakdown.is_whole() {
            return;
        }
        let prefix = within_key(table);
        let mut columns: Vec<(Key, Vec<usize>)> = Vec::new();
        if self.sized.insert((table.breakdown.variable.clone(), prefix.clone())) {
            columns.push((Key::default(), lines.iter().map(|line| line.size).collect()));
        }
        for (index, state) in State::ALL.into_iter().enumerate() {
            let cells = lines.iter().map(|line| line.states[index]).collect();
            columns.push((state_key(&table.subject.question, state), cells));
        }
        if table.subject.reading == Reading::Classes {
            columns.push((base_key(table), lines.iter().map(|line| line.base).collect()));
        }
        for column in 0..table.subject.columns.len() {
            columns.push((column_key(table, column), lines.iter().filter_map(|line| line.columns[column]).collect()));
        }
        for (key, _) in &columns {
            self.not_stated(table, key);
        }
        for (key, parts) in columns {
            let Some(total) = self.system.find(&prefix.and(&key)) else { continue };
            if table.breakdown.overlapping {
                self.system.covers(&parts, total);
                for part in &parts {
                    self.system.at_least(total, &[*part]);
                }
            } else {
                self.system.adds_up(total, &parts);
            }
        }
    }

    /// Those who did not state a characteristic are those whose answer to its question is no answer, whatever else is counted.
    fn not_stated(&mut self, table: &Table, what: &Key) {
        let variable = table.breakdown.variable.as_str();
        let rest = within_key(table).and(what);
        let Some(total) = self.system.find(&rest.and(&Key::of(&[(variable, &group_value(NOT_STATED))]))) else { return };
        let states = State::ALL.into_iter().filter(|state| *state != State::Answered);
        let parts: Option<Vec<usize>> = states.map(|state| self.system.find(&rest.and(&state_key(variable, state)))).collect();
        if let Some(parts) = parts {
            self.system.adds_up(total, &parts);
        }
    }

    /// A class is the sum of the choices that fall into it, where both are published for the same people.
    fn classes(&mut self, table: &Table, as_asked: &HashSet<(String, Key)>) {
        if table.subject.reading != Reading::Classes {
            return;
        }
        let subject = &table.subject;
        for group in 0..table.counts.len() {
            let key = group_key(table, group);
            if !as_asked.contains(&(subject.question.clone(), key.clone())) {
                continue;
            }
            for column in 0..subject.columns.len() {
                let Some(total) = self.system.find(&key.and(&column_key(table, column))) else { continue };
                let falls = |fold: &Option<u16>| fold.is_some_and(|fold| usize::from(fold) == column);
                let codes = subject.codes.iter().zip(&subject.fold).filter(|(_, fold)| falls(fold));
                let parts: Vec<usize> = codes
                    .filter_map(|(code, _)| self.system.find(&key.and(&Key::of(&[(subject.question.as_str(), code.as_str())]))))
                    .collect();
                self.system.adds_up(total, &parts);
            }
        }
    }

    /// A coarse group is the sum of the fine groups it is made of, for every number published of both.
    fn nest(&mut self, table: &Table, nesting: &Nesting) {
        let prefix = within_key(table);
        let mut values = vec![Key::default(), base_key(table)];
        values.extend(State::ALL.map(|state| state_key(&table.subject.question, state)));
        values.extend((0..table.subject.columns.len()).map(|column| column_key(table, column)));
        values.dedup();
        for (outer, inner) in &nesting.holds {
            let outer = prefix.and(&Key::of(&[(nesting.outer.as_str(), &group_value(outer))]));
            for value in &values {
                let Some(total) = self.system.find(&outer.and(value)) else { continue };
                let part = |group: &String| prefix.and(&Key::of(&[(nesting.inner.as_str(), &group_value(group))])).and(value);
                let parts: Option<Vec<usize>> = inner.iter().map(|group| self.system.find(&part(group))).collect();
                if let Some(parts) = parts {
                    self.system.adds_up(total, &parts);
                }
            }
        }
    }

    /// Marks what is always published: the balance, and what the whole consultation said of what was consulted on. Of an
    /// equality question only the counts of its choices can be given up; its base, its blanks and its noughts stay.
    fn open(&mut self, run: &Run, preset: Preset) {
        let system = &mut self.system;
        for (table, line) in run.tables.iter().zip(&self.tables).flat_map(|(table, lines)| lines.iter().map(move |l| (table, l)))
        {
            let whole = table.within.is_none() && table.breakdown.is_whole();
            let balance = table.within.is_none() && BALANCE.contains(&table.breakdown.variable.as_str());
            system.cells[line.size].open |= whole || balance || (table.within.is_none() && well_known(table));
            let base = system.cells[line.base].value;
            let few = system.cells[line.size].value < FEWEST || (1..FEWEST).contains(&base);
            if !whole || preset != Preset::GpPatientSurvey || few {
                continue;
            }
            let spared = |cell: &usize| !table.subject.equality || system.cells[*cell].value == 0;
            let mut open: Vec<usize> = line.columns.iter().flatten().copied().filter(spared).collect();
            // Where "don't know" stands outside the base, answered less base would show it.
            let answered = usize::from(table.subject.equality && table.subject.reading == Reading::Classes);
            open.extend(line.states.iter().skip(answered).chain([&line.base]));
            for cell in open {
                system.cells[cell].open = true;
            }
        }
    }
}

/// Whether everyone knows how many are in each group: who answered is a total of the whole consultation, unless it is an
/// equality characteristic or hardly anyone said.
fn well_known(table: &Table) -> bool {
    let stated = table.breakdown.groups.iter().zip(&table.counts).filter(|(group, _)| group.code != NOT_STATED);
    !table.breakdown.equality && stated.map(|(_, counts)| counts.responses).sum::<u64>() >= FEWEST.unsigned_abs()
}

/// The sums along one row: base and answered, and the choices.
fn along(system: &mut System, table: &Table, answered: usize, base: usize, columns: &[Option<usize>]) {
    let subject = &table.subject;
    let counted: Vec<usize> =
        subject.columns.iter().zip(columns).filter(|(column, _)| column.in_base).filter_map(|(_, cell)| *cell).collect();
    let outside: Vec<usize> =
        subject.columns.iter().zip(columns).filter(|(column, _)| !column.in_base).filter_map(|(_, cell)| *cell).collect();
    if subject.many {
        system.covers(&counted, base);
        for cell in &counted {
            system.at_least(base, &[*cell]);
        }
    } else {
        system.holds(base, &counted);
        system.holds(answered, &[[base].as_slice(), &outside].concat());
    }
}

fn within_key(table: &Table) -> Key {
    table.within.map_or_else(Key::default, |edition| Key::of(&[("@edition", &group_value(edition.code()))]))
}

fn group_key(table: &Table, group: usize) -> Key {
    let prefix = within_key(table);
    if table.breakdown.is_whole() {
        return prefix;
    }
    prefix.and(&Key::of(&[(table.breakdown.variable.as_str(), &group_value(&table.breakdown.groups[group].code))]))
}

/// A group's code as a fact; that nobody stated it is no code of a choice.
fn group_value(code: &str) -> String {
    if code == NOT_STATED { format!("={code}") } else { code.to_owned() }
}

fn state_key(question: &str, state: State) -> Key {
    Key::of(&[(question, &format!("={}", state.code()))])
}

fn base_key(table: &Table) -> Key {
    let subject = &table.subject;
    if subject.reading == Reading::AsAsked {
        return state_key(&subject.question, State::Answered);
    }
    Key::of(&[(subject.question.as_str(), "=class_base")])
}

fn column_key(table: &Table, column: usize) -> Key {
    let (subject, code) = (&table.subject, &table.subject.columns[column].code);
    match subject.reading {
        Reading::AsAsked => Key::of(&[(subject.question.as_str(), code.as_str())]),
        Reading::Classes => Key::of(&[(subject.question.as_str(), &format!("~{code}"))]),
    }
}
