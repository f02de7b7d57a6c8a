//! `tokenizer.json`, by what it may say here: byte-level BPE, as the library `tokenizers` writes it.

use std::borrow::Cow;
use std::fmt;

use gpt2ro_pretokenizer::letter;
use rustc_hash::FxHashMap;
use serde::de::{self, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};
use thiserror::Error;

use crate::added::AddedToken;
use crate::merges::Pair;

/// Why a file is not the tokenizer of a GPT-2. Messages begin after the path.
#[derive(Debug, Error)]
pub enum TokenizerError {
    /// It is not JSON, or lacks something, or has something of another kind.
    #[error("not a tokenizer ({0})")]
    Parse(#[from] serde_json::Error),
    /// It is not UTF-8.
    #[error("not a tokenizer ({0})")]
    Text(#[from] simdutf8::basic::Utf8Error),
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
    /// A text with this byte could not be written in tokens.
    #[error("it has no token for the byte {0:#04x}, written {letter:?}", letter = letter(*.0))]
    Byte(u8),
    /// A merge is not of two tokens that make a third.
    #[error("merge {0:?} is not of two tokens that make another")]
    Merge(String),
}

/// The file, its texts left where they are.
#[derive(Deserialize)]
pub(crate) struct File<'a> {
    #[serde(default, borrow)]
    added_tokens: Vec<Added<'a>>,
    normalizer: Option<IgnoredAny>,
    #[serde(borrow)]
    pre_tokenizer: PreTokenizer<'a>,
    #[serde(borrow)]
    model: Model<'a>,
}

#[derive(Deserialize)]
struct Added<'a> {
    id: u32,
    #[serde(borrow)]
    content: Text<'a>,
    single_word: bool,
    lstrip: bool,
    rstrip: bool,
    normalized: bool,
    special: bool,
}

#[derive(Deserialize)]
struct PreTokenizer<'a> {
    #[serde(borrow)]
    r#type: Text<'a>,
    #[serde(default)]
    add_prefix_space: bool,
    #[serde(default = "yes")]
    use_regex: bool,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
struct Model<'a> {
    #[serde(borrow)]
    r#type: Option<Text<'a>>,
    dropout: Option<f32>,
    #[serde(borrow)]
    continuing_subword_prefix: Option<Text<'a>>,
    #[serde(borrow)]
    end_of_word_suffix: Option<Text<'a>>,
    #[serde(default)]
    byte_fallback: bool,
    #[serde(default)]
    ignore_merges: bool,
    #[serde(borrow)]
    vocab: Vocabulary<'a>,
    #[serde(borrow)]
    merges: Vec<Merge<'a>>,
}

/// The ids of a vocabulary by their tokens.
type Ids<'a> = FxHashMap<&'a str, u32>;

/// What the file says, found to be whole.
pub(crate) struct Parts<'a> {
    /// Every token by its id, in the letters of the file.
    pub(crate) tokens: Vec<&'a str>,
    /// The tokens of the bytes.
    pub(crate) bytes: [u32; 256],
    /// The tokens of each merge and the one they become, by ids.
    pub(crate) merges: Vec<(Pair, u32)>,
    /// Tokens that are found in a text before it is cut.
    pub(crate) added: Vec<AddedToken>,
    /// Whether a text begins with a space where it has none.
    pub(crate) add_prefix_space: bool,
}

impl<'a> File<'a> {
    pub(crate) fn parse(text: &'a str) -> Result<Self, TokenizerError> {
        Ok(serde_json::from_str(text)?)
    }

