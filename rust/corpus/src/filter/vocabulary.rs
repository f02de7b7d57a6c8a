use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::alphabet::Alphabet;
use super::groups::MULTIPLIER;
use super::keys::{key, spread};
use super::lexicon::{Kinds, Lexicon};
use super::marks::KeySet;
use super::scan::Scanner;
use super::tokens::{NUMBER_BYTES, Tokens, word_hash};

/// Words and letters that tell the language of a text.
///
/// A word is known in small letters, with a capital initial and in capitals, by the hash that the
/// words of a text have already: nothing is looked up twice, nothing is made lower case.
#[derive(Clone, Debug)]
pub struct Vocabulary {
    words: HashMap<u64, Kinds, BuildHasherDefault<Folded>>,
    /// The words of up to eight bytes, of which the hash is the word itself.
    short: Lexicon,
    /// The keys of the longer words.
    long: KeySet,
    /// How many stop words there are.
    stops: usize,
    pub(super) scanner: Scanner,
    alphabet: Alphabet,
    /// Bytes of the longest word: longer ones are not looked up.
    longest: usize,
}

/// How often words of a vocabulary occur in a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Evidence {
    pub(super) native_words: usize,
    pub(super) foreign_words: usize,
    pub(super) damaged_words: usize,
    pub(super) native_letters: usize,
    /// Words with a letter that the language does not have.
    pub(super) foreign_spellings: usize,
    /// Different ones.
    pub(super) stop_words: usize,
}

impl Vocabulary {
    /// Makes a vocabulary; words and letters are given in lower case.
    ///
    /// `native` are frequent words of the language, `foreign` of others, `damaged` what is left of some
    /// that lost letters, `stop` those of which a text has some; a word may stand in more than one.
    /// `letters` are those of the language, `native_letters` those that it alone has.
    pub fn new(
        native: &[String],
        foreign: &[String],
        damaged: &[String],
        stop: &[String],
        letters: &str,
        native_letters: &str,
    ) -> Self {
        let alphabet = Alphabet::new(letters, native_letters);
        let mut vocabulary = Self {
            words: HashMap::default(),
            short: Lexicon::new(&[]),
            long: KeySet::new(),
            stops: stop.len(),
            scanner: Scanner::new(alphabet.clone()),
            alphabet,
            longest: 0,
        };
        for word in native {
            vocabulary.set(word, |kinds| kinds.0 |= Kinds::NATIVE);
        }
        for word in foreign {
            vocabulary.set(word, |kinds| kinds.0 |= Kinds::FOREIGN);
        }
        for word in damaged {
            vocabulary.set(word, |kinds| kinds.0 |= Kinds::DAMAGED);
        }
        for (number, word) in (1..).zip(stop) {
            vocabulary.set(word, |kinds| {
                kinds.0 %= 1 << Kinds::STOP_SHIFT;
                kinds.0 |= number << Kinds::STOP_SHIFT;
            });
        }
        vocabulary.short = vocabulary.short_words();
        vocabulary
    }

    fn short_words(&self) -> Lexicon {
        let words = self.words.iter();
        let mut words: Vec<(u64, Kinds)> = words.map(|(hash, kinds)| (*hash, *kinds)).collect();
        // Of equal words equal tables.
        words.sort_unstable_by_key(|(hash, _)| *hash);
        Lexicon::new(&words)
    }

    fn set(&mut self, word: &str, change: impl Fn(&mut Kinds)) {
        let mut rest = word.chars();
        let initial = rest.next().into_iter().flat_map(char::to_uppercase);
        let capitalised: String = initial.chain(rest).collect();
        // The capital of a word of one letter is both; setting it twice changes nothing.
        for form in [word, &capitalised, &word.to_uppercase()] {
            self.longest = self.longest.max(form.len());
            if form.len() > NUMBER_BYTES {
                let key = key(form.as_bytes(), 0, form.len());
                self.long.insert(spread(key));
            }
            change(
                self.words
                    .entry(word_hash(form, 0, form.len()))
                    .or_default(),
            );
        }
    }

    /// Counts the words and letters of a text.
    pub(super) fn evidence(&self, tokens: &Tokens) -> Evidence {
        let mut stops = Vec::new();
        let mut tally = self.tally(&mut stops);
        let mut evidence = Evidence::default();
        let groups = tokens.hashes.iter().zip(&tokens.distinct);
        for ((hash, word), count) in groups.zip(&tokens.occurrences) {
            let count = *count as usize;
            let (native_letters, is_foreign) = self.alphabet.signs(word);
            evidence.native_letters += count * native_letters;
            evidence.foreign_spellings += count * usize::from(is_foreign);
            if word.len() <= self.longest
                && let Some(kinds) = self.words.get(hash)
            {
                tally.add(*kinds, count);
            }
        }
        tally.tell(&mut evidence);
        evidence
    }

