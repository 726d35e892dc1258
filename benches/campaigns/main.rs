//! How well and how fast campaigns are found, on synthetic letters whose campaign is known.
//!
//! `cargo bench --bench campaigns` measures 100,000 letters from three seeds, 500,000 and a million; `-- --quick` one seed of
//! 20,000. `-- --feedback FILE` also looks for campaigns in real short answers (one JSON object a line, with `text`), where none
//! should be found. Every answer is made up: see [`letters`].

#![expect(clippy::print_stdout, reason = "a bench reports on the screen")]

mod letters;
mod score;

use std::fs;
use std::time::Instant;

use anyhow::{Context as _, Result};
use soundings::analysis::campaigns::{FEWEST_WORDS, Kind, Settings, groups};

use letters::{LEVELS, Letters};
use score::Score;

/// What is asked of a number of letters, and what was measured before: precision, recall, seconds and gigabytes at their peak.
struct Goal {
    letters: usize,
    seeds: &'static [u64],
    must: &'static str,
    stretch: &'static str,
    before: &'static str,
}

const GOALS: [Goal; 3] = [
    Goal {
        letters: 100_000,
        seeds: &[11, 12, 13],
        must: "P .99, R .97 each of L0-L3 and .90 of L4-L5, 5 s",
        stretch: "P .999, R .98 each, 3 s",
        before: "bands alone: P 1.000, R .578 (L4, L5 .00), 2-3 s; with templates: P .999, R .985, 2.5-4.5 s, 0.26 GB",
    },
    Goal {
        letters: 500_000,
        seeds: &[14],
        must: "P .98, R .97, 30 s, 1.3 GB",
        stretch: "P .995, 20 s, 0.7 GB",
        before: "with templates: P .984, R .979, 19 s, 1.23 GB",
    },
    Goal {
        letters: 1_000_000,
        seeds: &[15],
        must: "P .96, R .97, 90 s, 2.5 GB",
        stretch: "P .99, 45 s, 1.2 GB",
        before: "with templates: P .969, R .987, 48 s, 2.4 GB",
    },
];

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(place) = arguments.iter().position(|argument| argument == "--feedback") {
        return feedback(arguments.get(place + 1).context("--feedback needs a file")?);
    }
    let quick = arguments.iter().any(|argument| argument == "--quick");
    println!("campaigns: P precision, R recall, by level: {}", LEVELS.join(", "));
    if quick {
        return measure(20_000, 11);
    }
    for goal in GOALS {
        println!("\n{} letters\n  must     {}\n  stretch  {}\n  before   {}", goal.letters, goal.must, goal.stretch, goal.before);
        goal.seeds.iter().try_for_each(|seed| measure(goal.letters, *seed))?;
    }
    Ok(())
}

fn measure(count: usize, seed: u64) -> Result<()> {
    let letters = Letters::new(seed)?.make(count);
    let before = gigabytes("VmRSS")?;
    let start = Instant::now();
    let groups = groups(&letters.texts, &Settings::default());
    let seconds = start.elapsed().as_secs_f64();
    let score = Score::of(&letters, &groups);
    let peak = gigabytes("VmHWM")?;
    println!("  seed {seed:<4} {score}  {seconds:.1} s  peak {peak:.2} GB, of which {before:.2} are the letters");
    Ok(())
}

/// Campaigns in real short answers.
fn feedback(file: &str) -> Result<()> {
    let read = fs::read_to_string(file).with_context(|| format!("reading {file}"))?;
    let text = |line: &str| Some(serde_json::from_str::<serde_json::Value>(line).ok()?.get("text")?.as_str()?.to_owned());
    let texts: Vec<String> = read.lines().filter_map(text).collect();
    let groups = groups(&texts, &Settings::default());
    let campaigns: Vec<_> = groups.iter().filter(|group| group.kind == Kind::Campaign).collect();
    let flagged: usize = campaigns.iter().map(|group| group.members.len()).sum();
    println!("{} real answers: {flagged} of {FEWEST_WORDS} words or more flagged (must 0, stretch 0)", texts.len());
    Ok(())
}

/// What the system says this process takes.
fn gigabytes(what: &str) -> Result<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with(what)).context("no such line in /proc/self/status")?;
    let kilobytes: f64 = line.split_whitespace().nth(1).context("no number")?.parse()?;
    Ok(kilobytes / 1e6)
}
