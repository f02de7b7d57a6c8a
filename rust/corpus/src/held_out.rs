use std::num::NonZeroUsize;

use crate::{Words, shingles};

/// Bits of the table for each n-gram, or half of them: of others than these it lets one in 4,000 to
/// 40,000 pass, with [`BITS`] bits set for each.
const BITS_PER_NGRAM: usize = 64;
/// Bits that are set for an n-gram. All are in one line of the table.
const BITS: u32 = 4;
/// Bits of a line, as a logarithm: 64 bytes, which a processor fetches at once.
const LINE: u32 = 9;
const WORDS_OF_LINE: usize = (1 << LINE) / u64::BITS as usize;
/// Of a table of 64 MB; a larger one would be too much for every job.
const MAX_BITS: u32 = 29;

/// Turns away nearly all n-grams that are not held out, by bits of theirs: a Bloom filter
/// ("Space/time trade-offs in hash coding with allowable errors", 1970), in blocks (Putze, Sanders and
/// Singler, "Cache-, hash- and space-efficient Bloom filters", 2009).
///
/// The first bits of an n-gram name its line, so ascending ones are added line after line.
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
        // Two lines at least: a shift by all bits of a number is none.
        let wanted = count.saturating_mul(BITS_PER_NGRAM).max(2 << LINE);
        let lines = wanted.ilog2().min(MAX_BITS) - LINE;
        Self {
            words,
            shift: u64::BITS - lines,
            table: vec![0; WORDS_OF_LINE << lines],
        }
    }

    /// Adds an n-gram.
    pub fn add(&mut self, ngram: u64) {
        let line = self.line(ngram);
        for (index, bit) in (0..BITS).map(|number| place(ngram, number)) {
            self.table[line + index] |= bit;
        }
    }

    /// Returns where the line of an n-gram begins.
    fn line(&self, ngram: u64) -> usize {
        (ngram >> self.shift) as usize * WORDS_OF_LINE
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
        // Nine in ten that are not held out are turned away by the first bit.
        let may_be = |ngram: u64| {
            let line = self.line(ngram);
            let mut places = (0..BITS).map(|number| place(ngram, number));
            places.all(|(index, bit)| self.table[line + index] & bit != 0)
        };
        let numbered = ngrams.into_iter().enumerate();
        numbered.filter(|(_, ngram)| may_be(*ngram)).collect()
    }
}

/// Returns where in its line one of the bits of an n-gram is: its last bits say it.
fn place(ngram: u64, number: u32) -> (usize, u64) {
    let place = (ngram >> (number * LINE)) % (1 << LINE);
    let bits = u64::from(u64::BITS);
    ((place / bits) as usize, 1 << (place % bits))
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
        // 3 of 16,000 are expected at the most.
        assert!(candidates(&numbers(1000..17_000)) < 15);
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
