//! What a character is, where the standard library says something else.

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

/// Returns whether a character is a letter, or a number of any kind.
pub(crate) fn is_letter_or_number(character: char) -> bool {
    // No mark stands before U+0300, so that the faster test of the standard library says the same.
    if character < '\u{300}' {
        return character.is_alphanumeric();
    }
    let group = character.general_category_group();
    group == GeneralCategoryGroup::Letter || group == GeneralCategoryGroup::Number
}

/// Returns whether a character is a letter, of any alphabet.
pub(crate) fn is_letter(character: char) -> bool {
    if character < '\u{300}' {
        return character.is_alphabetic();
    }
    character.general_category_group() == GeneralCategoryGroup::Letter
}

/// Returns whether Python's `str.isspace` is true of a character.
pub(crate) fn is_blank(character: char) -> bool {
    character.is_whitespace() || ('\x1c'..='\x1f').contains(&character)
}
