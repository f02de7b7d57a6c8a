//! Blocks of text that need no repair, whatever stands before and behind them.
//!
//! What needs a look shows in two bytes side by side, so a table gives each byte the pairs that it
//! may begin and those it may end; a block is ordinary if no pair has both. That is one look-up a
//! byte and no branch: three times the speed of a look at each character (bench/repairs.py).

/// Bytes that are tested at once. A longer block is less often ordinary.
pub(super) const BLOCK: usize = 16;

/// A byte that needs a look itself: controls, line ends, `&`, `<`, and all but three of the bytes
/// that begin a character outside ASCII.
const ALONE: u8 = 1;
/// A space before another, before a line end or before punctuation.
const SPACED: u8 = 1 << 1;
/// Byte 0xC3 before anything but what makes it â, î or Î.
const NOT_A_OR_I: u8 = 1 << 2;
/// Byte 0xC4 before anything but what makes it ă.
const NOT_A_BREVE: u8 = 1 << 3;
/// Byte 0xC8 before anything but what makes it Ș, ș, Ț or ț.
const NOT_S_OR_T: u8 = 1 << 4;
/// A character outside ASCII before 0xC3, because that may be Î.
const BEFORE_I: u8 = 1 << 5;
/// Î before a character outside ASCII.
const AFTER_I: u8 = 1 << 6;

/// The last bytes of â, î, Î, ă, and of the four letters with a comma.
const A_AND_I: [u8; 3] = [0xa2, 0xae, 0x8e];
const I: u8 = 0x8e;
const A_BREVE: u8 = 0x83;
const S_AND_T: [u8; 4] = [0x98, 0x99, 0x9a, 0x9b];

/// For each byte: the pairs that it may begin.
const FIRST: [u8; 256] = {
    let mut table = [0; 256];
    let mut code = 0;
    while code < 256 {
        let byte = code as u8;
        table[code] = match byte {
            b' ' => SPACED,
            0..b' ' | b'&' | b'<' | 0x7f => ALONE,
            I => BEFORE_I | AFTER_I,
            0x80..0xc0 => BEFORE_I,
            0xc3 => NOT_A_OR_I,
            0xc4 => NOT_A_BREVE,
            0xc8 => NOT_S_OR_T,
            0xc0.. => ALONE,
            _ => 0,
        };
        code += 1;
    }
    table
};

/// For each byte: the pairs that it may end.
const SECOND: [u8; 256] = {
    let mut table = [ALONE | NOT_A_OR_I | NOT_A_BREVE | NOT_S_OR_T; 256];
    let mut code = 0;
    while code < 256 {
        let byte = code as u8;
        if matches!(byte, b' ' | b'\n' | b',' | b'.' | b';' | b':' | b'!' | b'?') {
            table[code] |= SPACED;
        }
        if !byte.is_ascii() {
            table[code] |= AFTER_I;
        }
        code += 1;
    }
    table[0xc3] |= BEFORE_I;
    table[A_BREVE as usize] &= !NOT_A_BREVE;
    let mut index = 0;
    while index < S_AND_T.len() {
        table[S_AND_T[index] as usize] &= !NOT_S_OR_T;
        index += 1;
    }
    let mut index = 0;
    while index < A_AND_I.len() {
        table[A_AND_I[index] as usize] &= !NOT_A_OR_I;
        index += 1;
    }
    table
};

/// Both tables, so that a byte costs one look-up.
const PAIRS: [u16; 256] = {
    let mut table = [0; 256];
    let mut code = 0;
    while code < 256 {
        table[code] = (FIRST[code] as u16) << 8 | SECOND[code] as u16;
        code += 1;
    }
    table
};

/// Returns whether a text begins with a block, and one byte more, that needs no look.
#[inline]
pub(super) fn is_ordinary(bytes: &[u8]) -> bool {
    let Some(block) = bytes.first_chunk::<{ BLOCK + 1 }>() else {
        return false;
    };
    let mut found = 0;
    let mut before = 0;
    for byte in block {
        let pairs = PAIRS[*byte as usize];
        found |= (before >> 8) & pairs;
        before = pairs;
    }
    found & 0xff == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The block is not one short of the text, so that pairs with its last byte count.
    fn is_ordinary_between_letters(text: &str) -> bool {
        let padded = format!("{text:a<width$}", width = 2 * BLOCK);
        super::is_ordinary(padded.as_bytes())
    }

    #[test]
    fn romanian_words_are_ordinary() {
        for text in [
            "Un om, 2 mere (roșii); \"da\".",
            "În țara ăsta",
            "câine și țăran ȘT",
        ] {
            assert!(is_ordinary_between_letters(text), "{text}");
        }
    }

    #[test]
    fn what_may_need_a_repair_is_not() {
        for text in [
            "a  b", "a ,b", "a\nb", "a\tb", "a&b", "<b>", "ş", "ã", "„a", "Ă", "ăÎ", "Îă",
        ] {
            assert!(!is_ordinary_between_letters(text), "{text}");
        }
    }

    #[test]
    fn the_end_of_a_text_is_never_a_block() {
        assert!(!is_ordinary(&[b'a'; BLOCK]));
    }
}
