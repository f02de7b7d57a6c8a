//! Byte-level byte-pair encoding, as far as its merges are learned from text.
//!
//! Texts are cut into [`pieces`](gpt2ro_pretokenizer::pieces) as GPT-2 cuts them, the pieces are counted
//! ([`PieceCounts`]), and the [`merges`] are those that the library `tokenizers` learns from the same
//! texts. What is to be encoded are [`SplitTexts`].

mod counts;
mod learn;
mod sampled;
mod split;
mod tokens;

pub use counts::PieceCounts;
pub use learn::merges;
pub use sampled::{Draw, TrainDocuments};
pub use split::SplitTexts;