    /// What is needed of it.
    pub(crate) fn parts(&self) -> Result<Parts<'_>, TokenizerError> {
        self.require_known_parts()?;
        let (tokens, ids) = self.tokens()?;
        Ok(Parts {
            bytes: tokens_of_bytes(&ids)?,
            merges: self.merges(&tokens, &ids)?,
            tokens,
            added: self.added_tokens.iter().map(Added::token).collect(),
            add_prefix_space: self.pre_tokenizer.add_prefix_space,
        })
    }

    /// The tokens of each merge and the one they become, by ids.
    fn merges(&self, tokens: &[&str], ids: &Ids) -> Result<Vec<(Pair, u32)>, TokenizerError> {
        // Mostly a merge makes the token behind that of the merge before it, and no look for it is needed.
        let mut next = 0;
        let merges = self.model.merges.iter();
        let merges = merges.map(|Merge(left, right)| {
            let (left, right): (&str, &str) = (left, right);
            let is_whole = |id: &u32| {
                let token = tokens
                    .get(*id as usize)
                    .and_then(|token| token.strip_prefix(left));
                token == Some(right)
            };
            let whole = Some(next).filter(is_whole);
            let whole = whole.or_else(|| ids.get(&*[left, right].concat()).copied());
            match (ids.get(left), ids.get(right), whole) {
                (Some(&left), Some(&right), Some(whole)) => {
                    next = whole + 1;
                    Ok(((left, right), whole))
                }
                _ => Err(TokenizerError::Merge(format!("{left} {right}"))),
            }
        });
        merges.collect()
    }

    fn require_known_parts(&self) -> Result<(), TokenizerError> {
        let Model { r#type, .. } = &self.model;
        for (part, found, expected) in [
            ("model", r#type.as_deref().unwrap_or("BPE"), "BPE"),
            ("pre_tokenizer", &*self.pre_tokenizer.r#type, "ByteLevel"),
        ] {
            if found != expected {
                let found = found.to_owned();
                return Err(TokenizerError::Part {
                    part,
                    found,
                    expected,
                });
            }
        }
        let dropout = self.model.dropout.is_some_and(|share| share != 0.0);
        let is_text = |text: &Option<Text>| text.as_deref().is_some_and(|text| !text.is_empty());
        let (prefix, suffix) = (
            is_text(&self.model.continuing_subword_prefix),
            is_text(&self.model.end_of_word_suffix),
        );
        let added = |is: fn(&Added) -> bool| self.added_tokens.iter().any(is);
        for (part, set) in [
            ("normalizer", self.normalizer.is_some()),
            ("dropout", dropout),
            ("byte_fallback", self.model.byte_fallback),
            ("ignore_merges", self.model.ignore_merges),
            ("continuing_subword_prefix", prefix),
            ("end_of_word_suffix", suffix),
            (
                "added token's single_word",
                added(|token| token.single_word),
            ),
            ("added token's lstrip", added(|token| token.lstrip)),
            ("added token's rstrip", added(|token| token.rstrip)),
        ] {
            if set {
                return Err(TokenizerError::Part {
                    part,
                    found: "set".to_owned(),
                    expected: "none",
                });
            }
        }
        if !self.pre_tokenizer.use_regex {
            return Err(TokenizerError::Part {
                part: "pre_tokenizer",
                found: "without an expression".to_owned(),
                expected: "GPT-2's",
            });
        }
        Ok(())
    }

    /// Every token by its id, and the ids of the vocabulary by their tokens. Logits have a place for each
    /// number below the size of the vocabulary, and each is a token.
    fn tokens(&self) -> Result<(Vec<&str>, Ids<'_>), TokenizerError> {
        let Vocabulary(vocabulary) = &self.model.vocab;
        let mut ids = Ids::default();
        ids.reserve(vocabulary.len());
        ids.extend(vocabulary.iter().map(|(token, id)| (&**token, *id)));
        let added = self.added_tokens.iter();
        let added = added.map(|added| (&*added.content, added.id));
        let beyond = added.clone().filter(|(token, _)| !ids.contains_key(token));
        let all = vocabulary.iter().map(|(token, id)| (&**token, *id));
        let all: Vec<(&str, u32)> = all.chain(beyond).collect();
        let fault = TokenizerError::Ids { tokens: all.len() };
        let mut tokens = vec![None; all.len()];
        for (token, id) in all {
            match tokens.get_mut(id as usize) {
                Some(place @ None) => *place = Some(token),
                _ => return Err(fault),
            }
        }
        let contradicted = |(token, id)| ids.get(token).is_some_and(|&other| other != id);
        if ids.len() < vocabulary.len() || added.clone().any(contradicted) {
            return Err(fault);
        }
        Ok((tokens.into_iter().flatten().collect(), ids))
    }
}

fn tokens_of_bytes(ids: &Ids) -> Result<[u32; 256], TokenizerError> {
    let mut bytes = [0; 256];
    for (byte, id) in (0..=u8::MAX).zip(&mut bytes) {
        let letter = letter(byte);
        let found = ids.get(letter.encode_utf8(&mut [0; 4]) as &str);
        *id = *found.ok_or(TokenizerError::Byte(byte))?;
    }
    Ok(bytes)
}

impl Added<'_> {
    fn token(&self) -> AddedToken {
        AddedToken {
            id: self.id,
            content: self.content.to_string(),
            special: self.special,
            normalized: self.normalized,
        }
    }
}

/// A text of the file: where it stands, unless it has escapes.
#[derive(Clone)]
struct Text<'a>(Cow<'a, str>);

