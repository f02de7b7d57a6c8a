//! Words by the batch: what tells the language, and what seems to be repeated.
//!
//! A loop over all words of a batch that does one thing is quicker than one that does all of them word
//! by word: nothing in it has to be guessed, and what it keeps fits into the processor's registers.

use std::hint::select_unpredictable;

use super::keys::{SPREAD, SPREAD_AGAIN, key, spread};
use super::lexicon::Kinds;
use super::marks::{Marks, Weights};
use super::repetition::{
    REPEATED_LENGTHS, Repetition, SHORTEST_REPEATED, TOP_LENGTHS, TOP_OCCURRENCES,
};
use super::statistics::Findings;
use super::tokens::NUMBER_BYTES;
use super::vocabulary::{Tally, Vocabulary};
use crate::blocks::{BLOCK, below, members};

/// Words of a batch: a set of them is a number.
const BATCH: usize = u64::BITS as usize;
/// Bounds of words that are written together; of a block there are 20, in most texts.
const TOGETHER: usize = 8;
/// What is known of so many words before a batch.
const BEFORE: usize = 4;

/// What is to be known of words, one after the other.
pub(super) struct Words<'text> {
    text: &'text str,
    vocabulary: &'text Vocabulary,
    tally: Tally<'text>,
    count: usize,
    weights: Weights,
    marks: Marks<'text>,
    seen: Seen,
    run: Run,
    /// Bytes of the words of runs of so many and more, in which every three in a row seem to have
    /// occurred before.
    repeated: [usize; REPEATED_LENGTHS],
    batch: &'text mut Batch,
    filled: usize,
    /// Made of the last word, and of the last one and the one before.
    last: u64,
    last_two: u64,
}

/// Words that are taken together. It is used for one text after the other, and what stands in it from
/// one before does not matter.
#[derive(Clone, Debug)]
struct Batch {
    /// Where words begin and end, in turns, as many as are filled: less than a batch, and a block.
    bounds: [usize; 2 * BATCH + BLOCK],
    /// What the words of a batch are told apart by, and their bytes, behind those of words before.
    spreads: [u64; BATCH],
    lengths: [usize; BEFORE + BATCH],
}

/// What is used for one text after the other, as to make it anew takes long for a short one.
#[derive(Clone, Debug)]
pub(super) struct Room {
    batch: Box<Batch>,
    marks: Vec<u64>,
    stops: Vec<bool>,
}

impl Default for Room {
    fn default() -> Self {
        Self {
            batch: Box::new(Batch {
                bounds: [0; 2 * BATCH + BLOCK],
                spreads: [0; BATCH],
                lengths: [0; BEFORE + BATCH],
            }),
            marks: Vec::new(),
            stops: Vec::new(),
        }
    }
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
    bytes: usize,
}

impl<'text> Words<'text> {
    pub(super) fn new(
        text: &'text str,
        vocabulary: &'text Vocabulary,
        room: &'text mut Room,
    ) -> Self {
        let Room {
            batch,
            marks,
            stops,
        } = room;
        batch.lengths[..BEFORE].fill(0);
        Self {
            text,
            vocabulary,
            tally: vocabulary.tally(stops),
            count: 0,
            weights: Weights::new(),
            marks: Marks::for_text_of(text.len(), marks),
            seen: Seen::default(),
            run: Run::default(),
            repeated: [0; REPEATED_LENGTHS],
            batch,
            filled: 0,
            last: 0,
            last_two: 0,
        }
    }

    /// Takes where words of a block begin and end. There must be less than a batch before.
    #[inline(always)]
    pub(super) fn take_bounds(&mut self, mut bounds: u64, block_start: usize) {
        let count = bounds.count_ones() as usize;
        let room = &mut self.batch.bounds[self.filled..][..BLOCK];
        // Written are more than there are: how many groups that takes is guessed easily.
        for group in room
            .chunks_exact_mut(TOGETHER)
            .take(count.div_ceil(TOGETHER))
        {
            for bound in group {
                *bound = block_start + bounds.trailing_zeros() as usize;
                bounds &= bounds.wrapping_sub(1);
            }
        }
        self.filled += count;
    }

    #[inline(always)]
    pub(super) fn take_whole_batches(&mut self) {
        if self.filled >= 2 * BATCH {
            self.take(BATCH);
            self.batch.bounds.copy_within(2 * BATCH.., 0);
            self.filled -= 2 * BATCH;
        }
    }

    /// Takes what is left at the end of the text, where a word may end.
    #[inline(always)]
    pub(super) fn take_rest(&mut self, end: usize) {
        self.batch.bounds[self.filled] = end;
        self.take(self.filled.div_ceil(2));
    }

