//! Texts measured for the filters.

use std::sync::Arc;

use gpt2ro_corpus::filter::{
    LineRemover as Remover, TextMeter as Meter, TextStatistics as Statistics, Vocabulary,
};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

#[pyfunction]
pub(crate) fn personal_lines(python: Python<'_>, text: &str) -> Vec<usize> {
    python.detach(|| gpt2ro_corpus::filter::personal_lines(text))
}

/// Phrases, their sign, its marks, and the most characters of a line.
type Signed = (String, String, Vec<String>, usize);

#[pyclass(frozen, module = "gpt2ro._native")]
pub(crate) struct LineRemover(pub(crate) Arc<Remover>);

#[pymethods]
impl LineRemover {
    #[new]
    #[pyo3(signature = (phrases, max_characters, signed = Vec::new(), begins = None))]
    fn new(
        phrases: &str,
        max_characters: usize,
        signed: Vec<Signed>,
        begins: Option<(String, Vec<String>)>,
    ) -> PyResult<Self> {
        let remover = Remover::new(phrases, max_characters).map(|remover| match begins {
            Some((edges, heads)) => remover.beginning_with(&edges, &heads),
            None => remover,
        });
        let mut signed = signed.into_iter();
        let or = |all: Remover, (one, sign, marks, most): Signed| all.or(&one, &sign, &marks, most);
        remover
            .and_then(|remover| signed.try_fold(remover, or))
            .map(|remover| Self(Arc::new(remover)))
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
pub(crate) struct TextMeter(pub(crate) Meter);

#[pymethods]
impl TextMeter {
    #[new]
    fn new(
        native: Vec<String>,
        foreign: Vec<String>,
        damaged: Vec<String>,
        stop: Vec<String>,
        letters: &str,
        native_letters: &str,
    ) -> Self {
        let vocabulary =
            Vocabulary::new(&native, &foreign, &damaged, &stop, letters, native_letters);
        Self(Meter::new(vocabulary))
    }

    fn measure(&self, python: Python<'_>, text: &str) -> TextStatistics {
        python.detach(|| self.0.measure(text)).into()
    }
}

#[pyclass(frozen, get_all, module = "gpt2ro._native")]
pub(crate) struct TextStatistics {
    letters: f64,
    alphabetic_words: f64,
    word_length: f64,
    lines: usize,
    lines_per_word: f64,
    punctuated_lines: f64,
    punctuated_list: f64,
    duplicate_lines: f64,
    duplicate_characters: f64,
    native_words: f64,
    foreign_words: f64,
    native_letters: f64,
    foreign_spellings: f64,
    damaged_words: f64,
    language_score: f64,
    stop_words: usize,
    top_2gram: f64,
    top_3gram: f64,
    top_4gram: f64,
    repeated_5grams: f64,
    repeated_6grams: f64,
    repeated_7grams: f64,
    repeated_8grams: f64,
    repeated_9grams: f64,
    repeated_10grams: f64,
}

impl From<Statistics> for TextStatistics {
    fn from(text: Statistics) -> Self {
        let [top_2gram, top_3gram, top_4gram] = text.top_ngrams;
        let [five, six, seven, eight, nine, ten] = text.repeated_ngrams;
        Self {
            letters: text.letters,
            alphabetic_words: text.alphabetic_words,
            word_length: text.word_length,
            lines: text.lines,
            lines_per_word: text.lines_per_word,
            punctuated_lines: text.punctuated_lines,
            punctuated_list: text.punctuated_list,
            duplicate_lines: text.duplicate_lines,
            duplicate_characters: text.duplicate_characters,
            native_words: text.native_words,
            foreign_words: text.foreign_words,
            native_letters: text.native_letters,
            foreign_spellings: text.foreign_spellings,
            damaged_words: text.damaged_words,
            language_score: text.language_score,
            stop_words: text.stop_words,
            top_2gram,
            top_3gram,
            top_4gram,
            repeated_5grams: five,
            repeated_6grams: six,
            repeated_7grams: seven,
            repeated_8grams: eight,
            repeated_9grams: nine,
            repeated_10grams: ten,
        }
    }
}
