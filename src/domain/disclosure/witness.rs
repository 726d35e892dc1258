//! The proof that a hidden number is hidden: another set of numbers that agrees with everything published.
//!
//! A hidden cell is safe only when there is a second solution of all the published sums in which it has another value.
//! The search starts from a solution, moves the cell by one, and mends what that breaks by moving other unknown cells by
//! one. What it finds is a proof. When it finds nothing the cell is taken as given away, so the error is on the safe side.

use std::collections::{BTreeMap, BTreeSet};

use super::bounds::Bounds;
use super::system::System;

/// Terms read after which a search gives up; a proof is found in a few thousand or there is hardly one.
const READ: usize = 6_000;

/// The moves that lead from one solution to another.
pub type Moves = BTreeMap<usize, i64>;

/// A search for another solution.
pub(super) struct Search<'a> {
    system: &'a System,
    bounds: &'a Bounds,
    from: &'a dyn Fn(usize) -> i64,
    moves: Moves,
    /// The sums that do not hold.
    broken: BTreeMap<usize, Broken>,
    /// The same sums, those first that the fewest moves would mend.
    tightest: BTreeSet<(usize, usize)>,
    /// How many terms may still be read.
    left: usize,
}

/// A sum that does not hold.
#[derive(Clone, Copy)]
struct Broken {
    /// By how much.
    off: i64,
    /// How many cells could move to mend it.
    ways: usize,
}

impl System {
    /// Another solution in which this cell differs from the truth, as moves from it.
    pub(super) fn other_solution(&self, bounds: &Bounds, cell: usize) -> Option<Moves> {
        let truth = |index: usize| self.cells[index].value;
        let mut steps = [1, -1].into_iter().filter_map(|by| Search::new(self, bounds, &truth).step(cell, by));
        steps.next().filter(|moves| self.solved_by(moves))
    }

    /// Whether these moves lead from the truth to numbers that agree with everything published. What was searched for is
    /// believed only when it passes this.
    pub(super) fn solved_by(&self, moves: &Moves) -> bool {
        let by = |cell: &usize| moves.get(cell).copied().unwrap_or_default();
        let within = |(index, by): (&usize, &i64)| {
            let cell = &self.cells[*index];
            (cell.least..=cell.most).contains(&(cell.value + by))
        };
        let even = |(sum, _): &(usize, i64)| self.sums[*sum].iter().map(|(cell, sign)| sign * by(cell)).sum::<i64>() == 0;
        moves.iter().all(within) && moves.keys().flat_map(|cell| &self.within[*cell]).all(even)
    }
}

/// One broken sum on the way, and the moves that could mend it.
struct Choice {
    ways: std::vec::IntoIter<(usize, i64)>,
    taken: Option<(usize, i64)>,
}

impl<'a> Search<'a> {
    pub fn new(system: &'a System, bounds: &'a Bounds, from: &'a dyn Fn(usize) -> i64) -> Self {
        let (moves, broken, tightest) = (Moves::new(), BTreeMap::new(), BTreeSet::new());
        Self { system, bounds, from, moves, broken, tightest, left: READ }
    }

    /// A solution in which this cell is one more or one less than in the one the search starts from.
    pub fn step(mut self, cell: usize, by: i64) -> Option<Moves> {
        if !self.may(cell, by) {
            return None;
        }
        self.shift(cell, by);
        self.mend().then_some(self.moves)
    }

    fn may(&self, cell: usize, by: i64) -> bool {
        let (least, most) = self.bounds.of(cell);
        least < most && (least..=most).contains(&((self.from)(cell) + by)) && !self.moves.contains_key(&cell)
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
        let system = self.system;
        for (sum, sign) in &system.within[cell] {
            let off = self.off(*sum) + sign * by;
            if let Some(before) = self.broken.remove(sum) {
                self.tightest.remove(&(before.ways, *sum));
            }
            if off != 0 {
                let ways = self.ways(*sum, off).count();
                self.spend(system.sums[*sum].len());
                self.broken.insert(*sum, Broken { off, ways });
                self.tightest.insert((ways, *sum));
            }
        }
    }

    fn spend(&mut self, reads: usize) {
        self.left = self.left.saturating_sub(reads);
    }

    /// Mends what is broken, always the sum with the fewest ways to mend it; true when nothing is broken any more.
    fn mend(&mut self) -> bool {
        let mut choices: Vec<Choice> = Vec::new();
        while let Some((_, sum)) = self.tightest.first().copied() {
            choices.push(self.choice(sum));
            loop {
                let Some(choice) = choices.last_mut() else { return false };
                if self.left == 0 {
                    return false;
                }
                if self.take_next(choice) {
                    break;
                }
                choices.pop();
            }
        }
        true
    }

    /// The ways to mend a sum, best first.
    fn choice(&mut self, sum: usize) -> Choice {
        let mut ways: Vec<(usize, i64)> = self.ways(sum, self.off(sum)).collect();
        if ways.len() > 1 {
            self.spend(ways.iter().map(|(cell, _)| self.system.within[*cell].len()).sum());
            ways.sort_by_cached_key(|(cell, by)| (self.new_breaks(*cell, *by), *cell));
        }
        Choice { ways: ways.into_iter(), taken: None }
    }

    /// Takes back the move that led nowhere and makes the next; false when there is none.
    fn take_next(&mut self, choice: &mut Choice) -> bool {
        if let Some((cell, by)) = choice.taken.take() {
            self.unshift(cell, by);
        }
        choice.taken = choice.ways.next();
        if let Some((cell, by)) = choice.taken {
            self.shift(cell, by);
        }
        choice.taken.is_some()
    }

    /// The moves that would bring a sum that is off by so much nearer to nothing.
    fn ways(&self, sum: usize, off: i64) -> impl Iterator<Item = (usize, i64)> {
        let terms = self.system.sums[sum].iter();
        terms.map(move |(cell, sign)| (*cell, -(off.signum() * sign))).filter(|(cell, by)| self.may(*cell, *by))
    }

    fn off(&self, sum: usize) -> i64 {
        self.broken.get(&sum).map_or(0, |broken| broken.off)
    }

    /// How many more sums a move would break than it mends.
    fn new_breaks(&self, cell: usize, by: i64) -> i64 {
        let change = |(sum, sign): &(usize, i64)| {
            let off = self.off(*sum);
            (off + sign * by).abs() - off.abs()
        };
        self.system.within[cell].iter().map(change).sum()
    }
}
