//! The folder that the workflow deploys: weights, configuration and tokenizer.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use tokenizers::Tokenizer;

/// The special token between documents.
pub const END_OF_TEXT: &str = "<|endoftext|>";

/// An opened deploy folder; the weights are only located, not read.
pub struct Deploy {
    /// `rust_model.ot`
    pub weights: PathBuf,
    /// `config.json`
    pub config: PathBuf,
    /// The tokenizer of `tokenizer.json`.
    pub tokenizer: Tokenizer,
    /// Id of [`END_OF_TEXT`].
    pub end_of_text: u32,
}

impl Deploy {
    /// Open a folder.
    ///
    /// # Errors
    /// A file is missing or damaged, or tokenizer and configuration do not fit each other.
    pub fn open(folder: &Path) -> Result<Self> {
        ensure!(
            folder.is_dir(),
            "{}: no such folder; expected what the step convert writes, such as results/deploy",
            folder.display()
        );
        let weights = present(folder, "rust_model.ot")?;
        let config = present(folder, "config.json")?;
        // Not read here: other tools open the folder by them, so one that misses them is not whole.
        present(folder, "vocab.json")?;
        present(folder, "merges.txt")?;
        let path = present(folder, "tokenizer.json")?;
        let tokenizer = Tokenizer::from_file(&path).map_err(|error| {
            anyhow!("{}: not a tokenizer ({error}); run the step convert again", path.display())
        })?;
        let end_of_text = tokenizer.token_to_id(END_OF_TEXT).with_context(|| {
            format!("{}: has no token {END_OF_TEXT}; run the step convert again", path.display())
        })?;
        check_vocabulary(&config, &tokenizer)?;
        Ok(Self { weights, config, tokenizer, end_of_text })
    }

    /// The ids of a text. `<|endoftext|>` in it is the special token.
    ///
    /// # Errors
    /// The tokenizer fails.
    pub fn encode(&self, text: &str) -> Result<Vec<u32>> {
        let encoding = self.tokenizer.encode_fast(text, false).map_err(|error| anyhow!("{error}"))?;
        Ok(encoding.get_ids().to_vec())
    }
}

fn present(folder: &Path, name: &str) -> Result<PathBuf> {
    let path = folder.join(name);
    if !path.is_file() {
        bail!("{}: not found; run the step convert again", path.display());
    }
    Ok(path)
}

fn check_vocabulary(config: &Path, tokenizer: &Tokenizer) -> Result<()> {
    let text = std::fs::read_to_string(config).with_context(|| config.display().to_string())?;
    let facts: serde_json::Value = serde_json::from_str(&text).with_context(|| {
        format!("{}: not valid JSON; run the step convert again", config.display())
    })?;
    let expected = facts["vocab_size"].as_u64();
    let found = tokenizer.get_vocab_size(true) as u64;
    ensure!(
        expected == Some(found),
        "{}: vocab_size is {}, and the tokenizer has {found} tokens; run the step convert again",
        config.display(),
        expected.map_or_else(|| "missing".to_owned(), |size| size.to_string())
    );
    Ok(())
}
