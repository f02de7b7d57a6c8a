//! Where the words of a text are, 64 bytes at a time.
//!
//! A table says of each byte what it is, so that ASCII and the letters of Latin alphabets cost a
//! look-up a byte and no branch; the sets of a block are numbers of 64 bits. Other characters are
//! looked at one by one.

use super::classes::{Class, Classes};

/// Bytes of a block; a set of them is a number.
const BLOCK: usize = 64;
/// Bytes that are looked up into one number, which holds four sets of them.
const GROUP: usize = 16;

/// The sets to which a byte can belong: a bit in each quarter of an entry.
const WORD: u64 = 1;
/// Letters, by their first byte.
const LETTER: u64 = 1 << GROUP;
const CONTINUATION: u64 = 1 << (2 * GROUP);
/// What must be looked at: the first bytes of other characters, and the last bytes of × and ÷.
const OTHER: u64 = 1 << (3 * GROUP);

/// First byte of U+00C0 to U+00FF, which are letters but for two signs.
const LATIN_1_LEAD: u8 = 0xc3;
/// The last bytes of × and ÷.
const SIGNS: [u8; 2] = [0x97, 0xb7];

const TABLE: [u64; 256] = {
    let mut table = [0; 256];
    let mut code = 0;
    while code < 256 {
        table[code] = match code as u8 {
            b'0'..=b'9' => WORD,
            b'a'..=b'z' | b'A'..=b'Z' | LATIN_1_LEAD => WORD | LETTER,
            0..0x80 => 0,
            0x80..0xc0 => WORD | CONTINUATION,
            // U+0100 to U+02BF and U+0400 to U+047F: letters, whatever the second byte.
            0xc4..=0xca | 0xd0 | 0xd1 => WORD | LETTER,
            0xc0.. => OTHER,
        };
        code += 1;
    }
    table[SIGNS[0] as usize] |= OTHER;
    table[SIGNS[1] as usize] |= OTHER;
    table
};

/// Sets of the bytes of a block, the first byte in the lowest bit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Block {
    /// How many bytes it has.
    pub(super) length: usize,
    /// Bytes of words.
    pub(super) words: u64,
    /// First bytes of letters.
    pub(super) letters: u64,
    /// All but the first bytes of characters.
    pub(super) continuations: u64,
    /// How many characters outside ASCII are blank.
    pub(super) blanks: usize,
}

impl Block {
    /// Reads as many whole characters from an index on as a block can hold.
    #[inline]
    pub(super) fn read(text: &str, start: usize, classes: &Classes) -> Self {
        let rest = &text.as_bytes()[start..];
        let (mut block, mut others) = match rest.first_chunk() {
            Some(bytes) => Self::of(bytes),
            None => {
                let mut bytes = [0; BLOCK];
                bytes[..rest.len()].copy_from_slice(rest);
                Self::of(&bytes)
            }
        };
        block.length = rest.len().min(BLOCK);
        while !text.is_char_boundary(start + block.length) {
            block.length -= 1;
        }
        let kept = below(block.length);
        others &= kept;
        block.words &= kept;
        block.letters &= kept;
        block.continuations &= kept;
        if others != 0 {
            block.look_at(others, &text[start..start + block.length], classes);
        }
        block
    }

    #[inline]
    fn of(bytes: &[u8; BLOCK]) -> (Self, u64) {
        let mut block = Self::default();
        let mut others = 0;
        for (number, group) in bytes.chunks_exact(GROUP).enumerate() {
            let mut sets = 0;
            for (place, byte) in group.iter().enumerate() {
                sets |= TABLE[*byte as usize] << place;
            }
            let set = |quarter: usize| (sets >> (quarter * GROUP) & 0xffff) << (number * GROUP);
            block.words |= set(0);
            block.letters |= set(1);
            block.continuations |= set(2);
            others |= set(3);
        }
        (block, others)
    }

    fn look_at(&mut self, mut others: u64, text: &str, classes: &Classes) {
        while others != 0 {
            let mut place = others.trailing_zeros() as usize;
            others &= others - 1;
            if self.continuations >> place & 1 != 0 {
                // The last byte of × or ÷, if the first is before it.
                if place == 0 || text.as_bytes()[place - 1] != LATIN_1_LEAD {
                    continue;
                }
                place -= 1;
            }
            let Some(character) = text[place..].chars().next() else {
                break;
            };
            let bytes = below(character.len_utf8()) << place;
            self.words &= !bytes;
            self.letters &= !bytes;
            match classes.of(character) {
                Class::Letter => {
                    self.words |= bytes;
                    self.letters |= 1 << place;
                }
                Class::Digit => self.words |= bytes,
                Class::Blank => self.blanks += 1,
                Class::Other => {}
            }
        }
    }
}

/// Returns the set of so many bytes, the first ones.
#[inline]
pub(super) fn below(length: usize) -> u64 {
    if length < BLOCK {
        (1 << length) - 1
    } else {
        u64::MAX
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn blocks_say_of_every_byte_what_its_character_is(
            pieces in prop::collection::vec("[a-z]{0,9}[0-9 ]|[ăâîșț×÷éшж—„”½ª\u{a0}\u{2003}]{1,5}|\\PC", 0..60),
        ) {
            let text = pieces.concat();
            let classes = Classes::new();
            let mut start = 0;
            while start < text.len() {
                let block = Block::read(&text, start, &classes);
                prop_assert!(block.length > 0);
                let mut expected = Block { length: block.length, ..Block::default() };
                for (place, character) in text[start..start + block.length].char_indices() {
                    let bytes = below(character.len_utf8()) << place;
                    let class = classes.of(character);
                    if matches!(class, Class::Letter | Class::Digit) {
                        expected.words |= bytes;
                    }
                    expected.letters |= u64::from(class == Class::Letter) << place;
                    expected.continuations |= bytes & !(1 << place);
                    let is_blank = class == Class::Blank && !character.is_ascii();
                    expected.blanks += usize::from(is_blank);
                }
                prop_assert_eq!(block, expected);
                start += block.length;
            }
        }

        #[test]
        fn a_character_alone_is_what_it_is(character: char) {
            let classes = Classes::new();
            let text = character.to_string();
            let block = Block::read(&text, 0, &classes);
            let is_letter = classes.of(character) == Class::Letter;
            let is_word = is_letter || classes.of(character) == Class::Digit;
            prop_assert_eq!(block.words, if is_word { below(text.len()) } else { 0 });
            prop_assert_eq!(block.letters, u64::from(is_letter));
        }
    }
}
