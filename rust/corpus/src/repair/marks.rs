//! Characters that need a look.
//!
//! Most of a Romanian text is letters of ASCII, single spaces and ă â î ș ț, with a comma or a cedilla.
//! What else there is shows in two bytes side by side, so that comparisons without a branch for each
//! byte find it.

/// Whether two bytes are a space and a mark before which none may have to stand: `,.;:!?`.
#[inline(always)]
fn is_space_before_mark(byte: u8, next: u8) -> bool {
    // Without a branch: | and & where a program for one byte would have || and &&.
    let is_stop = (next == b',') | (next == b'.') | (next & 0xfe == b':');
    (byte == b' ') & (is_stop | (next == b'!') | (next == b'?'))
}

/// Whether a blank may be missing behind the character that ends with a byte, or before the one that
/// begins with it: a mark, a closing bracket or the quotation mark ” before a letter (`,a`, `)a`, `”A`),
/// or a capital in a word (`aB`, `aȘ`), unless [`stays`] says that none is missing there; or whether two
/// commas or two single quotation marks may be one mark. Letters outside of ASCII have two bytes;
/// capitals are those of Romanian, and some that are none.
#[inline(always)]
pub(super) fn may_be_glued(byte: u8, next: u8) -> bool {
    // Pairs that differ in one bit: , and . then ! and ) then ; and ?
    let is_mark = (byte & 0xfd == b',') | (byte & 0xf7 == b'!') | (byte & 0xfb == b';');
    let is_capital = next.wrapping_sub(b'A') < 26;
    let is_ascii = (next | 0x20).wrapping_sub(b'a') < 26;
    let begins_two = next.wrapping_sub(0xc3) < 0x1d;
    let is_behind_mark = (is_mark | (byte == CLOSING_QUOTE_END)) & (is_ascii | begins_two);
    let is_in_word = (byte.wrapping_sub(b'a') < 26) | (byte.wrapping_sub(0x80) < 0x40);
    let is_twice = (byte == next) & ((byte == b',') | (byte == b'\''));
    // The end of ’ before the beginning of another one.
    let may_be_twice = is_twice | ((byte == 0x99) & (next == 0xe2));
    is_behind_mark | (is_in_word & is_capital) | may_be_capital(byte, next) | may_be_twice
}

/// The last byte of the quotation mark ”.
const CLOSING_QUOTE_END: u8 = 0x9d;

/// Whether two bytes may be one of the capitals Ă, Â, Î, Ș, Ț, also with a cedilla. The second byte of
/// all but one is even and below 0xa0, that of no small one is.
#[inline(always)]
fn may_be_capital(byte: u8, next: u8) -> bool {
    let is_even_and_low = next & 0xe1 == 0x80;
    let has_cedilla = (byte == 0xc5) & (next == 0xa2);
    ((byte.wrapping_sub(0xc3) < 0x1d) & is_even_and_low) | has_cedilla
}

/// Whether no blank is missing at an index that [`may_be_glued`] gives, as what is there is neither
/// behind a mark nor behind a small letter.
#[inline]
pub(super) fn stays(bytes: &[u8], index: usize) -> bool {
    let is_behind_small = |place: usize| ends_small(bytes[place]);
    match bytes[index] {
        CLOSING_QUOTE_END => false,
        0xc3.. => !index.checked_sub(1).is_some_and(is_behind_small),
        0x80.. => !is_behind_small(index),
        _ => false,
    }
}

/// Whether a byte is a small letter of ASCII or may be the second one of ă, â, î, ș, ț, ş, ţ.
#[inline(always)]
fn ends_small(byte: u8) -> bool {
    let ends_a_or_i = (byte == 0x83) | (byte == 0xa2) | (byte == 0xae);
    let ends_s_or_t = (byte == 0x99) | (byte == 0x9b) | (byte == 0x9f) | (byte == 0xa3);
    (byte.wrapping_sub(b'a') < 26) | ends_a_or_i | ends_s_or_t
}

/// Whether two bytes are blanks of which one is to spare: two spaces, or a space at the end of a line.
#[inline(always)]
pub(super) fn is_blank_to_spare(byte: u8, next: u8) -> bool {
    ((byte == b' ') & ((next == b' ') | (next == b'\n'))) | ((byte == b'\n') & (next == b' '))
}

