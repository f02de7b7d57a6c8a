//! Tokens to text as they come, and text up to a stop string.

use std::sync::LazyLock;

use gpt2ro::text::{Filtered, StopFilter, TextStream};
use gpt2ro_tokenizer::Tokenizer;

use crate::deploys::{TOKENIZER, VOCABULARY};

static ALPHABET: LazyLock<Tokenizer> =
    LazyLock::new(|| Tokenizer::from_json(TOKENIZER).expect("the tokenizer of the inputs"));

/// The first byte is the length of a stop string, the bytes behind it that and tokens.
pub fn stream(bytes: &[u8]) -> bool {
    let [length, rest @ ..] = bytes else {
        return false;
    };
    let (stop, rest) = rest.split_at(usize::from(length % 8).min(rest.len()));
    let stops = [String::from_utf8_lossy(stop).into_owned()];
    let mut stream = TextStream::new(&ALPHABET);
    let mut filter = StopFilter::new(&stops);
    let (mut whole, mut shown, mut stopped) = (String::new(), String::new(), false);
    let tokens = rest
        .iter()
        .map(|&byte| u32::from(byte) * VOCABULARY as u32 / 255);
    let mut pieces: Vec<String> = tokens.map(|token| stream.push(token)).collect();
    pieces.push(stream.finish());
    for piece in &pieces {
        whole.push_str(piece);
        if stopped {
            continue;
        }
        match filter.push(piece) {
            Filtered::Text(text) => shown.push_str(&text),
            Filtered::Stopped(text) => {
                shown.push_str(&text);
                stopped = true;
            }
        }
    }
    if !stopped {
        shown.push_str(&filter.finish());
    }
    let end = Some(&stops[0]).filter(|stop| !stop.is_empty());
    let end = end.and_then(|stop| whole.find(stop.as_str()));
    assert_eq!(end.is_some(), stopped);
    assert_eq!(shown, whole[..end.unwrap_or(whole.len())]);
    true
}
