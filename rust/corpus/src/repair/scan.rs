//! One pass over a text that finds which repairs it may need. Most texts need none.
//!
//! Most of a Romanian text is letters of ASCII, single spaces and ă â î ș ț. Blocks of nothing else
//! are passed by [`ordinary`] without a branch for each character; the others are looked at
//! character by character.

use super::classes::{
    BEFORE_BLANK, CAPITAL_CLASS, Classes, DOOMED, LOWER_CLASS, MAY_BE_TURKISH, OPENING_CLASS,
    QUOTE_CLASS, RULED,
};
use super::kinds::{Kind, Kinds};
use super::ordinary::{BLOCK, is_ordinary};
use super::wrapped::{MAX_LINE_BYTES, MIN_LINES};

/// What a scan finds in a text.
#[derive(Default)]
pub(super) struct Findings {
    /// The kinds of repair that may change the text; the others would not.
    pub(super) kinds: Kinds,
    /// Whether the text has a letter that hints at Turkish.
    pub(super) may_be_turkish: bool,
    /// Where mojibake may be: indices of bytes, ascending, one a line at least.
    pub(super) suspicious: Vec<usize>,
    /// Where blanks before punctuation are: indices of bytes, ascending.
    pub(super) spaced: Vec<usize>,
}

/// Returns what a text may need.
pub(super) fn findings(text: &str, classes: &Classes) -> Findings {
    let bytes = text.as_bytes();
    let mut scan = Scan {
        bytes,
        classes,
        classes_found: at_the_ends(bytes),
        lines: Lines::default(),
        findings: Findings::default(),
    };
    let (mut index, mut looked_at) = (0, 0);
    while index < bytes.len() {
        if is_ordinary(&bytes[index..]) {
            index += BLOCK;
            continue;
        }
        // What a character needs can depend on the next one, so the last one is looked at too.
        let start = previous_character(bytes, index).max(looked_at);
        index = scan.look(start, (index + BLOCK).min(bytes.len()));
        looked_at = index;
    }
    scan.finished()
}

const ALL_KINDS: u32 = (1 << Kind::ALL.len()) - 1;

struct Scan<'text> {
    bytes: &'text [u8],
    classes: &'text Classes,
    classes_found: u32,
    lines: Lines,
    findings: Findings,
}

impl Scan<'_> {
    /// Looks at the characters that begin in a part of the text; returns where the last one ends.
    fn look(&mut self, start: usize, end: usize) -> usize {
        let mut index = start;
        while index < end {
            let byte = self.bytes[index];
            if byte.is_ascii() {
                match byte {
                    b' ' => self.look_behind_space(index),
                    b'\n' => {
                        self.lines.end(index);
                        self.classes_found |= around_line_end(self.bytes, index);
                    }
                    _ => self.classes_found |= self.classes.of(u32::from(byte)),
                }
                index += 1;
            } else {
                let (code, length) = decoded(self.bytes, index);
                let class = self.classes.of(code);
                self.classes_found |= class;
                let next = index + length;
                if class & Kind::Mojibake.bit() != 0
                    || (class & RULED != 0 && is_suspicious(class, self.bytes, next, self.classes))
                {
                    self.findings.suspicious.push(index);
                }
                index = next;
            }
        }
        index
    }

    fn look_behind_space(&mut self, index: usize) {
        match self.bytes.get(index + 1) {
            Some(b' ' | b'\n') => self.classes_found |= Kind::Blanks.bit(),
            Some(b',' | b'.' | b';' | b':' | b'!' | b'?') => self.findings.spaced.push(index),
            _ => {}
        }
    }

    fn finished(mut self) -> Findings {
        let mut kinds = Kinds((self.classes_found | self.lines.kinds()) & ALL_KINDS);
        if !self.findings.suspicious.is_empty() {
            kinds.insert(Kind::Mojibake);
        }
        if !self.findings.spaced.is_empty() {
            kinds.insert(Kind::SpacedPunctuation);
        }
        self.findings.kinds = kinds;
        self.findings.may_be_turkish = self.classes_found & MAY_BE_TURKISH != 0;
        self.findings
    }
}

