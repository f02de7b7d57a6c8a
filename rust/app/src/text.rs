//! Tokens to text, as they come: whole characters only, and no piece of a stop string.

use gpt2ro_tokenizer::Tokenizer;

/// Turns tokens into text.
pub struct TextStream<'a> {
    tokenizer: &'a Tokenizer,
    characters: Utf8Stream,
}

impl<'a> TextStream<'a> {
    /// Start a text.
    #[must_use]
    pub fn new(tokenizer: &'a Tokenizer) -> Self {
        Self {
            tokenizer,
            characters: Utf8Stream::default(),
        }
    }

    /// Add a token and return the characters that are now whole.
    pub fn push(&mut self, token: u32) -> String {
        self.characters.push(self.tokenizer.bytes(token))
    }

    /// End the text: bytes that never became a character are replaced by U+FFFD.
    pub fn finish(&mut self) -> String {
        self.characters.finish()
    }
}

/// Turns bytes into characters. One such as ș is two bytes and may be split over two tokens, so bytes
/// wait until their character is whole.
#[derive(Default)]
struct Utf8Stream {
    pending: Vec<u8>,
}

impl Utf8Stream {
    fn push(&mut self, bytes: &[u8]) -> String {
        self.pending.extend_from_slice(bytes);
        let mut text = String::new();
        loop {
            match std::str::from_utf8(&self.pending) {
                Ok(valid) => {
                    text.push_str(valid);
                    self.pending.clear();
                    return text;
                }
                Err(error) => {
                    let valid = error.valid_up_to();
                    text.push_str(&String::from_utf8_lossy(&self.pending[..valid]));
                    // None: the bytes at the end may still become a character.
                    let Some(invalid) = error.error_len() else {
                        self.pending.drain(..valid);
                        return text;
                    };
                    text.push(char::REPLACEMENT_CHARACTER);
                    self.pending.drain(..valid + invalid);
                }
            }
        }
    }

    fn finish(&mut self) -> String {
        let rest = std::mem::take(&mut self.pending);
        String::from_utf8_lossy(&rest).into_owned()
    }
}

/// Holds back text that may be the beginning of a stop string, and ends at a whole one.
pub struct StopFilter<'a> {
    stops: &'a [String],
    held: String,
}

/// What a [`StopFilter`] makes of a piece of text.
#[derive(Debug, PartialEq, Eq)]
pub enum Filtered {
    /// Text that can be shown; more may follow.
    Text(String),
    /// The text before a stop string, which itself is not shown.
    Stopped(String),
}

impl<'a> StopFilter<'a> {
    /// Watch for these strings; empty ones are ignored.
    #[must_use]
    pub fn new(stops: &'a [String]) -> Self {
        Self {
            stops,
            held: String::new(),
        }
    }

    /// Add text and return what is certain to be no part of a stop string.
    pub fn push(&mut self, text: &str) -> Filtered {
        self.held.push_str(text);
        // The one that is whole first, as where the text comes letter by letter.
        let place = |stop: &str| {
            self.held
                .find(stop)
                .map(|start| (start + stop.len(), start))
        };
        if let Some((_, start)) = self.stops().filter_map(place).min() {
            self.held.truncate(start);
            return Filtered::Stopped(std::mem::take(&mut self.held));
        }
        let keep = self
            .stops()
            .map(|stop| begun(&self.held, stop))
            .max()
            .unwrap_or(0);
        let rest = self.held.split_off(self.held.len() - keep);
        Filtered::Text(std::mem::replace(&mut self.held, rest))
    }

    /// End the text: what was held back was no stop string.
    pub fn finish(&mut self) -> String {
        std::mem::take(&mut self.held)
    }

    fn stops(&self) -> impl Iterator<Item = &str> {
        self.stops
            .iter()
            .map(String::as_str)
            .filter(|stop| !stop.is_empty())
    }
}

