//! What the filters judge a text by, in one pass; of what takes more than that, bounds.
//!
//! How often words and lines are repeated takes a table of all of them, and most texts are far from
//! repeating too many. So words, runs of three and lines only leave marks in places that their
//! hashes choose. Equal ones choose equal places, and where different ones meet, more seems to be
//! repeated than is.

use std::hint::select_unpredictable;

use super::lines::is_punctuated;
use super::marks::{Marks, Weights};
use super::repetition::{
    REPEATED_LENGTHS, Repetition, SHORTEST_REPEATED, TOP_LENGTHS, TOP_OCCURRENCES,
};
use super::scan::Block;
use super::statistics::Findings;
use super::tokens::NUMBER_BYTES;
use super::vocabulary::{Tally, Vocabulary};

/// Spread the numbers of which words, pairs and lines are made: odd, and half of their bits are
/// set.
const SPREAD: u64 = 0xd6e8_feb8_6659_fd93;
const SPREAD_AGAIN: u64 = 0xa076_1d64_78bd_642f;

/// Returns what is found in a text. The numbers of duplicates and of what is repeated are bounds: it
/// may be less. A text of fewer bytes than a number is not looked at.
pub(super) fn glance(text: &str, vocabulary: &Vocabulary) -> Option<Findings> {
    if text.len() < NUMBER_BYTES {
        return None;
    }
    let mut pass = Pass::new(text, vocabulary);
    let mut start = 0;
    while start < text.len() {
        let block = vocabulary.scanner.read(text, start);
        pass.findings.counts.add(&block);
        pass.findings.evidence.native_letters += block.native;
        pass.take_words(&block, start);
        pass.take_lines(&block, start);
        start += block.length;
    }
    Some(pass.finished())
}

struct Pass<'text> {
    text: &'text str,
    words: Words<'text>,
    findings: Findings,
    line_start: usize,
    line_ends: usize,
    /// Characters of blank lines and of blank ends of lines.
    characters_outside: usize,
    marks: Marks,
    /// Where the last word begins, and whether it may go on in the next block.
    word_start: usize,
    in_word: bool,
    lettered: Having,
    foreign: Having,
}

impl<'text> Pass<'text> {
    fn new(text: &'text str, vocabulary: &'text Vocabulary) -> Self {
        Self {
            text,
            words: Words::new(text, vocabulary),
            findings: Findings::default(),
            line_start: 0,
            line_ends: 0,
            characters_outside: 0,
            marks: Marks::for_text_of(text.len()),
            word_start: 0,
            in_word: false,
            lettered: Having::default(),
            foreign: Having::default(),
        }
    }

    #[inline]
    fn take_words(&mut self, block: &Block, start: usize) {
        let before = block.words << 1 | u64::from(self.in_word);
        let mut starts = block.words & !before;
        let mut ends = before & !block.words & block.bytes();
        let characters = block.words & !block.continuations;
        self.findings.word_characters += characters.count_ones() as usize;
        self.lettered.take(block, block.letters, starts, ends);
        self.foreign.take(block, block.foreign, starts, ends);
        if !self.in_word {
            self.next_start(&mut starts, start);
        }
        while ends != 0 {
            let end = start + ends.trailing_zeros() as usize;
            ends &= ends - 1;
            self.words.take(self.word_start, end, &mut self.marks);
            self.next_start(&mut starts, start);
        }
        self.in_word = block.words >> (block.length - 1) & 1 != 0;
    }

    /// Takes the next start of a word; without one it takes anything, which is not used.
    #[inline]
    fn next_start(&mut self, starts: &mut u64, block_start: usize) {
        self.word_start = block_start + starts.trailing_zeros() as usize;
        *starts &= starts.wrapping_sub(1);
    }

    #[inline]
    fn take_lines(&mut self, block: &Block, start: usize) {
        let mut ends = block.line_ends;
        while ends != 0 {
            let end = start + ends.trailing_zeros() as usize;
            ends &= ends - 1;
            self.take_line(self.line_start, end);
            self.line_start = end + 1;
            self.line_ends += 1;
        }
    }

