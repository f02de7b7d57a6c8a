//! GPT-2's alphabet: each byte is written as a character that can be seen (`bytes_to_unicode` in
//! <https://github.com/openai/gpt-2>). A byte of printable Latin-1 stands for itself; the others are
//! numbered from U+0100 on.

use std::sync::LazyLock;

/// The letter of each byte.
static LETTERS: LazyLock<[char; 256]> = LazyLock::new(|| {
    let mut unseen = '\u{100}'..;
    std::array::from_fn(|byte| match byte as u8 {
        byte @ (b'!'..=b'~' | 0xa1..=0xac | 0xae..) => char::from(byte),
        _ => unseen.next().expect("characters enough"),
    })
});
/// Characters up to the last letter.
const CHARACTERS: usize = 0x144;
/// The byte of each character, if it is a letter.
static BYTES: LazyLock<[Option<u8>; CHARACTERS]> = LazyLock::new(|| {
    let mut bytes = [None; CHARACTERS];
    for (byte, letter) in (0..=u8::MAX).zip(*LETTERS) {
        bytes[letter as usize] = Some(byte);
    }
    bytes
});

/// The letter that stands for a byte.
#[must_use]
pub fn letter(byte: u8) -> char {
    LETTERS[usize::from(byte)]
}

/// The byte that a letter stands for, if it does.
#[must_use]
pub fn byte(letter: char) -> Option<u8> {
    BYTES.get(letter as usize).copied().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_those_of_gpt_2() {
        for (byte, expected) in [
            (b'a', 'a'),
            (b' ', 'Ġ'),
            (b'\n', 'Ċ'),
            (0x7f, 'ġ'),
            (0xad, 'Ń'),
            (0xc8, 'È'),
            (0xff, 'ÿ'),
        ] {
            assert_eq!(letter(byte), expected);
        }
    }

    #[test]
    fn every_byte_has_a_letter_of_its_own() {
        for one in 0..=u8::MAX {
            assert_eq!(byte(letter(one)), Some(one));
        }
    }

    #[test]
    fn other_characters_stand_for_no_byte() {
        for other in [' ', '\n', '\u{a0}', '\u{ad}', '\u{144}', 'ș', '\u{10ffff}'] {
            assert_eq!(byte(other), None);
        }
    }
}
