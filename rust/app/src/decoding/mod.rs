//! From logits to a continuation: one loop for greedy decoding and sampling, one for beam search.

mod batch;
pub mod beam;
pub mod processors;
mod ranking;
pub mod sampler;
mod sequence;
pub mod single;

use anyhow::Result;
use clap::ValueEnum;
use serde::{Serialize, Serializer};
use thiserror::Error;

use crate::deploy::Deploy;
use crate::model::{Logits, Model, Positions};
use processors::Processors;

/// How the next token is chosen.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "name")]
pub enum Strategy {
    /// The most probable token.
    Greedy,
    /// The most probable sequence that keeping this many candidates finds.
    Beam {
        /// Candidates kept at each step.
        beams: usize,
        /// A finished sequence's log-probability is divided by its length to this power.
        length_penalty: f64,
        /// When the search ends, once as many sequences have ended as there are beams.
        early_stopping: EarlyStopping,
    },
    /// A random token, by probability, among the likely ones.
    Sample {
        /// Which tokens are likely.
        #[serde(flatten)]
        limits: Limits,
        /// Logits are divided by it: under 1 sharpens, over 1 flattens.
        temperature: f64,
    },
}

/// When a beam search ends, once as many sequences have ended as there are beams; the names are those of
/// `transformers`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EarlyStopping {
    /// At once.
    True,
    /// When no sequence would be better, if it ended now.
    False,
    /// When no sequence can become better, however long.
    Never,
}

impl Serialize for EarlyStopping {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::True => serializer.serialize_bool(true),
            Self::False => serializer.serialize_bool(false),
            Self::Never => serializer.serialize_str("never"),
        }
    }
}

/// Which tokens may be drawn: those that every limit lets through; None for no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Limits {
    /// Only this many most probable tokens.
    pub top_k: Option<usize>,
    /// Only the most probable tokens that together reach this probability.
    pub top_p: Option<f64>,
    /// Only tokens of at least this share of the best one's probability (arXiv 2407.01082).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_p: Option<f64>,
    /// Only the tokens whose surprise is nearest to the expected one, that together reach this
    /// probability (arXiv 2202.00666).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub typical_p: Option<f64>,
}

impl Limits {
    /// The two usual limits.
    #[must_use]
    pub const fn top(top_k: Option<usize>, top_p: Option<f64>) -> Self {
        Self {
            top_k,
            top_p,
            min_p: None,
            typical_p: None,
        }
    }
}

/// Everything that decides a continuation.
#[derive(Debug, Clone)]
pub struct Decoding {
    /// How the next token is chosen.
    pub strategy: Strategy,
    /// Longest continuation, tokens.
    pub max_new_tokens: usize,
    /// Shortest continuation, tokens: `<|endoftext|>` is barred until then.
    pub min_new_tokens: usize,
    /// What changes the logits before that.
    pub processors: Processors,
    /// Seed of the random choices.
    pub seed: u64,
    /// The text ends before any of these.
    pub stop: Vec<String>,
    /// Whether the model forgets the older half of a full context and goes on, which a beam search
    /// cannot. Otherwise the text ends there.
    pub slide: bool,
}

impl Decoding {
    /// A strategy alone, for up to 100 tokens.
    #[must_use]
    pub fn new(strategy: Strategy, seed: u64) -> Self {
        Self {
            strategy,
            max_new_tokens: 100,
            min_new_tokens: 0,
            processors: Processors::default(),
            seed,
            stop: Vec::new(),
            slide: false,
        }
    }
}

/// Why a continuation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// The model wrote `<|endoftext|>`.
    EndOfText,
    /// `max_new_tokens` were written.
    MaxNewTokens,
    /// The context is full.
    ContextFull,
    /// A stop string was written.
    StopString,
    /// The penalties bar every token.
    NoTokenLeft,
    /// The user interrupted.
    Interrupted,
}

/// A finished continuation.
#[derive(Debug, Clone)]
pub struct Continuation {
    /// Its tokens, without the prompt and without `<|endoftext|>`.
    pub tokens: Vec<u32>,
    /// Its text.
    pub text: String,
    /// Why it ended.
    pub ending: Ending,
}

/// A prompt that leaves no room for a continuation.
#[derive(Debug, Error)]
#[error(
    "the prompt has {found} tokens, and the context of the model is {context}; shorten it to at most {}",
    context - 1
)]
pub struct PromptTooLong {
    /// Tokens of the prompt.
    pub found: usize,
    /// Most tokens of prompt and continuation together.
    pub context: usize,
}

/// Receives text as it is written; returns false to interrupt.
pub type Listener<'a> = dyn FnMut(&str) -> Result<bool> + 'a;

