//! Latent semantic analysis: the directions in which answers differ most, found by a randomised singular value decomposition.
//!
//! Deerwester and others 1990; Halko, Martinsson and Tropp, "Finding structure with randomness" (SIAM Review 2011), algorithms
//! 4.4 and 5.1: a random start, a few passes of subspace iteration, then the small problem exactly (Jacobi).

use super::chance::Chance;
use super::matrix::{self, Matrix};
use super::parallel;

/// Directions kept beyond those asked for while searching.
const SPARE: usize = 12;

/// Passes of subspace iteration. The spectrum of short texts falls slowly, so that none at all would be too few; more made no
/// better groups.
const PASSES: usize = 1;

/// Rounds of rotations at most when the small problem is solved.
const SWEEPS: usize = 30;

/// The directions: for each feature its coordinates, the first direction first.
#[derive(Debug, Clone)]
pub(super) struct Directions {
    /// How many directions there are; fewer than asked for when the answers do not differ in so many ways.
    pub count: usize,
    by_feature: Vec<f32>,
}

impl Directions {
    /// Find so many directions in rows with columns below `width`.
    pub fn find(rows: &Matrix, width: usize, count: usize, seed: u64) -> Self {
        let count = count.min(width).min(rows.len());
        if count == 0 {
            return Self { count: 0, by_feature: Vec::new() };
        }
        let all = (count + SPARE).min(width).min(rows.len());
        let turned = rows.turned(width);
        let mut chance = Chance::new(seed);
        let mut features = Block { wide: all, values: (0..width * all).map(|_| chance.normal() as f32).collect() };
        for _ in 0..=PASSES {
            let mut answers = features.times(rows);
            answers.orthonormal();
            answers.orthonormal();
            features = answers.times(&turned);
        }
        // The last features are A' Q with Q orthonormal: their Gram matrix holds the squared singular values.
        let (values, vectors) = eigen(features.gram(), all);
        let kept = values.iter().take(count).take_while(|value| **value > 1e-9 * values[0]).count();
        let mut turn = vec![0.0; all * kept];
        for direction in 0..kept {
            for from in 0..all {
                turn[from * kept + direction] = (vectors[direction * all + from] / values[direction].sqrt()) as f32;
            }
        }
        Self { count: kept, by_feature: features.turn(&turn, kept).values }
    }

    /// Where a row lies, brought to the length given; all nought when it has nothing in common with what was learnt.
    pub fn place(&self, row: impl Iterator<Item = (u32, f32)>, length: f32) -> Vec<f32> {
        let mut at = vec![0.0; self.count];
        for (column, value) in row {
            let from = column as usize * self.count;
            matrix::add(&mut at, value, &self.by_feature[from..from + self.count]);
        }
        matrix::unit(&mut at);
        for value in &mut at {
            *value *= length;
        }
        at
    }
}

/// Many rows of the same few numbers.
struct Block {
    wide: usize,
    values: Vec<f32>,
}

impl Block {
    /// The product of a sparse matrix with these rows.
    fn times(&self, rows: &Matrix) -> Self {
        let pieces = parallel::ranges(rows.len(), |range| {
            let mut out = vec![0.0; range.len() * self.wide];
            for (row, out) in range.zip(out.chunks_mut(self.wide)) {
                for (column, value) in rows.pairs(row) {
                    let from = column as usize * self.wide;
                    matrix::add(out, value, &self.values[from..from + self.wide]);
                }
            }
            out
        });
        Self { wide: self.wide, values: pieces.concat() }
    }

    /// Every row times a small matrix with `wide` columns.
    fn turn(&self, by: &[f32], wide: usize) -> Self {
        let pieces = parallel::ranges(self.values.len() / self.wide, |range| {
            let mut out = vec![0.0; range.len() * wide];
            for (row, out) in range.zip(out.chunks_mut(wide.max(1))) {
                for (value, by) in self.values[row * self.wide..(row + 1) * self.wide].iter().zip(by.chunks(wide.max(1))) {
                    matrix::add(out, *value, by);
                }
            }
            out
        });
        Self { wide, values: pieces.concat() }
    }

    /// The products of all columns with each other.
    fn gram(&self) -> Vec<f64> {
        let pieces = parallel::ranges(self.values.len() / self.wide, |range| {
            let mut sums = vec![0.0_f32; self.wide * self.wide];
            for row in self.values[range.start * self.wide..range.end * self.wide].chunks(self.wide) {
                for (value, sums) in row.iter().zip(sums.chunks_mut(self.wide)) {
                    matrix::add(sums, *value, row);
                }
            }
            sums
        });
        let mut sums = vec![0.0; self.wide * self.wide];
        for piece in pieces {
            sums.iter_mut().zip(piece).for_each(|(sum, part)| *sum += f64::from(part));
        }
        sums
    }

    /// Make the columns stand at right angles with length one (by Cholesky; twice makes up for rounding).
    /// Columns that depend on others become nought.
    fn orthonormal(&mut self) {
        *self = self.turn(&inverse_root(&self.gram(), self.wide), self.wide);
    }
}

/// What is left of a column, of its squared length, below which it counts as depending on those before it.
const DEPENDS: f64 = 1e-9;

