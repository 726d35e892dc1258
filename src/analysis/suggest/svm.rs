//! One linear support vector machine for one code: L2 loss, solved by dual coordinate descent.
//!
//! Minimises `|w|^2 / 2 + sum_i C_i max(0, 1 - y_i w.x_i)^2` (Hsieh, Chang, Lin, Keerthi and Sundararajan, "A dual coordinate
//! descent method for large-scale linear SVM", ICML 2008, algorithm 3 with shrinking). `C_i` is balanced: the few answers with
//! the code weigh as much together as the many without it (King and Zeng 2001, as in scikit-learn's `class_weight`).

use super::chance::Chance;
use super::matrix::Matrix;

/// How much a wrong answer costs, before balancing.
const COST: f64 = 0.5;

/// When the largest and smallest projected gradients lie this close, the answer is good enough.
const TOLERANCE: f64 = 0.1;

/// Rounds through the answers at most.
const ROUNDS: usize = 200;

/// What is asked of one machine.
pub(super) struct Task<'a> {
    /// The answers: rows of features.
    pub rows: &'a Matrix,
    /// How many features there are; the machine has one weight more, for its threshold.
    pub width: usize,
    /// The squared length of each row, with the constant feature.
    pub lengths: &'a [f32],
    /// Which rows to learn from.
    pub learn: &'a [u32],
    /// Whether each row has the code.
    pub has: &'a [bool],
}

/// A solved machine.
pub(super) struct Solved {
    /// By feature; the last is the constant.
    pub weights: Vec<f32>,
    /// By position in `learn`: how much each answer holds the boundary in place. Where to start next time.
    pub duals: Vec<f32>,
}

/// Solve, starting from duals of an earlier time where there are some. The same seed gives the same bits.
pub(super) fn solve(task: &Task, start: Option<&[f32]>, chance: &mut Chance) -> Solved {
    let with = task.learn.iter().filter(|row| task.has[**row as usize]).count();
    let (all, with) = (task.learn.len() as f64, with as f64);
    let cost = |has: bool| COST * all / (2.0 * if has { with } else { all - with }.max(1.0));
    // The diagonal of the loss: 1 / 2C.
    let diagonal = [0.5 / cost(false), 0.5 / cost(true)];
    let mut weights = vec![0.0_f32; task.width + 1];
    let mut duals = vec![0.0_f32; task.learn.len()];
    if let Some(start) = start {
        duals.copy_from_slice(start);
        for (row, dual) in task.learn.iter().zip(&duals).filter(|(_, dual)| **dual > 0.0) {
            step(task, &mut weights, *row as usize, if task.has[*row as usize] { *dual } else { -dual });
        }
    }
    let mut active: Vec<u32> = (0..task.learn.len() as u32).collect();
    let mut ceiling = f64::INFINITY;
    for _ in 0..ROUNDS {
        let (mut highest, mut lowest) = (f64::NEG_INFINITY, f64::INFINITY);
        chance.shuffle(&mut active);
        let mut at = 0;
        while at < active.len() {
            let index = active[at] as usize;
            let row = task.learn[index] as usize;
            let has = task.has[row];
            let sign = if has { 1.0 } else { -1.0 };
            let old = f64::from(duals[index]);
            let diagonal = diagonal[usize::from(has)];
            let gradient = sign * f64::from(score(task, &weights, row)) - 1.0 + old * diagonal;
            if old == 0.0 && gradient > ceiling {
                active.swap_remove(at);
                continue;
            }
            at += 1;
            let projected = if old == 0.0 { gradient.min(0.0) } else { gradient };
            (highest, lowest) = (highest.max(projected), lowest.min(projected));
            if projected.abs() > 1e-12 {
                let new = (old - gradient / (f64::from(task.lengths[row]) + diagonal)).max(0.0);
                duals[index] = new as f32;
                step(task, &mut weights, row, (sign * (new - old)) as f32);
            }
        }
        if highest - lowest <= TOLERANCE {
            if active.len() == task.learn.len() {
                break;
            }
            // What was left out is looked at once more before the end.
            active = (0..task.learn.len() as u32).collect();
            ceiling = f64::INFINITY;
            continue;
        }
        ceiling = if highest <= 0.0 { f64::INFINITY } else { highest };
    }
    Solved { weights, duals }
}

/// How far a row lies on the code's side of the boundary.
pub(super) fn score(task: &Task, weights: &[f32], row: usize) -> f32 {
    let (columns, values) = task.rows.row(row);
    let mut strands = [weights[task.width], 0.0, 0.0, 0.0];
    let (heads, tail) = columns.as_chunks::<4>();
    let (head_values, tail_values) = values.as_chunks::<4>();
    for (columns, values) in heads.iter().zip(head_values) {
        let products = columns.iter().zip(values).map(|(column, value)| weights[*column as usize] * value);
        strands.iter_mut().zip(products).for_each(|(strand, product)| *strand += product);
    }
    strands.iter().sum::<f32>()
        + tail.iter().zip(tail_values).map(|(column, value)| weights[*column as usize] * value).sum::<f32>()
}

fn step(task: &Task, weights: &mut [f32], row: usize, by: f32) {
    let (columns, values) = task.rows.row(row);
    for (column, value) in columns.iter().zip(values) {
        weights[*column as usize] += by * value;
    }
    weights[task.width] += by;
}
