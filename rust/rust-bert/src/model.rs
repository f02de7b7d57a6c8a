//! The model on libtorch, through rust-bert's GPT-2. Only its forward pass is used: its own
//! generation ignores temperatures under 1, compounds the repetition penalty, and masks
//! `<|endoftext|>` inside a prompt.

use std::path::Path;

use anyhow::{Result, anyhow};
use gpt2ro::deploy::Deploy;
use gpt2ro::model::{Logits, Model, Positions};
use gpt2ro_engine::model::Config;
use rust_bert::gpt2::{Gpt2Config, Gpt2Model};
use tch::{Device, Kind, Tensor, nn, no_grad};

/// Load the weights of a deploy folder.
///
/// # Errors
/// The weights are damaged or do not fit the configuration.
pub fn load(deploy: &Deploy, threads: Option<usize>) -> Result<Box<dyn Model>> {
    Ok(Box::new(RustBertModel::load(deploy, threads)?))
}

/// GPT-2 in float32 on the CPU.
struct RustBertModel {
    network: Gpt2Model,
    // The output head is the token embedding; head: (vocabulary, width)
    head: Tensor,
    // Owns the weights that the network refers to.
    _weights: nn::VarStore,
    vocabulary: usize,
    context: usize,
    end_of_text: u32,
    // One tensor a layer; cache: (keys and values, sequences, heads, tokens, head size)
    cache: Option<Vec<Tensor>>,
}

impl RustBertModel {
    fn load(deploy: &Deploy, threads: Option<usize>) -> Result<Self> {
        if let Some(threads) = threads {
            tch::set_num_threads(i32::try_from(threads)?);
        }
        let mut weights = nn::VarStore::new(Device::Cpu);
        let network = Gpt2Model::new(weights.root(), &rust_bert_config(&deploy.config)?);
        weights
            .load(&deploy.weights)
            .map_err(|error| damaged(&deploy.weights, &error))?;
        // tch takes over the file's precision; in float16 every step would be rounded.
        weights.float();
        let head = (weights.root() / "transformer" / "wte").get("weight");
        Ok(Self {
            network,
            head: head.expect("Gpt2Model::new has made it"),
            _weights: weights,
            vocabulary: deploy.config.vocab_size,
            context: deploy.config.n_positions,
            end_of_text: deploy.end_of_text,
            cache: None,
        })
    }
}

fn rust_bert_config(config: &Config) -> Result<Gpt2Config> {
    Ok(Gpt2Config {
        // The side of the causal mask, which is stored among the weights.
        n_ctx: config.n_positions.try_into()?,
        n_positions: config.n_positions.try_into()?,
        n_embd: config.n_embd.try_into()?,
        n_head: config.n_head.try_into()?,
        n_layer: config.n_layer.try_into()?,
        vocab_size: config.vocab_size.try_into()?,
        layer_norm_epsilon: config.layer_norm_epsilon,
        ..Gpt2Config::default()
    })
}

fn damaged(path: &Path, error: &tch::TchError) -> anyhow::Error {
    let text = error.to_string();
    // What follows the first line is a C++ stack.
    let first = text.lines().next().unwrap_or_default();
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

    fn forward(&mut self, tokens: &[Vec<u32>], positions: Positions) -> Result<Logits<'_>> {
        let sequences = i64::try_from(tokens.len())?;
        let ids: Vec<i64> = tokens.iter().flatten().map(|&id| i64::from(id)).collect();
        // ids: (sequences, tokens)
        let ids = Tensor::from_slice(&ids).view((sequences, -1));
        let _no_gradients = tch::no_grad_guard();
        let output = self
            .network
            .forward_t(
                Some(&ids),
                self.cache.as_ref(),
                None,
                None,
                None,
                None,
                false,
            )
            .map_err(|error| anyhow!("rust-bert: {error}"))?;
        self.cache = output.cache;
        // hidden: (sequences, tokens, width)
        let hidden = match positions {
            Positions::All => output.output,
            // A long prompt's logits would take vocabulary x 4 bytes a token.
            Positions::Last => output.output.narrow(1, ids.size()[1] - 1, 1),
        };
        // logits: (sequences, tokens, vocabulary)
        let logits = hidden.linear::<&Tensor>(&self.head, None);
        let values = Vec::<f32>::try_from(logits.contiguous().view(-1).to_kind(Kind::Float))?;
        Ok(Logits::new(values, self.vocabulary))
    }

    fn reorder(&mut self, parents: &[usize]) {
        let parents: Vec<i64> = parents.iter().map(|&parent| parent as i64).collect();
        let parents = Tensor::from_slice(&parents);
        no_grad(|| {
            for layer in self.cache.iter_mut().flatten() {
                *layer = layer.index_select(1, &parents);
            }
        });
    }
}