/// Bytes at the end of `text` that are the beginning of `stop`.
fn begun(text: &str, stop: &str) -> usize {
    let lengths = stop.char_indices().map(|(start, _)| start).rev();
    lengths
        .into_iter()
        .find(|&length| text.ends_with(&stop[..length]))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{collection::vec, prop_assert_eq, proptest};

    fn stops(strings: &[&str]) -> Vec<String> {
        strings.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_stop_string_is_withheld_while_it_is_partial() {
        let stops = stops(&["\nAna:"]);
        let mut filter = StopFilter::new(&stops);
        assert_eq!(filter.push("Bine\nA"), Filtered::Text("Bine".into()));
        assert_eq!(filter.push("n"), Filtered::Text(String::new()));
        assert_eq!(filter.push("dar"), Filtered::Text("\nAndar".into()));
    }

    #[test]
    fn the_text_ends_before_a_stop_string() {
        let stops = stops(&["Stop", "."]);
        let mut filter = StopFilter::new(&stops);
        assert_eq!(filter.push("unu. Stop"), Filtered::Stopped("unu".into()));
    }

    #[test]
    fn what_was_held_back_is_shown_at_the_end() {
        let stops = stops(&["abc"]);
        let mut filter = StopFilter::new(&stops);
        assert_eq!(filter.push("xab"), Filtered::Text("x".into()));
        assert_eq!(filter.finish(), "ab");
    }

    #[test]
    fn without_stop_strings_everything_passes() {
        let stops = stops(&[""]);
        assert_eq!(
            StopFilter::new(&stops).push("ș"),
            Filtered::Text("ș".into())
        );
    }

    #[test]
    fn a_character_split_over_two_tokens_comes_whole() {
        let [first, second] = *"ș".as_bytes() else {
            panic!("ș is two bytes")
        };
        let mut characters = Utf8Stream::default();
        assert_eq!(characters.push(&[b'a', first]), "a");
        assert_eq!(characters.push(&[second, b'i']), "și");
        assert_eq!(characters.finish(), "");
    }

    #[test]
    fn half_a_character_at_the_end_is_replaced() {
        let mut characters = Utf8Stream::default();
        assert_eq!(characters.push(&"ș".as_bytes()[..1]), "");
        assert_eq!(characters.finish(), "\u{fffd}");
    }

    proptest! {
        #[test]
        fn bytes_in_pieces_are_the_text_of_the_whole(pieces in vec(vec(0_u8.., 0..5), 0..20)) {
            let mut characters = Utf8Stream::default();
            let mut text: String = pieces.iter().map(|piece| characters.push(piece)).collect();
            text.push_str(&characters.finish());
            let whole = pieces.concat();
            prop_assert_eq!(text, String::from_utf8_lossy(&whole));
        }

        /// Of several stop strings it is the one that is whole first, though another may have begun before.
        #[test]
        fn text_in_pieces_ends_where_it_would_letter_by_letter(
            pieces in vec("[aș]{0,5}", 0..12), stops in vec("[aș]{1,4}", 1..4),
        ) {
            let mut filter = StopFilter::new(&stops);
            let mut shown = String::new();
            let stopped = pieces.iter().any(|piece| match filter.push(piece) {
                Filtered::Text(text) => { shown.push_str(&text); false }
                Filtered::Stopped(text) => { shown.push_str(&text); true }
            });
            if !stopped {
                shown.push_str(&filter.finish());
            }
            let whole = pieces.concat();
            let ends = (0..=whole.len()).filter(|&end| whole.is_char_boundary(end));
            let mut begun = ends.map(|end| &whole[..end]);
            let expected = begun.find_map(|text| {
                let before = stops.iter().filter_map(|stop| text.strip_suffix(stop.as_str()));
                before.min_by_key(|before| before.len())
            });
            prop_assert_eq!(&shown, expected.unwrap_or(&whole));
        }
    }
}
