use gpt2ro_pretokenizer::{byte, pieces};

use crate::TokenizerError;
use crate::added::{AddedTokens, Part};
use crate::file::File;
use crate::merges::{Merger, Merges};

/// Text to ids and back.
#[derive(Clone, Debug)]
pub struct Tokenizer {
    /// The bytes of all tokens, one after the other, and where each ends.
    bytes: Vec<u8>,
    ends: Vec<usize>,
    /// The tokens of the 256 bytes.
    tokens_of_bytes: [u32; 256],
    merges: Merges,
    added: AddedTokens,
    add_prefix_space: bool,
}

/// What becomes of the letters of a special token, such as `<|endoftext|>`, in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpecialTokens {
    /// They are the token.
    Read,
    /// They are letters as others are.
    AsText,
}

impl Tokenizer {
    /// Reads the bytes of `tokenizer.json`.
    ///
    /// # Errors
    /// They are not the tokenizer of a GPT-2: byte-level BPE, with a token for each byte, and one for each
    /// number below the size of the vocabulary.
    pub fn from_json(file: &[u8]) -> Result<Self, TokenizerError> {
        let file = File::parse(simdutf8::basic::from_utf8(file)?)?;
        let parts = file.parts()?;
        let mut bytes = Vec::new();
        let mut ends = Vec::with_capacity(parts.tokens.len());
        let added = AddedTokens::new(parts.added);
        for token in &parts.tokens {
            let start = bytes.len();
            let in_alphabet = token.chars().all(|letter| {
                let byte = byte(letter);
                bytes.extend(byte);
                byte.is_some()
            });
            if !in_alphabet {
                // It stands for its own characters.
                bytes.truncate(start);
                bytes.extend_from_slice(token.as_bytes());
            }
            ends.push(bytes.len());
        }
        Ok(Self {
            bytes,
            ends,
            tokens_of_bytes: parts.bytes,
            merges: Merges::new(parts.merges.into_iter()),
            added,
            add_prefix_space: parts.add_prefix_space,
        })
    }

    /// The ids of a text.
    #[must_use]
    pub fn encode(&self, text: &str, special: SpecialTokens) -> Vec<u32> {
        let mut merger = Merger::new(&self.merges);
        let mut ids = Vec::new();
        for part in self.added.parts(text, special == SpecialTokens::Read) {
            match part {
                Part::Token(id) => ids.push(id),
                Part::Text(text) if self.add_prefix_space && !text.starts_with(' ') => {
                    self.encode_text(&format!(" {text}"), &mut merger, &mut ids);
                }
                Part::Text(text) => self.encode_text(text, &mut merger, &mut ids),
            }
        }
        ids
    }

    fn encode_text(&self, text: &str, merger: &mut Merger<'_>, ids: &mut Vec<u32>) {
        for piece in pieces(text) {
            let tokens = piece
                .bytes()
                .map(|byte| self.tokens_of_bytes[usize::from(byte)]);
            merger.merge(tokens, ids);
        }
    }

    /// The text of ids: bytes that are no character become U+FFFD, ids that are no token nothing.
    #[must_use]
    pub fn decode(&self, ids: &[u32]) -> String {
        let bytes: Vec<u8> = ids.iter().flat_map(|id| self.bytes(*id)).copied().collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The bytes of a token, which may end within a character; of a number that is no token, none.
    #[must_use]
    pub fn bytes(&self, id: u32) -> &[u8] {
        let id = id as usize;
        let Some(&end) = self.ends.get(id) else {
            return &[];
        };
        let start = id.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start..end]
    }

    /// The id of the token that is this text, if there is one.
    #[must_use]
    pub fn id(&self, token: &str) -> Option<u32> {
        let mut ids = 0..self.ends.len() as u32;
        ids.find(|id| self.bytes(*id) == token.as_bytes())
    }

    /// The special tokens, with their ids.
    pub fn special_tokens(&self) -> impl Iterator<Item = (&str, u32)> {
        let special = self.added.iter().filter(|token| token.special);
        special.map(|token| (&*token.content, token.id))
    }

    /// Number of tokens.
    #[must_use]
    pub fn vocabulary(&self) -> usize {
        self.ends.len()
    }
}

#[cfg(test)]
mod tests {
    use gpt2ro_pretokenizer::letter;
    use serde_json::{Value, json};

    use super::*;

    /// All bytes, four merges and a special token. The ids are held against the library's in the tests of
    /// gpt2ro-checks.
    fn file() -> Value {
        let bytes = (0..=u8::MAX).map(|byte| letter(byte).to_string());
        let merged = ["ar", "are", "Ġc", "ÈĻ"].map(str::to_owned);
        let tokens = bytes.chain(merged).zip(0..);
        let vocab: serde_json::Map<String, Value> =
            tokens.map(|(token, id)| (token, json!(id))).collect();
        json!({
            "added_tokens": [{
                "id": vocab.len(), "content": "<|ț|>", "single_word": false, "lstrip": false,
                "rstrip": false, "normalized": false, "special": true,
            }],
            "normalizer": null,
            "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false},
            "model": {"type": "BPE", "vocab": vocab, "merges": ["a r", "ar e", "Ġ c", "È Ļ"]},
        })
    }

    fn read(file: &Value) -> Result<Tokenizer, TokenizerError> {
        Tokenizer::from_json(file.to_string().as_bytes())
    }

