//! How well a model predicts a text: nats, and the figures made of them.

use std::ops::AddAssign;

use anyhow::Result;

use crate::log_sum_exp::log_sum_exp;
use crate::model::{Model, Positions};

/// Tokens read in one pass: their logits are vocabulary x 4 bytes each.
const BLOCK: usize = 64;

/// What a text is scored by; the figures are those of `workflow/scripts/evaluate.py`.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Score {
    /// Sum over the tokens of the negative logarithm of their probability.
    pub nats: f64,
    /// Predicted tokens, the ends of the texts among them.
    pub tokens: usize,
    /// UTF-8 bytes of the texts.
    pub bytes: usize,
    /// Words of the texts, separated by blanks.
    pub words: usize,
}

/// That of several texts is that of all of them one after the other.
impl AddAssign for Score {
    fn add_assign(&mut self, other: Self) {
        self.nats += other.nats;
        self.tokens += other.tokens;
        self.bytes += other.bytes;
        self.words += other.words;
    }
}

impl Score {
    /// Comparable between tokenizers. The ends of texts are predicted, and have no bytes.
    #[must_use]
    pub fn bits_per_byte(&self) -> f64 {
        self.nats / (std::f64::consts::LN_2 * self.bytes as f64)
    }

    /// Comparable with the same tokenizer only.
    #[must_use]
    pub fn token_perplexity(&self) -> f64 {
        (self.nats / self.tokens as f64).exp()
    }

    /// Comparable between tokenizers.
    #[must_use]
    pub fn word_perplexity(&self) -> f64 {
        (self.nats / self.words as f64).exp()
    }
}

/// The nats of a stream of tokens, each text ended by end-of-text; the first token is predicted from
/// end-of-text, as every text's is.
///
/// The stream is cut into contexts as long as the model takes, which do not overlap. `progress`
/// is called after each block with the number of tokens done.
///
/// # Errors
/// The backend failed, or the model computes no numbers: its weights are damaged.
pub fn nats(model: &mut dyn Model, tokens: &[u32], progress: &mut dyn FnMut(usize)) -> Result<f64> {
    let mut before = model.end_of_text();
    let mut nats = 0.0;
    let mut done = 0;
    for context in tokens.chunks(model.context()) {
        model.reset();
        for targets in context.chunks(BLOCK) {
            let mut inputs = vec![before];
            inputs.extend(&targets[..targets.len() - 1]);
            before = targets[targets.len() - 1];
            let logits = model.forward(&[inputs], Positions::All)?.checked()?;
            nats += targets
                .iter()
                .enumerate()
                .map(|(row, &target)| surprise(logits.row(row), target))
                .sum::<f64>();
            done += targets.len();
            progress(done);
        }
    }
    Ok(nats)
}

/// The negative logarithm of the probability that the logits give a token.
fn surprise(logits: &[f32], token: u32) -> f64 {
    log_sum_exp(logits) - f64::from(logits[token as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_logits_surprise_by_the_logarithm_of_their_number() {
        assert!((surprise(&[3.0; 8], 5) - 8_f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn large_logits_do_not_overflow() {
        assert!(surprise(&[1e4, 0.0], 0).abs() < 1e-12);
        assert!((surprise(&[1e4, 0.0], 1) - 1e4).abs() < 1e-6);
    }

    #[test]
    fn the_figures_are_made_of_the_nats() {
        let score = Score {
            nats: 8.0 * std::f64::consts::LN_2,
            tokens: 4,
            bytes: 16,
            words: 2,
        };
        assert!((score.bits_per_byte() - 0.5).abs() < 1e-12);
        assert!((score.token_perplexity() - 4.0).abs() < 1e-12);
        assert!((score.word_perplexity() - 16.0).abs() < 1e-12);
    }
}