impl std::ops::Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// Tokens with their ids, in the order of the file.
struct Vocabulary<'a>(Vec<(Text<'a>, u32)>);

/// Two tokens that are joined to one.
struct Merge<'a>(Text<'a>, Text<'a>);

// Derived code would make a new text of each, and would read each merge as a value of any kind before it
// asks what it may be: with the tables of `tokenizers`, 75 ms of GPT-2's vocabulary (AMD Zen 3).

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(file: D) -> Result<Self, D::Error> {
        struct AsText;

        impl<'de> Visitor<'de> for AsText {
            type Value = Text<'de>;

            fn expecting(&self, told: &mut fmt::Formatter<'_>) -> fmt::Result {
                told.write_str("a text")
            }

            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }

        file.deserialize_str(AsText)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Vocabulary<'a> {
    fn deserialize<D: Deserializer<'de>>(file: D) -> Result<Self, D::Error> {
        struct AsMap;

        impl<'de> Visitor<'de> for AsMap {
            type Value = Vocabulary<'de>;

            fn expecting(&self, told: &mut fmt::Formatter<'_>) -> fmt::Result {
                told.write_str("tokens with their ids")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut tokens = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    tokens.push(entry);
                }
                Ok(Vocabulary(tokens))
            }
        }

        file.deserialize_map(AsMap)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Merge<'a> {
    /// From a pair, or, as older versions of the library write it, a text with a space in it.
    fn deserialize<D: Deserializer<'de>>(file: D) -> Result<Self, D::Error> {
        struct AsMerge;

        impl<'de> Visitor<'de> for AsMerge {
            type Value = Merge<'de>;

            fn expecting(&self, told: &mut fmt::Formatter<'_>) -> fmt::Result {
                told.write_str("two tokens")
            }

            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Merge<'de>, E> {
                let pair = text.split_once(' ');
                let pair = pair.map(|(left, right)| [left, right].map(Cow::Borrowed).map(Text));
                let [left, right] = pair.ok_or_else(|| {
                    let found = Unexpected::Str(text);
                    E::invalid_value(found, &self)
                })?;
                Ok(Merge(left, right))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Merge<'de>, E> {
                let pair = text.split_once(' ');
                let [left, right] = pair
                    .map(|(left, right)| [left, right].map(|token| Text(token.to_owned().into())))
                    .ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))?;
                Ok(Merge(left, right))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Merge<'de>, A::Error> {
                let mut next = |count| {
                    let token = seq.next_element()?;
                    token.ok_or_else(|| de::Error::invalid_length(count, &self))
                };
                Ok(Merge(next(0)?, next(1)?))
            }
        }

        file.deserialize_any(AsMerge)
    }
}
