//! Which language a text is in, as far as its letters and function words tell.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use crate::blocks::indices;
use crate::unicode::is_letter_or_number;

/// Texts of more characters are judged by three slices of a third of it: start, middle and end.
const SAMPLE_CHARACTERS: usize = 12_000;

/// Letters of Turkish and its relatives, and of Kurdish: the languages beside Romanian that write ş.
pub(super) const STRONG_TURKISH_LETTERS: [char; 6] = ['ı', 'ğ', 'İ', 'Ğ', 'ə', 'Ə'];
/// These prove nothing alone, since German, Hungarian and French names have them.
pub(super) const WEAK_TURKISH_LETTERS: [char; 8] = ['ö', 'ü', 'Ö', 'Ü', 'ç', 'Ç', 'ê', 'û'];
const TURKISH_WORDS: [&str; 21] = [
    "ve", "bir", "bu", "için", "ile", "çok", "olan", "olarak", "daha", "değil", "gibi", "sonra",
    "kadar", "ise", "və", "ilə", "üçün", "û", "ji", "li", "ku",
];
/// Bytes of the longest of them.
const LONGEST_TURKISH: usize = 6;
/// Letters of which Turkish has none; ş is left out, because it has that one too.
const ROMANIAN_LETTERS: [char; 6] = ['ă', 'Ă', 'ț', 'Ț', 'ţ', 'Ţ'];

/// The function words by which Romanian is told from its neighbours.
pub struct Vocabulary {
    /// Frequent words of Romanian, in lower case, with and without diacritics.
    pub romanian: HashSet<String>,
    /// Frequent words of languages that share some of those.
    pub foreign: HashSet<String>,
}

impl Vocabulary {
    /// Returns whether a text is Turkish or a relative, not Romanian; none without evidence.
    pub(super) fn looks_turkish(&self, text: &str) -> Option<bool> {
        let sample = sample(text);
        let letters = Letters::of(&sample);
        let mut turkish = letters.strong + turkish_words(&sample);
        if turkish > 0 {
            turkish += letters.weak;
        }
        if letters.romanian > turkish {
            // Its words would only say it again.
            return Some(false);
        }
        let lower = sample.to_lowercase();
        let is_romanian = |word: &&str| self.romanian.contains(*word);
        let romanian = letters.romanian + words(&lower).filter(is_romanian).count();
        (turkish != romanian).then_some(turkish > romanian)
    }
}

const ROMANIAN: u8 = 1;
const WEAK: u8 = 2;
const STRONG: u8 = 4;
/// Of each character whether it tells Turkish from Romanian; behind these none does.
static HINTS: [u8; 0x260] = with_hints(
    with_hints(
        with_hints([0; 0x260], &ROMANIAN_LETTERS, ROMANIAN),
        &WEAK_TURKISH_LETTERS,
        WEAK,
    ),
    &STRONG_TURKISH_LETTERS,
    STRONG,
);

const fn with_hints(mut hints: [u8; 0x260], letters: &[char], hint: u8) -> [u8; 0x260] {
    let mut letter = 0;
    while letter < letters.len() {
        hints[letters[letter] as usize] |= hint;
        letter += 1;
    }
    hints
}

/// How many letters a text has that tell Turkish from Romanian.
#[derive(Default)]
struct Letters {
    strong: usize,
    weak: usize,
    romanian: usize,
}

impl Letters {
    fn of(text: &str) -> Self {
        let mut letters = Self::default();
        let begins_other = |byte: u8, _| byte >= 0xc0;
        indices(text.as_bytes(), 0, begins_other).for_each(|index| {
            let letter = text[index..].chars().next().unwrap_or_default();
            let hint = HINTS.get(letter as usize).copied().unwrap_or_default();
            letters.romanian += usize::from(hint & ROMANIAN != 0);
            letters.weak += usize::from(hint & WEAK != 0);
            letters.strong += usize::from(hint & STRONG != 0);
        });
        letters
    }
}

/// Returns the text, or of a long one three slices.
pub(super) fn sample(text: &str) -> Cow<'_, str> {
    let characters = text.chars().count();
    if characters <= SAMPLE_CHARACTERS {
        return Cow::Borrowed(text);
    }
    let third = SAMPLE_CHARACTERS / 3;
    let slice = |start: usize| {
        let rest = &text[byte_index(text, start)..];
        &rest[..byte_index(rest, third)]
    };
    let slices = [0, (characters - third) / 2, characters - third].map(slice);
    Cow::Owned(slices.join(" "))
}

