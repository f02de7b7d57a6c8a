//! What the characters of a text are, 64 bytes at a time.
//!
//! A table says of each byte what it is, so that ASCII costs a look-up a byte and no branch; the sets
//! of a block are numbers of 64 bits. Characters of more bytes are looked up one by one.

use super::alphabet::{Alphabet, Sign};

/// Bytes of a block; a set of them is a number.
const BLOCK: usize = 64;
/// Sets in an entry of the table, one in each of its bytes.
const SETS: usize = 8;
/// Bytes that are looked up into one number, a bit for each in every set.
const GROUP: usize = 8;

const WORDS: usize = 0;
const LETTERS: usize = 1;
const FOREIGN: usize = 2;
const CONTINUATIONS: usize = 3;
const LEADS: usize = 4;
const BLANKS: usize = 5;
const LINE_ENDS: usize = 6;

/// Reads blocks; knows the letters of a language.
#[derive(Clone, Debug)]
pub(super) struct Scanner {
    table: Box<[u64; 256]>,
    alphabet: Alphabet,
}

/// Sets of the bytes of a block, the first byte in the lowest bit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Block {
    /// How many bytes it has.
    pub(super) length: usize,
    /// Bytes of words.
    pub(super) words: u64,
    /// First bytes of letters.
    pub(super) letters: u64,
    /// First bytes of letters that the language does not have.
    pub(super) foreign: u64,
    /// All but the first bytes of characters.
    pub(super) continuations: u64,
    pub(super) line_ends: u64,
    /// How many characters are blank, line ends among them.
    pub(super) blanks: usize,
    /// How many letters are of the language alone.
    pub(super) native: usize,
}

impl Scanner {
    pub(super) fn new(alphabet: Alphabet) -> Self {
        let mut table = Box::new([0; 256]);
        for (byte, entry) in (0..=u8::MAX).zip(table.iter_mut()) {
            let sets: &[usize] = match byte {
                0x80..0xc0 => &[WORDS, CONTINUATIONS],
                // Of two bytes, most of them letters.
                0xc0..0xe0 => &[WORDS, LETTERS, LEADS],
                0xe0.. => &[LEADS],
                b'\n' => &[BLANKS, LINE_ENDS],
                ascii => match alphabet.sign(char::from(ascii)) {
                    Sign::Shared | Sign::Native => &[WORDS, LETTERS],
                    Sign::Foreign => &[WORDS, LETTERS, FOREIGN],
                    Sign::Digit => &[WORDS],
                    Sign::Blank => &[BLANKS],
                    Sign::Other => &[],
                },
            };
            *entry = sets.iter().map(|set| 1 << (8 * set)).sum();
        }
        Self { table, alphabet }
    }

    /// Reads as many whole characters from an index on as a block can hold.
    #[inline]
    pub(super) fn read(&self, text: &str, start: usize) -> Block {
        let rest = &text.as_bytes()[start..];
        let sets = match rest.first_chunk() {
            Some(bytes) => self.sets(bytes),
            None => {
                let mut bytes = [0; BLOCK];
                bytes[..rest.len()].copy_from_slice(rest);
                self.sets(&bytes)
            }
        };
        let mut length = rest.len().min(BLOCK);
        while !text.is_char_boundary(start + length) {
            length -= 1;
        }
        let kept = below(length);
        let mut block = Block {
            length,
            words: sets[WORDS] & kept,
            letters: sets[LETTERS] & kept,
            foreign: sets[FOREIGN] & kept,
            continuations: sets[CONTINUATIONS] & kept,
            line_ends: sets[LINE_ENDS] & kept,
            blanks: (sets[BLANKS] & kept).count_ones() as usize,
            native: 0,
        };
        self.look_at(sets[LEADS] & kept, &text[start..start + length], &mut block);
        block
    }

    /// Returns the sets of so many bytes.
    #[inline]
    fn sets(&self, bytes: &[u8; BLOCK]) -> [u64; SETS] {
        let mut sets = [0; SETS];
        for (set, group) in sets.iter_mut().zip(bytes.chunks_exact(GROUP)) {
            for (place, byte) in group.iter().enumerate() {
                *set |= self.table[*byte as usize] << place;
            }
        }
        transposed(sets)
    }

