//! Flags of decoding, and the [`Decoding`] that they describe.

use anyhow::{Result, anyhow};
use clap::builder::NonEmptyStringValueParser;
use clap::parser::ValueSource;
use clap::{ArgMatches, Args, ValueEnum};

use super::values::{
    Bias, beams, bias, count, finite, positive, seed, share, temperature, top_k, word,
};
use crate::decoding::processors::Processors;
use crate::decoding::{Decoding, EarlyStopping, Limits, Strategy};
use crate::deploy::Deploy;
use crate::letters::Letters;

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
    /// Draw within both limits, --top-k and --top-p.
    TopKTopP,
    /// Draw among the tokens that have at least --min-p times the probability of the best.
    MinP,
    /// Draw among the tokens whose surprise is nearest to the expected one, within --typical-p.
    Typical,
}

impl StrategyName {
    /// As it is written on the command line.
    fn name(self) -> String {
        let value = self.to_possible_value();
        value.map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

/// How continuations are written.
#[derive(Debug, Clone, Args)]
pub struct DecodingOptions {
    /// How the next token is chosen.
    #[arg(short, long, value_enum, default_value = "top-k-top-p")]
    pub strategy: StrategyName,
    /// Longest continuation, tokens.
    #[arg(short = 'n', long, default_value_t = 100, value_parser = count, allow_negative_numbers = true)]
    pub max_new_tokens: usize,
    /// Shortest continuation, tokens.
    #[arg(long, default_value_t = 0, value_parser = count, allow_negative_numbers = true)]
    pub min_new_tokens: usize,
    /// Seed of the random choices [default: a new one each time].
    #[arg(long, value_parser = seed, allow_negative_numbers = true)]
    pub seed: Option<u64>,
    /// Temperature: under 1 sharpens the probabilities, over 1 flattens them.
    #[arg(long, default_value_t = 0.8, value_parser = temperature, allow_negative_numbers = true)]
    pub temperature: f64,
    /// Tokens to draw among, for top-k and top-k-top-p.
    #[arg(long, default_value_t = 50, value_parser = top_k, allow_negative_numbers = true)]
    pub top_k: usize,
    /// Probability to draw within, for top-p and top-k-top-p.
    #[arg(long, default_value_t = 0.95, value_parser = share, allow_negative_numbers = true)]
    pub top_p: f64,
    /// Least probability relative to that of the best token, for min-p.
    #[arg(long, default_value_t = 0.1, value_parser = share, allow_negative_numbers = true)]
    pub min_p: f64,
    /// Probability to draw within, for typical.
    #[arg(long, default_value_t = 0.95, value_parser = share, allow_negative_numbers = true)]
    pub typical_p: f64,
    /// Candidates that the beam search keeps.
    #[arg(long, default_value_t = 4, value_parser = beams, allow_negative_numbers = true)]
    pub beams: usize,
    /// Over 0 favours long sequences in beam search, under 0 short ones.
    #[arg(long, default_value_t = 1.0, value_parser = finite::<f64>, allow_negative_numbers = true)]
    pub length_penalty: f64,
    /// End the beam search as soon as enough sequences have ended; else when none is better that
    /// would end next, or with =never, that may end at any length.
    #[arg(
        long,
        value_enum,
        value_name = "WHEN",
        hide_possible_values = true,
        num_args = 0..=1,
        require_equals = true,
        default_value = "false",
        hide_default_value = true,
        default_missing_value = "true"
    )]
    pub early_stopping: EarlyStopping,
    /// Over 1 makes the tokens of prompt and continuation less likely.
    #[arg(long, default_value_t = 1.0, value_parser = positive::<f32>, allow_negative_numbers = true)]
    pub repetition_penalty: f32,
    /// Subtracted from the logit of a token for each time that the continuation has it.
    #[arg(long, default_value_t = 0.0, value_parser = finite::<f32>, allow_negative_numbers = true)]
    pub frequency_penalty: f32,
    /// Subtracted once from the logit of each token that the continuation has.
    #[arg(long, default_value_t = 0.0, value_parser = finite::<f32>, allow_negative_numbers = true)]
    pub presence_penalty: f32,
    /// Write no sequence of so many tokens twice; 0: no limit.
    #[arg(long, default_value_t = 0, value_parser = count, allow_negative_numbers = true)]
    pub no_repeat_ngram: usize,
    /// Never write this word or text; may be given more than once.
    #[arg(long, value_name = "TEXT", value_parser = word, allow_hyphen_values = true)]
    pub bad_word: Vec<String>,
    /// Add a number to the logit of a token, named by its id or its text; may be given more than once.
    #[arg(long, value_name = "TOKEN=NUMBER", value_parser = bias, allow_hyphen_values = true)]
    pub logit_bias: Vec<Bias>,
    /// End before this string; may be given more than once. In bash and zsh a line break is $'\n'.
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new(), allow_hyphen_values = true)]
    pub stop: Vec<String>,
    /// When the context is full, forget its older half and go on; otherwise the text ends there.
    #[arg(long)]
    pub slide: bool,
    /// Give the model ş and ţ with a cedilla as they are; else Romanian words get ș and ț with a comma, as
    /// in the texts that it has read.
    #[arg(long)]
    pub keep_cedillas: bool,
}

/// Flags, by the names of their fields, that only some strategies look at.
const OF_SOME: [(&str, &[StrategyName]); 8] = {
    use StrategyName::{Beam, MinP, TopK, TopKTopP, TopP, Typical};
    [
        ("temperature", &[TopK, TopP, TopKTopP, MinP, Typical]),
        ("top_k", &[TopK, TopKTopP]),
        ("top_p", &[TopP, TopKTopP]),
        ("min_p", &[MinP]),
        ("typical_p", &[Typical]),
        ("beams", &[Beam]),
        ("length_penalty", &[Beam]),
        ("early_stopping", &[Beam]),
    ]
};

