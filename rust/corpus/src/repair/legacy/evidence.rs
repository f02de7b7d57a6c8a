//! How much in a text speaks for Romanian that was read in a wrong encoding.
//!
//! Only the words that hold its letters and those beside them are asked: a manual may be in English
//! for the most part, a page be tags for the most part, and a phrase book in any language.

use std::collections::HashSet;

use super::place::{LEGACY, Place, Reading, places};
use crate::repair::language::Vocabulary;
use crate::unicode::{is_letter, is_letter_or_number};

/// Weight that a text must reach: two letters that are hardly anything else, or three ã.
const MIN_WEIGHT: usize = 3;
const STRONG_WEIGHT: usize = 2;
/// So many words on either side of a word with such a letter are asked for their language.
const WINDOW: usize = 5;
/// So many letters of Romanian outweigh one of the letters that other languages have beside ã.
const ALIEN_WEIGHT: usize = 3;
/// A text with more ã before o and e than one in so many letters is in part Portuguese.
const PORTUGUESE_SHARE: usize = 4;

/// Letters that Icelandic, Faroese and Old English write beside þ, and Romanian never does.
const NORTHERN: &str = "ðÐæÆýÝ";
/// Letters that Icelandic writes in words with þ.
const ICELANDIC: &str = "áéíóúýöðæ";
/// Letters of Latin-1 that Guaraní, Yanomami and their neighbours write beside ã.
const AMERICAN: &str = "õÕñÑëË";
/// Letters that Latin-1 lacks: a text that has them was read in the right encoding, at least partly.
const RIGHT: &str = "ăĂșȘțȚşŞţŢ";
/// Letters beyond Latin-1 that Windows-1252 has.
const WINDOWS: &str = "ŠšŽžŒœŸƒ";
/// The frequent words of Portuguese in which ã stands before neither o nor e.
const PORTUGUESE_WORDS: [&str; 16] = [
    "alemã", "amanhã", "avelã", "campeã", "cidadã", "cristã", "cristãs", "irmã", "irmãs", "lã",
    "maçã", "maçãs", "manhã", "manhãs", "romã", "órfã",
];

/// The pronoun ți, which is not among the frequent words, and no word of Icelandic.
const PRONOUN: &str = "þi";

/// How often a text has what speaks for misread Romanian, and for other languages.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Evidence {
    /// þ, º and ª in words.
    t: usize,
    s: usize,
    /// ã where Portuguese may have it too.
    a: usize,
    /// Those of the three inside a word, where other languages do not have them.
    inner: usize,
    /// These, º and ª before a letter, and words with þ or ã that are frequent in Romanian or have one of
    /// its letters rightly: they are neither ordinals nor foreign names.
    proofs: usize,
    /// Whether there are letters that the text could not have if it had been misread as a whole.
    is_partly_right: bool,
    northern: usize,
    portuguese: usize,
    american: usize,
    /// Letters that a text read as Latin-1 cannot have.
    beyond: usize,
    /// Different words with ã.
    different: usize,
    /// Words beside the letters.
    romanian_words: usize,
    foreign_words: usize,
}

impl Evidence {
    pub(super) fn of(text: &str, vocabulary: &Vocabulary) -> Self {
        let mut evidence = Self::default();
        for line in text.split('\n').filter(|line| is_marked(line)) {
            places(line)
                .filter(|place| !place.character.is_ascii())
                .for_each(|place| evidence.count(place));
        }
        if evidence.weight() >= MIN_WEIGHT {
            evidence.is_partly_right = is_partly_right(text);
            evidence.ask_words(text, vocabulary);
        }
        evidence
    }

    fn count(&mut self, place: Place) {
        match place.reading() {
            Reading::Strong('ț' | 'Ț') => self.t += 1,
            Reading::Strong(_) => self.s += 1,
            Reading::Weak(_) => self.a += 1,
            Reading::Portuguese(_) => self.portuguese += 1,
            Reading::Quote(_) | Reading::Other => {}
        }
        self.inner += usize::from(place.is_inner());
        self.proofs += usize::from(place.is_proof());
        self.portuguese += usize::from(place.is_portuguese());
        self.northern += usize::from(NORTHERN.contains(place.character));
        self.american += usize::from(AMERICAN.contains(place.character));
        self.beyond += usize::from(is_beyond(place.character));
    }

