//! With what lines begin that are phrases.

/// Letters of the longest heads that are compared.
const HEAD_LETTERS: u32 = 5;
/// Letters by which most lines are told from all heads at once.
const FIRST_LETTERS: u32 = 3;

/// A set of heads, and of what may stand before them.
#[derive(Clone, Debug)]
pub(super) struct Heads {
    edges: Vec<char>,
    /// Of the characters before [`TABLE_END`] the [`sign`]; with a bit more for an edge.
    signs: Vec<u8>,
    /// Heads by their first byte.
    heads: Vec<Vec<Head>>,
    /// With which first letters heads begin: whether one does, for the signs of each three.
    firsts: Vec<bool>,
}

/// Behind the punctuation of Romanian texts.
const TABLE_END: char = '\u{2070}';
/// Letters and signs are told apart by numbers of so many bits: letters are 1 to 26.
const SIGN_BITS: u32 = 5;
const EDGE: u8 = 1 << SIGN_BITS;
const ANY_DIGIT: u8 = 29;
const OF_ANOTHER_ALPHABET: u8 = 31;

/// Returns the number of a character, which is the same for all that have one [`base`].
fn sign(letter: char) -> u8 {
    match base(letter) {
        Some(letter @ b'a'..=b'z') => letter - b'a' + 1,
        Some(b' ') => 27,
        Some(b'-') => 28,
        Some(DIGIT) => ANY_DIGIT,
        Some(SIGN) => 30,
        Some(_) => 0,
        None => OF_ANOTHER_ALPHABET,
    }
}

impl Heads {
    pub(super) fn new(edges: &str, heads: &[String]) -> Self {
        let mut by_first = vec![Vec::new(); 1 + usize::from(u8::MAX)];
        let mut firsts = vec![false; 1 << (FIRST_LETTERS * SIGN_BITS)];
        for letters in heads {
            let head = Head::of(letters);
            by_first[head.first()].push(head);
            let known = head.length.min(FIRST_LETTERS);
            let bytes = head.letters.to_le_bytes();
            let signs = bytes[..known as usize].iter().fold(0, |signs, byte| {
                // A sign outside of ASCII is like any other.
                let letter = if *byte == SIGN {
                    '—'
                } else {
                    char::from(*byte)
                };
                signs << SIGN_BITS | usize::from(sign(letter))
            });
            // A shorter head begins all lines that go on with anything.
            let rest = (FIRST_LETTERS - known) * SIGN_BITS;
            firsts[signs << rest..][..1 << rest].fill(true);
        }
        let edge = |letter| if edges.contains(letter) { EDGE } else { 0 };
        Self {
            edges: edges.chars().collect(),
            signs: ('\0'..TABLE_END).map(|one| sign(one) | edge(one)).collect(),
            heads: by_first,
            firsts,
        }
    }

    /// Returns whether a head may stand behind the edges with which a line begins.
    #[inline]
    pub(super) fn may_begin(&self, line: &str) -> bool {
        if let Some(signs) = self.signs_of_ascii(line) {
            return self.firsts[signs] && self.has_head(line);
        }
        let line = line.trim_start_matches(|letter| self.is_edge(letter));
        match self.first_signs(line) {
            Some(signs) => self.firsts[signs] && self.has_head(line),
            None => self.has_head(line),
        }
    }

    /// Returns the signs of the first letters of a line as most are: all of ASCII, without an edge before
    /// them, and no digits.
    #[inline]
    fn signs_of_ascii(&self, line: &str) -> Option<usize> {
        let letters: &[u8; FIRST_LETTERS as usize] = line.as_bytes().first_chunk()?;
        if !letters.is_ascii() {
            return None;
        }
        let [first, second, third] = letters.map(|letter| self.signs[usize::from(letter)]);
        let [second, third] = [second, third].map(|sign| sign & !EDGE);
        // An edge is more than any sign.
        let is_letter = |sign| sign < ANY_DIGIT;
        let signs = [first, second, third];
        signs.into_iter().all(is_letter).then(|| {
            let join = |signs, sign| signs << SIGN_BITS | usize::from(sign);
            signs.into_iter().fold(0, join)
        })
    }

    #[inline]
    fn is_edge(&self, letter: char) -> bool {
        match self.signs.get(letter as usize) {
            Some(sign) => sign & EDGE != 0,
            None => self.edges.contains(&letter),
        }
    }

