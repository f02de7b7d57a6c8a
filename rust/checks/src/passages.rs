//! Passages of texts that are looked for in others: lines, paragraphs, and runs of words.

use std::convert::Infallible;
use std::num::NonZeroUsize;

use gpt2ro_corpus::{HeldOut, NO_LINE, Words, line_keys, paragraphs, shingles, without_held_out};

/// The first byte says how many words are looked for; the first line of the rest is held out, the
/// others are a text. What is no UTF-8 in them is replaced.
pub fn passages(bytes: &[u8]) -> bool {
    let Some((&asked, bytes)) = bytes.split_first() else {
        return false;
    };
    let text = String::from_utf8_lossy(bytes);
    let (held_out, text) = text.split_once('\n').unwrap_or((&text, ""));
    let words = NonZeroUsize::new(usize::from(asked % 8)).unwrap_or(NonZeroUsize::MIN);
    check_lines(text);
    check_paragraphs(text, words.get());
    check_held_out(held_out, text, words);
    true
}

fn check_lines(text: &str) {
    let keys = line_keys(text, 7);
    let lines: Vec<&str> = text.split('\n').collect();
    assert_eq!(keys.len(), lines.len());
    for (line, key) in lines.into_iter().zip(keys) {
        let is_empty = Words::folded(line).as_str().is_empty();
        assert!(!is_empty || key == NO_LINE);
    }
}

fn check_paragraphs(text: &str, min_words: usize) {
    let lines = text.split('\n').count();
    let mut before = 0;
    for one in paragraphs(text, min_words) {
        assert!(before <= one.start && one.start < one.stop && one.stop <= lines);
        before = one.stop;
        let passage: Vec<&str> = text.split('\n').collect();
        let words = Words::folded(&passage[one.start..one.stop].join("\n")).count();
        assert!(words >= min_words, "{words}");
    }
}

/// What is left of a text is less, and has no run of words that begins in it as a held-out one.
fn check_held_out(held_out: &str, text: &str, words: NonZeroUsize) {
    let mut known = shingles(&Words::folded(held_out), words);
    known.sort_unstable();
    let mut index = HeldOut::new(words, known.len());
    known.iter().for_each(|ngram| index.add(*ngram));
    let candidates = index.candidates(&Words::folded(text));
    assert!(candidates.is_sorted_by(|one, other| one.0 < other.0));
    let mut asked = 0;
    let found = without_held_out(text, &index, |ngrams| {
        asked = ngrams.len();
        let known = ngrams
            .iter()
            .map(|ngram| known.binary_search(ngram).is_ok());
        Ok::<_, Infallible>(known.collect())
    });
    let Ok(found) = found;
    assert!(asked <= candidates.len() || text.contains('\n'));
    if let Some((rest, sentences)) = found {
        assert!(sentences > 0 && asked > 0);
        assert!(rest.len() <= text.len());
    }
}
