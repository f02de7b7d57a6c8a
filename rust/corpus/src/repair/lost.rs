//! Romanian whose letters became question marks or replacement characters, as a program did not know
//! them: "hot?râre ?i".
//!
//! Only lines that have such signs are judged, as the rest of a page often comes from somewhere else.
//! There the letters that are left tell which ones were lost.

mod contexts;
mod losses;
mod restore;
mod signs;

use std::borrow::Cow;

use super::language::{Vocabulary, words};
use crate::unicode::is_letter;

pub use contexts::{Line, shorter_keys};
pub use losses::Loss;
pub(crate) use signs::stands_for_letter;
pub use signs::{QUESTION_MARK, REPLACEMENT};

/// Fewer signs prove nothing.
const MIN_SIGNS: usize = 5;
/// Of the words of laws and news one in twelve has ș or ț, one in seven ă, ș or ț.
const MAX_WORDS_PER_SIGN: usize = 25;
/// Of the words of Romanian a third is a frequent one.
const MAX_WORDS_PER_ROMANIAN: usize = 10;

/// Returns the text with its letters, if signs stand for enough of them; none for another text.
pub(super) fn with_lost_letters(text: &str, vocabulary: &Vocabulary) -> Option<String> {
    let mut repaired = None;
    for sign in [QUESTION_MARK, REPLACEMENT] {
        let current = repaired.as_deref().unwrap_or(text);
        if let Some(loss) = Evidence::of(current, sign, vocabulary).loss() {
            let lines = current.split('\n').map(|line| {
                if is_damaged(line, sign, loss) {
                    Cow::Owned(restore::restored(line, sign, loss))
                } else {
                    Cow::Borrowed(line)
                }
            });
            repaired = Some(lines.collect::<Vec<_>>().join("\n"));
        }
    }
    repaired
}

/// Returns how many of these signs stand for letters in a line.
fn lost_in(line: &str, sign: char) -> usize {
    let is_lost = |before: &str, after: &str| match sign {
        QUESTION_MARK => stands_for_letter(before, after),
        _ => before.ends_with(is_letter) || after.starts_with(is_letter),
    };
    let signs = line.match_indices(sign);
    signs
        .filter(|(index, sign)| is_lost(&line[..*index], &line[index + sign.len()..]))
        .count()
}

/// Returns whether letters were lost in a line of a text in which letters were.
///
/// In a line where none is left of those that may be lost, question marks are letters too that stand
/// behind a word and before a small letter or a mark, which rarely follow a question.
fn is_damaged(line: &str, sign: char, loss: Loss) -> bool {
    if sign == REPLACEMENT {
        return line.contains(sign);
    }
    let ends_word = |index: usize| {
        let after = &line[index + sign.len_utf8()..];
        let follows = after.strip_prefix(' ').unwrap_or(after);
        let goes_on = follows.starts_with(char::is_lowercase);
        line[..index].ends_with(is_letter)
            && (goes_on || after.starts_with([',', ';', ':', '.', ')', '-']))
    };
    lost_in(line, sign) > 0
        || !line.contains(|letter| loss.includes(letter))
            && line.match_indices(sign).any(|(index, _)| ends_word(index))
}

/// What the lines with signs for letters have.
#[derive(Default)]
struct Evidence {
    /// Signs that stand for letters.
    signs: usize,
    /// Two of them side by side.
    pairs: usize,
    /// ș and ț.
    commas: usize,
    /// ă.
    breves: usize,
    /// â and î.
    hats: usize,
    words: usize,
    /// Of the words frequent ones of Romanian.
    romanian: usize,
    /// Of the words frequent ones of other languages.
    foreign: usize,
}

impl Evidence {
    fn of(text: &str, sign: char, vocabulary: &Vocabulary) -> Self {
        let mut found = Self::default();
        if text.contains(sign) {
            for line in text.split('\n') {
                found.add(line, sign, vocabulary);
            }
        }
        found
    }

