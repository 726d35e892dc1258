//! How good and how fast the theming of free text is, beside its baselines and goals.
//!
//! `make bench-themes` measures everything. Labelled answers are no part of the project: `SOUNDINGS_EVALUATION`, or `--data` after
//! `--`, names a folder that holds them; without one, only what needs none is measured and the rest is said to be left out.
//! Names of parts (`themes`, `codes`, `active`, `scale`) measure those alone; `--seeds 2` is quicker. Times are of this machine
//! while it does whatever else it does.
#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts of answers become shares and steps of a curve; none is near 2^24 or below nought"
)]

mod active;
mod codes;
mod data;
mod made;
mod report;
mod scale;
mod scores;
mod themes;
mod timing;

use std::path::PathBuf;

use anyhow::Result;
use clap::Parser;

#[derive(Parser)]
struct Arguments {
    /// The folder of labelled answers.
    #[arg(long, env = "SOUNDINGS_EVALUATION")]
    data: Option<PathBuf>,
    /// How many splits into coded and unseen answers.
    #[arg(long, default_value_t = 5)]
    seeds: u64,
    /// What cargo says to every bench.
    #[arg(long, hide = true)]
    bench: bool,
    /// Only these parts.
    parts: Vec<String>,
}

impl Arguments {
    fn has(&self, part: &str) -> bool {
        self.parts.is_empty() || self.parts.iter().any(|wanted| wanted == part)
    }
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let answers = data::read(arguments.data.as_deref(), "nhs-fft-dev.jsonl")?;
    let queries = data::read(arguments.data.as_deref(), "banking77.jsonl")?;
    if arguments.has("themes") {
        report::title("Candidate themes: groups beside the codes that people gave (answers with one code)");
        for (name, set) in [("A, patient feedback", &answers), ("F, customers' queries", &queries)] {
            match set {
                Some(set) => themes::measure(name, set, arguments.seeds),
                None => report::left_out(name),
            }
        }
    }
    if arguments.has("codes") {
        report::title("Suggested codes: 30 % of A unseen, the rest coded as far as said");
        match &answers {
            Some(set) => codes::measure(set, arguments.seeds)?,
            None => report::left_out("A, patient feedback"),
        }
    }
    if arguments.has("active") {
        report::title("The queue of rare codes beside the random queue (A)");
        match &answers {
            Some(set) => active::measure(set, arguments.seeds)?,
            None => report::left_out("A, patient feedback"),
        }
    }
    if arguments.has("scale") {
        report::title("Speed, on made-up answers of 17 words on average");
        scale::measure()?;
    }
    Ok(())
}
