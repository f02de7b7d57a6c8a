use std::num::NonZeroUsize;

use xxhash_rust::xxh3::xxh3_64;

use crate::words::Words;

/// Bytes in which ends of words are looked for at once.
const BLOCK: usize = 4096;

/// Returns the hash of every run of `length` consecutive words, in order, repeated ones too.
///
/// A text of fewer words is one shingle, so that it has a signature too. The hash is XXH3 with 64
/// bits: two different shingles of a pair of texts of 100,000 shingles each share it with a
/// probability of 1e-9, so counting hashes is counting shingles.
pub fn shingles(words: &Words, length: NonZeroUsize) -> Vec<u64> {
    let text = words.as_str().as_bytes();
    let ends = ends(text);
    let count = ends.len().saturating_sub(length.get() - 1).max(1);
    (0..count)
        .map(|first| {
            let last = (first + length.get()).min(ends.len()) - 1;
            let start = if first == 0 { 0 } else { ends[first - 1] + 1 };
            xxh3_64(&text[start..ends[last]])
        })
        .collect()
}

/// Returns where each word ends.
fn ends(text: &[u8]) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut count = 0;
    for (block, start) in text.chunks(BLOCK).zip((0..).step_by(BLOCK)) {
        // Each byte is noted as an end, and overwritten by the next one if it is none: ends of words
        // are nothing that a branch could be guessed by.
        ends.resize(count + BLOCK, 0);
        for (index, byte) in (start..).zip(block) {
            ends[count] = index;
            count += usize::from(*byte == b' ');
        }
    }
    ends.truncate(count);
    ends.push(text.len());
    ends
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, length: usize) -> Vec<u64> {
        shingles(&Words::plain(text), NonZeroUsize::new(length).unwrap())
    }

    #[test]
    fn a_shingle_is_a_run_of_words() {
        let expected: Vec<u64> = ["a b", "b c", "c d"]
            .map(|run| xxh3_64(run.as_bytes()))
            .into();
        assert_eq!(of("a b c d", 2), expected);
    }

    #[test]
    fn a_short_text_is_one_shingle() {
        assert_eq!(of("a b", 5), [xxh3_64(b"a b")]);
        assert_eq!(of("a b", 2), [xxh3_64(b"a b")]);
        assert_eq!(of("", 5), [xxh3_64(b"")]);
    }

    #[test]
    fn repeated_shingles_are_kept() {
        let found = of("a a a", 1);
        assert_eq!(found, [found[0]; 3]);
    }
}