/// Returns where the character begins that ends before an index, or that holds it.
fn previous_character(bytes: &[u8], index: usize) -> usize {
    let is_start = |index: &usize| bytes[*index] & 0xc0 != 0x80;
    (0..index).rev().find(is_start).unwrap_or(0)
}

/// Returns whether a ruled character and those behind it, from `next` on, may be in a rule.
///
/// Every rule of ftfy that needs neighbours needs two ruled ones, or Ã or Â before a blank. Four
/// kinds of pairs that Romanian is full of are in no rule: two lower-case letters ("ță"), or a capital
/// and one ("Îş"); an opening quote, dash or ellipsis before anything but the two kinds that
/// [`DOOMED`] holds; and a lower-case letter before a quote that is followed by a blank or by
/// punctuation of ASCII.
#[inline]
fn is_suspicious(class: u32, bytes: &[u8], next: usize, classes: &Classes) -> bool {
    match bytes.get(next) {
        None => false,
        Some(b' ') => class & BEFORE_BLANK != 0,
        Some(0..128) => false,
        Some(_) => {
            let (code, length) = decoded(bytes, next);
            let neighbour = classes.of(code);
            if class & LOWER_CLASS != 0 {
                if neighbour & QUOTE_CLASS != 0 {
                    return continues_word(bytes, next + length, classes);
                }
                neighbour & RULED != 0 && neighbour & LOWER_CLASS == 0
            } else if class & OPENING_CLASS != 0 {
                neighbour & DOOMED != 0
            } else if class & CAPITAL_CLASS != 0 {
                neighbour & RULED != 0 && neighbour & LOWER_CLASS == 0
            } else {
                neighbour & RULED != 0
            }
        }
    }
}

fn continues_word(bytes: &[u8], index: usize, classes: &Classes) -> bool {
    match bytes.get(index) {
        None => false,
        Some(byte) if byte.is_ascii() => byte.is_ascii_alphanumeric() || *byte == b'_',
        Some(_) => {
            let (code, _) = decoded(bytes, index);
            let word = char::from_u32(code).is_some_and(char::is_alphanumeric);
            word || classes.of(code) & RULED != 0
        }
    }
}

fn at_the_ends(bytes: &[u8]) -> u32 {
    let blank = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'\n'));
    if blank(bytes.first()) || blank(bytes.last()) {
        Kind::Blanks.bit()
    } else {
        0
    }
}

fn around_line_end(bytes: &[u8], index: usize) -> u32 {
    let divided = matches!(
        (&bytes[..index], bytes.get(index + 1)),
        ([.., b'a'..=b'z' | b'A'..=b'Z' | 128.., b'-'], Some(b'a'..=b'z' | 128..))
    );
    let blanks = matches!(bytes[index + 1..], [b' ', ..] | [b'\n', b'\n', ..]);
    (u32::from(divided) * Kind::DividedWords.bit()) | (u32::from(blanks) * Kind::Blanks.bit())
}

/// Counts the lines, to leave aside texts that cannot be broken to a width.
#[derive(Default)]
struct Lines {
    start: usize,
    count: usize,
    long: usize,
}

impl Lines {
    fn end(&mut self, index: usize) {
        self.count += 1;
        self.long += usize::from(index - self.start > MAX_LINE_BYTES);
        self.start = index + 1;
    }

    fn kinds(&self) -> u32 {
        let wrapped = self.count + 1 >= MIN_LINES && self.long * 2 < self.count;
        u32::from(wrapped) * Kind::WrappedLines.bit()
    }
}

/// Returns the code point at an index that begins a character outside ASCII, and its bytes.
#[inline]
fn decoded(bytes: &[u8], index: usize) -> (u32, usize) {
    let tail = |offset: usize| u32::from(bytes[index + offset]) & 0x3f;
    let lead = u32::from(bytes[index]);
    match lead {
        0..0xe0 => ((lead & 0x1f) << 6 | tail(1), 2),
        0xe0..0xf0 => ((lead & 0x0f) << 12 | tail(1) << 6 | tail(2), 3),
        _ => (
            (lead & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3),
            4,
        ),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn decodes_every_character(character: char) {
            prop_assume!(!character.is_ascii());
            let text = character.to_string();
            let expected = (u32::from(character), character.len_utf8());
            prop_assert_eq!(decoded(text.as_bytes(), 0), expected);
        }
    }
}
