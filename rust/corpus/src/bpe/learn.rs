use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::hint::black_box;

use super::PieceCounts;
use super::tokens::Tokens;

/// Two tokens, the left one first.
type Pair = (u32, u32);

/// Words that are loaded before they are merged.
const AHEAD: usize = 32;

/// Learns merges until there are so many tokens, the 256 bytes counted, or until no pair occurs
/// `min_frequency` times; returns the two tokens of each, in letters.
///
/// The most frequent pair is merged, of several the one of the smallest token numbers; in this,
/// and in that a pair may be merged twice, it does what `tokenizers` does.
pub fn merges(counts: &PieceCounts, tokens: usize, min_frequency: u64) -> Vec<(String, String)> {
    let mut known = Tokens::bytes();
    let mut words = Words::new(counts, &known);
    let mut queue = Queue::new(&mut words);
    let mut beside = Beside::default();
    let mut merges = Vec::new();
    while known.len() < tokens {
        let Some(top) = queue.pop(min_frequency) else {
            break;
        };
        let Reverse((left, right)) = top.pair;
        let joined = known.joined(left, right);
        merges.push((known.in_letters(left), known.in_letters(right)));
        for places in top.words.chunks(AHEAD) {
            words.load(places);
            for place in places {
                words.merge(*place, (left, right), joined, &mut beside);
            }
        }
        queue.change(beside.changes((left, right), joined));
    }
    merges
}

/// A pair that may be merged, in some words.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    count: i64,
    pair: Reverse<Pair>,
    words: Vec<u32>,
}

/// Pairs by frequency.
struct Queue {
    candidates: BinaryHeap<Candidate>,
    counts: HashMap<Pair, i64>,
}

impl Queue {
    fn new(words: &mut Words) -> Self {
        let mut queue = Self {
            candidates: BinaryHeap::new(),
            counts: HashMap::new(),
        };
        queue.change(words.pairs());
        queue
    }

    /// Takes out the most frequent pair that occurs so often.
    fn pop(&mut self, min_frequency: u64) -> Option<Candidate> {
        let least = i64::try_from(min_frequency).unwrap_or(i64::MAX).max(1);
        loop {
            let top = self.candidates.pop()?;
            let count = self.counts[&top.pair.0];
            if top.count == count {
                return (count >= least).then_some(top);
            }
            // It has become rarer since.
            self.candidates.push(Candidate { count, ..top });
        }
    }

    fn change(&mut self, changes: Changes) {
        for (pair, change) in &changes.counts {
            *self.counts.entry(*pair).or_default() += change;
        }
        for (pair, words) in changes.found {
            let count = self.counts[&pair];
            if count > 0 {
                self.candidates.push(Candidate {
                    count,
                    pair: Reverse(pair),
                    words,
                });
            }
        }
    }
}

/// How much more often pairs occur, and the words in which they have come to stand.
#[derive(Default)]
struct Changes {
    counts: Vec<(Pair, i64)>,
    found: HashMap<Pair, Vec<u32>>,
}

impl Changes {
    fn add(&mut self, pair: Pair, place: Place) {
        self.counts.push((pair, place.count));
        let words = self.found.entry(pair).or_default();
        if words.is_empty() {
            *words = place.words;
        } else {
            words.extend(place.words);
            words.sort_unstable();
            words.dedup();
        }
    }
}

/// Where a token stands: how often, and in which words.
#[derive(Clone, Default)]
struct Place {
    count: i64,
    words: Vec<u32>,
}

impl Place {
    fn add(&mut self, count: i64, word: u32) {
        self.count += count;
        if self.words.last() != Some(&word) {
            self.words.push(word);
        }
    }
}

/// Where each token stands, of those that stand anywhere.
#[derive(Default)]
struct Places {
    places: Vec<Place>,
    found: Vec<u16>,
}

impl Places {
    #[inline]
    fn add(&mut self, token: u16, count: i64, word: u32) {
        let index = usize::from(token);
        if index >= self.places.len() {
            self.places.resize_with(2 * index + 1, Place::default);
        }
        let place = &mut self.places[index];
        if place.words.is_empty() {
            self.found.push(token);
        }
        place.add(count, word);
    }

    /// Takes all out, with their tokens.
    fn drain(&mut self) -> impl Iterator<Item = (u32, Place)> {
        let places = &mut self.places;
        self.found.drain(..).map(|token| {
            let place = std::mem::take(&mut places[usize::from(token)]);
            (u32::from(token), place)
        })
    }
}

/// What stands before and behind a pair that is merged.
#[derive(Default)]
struct Beside {
    before: Places,
    behind: Places,
}

impl Beside {
    /// Returns what becomes of the pairs beside: the token of the pair there gives way to `joined`.
    fn changes(&mut self, (left, right): Pair, joined: u32) -> Changes {
        let mut changes = Changes::default();
        for (token, place) in self.before.drain() {
            changes.counts.push(((token, left), -place.count));
            changes.add((token, joined), place);
        }
        for (token, place) in self.behind.drain() {
            changes.counts.push(((right, token), -place.count));
            changes.add((joined, token), place);
        }
        changes
    }
}

