//! Texts measured for the filters.

use gpt2ro_corpus::filter::{
    LineRemover as Remover, TextMeter as Meter, TextStatistics as Statistics, Vocabulary,
};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

#[pyfunction]
pub(crate) fn personal_lines(python: Python<'_>, text: &str) -> Vec<usize> {
    python.detach(|| gpt2ro_corpus::filter::personal_lines(text))
}

#[pyclass(frozen, module = "gpt2ro._native")]
pub(crate) struct LineRemover(Remover);

#[pymethods]
impl LineRemover {
    #[new]
    fn new(phrases: &str, max_characters: usize) -> PyResult<Self> {
        let remover = Remover::new(phrases, max_characters);
        remover
            .map(Self)
            .map_err(|error| PyValueError::new_err(error.to_string()))
    }

    fn is_phrase(&self, line: &str) -> bool {
        self.0.is_phrase(line)
    }

    fn without_phrases(&self, python: Python<'_>, text: &str) -> Option<String> {
        python.detach(|| self.0.without_phrases(text))
    }
}

#[pyclass(frozen, module = "gpt2ro._native")]
pub(crate) struct TextMeter(Meter);

#[pymethods]
impl TextMeter {
    #[new]
    fn new(
        native: Vec<String>,
        foreign: Vec<String>,
        stop: Vec<String>,
        letters: &str,
        native_letters: &str,
    ) -> Self {
        let vocabulary = Vocabulary::new(&native, &foreign, &stop, letters, native_letters);
        Self(Meter::new(vocabulary))
    }

    fn measure(&self, python: Python<'_>, text: &str) -> TextStatistics {
        python.detach(|| TextStatistics(self.0.measure(text)))
    }
}

#[pyclass(frozen, module = "gpt2ro._native")]
pub(crate) struct TextStatistics(Statistics);

#[pymethods]
impl TextStatistics {
    #[getter]
    fn letters(&self) -> f64 {
        self.0.letters
    }

    #[getter]
    fn alphabetic_words(&self) -> f64 {
        self.0.alphabetic_words
    }

    #[getter]
    fn word_length(&self) -> f64 {
        self.0.word_length
    }

    #[getter]
    fn lines_per_word(&self) -> f64 {
        self.0.lines_per_word
    }

    #[getter]
    fn lines(&self) -> usize {
        self.0.lines
    }

    #[getter]
    fn punctuated_lines(&self) -> f64 {
        self.0.punctuated_lines
    }

    #[getter]
    fn duplicate_lines(&self) -> f64 {
        self.0.duplicate_lines
    }

    #[getter]
    fn duplicate_characters(&self) -> f64 {
        self.0.duplicate_characters
    }

    #[getter]
    fn native_words(&self) -> f64 {
        self.0.native_words
    }

    #[getter]
    fn foreign_words(&self) -> f64 {
        self.0.foreign_words
    }

    #[getter]
    fn native_letters(&self) -> f64 {
        self.0.native_letters
    }

    #[getter]
    fn foreign_spellings(&self) -> f64 {
        self.0.foreign_spellings
    }

    #[getter]
    fn stop_words(&self) -> usize {
        self.0.stop_words
    }

    #[getter]
    fn top_ngrams(&self) -> Vec<f64> {
        self.0.top_ngrams.clone()
    }

    #[getter]
    fn repeated_ngrams(&self) -> Vec<f64> {
        self.0.repeated_ngrams.clone()
    }
}
