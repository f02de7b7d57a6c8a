//! Lines broken to a width, as mail programs and old text files have them.
//!
//! A line was broken when the first word of the next would not have fitted. In a text that was
//! broken to a width that is so at nearly every line that does not end a paragraph; in verse, lists
//! and tables it is chance. So the text as a whole is judged first, and before words are joined that
//! its line ends divide: a line to which the rest of such a word is moved is wider than the width.

use std::collections::HashSet;

use memchr::memchr;

use super::divided::{Parts, known_words};
use super::lines::lines;
use crate::blocks::characters;
use crate::unicode::{is_letter, is_letter_or_number};

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
/// A line with room for the next word ends a paragraph, and so a sentence, or stands before an item.
/// Of the lines that another follows, so many in a hundred may do neither. Of 3,582 poems in small
/// letters without marks, two verses a line, 4 pass this, and 218 would pass the others alone.
const MAX_LOOSE: usize = 10;
/// Where not one in fifty lines before another has room, blank lines stand between the paragraphs.
const ROOMY_LINES: usize = 50;
/// What may end a paragraph.
const ENDS: &[char] = &['.', '!', '?', '…', ':', ';', '”', '»', '"', ')'];
/// Behind one of these an opening quotation mark begins a speech.
const ENDS_BEFORE_SPEECH: &[char] = &['.', '!', '?', '…', ':', '”', '»', '"'];
/// They begin a speech or an item, or stand inside a sentence.
const DASHES: &[char] = &['-', '–', '—'];
const TABLE: [char; 2] = ['|', '│'];

/// A line without the blanks around it.
struct Line<'text> {
    text: &'text str,
    characters: usize,
}

/// Returns the text with the lines joined that were broken to a width; none if they were not.
///
/// It has so many line ends.
pub(super) fn with_joined_lines(text: &str, line_ends: usize) -> Option<String> {
    if !may_be_wrapped(text, line_ends) {
        return None;
    }
    let lines: Vec<Line> = lines(text).map(Line::new).collect();
    let wrapping = Wrapping::of(&lines)?;
    let pairs = lines.windows(2);
    let joints: Vec<Joint> = pairs
        .map(|pair| Joint::between(&pair[0], &pair[1], &wrapping))
        .collect();
    let divided: Vec<&Parts> = joints.iter().filter_map(Joint::parts).collect();
    let known = if divided.is_empty() {
        HashSet::new()
    } else {
        known_words(text, &divided)
    };
    let mut joined = String::with_capacity(text.len());
    for (line, joint) in lines.iter().zip(&joints) {
        joined.push_str(line.text);
        match joint {
            Joint::LineEnd => joined.push('\n'),
            Joint::Blank => joined.push(' '),
            Joint::Word(parts) if !parts.keep_hyphen(&known) => {
                joined.pop();
            }
            Joint::Word(_) | Joint::Name => {}
        }
    }
    joined.push_str(lines.last()?.text);
    Some(joined)
}

/// What stands between two lines.
enum Joint<'text> {
    LineEnd,
    Blank,
    /// A word that may have been divided.
    Word(Parts<'text>),
    /// The hyphen of another word, as in "Cluj-" before "Napoca".
    Name,
}

impl<'text> Joint<'text> {
    fn between(line: &Line<'text>, next: &Line<'text>, wrapping: &Wrapping) -> Self {
        if !line.is_continued_by(next, wrapping) {
            return Self::LineEnd;
        }
        match line.text.strip_suffix('-') {
            Some(stem) if stem.ends_with(is_letter) => {
                Parts::between(stem, next.text).map_or(Self::Name, Self::Word)
            }
            _ => Self::Blank,
        }
    }

    fn parts(&self) -> Option<&Parts<'text>> {
        match self {
            Self::Word(parts) => Some(parts),
            _ => None,
        }
    }
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

/// How many lines stand directly behind another one, and how many of them may begin with a small
/// letter; an empty line is none.
#[derive(Default)]
pub(super) struct Starts {
    is_behind_line: bool,
    followed: usize,
    small: usize,
}

impl Starts {
    /// Takes the next line, given its first byte. Letters outside ASCII are taken for small ones.
    #[inline(always)]
    pub(super) fn add(&mut self, first: Option<u8>) {
        let is_small = matches!(first, Some(b'a'..=b'z' | 128..));
        self.followed += usize::from(self.is_behind_line && first.is_some());
        self.small += usize::from(self.is_behind_line && is_small);
        self.is_behind_line = first.is_some();
    }

    /// Returns whether as many lines begin small as must do behind full ones, if no more lines are full
    /// than must be. In verse few do.
    pub(super) fn may_be_of_wrapped(&self) -> bool {
        self.small * 100 * 100 >= self.followed * MIN_FULL * MIN_SMALL
    }
}

