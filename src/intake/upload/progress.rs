//! How far a file has come, for whoever waits for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// How far a file has come. Its clones are one and the same.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<Place>);

#[derive(Debug, Default)]
struct Place {
    step: AtomicU32,
    lines: AtomicU32,
    /// Nought when it is not known.
    of: AtomicU32,
}

/// What is being done with a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Step {
    /// Its lines are read, checked and held against what is there.
    #[default]
    Checking,
    /// Its lines are brought to the door.
    Storing,
}

impl Progress {
    /// Begin a step of about so many lines, if that is known.
    pub fn begin(&self, step: Step, of: Option<u32>) {
        self.0.lines.store(0, Ordering::Relaxed);
        self.0.of.store(of.unwrap_or_default(), Ordering::Relaxed);
        self.0.step.store(u32::from(step == Step::Storing), Ordering::Relaxed);
    }

    /// So many lines of the step are done.
    pub fn at(&self, lines: u32) {
        self.0.lines.store(lines, Ordering::Relaxed);
    }

    /// The step, how many of its lines are done, and of how many, if that is known.
    #[must_use]
    pub fn now(&self) -> (Step, u32, Option<u32>) {
        let step = if self.0.step.load(Ordering::Relaxed) == 0 { Step::Checking } else { Step::Storing };
        let of = self.0.of.load(Ordering::Relaxed);
        (step, self.0.lines.load(Ordering::Relaxed), (of > 0).then_some(of))
    }
}
