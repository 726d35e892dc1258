//! Groups of answers that point the same way: spherical k-means (Dhillon and Modha 2001) with careful seeds.
//!
//! The seeds are k-means++ (Arthur and Vassilvitskii 2007) with `1 - cosine` as the distance.

use super::chance::Chance;
use super::matrix::{self, Matrix};
use super::parallel;
use super::threshold::highest;

/// Rounds at most.
const ROUNDS: usize = 25;

/// The middles of the groups.
#[derive(Debug, Clone)]
pub(super) struct Middles {
    /// How many groups there are.
    pub count: usize,
    /// By column, then by group; each group's middle has length one.
    values: Vec<f32>,
}

impl Middles {
    /// Group the rows, whose columns lie below `width`: the best of so many starts.
    pub fn find(rows: &Matrix, width: usize, count: usize, starts: u64, seed: u64) -> Self {
        let count = count.min(rows.len());
        let try_once = |start| {
            let mut chance = Chance::part(seed, start);
            let mut middles = Self::of(rows, width, &seeds(rows, width, count, &mut chance));
            let mut before = Vec::new();
            for _ in 0..ROUNDS {
                let mut nearest = middles.nearest(rows);
                fill(&mut nearest, count);
                let moved = nearest.iter().zip(&before).filter(|((now, _), then)| now != *then).count();
                let first = before.is_empty();
                before = nearest.into_iter().map(|(group, _)| group).collect();
                if !first && moved * 1000 <= rows.len() {
                    break;
                }
                middles = Self::around(rows, width, &before, count);
            }
            let near: f64 = middles.nearest(rows).iter().map(|(_, near)| f64::from(*near)).sum();
            (near, middles)
        };
        let best = (0..starts.max(1)).map(try_once).reduce(|best, next| if next.0 > best.0 { next } else { best });
        best.map_or(Self { count: 0, values: Vec::new() }, |(_, middles)| middles)
    }

    /// These rows themselves.
    fn of(rows: &Matrix, width: usize, chosen: &[usize]) -> Self {
        let groups: Vec<usize> = (0..chosen.len()).collect();
        Self::around(&rows.select(chosen), width, &groups, chosen.len())
    }

    /// The middle of each group of rows.
    pub fn around(rows: &Matrix, width: usize, groups: &[usize], count: usize) -> Self {
        let mut by_group = vec![0.0_f32; count * width];
        for (row, group) in groups.iter().enumerate() {
            let middle = &mut by_group[group * width..(group + 1) * width];
            rows.pairs(row).for_each(|(column, value)| middle[column as usize] += value);
        }
        by_group.chunks_mut(width.max(1)).for_each(matrix::unit);
        let mut values = vec![0.0; width * count];
        for (group, middle) in by_group.chunks(width.max(1)).enumerate() {
            middle.iter().enumerate().for_each(|(column, value)| values[column * count + group] = *value);
        }
        Self { count, values }
    }

    /// How near a row lies to each middle.
    pub fn near(&self, row: impl Iterator<Item = (u32, f32)>) -> Vec<f32> {
        let mut near = vec![0.0; self.count];
        for (column, value) in row {
            let from = column as usize * self.count;
            matrix::add(&mut near, value, &self.values[from..from + self.count]);
        }
        near
    }

    /// The nearest middle of each row, and how near it is.
    pub fn nearest(&self, rows: &Matrix) -> Vec<(usize, f32)> {
        let pieces = parallel::ranges(rows.len(), |range| {
            let nearest = |row| {
                let near = self.near(rows.pairs(row));
                highest(&near).map_or((0, 0.0), |group| (group, near[group]))
            };
            range.map(nearest).collect::<Vec<_>>()
        });
        pieces.concat()
    }

    /// How near two middles lie to each other: their cosine.
    pub fn between(&self, one: usize, other: usize) -> f32 {
        self.values.chunks(self.count).map(|column| column[one] * column[other]).sum()
    }
}

/// Rows to start from: each next one likelier the farther it lies from those chosen.
fn seeds(rows: &Matrix, width: usize, count: usize, chance: &mut Chance) -> Vec<usize> {
    let mut chosen = Vec::with_capacity(count);
    let mut far = vec![1.0_f32; rows.len()];
    while chosen.len() < count {
        let whole: f64 = far.iter().map(|far| f64::from(*far)).sum();
        let mut left = chance.unit() * whole;
        let next = far.iter().position(|far| {
            left -= f64::from(*far);
            left < 0.0
        });
        // When every row lies on a seed, any that is not one yet will do.
        let next = next.filter(|next| far[*next] > 0.0).or_else(|| (0..rows.len()).find(|row| !chosen.contains(row)));
        let Some(next) = next else { break };
        chosen.push(next);
        let seed = Middles::of(rows, width, &[next]);
        let nearer = parallel::ranges(rows.len(), |range| {
            let length = |row: usize| rows.row(row).1.iter().map(|value| value * value).sum::<f32>().sqrt().max(1e-6);
            range.map(|row| (1.0 - seed.near(rows.pairs(row))[0] / length(row)).max(0.0)).collect::<Vec<f32>>()
        });
        far.iter_mut().zip(nearer.concat()).for_each(|(far, now)| *far = far.min(now));
        far[next] = 0.0;
    }
    chosen
}

/// Give each empty group the row that lies farthest from its own middle.
fn fill(nearest: &mut [(usize, f32)], count: usize) {
    let mut sizes = vec![0_usize; count];
    for (group, _) in nearest.iter() {
        sizes[*group] += 1;
    }
    for group in 0..count {
        if sizes[group] > 0 {
            continue;
        }
        let may_leave = |row: &usize| sizes[nearest[*row].0] > 1;
        if let Some(row) = (0..nearest.len()).filter(may_leave).min_by(|a, b| nearest[*a].1.total_cmp(&nearest[*b].1)) {
            sizes[nearest[row].0] -= 1;
            sizes[group] = 1;
            nearest[row] = (group, 1.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Matrix {
        Matrix::new((0..90_u8).map(|row| {
            let (kind, lean) = (u32::from(row % 3), f32::from(row) / 300.0);
            vec![(kind, (1.0 - lean * lean).sqrt()), (3, lean)]
        }))
    }

    #[test]
    fn rows_of_a_kind_come_together() {
        let groups: Vec<usize> = Middles::find(&rows(), 4, 3, 3, 1).nearest(&rows()).iter().map(|(group, _)| *group).collect();
        assert!(groups.chunks(3).all(|three| three == &groups[..3]));
        assert_ne!(groups[0], groups[1]);
        assert_ne!(groups[1], groups[2]);
    }

    #[test]
    fn no_group_is_empty_while_there_are_rows_for_it() {
        let groups = Middles::find(&rows(), 4, 20, 1, 1).nearest(&rows());
        let seen: std::collections::BTreeSet<usize> = groups.iter().map(|(group, _)| *group).collect();
        assert!(seen.len() >= 18, "{}", seen.len());
    }

    #[test]
    fn fewer_rows_than_groups_make_a_group_each_and_none_make_none() {
        let two = Matrix::new([vec![(0, 1.0)], vec![(1, 1.0)]]);
        assert_eq!(Middles::find(&two, 2, 5, 2, 1).count, 2);
        assert_eq!(Middles::find(&Matrix::default(), 2, 5, 2, 1).count, 0);
        let alike = Matrix::new([vec![(0, 1.0)], vec![(0, 1.0)], vec![(0, 1.0)]]);
        assert_eq!(Middles::find(&alike, 1, 3, 1, 1).count, 3);
    }
}
