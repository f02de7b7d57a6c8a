//! Letters whose accent stands beside them as a sign of its own, as PDF files hold them that TeX made of
//! fonts without Romanian letters: "t¸ar˘a", "ˆın".

use super::pairs::with_one_for_two;
use crate::unicode::is_letter;

/// The accents of Romanian letters as signs of their own.
pub(super) const ACCENTS: &str = "˘ˆ¸";

/// So many letters with a breve or a cedilla must come out: a circumflex alone is a sign of mathematics.
const MIN_LETTERS: usize = 2;

/// Returns the text with the accents of its words on their letters; none if it has none beside them.
pub(super) fn with_accents_on_letters(text: &str) -> Option<String> {
    let mut letters = 0;
    let joined = with_one_for_two(text, |before, first, second, behind| {
        let letter = letter_of(first, second).filter(|_| is_in_word(before, behind))?;
        letters += usize::from(!"âÂîÎ".contains(letter));
        Some(letter)
    });
    (letters >= MIN_LETTERS).then_some(joined)
}

/// Returns the letter that two signs make. TeX sets a breve and a circumflex before the letter, and a
/// cedilla behind it; some programs put all of them before.
fn letter_of(first: char, second: char) -> Option<char> {
    Some(match (first, second) {
        ('˘', 'a') => 'ă',
        ('˘', 'A') => 'Ă',
        ('ˆ', 'a') => 'â',
        ('ˆ', 'A') => 'Â',
        ('ˆ', 'ı' | 'i') => 'î',
        ('ˆ', 'I') => 'Î',
        ('s', '¸') | ('¸', 's') => 'ş',
        ('S', '¸') | ('¸', 'S') => 'Ş',
        ('t', '¸') | ('¸', 't') => 'ţ',
        ('T', '¸') | ('¸', 'T') => 'Ţ',
        _ => return None,
    })
}

fn is_in_word(before: &str, behind: &str) -> bool {
    let next = behind.chars().next();
    before.chars().next_back().is_some_and(is_letter)
        || next.is_some_and(|next| is_letter(next) || ACCENTS.contains(next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_beside_letters_are_put_on_them() {
        for (text, joined) in [
            (
                "t¸ar˘a ˆın care s¸tim romˆana, as¸",
                "ţară în care ştim româna, aş",
            ),
            ("¸Tar˘a, pove¸sti ¸si na¸stere", "Ţară, poveşti şi naştere"),
            ("ˆIN T¸AR˘A ˆıs¸i ˆı¸si", "ÎN ŢARĂ îşi îşi"),
        ] {
            assert_eq!(with_accents_on_letters(text).as_deref(), Some(joined));
        }
    }

    #[test]
    fn signs_alone_and_those_of_mathematics_stay() {
        for text in [
            "ˆax + ˆab",
            "semnele ˘ ˆ ¸ sunt rare",
            "t¸ara e una",
            "˘ a s ¸",
        ] {
            assert_eq!(with_accents_on_letters(text), None, "{text}");
        }
    }
}
