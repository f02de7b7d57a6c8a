//! `MANIFEST.json`: what the files of a deploy folder were when the workflow wrote them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow, ensure};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::deploy::unread;
use crate::remembered::Whole;

/// Its name.
pub const MANIFEST: &str = "MANIFEST.json";
const REMEDY: &str = "run the step convert again, or pass --no-verify";

/// What it says.
#[derive(Deserialize)]
pub struct Manifest {
    /// The files of the folder, by name.
    pub files: BTreeMap<String, Facts>,
}

/// What a file was when it was written, or is.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct Facts {
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256, in hexadecimal digits.
    pub sha256: String,
}

impl Manifest {
    /// Read the manifest of a folder; None where there is none: the folder may come from elsewhere.
    ///
    /// # Errors
    /// It is damaged, or names what is no file of the folder.
    pub fn read(folder: &Path) -> Result<Option<Self>> {
        let path = folder.join(MANIFEST);
        if !path.exists() {
            return Ok(None);
        }
        let text =
            std::fs::read(&path).with_context(|| format!("{}: cannot be read", path.display()))?;
        let manifest: Self = serde_json::from_slice(&text)
            .map_err(|error| anyhow!("{}: not a manifest ({error}); {REMEDY}", path.display()))?;
        let outside = manifest
            .files
            .keys()
            .find(|name| name.contains(['/', '\\']));
        ensure!(
            outside.is_none(),
            "{}: names {}, which is no file of the folder; {REMEDY}",
            path.display(),
            outside.map_or("", String::as_str)
        );
        Ok(Some(manifest))
    }
}

impl Facts {
    /// Read a file from beginning to end.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn of(path: &Path) -> Result<Self> {
        let mut file = File::open(path).map_err(|error| unread(path, error, REMEDY))?;
        let bytes = file.metadata()?.len();
        let mut hash = Sha256::new();
        let mut block = vec![0; 1 << 20];
        loop {
            let read = file.read(&mut block)?;
            if read == 0 {
                break;
            }
            hash.update(&block[..read]);
        }
        let digits = hash.finalize();
        let sha256 = digits.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { bytes, sha256 })
    }
}

/// What is read of the weights, half a gigabyte in GPT-2 small; other files are always read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// All of them.
    Whole,
    /// Nothing, where a start before this one found them whole and they were not changed since.
    Changed,
}

/// Hold the files of a folder that are used against its manifest. A folder without one, and a file that it
/// does not name, are not checked.
///
/// # Errors
/// The manifest is damaged, or a file is missing or is another.
pub fn verify(folder: &Path, used: &[&str], reading: Reading) -> Result<()> {
    let Some(manifest) = Manifest::read(folder)? else {
        return Ok(());
    };
    for (name, expected) in &manifest.files {
        if used.contains(&name.as_str()) {
            let may_remember = reading == Reading::Changed && name.ends_with(".ot");
            check(&folder.join(name), expected, may_remember)?;
        }
    }
    Ok(())
}

fn check(path: &Path, expected: &Facts, may_remember: bool) -> Result<()> {
    // As the file was before it is read: what is changed meanwhile is not remembered as whole.
    let metadata = std::fs::metadata(path).map_err(|error| unread(path, error, REMEDY))?;
    // A size is known without reading.
    ensure!(
        metadata.len() == expected.bytes,
        "{}: {} bytes found, {} expected by {MANIFEST}; {REMEDY}",
        path.display(),
        metadata.len(),
        expected.bytes
    );
    let whole = may_remember.then(|| Whole::new(&metadata, &expected.sha256));
    let whole = whole.flatten();
    if whole
        .as_ref()
        .is_some_and(|whole| whole.is_remembered(path))
    {
        return Ok(());
    }
    let found = Facts::of(path)?;
    ensure!(
        found.sha256 == expected.sha256,
        "{}: its SHA-256 is {}, {MANIFEST} says {}; {REMEDY}",
        path.display(),
        found.sha256,
        expected.sha256
    );
    if let Some(whole) = whole {
        whole.remember(path);
    }
    Ok(())
}
