use std::num::NonZeroUsize;

use xxhash_rust::xxh3::xxh3_64;

use crate::words::Words;

/// Returns the hash of every run of `length` consecutive words, in order, repeated ones too.
///
/// A text of fewer words is one shingle, so that it has a signature too. The hash is XXH3 with 64
/// bits: two different shingles of a pair of texts of 100,000 shingles each share it with a
/// probability of 1e-9, so counting hashes is counting shingles.
pub fn shingles(words: &Words, length: NonZeroUsize) -> Vec<u64> {
    let text = words.as_str().as_bytes();
    let mut ends: Vec<usize> = (0..text.len())
        .filter(|&index| text[index] == b' ')
        .collect();
    ends.push(text.len());
    let count = ends.len().saturating_sub(length.get() - 1).max(1);
    (0..count)
        .map(|first| {
            let last = (first + length.get()).min(ends.len()) - 1;
            let start = if first == 0 { 0 } else { ends[first - 1] + 1 };
            xxh3_64(&text[start..ends[last]])
        })
        .collect()
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