    fn ask_words(&mut self, text: &str, vocabulary: &Vocabulary) {
        let mut different = HashSet::new();
        for line in text.split('\n').filter(|line| is_marked(line)) {
            let words: Vec<&str> = words(line).collect();
            let marked: Vec<bool> = words.iter().map(|word| is_marked(word)).collect();
            for (index, word) in words.iter().enumerate() {
                let start = index.saturating_sub(WINDOW);
                let end = words.len().min(index + WINDOW + 1);
                if !marked[start..end].contains(&true) {
                    continue;
                }
                let lower = word.to_lowercase();
                let restored: String = places(&lower).map(Place::restored).collect();
                let is_romanian = vocabulary.romanian.contains(&restored);
                if marked[index] {
                    let is_known = (is_romanian && !lower.contains(['º', 'ª'])) || lower == PRONOUN;
                    self.proofs += usize::from(is_known || is_partly_right(word));
                    self.portuguese += usize::from(PORTUGUESE_WORDS.contains(&lower.as_str()));
                    self.northern += usize::from(is_icelandic(&lower));
                    different.insert(lower.clone());
                }
                self.romanian_words += usize::from(is_romanian);
                self.foreign_words += usize::from(vocabulary.foreign.contains(&lower));
            }
        }
        self.different = different.len();
    }

    /// Returns whether the text is Romanian that was misread.
    pub(super) fn is_enough(&self) -> bool {
        let weight = self.weight();
        if weight < MIN_WEIGHT || weight <= self.portuguese + self.beyond {
            return false;
        }
        if self.kinds() > 1 && !self.is_northern() {
            // No other language has two of them in its words, so that they count as words do.
            return self.romanian_words + self.marks() >= self.foreign_words;
        }
        if weight < ALIEN_WEIGHT * (self.beyond + self.american) {
            return false;
        }
        // "unghiul aº", "Irã", "Þingvellir" stand in right texts; misread ones have more letters.
        if self.proofs == 0 && (self.is_partly_right || self.t > 0) {
            return false;
        }
        let says_nothing = self.portuguese + self.foreign_words + self.northern == 0;
        self.romanian_words + self.inner > self.foreign_words
            || (says_nothing && self.different > 1)
    }

    /// Returns whether ã before o or e must be Portuguese, as it is more often there.
    pub(super) fn is_partly_portuguese(&self) -> bool {
        PORTUGUESE_SHARE * self.portuguese > self.marks()
    }

    fn marks(&self) -> usize {
        self.t + self.s + self.a
    }

    fn kinds(&self) -> usize {
        let counts = [self.t, self.s, self.a];
        counts.iter().filter(|count| **count > 0).count()
    }

    fn weight(&self) -> usize {
        if self.is_northern() {
            return self.a;
        }
        STRONG_WEIGHT * (self.t + self.s) + self.a
    }

    /// Icelandic writes ð and æ four times as often as þ; misread Romanian has them in a few foreign
    /// names only.
    fn is_northern(&self) -> bool {
        self.northern > 0 && 2 * self.northern >= self.t + self.s
    }
}

/// Returns whether a text has letters that it could not have if it had been misread as a whole.
pub(super) fn is_partly_right(text: &str) -> bool {
    text.chars().any(|character| RIGHT.contains(character))
}

fn is_marked(text: &str) -> bool {
    text.chars().any(|character| LEGACY.contains(character))
}

fn is_icelandic(word: &str) -> bool {
    word.contains('þ') && word.chars().any(|letter| ICELANDIC.contains(letter))
}

fn is_beyond(character: char) -> bool {
    character > '\u{ff}'
        && is_letter(character)
        && !RIGHT.contains(character)
        && !WINDOWS.contains(character)
}

/// Yields the words of a line; names such as `id_parA1` are none of a language's.
fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|character: char| !is_letter_or_number(character) && character != '_')
        .filter(|word| !word.is_empty())
}