    #[test]
    fn a_text_becomes_ids_and_again_the_text() {
        let tokenizer = read(&file()).unwrap();
        let text = "are cară<|ț|>și\n";
        let ids = tokenizer.encode(text, SpecialTokens::Read);
        let tokens: Vec<&[u8]> = ids.iter().map(|id| tokenizer.bytes(*id)).collect();
        let whole = ["are", " c", "ar"].map(str::as_bytes);
        assert_eq!(tokens[..3], whole);
        assert_eq!(tokens[3..5], [[0xc4], [0x83]]);
        assert_eq!(tokens[5..], ["<|ț|>", "ș", "i", "\n"].map(str::as_bytes));
        assert_eq!(tokenizer.decode(&ids), text);
        let as_text = tokenizer.encode(text, SpecialTokens::AsText);
        assert_eq!(as_text.len(), ids.len() + "<|ț|>".len() - 1);
        assert_eq!(tokenizer.decode(&as_text), text);
    }

    #[test]
    fn a_text_may_begin_with_a_space_that_it_does_not_have() {
        let mut file = file();
        file["pre_tokenizer"]["add_prefix_space"] = json!(true);
        let tokenizer = read(&file).unwrap();
        let ids = tokenizer.encode("ca<|ț|> c", SpecialTokens::Read);
        assert_eq!(tokenizer.decode(&ids), " ca<|ț|> c");
    }

    #[test]
    fn tokens_are_found_by_their_text_and_their_id() {
        let tokenizer = read(&file()).unwrap();
        assert_eq!(tokenizer.vocabulary(), 261);
        for (token, id) in [("ar", 256), (" c", 258), ("ș", 259), ("<|ț|>", 260)] {
            assert_eq!(tokenizer.id(token), Some(id));
            assert_eq!(tokenizer.bytes(id), token.as_bytes());
        }
        assert_eq!(tokenizer.id("carte"), None);
        assert_eq!(tokenizer.bytes(261), b"");
        let special: Vec<(&str, u32)> = tokenizer.special_tokens().collect();
        assert_eq!(special, [("<|ț|>", 260)]);
    }

    fn told(pointer: &str, value: Value) -> String {
        let mut file = file();
        *file.pointer_mut(pointer).expect("a key of the file") = value;
        read(&file).map_or_else(|error| error.to_string(), |_| "read".to_owned())
    }

    #[test]
    fn merges_may_be_pairs_and_letters_may_be_escaped() {
        let pairs = json!([["a", "r"], ["ar", "e"]]);
        assert_eq!(told("/model/merges", pairs), "read");
        let escaped = file().to_string().replace("\"a r\"", "\"\\u0061 r\"");
        let escaped = Tokenizer::from_json(escaped.as_bytes()).unwrap();
        assert_eq!(escaped.encode("are", SpecialTokens::Read), [257]);
    }

    #[test]
    fn every_cut_file_is_an_error() {
        let whole = file().to_string();
        for length in 0..whole.len() {
            assert!(
                Tokenizer::from_json(&whole.as_bytes()[..length]).is_err(),
                "{length}"
            );
        }
    }

    #[test]
    fn what_is_not_computed_is_named() {
        for (pointer, value, expected) in [
            (
                "/model/type",
                json!("WordPiece"),
                "its model is WordPiece; only BPE is computed",
            ),
            (
                "/normalizer",
                json!({"type": "NFC"}),
                "its normalizer is set; only none is computed",
            ),
            (
                "/pre_tokenizer/type",
                json!("Metaspace"),
                "its pre_tokenizer is Metaspace; only ByteLevel is computed",
            ),
            (
                "/pre_tokenizer",
                json!({"type": "ByteLevel", "use_regex": false}),
                "its pre_tokenizer is without an expression; only GPT-2's is computed",
            ),
            (
                "/added_tokens/0/lstrip",
                json!(true),
                "its added token's lstrip is set; only none is computed",
            ),
        ] {
            assert_eq!(told(pointer, value), expected);
        }
    }

    #[test]
    fn ids_with_gaps_and_twins_are_refused() {
        let expected = "the ids of its 261 tokens are not the numbers below 261";
        assert_eq!(told("/model/vocab/are", json!(261)), expected);
        assert_eq!(told("/model/vocab/are", json!(2)), expected);
        assert_eq!(told("/added_tokens/0/id", json!(1)), expected);
        // A token of the vocabulary, with another id than there.
        let expected = "the ids of its 260 tokens are not the numbers below 260";
        assert_eq!(told("/added_tokens/0/content", json!("are")), expected);
        let twice = file().to_string().replace("\"are\":257", "\"ar\":257");
        let twice = Tokenizer::from_json(twice.as_bytes()).unwrap_err();
        assert!(twice.to_string().starts_with("the ids"), "{twice}");
    }

    #[test]
    fn a_vocabulary_without_a_byte_is_refused() {
        let vocabulary = json!({"a": 1, "r": 2, "<|ț|>": 0});
        let mut file = file();
        file["added_tokens"][0]["id"] = json!(0);
        file["model"]["vocab"] = vocabulary;
        assert_eq!(
            read(&file).unwrap_err().to_string(),
            "it has no token for the byte 0x00, written 'Ā'"
        );
    }

    #[test]
    fn merges_are_of_tokens_that_make_a_token() {
        for merge in ["are are", "a ț", "c a"] {
            let expected = format!("merge {merge:?} is not of two tokens that make another");
            assert_eq!(told("/model/merges", json!([merge])), expected);
        }
        let without_space = told("/model/merges", json!(["are"]));
        assert!(
            without_space.contains("expected two tokens"),
            "{without_space}"
        );
    }
}
