//! `gpt2ro inspect`: what a deploy folder holds.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow, ensure};
use gpt2ro_engine::archive::Archive;
use serde::Serialize;
use serde_json::Value;

use crate::cli::InspectOptions;
use crate::deploy::Deploy;
use crate::engine_model::EngineModel;
use crate::manifest::{Facts, MANIFEST, Manifest};
use crate::output::StandardOutput;

/// The letters of Romanian that ASCII does not have. Each is two bytes, and so one token only if the
/// tokenizer has learned it.
const LETTERS: [&str; 5] = ["ș", "ț", "ă", "â", "î"];
/// rust-bert keeps the causal mask of each layer among the weights; it is no parameter.
const MASK: &str = ".attn.bias";

#[derive(Serialize)]
struct Report {
    folder: String,
    parameters: usize,
    config: Value,
    files: Vec<FileFacts>,
    tokenizer: TokenizerFacts,
    weights: String,
    tensor_bytes: usize,
    tensors: Vec<TensorFacts>,
    /// What of the tensors is not as the sizes in the configuration say; None if all is.
    fault: Option<String>,
}

#[derive(Serialize)]
struct FileFacts {
    name: String,
    /// None where the file is not here: then it is not needed.
    bytes: Option<u64>,
    sha256: Option<String>,
    /// Whether the manifest says the same of the file; None where it is not here or not named there.
    as_in_manifest: Option<bool>,
}

#[derive(Serialize)]
struct TokenizerFacts {
    vocabulary: usize,
    merges: usize,
    special_tokens: BTreeMap<String, u32>,
    /// Whether the letter is one token.
    whole_letters: BTreeMap<&'static str, bool>,
}

#[derive(Serialize)]
struct TensorFacts {
    name: String,
    shape: Vec<usize>,
    dtype: &'static str,
    bytes: usize,
}

/// Run the command.
///
/// # Errors
/// The folder is damaged, or after the report is printed: a file differs from its manifest, or a tensor
/// has another shape than the configuration says.
pub fn run(options: &InspectOptions) -> Result<()> {
    let folder = &options.model;
    let deploy = Deploy::open(folder, options.weights)?;
    let tensors = tensors(&deploy.weights)?;
    let report = Report {
        folder: folder.display().to_string(),
        parameters: tensors.iter().map(parameters).sum(),
        config: json_of(&folder.join("config.json"))?,
        files: files(folder)?,
        tokenizer: tokenizer(folder, &deploy)?,
        weights: name_of(&deploy.weights),
        tensor_bytes: tensors.iter().map(|tensor| tensor.bytes).sum(),
        tensors,
        fault: EngineModel::check(&deploy)
            .err()
            .map(|error| error.to_string()),
    };
    let mut out = StandardOutput::lock();
    if options.json {
        writeln!(out, "{}", serde_json::to_string(&report)?)?;
    } else {
        write!(out, "{}", as_text(&report))?;
    }
    let other = |file: &&FileFacts| file.as_in_manifest == Some(false);
    let others: Vec<&str> = report
        .files
        .iter()
        .filter(other)
        .map(|file| &*file.name)
        .collect();
    ensure!(
        others.is_empty(),
        "{}: not as {MANIFEST} says: {}; run the step convert again",
        folder.display(),
        others.join(", ")
    );
    report.fault.map_or(Ok(()), |fault| Err(anyhow!(fault)))
}

fn tensors(path: &Path) -> Result<Vec<TensorFacts>> {
    let archive = Archive::open(path)
        .map_err(|error| anyhow!("{}: {error}; run the step convert again", path.display()))?;
    let facts = |name: &str| {
        let tensor = archive.tensor(name).expect("the archive has named it");
        let values: usize = tensor.shape().iter().product();
        TensorFacts {
            name: name.to_owned(),
            shape: tensor.shape().to_vec(),
            dtype: tensor.dtype().name(),
            bytes: values * tensor.dtype().bytes(),
        }
    };
    Ok(archive.names().map(facts).collect())
}

fn parameters(tensor: &TensorFacts) -> usize {
    if tensor.name.ends_with(MASK) {
        return 0;
    }
    tensor.shape.iter().product()
}

