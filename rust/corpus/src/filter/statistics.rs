use super::lines::Lines;
use super::repetition::{REPEATED_LENGTHS, Repetition, TOP_LENGTHS};
use super::tokens::Counts;
use super::vocabulary::Evidence;

/// Letters that the language alone has weigh half a function word: names and loans hold them too. So
/// do words with a letter that it does not have, which stand in loans and names only. Without them
/// one in five short passages in another language passed for Romanian: docs/data.md.
const LETTER_WEIGHT: f64 = 0.5;
const SPELLING_WEIGHT: f64 = 0.5;

/// Of fewer lines the default bound, 0.081, would ask for a single one that ends with punctuation:
/// titles, captions and letters in which every line ends with a name have none, and are no lists.
const LINES_OF_A_LIST: usize = 13;

/// What is counted in a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Findings {
    pub(super) counts: Counts,
    pub(super) words: usize,
    /// Characters of all words.
    pub(super) word_characters: usize,
    pub(super) lines: Lines,
    pub(super) evidence: Evidence,
    /// Signs in words that stand for lost letters.
    pub(super) lost_letters: usize,
    pub(super) repetition: Repetition,
}

impl Findings {
    pub(super) fn statistics(&self) -> TextStatistics {
        let Self {
            counts,
            words,
            lines,
            evidence,
            repetition,
            ..
        } = self;
        let share_of_text = |characters| ratio(characters, counts.characters);
        let share_of_words = |hits| ratio(hits, counts.lettered_words);
        let native_words = share_of_words(evidence.native_words);
        let foreign_words = share_of_words(evidence.foreign_words);
        let native_letters = share_of_words(evidence.native_letters);
        let foreign_spellings = share_of_words(evidence.foreign_spellings);
        let language_score = (native_words + LETTER_WEIGHT * native_letters)
            - (foreign_words + SPELLING_WEIGHT * foreign_spellings);
        let punctuated_lines = ratio(lines.punctuated, lines.lines);
        TextStatistics {
            letters: ratio(counts.letters, counts.characters - counts.blanks),
            alphabetic_words: ratio(counts.lettered_words, *words),
            word_length: ratio(self.word_characters, *words),
            lines_per_word: ratio(lines.lines.saturating_sub(1), *words),
            lines: lines.lines,
            punctuated_lines,
            punctuated_list: if lines.lines < LINES_OF_A_LIST {
                1.0
            } else {
                punctuated_lines
            },
            duplicate_lines: ratio(lines.duplicates, lines.lines),
            duplicate_characters: ratio(lines.duplicate_characters, lines.characters),
            native_words,
            foreign_words,
            native_letters,
            foreign_spellings,
            damaged_words: share_of_words(evidence.damaged_words + self.lost_letters),
            language_score: language_score.clamp(-1.0, 1.0),
            stop_words: evidence.stop_words,
            top_ngrams: repetition.top.map(share_of_text),
            repeated_ngrams: repetition.repeated.map(share_of_text),
        }
    }
}

/// What the filters judge a text by.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TextStatistics {
    /// Letters among the characters that are not blank.
    pub letters: f64,
    /// Words in which there is a letter.
    pub alphabetic_words: f64,
    /// Mean length of the words, characters.
    pub word_length: f64,
    /// Line breaks between lines that are not blank, for each word; may be above 1.
    pub lines_per_word: f64,
    /// Lines, without blank ones.
    pub lines: usize,
    /// Lines that end with punctuation.
    pub punctuated_lines: f64,
    /// The same of a text that has the lines of a list, 13 and more; 1 for the others.
    pub punctuated_list: f64,
    /// Lines that equal one before.
    pub duplicate_lines: f64,
    /// Characters of lines that equal one before, among those of all lines.
    pub duplicate_characters: f64,
    /// Frequent words of the language for each word with a letter.
    pub native_words: f64,
    /// Frequent words of other languages for each word with a letter.
    pub foreign_words: f64,
    /// Letters of the language alone for each word with a letter; may be above 1.
    pub native_letters: f64,
    /// Words with a letter that the language does not have, among words with a letter.
    pub foreign_spellings: f64,
    /// What is left of frequent words without their special letters, and signs that stand for lost ones,
    /// for each word with a letter; may be above 1.
    pub damaged_words: f64,
    /// How much a text looks like the language, from -1 to 1: the share of its function words and
    /// letters less that of foreign function words and spellings.
    pub language_score: f64,
    /// Different stop words that occur.
    pub stop_words: usize,
    /// Characters of the text in its most frequent run of 2, 3 and 4 words; overlapping
    /// occurrences count each, so it may be above 1.
    pub top_ngrams: [f64; TOP_LENGTHS],
    /// Characters of the text in words of runs of 5, 6, ... 10 words that occurred before.
    pub repeated_ngrams: [f64; REPEATED_LENGTHS],
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}