/// Bytes whose characters are counted at once, in a sum of one byte.
const CHUNK: usize = 1 << 7;

/// Returns the bytes of so many characters.
fn byte_index(text: &str, characters: usize) -> usize {
    let begins = |byte: &u8| byte & 0xc0 != 0x80;
    let mut left = characters;
    for (number, chunk) in text.as_bytes().chunks(CHUNK).enumerate() {
        let count: u8 = chunk.iter().map(|byte| u8::from(begins(byte))).sum();
        if usize::from(count) <= left {
            left -= usize::from(count);
            continue;
        }
        let starts = chunk.iter().enumerate().filter(|(_, byte)| begins(byte));
        let start = starts.map(|(place, _)| place).nth(left);
        return number * CHUNK + start.unwrap_or_default();
    }
    text.len()
}

pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(separates).filter(|word| !word.is_empty())
}

/// Returns whether a character is in no word; one that is not stays so in lower case, but for İ.
fn separates(character: char) -> bool {
    match character {
        'a'..='z' | 'A'..='Z' => false,
        '\0'..='@' => true,
        _ if is_romanian(character) => false,
        // Beyond ASCII no decimal number stands before U+0300.
        '\u{80}'..'\u{300}' => !character.is_alphanumeric(),
        // Dashes, quotation marks, bullets, ellipses.
        '\u{2010}'..='\u{2027}' => true,
        _ => is_separator(character),
    }
}

/// Says the same of any character by its category.
fn is_separator(character: char) -> bool {
    !is_letter_or_number(character)
        || character.general_category() == GeneralCategory::DecimalNumber
}

/// Returns whether a letter outside of ASCII is one of Romanian, in any spelling.
fn is_romanian(letter: char) -> bool {
    matches!(
        letter,
        'ă' | 'â' | 'î' | 'ș' | 'ț' | 'ş' | 'ţ' | 'Ă' | 'Â' | 'Î' | 'Ș' | 'Ț' | 'Ş' | 'Ţ'
    )
}

/// Returns whether a character is one of the letters of Latin-1 or its extensions A and B that none of
/// [`TURKISH_WORDS`] has in any case.
fn is_in_no_turkish(letter: char) -> bool {
    let is_other = matches!(
        letter,
        'ç' | 'ü' | 'û' | 'ğ' | 'Ç' | 'Ü' | 'Û' | 'Ğ' | 'İ' | 'Ə' | '×' | '÷'
    );
    matches!(letter, 'À'..='\u{24f}') && !is_other
}

/// Returns how many words of Turkish a text has in lower case.
fn turkish_words(text: &str) -> usize {
    let is_within = |byte: u8| byte.is_ascii_alphabetic() | !byte.is_ascii();
    let is_bound = |byte: u8, next: u8| is_within(byte) != is_within(next);
    let (mut count, mut start) = (0, 0);
    // Behind the last byte stands 0, which is in no word.
    indices(text.as_bytes(), 0, is_bound).for_each(|last| {
        let word = &text[start..=last];
        if word.is_ascii() {
            count += usize::from(word.len() <= LONGEST_TURKISH && is_turkish(word));
        } else {
            count += other_turkish_words(word);
        }
        start = last + 1;
    });
    count
}

/// For each number of bytes the set of letters of ASCII with which words of Turkish begin, by their
/// lowest five bits.
const TURKISH_INITIALS: [u32; LONGEST_TURKISH + 1] = {
    let mut initials = [0; LONGEST_TURKISH + 1];
    let mut word = 0;
    while word < TURKISH_WORDS.len() {
        let bytes = TURKISH_WORDS[word].as_bytes();
        if bytes.len() <= LONGEST_TURKISH {
            initials[bytes.len()] |= 1 << (bytes[0] % 32);
        }
        word += 1;
    }
    initials
};

/// Returns whether a word of ASCII that is not too long is one of Turkish, in any case.
#[inline]
fn is_turkish(word: &str) -> bool {
    let initial = word.bytes().next().unwrap_or_default();
    TURKISH_INITIALS[word.len()] >> (initial % 32) & 1 != 0 && is_turkish_word(word)
}