/// Every file of the folder, and every one that the manifest names. That those are here which are needed,
/// [`Deploy::open`] has seen.
fn files(folder: &Path) -> Result<Vec<FileFacts>> {
    let manifest = Manifest::read(folder)?.map_or_else(BTreeMap::new, |manifest| manifest.files);
    let mut names: Vec<String> = manifest.keys().cloned().collect();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.path().is_file() && entry.file_name() != MANIFEST {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort_unstable();
    names.dedup();
    let facts = |name: String| {
        let path = folder.join(&name);
        let found = path.is_file().then(|| Facts::of(&path)).transpose()?;
        let expected = manifest.get(&name);
        let as_in_manifest = found.as_ref().zip(expected);
        let as_in_manifest = as_in_manifest.map(|(found, expected)| found == expected);
        let (bytes, sha256) = found.map(|facts| (facts.bytes, facts.sha256)).unzip();
        Ok(FileFacts {
            name,
            bytes,
            sha256,
            as_in_manifest,
        })
    };
    names.into_iter().map(facts).collect()
}

fn tokenizer(folder: &Path, deploy: &Deploy) -> Result<TokenizerFacts> {
    let json = json_of(&folder.join("tokenizer.json"))?;
    let special = deploy.tokenizer.special_tokens();
    let whole = |letter: &'static str| (letter, deploy.encode(letter).len() == 1);
    Ok(TokenizerFacts {
        vocabulary: deploy.tokenizer.vocabulary(),
        merges: json["model"]["merges"].as_array().map_or(0, Vec::len),
        special_tokens: special.map(|(token, id)| (token.to_owned(), id)).collect(),
        whole_letters: LETTERS.into_iter().map(whole).collect(),
    })
}

fn json_of(path: &Path) -> Result<Value> {
    let bytes =
        std::fs::read(path).with_context(|| format!("{}: cannot be read", path.display()))?;
    serde_json::from_slice(&bytes)
        .with_context(|| format!("{}: not JSON; run the step convert again", path.display()))
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// The report as text, with a table for each subject.
fn as_text(report: &Report) -> String {
    let number = |key: &str| grouped(report.config[key].as_u64().unwrap_or_default());
    let mut lines = vec![
        format!(
            "{}: GPT-2, {} parameters",
            report.folder,
            grouped(report.parameters as u64)
        ),
        format!(
            "layers {}, width {}, heads {}, context {}, vocabulary {}",
            number("n_layer"),
            number("n_embd"),
            number("n_head"),
            number("n_positions"),
            number("vocab_size")
        ),
        format!("\nfiles, bytes, SHA-256 against {MANIFEST}"),
    ];
    lines.extend(report.files.iter().map(file_line));
    let bytes: u64 = report.files.iter().filter_map(|file| file.bytes).sum();
    lines.push(format!("  {:<24} {:>15}", "all", grouped(bytes)));
    lines.extend(tokenizer_lines(&report.tokenizer));
    lines.push(format!(
        "\ntensors of {}: {}, {} bytes, shapes {} config.json says",
        report.weights,
        report.tensors.len(),
        grouped(report.tensor_bytes as u64),
        if report.fault.is_none() {
            "as"
        } else {
            "NOT as"
        }
    ));
    lines.extend(report.tensors.iter().map(|tensor| {
        let (name, shape) = (&tensor.name, format!("{:?}", tensor.shape));
        let bytes = grouped(tensor.bytes as u64);
        format!("  {name:<40} {:<8} {shape:<20} {bytes:>13}", tensor.dtype)
    }));
    lines.join("\n") + "\n"
}

fn file_line(file: &FileFacts) -> String {
    let name = &file.name;
    let (Some(bytes), Some(sha256)) = (file.bytes, &file.sha256) else {
        return format!("  {name:<24} {:>15}  not here", "");
    };
    let verdict = match file.as_in_manifest {
        Some(true) => "equal",
        Some(false) => "DIFFERENT",
        None => "not named there",
    };
    format!("  {name:<24} {:>15}  {sha256} {verdict}", grouped(bytes))
}

fn tokenizer_lines(facts: &TokenizerFacts) -> [String; 4] {
    let special: Vec<String> = facts
        .special_tokens
        .iter()
        .map(|(token, id)| format!("{token} {id}"))
        .collect();
    let letters: Vec<String> = LETTERS
        .iter()
        .map(|letter| {
            let whole = facts.whole_letters[letter];
            format!("{letter} {}", if whole { "yes" } else { "no" })
        })
        .collect();
    [
        "\ntokenizer: byte-level BPE".to_owned(),
        format!(
            "  vocabulary {}, merges {}",
            grouped(facts.vocabulary as u64),
            grouped(facts.merges as u64)
        ),
        format!("  special tokens: {}", special.join(", ")),
        format!("  one token each: {}", letters.join(", ")),
    ]
}

/// A number with a comma before every three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(grouped(number), text);
        }
    }
}
