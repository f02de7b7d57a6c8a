//! The model on the engine of this workspace, which needs no libtorch.

use anyhow::{Context as _, Result, anyhow};
use gpt2ro_engine::kernels::Precision;
use gpt2ro_engine::model::{Cached, Gpt2, LoadError, Options, Wanted};

use crate::deploy::Deploy;
use crate::model::{Logits, Model, Positions};
use crate::output::tell;

/// GPT-2 on the CPU, in any precision.
pub struct EngineModel {
    network: Gpt2,
    precision: Precision,
    end_of_text: u32,
}

impl EngineModel {
    /// Hold the sizes in the configuration of a deploy folder against its weights, without loading them.
    ///
    /// # Errors
    /// The weights are damaged or do not fit the configuration.
    pub fn check(deploy: &Deploy) -> Result<()> {
        let checked = Gpt2::check_file(&deploy.weights, &deploy.config.shape());
        checked.map_err(|error| load_failure(deploy, error))
    }

    /// Load the weights of a deploy folder; with `cache` from a file of packed weights beside them,
    /// which is written if it is not there.
    ///
    /// # Errors
    /// The weights are damaged or do not fit the configuration, or memory or threads are short.
    pub fn load(
        deploy: &Deploy,
        precision: Precision,
        threads: Option<usize>,
        cache: bool,
    ) -> Result<Self> {
        let options = Options {
            threads,
            ..Options::new(precision)
        };
        let network = if cache {
            load_cached(deploy, options)
        } else {
            Gpt2::load(&deploy.weights, deploy.config.shape(), options)
        };
        Ok(Self {
            network: network.map_err(|error| load_failure(deploy, error))?,
            precision,
            end_of_text: deploy.end_of_text,
        })
    }
}

/// If the cache cannot be written, in a read-only folder say, the next start is merely slow.
fn load_cached(deploy: &Deploy, options: Options) -> Result<Gpt2, LoadError> {
    let extension = format!("{}.packed", options.precision.name());
    let file = deploy.weights.with_extension(extension);
    let (network, cached) =
        Gpt2::load_cached(&deploy.weights, deploy.config.shape(), options, &file)?;
    if let Cached::NotWritten(error) = cached {
        let file = file.display();
        tell(&format!(
            "gpt2ro: {file}: cannot be written ({error}); the next start is as slow as this"
        ));
    }
    Ok(network)
}

/// The error with its remedy: damaged weights can be written again; more memory cannot.
fn load_failure(deploy: &Deploy, error: LoadError) -> anyhow::Error {
    let path = deploy.weights.display();
    match error {
        LoadError::Memory(_) | LoadError::Threads(_) => anyhow!("{path}: {error}"),
        _ => anyhow!("{path}: not the weights of this model ({error}); run the step convert again"),
    }
}

impl Model for EngineModel {
    fn vocabulary(&self) -> usize {
        self.network.shape().vocabulary
    }

    fn context(&self) -> usize {
        self.network.shape().context
    }

    fn end_of_text(&self) -> u32 {
        self.end_of_text
    }

    /// Sums of whole numbers are the same in any order.
    fn is_same_side_by_side(&self) -> bool {
        matches!(self.precision, Precision::Int8 | Precision::Int4)
    }

    fn reset(&mut self) {
        self.network.reset();
    }

    fn reserve(&mut self, tokens: usize) {
        self.network.reserve(tokens);
    }

    fn forward(&mut self, tokens: &[Vec<u32>], positions: Positions) -> Result<Logits<'_>> {
        let wanted = match positions {
            Positions::Last => Wanted::Last,
            Positions::All => Wanted::All,
        };
        let vocabulary = self.vocabulary();
        let values = self.network.forward(tokens, wanted).context("engine")?;
        Ok(Logits::new(values, vocabulary))
    }

    fn reorder(&mut self, parents: &[usize]) {
        self.network.reorder(parents);
    }
}
