use regex::Regex;

use super::heads::Heads;
use super::pairs::{Pairs, lines_with_pairs};
use crate::blocks::characters;
use crate::repair::lines;

/// Removes the lines of a text that belong to its page.
#[derive(Clone, Debug)]
pub struct LineRemover {
    phrases: Regex,
    heads: Option<Heads>,
    signed: Vec<Signed>,
    /// One of these is in every sign.
    pairs: Pairs,
    max_characters: usize,
    /// The most bytes of a line that any phrases match.
    max_bytes: usize,
}

/// A character has four bytes at most, so most lines need not be counted.
const MAX_CHARACTER_BYTES: usize = 4;

/// Phrases that are tried only where their sign is.
#[derive(Clone, Debug)]
struct Signed {
    phrases: Regex,
    sign: Regex,
    max_characters: usize,
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
            pairs: Pairs::default(),
            max_characters,
            max_bytes: MAX_CHARACTER_BYTES * max_characters,
        })
    }

    /// Has the phrases tried only on lines that begin with one of some heads, behind any of the
    /// characters `edges`: few lines do, and to try an expression takes longer than to see that.
    ///
    /// Up to five characters of a head count. Case and the marks of Romanian letters are not told
    /// apart, a run of digits is one digit, and signs outside of ASCII are all the same. Lines that
    /// begin with letters or digits of another alphabet are always tried.
    pub fn beginning_with(mut self, edges: &str, heads: &[String]) -> Self {
        self.heads = Some(Heads::new(edges, heads));
        self
    }

    /// Has other phrases removed too, of at most `max_characters`, which are tried only on lines in
    /// which `sign` matches something: an expression that begins with anything has to read all of a line to fail, and
    /// words and characters are found faster. What `sign` matches does not depend on what stands
    /// around it, and has the last two bytes of one of some `marks`, letters of ASCII small or
    /// capital: those are found faster still.
    ///
    /// # Errors
    ///
    /// One of the expressions is not valid.
    ///
    /// # Panics
    ///
    /// A mark has fewer than two bytes.
    pub fn or(
        mut self,
        phrases: &str,
        sign: &str,
        marks: &[String],
        max_characters: usize,
    ) -> Result<Self, regex::Error> {
        self.signed.push(Signed {
            phrases: whole(phrases)?,
            sign: Regex::new(sign)?,
            max_characters,
        });
        self.max_bytes = self.max_bytes.max(MAX_CHARACTER_BYTES * max_characters);
        for mark in marks {
            let pair = mark.as_bytes().last_chunk();
            self.pairs.insert(*pair.expect("two bytes"));
        }
        Ok(self)
    }

    /// Returns the text without those lines, or nothing if it has none.
    pub fn without_phrases(&self, text: &str) -> Option<String> {
        let (mut phrases, mut number) = (Vec::new(), 0);
        lines_with_pairs(text.as_bytes(), &self.pairs, |range, has_pair| {
            // Whether a line can be short, begins so and may have a sign is seen before its
            // characters are counted.
            let length = range.len();
            if length <= self.max_bytes {
                let may_be_plain = length <= MAX_CHARACTER_BYTES * self.max_characters;
                let line = &text[range];
                if (has_pair || (may_be_plain && self.may_begin(line))) && self.is_phrase(line) {
                    phrases.push(number);
                }
            }
            number += 1;
        });
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
        self.is_plain_phrase(line) || self.signed.iter().any(|one| one.is_phrase(line))
    }

    /// Returns whether a phrase may begin as a line does.
    #[inline]
    fn may_begin(&self, line: &str) -> bool {
        let heads = self.heads.as_ref();
        heads.is_none_or(|heads| heads.may_begin(line))
    }

    fn is_plain_phrase(&self, line: &str) -> bool {
        is_short(line, self.max_characters) && self.may_begin(line) && self.phrases.is_match(line)
    }
}

impl Signed {
    fn is_phrase(&self, line: &str) -> bool {
        is_short(line, self.max_characters)
            && self.sign.is_match(line)
            && self.phrases.is_match(line)
    }
}

fn is_short(line: &str, max_characters: usize) -> bool {
    line.len() <= max_characters
        || (line.len() <= MAX_CHARACTER_BYTES * max_characters
            && characters(line) <= max_characters)
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
        let marks = ["kd", "yz", "lOK"].map(str::to_owned);
        let remover = LineRemover::new("meniu", 9);
        let remover = remover.and_then(|one| one.or(".*k.*|da", "kd|yz|ok", &marks, 9));
        let remover = remover.expect("valid expressions");
        let kept = remover.without_phrases("meniu\nda\nkda\nday");
        assert_eq!(kept.as_deref(), Some("da\nday"));
        assert_eq!(remover.without_phrases("da\nnu"), None);
        for (line, expected) in [("un ok", true), ("da", false), ("kkkkk kkkk", false)] {
            assert_eq!(remover.is_phrase(line), expected, "{line}");
        }
    }

    #[test]
    fn other_phrases_may_be_longer() {
        let remover = LineRemover::new("x*", 3).expect("a valid expression");
        let remover = remover.or("ăăăxy*", "xy", &["xy".to_owned()], 9);
        let remover = remover.expect("valid expressions");
        let kept = remover.without_phrases("xxx\nxxxx\năăăxyyyyy\năăăxyyyyyy");
        assert_eq!(kept.as_deref(), Some("xxxx\năăăxyyyyyy"));
        assert!(remover.is_phrase("ăăăxyyyyy") && !remover.is_phrase("xxxx"));
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
            assert!(remover.or(phrases, sign, &[], 5).is_err());
        }
    }
}
