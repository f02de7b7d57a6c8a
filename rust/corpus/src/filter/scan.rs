//! What the characters of a text are, 64 bytes at a time.
//!
//! Comparisons without a branch for each byte tell ASCII and the letters that Romanian texts are full
//! of; the sets of a block are numbers of 64 bits. Other characters are looked up one by one.

use super::alphabet::{Alphabet, Sign};
use crate::blocks::{Bytes, Gather, below, block_at, is_continuation, set};

/// Reads blocks; knows the letters of a language.
#[derive(Clone, Debug)]
pub(super) struct Scanner {
    alphabet: Alphabet,
    /// The small letters of ASCII that the language does not have, four by four; 0 is no letter.
    foreign: Vec<[u8; 4]>,
    /// All bytes if the language has ă ș ț alone and â î with others, else none.
    usual: u64,
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
        let is_foreign = |letter: &u8| alphabet.sign(char::from(*letter)) == Sign::Foreign;
        let foreign: Vec<u8> = (b'a'..=b'z').filter(is_foreign).collect();
        let padded =
            |letters: &[u8]| std::array::from_fn(|place| *letters.get(place).unwrap_or(&0));
        let foreign = foreign.chunks(4).map(padded).collect();
        let have = |letters: &str, sign| letters.chars().all(|one| alphabet.sign(one) == sign);
        let is_usual = have("ășțȘȚ", Sign::Native) && have("âî", Sign::Shared);
        Self {
            foreign,
            usual: if is_usual { u64::MAX } else { 0 },
            alphabet,
        }
    }

    /// Reads as many whole characters from an index on as a block can hold.
    #[inline(always)]
    pub(super) fn read(
        &self,
        gather: impl Gather,
        text: &str,
        start: usize,
        room: &mut Bytes,
    ) -> Block {
        let (bytes, mut length) = block_at(text.as_bytes(), start, room);
        while !text.is_char_boundary(start + length) {
            length -= 1;
        }
        let kept = below(length);
        let letters = set(gather, bytes, |byte, _| is_letter(byte)) & kept;
        let digits = set(gather, bytes, |byte, _| byte.is_ascii_digit()) & kept;
        let blanks = set(gather, bytes, |byte, _| {
            (byte == b' ') | (byte.wrapping_sub(b'\t') <= b'\r' - b'\t')
        });
        let continuations = set(gather, bytes, is_continuation);
        let leads = set(gather, bytes, |byte, _| byte >= 0x80) & !continuations;
        let native = set(gather, bytes, is_native) & kept & self.usual;
        let shared = set(gather, bytes, is_shared) & kept & self.usual;
        let usual = native | shared;
        let mut foreign = 0;
        for [one, two, three, four] in &self.foreign {
            foreign |= set(gather, bytes, |byte, _| {
                let small = byte | 0x20;
                (small == *one) | (small == *two) | (small == *three) | (small == *four)
            });
        }
        let mut block = Block {
            length,
            words: letters | digits | usual | usual << 1,
            letters: letters | usual,
            foreign: foreign & letters,
            continuations: continuations & kept,
            line_ends: set(gather, bytes, |byte, _| byte == b'\n') & kept,
            blanks: (blanks & kept).count_ones() as usize,
            native: native.count_ones() as usize,
        };
        self.look_at(
            leads & kept & !usual,
            &text[start..start + length],
            &mut block,
        );
        block
    }

    /// Looks at other characters of more than one byte, of which the first ones are given.
    #[inline(always)]
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
            block.enter(sign, place, bytes[place]);
        }
    }
}

#[inline(always)]
fn is_letter(byte: u8) -> bool {
    (byte | 0x20).wrapping_sub(b'a') <= b'z' - b'a'
}

/// Whether two bytes are one of the letters that Romanian alone has: ă, ș, ț, Ș, Ț.
#[inline(always)]
fn is_native(byte: u8, next: u8) -> bool {
    ((byte == 0xc4) & (next == 0x83)) | ((byte == 0xc8) & (next & 0xfc == 0x98))
}

/// Whether two bytes are one of those that it shares: â, î.
#[inline(always)]
fn is_shared(byte: u8, next: u8) -> bool {
    (byte == 0xc3) & ((next == 0xa2) | (next == 0xae))
}

impl Block {
    /// Returns the set of all of its bytes.
    #[inline]
    pub(super) fn bytes(&self) -> u64 {
        below(self.length)
    }

    /// Enters what a character is.
    #[inline]
    fn enter(&mut self, sign: Sign, place: usize, lead: u8) {
        let length = 2 + usize::from(lead >= 0xe0) + usize::from(lead >= 0xf0);
        let (first, bytes) = (1 << place, below(length) << place);
        match sign {
            Sign::Shared | Sign::Native | Sign::Foreign => {
                self.words |= bytes;
                self.letters |= first;
                self.foreign |= if sign == Sign::Foreign { first } else { 0 };
                self.native += usize::from(sign == Sign::Native);
            }
            Sign::Digit => self.words |= bytes,
            Sign::Blank => self.blanks += 1,
            Sign::Other => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::blocks::{Portable, ROOM, Task, run};

    fn scanner() -> Scanner {
        Scanner::new(Alphabet::new("aăâbcdefghiîjlmnoprsștțuvxz", "ășț"))
    }

    struct Read<'text>(&'text Scanner, &'text str, usize);

    impl Task for Read<'_> {
        type Output = Block;

        fn run(self, gather: impl Gather) -> Block {
            let mut room = ROOM;
            self.0.read(gather, self.1, self.2, &mut room)
        }
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
                let block = Read(&scanner, &text, start).run(Portable);
                prop_assert!(block.length > 0);
                prop_assert_eq!(run(Read(&scanner, &text, start)), block);
                prop_assert_eq!(
                    block, expected(&text[start..], block.length, &scanner.alphabet));
                start += block.length;
            }
        }

        #[test]
        fn a_character_alone_is_what_it_is(character: char) {
            let scanner = scanner();
            let text = character.to_string();
            let block = Read(&scanner, &text, 0).run(Portable);
            prop_assert_eq!(block, expected(&text, text.len(), &scanner.alphabet));
        }
    }
}
