//! Romanian in ISO 8859-2, Windows-1250 or ISO 8859-16 that was read as Latin-1 or Windows-1252.
//!
//! The three have the Romanian letters in the same places, so all six mistakes look alike:
//! "Bucureºti", "þarã", "ªtiinþã". Only ISO 8859-16 has its quotation marks where Latin-1 has ¥ and
//! µ. Latin-1's own languages write the same characters: º and ª as ordinals, ã in Portuguese, þ
//! in Icelandic. So a text is repaired when such letters stand where Romanian has them, often
//! enough, and when its other letters and its words do not speak for one of those.

use super::classes::LEGACY;
use super::language::{Vocabulary, is_letter, is_letter_or_number, sample};

/// Weight that a text must reach: two letters that are hardly anything else, or three ã.
const MIN_WEIGHT: usize = 3;
const STRONG_WEIGHT: usize = 2;

/// Letters that Icelandic, Faroese and Old English write beside þ, and Romanian never does.
const NORTHERN: &str = "ðÐæÆýÝ";
/// Letters that Portuguese writes beside ã.
const PORTUGUESE: &str = "õÕçÇ";

/// Letters that Latin-1 lacks: a text that has them was read in the right encoding, at least partly.
const RIGHT: &str = "ăĂșȘțȚşŞţŢ";

/// Capitals with which a letter of two bytes in UTF-8 begins when it was read as Latin-1.
const MOJIBAKE_LEADS: &str = "ÂÃÄÅÈ";

/// How often a text has the letters as Romanian and as other languages have them.
#[derive(Debug, Default, PartialEq, Eq)]
struct Evidence {
    strong: usize,
    weak: usize,
    northern: usize,
    portuguese: usize,
    right: usize,
    mojibake: usize,
}

/// A character with its neighbours; a blank stands for none.
#[derive(Clone, Copy)]
struct Place {
    before: [char; 2],
    character: char,
    after: char,
}

/// What a character at its place is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    /// A letter that is hardly anything but Romanian there.
    Strong(char),
    /// A letter that Portuguese may have there too.
    Weak(char),
    /// A quotation mark, if the text is Romanian.
    Quote(char),
    Portuguese,
    Other,
}

/// Returns the text with its Romanian letters, if it was read in a wrong encoding.
///
/// Returns none for another text.
pub(super) fn with_legacy_letters(text: &str, vocabulary: &Vocabulary) -> Option<String> {
    let evidence = Evidence::of(text);
    let weight = evidence.weight();
    if weight < MIN_WEIGHT || weight <= evidence.portuguese || evidence.mojibake > 0 {
        return None;
    }
    let restored = if evidence.right == 0 {
        wholly_restored(text)
    } else {
        restored(text)
    };
    let (romanian, foreign) = vocabulary.hits(&sample(&restored).to_lowercase());
    (romanian >= foreign).then_some(restored)
}

impl Evidence {
    fn of(text: &str) -> Self {
        let mut evidence = Self::default();
        for place in places(text).filter(|place| !place.character.is_ascii()) {
            match place.reading() {
                Reading::Strong(_) => evidence.strong += 1,
                Reading::Weak(_) => evidence.weak += 1,
                Reading::Portuguese => evidence.portuguese += 1,
                Reading::Quote(_) | Reading::Other => {}
            }
            evidence.northern += usize::from(NORTHERN.contains(place.character));
            evidence.portuguese += usize::from(PORTUGUESE.contains(place.character));
            evidence.mojibake += usize::from(place.begins_mojibake());
            evidence.right += usize::from(RIGHT.contains(place.character));
        }
        evidence
    }

    fn weight(&self) -> usize {
        if self.northern > 0 {
            return self.weak;
        }
        STRONG_WEIGHT * self.strong + self.weak
    }
}

/// Returns the text with the letters restored that stand where Romanian has them.
fn restored(text: &str) -> String {
    places(text)
        .map(|place| match place.reading() {
            Reading::Strong(letter) | Reading::Weak(letter) | Reading::Quote(letter) => letter,
            Reading::Portuguese | Reading::Other => place.character,
        })
        .collect()
}

