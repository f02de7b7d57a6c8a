use std::str::Chars;

use xxhash_rust::xxh3::xxh3_64;

use super::classes::{Class, Classes};
use super::groups::Groups;

/// The words of a text, numbered so that equal words have equal numbers, and counts of characters.
///
/// Words are told apart by their 64-bit XXH3 hashes: among a million different words two share one
/// with a probability of 3e-8, so counting hashes is counting words.
pub(super) struct Tokens<'text> {
    pub(super) counts: Counts,
    /// The group of each word, in order.
    pub(super) words: Vec<u32>,
    /// Characters of all words before each word, and at the end of all of them.
    pub(super) offsets: Vec<u32>,
    /// Each group's word.
    pub(super) distinct: Vec<&'text str>,
    /// Each group's hash, [`word_hash`] of its word.
    pub(super) hashes: Vec<u64>,
    /// How often each group's word occurs.
    pub(super) occurrences: Vec<u32>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) characters: usize,
    pub(super) letters: usize,
    pub(super) blanks: usize,
    /// Words in which there is a letter.
    pub(super) lettered_words: usize,
}

/// Bytes of a word with what follows it, in Romanian: 6.5. Only a guess for the first allocation.
const BYTES_PER_WORD: usize = 6;

/// Returns the hash by which words are told apart.
pub(super) fn word_hash(word: &str) -> u64 {
    xxh3_64(word.as_bytes())
}

impl<'text> Tokens<'text> {
    pub(super) fn of(text: &'text str) -> Self {
        let scan = Scan::of(text);
        let mut groups = Groups::with_capacity(scan.words.len());
        let mut words = Vec::with_capacity(scan.words.len());
        let mut distinct = Vec::with_capacity(scan.words.len());
        for (start, end) in scan.words {
            let word = &text[start as usize..end as usize];
            let group = groups.add(word_hash(word));
            if group as usize == distinct.len() {
                distinct.push(word);
            }
            words.push(group);
        }
        let (hashes, occurrences) = groups.into_keys_and_counts();
        Self {
            counts: scan.counts,
            words,
            offsets: scan.offsets,
            distinct,
            hashes,
            occurrences,
        }
    }

    /// Returns the characters of all words.
    pub(super) fn word_characters(&self) -> usize {
        self.offsets[self.words.len()] as usize
    }
}

/// What one walk over the characters finds.
struct Scan {
    counts: Counts,
    /// Where each word begins and ends, in bytes.
    words: Vec<(u32, u32)>,
    offsets: Vec<u32>,
}

impl Scan {
    fn of(text: &str) -> Self {
        assert!(u32::try_from(text.len()).is_ok(), "a text is below 4 GB");
        let classes = Classes::new();
        let mut counts = Counts::default();
        let mut words = Vec::with_capacity(text.len() / BYTES_PER_WORD);
        let mut offsets = Vec::with_capacity(words.capacity() + 1);
        let mut word_characters = 0;
        let mut rest = text.chars();
        offsets.push(0);
        while !rest.as_str().is_empty() {
            let start = text.len() - rest.as_str().len();
            let word = Word::skip(&mut rest, &classes);
            if word.characters > 0 {
                let end = text.len() - rest.as_str().len();
                words.push((start as u32, end as u32));
                word_characters += word.characters;
                offsets.push(word_characters);
                counts.characters += word.characters as usize;
                counts.letters += word.letters as usize;
                counts.lettered_words += usize::from(word.letters > 0);
            }
            if let Some(character) = rest.next() {
                counts.characters += 1;
                counts.blanks += usize::from(classes.of(character) == Class::Blank);
            }
        }
        Self {
            counts,
            words,
            offsets,
        }
    }
}

/// The counts of one word.
struct Word {
    characters: u32,
    letters: u32,
}

impl Word {
    /// Moves past the letters and digits that come next, maybe none, and counts them.
    #[inline]
    fn skip(rest: &mut Chars, classes: &Classes) -> Self {
        let (mut characters, mut letters) = (0, 0);
        loop {
            let mut ahead = rest.clone();
            match ahead.next().map(|character| classes.of(character)) {
                Some(Class::Letter) => letters += 1,
                Some(Class::Digit) => (),
                _ => {
                    return Self {
                        characters,
                        letters,
                    };
                }
            }
            characters += 1;
            *rest = ahead;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_runs_of_letters_and_digits() {
        let tokens = Tokens::of("Într-o zi, 12 pui și 12 B2");
        let words: Vec<&str> = tokens
            .words
            .iter()
            .map(|group| tokens.distinct[*group as usize])
            .collect();
        assert_eq!(words, ["Într", "o", "zi", "12", "pui", "și", "12", "B2"]);
        assert_eq!(tokens.words, [0, 1, 2, 3, 4, 5, 3, 6]);
        assert_eq!(tokens.occurrences, [1, 1, 1, 2, 1, 1, 1]);
        assert_eq!(tokens.offsets, [0, 4, 5, 7, 9, 12, 14, 16, 18]);
        assert_eq!(tokens.counts.lettered_words, 6);
    }

    #[test]
    fn characters_are_code_points() {
        let tokens = Tokens::of("ță 1\u{a0}語😀");
        assert_eq!(tokens.counts.characters, 7);
        assert_eq!((tokens.counts.letters, tokens.counts.blanks), (3, 2));
    }

    #[test]
    fn nothing_has_nothing() {
        let tokens = Tokens::of("");
        assert_eq!(tokens.counts, Counts::default());
        assert_eq!(tokens.offsets, [0]);
    }
}
