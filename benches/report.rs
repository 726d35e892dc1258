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
pub fn title(database: &str, beside: Option<&str>) {
    println!("\n{database}: durable submissions of the 28-field form over HTTP");
    println!(
        "{:>11} {:>10} {:>9} {:>9} {:>9} {:>13} {:>12} {:>13} {:>8} {:>11}",
        "connections",
        "stored/s",
        "p50 ms",
        "p99 ms",
        "CPU ms",
        "1 commit/s",
        "x 1 commit",
        beside.unwrap_or_default(),
        if beside.is_some() { "% of it" } else { "" },
        if beside.is_some() { "its CPU ms" } else { "" }
    );
}

/// One line: each figure is the middle of its rounds, ratios are taken within a round.
pub fn line(connections: usize, rounds: &[Round]) {
    let of = |figure: &dyn Fn(&Round) -> f64| middle(rounds.iter().map(figure));
    let beside = |figure: &dyn Fn(&Round, &Measured) -> f64| {
        let all: Vec<f64> = rounds.iter().filter_map(|round| Some(figure(round, round.beside.as_ref()?))).collect();
        (!all.is_empty()).then(|| middle(all.into_iter()))
    };
    let whole = |figure: Option<f64>| figure.map(|figure| format!("{figure:.0}")).unwrap_or_default();
    println!(
        "{:>11} {:>10.0} {:>9.2} {:>9.2} {:>9.3} {:>13.0} {:>12.1} {:>13} {:>8} {:>11}",
        connections,
        of(&|round| round.ours.rate),
        of(&|round| milliseconds(round.ours.p50)),
        of(&|round| milliseconds(round.ours.p99)),
        of(&|round| milliseconds(round.ours.cpu)),
        of(&|round| round.single),
        of(&|round| round.ours.rate / round.single),
        whole(beside(&|_, bare| bare.rate)),
        whole(beside(&|round, bare| 100.0 * round.ours.rate / bare.rate)),
        beside(&|_, bare| milliseconds(bare.cpu)).map(|figure| format!("{figure:.3}")).unwrap_or_default(),
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
