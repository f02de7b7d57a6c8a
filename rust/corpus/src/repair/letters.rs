//! Romanian letters: ş and ţ with a cedilla become ș and ț with a comma below, in Romanian only.
//!
//! Turkish and its relatives write ş with a cedilla by right. A text without any sign of Turkish is
//! mapped whole. One with such signs is judged paragraph by paragraph, and a paragraph that says
//! nothing (a title, a list) follows the document. Words that only one of the two languages can
//! write are safe on either side: "Eskişehir'in yağışı" keeps its letters inside Romanian prose.

use super::language::{Vocabulary, is_letter_or_number, may_be_turkish};
use super::lines::with_lines;

/// Turkish has none of these. Gagauz has ţ, but in a Romanian corpus ţ is all but always Romanian.
const ONLY_ROMANIAN: &str = "ăĂșȘțȚţŢ";
const ONLY_TURKISH: &str = "ığİĞöüÖÜəƏ";

/// The first byte of the four letters with a cedilla in UTF-8, and of those with a comma. All are of
/// two bytes, so that one can be written over another.
const CEDILLA_LEAD: u8 = 0xc5;
const COMMA_LEAD: u8 = 0xc8;

/// Returns the text with ş ţ Ş Ţ written as ș ț Ș Ț; none without one.
pub(super) fn with_comma_letters(text: &str) -> Option<String> {
    let first = text.find(is_cedilla)?;
    let mut bytes = text.as_bytes().to_vec();
    for index in first..bytes.len() - 1 {
        if bytes[index] == CEDILLA_LEAD {
            let trail = match bytes[index + 1] {
                0x9e => 0x98, // Ş to Ș
                0x9f => 0x99, // ş to ș
                0xa2 => 0x9a, // Ţ to Ț
                0xa3 => 0x9b, // ţ to ț
                _ => continue,
            };
            bytes[index] = COMMA_LEAD;
            bytes[index + 1] = trail;
        }
    }
    Some(String::from_utf8(bytes).expect("letters exchanged for letters"))
}

/// Does what [`with_comma_letters`] does, except where a text that has signs of Turkish is Turkish.
pub(super) fn with_comma_letters_of_romanian(
    text: &str,
    vocabulary: &Vocabulary,
) -> Option<String> {
    let document_is_turkish = vocabulary.looks_turkish(text) == Some(true);
    with_lines(text, |paragraph| {
        mapped_paragraph(paragraph, document_is_turkish, vocabulary)
    })
}

fn mapped_paragraph(
    paragraph: &str,
    document_is_turkish: bool,
    vocabulary: &Vocabulary,
) -> Option<String> {
    paragraph.find(is_cedilla)?;
    if !document_is_turkish && !may_be_turkish(paragraph) {
        return with_comma_letters(paragraph);
    }
    let turkish = vocabulary.looks_turkish(paragraph);
    let turkish = turkish.unwrap_or(document_is_turkish);
    let mapped: String = split_at_words(paragraph)
        .map(|piece| mapped_word(piece, turkish))
        .collect();
    (mapped != paragraph).then_some(mapped)
}

fn mapped_word(word: &str, paragraph_is_turkish: bool) -> String {
    let is_turkish = paragraph_is_turkish || has_any(word, ONLY_TURKISH);
    if is_turkish && !has_any(word, ONLY_ROMANIAN) {
        return word.to_owned();
    }
    with_comma_letters(word).unwrap_or_else(|| word.to_owned())
}

fn is_cedilla(letter: char) -> bool {
    matches!(letter, 'ş' | 'ţ' | 'Ş' | 'Ţ')
}

/// Yields words and what stands between two, in order.
fn split_at_words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let in_word = is_word_character(rest.chars().next()?);
        let end = rest.find(|character| is_word_character(character) != in_word);
        let (piece, behind) = rest.split_at(end.unwrap_or(rest.len()));
        rest = behind;
        Some(piece)
    })
}

fn is_word_character(character: char) -> bool {
    is_letter_or_number(character) || character == '_'
}

fn has_any(text: &str, letters: &str) -> bool {
    text.chars().any(|character| letters.contains(character))
}
