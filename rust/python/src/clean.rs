//! Documents repaired and judged by the block; described in `gpt2ro/_native.pyi`.

use std::collections::BTreeMap;
use std::sync::Arc;

use gpt2ro_corpus::clean::{Books, Cleaned, Helper};
use gpt2ro_corpus::filter::{Fault, Measure};
use gpt2ro_corpus::{Kind, Kinds};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::filter::{LineRemover, TextMeter};
use crate::repair::{Repairer, kind};

/// Cleans documents.
#[pyclass(frozen, module = "gpt2ro._native")]
pub(crate) struct Cleaner {
    cleaner: gpt2ro_corpus::clean::Cleaner,
    line_without_mojibake: Py<PyAny>,
    masked: Option<Py<PyAny>>,
    by_hand: Py<PyAny>,
}

#[pymethods]
impl Cleaner {
    /// The name under which documents are counted that lost boilerplate.
    #[classattr]
    #[pyo3(name = "BOILERPLATE")]
    fn boilerplate() -> &'static str {
        BOILERPLATE
    }

    #[new]
    #[pyo3(signature = (*, repairer, remover, masked, meter, min_characters, faults, by_hand))]
    #[expect(clippy::too_many_arguments, reason = "keywords in Python")]
    fn new(
        python: Python<'_>,
        repairer: PyRef<'_, Repairer>,
        remover: Option<PyRef<'_, LineRemover>>,
        masked: Option<Py<PyAny>>,
        meter: PyRef<'_, TextMeter>,
        min_characters: usize,
        faults: Vec<(String, String, f64, f64)>,
        by_hand: Py<PyAny>,
    ) -> PyResult<Self> {
        let faults = faults.into_iter().map(fault).collect::<PyResult<_>>()?;
        Ok(Self {
            cleaner: gpt2ro_corpus::clean::Cleaner {
                repairer: repairer.repairer.clone(),
                remover: remover.map(|remover| Arc::clone(&remover.0)),
                masks: masked.is_some(),
                meter: meter.0.clone(),
                min_characters,
                faults,
            },
            line_without_mojibake: repairer.line_without_mojibake.clone_ref(python),
            masked,
            by_hand,
        })
    }

    fn clean(&self, python: Python<'_>, block: &[u8]) -> PyResult<CleanedBlock> {
        let books = python.detach(|| self.cleaner.clean(block, &mut Caller(self)))?;
        Ok(CleanedBlock::new(python, books))
    }
}

fn fault((reason, name, low, high): (String, String, f64, f64)) -> PyResult<Fault> {
    let measure = Measure::named(&name)
        .ok_or_else(|| PyValueError::new_err(format!("Cleaner: unknown measure {name:?}")))?;
    Ok(Fault {
        reason,
        measure,
        low,
        high,
    })
}

/// Python, which does what Rust does not.
struct Caller<'cleaner>(&'cleaner Cleaner);

impl Helper for Caller<'_> {
    type Error = PyErr;

    fn line_without_mojibake(&mut self, line: &str) -> PyResult<String> {
        Python::attach(|python| {
            let function = &self.0.line_without_mojibake;
            function.call1(python, (line,))?.extract(python)
        })
    }

    fn masked(&mut self, text: &str) -> PyResult<String> {
        let function = self.0.masked.as_ref().expect("asked for only if given");
        Python::attach(|python| function.call1(python, (text,))?.extract(python))
    }

    fn by_hand(&mut self, line: &[u8], number: usize) -> PyResult<Cleaned> {
        let (line, reason, bytes, bytes_now, characters, names): ByHand =
            Python::attach(|python| {
                let line = PyBytes::new(python, line);
                self.0
                    .by_hand
                    .call1(python, (line, number))?
                    .extract(python)
            })?;
        let boilerplate = |name: &String| name == BOILERPLATE;
        let has_boilerplate = names.iter().any(boilerplate);
        let names = names.iter().filter(|name| !boilerplate(name));
        Ok(Cleaned {
            line,
            reason,
            bytes,
            bytes_now,
            characters,
            kinds: names.map(|name| kind(name)).collect::<PyResult<Kinds>>()?,
            has_boilerplate,
        })
    }
}

/// Line, reason, bytes before and after, characters, names of repairs.
type ByHand = (Vec<u8>, Option<String>, usize, usize, usize, Vec<String>);

/// The name under which documents are counted that lost boilerplate.
const BOILERPLATE: &str = "boilerplate lines";

/// What became of the documents of a block.
#[pyclass(frozen, get_all, module = "gpt2ro._native")]
pub(crate) struct CleanedBlock {
    kept: Py<PyBytes>,
    dropped: Py<PyBytes>,
    documents: usize,
    bytes: usize,
    kept_documents: usize,
    kept_bytes: usize,
    reasons: BTreeMap<String, (usize, usize)>,
    repairs: BTreeMap<&'static str, usize>,
    lengths: BTreeMap<usize, usize>,
}

impl CleanedBlock {
    fn new(python: Python<'_>, books: Books) -> Self {
        let reasons = books.reasons.into_iter();
        let repairs = Kind::ALL.map(Kind::name).into_iter().zip(books.repairs);
        let repairs = repairs.chain([(BOILERPLATE, books.boilerplate)]);
        let repairs = repairs.filter(|(_, count)| *count > 0);
        let lengths = books.lengths.into_iter().enumerate();
        Self {
            kept: PyBytes::new(python, &books.kept).unbind(),
            dropped: PyBytes::new(python, &books.dropped).unbind(),
            documents: books.documents,
            bytes: books.bytes,
            kept_documents: books.kept_documents,
            kept_bytes: books.kept_bytes,
            reasons: reasons
                .map(|(reason, dropped)| (reason, (dropped.documents, dropped.bytes)))
                .collect(),
            repairs: repairs.collect(),
            lengths: lengths.filter(|(_, count)| *count > 0).collect(),
        }
    }
}
