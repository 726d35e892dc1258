//! Floor 3: read, check, compare and publish the files under `forms/`. Pure but for [`read`], which reads the files.

mod areas;
mod check;
mod codeframe;
mod comparison;
mod easy_read;
mod exercise;
mod extend;
mod fault;
mod hard_words;
mod keys;
mod kinds;
mod languages;
mod library;
mod outline;
mod parity;
mod pictures;
mod places;
mod publish;
mod reading;
mod routing;
mod sayings;
mod scales;
mod schema;
mod sentences;
mod shapes;
mod shelving;
mod succession;

pub use check::check;
pub use comparison::{Change, Sort, diff};
pub use extend::extend;
pub use fault::{Fault, Report, Severity};
pub use library::{Contents, FormFile, Library, Picture, Pictures, Place};
pub use parity::{Parity, parity};
pub use publish::{Described, New, Plan, Published, publish};
pub use reading::{read, shipped};
pub use shelving::{already, carry_out};
pub use succession::may_follow;

#[cfg(test)]
mod tests;
