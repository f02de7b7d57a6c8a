//! The command line: every flag and its meaning.

pub mod corpus;
mod dashes;
mod decoding;
mod values;

use std::path::PathBuf;

use clap::{ArgMatches, Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

pub use decoding::{DecodingOptions, StrategyName};
use values::{at_least_one, count, seed};

use crate::backend::{Backend, Choice, ChoiceError, Precision};
use crate::deploy::Weights;
use crate::output::of_output;

/// Runs a Romanian GPT-2: continues prompts, converses, and scores texts.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "Exit codes: 0 success, 1 failure, 2 wrong usage, 130 Ctrl-C. Text goes to standard output, everything else to standard error."
)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Continue a prompt, or every prompt of a file.
    #[command(after_help = "Examples:
  gpt2ro generate -m results/deploy \"Bunica a făcut\"
  gpt2ro generate -m results/deploy \"Ne trebuie\" --strategy top-k-top-p --seed 1 -n 60
  gpt2ro generate -m results/deploy --prompt-file poveste.txt --strategy beam --beams 8
  gpt2ro generate -m results/deploy \"Vulpea\" --precision int8 --cache
  gpt2ro generate -m results/deploy \"Într-o zi\" --strategy min-p --continuations 3 --bad-word lup
  gpt2ro generate -m results/deploy --prompts config/prompts.txt --json > continuari.jsonl
  echo \"Vulpea\" | gpt2ro generate -m results/deploy - --json")]
    Generate(GenerateOptions),
    /// Continue prompt after prompt from standard input, one a line.
    #[command(
        after_help = "Ctrl-C stops the continuation that is being written; Ctrl-D, or Ctrl-C at the prompt, ends. On a terminal
lines are edited as in a shell: arrow keys, Ctrl-A, Ctrl-R. A line that is too long or not UTF-8 is skipped; in a pipe
the exit code then is 1 in the end.

Example:
  gpt2ro loop -m results/deploy --strategy top-p --top-p 0.9"
    )]
    Loop(LoopOptions),
    /// Converse: the model answers each line, and remembers as many turns as fit into its context.
    #[command(
        after_help = "The line /reset forgets the turns. Ctrl-C and Ctrl-D are as in loop.

Examples:
  gpt2ro dialog -m results/deploy --user-name Ana --model-name Bunica
  gpt2ro dialog -m results/deploy --opening \"Ana și bunica stau la masă.\"
  gpt2ro dialog -m results/deploy --opening \"$(cat scena.txt)\""
    )]
    Dialog(DialogOptions),
    /// Continue every prompt of a file with each strategy, into a text and a JSON file.
    #[command(after_help = "Example:
  gpt2ro samples -m results/deploy --prompts config/prompts.txt --text samples.txt --json samples.json --seed 1")]
    Samples(SamplesOptions),
    /// Measure how fast the model reads and writes on this machine.
    #[command(
        after_help = "Prints the median of the rounds. Each new token needs every weight once, so the speed of memory is a limit;
it is measured before and after the rounds.

Example:
  gpt2ro bench -m results/deploy --precision int8 --threads 2"
    )]
    Bench(BenchOptions),
    /// Measure how well the model predicts texts: bits per byte and perplexities.
    #[command(
        after_help = "A file is one text, scored in contexts as long as the model takes. Bits per byte and the
perplexity per word compare with other models; the perplexity per token does not. After several files comes
the score of all.

Examples:
  gpt2ro score -m results/deploy poveste.txt
  gpt2ro score -m results/deploy poveste.txt --precision int8
  gpt2ro score -m results/deploy propozitii.txt --lines --json
  gpt2ro score -m results/deploy documente.jsonl --jsonl
  zstdcat documente.jsonl.zst | gpt2ro score -m results/deploy --jsonl -"
    )]
    Score(ScoreOptions),
    /// Show the tokens of a text: ids and pieces.
    #[command(
        after_help = "A text is read as a prompt is, but all its letters stay as they are. A piece is what stands for a token in the