    /// Takes so many words, the first ones.
    #[inline(always)]
    fn take(&mut self, count: usize) {
        self.look_up(count);
        let seen = self.marked(count);
        for word in members(seen) {
            let bytes = self.bytes_before(word + 1, 3);
            self.seen.count += 1;
            self.seen.bytes += bytes + 3;
            self.seen.last_bytes += self.batch.lengths[BEFORE + word] + 1;
        }
        self.take_runs(count, seen);
        self.batch.lengths.copy_within(count..count + BEFORE, 0);
        self.count += count;
    }

    /// Marks a line, and returns whether one like it was marked before.
    #[inline(always)]
    pub(super) fn mark_line(&mut self, spread: u64) -> bool {
        self.marks.mark(spread)
    }

    /// Takes what the words are, each alone.
    #[inline(always)]
    fn look_up(&mut self, count: usize) {
        let (text, vocabulary) = (self.text, self.vocabulary);
        let mut kinds = [Kinds::default(); BATCH];
        let Batch {
            bounds,
            spreads,
            lengths,
        } = &mut *self.batch;
        let (bounds, _) = bounds.as_chunks();
        let kept = spreads.iter_mut().zip(&mut lengths[BEFORE..]);
        for (([start, end], kinds), (spread, length)) in
            bounds.iter().zip(&mut kinds).zip(kept).take(count)
        {
            let key = key(text.as_bytes(), *start, *end);
            *length = end - start;
            *spread = self::spread(key);
            // No word is 0.
            let number = select_unpredictable(*length <= NUMBER_BYTES, key, 0);
            *kinds = vocabulary.short(number);
            if vocabulary.may_be_long(*spread) && *length > NUMBER_BYTES {
                *kinds = vocabulary.long(&text[*start..*end]);
            }
        }
        self.tally.add_all(&kinds[..count]);
        for (spread, length) in self
            .batch
            .spreads
            .iter()
            .zip(&self.batch.lengths[BEFORE..])
            .take(count)
        {
            self.weights.add(*spread, *length + 1);
        }
    }

    /// Marks the run of three that each word ends, and returns the set of those that were marked.
    #[inline(always)]
    fn marked(&mut self, count: usize) -> u64 {
        let mut seen = 0;
        let (mut last, mut last_two) = (self.last, self.last_two);
        for (word, spread) in self.batch.spreads.iter().take(count).enumerate() {
            let three = last_two.wrapping_add(*spread);
            seen |= u64::from(self.marks.mark(three)) << word;
            let mixed = spread ^ spread >> 32;
            last_two = (last ^ mixed).wrapping_mul(SPREAD_AGAIN);
            last = mixed.wrapping_mul(SPREAD);
        }
        (self.last, self.last_two) = (last, last_two);
        seen
    }

    /// Takes runs, given the set of the words that end three that were seen before. Nearly all are too
    /// short to matter.
    #[inline(always)]
    fn take_runs(&mut self, count: usize, seen: u64) {
        // Those with which a batch begins go on with the run before.
        let first = (seen.trailing_ones() as usize).min(count);
        self.run.words += first;
        self.run.bytes += self.bytes_before(first, first);
        if first == count {
            return;
        }
        self.end_run();
        let mut threes = seen & seen >> 1 & seen >> 2 & !below(first);
        while threes != 0 {
            let start = threes.trailing_zeros() as usize;
            let end = start + (seen >> start).trailing_ones() as usize;
            self.run = self.run_before(end, end - start);
            if end == count {
                return;
            }
            self.end_run();
            threes &= !below(end);
        }
        let last = (seen << (BATCH - count)).leading_ones() as usize;
        self.run = self.run_before(count, last);
    }

    /// Returns the run that ends before a word of the batch, so many words of which were seen.
    fn run_before(&self, end: usize, seen: usize) -> Run {
        let words = seen + 2;
        Run {
            words,
            bytes: self.bytes_before(end, words),
        }
    }

    /// Returns the bytes of so many words before a word of the batch.
    #[inline(always)]
    fn bytes_before(&self, end: usize, words: usize) -> usize {
        let end = BEFORE + end;
        self.batch.lengths[end - words..end].iter().sum()
    }

    fn end_run(&mut self) {
        if self.run.words >= SHORTEST_REPEATED {
            let lengths = (self.run.words + 1 - SHORTEST_REPEATED).min(REPEATED_LENGTHS);
            for bytes in &mut self.repeated[..lengths] {
                *bytes += self.run.bytes;
            }
        }
    }

    #[inline(always)]
    pub(super) fn tell(&mut self, findings: &mut Findings) {
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
    #[inline(always)]
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
