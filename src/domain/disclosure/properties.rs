//! Laws of disclosure, held against a solver that knows nothing of the one under test: it tries every table of whole
//! numbers that agrees with what is published.

use std::collections::{BTreeSet, HashSet};

use proptest::prelude::*;

use super::tests::{by, counts, cross, subject, whole};
use super::*;
use crate::domain::tabulate::{Counts, PerCent, per_cent};

const GROUPS: [&str; 3] = ["a", "b", "c"];

/// What a reader of the two tables knows: one row per group of choices and then blanks, `None` where hidden.
struct Reader {
    rows: Vec<Vec<Option<u64>>>,
    bases: Vec<Option<u64>>,
    sizes: Vec<u64>,
    totals: Vec<Option<u64>>,
    total_base: Option<u64>,
    bounds: Vec<Vec<(u64, u64)>>,
    base_bounds: Vec<(u64, u64)>,
}

fn number(shown: Shown) -> Option<u64> {
    if let Shown::Count(count) = shown { Some(count) } else { None }
}

fn row(group: &ShownGroup) -> Vec<Option<u64>> {
    group.cells.iter().map(|cell| number(cell.count)).chain([number(group.states[2])]).collect()
}

impl Reader {
    /// Reads the tables, and adds what the public rule says about small counts.
    fn new(tables: &[ShownTable], raw: &[Counts], careful: bool) -> Self {
        let (all, groups) = (&tables[0].groups[0], &tables[1].groups);
        let bound = |group: &Counts, n: u64| match group.states[0] {
            1..=9 => (0, 9),
            _ if careful && (1..5).contains(&n) => (1, 4),
            _ => (0, u64::MAX),
        };
        let bounds = |group: &Counts| group.columns.iter().map(|n| bound(group, *n)).chain([(0, u64::MAX)]).collect();
        Self {
            rows: groups.iter().map(row).collect(),
            bases: groups.iter().map(|group| number(group.base)).collect(),
            sizes: groups.iter().filter_map(|group| number(group.responses)).collect(),
            totals: row(all),
            total_base: number(all.base),
            bounds: raw.iter().map(bounds).collect(),
            base_bounds: raw.iter().map(|g| if (1..=9).contains(&g.states[0]) { (1, 9) } else { (0, u64::MAX) }).collect(),
        }
    }

    /// Every row of whole numbers that this group could be.
    fn candidates(&self, group: usize) -> Vec<Vec<u64>> {
        let (mut found, width) = (Vec::new(), self.rows[group].len());
        let mut stack = vec![Vec::new()];
        while let Some(begun) = stack.pop() {
            let left = self.sizes[group] - begun.iter().sum::<u64>();
            if begun.len() == width {
                let base = self.sizes[group] - begun[width - 1];
                let (least, most) = self.base_bounds[group];
                if left == 0 && least <= base && base <= most && self.bases[group].is_none_or(|shown| shown == base) {
                    found.push(begun);
                }
                continue;
            }
            let (column, (least, most)) = (begun.len(), self.bounds[group][begun.len()]);
            let range = self.rows[group][column].map_or(least..=most.min(left), |shown| shown..=shown);
            stack.extend(range.filter(|n| *n <= left).map(|n| [begun.as_slice(), &[n]].concat()));
        }
        found
    }

    /// What is known of a sum of rows: the totals that are shown.
    fn seen(&self, sum: &[u64]) -> Vec<u64> {
        let shown = sum.iter().zip(&self.totals).filter(|(_, total)| total.is_some()).map(|(n, _)| *n);
        let base = self.total_base.map(|_| sum[..sum.len() - 1].iter().sum());
        shown.chain(base).collect()
    }

    /// For every cell of every group, the values it could have.
    fn possible(&self) -> Vec<Vec<BTreeSet<u64>>> {
        let rows: Vec<Vec<Vec<u64>>> = (0..self.rows.len()).map(|group| self.candidates(group)).collect();
        let target: Vec<u64> = self.totals.iter().flatten().copied().chain(self.total_base).collect();
        let add = |a: &[u64], b: &[u64]| a.iter().zip(b).map(|(a, b)| a + b).collect::<Vec<_>>();
        let mut values = vec![vec![BTreeSet::new(); self.totals.len()]; rows.len()];
        for group in 0..rows.len() {
            let mut others = HashSet::from([vec![0; target.len()]]);
            for other in (0..rows.len()).filter(|other| *other != group) {
                let steps: HashSet<Vec<u64>> = rows[other].iter().map(|row| self.seen(row)).collect();
                let sums = others.iter().flat_map(|sum| steps.iter().map(|step| add(sum, step)));
                others = sums.filter(|sum| sum.iter().zip(&target).all(|(a, b)| a <= b)).collect();
            }
            for row in &rows[group] {
                let seen = self.seen(row);
                let rest: Option<Vec<u64>> = target.iter().zip(&seen).map(|(t, s)| t.checked_sub(*s)).collect();
                if rest.is_some_and(|rest| others.contains(&rest)) {
                    row.iter().enumerate().for_each(|(column, n)| values[group][column].extend([*n]));
                }
            }
        }
        values
    }
}