text; bytes that are no whole character are written \\xC8, and in JSON such a piece is a list of bytes.

Examples:
  gpt2ro tokens -m results/deploy \"Bunica a făcut\"
  gpt2ro tokens -m results/deploy --text-file poveste.txt --count
  echo \"Vulpea\" | gpt2ro tokens -m results/deploy - --json | jq '[.tokens[].id]'"
    )]
    Tokens(TokensOptions),
    /// Write the logits of every prompt of a file, and its greedy continuation, as safetensors.
    #[command(
        after_help = "Tensors, for prompt i: prompt.i.ids (tokens) int64; prompt.i.logits (tokens, vocabulary) float32;
greedy.i.ids (new tokens) int64.

Example:
  gpt2ro logits -m results/deploy --prompts config/parity_prompts.txt --output logits.safetensors"
    )]
    Logits(LogitsOptions),
    /// Show what a deploy folder holds: files, configuration, tokenizer, tensors.
    #[command(
        after_help = "Checks every file that is here against MANIFEST.json, and the sizes in config.json against the tensors; the exit
code is 1 if one differs, or if one is missing that is needed.

Examples:
  gpt2ro inspect -m results/deploy
  gpt2ro inspect -m results/deploy --json | jq '.tensors[] | select(.bytes > 1000000)'"
    )]
    Inspect(InspectOptions),
    /// Show the lengths of texts, or select texts by length.
    #[command(after_help = "Examples:
  gpt2ro corpus filter --min-words 8 --max-words 4000 < texte.txt > potrivite.txt
  gpt2ro corpus histogram --unit words -o histogram.svg texte.txt")]
    Corpus {
        /// What to do with them.
        #[command(subcommand)]
        command: corpus::CorpusCommand,
    },
    /// Print the completion script for a shell.
    #[command(after_help = "Example:
  gpt2ro completions bash > ~/.local/share/bash-completion/completions/gpt2ro")]
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page.
    #[command(after_help = "Example:
  gpt2ro manual > gpt2ro.1 && man ./gpt2ro.1")]
    Manual,
}

/// The model, and how it is computed.
#[derive(Debug, Args)]
pub struct ModelOptions {
    /// Folder with rust_model.ot, config.json and tokenizer.json.
    #[arg(short, long, value_name = "FOLDER")]
    pub model: PathBuf,
    /// CPU threads [default: one per core].
    #[arg(long, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=1024), allow_negative_numbers = true)]
    pub threads: Option<usize>,
    /// Implementation that computes the model.
    #[arg(long, value_enum, default_value = "engine")]
    pub backend: Backend,
    /// Precision of weights and activations; all but fp32 need --backend engine.
    #[arg(long, value_enum, default_value = "fp32")]
    pub precision: Precision,
    /// File from which the weights are read [default: fp32 if the folder has it, else fp16].
    #[arg(long, value_enum)]
    pub weights: Option<Weights>,
    /// Do not check the files of the folder against its MANIFEST.json.
    #[arg(long)]
    pub no_verify: bool,
    /// With --cache: check the weights even if an earlier start found them intact.
    #[arg(long, conflicts_with = "no_verify")]
    pub verify: bool,
    /// Keep the engine's packed weights, and the result of the check, in files beside the model, so
    /// that the next start is quick.
    #[arg(long)]
    pub cache: bool,
}

impl ModelOptions {
    /// The backend and the precision that the flags ask for.
    ///
    /// # Errors
    /// The backend cannot compute that.
    pub fn choice(&self) -> Result<Choice, ChoiceError> {
        Choice::new(self.backend, self.precision, self.cache)
    }
}

impl Command {
    /// What the flags ask for that cannot be.
    fn conflict(&self, matches: &ArgMatches) -> Option<String> {
        if let Some(Err(error)) = self.model().map(ModelOptions::choice) {
            return Some(error.to_string());
        }
        match self {
            Self::Generate(options) => options.conflict(matches),
            Self::Loop(options) => options.decoding.conflict(matches),
            Self::Dialog(options) => options.decoding.conflict(matches),
            Self::Corpus { command } => command.conflict(),
            _ => None,
        }
    }

