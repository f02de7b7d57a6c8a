//! `gpt2ro`: a Romanian GPT-2 on the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    gpt2ro::main()
}