/// Continue a prompt. Beam search has its text only at the end, and gives it in one piece.
///
/// # Errors
/// The prompt fills the context, or the backend or the listener fails.
pub fn generate(
    model: &mut dyn Model,
    deploy: &Deploy,
    prompt: &[u32],
    decoding: &Decoding,
    listener: &mut Listener<'_>,
) -> Result<Continuation> {
    let prompt = prepared(model, prompt, decoding)?;
    match decoding.strategy {
        Strategy::Beam { .. } => {
            let best = beam::search(model, deploy, &prompt, decoding, listener)?.swap_remove(0);
            listener(&best.text)?;
            Ok(best)
        }
        _ => single::decode(model, deploy, &prompt, decoding, listener),
    }
}

/// Most continuations that are written side by side: as many as docs/benchmarks.md measures. Each takes memory
/// for its context, up to 38 MB in GPT-2 small.
const BATCH: usize = 8;

/// Continue a prompt `count` times, and give each continuation away when it is written: a beam search has
/// its best sequences, best first, at most as many as it has beams; the other strategies are run with one
/// seed after the other, side by side where that changes no text: the model says so, and the context does
/// not slide.
///
/// # Errors
/// The prompt fills the context, or the backend or the receiver fails.
pub fn generate_several(
    model: &mut dyn Model,
    deploy: &Deploy,
    prompt: &[u32],
    decoding: &Decoding,
    count: usize,
    receive: &mut dyn FnMut(Continuation) -> Result<()>,
) -> Result<()> {
    if let Strategy::Beam { .. } = decoding.strategy {
        let prompt = prepared(model, prompt, decoding)?;
        let sequences = beam::search(model, deploy, &prompt, decoding, &mut |_| Ok(true))?;
        return sequences.into_iter().take(count).try_for_each(receive);
    }
    let longest = prompt.len().saturating_add(decoding.max_new_tokens);
    let slides = decoding.slide && longest > model.context();
    let batch = if model.is_same_side_by_side() && !slides {
        BATCH
    } else {
        1
    };
    for first in (0..count).step_by(batch) {
        let seed = decoding.seed.wrapping_add(first as u64);
        let decoding = Decoding {
            seed,
            ..decoding.clone()
        };
        let together = batch.min(count - first);
        if together == 1 {
            receive(generate(model, deploy, prompt, &decoding, &mut |_| {
                Ok(true)
            })?)?;
        } else {
            let prompt = prepared(model, prompt, &decoding)?;
            let continuations = batch::decode(model, deploy, &prompt, &decoding, together)?;
            continuations.into_iter().try_for_each(&mut *receive)?;
        }
    }
    Ok(())
}

/// The prompt for a model that has read nothing: GPT-2 was trained to begin documents after
/// end-of-text.
fn prepared(model: &mut dyn Model, prompt: &[u32], decoding: &Decoding) -> Result<Vec<u32>> {
    check_length(model, prompt, decoding)?;
    model.reset();
    Ok(if prompt.is_empty() {
        vec![model.end_of_text()]
    } else {
        prompt.to_vec()
    })
}

/// Check that a prompt leaves room for at least one token, or that the context slides.
///
/// # Errors
/// It does not.
pub fn check_length(
    model: &dyn Model,
    prompt: &[u32],
    decoding: &Decoding,
) -> Result<(), PromptTooLong> {
    let (found, context) = (prompt.len(), model.context());
    if found >= context && !decoding.slide {
        return Err(PromptTooLong { found, context });
    }
    Ok(())
}

/// Most new tokens after this prompt, and how a continuation of that length ends.
fn budget(model: &dyn Model, prompt: &[u32], decoding: &Decoding) -> (usize, Ending) {
    let room = model.context().saturating_sub(prompt.len());
    if decoding.slide || decoding.max_new_tokens <= room {
        (decoding.max_new_tokens, Ending::MaxNewTokens)
    } else {
        (room, Ending::ContextFull)
    }
}

/// Change the logits of the token after `history`, of which the last `written` tokens are the
/// continuation, as the decoding asks.
fn process(
    logits: &mut [f32],
    history: &[u32],
    written: usize,
    end_of_text: u32,
    decoding: &Decoding,
) {
    decoding.processors.process(logits, history, written);
    if written < decoding.min_new_tokens {
        logits[end_of_text as usize] = f32::NEG_INFINITY;
    }
}

/// Read tokens and return the logits of what comes next, one row a sequence.
///
/// # Errors
/// The backend fails, or the model computes no numbers: its weights are damaged.
fn next_logits<'a>(model: &'a mut dyn Model, unread: &[Vec<u32>]) -> Result<Logits<'a>> {
    model.forward(unread, Positions::Last)?.checked()
}