    /// Which model the command uses, if it uses one.
    #[must_use]
    pub fn model(&self) -> Option<&ModelOptions> {
        Some(match self {
            Self::Generate(options) => &options.model,
            Self::Loop(options) => &options.model,
            Self::Dialog(options) => &options.model,
            Self::Samples(options) => &options.model,
            Self::Score(options) => &options.model,
            Self::Logits(options) => &options.model,
            Self::Bench(options) => &options.model,
            Self::Inspect(_) | Self::Tokens(_) => return None,
            Self::Corpus { .. } | Self::Completions { .. } | Self::Manual => return None,
        })
    }
}

impl Arguments {
    /// Read the process's arguments; wrong ones end the process with a message.
    #[must_use]
    pub fn from_process() -> Self {
        let matches = dashes::matches(&Self::command(), &std::env::args_os().collect::<Vec<_>>());
        let matches = matches.unwrap_or_else(|error| end(&error));
        let arguments = Self::from_arg_matches(&matches).unwrap_or_else(|error| end(&error));
        let of_command = matches.subcommand().map(|(_, matches)| matches);
        if let Some(conflict) = arguments.command.conflict(of_command.unwrap_or(&matches)) {
            let kind = clap::error::ErrorKind::ArgumentConflict;
            end(&Self::command().error(kind, conflict));
        }
        arguments
    }
}

/// End the process with what clap says: help and version, which are an error of output if nobody can read
/// them, or wrong usage.
fn end(error: &clap::Error) -> ! {
    let printed = error.print();
    if let (false, Err(cause)) = (error.use_stderr(), printed) {
        let code = crate::exit_code(Err(of_output(cause).into()));
        std::process::exit(code.into());
    }
    std::process::exit(error.exit_code())
}

/// Options of `generate`.
#[derive(Debug, Args)]
pub struct GenerateOptions {
    /// Which model.
    #[command(flatten)]
    pub model: ModelOptions,
    /// The text to continue; - reads it from standard input. One that begins with a dash, such as "-Da",
    /// stands after --; "- Da" needs none.
    #[arg(
        required_unless_present_any = ["prompt_file", "prompts"],
        conflicts_with_all = ["prompt_file", "prompts"]
    )]
    pub prompt: Option<String>,
    /// A file with the text to continue; the end of its last line is left out.
    #[arg(long, value_name = "FILE", conflicts_with = "prompts")]
    pub prompt_file: Option<PathBuf>,
    /// A file of prompts, one a line, each to be continued.
    #[arg(long, value_name = "FILE")]
    pub prompts: Option<PathBuf>,
    /// Continuations of each prompt: the best ones of a beam search, or one for each of so many seeds. In int8 and
    /// int4 they are written side by side, which is faster, and are the same.
    #[arg(short, long, default_value_t = 1, value_parser = at_least_one, allow_negative_numbers = true)]
    pub continuations: usize,
    /// Print the prompt before its continuation (the default).
    #[arg(long, overrides_with = "no_echo")]
    pub echo: bool,
    /// Print only the continuation, not the prompt.
    #[arg(long, overrides_with = "echo")]
    pub no_echo: bool,
    /// Print a JSON object for each continuation instead of the text.
    #[arg(long)]
    pub json: bool,
    /// Report the speed, and the seed if one was used, on standard error.
    #[arg(long)]
    pub perf: bool,
    /// How.
    #[command(flatten)]
    pub decoding: DecodingOptions,
}

impl GenerateOptions {
    /// More continuations than the strategy has, or what else cannot be.
    fn conflict(&self, matches: &ArgMatches) -> Option<String> {
        let (count, beams) = (self.continuations, self.decoding.beams);
        match self.decoding.strategy {
            StrategyName::Beam if count > beams => Some(format!(
                "--continuations is {count}, and a search with {beams} beams finds at most {beams}; raise --beams"
            )),
            StrategyName::Greedy if count > 1 => Some(format!(
                "--continuations is {count}, and greedy decoding has only one; choose another --strategy"
            )),
            _ => self.decoding.conflict(matches),
        }
    }
}

