//! Letters of UTF-8 read as Windows-1252 or Windows-1250 in lines that are right but for them: "din
//! BucureÈ™ti, în țară", "iniÅ£ială".
//!
//! ftfy repairs lines of which every character was misread, and of others what is bad by itself; two
//! characters like these are not. Newspapers have such lines, ă and î right and ş and ţ misread.

use super::pairs::with_one_for_two;
use crate::unicode::is_letter;

/// Returns the line with the Romanian letters for which two characters stand within words.
pub(super) fn with_right_letters(line: &str) -> String {
    with_one_for_two(line, |before, first, second, behind| {
        letter_of(first, second).filter(|_| is_in_word(before, second, behind))
    })
}

/// Returns the letter whose two bytes two characters are, in Windows-1252 or Windows-1250.
fn letter_of(first: char, second: char) -> Option<char> {
    Some(match (first, second) {
        ('Ä', 'ƒ') => 'ă',
        ('Ä', '‚') => 'Ă',
        ('Ã', '¢') | ('Ă', '˘') => 'â',
        ('Ã' | 'Ă', '‚') => 'Â',
        ('Ã' | 'Ă', '®') => 'î',
        ('Ã' | 'Ă', 'Ž') => 'Î',
        ('È' | 'Č', '™') => 'ș',
        ('È', '˜') => 'Ș',
        ('È' | 'Č', '›') => 'ț',
        ('È' | 'Č', 'š') => 'Ț',
        ('Å', 'Ÿ') | ('Ĺ', 'ź') => 'ş',
        ('Å' | 'Ĺ', 'ž') => 'Ş',
        ('Å', '£') | ('Ĺ', 'Ł') => 'ţ',
        ('Å', '¢') | ('Ĺ', '˘') => 'Ţ',
        _ => return None,
    })
}

/// Returns whether two characters, of which this is the second, stand within a word: before a letter,
/// before the hyphen or full stop of "ș-apoi" and "ș.a.", or at its end. There a mark behind capitals may
/// be meant ("CAFÈ™"), but not behind a single one ("AÈ™ vrea").
fn is_in_word(before: &str, second: char, behind: &str) -> bool {
    let mut before = before.chars().rev();
    let mut behind = behind.chars();
    let [last, previous] = [(); 2].map(|()| before.next().unwrap_or(' '));
    let [next, following] = [(); 2].map(|()| behind.next().unwrap_or(' '));
    let is_joined = matches!(next, '-' | '.') && following.is_lowercase();
    let is_mark = "‚¢®™›£˘".contains(second);
    is_letter(next)
        || last.is_lowercase()
        || (is_letter(last) && (!is_mark || !is_letter(previous)))
        || (!is_letter(last) && is_joined)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_within_words_are_put_right_whatever_the_case_and_the_encoding() {
        for (broken, right) in [
            ("din BucureÈ™ti, în È›arÄƒ", "din București, în țară"),
            (
                "InvestiÅ£ia iniÅ£ială, oraÅŸe",
                "Investiţia iniţială, oraşe",
            ),
            ("ORAÈ˜UL ÃŽNTREG, ORAÈ˜", "ORAȘUL ÎNTREG, ORAȘ"),
            ("IaČ™i, Č›ara, pĂ˘inea", "Iași, țara, pâinea"),
            ("oraĹźul iniĹŁial", "oraşul iniţial"),
            ("aÈ™È›a", "așța"),
            ("AÈ™ veni È™-apoi, È™.a.", "Aș veni ș-apoi, ș.a."),
        ] {
            assert_eq!(with_right_letters(broken), right);
        }
    }

    #[test]
    fn what_may_be_meant_stays() {
        for text in [
            "CAFÈ™ bun",
            "CAFÈ™-bar",
            "caracterele È™ și È›",
            "È™. A",
            "È™ - a",
            "‹CAFFÈ›",
            "ACASĂ®",
            "5 Å£ 7",
            "Äƒ",
        ] {
            assert_eq!(with_right_letters(text), text);
        }
    }

    #[test]
    fn every_letter_of_two_bytes_is_known_as_the_encodings_show_it() {
        // What stands for the bytes 0x80 to 0xbf of the letters below: windows-1252, windows-1250.
        let shown = [
            ('ă', "Äƒ", ""),
            ('Ă', "Ä‚", ""),
            ('â', "Ã¢", "Ă˘"),
            ('Â', "Ã‚", "Ă‚"),
            ('î', "Ã®", "Ă®"),
            ('Î', "ÃŽ", "ĂŽ"),
            ('ș', "È™", "Č™"),
            ('Ș', "È˜", ""),
            ('ț', "È›", "Č›"),
            ('Ț', "Èš", "Čš"),
            ('ş', "ÅŸ", "Ĺź"),
            ('Ş', "Åž", "Ĺž"),
            ('ţ', "Å£", "ĹŁ"),
            ('Ţ', "Å¢", "Ĺ˘"),
        ];
        for (letter, western, central) in shown {
            for broken in [western, central] {
                if !broken.is_empty() {
                    assert_eq!(
                        with_right_letters(&format!("a{broken}a")),
                        format!("a{letter}a")
                    );
                }
            }
        }
    }
}
