//! Romanian in UTF-8 that was read as Windows-1256, the Arabic code page: "Aceastؤƒ ب›arؤƒ".
//!
//! ftfy does not know this mistake. It is told from Arabic by what stands behind the letters: a text
//! is repaired when every Arabic letter in it is the first of two bytes, or the second.

use memchr::memchr;

/// So many Romanian letters must come out.
const MIN_LETTERS: usize = 2;
const ROMANIAN: &str = "ăĂâÂîÎșȘțȚşŞţŢ";

/// The characters of the bytes 0x80 to 0xBF, which continue a character of UTF-8
/// (unicode.org, Mappings/VENDORS/MICSFT/WINDOWS/CP1256.TXT).
const CONTINUATIONS: [char; 64] = [
    '€', 'پ', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'ٹ', '‹', 'Œ', 'چ', 'ژ', 'ڈ', 'گ', '‘', '’',
    '“', '”', '•', '–', '—', 'ک', '™', 'ڑ', '›', 'œ', '\u{200c}', '\u{200d}', 'ں', '\u{a0}', '،',
    '¢', '£', '¤', '¥', '¦', '§', '¨', '©', 'ھ', '«', '¬', '\u{ad}', '®', '¯', '°', '±', '²', '³',
    '´', 'µ', '¶', '·', '¸', '¹', '؛', '»', '¼', '½', '¾', '؟',
];

/// What the first bytes of Romanian letters, and of signs of Latin-1, are in Windows-1256.
pub(in crate::repair) const LEADS: &str = "آأؤإب";
/// With which all of them begin in UTF-8.
const LEAD_BYTE: u8 = 0xd8;

/// Returns the text as it was before the mistake; none if it was not made.
pub(super) fn read_as_utf_8(text: &str) -> Option<String> {
    // Hardly a text has one, and a byte is found far quicker than a character of a set.
    let first = memchr(LEAD_BYTE, text.as_bytes())?;
    text[first..].find(|character| LEADS.contains(character))?;
    let mut read = String::with_capacity(text.len());
    let mut letters = 0;
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if let Some((right, length)) = character_of_bytes(rest) {
            letters += usize::from(ROMANIAN.contains(right));
            read.push(right);
            rest = &rest[length..];
        } else if is_arabic(character) {
            return None;
        } else {
            read.push(character);
            rest = &rest[character.len_utf8()..];
        }
    }
    (letters >= MIN_LETTERS).then_some(read)
}

/// Returns the character whose bytes the text begins with, each read as one character, and the
/// length of what stands for it.
fn character_of_bytes(text: &str) -> Option<(char, usize)> {
    let mut characters = text.chars();
    let lead = characters.next()?;
    let mut bytes = match lead {
        'آ' => vec![0xc2],
        'أ' => vec![0xc3],
        'ؤ' => vec![0xc4],
        'إ' => vec![0xc5],
        'ب' => vec![0xc8],
        'â' if text.starts_with("â€") => {
            characters.next();
            vec![0xe2, 0x80]
        }
        _ => return None,
    };
    let last = characters.next()?;
    let position = CONTINUATIONS.iter().position(|known| *known == last)?;
    bytes.push(0x80 + u8::try_from(position).ok()?);
    let right = std::str::from_utf8(&bytes).ok()?.chars().next()?;
    Some((right, text.len() - characters.as_str().len()))
}

fn is_arabic(character: char) -> bool {
    ('\u{600}'..='\u{6ff}').contains(&character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn romanian_is_read_again() {
        let text = "â€\u{200d}Aceastؤƒ ب›arؤƒ, أژn Bucureب™tiâ€\u{200c} آ«daآ»";
        let right = "„Această țară, În București” «da»";
        assert_eq!(read_as_utf_8(text).as_deref(), Some(right));
    }

    #[test]
    fn all_leads_begin_alike() {
        let starts = LEADS
            .char_indices()
            .map(|(start, _)| LEADS.as_bytes()[start]);
        assert!(starts.eq([LEAD_BYTE; 5]));
    }

    #[test]
    fn arabic_persian_and_single_letters_stay() {
        for text in [
            "السلام عليكم أ®",
            "بک کتاب",
            "Aceastؤƒ",
            "casă",
            "ب",
            "أ® ا ؤƒ",
        ] {
            assert_eq!(read_as_utf_8(text), None, "{text}");
        }
    }
}
