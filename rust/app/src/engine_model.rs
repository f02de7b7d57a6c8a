//! The model on the engine of this workspace, which needs no libtorch.

use anyhow::{Context as _, Result, anyhow};
use gpt2ro_engine::kernels::Precision;
use gpt2ro_engine::model::{Gpt2, LoadError, Options, Shape, Wanted};

use crate::deploy::{Config, Deploy};
use crate::model::{Logits, Model, Positions};

/// GPT-2 on the CPU, in any precision.
pub struct EngineModel {
    network: Gpt2,
    end_of_text: u32,
}

impl EngineModel {
    /// Load the weights of a deploy folder.
    ///
    /// # Errors
    /// The weights are damaged or do not fit the configuration, or memory or threads are short.
    pub fn load(deploy: &Deploy, precision: Precision, threads: Option<usize>) -> Result<Self> {
        let options = Options {
            threads,
            ..Options::new(precision)
        };
        let network = Gpt2::load(&deploy.weights, shape(&deploy.config), options)
            .map_err(|error| told(deploy, error))?;
        Ok(Self {
            network,
            end_of_text: deploy.end_of_text,
        })
    }
}

fn shape(config: &Config) -> Shape {
    Shape {
        vocabulary: config.vocab_size,
        context: config.n_positions,
        width: config.n_embd,
        heads: config.n_head,
        layers: config.n_layer,
        epsilon: config.layer_norm_epsilon as f32,
    }
}

/// What is wrong with the weights can be mended by writing them again; a want of memory cannot.
fn told(deploy: &Deploy, error: LoadError) -> anyhow::Error {
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

    fn reset(&mut self) {
        self.network.reset();
    }

    fn forward(&mut self, tokens: &[Vec<u32>], positions: Positions) -> Result<Logits> {
        let wanted = match positions {
            Positions::Last => Wanted::Last,
            Positions::All => Wanted::All,
        };
        let values = self.network.forward(tokens, wanted).context("engine")?;
        Ok(Logits::new(values, self.vocabulary()))
    }

    fn reorder(&mut self, parents: &[usize]) {
        self.network.reorder(parents);
    }
}
