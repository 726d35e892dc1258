//! Says early and plainly when the front-end files are missing; fetching them is scripts/fetch-assets' work.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

/// What the binary embeds from outside, and would otherwise miss in the middle of a compile.
const NEEDED: [&str; 5] = [
    "assets/vendor/templates/nhsuk",
    "assets/vendor/nhsuk-frontend.min.css",
    "assets/vendor/pictures",
    "assets/vendor/client/app.js",
    "assets/vendor/client/sw.js",
];

/// Embedded folders: a file added to one of them must be seen without a clean build.
const WATCHED: [&str; 6] = ["build.rs", "assets", "forms", "exports", "src/mail", "src/web"];

fn main() -> ExitCode {
    let missing: Vec<&str> = NEEDED.into_iter().filter(|path| !Path::new(path).exists()).collect();
    if !missing.is_empty() {
        let text = missing.join(", ");
        let _ = writeln!(io::stderr(), "missing: {text}. Run scripts/fetch-assets (or `make assets`), then build again.");
        return ExitCode::FAILURE;
    }
    watch(&mut io::stdout())
}

/// A folder that is not there yet is left out: naming it would rebuild the package every time.
fn watch(out: &mut impl Write) -> ExitCode {
    for path in WATCHED.into_iter().filter(|path| Path::new(path).exists()) {
        if writeln!(out, "cargo::rerun-if-changed={path}").is_err() {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
