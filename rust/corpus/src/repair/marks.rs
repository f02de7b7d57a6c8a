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

/// Whether two bytes are a mark behind which a blank may be missing, and the first of a letter: `,a`. Of
/// letters outside of ASCII those count that have two bytes.
#[inline(always)]
pub(super) fn is_mark_before_letter(byte: u8, next: u8) -> bool {
    let is_mark =
        (byte == b',') | (byte == b'.') | (byte == b';') | (byte == b'!') | (byte == b'?');
    let is_ascii = (next | 0x20).wrapping_sub(b'a') < 26;
    let begins_two = (0xc3..0xe0).contains(&next);
    is_mark & (is_ascii | begins_two)
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
    fn what_may_need_a_repair_is_found() {
        for text in [
            " ,b", " .", " ;", " :", " !", " ?", "\nb", "\tb", "\0b", "\u{1f}b", "&b", "<b>", "Ş",
            "Ţ", "ã", "„a", "Ă", "Î", "Â", "\u{7f}", "\u{a0}", "ê", "æ", "Ȝ",
        ] {
            assert_eq!(needing(text).first(), Some(&0), "{text}");
        }
    }
}
