//! Writes the inputs that are whole archives again: `cargo run -p gpt2ro-checks --example inputs`.

use std::path::Path;

fn main() -> std::io::Result<()> {
    let inputs = Path::new(env!("CARGO_MANIFEST_DIR")).join("inputs");
    std::fs::write(
        inputs.join("archive/whole.ot"),
        gpt2ro_checks::whole_archive(),
    )?;
    std::fs::write(
        inputs.join("pickle/whole.pkl"),
        gpt2ro_checks::whole_pickle(),
    )
}
