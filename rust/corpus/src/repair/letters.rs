//! Romanian letters: ş and ţ with a cedilla become ș and ț with a comma below, in Romanian only.
//!
//! Turkish and its relatives write ş with a cedilla by right. A text without any sign of Turkish is
//! mapped whole. One with such signs is judged paragraph by paragraph, and a paragraph that says
//! nothing (a title, a list) follows the document. Words that only one of the two languages can
//! write are safe on either side: "Eskişehir'in yağışı" keeps its letters inside Romanian prose.

use std::ops::Range;

use memchr::{memchr, memchr_iter, memrchr};
use simdutf8::basic::from_utf8;

use super::language::Vocabulary;
use crate::blocks::{Gather, Task, run};
use crate::unicode::is_letter_or_number;

/// Turkish has none of these. Gagauz has ţ, but in a Romanian corpus ţ is all but always Romanian.
const ONLY_ROMANIAN: [char; 8] = ['ă', 'Ă', 'ș', 'Ș', 'ț', 'Ț', 'ţ', 'Ţ'];
const ONLY_TURKISH: [char; 10] = ['ı', 'ğ', 'İ', 'Ğ', 'ö', 'ü', 'Ö', 'Ü', 'ə', 'Ə'];

/// The first byte of the four letters with a cedilla in UTF-8, and of those with a comma.
const CEDILLA_LEAD: u8 = 0xc5;
const COMMA_LEAD: u8 = 0xc8;

/// Returns the text with ş ţ Ş Ţ written as ș ț Ș Ț; none without one.
pub(super) fn with_comma_letters(text: &str) -> Option<String> {
    has_cedilla(text).then(|| owned(&mapped(text.as_bytes())))
}

/// Returns whether a text has any letter with a cedilla.
pub(super) fn has_cedilla(text: &str) -> bool {
    cedilla_letters(text.as_bytes()).next().is_some()
}

/// Yields the indices of letters with a cedilla.
fn cedilla_letters(text: &[u8]) -> impl Iterator<Item = usize> {
    memchr_iter(CEDILLA_LEAD, text).filter(|index| is_second_byte(text[index + 1]))
}

/// Whether a byte is the second one of a letter with a cedilla.
#[inline(always)]
fn is_second_byte(byte: u8) -> bool {
    (byte & 0xfe == 0x9e) | (byte & 0xfe == 0xa2)
}

/// Returns a text with every letter with a cedilla written with a comma.
fn mapped(text: &[u8]) -> Vec<u8> {
    run(Mapped(text))
}

/// Both kinds of letters have two bytes, so that many are mapped side by side.
struct Mapped<'text>(&'text [u8]);

impl Task for Mapped<'_> {
    type Output = Vec<u8>;

    #[inline(always)]
    fn run(self, _: impl Gather) -> Vec<u8> {
        let Self(text) = self;
        let mut mapped = text.to_vec();
        // What stands before a text and behind it is no part of a letter.
        let (first, last) = match text {
            [first, .., last] => (*first, *last),
            _ => return mapped,
        };
        for (to, around) in mapped[1..].iter_mut().zip(text.windows(3)) {
            *to = mapped_byte(around[0], around[1], around[2]);
        }
        mapped[0] = mapped_byte(0, first, text[1]);
        mapped[text.len() - 1] = mapped_byte(text[text.len() - 2], last, 0);
        mapped
    }
}

/// Returns a byte as it is in the mapped text, given those before and behind it.
#[inline(always)]
fn mapped_byte(before: u8, byte: u8, behind: u8) -> u8 {
    // Ş and ş are 0x9e and 0x9f behind one lead, 0x98 and 0x99 behind the other; Ţ and ţ 0xa2 and
    // 0xa3, 0x9a and 0x9b.
    let distance = if byte < 0xa0 { 6 } else { 8 };
    let is_lead = (byte == CEDILLA_LEAD) & is_second_byte(behind);
    let is_second = (before == CEDILLA_LEAD) & is_second_byte(byte);
    let second = if is_second {
        byte.wrapping_sub(distance)
    } else {
        byte
    };
    if is_lead { COMMA_LEAD } else { second }
}

fn owned(text: &[u8]) -> String {
    from_utf8(text).expect("whole letters").to_owned()
}

/// Does what [`with_comma_letters`] does, except where a text that has signs of Turkish is Turkish.
///
/// `signs` are the indices of the letters that hint at Turkish, ascending.
pub(super) fn with_comma_letters_of_romanian(
    text: &str,
    signs: &[usize],
    vocabulary: &Vocabulary,
) -> Option<String> {
    let bytes = text.as_bytes();
    let document_is_turkish = vocabulary.looks_turkish(text) == Some(true);
    let letters: Vec<usize>;
    let places = if document_is_turkish {
        letters = cedilla_letters(bytes).collect();
        &letters
    } else {
        signs
    };
    let mut mapped = mapped(bytes);
    let mut paragraph = 0..0;
    for place in places {
        if *place < paragraph.end {
            continue;
        }
        paragraph = paragraph_at(bytes, *place);
        let mut letters = cedilla_letters(&bytes[paragraph.clone()]).peekable();
        if letters.peek().is_none() {
            continue;
        }
        let is_turkish = vocabulary.looks_turkish(&text[paragraph.clone()]);
        let is_turkish = is_turkish.unwrap_or(document_is_turkish);
        for letter in letters.map(|index| paragraph.start + index) {
            if stays(text, letter, is_turkish) {
                mapped[letter..letter + 2].copy_from_slice(&bytes[letter..letter + 2]);
            }
        }
    }
    (mapped != bytes).then(|| owned(&mapped))
}

/// Returns where the paragraph is in which the byte with an index is.
fn paragraph_at(text: &[u8], index: usize) -> Range<usize> {
    let start = memrchr(b'\n', &text[..index]).map_or(0, |line_end| line_end + 1);
    let end = memchr(b'\n', &text[index..]).map_or(text.len(), |length| index + length);
    start..end
}

/// Returns whether the letter with a cedilla at an index stays, in a paragraph with signs of Turkish or
/// of a Turkish text.
fn stays(text: &str, index: usize, is_turkish: bool) -> bool {
    let word = word_at(text, index);
    (is_turkish || word.contains(ONLY_TURKISH)) && !word.contains(ONLY_ROMANIAN)
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn letters_are_mapped_as_one_by_one(text in "[aşţŞŢșțšŠŤŧ—]{0,50}") {
            let pairs = [('ş', 'ș'), ('ţ', 'ț'), ('Ş', 'Ș'), ('Ţ', 'Ț')];
            let mapped_one = |letter: char| {
                let pair = pairs.iter().find(|(cedilla, _)| *cedilla == letter);
                pair.map_or(letter, |(_, comma)| *comma)
            };
            let expected: String = text.chars().map(mapped_one).collect();
            prop_assert_eq!(owned(&mapped(text.as_bytes())), expected);
        }
    }
}
