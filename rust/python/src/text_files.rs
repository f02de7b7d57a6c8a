use std::sync::{Mutex, MutexGuard};

use gpt2ro_corpus::{self as corpus, Form};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// A text file whose lines become documents.
#[pyclass(frozen, module = "gpt2ro._native")]
pub(crate) struct TextFile(Mutex<corpus::TextFile>);

#[pymethods]
impl TextFile {
    #[new]
    fn new(
        blank_line: bool,
        trims: bool,
        max_characters: Option<usize>,
        head: Vec<u8>,
        number: usize,
        tail: Vec<u8>,
    ) -> Self {
        let form = Form {
            blank_line,
            trims,
            max_characters,
            head,
            tail,
        };
        Self(Mutex::new(corpus::TextFile::new(form, number)))
    }

    fn add<'py>(&self, python: Python<'py>, lines: &[u8]) -> Option<Bound<'py, PyBytes>> {
        let json = python.detach(|| {
            let lines = std::str::from_utf8(lines).ok()?;
            let mut json = Vec::new();
            self.inner().add(lines, &mut json);
            Some(json)
        });
        json.map(|json| PyBytes::new(python, &json))
    }

    fn end<'py>(&self, python: Python<'py>) -> Bound<'py, PyBytes> {
        let json = python.detach(|| {
            let mut json = Vec::new();
            self.inner().end(&mut json);
            json
        });
        PyBytes::new(python, &json)
    }

    #[getter]
    fn documents(&self) -> usize {
        self.inner().documents
    }

    #[getter]
    fn bytes(&self) -> usize {
        self.inner().bytes
    }
}

impl TextFile {
    fn inner(&self) -> MutexGuard<'_, corpus::TextFile> {
        self.0.lock().expect("no thread has panicked")
    }
}
