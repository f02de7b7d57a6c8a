//! Repairs Romanian texts, measures them for the filters (see [`filter`]) and finds their copies,
//! without reading or writing anything.
//!
//! A [`Repairer`] undoes what decoding, mark-up and lay-out did to a text.
//!
//! A [`clean::Cleaner`] does that, and judges, for whole blocks of documents.
//!
//! A text is reduced to its [`Words`], these to the hashes of their [`shingles`], and these to the
//! bands of a MinHash signature by a [`MinHasher`]. Texts that share a band may be near-duplicates;
//! [`jaccard`] of their shingles says how much they really have in common. Lines that many documents
//! of a site have are counted by their [`line_keys`], and taken out by [`without_lines`]. What they
//! share with [`HeldOut`] ones is found by longer shingles, and taken out by [`without_held_out`].
//!
//! The lines of a [`TextFile`] become documents, and so do the pages of a [`wiki`]. The merges of a vocabulary are learned by [`bpe`].

mod blocks;
pub mod bpe;
pub mod clean;
pub mod documents;
pub mod filter;
mod fold;
mod held_out;
mod jaccard;
mod lines;
mod minhash;
mod patterns;
mod repair;
mod sentences;
mod shingles;
mod text_files;
mod unicode;
pub mod wiki;
mod words;

pub use held_out::HeldOut;
pub use jaccard::{distinct, jaccard};
pub use lines::{NO_LINE, Paragraph, line_keys, paragraphs, without_lines};
pub use minhash::MinHasher;
pub use repair::lost as lost_letters;
pub use repair::{Gate, Kind, Kinds, Repaired, Repairer, Vocabulary};
pub use sentences::without_held_out;
pub use shingles::shingles;
pub use text_files::{Form, TextFile};
pub use words::Words;
