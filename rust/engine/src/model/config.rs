//! What `config.json` says of a model.

use std::path::Path;

use serde::Deserialize;

use super::{ConfigError, Shape};

/// The configuration of a GPT-2 that can be computed; the names are those of `transformers`.
#[derive(Debug, Clone, Deserialize)]
pub struct Config {
    /// Number of token ids.
    pub vocab_size: usize,
    /// Most tokens of a sequence.
    pub n_positions: usize,
    /// Width of the residual stream.
    pub n_embd: usize,
    /// Attention heads a layer.
    pub n_head: usize,
    /// Number of layers.
    pub n_layer: usize,
    /// Added to the variance in layer norms.
    pub layer_norm_epsilon: f64,
    /// The token after a document, if it is told.
    pub eos_token_id: Option<u32>,
    activation_function: String,
    #[serde(default)]
    scale_attn_by_inverse_layer_idx: bool,
    #[serde(default = "yes")]
    scale_attn_weights: bool,
}

fn yes() -> bool {
    true
}

impl Config {
    /// Read a file `config.json`.
    ///
    /// # Errors
    /// The file cannot be read, or describes no GPT-2 that can be computed.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let config: Self = serde_json::from_slice(&std::fs::read(path)?)?;
        match config.fault() {
            Some(fault) => Err(ConfigError::Value(fault)),
            None => Ok(config),
        }
    }

    /// The sizes of the model.
    #[must_use]
    pub fn shape(&self) -> Shape {
        Shape {
            vocabulary: self.vocab_size,
            context: self.n_positions,
            width: self.n_embd,
            heads: self.n_head,
            layers: self.n_layer,
            epsilon: self.layer_norm_epsilon as f32,
        }
    }

    /// What keeps this from being a GPT-2 that is computed rightly.
    fn fault(&self) -> Option<String> {
        let Self {
            n_positions,
            n_embd,
            n_head,
            n_layer,
            ..
        } = *self;
        if n_positions < 2 || n_layer == 0 || n_embd == 0 {
            return Some("n_positions under 2, or n_layer or n_embd is 0".to_owned());
        }
        if n_head == 0 || n_embd % n_head != 0 {
            return Some(format!(
                "n_embd {n_embd} is not a multiple of n_head {n_head}"
            ));
        }
        if self.activation_function != "gelu_new" {
            let found = &self.activation_function;
            return Some(format!(
                "activation_function is {found}; only gelu_new is computed"
            ));
        }
        let epsilon = self.layer_norm_epsilon;
        if !(epsilon > 0.0 && epsilon < 1.0) {
            return Some(format!(
                "layer_norm_epsilon is {epsilon}; expected a small number over 0, such as 1e-5"
            ));
        }
        if !self.scale_attn_weights {
            return Some("scale_attn_weights is false; only true is computed".to_owned());
        }
        self.scale_attn_by_inverse_layer_idx
            .then(|| "scale_attn_by_inverse_layer_idx is true; only false is computed".to_owned())
    }
}
