//! Changes to the logits that depend on what was written so far.

use super::Decoding;

/// Apply the penalties and bars of `decoding` to the logits of the next token.
///
/// `history` holds the prompt and the continuation, `written` the length of the latter.
pub fn process(
    logits: &mut [f32],
    history: &[u32],
    written: usize,
    end_of_text: u32,
    decoding: &Decoding,
) {
    penalise_repetition(logits, history, decoding.repetition_penalty);
    bar_repeated_ngrams(logits, history, decoding.no_repeat_ngram);
    if written < decoding.min_new_tokens {
        logits[end_of_text as usize] = f32::NEG_INFINITY;
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
        *logit = if *logit > 0.0 {
            *logit / penalty
        } else {
            *logit * penalty
        };
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
