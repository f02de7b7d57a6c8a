//! The application `gpt2ro`: a GPT-2 from a deploy folder, five ways to continue a text, and the
//! commands that use them. A library only so that its parts can be tested.

pub mod backend;
pub mod cli;
pub mod commands;
pub mod corpus;
pub mod decoding;
pub mod deploy;
#[cfg(feature = "engine")]
pub mod engine_model;
pub mod letters;
pub mod log_sum_exp;
pub mod manifest;
pub mod model;
pub mod output;
pub mod remembered;
#[cfg(feature = "rust-bert")]
pub mod rust_bert_model;
pub mod scoring;
pub mod text;
pub mod timing;

use anyhow::Result;

/// Exit code of a failure; clap ends a usage error with 2.
pub const FAILURE: u8 = 1;

/// Run the command that the process's arguments name.
///
/// # Errors
/// Whatever the command fails with, as a chain of causes.
pub fn run() -> Result<()> {
    let arguments = cli::Arguments::from_process();
    match arguments.command {
        cli::Command::Generate(options) => commands::generate::run(&options),
        cli::Command::Loop(options) => commands::prompt_loop::run(&options),
        cli::Command::Dialog(options) => commands::dialog::run(&options),
        cli::Command::Samples(options) => commands::samples::run(&options),
        cli::Command::Score(options) => commands::score::run(&options),
        cli::Command::Logits(options) => commands::logits::run(&options),
        cli::Command::Bench(options) => commands::bench::run(&options),
        #[cfg(feature = "engine")]
        cli::Command::Inspect(options) => commands::inspect::run(&options),
        cli::Command::Corpus { command } => commands::corpus::run(&command),
        cli::Command::Completions { shell } => commands::shell::completions(shell),
        cli::Command::Manual => commands::shell::manual(),
    }
}

/// Whether the reader of our output has gone, which is no failure of ours.
#[must_use]
pub fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
    })
}
