//! `gpt2ro`: a Romanian GPT-2 on the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    match gpt2ro::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if gpt2ro::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // {:#} puts the whole chain of causes on one line.
            gpt2ro::output::tell(&format!(
                "gpt2ro: {}",
                format!("{error:#}").replace('\n', " ")
            ));
            ExitCode::from(gpt2ro::FAILURE)
        }
    }
}
