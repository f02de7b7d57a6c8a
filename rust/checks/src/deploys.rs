//! The folder that the workflow deploys: one that opens can be used.

use std::path::PathBuf;
use std::sync::LazyLock;

use gpt2ro::deploy::Deploy;
use gpt2ro::engine_model::EngineModel;
use gpt2ro::manifest::{MANIFEST, Reading, verify};
use gpt2ro::model::{Model as _, Positions};
use gpt2ro_engine::kernels::Precision;
use gpt2ro_engine::model::Shape;

use crate::archives::SHAPE;
use crate::folder::{file, written};
use crate::support::gpt2::random_tensors;
use crate::support::{Written, write_archive};

/// A tokenizer of all bytes and a few pieces of Romanian words.
pub(crate) const TOKENIZER: &[u8] = include_bytes!("../inputs/tokenizer/whole.json");
const CONFIG: &[u8] = include_bytes!("../inputs/config/whole.json");
/// Tokens of that tokenizer.
pub(crate) const VOCABULARY: usize = 262;
/// The folder's files.
const FILES: [&str; 5] = [
    "tokenizer.json",
    "config.json",
    "rust_model.ot",
    "vocab.json",
    "merges.txt",
];
const TEXT: &str = "Și-n țară, 3 câini!\n<|endoftext|> \u{fffd}";

static TENSORS: LazyLock<Vec<Written>> = LazyLock::new(|| {
    let shape = Shape {
        vocabulary: VOCABULARY,
        ..SHAPE
    };
    random_tensors(&shape, 2)
});

/// The bytes are `tokenizer.json`.
pub fn tokenizer(bytes: &[u8]) -> bool {
    let Some(deploy) = opened(bytes, CONFIG) else {
        return false;
    };
    let ids = deploy.encode(TEXT);
    let vocabulary = deploy.config.vocab_size;
    assert!(ids.iter().all(|&id| (id as usize) < vocabulary), "{ids:?}");
    assert!((deploy.end_of_text as usize) < vocabulary);
    let mut stream = gpt2ro::text::TextStream::new(&deploy.tokenizer);
    let mut text: String = ids.iter().map(|&id| stream.push(id)).collect();
    text.push_str(&stream.finish());
    assert_eq!(text, deploy.tokenizer.decode(&ids));
    true
}

/// The bytes are `config.json`: what it says of the weights must be true of them.
pub fn config(bytes: &[u8]) -> bool {
    let Some(deploy) = opened(TOKENIZER, bytes) else {
        return false;
    };
    assert_eq!(deploy.config.vocab_size, VOCABULARY);
    write_archive(&deploy.weights, &TENSORS);
    let Ok(mut model) = EngineModel::load(&deploy, Precision::Fp32, Some(1), false) else {
        return false;
    };
    assert_eq!(
        (model.vocabulary(), model.context()),
        (VOCABULARY, SHAPE.context)
    );
    let logits = model.forward(&[vec![0, 1]], Positions::All);
    let logits = logits.expect("two tokens of the vocabulary");
    assert_eq!(logits.values().len(), 2 * VOCABULARY);
    true
}

/// The bytes are `MANIFEST.json`: it is held against the files of the folder.
pub fn manifest(bytes: &[u8]) -> bool {
    write_folder(TOKENIZER, CONFIG);
    written(MANIFEST, bytes);
    let verified = verify(&folder(), &FILES, Reading::Whole).is_ok();
    if verified {
        let text = String::from_utf8_lossy(bytes);
        assert!(text.contains("\"files\"") || text.contains('\\'), "{text}");
    }
    std::fs::remove_file(file(MANIFEST)).expect("it was just written");
    verified
}

fn opened(tokenizer: &[u8], config: &[u8]) -> Option<Deploy> {
    write_folder(tokenizer, config);
    Deploy::open(&folder(), None).ok()
}

fn folder() -> PathBuf {
    file("")
}

fn write_folder(tokenizer: &[u8], config: &[u8]) {
    written("tokenizer.json", tokenizer);
    written("config.json", config);
    for name in &FILES[2..] {
        if !file(name).exists() {
            written(name, b"");
        }
    }
}