/// The distinct pieces of two bytes and more, as tokens.
///
/// A word is named by the place where it begins: its count, its length and its tokens stand one
/// behind the other, as nearly all the time that merging takes is waiting for the memory of words.
struct Words {
    cells: Vec<u16>,
    places: Vec<u32>,
}

/// Cells of a count.
const COUNT: usize = size_of::<u64>() / size_of::<u16>();
/// Cells of a length.
const LENGTH: usize = size_of::<u32>() / size_of::<u16>();

impl Words {
    fn new(counts: &PieceCounts, known: &Tokens) -> Self {
        let numbers = known.numbers_of_bytes();
        let mut cells = Vec::new();
        let mut places = Vec::new();
        counts.for_each(|piece, count| {
            if piece.len() == 1 {
                return;
            }
            let place = u32::try_from(cells.len()).expect("less than 8 GB of distinct pieces");
            places.push(place);
            let length = u32::try_from(piece.len()).expect("less than 4 GB");
            cells.extend((0..COUNT).map(|cell| (count >> (16 * cell)) as u16));
            cells.extend((0..LENGTH).map(|cell| (length >> (16 * cell)) as u16));
            cells.extend(piece.iter().map(|byte| numbers[usize::from(*byte)] as u16));
        });
        Self { cells, places }
    }

    /// Returns the count of a word, and the cells of its length and of its tokens.
    #[inline(always)]
    fn word(&mut self, place: u32) -> (i64, &mut [u16], &mut [u16]) {
        let (count, rest) = self.cells[place as usize..].split_at_mut(COUNT);
        let (length, rest) = rest.split_at_mut(LENGTH);
        let number = |cells: &[u16]| {
            let cells = cells.iter().rev();
            cells.fold(0, |number, cell| number << 16 | u64::from(*cell))
        };
        let tokens = &mut rest[..number(length) as usize];
        (number(count) as i64, length, tokens)
    }

    /// Returns the pairs of all words, which are of bytes.
    fn pairs(&mut self) -> Changes {
        let mut pairs = vec![Place::default(); 1 << 16];
        for place in std::mem::take(&mut self.places) {
            let (count, _, tokens) = self.word(place);
            for two in tokens.windows(2) {
                pairs[usize::from(two[0]) << 8 | usize::from(two[1])].add(count, place);
            }
        }
        let mut changes = Changes::default();
        for (two, place) in (0..).zip(pairs) {
            if !place.words.is_empty() {
                changes.add((two >> 8, two & 0xff), place);
            }
        }
        changes
    }

    /// Loads words into the cache, side by side, as one does not wait for the other here.
    #[inline]
    fn load(&self, places: &[u32]) {
        let first = places.iter().map(|place| self.cells[*place as usize]);
        black_box(first.fold(0, |all, cell| all ^ cell));
    }

    /// Merges a pair wherever it stands in a word, and notes what stands beside it.
    #[inline]
    fn merge(&mut self, place: u32, (left, right): Pair, joined: u32, beside: &mut Beside) {
        let [left, right, joined] = [left, right, joined].map(|token| token as u16);
        let (count, length, tokens) = self.word(place);
        let (mut read, mut written) = (0, 0);
        while read < tokens.len() {
            let token = tokens[read];
            read += 1;
            if token != left || tokens.get(read) != Some(&right) {
                tokens[written] = token;
            } else {
                read += 1;
                if let Some(before) = written.checked_sub(1).map(|index| tokens[index]) {
                    beside.before.add(before, count, place);
                }
                if let Some(behind) = tokens.get(read) {
                    beside.behind.add(*behind, count, place);
                }
                tokens[written] = joined;
            }
            written += 1;
        }
        for (cell, part) in length.iter_mut().zip(0..) {
            *cell = (written >> (16 * part)) as u16;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learned(texts: &[&str], tokens: usize, min_frequency: u64) -> Vec<String> {
        let mut counts = PieceCounts::default();
        texts.iter().for_each(|text| counts.add(text));
        let merges = merges(&counts, tokens, min_frequency);
        let written = merges.iter().map(|(left, right)| format!("{left} {right}"));
        written.collect()
    }

    #[test]
    fn the_most_frequent_pair_is_merged_first() {
        assert_eq!(learned(&["abab", "abab", "cb"], 258, 1), ["a b", "ab ab"]);
    }

    #[test]
    fn of_equally_frequent_pairs_that_of_the_smallest_numbers_is_merged() {
        assert_eq!(learned(&["ba", "ab", "aa"], 259, 1), ["a a", "a b", "b a"]);
    }

    #[test]
    fn a_pair_that_is_too_rare_is_not_merged() {
        assert_eq!(learned(&["ab", "ab", "cd"], 400, 2), ["a b"]);
        assert_eq!(learned(&["a", " ", ""], 400, 1), [""; 0]);
        assert_eq!(learned(&["ab"], 256, 1), [""; 0]);
    }

    #[test]
    fn of_three_equal_letters_the_first_two_are_merged() {
        assert_eq!(learned(&["aaa", "aaa"], 258, 2), ["a a", "aa a"]);
    }

    #[test]
    fn nothing_is_merged_across_pieces() {
        assert_eq!(learned(&["a b a b a b"], 400, 1), ["Ġ b", "Ġ a"]);
    }
}
