//! Agreement on sets of themes: the MASI distance and Krippendorff's alpha with it.

use std::collections::BTreeSet;

use super::Table;

/// The MASI distance of two sets, 0 where they are equal and 1 where they share nothing: 1 - J x M, with the Jaccard index J, and M of
/// 1 for equal sets, 2/3 where one holds the other, 1/3 where they only overlap, 0 else. Two empty sets are equal.
#[must_use]
pub fn masi<T: Ord>(one: &BTreeSet<T>, other: &BTreeSet<T>) -> f64 {
    if one == other {
        return 0.0;
    }
    let (shared, all) = (one.intersection(other).count(), one.union(other).count());
    let monotone = if shared == 0 {
        0.0
    } else if one.is_subset(other) || other.is_subset(one) {
        2.0 / 3.0
    } else {
        1.0 / 3.0
    };
    1.0 - super::float(shared as u64) / super::float(all as u64) * monotone
}

/// Krippendorff's alpha where each coder put a set of themes at an answer.
#[must_use]
pub fn set_alpha<T: Ord>(table: &Table<BTreeSet<T>>) -> Option<f64> {
    let (mut kinds, mut counts): (Vec<&BTreeSet<T>>, Vec<u64>) = (Vec::new(), Vec::new());
    let mut within = 0.0;
    for row in table {
        let coded: Vec<&BTreeSet<T>> = row.iter().flatten().collect();
        if coded.len() < 2 {
            continue;
        }
        let mut apart = 0.0;
        for (place, one) in coded.iter().enumerate() {
            apart += coded[place + 1..].iter().map(|other| 2.0 * masi(one, other)).sum::<f64>();
            if let Some(kind) = kinds.iter().position(|kind| kind == one) {
                counts[kind] += 1;
            } else {
                kinds.push(one);
                counts.push(1);
            }
        }
        within += apart / super::float(coded.len() as u64 - 1);
    }
    let all: u64 = counts.iter().sum();
    let mut between = 0.0;
    for (place, one) in kinds.iter().enumerate() {
        for (offset, other) in kinds[place + 1..].iter().enumerate() {
            let pairs = counts[place] * counts[place + 1 + offset];
            between += 2.0 * super::float(pairs) * masi(one, other);
        }
    }
    (between > 0.0).then(|| 1.0 - super::float(all - 1) * within / between)
}
