use std::ops::Range;

use regex::Regex;

use crate::repair::lines;

/// Removes the lines of a text that belong to its page.
#[derive(Clone, Debug)]
pub struct LineRemover {
    phrases: Regex,
    heads: Option<Heads>,
    signed: Vec<Signed>,
    max_characters: usize,
}

/// With what lines begin that are phrases.
#[derive(Clone, Debug)]
struct Heads {
    /// Characters that may stand before a phrase.
    edges: Vec<char>,
    /// Which characters of ASCII are among them.
    ascii_edges: [bool; 128],
    /// Heads by their first byte.
    heads: Vec<Vec<Head>>,
    /// For each first letter of ASCII, the set of second ones with which a head begins.
    seconds: [u32; LETTERS],
}

/// Letters of ASCII differ in their lowest five bits.
const LETTERS: usize = 32;

/// Returns which letter of ASCII a byte is, small or capital.
#[inline]
fn of_32(letter: u8) -> usize {
    usize::from(letter) % LETTERS
}

/// A character has four bytes at most, so most lines need not be counted.
const MAX_CHARACTER_BYTES: usize = 4;
/// Letters of the longest heads that are compared.
const HEAD_LETTERS: u32 = 5;

/// Phrases that are tried only where their sign is.
#[derive(Clone, Debug)]
struct Signed {
    phrases: Regex,
    sign: Regex,
}

impl LineRemover {
    /// Makes a remover of lines of at most `max_characters` that `phrases` matches as a whole.
    ///
    /// # Errors
    ///
    /// The expression is not valid.
    pub fn new(phrases: &str, max_characters: usize) -> Result<Self, regex::Error> {
        Ok(Self {
            phrases: whole(phrases)?,
            heads: None,
            signed: Vec::new(),
            max_characters,
        })
    }

    /// Has the phrases tried only on lines that begin with one of some heads, behind any of the
    /// characters `edges`: few lines do, and to try an expression takes longer than to see that.
    ///
    /// Up to five characters of a head count. Case and the marks of Romanian letters are not told
    /// apart, a run of digits is one digit, and signs outside of ASCII are all the same. Lines that
    /// begin with letters or digits of another alphabet are always tried.
    pub fn beginning_with(mut self, edges: &str, heads: &[String]) -> Self {
        let mut by_first = vec![Vec::new(); 1 + usize::from(u8::MAX)];
        let mut seconds = [0; LETTERS];
        for head in heads {
            let head = Head::of(head);
            by_first[head.first()].push(head);
            let [first, second, ..] = head.letters.to_le_bytes();
            seconds[of_32(first)] |= match second.is_ascii_alphabetic() {
                true => 1 << of_32(second),
                // A head of one letter begins any line that does so.
                false => u32::MAX,
            };
        }
        self.heads = Some(Heads {
            edges: edges.chars().collect(),
            ascii_edges: std::array::from_fn(|code| edges.contains(char::from(code as u8))),
            seconds,
            heads: by_first,
        });
        self
    }

    /// Has other phrases removed too, which are tried only on lines in which `sign` matches
    /// something: an expression that begins with anything has to read all of a line to fail, and
    /// words and characters are found faster. What `sign` matches does not depend on what stands
    /// around it.
    ///
    /// # Errors
    ///
    /// One of the expressions is not valid.
    pub fn or(mut self, phrases: &str, sign: &str) -> Result<Self, regex::Error> {
        self.signed.push(Signed {
            phrases: whole(phrases)?,
            sign: Regex::new(sign)?,
        });
        Ok(self)
    }

    /// Returns the text without those lines, or nothing if it has none.
    pub fn without_phrases(&self, text: &str) -> Option<String> {
        let mut signs: Vec<Signs> = self.signed.iter().map(Signs::new).collect();
        let mut start = 0;
        let mut is_phrase = |line: &str| {
            let range = start..start + line.len();
            start = range.end + 1;
            // Whether a line can be short, begins so and has a sign is seen before its characters are
            // counted.
            if line.len() > MAX_CHARACTER_BYTES * self.max_characters {
                return false;
            }
            let begins = self.may_begin(line);
            let mut has_sign = signs.iter_mut().map(|signs| signs.may_be_in(text, &range));
            (begins || has_sign.any(|has_sign| has_sign)) && self.is_phrase(line)
        };
        let numbered = lines(text).enumerate();
        let phrases = numbered.filter_map(|(number, line)| is_phrase(line).then_some(number));
        let phrases: Vec<usize> = phrases.collect();
        if phrases.is_empty() {
            return None;
        }
        let kept = lines(text).enumerate();
        let kept = kept.filter(|(number, _)| phrases.binary_search(number).is_err());
        let kept: Vec<&str> = kept.map(|(_, line)| line).collect();
        Some(kept.join("\n"))
    }

    /// Returns whether the phrases match a line as a whole.
    pub fn is_phrase(&self, line: &str) -> bool {
        self.is_short(line)
            && (self.is_plain_phrase(line) || self.signed.iter().any(|one| one.is_phrase(line)))
    }

