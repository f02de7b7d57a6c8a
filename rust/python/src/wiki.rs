//! Pages of a wiki; described in `gpt2ro/_native.pyi`.

use std::collections::HashSet;

use gpt2ro_corpus::wiki::{Preparer, article, escaped};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// Prepares the pages of a wiki for wikiextractor.
#[pyclass(frozen, module = "gpt2ro._native")]
pub(crate) struct WikitextPreparer(Preparer);

#[pymethods]
impl WikitextPreparer {
    #[new]
    fn new(namespaces: HashSet<String>) -> Self {
        Self(Preparer::new(namespaces))
    }

    fn prepared<'py>(&self, python: Python<'py>, text: &str) -> Bound<'py, PyBytes> {
        let xml = python.detach(|| escaped(&self.0.prepared(text)));
        PyBytes::new(python, xml.as_bytes())
    }
}

#[pyfunction]
pub(crate) fn wiki_article(python: Python<'_>, text: &str, keep_headings: bool) -> String {
    python.detach(|| article(text, keep_headings))
}
