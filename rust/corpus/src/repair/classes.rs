//! What each character may need, in one table.

use std::ops::RangeInclusive;

use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, is_nfc_quick};

use super::Gate;
use super::accents::ACCENTS;
use super::kinds::Kind;
use super::language::{STRONG_TURKISH_LETTERS, WEAK_TURKISH_LETTERS};
use super::legacy::{CARONS, LEGACY, WINDOWS_1256_LEADS};
use super::lost::REPLACEMENT;
use super::scanned;

/// Characters that carry nothing: controls, soft hyphen, zero-width and direction marks, byte order
/// mark, interlinear marks, non-characters, and the private use areas (bullets of symbol fonts in
/// PDF files).
const INVISIBLE: [RangeInclusive<u32>; 17] = [
    0x00..=0x08,
    0x0e..=0x1f,
    0x7f..=0x9f,
    0xad..=0xad,
    0x61c..=0x61c,
    0x180e..=0x180e,
    0x200b..=0x200c,
    0x200e..=0x200f,
    0x202a..=0x202e,
    0x2060..=0x206f,
    0xe000..=0xf8ff,
    0xfeff..=0xfeff,
    0xfff9..=0xfffc,
    0xfffe..=0xffff,
    0xf0000..=0xf_ffff,
    0x10_0000..=0x10_ffff,
    // A zero-width joiner, which stays inside an emoji sequence.
    0x200d..=0x200d,
];

/// Form feeds and vertical tabs are page and line breaks in text taken from PDF files.
pub(super) const LINE_ENDS: &str = "\r\u{b}\u{c}\u{85}\u{2028}\u{2029}";
/// Blanks other than the space.
pub(super) const ODD_BLANKS: &str = "\t\u{a0}\u{1680}\u{2000}\u{2001}\u{2002}\u{2003}\u{2004}\
    \u{2005}\u{2006}\u{2007}\u{2008}\u{2009}\u{200a}\u{202f}\u{205f}\u{3000}";
/// Look-alikes of the hyphen; Word writes the clitic hyphen of "s-a" as the second.
pub(super) const HYPHENS: &str = "\u{2010}\u{2011}";
pub(super) const CEDILLA: &str = "şţŞŢ";

/// Lower-case letters of which two side by side are in no rule of ftfy.
const LOWER: &str = "ăâîşáàäéèëêíóòöôõúùüûçñ";
/// Opening quotes, dashes and the ellipsis: in a rule only before what [`Gate::doomed`] names.
const OPENING: &str = "„“«–—…’";
/// Capitals, in no rule before those of [`LOWER`].
const CAPITALS: &str = "ĂÂÎŞŢ";
const QUOTES: &str = "„“”«»–—…’";

/// Classes of the mojibake rules; the bits below are those of [`Kind`].
pub(super) const RULED: u32 = 1 << 16;
pub(super) const LOWER_CLASS: u32 = 1 << 17;
pub(super) const OPENING_CLASS: u32 = 1 << 18;
pub(super) const QUOTE_CLASS: u32 = 1 << 19;
pub(super) const DOOMED: u32 = 1 << 20;
pub(super) const CAPITAL_CLASS: u32 = 1 << 21;
pub(super) const BEFORE_BLANK: u32 = 1 << 22;
/// Letters that hint at Turkish.
pub(super) const MAY_BE_TURKISH: u32 = 1 << 23;

/// Blanks outside of ASCII.
pub(super) const WIDE_BLANK: u32 = 1 << 24;

const TABLE_END: u32 = 0x1_0000;
/// Ideographs and the syllables of Korean, over half of the table, need nothing; to look up each takes
/// a millisecond.
const NEEDING_NOTHING: [RangeInclusive<u32>; 2] = [0x3400..=0x9fff, 0xac00..=0xd7a3];

/// The kinds of repair that a character may need, and its classes in the mojibake rules.
pub(super) struct Classes(Vec<u32>);

impl Classes {
    pub(super) fn new(gate: &Gate) -> Self {
        let needs_nothing = |code: &u32| NEEDING_NOTHING.iter().any(|range| range.contains(code));
        let needs_of = |code: u32| match char::from_u32(code) {
            Some(character) if !needs_nothing(&code) => needs(character),
            _ => 0,
        };
        let mut classes = Self((0..TABLE_END).map(needs_of).collect());
        classes.mark(LINE_ENDS, Kind::LineEnds.bit());
        classes.mark(ODD_BLANKS, Kind::Blanks.bit());
        classes.mark(&ODD_BLANKS.replace('\t', ""), WIDE_BLANK);
        classes.mark(HYPHENS, Kind::Hyphens.bit());
        classes.mark(ACCENTS, Kind::ComposedLetters.bit());
        classes.mark(CEDILLA, Kind::CedillaLetters.bit());
        classes.mark(LEGACY, Kind::LegacyEncodings.bit());
        classes.mark(WINDOWS_1256_LEADS, Kind::LegacyEncodings.bit());
        classes.mark(&String::from_iter(CARONS), Kind::LegacyEncodings.bit());
        classes.mark(&String::from(REPLACEMENT), Kind::LostLetters.bit());
        classes.mark(&String::from(scanned::SIGN), Kind::LostLetters.bit());
        classes.mark("&", Kind::Entities.bit());
        classes.mark("<", Kind::Tags.bit());
        classes.mark(&gate.ruled, RULED);
        classes.mark(&gate.alone, Kind::Mojibake.bit());
        classes.mark("Œœ", Kind::Mojibake.bit());
        classes.mark(&gate.doomed, DOOMED);
        classes.mark(LOWER, LOWER_CLASS);
        classes.mark(OPENING, OPENING_CLASS);
        classes.mark(QUOTES, QUOTE_CLASS);
        classes.mark(CAPITALS, CAPITAL_CLASS);
        classes.mark("ÃÂ", BEFORE_BLANK);
        for letter in [&STRONG_TURKISH_LETTERS[..], &WEAK_TURKISH_LETTERS].concat() {
            classes.0[letter as usize] |= MAY_BE_TURKISH;
        }
        classes
    }

    fn mark(&mut self, characters: &str, class: u32) {
        for character in characters.chars() {
            if let Some(entry) = self.0.get_mut(character as usize) {
                *entry |= class;
            }
        }
    }

    #[inline]
    pub(super) fn of(&self, code: u32) -> u32 {
        match self.0.get(code as usize) {
            Some(&class) => class,
            None => char::from_u32(code).map_or(0, needs),
        }
    }
}

pub(super) fn is_invisible(character: char) -> bool {
    let code = u32::from(character);
    INVISIBLE.iter().any(|range| range.contains(&code))
}

fn needs(character: char) -> u32 {
    let mut kinds = 0;
    if is_invisible(character) {
        kinds |= Kind::InvisibleCharacters.bit();
    }
    let moves = canonical_combining_class(character) != 0;
    if moves || is_nfc_quick(std::iter::once(character)) != IsNormalized::Yes {
        kinds |= Kind::ComposedLetters.bit();
    }
    kinds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_are_not_looked_up_need_nothing() {
        for code in NEEDING_NOTHING.into_iter().flatten() {
            assert_eq!(char::from_u32(code).map(needs), Some(0), "{code:#x}");
        }
    }
}
