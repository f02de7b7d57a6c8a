//! Missing blanks: "acasă.Aici", "casa,masa", "iarba verdeȘi cerul", "a)pentru". With them, marks that
//! are one when they touch: ",,Vine".

use std::ops::Range;

use super::language::Vocabulary;
use super::pieces::{beginning, end, has_inner_stop, is_prose};
use super::quotes::{closing, opening};
use super::touching::words_touch;
use crate::unicode::is_letter;

/// What stands behind the last stop of a name in the net: "Booking.Com".
const ENDS_OF_NAMES: [&str; 6] = ["com", "info", "js", "net", "org", "ro"];
/// The digits of the number of an item: "12)", "(12)".
const NUMBER_DIGITS: usize = 3;

/// Returns the text with the blanks that are missing in it, and with the quotation marks for which two
/// signs stand; none if there are all.
///
/// `glued` are indices of bytes, ascending: of marks, brackets and quotation marks before a letter, of
/// the end of a small letter before a capital, or of that capital, and of the end of a comma or a single
/// quotation mark before another one.
///
/// A blank is missing
/// - behind a mark of prose: two letters at least stand on either side of it. Behind a full stop, an
///   exclamation or a question mark a sentence begins: a small letter stands before it, and behind it a
///   word of which the first letter alone is a capital. Of several stops in a piece without a blank
///   none ends a sentence ("java.lang.String");
/// - behind the quotation mark that ends a sentence, before the next one;
/// - behind the number of an item at the beginning of a line, before a word;
/// - between words that touch.
pub(super) fn with_missing_blanks(
    text: &str,
    glued: &[usize],
    vocabulary: &Vocabulary,
) -> Option<String> {
    let mut spaced = String::new();
    let mut copied = 0;
    for &place in glued {
        let Some((old, new)) = change(text, place, vocabulary) else {
            continue;
        };
        spaced.reserve(text.len() - copied + new.len());
        spaced.push_str(&text[copied..old.start]);
        spaced.push_str(new);
        copied = old.end;
    }
    (copied > 0).then(|| spaced + &text[copied..])
}

/// Returns which bytes give way to what, of what is glued at a place; none if it stays.
fn change(
    text: &str,
    place: usize,
    vocabulary: &Vocabulary,
) -> Option<(Range<usize>, &'static str)> {
    let rest = &text.as_bytes()[place..];
    let blank = match rest[0] {
        b',' if rest.starts_with(b",,") => return Some((place..opening(text, place)?, "„")),
        b'\'' => return Some((closing(text, place)?, "”")),
        0x99 if rest.starts_with(b"\x99\xe2") => return Some((closing(text, place)?, "”")),
        b',' | b';' | b'!' | b'?' if lacks_blank(text, place) => place + 1,
        b'.' if lacks_blank(text, place) || ends_number(text, place) => place + 1,
        b')' if ends_number(text, place) => place + 1,
        0x9d if ends_sentence(text, place + 1) => place + 1,
        0xc3.. if words_touch(text, place, vocabulary) => place,
        b'a'..=b'z' | 0x80..0xc0 if words_touch(text, place + 1, vocabulary) => place + 1,
        _ => return None,
    };
    Some((blank..blank, " "))
}

/// Returns whether the stop or bracket at a place ends the number of an item, which begins its line: "a)",
/// "12)", "(12)" before a word, or "12." before one with a capital initial.
fn ends_number(text: &str, end: usize) -> bool {
    let bytes = text.as_bytes();
    let mut letters = text[end + 1..].chars();
    let [first, second] = [(); 2].map(|()| letters.next().unwrap_or(' '));
    let is_stop = bytes[end] == b'.';
    let begins = if is_stop {
        first.is_uppercase() && second.is_lowercase()
    } else {
        is_letter(first) && is_letter(second)
    };
    let digits = bytes[..end].iter().rev();
    let digits = digits.take_while(|byte| byte.is_ascii_digit());
    let digits = digits.take(NUMBER_DIGITS + 1).count();
    let is_letter = digits == 0 && !is_stop && end > 0 && bytes[end - 1].is_ascii_alphabetic();
    let start = end - digits - usize::from(is_letter);
    let begins_line = |start: usize| start == 0 || bytes[start - 1] == b'\n';
    let is_alone = begins_line(start)
        || (digits > 0 && !is_stop && bytes[start - 1] == b'(' && begins_line(start - 1));
    begins && (is_letter || (1..=NUMBER_DIGITS).contains(&digits)) && is_alone
}

/// Returns whether a sentence in quotation marks ends at an index, and another one begins there: "„Da.”Iar".
fn ends_sentence(text: &str, end: usize) -> bool {
    let (before, after) = text.split_at(end);
    let Some(quoted) = before.strip_suffix('”') else {
        return false;
    };
    let mut letters = after.chars();
    let [first, second] = [(); 2].map(|()| letters.next().unwrap_or(' '));
    let is_end = quoted
        .strip_suffix(['.', '!', '?'])
        .is_some_and(|sentence| sentence.ends_with(char::is_lowercase));
    if !(is_end && first.is_uppercase() && second.is_lowercase()) {
        return false;
    }
    let last = quoted.rfind(['„', '“', '”', '\n']);
    last.is_some_and(|last| quoted[last..].starts_with(['„', '“']))
}