    fn take_line(&mut self, start: usize, end: usize) {
        let whole = &self.text[start..end];
        let [Some(first), Some(last)] = [whole.bytes().next(), whole.bytes().next_back()] else {
            return;
        };
        if first.is_ascii_graphic() && last.is_ascii_graphic() {
            self.take_trimmed(whole, start);
            return;
        }
        let without_end = whole.trim_end();
        let line = without_end.trim_start();
        if line.len() < whole.len() {
            self.characters_outside += whole.chars().count() - line.chars().count();
        }
        if !line.is_empty() {
            self.take_trimmed(line, start + without_end.len() - line.len());
        }
    }

    #[inline]
    fn take_trimmed(&mut self, line: &str, start: usize) {
        let lines = &mut self.findings.lines;
        lines.lines += 1;
        lines.punctuated += usize::from(is_punctuated(line));
        let ends = key(self.text.as_bytes(), start, start + line.len());
        let spread = (ends ^ line.len() as u64).wrapping_mul(SPREAD);
        if self.marks.mark(spread) {
            lines.duplicates += 1;
            lines.duplicate_characters += line.len();
        }
    }

    fn finished(mut self) -> Findings {
        let end = self.text.len();
        if self.in_word {
            self.words.take(self.word_start, end, &mut self.marks);
        }
        self.take_line(self.line_start, end);
        let mut findings = self.findings;
        let outside = self.line_ends + self.characters_outside;
        findings.lines.characters = findings.counts.characters - outside;
        findings.counts.lettered_words = self.lettered.count(self.in_word);
        findings.evidence.foreign_spellings = self.foreign.count(self.in_word);
        self.words.tell(&mut findings);
        findings
    }
}

/// Counts the words in which there is one of a set of bytes.
#[derive(Default)]
struct Having {
    count: usize,
    /// Whether none is in the last word so far, which may go on in the next block.
    is_without: bool,
}

impl Having {
    /// Takes the words of a block, by addition: from the start of a word a carry runs over the bytes
    /// that are not of the set, and behind the end of a word it is seen if it met no other.
    #[inline]
    fn take(&mut self, block: &Block, set: u64, starts: u64, ends: u64) {
        let others = block.words & !set;
        let starts = starts & others | u64::from(self.is_without);
        let (sum, is_beyond) = others.overflowing_add(starts);
        let having = ends & !sum;
        if having != 0 {
            self.count += having.count_ones() as usize;
        }
        self.is_without = is_beyond || sum & !block.words & !block.bytes() != 0;
    }

    fn count(&self, is_in_word: bool) -> usize {
        self.count + usize::from(is_in_word && !self.is_without)
    }
}

/// What is to be known of words, one after the other.
struct Words<'text> {
    text: &'text str,
    vocabulary: &'text Vocabulary,
    /// How many lengths above that of a number words of the vocabulary can have.
    long_lengths: usize,
    tally: Tally,
    count: usize,
    weights: Weights,
    seen: Seen,
    run: Run,
    /// Made of the last word, and of the last one and the one before.
    last: u64,
    last_two: u64,
    /// Bytes of the words of runs of so many and more, in which every three in a row seem to have
    /// occurred before.
    repeated: [usize; REPEATED_LENGTHS],
}

/// Of the runs of three words that seem to have occurred before: how many, the bytes of their words
/// with a blank for each, and the same of their last words.
#[derive(Clone, Copy, Default)]
struct Seen {
    count: usize,
    bytes: usize,
    last_bytes: usize,
}

/// The words up to the last one, as far back as every three in a row seem to have occurred before.
#[derive(Clone, Copy, Default)]
struct Run {
    words: usize,
    /// Of these words, of the last one, and of the last one and the one before.
    bytes: usize,
    last_bytes: usize,
    two_bytes: usize,
}

