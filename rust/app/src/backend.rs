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
    /// rust-bert on libtorch: what the parity check of the workflow uses.
    RustBert,
}

/// How weights and activations are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Precision {
    /// As they were trained.
    Fp32,
    /// In one byte, with a scale a row or token: four times as fast to read, and not quite the same.
    Int8,
}

impl Precision {
    /// Bytes of one weight of a matrix; scales come on top, about a hundredth.
    #[must_use]
    pub const fn bytes_per_weight(self) -> f64 {
        match self {
            Self::Fp32 => 4.0,
            Self::Int8 => 1.0,
        }
    }
}

/// A backend and a precision that this binary can compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    backend: Backend,
    precision: Precision,
}

/// A choice that cannot be had: a usage error, which names what can.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ChoiceError {
    /// rust-bert computes in float32 only.
    #[error("--precision int8 needs --backend engine; rust-bert computes in fp32 only")]
    Precision,
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

impl Choice {
    /// Check what the flags ask for; without a backend it is rust-bert where that is built in.
    ///
    /// # Errors
    /// The binary has no such backend, or the backend no such precision.
    pub fn new(backend: Option<Backend>, precision: Precision) -> Result<Self, ChoiceError> {
        Self::among(Backend::BUILT, backend, precision)
    }

    fn among(
        built: &[Backend],
        backend: Option<Backend>,
        precision: Precision,
    ) -> Result<Self, ChoiceError> {
        let default = *built.first().ok_or(ChoiceError::None)?;
        let backend = backend.unwrap_or(default);
        if !built.contains(&backend) {
            let names: Vec<&str> = built.iter().map(|backend| backend.name()).collect();
            return Err(ChoiceError::NotBuilt(backend.name(), names.join(", ")));
        }
        if backend == Backend::RustBert && precision == Precision::Int8 {
            return Err(ChoiceError::Precision);
        }
        Ok(Self { backend, precision })
    }

    /// Load the model of a deploy folder.
    ///
    /// # Errors
    /// The folder's files are damaged.
    pub fn load(self, deploy: &Deploy, threads: Option<usize>) -> Result<Box<dyn Model>> {
        match self.backend {
            #[cfg(feature = "engine")]
            Backend::Engine => load_engine(deploy, self.precision, threads),
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
fn load_engine(
    deploy: &Deploy,
    precision: Precision,
    threads: Option<usize>,
) -> Result<Box<dyn Model>> {
    let precision = match precision {
        Precision::Fp32 => gpt2ro_engine::kernels::Precision::Fp32,
        Precision::Int8 => gpt2ro_engine::kernels::Precision::Int8,
    };
    let model = crate::engine_model::EngineModel::load(deploy, precision, threads)?;
    Ok(Box::new(model))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: [Backend; 2] = [Backend::RustBert, Backend::Engine];

    #[test]
    fn rust_bert_is_the_default_where_it_is_built() {
        let default = |built: &[Backend]| Choice::among(built, None, Precision::Fp32).unwrap();
        assert_eq!(default(&BOTH).backend, Backend::RustBert);
        assert_eq!(default(&[Backend::Engine]).backend, Backend::Engine);
    }

    #[test]
    fn int8_is_the_engine_s_alone() {
        let choose = |backend| Choice::among(&BOTH, backend, Precision::Int8);
        assert!(choose(Some(Backend::Engine)).is_ok());
        for backend in [None, Some(Backend::RustBert)] {
            assert_eq!(choose(backend), Err(ChoiceError::Precision));
        }
    }

    #[test]
    fn a_backend_that_is_not_built_is_told_with_those_that_are() {
        let choose = |built: &[Backend], backend| {
            Choice::among(built, backend, Precision::Fp32)
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
