//! Which language a text is in, as far as its letters and function words tell.

use std::borrow::Cow;
use std::collections::HashSet;

use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

use super::marks::is_letter as is_romanian_letter;
use crate::blocks::indices;

/// Texts of more characters are judged by three slices of a third of it: start, middle and end.
const SAMPLE_CHARACTERS: usize = 12_000;

/// Letters of Turkish and its relatives, and of Kurdish: the languages beside Romanian that write ş.
pub(super) const STRONG_TURKISH_LETTERS: &str = "ığİĞəƏ";
/// These prove nothing alone, since German, Hungarian and French names have them.
pub(super) const WEAK_TURKISH_LETTERS: &str = "öüÖÜçÇêû";
const TURKISH_WORDS: [&str; 21] = [
    "ve", "bir", "bu", "için", "ile", "çok", "olan", "olarak", "daha", "değil", "gibi", "sonra",
    "kadar", "ise", "və", "ilə", "üçün", "û", "ji", "li", "ku",
];
/// Letters of which Turkish has none; ş is left out, because it has that one too.
const ROMANIAN_LETTERS: &str = "ăĂțȚţŢ";

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
        let lower = sample.to_lowercase();
        let mut turkish = words(&lower).filter(|word| is_turkish_word(word)).count();
        turkish += count(&sample, STRONG_TURKISH_LETTERS);
        if turkish > 0 {
            turkish += count(&sample, WEAK_TURKISH_LETTERS);
        }
        let known = words(&lower).filter(|word| self.romanian.contains(*word));
        let romanian = known.count() + count(&sample, ROMANIAN_LETTERS);
        (turkish != romanian).then_some(turkish > romanian)
    }
}

/// Returns whether a text has any letter that hints at Turkish.
pub(super) fn may_be_turkish(text: &str) -> bool {
    let is_turkish = |letter: char| {
        STRONG_TURKISH_LETTERS.contains(letter) || WEAK_TURKISH_LETTERS.contains(letter)
    };
    let letters = indices(text.as_bytes(), 0, may_begin_turkish_letter);
    let mut letters = letters.filter_map(|index| text[index..].chars().next());
    letters.any(is_turkish)
}

/// Whether two bytes can begin a letter that hints at Turkish; those of ă, â and î cannot.
#[inline(always)]
fn may_begin_turkish_letter(byte: u8, next: u8) -> bool {
    let is_lead = (byte == 0xc3) | (byte == 0xc4) | (byte == 0xc6) | (byte == 0xc9);
    is_lead & !is_romanian_letter(byte, next)
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

/// Bytes whose characters are counted at once.
const CHUNK: usize = 1 << 10;

/// Returns the bytes of so many characters.
fn byte_index(text: &str, characters: usize) -> usize {
    let begins = |byte: &u8| byte & 0xc0 != 0x80;
    let mut left = characters;
    for (number, chunk) in text.as_bytes().chunks(CHUNK).enumerate() {
        let count = chunk.iter().filter(|byte| begins(byte)).count();
        if count <= left {
            left -= count;
            continue;
        }
        let starts = chunk.iter().enumerate().filter(|(_, byte)| begins(byte));
        let start = starts.map(|(place, _)| place).nth(left);
        return number * CHUNK + start.unwrap_or_default();
    }
    text.len()
}

/// Returns whether a character is a letter, or a number of any kind.
pub(super) fn is_letter_or_number(character: char) -> bool {
    // No mark stands before U+0300, so that the faster test of the standard library says the same.
    if character < '\u{300}' {
        return character.is_alphanumeric();
    }
    let group = character.general_category_group();
    group == GeneralCategoryGroup::Letter || group == GeneralCategoryGroup::Number
}

/// Returns whether a character is a letter, of any alphabet.
pub(super) fn is_letter(character: char) -> bool {
    if character < '\u{300}' {
        return character.is_alphabetic();
    }
    character.general_category_group() == GeneralCategoryGroup::Letter
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    let is_decimal =
        |character: char| character.general_category() == GeneralCategory::DecimalNumber;
    text.split(move |character: char| match character {
        'a'..='z' => false,
        _ => !is_letter_or_number(character) || is_decimal(character),
    })
    .filter(|word| !word.is_empty())
}

fn is_turkish_word(word: &str) -> bool {
    TURKISH_WORDS.contains(&word)
}

/// Counts letters of which none is of ASCII.
fn count(text: &str, letters: &str) -> usize {
    let begins_other = |byte: u8, _| byte >= 0xc0;
    let others = indices(text.as_bytes(), 0, begins_other);
    others
        .filter_map(|index| text[index..].chars().next())
        .filter(|character| letters.contains(*character))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

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
