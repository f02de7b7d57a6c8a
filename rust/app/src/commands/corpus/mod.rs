//! `gpt2ro corpus`: tools for texts, one a line.

pub mod filter;
pub mod histogram;

use std::io::BufRead;

use anyhow::{Context as _, Result};

use crate::cli::corpus::CorpusCommand;
use crate::output::{not_utf_8, without_mark};

/// Run one of the tools.
///
/// # Errors
/// Whatever the tool fails with.
pub fn run(command: &CorpusCommand) -> Result<()> {
    match command {
        CorpusCommand::Filter(options) => filter::run(options),
        CorpusCommand::Histogram(options) => histogram::run(options),
    }
}

/// Give every line that is not blank to `each`, without its end.
///
/// # Errors
/// Reading fails, a line is not UTF-8, or `each` fails; the error says which line.
pub fn each_line(
    mut input: impl BufRead,
    name: &str,
    mut each: impl FnMut(&str) -> Result<()>,
) -> Result<()> {
    let mut bytes = Vec::new();
    for number in 1_u64.. {
        bytes.clear();
        if input
            .read_until(b'\n', &mut bytes)
            .with_context(|| format!("{name}: cannot be read"))?
            == 0
        {
            break;
        }
        let line = std::str::from_utf8(&bytes)
            .map_err(|_| not_utf_8(name, &bytes, &format!("line {number}")))?;
        let line = line.trim_end_matches(['\n', '\r']);
        let line = if number == 1 {
            without_mark(line)
        } else {
            line
        };
        if !line.trim().is_empty() {
            each(line).with_context(|| format!("{name}: line {number}"))?;
        }
    }
    Ok(())
}
