//! `gpt2ro loop`: prompt after prompt.

use std::io::Write as _;

use anyhow::Result;

use super::line_reader::LineReader;
use super::{Interrupt, Speaker, bold};
use crate::cli::LoopOptions;
use crate::decoding::{PromptTooLong, generate};
use crate::output::{StandardOutput, tell};

/// Run the command until the end of standard input. A prompt that is too long is told, and the next
/// one is read.
///
/// # Errors
/// The model cannot be loaded, or standard input or output or the file of the history fails.
pub fn run(options: &LoopOptions) -> Result<()> {
    let mut speaker = Speaker::load(&options.model)?;
    let interrupt = Interrupt::install()?;
    let letters = options.decoding.letters();
    let mut decoding = options.decoding.decoding(&speaker.deploy, &letters)?;
    let mut lines = LineReader::new(options.history.as_deref())?;
    while let Some(prompt) = lines.line("prompt> ")? {
        if prompt.is_empty() {
            continue;
        }
        let prompt = letters.read(prompt);
        let mut out = StandardOutput::lock();
        write!(out, "{}", bold(&prompt))?;
        let mut listener = |text: &str| -> Result<bool> {
            write!(out, "{text}")?;
            out.flush()?;
            Ok(interrupt.go_on())
        };
        let ids = speaker.deploy.encode(&prompt);
        interrupt.begin();
        let Speaker { deploy, model, .. } = &mut speaker;
        let result = generate(model, deploy, &ids, &decoding, &mut listener);
        interrupt.end();
        writeln!(out)?;
        match result {
            Err(error) if error.is::<PromptTooLong>() => tell(&format!("gpt2ro: {error}")),
            other => speaker.tell_if_full(&other?),
        }
        // The same prompt again shall not give the same text again.
        decoding.seed = decoding.seed.wrapping_add(1);
    }
    Ok(())
}
