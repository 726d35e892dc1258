//! What is published as a system of equations: cells, and the sums that tie them together.

use std::collections::{HashMap, HashSet};

/// What a cell counts, as sorted facts: `{bariatric_support=support, council_area=maldon}`. Two tables that show the
/// same people for the same answer share the cell, so no two of them can give each other away.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(pub Vec<(String, String)>);

impl Key {
    /// The key of these facts.
    #[must_use]
    pub fn of(facts: &[(&str, &str)]) -> Self {
        let mut facts: Vec<_> = facts.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        facts.sort();
        facts.dedup();
        Self(facts)
    }

    /// The same facts and these.
    #[must_use]
    pub fn and(&self, more: &Self) -> Self {
        let mut facts = [self.0.as_slice(), more.0.as_slice()].concat();
        facts.sort();
        facts.dedup();
        Self(facts)
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let facts: Vec<String> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        f.write_str(&facts.join(" & "))
    }
}

/// What a cell is in its table; the order is the order in which it is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The difference of two sums; never published.
    Slack,
    /// How many stand in another state than answered.
    State,
    /// How many gave an answer.
    Choice,
    /// How many the percentages are of.
    Base,
    /// How many are in a group.
    Size,
}

/// One number.
#[derive(Debug, Clone)]
pub struct Cell {
    /// What it counts.
    pub key: Key,
    /// The true number.
    pub value: i64,
    /// The least it can be, to someone who sees only what is published.
    pub least: i64,
    /// The most it can be.
    pub most: i64,
    /// What it is.
    pub role: Role,
    /// Whether `[c]` stands in its place.
    pub hidden: bool,
    /// Always published: the totals of the whole consultation, the balance.
    pub open: bool,
    /// Given away by what is always published, whatever else is hidden.
    pub implied: bool,
}

/// More than any count.
pub const MANY: i64 = 1 << 40;

/// Cells and the sums that tie them.
#[derive(Debug, Clone, Default)]
pub struct System {
    /// The cells.
    pub cells: Vec<Cell>,
    /// Each a sum that is nothing: cells with +1 or -1.
    pub sums: Vec<Vec<(usize, i64)>>,
    /// For every cell, the sums it stands in, and with what sign.
    pub within: Vec<Vec<(usize, i64)>>,
    index: HashMap<Key, usize>,
    told: HashSet<Vec<(usize, i64)>>,
}

impl System {
    /// The cell with this key; made visible with this value when there is none yet.
    pub fn cell(&mut self, key: Key, value: u64, role: Role) -> usize {
        let value = i64::try_from(value).unwrap_or(MANY);
        if let Some(index) = self.index.get(&key) {
            self.cells[*index].role = self.cells[*index].role.max(role);
            return *index;
        }
        self.index.insert(key.clone(), self.cells.len());
        self.push(Cell { key, value, least: value, most: value, role, hidden: false, open: false, implied: false })
    }

    /// The cell with this key, if there is one.
    #[must_use]
    pub fn find(&self, key: &Key) -> Option<usize> {
        self.index.get(key).copied()
    }

    /// `total` is the sum of `parts`.
    pub fn adds_up(&mut self, total: usize, parts: &[usize]) {
        let mut sum = vec![(total, -1)];
        sum.extend(parts.iter().map(|part| (*part, 1)));
        self.tie(sum);
    }

    /// `great` is at least the sum of `parts`, and by how much is not known.
    pub fn at_least(&mut self, great: usize, parts: &[usize]) {
        let slack = self.slack(self.beyond(great, parts));
        self.adds_up(great, &[parts, &[slack]].concat());
    }

    /// `great` is the sum of `parts` and perhaps of something that no table shows. Where there is nothing more we assume
    /// that everyone knows it.
    pub fn holds(&mut self, great: usize, parts: &[usize]) {
        if self.beyond(great, parts) == 0 { self.adds_up(great, parts) } else { self.at_least(great, parts) }
    }

    fn beyond(&self, great: usize, parts: &[usize]) -> i64 {
        self.cells[great].value - parts.iter().map(|part| self.cells[*part].value).sum::<i64>()
    }

    /// The sum of `parts` is at least `least`, and by how much is not known.
    pub fn covers(&mut self, parts: &[usize], least: usize) {
        let by = parts.iter().map(|part| self.cells[*part].value).sum::<i64>() - self.cells[least].value;
        let slack = self.slack(by);
        let mut sum = vec![(least, -1), (slack, -1)];
        sum.extend(parts.iter().map(|part| (*part, 1)));
        self.tie(sum);
    }

    /// The sums that this cell stands in.
    pub(super) fn sums_of(&self, cell: usize) -> impl Iterator<Item = usize> {
        self.within[cell].iter().map(|(sum, _)| *sum)
    }

    /// Whether the published numbers and the rules leave only one number for this cell.
    pub(super) fn fixed(&self, cell: usize) -> bool {
        self.cells[cell].least == self.cells[cell].most
    }

    fn slack(&mut self, value: i64) -> usize {
        let key = Key::default();
        self.push(Cell { key, value, least: 0, most: MANY, role: Role::Slack, hidden: true, open: false, implied: true })
    }

    fn tie(&mut self, sum: Vec<(usize, i64)>) {
        // A sum of one cell with itself says nothing.
        if (sum.len() == 2 && sum[0].0 == sum[1].0) || !self.told.insert(sum.clone()) {
            return;
        }
        debug_assert_eq!(sum.iter().map(|(cell, sign)| sign * self.cells[*cell].value).sum::<i64>(), 0, "a sum must hold");
        for (cell, sign) in &sum {
            match self.within[*cell].last_mut() {
                Some((last, signs)) if *last == self.sums.len() => *signs += sign,
                _ => self.within[*cell].push((self.sums.len(), *sign)),
            }
        }
        self.sums.push(sum);
    }

    fn push(&mut self, cell: Cell) -> usize {
        self.cells.push(cell);
        self.within.push(Vec::new());
        self.cells.len() - 1
    }

    /// Puts `[c]` in the place of a cell. What the public rule says about it is known to everyone: it lies between these.
    pub fn hide(&mut self, cell: usize, least: i64, most: i64) {
        let cell = &mut self.cells[cell];
        if cell.role == Role::Slack || cell.open {
            return;
        }
        if cell.hidden {
            // Of two rules that hide the same cell, everyone knows both.
            (cell.least, cell.most) = (cell.least.max(least), cell.most.min(most));
        } else {
            (cell.hidden, cell.least, cell.most) = (true, least, most);
        }
    }

    /// Puts `[c]` in the place of a cell to protect another; nothing is known about it but that it is not nothing,
    /// when it is not.
    pub fn cover(&mut self, cell: usize) {
        if !self.cells[cell].hidden {
            let least = i64::from(self.cells[cell].value > 0);
            self.hide(cell, least, MANY);
        }
    }

    /// Puts `[c]` in the place of a cell whose whole table is withheld, so that no rule says anything about it.
    pub fn withhold(&mut self, cell: usize) {
        let cell = &mut self.cells[cell];
        if !cell.open {
            (cell.hidden, cell.least, cell.most) = (true, 0, MANY);
        }
    }
}
