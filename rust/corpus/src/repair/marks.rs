//! Characters that need a look.
//!
//! Most of a Romanian text is letters of ASCII, single spaces and ă â î ș ț, with a comma or a cedilla.
//! What else there is shows in two bytes side by side, so that comparisons without a branch for each
//! byte find it.

/// Bytes of ASCII behind a space that may have to go.
#[inline(always)]
fn is_space_to_spare(byte: u8, next: u8) -> bool {
    // Without a branch: | and & where a program for one byte would have || and &&.
    let is_punctuation = (next | 0x02 == b'.') | (next | 0x01 == b';') | (next == b'?');
    let is_blank_or_exclamation = (next | 0x01 == b'!') | (next == b'\n');
    (byte == b' ') & (is_punctuation | is_blank_or_exclamation)
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
    let has_cedilla = (byte == 0xc5) & ((next == 0x9f) | (next == 0xa3));
    is_a_or_i | is_a_breve | is_s_or_t | has_cedilla
}

/// Whether the character that begins with a byte needs a look; no byte within a character does.
#[inline(always)]
pub(super) fn needs_a_look(byte: u8, next: u8) -> bool {
    let is_control = (byte < b' ') | (byte == 0x7f);
    let is_markup = (byte == b'&') | (byte == b'<');
    let is_other_character = (byte >= 0xc0) & !is_letter(byte, next);
    is_control | is_markup | is_space_to_spare(byte, next) | is_other_character
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
        let text = "Un om, 2 mere (roșii); \"da\" - la câine și țăran ȘT îî şi ţăran.";
        assert_eq!(needing(&text.repeat(9)), []);
    }

    #[test]
    fn what_may_need_a_repair_is_found() {
        for text in [
            "  b", " ,b", " .", " ;", " :", " !", " ?", " \n", "\nb", "\tb", "&b", "<b>", "Ş", "Ţ",
            "ã", "„a", "Ă", "Î", "Â", "\u{7f}", "\u{a0}", "ê", "æ", "Ȝ",
        ] {
            assert_eq!(needing(text).first(), Some(&0), "{text}");
        }
    }
}
