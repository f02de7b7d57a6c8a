//! Lines broken to a width, as mail programs and old text files have them.
//!
//! A line was broken when the first word of the next would not have fitted. In a text that was
//! broken to a width that is so at nearly every line that does not end a paragraph; in verse, lists
//! and tables it is chance. So the text as a whole is judged first.

use memchr::memchr;

use super::language::{is_letter, is_letter_or_number};
use super::lines::lines;

/// A text of fewer lines says too little.
pub(super) const MIN_LINES: usize = 5;
/// Lines are broken at 60 to 80 characters; books of small pages at 45, wide screens at 120.
const WIDTHS: std::ops::RangeInclusive<usize> = 45..=130;
/// Bytes of a line of the greatest width, if every character had two.
pub(super) const MAX_LINE_BYTES: usize = 2 * *WIDTHS.end();
/// One line in fifty may be longer than the width: an address that has no blank.
const LONGER_LINES: usize = 50;
/// Of the lines that another follows, so many in a hundred must be full, and of the lines behind
/// full ones so many must begin with a small letter. Of 2,449 samples of prose broken to 50, 60, 72,
/// 80 and 100 characters, with a blank line between paragraphs, 2,431 meet that, and none of 3,581
/// poems, 255 laws and 440 pages of lists. Without blank lines 1,635 of 2,485 do: those of long
/// paragraphs.
const MIN_FULL: usize = 60;
const MIN_SMALL: usize = 60;

/// A line without the blanks around it.
struct Line<'text> {
    text: &'text str,
    characters: usize,
}

/// Returns the text with the lines joined that were broken to a width; none if they were not.
///
/// It has so many line ends.
pub(super) fn with_joined_lines(text: &str, line_ends: usize) -> Option<String> {
    if !have_width(text, line_ends) {
        return None;
    }
    let lines: Vec<Line> = lines(text).map(Line::new).collect();
    let width = width(&lines)?;
    let mut joined = String::with_capacity(text.len());
    for (index, line) in lines.iter().enumerate() {
        if index > 0 {
            let previous = &lines[index - 1];
            joined.push_str(match previous.is_continued_by(line, width) {
                true if previous.ends_in_hyphen() => "",
                true => " ",
                false => "\n",
            });
        }
        joined.push_str(line.text);
    }
    Some(joined)
}

/// How many lines are not empty, and how many of them have as many characters as the least width, and
/// more than the greatest.
#[derive(Default)]
pub(super) struct Widths {
    count: usize,
    wide: usize,
    too_wide: usize,
}

impl Widths {
    #[inline(always)]
    pub(super) fn add(&mut self, characters: usize) {
        self.count += usize::from(characters > 0);
        self.wide += usize::from(characters >= *WIDTHS.start());
        self.too_wide += usize::from(characters > *WIDTHS.end());
    }

    /// Returns whether the greatest length of lines, but for a few longer ones, can be a width.
    pub(super) fn have_one(&self) -> bool {
        let longer = self.count / LONGER_LINES;
        self.count >= MIN_LINES && self.wide > longer && self.too_wide <= longer
    }
}

/// Returns whether the lines of a text, which has so many line ends, can have a width.
///
/// Characters are counted in those few lines only that have neither too few bytes nor too many to
/// matter.
fn have_width(text: &str, line_ends: usize) -> bool {
    let at_most = (line_ends + 1) / LONGER_LINES;
    let mut widths = Widths::default();
    for line in lines(text).map(without_blanks) {
        widths.count += usize::from(!line.is_empty());
        if widths.wide <= at_most {
            widths.wide += usize::from(has(line, *WIDTHS.start()));
        }
        widths.too_wide += usize::from(has(line, *WIDTHS.end() + 1));
        if widths.too_wide > at_most {
            return false;
        }
    }
    widths.have_one()
}

/// Returns whether a line has so many characters.
fn has(line: &str, characters: usize) -> bool {
    // A character has one byte at least and four at most.
    line.len() >= characters && (line.len() >= 4 * characters || line.chars().count() >= characters)
}

fn without_blanks(line: &str) -> &str {
    let is_blank = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'\t'));
    let bytes = line.as_bytes();
    if is_blank(bytes.first()) || is_blank(bytes.last()) {
        line.trim_matches([' ', '\t'])
    } else {
        line
    }
}

/// Returns the width in characters to which the lines were broken, if they were; it is one of
/// [`WIDTHS`] if they [have one](have_width).
fn width(lines: &[Line]) -> Option<usize> {
    let mut lengths: Vec<usize> = lines.iter().map(|line| line.characters).collect();
    lengths.retain(|length| *length > 0);
    let longer = lengths.len() / LONGER_LINES;
    let place = lengths.len() - 1 - longer;
    let (_, width, _) = lengths.select_nth_unstable(place);
    let width = *width;
    let (mut followed, mut full, mut small) = (0, 0, 0);
    for pair in lines
        .windows(2)
        .filter(|pair| pair[0].characters * pair[1].characters > 0)
    {
        let is_full = pair[0].is_full_before(&pair[1], width);
        followed += 1;
        full += usize::from(is_full);
        small += usize::from(is_full && pair[1].begins_small());
        // No more lines are followed than have characters: too many are not full, whatever comes.
        if (followed - full) * 100 > lengths.len() * (100 - MIN_FULL) {
            return None;
        }
    }
    (full > 0 && full * 100 >= followed * MIN_FULL && small * 100 >= full * MIN_SMALL)
        .then_some(width)
}

