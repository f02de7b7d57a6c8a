//! The command line: every flag, its meaning, and how flags become a [`Decoding`].

use std::path::PathBuf;

use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};

use crate::backend::{Backend, Choice, ChoiceError, Precision};
use crate::decoding::{Decoding, Strategy};

/// Speaks with a Romanian GPT-2.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "Exit codes: 0 success, 1 failure, 2 wrong usage. Text goes to standard output, everything else to standard error."
)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Continue one prompt.
    #[command(after_help = "Examples:
  gpt2ro generate -m results/deploy \"Bunica a făcut\"
  gpt2ro generate -m results/deploy \"Ne trebuie\" --strategy top-k-top-p --seed 1 -n 60
  gpt2ro generate -m results/deploy --prompt-file poveste.txt --strategy beam --beams 8
  gpt2ro generate -m results/deploy \"Vulpea\" --backend engine --precision int8 --cache
  echo -n \"Vulpea\" | gpt2ro generate -m results/deploy - --json")]
    Generate(GenerateOptions),
    /// Continue prompt after prompt from standard input, one a line.
    #[command(
        after_help = "Ctrl-C stops the continuation that is being written; Ctrl-D, or Ctrl-C at the prompt, ends.

Example:
  gpt2ro loop -m results/deploy --strategy top-p --top-p 0.9"
    )]
    Loop(LoopOptions),
    /// Converse: the model answers each line, and remembers as many turns as fit its context.
    #[command(after_help = "Example:
  gpt2ro dialog -m results/deploy --user-name Ana --model-name Bunica")]
    Dialog(DialogOptions),
    /// Continue every prompt of a file with each strategy, into a text and a JSON file.
    #[command(after_help = "Example:
  gpt2ro samples -m results/deploy --prompts config/prompts.txt --text samples.txt --json samples.json --seed 1")]
    Samples(SamplesOptions),
    /// Say how well the model predicts texts: bits per byte and perplexities.
    #[command(
        after_help = "A file is one text, scored in contexts as long as the model takes. Bits per byte and the
perplexity a word compare with other models; that a token does not.

Examples:
  gpt2ro score -m results/deploy poveste.txt
  gpt2ro score -m results/deploy poveste.txt --backend engine --precision int8
  gpt2ro score -m results/deploy propozitii.txt --lines --json"
    )]
    Score(ScoreOptions),
    /// Write the logits of every prompt of a file, and its greedy continuation, as safetensors.
    #[command(
        after_help = "Tensors, for prompt i: prompt.i.ids (tokens) int64; prompt.i.logits (tokens, vocabulary) float32;
greedy.i.ids (new tokens) int64.

Example:
  gpt2ro logits -m results/deploy --prompts config/parity_prompts.txt --output logits.safetensors"
    )]
    Logits(LogitsOptions),
}

/// Which model, and with what.
#[derive(Debug, Args)]
pub struct ModelOptions {
    /// Folder with rust_model.ot, config.json and tokenizer.json.
    #[arg(short, long, value_name = "FOLDER")]
    pub model: PathBuf,
    /// CPU threads [default: one a core].
    #[arg(long, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=1024))]
    pub threads: Option<usize>,
    /// What computes the model [default: rust-bert where it is built in, else engine].
    #[arg(long, value_enum)]
    pub backend: Option<Backend>,
    /// How weights and activations are kept.
    #[arg(long, value_enum, default_value = "fp32")]
    pub precision: Precision,
    /// Keep the engine's packed weights in a file beside the model, for a quick start next time.
    #[arg(long)]
    pub cache: bool,
}

impl ModelOptions {
    /// The backend and the precision that the flags ask for.
    ///
    /// # Errors
    /// This binary cannot compute that.
    pub fn choice(&self) -> Result<Choice, ChoiceError> {
        Choice::new(self.backend, self.precision, self.cache)
    }
}

impl Command {
    /// Which model the command uses.
    #[must_use]
    pub fn model(&self) -> &ModelOptions {
        match self {
            Self::Generate(options) => &options.model,
            Self::Loop(options) => &options.model,
            Self::Dialog(options) => &options.model,
            Self::Samples(options) => &options.model,
            Self::Score(options) => &options.model,
            Self::Logits(options) => &options.model,
        }
    }
}

