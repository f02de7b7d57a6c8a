use regex::Regex;

/// Removes the lines of a text that belong to its page.
#[derive(Clone, Debug)]
pub struct LineRemover {
    phrases: Regex,
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
            phrases: Regex::new(&format!("^(?:{phrases})$"))?,
            max_characters,
        })
    }

    /// Returns the text without those lines, or nothing if it has none.
    pub fn without_phrases(&self, text: &str) -> Option<String> {
        let mut lines = text.split('\n');
        if !lines.any(|line| self.is_phrase(line)) {
            return None;
        }
        let kept: Vec<&str> = text
            .split('\n')
            .filter(|line| !self.is_phrase(line))
            .collect();
        Some(kept.join("\n"))
    }

    /// Returns whether the phrases match a line as a whole.
    pub fn is_phrase(&self, line: &str) -> bool {
        self.is_short(line) && self.phrases.is_match(line)
    }

    /// A character has four bytes at most, so most lines need not be counted.
    fn is_short(&self, line: &str) -> bool {
        line.len() <= self.max_characters
            || (line.len() <= 4 * self.max_characters
                && line.chars().count() <= self.max_characters)
    }
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
    fn an_expression_that_is_not_valid_is_an_error() {
        assert!(LineRemover::new("(", 5).is_err());
    }
}
