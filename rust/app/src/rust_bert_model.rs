//! The model on libtorch, through rust-bert's GPT-2. Only its forward pass is used: its own
//! generation ignores temperatures under 1, compounds the repetition penalty, and masks
//! `<|endoftext|>` inside a prompt.

use std::path::Path;

use anyhow::{Context as _, Result, anyhow};
use rust_bert::Config as _;
use rust_bert::gpt2::{GPT2LMHeadModel, Gpt2Config};
use tch::{Device, Kind, Tensor, nn, no_grad};

use crate::deploy::Deploy;
use crate::model::{Logits, Model, Positions};

/// GPT-2 in float32 on the CPU.
pub struct RustBertModel {
    network: GPT2LMHeadModel,
    // Owns the weights that the network refers to.
    _weights: nn::VarStore,
    vocabulary: usize,
    context: usize,
    end_of_text: u32,
    // One tensor a layer; cache: (keys and values, sequences, heads, tokens, head size)
    cache: Option<Vec<Tensor>>,
}

impl RustBertModel {
    /// Load the weights of a deploy folder.
    ///
    /// # Errors
    /// The configuration or the weights are damaged or do not fit each other.
    pub fn load(deploy: &Deploy, threads: Option<usize>) -> Result<Self> {
        if let Some(threads) = threads {
            tch::set_num_threads(i32::try_from(threads)?);
        }
        let config = read_config(&deploy.config)?;
        let mut weights = nn::VarStore::new(Device::Cpu);
        let network = GPT2LMHeadModel::new(weights.root(), &config);
        weights.load(&deploy.weights).map_err(|error| damaged(&deploy.weights, &error))?;
        Ok(Self {
            network,
            _weights: weights,
            vocabulary: usize::try_from(config.vocab_size)?,
            context: usize::try_from(config.n_positions)?,
            end_of_text: deploy.end_of_text,
            cache: None,
        })
    }
}

fn read_config(path: &Path) -> Result<Gpt2Config> {
    // from_file panics on what it cannot read, so the file is tried first.
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    serde_json::from_str::<Gpt2Config>(&text)
        .with_context(|| format!("{}: not the configuration of a GPT-2; run the step convert again", path.display()))?;
    Ok(Gpt2Config::from_file(path))
}

fn damaged(path: &Path, error: &tch::TchError) -> anyhow::Error {
    let text = error.to_string();
    let first = text.lines().next().unwrap_or_default().to_owned();
    anyhow!(
        "{}: not the weights of this model ({first}); run the step convert again",
        path.display()
    )
}

impl Model for RustBertModel {
    fn vocabulary(&self) -> usize {
        self.vocabulary
    }

    fn context(&self) -> usize {
        self.context
    }

    fn end_of_text(&self) -> u32 {
        self.end_of_text
    }

    fn reset(&mut self) {
        self.cache = None;
    }

    fn forward(&mut self, tokens: &[Vec<u32>], positions: Positions) -> Result<Logits> {
        let sequences = i64::try_from(tokens.len())?;
        let ids: Vec<i64> = tokens.iter().flatten().map(|&id| i64::from(id)).collect();
        // ids: (sequences, tokens)
        let ids = Tensor::from_slice(&ids).view((sequences, -1));
        let output = no_grad(|| {
            self.network.forward_t(Some(&ids), self.cache.as_ref(), None, None, None, None, false)
        })
        .map_err(|error| anyhow!("rust-bert: {error}"))?;
        self.cache = match output.cache {
            rust_bert::pipelines::generation_utils::Cache::GPT2Cache(cache) => cache,
            _ => None,
        };
        // logits: (sequences, tokens, vocabulary)
        let logits = output.lm_logits;
        let wanted = match positions {
            Positions::All => logits,
            Positions::Last => logits.narrow(1, logits.size()[1] - 1, 1),
        };
        let values = Vec::<f32>::try_from(wanted.contiguous().view(-1).to_kind(Kind::Float))?;
        Ok(Logits::new(values, self.vocabulary))
    }

    fn reorder(&mut self, parents: &[usize]) {
        let parents: Vec<i64> = parents.iter().map(|&parent| parent as i64).collect();
        let parents = Tensor::from_slice(&parents);
        if let Some(cache) = &mut self.cache {
            for layer in cache {
                *layer = layer.index_select(1, &parents);
            }
        }
    }
}
