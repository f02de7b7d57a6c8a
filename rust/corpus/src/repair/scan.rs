//! One pass over a text that finds which repairs it may need. Most texts need none.
//!
//! [`marks`](super::marks) finds the few characters that need a look; the others are passed.

use super::classes::{
    BEFORE_BLANK, CAPITAL_CLASS, Classes, DOOMED, LOWER_CLASS, MAY_BE_TURKISH, OPENING_CLASS,
    QUOTE_CLASS, RULED,
};
use super::kinds::{Kind, Kinds};
use super::letters::has_cedilla;
use super::marks::{is_letter, needs_a_look};
use super::wrapped::{MAX_LINE_BYTES, MIN_LINES};
use crate::blocks::{BLOCK, Gather, ROOM, Task, members, run, set_at};

/// What a scan finds in a text.
#[derive(Default)]
pub(super) struct Findings {
    /// The kinds of repair that may change the text; the others would not.
    pub(super) kinds: Kinds,
    /// How many line ends it has.
    pub(super) line_ends: usize,
    /// Where mojibake may be: indices of bytes, ascending, one a line at least.
    pub(super) suspicious: Vec<usize>,
    /// Where characters are that may not be in form NFC: indices of bytes, ascending.
    pub(super) composed: Vec<usize>,
    /// Where letters are that hint at Turkish: indices of bytes, ascending.
    pub(super) turkish: Vec<usize>,
    /// Where blanks before punctuation are: indices of bytes, ascending.
    pub(super) spaced: Vec<usize>,
    /// Where hyphens before line ends are that may divide a word: indices of bytes, ascending.
    pub(super) divided: Vec<usize>,
}

/// Returns what a text may need.
pub(super) fn findings(text: &str, classes: &Classes) -> Findings {
    let bytes = text.as_bytes();
    let mut findings = run(Scan {
        bytes,
        classes,
        classes_found: at_the_ends(bytes),
        lines: Lines::default(),
        findings: Findings::default(),
    });
    if has_cedilla(text) {
        findings.kinds.insert(Kind::CedillaLetters);
    }
    findings
}

impl Findings {
    /// Returns what the text may need when letters with a cedilla have become letters with a comma.
    ///
    /// These have as many bytes and need nothing themselves, neither alone nor beside others: all that
    /// was found stays where it is, though less may be suspicious.
    pub(super) fn with_comma_letters(mut self, text: &str) -> Self {
        if !has_cedilla(text) {
            self.kinds.remove(Kind::CedillaLetters);
        }
        self
    }
}

const ALL_KINDS: u32 = (1 << Kind::ALL.len()) - 1;

struct Scan<'text> {
    bytes: &'text [u8],
    classes: &'text Classes,
    classes_found: u32,
    lines: Lines,
    findings: Findings,
}

impl Task for Scan<'_> {
    type Output = Findings;

    #[inline(always)]
    fn run(mut self, gather: impl Gather) -> Findings {
        let mut room = ROOM;
        for start in (0..self.bytes.len()).step_by(BLOCK) {
            let set = set_at(gather, self.bytes, start, &mut room, needs_a_look);
            for member in members(set) {
                self.look(start + member);
            }
        }
        self.finished()
    }
}

impl Scan<'_> {
    /// Looks at the character that begins at an index.
    #[inline]
    fn look(&mut self, index: usize) {
        match self.bytes[index] {
            b' ' => self.look_behind_space(index),
            b'\n' => {
                self.lines.end(index);
                self.look_around_line_end(index);
            }
            byte @ ..128 => self.classes_found |= self.classes.of(u32::from(byte)),
            _ => {
                // A letter that is passed may be suspicious before one that is not.
                if let [.., first, second] = self.bytes[..index]
                    && is_letter(first, second)
                {
                    self.look_at_character(index - 2);
                }
                self.look_at_character(index);
            }
        }
    }

    fn look_at_character(&mut self, index: usize) {
        let (code, length) = decoded(self.bytes, index);
        let class = self.classes.of(code);
        self.classes_found |= class;
        if class & Kind::ComposedLetters.bit() != 0 {
            self.findings.composed.push(index);
        }
        if class & MAY_BE_TURKISH != 0 {
            self.findings.turkish.push(index);
        }
        let next = index + length;
        if class & Kind::Mojibake.bit() != 0
            || (class & RULED != 0 && is_suspicious(class, self.bytes, next, self.classes))
        {
            self.findings.suspicious.push(index);
        }
    }

    fn look_behind_space(&mut self, index: usize) {
        match self.bytes.get(index + 1) {
            Some(b' ') => self.classes_found |= Kind::Blanks.bit(),
            Some(b',' | b'.' | b';' | b':' | b'!' | b'?') => self.findings.spaced.push(index),
            _ => {}
        }
    }

    fn look_around_line_end(&mut self, index: usize) {
        if let ([.., b'a'..=b'z' | b'A'..=b'Z' | 128.., b'-'], [_, b'a'..=b'z' | 128.., ..]) =
            self.bytes.split_at(index)
        {
            self.findings.divided.push(index - 1);
        }
        let (before, behind) = (&self.bytes[..index], &self.bytes[index + 1..]);
        if before.ends_with(b" ") || behind.starts_with(b" ") || behind.starts_with(b"\n\n") {
            self.classes_found |= Kind::Blanks.bit();
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
        if !self.findings.divided.is_empty() {
            kinds.insert(Kind::DividedWords);
        }
        self.findings.kinds = kinds;
        self.findings.line_ends = self.lines.count;
        self.findings
    }
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
    use crate::Gate;

    proptest! {
        #[test]
        fn decodes_every_character(character: char) {
            prop_assume!(!character.is_ascii());
            let text = character.to_string();
            let expected = (u32::from(character), character.len_utf8());
            prop_assert_eq!(decoded(text.as_bytes(), 0), expected);
        }
    }

    #[test]
    fn blanks_to_spare_are_found_on_either_side_of_a_line_end() {
        let gate = ["", "", "", ""].map(str::to_owned);
        let [ruled, alone, doomed, lines] = gate;
        let classes = Classes::new(&Gate {
            ruled,
            alone,
            doomed,
            lines,
        });
        let has_blanks = |text: &str| findings(text, &classes).kinds.contains(Kind::Blanks);
        for text in ["a  b", "a \nb", "a\n b", "a\n\n\nb", " a", "a\n"] {
            assert!(has_blanks(text), "{text:?}");
        }
        for text in ["a b", "a\nb", "a\n\nb", "a (b) - \"c\" <d"] {
            assert!(!has_blanks(text), "{text:?}");
        }
    }
}
