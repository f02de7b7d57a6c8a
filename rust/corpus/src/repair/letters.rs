//! Romanian letters: ş and ţ with a cedilla become ș and ț with a comma below, in Romanian only.
//!
//! Turkish and its relatives write ş with a cedilla by right. A text without any sign of Turkish is
//! mapped whole. One with such signs is judged paragraph by paragraph, and a paragraph that says
//! nothing (a title, a list) follows the document. Words that only one of the two languages can
//! write are safe on either side: "Eskişehir'in yağışı" keeps its letters inside Romanian prose.

use memchr::{memchr, memchr_iter, memrchr};

use super::language::{Vocabulary, is_letter_or_number};

/// Turkish has none of these. Gagauz has ţ, but in a Romanian corpus ţ is all but always Romanian.
const ONLY_ROMANIAN: [char; 8] = ['ă', 'Ă', 'ș', 'Ș', 'ț', 'Ț', 'ţ', 'Ţ'];
const ONLY_TURKISH: [char; 10] = ['ı', 'ğ', 'İ', 'Ğ', 'ö', 'ü', 'Ö', 'Ü', 'ə', 'Ə'];

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

/// Returns whether a text has any letter with a cedilla.
pub(super) fn has_cedilla(text: &str) -> bool {
    cedilla_letters(text).next().is_some()
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
///
/// `signs` are the indices of the letters that hint at Turkish, ascending.
pub(super) fn with_comma_letters_of_romanian(
    text: &str,
    signs: &[usize],
    vocabulary: &Vocabulary,
) -> Option<String> {
    let document_is_turkish = vocabulary.looks_turkish(text) == Some(true);
    let mut mapped = String::new();
    let (mut copied, mut paragraph) = (0, Paragraph::default());
    for (index, with_comma) in cedilla_letters(text) {
        if index >= paragraph.end {
            paragraph = Paragraph::at(text, index);
            if document_is_turkish || paragraph.has_any(signs) {
                let is_turkish = vocabulary.looks_turkish(paragraph.text(text));
                paragraph.is_turkish = Some(is_turkish.unwrap_or(document_is_turkish));
            }
        }
        if !paragraph.keeps(text, index) {
            mapped.reserve(text.len() - copied);
            mapped.push_str(&text[copied..index]);
            mapped.push(with_comma);
            copied = index + with_comma.len_utf8();
        }
    }
    (copied > 0).then(|| mapped + &text[copied..])
}

/// Where a paragraph is, and what it says of its words.
#[derive(Default)]
struct Paragraph {
    start: usize,
    end: usize,
    /// Whether it is Turkish; none if no word of it can be.
    is_turkish: Option<bool>,
}

impl Paragraph {
    /// Returns the paragraph in which the byte with an index is.
    fn at(text: &str, index: usize) -> Self {
        let bytes = text.as_bytes();
        let end = memchr(b'\n', &bytes[index..]).map_or(text.len(), |length| index + length);
        Self {
            start: memrchr(b'\n', &bytes[..index]).map_or(0, |line_end| line_end + 1),
            end,
            is_turkish: None,
        }
    }

    fn text<'text>(&self, text: &'text str) -> &'text str {
        &text[self.start..self.end]
    }

    /// Returns whether one of some places is in it, which are ascending.
    fn has_any(&self, places: &[usize]) -> bool {
        let next = places.partition_point(|place| *place < self.start);
        places.get(next).is_some_and(|place| *place < self.end)
    }

    /// Returns whether the letter with a cedilla at an index stays.
    fn keeps(&self, text: &str, index: usize) -> bool {
        let Some(is_turkish) = self.is_turkish else {
            return false;
        };
        let word = word_at(text, index);
        (is_turkish || word.contains(ONLY_TURKISH)) && !word.contains(ONLY_ROMANIAN)
    }
}

/// Returns the word in which the character at an index is.
fn word_at(text: &str, index: usize) -> &str {
    let (before, rest) = text.split_at(index);
    let start = before.trim_end_matches(is_word_character).len();
    let end = text.len() - rest.trim_start_matches(is_word_character).len();
    &text[start..end]
}

fn is_word_character(character: char) -> bool {
    is_letter_or_number(character) || character == '_'
}