impl Arguments {
    /// Read the process's arguments; wrong ones end the process with a message.
    #[must_use]
    pub fn from_process() -> Self {
        let arguments = Self::parse();
        if let Err(error) = arguments.command.model().choice() {
            let kind = clap::error::ErrorKind::ArgumentConflict;
            Self::command().error(kind, error).exit();
        }
        arguments
    }
}

/// The names of the strategies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StrategyName {
    /// Always the most probable token.
    Greedy,
    /// The most probable sequence that beam search finds.
    Beam,
    /// Draw among the --top-k most probable tokens.
    TopK,
    /// Draw among the most probable tokens that together reach --top-p.
    TopP,
    /// Both limits.
    TopKTopP,
}

/// How continuations are written.
#[derive(Debug, Clone, Args)]
pub struct DecodingOptions {
    /// How the next token is chosen.
    #[arg(short, long, value_enum, default_value = "top-k-top-p")]
    pub strategy: StrategyName,
    /// Longest continuation, tokens.
    #[arg(short = 'n', long, default_value_t = 100)]
    pub max_new_tokens: usize,
    /// Shortest continuation, tokens.
    #[arg(long, default_value_t = 0)]
    pub min_new_tokens: usize,
    /// Seed of the random choices [default: a new one each time].
    #[arg(long)]
    pub seed: Option<u64>,
    /// Under 1 sharpens the probabilities, over 1 flattens them.
    #[arg(long, default_value_t = 0.8, value_parser = positive)]
    pub temperature: f64,
    /// Tokens to draw among, for top-k and top-k-top-p.
    #[arg(long, default_value_t = 50, value_parser = at_least_one)]
    pub top_k: usize,
    /// Probability to draw within, for top-p and top-k-top-p.
    #[arg(long, default_value_t = 0.95, value_parser = share)]
    pub top_p: f64,
    /// Candidates of the beam search.
    #[arg(long, default_value_t = 4, value_parser = at_least_one)]
    pub beams: usize,
    /// Over 0 favours long sequences in beam search, under 0 short ones.
    #[arg(long, default_value_t = 1.0, allow_negative_numbers = true)]
    pub length_penalty: f64,
    /// End the beam search as soon as enough sequences have ended.
    #[arg(long)]
    pub early_stopping: bool,
    /// Over 1 makes tokens that were seen less likely.
    #[arg(long, default_value_t = 1.0, value_parser = positive_f32)]
    pub repetition_penalty: f32,
    /// No sequence of this many tokens comes twice; 0: no limit.
    #[arg(long, default_value_t = 0)]
    pub no_repeat_ngram: usize,
    /// End before this string; may be given more than once.
    #[arg(long, value_name = "TEXT")]
    pub stop: Vec<String>,
}

impl DecodingOptions {
    /// The strategy the flags describe.
    #[must_use]
    pub fn strategy(&self) -> Strategy {
        let sample = |top_k, top_p| Strategy::Sample {
            top_k,
            top_p,
            temperature: self.temperature,
        };
        match self.strategy {
            StrategyName::Greedy => Strategy::Greedy,
            StrategyName::Beam => Strategy::Beam {
                beams: self.beams,
                length_penalty: self.length_penalty,
                early_stopping: self.early_stopping,
            },
            StrategyName::TopK => sample(Some(self.top_k), None),
            StrategyName::TopP => sample(None, Some(self.top_p)),
            StrategyName::TopKTopP => sample(Some(self.top_k), Some(self.top_p)),
        }
    }

    /// Everything that decides a continuation; a seed is drawn if none was given.
    #[must_use]
    pub fn decoding(&self) -> Decoding {
        Decoding {
            strategy: self.strategy(),
            max_new_tokens: self.max_new_tokens,
            min_new_tokens: self.min_new_tokens,
            repetition_penalty: self.repetition_penalty,
            no_repeat_ngram: self.no_repeat_ngram,
            seed: self.seed.unwrap_or_else(random_seed),
            stop: self.stop.clone(),
        }
    }
}

