//! What copies are found by: folded words, shingles, signatures and their similarity.

use std::num::NonZeroUsize;

use gpt2ro_corpus::{MinHasher, Words, distinct, jaccard, shingles};

const BANDS: usize = 3;
const ROWS: NonZeroUsize = NonZeroUsize::new(2).expect("2 is not 0");

/// The first byte is the number of words of a shingle, the rest a text.
pub fn copies(bytes: &[u8]) -> bool {
    let [length, text @ ..] = bytes else {
        return false;
    };
    let length = NonZeroUsize::new(usize::from(*length)).unwrap_or(NonZeroUsize::MIN);
    let text = String::from_utf8_lossy(text);
    let folded = Words::folded(&text);
    assert_eq!(
        Words::folded(folded.as_str()),
        folded,
        "folding twice is not folding once"
    );
    for words in [folded, Words::plain(&text)] {
        check_words(&words);
        check_shingles(&words, length);
    }
    check_similarity(bytes);
    true
}

fn check_words(words: &Words) {
    let again: Vec<&str> = words.as_str().split_whitespace().collect();
    assert_eq!(again.join(" "), words.as_str());
}

fn check_shingles(words: &Words, length: NonZeroUsize) {
    let found = shingles(words, length);
    let count = words.as_str().split(' ').count();
    assert_eq!(found.len(), count.saturating_sub(length.get() - 1).max(1));
    let hasher = MinHasher::new(BANDS, ROWS);
    let bands = hasher.bands(&found);
    assert_eq!(bands.len(), BANDS);
    let set = distinct(found);
    assert!(set.is_sorted_by(|one, other| one < other));
    assert_eq!(hasher.bands(&set), bands, "repetition changes the bands");
    assert_eq!(jaccard(set.iter().copied(), set.iter().copied()), 1.0);
}

/// Any two lists of hashes, also ones that are no sets in order, have a similarity.
fn check_similarity(bytes: &[u8]) {
    let (left, right) = bytes.split_at(bytes.len() / 2);
    let (left, right) = (hashes(left), hashes(right));
    let found = jaccard(left.iter().copied(), right.iter().copied());
    assert!((0.0..=1.0).contains(&found), "{found}");
    assert_eq!(jaccard(right.into_iter(), left.into_iter()), found);
}

fn hashes(bytes: &[u8]) -> Vec<u64> {
    let (chunks, _) = bytes.as_chunks();
    chunks
        .iter()
        .map(|&chunk| u64::from_le_bytes(chunk))
        .collect()
}
