//! Repairs of texts; described in `gpt2ro/_native.pyi`.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use gpt2ro_corpus::{Gate, Kind, Kinds, Repaired, Vocabulary};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyString;

/// Repairs texts.
#[pyclass(frozen, module = "gpt2ro._native")]
pub(crate) struct Repairer {
    pub(crate) repairer: Arc<gpt2ro_corpus::Repairer>,
    pub(crate) line_without_mojibake: Py<PyAny>,
}

#[pymethods]
impl Repairer {
    /// The names of all kinds of repair, in order.
    #[classattr]
    #[pyo3(name = "KINDS")]
    fn kinds() -> Vec<&'static str> {
        Kind::ALL.map(Kind::name).into()
    }

    #[new]
    #[pyo3(signature = (*, kinds, entities, romanian_words, foreign_words, line_without_mojibake,
        mojibake_beside, mojibake_alone, mojibake_behind_quotes, mojibake_lines))]
    #[expect(clippy::too_many_arguments, reason = "keywords in Python")]
    fn new(
        kinds: Vec<String>,
        entities: HashMap<String, String>,
        romanian_words: HashSet<String>,
        foreign_words: HashSet<String>,
        line_without_mojibake: Py<PyAny>,
        mojibake_beside: String,
        mojibake_alone: String,
        mojibake_behind_quotes: String,
        mojibake_lines: String,
    ) -> PyResult<Self> {
        let enabled = kinds
            .iter()
            .map(|name| kind(name))
            .collect::<PyResult<Kinds>>()?;
        let gate = Gate {
            ruled: mojibake_beside,
            alone: mojibake_alone,
            doomed: mojibake_behind_quotes,
            lines: mojibake_lines,
        };
        let vocabulary = Vocabulary {
            romanian: romanian_words,
            foreign: foreign_words,
        };
        let repairer = gpt2ro_corpus::Repairer::new(enabled, &gate, entities, vocabulary);
        let repairer = repairer.map_err(|error| {
            PyValueError::new_err(format!("Repairer: mojibake_lines is not valid: {error}"))
        })?;
        Ok(Self {
            repairer: Arc::new(repairer),
            line_without_mojibake,
        })
    }

    fn repair<'py>(
        &self,
        python: Python<'py>,
        text: &Bound<'py, PyString>,
    ) -> PyResult<(Bound<'py, PyString>, Vec<&'static str>)> {
        let before = text.to_str()?;
        let repaired = python.detach(|| {
            self.repairer.repair(before, |line| {
                Python::attach(|python| {
                    self.line_without_mojibake
                        .call1(python, (line,))?
                        .extract(python)
                })
            })
        })?;
        Ok(match repaired {
            Some(Repaired { text, kinds }) => (
                PyString::new(python, &text),
                kinds.iter().map(Kind::name).collect(),
            ),
            None => (text.clone(), Vec::new()),
        })
    }
}

pub(crate) fn kind(name: &str) -> PyResult<Kind> {
    let kind = Kind::ALL.into_iter().find(|kind| kind.name() == name);
    kind.ok_or_else(|| {
        PyValueError::new_err(format!(
            "Repairer: unknown kind {name:?}; KINDS has them all"
        ))
    })
}
