//! The folding of one character: without case, without diacritics, words apart.
//!
//! Folding a text is: full case folding, compatibility decomposition (NFKD), dropping the marks
//! U+0300 to U+036F, case folding again, and keeping only letters and digits, with one space for
//! all that stood between two of them. Each step but one works on single characters. The exception
//! is NFKD's canonical ordering, which moves marks among marks and never across a letter or digit;
//! here a mark is either dropped or a separator, so their order cannot be seen. That is why a text
//! is folded character by character, most of them by a table.

use std::ops::RangeInclusive;
use std::sync::LazyLock;

use caseless::Caseless;
use unicode_normalization::char::decompose_compatible;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

/// Stands in a folded character for what separates words.
pub(crate) const SEPARATOR: char = ' ';

const MARKS: RangeInclusive<char> = '\u{300}'..='\u{36f}';

/// The table ends before CJK: all alphabets of Europe, punctuation and symbols, in 70 KB.
const TABLE_END: u32 = 0x3000;

static TABLE: LazyLock<Table> = LazyLock::new(Table::new);

/// The folded forms of the characters below [`TABLE_END`], one after the other.
pub(crate) struct Table {
    forms: String,
    /// Where the form of each character begins; one entry more than characters.
    starts: Vec<u32>,
    /// The form of each character that has one of ASCII's characters for a form, else 0, which is
    /// the form of none: nearly all characters of European texts, without a look at `forms`.
    bytes: Vec<u8>,
}

impl Table {
    /// Returns the table, made at the first call.
    pub(crate) fn get() -> &'static Self {
        &TABLE
    }

    fn new() -> Self {
        let mut forms = String::new();
        let mut starts = vec![0];
        let mut bytes = Vec::new();
        for character in '\0'..char::from_u32(TABLE_END).expect("no surrogate") {
            let start = forms.len();
            fold_character(character, &mut forms);
            bytes.push(match forms.as_bytes()[start..] {
                [byte] => byte,
                _ => 0,
            });
            starts.push(u32::try_from(forms.len()).expect("a table of some KB"));
        }
        Self {
            forms,
            starts,
            bytes,
        }
    }

    /// Returns the folded form of a character if that is in the table and a character of ASCII.
    #[inline]
    pub(crate) fn byte(&self, character: char) -> Option<u8> {
        let byte = *self.bytes.get(character as usize)?;
        (byte != 0).then_some(byte)
    }

    /// Returns the folded form of a character, if it is in the table.
    #[inline]
    pub(crate) fn form(&self, character: char) -> Option<&str> {
        let index = character as usize;
        let (start, end) = (self.starts.get(index)?, self.starts.get(index + 1)?);
        Some(&self.forms[*start as usize..*end as usize])
    }
}

/// Appends the folded form: letters and digits, and separators between or around them.
pub(crate) fn fold_character(character: char, form: &mut String) {
    for folded in [character].into_iter().default_case_fold() {
        decompose_compatible(folded, |piece| {
            if !MARKS.contains(&piece) {
                form.extend([piece].into_iter().default_case_fold().map(word_character));
            }
        });
    }
}

fn word_character(character: char) -> char {
    match character.general_category_group() {
        GeneralCategoryGroup::Letter | GeneralCategoryGroup::Number => character,
        _ => SEPARATOR,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(character: char) -> String {
        let mut form = String::new();
        fold_character(character, &mut form);
        form
    }

    #[test]
    fn case_marks_and_ligatures_go() {
        let pairs = [
            ('Ș', "s"),
            ('ţ', "t"),
            ('Â', "a"),
            ('ß', "ss"),
            ('ﬁ', "fi"),
            ('ℌ', "h"),
        ];
        for (character, form) in pairs {
            assert_eq!(folded(character), form, "{character}");
        }
    }

    #[test]
    fn what_is_no_letter_and_no_digit_separates() {
        assert_eq!(folded('_'), " ");
        assert_eq!(folded('—'), " ");
        assert_eq!(folded('½'), "1 2");
        assert_eq!(folded('\u{301}'), "");
        assert_eq!(folded('\u{591}'), " ");
    }

    #[test]
    fn the_table_holds_what_it_was_made_from() {
        let table = Table::get();
        for character in ['\0', 'A', 'ț', '„', '\u{2fff}'] {
            assert_eq!(table.form(character), Some(folded(character).as_str()));
        }
        for character in '\0'..char::from_u32(TABLE_END).expect("no surrogate") {
            let form = folded(character);
            let byte = (form.len() == 1).then(|| form.as_bytes()[0]);
            assert_eq!(table.byte(character), byte, "{character}");
        }
        assert_eq!(table.byte('\u{3000}'), None);
        assert_eq!(table.form('\u{3000}'), None);
    }
}
