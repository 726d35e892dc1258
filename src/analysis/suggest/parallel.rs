//! Work spread over the processors, with a result that does not depend on how many there are.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Do each piece of work from 0 to `count`, and give the results in that order.
pub(super) fn each<R: Send>(count: usize, work: impl Fn(usize) -> R + Sync) -> Vec<R> {
    let threads = thread::available_parallelism().map_or(1, usize::from).min(count);
    if threads <= 1 {
        return (0..count).map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let turn = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= count {
                return done;
            }
            done.push((index, work(index)));
        }
    };
    let mut done = thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(turn)).collect();
        let mut done = turn();
        for other in others {
            // A panic in one thread is a panic of the whole, as it would be without threads.
            done.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        done
    });
    done.sort_unstable_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

/// How many items go into a piece of work: fixed, so that sums are rounded the same way on every machine.
const PIECE: usize = 2048;

/// Do the work on pieces of a list, given with where they begin, and give the results in order.
pub(super) fn pieces<T: Sync, R: Send>(list: &[T], work: impl Fn(usize, &[T]) -> R + Sync) -> Vec<R> {
    let count = list.len().div_ceil(PIECE);
    each(count, |index| {
        let from = index * PIECE;
        work(from, &list[from..list.len().min(from + PIECE)])
    })
}

/// The same for the rows of something that is not a list.
pub(super) fn ranges<R: Send>(count: usize, work: impl Fn(std::ops::Range<usize>) -> R + Sync) -> Vec<R> {
    each(count.div_ceil(PIECE), |index| work(index * PIECE..count.min((index + 1) * PIECE)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_whoever_finishes_first() {
        assert_eq!(each(100, |index| index * index), (0..100).map(|index| index * index).collect::<Vec<_>>());
        let list: Vec<usize> = (0..5000).collect();
        let sums = pieces(&list, |from, piece| (from, piece.iter().sum::<usize>()));
        assert_eq!(sums.iter().map(|(from, _)| *from).collect::<Vec<_>>(), [0, 2048, 4096]);
        assert_eq!(sums.iter().map(|(_, sum)| sum).sum::<usize>(), 5000 * 4999 / 2);
        assert_eq!(ranges(3000, |range| range.len()), [2048, 952]);
        assert!(pieces(&[] as &[u8], |_, _| ()).is_empty());
    }
}
