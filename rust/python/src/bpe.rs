use std::sync::{Mutex, MutexGuard};

use gpt2ro_corpus::bpe::{self, Draw, merges};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// The train documents of a part; the parts may be read side by side.
#[pyclass(frozen, module = "gpt2ro._native")]
pub(crate) struct TrainDocuments(Mutex<bpe::TrainDocuments>);

#[pymethods]
impl TrainDocuments {
    #[new]
    fn new(seed: u64, limit: Option<u64>, characters: usize, every: usize) -> Self {
        let draw = Draw { seed, limit };
        Self(Mutex::new(bpe::TrainDocuments::new(
            draw, characters, every,
        )))
    }

    fn add_block(&self, python: Python<'_>, block: &[u8]) -> usize {
        python.detach(|| self.inner().add_block(block))
    }

    fn add(&self, python: Python<'_>, text: &str) {
        python.detach(|| self.inner().add(text));
    }

    fn take_counts(&self, python: Python<'_>, others: &Self) {
        python.detach(|| {
            let counts = std::mem::take(&mut others.inner().counts);
            self.inner().counts.add_all(&counts);
        });
    }

    fn merges(
        &self,
        python: Python<'_>,
        tokens: usize,
        min_frequency: u64,
    ) -> Vec<(String, String)> {
        python.detach(|| merges(&self.inner().counts, tokens, min_frequency))
    }

    #[getter]
    fn documents(&self) -> usize {
        self.inner().documents
    }

    #[getter]
    fn bytes(&self) -> usize {
        self.inner().bytes
    }

    #[getter]
    fn beginning(&self) -> Vec<String> {
        self.inner().beginning.clone()
    }

    #[getter]
    fn everywhere(&self) -> Vec<String> {
        self.inner().everywhere.clone()
    }
}

impl TrainDocuments {
    fn inner(&self) -> MutexGuard<'_, bpe::TrainDocuments> {
        self.0.lock().expect("no thread has panicked")
    }
}

#[pyfunction]
pub(crate) fn pieces(text: &str) -> Vec<&str> {
    gpt2ro_pretokenizer::pieces(text).collect()
}

/// Texts, their splits, their words, and bytes of the lines that they are of.
type Split<'py> = (
    Vec<Bound<'py, PyBytes>>,
    Bound<'py, PyBytes>,
    Vec<usize>,
    usize,
);

#[pyfunction]
pub(crate) fn split_texts<'py>(python: Python<'py>, block: &[u8]) -> Split<'py> {
    let (found, done) = python.detach(|| bpe::SplitTexts::read(block));
    let mut start = 0;
    let text = |end: &usize| {
        let text = &found.texts.as_bytes()[start..*end];
        start = *end;
        PyBytes::new(python, text)
    };
    let texts = found.ends.iter().map(text).collect();
    (
        texts,
        PyBytes::new(python, &found.splits),
        found.words,
        done,
    )
}
