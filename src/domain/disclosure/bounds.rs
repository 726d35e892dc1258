//! What a reader works out sum by sum: the least and the most that each number can be.

use std::collections::VecDeque;

use super::system::{MANY, System};

/// How often one sum is read again; each reading passes a fact one sum further, and what is known is a few sums away.
const READINGS: u8 = 24;

/// The bounds of every cell, narrowed by the sums it stands in. Nothing possible is ever narrowed away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bounds(Vec<(i64, i64)>);

impl Bounds {
    /// What the published numbers and the rules say.
    pub fn published(system: &System) -> Self {
        let known = system.cells.iter().map(|cell| (cell.least, cell.most)).collect();
        Self(known).narrowed(system, 0..system.sums.len())
    }

    /// What those numbers say that are always published, if all the others were hidden.
    pub fn open(system: &System) -> Self {
        let known = system.cells.iter().map(|cell| if cell.open { (cell.value, cell.value) } else { (0, MANY) }).collect();
        Self(known).narrowed(system, 0..system.sums.len())
    }

    /// The least and the most this cell can be.
    pub fn of(&self, cell: usize) -> (i64, i64) {
        self.0[cell]
    }

    /// Whether there is only one number that this cell can be.
    pub fn settled(&self, cell: usize) -> bool {
        self.0[cell].0 == self.0[cell].1
    }

    /// Forgets what was worked out from these cells, which are hidden now, and works it out anew.
    pub fn hide(self, system: &System, cells: &[usize]) -> Self {
        let Self(mut known) = self;
        let mut sums = vec![false; system.sums.len()];
        let mut reached = vec![false; system.cells.len()];
        let mut next = cells.to_vec();
        while let Some(cell) = next.pop() {
            if system.fixed(cell) || std::mem::replace(&mut reached[cell], true) {
                continue;
            }
            known[cell] = (system.cells[cell].least, system.cells[cell].most);
            for (sum, _) in &system.within[cell] {
                if !std::mem::replace(&mut sums[*sum], true) {
                    next.extend(system.sums[*sum].iter().map(|(other, _)| *other));
                }
            }
        }
        Self(known).narrowed(system, (0..sums.len()).filter(|sum| sums[*sum]))
    }

    fn narrowed(mut self, system: &System, sums: impl Iterator<Item = usize>) -> Self {
        let mut waiting: VecDeque<usize> = sums.filter(|sum| self.loose(&system.sums[*sum])).collect();
        let mut readings = vec![0; system.sums.len()];
        let mut queued = vec![false; system.sums.len()];
        for sum in &waiting {
            queued[*sum] = true;
        }
        while let Some(sum) = waiting.pop_front() {
            queued[sum] = false;
            readings[sum] += 1;
            for cell in self.narrow(&system.sums[sum]) {
                for (other, _) in &system.within[cell] {
                    if *other != sum && readings[*other] < READINGS && !queued[*other] {
                        queued[*other] = true;
                        waiting.push_back(*other);
                    }
                }
            }
        }
        self
    }

    /// Whether there is anything to be learnt from a sum.
    fn loose(&self, sum: &[(usize, i64)]) -> bool {
        sum.iter().any(|(cell, _)| !self.settled(*cell))
    }

    /// Narrows the bounds of each cell of a sum by those of the others, and gives back the cells that are known better now.
    fn narrow(&mut self, sum: &[(usize, i64)]) -> Vec<usize> {
        let (mut low, mut high) = (0, 0);
        for (cell, sign) in sum {
            let (least, most) = self.signed(*cell, *sign);
            (low, high) = (low + least, high + most);
        }
        let mut better = Vec::new();
        for (cell, sign) in sum {
            let (least, most) = self.signed(*cell, *sign);
            if least == most {
                continue;
            }
            // The others add up to what this one lacks.
            let now = (least.max(most - high), most.min(least - low));
            if now != (least, most) {
                (low, high) = (low + now.0 - least, high + now.1 - most);
                self.0[*cell] = if *sign > 0 { now } else { (-now.1, -now.0) };
                better.push(*cell);
            }
        }
        better
    }

    /// The bounds of a cell as it stands in a sum.
    fn signed(&self, cell: usize, sign: i64) -> (i64, i64) {
        let (least, most) = self.0[cell];
        if sign > 0 { (least, most) } else { (-most, -least) }
    }
}
