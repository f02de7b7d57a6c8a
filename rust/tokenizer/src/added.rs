use std::cmp::Reverse;

/// Tokens that stand in a text as they are written, such as `<|endoftext|>`, whatever their letters would
/// be merged to.
#[derive(Clone, Debug, Default)]
pub(crate) struct AddedTokens {
    tokens: Vec<AddedToken>,
}

/// One of them.
#[derive(Clone, Debug)]
pub(crate) struct AddedToken {
    pub(crate) id: u32,
    pub(crate) content: String,
    /// Whether it is no text, but a mark of the model's own.
    pub(crate) special: bool,
    /// Looked for in a normalized text: after the others, since nothing is normalized here.
    pub(crate) normalized: bool,
}

/// A part of a text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    Text(&'a str),
    Token(u32),
}

impl AddedTokens {
    /// Of these tokens, those that a text can have.
    pub(crate) fn new(mut tokens: Vec<AddedToken>) -> Self {
        tokens.retain(|token| !token.content.is_empty());
        Self { tokens }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &AddedToken> {
        self.tokens.iter()
    }

    /// The parts of a text, none empty; special tokens are looked for only if `with_special`.
    pub(crate) fn parts<'a>(&self, text: &'a str, with_special: bool) -> Vec<Part<'a>> {
        let mut parts = vec![Part::Text(text)];
        for normalized in [false, true] {
            let wanted = |token: &&AddedToken| {
                token.normalized == normalized && (with_special || !token.special)
            };
            let wanted: Vec<&AddedToken> = self.tokens.iter().filter(wanted).collect();
            if wanted.is_empty() {
                continue;
            }
            let mut finer = Vec::new();
            for part in parts {
                match part {
                    Part::Text(text) => split(text, &wanted, &mut finer),
                    Part::Token(_) => finer.push(part),
                }
            }
            parts = finer;
        }
        parts.retain(|part| *part != Part::Text(""));
        parts
    }
}

/// Cut a text at the first token in it, of those that begin there the longest, and so on.
fn split<'a>(text: &'a str, tokens: &[&AddedToken], parts: &mut Vec<Part<'a>>) {
    let next = |token: &AddedToken, from: usize| {
        let found = text[from..].find(&token.content);
        found.map(|start| from + start)
    };
    // Where each token stands next, so that the text is searched for it once.
    let mut starts: Vec<Option<usize>> = tokens.iter().map(|token| next(token, 0)).collect();
    let mut done = 0;
    loop {
        let found = starts.iter().zip(tokens);
        let found = found.filter_map(|(start, token)| Some(((*start)?, *token)));
        let first = found.min_by_key(|(start, token)| (*start, Reverse(token.content.len())));
        let Some((start, token)) = first else {
            parts.push(Part::Text(&text[done..]));
            return;
        };
        parts.extend([Part::Text(&text[done..start]), Part::Token(token.id)]);
        done = start + token.content.len();
        for (start, token) in starts.iter_mut().zip(tokens) {
            if start.is_some_and(|start| start < done) {
                *start = next(token, done);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(contents: &[&str]) -> AddedTokens {
        let token = |(id, content): (u32, &&str)| AddedToken {
            id,
            content: (*content).to_owned(),
            special: content.starts_with('<'),
            normalized: content.starts_with('~'),
        };
        AddedTokens::new((0..).zip(contents).map(token).collect())
    }

    #[test]
    fn a_text_is_parted_at_its_tokens() {
        let tokens = added(&["<a>", "b"]);
        let parts = tokens.parts("<a>xbb<a", true);
        let expected = [
            Part::Token(0),
            Part::Text("x"),
            Part::Token(1),
            Part::Token(1),
        ];
        assert_eq!(parts[..4], expected);
        assert_eq!(parts[4..], [Part::Text("<a")]);
        assert_eq!(tokens.parts("", true), []);
    }

    #[test]
    fn of_two_tokens_at_a_place_the_longer_is_taken() {
        let tokens = added(&["ab", "abc", "bcd"]);
        assert_eq!(
            tokens.parts("abcd", true),
            [Part::Token(1), Part::Text("d")]
        );
    }

    #[test]
    fn a_token_without_letters_stands_nowhere() {
        assert_eq!(
            added(&["", "b"]).parts("ab", true),
            [Part::Text("a"), Part::Token(1)]
        );
    }

    #[test]
    fn special_tokens_may_be_left_as_text() {
        let tokens = added(&["<a>", "b"]);
        assert_eq!(
            tokens.parts("<a>b", false),
            [Part::Text("<a>"), Part::Token(1)]
        );
    }

    #[test]
    fn tokens_of_a_normalized_text_are_looked_for_last() {
        let tokens = added(&["~ab", "bc"]);
        assert_eq!(
            tokens.parts("~abc", true),
            [Part::Text("~a"), Part::Token(1)]
        );
        assert_eq!(tokens.parts("~ab", true), [Part::Token(0)]);
    }
}
