//! Which implementation computes the model, and with what precision.

use anyhow::Result;
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

/// A backend and a precision that this binary can compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    backend: Backend,
    precision: Precision,
    cache: bool,
}

/// A choice that this binary cannot compute: a usage error, which names what it can.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ChoiceError {
    /// rust-bert computes in float32 only.
    #[error("--precision {0} needs --backend engine; rust-bert computes in fp32 only")]
    Precision(&'static str),
    /// rust-bert loads the weights as they are.
    #[error("--cache needs --backend engine; rust-bert packs no weights")]
    Cache,
    /// The binary was built without any backend.
    #[error("this binary was built without a backend; build it with --features engine")]
    None,
    /// The binary was built without this backend.
    #[error("this binary was built without the backend {0}; it has {1}")]
    NotBuilt(&'static str, String),
}

impl Backend {
    /// The backends of this binary, the default one first.
    const BUILT: &'static [Self] = &[
        #[cfg(feature = "rust-bert")]
        Self::RustBert,
        #[cfg(feature = "engine")]
        Self::Engine,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Engine => "engine",
            Self::RustBert => "rust-bert",
        }
    }
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
    /// Check what the flags ask for; without a backend it is rust-bert where that is built in.
    ///
    /// # Errors
    /// The binary has no such backend, or the backend no such precision.
    pub fn new(
        backend: Option<Backend>,
        precision: Precision,
        cache: bool,
    ) -> Result<Self, ChoiceError> {
        Self::among(Backend::BUILT, backend, precision, cache)
    }

    fn among(
        built: &[Backend],
        backend: Option<Backend>,
        precision: Precision,
        cache: bool,
    ) -> Result<Self, ChoiceError> {
        let default = *built.first().ok_or(ChoiceError::None)?;
        let backend = backend.unwrap_or(default);
        if !built.contains(&backend) {
            let names: Vec<&str> = built.iter().map(|backend| backend.name()).collect();
            return Err(ChoiceError::NotBuilt(backend.name(), names.join(", ")));
        }
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

    /// Load the model of a deploy folder.
    ///
    /// # Errors
    /// The folder's files are damaged.
    pub fn load(self, deploy: &Deploy, threads: Option<usize>) -> Result<Box<dyn Model>> {
        match self.backend {
            #[cfg(feature = "engine")]
            Backend::Engine => load_engine(self, deploy, threads),
            #[cfg(feature = "rust-bert")]
            Backend::RustBert => Ok(Box::new(crate::rust_bert_model::RustBertModel::load(
                deploy, threads,
            )?)),
            #[allow(unreachable_patterns)] // with both features
            _ => unreachable!("a choice is among what is built"),
        }
    }
}

#[cfg(feature = "engine")]
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

    const BOTH: [Backend; 2] = [Backend::RustBert, Backend::Engine];

    #[test]
    fn rust_bert_is_the_default_where_it_is_built() {
        let default =
            |built: &[Backend]| Choice::among(built, None, Precision::Fp32, false).unwrap();
        assert_eq!(default(&BOTH).backend, Backend::RustBert);
        assert_eq!(default(&[Backend::Engine]).backend, Backend::Engine);
    }

    #[test]
    fn rounded_precisions_are_the_engine_s_alone() {
        for precision in [Precision::Bf16, Precision::Int8, Precision::Int4] {
            let choose = |backend| Choice::among(&BOTH, backend, precision, false);
            assert!(choose(Some(Backend::Engine)).is_ok());
            for backend in [None, Some(Backend::RustBert)] {
                assert_eq!(
                    choose(backend),
                    Err(ChoiceError::Precision(precision.name()))
                );
            }
        }
    }

    #[test]
    fn a_cache_is_the_engine_s_alone() {
        let choose = |backend| Choice::among(&BOTH, Some(backend), Precision::Fp32, true);
        assert!(choose(Backend::Engine).is_ok());
        assert_eq!(choose(Backend::RustBert), Err(ChoiceError::Cache));
    }

    #[test]
    fn a_backend_that_is_not_built_is_told_with_those_that_are() {
        let choose = |built: &[Backend], backend| {
            Choice::among(built, backend, Precision::Fp32, false)
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            choose(&[Backend::Engine], Some(Backend::RustBert)),
            "this binary was built without the backend rust-bert; it has engine"
        );
        assert!(choose(&[], None).contains("built without a backend"));
    }
}
