//! What decoding asks of a model, whoever computes it.

use std::borrow::Cow;

use anyhow::{Result, bail};

/// Of which fed tokens the logits are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Positions {
    /// The last one of each sequence: what comes next.
    Last,
    /// Every one: parity checks and scores.
    All,
}

/// Logits of one or more positions, one row of vocabulary size after the other.
#[derive(Debug)]
pub struct Logits<'a> {
    values: Cow<'a, [f32]>,
    vocabulary: usize,
}

impl<'a> Logits<'a> {
    /// Take rows of `vocabulary` values each.
    #[must_use]
    pub fn new(values: impl Into<Cow<'a, [f32]>>, vocabulary: usize) -> Self {
        let values = values.into();
        assert_eq!(values.len() % vocabulary, 0);
        Self { values, vocabulary }
    }

    /// The logits of one row.
    #[must_use]
    pub fn row(&self, index: usize) -> &[f32] {
        &self.values[index * self.vocabulary..][..self.vocabulary]
    }

    /// All rows, one after the other.
    #[must_use]
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// The same, if every one is a number: those of whole weights are.
    ///
    /// # Errors
    /// One is infinite or NaN.
    pub fn checked(self) -> Result<Self> {
        // A block is looked through by instructions on several values, and left for none of them.
        const BLOCK: usize = 256;
        let is_whole = |block: &[f32]| {
            block
                .iter()
                .fold(true, |all, logit| all & logit.is_finite())
        };
        let mut blocks = self.values.chunks(BLOCK);
        let damaged = blocks.find(|block| !is_whole(block));
        if let Some(found) = damaged.and_then(|block| block.iter().find(|logit| !logit.is_finite()))
        {
            bail!(
                "the model's logits are not numbers ({found}), so its weights are damaged; \
                 run the steps train and convert again"
            );
        }
        Ok(self)
    }
}

/// A causal language model with a cache of what it has read.
///
/// It reads several sequences of equal length side by side (the beams of a beam search); one is the
/// usual case.
pub trait Model {
    /// Number of token ids.
    fn vocabulary(&self) -> usize;

    /// Most tokens a sequence may have, prompt and continuation together.
    fn context(&self) -> usize;

    /// Id of `<|endoftext|>`.
    fn end_of_text(&self) -> u32;

    /// Whether a sequence has the same logits side by side with others as alone, to the bit. Sums in
    /// another order do not give that.
    fn is_same_side_by_side(&self) -> bool {
        false
    }

    /// Forget every sequence.
    fn reset(&mut self);

    /// So many tokens will be read, those of all sequences counted: what they take may be had at once.
    fn reserve(&mut self, _tokens: usize) {}

    /// Read `tokens[i]` at the end of sequence i and return logits: row i for `Last`, the rows of
    /// sequence 0, then of sequence 1, ... for `All`. The first call after `reset` decides how many
    /// sequences there are. Together with what was read, no sequence may exceed `context`.
    ///
    /// # Errors
    /// The backend failed.
    fn forward(&mut self, tokens: &[Vec<u32>], positions: Positions) -> Result<Logits<'_>>;

    /// Replace the sequences: the new sequence i continues the old sequence `parents[i]`. There may
    /// be more or fewer than before.
    fn reorder(&mut self, parents: &[usize]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logits_that_are_no_numbers_are_found_wherever_they_stand() {
        for place in [0, 255, 256, 599] {
            for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
                let mut values = vec![f32::MAX; 600];
                assert!(Logits::new(&values[..], 300).checked().is_ok());
                values[place] = value;
                let error = Logits::new(values, 300).checked().unwrap_err();
                assert!(error.to_string().contains(&format!("({value})")), "{error}");
            }
        }
    }
}