impl<'text> Line<'text> {
    fn new(line: &'text str) -> Self {
        let text = without_blanks(line);
        Self {
            text,
            characters: text.chars().count(),
        }
    }

    /// Returns whether the next line's first word would not have fitted on this one.
    fn is_full_before(&self, next: &Self, width: usize) -> bool {
        // Most lines that end a paragraph leave more room than the whole next line takes.
        let is_free = |characters: usize| self.characters + 1 + characters <= width;
        self.characters <= width && !is_free(next.characters) && !is_free(next.first_word())
    }

    /// Returns the characters of the first word.
    fn first_word(&self) -> usize {
        let end = memchr(b' ', self.text.as_bytes());
        self.text[..end.unwrap_or(self.text.len())].chars().count()
    }

    fn is_continued_by(&self, next: &Self, width: usize) -> bool {
        self.characters * next.characters > 0
            && self.is_full_before(next, width)
            && !next.begins_item()
            && !self.text.contains('|')
            && !next.text.contains('|')
    }

    fn begins_small(&self) -> bool {
        self.text.chars().next().is_some_and(char::is_lowercase)
    }

    /// Returns whether the line begins a speech, an item of a list or a heading.
    fn begins_item(&self) -> bool {
        let mut characters = self.text.chars();
        match characters.next() {
            Some('-' | '–' | '—' | '•' | '●' | '*' | '#') => true,
            Some(first) if is_letter_or_number(first) => {
                let rest = self
                    .text
                    .trim_start_matches(|mark: char| mark.is_ascii_digit());
                let behind = if first.is_ascii_digit() {
                    rest
                } else {
                    characters.as_str()
                };
                behind.starts_with(") ") || (first.is_ascii_digit() && behind.starts_with(". "))
            }
            _ => false,
        }
    }

    /// Returns whether the line ends in the hyphen of a word, as in "Cluj-" before "Napoca".
    fn ends_in_hyphen(&self) -> bool {
        let stem = self.text.strip_suffix('-');
        stem.is_some_and(|stem| stem.ends_with(is_letter))
    }
}

#[cfg(test)]
mod tests {
    use super::have_width;

    fn with_joined_lines(text: &str) -> Option<String> {
        super::with_joined_lines(text, text.matches('\n').count())
    }

    const WRAPPED: &str = "\
Bunicul se trezea în fiecare dimineață înainte de răsăritul soarelui
și pornea încet spre livada de la marginea satului, unde îl așteptau
merii bătrâni. Câinele mergea după el fără grabă, cu limba scoasă, și
se oprea la fiecare gard. Pe drum se întâlneau cu morarul din Cluj-
Napoca și cu nevasta lui, care vindea mere roșii la târg.

— Bună dimineața, vecine! striga ea de departe, iar bunicul îi făcea
semn cu pălăria lui cea veche.";

    #[test]
    fn lines_broken_to_a_width_are_joined_within_paragraphs() {
        let joined = with_joined_lines(WRAPPED).unwrap();
        let paragraphs: Vec<&str> = joined.split("\n\n").collect();
        assert_eq!(paragraphs.len(), 2);
        assert!(paragraphs[0].contains("răsăritul soarelui și pornea"));
        assert!(paragraphs[0].contains("din Cluj-Napoca și"));
        assert!(!paragraphs[0].contains('\n'));
        assert!(paragraphs[1].ends_with("îi făcea semn cu pălăria lui cea veche."));
    }

    #[test]
    fn a_list_in_a_broken_text_keeps_its_items() {
        let text = format!(
            "{WRAPPED}\n1. {}\n2. {}",
            "măr ".repeat(16),
            "păr ".repeat(16)
        );
        assert!(with_joined_lines(&text).unwrap().contains("\n2. păr"));
    }

    #[test]
    fn verse_stays() {
        let verse = "Somnoroase păsărele\nPe la cuiburi se adună,\nSe ascund în rămurele\n\
            Noapte bună!\nDoar izvoarele suspină,\nPe când codrul negru tace;";
        assert_eq!(with_joined_lines(verse), None);
    }

    #[test]
    fn a_width_is_counted_in_characters_and_few_lines_may_be_longer() {
        for (characters, expected) in [(44, false), (45, true), (130, true), (131, false)] {
            for letter in ["a", "ă", "—", "😀"] {
                let line = letter.repeat(characters);
                let text = [line.as_str(); 5].join("\n");
                assert_eq!(have_width(&text, 4), expected, "{characters} {letter}");
            }
        }
        let (line, long) = ("a ".repeat(40), "ă".repeat(200));
        for (longer, expected) in [(1, true), (2, false)] {
            let lines = [vec![line.as_str(); 60], vec![long.as_str(); longer]].concat();
            assert_eq!(
                have_width(&lines.join("\n"), lines.len() - 1),
                expected,
                "{longer}"
            );
        }
    }
}
