//! What is shown: the tables with tokens in the place of what is hidden, and what one run tells beside an earlier one.

use std::collections::BTreeMap;

use super::ledger::{Ledger, Line};
use super::rules::{FEWEST, nearest_five};
use super::system::{Role, System};
use super::{Audit, Preset, Protected, Run, Shown, ShownCell, ShownGroup, ShownTable};
use crate::domain::tabulate::{PerCent, Table, per_cent};

/// Every number a run published, by what it counts.
pub type Published = BTreeMap<String, u64>;

/// A few people who can be told apart by holding two runs against each other (rule R48).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Isolated {
    /// What was counted in both.
    pub what: String,
    /// By how many it differs.
    pub people: u64,
}

/// The results of a run that differ from an earlier one by fewer than ten people: subtracting the two would show what
/// those few said. Only bases are compared; where a base moved by few, so did its counts.
#[must_use]
pub fn isolated(earlier: &Published, now: &Published) -> Vec<Isolated> {
    let few = |(what, now): (&String, &u64)| {
        let people = earlier.get(what)?.abs_diff(*now);
        let base = what.contains("=answered") || what.contains("=class_base");
        (base && people > 0 && people < FEWEST.unsigned_abs()).then(|| Isolated { what: what.clone(), people })
    };
    now.iter().filter_map(few).collect()
}

pub(super) fn show(run: &Run, ledger: &Ledger, preset: Preset, audit: Audit) -> Protected {
    let reader = Reader { system: &ledger.system, preset };
    let tables = run.tables.iter().zip(&ledger.tables).map(|(table, lines)| reader.table(table, lines)).collect();
    let visible = ledger.system.cells.iter().filter(|cell| !cell.hidden && cell.role != Role::Slack);
    let published = visible.map(|cell| (cell.key.to_string(), reader.number(cell.value, cell.open))).collect();
    Protected { preset, tables, audit, published }
}

struct Reader<'a> {
    system: &'a System,
    preset: Preset,
}

impl Reader<'_> {
    fn table(&self, table: &Table, lines: &[Line]) -> ShownTable {
        let groups = lines.iter().enumerate().map(|(index, line)| self.group(table, index, line)).collect();
        ShownTable { subject: table.subject.clone(), breakdown: table.breakdown.clone(), within: table.within, groups }
    }

    fn group(&self, table: &Table, index: usize, line: &Line) -> ShownGroup {
        let asked = table.counts[index].offered.iter().any(|offered| *offered) || self.system.cells[line.states[0]].value > 0;
        let base = if asked { self.shown(line.base) } else { Shown::NotApplicable };
        ShownGroup {
            group: table.breakdown.groups[index].clone(),
            responses: self.shown(line.size),
            states: line.states.map(|cell| self.shown(cell)),
            base,
            cells: line
                .columns
                .iter()
                .zip(&table.subject.columns)
                .map(|(c, column)| self.cell(*c, base, column.in_base))
                .collect(),
        }
    }

    fn cell(&self, cell: Option<usize>, base: Shown, in_base: bool) -> ShownCell {
        let Some(cell) = cell else { return ShownCell { count: Shown::NotApplicable, per_cent: Shown::NotApplicable } };
        let count = self.shown(cell);
        let per_cent = match (count, base) {
            _ if !in_base => Shown::NotApplicable,
            (Shown::Hidden, _) | (_, Shown::Hidden) => Shown::Hidden,
            (Shown::Count(count), Shown::Count(base)) => match per_cent(count, base) {
                PerCent::Whole(whole) => Shown::Count(whole),
                PerCent::Low => Shown::Low,
                PerCent::NoBase => Shown::NotAvailable,
            },
            _ => Shown::NotAvailable,
        };
        ShownCell { count, per_cent }
    }

    fn shown(&self, cell: usize) -> Shown {
        let cell = &self.system.cells[cell];
        if cell.hidden { Shown::Hidden } else { Shown::Count(self.number(cell.value, cell.open)) }
    }

    fn number(&self, value: i64, open: bool) -> u64 {
        let shown = if self.preset == Preset::Nhs17 && !open { nearest_five(value) } else { value };
        shown.unsigned_abs()
    }
}
