//! From logits to a continuation: one loop for greedy decoding and sampling, one for beam search.

pub mod beam;
pub mod processors;
pub mod sampler;
pub mod single;

use anyhow::{Result, ensure};
use serde::Serialize;
use thiserror::Error;

use crate::deploy::Deploy;
use crate::model::{Logits, Model, Positions};

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
        /// Stop as soon as as many sequences have ended as there are beams.
        early_stopping: bool,
    },
    /// A random token, by probability, among the likely ones.
    Sample {
        /// Only this many most probable tokens; None for no limit.
        top_k: Option<usize>,
        /// Only the most probable tokens that together reach this probability; None for no limit.
        top_p: Option<f64>,
        /// Logits are divided by it: under 1 sharpens, over 1 flattens.
        temperature: f64,
    },
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
    /// Divides positive and multiplies negative logits of every token seen (Keskar et al. 2019,
    /// CTRL); 1 for none.
    pub repetition_penalty: f32,
    /// No sequence of this many tokens comes twice; 0 for no limit.
    pub no_repeat_ngram: usize,
    /// Seed of the random choices.
    pub seed: u64,
    /// The text ends before any of these.
    pub stop: Vec<String>,
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
    check_length(model, prompt)?;
    // GPT-2 was trained to begin documents after this token.
    let begin = [model.end_of_text()];
    let prompt = if prompt.is_empty() {
        &begin[..]
    } else {
        prompt
    };
    model.reset();
    match decoding.strategy {
        Strategy::Beam { .. } => beam::search(model, deploy, prompt, decoding, listener),
        _ => single::decode(model, deploy, prompt, decoding, listener),
    }
}

/// Check that a prompt leaves room for at least one token.
///
/// # Errors
/// It does not.
pub fn check_length(model: &dyn Model, prompt: &[u32]) -> Result<(), PromptTooLong> {
    let (found, context) = (prompt.len(), model.context());
    if found >= context {
        return Err(PromptTooLong { found, context });
    }
    Ok(())
}

/// Most new tokens after this prompt, and how a continuation of that length ends.
fn budget(model: &dyn Model, prompt: &[u32], decoding: &Decoding) -> (usize, Ending) {
    let room = model.context() - prompt.len();
    if decoding.max_new_tokens <= room {
        (decoding.max_new_tokens, Ending::MaxNewTokens)
    } else {
        (room, Ending::ContextFull)
    }
}

/// Read tokens and return the logits of what comes next, one row a sequence.
///
/// # Errors
/// The backend fails, or the model computes no numbers: its weights are damaged.
fn next_logits(model: &mut dyn Model, unread: &[Vec<u32>]) -> Result<Logits> {
    let logits = model.forward(unread, Positions::Last)?;
    ensure!(
        !logits.values().iter().any(|logit| logit.is_nan()),
        "the model's logits are not numbers (NaN), so its weights are damaged; run the steps train and convert again"
    );
    Ok(logits)
}
