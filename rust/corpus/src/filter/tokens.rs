use xxhash_rust::xxh3::xxh3_64;

use super::groups::Groups;
use super::scan::{Block, Scanner};
use crate::blocks::{Gather, ROOM, Task, below, run};

/// The words of a text, numbered so that equal words have equal numbers, and counts of characters.
///
/// Words are told apart by [`word_hash`]: among a million different words two share one with a
/// probability of 3e-8 at most, so counting hashes is counting words.
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

impl Counts {
    /// Counts the characters of a block.
    #[inline(always)]
    pub(super) fn add(&mut self, block: &Block) {
        self.characters += block.length - block.continuations.count_ones() as usize;
        self.letters += block.letters.count_ones() as usize;
        self.blanks += block.blanks;
    }
}

/// Bytes of a word with what follows it, in Romanian: 6.5. Only a guess for the first allocation.
const BYTES_PER_WORD: usize = 6;
/// Different words of a text: all of a short one, of a novel one in five. Only a guess, too; a table
/// that is larger than it need be is slower than one that grows.
const SHORT_TEXT_WORDS: usize = 512;
const WORDS_PER_DISTINCT: usize = 5;

/// Bytes of which a number of 64 bits is made.
pub(super) const NUMBER_BYTES: usize = size_of::<u64>();

/// Returns the hash by which words are told apart: the bytes of a word of up to eight, which are two
/// of three, and the XXH3 hash of a longer one.
#[inline]
pub(super) fn word_hash(text: &str, start: usize, end: usize) -> u64 {
    let bytes = &text.as_bytes()[start..];
    let length = end - start;
    if length > NUMBER_BYTES {
        return xxh3_64(&bytes[..length]);
    }
    if let Some(number) = bytes.first_chunk() {
        return u64::from_le_bytes(*number) & below(8 * length);
    }
    let mut number = [0; NUMBER_BYTES];
    number[..length].copy_from_slice(&bytes[..length]);
    u64::from_le_bytes(number)
}

impl<'text> Tokens<'text> {
    pub(super) fn of(text: &'text str, scanner: &Scanner) -> Self {
        assert!(u32::try_from(text.len()).is_ok(), "a text is below 4 GB");
        let guess = text.len() / BYTES_PER_WORD;
        let distinct = guess.min(SHORT_TEXT_WORDS + guess / WORDS_PER_DISTINCT);
        let mut tokens = Self {
            counts: Counts::default(),
            words: Vec::with_capacity(guess),
            offsets: Vec::with_capacity(guess + 1),
            distinct: Vec::with_capacity(distinct),
            hashes: Vec::new(),
            occurrences: Vec::new(),
        };
        let mut groups = Groups::with_capacity(distinct);
        let mut characters = 0;
        tokens.offsets.push(0);
        let give = |word: &Word| {
            let hash = word_hash(text, word.start, word.end);
            let group = groups.add(hash);
            if group as usize == tokens.distinct.len() {
                tokens.distinct.push(&text[word.start..word.end]);
            }
            characters += word.characters;
            tokens.words.push(group);
            tokens.offsets.push(characters);
        };
        tokens.counts = run(Scan {
            text,
            scanner,
            give,
        });
        (tokens.hashes, tokens.occurrences) = groups.into_keys_and_counts();
        tokens
    }

    /// Returns the characters of all words.
    pub(super) fn word_characters(&self) -> usize {
        self.offsets[self.words.len()] as usize
    }
}

/// Where a word is, in bytes, and its characters.
#[derive(Default)]
struct Word {
    start: usize,
    end: usize,
    characters: u32,
    is_lettered: bool,
}

impl Word {
    /// Takes bytes of a block.
    #[inline]
    fn take(&mut self, block: &Block, from: usize, to: usize) {
        let bytes = below(to) & !below(from);
        self.characters += (to - from) as u32 - (bytes & block.continuations).count_ones();
        self.is_lettered |= bytes & block.letters != 0;
    }
}

/// Gives each word of a text away, in order, and counts.
struct Scan<'text, Give> {
    text: &'text str,
    scanner: &'text Scanner,
    give: Give,
}

impl<Give: FnMut(&Word)> Task for Scan<'_, Give> {
    type Output = Counts;

    #[inline(always)]
    fn run(self, gather: impl Gather) -> Counts {
        let Self {
            text,
            scanner,
            mut give,
        } = self;
        let mut counts = Counts::default();
        let mut word = Word::default();
        let (mut start, mut in_word, mut room) = (0, false, ROOM);
        while start < text.len() {
            let block = scanner.read(gather, text, start, &mut room);
            counts.add(&block);
            // Where a word begins, and behind its end.
            let mut bounds = block.words ^ (block.words << 1 | u64::from(in_word));
            bounds &= below(block.length);
            let mut from = 0;
            while bounds != 0 {
                let bound = bounds.trailing_zeros() as usize;
                bounds &= bounds - 1;
                if in_word {
                    word.take(&block, from, bound);
                    word.end = start + bound;
                    counts.lettered_words += usize::from(word.is_lettered);
                    give(&word);
                } else {
                    word = Word {
                        start: start + bound,
                        ..Word::default()
                    };
                }
                from = bound;
                in_word = !in_word;
            }
            if in_word {
                word.take(&block, from, block.length);
            }
            start += block.length;
        }
        if in_word {
            word.end = text.len();
            counts.lettered_words += usize::from(word.is_lettered);
            give(&word);
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::super::alphabet::Alphabet;
    use super::*;

    fn tokens(text: &str) -> Tokens<'_> {
        Tokens::of(text, &Scanner::new(Alphabet::new("abdeinortu", "țșî")))
    }

    #[test]
    fn words_are_runs_of_letters_and_digits() {
        let tokens = tokens("Într-o zi, 12 pui și 12 B2");
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
        let tokens = tokens("ță 1\u{a0}語😀");
        assert_eq!(tokens.counts.characters, 7);
        assert_eq!((tokens.counts.letters, tokens.counts.blanks), (3, 2));
    }

    #[test]
    fn nothing_has_nothing() {
        let tokens = tokens("");
        assert_eq!(tokens.counts, Counts::default());
        assert_eq!(tokens.offsets, [0]);
    }
}