    /// Returns whether a phrase may begin as a line does.
    #[inline]
    fn may_begin(&self, line: &str) -> bool {
        let heads = self.heads.as_ref();
        heads.is_none_or(|heads| heads.may_begin(line))
    }

    fn is_plain_phrase(&self, line: &str) -> bool {
        self.may_begin(line) && self.phrases.is_match(line)
    }

    fn is_short(&self, line: &str) -> bool {
        line.len() <= self.max_characters
            || (line.len() <= MAX_CHARACTER_BYTES * self.max_characters
                && line.chars().count() <= self.max_characters)
    }
}

impl Heads {
    #[inline]
    fn may_begin(&self, line: &str) -> bool {
        let is_edge = |letter: char| match self.ascii_edges.get(letter as usize) {
            Some(is_edge) => *is_edge,
            None => self.edges.contains(&letter),
        };
        let line = line.trim_start_matches(is_edge);
        // Nearly all lines begin with two letters of ASCII, of which few begin a head.
        match line.as_bytes() {
            [first, second, ..] if first.is_ascii_alphabetic() && second.is_ascii_alphabetic() => {
                self.seconds[of_32(*first)] >> of_32(*second) & 1 != 0 && self.has_head(line)
            }
            _ => self.has_head(line),
        }
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

/// Where the signs of a text are, found one after the other as its lines are passed.
struct Signs<'remover> {
    of: &'remover Signed,
    /// Where the next one begins, behind all bytes if there is no more; none before the first line.
    next: Option<usize>,
}

impl<'remover> Signs<'remover> {
    fn new(of: &'remover Signed) -> Self {
        Self { of, next: None }
    }

    /// Returns whether a sign begins in a part of a text; such parts must ascend.
    fn may_be_in(&mut self, text: &str, range: &Range<usize>) -> bool {
        let next = self.next.filter(|next| *next >= range.start);
        let next = next.unwrap_or_else(|| {
            let found = self.of.sign.find_at(text, range.start);
            found.map_or(usize::MAX, |found| found.start())
        });
        self.next = Some(next);
        next <= range.end
    }
}

impl Signed {
    fn is_phrase(&self, line: &str) -> bool {
        self.sign.is_match(line) && self.phrases.is_match(line)
    }
}

/// Returns the expression that matches only all of a text.
fn whole(expression: &str) -> Result<Regex, regex::Error> {
    Regex::new(&format!("^(?:{expression})$"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_match_as_a_whole_are_removed() {
        let remover = LineRemover::new("(?i:meniu|nu)", 5).expect("a valid expression");
        let kept = remover.without_phrases("Meniu\nDa.\nmeniul\nNU\nnu, nu");
        assert_eq!(kept.as_deref(), Some("Da.\nmeniul\nnu, nu"));
        assert_eq!(remover.without_phrases("nu").as_deref(), Some(""));
        assert_eq!(remover.without_phrases("Da.\n"), None);
    }

    #[test]
    fn long_lines_are_never_phrases() {
        let remover = LineRemover::new("ă*", 3).expect("a valid expression");
        assert!(remover.is_phrase("ăăă"));
        assert!(!remover.is_phrase("ăăăă"));
    }

    #[test]
    fn other_phrases_are_removed_where_their_sign_is() {
        let remover = LineRemover::new("meniu", 9).and_then(|one| one.or(".*k.*|da", "[ky]"));
        let remover = remover.expect("valid expressions");
        let kept = remover.without_phrases("meniu\nda\nkda\nday");
        assert_eq!(kept.as_deref(), Some("da\nday"));
        assert_eq!(remover.without_phrases("da\nnu"), None);
        for (line, expected) in [("un ok", true), ("da", false), ("kkkkk kkkk", false)] {
            assert_eq!(remover.is_phrase(line), expected, "{line}");
        }
    }

    #[test]
    fn phrases_are_tried_only_on_lines_that_begin_with_a_head() {
        let remover = LineRemover::new("[— ]*(?i:.*nu)", 20).expect("a valid expression");
        let remover = remover.beginning_with("— ", &["și".replace('ș', "s"), "x".to_owned()]);
        for line in [
            "Și nu",
            "— SI NU",
            "xnu",
            "x nu",
            "x—nu",
            "siſnu",
            "\u{212a}nu",
        ] {
            assert!(remover.is_phrase(line), "{line}");
        }
        for line in ["s nu", "nu", "— nu", "ășnu", "1xnu"] {
            assert!(!remover.is_phrase(line), "{line}");
        }
        assert_eq!(remover.without_phrases("și nu\nnu").as_deref(), Some("nu"));
        assert_eq!(remover.without_phrases("— \n\nnu"), None);
    }

    #[test]
    fn an_expression_that_is_not_valid_is_an_error() {
        assert!(LineRemover::new("(", 5).is_err());
        for (phrases, sign) in [("(", ""), ("", "(")] {
            let remover = LineRemover::new("", 5).expect("a valid expression");
            assert!(remover.or(phrases, sign).is_err());
        }
    }
}
