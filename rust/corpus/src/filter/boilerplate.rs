use std::cell::LazyCell;

use regex::Regex;

/// Removes the lines of a text that belong to its page.
#[derive(Clone, Debug)]
pub struct LineRemover {
    phrases: Regex,
    signed: Vec<Signed>,
    max_characters: usize,
}

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
            signed: Vec::new(),
            max_characters,
        })
    }

    /// Has other phrases removed too, which are tried only on lines in which `sign` matches
    /// something: an expression that begins with anything has to read all of a line to fail, and
    /// words and characters are found faster.
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
        // Not looked for in a text that has long lines only.
        let signed: LazyCell<Vec<&Signed>, _> = LazyCell::new(|| {
            let signed = self.signed.iter().filter(|one| one.sign.is_match(text));
            signed.collect()
        });
        let is_phrase = |line: &str| {
            self.is_short(line)
                && (self.phrases.is_match(line) || signed.iter().any(|one| one.is_phrase(line)))
        };
        if !text.split('\n').any(is_phrase) {
            return None;
        }
        let kept: Vec<&str> = text.split('\n').filter(|line| !is_phrase(line)).collect();
        Some(kept.join("\n"))
    }

    /// Returns whether the phrases match a line as a whole.
    pub fn is_phrase(&self, line: &str) -> bool {
        self.is_short(line)
            && (self.phrases.is_match(line) || self.signed.iter().any(|one| one.is_phrase(line)))
    }

    /// A character has four bytes at most, so most lines need not be counted.
    fn is_short(&self, line: &str) -> bool {
        line.len() <= self.max_characters
            || (line.len() <= 4 * self.max_characters
                && line.chars().count() <= self.max_characters)
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
    fn an_expression_that_is_not_valid_is_an_error() {
        assert!(LineRemover::new("(", 5).is_err());
        for (phrases, sign) in [("(", ""), ("", "(")] {
            let remover = LineRemover::new("", 5).expect("a valid expression");
            assert!(remover.or(phrases, sign).is_err());
        }
    }
}
