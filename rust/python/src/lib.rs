//! The Python module `gpt2ro._native`; its functions are described in `gpt2ro/_native.pyi`.
//!
//! Every function releases the interpreter lock while it works.

mod bpe;
mod clean;
mod documents;
mod filter;
mod repair;
mod text_files;
mod wiki;

use std::num::NonZeroUsize;

use gpt2ro_corpus::documents::texts;
use gpt2ro_corpus::{MinHasher, Words, distinct, jaccard, line_keys, paragraphs, shingles};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use xxhash_rust::xxh3::xxh3_128;

/// Bytes of a hash of a shingle.
const HASH_BYTES: usize = size_of::<u64>();

/// The columns of signatures, packed as Python wants them.
#[derive(Default)]
struct Signatures {
    ids: Vec<String>,
    hashes: Vec<u8>,
    characters: Vec<u8>,
    bands: Vec<u8>,
}

/// These columns, and bytes of the lines that they are of.
type SignedBlock<'py> = (
    Vec<String>,
    Bound<'py, PyBytes>,
    Bound<'py, PyBytes>,
    Bound<'py, PyBytes>,
    usize,
);

/// Computes what copies of a text are found by.
#[pyclass(frozen, module = "gpt2ro._native")]
struct Signer {
    fold: bool,
    shingle_words: NonZeroUsize,
    hasher: MinHasher,
}

#[pymethods]
impl Signer {
    #[new]
    fn new(fold: bool, shingle_words: NonZeroUsize, bands: usize, rows: NonZeroUsize) -> Self {
        Self {
            fold,
            shingle_words,
            hasher: MinHasher::new(bands, rows),
        }
    }

    fn signature<'py>(
        &self,
        python: Python<'py>,
        text: &str,
    ) -> (Bound<'py, PyBytes>, Bound<'py, PyBytes>) {
        let mut signed = Signatures::default();
        python.detach(|| self.sign(text, &mut signed));
        (
            PyBytes::new(python, &signed.hashes),
            PyBytes::new(python, &signed.bands),
        )
    }

    fn signatures<'py>(&self, python: Python<'py>, block: &[u8]) -> SignedBlock<'py> {
        let mut signed = Signatures::default();
        let done = python.detach(|| {
            texts(block, |id, text| {
                signed.ids.push(id.to_owned());
                self.sign(text, &mut signed);
            })
        });
        (
            signed.ids,
            PyBytes::new(python, &signed.hashes),
            PyBytes::new(python, &signed.characters),
            PyBytes::new(python, &signed.bands),
            done,
        )
    }

    fn shingles<'py>(&self, python: Python<'py>, text: &str) -> Bound<'py, PyBytes> {
        let bytes: Vec<u8> = python.detach(|| {
            let hashes = distinct(shingles(&self.words(text), self.shingle_words));
            hashes.into_iter().flat_map(u64::to_le_bytes).collect()
        });
        PyBytes::new(python, &bytes)
    }
}

impl Signer {
    /// Appends what is known of a text but its id.
    fn sign(&self, text: &str, to: &mut Signatures) {
        let words = self.words(text);
        let hash = xxh3_128(if self.fold { words.as_str() } else { text }.as_bytes());
        let characters = i32::try_from(text.chars().count()).expect("less than 2 GB");
        let bands = self.hasher.bands(&shingles(&words, self.shingle_words));
        to.hashes.extend_from_slice(&hash.to_be_bytes());
        to.characters.extend_from_slice(&characters.to_le_bytes());
        to.bands
            .extend(bands.into_iter().flat_map(u64::to_le_bytes));
    }

    fn words(&self, text: &str) -> Words {
        if self.fold {
            Words::folded(text)
        } else {
            Words::plain(text)
        }
    }
}

#[pyfunction]
fn fold(python: Python<'_>, text: &str) -> String {
    python.detach(|| Words::folded(text).as_str().to_owned())
}

#[pyfunction]
fn similarity(python: Python<'_>, left: &[u8], right: &[u8]) -> PyResult<f64> {
    if !left.len().is_multiple_of(HASH_BYTES) || !right.len().is_multiple_of(HASH_BYTES) {
        return Err(PyValueError::new_err(format!(
            "similarity: {} and {} bytes, expected multiples of {HASH_BYTES}, as shingles() gives",
            left.len(),
            right.len()
        )));
    }
    Ok(python.detach(|| jaccard(hashes(left), hashes(right))))
}

fn hashes(bytes: &[u8]) -> impl ExactSizeIterator<Item = u64> {
    let chunks = bytes.chunks_exact(HASH_BYTES);
    chunks.map(|chunk| u64::from_le_bytes(chunk.try_into().expect("a chunk of 8 bytes")))
}

#[pyfunction(name = "line_keys")]
fn packed_line_keys<'py>(python: Python<'py>, text: &str, site: u64) -> Bound<'py, PyBytes> {
    let bytes: Vec<u8> = python.detach(|| {
        let keys = line_keys(text, site);
        keys.into_iter().flat_map(u64::to_le_bytes).collect()
    });
    PyBytes::new(python, &bytes)
}

#[pyfunction(name = "paragraphs")]
fn packed_paragraphs<'py>(
    python: Python<'py>,
    text: &str,
    min_words: usize,
) -> Bound<'py, PyBytes> {
    let bytes: Vec<u8> = python.detach(|| {
        let found = paragraphs(text, min_words).into_iter();
        let numbers = found.flat_map(|one| [one.key, one.start as u64, one.stop as u64]);
        numbers.flat_map(u64::to_le_bytes).collect()
    });
    PyBytes::new(python, &bytes)
}

/// What the stages of the corpus need of Rust.
#[pymodule]
mod _native {
    #[pymodule_export]
    use super::bpe::{TrainDocuments, pieces, split_texts};
    #[pymodule_export]
    use super::clean::{CleanedBlock, Cleaner};
    #[pymodule_export]
    use super::documents::{DecidedPiece, HeldOutIndex, decided_pieces, document_lines};
    #[pymodule_export]
    use super::filter::{LineRemover, TextMeter, TextStatistics, personal_lines};
    #[pymodule_export]
    use super::repair::Repairer;
    #[pymodule_export]
    use super::text_files::TextFile;
    #[pymodule_export]
    use super::wiki::{WikitextPreparer, wiki_article};
    #[pymodule_export]
    use super::{Signer, fold, packed_line_keys, packed_paragraphs, similarity};
}