impl<'text> Words<'text> {
    fn new(text: &'text str, vocabulary: &'text Vocabulary) -> Self {
        Self {
            text,
            vocabulary,
            long_lengths: vocabulary.longest.saturating_sub(NUMBER_BYTES),
            tally: vocabulary.tally(),
            count: 0,
            weights: Weights::new(),
            seen: Seen::default(),
            run: Run::default(),
            last: 0,
            last_two: 0,
            repeated: [0; REPEATED_LENGTHS],
        }
    }

    /// Takes a word; nearly without branches, as what words follow one another cannot be guessed.
    #[inline(always)]
    fn take(&mut self, start: usize, end: usize, marks: &mut Marks) {
        let length = end - start;
        let key = key(self.text.as_bytes(), start, end);
        // No word is 0.
        let number = select_unpredictable(length <= NUMBER_BYTES, key, 0);
        self.tally.add(self.vocabulary.short(number), 1);
        if length.wrapping_sub(NUMBER_BYTES + 1) < self.long_lengths {
            let kinds = self.vocabulary.long(&self.text[start..end]);
            self.tally.add(kinds, 1);
        }
        let spread = key.wrapping_mul(SPREAD);
        self.weights.add(spread, length + 1);
        let three = self.last_two.wrapping_add(spread);
        self.take_run(length, marks.mark(three));
        let mixed = spread ^ spread >> 32;
        self.last_two = (self.last ^ mixed).wrapping_mul(SPREAD_AGAIN);
        self.last = mixed.wrapping_mul(SPREAD);
        self.count += 1;
    }

    /// Takes the bytes of a word, and whether the run of three that it ends was seen before.
    #[inline(always)]
    fn take_run(&mut self, length: usize, was_seen: bool) {
        let two_bytes = self.run.last_bytes + length;
        if was_seen {
            self.seen.count += 1;
            self.seen.bytes += self.run.two_bytes + length + 3;
            self.seen.last_bytes += length + 1;
            self.run.words += 1;
            self.run.bytes += length;
        } else {
            self.end_run();
            self.run.words = 2;
            self.run.bytes = two_bytes;
        }
        self.run.last_bytes = length;
        self.run.two_bytes = two_bytes;
    }

    fn end_run(&mut self) {
        if self.run.words >= SHORTEST_REPEATED {
            let lengths = (self.run.words + 1 - SHORTEST_REPEATED).min(REPEATED_LENGTHS);
            for bytes in &mut self.repeated[..lengths] {
                *bytes += self.run.bytes;
            }
        }
    }

    fn tell(mut self, findings: &mut Findings) {
        self.end_run();
        findings.words = self.count;
        self.tally.tell(&mut findings.evidence);
        findings.repetition = Repetition {
            top: self.top(),
            repeated: self.repeated,
        };
    }

    /// Returns bounds for the characters of the most frequent runs of two, three and four words.
    ///
    /// No run occurs more often than one of its words, so that its words, with a blank for each, weigh
    /// no more than the heaviest word for each of them. And of the three words with which a run
    /// begins, all occurrences but the first are seen to have occurred before, which are two of three
    /// at least; the fourth word is the last of three more.
    fn top(&self) -> [usize; TOP_LENGTHS] {
        let heaviest = self.weights.heaviest(TOP_OCCURRENCES);
        let all = |seen_bytes: usize| {
            if self.seen.count + 1 < TOP_OCCURRENCES {
                return 0;
            }
            seen_bytes + seen_bytes.div_ceil(TOP_OCCURRENCES - 1)
        };
        [
            2 * heaviest,
            all(self.seen.bytes).min(3 * heaviest),
            all(self.seen.bytes + self.seen.last_bytes).min(4 * heaviest),
        ]
    }
}

/// Returns what is made of the first and the last bytes of a piece of a text, all of a short one.
#[inline]
fn key(text: &[u8], start: usize, end: usize) -> u64 {
    let length = end - start;
    let first = match text[start..].first_chunk() {
        Some(bytes) => u64::from_le_bytes(*bytes),
        None => number_at_the_end(text, start),
    };
    let first = first & u64::MAX >> (64 - 8 * length.min(NUMBER_BYTES));
    let Some(bytes) = text[..end].last_chunk() else {
        return first;
    };
    let last = u64::from_le_bytes(*bytes).wrapping_mul(SPREAD_AGAIN);
    first ^ select_unpredictable(length > NUMBER_BYTES, last, 0)
}

