//! What is printed: one line for each number of connections, the middle of its rounds.

#![expect(clippy::print_stdout, reason = "a benchmark says what it measured")]

use std::time::Duration;

use crate::load::Measured;

/// One round: yardsticks and service, one after the other.
pub struct Round {
    /// Single commits a second.
    pub single: f64,
    /// The bare loop, where there is one.
    pub beside: Option<Measured>,
    /// The service.
    pub ours: Measured,
}

/// Print a line as it is.
pub fn say(line: &str) {
    println!("{line}");
}

/// Open a table.
pub fn title(database: &str, beside: &str) {
    println!("\n{database}: durable submissions of the 28-field form over HTTP");
    println!(
        "{:>11} {:>10} {:>9} {:>9} {:>9} {:>13} {:>12} {:>13} {:>8}",
        "connections", "stored/s", "p50 ms", "p99 ms", "CPU ms", "1 commit/s", "x 1 commit", beside, "% of it"
    );
}

/// One line: each figure is the middle of its rounds, ratios are taken within a round.
pub fn line(connections: usize, rounds: &[Round]) {
    let of = |figure: &dyn Fn(&Round) -> f64| middle(rounds.iter().map(figure));
    let beside = |figure: &dyn Fn(&Round, &Measured) -> f64| {
        let all: Vec<f64> = rounds.iter().filter_map(|round| Some(figure(round, round.beside.as_ref()?))).collect();
        if all.is_empty() { String::new() } else { format!("{:.0}", middle(all.into_iter())) }
    };
    println!(
        "{:>11} {:>10.0} {:>9.2} {:>9.2} {:>9.3} {:>13.0} {:>12.1} {:>13} {:>8}",
        connections,
        of(&|round| round.ours.rate),
        of(&|round| milliseconds(round.ours.p50)),
        of(&|round| milliseconds(round.ours.p99)),
        of(&|round| milliseconds(round.ours.cpu)),
        of(&|round| round.single),
        of(&|round| round.ours.rate / round.single),
        beside(&|_, bare| bare.rate),
        beside(&|round, bare| 100.0 * round.ours.rate / bare.rate),
    );
}

/// The public page.
pub fn page(compressed: bool, measured: &Measured) {
    println!(
        "{:<36} {:>8.0}/s  p50 {:>6.2} ms  p99 {:>6.2} ms  CPU {:.3} ms  {} bytes",
        if compressed { "public form page, compressed" } else { "public form page, as it is" },
        measured.rate,
        milliseconds(measured.p50),
        milliseconds(measured.p99),
        milliseconds(measured.cpu),
        measured.size,
    );
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

fn middle(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}
