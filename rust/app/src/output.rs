//! Files that appear complete or not at all; texts and prompts read from files or standard input.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read as _, StdoutLock, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, ensure};

/// What to do about bytes that are not UTF-8.
pub const TO_UTF_8: &str = "convert it (old Romanian text: iconv -f windows-1250 -t utf-8)";

/// Standard output, locked; its errors say that they are.
pub struct StandardOutput(StdoutLock<'static>);

impl StandardOutput {
    /// Lock it.
    #[must_use]
    pub fn lock() -> Self {
        Self(io::stdout().lock())
    }
}

impl Write for StandardOutput {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).map_err(of_output)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().map_err(of_output)
    }
}

/// The kind stays: that of a closed pipe is no failure.
fn of_output(error: io::Error) -> io::Error {
    let error = with_remedy(error);
    let told = format!("standard output: cannot be written: {error}");
    io::Error::new(error.kind(), told)
}

/// Tell the user a line on standard error. If nobody reads it, that is no failure.
pub fn tell(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Write a file under a temporary name beside it, then rename it. What is there and no file, such as
/// /dev/stdout or /dev/null, is written to, and stays what it is.
///
/// # Errors
/// The disk is full, the folder is missing, ...
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<()> {
    // A link stays one, and what it names is written.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let written = if fs::metadata(&target).is_ok_and(|metadata| !metadata.is_file()) {
        let opened = File::options().write(true).open(&target);
        opened.and_then(|mut file| file.write_all(bytes))
    } else {
        write_and_rename(&target, bytes)
    };
    written
        .map_err(with_remedy)
        .with_context(|| format!("{}: cannot be written", path.display()))
}

/// An error of writing, with what to do about a full disk.
fn with_remedy(error: io::Error) -> io::Error {
    match error.kind() {
        kind @ (ErrorKind::StorageFull | ErrorKind::QuotaExceeded) => {
            io::Error::new(kind, format!("{error}; free some space, run again"))
        }
        _ => error,
    }
}

fn write_and_rename(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let partial = partial_path(path);
    let written = File::create(&partial)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&partial, path));
    if written.is_err() {
        // Nothing may stay; the first error is the one to report.
        let _ = fs::remove_file(&partial);
    }
    written
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

/// Whether a file is named by "-".
#[must_use]
pub fn is_standard_input(path: &Path) -> bool {
    path == Path::new("-")
}

/// What some editors begin a file in UTF-8 with; it is no part of the text.
const MARK: char = '\u{feff}';

/// A text without the mark of its encoding.
#[must_use]
pub fn without_mark(text: &str) -> &str {
    text.strip_prefix(MARK).unwrap_or(text)
}

/// Read a UTF-8 text file, or standard input for "-", without a mark of its encoding.
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
    let mut text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        anyhow!("{}: byte {} is not UTF-8; {TO_UTF_8}", name(path), at + 1)
    })?;
    if text.starts_with(MARK) {
        text.remove(0);
    }
    Ok(text)
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
