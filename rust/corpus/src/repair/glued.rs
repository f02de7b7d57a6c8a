//! Punctuation with no blank behind it: "acasă.Aici", "casa,masa".

use super::language::is_letter;

/// Beside letters, what stands in a piece of prose without a blank; with any other character it may be
/// an address, a formula or a line of a program.
const IN_PROSE: &str = "-'’„”“\"«»()—–…,.;:!?";
/// Characters of such a piece on either side of a mark. Longer ones are no prose, and to look through
/// them for each mark would take a time that grows with the square of their length.
const MAX_SIDE: usize = 100;
/// What stands behind the last stop of a name in the net: "Booking.Com".
const ENDS_OF_NAMES: [&str; 6] = ["com", "info", "js", "net", "org", "ro"];

/// Returns the text with a blank behind marks that have none; none if there is no such mark.
///
/// `glued` are the indices of marks before a letter, ascending. Two letters at least stand on either
/// side of the mark. Behind a full stop, an exclamation or a question mark a sentence begins: a small
/// letter stands before it, and behind it a word of which the first letter alone is a capital. Of
/// several stops in a piece without a blank none ends a sentence ("java.lang.String").
pub(super) fn with_blanks_behind_marks(text: &str, glued: &[usize]) -> Option<String> {
    let mut spaced = String::new();
    let mut copied = 0;
    for &mark in glued {
        if lacks_blank(text, mark) {
            spaced.reserve(text.len() - copied + 1);
            spaced.push_str(&text[copied..=mark]);
            spaced.push(' ');
            copied = mark + 1;
        }
    }
    (copied > 0).then(|| spaced + &text[copied..])
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

/// Returns the last piece of a text without a blank; none if it is longer than [`MAX_SIDE`].
fn beginning(before: &str) -> Option<&str> {
    let mut backwards = before.char_indices().rev().take(MAX_SIDE + 1);
    let mut start = before.len();
    let is_whole = backwards.by_ref().take(MAX_SIDE).any(|(index, character)| {
        let is_blank = character.is_whitespace();
        start = if is_blank { start } else { index };
        is_blank
    });
    let goes_on = backwards
        .next()
        .is_some_and(|(_, one)| !one.is_whitespace());
    (is_whole || !goes_on).then(|| &before[start..])
}

/// Returns the first piece of a text without a blank; none if it is longer than [`MAX_SIDE`].
fn end(after: &str) -> Option<&str> {
    let place = after.char_indices().take(MAX_SIDE + 1);
    let blank = place
        .clone()
        .find(|(_, character)| character.is_whitespace());
    match blank {
        Some((index, _)) => Some(&after[..index]),
        None => (place.count() <= MAX_SIDE).then_some(after),
    }
}

/// Returns whether it has characters of prose only, and no bracket behind a letter, as formulas have.
fn is_prose(piece: &str) -> bool {
    let mut last = ' ';
    piece.chars().all(|character| {
        let is_call = character == '(' && is_letter(last);
        last = character;
        !is_call && (is_letter(character) || IN_PROSE.contains(character))
    })
}

/// Returns whether a stop stands before a letter in a piece.
fn has_inner_stop(piece: &str) -> bool {
    let mut behind = piece.split('.').skip(1);
    behind.any(|rest| rest.starts_with(is_letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spaced(text: &str) -> String {
        let marks = text.match_indices([',', '.', ';', '!', '?']);
        let glued: Vec<usize> = marks
            .map(|(index, _)| index)
            .filter(|index| text[index + 1..].starts_with(is_letter))
            .collect();
        with_blanks_behind_marks(text, &glued).unwrap_or_else(|| text.to_owned())
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
