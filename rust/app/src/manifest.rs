//! `MANIFEST.json`: what the files of a deploy folder were when the workflow wrote them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::deploy::WEIGHTS;
use crate::remembered::Whole;

/// Its name.
pub const MANIFEST: &str = "MANIFEST.json";
const REMEDY: &str = "run the step convert again, or pass --no-verify";

#[derive(Deserialize)]
struct Manifest {
    files: BTreeMap<String, Facts>,
}

#[derive(Deserialize)]
struct Facts {
    bytes: u64,
    sha256: String,
}

/// What is read of the weights, half a gigabyte in GPT-2 small; other files are always read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// All of them.
    Whole,
    /// Nothing, where a start before this one found them whole and they were not changed since.
    Changed,
}

/// Hold every file that the folder's manifest names against it. A folder without one is not checked: it
/// may come from elsewhere.
///
/// # Errors
/// The manifest is damaged, or a file is missing or is another.
pub fn verify(folder: &Path, reading: Reading) -> Result<()> {
    let path = folder.join(MANIFEST);
    if !path.exists() {
        return Ok(());
    }
    let text =
        std::fs::read(&path).with_context(|| format!("{}: cannot be read", path.display()))?;
    let manifest: Manifest = serde_json::from_slice(&text)
        .with_context(|| format!("{}: not a manifest; {REMEDY}", path.display()))?;
    for (name, facts) in &manifest.files {
        ensure!(
            !name.contains(['/', '\\']),
            "{}: names {name}, which is no file of the folder; {REMEDY}",
            path.display()
        );
        let may_remember = reading == Reading::Changed && name == WEIGHTS;
        check(&folder.join(name), facts, may_remember)?;
    }
    Ok(())
}

fn check(path: &Path, facts: &Facts, may_remember: bool) -> Result<()> {
    let mut file =
        File::open(path).with_context(|| format!("{}: not found; {REMEDY}", path.display()))?;
    let metadata = file.metadata()?;
    let bytes = metadata.len();
    ensure!(
        bytes == facts.bytes,
        "{}: {bytes} bytes found, {} expected by {MANIFEST}; {REMEDY}",
        path.display(),
        facts.bytes
    );
    // As the file was before it is read: what is changed meanwhile is not remembered as whole.
    let whole = may_remember.then(|| Whole::new(&metadata, &facts.sha256));
    let whole = whole.flatten();
    if whole
        .as_ref()
        .is_some_and(|whole| whole.is_remembered(path))
    {
        return Ok(());
    }
    let found = sha256(&mut file)?;
    ensure!(
        found == facts.sha256,
        "{}: its SHA-256 is {found}, {MANIFEST} says {}; {REMEDY}",
        path.display(),
        facts.sha256
    );
    if let Some(whole) = whole {
        whole.remember(path);
    }
    Ok(())
}

fn sha256(file: &mut File) -> Result<String> {
    let mut hash = Sha256::new();
    let mut block = vec![0; 1 << 20];
    loop {
        let read = file.read(&mut block)?;
        if read == 0 {
            break;
        }
        hash.update(&block[..read]);
    }
    let bytes = hash.finalize();
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