    /// Looks at the characters of more than one byte, of which the first ones are given.
    #[inline]
    fn look_at(&self, mut leads: u64, text: &str, block: &mut Block) {
        let bytes = text.as_bytes();
        while leads != 0 {
            let place = leads.trailing_zeros() as usize;
            leads &= leads - 1;
            let sign = if bytes[place] < 0xe0 {
                self.alphabet
                    .sign_of_two_bytes(bytes[place], bytes[place + 1])
            } else {
                let character = text[place..].chars().next();
                self.alphabet
                    .sign(character.expect("its first byte is there"))
            };
            block.native += usize::from(sign == Sign::Native);
            if !matches!(sign, Sign::Native | Sign::Shared) || bytes[place] >= 0xe0 {
                block.enter(sign, place, bytes[place]);
            }
        }
    }
}

impl Block {
    /// Returns the set of all of its bytes.
    #[inline]
    pub(super) fn bytes(&self) -> u64 {
        below(self.length)
    }

    /// Enters what a character is that may be no letter of the language.
    fn enter(&mut self, sign: Sign, place: usize, lead: u8) {
        let length = 2 + usize::from(lead >= 0xe0) + usize::from(lead >= 0xf0);
        let (first, bytes) = (1 << place, below(length) << place);
        self.words &= !bytes;
        self.letters &= !first;
        match sign {
            Sign::Shared | Sign::Native | Sign::Foreign => {
                self.words |= bytes;
                self.letters |= first;
                if sign == Sign::Foreign {
                    self.foreign |= first;
                }
            }
            Sign::Digit => self.words |= bytes,
            Sign::Blank => self.blanks += 1,
            Sign::Other => {}
        }
    }
}

/// Returns numbers of which the n-th has the n-th byte of each given one.
///
/// As a matrix of bits is transposed by exchanging halves, then quarters and eighths (Warren,
/// "Hacker's Delight", 7-3).
#[inline]
fn transposed(mut rows: [u64; SETS]) -> [u64; SETS] {
    for (distance, mask) in [
        (4, 0x0000_0000_ffff_ffff_u64),
        (2, 0x0000_ffff_0000_ffff),
        (1, 0x00ff_00ff_00ff_00ff),
    ] {
        for row in (0..SETS).filter(|row| row & distance == 0) {
            let shift = 8 * distance;
            let exchanged = (rows[row] >> shift ^ rows[row + distance]) & mask;
            rows[row + distance] ^= exchanged;
            rows[row] ^= exchanged << shift;
        }
    }
    rows
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

    fn scanner() -> Scanner {
        Scanner::new(Alphabet::new("aăâbcdefghiîjlmnoprsștțuvxz", "ășț"))
    }

    /// What the block from an index on must be.
    fn expected(text: &str, length: usize, alphabet: &Alphabet) -> Block {
        let mut block = Block {
            length,
            ..Block::default()
        };
        for (place, character) in text[..length].char_indices() {
            let bytes = below(character.len_utf8()) << place;
            let first = 1_u64 << place;
            block.continuations |= bytes & !first;
            let sign = alphabet.sign(character);
            let is_letter = matches!(sign, Sign::Shared | Sign::Native | Sign::Foreign);
            if is_letter || sign == Sign::Digit {
                block.words |= bytes;
            }
            block.letters |= u64::from(is_letter) * first;
            block.foreign |= u64::from(sign == Sign::Foreign) * first;
            block.line_ends |= u64::from(character == '\n') * first;
            block.blanks += usize::from(character.is_whitespace());
            block.native += usize::from("ășțĂȘȚ".contains(character));
        }
        block
    }

    proptest! {
        #[test]
        fn blocks_say_of_every_byte_what_its_character_is(
            pieces in prop::collection::vec(
                "[a-zA-Z]{0,9}[0-9 \n]|[ăâîșțȘÂ×÷éшж—„”½ª\u{a0}\u{2003}日]{1,5}|\\PC", 0..60),
        ) {
            let text = pieces.concat();
            let scanner = scanner();
            let mut start = 0;
            while start < text.len() {
                let block = scanner.read(&text, start);
                prop_assert!(block.length > 0);
                prop_assert_eq!(
                    block, expected(&text[start..], block.length, &scanner.alphabet));
                start += block.length;
            }
        }

        #[test]
        fn a_character_alone_is_what_it_is(character: char) {
            let scanner = scanner();
            let text = character.to_string();
            let block = scanner.read(&text, 0);
            prop_assert_eq!(block, expected(&text, text.len(), &scanner.alphabet));
        }

        #[test]
        fn transposed_twice_is_as_it_was(rows: [u64; SETS]) {
            let columns = transposed(rows);
            for (row, column) in (0..64).map(|place| (place / 8, place % 8)) {
                prop_assert_eq!(rows[row].to_le_bytes()[column], columns[column].to_le_bytes()[row]);
            }
            prop_assert_eq!(transposed(columns), rows);
        }
    }
}