/// Whether two bytes are one of the letters of Romanian words: ă, â, î, Ș, ș, Ț, ț, ş, ţ.
///
/// Ă, Â, Î, Ş and Ţ are left out: what they need can depend on the letter behind them. Letters with a
/// cedilla are looked for by themselves, as one is enough to know.
#[inline(always)]
pub(super) fn is_letter(byte: u8, next: u8) -> bool {
    let is_a_or_i = (byte == 0xc3) & ((next == 0xa2) | (next == 0xae));
    let is_a_breve = (byte == 0xc4) & (next == 0x83);
    let is_s_or_t = (byte == 0xc8) & (next & 0xfc == 0x98);
    let has_cedilla = is_cedilla_letter(byte, next) & (next & 1 != 0);
    is_a_or_i | is_a_breve | is_s_or_t | has_cedilla
}

/// Whether two bytes are one of the letters with a cedilla: Ş, ş, Ţ, ţ.
#[inline(always)]
pub(super) fn is_cedilla_letter(byte: u8, next: u8) -> bool {
    (byte == 0xc5) & ((next & 0xfe == 0x9e) | (next & 0xfe == 0xa2))
}

/// Whether the character that begins with a byte needs a look; no byte within a character does.
#[inline(always)]
pub(super) fn needs_a_look(byte: u8, next: u8) -> bool {
    let is_markup = (byte == b'&') | (byte == b'<');
    // As signed numbers all but the first bytes of characters are the least ones, the other bytes
    // outside of ASCII come next, then controls; and 0x7f is the greatest, before the first.
    let is_no_continuation = byte.cast_signed() >= 0xc0_u8.cast_signed();
    let is_control_or_other = byte.wrapping_add(1).cast_signed() <= b' '.cast_signed();
    let is_marked = is_no_continuation & is_control_or_other & !is_letter(byte, next);
    is_markup | is_space_before_mark(byte, next) | is_marked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blocks::indices;

    fn needing(text: &str) -> Vec<usize> {
        indices(text.as_bytes(), 0, needs_a_look).collect()
    }

    #[test]
    fn romanian_words_need_no_look() {
        let text = "Un om, 2 mere(roșii); da-la câine @ Ana și țăran ȘT îî şi ţăran.";
        assert_eq!(needing(&text.repeat(9)), []);
    }

    #[test]
    fn blanks_to_spare_are_two_in_a_row() {
        for pair in ["  ", " \n", "\n "] {
            let [byte, next] = pair.as_bytes() else {
                unreachable!()
            };
            assert!(is_blank_to_spare(*byte, *next), "{pair:?}");
        }
        for (byte, next) in [(b' ', b'a'), (b'\n', b'\n'), (b'a', b' '), (b' ', 0)] {
            assert!(!is_blank_to_spare(byte, next), "{byte} {next}");
        }
    }

    #[test]
    fn a_blank_may_be_missing_behind_marks_and_before_capitals_in_words() {
        let found = |text: &str| {
            let places = indices(text.as_bytes(), 0, may_be_glued);
            let places = places.filter(|index| !stays(text.as_bytes(), *index));
            places.collect::<Vec<_>>()
        };
        for text in [
            "a.B", "a,ș", "1)a", "aB", "ăB", "șȘ", "aĂ", "ţÎ", "aŢ", "aÂ",
        ] {
            assert_eq!(found(text).len(), 1, "{text}");
        }
        assert_eq!(found("da.”Iar"), [5]);
        assert_eq!(found("a ,,A b'' c’’"), [2, 3, 7, 13]);
        for text in ["În Țară, a B AB Șt „A” a. B (a) ĂB", "", "Î"] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn what_may_need_a_repair_is_found() {
        for text in [
            " ,b", " .", " ;", " :", " !", " ?", "\nb", "\tb", "\0b", "\u{1f}b", "&b", "<b>", "Ş",
            "Ţ", "ã", "„a", "Ă", "Î", "Â", "\u{7f}", "\u{a0}", "ê", "æ", "Ȝ",
        ] {
            assert_eq!(needing(text).first(), Some(&0), "{text}");
        }
    }
}
