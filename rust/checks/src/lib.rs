//! What must hold for any bytes that come from outside: no panic, and what the functions promise.
//!
//! A check takes the bytes of an input and panics if something does not hold. `cargo test` runs each
//! on the inputs in `inputs/`, of which those named `whole` are accepted; the fuzz targets of
//! `rust/fuzz` look for others.

mod archives;
mod blocks;
mod copies;
mod deploys;
mod filters;
mod folder;
mod lines;
mod merges;
mod packed;
mod passages;
mod repairs;
mod samplers;
mod streams;
// The archives that the tests of the engine write.
#[path = "../../engine/tests/support/mod.rs"]
mod support;
mod text_files;
mod wikis;
mod words;

pub use archives::{archive, pickle, whole_archive, whole_pickle};
pub use blocks::block;
pub use copies::copies;
pub use deploys::{config, manifest, tokenizer};
pub use filters::filter;
pub use lines::lines;
pub use merges::merges_of;
pub use packed::packed;
pub use passages::passages;
pub use repairs::repair;
pub use samplers::sampler;
pub use streams::stream;
pub use text_files::text_file;
pub use wikis::wiki;

/// A check of the bytes of an input; returns whether they were accepted as what they should be.
pub type Check = fn(&[u8]) -> bool;

/// Every check, by the name of its folder of inputs and of its fuzz target.
pub const CHECKS: [(&str, Check); 17] = [
    ("archive", archive),
    ("block", block),
    ("config", config),
    ("copies", copies),
    ("filter", filter),
    ("lines", lines),
    ("manifest", manifest),
    ("merges", merges_of),
    ("packed", packed),
    ("passages", passages),
    ("pickle", pickle),
    ("repair", repair),
    ("sampler", sampler),
    ("stream", stream),
    ("text_file", text_file),
    ("tokenizer", tokenizer),
    ("wiki", wiki),
];
