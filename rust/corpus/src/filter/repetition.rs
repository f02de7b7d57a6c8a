use super::groups::{Groups, MULTIPLIER};
use super::tokens::Tokens;

/// The most frequent n-gram is looked for in three lengths: 2, 3 and 4 words.
pub(super) const TOP_LENGTHS: usize = 3;
/// How often the most frequent n-gram must occur: in a text of a hundred characters any two equal
/// pairs of words are an eighth of it.
pub(super) const TOP_OCCURRENCES: usize = 3;
/// Repeated n-grams are looked for in six lengths: 5, 6, ... 10 words.
pub(super) const SHORTEST_REPEATED: usize = 5;
pub(super) const REPEATED_LENGTHS: usize = 6;

/// Characters of a text in n-grams of words that occur more than once (Rae et al., "Scaling
/// language models: methods, analysis & insights from training Gopher", 2021, table A1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Repetition {
    /// Characters in the occurrences of the most frequent n-gram, blanks between its words
    /// included; 0 where none occurs three times. Of equally frequent ones the longest counts.
    pub(super) top: [usize; TOP_LENGTHS],
    /// Characters of the words of n-grams that occurred before. The text is read from its start; a
    /// repeated n-gram is counted and skipped, so that no word counts twice.
    pub(super) repeated: [usize; REPEATED_LENGTHS],
}

impl Repetition {
    pub(super) fn of(tokens: &Tokens) -> Self {
        let mut ngrams = Ngrams::words(tokens);
        let top = std::array::from_fn(|_| {
            ngrams = ngrams.longer_by_a_word();
            ngrams.most_frequent(&tokens.offsets)
        });
        let repeated = std::array::from_fn(|_| {
            ngrams = ngrams.longer_by_a_word();
            ngrams.repeated(&tokens.offsets)
        });
        Self { top, repeated }
    }
}

/// Says of most keys that occur once that they do, in a bit or two for each: a table that holds them
/// all takes longer, and five of six pairs of words occur once.
struct Seen {
    once: Vec<u64>,
    twice: Vec<u64>,
    shift: u32,
}

/// Bits of the table for each key: with 8, two different ones share a bit with a probability of 1/8.
const BITS_PER_KEY: usize = 8;

impl Seen {
    fn with_capacity(keys: usize) -> Self {
        let bits = (BITS_PER_KEY * keys).next_power_of_two().max(64);
        Self {
            once: vec![0; bits / 64],
            twice: vec![0; bits / 64],
            shift: u64::BITS - bits.trailing_zeros(),
        }
    }

    #[inline]
    fn place(&self, key: u64) -> (usize, u64) {
        let place = key.wrapping_mul(MULTIPLIER) >> self.shift;
        ((place / 64) as usize, 1 << (place % 64))
    }

    #[inline]
    fn add(&mut self, key: u64) {
        let (index, bit) = self.place(key);
        self.twice[index] |= self.once[index] & bit;
        self.once[index] |= bit;
    }

    /// Returns false only for a key that was added once.
    #[inline]
    fn maybe_twice(&self, key: u64) -> bool {
        let (index, bit) = self.place(key);
        self.twice[index] & bit != 0
    }
}

/// The n-grams of one length that occur more than once.
///
/// An n-gram can occur twice only where both of its (n-1)-grams do, so each length is looked for
/// among the places of the length before. In prose half of the words occur twice, a sixth of the
/// pairs and hardly any run of five: ten lengths cost little more than one.
struct Ngrams {
    /// Words of each.
    length: usize,
    places: Vec<Place>,
    /// How often each group occurs.
    counts: Vec<u32>,
}

/// One occurrence; equal n-grams have equal groups.
#[derive(Clone, Copy)]
struct Place {
    /// The index of the first word.
    word: u32,
    group: u32,
}

impl Ngrams {
    fn words(tokens: &Tokens) -> Self {
        let places = (0..).zip(&tokens.words);
        let places = places.map(|(word, group)| Place {
            word,
            group: *group,
        });
        Self::repeated_only(1, places.collect(), tokens.occurrences.clone())
    }

