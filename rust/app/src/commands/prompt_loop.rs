//! `gpt2ro loop`: prompt after prompt.

use std::io::Write as _;

use anyhow::Result;

use super::line_reader::LineReader;
use super::{Interrupt, Speaker, bold, tell_if_full};
use crate::cli::LoopOptions;
use crate::decoding::{check_length, generate};
use crate::model::Model as _;
use crate::output::StandardOutput;

/// Run the command until the end of standard input. A prompt that is too long is skipped.
///
/// # Errors
/// The model cannot be loaded, standard input or output or the file of the history fails, or lines of a
/// pipe were skipped.
pub fn run(options: &LoopOptions) -> Result<()> {
    let mut lines = LineReader::new(options.history.as_deref())?;
    let mut speaker = Speaker::load(&options.model)?;
    let interrupt = Interrupt::install()?;
    let letters = options.decoding.letters();
    let mut decoding = options.decoding.decoding(&speaker.deploy, &letters)?;
    while let Some(prompt) = lines.line("prompt> ")? {
        if prompt.is_empty() {
            continue;
        }
        let prompt = letters.read(prompt);
        let ids = speaker.deploy.encode(&prompt);
        if let Err(error) = check_length(&speaker.model, &ids, &decoding) {
            lines.skip(&error.to_string());
            continue;
        }
        let mut out = StandardOutput::lock();
        write!(out, "{}", bold(&prompt))?;
        let mut listener = |text: &str| -> Result<bool> {
            write!(out, "{text}")?;
            out.flush()?;
            Ok(interrupt.go_on())
        };
        interrupt.begin();
        let Speaker { deploy, model, .. } = &mut speaker;
        let result = generate(model, deploy, &ids, &decoding, &mut listener);
        interrupt.end();
        writeln!(out)?;
        tell_if_full(&result?, speaker.model.context());
        // The same prompt again shall not give the same text again.
        decoding.seed = decoding.seed.wrapping_add(1);
    }
    lines.end(interrupt)
}
