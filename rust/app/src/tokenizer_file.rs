//! `tokenizer.json`, read by what it may say here: byte-level BPE.
//!
//! The library's own reader panics on some files that are cut or damaged, and takes ones that these
//! back ends cannot serve, such as ids with gaps. So the file is read and checked here, and the
//! tokenizer built from its parts.

use std::collections::HashMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use thiserror::Error;
use tokenizers::models::bpe::{BPE, Vocab};
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::{AddedToken, Tokenizer};

/// Why a file is not the tokenizer of a GPT-2. Messages begin after the path.
#[derive(Debug, Error)]
pub enum TokenizerError {
    /// It is not JSON, or lacks something, or has something of another kind.
    #[error("not a tokenizer ({0})")]
    Parse(#[from] serde_json::Error),
    /// It has a part that is not computed.
    #[error("its {part} is {found}; only {expected} is computed")]
    Part {
        /// Key in the file.
        part: &'static str,
        /// What stands there.
        found: String,
        /// What may stand there.
        expected: &'static str,
    },
    /// Two tokens have an id, or an id has no token.
    #[error("the ids of its {tokens} tokens are not the numbers below {tokens}")]
    Ids {
        /// Number of tokens.
        tokens: usize,
    },
    /// A merge is not of two tokens that make a third.
    #[error("merge {0:?} is not of two tokens that make another")]
    Merge(String),
    /// The library refuses it.
    #[error("not a tokenizer ({0})")]
    Library(tokenizers::Error),
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    added_tokens: Vec<Added>,
    normalizer: Option<IgnoredAny>,
    pre_tokenizer: PreTokenizer,
    model: Model,
}

#[derive(Deserialize)]
struct Added {
    id: u32,
    content: String,
    single_word: bool,
    lstrip: bool,
    rstrip: bool,
    normalized: bool,
    special: bool,
}

#[derive(Deserialize)]
struct PreTokenizer {
    r#type: String,
    #[serde(default)]
    add_prefix_space: bool,
    #[serde(default = "yes")]
    trim_offsets: bool,
    #[serde(default = "yes")]
    use_regex: bool,
}

#[derive(Deserialize)]
struct Model {
    r#type: Option<String>,
    dropout: Option<f32>,
    unk_token: Option<String>,
    continuing_subword_prefix: Option<String>,
    end_of_word_suffix: Option<String>,
    #[serde(default)]
    fuse_unk: bool,
    #[serde(default)]
    byte_fallback: bool,
    #[serde(default)]
    ignore_merges: bool,
    vocab: HashMap<String, u32>,
    merges: Vec<Merge>,
}

/// As files of older versions of the library have it, a text with a blank in it, or a pair.
#[derive(Deserialize)]
#[serde(untagged)]
enum Merge {
    Text(String),
    Pair(String, String),
}

fn yes() -> bool {
    true
}

/// Read the bytes of the file.
///
/// # Errors
/// They are not the tokenizer of a GPT-2: byte-level BPE, with an id for each number below the size of
/// the vocabulary.
pub fn read(bytes: &[u8]) -> Result<Tokenizer, TokenizerError> {
    let file: File = serde_json::from_slice(bytes)?;
    file.require_known_parts()?;
    file.require_whole_ids()?;
    let pre_tokenizer = ByteLevel::new(
        file.pre_tokenizer.add_prefix_space,
        file.pre_tokenizer.trim_offsets,
        file.pre_tokenizer.use_regex,
    );
    let mut tokenizer = Tokenizer::new(file.model.build()?);
    tokenizer.with_pre_tokenizer(Some(pre_tokenizer));
    tokenizer.with_decoder(Some(ByteLevel::default()));
    let tokens = tokenizer.get_vocab_size(false);
    for added in file.added_tokens {
        let (id, content) = (added.id, added.content.clone());
        let added = tokenizer.add_tokens([added.token()]);
        added.map_err(TokenizerError::Library)?;
        if tokenizer.token_to_id(&content) != Some(id) {
            return Err(TokenizerError::Ids { tokens });
        }
    }
    Ok(tokenizer)
}

impl File {
    fn require_known_parts(&self) -> Result<(), TokenizerError> {
        let Model { r#type, .. } = &self.model;
        let texts = |text: &Option<String>| text.clone().unwrap_or_default();
        let parts = [
            ("model", r#type.as_deref().unwrap_or("BPE"), "BPE"),
            ("pre_tokenizer", &*self.pre_tokenizer.r#type, "ByteLevel"),
        ];
        for (part, found, expected) in parts {
            if found != expected {
                let found = found.to_owned();
                return Err(TokenizerError::Part {
                    part,
                    found,
                    expected,
                });
            }
        }
        for (part, set) in [
            ("normalizer", self.normalizer.is_some()),
            (
                "dropout",
                self.model.dropout.is_some_and(|share| share != 0.0),
            ),
            ("byte_fallback", self.model.byte_fallback),
            (
                "continuing_subword_prefix",
                !texts(&self.model.continuing_subword_prefix).is_empty(),
            ),
            (
                "end_of_word_suffix",
                !texts(&self.model.end_of_word_suffix).is_empty(),
            ),
        ] {
            if set {
                return Err(TokenizerError::Part {
                    part,
                    found: "set".to_owned(),
                    expected: "none",
                });
            }
        }
        Ok(())
    }

    /// Logits have a place for each number below the size of the vocabulary, and each is a token.
    fn require_whole_ids(&self) -> Result<(), TokenizerError> {
        let vocab = &self.model.vocab;
        let added = self.added_tokens.iter();
        let added = added.filter(|added| !vocab.contains_key(&added.content));
        let mut ids: Vec<u32> = vocab.values().copied().collect();
        ids.extend(added.map(|added| added.id));
        ids.sort_unstable();
        let tokens = ids.len();
        if ids.into_iter().eq(0..tokens as u32) {
            Ok(())
        } else {
            Err(TokenizerError::Ids { tokens })
        }
    }
}

impl Model {
    fn build(self) -> Result<BPE, TokenizerError> {
        let merges = self.merges.iter().map(|merge| self.pair(merge));
        let merges = merges.collect::<Result<Vec<_>, _>>()?;
        let mut builder = BPE::builder()
            .fuse_unk(self.fuse_unk)
            .ignore_merges(self.ignore_merges)
            .vocab_and_merges(self.vocab.into_iter().collect::<Vocab>(), merges);
        if let Some(unknown) = self.unk_token.filter(|token| !token.is_empty()) {
            builder = builder.unk_token(unknown);
        }
        builder.build().map_err(TokenizerError::Library)
    }

    fn pair(&self, merge: &Merge) -> Result<(String, String), TokenizerError> {
        let (left, right) = match merge {
            Merge::Pair(left, right) => (&left[..], &right[..]),
            Merge::Text(text) => text
                .split_once(' ')
                .ok_or_else(|| TokenizerError::Merge(text.clone()))?,
        };
        let whole = [left, right].concat();
        if [left, right, &whole]
            .iter()
            .all(|token| self.vocab.contains_key(*token))
        {
            Ok((left.to_owned(), right.to_owned()))
        } else {
            Err(TokenizerError::Merge(format!("{left} {right}")))
        }
    }
}

impl Added {
    fn token(self) -> AddedToken {
        AddedToken::from(self.content, self.special)
            .single_word(self.single_word)
            .lstrip(self.lstrip)
            .rstrip(self.rstrip)
            .normalized(self.normalized)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn file() -> Value {
        json!({
            "added_tokens": [{
                "id": 0, "content": "<|endoftext|>", "single_word": false, "lstrip": false,
                "rstrip": false, "normalized": false, "special": true,
            }],
            "normalizer": null,
            "pre_tokenizer": {"type": "ByteLevel"},
            "model": {
                "type": "BPE",
                "vocab": {"<|endoftext|>": 0, "a": 1, "b": 2, "ab": 3},
                "merges": [["a", "b"]],
            },
        })
    }

    fn told(pointer: &str, value: Value) -> String {
        let mut file = file();
        *file.pointer_mut(pointer).expect("a key of the file") = value;
        let read = read(file.to_string().as_bytes());
        read.map_or_else(|error| error.to_string(), |_| "read".to_owned())
    }

    #[test]
    fn a_tokenizer_encodes_as_the_file_says() {
        let tokenizer = read(file().to_string().as_bytes()).unwrap();
        let encoding = tokenizer.encode_fast("abb<|endoftext|>a", false).unwrap();
        assert_eq!(encoding.get_ids(), [3, 2, 0, 1]);
    }

    #[test]
    fn merges_may_be_texts() {
        assert_eq!(told("/model/merges", json!(["a b"])), "read");
    }

    #[test]
    fn every_cut_file_is_an_error() {
        let whole = file().to_string();
        for length in 0..whole.len() {
            assert!(read(&whole.as_bytes()[..length]).is_err(), "{length}");
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
        ] {
            assert_eq!(told(pointer, value), expected);
        }
    }

    #[test]
    fn ids_with_gaps_and_twins_are_refused() {
        let expected = "the ids of its 4 tokens are not the numbers below 4";
        assert_eq!(told("/model/vocab/ab", json!(4)), expected);
        assert_eq!(told("/model/vocab/ab", json!(2)), expected);
        assert_eq!(told("/added_tokens/0/id", json!(1)), expected);
    }

    #[test]
    fn merges_are_of_tokens_that_make_a_token() {
        for merge in ["b b", "a c", "ab ab", "ab"] {
            let expected = format!("merge {merge:?} is not of two tokens that make another");
            assert_eq!(told("/model/merges", json!([merge])), expected);
        }
    }
}
