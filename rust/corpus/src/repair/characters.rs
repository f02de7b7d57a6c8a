//! Characters that carry no text: line ends, controls, look-alikes of the hyphen, blanks.

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
    text.replace(is_one_of(HYPHENS), "-")
}

/// Returns the text with single spaces, none at the ends of lines, and single blank lines.
pub(super) fn with_single_blanks(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    let (mut copied, mut index) = (0, 0);
    let at_start = (!text.is_empty()).then_some(0);
    for start in at_start
        .into_iter()
        .chain(indices(text.as_bytes(), 0, may_be_changed))
    {
        if start < index || !text[start..].starts_with(is_blank) {
            continue;
        }
        let rest = text[start..].trim_start_matches(is_blank);
        index = text.len() - rest.len();
        let blanks = &text[start..index];
        let is_at_an_end = start == 0 || rest.is_empty();
        let meant = match blanks.bytes().filter(|byte| *byte == b'\n').count() {
            _ if is_at_an_end => "",
            0 => " ",
            1 => "\n",
            _ => "\n\n",
        };
        if blanks != meant {
            tidy.push_str(&text[copied..start]);
            tidy.push_str(meant);
            copied = index;
        }
    }
    tidy.push_str(&text[copied..]);
    tidy
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
            prop_assert_eq!(with_single_blanks(&text), reference(&text));
        }
    }
}