/// Returns whether the lines of a text, which has so many line ends, can have a width and begin as
/// lines that were broken to one.
///
/// Characters are counted in those few lines only that have neither too few bytes nor too many to
/// matter.
fn may_be_wrapped(text: &str, line_ends: usize) -> bool {
    let at_most = (line_ends + 1) / LONGER_LINES;
    let mut widths = Widths::default();
    let mut starts = Starts::default();
    for line in lines(text).map(without_blanks) {
        starts.add(line.bytes().next());
        widths.count += usize::from(!line.is_empty());
        if widths.wide <= at_most {
            widths.wide += usize::from(has(line, *WIDTHS.start()));
        }
        widths.too_wide += usize::from(has(line, *WIDTHS.end() + 1));
        if widths.too_wide > at_most {
            return false;
        }
    }
    widths.have_one() && starts.may_be_of_wrapped()
}

/// Returns whether a line has so many characters.
fn has(line: &str, characters: usize) -> bool {
    // A character has one byte at least and four at most.
    line.len() >= characters
        && (line.len() >= 4 * characters || self::characters(line) >= characters)
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

/// How the lines of a text were broken.
struct Wrapping {
    /// In characters.
    width: usize,
    /// Whether blank lines stand between all paragraphs, so that no other line begins one.
    is_blank_between: bool,
}

impl Wrapping {
    /// Returns how lines were broken to a width, if they were; that is one of [`WIDTHS`] if they
    /// [have one](Widths::have_one).
    fn of(lines: &[Line]) -> Option<Self> {
        let mut lengths: Vec<usize> = lines.iter().map(|line| line.characters).collect();
        lengths.retain(|length| *length > 0);
        let longer = lengths.len() / LONGER_LINES;
        let place = lengths.len() - 1 - longer;
        let (_, width, _) = lengths.select_nth_unstable(place);
        let width = *width;
        let (mut followed, mut full, mut small, mut loose) = (0, 0, 0, 0);
        for pair in lines
            .windows(2)
            .filter(|pair| pair[0].characters * pair[1].characters > 0)
        {
            let is_full = pair[0].is_full_before(&pair[1], width);
            followed += 1;
            full += usize::from(is_full);
            small += usize::from(is_full && pair[1].begins_small());
            loose += usize::from(!is_full && pair[0].is_loose_before(&pair[1], width));
            // No more lines are followed than have characters: too many are not full, whatever comes.
            if (followed - full) * 100 > lengths.len() * (100 - MIN_FULL) {
                return None;
            }
        }
        let is_wrapped = full > 0
            && full * 100 >= followed * MIN_FULL
            && small * 100 >= full * MIN_SMALL
            && loose * 100 <= followed * MAX_LOOSE;
        is_wrapped.then(|| Self {
            width,
            // The last line of a text is not followed either.
            is_blank_between: followed + 1 < lengths.len()
                && (followed - full) * ROOMY_LINES <= followed,
        })
    }
}

impl<'text> Line<'text> {
    fn new(line: &'text str) -> Self {
        let text = without_blanks(line);
        Self {
            text,
            characters: characters(text),
        }
    }

    /// Returns whether the next line's first word would not have fitted on this one.
    fn is_full_before(&self, next: &Self, width: usize) -> bool {
        // Most lines that end a paragraph leave more room than the whole next line takes.
        let is_free = |characters: usize| self.characters + 1 + characters <= width;
        self.characters <= width && !is_free(next.characters) && !is_free(next.first_word())
    }

    /// Returns whether a line that is not full ends neither a sentence nor the line before an item.
    fn is_loose_before(&self, next: &Self, width: usize) -> bool {
        self.characters <= width
            && !self.text.ends_with(ENDS)
            && !next.begins_item()
            && !next.text.starts_with(DASHES)
    }

    /// Returns the characters of the first word.
    fn first_word(&self) -> usize {
        let end = memchr(b' ', self.text.as_bytes());
        self.text[..end.unwrap_or(self.text.len())].chars().count()
    }

    fn is_continued_by(&self, next: &Self, wrapping: &Wrapping) -> bool {
        self.characters * next.characters > 0
            && self.is_full_before(next, wrapping.width)
            && !next.begins_item()
            && (wrapping.is_blank_between || !next.begins_speech_behind(self))
            && !self.text.contains(TABLE)
            && !next.text.contains(TABLE)
    }

    fn begins_small(&self) -> bool {
        self.text.chars().next().is_some_and(char::is_lowercase)
    }

    /// Returns whether the line may begin a speech, which the one before it does not continue.
    fn begins_speech_behind(&self, previous: &Self) -> bool {
        self.text.starts_with(DASHES)
            || (self.text.starts_with(['„', '«']) && previous.text.ends_with(ENDS_BEFORE_SPEECH))
    }

    /// Returns whether the line begins an item of a list or a heading.
    fn begins_item(&self) -> bool {
        let mut characters = self.text.chars();
        match characters.next() {
            Some('•' | '●' | '*' | '#') => true,
            Some('(') => {
                let rest = characters.as_str();
                let behind = rest.trim_start_matches(is_letter_or_number);
                is_number(&rest[..rest.len() - behind.len()]) && behind.starts_with(") ")
            }
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
}

/// Returns whether letters or numbers count something: "2", "a", "iv".
fn is_number(text: &str) -> bool {
    let is_of = |digits: &str| text.chars().all(|character| digits.contains(character));
    match text.chars().count() {
        1 => true,
        2..=4 => is_of("0123456789") || is_of("ivx"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::may_be_wrapped;

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
    fn words_divided_at_the_ends_of_broken_lines_are_joined_with_them() {
        let text = "\
Bunicul se trezea în fiecare dimineață înainte de răsăritul soa-
relui și pornea încet spre livada de la marginea satului, unde
îl așteptau merii bătrâni. Câinele mergea după el fără grabă, la
deal, ca să-și odihnească puțin picioarele cele scurte și bătrâ-
ne, cu limba scoasă, și se oprea la fiecare gard, unde visa să-
și găsească prieteni.";
        let joined = with_joined_lines(text).unwrap();
        assert_eq!(
            joined,
            text.replace("să-\n", "să-")
                .replace("-\n", "")
                .replace('\n', " ")
        );
    }

    const SPEECHES: &str = "\
„Bună dimineața, vecine, spuse bătrânul cu pălăria în mână, ce mai
faci dumneata pe la noi prin sat, că nu te-am mai văzut de mult?”
«Am fost plecat la oraș, răspunse celălalt, și m-am întors abia ieri
seară cu trenul de opt, obosit și flămând, dar bucuros că sunt iar
acasă, printre oamenii pe care îi cunosc de când eram un copil mic.»
„Să fii sănătos, zise bătrânul, și treci pe la noi când ai vreme, să
bem un pahar de vin și să stăm de vorbă ca pe vremuri, la gura sobei
și să mai povestim de ale noastre, cum ne era obiceiul odinioară.”";

    #[test]
    fn a_speech_behind_a_full_line_stays_unless_blank_lines_stand_between_all() {
        assert_eq!(with_joined_lines(SPEECHES).unwrap().lines().count(), 3);
        let text = format!("{SPEECHES}\n\n{SPEECHES}");
        assert_eq!(with_joined_lines(&text).unwrap().lines().count(), 3);
    }

    #[test]
    fn numbers_and_letters_in_brackets_begin_items() {
        let text = "\
Art. 5. - (1) Prezenta lege se aplică tuturor persoanelor fizice și
juridice care desfășoară activități economice pe teritoriul țării,
precum și celor care au sediul în străinătate, în condițiile legii.
(2) Fac excepție de la prevederile alineatului precedent persoanele
care au primit scutire prin hotărâre a Guvernului, publicată în
(ii) Monitorul Oficial, precum și instituțiile publice de cultură,
(și) cele de artă ale autorităților locale, dacă nu au alte venituri
decât cele de la bugetul de stat sau de la bugetele locale.";
        let joined = with_joined_lines(text).unwrap();
        let starts: Vec<&str> = joined.lines().map(|line| &line[..3]).collect();
        assert_eq!(starts, ["Art", "(2)", "(ii"]);
    }

    #[test]
    fn where_too_few_lines_begin_small_none_is_looked_at_closely() {
        let line = |first: &str| first.to_owned() + &"a".repeat(49);
        for (small, expected) in [(2, false), (3, true)] {
            let starts = [vec!["a"; small], vec!["A"; 7 - small]].concat();
            let lines: Vec<String> = ["A"].iter().chain(&starts).map(|one| line(one)).collect();
            let text = lines.join("\n");
            assert_eq!(may_be_wrapped(&text, 7), expected, "{small}");
            // Lines behind empty ones are not counted.
            let text = text + &"\n\nĂ".repeat(20);
            assert_eq!(may_be_wrapped(&text, 47), expected, "{small}");
        }
    }

    #[test]
    fn unmarked_verse_stays_though_most_of_its_lines_are_full_by_chance() {
        let verse = "\
când vine seara peste orașul acesta plin de lumini stinse
și oamenii se întorc acasă cu pașii grei de oboseală multă
eu mă opresc la fereastră și privesc cum trec norii albi
peste acoperișurile vechi ale caselor din strada noastră
unde odinioară copiii se jucau cu mingea până noaptea târziu
iar mamele îi strigau la masă cu glasuri blânde și calde
acum nu mai e nimeni acolo decât vântul care bate mereu
prin frunzele uscate ale castanilor bătrâni de lângă poartă";
        assert_eq!(with_joined_lines(verse), None);
    }

    #[test]
    fn a_width_is_counted_in_characters_and_few_lines_may_be_longer() {
        for (characters, expected) in [(44, false), (45, true), (130, true), (131, false)] {
            for letter in ["a", "ă", "—", "😀"] {
                let line = "a".to_owned() + &letter.repeat(characters - 1);
                let text = [line.as_str(); 5].join("\n");
                assert_eq!(may_be_wrapped(&text, 4), expected, "{characters} {letter}");
            }
        }
        let (line, long) = ("a ".repeat(40), "ă".repeat(200));
        for (longer, expected) in [(1, true), (2, false)] {
            let lines = [vec![line.as_str(); 60], vec![long.as_str(); longer]].concat();
            assert_eq!(
                may_be_wrapped(&lines.join("\n"), lines.len() - 1),
                expected,
                "{longer}"
            );
        }
    }
}
