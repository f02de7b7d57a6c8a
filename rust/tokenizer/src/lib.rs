//! Byte-level byte-pair encoding as GPT-2 has it: text to ids and back, by what `tokenizer.json` says.
//!
//! A [`Tokenizer`] takes special tokens out of a text, cuts the rest into
//! [`pieces`](gpt2ro_pretokenizer::pieces), and merges the bytes of each piece. Its ids are those of the
//! library `tokenizers`, which writes the file; it is read in a fifth of the library's time, so that a
//! program that writes a few words need not wait for it.

mod added;
mod file;
mod merges;
mod tokenizer;

pub use file::TokenizerError;
pub use tokenizer::{SpecialTokens, Tokenizer};
