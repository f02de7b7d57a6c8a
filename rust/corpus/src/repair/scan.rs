//! One pass over a text that finds which repairs it may need. Most texts need none.
//!
//! [`marks`](super::marks) finds the few characters that need a look; the others are passed.

use super::characters::Blanks;
use super::classes::{
    BEFORE_BLANK, CAPITAL_CLASS, Classes, DOOMED, LOWER_CLASS, MAY_BE_TURKISH, OPENING_CLASS,
    QUOTE_CLASS, RULED, WIDE_BLANK,
};
use super::kinds::{Kind, Kinds};
use super::letters::has_cedilla;
use super::marks::{
    is_blank_to_spare, is_cedilla_letter, is_letter, may_be_glued, needs_a_look, stays,
};
use super::wrapped::{MAX_LINE_BYTES, MIN_LINES, Starts, Widths};
use crate::blocks::{
    BLOCK, Gather, ROOM, Task, below, block_at, is_continuation, members, run, set,
};

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
    /// What may be glued, as [`may_be_glued`] says: indices of bytes, ascending.
    pub(super) glued: Vec<usize>,
    /// Where hyphens before line ends are that may divide a word: indices of bytes, ascending.
    pub(super) divided: Vec<usize>,
    /// Blanks to spare, once they were looked for.
    pub(super) spare: Vec<Blanks>,
    /// Whether it has blanks outside of ASCII.
    has_wide_blanks: bool,
}

/// Returns what a text may need.
pub(super) fn findings(text: &str, classes: &Classes) -> Findings {
    let bytes = text.as_bytes();
    run(Scan {
        bytes,
        classes,
        classes_found: at_the_ends(bytes),
        lines: Lines::default(),
        continuations: 0,
        findings: Findings::default(),
    })
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

    /// Returns what the text may need when its blanks to spare have become what is meant by them; none if
    /// that must be seen anew.
    ///
    /// All but those of blanks are the same characters, beside the same ones where blanks are not to
    /// spare, though less may be suspicious. But a space may now stand before a mark, a hyphen
    /// before the end of its line, and lines have other lengths.
    pub(super) fn with_meant_blanks(mut self, text: &str) -> Option<Self> {
        if self.has_wide_blanks {
            return None;
        }
        let spare = std::mem::take(&mut self.spare);
        for places in [
            &mut self.suspicious,
            &mut self.composed,
            &mut self.turkish,
            &mut self.spaced,
            &mut self.glued,
            &mut self.divided,
        ] {
            move_places(places, &spare);
        }
        let bytes = text.as_bytes();
        let mut cut = 0;
        for blanks in &spare {
            let start = blanks.range.start - cut;
            match (blanks.meant, bytes.split_at(start)) {
                // These may be suspicious before a space.
                (" ", ([.., 0xc3, 0x82 | 0x83], _)) => return None,
                (" ", (_, [space, next, ..])) if needs_a_look(*space, *next) => {
                    self.spaced.push(start);
                }
                ("\n", _) if divides_word(bytes, start) => self.divided.push(start - 1),
                _ => {}
            }
            self.line_ends -= blanks.line_ends - blanks.meant.matches('\n').count();
            cut += blanks.range.len() - blanks.meant.len();
        }
        self.spaced.sort_unstable();
        self.divided.sort_unstable();
        self.kinds.remove(Kind::Blanks);
        if self.line_ends + 1 >= MIN_LINES {
            self.kinds.insert(Kind::WrappedLines);
        }
        self.enter_places();
        Some(self)
    }

    /// Enters the kinds of repair for which there are places.
    fn enter_places(&mut self) {
        if !self.suspicious.is_empty() {
            self.kinds.insert(Kind::Mojibake);
            self.kinds.insert(Kind::MisreadLetters);
        }
        if !self.spaced.is_empty() {
            self.kinds.insert(Kind::SpacedPunctuation);
        }
        if !self.glued.is_empty() {
            self.kinds.insert(Kind::GluedPunctuation);
        }
        if !self.divided.is_empty() {
            self.kinds.insert(Kind::DividedWords);
        }
    }
}

