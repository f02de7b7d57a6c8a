use std::sync::LazyLock;

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

/// What a character is to the filters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Blank,
    Letter,
    Digit,
    Other,
}

/// The table ends before CJK: all alphabets of Europe, punctuation and symbols, in 12 KB.
const TABLE_END: usize = 0x3000;

static TABLE: LazyLock<[Class; TABLE_END]> = LazyLock::new(|| {
    std::array::from_fn(|code| {
        let character = u32::try_from(code).ok().and_then(char::from_u32);
        compute(character.expect("no surrogate"))
    })
});

/// Looks characters up; made outside of loops, where the table is initialised.
#[derive(Clone, Copy, Debug)]
pub(super) struct Classes(&'static [Class; TABLE_END]);

impl Classes {
    pub(super) fn new() -> Self {
        Self(&TABLE)
    }

    #[inline]
    pub(super) fn of(&self, character: char) -> Class {
        match self.0.get(character as usize) {
            Some(class) => *class,
            None => compute(character),
        }
    }
}

fn compute(character: char) -> Class {
    match character.general_category_group() {
        GeneralCategoryGroup::Letter => Class::Letter,
        GeneralCategoryGroup::Number => Class::Digit,
        _ if character.is_whitespace() => Class::Blank,
        _ => Class::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_told_from_the_others() {
        let classes = Classes::new();
        let pairs = [
            ('ț', Class::Letter),
            ('語', Class::Letter),
            ('7', Class::Digit),
            ('½', Class::Digit),
            ('-', Class::Other),
            ('_', Class::Other),
            ('\u{301}', Class::Other),
            ('😀', Class::Other),
            ('\n', Class::Blank),
            ('\u{3000}', Class::Blank),
        ];
        for (character, class) in pairs {
            assert_eq!(classes.of(character), class, "{character}");
        }
    }
}