/// Options of `loop`.
#[derive(Debug, Args)]
pub struct LoopOptions {
    /// Which model.
    #[command(flatten)]
    pub model: ModelOptions,
    /// On a terminal: keep the lines that were typed in a file, and find those of earlier sessions there.
    #[arg(long, value_name = "FILE")]
    pub history: Option<PathBuf>,
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
    /// Stands before the first turn, and is never forgotten: who speaks, and where, or a few turns.
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true,
        allow_hyphen_values = true
    )]
    pub opening: String,
    /// On a terminal: keep the lines that were typed in a file, and find those of earlier sessions there.
    #[arg(long, value_name = "FILE")]
    pub history: Option<PathBuf>,
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
    #[arg(long, default_value_t = 1, value_parser = seed, allow_negative_numbers = true)]
    pub seed: u64,
    /// Longest continuation, tokens.
    #[arg(short = 'n', long, default_value_t = 60, value_parser = count, allow_negative_numbers = true)]
    pub max_new_tokens: usize,
}

/// Options of `score`.
#[derive(Debug, Args)]
pub struct ScoreOptions {
    /// Which model.
    #[command(flatten)]
    pub model: ModelOptions,
    /// Text files in UTF-8; - for standard input.
    #[arg(required = true, value_name = "FILE")]
    pub texts: Vec<PathBuf>,
    /// Every line is a text: score each by itself, then the file.
    #[arg(long)]
    pub lines: bool,
    /// Every line is a JSON object with the field text: score all of the file.
    #[arg(long, conflicts_with = "lines")]
    pub jsonl: bool,
    /// Print a JSON object for each text.
    #[arg(long)]
    pub json: bool,
}

/// Options of `bench`.
#[derive(Debug, Args)]
pub struct BenchOptions {
    /// Which model.
    #[command(flatten)]
    pub model: ModelOptions,
    /// Tokens of the prompt [default: 512, or what the context has room for]
    #[arg(long, value_parser = at_least_one, allow_negative_numbers = true)]
    pub prompt_tokens: Option<usize>,
    /// Tokens written after it [default: 128, or a quarter of a context shorter than 512]
    #[arg(short = 'n', long, value_parser = at_least_one, allow_negative_numbers = true)]
    pub new_tokens: Option<usize>,
    /// Rounds.
    #[arg(long, default_value_t = 5, value_parser = at_least_one, allow_negative_numbers = true)]
    pub rounds: usize,
    /// Print a JSON object.
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
    #[arg(short = 'n', long, default_value_t = 64, value_parser = count, allow_negative_numbers = true)]
    pub max_new_tokens: usize,
}

/// Options of `tokens`.
#[derive(Debug, Args)]
pub struct TokensOptions {
    /// Folder with tokenizer.json.
    #[arg(short, long, value_name = "FOLDER")]
    pub model: PathBuf,
    /// The text; - reads it from standard input.
    #[arg(required_unless_present = "text_file", conflicts_with = "text_file")]
    pub text: Option<String>,
    /// A file with the text; the end of its last line is left out.
    #[arg(long, value_name = "FILE")]
    pub text_file: Option<PathBuf>,
    /// Print only how many tokens there are.
    #[arg(long)]
    pub count: bool,
    /// Print a JSON object.
    #[arg(long)]
    pub json: bool,
}

/// Options of `inspect`.
#[derive(Debug, Args)]
pub struct InspectOptions {
    /// The deploy folder.
    #[arg(short, long, value_name = "FOLDER")]
    pub model: PathBuf,
    /// File whose tensors are listed [default: fp32 if the folder has it, else fp16].
    #[arg(long, value_enum)]
    pub weights: Option<Weights>,
    /// Print a JSON object.
    #[arg(long)]
    pub json: bool,
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
