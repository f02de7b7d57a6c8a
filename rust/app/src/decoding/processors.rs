//! Changes to the logits that depend on what was written so far.

/// What changes the logits of the next token before it is chosen; the default changes nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Processors {
    /// Divides positive and multiplies negative logits of every token of prompt and continuation
    /// (Keskar et al. 2019, CTRL); 1 for none.
    pub repetition_penalty: f32,
    /// Taken from a logit for each time the continuation has the token.
    pub frequency_penalty: f32,
    /// Taken once from the logit of every token that the continuation has.
    pub presence_penalty: f32,
    /// No sequence of this many tokens comes twice; 0 for no limit.
    pub no_repeat_ngram: usize,
    /// Sequences of tokens that are never written.
    pub bad_words: Vec<Vec<u32>>,
    /// Numbers added to the logits of tokens.
    pub bias: Vec<(u32, f32)>,
}

impl Default for Processors {
    fn default() -> Self {
        Self {
            repetition_penalty: 1.0,
            frequency_penalty: 0.0,
            presence_penalty: 0.0,
            no_repeat_ngram: 0,
            bad_words: Vec::new(),
            bias: Vec::new(),
        }
    }
}

impl Processors {
    /// Change the logits of the token after `history`, of which the last `written` tokens are the
    /// continuation.
    pub fn process(&self, logits: &mut [f32], history: &[u32], written: usize) {
        for &(token, number) in &self.bias {
            let logit = &mut logits[token as usize];
            *logit = limited(*logit + number);
        }
        penalise_repetition(logits, history, self.repetition_penalty);
        let continuation = &history[history.len() - written..];
        penalise_use(
            logits,
            continuation,
            self.frequency_penalty,
            self.presence_penalty,
        );
        bar_repeated_ngrams(logits, history, self.no_repeat_ngram);
        for word in &self.bad_words {
            bar_word(logits, history, word);
        }
    }
}

/// A logit that huge penalties and biases leave a number: beside an infinite one nothing has a
/// probability. One of minus infinity is barred, and so is one that another would favour without bound.
fn limited(logit: f32) -> f32 {
    if logit.is_nan() {
        f32::NEG_INFINITY
    } else {
        logit.min(f32::MAX)
    }
}

/// Make every token seen less likely, once, however often it was seen.
fn penalise_repetition(logits: &mut [f32], history: &[u32], penalty: f32) {
    #[allow(clippy::float_cmp)] // 1 is what the option says for "none"
    if penalty == 1.0 {
        return;
    }
    let mut seen: Vec<u32> = history.to_vec();
    seen.sort_unstable();
    seen.dedup();
    for token in seen {
        let logit = &mut logits[token as usize];
        *logit = limited(if *logit > 0.0 {
            *logit / penalty
        } else {
            *logit * penalty
        });
    }
}

/// Take `frequency` for each use of a token in the continuation, and `presence` once.
fn penalise_use(logits: &mut [f32], continuation: &[u32], frequency: f32, presence: f32) {
    if frequency == 0.0 && presence == 0.0 {
        return;
    }
    let mut used = continuation.to_vec();
    used.sort_unstable();
    for uses in used.chunk_by(|one, other| one == other) {
        let logit = &mut logits[uses[0] as usize];
        *logit = limited(*logit - frequency * uses.len() as f32 - presence);
    }
}

/// Bar the last token of a word of which all others are the end of the history.
fn bar_word(logits: &mut [f32], history: &[u32], word: &[u32]) {
    if let Some((last, others)) = word.split_last()
        && history.ends_with(others)
    {
        logits[*last as usize] = f32::NEG_INFINITY;
    }
}

/// Bar each token that would complete a sequence of `size` tokens which stands in the history.
fn bar_repeated_ngrams(logits: &mut [f32], history: &[u32], size: usize) {
    if size == 0 || history.len() < size {
        return;
    }
    let begun = &history[history.len() - (size - 1)..];
    for ngram in history.windows(size) {
        if ngram[..size - 1] == *begun {
            logits[ngram[size - 1] as usize] = f32::NEG_INFINITY;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_penalty_does_not_compound() {
        let mut logits = [2.0, -2.0, 1.0];
        penalise_repetition(&mut logits, &[0, 0, 0, 1, 1], 2.0);
        assert_eq!(logits, [1.0, -4.0, 1.0]);
    }

    #[test]
    fn each_use_is_penalised_by_frequency_and_the_first_by_presence() {
        let mut logits = [1.0; 3];
        penalise_use(&mut logits, &[2, 0, 2], 0.25, 0.5);
        assert_eq!(logits, [0.25, 1.0, 0.0]);
    }

    #[test]
    fn only_the_continuation_counts_as_use() {
        let processors = Processors {
            presence_penalty: 1.0,
            ..Processors::default()
        };
        let mut logits = [0.0; 3];
        processors.process(&mut logits, &[0, 1], 1);
        assert_eq!(logits, [0.0, -1.0, 0.0]);
    }

    #[test]
    fn a_word_is_barred_where_it_would_be_complete() {
        let (mut begun, mut other) = ([0.0; 3], [0.0; 3]);
        bar_word(&mut begun, &[0, 1], &[1, 2]);
        bar_word(&mut other, &[1, 0], &[1, 2]);
        assert_eq!(begun, [0.0, 0.0, f32::NEG_INFINITY]);
        assert_eq!(other, [0.0; 3]);
    }

    #[test]
    fn a_bias_is_added() {
        let processors = Processors {
            bias: vec![(1, 2.5), (0, f32::NEG_INFINITY)],
            ..Processors::default()
        };
        let mut logits = [1.0, 1.0];
        processors.process(&mut logits, &[], 0);
        assert_eq!(logits, [f32::NEG_INFINITY, 3.5]);
    }

    #[test]
    fn huge_penalties_and_biases_leave_numbers() {
        let processors = Processors {
            repetition_penalty: 1e-38,
            frequency_penalty: -3e38,
            bias: vec![(2, 3e38)],
            ..Processors::default()
        };
        let mut logits = [1e3, -1e3, 3e38];
        processors.process(&mut logits, &[0, 1, 0, 1], 4);
        assert_eq!(logits[0], f32::MAX);
        assert!(logits.iter().all(|logit| logit.is_finite()), "{logits:?}");
    }

    #[test]
    fn what_is_barred_without_bound_stays_so_however_it_is_favoured() {
        let processors = Processors {
            repetition_penalty: 3e38,
            frequency_penalty: -3e38,
            ..Processors::default()
        };
        let mut logits = [-9.0, 1.0];
        processors.process(&mut logits, &[0, 0], 2);
        assert_eq!(logits, [f32::NEG_INFINITY, 1.0]);
    }

    #[test]
    fn an_ngram_cannot_come_twice() {
        let mut logits = [0.0; 4];
        bar_repeated_ngrams(&mut logits, &[1, 2, 3, 1, 2], 3);
        assert_eq!(logits, [0.0, 0.0, 0.0, f32::NEG_INFINITY]);
    }

    #[test]
    fn with_size_one_no_token_comes_twice() {
        let mut logits = [0.0; 3];
        bar_repeated_ngrams(&mut logits, &[2, 0], 1);
        assert_eq!(logits, [f32::NEG_INFINITY, 0.0, f32::NEG_INFINITY]);
    }

    #[test]
    fn a_short_history_bars_nothing() {
        let mut logits = [0.0; 3];
        bar_repeated_ngrams(&mut logits, &[1], 2);
        assert_eq!(logits, [0.0; 3]);
    }
}