fn lacks_blank(text: &str, mark: usize) -> bool {
    let (before, after) = (&text[..mark], &text[mark + 1..]);
    let [previous, last] = last_two(before);
    let word = after.split(|character| !is_letter(character)).next();
    let mut letters = word.unwrap_or_default().chars();
    let (Some(first), Some(second)) = (letters.next(), letters.next()) else {
        return false;
    };
    if !is_letter(previous) || !is_letter(last) {
        return false;
    }
    let begins_sentence =
        first.is_uppercase() && second.is_lowercase() && !letters.any(char::is_uppercase);
    let ends_sentence = || last.is_lowercase() && begins_sentence;
    let is_stop = text.as_bytes()[mark] == b'.';
    let is_end = matches!(text.as_bytes()[mark], b',' | b';') || ends_sentence();
    let (true, Some(beginning), Some(end)) = (is_end, beginning(before), end(after)) else {
        return false;
    };
    let is_name = || {
        has_inner_stop(beginning)
            || has_inner_stop(end)
            || word.is_some_and(|word| ENDS_OF_NAMES.contains(&word.to_lowercase().as_str()))
    };
    is_prose(beginning) && is_prose(end) && !(is_stop && is_name())
}

fn last_two(text: &str) -> [char; 2] {
    let mut backwards = text.chars().rev();
    let [last, previous] = [(); 2].map(|()| backwards.next().unwrap_or(' '));
    [previous, last]
}

#[cfg(test)]
mod tests {
    use super::super::marks::{may_be_glued, stays};
    use super::super::pieces::MAX_SIDE;
    use super::*;
    use crate::blocks::indices;

    fn spaced(text: &str) -> String {
        let vocabulary = Vocabulary {
            romanian: ["pentru", "și"].map(str::to_owned).into(),
            foreign: [].into(),
        };
        let places = indices(text.as_bytes(), 0, may_be_glued);
        let glued: Vec<usize> = places
            .filter(|index| !stays(text.as_bytes(), *index))
            .collect();
        with_missing_blanks(text, &glued, &vocabulary).unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn a_blank_is_written_behind_marks_of_prose() {
        for (glued, apart) in [
            ("Apa e rece.Aici plouă", "Apa e rece. Aici plouă"),
            ("casa,masa;și altele", "casa, masa; și altele"),
            ("„Ce faci?Bine!Dar tu”", "„Ce faci? Bine! Dar tu”"),
            ("(moale,Mătasă)", "(moale, Mătasă)"),
        ] {
            assert_eq!(spaced(glued), apart);
        }
    }

    #[test]
    fn words_items_and_quotations_are_parted() {
        for (glued, apart) in [
            ("iarba verdeȘi cerul", "iarba verde Și cerul"),
            ("câmpulȘi pentruAna", "câmpul Și pentru Ana"),
            (
                "1.Taxe\n12)ani\n(3)Un\na)de",
                "1. Taxe\n12) ani\n(3) Un\na) de",
            ),
            ("„Vine.”Apoi „Da!”Iar", "„Vine.” Apoi „Da!” Iar"),
            ("zise ,,da” și ,,Nu”", "zise „da” și „Nu”"),
            (",,Da”\n,,Nu” (,,ba”)", "„Da”\n„Nu” („ba”)"),
            (",, Da” zise „Anaș''\nși", "„Da” zise „Anaș”\nși"),
        ] {
            assert_eq!(spaced(glued), apart);
        }
    }

    #[test]
    fn what_is_no_item_and_no_quotation_stays() {
        for text in [
            "(re)luat",
            "(s)he",
            "a 1.Da",
            "1234)ani",
            "x 3)ani",
            "1.da",
            "1.DA",
            "1234.Da",
            "1)a",
            "ab)da",
            ".Da",
            ")da",
            "”Da.”Iar",
            "Da.”Iar",
            "„a\nDa.”Iar",
            "„Da.”iar",
            "„D.”Iar",
            "a,,b",
            ",,,a",
            "1,,b",
            ",, a",
            ",,1",
        ] {
            assert_eq!(spaced(text), text);
        }
    }

    #[test]
    fn a_piece_that_is_too_long_stays() {
        let long = |length: usize| format!("{},ab", "a".repeat(length));
        assert_eq!(spaced(&long(MAX_SIDE)), long(MAX_SIDE).replace(',', ", "));
        assert_eq!(spaced(&long(MAX_SIDE + 1)), long(MAX_SIDE + 1));
        let row = "ab,".repeat(200_000) + "ab";
        assert_eq!(spaced(&row), row);
    }

    #[test]
    fn names_numbers_and_programs_stay() {
        for text in [
            "www.exemplu.Ro",
            "java.lang.String",
            "Booking.Com",
            "S.R.L. și a.m.d.",
            "f(ab,cd)=3",
            "f(ab,cd)",
            "weakref.WeakSet",
            "a,b și x,yz",
            "12,ab",
            "ana.pop@exemplu.ro",
            "ASP.Net",
            "etc.and",
            "`string.Template`",
            "F_ab,cd",
        ] {
            assert_eq!(spaced(text), text);
        }
    }
}
