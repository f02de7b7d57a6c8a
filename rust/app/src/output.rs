//! Files that appear complete or not at all; texts and prompts read from files or standard input.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, ensure};

/// What to do about bytes that are not UTF-8.
pub const TO_UTF_8: &str = "convert it (old Romanian text: iconv -f windows-1250 -t utf-8)";

/// Write a file under a temporary name beside it, then rename it.
///
/// # Errors
/// The disk is full, the folder is missing, ...
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<()> {
    let partial = partial_path(path);
    let written = File::create(&partial)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&partial, path));
    if written.is_err() {
        // Nothing may stay; the first error is the one to report.
        let _ = fs::remove_file(&partial);
    }
    written.with_context(|| format!("{}: cannot be written", path.display()))
}

fn partial_path(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.partial"))
}

/// How a file is named to the user: "-" is standard input.
#[must_use]
pub fn name(path: &Path) -> Cow<'_, str> {
    if is_standard_input(path) {
        return Cow::from("standard input");
    }
    path.to_string_lossy()
}

fn is_standard_input(path: &Path) -> bool {
    path == Path::new("-")
}

/// Read a UTF-8 text file, or standard input for "-".
///
/// # Errors
/// The file is missing or not UTF-8.
pub fn read_text(path: &Path) -> Result<String> {
    let bytes = if is_standard_input(path) {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        fs::read(path)
    };
    let bytes = bytes.with_context(|| format!("{}: cannot be read", name(path)))?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        anyhow!("{}: byte {} is not UTF-8; {TO_UTF_8}", name(path), at + 1)
    })
}

/// Read prompts from a file or, for "-", standard input, one a line; empty lines are skipped.
///
/// # Errors
/// The file is missing, not UTF-8, or without a prompt.
pub fn read_prompts(path: &Path) -> Result<Vec<String>> {
    let text = read_text(path)?;
    let prompts: Vec<String> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(str::to_owned)
        .collect();
    ensure!(
        !prompts.is_empty(),
        "{}: no prompt in it; write one a line",
        name(path)
    );
    Ok(prompts)
}