/// `R^-1` for the Cholesky factor `R'R` of a matrix, upper triangular, by rows.
fn inverse_root(gram: &[f64], wide: usize) -> Vec<f32> {
    let mut lower = vec![0.0; wide * wide];
    for i in 0..wide {
        for j in 0..=i {
            let sum: f64 = (0..j).map(|k| lower[i * wide + k] * lower[j * wide + k]).sum();
            let left = gram[i * wide + j] - sum;
            lower[i * wide + j] = match (i == j, left > DEPENDS * gram[i * wide + i]) {
                (true, true) => left.sqrt(),
                // What is divided by this is nought.
                (true, false) => f64::INFINITY,
                (false, _) => left / lower[j * wide + j],
            };
        }
    }
    // Column by column of L^-1, which is the transpose of R^-1.
    let mut inverse = vec![0.0; wide * wide];
    for column in 0..wide {
        for i in column..wide {
            let sum: f64 = (column..i).map(|k| lower[i * wide + k] * inverse[column * wide + k]).sum();
            inverse[column * wide + i] = (f64::from(u8::from(i == column)) - sum) / lower[i * wide + i];
        }
    }
    inverse.into_iter().map(|value| value as f32).collect()
}

/// The eigenvalues of a symmetric matrix, largest first, and their vectors one after the other (cyclic Jacobi; Golub and Van Loan,
/// section 8.5).
fn eigen(mut a: Vec<f64>, wide: usize) -> (Vec<f64>, Vec<f64>) {
    let mut vectors = vec![0.0; wide * wide];
    (0..wide).for_each(|i| vectors[i * wide + i] = 1.0);
    let whole: f64 = a.iter().map(|value| value * value).sum();
    for _ in 0..SWEEPS {
        let aside: f64 = (0..wide).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| a[i * wide + j].powi(2)).sum();
        if aside <= 1e-18 * whole {
            break;
        }
        for one in 0..wide {
            for other in one + 1..wide {
                if a[one * wide + other] != 0.0 {
                    rotate(&mut a, &mut vectors, wide, (one, other));
                }
            }
        }
    }
    let mut order: Vec<usize> = (0..wide).collect();
    order.sort_by(|i, j| a[j * wide + j].total_cmp(&a[i * wide + i]));
    let values = order.iter().map(|i| a[i * wide + i]).collect();
    (values, order.iter().flat_map(|i| vectors[i * wide..(i + 1) * wide].to_vec()).collect())
}

/// One rotation that makes the place where these two meet nought. The vectors are kept as rows.
fn rotate(a: &mut [f64], vectors: &mut [f64], wide: usize, (one, other): (usize, usize)) {
    let theta = (a[other * wide + other] - a[one * wide + one]) / (2.0 * a[one * wide + other]);
    let tangent = theta.signum() / (theta.abs() + theta.hypot(1.0));
    let cosine = 1.0 / tangent.hypot(1.0);
    let sine = tangent * cosine;
    let turn = |list: &mut [f64], first: usize, second: usize| {
        let (x, y) = (list[first], list[second]);
        (list[first], list[second]) = (cosine * x - sine * y, sine * x + cosine * y);
    };
    (0..wide).for_each(|row| turn(a, row * wide + one, row * wide + other));
    for column in 0..wide {
        turn(a, one * wide + column, other * wide + column);
        turn(vectors, one * wide + column, other * wide + column);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three kinds of rows over six columns, and a little noise.
    fn rows(count: usize) -> Matrix {
        let mut chance = Chance::new(5);
        Matrix::new((0..count).map(|row| {
            let kind = (row % 3) as u32;
            let weight = [3.0, 2.0, 1.0][row % 3];
            (0..6).map(|column| (column, if column / 2 == kind { weight } else { 0.01 * chance.unit() as f32 })).collect()
        }))
    }

    #[test]
    fn the_directions_are_those_the_rows_were_made_of() {
        let rows = rows(300);
        let found = Directions::find(&rows, 6, 3, 1);
        assert_eq!(found.count, 3);
        for (row, strongest) in [(0, 0), (1, 1), (2, 2)] {
            let at = found.place(rows.pairs(row), 1.0);
            assert!(at[strongest].abs() > 0.99, "{at:?}");
        }
    }

    #[test]
    fn directions_stand_at_right_angles_with_length_one() {
        let found = Directions::find(&rows(50), 6, 4, 1);
        for i in 0..4 {
            for j in 0..4 {
                let product: f32 = (0..6).map(|f| found.by_feature[f * 4 + i] * found.by_feature[f * 4 + j]).sum();
                assert!((product - f32::from(u8::from(i == j))).abs() < 1e-3, "{i} {j} {product}");
            }
        }
    }

    #[test]
    fn eigenvalues_are_exact_for_a_matrix_known_by_hand() {
        let (values, vectors) = eigen(vec![2.0, 1.0, 1.0, 2.0], 2);
        assert!((values[0] - 3.0).abs() < 1e-12 && (values[1] - 1.0).abs() < 1e-12);
        assert!((vectors[0] - vectors[1]).abs() < 1e-12);
    }

    #[test]
    fn rows_that_are_all_alike_have_one_direction_and_none_have_none() {
        let alike = Matrix::new((0..40).map(|_| vec![(0, 1.0), (3, 1.0)]));
        assert_eq!(Directions::find(&alike, 5, 3, 1).count, 1);
        assert_eq!(Directions::find(&Matrix::default(), 5, 3, 1).count, 0);
    }

    #[test]
    fn the_same_seed_gives_the_same_bits() {
        let find = || Directions::find(&rows(5000), 6, 3, 9).by_feature;
        assert_eq!(find(), find());
    }
}