    fn longer_by_a_word(&self) -> Self {
        if self.places.len() < 2 {
            return Self::repeated_only(self.length + 1, Vec::new(), Vec::new());
        }
        let mut keys: Vec<(u32, u64)> = self.candidates().collect();
        // Nearly all longer runs of which both shorter ones occur twice do so too.
        if self.length == 1 {
            let mut seen = Seen::with_capacity(keys.len());
            keys.iter().for_each(|(_, key)| seen.add(*key));
            keys.retain(|(_, key)| seen.maybe_twice(*key));
        }
        let mut groups = Groups::with_capacity(keys.len() / 2);
        let places = keys.into_iter().map(|(word, key)| Place {
            word,
            group: groups.add(key),
        });
        let places = places.collect();
        let (_, counts) = groups.into_keys_and_counts();
        Self::repeated_only(self.length + 1, places, counts)
    }

    /// Returns the first word of each run that is a word longer, and what tells it from others: the
    /// two shorter runs in it.
    fn candidates(&self) -> impl Iterator<Item = (u32, u64)> {
        let pairs = self.places.windows(2);
        let pairs = pairs.filter(|pair| pair[0].word + 1 == pair[1].word);
        pairs.map(|pair| {
            let key = u64::from(pair[0].group) << 32 | u64::from(pair[1].group);
            (pair[0].word, key)
        })
    }

    fn repeated_only(length: usize, mut places: Vec<Place>, counts: Vec<u32>) -> Self {
        places.retain(|place| counts[place.group as usize] > 1);
        Self {
            length,
            places,
            counts,
        }
    }

    fn most_frequent(&self, offsets: &[u32]) -> usize {
        let top = self.places.iter().map(|place| {
            let blanks = self.length - 1;
            let count = self.counts[place.group as usize] as usize;
            (count, self.characters(place, offsets) + blanks)
        });
        match top.max() {
            Some((count, characters)) if count >= TOP_OCCURRENCES => count * characters,
            _ => 0,
        }
    }

    fn repeated(&self, offsets: &[u32]) -> usize {
        let mut seen = vec![false; self.counts.len()];
        let (mut characters, mut next_word) = (0, 0);
        for place in &self.places {
            if (place.word as usize) < next_word {
                continue;
            }
            if std::mem::replace(&mut seen[place.group as usize], true) {
                characters += self.characters(place, offsets);
                next_word = place.word as usize + self.length;
            }
        }
        characters
    }

    /// Returns the characters of the words of an occurrence.
    fn characters(&self, place: &Place, offsets: &[u32]) -> usize {
        let first = place.word as usize;
        (offsets[first + self.length] - offsets[first]) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::super::alphabet::Alphabet;
    use super::super::scan::Scanner;
    use super::*;

    fn of(text: &str) -> Repetition {
        let scanner = Scanner::new(Alphabet::new("", ""));
        Repetition::of(&Tokens::of(text, &scanner))
    }

    #[test]
    fn the_most_frequent_ngram_covers_its_words_and_blanks() {
        // "la la" four times (5 characters each), "la la la" three times (8), four words twice.
        assert_eq!(of("la la la la la").top, [20, 24, 0]);
    }

    #[test]
    fn of_equally_frequent_ngrams_the_longest_counts() {
        assert_eq!(of("ab c x ab c y def g z def g ab c def g").top[0], 3 * 5);
    }

    #[test]
    fn the_first_copy_is_not_repeated_and_no_word_counts_twice() {
        let five = "unu doi trei patru cinci";
        assert_eq!(of(five).repeated, [0; 6]);
        // The second five are a copy; so is the run that ends a word later, but not a longer one.
        let twice = format!("{five} {five}");
        assert_eq!(of(&twice).repeated, [20, 0, 0, 0, 0, 0]);
        let words = ["a"; 12].join(" ");
        assert_eq!(of(&words).repeated, [10, 6, 7, 8, 9, 10]);
    }

    #[test]
    fn a_text_that_repeats_nothing_has_no_repetition() {
        for text in ["", "unu", "unu doi trei patru cinci șase"] {
            assert_eq!((of(text).top, of(text).repeated), ([0; 3], [0; 6]));
        }
    }
}
