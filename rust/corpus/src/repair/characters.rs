//! Characters that carry no text: line ends, controls, look-alikes of the hyphen, blanks.

use super::classes::{HYPHENS, LINE_ENDS, ODD_BLANKS, is_invisible};

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
    for character in text.chars() {
        let stays = if character == JOINER {
            visible.chars().next_back().is_some_and(can_be_joined)
        } else {
            !is_invisible(character)
        };
        if stays {
            visible.push(character);
        }
    }
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
    let (mut newlines, mut blank) = (0, false);
    for character in text.chars() {
        match character {
            '\n' => newlines += 1,
            ' ' => blank = true,
            _ if character.is_whitespace() && ODD_BLANKS.contains(character) => blank = true,
            _ => {
                if !tidy.is_empty() {
                    match newlines {
                        0 if blank => tidy.push(' '),
                        0 => {}
                        1 => tidy.push('\n'),
                        _ => tidy.push_str("\n\n"),
                    }
                }
                (newlines, blank) = (0, false);
                tidy.push(character);
            }
        }
    }
    tidy
}

fn is_one_of(characters: &str) -> impl Fn(char) -> bool {
    move |character| characters.contains(character)
}