impl DecodingOptions {
    /// What the flags ask for that cannot be, or that would be passed over in silence. `matches` tells
    /// which of them were given.
    pub(super) fn conflict(&self, matches: &ArgMatches) -> Option<String> {
        let given = |name: &str| matches.value_source(name) == Some(ValueSource::CommandLine);
        let unused = |(name, strategies): &&(&str, &[StrategyName])| {
            given(name) && !strategies.contains(&self.strategy)
        };
        if let Some((name, strategies)) = OF_SOME.iter().find(unused) {
            let names: Vec<String> = strategies.iter().map(|strategy| strategy.name()).collect();
            return Some(format!(
                "--{} needs --strategy {}; it is {}",
                name.replace('_', "-"),
                names.join(" or "),
                self.strategy.name()
            ));
        }
        if self.slide && self.strategy == StrategyName::Beam {
            let told =
                "--slide: a beam search ends where the context is full; choose another --strategy";
            return Some(told.to_owned());
        }
        let (least, most) = (self.min_new_tokens, self.max_new_tokens);
        (least > most).then(|| {
            format!("--min-new-tokens is {least} and --max-new-tokens {most}; raise the second, -n")
        })
    }

    /// The strategy the flags describe.
    #[must_use]
    pub fn strategy(&self) -> Strategy {
        let (top_k, top_p) = (Some(self.top_k), Some(self.top_p));
        let limits = match self.strategy {
            StrategyName::Greedy => return Strategy::Greedy,
            StrategyName::Beam => {
                return Strategy::Beam {
                    beams: self.beams,
                    length_penalty: self.length_penalty,
                    early_stopping: self.early_stopping,
                };
            }
            StrategyName::TopK => Limits::top(top_k, None),
            StrategyName::TopP => Limits::top(None, top_p),
            StrategyName::TopKTopP => Limits::top(top_k, top_p),
            StrategyName::MinP => Limits {
                min_p: Some(self.min_p),
                ..Limits::default()
            },
            StrategyName::Typical => Limits {
                typical_p: Some(self.typical_p),
                ..Limits::default()
            },
        };
        Strategy::Sample {
            limits,
            temperature: self.temperature,
        }
    }

    /// How the letters of prompts are read.
    #[must_use]
    pub const fn letters(&self) -> Letters {
        Letters::new(self.keep_cedillas)
    }

    /// The decoding that the flags describe; a seed is drawn if none was given. The texts of flags are
    /// read as those of prompts are.
    ///
    /// # Errors
    /// The token of a bias is none of the tokenizer's.
    pub fn decoding(&self, deploy: &Deploy, letters: &Letters) -> Result<Decoding> {
        let read = |texts: &[String]| -> Vec<String> {
            let texts = texts.iter().cloned();
            texts.map(|text| letters.read(text)).collect()
        };
        Ok(Decoding {
            processors: Processors {
                repetition_penalty: self.repetition_penalty,
                frequency_penalty: self.frequency_penalty,
                presence_penalty: self.presence_penalty,
                no_repeat_ngram: self.no_repeat_ngram,
                bad_words: bad_words(&read(&self.bad_word), deploy),
                bias: biases(&self.logit_bias, deploy)?,
            },
            max_new_tokens: self.max_new_tokens,
            min_new_tokens: self.min_new_tokens,
            stop: read(&self.stop),
            slide: self.slide,
            ..Decoding::new(self.strategy(), self.seed.unwrap_or_else(random_seed))
        })
    }
}

/// The tokens of each word, at the beginning of a text and after a space.
fn bad_words(words: &[String], deploy: &Deploy) -> Vec<Vec<u32>> {
    let words = words.iter().map(|word| word.trim_start());
    let written = words.flat_map(|word| [word.to_owned(), format!(" {word}")]);
    written.map(|word| deploy.encode(&word)).collect()
}

fn biases(flags: &[Bias], deploy: &Deploy) -> Result<Vec<(u32, f32)>> {
    flags
        .iter()
        .map(|flag| Ok((token_id(&flag.token, deploy)?, flag.number)))
        .collect()
}

/// The token of this id, or of this text if it is exactly one.
fn token_id(token: &str, deploy: &Deploy) -> Result<u32> {
    let vocabulary = deploy.config.vocab_size;
    // "+5" is a number to the standard library, and a text here.
    let id = token.parse::<u32>().ok();
    if let Some(id) = id.filter(|_| !token.starts_with('+')) {
        return if (id as usize) < vocabulary {
            Ok(id)
        } else {
            Err(anyhow!(
                "--logit-bias: the token {id} is none of {vocabulary}; expected 0 to {}",
                vocabulary - 1
            ))
        };
    }
    match deploy.encode(token)[..] {
        [id] => Ok(id),
        ref ids => Err(anyhow!(
            "--logit-bias: {token:?} is {} tokens; expected one, such as a short word after a space",
            ids.len()
        )),
    }
}

/// A seed that nobody chose: of the hasher's own, which the standard library seeds from the system, the
/// bits that a double holds. Readers of JSON such as jq and JavaScript would round a larger number.
fn random_seed() -> u64 {
    use std::hash::{BuildHasher as _, Hasher as _};
    let bits = std::collections::hash_map::RandomState::new()
        .build_hasher()
        .finish();
    bits >> (u64::BITS - f64::MANTISSA_DIGITS)
}