/// Options of `generate`.
#[derive(Debug, Args)]
pub struct GenerateOptions {
    /// Which model.
    #[command(flatten)]
    pub model: ModelOptions,
    /// The text to continue; - reads it from standard input.
    #[arg(
        required_unless_present = "prompt_file",
        conflicts_with = "prompt_file"
    )]
    pub prompt: Option<String>,
    /// A file with the text to continue.
    #[arg(long, value_name = "FILE")]
    pub prompt_file: Option<PathBuf>,
    /// Print the prompt before its continuation: the default.
    #[arg(long, overrides_with = "no_echo")]
    pub echo: bool,
    /// Print only the continuation, not the prompt.
    #[arg(long, overrides_with = "echo")]
    pub no_echo: bool,
    /// Print one JSON object instead of the text.
    #[arg(long)]
    pub json: bool,
    /// How.
    #[command(flatten)]
    pub decoding: DecodingOptions,
}

/// Options of `loop`.
#[derive(Debug, Args)]
pub struct LoopOptions {
    /// Which model.
    #[command(flatten)]
    pub model: ModelOptions,
    /// How.
    #[command(flatten)]
    pub decoding: DecodingOptions,
}

/// Options of `dialog`.
#[derive(Debug, Args)]
pub struct DialogOptions {
    /// Which model.
    #[command(flatten)]
    pub model: ModelOptions,
    /// Begins your turns; empty for dialogue dashes.
    #[arg(long, default_value = "")]
    pub user_name: String,
    /// Begins the model's turns.
    #[arg(long, default_value = "")]
    pub model_name: String,
    /// How.
    #[command(flatten)]
    pub decoding: DecodingOptions,
}

/// Options of `samples`.
#[derive(Debug, Args)]
pub struct SamplesOptions {
    /// Which model.
    #[command(flatten)]
    pub model: ModelOptions,
    /// File of prompts, one a line.
    #[arg(long, value_name = "FILE")]
    pub prompts: PathBuf,
    /// The text file to write.
    #[arg(long, value_name = "FILE")]
    pub text: PathBuf,
    /// The JSON file to write.
    #[arg(long, value_name = "FILE")]
    pub json: PathBuf,
    /// Seed of the random choices.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Longest continuation, tokens.
    #[arg(short = 'n', long, default_value_t = 60)]
    pub max_new_tokens: usize,
}

/// Options of `score`.
#[derive(Debug, Args)]
pub struct ScoreOptions {
    /// Which model.
    #[command(flatten)]
    pub model: ModelOptions,
    /// Text files in UTF-8.
    #[arg(required = true, value_name = "FILE")]
    pub texts: Vec<PathBuf>,
    /// Every line is a text: score each by itself, then the file.
    #[arg(long)]
    pub lines: bool,
    /// Print a JSON object a text.
    #[arg(long)]
    pub json: bool,
}

/// Options of `logits`.
#[derive(Debug, Args)]
pub struct LogitsOptions {
    /// Which model.
    #[command(flatten)]
    pub model: ModelOptions,
    /// File of prompts, one a line.
    #[arg(long, value_name = "FILE")]
    pub prompts: PathBuf,
    /// The safetensors file to write.
    #[arg(long, value_name = "FILE")]
    pub output: PathBuf,
    /// Longest greedy continuation, tokens.
    #[arg(short = 'n', long, default_value_t = 64)]
    pub max_new_tokens: usize,
}

fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value > 0.0 && value.is_finite() => Ok(value),
        _ => Err("expected a number over 0".to_owned()),
    }
}

fn positive_f32(text: &str) -> Result<f32, String> {
    positive(text).map(|value| value as f32)
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value > 0.0 && value <= 1.0 => Ok(value),
        _ => Err("expected a number over 0 and up to 1".to_owned()),
    }
}

fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse::<usize>() {
        Ok(value) if value > 0 => Ok(value),
        _ => Err("expected a whole number from 1".to_owned()),
    }
}

/// A seed that nobody chose: the hasher's own, which the standard library seeds from the system.
fn random_seed() -> u64 {
    use std::hash::{BuildHasher as _, Hasher as _};
    std::collections::hash_map::RandomState::new()
        .build_hasher()
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flags_are_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_command_has_an_example() {
        for command in Arguments::command().get_subcommands() {
            let help = command
                .get_after_help()
                .map(ToString::to_string)
                .unwrap_or_default();
            assert!(
                help.contains(&format!("gpt2ro {}", command.get_name())),
                "{}",
                command.get_name()
            );
        }
    }
}
