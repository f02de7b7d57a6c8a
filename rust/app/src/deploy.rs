//! The folder that the workflow deploys: weights, configuration and tokenizer.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use clap::ValueEnum;
use serde::Deserialize;
use tokenizers::Tokenizer;

use crate::tokenizer_file;

/// The special token between documents.
pub const END_OF_TEXT: &str = "<|endoftext|>";
const REMEDY: &str = "run the step convert again";
const CONFIG: &str = "config.json";
const TOKENIZER: &str = "tokenizer.json";
/// Not read by this program; other tools need them, so a folder without them is incomplete.
const OF_OTHER_TOOLS: [&str; 2] = ["vocab.json", "merges.txt"];

/// The files of the folder that hold the weights, by the names of the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Weights {
    /// rust_model.ot: as they were trained.
    Fp32,
    /// rust_model_fp16.ot: half the bytes on disk, each value rounded to 11 bits.
    Fp16,
}

impl Weights {
    /// Name of the file.
    #[must_use]
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Fp32 => "rust_model.ot",
            Self::Fp16 => "rust_model_fp16.ot",
        }
    }

    /// The file that is asked for, or the most exact one that the folder has.
    fn chosen(asked: Option<Self>, folder: &Path) -> Self {
        let exists = |weights: &Self| folder.join(weights.file_name()).is_file();
        asked
            .or_else(|| [Self::Fp32, Self::Fp16].into_iter().find(exists))
            .unwrap_or(Self::Fp32)
    }
}

/// What `config.json` says of the model; the names are those of `transformers`.
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
    activation_function: String,
    eos_token_id: Option<u32>,
    #[serde(default)]
    scale_attn_by_inverse_layer_idx: bool,
    #[serde(default = "yes")]
    scale_attn_weights: bool,
}

fn yes() -> bool {
    true
}

/// An opened deploy folder; the weights are only located, not read.
pub struct Deploy {
    /// `rust_model.ot`, or the other file of weights that was asked for.
    pub weights: PathBuf,
    /// Names of all files of the folder that are used.
    pub files: Vec<&'static str>,
    /// What `config.json` says.
    pub config: Config,
    /// The tokenizer of `tokenizer.json`.
    pub tokenizer: Tokenizer,
    /// Id of [`END_OF_TEXT`].
    pub end_of_text: u32,
}

impl Deploy {
    /// Open a folder, with the weights of the file that is asked for, or of the most exact one.
    ///
    /// # Errors
    /// A file is missing or damaged, or tokenizer and configuration do not fit each other.
    pub fn open(folder: &Path, weights: Option<Weights>) -> Result<Self> {
        ensure!(
            folder.is_dir(),
            "{}: no such folder; expected what the step convert writes, such as results/deploy",
            folder.display()
        );
        let name = Weights::chosen(weights, folder).file_name();
        let weights = present(folder, name)?;
        let config_path = present(folder, CONFIG)?;
        for name in OF_OTHER_TOOLS {
            present(folder, name)?;
        }
        let tokenizer_path = present(folder, TOKENIZER)?;
        let tokenizer = read_tokenizer(&tokenizer_path)?;
        let end_of_text = tokenizer.token_to_id(END_OF_TEXT).with_context(|| {
            format!(
                "{}: has no token {END_OF_TEXT}; {REMEDY}",
                tokenizer_path.display()
            )
        })?;
        let config = read_config(&config_path)?;
        if let Some(fault) = config.fault(&tokenizer, end_of_text) {
            bail!("{}: {fault}; {REMEDY}", config_path.display());
        }
        let files = [name, CONFIG, TOKENIZER].into_iter().chain(OF_OTHER_TOOLS);
        Ok(Self {
            weights,
            files: files.collect(),
            config,
            tokenizer,
            end_of_text,
        })
    }

    /// The ids of a text. `<|endoftext|>` in it is the special token.
    ///
    /// # Errors
    /// The tokenizer fails.
    pub fn encode(&self, text: &str) -> Result<Vec<u32>> {
        let encoding = self
            .tokenizer
            .encode_fast(text, false)
            .map_err(|error| anyhow!("{error}"))?;
        Ok(encoding.get_ids().to_vec())
    }
}

fn present(folder: &Path, name: &str) -> Result<PathBuf> {
    let path = folder.join(name);
    ensure!(path.is_file(), "{}: not found; {REMEDY}", path.display());
    Ok(path)
}

fn read_tokenizer(path: &Path) -> Result<Tokenizer> {
    let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
    let tokenizer = tokenizer_file::read(&bytes);
    tokenizer.map_err(|error| anyhow!("{}: {error}; {REMEDY}", path.display()))
}

fn read_config(path: &Path) -> Result<Config> {
    let text = std::fs::read(path).with_context(|| path.display().to_string())?;
    serde_json::from_slice(&text).map_err(|error| {
        anyhow!(
            "{}: not the configuration of a GPT-2 ({error}); {REMEDY}",
            path.display()
        )
    })
}

impl Config {
    /// What keeps this from being a GPT-2 that the backends compute rightly, with this tokenizer.
    fn fault(&self, tokenizer: &Tokenizer, end_of_text: u32) -> Option<String> {
        let tokens = tokenizer.get_vocab_size(true);
        let Self {
            vocab_size,
            n_positions,
            n_embd,
            n_head,
            n_layer,
            ..
        } = *self;
        if vocab_size != tokens {
            return Some(format!(
                "vocab_size is {vocab_size}, and the tokenizer has {tokens} tokens"
            ));
        }
        if self.eos_token_id.is_some_and(|id| id != end_of_text) {
            let found = self.eos_token_id.unwrap_or_default();
            return Some(format!(
                "eos_token_id is {found}, and the tokenizer's {END_OF_TEXT} is {end_of_text}"
            ));
        }
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
