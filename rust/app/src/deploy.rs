//! The folder that the workflow deploys: weights, configuration and tokenizer.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail};
use clap::ValueEnum;
use gpt2ro_engine::model::Config;
use gpt2ro_tokenizer::{SpecialTokens, Tokenizer};

/// The special token between documents.
pub const END_OF_TEXT: &str = "<|endoftext|>";
const REMEDY: &str = "run the step convert again";
const CONFIG: &str = "config.json";
/// The name of the tokenizer's file.
pub const TOKENIZER: &str = "tokenizer.json";
/// Not read by this program and not needed beside it; but if they are there, they shall be as deployed.
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

/// An opened deploy folder; the weights are only located, not read.
pub struct Deploy {
    /// `rust_model.ot`, or the other file of weights that was asked for.
    pub weights: PathBuf,
    /// Names of the files of the folder that are used, and of those for other tools that are there.
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
        check_folder(folder)?;
        let name = Weights::chosen(weights, folder).file_name();
        let weights = present(folder, name)?;
        let config_path = present(folder, CONFIG)?;
        let tokenizer_path = present(folder, TOKENIZER)?;
        let tokenizer = read_tokenizer(&tokenizer_path)?;
        let end_of_text = tokenizer.id(END_OF_TEXT).with_context(|| {
            format!(
                "{}: has no token {END_OF_TEXT}; {REMEDY}",
                tokenizer_path.display()
            )
        })?;
        let config = Config::read(&config_path)
            .map_err(|error| anyhow!("{}: {error}; {REMEDY}", config_path.display()))?;
        if let Some(fault) = contradiction(&config, &tokenizer, end_of_text) {
            bail!("{}: {fault}; {REMEDY}", config_path.display());
        }
        let others = OF_OTHER_TOOLS.into_iter();
        let others = others.filter(|other| folder.join(other).is_file());
        let files = [name, CONFIG, TOKENIZER].into_iter().chain(others);
        Ok(Self {
            weights,
            files: files.collect(),
            config,
            tokenizer,
            end_of_text,
        })
    }

    /// The ids of a text. `<|endoftext|>` in it is the special token.
    #[must_use]
    pub fn encode(&self, text: &str) -> Vec<u32> {
        self.tokenizer.encode(text, SpecialTokens::Read)
    }
}

/// The tokenizer of a folder, in which nothing else need be.
///
/// # Errors
/// The file is missing or damaged.
pub fn open_tokenizer(folder: &Path) -> Result<Tokenizer> {
    check_folder(folder)?;
    read_tokenizer(&present(folder, TOKENIZER)?)
}

/// See that what is named as the model is a folder.
fn check_folder(folder: &Path) -> Result<()> {
    let shown = folder.display();
    match fs::metadata(folder) {
        Ok(metadata) if metadata.is_dir() => Ok(()),
        Ok(_) => {
            let parent = folder.parent().filter(|parent| parent != &Path::new(""));
            let parent = parent.unwrap_or_else(|| Path::new("."));
            bail!(
                "{shown}: a file; expected the folder that it is in: -m {}",
                parent.display()
            )
        }
        Err(error) if error.kind() == ErrorKind::NotFound => bail!(
            "{shown}: no such folder; {}",
            beside(folder).unwrap_or_else(|| {
                "expected what the step convert writes, such as results/deploy".to_owned()
            })
        ),
        Err(error) => Err(error).with_context(|| format!("{shown}: cannot be read")),
    }
}

/// Where a deployed model is, in a folder that is none or beside it.
fn beside(folder: &Path) -> Option<String> {
    let places = [folder.join("deploy"), folder.with_file_name("deploy")];
    let mut places = places.into_iter();
    let found = places.find(|place| place != folder && place.join(CONFIG).is_file())?;
    let found = found.display();
    Some(format!("a deployed model is in {found}: -m {found}"))
}

/// The path of a file that the model needs.
fn present(folder: &Path, name: &str) -> Result<PathBuf> {
    let path = folder.join(name);
    let shown = path.display();
    match File::open(&path).and_then(|file| file.metadata()) {
        Ok(metadata) if metadata.is_file() => Ok(path),
        Ok(_) => bail!("{shown}: not a file; {REMEDY}"),
        Err(error) => {
            let remedy = beside(folder).unwrap_or_else(|| REMEDY.to_owned());
            Err(unread(&path, error, &remedy))
        }
    }
}

/// The error of a file that cannot be opened: `remedy` makes it, where it is not there.
pub(crate) fn unread(path: &Path, error: io::Error, remedy: &str) -> anyhow::Error {
    let path = path.display();
    match error.kind() {
        ErrorKind::NotFound => anyhow!("{path}: not found; {remedy}"),
        _ => anyhow!(error).context(format!("{path}: cannot be read")),
    }
}

fn read_tokenizer(path: &Path) -> Result<Tokenizer> {
    let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
    let tokenizer = Tokenizer::from_json(&bytes);
    tokenizer.map_err(|error| anyhow!("{}: {error}; {REMEDY}", path.display()))
}

/// How a configuration contradicts the tokenizer beside it.
fn contradiction(config: &Config, tokenizer: &Tokenizer, end_of_text: u32) -> Option<String> {
    let (size, tokens) = (config.vocab_size, tokenizer.vocabulary());
    if size != tokens {
        return Some(format!(
            "vocab_size is {size}, and the tokenizer has {tokens} tokens"
        ));
    }
    let found = config.eos_token_id.filter(|&id| id != end_of_text)?;
    Some(format!(
        "eos_token_id is {found}, and the tokenizer's {END_OF_TEXT} is {end_of_text}"
    ))
}
