//! The proof that a hidden number is hidden: another set of numbers that agrees with everything published.
//!
//! A hidden cell is safe only when there is a second solution of all the published sums in which it has another value.
//! The search starts from the truth, moves the cell by one, and mends what that breaks by moving other unknown cells by
//! one. What it finds is a proof. When it finds nothing the cell is taken as given away, so the error is on the safe side.

use std::collections::BTreeMap;

use super::system::{MANY, System};

/// Steps after which a search gives up; a proof is found in a few dozen or there is hardly one.
const STEPS: u32 = 4000;

/// The moves that lead from one solution to another.
pub type Moves = BTreeMap<usize, i64>;

struct Search<'a> {
    system: &'a System,
    from: &'a dyn Fn(usize) -> i64,
    moves: Moves,
    broken: BTreeMap<usize, i64>,
    steps: u32,
}

impl System {
    /// Another solution in which this cell differs from the truth, as moves from it.
    #[must_use]
    pub fn other_solution(&self, cell: usize) -> Option<Moves> {
        let truth = |index: usize| self.cells[index].value;
        self.step(cell, 1, &truth).or_else(|| self.step(cell, -1, &truth))
    }

    /// A solution in which this cell is one more or one less than in the solution `from`.
    fn step(&self, cell: usize, by: i64, from: &dyn Fn(usize) -> i64) -> Option<Moves> {
        let mut search = Search { system: self, from, moves: Moves::new(), broken: BTreeMap::new(), steps: 0 };
        if !search.may(cell, by) {
            return None;
        }
        search.shift(cell, by);
        search.mend().then_some(search.moves)
    }

    /// The least and the most this cell can be, as far as steps of one lead.
    #[must_use]
    pub fn range(&self, cell: usize) -> (i64, i64) {
        let end = |by: i64| {
            let mut at: BTreeMap<usize, i64> = BTreeMap::new();
            loop {
                let now = |index: usize| self.cells[index].value + at.get(&index).copied().unwrap_or_default();
                let Some(moves) = self.step(cell, by, &now) else { return now(cell) };
                for (index, shift) in moves {
                    *at.entry(index).or_default() += shift;
                }
            }
        };
        (end(-1), end(1))
    }
}

/// Rounds of narrowing; each passes a fact one sum further, and what is open is a few sums away.
const ROUNDS: usize = 24;

impl System {
    /// Marks every cell that follows from what is always published, even if all else were hidden: it cannot be a secret.
    /// Bounds are narrowed sum by sum, so what is marked is truly given away.
    pub fn follow_from_open(&mut self) {
        let known = |cell: &super::system::Cell| if cell.open { (cell.value, cell.value) } else { (0, MANY) };
        let mut bounds: Vec<(i64, i64)> = self.cells.iter().map(known).collect();
        for _ in 0..ROUNDS {
            let before = bounds.clone();
            self.sums.iter().for_each(|sum| narrow(sum, &mut bounds));
            if before == bounds {
                break;
            }
        }
        for (cell, (least, most)) in self.cells.iter_mut().zip(bounds) {
            cell.implied |= least == most;
        }
    }
}

/// Narrows the bounds of each cell of a sum that is nothing by those of the others.
fn narrow(sum: &[(usize, i64)], bounds: &mut [(i64, i64)]) {
    let ends = |bounds: &[(i64, i64)], cell: usize, sign: i64| {
        let (least, most) = bounds[cell];
        if sign > 0 { (least, most) } else { (-most, -least) }
    };
    let (mut low, mut high) = (0, 0);
    for (cell, sign) in sum {
        let (least, most) = ends(bounds, *cell, *sign);
        (low, high) = (low + least, high + most);
    }
    for (cell, sign) in sum {
        let (least, most) = ends(bounds, *cell, *sign);
        let (from, to) = (-(high - most), -(low - least));
        let (from, to) = if *sign > 0 { (from, to) } else { (-to, -from) };
        let old = bounds[*cell];
        bounds[*cell] = (old.0.max(from), old.1.min(to));
        let (now_least, now_most) = ends(bounds, *cell, *sign);
        (low, high) = (low + now_least - least, high + now_most - most);
    }
}

impl Search<'_> {
    fn may(&self, cell: usize, by: i64) -> bool {
        let (at, cell_now) = ((self.from)(cell) + by, &self.system.cells[cell]);
        !self.moves.contains_key(&cell) && cell_now.least <= at && at <= cell_now.most
    }

    fn shift(&mut self, cell: usize, by: i64) {
        self.moves.insert(cell, by);
        self.tell(cell, by);
    }

    fn unshift(&mut self, cell: usize, by: i64) {
        self.moves.remove(&cell);
        self.tell(cell, -by);
    }

    fn tell(&mut self, cell: usize, by: i64) {
        for sum in &self.system.within[cell] {
            let signs: i64 = self.system.sums[*sum].iter().filter(|(other, _)| *other == cell).map(|(_, sign)| sign).sum();
            let off = self.broken.entry(*sum).or_default();
            *off += signs * by;
            if *off == 0 {
                self.broken.remove(sum);
            }
        }
    }

    /// Mends the broken sum with the fewest ways to mend it; true when none is broken.
    fn mend(&mut self) -> bool {
        self.steps += 1;
        if self.steps > STEPS {
            return false;
        }
        let tightest = self.broken.iter().map(|(sum, off)| self.ways(*sum, *off)).min_by_key(Vec::len);
        let Some(mut ways) = tightest else { return true };
        ways.sort_by_key(|(cell, by)| (self.new_breaks(*cell, *by), *cell));
        for (cell, by) in ways {
            self.shift(cell, by);
            if self.mend() {
                return true;
            }
            self.unshift(cell, by);
        }
        false
    }

    fn ways(&self, sum: usize, off: i64) -> Vec<(usize, i64)> {
        let towards = |sign: i64| -(off.signum() * sign);
        let terms = self.system.sums[sum].iter();
        terms.map(|(cell, sign)| (*cell, towards(*sign))).filter(|(cell, by)| self.may(*cell, *by)).collect()
    }

    /// How many more sums a move would break than it mends.
    fn new_breaks(&self, cell: usize, by: i64) -> i64 {
        let change = |sum: &usize| {
            let sign = self.system.sums[*sum].iter().find(|(other, _)| *other == cell).map_or(0, |(_, sign)| *sign);
            let off = self.broken.get(sum).copied().unwrap_or_default();
            (off + sign * by).abs() - off.abs()
        };
        self.system.within[cell].iter().map(change).sum()
    }
}
