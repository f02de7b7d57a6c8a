//! Punctuation with no blank behind it: "acasă.Aici", "casa,masa".

use super::language::is_letter;

/// Beside letters, what stands in a piece of prose without a blank; with any other character it may be
/// an address, a formula or a line of a program.
const IN_PROSE: &str = "-'’„”“\"«»()—–…,.;:!?";
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
    let is_end = match text.as_bytes()[mark] {
        b',' | b';' => true,
        b'.' => ends_sentence() && !is_name(before, after),
        _ => ends_sentence(),
    };
    is_end && [beginning(before), end(after)].into_iter().all(is_prose)
}

fn last_two(text: &str) -> [char; 2] {
    let mut backwards = text.chars().rev();
    let [last, previous] = [(); 2].map(|()| backwards.next().unwrap_or(' '));
    [previous, last]
}

/// Returns the last piece of a text without a blank.
fn beginning(before: &str) -> &str {
    before
        .rsplit(char::is_whitespace)
        .next()
        .unwrap_or_default()
}

/// Returns the first piece of a text without a blank.
fn end(after: &str) -> &str {
    after.split(char::is_whitespace).next().unwrap_or_default()
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

/// Returns whether there is another stop before a letter in the same piece, or the end of an address.
fn is_name(before: &str, after: &str) -> bool {
    let has_stop = |piece: &str| {
        let mut behind = piece.split('.').skip(1);
        behind.any(|rest| rest.starts_with(is_letter))
    };
    let word = after.split(|character| !is_letter(character)).next();
    let is_end = word.is_some_and(|word| ENDS_OF_NAMES.contains(&word.to_lowercase().as_str()));
    is_end || has_stop(beginning(before)) || has_stop(end(after))
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
