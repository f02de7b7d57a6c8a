//! `gpt2ro corpus histogram`: how long the texts are.

use std::fs::File;
use std::io::{BufReader, Write as _};

use anyhow::{Context as _, Result, ensure};

use super::each_line;
use crate::cli::corpus::HistogramOptions;
use crate::corpus::histogram::Histogram;
use crate::corpus::svg::picture;
use crate::output::{StandardOutput, is_standard_input, write_atomically};

/// Run the command.
///
/// # Errors
/// A file cannot be read, a line is no text, there is none, or the picture cannot be written.
pub fn run(options: &HistogramOptions) -> Result<()> {
    let mut histogram = Histogram::default();
    let mut count = |line: &str| {
        histogram.add(options.unit.length(&options.lines.kind().text(line)?));
        Ok(())
    };
    if options.files.is_empty() {
        each_line(std::io::stdin().lock(), "standard input", &mut count)?;
    }
    for path in &options.files {
        if is_standard_input(path) {
            each_line(std::io::stdin().lock(), "standard input", &mut count)?;
            continue;
        }
        let name = path.display().to_string();
        let file = File::open(path).with_context(|| format!("{name}: cannot be read"))?;
        each_line(BufReader::new(file), &name, &mut count)?;
    }
    ensure!(
        histogram.texts() > 0,
        "no text found; expected one a line in the files, or on standard input"
    );
    let unit = options.unit.name();
    if let Some(output) = &options.output {
        write_atomically(output, picture(&histogram, unit).as_bytes())?;
    }
    let mut out = StandardOutput::lock();
    write!(out, "{}\n{}", histogram.summary(unit), histogram.bars())?;
    Ok(())
}