/// Returns a text that was misread as a whole with all its letters restored, at the edges of words
/// too ("º-o", "I.ª.J."): what else the characters mean in Latin-1 its encoding did not have.
fn wholly_restored(text: &str) -> String {
    places(text)
        .map(|place| match (place.character, place.reading()) {
            (_, Reading::Strong(letter) | Reading::Weak(letter) | Reading::Quote(letter)) => letter,
            ('¥', Reading::Other) => '„',
            ('µ', Reading::Other) if !is_letter_or_number(place.after) => '”',
            ('º', Reading::Other) if !place.before[1].is_numeric() => 'ș',
            ('ª', Reading::Other) if !place.before[1].is_numeric() => 'Ș',
            ('þ', Reading::Other) => 'ț',
            ('Þ', Reading::Other) => 'Ț',
            ('ã', Reading::Portuguese) if place.after == 'e' => 'ă',
            _ => place.character,
        })
        .collect()
}

fn places(text: &str) -> impl Iterator<Item = Place> {
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
    fn reading(self) -> Reading {
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

    fn touches_letter(self) -> bool {
        is_letter(self.before[1]) || is_letter(self.after)
    }

    /// Returns whether º or ª is no ordinal and no degree: "5º", "nº", "23 ºC".
    fn is_in_word(self) -> bool {
        let degree = self.character == 'º' && self.after.is_uppercase();
        let abbreviation = !is_letter(self.before[0]) && !is_letter(self.after);
        self.touches_letter() && !self.before[1].is_numeric() && !degree && !abbreviation
    }

    /// Returns whether µ stands behind a sentence or a word, and before none.
    fn closes_quotation(self) -> bool {
        let behind_text = is_letter(self.before[1]) || ".!?".contains(self.before[1]);
        behind_text && !is_letter_or_number(self.after)
    }

    /// Returns whether this and the next character look like the two bytes of one: "Ã®", "mÃªme".
    /// Words in capitals have such pairs of legacy letters: "RÃªINÃ".
    fn begins_mojibake(self) -> bool {
        let is_legacy = LEGACY.contains(self.after) || "ÂÎ".contains(self.after);
        MOJIBAKE_LEADS.contains(self.character)
            && !self.after.is_ascii()
            && (!is_legacy || self.before[1].is_lowercase())
    }

    /// Portuguese has ã before o and e, and nearly every one there; Romanian never has ă there.
    fn a_tilde(self, letter: char) -> Reading {
        match self.after {
            'o' | 'e' | 'O' | 'E' => Reading::Portuguese,
            _ => Reading::Weak(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the text with the letters restored that stand where Romanian has them.
    fn restored(text: &str) -> String {
        let words = |words: &str| words.split(' ').map(str::to_owned).collect();
        let vocabulary = Vocabulary {
            romanian: words("și să că după"),
            foreign: words("não mais foi"),
        };
        with_legacy_letters(text, &vocabulary).unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn romanian_letters_are_restored() {
        assert_eq!(restored("ªtiinþa din Bucureºti"), "Știința din București");
        assert_eq!(
            restored("PIAÞA ORAªULUI ªI BÃILE"),
            "PIAȚA ORAȘULUI ȘI BĂILE"
        );
        assert_eq!(restored("Zice cã vine dupã masã"), "Zice că vine după masă");
        assert_eq!(restored("¥Aºa e!µ zise ºi tãcu."), "„Așa e!” zise și tăcu.");
    }

    #[test]
    fn other_languages_and_ordinals_stay() {
        for text in [
            "A manhã não foi mais uma manhã, irmã",
            "o João, a mãe, o pão, a lição",
            "Þetta er það sem þú þarft",
            "artículo 1º, nº 5, 2ª, Dª María",
            "de la 23 ºC la 60ºC, apoi ºC ºC",
            "Bucureºti",
            "Ã®n mÃ¢nÄƒ mÃªme cãtre ºi þarã",
        ] {
            assert_eq!(restored(text), text);
        }
    }
}
