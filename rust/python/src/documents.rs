//! Documents that only get their split; described in `gpt2ro/_native.pyi`.

use std::num::NonZeroUsize;

use gpt2ro_corpus::HeldOut;
use gpt2ro_corpus::documents::{Decision, Piece, decided};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::HASH_BYTES;

const TRAIN: &str = "train";

/// Finds documents that share n-grams with held-out ones.
#[pyclass(frozen, module = "gpt2ro._native")]
pub(crate) struct HeldOutIndex {
    held_out: HeldOut,
    has_any: Py<PyAny>,
}

#[pymethods]
impl HeldOutIndex {
    #[new]
    fn new(
        words: NonZeroUsize,
        count: usize,
        ngrams: &Bound<'_, PyAny>,
        has_any: Py<PyAny>,
    ) -> PyResult<Self> {
        let mut held_out = HeldOut::new(words, count);
        for bytes in ngrams.try_iter()? {
            for chunk in bytes?
                .cast::<PyBytes>()?
                .as_bytes()
                .chunks_exact(HASH_BYTES)
            {
                held_out.add(u64::from_le_bytes(chunk.try_into().expect("8 bytes")));
            }
        }
        Ok(Self { held_out, has_any })
    }

    fn has_any(&self, python: Python<'_>, text: &str) -> PyResult<bool> {
        python.detach(|| self.has_any_of(text))
    }
}

impl HeldOutIndex {
    fn has_any_of(&self, text: &str) -> PyResult<bool> {
        let candidates = self.held_out.candidates(text).into_iter();
        let candidates: Vec<u8> = candidates.flat_map(u64::to_le_bytes).collect();
        if candidates.is_empty() {
            return Ok(false);
        }
        Python::attach(|python| {
            let candidates = PyBytes::new(python, &candidates);
            self.has_any.call1(python, (candidates,))?.extract(python)
        })
    }
}

/// Lines, documents, bytes of their texts, and the line behind them.
type Documents<'py> = (
    Bound<'py, PyBytes>,
    usize,
    usize,
    Option<Bound<'py, PyBytes>>,
);

#[pyfunction]
pub(crate) fn with_splits<'py>(
    python: Python<'py>,
    block: &[u8],
    ids: Vec<String>,
    splits: Vec<Option<String>>,
    index: Option<PyRef<'_, HeldOutIndex>>,
) -> PyResult<Vec<Documents<'py>>> {
    let rows = ids.into_iter().zip(splits);
    let decisions: Vec<_> = rows.map(|(id, split)| Decision { id, split }).collect();
    let index = index.as_deref();
    let mut outcome = Ok(());
    let pieces = python.detach(|| {
        decided(block, &decisions, |text, split| {
            let index = index.filter(|_| split == TRAIN && outcome.is_ok());
            let has_any = index.map_or(Ok(false), |index| index.has_any_of(text));
            !has_any.unwrap_or_else(|error| {
                outcome = Err(error);
                true
            })
        })
    });
    outcome?;
    let documents = |piece: Piece| {
        (
            PyBytes::new(python, &piece.lines),
            piece.documents,
            piece.bytes,
            piece.other.map(|line| PyBytes::new(python, &line)),
        )
    };
    Ok(pieces.into_iter().map(documents).collect())
}