fn is_turkish_word(word: &str) -> bool {
    static NUMBERS: LazyLock<[u64; TURKISH_WORDS.len()]> =
        LazyLock::new(|| TURKISH_WORDS.map(number));
    NUMBERS.contains(&(number(word) | number("      ") >> (8 * (LONGEST_TURKISH - word.len()))))
}

/// Returns the number of which the bytes of a short word are the lowest.
fn number(word: &str) -> u64 {
    word.bytes()
        .rev()
        .fold(0, |number, byte| number << 8 | u64::from(byte))
}

/// Returns how many words of Turkish there are in letters and other characters outside of ASCII.
fn other_turkish_words(text: &str) -> usize {
    // Words of Turkish have none of these letters, which separate none.
    let has_usual = |word: &str| {
        word.chars()
            .all(|one| one.is_ascii() || is_in_no_turkish(one))
    };
    if has_usual(text) {
        return 0;
    }
    let in_word = |word: &str| {
        if word.is_ascii() {
            return usize::from(word.len() <= LONGEST_TURKISH && is_turkish(word));
        }
        if has_usual(word) {
            return 0;
        }
        // İ becomes i and a mark behind it, and marks stand between words.
        let lower = word.to_lowercase();
        let turkish = words(&lower).filter(|word| TURKISH_WORDS.contains(word));
        turkish.count()
    };
    words(text).map(in_word).sum()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_separated_by_all_but_letters_and_numbers_that_are_not_decimal() {
        for character in '\0'..=char::MAX {
            assert_eq!(
                separates(character),
                is_separator(character),
                "{character:?}"
            );
        }
    }

    #[test]
    fn lower_case_joins_no_words_and_divides_them_at_one_letter_only() {
        let changed = ('\0'..=char::MAX).filter(|character| {
            let lower = character.to_lowercase().map(separates);
            lower.collect::<HashSet<_>>() != HashSet::from([separates(*character)])
        });
        assert_eq!(changed.collect::<Vec<_>>(), ['İ']);
    }

    #[test]
    fn letters_in_no_word_of_turkish_are_letters_and_in_none() {
        let letters = ('\u{80}'..=char::MAX).filter(|letter| is_in_no_turkish(*letter));
        for letter in letters {
            let is_within = |word: &&str| letter.to_lowercase().any(|one| word.contains(one));
            assert!(
                !separates(letter) && !TURKISH_WORDS.iter().any(is_within),
                "{letter}"
            );
        }
    }

    /// All words and letters counted, in lower case.
    fn reference(text: &str, vocabulary: &Vocabulary) -> Option<bool> {
        let lower = text.to_lowercase();
        let count = |letters: &[char]| text.matches(letters).count();
        let of = |is_one: &dyn Fn(&str) -> bool| words(&lower).filter(|word| is_one(word)).count();
        let mut turkish =
            of(&|word| TURKISH_WORDS.contains(&word)) + count(&STRONG_TURKISH_LETTERS);
        if turkish > 0 {
            turkish += count(&WEAK_TURKISH_LETTERS);
        }
        let romanian = of(&|word| vocabulary.romanian.contains(word)) + count(&ROMANIAN_LETTERS);
        (turkish != romanian).then_some(turkish > romanian)
    }

    proptest! {
        #[test]
        fn turkish_is_told_as_by_counting_everything(
            words in prop::collection::vec(
                "ve|BU|için|İle|aİVE|DEĞİL|Çok|ku|\u{212a}U|Û|Σ|ΑΣ|ö|ê|ş|ă|Ţ|și|de|un|om|vede|1|ve2|\\PC",
                0..12,
            ),
            separator in "[ \n.-]",
        ) {
            let vocabulary = Vocabulary {
                romanian: ["și", "de", "un"].map(str::to_owned).into(),
                foreign: HashSet::new(),
            };
            let text = words.join(&separator);
            prop_assert_eq!(vocabulary.looks_turkish(&text), reference(&text, &vocabulary));
        }
    }

    #[test]
    fn bytes_of_so_many_characters_are_found_in_any_chunk() {
        let text = "aț—😀".repeat(700);
        let starts: Vec<usize> = text.char_indices().map(|(index, _)| index).collect();
        for (characters, start) in starts.iter().enumerate() {
            assert_eq!(byte_index(&text, characters), *start);
        }
        assert_eq!(byte_index(&text, starts.len()), text.len());
        assert_eq!(byte_index(&text, usize::MAX), text.len());
    }
}
