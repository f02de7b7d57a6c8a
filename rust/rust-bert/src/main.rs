//! `gpt2ro` with a second back end: rust-bert on libtorch. `gpt2ro --backend rust-bert` starts it; it is a
//! program of its own because loading libtorch takes longer than all that `gpt2ro` does before it writes.

mod model;

use std::process::ExitCode;

fn main() -> ExitCode {
    gpt2ro::backend::provide_rust_bert(model::load);
    gpt2ro::main()
}
