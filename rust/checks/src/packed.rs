//! The file of packed weights: one that is not exactly right is as good as none.

use gpt2ro_engine::kernels::Precision;
use gpt2ro_engine::model::{Cached, Gpt2, Options};
use xxhash_rust::xxh3::xxh3_64;

use crate::archives::{SHAPE, compute, model};
use crate::folder::file;

/// Bytes before the weights, as `packed_file.rs` of the engine says.
const HEADER: usize = 4_096;
/// Where the checksum of the weights stands.
const CHECKSUM: usize = 9 * 8;
/// Bytes of an edit: a place and what is put there.
const EDIT: usize = 3;

/// The bytes are a precision, a length and edits of the file that was written before.
///
/// An odd length-byte gives the edited file a checksum that fits, so that the weights are taken.
pub fn packed(bytes: &[u8]) -> bool {
    let [precision, forged, cut, edits @ ..] = bytes else {
        return false;
    };
    let precision = Precision::ALL[usize::from(*precision) % Precision::ALL.len()];
    let (expected, whole) = fresh(precision);
    let mut edited = whole.clone();
    for edit in edits.chunks_exact(EDIT) {
        let place = usize::from(u16::from_le_bytes([edit[0], edit[1]])) % edited.len();
        edited[place] = edit[2];
    }
    edited.truncate(edited.len() - usize::from(*cut).min(edited.len()));
    if forged % 2 == 1 && edited.len() > HEADER {
        // Of one piece: its hash is hashed again.
        let checksum = xxh3_64(&xxh3_64(&edited[HEADER..]).to_le_bytes());
        edited[CHECKSUM..][..8].copy_from_slice(&checksum.to_le_bytes());
    }
    let path = file("model.packed");
    std::fs::write(&path, &edited).expect("the folder can be written");
    let (mut found, cached) = load(precision);
    let logits = compute(&mut found);
    match &cached {
        Cached::Read => {
            assert_eq!(edited[..CHECKSUM], whole[..CHECKSUM]);
            assert_eq!(edited.len(), whole.len());
            assert!(edited[HEADER..] != whole[HEADER..] || logits == expected);
        }
        Cached::Written => {
            assert_ne!(edited, whole, "a file in order was not read");
            assert_eq!(logits, expected);
            assert!(std::fs::read(&path).is_ok_and(|written| written == whole));
        }
        Cached::NotWritten(error) => panic!("{error}"),
    }
    matches!(cached, Cached::Read)
}

/// The logits of the model without a file, and the file that it writes.
fn fresh(precision: Precision) -> (Vec<u32>, Vec<u8>) {
    let path = file("model.packed");
    let _ = std::fs::remove_file(&path);
    let (mut model, cached) = load(precision);
    assert!(matches!(cached, Cached::Written), "{cached:?}");
    let whole = std::fs::read(path).expect("it was just written");
    (compute(&mut model), whole)
}

fn load(precision: Precision) -> (Gpt2, Cached) {
    let options = Options {
        threads: Some(1),
        ..Options::new(precision)
    };
    let loaded = Gpt2::load_cached(&model(), SHAPE, options, &file("model.packed"));
    loaded.expect("the model is whole")
}