    fn add(&mut self, line: &str, sign: char, vocabulary: &Vocabulary) {
        let signs = lost_in(line, sign);
        if signs == 0 {
            return;
        }
        self.signs += signs;
        let characters = line.chars().zip(line.chars().skip(1));
        self.pairs += characters.filter(|pair| *pair == (sign, sign)).count();
        let lower = line.to_lowercase();
        for letter in lower.chars() {
            match letter {
                'ș' | 'ț' => self.commas += 1,
                'ă' => self.breves += 1,
                'â' | 'î' => self.hats += 1,
                _ => {}
            }
        }
        for word in words(&lower) {
            self.words += 1;
            self.romanian += usize::from(vocabulary.romanian.contains(word));
            self.foreign += usize::from(vocabulary.foreign.contains(word));
        }
    }

    /// Returns which letters were lost, if the text is Romanian and letters were.
    ///
    /// Of 100 such letters of laws and news 40 are ș or ț, 41 are ă, 19 are â or î.
    fn loss(&self) -> Option<Loss> {
        let is_enough = self.signs >= MIN_SIGNS
            && self.signs * MAX_WORDS_PER_SIGN >= self.words
            && self.commas * 10 <= self.signs
            // Where each byte of a letter became a sign, it is not known how many letters they are.
            && self.pairs * 2 <= self.signs;
        let is_romanian = self.romanian * MAX_WORDS_PER_ROMANIAN >= self.words
            && self.romanian > 2 * self.foreign;
        if !is_enough || !is_romanian {
            None
        } else if self.breves * 4 >= self.signs {
            Some(Loss::Comma)
        } else if self.hats * 10 >= self.signs {
            Some(Loss::Breve)
        } else {
            Some(Loss::All)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn restored(text: &str) -> String {
        let words = |words: &str| words.split(' ').map(str::to_owned).collect();
        let vocabulary = Vocabulary {
            romanian: words("a ale ce de din în la nu pe că și unde"),
            foreign: words("de est la les pas que"),
        };
        with_lost_letters(text, &vocabulary).unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn the_letters_that_are_left_tell_which_were_lost() {
        for (text, expected) in [
            (
                "Ini?iativa din pia?ă a ora?ului nu a fost amânată,\ndar jude?ul ?i-a schimbat numele.",
                "Inițiativa din piață a orașului nu a fost amânată,\ndar județul și-a schimbat numele.",
            ),
            (
                "În diminea?a de var? a venit c?ldura pe str?zile din cetate, ?i nu în pia?a mare.",
                "În dimineața de vară a venit căldura pe străzile din cetate, și nu în piața mare.",
            ),
            (
                "?n diminea?a de var? a venit c?ldura pe str?zile din cetate, ?i nu a r?mas nimeni.",
                "În dimineața de vară a venit căldura pe străzile din cetate, și nu a rămas nimeni.",
            ),
        ] {
            assert_eq!(restored(text), expected);
        }
    }

    #[test]
    fn lines_where_a_word_only_ends_with_a_sign_have_none_of_the_letters_left() {
        let lost =
            "În diminea?a de var? a venit c?ldura pe str?zile din ora?, ?i nu în pia?a mare.\n";
        let text = format!("{lost}Ce cas? mare.\nDacă vine? zise.\nUnde e?");
        let lines = restored(&text);
        let lines: Vec<_> = lines.lines().skip(1).collect();
        assert_eq!(lines, ["Ce casă mare.", "Dacă vine? zise.", "Unde e?"]);
    }

    #[test]
    fn other_texts_stay() {
        for text in [
            "Unde mergi? a întrebat. Ce faci? a zis. Când vii? a strigat. Nu ?tiu.",
            "La for?t est tr?s belle, les ?l?ves ont ?t? contents de la journ?e, pas que moi.",
            "și via??a din ora??ul de la mun??i a ??rii",
            "wird ge?ffnet, f?r, m?ssen, k?nnen, sch?n, ?ber",
            "pagina.php?id=1 pagina.php?cod=2 de la adresa?tip=3 din site?x=4 a?b=5 pe a?c=6",
        ] {
            assert_eq!(restored(text), text);
        }
    }
}
