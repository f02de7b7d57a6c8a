//! `gpt2ro loop`: prompt after prompt.

use std::io::{IsTerminal as _, Write as _};

use anyhow::Result;

use super::{Interrupt, Speaker};
use crate::cli::LoopOptions;
use crate::decoding::{PromptTooLong, generate};
use crate::output::TO_UTF_8;

/// Run the command until the end of standard input. A prompt that is too long is told, and the next
/// one is read.
///
/// # Errors
/// The model cannot be loaded, or standard input or output fails.
pub fn run(options: &LoopOptions) -> Result<()> {
    let mut speaker = Speaker::load(&options.model)?;
    let interrupt = Interrupt::install()?;
    let mut decoding = options.decoding.decoding(&speaker.deploy)?;
    while let Some(prompt) = read_line("prompt> ")? {
        if prompt.is_empty() {
            continue;
        }
        let mut out = std::io::stdout().lock();
        write!(out, "{prompt}")?;
        let mut listener = |text: &str| -> Result<bool> {
            write!(out, "{text}")?;
            out.flush()?;
            Ok(interrupt.go_on())
        };
        let ids = speaker.deploy.encode(&prompt)?;
        interrupt.begin();
        let Speaker { deploy, model, .. } = &mut speaker;
        let result = generate(model, deploy, &ids, &decoding, &mut listener);
        interrupt.end();
        writeln!(out)?;
        match result {
            Err(error) if error.is::<PromptTooLong>() => eprintln!("gpt2ro: {error}"),
            other => speaker.tell_if_full(&other?),
        }
        // The same prompt again shall not give the same text again.
        decoding.seed = decoding.seed.wrapping_add(1);
    }
    Ok(())
}

/// Read a line of standard input without its end; the invitation is shown on a terminal only. None at
/// the end of the input. A line that is not UTF-8 is told, and the next one is read.
pub(super) fn read_line(invitation: &str) -> Result<Option<String>> {
    loop {
        if std::io::stdin().is_terminal() {
            eprint!("{invitation}");
        }
        let mut bytes = Vec::new();
        if std::io::BufRead::read_until(&mut std::io::stdin().lock(), b'\n', &mut bytes)? == 0 {
            return Ok(None);
        }
        match String::from_utf8(bytes) {
            Ok(line) => return Ok(Some(line.trim_end_matches(['\n', '\r']).to_owned())),
            Err(_) => eprintln!("gpt2ro: this line is not UTF-8; {TO_UTF_8}"),
        }
    }
}
