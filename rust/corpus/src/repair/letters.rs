//! Romanian letters: ş and ţ with a cedilla become ș and ț with a comma below, in Romanian only.
//!
//! Turkish and its relatives write ş with a cedilla by right. A text without any sign of Turkish is
//! mapped whole. One with such signs is judged paragraph by paragraph, and a paragraph that says
//! nothing (a title, a list) follows the document. Words that only one of the two languages can
//! write are safe on either side: "Eskişehir'in yağışı" keeps its letters inside Romanian prose.

use memchr::memchr_iter;

use super::language::{Vocabulary, is_letter_or_number, may_be_turkish};
use super::lines::with_lines;

/// Turkish has none of these. Gagauz has ţ, but in a Romanian corpus ţ is all but always Romanian.
const ONLY_ROMANIAN: &str = "ăĂșȘțȚţŢ";
const ONLY_TURKISH: &str = "ığİĞöüÖÜəƏ";

/// The first byte of the four letters with a cedilla in UTF-8.
const CEDILLA_LEAD: u8 = 0xc5;

/// Returns the text with ş ţ Ş Ţ written as ș ț Ș Ț; none without one.
pub(super) fn with_comma_letters(text: &str) -> Option<String> {
    let mut found = cedilla_letters(text).peekable();
    found.peek()?;
    let mut mapped = String::with_capacity(text.len());
    let mut copied = 0;
    for (index, with_comma) in found {
        mapped.push_str(&text[copied..index]);
        mapped.push(with_comma);
        copied = index + with_comma.len_utf8();
    }
    mapped.push_str(&text[copied..]);
    Some(mapped)
}

/// Yields where letters with a cedilla are, and the same letters with a comma, all of two bytes.
fn cedilla_letters(text: &str) -> impl Iterator<Item = (usize, char)> {
    let bytes = text.as_bytes();
    memchr_iter(CEDILLA_LEAD, bytes).filter_map(|index| {
        let with_comma = match bytes[index + 1] {
            0x9e => 'Ș',
            0x9f => 'ș',
            0xa2 => 'Ț',
            0xa3 => 'ț',
            _ => return None,
        };
        Some((index, with_comma))
    })
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
    cedilla_letters(paragraph).next()?;
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