    /// Returns what a word of up to eight bytes is, which are its number.
    #[inline(always)]
    pub(super) fn short(&self, number: u64) -> Kinds {
        self.short.kinds(number)
    }

    /// Returns whether a longer word, given its spread key, may be one of the vocabulary.
    #[inline(always)]
    pub(super) fn may_be_long(&self, spread: u64) -> bool {
        self.long.may_hold(spread)
    }

    /// Returns what a longer word is.
    pub(super) fn long(&self, word: &str) -> Kinds {
        let kinds = self.words.get(&word_hash(word, 0, word.len()));
        kinds.copied().unwrap_or_default()
    }

    /// Returns a tally of no words, in some room.
    pub(super) fn tally<'room>(&self, stops: &'room mut Vec<bool>) -> Tally<'room> {
        stops.clear();
        stops.resize(1 + self.stops, false);
        Tally {
            native: 0,
            foreign: 0,
            damaged: 0,
            stops,
        }
    }
}

/// Words of a vocabulary, counted.
pub(super) struct Tally<'room> {
    native: usize,
    foreign: usize,
    damaged: usize,
    /// Whether a stop word occurs, by its number.
    stops: &'room mut [bool],
}

impl Tally<'_> {
    #[inline(always)]
    pub(super) fn add(&mut self, kinds: Kinds, count: usize) {
        let Kinds(kinds) = kinds;
        self.native += count * usize::from(kinds & Kinds::NATIVE != 0);
        self.foreign += count * usize::from(kinds & Kinds::FOREIGN != 0);
        self.damaged += count * usize::from(kinds & Kinds::DAMAGED != 0);
        self.stops[(kinds >> Kinds::STOP_SHIFT) as usize] = true;
    }

    /// Adds words, each once.
    #[inline(always)]
    pub(super) fn add_all(&mut self, kinds: &[Kinds]) {
        let (mut native, mut foreign, mut damaged) = (0, 0, 0);
        for Kinds(kinds) in kinds {
            native += kinds & Kinds::NATIVE;
            foreign += kinds & Kinds::FOREIGN;
            damaged += kinds & Kinds::DAMAGED;
        }
        self.native += native as usize;
        self.foreign += (foreign / Kinds::FOREIGN) as usize;
        self.damaged += (damaged / Kinds::DAMAGED) as usize;
        let stops = &mut *self.stops;
        for Kinds(kinds) in kinds {
            stops[(kinds >> Kinds::STOP_SHIFT) as usize] = true;
        }
    }

    pub(super) fn tell(&self, evidence: &mut Evidence) {
        evidence.native_words = self.native;
        evidence.foreign_words = self.foreign;
        evidence.damaged_words = self.damaged;
        let stops = self.stops[1..].iter();
        evidence.stop_words = stops.filter(|occurs| **occurs).count();
    }
}

/// Hashes the hash of a word, which is the word itself if that is short: both halves of its product
/// with the golden ratio, as low bits choose the place and high ones tell the keys of a place apart.
#[derive(Clone, Copy, Debug, Default)]
struct Folded(u64);

impl Hasher for Folded {
    fn write(&mut self, _: &[u8]) {
        unreachable!("the keys are u64");
    }

    fn write_u64(&mut self, key: u64) {
        let product = u128::from(key) * u128::from(MULTIPLIER);
        self.0 = (product >> 64) as u64 ^ product as u64;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary() -> Vocabulary {
        let [native, foreign, damaged, stop] = [
            &["și", "de", "la"][..],
            &["the", "la"],
            &["cnd"],
            &["și", "de"],
        ]
        .map(|words| {
            words
                .iter()
                .map(|word| (*word).to_owned())
                .collect::<Vec<_>>()
        });
        Vocabulary::new(&native, &foreign, &damaged, &stop, "adelpteh", "șț")
    }

    #[test]
    fn occurrences_are_counted_small_or_capital_and_stop_words_once() {
        let vocabulary = vocabulary();
        let tokens = Tokens::of("Și THE și la de-la ȘI Țap kit Cnd", &vocabulary.scanner);
        let expected = Evidence {
            native_words: 6,
            foreign_words: 3,
            damaged_words: 1,
            native_letters: 4,
            foreign_spellings: 5,
            stop_words: 2,
        };
        assert_eq!(vocabulary.evidence(&tokens), expected);
    }

    #[test]
    fn a_word_that_only_contains_one_is_none() {
        let vocabulary = vocabulary();
        let tokens = Tokens::of("deal lada thee lA", &vocabulary.scanner);
        assert_eq!(vocabulary.evidence(&tokens), Evidence::default());
    }
}
