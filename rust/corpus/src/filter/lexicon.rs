use std::hint::select_unpredictable;

use super::groups::MULTIPLIER;

/// In which lists a word stands: a bit for native words, one for foreign ones and one for damaged ones,
/// and above them the number of the stop word, the same in each of its spellings, from 1; 0 of another
/// word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Kinds(pub(super) u32);

impl Kinds {
    pub(super) const NATIVE: u32 = 1;
    pub(super) const FOREIGN: u32 = 2;
    pub(super) const DAMAGED: u32 = 4;
    pub(super) const STOP_SHIFT: u32 = 3;
}

/// Short words by their numbers: a perfect hash table, in which a word is looked up in one place
/// only, without a branch.
///
/// The highest bits of the product of a number with an odd multiplier are a word's place, once a number
/// of its group has changed them, which is such that no two words have one place (hash and displace:
/// Belazzougui, Botelho and Dietzfelbinger, "Hash, displace, and compress", 2009). The bits behind
/// them choose the group, and as they and the place tell numbers apart, they are all that must be kept
/// to know a word. What it is takes the bits that are left: an entry has eight bytes, and the table
/// stays in the first-level cache.
#[derive(Clone, Debug)]
pub(super) struct Lexicon {
    multiplier: u64,
    /// How many bits a place has.
    place_bits: u32,
    /// The number of each group.
    changes: Box<[u16; GROUPS]>,
    /// In each place the bits of the product behind those of the place, then what the word is.
    entries: Vec<u64>,
}

const GROUPS: usize = 256;
/// How many multipliers are tried before the table is made larger.
const TRIALS: u64 = 64;

impl Lexicon {
    /// Makes a table of different numbers, none of which is 0.
    pub(super) fn new(words: &[(u64, Kinds)]) -> Self {
        let greatest = words.iter().map(|(_, Kinds(kinds))| *kinds).max();
        let places = words.len().max(greatest.unwrap_or(0) as usize + 1).max(2);
        let mut places = places.next_power_of_two();
        loop {
            let multipliers = (0..TRIALS).map(|trial| MULTIPLIER.wrapping_mul(2 * trial + 1));
            let mut tables = multipliers.filter_map(|one| Self::with_places(places, one, words));
            if let Some(lexicon) = tables.next() {
                return lexicon;
            }
            places *= 2;
        }
    }

    /// Finds a number for each group, for the largest first; nothing if there is none.
    fn with_places(places: usize, multiplier: u64, words: &[(u64, Kinds)]) -> Option<Self> {
        let mut lexicon = Self {
            multiplier,
            place_bits: places.trailing_zeros(),
            changes: Box::new([0; GROUPS]),
            entries: vec![0; places],
        };
        let mut groups = vec![Vec::new(); GROUPS];
        for word in words {
            groups[lexicon.parts(word.0).0].push(*word);
        }
        let mut is_taken = vec![false; places];
        let mut order: Vec<usize> = (0..GROUPS).collect();
        order.sort_by_key(|group| groups[*group].len());
        for group in order.into_iter().rev() {
            let mut changes = 0..=u16::try_from(places - 1).unwrap_or(u16::MAX);
            let change = changes.find(|change| {
                lexicon.changes[group] = *change;
                lexicon.take_places(&groups[group], &mut is_taken)
            });
            change?;
            for (number, Kinds(kinds)) in &groups[group] {
                let (_, place, rest) = lexicon.parts(*number);
                lexicon.entries[place] = rest | u64::from(*kinds);
            }
        }
        Some(lexicon)
    }

    /// Takes the places of some words, if all of these are free.
    fn take_places(&self, words: &[(u64, Kinds)], is_taken: &mut [bool]) -> bool {
        for (count, (number, _)) in words.iter().enumerate() {
            let (_, place, _) = self.parts(*number);
            if std::mem::replace(&mut is_taken[place], true) {
                for (number, _) in &words[..count] {
                    is_taken[self.parts(*number).1] = false;
                }
                return false;
            }
        }
        true
    }

    /// Returns the group of a number, its place, and the other bits of its product, as the highest.
    #[inline(always)]
    fn parts(&self, number: u64) -> (usize, usize, u64) {
        let product = number.wrapping_mul(self.multiplier);
        let rest = product << self.place_bits;
        let group = (rest >> (u64::BITS - GROUPS.trailing_zeros())) as usize;
        let place = (product >> (u64::BITS - self.place_bits)) as usize;
        (group, place ^ usize::from(self.changes[group]), rest)
    }

    /// Returns what the word with a number is; nothing of any other, and of 0.
    #[inline(always)]
    pub(super) fn kinds(&self, number: u64) -> Kinds {
        let (_, place, rest) = self.parts(number);
        // What the word is is left if the other bits are the same.
        let kinds = self.entries[place] ^ rest;
        let is_known = kinds < self.entries.len() as u64;
        // Two of five words of a text are known, in no order that could be guessed.
        Kinds(select_unpredictable(is_known, kinds, 0) as u32)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_word_is_found_and_no_other(
            words in prop::collection::btree_set(1_u64..999, 0..300), high: bool,
        ) {
            let number = |word: u64| if high { word << 54 } else { word };
            let given: Vec<_> = words.iter().map(|word| (number(*word), kinds(*word))).collect();
            let lexicon = Lexicon::new(&given);
            for word in 1..999 {
                let expected = if words.contains(&word) { kinds(word) } else { Kinds::default() };
                prop_assert_eq!(lexicon.kinds(number(word)), expected);
            }
        }
    }

    fn kinds(word: u64) -> Kinds {
        Kinds(word as u32)
    }
}
