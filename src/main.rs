//! The command line. Exit status 0: done; 1: it could not be done, the reason in one line; 2: wrong usage.

mod command;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let line = command::Line::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.into()),
    };
    match runtime.block_on(command::run(line)) {
        Ok(code) => code,
        Err(error) => failed(&error),
    }
}

fn failed(error: &anyhow::Error) -> ExitCode {
    #[expect(clippy::print_stderr, reason = "the command line's own way to say why it failed")]
    {
        eprintln!("soundings: {error:#}");
    }
    ExitCode::FAILURE
}
