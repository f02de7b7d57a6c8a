//! `gpt2ro corpus filter`: the texts of some lengths.

use std::io::{BufWriter, Write as _};

use anyhow::Result;

use super::each_line;
use crate::cli::corpus::FilterOptions;
use crate::corpus::length::Unit;
use crate::output::{StandardOutput, tell};

/// Run the command: standard input to standard output, and the counts to standard error.
///
/// # Errors
/// A line is no text, or standard input or output fails.
pub fn run(options: &FilterOptions) -> Result<()> {
    let (least, most) = (options.min_words, options.max_words.unwrap_or(usize::MAX));
    let mut out = BufWriter::new(StandardOutput::lock());
    let (mut kept, mut short, mut long) = (0_u64, 0_u64, 0_u64);
    each_line(std::io::stdin().lock(), "standard input", |line| {
        let length = Unit::Words.length(&options.lines.kind().text(line)?);
        if length < least {
            short += 1;
        } else if length > most {
            long += 1;
        } else {
            kept += 1;
            writeln!(out, "{line}")?;
        }
        Ok(())
    })?;
    out.flush()?;
    let all = kept + short + long;
    tell(&format!(
        "gpt2ro: {kept} of {all} texts kept, {short} too short, {long} too long"
    ));
    Ok(())
}
