use std::hint::select_unpredictable;

use super::groups::MULTIPLIER;

/// In which lists a word stands: a bit for native words, one for foreign ones, and above them the
/// number of the stop word, the same in each of its spellings, from 1; 0 of another word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Kinds(pub(super) u32);

impl Kinds {
    pub(super) const NATIVE: u32 = 1;
    pub(super) const FOREIGN: u32 = 2;
    pub(super) const STOP_SHIFT: u32 = 2;
}

/// Short words by their numbers: a perfect hash table, in which a word is looked up in one place
/// only, without a branch.
///
/// A number chooses one of 256 multipliers by the highest bits of a product, and by that its place;
/// the multipliers are such that no two words have one place (hash and displace: Belazzougui, Botelho
/// and Dietzfelbinger, "Hash, displace, and compress", 2009).
#[derive(Clone, Debug)]
pub(super) struct Lexicon {
    multipliers: Box<[u64; MULTIPLIERS]>,
    /// A word's place is in the highest bits of its product with its multiplier.
    shift: u32,
    /// The number in each place, of which no word is 0, and what its word is.
    entries: Vec<(u64, Kinds)>,
}

const MULTIPLIERS: usize = 256;
/// Places are the next power of two: more make multipliers easier to find, and leave less of the
/// first-level cache to the text.
const PLACES_PER_WORD: usize = 1;
/// How many multipliers are tried for a group before the table is made larger.
const TRIALS: usize = 1 << 16;
const FREE: (u64, Kinds) = (0, Kinds(0));

impl Lexicon {
    /// Makes a table of different numbers, none of which is 0.
    pub(super) fn new(words: &[(u64, Kinds)]) -> Self {
        let mut groups = vec![Vec::new(); MULTIPLIERS];
        for word in words {
            groups[group(word.0.wrapping_mul(MULTIPLIER))].push(*word);
        }
        let mut places = (PLACES_PER_WORD * words.len()).next_power_of_two().max(2);
        loop {
            if let Some(lexicon) = Self::with_places(places, &groups) {
                return lexicon;
            }
            places *= 2;
        }
    }

    /// Finds a multiplier for each group, for the largest first; nothing if there is none.
    fn with_places(places: usize, groups: &[Vec<(u64, Kinds)>]) -> Option<Self> {
        let mut lexicon = Self {
            multipliers: Box::new([MULTIPLIER; MULTIPLIERS]),
            shift: u64::BITS - places.trailing_zeros(),
            entries: vec![FREE; places],
        };
        let mut order: Vec<usize> = (0..MULTIPLIERS).collect();
        order.sort_by_key(|group| groups[*group].len());
        for group in order.into_iter().rev() {
            let found = (0..TRIALS).any(|trial| {
                lexicon.multipliers[group] = MULTIPLIER.wrapping_mul(2 * trial as u64 + 1);
                lexicon.put(group, &groups[group])
            });
            if !found {
                return None;
            }
        }
        Some(lexicon)
    }

    /// Puts the words of a group in their places, if all of these are free.
    fn put(&mut self, group: usize, words: &[(u64, Kinds)]) -> bool {
        for (count, (number, kinds)) in words.iter().enumerate() {
            let place = self.place(*number, group);
            if self.entries[place] != FREE {
                for (number, _) in &words[..count] {
                    let place = self.place(*number, group);
                    self.entries[place] = FREE;
                }
                return false;
            }
            self.entries[place] = (*number, *kinds);
        }
        true
    }

    #[inline]
    fn place(&self, number: u64, group: usize) -> usize {
        (number.wrapping_mul(self.multipliers[group]) >> self.shift) as usize
    }

    /// Returns what the word with a number is; nothing of any other, and of 0.
    #[inline]
    pub(super) fn kinds(&self, number: u64) -> Kinds {
        let place = self.place(number, group(number.wrapping_mul(MULTIPLIER)));
        let (known, kinds) = self.entries[place];
        // Two of five words of a text are known, in no order that could be guessed.
        select_unpredictable(known == number, kinds, Kinds::default())
    }
}

/// Returns the group of a number by its product with [`MULTIPLIER`].
#[inline]
fn group(product: u64) -> usize {
    (product >> (u64::BITS - MULTIPLIERS.trailing_zeros())) as usize
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
