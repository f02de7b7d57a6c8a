//! `MANIFEST.json`: what the files of a deploy folder were when the workflow wrote them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

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

/// Hold every file that the folder's manifest names against it. A folder without one is not checked: it
/// may come from elsewhere.
///
/// # Errors
/// The manifest is damaged, or a file is missing or is another.
pub fn verify(folder: &Path) -> Result<()> {
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
        check(&folder.join(name), facts)?;
    }
    Ok(())
}

fn check(path: &Path, facts: &Facts) -> Result<()> {
    let mut file =
        File::open(path).with_context(|| format!("{}: not found; {REMEDY}", path.display()))?;
    let bytes = file.metadata()?.len();
    ensure!(
        bytes == facts.bytes,
        "{}: {bytes} bytes found, {} expected by {MANIFEST}; {REMEDY}",
        path.display(),
        facts.bytes
    );
    let mut hash = Sha256::new();
    let mut block = vec![0; 1 << 20];
    loop {
        let read = file.read(&mut block)?;
        if read == 0 {
            break;
        }
        hash.update(&block[..read]);
    }
    let found: String = hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    ensure!(
        found == facts.sha256,
        "{}: its SHA-256 is {found}, {MANIFEST} says {}; {REMEDY}",
        path.display(),
        facts.sha256
    );
    Ok(())
}
