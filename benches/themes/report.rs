//! The lines that are printed.

use super::scores;
use super::timing::Taken;

/// What a measure is held against.
#[derive(Clone, Copy, Default)]
pub struct Goal {
    /// What a plain method reaches, and which.
    pub baseline: Option<(f64, &'static str)>,
    pub must: Option<f64>,
    pub stretch: Option<f64>,
    /// Less is better.
    pub least: bool,
}

impl Goal {
    pub fn most(must: f64, stretch: f64) -> Self {
        Self { must: Some(must), stretch: Some(stretch), ..Self::default() }
    }

    pub fn least(must: f64, stretch: Option<f64>) -> Self {
        Self { must: Some(must), stretch, least: true, ..Self::default() }
    }

    pub fn beside(self, baseline: f64, method: &'static str) -> Self {
        Self { baseline: Some((baseline, method)), ..self }
    }
}

pub fn title(text: &str) {
    say(&format!("\n{text}"));
    say(&format!("{:46} {:>9} {:>17} {:>7} {:>7}  {:12} {}", "", "measured", "95 % interval", "must", "stretch", "", "beside"));
}

/// One line: the mean over the seeds with its interval, or the one value there is.
pub fn line(what: &str, values: &[f64], goal: Goal) {
    let (mean, low, high) = scores::interval(values);
    let reaches = |wanted: f64| if goal.least { mean <= wanted } else { mean >= wanted };
    let verdict = match (goal.must, goal.stretch) {
        (_, Some(stretch)) if reaches(stretch) => "stretch",
        (Some(must), _) if reaches(must) => "must",
        (Some(_), _) => "NOT REACHED",
        _ => "",
    };
    let number = |value: Option<f64>| value.map_or(String::new(), |value| format!("{value:.3}"));
    let interval = if values.len() > 1 { format!("{low:.3} to {high:.3}") } else { String::new() };
    let beside = goal.baseline.map_or(String::new(), |(value, method)| format!("{value:.3} {method}"));
    let (must, stretch) = (number(goal.must), number(goal.stretch));
    say(&format!("{what:46} {mean:9.3} {interval:>17} {must:>7} {stretch:>7}  {verdict:12} {beside}"));
}

/// One line for a time: by the clock, which is what the goals are about, with the processor time beside it.
pub fn speed(what: &str, taken: &[Taken], goal: Goal) {
    let processor = taken.iter().map(|taken| taken.processor).sum::<f64>() / taken.len() as f64;
    let clock: Vec<f64> = taken.iter().map(|taken| taken.clock).collect();
    line(what, &clock, Goal { baseline: Some((processor, "of processor time")), least: true, ..goal });
}

pub fn left_out(what: &str) {
    say(&format!("{what}: left out, no labelled answers (set SOUNDINGS_EVALUATION or give --data)"));
}

#[expect(clippy::print_stdout, reason = "what a bench is for")]
pub fn say(text: &str) {
    println!("{text}");
}