    /// Returns the signs of the first letters of a line; none if there are too few, or one of another
    /// alphabet.
    #[inline]
    fn first_signs(&self, line: &str) -> Option<usize> {
        let mut letters = line.chars();
        let mut signs = 0;
        for _ in 0..FIRST_LETTERS {
            let letter = letters.next()?;
            let known = self.signs.get(letter as usize);
            let sign = known.map_or_else(|| sign(letter), |sign| sign & !EDGE);
            match sign {
                OF_ANOTHER_ALPHABET => return None,
                ANY_DIGIT => {
                    let rest = letters.as_str();
                    letters = rest
                        .trim_start_matches(|one: char| one.is_ascii_digit())
                        .chars();
                }
                _ => {}
            }
            signs = signs << SIGN_BITS | usize::from(sign);
        }
        Some(signs)
    }

    fn has_head(&self, line: &str) -> bool {
        let head = Head::of(line);
        head.is_of_another_alphabet
            || self.heads[head.first()]
                .iter()
                .any(|one| head.starts_with(one))
    }
}

/// The first letters of a line.
#[derive(Clone, Copy, Debug, Default)]
struct Head {
    /// A byte for each letter, its [`base`], the first in the lowest bits.
    letters: u64,
    length: u32,
    is_of_another_alphabet: bool,
}

impl Head {
    fn of(line: &str) -> Self {
        let mut head = Self::default();
        let mut last = 0;
        for letter in line.chars() {
            let Some(letter) = base(letter) else {
                head.is_of_another_alphabet = true;
                break;
            };
            if letter == DIGIT && last == DIGIT {
                continue;
            }
            last = letter;
            head.letters |= u64::from(letter) << (8 * head.length);
            head.length += 1;
            if head.length == HEAD_LETTERS {
                break;
            }
        }
        head
    }

    fn first(&self) -> usize {
        usize::from(self.letters as u8)
    }

    fn starts_with(&self, other: &Self) -> bool {
        self.letters & ((1 << (8 * other.length)) - 1) == other.letters
    }
}

/// Stand for all digits of ASCII, and for all that is neither of ASCII nor a letter or digit.
const DIGIT: u8 = b'0';
const SIGN: u8 = 0x80;

/// Returns a letter of ASCII or of Romanian in lower case and without its mark; none for another
/// letter, which an expression may not tell from one of ASCII.
fn base(letter: char) -> Option<u8> {
    match letter {
        '0'..='9' => Some(DIGIT),
        '\0'..='\x7f' => Some(letter.to_ascii_lowercase() as u8),
        'ă' | 'â' | 'Ă' | 'Â' => Some(b'a'),
        'î' | 'Î' => Some(b'i'),
        'ș' | 'ş' | 'Ș' | 'Ş' => Some(b's'),
        'ț' | 'ţ' | 'Ț' | 'Ţ' => Some(b't'),
        _ => (!letter.is_alphanumeric()).then_some(SIGN),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_line_that_begins_with_a_head_is_always_told_to(
            edges in "[ .—]{0,3}", head in 0_usize..6, rest in "\\PC{0,9}", digits in "[0-9]{1,4}",
        ) {
            let heads = ["abon", "x", "e-mai", "un co", "0 de", "©"];
            let all = Heads::new(" .—", &heads.map(str::to_owned));
            let spelled = heads[head].replace('0', &digits).replace('a', "Ă");
            let line = [&edges, spelled.as_str(), &rest].concat();
            prop_assert!(all.may_begin(&line));
        }
    }

    proptest! {
        #[test]
        fn letters_of_ascii_have_the_signs_of_any_letters(line in "[a-dX.—0-2 ă-]{0,5}") {
            let heads = Heads::new(" .—", &[]);
            if let Some(signs) = heads.signs_of_ascii(&line) {
                prop_assert_eq!(heads.first_signs(&line), Some(signs));
                prop_assert!(!line.starts_with([' ', '.']));
            }
        }
    }

    #[test]
    fn other_lines_are_not_but_for_those_in_another_alphabet() {
        let heads = ["abon", "un co", "0 de"].map(str::to_owned);
        let heads = Heads::new(" .", &heads);
        for line in ["", "a", "abo", "abc", "un", "una", "12 d", "0de", "— 0 de"] {
            assert!(!heads.may_begin(line), "{line}");
        }
        for line in ["é", "ün", "abö", "aſ", "\u{212a}"] {
            assert!(heads.may_begin(line), "{line}");
        }
    }
}
