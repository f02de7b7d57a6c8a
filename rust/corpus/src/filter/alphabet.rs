use super::classes::{Class, Classes};

/// The letters of a language, small and capital, and those that it alone has.
#[derive(Clone, Debug)]
pub(super) struct Alphabet {
    table: Box<[Sign; TABLE_END]>,
    classes: Classes,
}

/// What a character is to the words of a language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// A letter that the language has, and others too.
    Shared,
    /// A letter that only the language has.
    Native,
    Foreign,
    Digit,
    Blank,
    Other,
}

/// The table holds the characters of one byte and of two; no later letter is of the language.
const TABLE_END: usize = 0x800;

impl Alphabet {
    /// Makes an alphabet of letters in lower case; `native` are those of the language alone.
    pub(super) fn new(letters: &str, native: &str) -> Self {
        let classes = Classes::new();
        let mut table = Box::new([Sign::Other; TABLE_END]);
        let has = |set: &str, letter: char| set.chars().any(|one| same(one, letter));
        for (letter, sign) in ('\0'..).zip(table.iter_mut()) {
            *sign = match other_sign(classes.of(letter)) {
                Sign::Foreign if has(native, letter) => Sign::Native,
                Sign::Foreign if has(letters, letter) => Sign::Shared,
                sign => sign,
            };
        }
        Self { table, classes }
    }

    /// Returns how many letters of the language alone a word has, and whether it has a foreign one.
    pub(super) fn signs(&self, word: &str) -> (usize, bool) {
        let (mut native, mut is_foreign) = (0, false);
        for letter in word.chars() {
            match self.sign(letter) {
                Sign::Native => native += 1,
                Sign::Foreign => is_foreign = true,
                _ => (),
            }
        }
        (native, is_foreign)
    }

    #[inline]
    pub(super) fn sign(&self, character: char) -> Sign {
        match self.table.get(character as usize) {
            Some(sign) => *sign,
            None => other_sign(self.classes.of(character)),
        }
    }

    /// Returns the sign of a character of two bytes.
    #[inline]
    pub(super) fn sign_of_two_bytes(&self, first: u8, second: u8) -> Sign {
        self.table[(usize::from(first) & 0x1f) << 6 | usize::from(second) & 0x3f]
    }
}

/// Returns the sign of a character of which no letter is of the language.
fn other_sign(class: Class) -> Sign {
    match class {
        Class::Letter => Sign::Foreign,
        Class::Digit => Sign::Digit,
        Class::Blank => Sign::Blank,
        Class::Other => Sign::Other,
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

    #[test]
    fn two_bytes_are_looked_up_like_their_character() {
        let alphabet = Alphabet::new("aâst", "ț");
        for character in '\u{80}'..'\u{800}' {
            let mut bytes = [0; 2];
            character.encode_utf8(&mut bytes);
            let found = alphabet.sign_of_two_bytes(bytes[0], bytes[1]);
            assert_eq!(found, alphabet.sign(character), "{character}");
        }
    }
}