/// Moves places of a text to where they are when blanks have become what is meant by them; those among
/// the blanks are dropped.
fn move_places(places: &mut Vec<usize>, spare: &[Blanks]) {
    let mut spare = spare.iter().peekable();
    let mut cut = 0;
    places.retain_mut(|place| {
        while let Some(blanks) = spare.next_if(|blanks| blanks.range.end <= *place) {
            cut += blanks.range.len() - blanks.meant.len();
        }
        let is_outside = spare
            .peek()
            .is_none_or(|blanks| *place < blanks.range.start);
        *place -= cut;
        is_outside
    });
}

/// Returns whether a line end stands between a hyphen behind a letter and a small letter.
fn divides_word(bytes: &[u8], line_end: usize) -> bool {
    matches!(
        bytes.split_at(line_end),
        ([.., b'a'..=b'z' | b'A'..=b'Z' | 128.., b'-'], [_, b'a'..=b'z' | 128.., ..])
    )
}

const ALL_KINDS: u32 = (1 << Kind::ALL.len()) - 1;

struct Scan<'text> {
    bytes: &'text [u8],
    classes: &'text Classes,
    classes_found: u32,
    lines: Lines,
    /// All but the first bytes of the characters before the block.
    continuations: usize,
    findings: Findings,
}

impl Task for Scan<'_> {
    type Output = Findings;

    #[inline(always)]
    fn run(mut self, gather: impl Gather) -> Findings {
        let mut room = ROOM;
        let (mut blanks, mut cedillas) = (0, 0);
        for start in (0..self.bytes.len()).step_by(BLOCK) {
            let (block, length) = block_at(self.bytes, start, &mut room);
            let looks = set(gather, block, needs_a_look) & below(length);
            // One of each is enough to know.
            if blanks == 0 {
                blanks = set(gather, block, is_blank_to_spare);
            }
            if cedillas == 0 {
                cedillas = set(gather, block, is_cedilla_letter);
            }
            let glued = set(gather, block, may_be_glued) & below(length);
            let glued = members(glued).map(|member| start + member);
            let glued = glued.filter(|index| !stays(self.bytes, *index));
            self.findings.glued.extend(glued);
            let continuations = set(gather, block, is_continuation);
            for member in members(looks) {
                let index = start + member;
                if self.bytes[index] == b'\n' {
                    let before = (continuations & below(member)).count_ones() as usize;
                    self.lines
                        .end(self.bytes, index, self.continuations + before);
                    self.look_around_line_end(index);
                } else {
                    self.look(index);
                }
            }
            self.continuations += continuations.count_ones() as usize;
        }
        if blanks != 0 {
            self.classes_found |= Kind::Blanks.bit();
        }
        if cedillas != 0 {
            self.classes_found |= Kind::CedillaLetters.bit();
        }
        self.finished()
    }
}

