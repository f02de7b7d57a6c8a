use std::collections::HashMap;

use gpt2ro_pretokenizer::letter;

/// The tokens of a vocabulary that grows; the first are the 256 bytes, in the order of their letters.
pub(super) struct Tokens {
    numbers: HashMap<Vec<u8>, u32>,
    tokens: Vec<Vec<u8>>,
}

impl Tokens {
    pub(super) fn bytes() -> Self {
        let mut bytes: Vec<u8> = (0..=u8::MAX).collect();
        bytes.sort_unstable_by_key(|byte| letter(*byte));
        let tokens: Vec<Vec<u8>> = bytes.into_iter().map(|byte| vec![byte]).collect();
        let numbers = tokens.iter().cloned().zip(0..).collect();
        Self { numbers, tokens }
    }

    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Returns the number of each byte.
    pub(super) fn numbers_of_bytes(&self) -> [u32; 256] {
        std::array::from_fn(|byte| self.numbers[&[byte as u8][..]])
    }

    /// Returns the number of two tokens as one, which may be there already.
    pub(super) fn joined(&mut self, left: u32, right: u32) -> u32 {
        let token = [self.token(left), self.token(right)].concat();
        let number = self.tokens.len() as u32;
        *self.numbers.entry(token).or_insert_with_key(|token| {
            self.tokens.push(token.clone());
            number
        })
    }

    /// Returns a token in letters.
    pub(super) fn in_letters(&self, number: u32) -> String {
        self.token(number)
            .iter()
            .map(|byte| letter(*byte))
            .collect()
    }

    fn token(&self, number: u32) -> &[u8] {
        &self.tokens[number as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_tokens_are_the_bytes_by_their_letters() {
        let tokens = Tokens::bytes();
        let letters: Vec<String> = (0..256).map(|number| tokens.in_letters(number)).collect();
        assert!(letters.is_sorted());
        assert_eq!(letters[0], "!");
        let numbers = tokens.numbers_of_bytes();
        assert_eq!(letters[numbers[0] as usize], "Ā");
    }

    #[test]
    fn a_token_that_two_pairs_give_is_one() {
        let mut tokens = Tokens::bytes();
        let [a, b, c] = [b'a', b'b', b'c'].map(|byte| tokens.numbers_of_bytes()[usize::from(byte)]);
        let (left, right) = (tokens.joined(a, b), tokens.joined(b, c));
        assert_eq!((left, right), (256, 257));
        assert_eq!(tokens.joined(left, c), 258);
        assert_eq!(tokens.joined(a, right), 258);
        assert_eq!(tokens.in_letters(258), "abc");
        assert_eq!(tokens.len(), 259);
    }
}
