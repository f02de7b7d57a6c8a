//! Which implementation computes the model, and with what precision.

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context as _, Result, ensure};
use clap::ValueEnum;
use thiserror::Error;

use crate::deploy::Deploy;
use crate::model::Model;

/// The implementations, by the names of the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Backend {
    /// The engine of this workspace, without libtorch.
    Engine,
    /// rust-bert on libtorch.
    RustBert,
}

/// How weights and activations are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Precision {
    /// As they were trained.
    Fp32,
    /// bfloat16: half the memory of fp32, and nearly the same results.
    Bf16,
    /// A byte each, with a scale for each row or token: a quarter of the memory, slightly other results.
    Int8,
    /// Layers in 4 bits, with a scale for each 32 weights; the output head and activations in int8.
    Int4,
}

/// A backend, and a precision that it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    backend: Backend,
    precision: Precision,
    cache: bool,
}

/// A choice that no backend can compute: a usage error, which names the one to choose.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ChoiceError {
    /// rust-bert computes in float32 only.
    #[error("--precision {0} needs --backend engine; rust-bert computes in fp32 only")]
    Precision(&'static str),
    /// rust-bert loads the weights as they are.
    #[error("--cache needs --backend engine; rust-bert packs no weights")]
    Cache,
}

/// Loads a model on rust-bert, with so many threads.
pub type LoadRustBert = fn(&Deploy, Option<usize>) -> Result<Box<dyn Model>>;

/// Set by the program that has rust-bert.
static RUST_BERT: OnceLock<LoadRustBert> = OnceLock::new();
/// That program, which stands beside this one.
const RUST_BERT_PROGRAM: &str = "gpt2ro-rust-bert";

/// Have this process compute with rust-bert too.
pub fn provide_rust_bert(load: LoadRustBert) {
    RUST_BERT.get_or_init(|| load);
}

impl Precision {
    /// Bytes of one weight of a layer's matrix, and of one of the output head, with their scales where
    /// those are more than a hundredth.
    #[must_use]
    pub const fn bytes_per_weight(self) -> (f64, f64) {
        match self {
            Self::Fp32 => (4.0, 4.0),
            Self::Bf16 => (2.0, 2.0),
            Self::Int8 => (1.0, 1.0),
            // A float32 for each 32 weights of 4 bits; the head is in int8.
            Self::Int4 => (0.625, 1.0),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Fp32 => "fp32",
            Self::Bf16 => "bf16",
            Self::Int8 => "int8",
            Self::Int4 => "int4",
        }
    }
}

impl Choice {
    /// Check what the flags ask for.
    ///
    /// # Errors
    /// The backend has no such precision, or no cache.
    pub fn new(backend: Backend, precision: Precision, cache: bool) -> Result<Self, ChoiceError> {
        if backend == Backend::RustBert && precision != Precision::Fp32 {
            return Err(ChoiceError::Precision(precision.name()));
        }
        if backend == Backend::RustBert && cache {
            return Err(ChoiceError::Cache);
        }
        Ok(Self {
            backend,
            precision,
            cache,
        })
    }

    /// Become the program beside this one, with the same arguments, if only that has the backend.
    ///
    /// # Errors
    /// It is not there, or cannot be started.
    pub fn hand_over(self) -> Result<()> {
        if self.backend == Backend::Engine || RUST_BERT.get().is_some() {
            return Ok(());
        }
        let program = std::env::current_exe()?.with_file_name(RUST_BERT_PROGRAM);
        ensure!(
            program.is_file(),
            "{}: not found; --backend rust-bert needs it, which the step rust builds beside gpt2ro; \
             --backend engine needs nothing",
            program.display()
        );
        become_program(&program)
            .with_context(|| format!("{}: cannot be started", program.display()))
    }

    /// Load the model of a deploy folder.
    ///
    /// # Errors
    /// The folder's files are damaged.
    pub fn load(self, deploy: &Deploy, threads: Option<usize>) -> Result<Box<dyn Model>> {
        match self.backend {
            Backend::Engine => load_engine(self, deploy, threads),
            Backend::RustBert => {
                let load = RUST_BERT.get().context("this program has no rust-bert")?;
                load(deploy, threads)
            }
        }
    }
}

/// Run a program with this one's arguments, in its place.
#[cfg(unix)]
fn become_program(program: &Path) -> std::io::Result<()> {
    use std::os::unix::process::CommandExt as _;
    let mut arguments = std::env::args_os();
    let name = arguments.next().unwrap_or_default();
    Err(Command::new(program).arg0(name).args(arguments).exec())
}

#[cfg(not(unix))]
fn become_program(program: &Path) -> std::io::Result<()> {
    let status = Command::new(program)
        .args(std::env::args_os().skip(1))
        .status()?;
    std::process::exit(status.code().unwrap_or(crate::FAILURE.into()))
}

fn load_engine(choice: Choice, deploy: &Deploy, threads: Option<usize>) -> Result<Box<dyn Model>> {
    let precision = match choice.precision {
        Precision::Fp32 => gpt2ro_engine::kernels::Precision::Fp32,
        Precision::Bf16 => gpt2ro_engine::kernels::Precision::Bf16,
        Precision::Int8 => gpt2ro_engine::kernels::Precision::Int8,
        Precision::Int4 => gpt2ro_engine::kernels::Precision::Int4,
    };
    let model = crate::engine_model::EngineModel::load(deploy, precision, threads, choice.cache)?;
    Ok(Box::new(model))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounded_precisions_are_the_engine_s_alone() {
        for precision in [Precision::Bf16, Precision::Int8, Precision::Int4] {
            let choose = |backend| Choice::new(backend, precision, false);
            assert!(choose(Backend::Engine).is_ok());
            let told = ChoiceError::Precision(precision.name());
            assert_eq!(choose(Backend::RustBert), Err(told));
        }
    }

    #[test]
    fn a_cache_is_the_engine_s_alone() {
        let choose = |backend| Choice::new(backend, Precision::Fp32, true);
        assert!(choose(Backend::Engine).is_ok());
        assert_eq!(choose(Backend::RustBert), Err(ChoiceError::Cache));
    }
}
