//! ș and ț of what a user types: with a comma, as the cleaned texts have them that a model has read. To
//! the model, ş and ţ with a cedilla, which older keyboards give, are other letters, and rare ones.

use std::borrow::Cow;
use std::cell::Cell;

use crate::output::tell;

/// Each letter with a cedilla, and the one with a comma.
const PAIRS: [(char, char); 4] = [('ş', 'ș'), ('ţ', 'ț'), ('Ş', 'Ș'), ('Ţ', 'Ț')];
/// Words with one of these are Turkish, which has its ş by right; the cleaning leaves them too, by the same
/// letters (`rust/corpus/src/repair/letters.rs`).
const ONLY_TURKISH: [char; 10] = ['ı', 'ğ', 'İ', 'Ğ', 'ö', 'ü', 'Ö', 'Ü', 'ə', 'Ə'];
/// But not words with one of these.
const ONLY_ROMANIAN: [char; 8] = ['ă', 'Ă', 'ș', 'Ș', 'ț', 'Ț', 'ţ', 'Ţ'];

/// Reads what a user types, and says once if it has changed something.
pub struct Letters {
    keep: bool,
    told: Cell<bool>,
}

impl Letters {
    /// Read letters with a cedilla as those with a comma, unless they are kept.
    #[must_use]
    pub const fn new(keep: bool) -> Self {
        Self {
            keep,
            told: Cell::new(false),
        }
    }

    /// The text as the model is to read it.
    #[must_use]
    pub fn read(&self, text: String) -> String {
        if self.keep {
            return text;
        }
        let Cow::Owned(changed) = with_commas(&text) else {
            return text;
        };
        if !self.told.replace(true) {
            tell(
                "gpt2ro: ş and ţ with a cedilla are read as ș and ț with a comma, as the model's texts have them",
            );
        }
        changed
    }
}

/// A text in which Romanian words have ș and ț with a comma.
#[must_use]
pub fn with_commas(text: &str) -> Cow<'_, str> {
    if !text.contains(PAIRS.map(|(cedilla, _)| cedilla)) {
        return Cow::Borrowed(text);
    }
    let changed: String = text
        .split_inclusive(|character: char| !character.is_alphanumeric())
        .map(|word| {
            if word.contains(ONLY_TURKISH) && !word.contains(ONLY_ROMANIAN) {
                word.to_owned()
            } else {
                word.chars().map(with_comma).collect()
            }
        })
        .collect();
    if changed == text {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(changed)
    }
}

fn with_comma(letter: char) -> char {
    let pair = PAIRS.iter().find(|(cedilla, _)| *cedilla == letter);
    pair.map_or(letter, |&(_, comma)| comma)
}

/// How many letters of a text [`with_commas`] would change.
#[must_use]
pub fn cedillas(text: &str) -> usize {
    let changed = with_commas(text);
    let pairs = text.chars().zip(changed.chars());
    pairs.filter(|(before, after)| before != after).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{prop_assert, prop_assert_eq, proptest};

    #[test]
    fn romanian_words_get_commas_and_turkish_ones_keep_cedillas() {
        for (before, after) in [
            ("Aceşti ţărani şi Ştefan", "Acești țărani și Ștefan"),
            ("IAŞI, ŢARA", "IAȘI, ȚARA"),
            ("Eskişehir'in yağışı", "Eskișehir'in yağışı"),
            ("Müşteri şi ţüşă", "Müşteri și țüșă"),
            ("ș ț", "ș ț"),
            ("", ""),
        ] {
            assert_eq!(with_commas(before), after);
        }
        assert_eq!(cedillas("Aceşti ţărani, yağış"), 2);
        assert_eq!(cedillas("șț"), 0);
    }

    #[test]
    fn a_text_that_is_kept_is_as_it_was() {
        assert_eq!(Letters::new(true).read("şi".to_owned()), "şi");
        assert_eq!(Letters::new(false).read("şi".to_owned()), "și");
    }

    proptest! {
        #[test]
        fn only_letters_with_a_cedilla_change(text in "[şţŞŢșțaăıü .\\n-]{0,20}") {
            let changed = with_commas(&text);
            prop_assert_eq!(text.chars().count(), changed.chars().count());
            for (before, after) in text.chars().zip(changed.chars()) {
                prop_assert!(before == after || PAIRS.contains(&(before, after)));
            }
            prop_assert_eq!(with_commas(&changed), changed.clone());
        }
    }
}
