//! `gpt2ro corpus filter`: the texts of some lengths.

use std::io::{BufWriter, Write as _};

use anyhow::{Result, ensure};

use super::each_line;
use crate::cli::corpus::FilterOptions;
use crate::corpus::length::Unit;

/// Run the command: standard input to standard output, and the counts to standard error.
///
/// # Errors
/// A line is no text, or standard input or output fails.
pub fn run(options: &FilterOptions) -> Result<()> {
    let (least, most) = (options.min_words, options.max_words.unwrap_or(usize::MAX));
    ensure!(
        least <= most,
        "--min-words is {least} and --max-words {most}; expected the first to be the smaller"
    );
    let mut out = BufWriter::new(std::io::stdout().lock());
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
    eprintln!("gpt2ro: {kept} of {all} texts kept, {short} too short, {long} too long");
    Ok(())
}