/// Returns the number of the bytes from an index on, which are fewer than that takes.
#[cold]
fn number_at_the_end(text: &[u8], start: usize) -> u64 {
    let mut number = [0; NUMBER_BYTES];
    number[..text.len() - start].copy_from_slice(&text[start..]);
    u64::from_le_bytes(number)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::lines::Lines;
    use super::super::tokens::Tokens;
    use super::*;

    fn vocabulary() -> Vocabulary {
        let [native, foreign, stop] = [
            ["și", "de", "lalelele"],
            ["the", "la", "lalelelele"],
            ["și", "de", "ș"],
        ]
        .map(|words| words.map(str::to_owned));
        Vocabulary::new(&native, &foreign, &stop, "adelpteh", "șț")
    }

    /// What is found when everything is counted.
    fn counted(text: &str, vocabulary: &Vocabulary) -> Findings {
        let tokens = Tokens::of(text, &vocabulary.scanner);
        Findings {
            words: tokens.words.len(),
            word_characters: tokens.word_characters(),
            lines: Lines::of(text),
            evidence: vocabulary.evidence(&tokens),
            repetition: Repetition::of(&tokens),
            counts: tokens.counts,
        }
    }

    /// Everything that is repeated in a text.
    fn repeated(found: &Findings) -> Vec<usize> {
        let lines = [found.lines.duplicates, found.lines.duplicate_characters];
        let runs = &found.repetition;
        [&lines[..], &runs.top, &runs.repeated].concat()
    }

    fn check(text: &str) -> Result<(), TestCaseError> {
        let vocabulary = vocabulary();
        let counted = counted(text, &vocabulary);
        let Some(mut found) = glance(text, &vocabulary) else {
            prop_assert!(text.len() < NUMBER_BYTES);
            return Ok(());
        };
        for (bound, count) in repeated(&found).iter().zip(repeated(&counted)) {
            prop_assert!(*bound >= count, "{:?}, {:?}", found, counted);
        }
        found.repetition = counted.repetition.clone();
        found.lines.duplicates = counted.lines.duplicates;
        found.lines.duplicate_characters = counted.lines.duplicate_characters;
        prop_assert_eq!(found, counted);
        Ok(())
    }

    proptest! {
        #[test]
        fn all_but_repetition_is_as_counted_and_of_that_there_is_no_more(
            words in prop::collection::vec(
                "[ab12ș ]|de|Și|THE|lalelele|LALELELELE|abcdefghijkl|\n| \n|[.—\u{a0}日]|\\PC", 0..90,
            ),
            separator in "[ \n]?",
            repeats in 1_usize..4,
        ) {
            check(&words.join(&separator).repeat(repeats))?;
        }

        #[test]
        fn runs_of_words_are_repeated_no_more_than_they_seem_to_be(
            words in prop::collection::vec("a|bă|cuvânt|d", 0..80),
            copies in prop::collection::vec((0_usize..70, 1_usize..30), 0..6),
        ) {
            let mut words = words;
            for (start, length) in copies {
                let end = (start + length).min(words.len());
                words.extend_from_within(start.min(end)..end);
            }
            check(&words.join(" "))?;
        }
    }

    #[test]
    fn what_repeats_little_does_not_seem_to_repeat_much() {
        let words = (0..400).map(|number| format!("cuvântul{}", number % 300));
        let text = words.collect::<Vec<_>>().join(" ");
        let found = glance(&text, &vocabulary()).expect("a text of more bytes than a number");
        let few = text.len() / 8;
        assert!(found.repetition.top.iter().all(|top| *top < few));
        assert_eq!(found.lines, Lines::of(&text));
        let counted = counted(&text, &vocabulary()).repetition.repeated;
        for (bound, count) in found.repetition.repeated.iter().zip(counted) {
            assert!(*bound < count + count / 4, "{bound}, {count}");
        }
    }
}
