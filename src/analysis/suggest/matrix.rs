//! Rows of numbers that are mostly nought (compressed sparse rows), and the little arithmetic done with them.

use super::parallel;

/// One row: the columns that are not nought, in rising order, with their values.
pub type Row = Vec<(u32, f32)>;

/// Many rows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Matrix {
    ends: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f32>,
}

impl Matrix {
    /// The rows, in order.
    #[must_use]
    pub fn new(rows: impl IntoIterator<Item = Row>) -> Self {
        let mut matrix = Self::default();
        for row in rows {
            matrix.push(&row);
        }
        matrix
    }

    /// Add a row at the end.
    pub fn push(&mut self, row: &[(u32, f32)]) {
        self.columns.extend(row.iter().map(|(column, _)| *column));
        self.values.extend(row.iter().map(|(_, value)| *value));
        self.ends.push(self.columns.len());
    }

    /// Rows made in pieces, one after the other.
    #[must_use]
    pub(super) fn joined(pieces: Vec<Self>) -> Self {
        let mut all = Self::default();
        for piece in pieces {
            let before = all.columns.len();
            all.columns.extend(piece.columns);
            all.values.extend(piece.values);
            all.ends.extend(piece.ends.into_iter().map(|end| before + end));
        }
        all
    }

    /// How many rows there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The columns and values of a row.
    #[must_use]
    pub fn row(&self, row: usize) -> (&[u32], &[f32]) {
        let from = if row == 0 { 0 } else { self.ends[row - 1] };
        (&self.columns[from..self.ends[row]], &self.values[from..self.ends[row]])
    }

    /// The columns of a row with their values.
    pub fn pairs(&self, row: usize) -> impl Iterator<Item = (u32, f32)> {
        let (columns, values) = self.row(row);
        columns.iter().copied().zip(values.iter().copied())
    }

    /// These rows only.
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Self {
        let mut matrix = Self::default();
        for row in rows {
            let (columns, values) = self.row(*row);
            matrix.columns.extend_from_slice(columns);
            matrix.values.extend_from_slice(values);
            matrix.ends.push(matrix.columns.len());
        }
        matrix
    }

    /// Rows and columns changed over.
    #[must_use]
    pub(super) fn turned(&self, width: usize) -> Self {
        let mut ends = vec![0_usize; width];
        self.columns.iter().for_each(|column| ends[*column as usize] += 1);
        let mut end = 0;
        for count in &mut ends {
            // For now, where the next value of this column goes.
            end += std::mem::replace(count, end);
        }
        let (mut columns, mut values) = (vec![0; self.columns.len()], vec![0.0; self.columns.len()]);
        for row in 0..self.len() {
            for (column, value) in self.pairs(row) {
                let at = &mut ends[column as usize];
                (columns[*at], values[*at]) = (row as u32, value);
                *at += 1;
            }
        }
        Self { ends, columns, values }
    }

    /// Columns numbered anew: `place[column]`, or left out where that is [`NOWHERE`]. The order of columns must stay.
    #[must_use]
    pub(super) fn renumbered(&self, place: &[u32]) -> Self {
        let pieces = parallel::ranges(self.len(), |range| {
            Self::new(range.map(|row| {
                let kept = self.pairs(row).map(|(column, value)| (place[column as usize], value));
                kept.filter(|(column, _)| *column != NOWHERE).collect()
            }))
        });
        Self::joined(pieces)
    }

    /// Which columns occur in at least so many rows, numbered from 0 in their order; and how many those are.
    #[must_use]
    pub(super) fn places(&self, width: usize, at_least: u32) -> (Vec<u32>, usize) {
        let mut rows_with = vec![0_u32; width];
        self.columns.iter().for_each(|column| rows_with[*column as usize] += 1);
        let mut kept = 0;
        for place in &mut rows_with {
            if *place >= at_least.max(1) {
                *place = kept;
                kept += 1;
            } else {
                *place = NOWHERE;
            }
        }
        (rows_with, kept as usize)
    }
}

/// A column that is left out.
pub(super) const NOWHERE: u32 = u32::MAX;

/// The sum of products of two rows; with rows of length one, their cosine.
#[must_use]
pub fn dot(a: (&[u32], &[f32]), b: (&[u32], &[f32])) -> f32 {
    let (mut i, mut j, mut sum) = (0, 0, 0.0);
    while i < a.0.len() && j < b.0.len() {
        match a.0[i].cmp(&b.0[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                sum += a.1[i] * b.1[j];
                (i, j) = (i + 1, j + 1);
            }
        }
    }
    sum
}

/// The sum of products of two lists of the same length, in eight strands so that the processor may do them at once.
#[must_use]
pub(super) fn dense_dot(a: &[f32], b: &[f32]) -> f32 {
    let (head, tail) = a.as_chunks::<8>();
    let (other_head, other_tail) = b.as_chunks::<8>();
    let mut strands = [0.0_f32; 8];
    for (x, y) in head.iter().zip(other_head) {
        strands.iter_mut().zip(x.iter().zip(y)).for_each(|(strand, (x, y))| *strand += x * y);
    }
    strands.iter().sum::<f32>() + tail.iter().zip(other_tail).map(|(x, y)| x * y).sum::<f32>()
}

/// Add so many times one list to another.
pub(super) fn add(to: &mut [f32], times: f32, list: &[f32]) {
    for (to, value) in to.iter_mut().zip(list) {
        *to += times * value;
    }
}

/// Bring a list to length one, unless it is nought.
pub(super) fn unit(list: &mut [f32]) {
    let length = dense_dot(list, list).sqrt();
    if length > 1e-12 {
        for value in list.iter_mut() {
            *value /= length;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_as_they_were_put_in() {
        let matrix = Matrix::new([vec![(1, 2.0), (4, 1.0)], vec![], vec![(1, 3.0)]]);
        assert_eq!(matrix.len(), 3);
        assert_eq!(matrix.pairs(0).collect::<Vec<_>>(), [(1, 2.0), (4, 1.0)]);
        assert_eq!(matrix.row(1), (&[][..], &[][..]));
        assert_eq!(matrix.select(&[2, 0]).row(0), matrix.row(2));
        let turned = matrix.turned(5);
        assert_eq!((turned.row(0), turned.pairs(1).collect::<Vec<_>>()), ((&[][..], &[][..]), vec![(0, 2.0), (2, 3.0)]));
        assert_eq!(turned.turned(3), matrix);
        assert_eq!(Matrix::joined(vec![matrix.select(&[0, 1]), matrix.select(&[2])]), matrix);
    }

    #[test]
    fn rare_columns_can_be_left_out() {
        let matrix = Matrix::new([vec![(1, 2.0), (4, 1.0)], vec![(2, 1.0), (4, 3.0)]]);
        let (place, kept) = matrix.places(6, 2);
        assert_eq!(kept, 1);
        assert_eq!(matrix.renumbered(&place), Matrix::new([vec![(0, 1.0)], vec![(0, 3.0)]]));
    }

    #[test]
    fn products_are_the_same_done_either_way() {
        let a: Vec<f32> = (0..19_u8).map(f32::from).collect();
        assert!((dense_dot(&a, &a) - 2109.0).abs() < 1e-3);
        let rows = Matrix::new([vec![(1, 2.0), (4, 1.0), (9, 5.0)], vec![(0, 1.0), (4, 3.0), (9, 2.0)]]);
        assert!((dot(rows.row(0), rows.row(1)) - 13.0).abs() < 1e-6);
    }
}
