//! Flags of `gpt2ro corpus`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::values::count;
use crate::corpus::length::{Lines, Unit};

/// What to do with a corpus.
#[derive(Debug, Subcommand)]
pub enum CorpusCommand {
    /// Copy the texts of some lengths from standard input to standard output.
    #[command(after_help = "Examples:
  gpt2ro corpus filter --min-words 8 --max-words 4000 < texte.txt > potrivite.txt
  zstdcat results/deduped/demo-opus/ro.txt.gz.jsonl.zst | gpt2ro corpus filter --jsonl --min-words 50 > lungi.jsonl")]
    Filter(FilterOptions),
    /// Show how many texts there are of which length.
    #[command(after_help = "Examples:
  gpt2ro corpus histogram texte.txt
  zstdcat results/deduped/demo-opus/ro.txt.gz.jsonl.zst | gpt2ro corpus histogram --jsonl --unit words -o histogram.svg")]
    Histogram(HistogramOptions),
}

impl CorpusCommand {
    /// What the flags ask for that cannot be.
    pub(super) fn conflict(&self) -> Option<String> {
        let Self::Filter(options) = self else {
            return None;
        };
        let (least, most) = (options.min_words, options.max_words?);
        (least > most).then(|| {
            format!("--min-words is {least} and --max-words {most}; expected the first to be the smaller")
        })
    }
}

/// How the texts are written down.
#[derive(Debug, Clone, Copy, Args)]
pub struct LineOptions {
    /// Every line is a JSON object with the field text; else it is a text itself.
    #[arg(long)]
    pub jsonl: bool,
}

impl LineOptions {
    /// Where the text of a line is.
    #[must_use]
    pub const fn kind(self) -> Lines {
        if self.jsonl {
            Lines::Json
        } else {
            Lines::Plain
        }
    }
}

/// Options of `corpus filter`.
#[derive(Debug, Args)]
pub struct FilterOptions {
    /// Fewest words of a text.
    #[arg(long, default_value_t = 0, value_parser = count, allow_negative_numbers = true)]
    pub min_words: usize,
    /// Most words of a text [default: no limit].
    #[arg(long, value_parser = count, allow_negative_numbers = true)]
    pub max_words: Option<usize>,
    /// How the texts are written down.
    #[command(flatten)]
    pub lines: LineOptions,
}

/// Options of `corpus histogram`.
#[derive(Debug, Args)]
pub struct HistogramOptions {
    /// Files of texts, one a line; - for standard input [default: standard input].
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// What lengths are counted in.
    #[arg(long, value_enum, default_value = "words")]
    pub unit: Unit,
    /// Draw it into this SVG file too.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// How the texts are written down.
    #[command(flatten)]
    pub lines: LineOptions,
}