fn table() -> impl Strategy<Value = Vec<Counts>> {
    let count = prop_oneof![3 => 0_u64..5, 2 => 0_u64..9];
    let group = move |columns: usize| (prop::collection::vec(count.clone(), columns), 0_u64..3);
    (2_usize..4).prop_flat_map(move |columns| {
        prop::collection::vec(group(columns), 2..4)
            .prop_map(|rows| rows.into_iter().map(|(columns, blank)| counts(&columns, blank)).collect())
    })
}

/// Hidden numbers with a proof, given away by what is always published, or withheld with everything.
fn accounted(audit: &Audit) -> usize {
    audit.proven + audit.implied.len() + audit.withheld
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn nobody_can_solve_a_hidden_number(rows in table(), equality: bool, personal: bool) {
        let run = cross(&subject("q", rows[0].columns.len(), equality), by("area", &GROUPS[..rows.len()], personal), &rows);
        let protected = protect(&run, Preset::GpPatientSurvey);
        prop_assert_eq!(protected.audit.hidden, accounted(&protected.audit), "{:?} {:?}", protected.audit, rows);
        let reader = Reader::new(&protected.tables, &rows, equality);
        prop_assume!(reader.sizes.len() == rows.len());
        let values = reader.possible();
        // What follows from everyone's answers alone is nobody's secret; whatever else is hidden must stay so.
        let mut bare = Reader::new(&protected.tables, &rows, equality);
        bare.rows.iter_mut().flatten().for_each(|cell| *cell = None);
        bare.bases.iter_mut().for_each(|base| *base = None);
        let given = bare.possible();
        for (group, cells) in reader.rows.iter().enumerate() {
            for (column, cell) in cells.iter().enumerate() {
                let solved = values[group][column].len() == 1;
                prop_assert!(!values[group][column].is_empty(), "the truth is always a solution");
                prop_assert!(
                    cell.is_some() || !solved || given[group][column].len() == 1,
                    "group {} column {} of {:?} can be worked out from {:?}", group, column, rows, protected.tables
                );
            }
        }
    }

    #[test]
    fn what_is_shown_agrees_with_itself_and_holds_no_other_number(rows in table(), personal: bool, nhs: bool) {
        let preset = if nhs { Preset::Nhs17 } else { Preset::GpPatientSurvey };
        let run = cross(&subject("q", rows[0].columns.len(), false), by("area", &GROUPS[..rows.len()], personal), &rows);
        let protected = protect(&run, preset);
        let mut allowed: Vec<u64> = Vec::new();
        for group in protected.tables.iter().flat_map(|table| &table.groups) {
            allowed.extend(group.states.iter().chain([&group.responses, &group.base]).filter_map(|shown| number(*shown)));
            for cell in &group.cells {
                allowed.extend(number(cell.count).into_iter().chain(number(cell.per_cent)));
                let (Shown::Count(count), Shown::Count(base)) = (cell.count, group.base) else {
                    prop_assert_eq!(cell.per_cent, Shown::Hidden, "hidden together");
                    continue;
                };
                let want = match per_cent(count, base) {
                    PerCent::Whole(whole) => Shown::Count(whole),
                    PerCent::Low => Shown::Low,
                    PerCent::NoBase => Shown::NotAvailable,
                };
                prop_assert_eq!(cell.per_cent, want);
            }
        }
        let mut found = Vec::new();
        numbers(&serde_json::to_value(&protected.tables).unwrap(), &mut found);
        allowed.sort_unstable();
        found.sort_unstable();
        prop_assert_eq!(found, allowed, "every number in what is handed over is one that may be shown");
    }

    #[test]
    fn a_small_result_is_hidden_whatever_else_is(columns in prop::collection::vec(0_u64..5, 1..4), equality: bool) {
        let base: u64 = columns.iter().sum();
        let run = Run { tables: vec![whole(subject("q", columns.len(), equality), counts(&columns, 3))], nestings: Vec::new() };
        let group = &protect(&run, Preset::GpPatientSurvey).tables[0].groups[0];
        prop_assert!(!(1..10).contains(&base) || group.base == Shown::Hidden);
        for (cell, raw) in group.cells.iter().zip(&columns) {
            prop_assert!(base >= 10 || base == 0 || cell.count == Shown::Hidden);
            prop_assert!(!equality || !(1..5).contains(raw) || cell.count == Shown::Hidden);
        }
    }
}

fn numbers(json: &serde_json::Value, found: &mut Vec<u64>) {
    match json {
        serde_json::Value::Number(number) => found.extend(number.as_u64()),
        serde_json::Value::Array(items) => items.iter().for_each(|item| numbers(item, found)),
        serde_json::Value::Object(fields) => fields.values().for_each(|item| numbers(item, found)),
        _ => {}
    }
}
