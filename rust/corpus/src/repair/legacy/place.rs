//! What a character that may be a misread Romanian letter is, by its neighbours.

use crate::unicode::{is_letter, is_letter_or_number};

/// What ă ș ț Ă Ș Ț of the legacy encodings are in Latin-1.
pub(in crate::repair) const LEGACY: &str = "ãºþÃªÞ";
/// Capitals with which a letter of two bytes in UTF-8 begins when it was read as Latin-1.
const MOJIBAKE_LEADS: &str = "ÂÃÄÅÈ";

/// A character with its neighbours; a blank stands for none.
#[derive(Clone, Copy)]
pub(super) struct Place {
    before: [char; 2],
    pub(super) character: char,
    after: char,
}

/// What a character at its place is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// A letter that is hardly anything but Romanian there.
    Strong(char),
    /// A letter that Portuguese may have there too.
    Weak(char),
    /// A letter that Portuguese has there far more often.
    Portuguese(char),
    /// A quotation mark, if the text is Romanian.
    Quote(char),
    Other,
}

/// Yields the characters of a text with their neighbours.
pub(super) fn places(text: &str) -> impl Iterator<Item = Place> {
    let mut before = [' '; 2];
    let mut rest = text.chars().peekable();
    std::iter::from_fn(move || {
        let character = rest.next()?;
        let after = rest.peek().copied().unwrap_or(' ');
        let place = Place {
            before,
            character,
            after,
        };
        before = [before[1], character];
        Some(place)
    })
}

impl Place {
    pub(super) fn reading(self) -> Reading {
        match self.character {
            'þ' if self.touches_letter() => Reading::Strong('ț'),
            'Þ' if self.touches_letter() => Reading::Strong('Ț'),
            'º' if self.is_in_word() => Reading::Strong('ș'),
            'ª' if self.is_in_word() => Reading::Strong('Ș'),
            'ã' => self.a_tilde('ă'),
            'Ã' => self.a_tilde('Ă'),
            '¥' if is_letter(self.after) => Reading::Quote('„'),
            'µ' if self.closes_quotation() => Reading::Quote('”'),
            _ => Reading::Other,
        }
    }

    /// Returns what the character is in a text that was misread as a whole, at the edges of words
    /// too ("º-o", "I.ª.J."): what else it means in Latin-1 its encoding did not have.
    pub(super) fn restored(self) -> char {
        match (self.character, self.reading()) {
            (_, Reading::Strong(letter) | Reading::Weak(letter) | Reading::Quote(letter)) => letter,
            (_, Reading::Portuguese(letter)) => letter,
            ('¥', Reading::Other) => '„',
            ('µ', Reading::Other) if !is_letter_or_number(self.after) => '”',
            ('º', Reading::Other) if !self.before[1].is_numeric() => 'ș',
            ('ª', Reading::Other) if !self.before[1].is_numeric() => 'Ș',
            ('þ', Reading::Other) => 'ț',
            ('Þ', Reading::Other) => 'Ț',
            // Hungarian names: all three encodings have the letter of "Ordőgh" there.
            ('õ', Reading::Other) => 'ő',
            ('Õ', Reading::Other) => 'Ő',
            _ => self.character,
        }
    }

    /// Returns what the character is in such a text, when some of it is Portuguese.
    pub(super) fn restored_but_portuguese(self) -> char {
        match self.reading() {
            Reading::Portuguese(_) => self.character,
            _ => self.restored(),
        }
    }

    /// Returns what the character is in a text of which some was read rightly.
    pub(super) fn restored_in_word(self) -> char {
        match self.reading() {
            Reading::Strong(letter) | Reading::Weak(letter) | Reading::Quote(letter) => letter,
            Reading::Portuguese(_) | Reading::Other => self.character,
        }
    }

    fn touches_letter(self) -> bool {
        is_letter(self.before[1]) || is_letter(self.after)
    }

    /// Returns whether º or ª is no ordinal and no degree: "5º", "nº", "23 ºC", "Srª". "aº" is aș.
    fn is_in_word(self) -> bool {
        let degree = self.character == 'º' && self.after.is_uppercase();
        let title = self.character == 'ª' && self.before[1].is_lowercase();
        let abbreviation = !is_letter(self.before[0]) && !is_letter(self.after);
        let would = matches!((self.before[1], self.character), ('a' | 'A', 'º'));
        self.touches_letter()
            && !self.before[1].is_numeric()
            && !degree
            && !title
            && (!abbreviation || (would && !is_letter_or_number(self.before[0])))
    }

    /// Returns whether a legacy letter stands in a word where no other language has it: Icelandic has þ
    /// at the beginning of words, Portuguese ã at the end, before o, e, and the s of the plural.
    pub(super) fn is_inner(self) -> bool {
        let inside = is_letter(self.before[1]) && is_letter(self.after);
        inside
            && match self.reading() {
                Reading::Strong(_) => true,
                Reading::Weak(_) => !"sSzZ".contains(self.after),
                _ => false,
            }
    }

    /// Returns whether only a misread letter stands here: inside a word, or º and ª at its beginning.
    pub(super) fn is_proof(self) -> bool {
        let begins = matches!(self.character, 'º' | 'ª') && is_letter(self.after);
        self.is_inner() || (begins && matches!(self.reading(), Reading::Strong(_)))
    }

    /// Returns whether it is one of the letters that Portuguese writes beside ã: ç, and õ before e.
    /// Other õ are those of Hungarian in the same wrong encoding.
    pub(super) fn is_portuguese(self) -> bool {
        match self.character {
            'ç' | 'Ç' => true,
            'õ' | 'Õ' => matches!(self.after, 'e' | 'E'),
            _ => false,
        }
    }

    /// Returns whether µ stands behind a sentence or a word, and before none.
    fn closes_quotation(self) -> bool {
        let behind_text = is_letter(self.before[1]) || ".!?".contains(self.before[1]);
        behind_text && !is_letter_or_number(self.after)
    }

    /// Returns whether this and the next character look like the two bytes of one: "Ã®", "mÃªme".
    /// Words in capitals have such pairs of legacy letters: "RÃªINÃ".
    pub(super) fn begins_mojibake(self) -> bool {
        let next = self.after;
        let is_legacy = LEGACY.contains(next) || "ÂÎ".contains(next);
        MOJIBAKE_LEADS.contains(self.character)
            && !next.is_ascii()
            && (!is_legacy || self.before[1].is_lowercase())
    }

    /// Portuguese has ã before o and e, and nearly every one there; Romanian in a few words only
    /// ("adăogat", "bunăoară").
    fn a_tilde(self, letter: char) -> Reading {
        match self.after {
            'o' | 'e' | 'O' | 'E' => Reading::Portuguese(letter),
            _ => Reading::Weak(letter),
        }
    }
}
