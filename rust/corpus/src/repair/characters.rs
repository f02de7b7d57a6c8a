//! Characters that carry no text: line ends, controls, look-alikes of the hyphen, blanks.

use std::ops::Range;

use super::classes::{HYPHENS, LINE_ENDS, ODD_BLANKS, is_invisible};
use super::marks::needs_a_look;
use crate::blocks::indices;

const JOINER: char = '\u{200d}';

/// Returns the text with every kind of line end written as `\n`.
pub(super) fn with_plain_line_ends(text: &str) -> String {
    text.replace("\r\n", "\n")
        .replace(is_one_of(LINE_ENDS), "\n")
}

/// Returns the text without characters that show nothing.
///
/// A zero-width joiner stays behind an emoji or its variation selector, and only there.
pub(super) fn without_invisible(text: &str) -> String {
    let mut visible = String::with_capacity(text.len());
    let mut copied = 0;
    for index in indices(text.as_bytes(), 0, needs_a_look) {
        let (before, rest) = (&text[copied..index], &text[index..]);
        let character = rest.chars().next().expect("its first byte is there");
        let stays = if character == JOINER {
            let last = before.chars().next_back().or(visible.chars().next_back());
            last.is_some_and(can_be_joined)
        } else {
            !is_invisible(character)
        };
        if !stays {
            visible.push_str(before);
            copied = index + character.len_utf8();
        }
    }
    visible.push_str(&text[copied..]);
    visible
}

fn can_be_joined(character: char) -> bool {
    matches!(character, '\u{2600}'..='\u{27bf}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}')
}

/// Returns the text with the look-alikes of the hyphen written as `-`.
pub(super) fn with_plain_hyphens(text: &str) -> String {
    let is_alike = is_one_of(HYPHENS);
    text.replace(
        |character: char| !character.is_ascii() && is_alike(character),
        "-",
    )
}

/// Blanks to spare, and what is meant by them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Blanks {
    /// Indices of bytes.
    pub(super) range: Range<usize>,
    /// As they are to be written.
    pub(super) meant: &'static str,
    pub(super) line_ends: usize,
}

/// Returns which blanks of a text are to be written otherwise: as single spaces, none at the ends of
/// lines, and single blank lines. They ascend.
pub(super) fn blanks_to_spare(text: &str) -> Vec<Blanks> {
    let bytes = text.as_bytes();
    let mut spare = Vec::new();
    let mut end = 0;
    let at_start = (!text.is_empty()).then_some(0);
    for start in at_start
        .into_iter()
        .chain(indices(bytes, 0, may_be_changed))
    {
        if start < end {
            continue;
        }
        let mut line_ends = 0;
        end = start;
        while let Some(length) = blank_length(text, end) {
            line_ends += usize::from(bytes[end] == b'\n');
            end += length;
        }
        let meant = match line_ends {
            _ if start == 0 || end == text.len() => "",
            0 => " ",
            1 => "\n",
            _ => "\n\n",
        };
        if start < end && &text[start..end] != meant {
            spare.push(Blanks {
                range: start..end,
                meant,
                line_ends,
            });
        }
    }
    spare
}

/// Returns the text with some blanks written as they are meant; none without any.
pub(super) fn with_meant_blanks(text: &str, spare: &[Blanks]) -> Option<String> {
    if spare.is_empty() {
        return None;
    }
    let mut tidy = String::with_capacity(text.len());
    let mut copied = 0;
    for Blanks { range, meant, .. } in spare {
        tidy.push_str(&text[copied..range.start]);
        tidy.push_str(meant);
        copied = range.end;
    }
    tidy.push_str(&text[copied..]);
    Some(tidy)
}

/// Returns the bytes of the blank at an index; none if there is none.
#[inline]
fn blank_length(text: &str, index: usize) -> Option<usize> {
    match text.as_bytes().get(index)? {
        b' ' | b'\n' => Some(1),
        byte if begins_blank(*byte) => {
            let character = text[index..].chars().next().filter(|one| is_blank(*one));
            character.map(char::len_utf8)
        }
        _ => None,
    }
}

fn is_blank(character: char) -> bool {
    matches!(character, '\n' | ' ') || (character.is_whitespace() && ODD_BLANKS.contains(character))
}

/// Whether a byte may begin a blank, and none that stands alone, as most do.
#[inline(always)]
fn may_be_changed(byte: u8, next: u8) -> bool {
    let is_usual = (byte == b' ') | (byte == b'\n');
    begins_blank(byte) & !(is_usual & !begins_blank(next))
}

/// Whether a byte may begin a blank: all of them begin with one of these.
#[inline(always)]
fn begins_blank(byte: u8) -> bool {
    (byte <= b' ') | (byte == 0xc2) | matches!(byte, 0xe1..=0xe3)
}

fn is_one_of(characters: &str) -> impl Fn(char) -> bool {
    move |character| characters.contains(character)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Character by character.
    fn reference(text: &str) -> String {
        let mut tidy = String::new();
        let (mut newlines, mut blank) = (0, false);
        for character in text.chars() {
            if character == '\n' {
                newlines += 1;
            } else if is_blank(character) {
                blank = true;
            } else {
                if !tidy.is_empty() {
                    tidy.push_str(match newlines {
                        0 if blank => " ",
                        0 => "",
                        1 => "\n",
                        _ => "\n\n",
                    });
                }
                (newlines, blank) = (0, false);
                tidy.push(character);
            }
        }
        tidy
    }

    #[test]
    fn every_invisible_character_goes_but_a_joiner_behind_an_emoji() {
        for character in ('\0'..=char::MAX).filter(|character| is_invisible(*character)) {
            assert_eq!(without_invisible(&format!("a{character}ț")), "aț");
        }
        let joined = "\u{1f468}\u{200d}\u{1f469}";
        assert_eq!(without_invisible(joined), joined);
        assert_eq!(without_invisible("❤\u{200b}\u{200d}\u{200d}"), "❤\u{200d}");
    }

    proptest! {
        #[test]
        fn blanks_are_made_single_as_character_by_character(
            text in "[ab„ț \n\t\u{a0}\u{2003}\u{3000}«\r]{0,20}",
        ) {
            let spare = blanks_to_spare(&text);
            let tidy = with_meant_blanks(&text, &spare).unwrap_or(text.clone());
            prop_assert_eq!(tidy, reference(&text));
            let is_spare = |blanks: &Blanks| &text[blanks.range.clone()] != blanks.meant;
            prop_assert!(spare.iter().all(is_spare));
        }
    }
}
