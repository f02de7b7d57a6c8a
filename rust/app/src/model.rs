//! What decoding asks of a model, whoever computes it.

use std::borrow::Cow;

use anyhow::Result;

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
