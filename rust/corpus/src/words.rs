use crate::fold::{SEPARATOR, Table, fold_character};

/// The words of a text, separated by one space, with none at either end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words(String);

impl Words {
    /// Returns the words without case and diacritics: the letters and digits of the folded text.
    ///
    /// Folding the result again changes nothing.
    pub fn folded(text: &str) -> Self {
        let table = Table::get();
        let mut words = Joiner::with_room(text.len());
        let mut rare = String::new();
        for character in text.chars() {
            if let Some(byte) = table.byte(character) {
                words.push(byte);
            } else if let Some(form) = table.form(character) {
                words.extend(form);
            } else {
                rare.clear();
                fold_character(character, &mut rare);
                words.extend(&rare);
            }
        }
        Self(words.finish())
    }

    /// Returns the folded words of pieces of a text, one after the other, and how many each has.
    pub(crate) fn folded_pieces<'text>(
        pieces: impl Iterator<Item = &'text str>,
    ) -> (Self, Vec<usize>) {
        let mut text = String::new();
        let mut counts = Vec::new();
        for piece in pieces {
            let Self(words) = Self::folded(piece);
            counts.push(words.split_whitespace().count());
            if !text.is_empty() && !words.is_empty() {
                text.push(SEPARATOR);
            }
            text.push_str(&words);
        }
        (Self(text), counts)
    }

    /// Returns the words as they stand; any Unicode white space separates them.
    pub fn plain(text: &str) -> Self {
        let words: Vec<&str> = text.split_whitespace().collect();
        Self(words.join(" "))
    }

    /// Returns how many words there are.
    pub fn count(&self) -> usize {
        match self.0.is_empty() {
            true => 0,
            false => 1 + self.0.bytes().filter(|byte| *byte == b' ').count(),
        }
    }

    /// Returns the words as one string.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Appends pieces of words; separators between them become one space.
struct Joiner {
    /// The words, then room for more: so a byte is appended without a question whether it fits.
    text: Vec<u8>,
    length: usize,
    /// The last byte; before the first a separator, so that no other one is kept there.
    last: u8,
}

impl Joiner {
    const SEPARATOR: u8 = SEPARATOR as u8;

    /// Makes room for the bytes of a text's characters, if each has a form of no more than one.
    fn with_room(bytes: usize) -> Self {
        Self {
            text: vec![0; bytes],
            length: 0,
            last: Self::SEPARATOR,
        }
    }

    #[inline]
    fn push(&mut self, byte: u8) {
        // A separator behind another is overwritten by what follows: no branch could be guessed.
        self.text[self.length] = byte;
        let is_kept = byte != Self::SEPARATOR || self.last != Self::SEPARATOR;
        self.length += usize::from(is_kept);
        self.last = byte;
    }

    /// Appends a form, for which there need not be room.
    fn extend(&mut self, form: &str) {
        self.text.resize(self.text.len() + form.len(), 0);
        form.bytes().for_each(|byte| self.push(byte));
    }

    fn finish(mut self) -> String {
        self.text.truncate(self.length);
        if self.text.last() == Some(&Self::SEPARATOR) {
            self.text.pop();
        }
        String::from_utf8(self.text).expect("whole characters")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn copies_of_a_sentence_have_the_same_folded_words() {
        for copy in [
            "Și-n ȚARĂ, 3 câini!",
            "si-n tara 3 caini",
            "s\u{326}i-n\t t\u{326}ara\u{306}:\n3 — câini…",
        ] {
            assert_eq!(Words::folded(copy).as_str(), "si n tara 3 caini");
        }
    }

    #[test]
    fn a_mark_does_not_separate_and_a_blank_at_an_end_is_no_word() {
        assert_eq!(Words::folded(" a\u{301}b ").as_str(), "ab");
        assert_eq!(Words::folded(" —!").as_str(), "");
    }

    #[test]
    fn plain_words_keep_everything_but_the_white_space() {
        assert_eq!(
            Words::plain("\n Și-n\u{a0} ȚARĂ,\t3 ").as_str(),
            "Și-n ȚARĂ, 3"
        );
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text: String) {
            let once = Words::folded(&text);
            prop_assert_eq!(&Words::folded(once.as_str()), &once);
        }

        #[test]
        fn words_are_separated_by_exactly_one_space(text: String) {
            for words in [Words::folded(&text), Words::plain(&text)] {
                let joined = words.as_str().split_whitespace().collect::<Vec<_>>().join(" ");
                prop_assert_eq!(words.as_str(), joined);
            }
        }
    }
}
