use std::num::NonZeroUsize;

use crate::{Words, shingles};

/// Bits of the table for each n-gram, which sets two: of others it lets one in 250 to 1000 pass.
const BITS_PER_NGRAM: usize = 64;
/// Of a table of 64 MB; a larger one would be too much for every job.
const MAX_BITS: u32 = 29;

/// Turns away nearly all n-grams that are not held out, by bits of theirs: a Bloom filter
/// ("Space/time trade-offs in hash coding with allowable errors", 1970).
///
/// The n-grams themselves are the caller's: they may be a file that processes share.
#[derive(Clone, Debug)]
pub struct HeldOut {
    words: NonZeroUsize,
    shift: u32,
    table: Vec<u64>,
}

impl HeldOut {
    /// Makes an empty table for `count` n-grams of so many words.
    pub fn new(words: NonZeroUsize, count: usize) -> Self {
        let wanted = count.saturating_mul(BITS_PER_NGRAM).max(u64::BITS as usize);
        let bits = wanted.ilog2().min(MAX_BITS);
        Self {
            words,
            shift: u64::BITS - bits,
            table: vec![0; (1 << bits) / u64::BITS as usize],
        }
    }

    /// Adds an n-gram.
    pub fn add(&mut self, ngram: u64) {
        for (index, bit) in self.places(ngram) {
            self.table[index] |= bit;
        }
    }

    /// Returns the two places of an n-gram, by its first bits and by its last ones.
    fn places(&self, ngram: u64) -> [(usize, u64); 2] {
        let bits = u64::from(u64::BITS);
        [ngram >> self.shift, ngram << self.shift >> self.shift]
            .map(|place| ((place / bits) as usize, 1 << (place % bits)))
    }

    /// Returns the n-grams of folded words that may be held out, few of them if none is, each with
    /// its place among all of these n-grams.
    pub fn candidates(&self, words: &Words) -> Vec<(usize, u64)> {
        let ngrams = shingles(words, self.words);
        // A text of fewer words is one shingle; what is no n-gram must not match.
        let is_short = || words.as_str().split_whitespace().count() < self.words.get();
        if ngrams.len() == 1 && is_short() {
            return Vec::new();
        }
        let may_be = |ngram: u64| {
            let mut places = self.places(ngram).into_iter();
            places.all(|(index, bit)| self.table[index] & bit != 0)
        };
        let numbered = ngrams.into_iter().enumerate();
        numbered.filter(|(_, ngram)| may_be(*ngram)).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ngrams(text: &str, words: NonZeroUsize) -> Vec<u64> {
        let mut found = shingles(&Words::folded(text), words);
        found.sort_unstable();
        found
    }

    fn has_any(held_out: &str, text: &str, words: usize) -> bool {
        let words = NonZeroUsize::new(words).expect("not 0");
        let known = ngrams(held_out, words);
        let mut index = HeldOut::new(words, known.len());
        known.iter().for_each(|ngram| index.add(*ngram));
        let mut candidates = index.candidates(&Words::folded(text)).into_iter();
        candidates.any(|(_, ngram)| known.binary_search(&ngram).is_ok())
    }

    #[test]
    fn a_run_is_found_whatever_its_spelling() {
        assert!(has_any("unu doi trei patru", "El zice: DOI, trei!", 2));
        assert!(!has_any("unu doi trei patru", "trei doi", 2));
    }

    #[test]
    fn a_text_of_fewer_words_has_none() {
        assert!(!has_any("unu doi", "unu doi", 3));
        assert!(!has_any("", "", 1));
        assert!(has_any("unu", "unu", 1));
    }

    #[test]
    fn few_of_the_others_are_candidates() {
        let words = NonZeroUsize::MIN;
        let numbers = |range: std::ops::Range<usize>| -> String {
            range.map(|number| format!("{number} ")).collect()
        };
        let mut index = HeldOut::new(words, 1000);
        let known = ngrams(&numbers(0..1000), words);
        known.iter().for_each(|ngram| index.add(*ngram));
        let candidates = |text: &str| index.candidates(&Words::folded(text)).len();
        assert_eq!(candidates(&numbers(0..1000)), 1000);
        // 64 of 16,000 are expected at the most.
        assert!(candidates(&numbers(1000..17_000)) < 150);
    }

    proptest! {
        #[test]
        fn texts_share_what_a_plain_comparison_finds(
            held_out in "([ab] ){3,20}", text in "([ab] ){0,20}", words in 1_usize..4,
        ) {
            let list = |text: &str| -> Vec<String> {
                let all: Vec<&str> = text.split_whitespace().collect();
                all.windows(words).map(|run| run.join(" ")).collect()
            };
            let known = list(&held_out);
            let expected = list(&text).iter().any(|run| known.contains(run));
            prop_assert_eq!(has_any(&held_out, &text, words), expected);
        }
    }
}
