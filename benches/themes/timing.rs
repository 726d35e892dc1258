//! How long something took: by the clock, and in processor time, which a busy machine does not stretch.

use std::fs;
use std::time::Instant;

/// Seconds.
#[derive(Clone, Copy, Default)]
pub struct Taken {
    pub clock: f64,
    /// Of all threads together; not a number where the system does not say.
    pub processor: f64,
}

/// Do something, and say how long it took.
pub fn timed<R>(work: impl FnOnce() -> R) -> (R, Taken) {
    let (begun, before) = (Instant::now(), processor());
    let done = work();
    (done, Taken { clock: begun.elapsed().as_secs_f64(), processor: processor() - before })
}

/// The processor time of this process so far (proc(5): utime and stime, in hundredths).
fn processor() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: Vec<f64> = after_name.split_whitespace().skip(11).take(2).filter_map(|field| field.parse().ok()).collect();
    if ticks.len() == 2 { (ticks[0] + ticks[1]) / 100.0 } else { f64::NAN }
}
