//! What the filters judge a text by, in one pass; of what takes more than that, bounds.
//!
//! How often words and lines are repeated takes a table of all of them, and most texts are far from
//! repeating too many. So words, runs of three and lines only leave marks in places that their
//! hashes choose. Equal ones choose equal places, and where different ones meet, more seems to be
//! repeated than is.

use super::batch::{Room, Words};
use super::keys::{key, spread};
use super::lines::is_punctuated;
use super::losses::lost_letters;
use super::scan::Block;
use super::statistics::Findings;
use super::tokens::NUMBER_BYTES;
use super::vocabulary::Vocabulary;
use crate::blocks::{Gather, ROOM, Task, run};

/// Returns what is found in a text. The numbers of duplicates and of what is repeated are bounds: it
/// may be less. A text of fewer bytes than a number is not looked at.
pub(super) fn glance(text: &str, vocabulary: &Vocabulary, room: &mut Room) -> Option<Findings> {
    (text.len() >= NUMBER_BYTES).then(|| run(&mut Pass::new(text, vocabulary, room)))
}

/// One pass over a text.
struct Pass<'text> {
    text: &'text str,
    vocabulary: &'text Vocabulary,
    words: Words<'text>,
    findings: Findings,
    line_start: usize,
    line_ends: usize,
    /// Characters of blank lines and of blank ends of lines.
    characters_outside: usize,
    /// Whether the last word may go on in the next block.
    in_word: bool,
    lettered: Having,
    foreign: Having,
}

impl Task for &mut Pass<'_> {
    type Output = Findings;

    #[inline(always)]
    fn run(self, gather: impl Gather) -> Findings {
        let (mut start, mut room) = (0, ROOM);
        while start < self.text.len() {
            let block = self
                .vocabulary
                .scanner
                .read(gather, self.text, start, &mut room);
            self.findings.counts.add(&block);
            self.findings.evidence.native_letters += block.native;
            self.take_words(&block, start);
            self.take_lines(&block, start);
            start += block.length;
        }
        self.finished()
    }
}

impl<'text> Pass<'text> {
    fn new(text: &'text str, vocabulary: &'text Vocabulary, room: &'text mut Room) -> Self {
        Self {
            text,
            vocabulary,
            words: Words::new(text, vocabulary, room),
            findings: Findings::default(),
            line_start: 0,
            line_ends: 0,
            characters_outside: 0,
            in_word: false,
            lettered: Having::default(),
            foreign: Having::default(),
        }
    }

    #[inline(always)]
    fn take_words(&mut self, block: &Block, start: usize) {
        let before = block.words << 1 | u64::from(self.in_word);
        let starts = block.words & !before;
        let ends = before & !block.words & block.bytes();
        let characters = block.words & !block.continuations;
        self.findings.word_characters += characters.count_ones() as usize;
        self.lettered.take(block, block.letters, starts, ends);
        self.foreign.take(block, block.foreign, starts, ends);
        self.words.take_bounds(starts | ends, start);
        self.words.take_whole_batches();
        self.in_word = block.words >> (block.length - 1) & 1 != 0;
    }

    #[inline(always)]
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
        if self.words.mark_line(spread(ends ^ line.len() as u64)) {
            lines.duplicates += 1;
            lines.duplicate_characters += line.len();
        }
    }

    #[inline(always)]
    fn finished(&mut self) -> Findings {
        let end = self.text.len();
        self.words.take_rest(end);
        self.take_line(self.line_start, end);
        let mut findings = std::mem::take(&mut self.findings);
        let outside = self.line_ends + self.characters_outside;
        findings.lines.characters = findings.counts.characters - outside;
        findings.counts.lettered_words = self.lettered.count(self.in_word);
        findings.evidence.foreign_spellings = self.foreign.count(self.in_word);
        findings.lost_letters = lost_letters(self.text);
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
    #[inline(always)]
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::lines::Lines;
    use super::super::repetition::Repetition;
    use super::super::tokens::Tokens;
    use super::*;

    fn vocabulary() -> Vocabulary {
        let [native, foreign, damaged, stop] = [
            ["și", "de", "lalelele"],
            ["the", "la", "lalelelele"],
            ["cnd", "de", "abcdefghijkl"],
            ["și", "de", "ș"],
        ]
        .map(|words| words.map(str::to_owned));
        Vocabulary::new(&native, &foreign, &damaged, &stop, "adelpteh", "șț")
    }

    /// What is found when everything is counted.
    fn counted(text: &str, vocabulary: &Vocabulary) -> Findings {
        let tokens = Tokens::of(text, &vocabulary.scanner);
        Findings {
            words: tokens.words.len(),
            word_characters: tokens.word_characters(),
            lines: Lines::of(text),
            evidence: vocabulary.evidence(&tokens),
            lost_letters: lost_letters(text),
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
        let Some(mut found) = glance(text, &vocabulary, &mut Room::default()) else {
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
                "[ab12ș? ]|de|Și|THE|Cnd|lalelele|LALELELELE|abcdefghijkl|\n| \n|[.—\u{a0}日]|\\PC", 0..90,
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
        let found = glance(&text, &vocabulary(), &mut Room::default())
            .expect("a text of more bytes than a number");
        let few = text.len() / 8;
        assert!(found.repetition.top.iter().all(|top| *top < few));
        assert_eq!(found.lines, Lines::of(&text));
        let counted = counted(&text, &vocabulary()).repetition.repeated;
        for (bound, count) in found.repetition.repeated.iter().zip(counted) {
            assert!(*bound < count + count / 4, "{bound}, {count}");
        }
    }
}
