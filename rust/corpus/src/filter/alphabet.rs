use super::classes::{Class, Classes};

/// The letters of a language, small and capital, and those that it alone has.
#[derive(Clone, Debug)]
pub(super) struct Alphabet {
    table: Vec<Letter>,
    classes: Classes,
}

/// What a letter tells of the language of its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Letter {
    /// Only the language has it.
    Native,
    /// The language has it, and others too; or it is no letter.
    Shared,
    Foreign,
}

/// The table ends with Latin Extended-B, which has ș and ț; no later letter is of the language.
const TABLE_END: char = '\u{250}';

impl Alphabet {
    /// Makes an alphabet of letters in lower case; `native` are those of the language alone.
    pub(super) fn new(letters: &str, native: &str) -> Self {
        let mut alphabet = Self {
            table: Vec::new(),
            classes: Classes::new(),
        };
        let has = |set: &str, letter: char| set.chars().any(|one| same(one, letter));
        for letter in '\0'..TABLE_END {
            let kind = if has(native, letter) {
                Letter::Native
            } else if has(letters, letter) || alphabet.classes.of(letter) != Class::Letter {
                Letter::Shared
            } else {
                Letter::Foreign
            };
            alphabet.table.push(kind);
        }
        alphabet
    }

    /// Returns how many letters of the language alone a word has, and whether it has a foreign one.
    pub(super) fn signs(&self, word: &str) -> (usize, bool) {
        let (mut native, mut is_foreign) = (0, false);
        for letter in word.chars() {
            match self.kind(letter) {
                Letter::Native => native += 1,
                Letter::Shared => (),
                Letter::Foreign => is_foreign = true,
            }
        }
        (native, is_foreign)
    }

    #[inline]
    fn kind(&self, letter: char) -> Letter {
        match self.table.get(letter as usize) {
            Some(kind) => *kind,
            None if self.classes.of(letter) == Class::Letter => Letter::Foreign,
            None => Letter::Shared,
        }
    }
}

/// Returns whether a letter is this small letter or its capital.
fn same(small: char, letter: char) -> bool {
    letter == small || small.to_uppercase().eq([letter])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_native_shared_or_foreign() {
        let alphabet = Alphabet::new("aâst", "ț");
        assert_eq!(alphabet.signs("Țațât"), (2, false));
        assert_eq!(alphabet.signs("ASTÂ12"), (0, false));
        for word in ["as-k", "és", "ta語", "日"] {
            assert_eq!(alphabet.signs(word), (0, true), "{word}");
        }
    }
}
