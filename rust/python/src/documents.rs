//! Documents with what was decided of them; described in `gpt2ro/_native.pyi`.

use std::num::NonZeroUsize;

use gpt2ro_corpus::documents::{Decision, Gone, LinedDocument, Piece, decided, lined};
use gpt2ro_corpus::{HeldOut, Words, without_held_out};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::HASH_BYTES;

const TRAIN: &str = "train";
const NUMBER_BYTES: usize = size_of::<u64>();

/// Finds documents that share n-grams with held-out ones.
#[pyclass(frozen, module = "gpt2ro._native")]
pub(crate) struct HeldOutIndex {
    held_out: HeldOut,
    are_known: Py<PyAny>,
}

#[pymethods]
impl HeldOutIndex {
    #[new]
    fn new(
        words: NonZeroUsize,
        count: usize,
        ngrams: &Bound<'_, PyAny>,
        are_known: Py<PyAny>,
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
        Ok(Self {
            held_out,
            are_known,
        })
    }

    fn has_any(&self, python: Python<'_>, text: &str) -> PyResult<bool> {
        python.detach(|| self.has_any_of(text))
    }

    fn without_shared(&self, python: Python<'_>, text: &str) -> PyResult<Option<(String, usize)>> {
        python.detach(|| without_held_out(text, &self.held_out, |ngrams| self.are_known(ngrams)))
    }
}

impl HeldOutIndex {
    fn has_any_of(&self, text: &str) -> PyResult<bool> {
        let candidates = self.held_out.candidates(&Words::folded(text));
        if candidates.is_empty() {
            return Ok(false);
        }
        let ngrams: Vec<u64> = candidates.into_iter().map(|(_, ngram)| ngram).collect();
        Ok(self.are_known(&ngrams)?.contains(&true))
    }

    fn are_known(&self, ngrams: &[u64]) -> PyResult<Vec<bool>> {
        let packed: Vec<u8> = ngrams
            .iter()
            .flat_map(|ngram| ngram.to_le_bytes())
            .collect();
        Python::attach(|python| {
            let flags = self
                .are_known
                .call1(python, (PyBytes::new(python, &packed),))?;
            let flags = flags.bind(python).cast::<PyBytes>()?.as_bytes();
            if flags.len() != ngrams.len() {
                return Err(PyValueError::new_err(format!(
                    "are_known: {} flags for {} n-grams, expected one for each",
                    flags.len(),
                    ngrams.len()
                )));
            }
            Ok(flags.iter().map(|flag| *flag != 0).collect())
        })
    }
}

/// Documents in a row with which all is done, and the line behind them.
#[pyclass(frozen, get_all, module = "gpt2ro._native")]
pub(crate) struct DecidedPiece {
    lines: Py<PyBytes>,
    documents: usize,
    bytes: usize,
    shortened: usize,
    gone: usize,
    gone_bytes: usize,
    other: Option<Py<PyBytes>>,
}

impl DecidedPiece {
    fn new(python: Python<'_>, piece: Piece) -> Self {
        let bytes = |bytes: Vec<u8>| PyBytes::new(python, &bytes).unbind();
        Self {
            lines: bytes(piece.lines),
            documents: piece.documents,
            bytes: piece.bytes,
            shortened: piece.shortened,
            gone: piece.gone,
            gone_bytes: piece.gone_bytes,
            other: piece.other.map(bytes),
        }
    }
}

#[pyfunction]
#[pyo3(signature = (block, ids, splits, /, *, index, gone, min_characters))]
pub(crate) fn decided_pieces(
    python: Python<'_>,
    block: &[u8],
    ids: Vec<String>,
    splits: Vec<Option<String>>,
    index: Option<PyRef<'_, HeldOutIndex>>,
    gone: &[u8],
    min_characters: usize,
) -> PyResult<Vec<DecidedPiece>> {
    let decisions = decisions(ids, splits);
    let index = index.as_deref();
    let gone = gone_lines(gone)?;
    let mut outcome = Ok(());
    let pieces = python.detach(|| {
        decided(block, &decisions, &gone, min_characters, |text, split| {
            let index = index.filter(|_| split == TRAIN && outcome.is_ok());
            let has_any = index.map_or(Ok(false), |index| index.has_any_of(text));
            !has_any.unwrap_or_else(|error| {
                outcome = Err(error);
                true
            })
        })
    });
    outcome?;
    let pieces = pieces.into_iter();
    Ok(pieces
        .map(|piece| DecidedPiece::new(python, piece))
        .collect())
}

/// Reads places of documents and lines, 8 bytes each.
fn gone_lines(packed: &[u8]) -> PyResult<Vec<Gone>> {
    let (numbers, rest) = packed.as_chunks::<NUMBER_BYTES>();
    let (pairs, odd) = numbers.as_chunks::<2>();
    if !rest.is_empty() || !odd.is_empty() {
        return Err(PyValueError::new_err(format!(
            "gone: {} bytes, expected a multiple of {}",
            packed.len(),
            2 * NUMBER_BYTES
        )));
    }
    let number = |bytes| usize::try_from(u64::from_le_bytes(bytes)).unwrap_or(usize::MAX);
    let gone = pairs.iter().map(|[document, line]| Gone {
        document: number(*document),
        line: number(*line),
    });
    Ok(gone.collect())
}

/// Keys, and of each document how many are its own, the bytes of its text, its source and its address.
type DocumentLines<'py> = (
    Bound<'py, PyBytes>,
    Vec<Option<(usize, usize, &'py str, Option<&'py str>)>>,
);

#[pyfunction]
pub(crate) fn document_lines<'py>(
    python: Python<'py>,
    block: &'py [u8],
    ids: Vec<String>,
    splits: Vec<Option<String>>,
    each_once: bool,
) -> DocumentLines<'py> {
    let decisions = decisions(ids, splits);
    let (keys, documents) = python.detach(|| {
        let found = lined(block, &decisions, each_once);
        let keys: Vec<u8> = found.keys.into_iter().flat_map(u64::to_le_bytes).collect();
        (keys, found.documents)
    });
    let known = |one: LinedDocument<'py>| (one.keys, one.bytes, one.source, one.url);
    let documents = documents.into_iter().map(|one| one.map(known)).collect();
    (PyBytes::new(python, &keys), documents)
}

fn decisions(ids: Vec<String>, splits: Vec<Option<String>>) -> Vec<Decision<String>> {
    let rows = ids.into_iter().zip(splits);
    rows.map(|(id, split)| Decision { id, split }).collect()
}
