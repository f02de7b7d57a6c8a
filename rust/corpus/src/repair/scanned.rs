//! The section sign that programs read for ş in scanned pages: "§i", "om cu om se-ntîlne§te".

use memchr::memmem;

use crate::unicode::{is_letter, is_letter_or_number};

/// For which letters scanned pages have another sign.
pub(super) const SIGN: char = '§';
/// So many must stand where no section is meant.
const MIN_LETTERS: usize = 2;

/// Returns the text with ş where a section sign stands for it; none if too few do.
pub(super) fn with_scanned_letters(text: &str) -> Option<String> {
    let places: Vec<usize> = memmem::find_iter(text.as_bytes(), "§").collect();
    let sides = |place: usize| (&text[..place], &text[place + SIGN.len_utf8()..]);
    let is_certain = |place: &&usize| {
        let (before, after) = sides(**place);
        before.ends_with(is_letter) && after.starts_with(is_letter) || begins_word(before, after)
    };
    if places.iter().filter(is_certain).count() < MIN_LETTERS {
        return None;
    }
    let mut read = String::with_capacity(text.len());
    let mut copied = 0;
    for place in places {
        let (before, after) = sides(place);
        if before.ends_with(is_letter) || begins_word(before, after) {
            let is_capital = before.ends_with(char::is_uppercase);
            read.push_str(&text[copied..place]);
            read.push(if is_capital { 'Ş' } else { 'ş' });
            copied = place + SIGN.len_utf8();
        }
    }
    Some(read + &text[copied..])
}

/// Returns whether a word begins with ş between two pieces of a text: "§i", "§tie", but not "5§i" nor
/// "§iv".
fn begins_word(before: &str, after: &str) -> bool {
    let behind = after.trim_start_matches(char::is_lowercase);
    let word = &after[..after.len() - behind.len()];
    let is_number = word.chars().all(|letter| "ivx".contains(letter));
    !before.ends_with(is_letter_or_number)
        && !behind.starts_with(is_letter_or_number)
        && (word == "i" || (!is_number && word.chars().nth(1).is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_signs_in_words_are_read_as_letters() {
        for (text, read) in [
            (
                "la u§ă „Han bun §i curat“, ora§",
                "la uşă „Han bun şi curat“, oraş",
            ),
            (
                "Ace§ti copii §tiu. MO§TENIRE, §5",
                "Aceşti copii ştiu. MOŞTENIRE, §5",
            ),
        ] {
            assert_eq!(with_scanned_letters(text).as_deref(), Some(read));
        }
    }

    #[test]
    fn sections_stay() {
        for text in [
            "§5, § 6, §a) și §b)",
            "§iv, §ii, §x. 5§i, 6§i",
            "Pop§, Ion§, Ana§",
            "un u§ă",
            "",
        ] {
            assert_eq!(with_scanned_letters(text), None, "{text}");
        }
    }
}
