use xxhash_rust::xxh3::xxh3_64;

use super::groups::Groups;
use crate::repair::lines;

/// What a line of prose or verse ends with: the punctuation of sentences and of their parts, and the
/// quotation marks and brackets that close. Items of menus and lists have none.
const LINE_ENDS: [char; 14] = [
    '.', ',', ';', ':', '!', '?', '…', '"', '\'', '”', '“', '»', '’', ')',
];

/// Bytes of a line of verse; prose has more. Only a guess for the first allocation.
const BYTES_PER_LINE: usize = 40;

/// Counts of the lines of a text that are not blank; white space at their ends does not count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Lines {
    pub(super) lines: usize,
    pub(super) characters: usize,
    /// Lines that end with one of [`LINE_ENDS`].
    pub(super) punctuated: usize,
    /// Lines that equal one before.
    pub(super) duplicates: usize,
    pub(super) duplicate_characters: usize,
}

impl Lines {
    pub(super) fn of(text: &str) -> Self {
        let mut counts = Self::default();
        for line in trimmed(text) {
            counts.lines += 1;
            counts.characters += line.chars().count();
            counts.punctuated += usize::from(is_punctuated(line));
        }
        counts.count_duplicates(text);
        counts
    }

    /// Counts the lines that equal one before, and their characters.
    pub(super) fn count_duplicates(&mut self, text: &str) {
        (self.duplicates, self.duplicate_characters) = (0, 0);
        // By hash: among a million different lines two share one with a probability of 3e-8.
        let mut distinct = Groups::with_capacity(text.len() / BYTES_PER_LINE);
        for (number, line) in trimmed(text).enumerate() {
            distinct.add(xxh3_64(line.as_bytes()));
            if number + 1 - self.duplicates > distinct.len() {
                self.duplicates += 1;
                self.duplicate_characters += line.chars().count();
            }
        }
    }
}

/// Yields the lines that are not blank, without the white space at their ends.
fn trimmed(text: &str) -> impl Iterator<Item = &str> {
    lines(text).map(str::trim).filter(|line| !line.is_empty())
}

/// Returns whether a line ends with one of [`LINE_ENDS`].
#[inline]
pub(super) fn is_punctuated(line: &str) -> bool {
    match line.as_bytes().last() {
        Some(byte @ ..128) => LINE_ENDS.contains(&char::from(*byte)),
        // Letters of Romanian, which are two bytes, end many lines.
        Some(_) => !line.ends_with(['ă', 'â', 'î']) && line.ends_with(LINE_ENDS),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_without_blank_ones_and_blank_ends() {
        let found = Lines::of("Da.\n\n — Nu! \nDa.\nși,\n \nDa.");
        let expected = Lines {
            lines: 5,
            characters: 17,
            punctuated: 5,
            duplicates: 2,
            duplicate_characters: 6,
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn punctuation_ends_a_line_and_dashes_and_letters_do_not() {
        let text = "„Da.”
da,
da…
(da)
da
da -
da 7";
        assert_eq!(Lines::of(text).punctuated, 4);
    }

    #[test]
    fn nothing_has_no_lines() {
        assert_eq!(Lines::of(" \n\u{a0}\n"), Lines::default());
    }
}
