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
        let mut words = Joiner::with_capacity(text.len());
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
    text: Vec<u8>,
    /// The last byte; before the first a separator, so that no other one is kept there.
    last: u8,
}

impl Joiner {
    const SEPARATOR: u8 = SEPARATOR as u8;

    fn with_capacity(bytes: usize) -> Self {
        Self {
            text: Vec::with_capacity(bytes),
            last: Self::SEPARATOR,
        }
    }

    #[inline]
    fn push(&mut self, byte: u8) {
        // A separator is a byte like others unless one stands before it, which is rare: processors
        // guess this branch better than one at every end of a word.
        if byte != Self::SEPARATOR || self.last != Self::SEPARATOR {
            self.text.push(byte);
        }
        self.last = byte;
    }

    fn extend(&mut self, form: &str) {
        form.bytes().for_each(|byte| self.push(byte));
    }

    fn finish(mut self) -> String {
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