impl Scan<'_> {
    /// Looks at the character that begins at an index.
    #[inline]
    fn look(&mut self, index: usize) {
        match self.bytes[index] {
            b' ' => self.findings.spaced.push(index),
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

    fn look_around_line_end(&mut self, index: usize) {
        if divides_word(self.bytes, index) {
            self.findings.divided.push(index - 1);
        }
        if self.bytes[index + 1..].starts_with(b"\n\n") {
            self.classes_found |= Kind::Blanks.bit();
        }
    }

    fn finished(mut self) -> Findings {
        let mut kinds = Kinds(self.classes_found & ALL_KINDS);
        self.findings.line_ends = self.lines.count;
        if self.lines.count + 1 >= MIN_LINES {
            self.lines
                .end(self.bytes, self.bytes.len(), self.continuations);
            // Blanks at the ends of lines are of no account there: with those it must be seen anew.
            if kinds.contains(Kind::Blanks) || self.lines.are_as_if_wrapped() {
                kinds.insert(Kind::WrappedLines);
            }
        }
        // What stands before a letter without a blank may be one.
        let is_question = |index: &usize| self.bytes[*index] == b'?';
        if self.findings.glued.iter().any(is_question) {
            kinds.insert(Kind::LostLetters);
        }
        self.findings.kinds = kinds;
        self.findings.has_wide_blanks = self.classes_found & WIDE_BLANK != 0;
        self.findings.enter_places();
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
    /// All but the first bytes of the characters before the line.
    continuations: usize,
    count: usize,
    long: usize,
    widths: Widths,
    starts: Starts,
}

impl Lines {
    #[inline(always)]
    fn end(&mut self, text: &[u8], index: usize, continuations: usize) {
        let bytes = index - self.start;
        let first = if bytes > 0 {
            Some(text[self.start])
        } else {
            None
        };
        self.starts.add(first);
        self.count += 1;
        self.long += usize::from(bytes > MAX_LINE_BYTES);
        self.widths
            .add(bytes - (continuations - self.continuations));
        self.start = index + 1;
        self.continuations = continuations;
    }

    fn are_as_if_wrapped(&self) -> bool {
        self.long * 2 < self.count && self.widths.have_one() && self.starts.may_be_of_wrapped()
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

    use super::super::characters::{blanks_to_spare, with_meant_blanks};
    use super::super::wrapped::with_joined_lines;
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

    fn classes() -> Classes {
        let [ruled, alone, doomed, lines] = ["Ãã”„", "", "", ""].map(str::to_owned);
        Classes::new(&Gate {
            ruled,
            alone,
            doomed,
            lines,
        })
    }

    proptest! {
        #[test]
        fn lines_that_are_joined_were_seen_to_be_wrapped(
            lines in prop::collection::vec(("[ăa]", 40_usize..135, "[ \t]?"), 0..9),
        ) {
            let lines = lines.iter().map(|(letter, length, end)| letter.repeat(*length) + end);
            let text = lines.collect::<Vec<_>>().join("\n");
            let found = findings(&text, &classes());
            prop_assert_eq!(found.line_ends, text.matches('\n').count());
            let is_joined = with_joined_lines(&text, found.line_ends).is_some();
            prop_assert!(found.kinds.contains(Kind::WrappedLines) || !is_joined);
        }
    }

    proptest! {
        #[test]
        fn where_blanks_were_spared_is_found_what_a_scan_finds(
            text in "[ab\\-, \n\nÃã”„ȘĂ\u{301}ö\t\t\u{a0}]{0,30}", lines in 1_usize..9,
        ) {
            let text = text.repeat(lines);
            let mut found = findings(&text, &classes());
            found.spare = blanks_to_spare(&text);
            let Some(tidy) = with_meant_blanks(&text, &found.spare) else {
                return Ok(());
            };
            let expected = findings(&tidy, &classes());
            let Some(found) = found.with_meant_blanks(&tidy) else {
                let is_seen_anew = text.contains(['\u{a0}', 'Ã']);
                prop_assert!(is_seen_anew);
                return Ok(());
            };
            prop_assert_eq!(found.line_ends, expected.line_ends);
            prop_assert_eq!(found.composed, expected.composed);
            prop_assert_eq!(found.turkish, expected.turkish);
            prop_assert_eq!(found.spaced, expected.spaced);
            prop_assert_eq!(found.glued, expected.glued);
            prop_assert_eq!(found.divided, expected.divided);
            let may_be_less = [
                Kind::WrappedLines,
                Kind::Mojibake,
                Kind::MisreadLetters,
                Kind::SpacedPunctuation,
                Kind::GluedPunctuation,
            ];
            for kind in Kind::ALL {
                let (has, is_needed) = (found.kinds.contains(kind), expected.kinds.contains(kind));
                prop_assert!(has == is_needed || has && may_be_less.contains(&kind), "{kind:?}");
            }
            for place in expected.suspicious {
                prop_assert!(found.suspicious.contains(&place));
            }
        }
    }

    #[test]
    fn blanks_to_spare_are_found_on_either_side_of_a_line_end() {
        let classes = classes();
        let has_blanks = |text: &str| findings(text, &classes).kinds.contains(Kind::Blanks);
        for text in ["a  b", "a \nb", "a\n b", "a\n\n\nb", " a", "a\n"] {
            assert!(has_blanks(text), "{text:?}");
        }
        for text in ["a b", "a\nb", "a\n\nb", "a (b) - \"c\" <d"] {
            assert!(!has_blanks(text), "{text:?}");
        }
    }
}
