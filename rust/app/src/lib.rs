//! The application `gpt2ro`: a GPT-2 from a deploy folder, five ways to continue a text, and the
//! commands that use them. A library for its tests, and for the program that has a back end more
//! (`rust/rust-bert`).

pub mod backend;
pub mod cli;
pub mod commands;
pub mod corpus;
pub mod decoding;
pub mod deploy;
pub mod engine_model;
pub mod letters;
pub mod log_sum_exp;
pub mod manifest;
pub mod model;
pub mod output;
pub mod remembered;
pub mod scoring;
pub mod text;
pub mod timing;

use std::process::ExitCode;

use anyhow::Result;

const SUCCESS: u8 = 0;
/// Exit code of a failure; clap ends a usage error with 2.
pub const FAILURE: u8 = 1;

/// The whole program.
#[must_use]
pub fn main() -> ExitCode {
    ExitCode::from(exit_code(run()))
}

/// The exit code of a result, after a failure is told.
fn exit_code(result: Result<()>) -> u8 {
    match result {
        Ok(()) => SUCCESS,
        Err(error) if is_broken_pipe(&error) => SUCCESS,
        Err(error) => {
            // {:#} puts the whole chain of causes on one line.
            let causes = format!("{error:#}").replace('\n', " ");
            output::tell(&format!("gpt2ro: {causes}"));
            FAILURE
        }
    }
}

/// Run the command that the process's arguments name.
///
/// # Errors
/// Whatever the command fails with, as a chain of causes.
fn run() -> Result<()> {
    let arguments = cli::Arguments::from_process();
    if let Some(model) = arguments.command.model() {
        model.choice()?.hand_over()?;
    }
    match arguments.command {
        cli::Command::Generate(options) => commands::generate::run(&options),
        cli::Command::Loop(options) => commands::prompt_loop::run(&options),
        cli::Command::Dialog(options) => commands::dialog::run(&options),
        cli::Command::Samples(options) => commands::samples::run(&options),
        cli::Command::Score(options) => commands::score::run(&options),
        cli::Command::Tokens(options) => commands::tokens::run(&options),
        cli::Command::Logits(options) => commands::logits::run(&options),
        cli::Command::Bench(options) => commands::bench::run(&options),
        cli::Command::Inspect(options) => commands::inspect::run(&options),
        cli::Command::Corpus { command } => commands::corpus::run(&command),
        cli::Command::Completions { shell } => commands::shell::completions(shell),
        cli::Command::Manual => commands::shell::manual(),
    }
}

/// Whether the reader of our output has gone, which is no failure of ours.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
    })
}
